// Fingers, pointer and keys on the player's surface, told as what was meant.
import { keyAction, type KeyAction, type KeyPlace, type KeyReach } from './keys';

const DOUBLE_TAP_MS = 300;
const IDLE_MS = 2_500;
const MOVED_PX = 12;

export interface SurfaceEars {
  /** A press with a mouse or pen. */
  click(): void;
  doubleClick(): void;
  tap(): void;
  /** Two taps, and each one that follows quickly, on the left or right third. */
  doubleTap(side: 'left' | 'right'): void;
}

/** The answer stops listening. */
export function listenToSurface(stage: HTMLElement, ears: SurfaceEars): () => void {
  const stop = new AbortController();
  const options = { signal: stop.signal };
  let down: PointerEvent | null = null;
  let last: { atMs: number; third: number } = { atMs: -Infinity, third: -1 };
  stage.addEventListener('pointerdown', (event) => (down = event), options);
  stage.addEventListener(
    'pointerup',
    (event) => {
      if (!down || event.button !== 0 || distance(down, event) > MOVED_PX) return;
      if (event.pointerType !== 'touch') return ears.click();
      const third = thirdOf(stage, event.clientX);
      const isSecond = third !== 1 && third === last.third && event.timeStamp - last.atMs < DOUBLE_TAP_MS;
      last = { atMs: event.timeStamp, third };
      if (isSecond) ears.doubleTap(third === 0 ? 'left' : 'right');
      else ears.tap();
    },
    options,
  );
  stage.addEventListener('dblclick', () => down?.pointerType !== 'touch' && ears.doubleClick(), options);
  return () => stop.abort();
}

/** `run` says whether it did something; what it has no use for is the browser's. */
export function listenToKeys(root: HTMLElement, reach: () => KeyReach, run: (action: KeyAction) => boolean): () => void {
  const onKey = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return;
    const place = placeOf(root, event.target as Element);
    if (place === null || (reach() === 'player' && (place === 'page' || place === 'elsewhere'))) return;
    const action = keyAction(event, place);
    if (action && run(action)) event.preventDefault();
  };
  document.addEventListener('keydown', onKey);
  return () => document.removeEventListener('keydown', onKey);
}

/** Tells when the controls should be there: something moves, or the keyboard's focus is inside. */
export function listenToAttention(root: HTMLElement, change: (isAwake: boolean) => void): Attention {
  const stop = new AbortController();
  const options = { signal: stop.signal };
  let timer = 0;
  const sleep = () => {
    window.clearTimeout(timer);
    if (!root.querySelector(':focus-visible')) change(false);
  };
  const wake = () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(sleep, IDLE_MS);
    change(true);
  };
  root.addEventListener('pointermove', (event) => event.pointerType !== 'touch' && wake(), options);
  root.addEventListener('pointerleave', (event) => event.pointerType !== 'touch' && sleep(), options);
  // Focus also moves because something was taken off the page; the page must be done with that first.
  root.addEventListener('focusin', () => queueMicrotask(wake), options);
  root.addEventListener('focusout', () => queueMicrotask(wake), options);
  root.addEventListener('keydown', wake, options);
  // A finger that presses one control again and again moves no focus. On the stage itself a tap means something else.
  const isControl = (target: EventTarget | null) => target instanceof Element && target.closest('button, input') !== null;
  root.addEventListener('pointerdown', (event) => isControl(event.target) && wake(), options);
  return { wake, sleep, stop: () => (window.clearTimeout(timer), stop.abort()) };
}

export interface Attention {
  wake(): void;
  sleep(): void;
  stop(): void;
}

/** What keeps its keys to itself: whatever is typed or chosen in, and what lies over the page. */
const KEEPS_KEYS =
  'input, textarea, select, [contenteditable]:not([contenteditable=false]), [popover], [role=menu], [role=listbox], [role=tablist]';

/** Null: keys pressed there are none of the player's. */
function placeOf(root: Element, target: Element): KeyPlace | null {
  if (!root.contains(target)) {
    if (target.closest(KEEPS_KEYS) || document.querySelector('dialog[open]')) return null;
    return target.closest('button, a, summary, [tabindex="0"]') ? 'elsewhere' : 'page';
  }
  const own = target.closest<HTMLElement>('[data-keys]')?.dataset['keys'];
  if (own === 'position' || own === 'volume' || own === 'choice') return own;
  return target.closest('button, a, summary') ? 'button' : 'stage';
}

function thirdOf(stage: HTMLElement, clientX: number): number {
  const { left, width } = stage.getBoundingClientRect();
  return Math.min(2, Math.max(0, Math.floor(((clientX - left) / width) * 3)));
}

function distance(one: PointerEvent, other: PointerEvent): number {
  return Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
}
