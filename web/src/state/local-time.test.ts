import { expect, it } from 'vitest';
import { inOneHour, localInput, parseLocalInput, untilError } from './local-time.ts';

it('reads back what it wrote, to the minute', () => {
  const ms = Date.UTC(2026, 10, 21, 8, 12, 44);
  expect(parseLocalInput(localInput(ms))).toBe(Date.UTC(2026, 10, 21, 8, 12));
});

it('knows nothing from nothing', () => expect(parseLocalInput('')).toBeNull());

it('suggests full five minutes, an hour ahead at least', () => {
  const now = Date.UTC(2026, 10, 21, 8, 12, 44);
  expect(inOneHour(now)).toBe(Date.UTC(2026, 10, 21, 9, 15));
});

it('knows how long guests may stay', () => {
  expect(untilError(59_000, 0)).toBe('until_too_soon');
  expect(untilError(60_000, 0)).toBeUndefined();
  expect(untilError(86_400_000, 0)).toBeUndefined();
  expect(untilError(86_400_001, 0)).toBe('until_too_late');
});
