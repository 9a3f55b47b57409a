// One playback: a <video>, the engine behind it, and everything the controls show as one plain state.
// What one would not guess: the state is always read anew from the <video> on its events and never kept beside
// it; only what was *wanted* (to play, at which second) is kept, since a reload forgets it.
import { chooseTrack } from './captions';
import { openEngine, type Engine, type Failure, type OpenEngine } from './engine';
import { readVideo, type Phase, type PlaybackState } from './playback-state';
import { named, type NamedRendition, type Rendition } from './renditions';
import { rememberVolume, rememberedVolume } from './volume';

export const RATES = [0.5, 0.75, 1, 1.25, 1.5, 2];

const EVENTS = [
  'play', 'pause', 'playing', 'waiting', 'seeking', 'seeked', 'ended', 'timeupdate', 'progress', 'durationchange',
  'loadedmetadata', 'loadeddata', 'canplay', 'emptied', 'volumechange', 'ratechange',
] as const;

export class Playback {
  /** Waited for before each request for media; a viewing renews its ticket in it. */
  beforeRequest: () => Promise<void> = async () => {};
  #engine: Engine | null = null;
  #opening: Promise<void> | null = null;
  #url: string | null = null;
  #startAtSeconds = 0;
  #wantsToPlay = false;
  #hasStarted = false;
  #isLoading = false;
  #isClosed = false;
  #isReconnecting = false;
  #failure: Failure | null = null;
  #renditions: NamedRendition[] = [];
  #chosenRendition: number | null = null;
  #currentRendition: number | null = null;
  #state: PlaybackState;
  readonly #listeners = new Set<(state: PlaybackState) => void>();
  readonly #stop = new AbortController();

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly knownDurationSeconds = 0,
    private readonly open: OpenEngine = openEngine,
  ) {
    const { level, isMuted } = rememberedVolume();
    video.volume = level;
    video.muted = isMuted;
    const options = { signal: this.#stop.signal };
    for (const event of EVENTS) video.addEventListener(event, () => this.#heard(event), options);
    for (const event of ['addtrack', 'removetrack', 'change']) {
      video.textTracks.addEventListener(event, () => this.#refresh(), options);
    }
    window.addEventListener('online', () => this.#engine?.hurry(), options);
    this.#state = this.#read();
  }

  get state(): PlaybackState {
    return this.#state;
  }

  subscribe(run: (state: PlaybackState) => void): () => void {
    this.#listeners.add(run);
    run(this.#state);
    return () => this.#listeners.delete(run);
  }

  /** The first call says where to begin; later ones go on at the second that was reached. */
  setSource(url: string | null, startAtSeconds = 0): void {
    if (url === this.#url) return;
    const isFirst = this.#url === null && !this.#hasStarted;
    if (isFirst) this.#startAtSeconds = startAtSeconds;
    this.#url = url;
    this.#isClosed = false;
    if (url !== null && (this.#hasStarted || this.#wantsToPlay)) this.reload();
    else this.#refresh();
  }

  /** Loads the medium again, at the same second. */
  reload(): void {
    this.#startAtSeconds = this.#position();
    this.#failure = null;
    this.#isClosed = false;
    this.#isLoading = true;
    this.#refresh();
    void this.#ready().then(() => this.#load());
  }

  /** Fetches the engine's code ahead of the first play. */
  warm(): void {
    void this.#ready();
  }

  play(): void {
    if (this.#isClosed || this.#failure) return;
    this.#wantsToPlay = true;
    if (this.video.ended) this.seek(0);
    // Said inside the gesture, even before there is anything to play: some browsers allow it only there.
    this.#start();
    if (!this.#hasMedium() && !this.#isLoading) this.reload();
    this.#refresh();
  }

  pause(): void {
    this.#wantsToPlay = false;
    this.video.pause();
    this.#refresh();
  }

  toggle(): void {
    if (this.#state.phase === 'playing') this.pause();
    else this.play();
  }

  seek(seconds: number): void {
    const target = Math.min(Math.max(seconds, 0), this.#duration() || Infinity);
    this.#startAtSeconds = target;
    if (this.video.readyState > 0) this.video.currentTime = target;
    this.#refresh();
  }

  skip(seconds: number): void {
    this.seek(this.#position() + seconds);
  }

  setVolume(level: number): void {
    this.video.volume = Math.round(Math.min(Math.max(level, 0), 1) * 100) / 100;
    this.video.muted = this.video.volume === 0;
  }

  toggleMuted(): void {
    if (this.video.volume === 0) this.video.volume = 0.5;
    this.video.muted = !this.video.muted;
  }

  setRate(rate: number): void {
    // The default too: loading anew goes back to it.
    this.video.defaultPlaybackRate = this.video.playbackRate = rate;
  }

  stepRate(steps: 1 | -1): void {
    const at = RATES.findIndex((rate) => rate >= this.video.playbackRate);
    this.setRate(RATES[Math.min(Math.max(at + steps, 0), RATES.length - 1)] ?? 1);
  }

  chooseRendition(index: number | null): void {
    this.#chosenRendition = index;
    this.#engine?.choose(index);
    this.#refresh();
  }

  chooseCaptions(id: number | null): void {
    chooseTrack(this.video, id);
    this.#refresh();
  }

  toggleCaptions(): void {
    const { captions } = this.#state;
    const isShowing = captions.some((track) => track.isShowing);
    this.chooseCaptions(isShowing ? null : (captions[0]?.id ?? null));
  }

  /** Ended from outside: nothing more is fetched, the second is kept for a new source. */
  close(): void {
    if (this.#isClosed) return;
    this.#startAtSeconds = this.#position();
    this.#isClosed = true;
    this.#url = null;
    this.#dropEngine();
    this.#refresh();
  }

  destroy(): void {
    this.#stop.abort();
    this.#listeners.clear();
    this.#url = null;
    this.#dropEngine();
  }

  #start(): void {
    this.video.play().catch((error: unknown) => {
      // Anything else is the engine's to tell; "not allowed" only means that a press is wanted first.
      if (!(error instanceof DOMException) || error.name !== 'NotAllowedError') return;
      this.#wantsToPlay = false;
      this.#refresh();
    });
  }

  async #ready(): Promise<void> {
    this.#opening ??= this.#openEngine();
    await this.#opening;
  }

  async #openEngine(): Promise<void> {
    try {
      const engine = await this.open(this.video, {
        renditions: (all) => this.#heardRenditions(all),
        beforeRequest: () => this.beforeRequest(),
        nowPlaying: (index) => this.#change(() => (this.#currentRendition = index)),
        reconnecting: (is) => this.#isReconnecting !== is && this.#change(() => (this.#isReconnecting = is)),
        failed: (failure) => this.#fail(failure),
      });
      if (!engine) this.#fail('unsupported');
      else if (this.#stop.signal.aborted) engine.destroy();
      else this.#engine = engine;
    } catch {
      // The engine's own code did not come through the network: asked for again on the next try.
      this.#opening = null;
      this.#fail('unreachable');
    }
  }

  #load(): void {
    if (!this.#engine || this.#url === null) return;
    this.#engine.load(this.#url, this.#startAtSeconds);
    if (this.#wantsToPlay) this.#start();
  }

  #heardRenditions(all: Rendition[]): void {
    this.#renditions = named(all);
    const isStillThere = all.some(({ index }) => index === this.#chosenRendition);
    this.chooseRendition(isStillThere ? this.#chosenRendition : null);
  }

  #heard(event: (typeof EVENTS)[number]): void {
    const { video } = this;
    if (event === 'playing') this.#hasStarted = true;
    if (event === 'canplay' || event === 'playing') this.#isLoading = false;
    if (event === 'play') this.#wantsToPlay = true;
    if (event === 'pause' && !this.#isLoading && !this.#isClosed) this.#wantsToPlay = false;
    if (event === 'volumechange') rememberVolume({ level: video.volume, isMuted: video.muted });
    this.#refresh();
  }

  #fail(failure: Failure): void {
    this.#startAtSeconds = this.#position();
    this.#failure = failure;
    this.#isLoading = false;
    this.#refresh();
  }

  #dropEngine(): void {
    this.video.pause();
    this.#engine?.destroy();
    this.#engine = null;
    this.#opening = null;
    this.#isLoading = false;
    this.#isReconnecting = false;
  }

  #change(run: () => void): void {
    run();
    this.#refresh();
  }

  #refresh(): void {
    this.#state = this.#read();
    for (const run of this.#listeners) run(this.#state);
  }

  #hasMedium(): boolean {
    return this.#engine !== null && !this.#isLoading && this.video.readyState > 0;
  }

  #position(): number {
    return this.#hasMedium() ? this.video.currentTime : this.#startAtSeconds;
  }

  #duration(): number {
    return Number.isFinite(this.video.duration) ? this.video.duration : this.knownDurationSeconds;
  }

  #phase(): Phase {
    if (this.#isClosed) return 'closed';
    if (this.#failure) return 'failed';
    if (this.video.ended && !this.#isLoading) return 'finished';
    if (this.#wantsToPlay) return 'playing';
    return this.#hasStarted ? 'paused' : 'idle';
  }

  #read(): PlaybackState {
    const phase = this.#phase();
    return {
      ...readVideo(this.video),
      phase,
      isWaiting: phase === 'playing' && (this.#isLoading || this.video.seeking || this.video.readyState < 3),
      isReconnecting: this.#isReconnecting && phase !== 'closed',
      failure: this.#failure,
      positionSeconds: this.#position(),
      durationSeconds: this.#duration(),
      renditions: this.#renditions,
      chosenRendition: this.#chosenRendition,
      currentRendition: this.#currentRendition,
    };
  }
}
