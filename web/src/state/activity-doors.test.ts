import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ActivityApi } from '../api/activity.ts';
import { Refusal } from '../api/http.ts';
import type { ActivityDoor } from '../api/types.ts';
import { DoorFinder } from './activity-doors.svelte.ts';

const door = (name: string): ActivityDoor => ({ id: name, name, kind: 'invite' });
const names = (finder: DoorFinder) => finder.doors.map(({ name }) => name);

function api() {
  return {
    findDoors: vi.fn<ActivityApi['findDoors']>(async (_item, text) =>
      text ? { doors: [door(text)], has_more: false } : { doors: [door('Anna'), door('Ben')], has_more: true },
    ),
  };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('doors to filter by', () => {
  it('are the newest until somebody types, and then those that match', async () => {
    const asked = api();
    const finder = new DoorFinder('item', asked);
    await finder.load();
    expect(names(finder)).toEqual(['Anna', 'Ben']);
    expect([finder.hasMany, finder.hasMore]).toEqual([true, true]);
    finder.type('C');
    finder.type('Carla');
    await vi.runAllTimersAsync();
    expect(asked.findDoors).toHaveBeenCalledTimes(2);
    expect(names(finder)).toEqual(['Carla']);
    expect([finder.hasMany, finder.hasMore]).toEqual([true, false]);
  });

  it('keep the chosen one, whatever is searched for', async () => {
    const finder = new DoorFinder('item', api());
    await finder.load();
    finder.choose('Ben');
    finder.type('Carla');
    await vi.runAllTimersAsync();
    expect(names(finder)).toEqual(['Ben', 'Carla']);
    finder.choose('Carla');
    finder.type('');
    await vi.runAllTimersAsync();
    expect(names(finder)).toEqual(['Carla', 'Anna', 'Ben']);
    finder.choose('');
    expect(names(finder)).toEqual(['Anna', 'Ben']);
  });

  it('stay when they could not be asked for, and come with the next try', async () => {
    const asked = api();
    const finder = new DoorFinder('item', asked);
    await finder.load();
    asked.findDoors.mockRejectedValueOnce(new Refusal(0, { code: 'unreachable' }));
    finder.type('Carla');
    await vi.runAllTimersAsync();
    expect([names(finder), finder.failed]).toEqual([['Anna', 'Ben'], true]);
    await finder.load();
    expect([names(finder), finder.failed]).toEqual([['Carla'], false]);
  });

  it('say when nothing has that name', async () => {
    const asked = api();
    asked.findDoors.mockResolvedValue({ doors: [], has_more: false });
    const finder = new DoorFinder('item', asked);
    finder.type('Zoe');
    expect(finder.isNone).toBe(false);
    await vi.runAllTimersAsync();
    expect(finder.isNone).toBe(true);
    finder.type('');
    await vi.runAllTimersAsync();
    expect(finder.isNone).toBe(false);
  });
});
