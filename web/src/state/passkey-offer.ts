// Passkeys offered at the e-mail field: one offer at a time, made anew before the server forgets what it asked, and
// when the page is looked at again: another tab may have asked meanwhile. The server remembers each question, so none is
// asked for whoever only loads the page, as scanners and previews do.
import { offersPasskeys } from '../api/sign-in.ts';

/** The server remembers its question for five minutes. */
const renewMs = 4 * 60_000;
const restMs = 1_000;

export interface Outside {
  isOffered(): Promise<boolean>;
  every(ms: number, run: () => void): () => void;
  rest(ms: number): Promise<void>;
  onShown(run: () => void): () => void;
  /** Once, at the first sign of a person. */
  onSomebody(run: () => void): () => void;
}

function stoppable(): { signal: AbortSignal; stop: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, stop: () => controller.abort() };
}

const browser: Outside = {
  isOffered: offersPasskeys,
  every(ms, run) {
    const timer = setInterval(run, ms);
    return () => clearInterval(timer);
  },
  rest: (ms) => new Promise((go) => setTimeout(go, ms)),
  onShown(run) {
    const shown = () => document.visibilityState === 'visible' && run();
    document.addEventListener('visibilitychange', shown);
    return () => document.removeEventListener('visibilitychange', shown);
  },
  onSomebody(run) {
    const { signal, stop } = stoppable();
    for (const sign of ['pointermove', 'pointerdown', 'keydown']) addEventListener(sign, () => (stop(), run()), { signal, passive: true });
    return stop;
  },
};

export class PasskeyOffer {
  private readonly sign: (signal: AbortSignal) => Promise<void>;
  private readonly failed: (cause: unknown) => void;
  private readonly outside: Outside;
  private current: AbortController | null = null;
  private stops: (() => void)[] = [];
  private isOver = false;

  constructor(sign: (signal: AbortSignal) => Promise<void>, failed: (cause: unknown) => void, outside: Outside = browser) {
    this.sign = sign;
    this.failed = failed;
    this.outside = outside;
  }

  async begin(): Promise<void> {
    if (!(await this.outside.isOffered()) || this.isOver) return;
    const again = () => void this.offer();
    const begin = () => {
      this.stops.push(this.outside.every(renewMs, again), this.outside.onShown(again));
      again();
    };
    this.stops.push(this.outside.onSomebody(begin));
  }

  /** Makes room for another way; a browser asks for one credential at a time. */
  pause(): void {
    this.current?.abort();
    this.current = null;
  }

  async offer(): Promise<void> {
    this.pause();
    if (this.isOver) return;
    const offer = (this.current = new AbortController());
    try {
      await this.sign(offer.signal);
      this.end();
    } catch (cause) {
      // Called off, by us: something else is under way.
      if (offer.signal.aborted) return;
      this.failed(cause);
      await this.outside.rest(restMs);
      if (this.current === offer && !(cause instanceof DOMException) && isWrong(cause)) await this.offer();
    }
  }

  end(): void {
    this.isOver = true;
    this.pause();
    for (const stop of this.stops) stop();
  }
}

/** Only a passkey that did not sign in is followed by another offer at once; what else failed would fail again. */
function isWrong(cause: unknown): boolean {
  return (cause as { code?: string }).code === 'wrong_credentials';
}
