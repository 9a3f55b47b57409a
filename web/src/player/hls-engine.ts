// hls.js behind our Engine. It retries briefly by itself; when it gives up, the waits here take over and go on
// for as long as the network is away. Answers of 4xx are another matter: after a while they count as a failure.
import Hls, { ErrorDetails, ErrorTypes, Events, type ErrorData, type HlsConfig, type LoadPolicy } from 'hls.js';
import { retryDelayMs } from './backoff';
import type { Engine, EngineEars } from './engine';
import { startRendition, type Rendition } from './renditions';

const RETRY = { firstMs: 500, slowestMs: 5_000 };
/** A refused medium may come back when the viewing was renewed; after this long it will not. */
const REFUSED_FOR_MS = 20_000;
const RECOVERIES_IN_MS = 10_000;
/** Until something was measured: a slow phone network. */
const FIRST_GUESS_BITS_PER_SECOND = 800_000;

const brief: LoadPolicy = {
  default: {
    maxTimeToFirstByteMs: 8_000,
    maxLoadTimeMs: 30_000,
    timeoutRetry: { maxNumRetry: 1, retryDelayMs: 0, maxRetryDelayMs: 0 },
    errorRetry: { maxNumRetry: 1, retryDelayMs: 500, maxRetryDelayMs: 500 },
  },
};

/** A segment more is fetched when less than this lies ahead: with segments of 2 s never over ten seconds. */
const AHEAD_SECONDS = 8;

const CONFIG: Partial<HlsConfig> = {
  maxBufferLength: AHEAD_SECONDS,
  maxMaxBufferLength: AHEAD_SECONDS,
  backBufferLength: 30,
  capLevelToPlayerSize: true,
  fragLoadPolicy: brief,
  playlistLoadPolicy: brief,
  manifestLoadPolicy: brief,
};

export class HlsEngine implements Engine {
  #hls: Hls | null = null;
  #url = '';
  #attempt = 0;
  #timer = 0;
  #refusedSinceMs: number | null = null;
  #recoveredMs: number[] = [];
  #measuredBitsPerSecond = FIRST_GUESS_BITS_PER_SECOND;

  static isSupported(): boolean {
    return Hls.isSupported();
  }

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly ears: EngineEars,
  ) {}

  load(url: string, startAtSeconds: number): void {
    this.#close();
    this.#url = url;
    this.#refusedSinceMs = null;
    const isFirst = this.#measuredBitsPerSecond === FIRST_GUESS_BITS_PER_SECOND;
    const hls = new Hls({
      ...CONFIG,
      // What was measured before a reload still holds: no need to begin from below again.
      testBandwidth: isFirst,
      startPosition: startAtSeconds > 0 ? startAtSeconds : -1,
      abrEwmaDefaultEstimate: this.#measuredBitsPerSecond,
      xhrSetup: () => this.ears.beforeRequest(),
    });
    this.#hls = hls;
    hls.on(Events.MANIFEST_PARSED, () => {
      const all = renditionsOf(hls);
      if (isFirst) hls.startLevel = startRendition(all);
      this.ears.renditions(all);
    });
    hls.on(Events.LEVEL_SWITCHED, (_, { level }) => this.ears.nowPlaying(level));
    hls.on(Events.FRAG_LOADED, () => this.#loaded());
    hls.on(Events.ERROR, (_, error) => this.#failed(error));
    hls.attachMedia(this.video);
    hls.loadSource(url);
  }

  choose(index: number | null): void {
    // `nextLevel` changes at the next segment: no gap, at most ten seconds of what is buffered.
    if (this.#hls) this.#hls.nextLevel = index ?? -1;
  }

  hurry(): void {
    if (this.#attempt > 0) this.#restart();
  }

  destroy(): void {
    this.#close();
    this.video.removeAttribute('src');
    this.video.load();
  }

  #close(): void {
    window.clearTimeout(this.#timer);
    this.#attempt = 0;
    if (!this.#hls) return;
    this.#measuredBitsPerSecond = this.#hls.bandwidthEstimate || FIRST_GUESS_BITS_PER_SECOND;
    this.#hls.destroy();
    this.#hls = null;
  }

  #loaded(): void {
    this.#attempt = 0;
    this.#refusedSinceMs = null;
    this.ears.reconnecting(false);
  }

  #failed(error: ErrorData): void {
    if (error.type === ErrorTypes.NETWORK_ERROR) return this.#networkFailed(error);
    if (!error.fatal) return;
    const isHopeless = error.details === ErrorDetails.MANIFEST_INCOMPATIBLE_CODECS_ERROR;
    if (error.type === ErrorTypes.MEDIA_ERROR && !isHopeless) this.#recover();
    else this.#giveUp('unsupported');
  }

  #networkFailed(error: ErrorData): void {
    const status = error.response?.code ?? 0;
    const nowMs = performance.now();
    if (status >= 400 && status < 500) {
      this.#refusedSinceMs ??= nowMs;
      if (nowMs - this.#refusedSinceMs > REFUSED_FOR_MS) return this.#giveUp('unreachable');
    } else if (status === 0) {
      this.#refusedSinceMs = null;
    }
    if (!error.fatal) return;
    if (error.details === ErrorDetails.MANIFEST_PARSING_ERROR) return this.#giveUp('unsupported');
    this.ears.reconnecting(true);
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#restart(), retryDelayMs(this.#attempt, RETRY, Math.random));
    this.#attempt += 1;
  }

  #restart(): void {
    window.clearTimeout(this.#timer);
    if (!this.#hls) return;
    if (this.#hls.levels.length === 0) this.#hls.loadSource(this.#url);
    else this.#hls.startLoad();
  }

  /** A decoder may stumble once; one that stumbles three times in ten seconds cannot play this. */
  #recover(): void {
    const nowMs = performance.now();
    this.#recoveredMs = [...this.#recoveredMs.filter((ms) => nowMs - ms < RECOVERIES_IN_MS), nowMs];
    if (this.#recoveredMs.length > 3) return this.#giveUp('unsupported');
    if (this.#recoveredMs.length === 3) this.#hls?.swapAudioCodec();
    this.#hls?.recoverMediaError();
  }

  #giveUp(failure: 'unsupported' | 'unreachable'): void {
    this.#close();
    this.ears.reconnecting(false);
    this.ears.failed(failure);
  }
}

function renditionsOf(hls: Hls): Rendition[] {
  return hls.levels.map((level, index) => ({
    index,
    width: level.width,
    height: level.height,
    bitsPerSecond: level.bitrate,
  }));
}
