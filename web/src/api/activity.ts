import { json } from './http.ts';
import type { Activity, ActivityDoors, Explained } from './types.ts';

export type ActivityKind = 'all' | 'entered' | 'refused' | 'changes';
/** Which things, and about which link or invite ("" for all). */
export interface ActivityFilter {
  kind: ActivityKind;
  door: string;
}

const of = (item: string) => `/api/items/${encodeURIComponent(item)}`;

export const activity = {
  list(item: string, wanted: ActivityFilter, cursor?: string): Promise<Activity> {
    const { kind, door } = wanted;
    const query = new URLSearchParams({ ...(kind !== 'all' && { kind }), ...(door && { door }), ...(cursor && { cursor }) });
    return json<Activity>('GET', `${of(item)}/activity${query.size > 0 ? `?${query}` : ''}`);
  },
  /** Links and invites with these letters in name or address; without any: the newest. */
  findDoors(item: string, text: string, signal?: AbortSignal): Promise<ActivityDoors> {
    const query = text ? `?${new URLSearchParams({ text })}` : '';
    return json<ActivityDoors>('GET', `${of(item)}/activity/doors${query}`, undefined, signal);
  },
  explain: (item: string, reference: string) =>
    json<Explained>('POST', `${of(item)}/refusals/lookup`, { reference }),
};

export type ActivityApi = typeof activity;
