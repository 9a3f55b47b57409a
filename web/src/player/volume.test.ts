import { describe, expect, it } from 'vitest';
import { rememberVolume, rememberedVolume } from './volume';

function storage(first: Record<string, string> = {}): Storage {
  const kept = new Map(Object.entries(first));
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  } as unknown as Storage;
}

describe('volume', () => {
  it('is full at first', () => expect(rememberedVolume(storage())).toEqual({ level: 1, isMuted: false }));

  it('is what it was, and what it was before muting', () => {
    const own = storage();
    rememberVolume({ level: 0.35, isMuted: true }, own);
    expect(rememberedVolume(own)).toEqual({ level: 0.35, isMuted: true });
  });

  it.each(['', 'nonsense', 'null', '{"level":7}', '{"level":"0.5"}', '{"level":null}'])(
    'is full when what is kept makes no sense: %j',
    (text) => expect(rememberedVolume(storage({ 'anteroom.volume': text })).level).toBe(1),
  );

  it('does without storage', () => {
    const shut = {
      getItem: () => {
        throw new DOMException('denied', 'SecurityError');
      },
      setItem: () => {
        throw new DOMException('full', 'QuotaExceededError');
      },
    } as unknown as Storage;
    rememberVolume({ level: 0.2, isMuted: false }, shut);
    expect(rememberedVolume(shut).level).toBe(1);
  });
});
