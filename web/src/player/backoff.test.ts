import { expect, it } from 'vitest';
import { retryDelayMs } from './backoff';

const backoff = { firstMs: 1000, slowestMs: 8000 };

it('doubles up to the slowest, and never goes below half of it', () => {
  expect([0, 1, 2, 3, 4, 40].map((attempt) => retryDelayMs(attempt, backoff, () => 1))).toEqual([
    1000, 2000, 4000, 8000, 8000, 8000,
  ]);
  expect(retryDelayMs(3, backoff, () => 0)).toBe(4000);
});
