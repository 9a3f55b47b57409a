// What turns a media URL into frames on a <video>. There are two: hls.js, and a browser that does it by itself.
// hls.js is asked first even where the browser says "maybe": some say so and then stay black.
import type { Rendition } from './renditions';

export type Failure = 'unsupported' | 'unreachable';

export interface EngineEars {
  renditions(all: Rendition[]): void;
  /** The rendition of the frames that come next. */
  nowPlaying(index: number): void;
  reconnecting(isReconnecting: boolean): void;
  /** Waited for before each request for media. */
  beforeRequest(): Promise<void>;
  failed(failure: Failure): void;
}

export interface Engine {
  /** Starts anew from `startAtSeconds`; nothing that was loaded before is kept. */
  load(url: string, startAtSeconds: number): void;
  /** Null: the engine chooses by the network. */
  choose(index: number | null): void;
  /** The network is said to be back: no need to sit out the wait. */
  hurry(): void;
  destroy(): void;
}

export type OpenEngine = (video: HTMLVideoElement, ears: EngineEars) => Promise<Engine | null>;

/** Null: neither way works in this browser. Rejects when the engine's own code does not load. */
export const openEngine: OpenEngine = async (video, ears) => {
  const { HlsEngine } = await import('./hls-engine');
  if (HlsEngine.isSupported()) return new HlsEngine(video, ears);
  if (video.canPlayType('application/vnd.apple.mpegurl')) return nativeEngine(video, ears);
  return null;
};

function nativeEngine(video: HTMLVideoElement, ears: EngineEars): Engine {
  const stop = new AbortController();
  let current: { url: string; startAtSeconds: number } | null = null;
  const load = (url: string, startAtSeconds: number) => {
    current = { url, startAtSeconds };
    video.src = startAtSeconds > 0 ? `${url}#t=${startAtSeconds}` : url;
  };
  video.addEventListener(
    'error',
    () => ears.failed(video.error?.code === MediaError.MEDIA_ERR_NETWORK ? 'unreachable' : 'unsupported'),
    { signal: stop.signal },
  );
  return {
    load,
    choose: () => undefined,
    hurry: () => video.error && current && load(current.url, video.currentTime || current.startAtSeconds),
    destroy() {
      stop.abort();
      video.removeAttribute('src');
      video.load();
    },
  };
}
