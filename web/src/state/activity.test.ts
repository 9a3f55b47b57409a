import { describe, expect, it, vi } from 'vitest';
import type { ActivityApi } from '../api/activity.ts';
import { Refusal } from '../api/http.ts';
import type { ActivityDoor, ActivityEntry, ActivityKind } from '../api/types.ts';
import { ActivityModel, together } from './activity.svelte.ts';

const door = (name: string): ActivityDoor => ({ id: name, name, kind: 'guest_link' });
const entry = (what: ActivityKind, at_ms: number, more: Partial<ActivityEntry> = {}): ActivityEntry => ({
  what, at_ms, actor: 'Dana', detail: '', count: 1, door: door('Parents'), ...more,
});

function api(more: Pick<Partial<ActivityApi>, 'explain'> = {}) {
  return {
    list: vi.fn<ActivityApi['list']>(async (_item, _wanted, cursor) =>
      cursor
        ? { entries: [entry('link_created', 1)] }
        : { entries: [entry('link_changed', 2)], next_cursor: 'older' },
    ),
    explain: more.explain ?? vi.fn<ActivityApi['explain']>(async () => ({ cause: 'used_up', at_ms: 60_000, link: 'Parents' })),
  };
}

describe('the list', () => {
  it('goes on where the page before ended', async () => {
    const asked = api();
    const model = new ActivityModel('item', asked);
    await model.load();
    expect(model.hasMore).toBe(true);
    await model.loadMore();
    expect(asked.list).toHaveBeenLastCalledWith('item', { kind: 'all', door: '' }, 'older');
    expect(model.entries.map(({ at_ms }) => at_ms)).toEqual([2, 1]);
    expect(model.hasMore).toBe(false);
  });

  it('follows what happens, unless somebody reads further back', async () => {
    const asked = api();
    const model = new ActivityModel('item', asked);
    await model.load();
    const change = { type: 'changed', item: 'item', what: 'role' } as const;
    model.hear({ ...change, what: 'progress' });
    model.hear(change);
    await vi.waitFor(() => expect(asked.list).toHaveBeenCalledTimes(2));
    await model.loadMore();
    model.hear(change);
    expect(asked.list).toHaveBeenCalledTimes(3);
  });

  it('keeps what it shows when a later load fails', async () => {
    const asked = api();
    const model = new ActivityModel('item', asked);
    await model.load();
    asked.list.mockRejectedValueOnce(new Refusal(0, { code: 'unreachable' }));
    await model.load();
    expect(model.phase).toBe('ready');
    expect(model.entries).toHaveLength(1);
  });

  it('asks for what is wanted', async () => {
    const asked = api();
    const model = new ActivityModel('item', asked);
    await model.load();
    await model.filter({ kind: 'refused' });
    await model.filter({ door: 'Press' });
    expect(asked.list).toHaveBeenLastCalledWith('item', { kind: 'refused', door: 'Press' });
    expect(model.isFiltered).toBe(true);
  });

  it('draws repetitions together', () => {
    const copied = (at: number, more = {}) => entry('link_copied', at, more);
    const rows = together([copied(9), copied(8), copied(7, { door: door('Press') }), copied(6)]);
    expect(rows.map(({ at_ms, times }) => [at_ms, times])).toEqual([[9, 2], [7, 1], [6, 1]]);
  });
});

describe('a reference', () => {
  it('is explained', async () => {
    const model = new ActivityModel('item', api());
    await model.lookUp('7KQ3M-DXYZ2');
    expect(model.found).toEqual({ cause: 'used_up', at_ms: 60_000, link: 'Parents' });
  });

  it('that is none of this item is not an error', async () => {
    const explain = vi.fn<ActivityApi['explain']>().mockRejectedValue(new Refusal(404, { code: 'not_found' }));
    const model = new ActivityModel('item', api({ explain }));
    await model.lookUp('AAAAA-AAAAA');
    expect(model.found).toBe('none');
  });

  it('that could not be looked up is', async () => {
    const explain = vi.fn<ActivityApi['explain']>().mockRejectedValue(new Refusal(0, { code: 'unreachable' }));
    const model = new ActivityModel('item', api({ explain }));
    await expect(model.lookUp('AAAAA-AAAAA')).rejects.toThrow();
    expect(model.looking).toBe(false);
  });
});
