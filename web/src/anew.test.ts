import { expect, it, vi } from 'vitest';
import { beginAnew, hasBegun } from './anew.ts';

function world(answers: boolean[]) {
  const kept = new Map<string, string>();
  const reload = vi.fn();
  const store = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
  const outside = { store, answers: () => Promise.resolve(answers.shift() ?? true), rest: () => Promise.resolve(), reload };
  return { outside, reload };
}

it('loads the page again when the server answers, and no earlier', async () => {
  const { outside, reload } = world([false, false, true]);
  expect(await beginAnew(outside)).toBe(true);
  expect(reload).toHaveBeenCalledTimes(1);
});

it('gives up after three times in a row, and begins to count anew once the page was there', async () => {
  const { outside, reload } = world([]);
  for (let i = 0; i < 3; i += 1) expect(await beginAnew(outside)).toBe(true);
  expect(await beginAnew(outside)).toBe(false);
  hasBegun(outside);
  expect(await beginAnew(outside)).toBe(true);
  expect(reload).toHaveBeenCalledTimes(4);
});

it('gives up when nobody answers, and where nothing can be remembered', async () => {
  const { outside, reload } = world(Array<boolean>(100).fill(false));
  expect(await beginAnew(outside)).toBe(false);
  const shut = () => { throw new Error('storage is shut'); };
  expect(await beginAnew({ ...outside, store: { ...outside.store, getItem: shut } })).toBe(false);
  expect(reload).not.toHaveBeenCalled();
});
