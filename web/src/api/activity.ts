import { json } from './http.ts';
import type { Activity, Explained } from './types.ts';

const of = (item: string) => `/api/items/${encodeURIComponent(item)}`;

export const activity = {
  list(item: string, cursor?: string): Promise<Activity> {
    const query = cursor ? `?${new URLSearchParams({ cursor })}` : '';
    return json<Activity>('GET', `${of(item)}/activity${query}`);
  },
  explain: (item: string, reference: string) =>
    json<Explained>('POST', `${of(item)}/refusals/lookup`, { reference }),
};

export type ActivityApi = typeof activity;
