// The members' socket: says which items changed, never how they look; whoever shows one fetches it.
// One socket for all listeners. Once it is open, at first and after every gap (sleep, restart), every listener hears
// "reconnected": what changed before that was told to nobody.
import { json } from './http.ts';
import type { Change } from './types.ts';

let signedOut: () => void = () => {};

/** What to do when the server says that this session is over. */
export function onSocketSignedOut(act: () => void): void {
  signedOut = act;
}

export type Heard = Change | { type: 'reconnected' };
type Listener = { items: readonly string[]; hear: (heard: Heard) => void };

/** The server says "alive" every 20 s; a socket silent for longer than this is dead. */
const silenceLimitMs = 50_000;
/** The server refuses to watch more. */
const mostItems = 100;
const longestPauseMs = 30_000;
/** The server has read by then which items are watched. */
const readWithinMs = 250;

export class Changes {
  private readonly listeners = new Set<Listener>();
  private readonly path: string;
  private readonly ask: () => void;
  private socket: WebSocket | null = null;
  private attempts = 0;
  private silence: ReturnType<typeof setTimeout> | undefined;
  private pause: ReturnType<typeof setTimeout> | undefined;

  constructor(path = '/api/socket', ask: () => void = () => {}) {
    this.path = path;
    this.ask = ask;
  }

  /** Listens for the given items until the returned function is called. */
  listen(items: readonly string[], hear: (heard: Heard) => void): () => void {
    const listener = { items, hear };
    this.listeners.add(listener);
    if (this.socket) this.tellItems();
    else this.connect();
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size > 0) this.tellItems();
      // Not at once: whoever looks at other items now listens again in the same breath.
      else setTimeout(() => this.listeners.size === 0 && this.close(), 1000);
    };
  }

  close(): void {
    clearTimeout(this.pause);
    clearTimeout(this.silence);
    const socket = this.socket;
    this.socket = null;
    this.attempts = 0;
    socket?.close();
  }

  private connect(): void {
    clearTimeout(this.pause);
    const socket = new WebSocket(new URL(this.path, location.href.replace(/^http/, 'ws')));
    this.socket = socket;
    let wasOpen = false;
    socket.onopen = () => {
      wasOpen = true;
      this.attempts = 0;
      this.tellItems();
      setTimeout(() => {
        if (this.socket === socket) for (const { hear } of [...this.listeners]) hear({ type: 'reconnected' });
      }, readWithinMs);
      this.expectLife();
    };
    socket.onmessage = ({ data }) => {
      this.expectLife();
      this.spread(JSON.parse(String(data)) as Change | { type: 'alive' });
    };
    socket.onclose = () => this.again(socket, wasOpen);
  }

  private again(socket: WebSocket, wasOpen: boolean): void {
    if (this.socket !== socket) return;
    // The browser does not tell why it was refused; if the session is over, an ordinary request is told so.
    if (!wasOpen) this.ask();
    clearTimeout(this.silence);
    const pauseMs = Math.min(longestPauseMs, 500 * 2 ** this.attempts++) * (0.75 + Math.random() / 2);
    this.pause = setTimeout(() => this.connect(), pauseMs);
  }

  private expectLife(): void {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.socket?.close(), silenceLimitMs);
  }

  private tellItems(): void {
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    const all = new Set([...this.listeners].flatMap((listener) => listener.items));
    const items = [...all].slice(0, mostItems);
    this.socket.send(JSON.stringify({ type: 'watch', items }));
  }

  private spread(message: Change | { type: string }): void {
    if (message.type === 'ended') {
      this.close();
      signedOut();
      return;
    }
    if (message.type !== 'changed') return;
    const change = message as Change;
    for (const { items, hear } of [...this.listeners]) if (items.includes(change.item)) hear(change);
  }
}

export const changes = new Changes('/api/socket', () => void json('GET', '/api/me').catch(() => {}));
