// For tests: a network, a page and a clock that moves only when told. Nothing of the viewing itself is faked.
import type { Outside, PageEvent, SocketLike } from './outside';

export type Answer = { status: number; body: unknown } | 'no answer' | 'hangs' | 'breaks off' | 'stops halfway';

function tell(listener: unknown, event: object): void {
  (listener as ((event: object) => void) | null)?.(event);
}

function halfABody(end: (body: ReadableStreamDefaultController<Uint8Array>) => void): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(body) {
      body.enqueue(new TextEncoder().encode('{"viewing":'));
      end(body);
    },
  });
}

class WorldSocket implements SocketLike {
  onmessage: SocketLike['onmessage'] = null;
  onopen: SocketLike['onopen'] = null;
  onclose: SocketLike['onclose'] = null;
  isClosed = false;
  constructor(readonly path: string) {}
  close(): void {
    this.isClosed = true;
    tell(this.onclose, {});
  }
  open(): void {
    tell(this.onopen, {});
  }
  say(message: unknown): void {
    tell(this.onmessage, { data: JSON.stringify(message) });
  }
}

export class World {
  nowMs = 1_800_000_000_000;
  /** What the next requests get; when empty, everything succeeds. */
  readonly answers: Answer[] = [];
  readonly posts: string[] = [];
  readonly beacons: string[] = [];
  readonly sockets: WorldSocket[] = [];
  #opened = 0;
  #timers: { atMs: number; run: () => void }[] = [];
  readonly #listeners = new Map<PageEvent, Set<() => void>>();

  readonly outside: Outside = {
    post: (path, body, signal) => this.#answer(path, body, signal),
    openSocket: (path) => {
      const socket = new WorldSocket(path);
      this.sockets.push(socket);
      return socket;
    },
    beacon: (path) => void this.beacons.push(path),
    clock: {
      now: () => this.nowMs,
      after: (ms, run) => {
        const timer = { atMs: this.nowMs + ms, run };
        this.#timers.push(timer);
        return () => (this.#timers = this.#timers.filter((other) => other !== timer));
      },
    },
    on: (event, run) => {
      const all = this.#listeners.get(event) ?? new Set();
      this.#listeners.set(event, all.add(run));
      return () => all.delete(run);
    },
    random: () => 1,
  };

  renewals(): number {
    return this.posts.filter((post) => post.includes('/renew')).length;
  }

  emit(event: PageEvent): void {
    for (const run of [...(this.#listeners.get(event) ?? [])]) run();
  }

  /** The clock goes on, nothing runs: the lid is shut. */
  sleep(ms: number): void {
    this.nowMs += ms;
  }

  async settle(): Promise<void> {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  }

  async pass(ms: number): Promise<void> {
    const untilMs = this.nowMs + ms;
    for (;;) {
      await this.settle();
      const next = this.#timers.filter((timer) => timer.atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (!next) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.run();
    }
    this.nowMs = Math.max(this.nowMs, untilMs);
    await this.settle();
  }

  #answer(path: string, body: unknown, signal: AbortSignal): Promise<Response> {
    this.posts.push(body === null ? path : `${path} ${JSON.stringify(body)}`);
    const answer = this.answers.shift() ?? this.#success(path);
    if (answer === 'no answer') return Promise.reject(new TypeError('Failed to fetch'));
    if (answer === 'hangs') {
      return new Promise((_, fail) => signal.addEventListener('abort', () => fail(new Error('aborted'))));
    }
    if (answer === 'breaks off') return Promise.resolve(new Response(halfABody((body) => body.error(new TypeError('network error')))));
    if (answer === 'stops halfway') {
      // As `fetch` does it: what is called off rejects with the reason it was given.
      return Promise.resolve(new Response(halfABody((body) => signal.addEventListener('abort', () => body.error(signal.reason)))));
    }
    const text = answer.status === 204 ? null : JSON.stringify(answer.body);
    return Promise.resolve(new Response(text, { status: answer.status }));
  }

  #success(path: string): Answer {
    if (path.endsWith('/renew')) return { status: 204, body: null };
    const viewing = `v${(this.#opened += 1)}`;
    return {
      status: 200,
      body: {
        viewing,
        media_url: `/m/${viewing}/master.m3u8`,
        renew_every_ms: 20_000,
        socket_url: `/m/${viewing}/socket`,
      },
    };
  }
}
