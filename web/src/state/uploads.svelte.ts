// The upload tray: what is being sent, what waits, what could not go on. Lives outside the pages,
// so it survives navigation. When the server does not answer an upload waits and tries again by
// itself; only answers that say "no" end it.
import type { ItemCard } from '../api/types.ts';
import type { Sending, Unfinished, UploadTransport, UploadTrouble } from '../api/uploads.ts';
import { Pace } from './pace.ts';

export type { Unfinished } from '../api/uploads.ts';

export type UploadPhase = 'queued' | 'sending' | 'paused' | 'waiting_for_server' | 'failed' | 'done';

const atOnce = 3;
const longestPauseMs = 30_000;
/** Types that browsers name reliably and that no video hides behind; the server probes all else. */
const surelyNotMedia = /^(text|image|font)\/|^application\/(pdf|zip|json|msword|vnd\.(openxmlformats|ms-|oasis))/;

export class Upload {
  readonly id: number;
  readonly file: File;
  readonly title: string;
  readonly sizeBytes: number;
  phase = $state<UploadPhase>('queued');
  sentBytes = $state(0);
  rate = $state<number | null>(null);
  secondsLeft = $state<number | null>(null);
  trouble = $state.raw<UploadTrouble | null>(null);
  item = $state<string | null>(null);
  /** What became of the item since the file arrived. */
  made = $state.raw<Made | null>(null);
  /** Goes on from what the server has already. */
  resumed = $state(false);

  readonly pace = new Pace();
  sending: Sending | null = null;
  tries = 0;
  timer: ReturnType<typeof setTimeout> | undefined;

  constructor(id: number, file: File) {
    this.id = id;
    this.file = file;
    this.title = titleOf(file.name);
    this.sizeBytes = file.size;
  }

  get percent(): number {
    if (this.phase === 'done') return 100;
    return this.sizeBytes === 0 ? 0 : Math.min(99, Math.floor((this.sentBytes / this.sizeBytes) * 100));
  }

  /** Nothing more happens to it by itself. */
  get isOver(): boolean {
    const state = this.made?.state;
    return this.phase === 'done' && (state === 'ready' || state === 'failed' || state === 'cancelled');
  }

  get going(): boolean {
    return this.phase === 'queued' || this.phase === 'sending' || this.phase === 'waiting_for_server';
  }
}

/** "IMG_2041.final.mp4" becomes "IMG_2041.final"; the owner renames it later. */
export function titleOf(filename: string): string {
  return filename.replace(/\.[A-Za-z0-9]{1,5}$/, '').trim() || filename;
}

/** What the server makes of a file that arrived. */
export type Made = Pick<ItemCard, 'state' | 'progress_percent'>;

export interface TrayOutside {
  now(): number;
  /** Told when the server has made the item, and again when all of it has arrived. */
  onItem(item: string): void;
  maxBytes(): number;
  /** The item as it is now; rejects when it is gone. */
  look(item: string): Promise<Made>;
}

export class Uploads {
  list = $state.raw<Upload[]>([]);
  unfinished = $state.raw<Unfinished[]>([]);
  open = $state(true);
  /** It opens by itself where it is in nobody's way. */
  opensAlone = true;
  private transport: UploadTransport | null = null;
  private readonly outside: TrayOutside;
  private last = 0;

  constructor(outside: TrayOutside) {
    this.outside = outside;
  }

  begin(transport: UploadTransport): void {
    this.transport = transport;
    this.unfinished = transport.unfinished();
  }

  /** Stops everything and forgets it here; what the server has stays for another day. */
  end(): void {
    for (const upload of this.list) {
      clearTimeout(upload.timer);
      if (upload.going) void upload.sending?.pause();
    }
    this.list = [];
    this.unfinished = [];
    this.transport = null;
  }

  get active(): Upload[] {
    return this.list.filter((upload) => upload.going);
  }

  get empty(): boolean {
    return this.list.length === 0 && this.unfinished.length === 0;
  }

  add(files: Iterable<File>): void {
    for (const file of files) this.addOne(file);
    if (this.opensAlone) this.open = true;
    this.fill();
  }

  /** How much has arrived of all that is on its way. */
  get percent(): number {
    const sizes = this.active.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    const sent = this.active.reduce((sum, { sentBytes }) => sum + sentBytes, 0);
    return sizes === 0 ? 0 : Math.min(99, Math.floor((sent / sizes) * 100));
  }

  /** Items whose files have arrived and that are still being made. */
  get making(): string[] {
    return this.list.flatMap(({ phase, item, isOver }) => (phase === 'done' && item && !isOver ? [item] : []));
  }

  async look(item: string, percent?: number | null): Promise<void> {
    const upload = this.list.find((one) => one.item === item && one.phase === 'done');
    if (!upload) return;
    if (typeof percent === 'number') return void (upload.made = { state: 'processing', progress_percent: percent });
    try {
      upload.made = await this.outside.look(item);
    } catch {
      // It was deleted meanwhile, or the server is away: then the next word tells.
    }
  }

  pause(upload: Upload): void {
    if (!upload.going) return;
    clearTimeout(upload.timer);
    this.rest(upload, 'paused');
    void upload.sending?.pause();
    this.fill();
  }

  /** Goes on after a pause, or tries again at once after trouble. */
  resume(upload: Upload): void {
    if (upload.phase === 'done' || upload.phase === 'sending') return;
    clearTimeout(upload.timer);
    upload.trouble = null;
    upload.tries = 0;
    upload.phase = 'queued';
    this.fill();
  }

  cancel(upload: Upload): void {
    clearTimeout(upload.timer);
    const sending = upload.sending;
    this.list = this.list.filter((other) => other !== upload);
    if (upload.phase !== 'done') void sending?.discard();
    this.fill();
  }

  /** Puts away what is finished or failed for good. */
  tidy(): void {
    this.list = this.list.filter((upload) => upload.phase !== 'done' && upload.phase !== 'failed');
  }

  async forget(unfinished: Unfinished): Promise<void> {
    this.unfinished = this.unfinished.filter(({ key }) => key !== unfinished.key);
    await this.transport?.forget(unfinished.key);
  }

  private addOne(file: File): void {
    const upload = new Upload(++this.last, file);
    const key = this.transport?.match(file);
    upload.resumed = key !== undefined;
    this.unfinished = this.unfinished.filter((other) => other.key !== key);
    const limitBytes = this.outside.maxBytes();
    if (surelyNotMedia.test(file.type)) this.fail(upload, { code: 'not_media', transient: false });
    else if (file.size === 0) this.fail(upload, { code: 'file_empty', transient: false });
    else if (file.size > limitBytes) this.fail(upload, { code: 'too_large', transient: false, limitBytes });
    this.list = [...this.list, upload];
  }

  private fill(): void {
    const busy = this.list.filter(({ phase }) => phase === 'sending' || phase === 'waiting_for_server').length;
    const next = this.list.filter(({ phase }) => phase === 'queued').slice(0, Math.max(0, atOnce - busy));
    for (const upload of next) this.send(upload);
  }

  private send(upload: Upload): void {
    if (!this.transport) return;
    upload.phase = 'sending';
    upload.pace.reset();
    upload.sending ??= this.transport.open(upload.file, upload.title, {
      onItem: (item) => this.gotItem(upload, item),
      onProgress: (sent) => this.progress(upload, sent),
      onTrouble: (trouble) => this.troubled(upload, trouble),
      onDone: () => this.done(upload),
    });
    // Only the first load of the protocol client can fail here, which is a network failure.
    upload.sending.start().catch(() => {
      upload.sending = null;
      this.troubled(upload, { code: 'unreachable', transient: true });
    });
  }

  private gotItem(upload: Upload, item: string): void {
    if (upload.item === item) return;
    upload.item = item;
    this.outside.onItem(item);
  }

  private progress(upload: Upload, sentBytes: number): void {
    if (upload.phase !== 'sending') return;
    upload.sentBytes = sentBytes;
    upload.tries = 0;
    upload.pace.mark(this.outside.now(), sentBytes);
    upload.rate = upload.pace.rate;
    upload.secondsLeft = upload.pace.secondsLeft(upload.sizeBytes);
  }

  private troubled(upload: Upload, trouble: UploadTrouble): void {
    // An abort that we asked for can still surface as trouble.
    if (upload.phase !== 'sending') return;
    if (!trouble.transient) {
      this.fail(upload, trouble);
      return this.fill();
    }
    this.rest(upload, 'waiting_for_server');
    upload.trouble = trouble;
    const pauseMs = Math.min(longestPauseMs, 1000 * 2 ** upload.tries++);
    upload.timer = setTimeout(() => {
      if (upload.phase === 'waiting_for_server') this.send(upload);
    }, pauseMs);
  }

  private done(upload: Upload): void {
    this.rest(upload, 'done');
    upload.sentBytes = upload.sizeBytes;
    upload.trouble = null;
    if (upload.item) {
      this.outside.onItem(upload.item);
      void this.look(upload.item);
    }
    this.fill();
  }

  private fail(upload: Upload, trouble: UploadTrouble): void {
    this.rest(upload, 'failed');
    upload.trouble = trouble;
  }

  private rest(upload: Upload, phase: UploadPhase): void {
    upload.phase = phase;
    upload.rate = null;
    upload.secondsLeft = null;
  }
}
