import { json } from './http.ts';
import type { Group, ImportAnswer, ImportMembers, Member, Members, NewMemberAnswer, OneTimeLink, Sessions, SiteRole } from './types.ts';

const one = (id: string) => `/api/members/${encodeURIComponent(id)}`;
const group = (id: string) => `/api/groups/${encodeURIComponent(id)}`;

export const members = {
  list(ask: { cursor?: string; q?: string; group?: string; role?: string; state?: string }): Promise<Members> {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(ask)) if (value) query.set(name, value);
    return json<Members>('GET', `/api/members?${query}`);
  },
  get: (id: string) => json<Member>('GET', one(id)),
  create: (ask: { email: string; name: string; role: SiteRole; password?: string }) =>
    json<NewMemberAnswer>('POST', '/api/members', ask),
  bulk: (ask: ImportMembers) => json<ImportAnswer>('POST', '/api/members/bulk', ask),
  change: (id: string, change: { name?: string; role?: SiteRole; disabled?: boolean }) =>
    json<Member>('PATCH', one(id), change),
  reset: (id: string) => json<OneTimeLink>('POST', `${one(id)}/reset`),
  sessions: (id: string) => json<Sessions>('GET', `${one(id)}/sessions`),
  endSessions: (id: string) => json<void>('DELETE', `${one(id)}/sessions`),
  setAddress: (id: string, email: string, verified: boolean) =>
    json<Member>('PUT', `${one(id)}/addresses/${encodeURIComponent(email)}`, { verified }),
};

export const groups = {
  list: () => json<{ groups: Group[] }>('GET', '/api/groups'),
  create: (name: string) => json<Group>('POST', '/api/groups', { name }),
  rename: (id: string, name: string) => json<void>('PATCH', group(id), { name }),
  remove: (id: string) => json<void>('DELETE', group(id)),
  join: (id: string, member: string) => json<void>('PUT', `${group(id)}/members/${encodeURIComponent(member)}`),
  leave: (id: string, member: string) => json<void>('DELETE', `${group(id)}/members/${encodeURIComponent(member)}`),
};

export type MembersApi = typeof members;
export type GroupsApi = typeof groups;
