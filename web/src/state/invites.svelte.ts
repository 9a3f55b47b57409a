// The invites of one item: the pages that were loaded, kept fresh by the socket, and all that is done
// to them. The server's clock rules: ends are counted from `now_ms` plus the time since it was heard.
import { invites as invitesApi, type InvitesApi } from '../api/invites.ts';
import type { Heard } from '../api/changes.ts';
import { concerns } from './follow.ts';
import { Refusal } from '../api/http.ts';
import type { Closed, Closing, Invite, InviteChange, InvitePolicy, InviteRoleCard, Invites, NewInvite, WaitingPerson } from '../api/types.ts';

export interface Outside {
  api: InvitesApi;
  now(): number;
}

const pageSize = 50;
/** The server gives no more at once. */
const pageMost = 100;
const typingPauseMs = 250;
/** A burst of changes is one reload. */
const settleMs = 200;
const noPolicy: InvitePolicy = { minutes_most: 1440, uses_most: 1, mail: false };

/** An invite whose URL is known without asking. */
export interface Made {
  id: string;
  url: string;
  hint: string | null;
  replaced: boolean;
}

export class InvitesModel {
  readonly item: string;
  answer = $state.raw<Invites | null>(null);
  invites = $state.raw<Invite[]>([]);
  phase = $state<'loading' | 'ready' | 'failed'>('loading');
  more = $state<'idle' | 'loading' | 'failed'>('idle');
  query = $state('');
  /** The words that the shown invites answer to. */
  shownQuery = $state('');
  busy = $state(false);
  refusal = $state.raw<Refusal | null>(null);
  closed = $state.raw<Closed | null>(null);
  made = $state.raw<Made | null>(null);
  /** In which language mails go out that are sent again. */
  language = 'en';
  private cursor = $state<string | null>(null);
  private readonly outside: Outside;
  private heardAtMs = 0;
  private urls = new Map<string, string>();
  private typing: ReturnType<typeof setTimeout> | undefined;
  private settling: ReturnType<typeof setTimeout> | undefined;
  private asking: AbortController | null = null;

  constructor(item: string, outside: Outside = { api: invitesApi, now: () => Date.now() }) {
    this.item = item;
    this.outside = outside;
  }

  get roles(): InviteRoleCard[] {
    return this.answer?.roles ?? [];
  }

  get policy(): InvitePolicy {
    return this.answer?.policy ?? noPolicy;
  }

  get mayInvite(): boolean {
    return this.answer?.may_invite ?? false;
  }

  /** Who shares the item sends invites and lets devices in; a site administrator sees them and takes them back. */
  get mayLetIn(): boolean {
    return this.answer?.reason !== 'no_right';
  }

  /** Losing the leave to invite stops new links; what stands may be raised as before. */
  get mayRaise(): boolean {
    return this.mayInvite || this.answer?.reason === 'policy_refused';
  }

  get total(): number {
    return this.answer?.total ?? 0;
  }

  /** Devices that wait for the owner's word, at whichever invite. */
  get waiting(): WaitingPerson[] {
    return this.answer?.waiting ?? [];
  }

  get hasMore(): boolean {
    return this.cursor !== null;
  }

  /** Nobody was ever invited, as far as is known. */
  get isEmpty(): boolean {
    return this.total === 0 && this.shownQuery === '';
  }

  find(id: string): Invite | null {
    return this.invites.find((invite) => invite.id === id) ?? null;
  }

  serverNow(): number {
    return (this.answer?.now_ms ?? this.outside.now()) + (this.outside.now() - this.heardAtMs);
  }

  type(query: string): void {
    this.query = query;
    clearTimeout(this.typing);
    this.typing = setTimeout(() => void this.load(), typingPauseMs);
  }

  /** Loads anew as much as is shown. */
  async load(): Promise<void> {
    clearTimeout(this.typing);
    clearTimeout(this.settling);
    this.asking?.abort();
    const asking = (this.asking = new AbortController());
    const q = this.query.trim();
    const wanted = q === this.shownQuery ? Math.max(pageSize, this.invites.length) : pageSize;
    if (!this.answer) this.phase = 'loading';
    try {
      let page = await this.ask(q, wanted, undefined, asking.signal);
      const rows = [...page.invites];
      while (page.next_cursor && rows.length < wanted) {
        page = await this.ask(q, wanted - rows.length, page.next_cursor, asking.signal);
        rows.push(...page.invites);
      }
      if (asking.signal.aborted) return;
      this.shownQuery = q;
      this.take(page, rows);
    } catch {
      if (!asking.signal.aborted && !this.answer) this.phase = 'failed';
    }
  }

  async loadMore(): Promise<void> {
    if (this.cursor === null || this.more === 'loading') return;
    this.more = 'loading';
    const q = this.shownQuery;
    try {
      const page = await this.ask(q, pageSize, this.cursor);
      if (q !== this.shownQuery) return;
      const known = new Set(this.invites.map(({ id }) => id));
      this.take(page, [...this.invites, ...page.invites.filter(({ id }) => !known.has(id))]);
    } catch {
      this.more = 'failed';
    }
  }

  hear(heard: Heard): void {
    if (!concerns(heard, 'invites', 'inside', 'role')) return;
    clearTimeout(this.settling);
    this.settling = setTimeout(() => void this.load(), settleMs);
  }

  create(wanted: NewInvite): Promise<boolean> {
    return this.act(async () => {
      const { invite, url, hint } = await this.outside.api.create(this.item, wanted);
      this.urls.set(invite.id, url);
      this.made = { id: invite.id, url, hint: hint ?? null, replaced: false };
      this.put(invite);
    });
  }

  change(id: string, change: InviteChange): Promise<boolean> {
    if (Object.keys(change).length === 0) return Promise.resolve(true);
    return this.act(async () => this.put(await this.outside.api.change(this.item, id, change)));
  }

  revoke(id: string, closing: Closing): Promise<boolean> {
    return this.act(async () => {
      const answer = await this.outside.api.revoke(this.item, id, closing);
      this.put(answer.invite);
      this.closed = closing.mode === 'now' ? answer.closed : null;
      this.urls.delete(id);
      if (this.made?.id === id) this.made = null;
    });
  }

  send(id: string): Promise<boolean> {
    return this.act(async () => this.put(await this.outside.api.send(this.item, id, this.language)));
  }

  allow(id: string, waiting?: string): Promise<boolean> {
    return this.act(async () => this.put(await this.outside.api.allow(this.item, id, waiting)));
  }

  decline(id: string, waiting: string): Promise<boolean> {
    return this.act(async () => this.put(await this.outside.api.decline(this.item, id, waiting)));
  }

  replace(id: string): Promise<boolean> {
    return this.act(async () => {
      const { invite, url } = await this.outside.api.replace(this.item, id);
      this.urls.set(id, url);
      this.made = { id, url, hint: null, replaced: true };
      this.put(invite);
    });
  }

  /** The invite's URL, asked for once; asking leaves a line in the activity. */
  async url(id: string): Promise<string> {
    const known = this.urls.get(id);
    if (known) return known;
    const { url } = await this.outside.api.reveal(this.item, id);
    this.urls.set(id, url);
    return url;
  }

  qr(id: string): Promise<string> {
    return this.outside.api.qr(this.item, id);
  }

  forget(): void {
    this.refusal = null;
    this.closed = null;
  }

  end(): void {
    clearTimeout(this.typing);
    clearTimeout(this.settling);
    this.asking?.abort();
  }

  private ask(q: string, wanted: number, cursor?: string, signal?: AbortSignal): Promise<Invites> {
    const limit = Math.min(pageMost, wanted);
    return this.outside.api.list(this.item, { q, limit, ...(cursor && { cursor }) }, signal);
  }

  private async act(work: () => Promise<void>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.forget();
    try {
      await work();
      return true;
    } catch (cause) {
      if (!(cause instanceof Refusal)) throw cause;
      this.refusal = cause;
      // The list may be older than what the server knows.
      if (cause.status === 409 || cause.status === 404) void this.load();
      return false;
    } finally {
      this.busy = false;
    }
  }

  private take(page: Invites, rows: Invite[]): void {
    this.answer = page;
    this.invites = rows;
    this.cursor = page.next_cursor ?? null;
    this.heardAtMs = this.outside.now();
    this.phase = 'ready';
    this.more = 'idle';
  }

  private put(invite: Invite): void {
    if (this.answer) {
      const waits = new Set(invite.waiting.map(({ id }) => id));
      const waiting = this.answer.waiting.filter((one) => one.invite !== invite.id || waits.has(one.id));
      this.answer = { ...this.answer, waiting };
    }
    if (this.find(invite.id)) {
      this.invites = this.invites.map((old) => (old.id === invite.id ? invite : old));
      return;
    }
    this.invites = [invite, ...this.invites];
    if (this.answer) this.answer = { ...this.answer, total: this.answer.total + 1 };
  }
}
