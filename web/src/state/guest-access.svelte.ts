// Guest access of one item: the switch, the links, who is inside. The server's clock rules: the
// sentences about ends are counted from `now_ms` plus the time since it was heard.
import { guestAccess, type GuestAccessApi } from '../api/guest-access.ts';
import type { Heard } from '../api/changes.ts';
import { concerns } from './follow.ts';
import { Refusal } from '../api/http.ts';
import type { Closed, Closing, FinishingLink, GuestAccess, GuestLink } from '../api/types.ts';
import { wholeNumber, type LinkForm } from './guest-link-form.ts';

export interface Outside {
  api: GuestAccessApi;
  now(): number;
}

export type Phase = 'loading' | 'ready' | 'failed';

export class GuestAccessModel {
  readonly item: string;
  access = $state.raw<GuestAccess | null>(null);
  phase = $state<Phase>('loading');
  busy = $state(false);
  refusal = $state.raw<Refusal | null>(null);
  /** What closing now did, until the next act. The other ways end nothing yet. */
  closed = $state.raw<Closed | null>(null);
  /** The link that was made last, with its URL; the only one whose URL is known unasked. */
  made = $state.raw<{ id: string; url: string } | null>(null);
  private readonly outside: Outside;
  private heardAtMs = 0;
  private urls = new Map<string, string>();

  constructor(item: string, outside: Outside = { api: guestAccess, now: () => Date.now() }) {
    this.item = item;
    this.outside = outside;
  }

  get links(): GuestLink[] {
    return this.access?.links ?? [];
  }

  get full(): boolean {
    return this.access !== null && this.links.length >= this.access.max_links;
  }

  get mayCreate(): boolean {
    return this.access?.policy.may_create ?? false;
  }

  /** A link that lets nobody in any more; one that does is nobody's to give up but the owner's. */
  get couldGo(): GuestLink | null {
    return this.links.find(({ state }) => state === 'expired') ?? this.links.find(({ state }) => state === 'used_up') ?? null;
  }

  /** Deleted links by which somebody came who is still inside. With the switch off that is said of all at once. */
  get finishing(): FinishingLink[] {
    return this.access?.enabled ? this.access.finishing : [];
  }

  serverNow(): number {
    return (this.access?.now_ms ?? this.outside.now()) + (this.outside.now() - this.heardAtMs);
  }

  async load(): Promise<void> {
    if (!this.access) this.phase = 'loading';
    try {
      this.take(await this.outside.api.get(this.item));
    } catch {
      if (!this.access) this.phase = 'failed';
    }
  }

  hear(heard: Heard): void {
    if (concerns(heard, 'guest_access', 'inside')) void this.load();
  }

  turn(enabled: boolean, closing?: Closing): Promise<boolean> {
    return this.act(async () => {
      const answer = await this.outside.api.turn(this.item, enabled, closing);
      this.take(answer.guest_access);
      this.closed = (closing?.mode === 'now' && answer.closed) || null;
      this.made = null;
    });
  }

  create(form: LinkForm): Promise<boolean> {
    return this.act(async () => {
      const { link, url } = await this.outside.api.create(this.item, {
        name: form.name.trim(),
        max_uses: wholeNumber(form.clicks) ?? undefined,
        days: wholeNumber(form.days) ?? undefined,
      });
      this.urls.set(link.id, url);
      this.made = { id: link.id, url };
      this.put(link);
    });
  }

  /** Sends only what differs from the link as it is. */
  change(link: GuestLink, form: LinkForm): Promise<boolean> {
    const clicks = form.clicks.trim() === '' ? null : wholeNumber(form.clicks);
    const change = {
      ...(form.name.trim() !== link.name && { name: form.name.trim() }),
      ...(clicks !== (link.max_uses ?? null) && { max_uses: clicks }),
      ...(form.days.trim() !== '' && { extend_days: Number(form.days) }),
    };
    if (Object.keys(change).length === 0) return Promise.resolve(true);
    return this.act(async () => this.put(await this.outside.api.change(this.item, link.id, change)));
  }

  remove(link: Pick<GuestLink, 'id'>, closing: Closing): Promise<boolean> {
    return this.act(async () => {
      const answer = await this.outside.api.remove(this.item, link.id, closing);
      this.take(answer.guest_access);
      this.closed = (closing.mode === 'now' && answer.closed) || null;
      this.urls.delete(link.id);
      if (this.made?.id === link.id) this.made = null;
    });
  }

  /** Ends what they watch for those who finish behind a door that is closed: of one deleted link, or of all. */
  endNow(link: FinishingLink | null): Promise<boolean> {
    return link ? this.remove(link, { mode: 'now' }) : this.turn(false, { mode: 'now' });
  }

  /** The link's URL, asked for once; asking leaves a line in the activity. */
  async url(link: GuestLink): Promise<string> {
    const known = this.urls.get(link.id);
    if (known) return known;
    const { url } = await this.outside.api.reveal(this.item, link.id);
    this.urls.set(link.id, url);
    return url;
  }

  qr(link: GuestLink): Promise<string> {
    return this.outside.api.qr(this.item, link.id);
  }

  forgetRefusal(): void {
    this.refusal = null;
  }

  private async act(work: () => Promise<void>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.refusal = null;
    this.closed = null;
    try {
      await work();
      return true;
    } catch (cause) {
      if (!(cause instanceof Refusal)) throw cause;
      this.refusal = cause;
      // The list may be older than what the server knows.
      if (cause.status === 409) void this.load();
      return false;
    } finally {
      this.busy = false;
    }
  }

  private take(access: GuestAccess): void {
    this.access = access;
    this.heardAtMs = this.outside.now();
    this.phase = 'ready';
  }

  private put(link: GuestLink): void {
    if (!this.access) return;
    const known = this.links.some(({ id }) => id === link.id);
    const links = known ? this.links.map((old) => (old.id === link.id ? link : old)) : [...this.links, link];
    this.access = { ...this.access, links };
  }
}
