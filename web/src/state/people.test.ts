import { describe, expect, test } from 'vitest';
import type { PeopleApi, PersonAct } from '../api/people.ts';
import type { Person } from '../api/types.ts';
import { PeopleModel } from './people.svelte.ts';

function person(id: string, enteredMs: number, more: Partial<Person> = {}): Person {
  return { id, kind: 'guest', name: id, entered_ms: enteredMs, inside: true, ...more } as Person;
}

/** A server whose list a test changes. */
class Server {
  all: Person[] = [];
  acts: [string, PersonAct][] = [];
  asked = 0;

  get api(): PeopleApi {
    return {
      list: async (_item: string, { inside }: { inside: boolean }, { cursor, limit = 2 }: { cursor?: string; limit?: number } = {}) => {
        this.asked += 1;
        const found = this.all.filter((one) => !inside || one.inside).toSorted((a, b) => b.entered_ms - a.entered_ms);
        const from = Number(cursor ?? 0);
        const next = from + limit < found.length ? String(from + limit) : undefined;
        const people = found.slice(from, from + limit);
        return { title: 'Trip', people, total: this.all.length, inside: found.filter((one) => one.inside).length, now_ms: 9, next_cursor: next };
      },
      act: async (_item: string, id: string, act: PersonAct) => {
        this.acts.push([id, act]);
        this.all = this.all.map((one) => (one.id === id ? { ...one, inside: false, removed_ms: 5 } : one));
        return { person: this.all.find((one) => one.id === id), closed: { ended_viewings: 1, confirmed: true } };
      },
    } as unknown as PeopleApi;
  }
}

async function listed(people: Person[], wanted = {}): Promise<[Server, PeopleModel]> {
  const server = new Server();
  server.all = people;
  const model = new PeopleModel('item', wanted, server.api);
  await model.load();
  return [server, model];
}

const ids = (list: readonly Person[]) => list.map(({ id }) => id).join(' ');

describe('who came', () => {
  test('pages go on, and nobody stands there twice', async () => {
    const [server, model] = await listed([person('a', 1), person('b', 2), person('c', 3)]);
    expect(ids(model.list)).toBe('c b');
    server.all.push(person('d', 4));
    await model.loadMore();
    expect(ids(model.list)).toBe('c b a');
    expect(model.hasMore).toBe(false);
  });

  test('who comes stands on top by itself, and older ones wait to be asked for', async () => {
    const [server, model] = await listed([person('a', 1), person('b', 2), person('c', 3)]);
    server.all.push(person('d', 4));
    await model.follow();
    expect(ids(model.list)).toBe('d c b');
    expect(model.total).toBe(4);
  });

  test('nothing moves under the finger', async () => {
    const [server, model] = await listed([person('a', 1), person('b', 2)], { inside: true });
    model.isHeld = true;
    server.all = [person('a', 1), person('b', 2, { inside: false }), person('c', 3)];
    await model.follow();
    expect(ids(model.list)).toBe('b a');
    expect(model.list[0]?.inside).toBe(false);
    expect(ids(model.waiting)).toBe('c');
    model.showWaiting();
    expect(ids(model.list)).toBe('c b a');
    model.isHeld = false;
    await model.follow();
    expect(ids(model.list)).toBe('c a');
  });

  test('an older filter answers for nothing', async () => {
    const [, model] = await listed([person('a', 1), person('b', 2, { inside: false })]);
    const slow = model.follow();
    await model.narrow({ inside: true });
    await slow;
    expect(ids(model.list)).toBe('a');
  });

  test('what was done stands in the row', async () => {
    const [server, model] = await listed([person('a', 1), person('b', 2)]);
    await model.act(model.list[1] as Person, 'remove');
    model.stop();
    expect(server.acts).toEqual([['a', 'remove']]);
    expect(model.list[1]?.removed_ms).toBe(5);
  });
});
