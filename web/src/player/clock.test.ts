import { describe, expect, it } from 'vitest';
import { clock, inWords } from './clock';

describe('figures', () => {
  it.each([
    [0, '0:00'],
    [5.9, '0:05'],
    [65, '1:05'],
    [3599.99, '59:59'],
    [3729, '1:02:09'],
    [Number.NaN, '0:00'],
    [Infinity, '0:00'],
    [-3, '0:00'],
  ])('%d is %s', (seconds, figures) => expect(clock(seconds)).toBe(figures));
});

describe('words', () => {
  it.each([
    [0, 'en', '0 seconds'],
    [1, 'en', '1 second'],
    [65, 'en', '1 minute, 5 seconds'],
    [3600, 'en', '1 hour'],
    [7384, 'en', '2 hours, 3 minutes, 4 seconds'],
    [65, 'he', '1 דקה, 5 שניות'],
  ])('%d in %s', (seconds, language, words) => expect(inWords(seconds, language)).toBe(words));
});
