// Which key does what, and where. Keys count on the whole page, since nobody clicks a film before pressing a key; who
// speaks to the browser, or presses letters by accident, may keep them to the player (WCAG 2.1.4).

import { ownStorage } from './storage';

export type KeyAction =
  | { do: 'toggle' | 'mute' | 'captions' | 'fullscreen' | 'keys' }
  | { do: 'skip'; seconds: number }
  | { do: 'louder'; by: number }
  | { do: 'jump'; fraction: number }
  | { do: 'faster'; steps: 1 | -1 };

/**
 * Where the focus is: a slider keeps its arrows, a button and a choice keep their space bar. Outside the player the page
 * keeps the arrows that scroll it, and what can be operated there (`elsewhere`) all but the letters.
 */
export type KeyPlace = 'stage' | 'button' | 'position' | 'volume' | 'choice' | 'page' | 'elsewhere';

export interface KeyPress {
  key: string;
  code: string;
  ctrlKey: boolean;
  altKey: boolean;
  metaKey: boolean;
}

const ACTIONS: Record<string, KeyAction> = {
  ' ': { do: 'toggle' },
  k: { do: 'toggle' },
  j: { do: 'skip', seconds: -10 },
  l: { do: 'skip', seconds: 10 },
  ArrowLeft: { do: 'skip', seconds: -5 },
  ArrowRight: { do: 'skip', seconds: 5 },
  ArrowUp: { do: 'louder', by: 0.05 },
  ArrowDown: { do: 'louder', by: -0.05 },
  m: { do: 'mute' },
  c: { do: 'captions' },
  f: { do: 'fullscreen' },
  '<': { do: 'faster', steps: -1 },
  '>': { do: 'faster', steps: 1 },
  '?': { do: 'keys' },
};

const ON_POSITION: Record<string, KeyAction> = {
  ArrowUp: { do: 'skip', seconds: 5 },
  ArrowDown: { do: 'skip', seconds: -5 },
  PageUp: { do: 'skip', seconds: 60 },
  PageDown: { do: 'skip', seconds: -60 },
  Home: { do: 'jump', fraction: 0 },
  End: { do: 'jump', fraction: 1 },
};

const ON_VOLUME: Record<string, KeyAction> = {
  ArrowLeft: { do: 'louder', by: -0.05 },
  ArrowRight: { do: 'louder', by: 0.05 },
  Home: { do: 'louder', by: -1 },
  End: { do: 'louder', by: 1 },
};

export function keyAction(press: KeyPress, place: KeyPlace): KeyAction | null {
  if (press.ctrlKey || press.altKey || press.metaKey) return null;
  const key = latin(press);
  if (place === 'choice') return null;
  if (place === 'page' && (key === 'ArrowUp' || key === 'ArrowDown')) return null;
  if (place === 'elsewhere' && (key.length !== 1 || key === ' ')) return null;
  if (place === 'button' && key === ' ') return null;
  if (place === 'position' && ON_POSITION[key]) return ON_POSITION[key];
  if (place === 'volume' && ON_VOLUME[key]) return ON_VOLUME[key];
  if (/^[0-9]$/.test(key)) return { do: 'jump', fraction: Number(key) / 10 };
  return ACTIONS[key] ?? null;
}

/** On a Hebrew or Greek keyboard the key marked K gives another letter: then its place on the board counts. */
function latin({ key, code }: KeyPress): string {
  if (key.length !== 1 || key.charCodeAt(0) < 128) return key.length === 1 ? key.toLowerCase() : key;
  return /^Key[A-Z]$/.test(code) ? code.slice(3).toLowerCase() : key;
}

const REACH = 'anteroom.keys';

/** Whether keys count on the whole page or inside the player alone; kept in this browser. */
export type KeyReach = 'page' | 'player';

export function rememberedReach(storage: Storage | undefined = ownStorage()): KeyReach {
  return storage?.getItem(REACH) === 'player' ? 'player' : 'page';
}

export function rememberReach(reach: KeyReach, storage: Storage | undefined = ownStorage()): void {
  try {
    storage?.setItem(REACH, reach);
  } catch {
    // Storage may be full or shut; the choice then lasts for this page.
  }
}
