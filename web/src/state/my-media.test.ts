import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Refusal } from '../api/http.ts';
import type { ItemsApi } from '../api/items.ts';
import type { ItemCard, ItemPage, ItemView } from '../api/types.ts';
import { MyMedia } from './my-media.svelte.ts';

const card = (id: string, more: Partial<ItemCard> = {}): ItemCard => ({
  id, title: id, kind: 'video', state: 'ready', created_ms: 0, shares: true, owner_name: 'Dana', capabilities: [], guest_access: false,
  guest_links: 0, invites: 0, waiting: 0, inside: 0, ...more,
});
const pages: Record<string, ItemPage> = {
  '': { items: [card('a'), card('b')], total: 3, next_cursor: 'c2' },
  c2: { items: [card('b'), card('c')], total: 3 },
};

function answers() {
  return {
    list: vi.fn<ItemsApi['list']>(async ({ cursor = '', q }) => (q ? { items: [card('found')], total: 1 } : (pages[cursor] as ItemPage))),
    get: vi.fn<ItemsApi['get']>(async (id) => card(id, { title: 'new title' }) as ItemView),
    change: vi.fn<ItemsApi['change']>(),
    remove: vi.fn<ItemsApi['remove']>(async () => {}),
    cancelProcessing: vi.fn<ItemsApi['cancelProcessing']>(async (id) => card(id, { state: 'cancelled' })),
    retryProcessing: vi.fn<ItemsApi['retryProcessing']>(async (id) => card(id, { state: 'queued' })),
  };
}

let api: ReturnType<typeof answers>;
let media: MyMedia;
const ids = () => media.items.map(({ id }) => id);

beforeEach(() => {
  vi.useFakeTimers();
  api = answers();
  media = new MyMedia('own', api);
});
afterEach(() => vi.useRealTimers());

describe('My Media', () => {
  it('shows what came with the document without asking', async () => {
    await media.begin(pages['']);
    expect(media.phase).toBe('ready');
    expect(api.list).not.toHaveBeenCalled();
  });

  it('asks for what is shared in the order that was chosen, and counts along', async () => {
    media = new MyMedia('shared', api);
    await media.begin();
    expect([media.total, api.list.mock.calls[0]?.[0]]).toEqual([3, { whose: 'shared', sort: 'newest', q: '', limit: 24 }]);
    media.order('title');
    await vi.advanceTimersByTimeAsync(0);
    expect(api.list.mock.calls[1]?.[0]).toMatchObject({ whose: 'shared', sort: 'title' });
    await media.remove('a');
    expect(media.total).toBe(2);
    await media.refresh('somebodys');
    expect(media.items.some(({ id }) => id === 'somebodys')).toBe(false);
  });

  it('adds the next page without doubles', async () => {
    await media.begin();
    expect(media.hasMore).toBe(true);
    await media.loadMore();
    expect(ids()).toEqual(['a', 'b', 'c']);
    expect(media.hasMore).toBe(false);
  });

  it('asks once after typing, and drops the answer of older words', async () => {
    await media.begin();
    let late: (page: ItemPage) => void = () => {};
    api.list.mockImplementationOnce(() => new Promise((done) => (late = done)));
    media.type('f');
    await vi.advanceTimersByTimeAsync(250);
    media.type('fo');
    media.type('found');
    await vi.advanceTimersByTimeAsync(250);
    late({ items: [card('late')], total: 1 });
    await vi.advanceTimersByTimeAsync(0);
    expect(ids()).toEqual(['found']);
    expect(api.list).toHaveBeenCalledTimes(3);
  });

  it('fails in the open and recovers', async () => {
    api.list.mockRejectedValueOnce(new Refusal(0, { code: 'unreachable' }));
    await media.begin();
    expect(media.phase).toBe('failed');
    await media.load();
    expect(media.phase).toBe('ready');
  });
});

describe('what changes elsewhere', () => {
  beforeEach(() => media.begin(pages['']));

  it('moves the percent without asking', () => {
    media.hear({ type: 'changed', item: 'a', what: 'progress', percent: 42 });
    expect(media.items[0]).toMatchObject({ state: 'processing', progress_percent: 42 });
    expect(api.get).not.toHaveBeenCalled();
  });

  it('fetches the item when its state changed', async () => {
    media.hear({ type: 'changed', item: 'b', what: 'state' });
    await vi.advanceTimersByTimeAsync(0);
    expect(media.items[1]?.title).toBe('new title');
  });

  it('puts a new upload first and takes what is gone away', async () => {
    await media.refresh('z');
    expect(ids()).toEqual(['z', 'a', 'b']);
    api.get.mockRejectedValueOnce(new Refusal(404, { code: 'not_found' }));
    await media.refresh('a');
    expect(ids()).toEqual(['z', 'b']);
  });

  it('takes a deleted item away only when the server did', async () => {
    api.remove.mockRejectedValueOnce(new Refusal(0, { code: 'unreachable' }));
    await expect(media.remove('a')).rejects.toThrow();
    expect(ids()).toEqual(['a', 'b']);
    await media.remove('a');
    expect(ids()).toEqual(['b']);
  });
});
