// What a viewing needs from the browser, as parameters: tests put their own clock, network and page here.
import { postJson, takeEarly } from './early';

export interface Clock {
  /** Wall clock in milliseconds: it must go on while the machine sleeps. */
  now(): number;
  /** Runs once; the answer calls it off. */
  after(ms: number, run: () => void): () => void;
}

export type SocketLike = Pick<WebSocket, 'onmessage' | 'onopen' | 'onclose' | 'close'>;

/** `wake`: the page can be seen again or the network is back. `show`: it came back whole from the browser's cache. */
export type PageEvent = 'wake' | 'hide' | 'show';

export interface Outside {
  post(path: string, body: unknown, signal: AbortSignal): Promise<Response>;
  openSocket(path: string): SocketLike;
  /** A POST that outlives the page. */
  beacon(path: string): void;
  clock: Clock;
  on(event: PageEvent, run: () => void): () => void;
  random(): number;
}

export function browserOutside(): Outside {
  return {
    post(path, body, signal) {
      const text = body === null ? null : JSON.stringify(body);
      return takeEarly(path, text, signal) ?? postJson(path, text, signal);
    },
    openSocket: (path) => {
      const address = new URL(path, location.href);
      address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
      return new WebSocket(address);
    },
    beacon: (path) => void navigator.sendBeacon(path),
    clock: {
      now: () => Date.now(),
      after(ms, run) {
        const timer = setTimeout(run, ms);
        return () => clearTimeout(timer);
      },
    },
    on: listen,
    random: Math.random,
  };
}

function listen(event: PageEvent, run: () => void): () => void {
  const stop = new AbortController();
  const options = { signal: stop.signal };
  if (event === 'wake') {
    const ifVisible = () => document.visibilityState === 'visible' && run();
    document.addEventListener('visibilitychange', ifVisible, options);
    window.addEventListener('online', run, options);
  } else if (event === 'hide') {
    window.addEventListener('pagehide', run, options);
  } else {
    window.addEventListener('pageshow', (shown) => shown.persisted && run(), options);
  }
  return () => stop.abort();
}
