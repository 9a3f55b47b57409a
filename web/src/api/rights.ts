import { json } from './http.ts';
import type { FoundMember, ItemRight, Rights } from './types.ts';

const of = (item: string) => `/api/items/${encodeURIComponent(item)}`;
const one = (item: string, member: string) => `${of(item)}/rights/${encodeURIComponent(member)}`;

export const rights = {
  list: (item: string) => json<Rights>('GET', `${of(item)}/rights`),
  add: (item: string, ask: { email: string; right: ItemRight; minutes?: number }) =>
    json<Rights>('POST', `${of(item)}/rights`, ask),
  give: (item: string, member: string, ask: { right: ItemRight; minutes?: number }) =>
    json<Rights>('PUT', one(item, member), ask),
  take: (item: string, member: string) => json<void>('DELETE', one(item, member)),
  transfer: (item: string, ask: { member: string; keep: 'co_owner' | 'none' }) =>
    json<void>('POST', `${of(item)}/transfer`, ask),
  /** Members whose name or address begins so. */
  find: (q: string) => json<{ members: FoundMember[] }>('GET', `/api/members/find?${new URLSearchParams({ q })}`),
};

export type RightsApi = typeof rights;
