// Members and groups, for site administrators.
import { Refusal } from '../api/http.ts';
import { groups as groupsApi, members as membersApi, type GroupsApi, type MembersApi } from '../api/members.ts';
import type { Group, Member, MemberState, OneTimeLink, Session, SiteRole } from '../api/types.ts';

export const siteRoles: readonly SiteRole[] = ['viewer', 'private_only', 'admin', 'unmoderated_admin', 'site_administrator'];

export class MemberList {
  list = $state.raw<Member[]>([]);
  total = $state(0);
  next = $state<string | null>(null);
  query = $state('');
  role = $state<SiteRole | ''>('');
  state = $state<MemberState | ''>('');
  group = $state('');
  /** To narrow down by; empty until they are loaded. */
  groups = $state.raw<Group[]>([]);
  /** Whether one-time links are mailed from here. */
  mails = $state(false);
  phase = $state<'loading' | 'ready' | 'failed'>('loading');
  busy = $state(false);
  refusal = $state.raw<Refusal | null>(null);
  /** The one-time link that was made last. */
  made = $state.raw<{ member: Member; link: OneTimeLink } | null>(null);
  private readonly api: MembersApi;
  private asked = 0;

  constructor(api: MembersApi = membersApi) {
    this.api = api;
  }

  async load(more = false): Promise<void> {
    const asked = (this.asked += 1);
    try {
      const { role, state, group } = this;
      const ask = { q: this.query.trim(), role, state, group, ...(more && this.next && { cursor: this.next }) };
      const page = await this.api.list(ask);
      if (asked !== this.asked) return;
      this.list = more ? [...this.list, ...page.members] : page.members;
      this.total = page.total;
      this.next = page.next_cursor ?? null;
      this.mails = page.mails;
      this.phase = 'ready';
    } catch {
      if (this.list.length === 0) this.phase = 'failed';
    }
  }

  get isNarrowed(): boolean {
    return this.query.trim() !== '' || this.role !== '' || this.state !== '' || this.group !== '';
  }

  narrow(to: { role?: SiteRole | ''; state?: MemberState | ''; group?: string }): void {
    Object.assign(this, to);
    void this.load();
  }

  clear(): void {
    Object.assign(this, { query: '', role: '', state: '', group: '' });
    void this.load();
  }

  /** Without them there is one way less to narrow down. */
  async loadGroups(api: GroupsApi = groupsApi): Promise<void> {
    this.groups = await api.list().then(({ groups }) => groups, () => []);
  }

  search(query: string): void {
    this.query = query;
    void this.load();
  }

  async create(ask: { email: string; name: string; role: SiteRole; password?: string }): Promise<boolean> {
    this.busy = true;
    this.refusal = null;
    try {
      const { link, ...member } = await this.api.create(ask);
      this.made = link ? { member, link } : null;
      await this.load();
      return true;
    } catch (cause) {
      if (!(cause instanceof Refusal)) throw cause;
      this.refusal = cause;
      return false;
    } finally {
      this.busy = false;
    }
  }
}

/** One member, with what is asked for only when somebody looks at them. */
export class OneMember {
  member = $state.raw<Member | null>(null);
  sessions = $state.raw<Session[]>([]);
  groups = $state.raw<Group[]>([]);
  link = $state.raw<OneTimeLink | null>(null);
  failed = $state(false);
  private readonly id: string;
  private readonly api: MembersApi;
  private readonly groupsApi: GroupsApi;

  constructor(id: string, api: MembersApi = membersApi, groups: GroupsApi = groupsApi) {
    this.id = id;
    this.api = api;
    this.groupsApi = groups;
  }

  async load(): Promise<void> {
    try {
      const [member, { sessions }, { groups }] = await Promise.all([
        this.api.get(this.id),
        this.api.sessions(this.id),
        this.groupsApi.list(),
      ]);
      Object.assign(this, { member, sessions, groups, failed: false });
    } catch {
      this.failed = true;
    }
  }

  async change(change: { name?: string; role?: SiteRole; disabled?: boolean }): Promise<void> {
    this.member = await this.api.change(this.id, change);
    if (change.disabled) this.sessions = [];
  }

  async reset(): Promise<void> {
    this.link = await this.api.reset(this.id);
    await this.load();
  }

  async signOut(): Promise<void> {
    await this.api.endSessions(this.id);
    this.sessions = [];
  }

  async vouch(email: string, verified: boolean): Promise<void> {
    this.member = await this.api.setAddress(this.id, email, verified);
  }

  async setInGroup(group: string, isIn: boolean): Promise<void> {
    await (isIn ? this.groupsApi.join(group, this.id) : this.groupsApi.leave(group, this.id));
    this.member = await this.api.get(this.id);
  }
}

export class GroupList {
  list = $state.raw<Group[]>([]);
  phase = $state<'loading' | 'ready' | 'failed'>('loading');
  private readonly api: GroupsApi;

  constructor(api: GroupsApi = groupsApi) {
    this.api = api;
  }

  async load(): Promise<void> {
    try {
      this.list = (await this.api.list()).groups;
      this.phase = 'ready';
    } catch {
      if (this.list.length === 0) this.phase = 'failed';
    }
  }

  async create(name: string): Promise<void> {
    await this.api.create(name);
    await this.load();
  }

  async rename(id: string, name: string): Promise<void> {
    await this.api.rename(id, name);
    await this.load();
  }

  async remove(id: string): Promise<void> {
    await this.api.remove(id);
    await this.load();
  }
}

/** Who is in one group, and who else could be. */
export class GroupMembers {
  list = $state.raw<Member[]>([]);
  next = $state<string | null>(null);
  /** Members outside of it whose name or address matches. */
  found = $state.raw<Member[]>([]);
  query = $state('');
  phase = $state<'loading' | 'ready' | 'failed'>('loading');
  private readonly id: string;
  private readonly api: MembersApi;
  private readonly groupsApi: GroupsApi;
  private asked = 0;

  constructor(id: string, api: MembersApi = membersApi, groups: GroupsApi = groupsApi) {
    this.id = id;
    this.api = api;
    this.groupsApi = groups;
  }

  async load(more = false): Promise<void> {
    try {
      const page = await this.api.list({ group: this.id, ...(more && this.next && { cursor: this.next }) });
      this.list = more ? [...this.list, ...page.members] : page.members;
      this.next = page.next_cursor ?? null;
      this.phase = 'ready';
    } catch {
      if (this.list.length === 0) this.phase = 'failed';
    }
  }

  async find(query: string): Promise<void> {
    this.query = query;
    const asked = (this.asked += 1);
    if (!query.trim()) {
      this.found = [];
      return;
    }
    const { members } = await this.api.list({ q: query.trim() });
    if (asked !== this.asked) return;
    this.found = members.filter(({ groups }) => !groups.some(({ id }) => id === this.id)).slice(0, 8);
  }

  async join(member: Member): Promise<void> {
    await this.groupsApi.join(this.id, member.id);
    this.found = this.found.filter(({ id }) => id !== member.id);
    await this.load();
  }

  async leave(member: Member): Promise<void> {
    await this.groupsApi.leave(this.id, member.id);
    this.list = this.list.filter(({ id }) => id !== member.id);
    await this.find(this.query);
  }
}
