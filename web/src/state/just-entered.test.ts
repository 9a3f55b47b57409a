import { expect, it } from 'vitest';
import { markEntered, takeEntered } from './just-entered.ts';

function storage(): Storage {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  } as Storage;
}

it('is true once', () => {
  const own = storage();
  markEntered(1000, own);
  expect(takeEntered(2000, own)).toBe(true);
  expect(takeEntered(2001, own)).toBe(false);
});

it('is not true for whoever did not enter, or long ago', () => {
  const own = storage();
  expect(takeEntered(0, own)).toBe(false);
  markEntered(0, own);
  expect(takeEntered(10 * 60_000, own)).toBe(false);
});

it('does without storage', () => {
  const shut = { setItem: () => { throw new DOMException('full'); } } as unknown as Storage;
  expect(() => markEntered(0, shut)).not.toThrow();
});
