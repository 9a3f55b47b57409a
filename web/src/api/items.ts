import { json } from './http.ts';
import type { ItemCard, ItemChange, ItemPage, ItemView } from './types.ts';

const item = (id: string) => `/api/items/${encodeURIComponent(id)}`;

export interface ItemsAsked {
  whose?: 'own' | 'shared';
  sort?: 'newest' | 'oldest' | 'title';
  cursor?: string;
  limit?: number;
  q?: string;
}

export const items = {
  list(ask: ItemsAsked, signal?: AbortSignal): Promise<ItemPage> {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(ask)) if (value) query.set(name, String(value));
    return json<ItemPage>('GET', `/api/items?${query}`, undefined, signal);
  },
  get: (id: string) => json<ItemView>('GET', item(id)),
  change: (id: string, change: ItemChange) =>
    json<ItemView>('PATCH', item(id), change),
  remove: (id: string) => json<void>('DELETE', item(id)),
  cancelProcessing: (id: string) => json<ItemCard>('POST', `${item(id)}/processing/cancel`),
  retryProcessing: (id: string) => json<ItemCard>('POST', `${item(id)}/processing/retry`),
};

export type ItemsApi = typeof items;
