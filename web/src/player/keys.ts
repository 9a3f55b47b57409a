// Which key does what. Only keys pressed inside the player count (WCAG 2.1.4): a letter typed elsewhere on the
// page is none of its business.

export type KeyAction =
  | { do: 'toggle' | 'mute' | 'captions' | 'fullscreen' | 'keys' }
  | { do: 'skip'; seconds: number }
  | { do: 'louder'; by: number }
  | { do: 'jump'; fraction: number }
  | { do: 'faster'; steps: 1 | -1 };

/** Where the focus is: a slider keeps its arrows, a button and a choice keep their space bar. */
export type KeyPlace = 'stage' | 'button' | 'position' | 'volume' | 'choice';

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
