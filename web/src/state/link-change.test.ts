import { expect, it } from 'vitest';
import { readLinkChange } from './link-change.ts';

it('reads each part that changed', () => {
  expect(readLinkChange('clicks: 2 -> 50')).toEqual({ clicks: { old: 2, now: 50 } });
  expect(readLinkChange('clicks: unlimited -> 7; end_ms: none -> 1796000000000')).toEqual({
    clicks: { old: null, now: 7 },
    endMs: 1_796_000_000_000,
  });
  expect(readLinkChange('name: Press -> Journalists; clicks: 5 -> unlimited; end_ms: 1 -> 2')).toEqual({
    name: { old: 'Press', now: 'Journalists' },
    clicks: { old: 5, now: null },
    endMs: 2,
  });
});

it('is not led astray by what a name holds', () => {
  expect(readLinkChange('name: A; clicks: 3 -> B; clicks: 1 -> 2').clicks).toEqual({ old: 1, now: 2 });
  expect(readLinkChange('name: A; B -> C; D')).toEqual({ name: { old: 'A; B', now: 'C; D' } });
});

it('says nothing about what it does not know', () => {
  expect(readLinkChange('')).toEqual({});
  expect(readLinkChange('colour: red -> blue')).toEqual({});
});
