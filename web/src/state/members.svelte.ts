// Members and groups, for site administrators.
import { Refusal } from '../api/http.ts';
import { groups as groupsApi, members as membersApi, type GroupsApi, type MembersApi } from '../api/members.ts';
import type { Group, Member, OneTimeLink, Session, SiteRole } from '../api/types.ts';

export const siteRoles: readonly SiteRole[] = ['viewer', 'private_only', 'admin', 'unmoderated_admin', 'site_administrator'];

export class MemberList {
  list = $state.raw<Member[]>([]);
  total = $state(0);
  next = $state<string | null>(null);
  query = $state('');
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
      const ask = { q: this.query.trim(), ...(more && this.next && { cursor: this.next }) };
      const page = await this.api.list(ask);
      if (asked !== this.asked) return;
      this.list = more ? [...this.list, ...page.members] : page.members;
      this.total = page.total;
      this.next = page.next_cursor ?? null;
      this.phase = 'ready';
    } catch {
      if (this.list.length === 0) this.phase = 'failed';
    }
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
