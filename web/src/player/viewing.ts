// A viewing: one open page that may fetch one item's media. It opens, renews its ticket, hears when it is over,
// and comes back after sleep. What one would not guess: a viewing that was silent too long is dead for good, so
// waking up may give a new one with another media URL; the player then plays on at the same second. And in a hidden
// tab timers run once a minute, as long as a ticket is good: there the socket's "alive" and the player's own requests
// renew it.
import type { Schemas } from '../api/types.ts';
import { retryDelayMs } from './backoff';
import { browserOutside, type Outside } from './viewing/outside';
import { ViewingSocket, type Changed } from './viewing/socket';

export type { Changed } from './viewing/socket';
export type { Outside } from './viewing/outside';

/** Why a viewing is over. A newer server may know more reasons. */
export type EndReason = Schemas['EndReason'] | (string & {});

export interface Opened {
  viewing: string;
  mediaUrl: string;
  posterUrl: string | null;
  renewEveryMs: number;
  socketUrl: string;
}

export type ViewingState =
  | { kind: 'opening' }
  | { kind: 'open'; opened: Opened }
  /** The server does not answer. What was opened may still be good: what is buffered plays on. */
  | { kind: 'offline'; opened: Opened | null }
  | { kind: 'ended'; reason: EndReason }
  /** `reference` is null when the refusal carried none. */
  | { kind: 'denied'; reference: string | null };

/** A ticket older than this is renewed when something else than the timer gives the chance. */
const OLD_WHEN_HEARD_MS = 15_000;
const OLD_BEFORE_A_REQUEST_MS = 30_000;
const RETRY = { firstMs: 1_000, slowestMs: 8_000 };
const ANSWER_WITHIN_MS = 10_000;
/** One lost renewal is a blip; from the second on the page is told. */
const FAILURES_UNTIL_OFFLINE = 2;

interface Answer {
  ok: boolean;
  status: number;
  /** Null when it is no JSON. */
  body: { reason?: string; reference?: string } | null;
}

interface OpenedBody {
  viewing: string;
  media_url: string;
  poster_url?: string | null;
  renew_every_ms: number;
  socket_url: string;
}

/** Opens a viewing of `item` and keeps it alive until `leave`. Subscribers get the state at once and on each change. */
export function openViewing(item: string, outside: Outside = browserOutside()): Viewing {
  return new Viewing(item, outside);
}

export class Viewing {
  #state: ViewingState = { kind: 'opening' };
  #opened: Opened | null = null;
  #socket: ViewingSocket | null = null;
  #lastAliveMs = 0;
  #failures = 0;
  /** The renewal under way, for all who wait for it. */
  #renewal: Promise<void> | null = null;
  #stopTimer = () => {};
  #stopRequest = () => {};
  readonly #stateListeners = new Set<(state: ViewingState) => void>();
  readonly #changeListeners = new Set<(change: Changed) => void>();
  readonly #stopListening: (() => void)[];

  constructor(
    private readonly item: string,
    private readonly outside: Outside,
  ) {
    this.#stopListening = [
      outside.on('wake', () => this.#wake()),
      outside.on('hide', () => this.#goAway()),
      outside.on('show', () => this.#isOver() || this.reopen()),
    ];
    void this.#open();
  }

  get state(): ViewingState {
    return this.#state;
  }

  subscribe(run: (state: ViewingState) => void): () => void {
    this.#stateListeners.add(run);
    run(this.#state);
    return () => this.#stateListeners.delete(run);
  }

  /** Something that the page shows has changed; the page asks for it anew. */
  onChanged(run: (change: Changed) => void): () => void {
    this.#changeListeners.add(run);
    return () => this.#changeListeners.delete(run);
  }

  /** Asks the door again, for instance after "opened elsewhere". */
  reopen(): void {
    this.#rest();
    this.#opened = null;
    this.#failures = 0;
    this.#set({ kind: 'opening' });
    void this.#open();
  }

  /** The page goes away for good. */
  leave(): void {
    this.#goAway();
    for (const stop of this.#stopListening) stop();
  }

  async #open(): Promise<void> {
    const answer = await this.#post('/api/viewings', { item: this.item });
    if (answer === 'stale') return;
    if (answer?.ok && answer.body) {
      const body = answer.body as unknown as OpenedBody;
      this.#begin({
        viewing: body.viewing,
        mediaUrl: body.media_url,
        posterUrl: body.poster_url ?? null,
        renewEveryMs: body.renew_every_ms,
        socketUrl: body.socket_url,
      });
    } else if (answer && isRefusal(answer.status)) {
      this.#finish({ kind: 'denied', reference: answer.body?.reference ?? null });
    } else {
      this.#tryAgain(() => void this.#open());
    }
  }

  #begin(opened: Opened): void {
    this.#opened = opened;
    this.#alive();
    this.#socket?.close();
    this.#socket = new ViewingSocket(this.outside, opened.socketUrl, {
      heard: () => void this.#renewIfOlderThan(OLD_WHEN_HEARD_MS),
      ended: (reason) => this.#over(reason),
      changed: (change) => this.#changeListeners.forEach((run) => run(change)),
    });
    this.#set({ kind: 'open', opened });
  }

  /** Before a request for media: its ticket must not run out while a hidden page's timer sleeps. */
  freshTicket(): Promise<void> {
    return this.#renewIfOlderThan(OLD_BEFORE_A_REQUEST_MS);
  }

  async #renewIfOlderThan(ms: number): Promise<void> {
    if (!this.#opened || this.#isOver() || this.#failures > 0) return;
    if (this.outside.clock.now() - this.#lastAliveMs > ms) await this.#renew();
  }

  #renew(): Promise<void> {
    this.#renewal ??= this.#askToRenew().finally(() => (this.#renewal = null));
    return this.#renewal;
  }

  async #askToRenew(): Promise<void> {
    const opened = this.#opened;
    if (!opened) return;
    const answer = await this.#post(`/m/${opened.viewing}/renew`, null);
    if (answer === 'stale') return;
    if (answer?.ok) {
      this.#alive();
      this.#set({ kind: 'open', opened });
    } else if (answer && isRefusal(answer.status)) {
      this.#over(answer.body?.reason ?? 'expired');
    } else {
      this.#tryAgain(() => void this.#renew());
    }
  }

  #alive(): void {
    this.#failures = 0;
    this.#lastAliveMs = this.outside.clock.now();
    this.#schedule(this.#opened?.renewEveryMs ?? 0, () => void this.#renew());
  }

  #tryAgain(run: () => void): void {
    const delayMs = retryDelayMs(this.#failures, RETRY, this.outside.random);
    this.#failures += 1;
    if (this.#failures >= FAILURES_UNTIL_OFFLINE) this.#set({ kind: 'offline', opened: this.#opened });
    this.#schedule(delayMs, run);
  }

  /** Silent too long or left by mistake: the door may still be open, so it is asked. The rest is final. */
  #over(reason: EndReason): void {
    if (reason === 'expired' || reason === 'left') {
      this.#rest();
      void this.#open();
    } else {
      this.#finish({ kind: 'ended', reason });
    }
  }

  #wake(): void {
    if (this.#isOver()) return;
    this.#socket?.wake();
    const silentMs = this.outside.clock.now() - this.#lastAliveMs;
    if (this.#opened && (this.#failures > 0 || silentMs > OLD_WHEN_HEARD_MS)) {
      this.#schedule(0, () => void this.#renew());
    } else if (!this.#opened && this.#failures > 0) {
      this.#schedule(0, () => void this.#open());
    }
  }

  #goAway(): void {
    if (this.#opened && !this.#isOver()) this.outside.beacon(`/m/${this.#opened.viewing}/leave`);
    this.#rest();
  }

  #finish(state: ViewingState): void {
    this.#rest();
    this.#set(state);
  }

  #isOver(): boolean {
    return this.#state.kind === 'ended' || this.#state.kind === 'denied';
  }

  /** Stops everything under way; a request's late answer is then stale. */
  #rest(): void {
    this.#stopTimer();
    this.#stopRequest();
    this.#socket?.close();
    this.#socket = null;
  }

  #schedule(ms: number, run: () => void): void {
    this.#stopTimer();
    this.#stopTimer = this.outside.clock.after(ms, run);
  }

  /** Null: no answer. `stale`: asked for nothing, since something else was begun meanwhile. */
  async #post(path: string, body: unknown): Promise<Answer | null | 'stale'> {
    this.#stopRequest();
    const abort = new AbortController();
    const stopWaiting = this.outside.clock.after(ANSWER_WITHIN_MS, () => abort.abort('late'));
    this.#stopRequest = () => abort.abort('stale');
    const answer = await this.outside.post(path, body, abort.signal).then(read).catch(() => null);
    stopWaiting();
    return abort.signal.aborted && abort.signal.reason === 'stale' ? 'stale' : answer;
  }

  #set(state: ViewingState): void {
    if (isSame(state, this.#state)) return;
    this.#state = state;
    for (const run of this.#stateListeners) run(state);
  }
}

function isSame(one: ViewingState, other: ViewingState): boolean {
  return one.kind === other.kind && 'opened' in one && 'opened' in other && one.opened === other.opened;
}

/** The server understood and said no; being asked to slow down is not a no. */
function isRefusal(status: number): boolean {
  return status >= 400 && status < 500 && status !== 408 && status !== 429;
}

/** To its end: an answer that breaks off, or is called off, in its middle is none. */
async function read(answer: Response): Promise<Answer> {
  const text = await answer.text();
  return { ok: answer.ok, status: answer.status, body: parsed(text) };
}

function parsed(text: string): Answer['body'] {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
