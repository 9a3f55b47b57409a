import { file, json } from './http.ts';
import type { ErasedAddress, FoundAddress, People, PersonAnswer } from './types.ts';

/** Which people: by which link ("invites" for invitees, "" for all), with which letters, only who is inside. */
export interface PeopleFilter {
  by: string;
  q: string;
  inside: boolean;
}
export type PersonAct = 'end' | 'remove' | 'restore' | 'block' | 'unblock';

const of = (item: string) => `/api/items/${encodeURIComponent(item)}/people`;

export const people = {
  list(item: string, { by, q, inside }: PeopleFilter, page: { cursor?: string; limit?: number } = {}): Promise<People> {
    const { cursor, limit } = page;
    const query = new URLSearchParams({
      ...(by && { by }),
      ...(q && { q }),
      ...(inside && { inside: 'true' }),
      ...(cursor && { cursor }),
      ...(limit && { limit: String(limit) }),
    });
    return json<People>('GET', `${of(item)}${query.size > 0 ? `?${query}` : ''}`);
  },
  act: (item: string, person: string, act: PersonAct) =>
    json<PersonAnswer>('POST', `${of(item)}/${encodeURIComponent(person)}/${act}`),
  export: (item: string, { by, q, inside }: PeopleFilter, format: 'csv' | 'json') =>
    file('POST', `${of(item)}/export`, { ...(by && { by }), q, inside, format }),
  find: (email: string) => json<FoundAddress>('POST', '/api/people/find', { email }),
  exportAddress: (email: string) => file('POST', '/api/people/export', { email }),
  erase: (email: string) => json<ErasedAddress>('POST', '/api/people/erase', { email }),
};

export type PeopleApi = typeof people;
