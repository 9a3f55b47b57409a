import { describe, expect, it } from 'vitest';
import { named, startRendition, type Rendition } from './renditions';

const ladder: Rendition[] = [
  { index: 0, width: 256, height: 144, bitsPerSecond: 150_000 },
  { index: 1, width: 1280, height: 720, bitsPerSecond: 2_500_000 },
  { index: 2, width: 640, height: 360, bitsPerSecond: 800_000 },
];

describe('names', () => {
  it('come best first, by the number of lines', () => {
    expect(named(ladder).map(({ name, index }) => [name, index])).toEqual([['720p', 1], ['360p', 2], ['144p', 0]]);
  });

  it('use the short side of an upright picture', () => {
    expect(named([{ index: 0, width: 720, height: 1280, bitsPerSecond: 1 }])[0]?.name).toBe('720p');
  });

  it('tell equal sizes apart by bit rate', () => {
    const twins = [
      { index: 0, width: 1280, height: 720, bitsPerSecond: 900_000 },
      { index: 1, width: 1280, height: 720, bitsPerSecond: 2_500_000 },
    ];
    expect(named(twins).map(({ name }) => name)).toEqual(['720p 2.5 Mb/s', '720p 900 kb/s']);
  });

  it('fall back to the bit rate where there is no picture', () => {
    expect(named([{ index: 0, width: 0, height: 0, bitsPerSecond: 96_000 }])[0]?.name).toBe('96 kb/s');
  });
});

describe('the beginning', () => {
  it('is the lightest that is worth looking at', () => expect(startRendition(ladder)).toBe(2));
  it('is the only one there is', () => expect(startRendition(ladder.slice(0, 1))).toBe(0));
  it('is left to the engine when there is none', () => expect(startRendition([])).toBe(-1));
});
