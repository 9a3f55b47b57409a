import { describe, expect, it } from 'vitest';
import { keyAction, rememberReach, rememberedReach, type KeyPlace, type KeyPress } from './keys';

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({
  key,
  code: '',
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  ...more,
});

describe('keys', () => {
  it.each<[string, KeyPlace, unknown]>([
    [' ', 'stage', { do: 'toggle' }],
    ['k', 'button', { do: 'toggle' }],
    ['K', 'stage', { do: 'toggle' }],
    ['j', 'stage', { do: 'skip', seconds: -10 }],
    ['l', 'position', { do: 'skip', seconds: 10 }],
    ['ArrowLeft', 'stage', { do: 'skip', seconds: -5 }],
    ['ArrowUp', 'stage', { do: 'louder', by: 0.05 }],
    ['0', 'stage', { do: 'jump', fraction: 0 }],
    ['7', 'position', { do: 'jump', fraction: 0.7 }],
    ['>', 'stage', { do: 'faster', steps: 1 }],
    ['?', 'button', { do: 'keys' }],
    ['f', 'volume', { do: 'fullscreen' }],
    [' ', 'page', { do: 'toggle' }],
    ['ArrowRight', 'page', { do: 'skip', seconds: 5 }],
    ['m', 'elsewhere', { do: 'mute' }],
  ])('%j on the %s', (key, place, action) => expect(keyAction(press(key), place)).toEqual(action));

  it('leaves a button its space bar', () => expect(keyAction(press(' '), 'button')).toBeNull());
  it('leaves the page the arrows that scroll it', () =>
    expect(['ArrowUp', 'ArrowDown'].map((key) => keyAction(press(key), 'page'))).toEqual([null, null]));
  it('leaves what can be operated elsewhere all but the letters', () =>
    expect([' ', 'ArrowLeft', 'ArrowUp', 'Home'].map((key) => keyAction(press(key), 'elsewhere'))).toEqual([null, null, null, null]));
  it('remembers where keys count, and counts them on the whole page at first', () => {
    const kept = new Map<string, string>();
    const storage = { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => kept.set(key, value) } as unknown as Storage;
    expect(rememberedReach(storage)).toBe('page');
    rememberReach('player', storage);
    expect(rememberedReach(storage)).toBe('player');
    expect(rememberedReach(undefined)).toBe('page');
  });
  it('leaves a choice all of its keys', () => expect(keyAction(press('ArrowDown'), 'choice')).toBeNull());
  it('lets the position slider take up and down', () =>
    expect(keyAction(press('ArrowUp'), 'position')).toEqual({ do: 'skip', seconds: 5 }));
  it('lets the volume slider take left and right', () =>
    expect(keyAction(press('ArrowRight'), 'volume')).toEqual({ do: 'louder', by: 0.05 }));
  it('leaves Tab, Escape and Enter alone', () =>
    expect(['Tab', 'Escape', 'Enter'].map((key) => keyAction(press(key), 'stage'))).toEqual([null, null, null]));
  it.each(['ctrlKey', 'altKey', 'metaKey'] as const)('leaves the browser what is pressed with %s', (modifier) =>
    expect(keyAction(press('f', { [modifier]: true }), 'stage')).toBeNull());
  it('goes by the place of the key on a Hebrew keyboard', () =>
    expect(keyAction(press('ל', { code: 'KeyK' }), 'stage')).toEqual({ do: 'toggle' }));
  it('goes by the letter on a keyboard with other places', () =>
    expect(keyAction(press('k', { code: 'KeyV' }), 'stage')).toEqual({ do: 'toggle' }));
});
