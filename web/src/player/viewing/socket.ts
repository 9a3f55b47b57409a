// The viewing's socket: hears that it was ended or that something on the page changed. It comes back by itself;
// the renewal, not the socket, is what keeps a viewing alive, so a broken socket never ends one.
import type { Schemas } from '../../api/types.ts';
import { retryDelayMs } from '../backoff';
import type { Outside, SocketLike } from './outside';

/** The server says "alive" every 20 s; two of them missing means that nobody is there. */
export const SILENCE_MS = 45_000;
const RECONNECT = { firstMs: 1_000, slowestMs: 15_000 };

type Said = Schemas['ToPage'];

/** `missed`: the socket was away, anything may have changed. */
export type Changed = { what: 'missed' } | Omit<Extract<Said, { type: 'changed' }>, 'type'>;

export interface SocketEars {
  /** The server said something, at the least that it lives. */
  heard(): void;
  ended(reason: string): void;
  changed(change: Changed): void;
}

export class ViewingSocket {
  #socket: SocketLike | null = null;
  #stopTimer = () => {};
  #attempt = 0;
  #wasOpen = false;
  #lastHeardMs = 0;

  constructor(
    private readonly outside: Outside,
    private readonly path: string,
    private readonly ears: SocketEars,
  ) {
    this.#connect();
  }

  close(): void {
    this.#stopTimer();
    this.#drop();
  }

  /** After sleep the socket may look open and be dead: what was silent too long is replaced at once. */
  wake(): void {
    if (this.outside.clock.now() - this.#lastHeardMs > SILENCE_MS) this.#connect();
  }

  #connect(): void {
    this.close();
    const socket = this.outside.openSocket(this.path);
    this.#socket = socket;
    socket.onopen = () => {
      this.#heard();
      if (this.#wasOpen) this.ears.changed({ what: 'missed' });
      this.#wasOpen = true;
    };
    socket.onmessage = ({ data }) => {
      this.#heard();
      this.ears.heard();
      this.#read(String(data));
    };
    socket.onclose = () => this.#retry();
  }

  #drop(): void {
    const socket = this.#socket;
    if (!socket) return;
    this.#socket = null;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  #heard(): void {
    this.#attempt = 0;
    this.#lastHeardMs = this.outside.clock.now();
    this.#stopTimer();
    this.#stopTimer = this.outside.clock.after(SILENCE_MS, () => this.#retry());
  }

  #retry(): void {
    this.close();
    const delayMs = retryDelayMs(this.#attempt, RECONNECT, this.outside.random);
    this.#attempt += 1;
    this.#stopTimer = this.outside.clock.after(delayMs, () => this.#connect());
  }

  #read(text: string): void {
    let message: Said;
    try {
      message = JSON.parse(text);
    } catch {
      return;
    }
    if (message.type === 'ended') this.ears.ended(message.reason);
    else if (message.type === 'changed') {
      const { type: _, ...changed } = message;
      this.ears.changed(changed);
    }
  }
}
