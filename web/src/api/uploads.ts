// Resumable uploads (tus 1.0). The protocol client is loaded when the first file is chosen.
// Where each unfinished upload lives is kept in localStorage, apart for each member, so that an
// upload can go on after a reload once the same file is chosen again.
import type { DetailedError, HttpResponse, PreviousUpload, UrlStorage } from 'tus-js-client';
import type { ErrorBody } from './types.ts';

const endpoint = '/api/uploads';
const mib = 1024 * 1024;

/**
 * How much one PATCH carries: at most so much that a proxy that buffers bodies stays within bounds, and less where
 * something in between takes less. What was learnt holds for every upload of this page.
 */
export class Pieces {
  bytes = 64 * mib;
  private readonly leastBytes = mib / 16;
  private silences = 0;

  /** Whether the piece goes once more, smaller: something in between refused it, or it was cut off again and again. */
  shrinkAfter(error: Error | DetailedError, sentBytes = this.bytes): boolean {
    const isPiece = 'originalRequest' in error && error.originalRequest?.getMethod() === 'PATCH';
    const isSilence = isPiece && statusOf(error) === 0;
    if (isSilence) this.silences += 1;
    // A proxy that closes while we still send is heard as silence.
    const isTooMuch = isPiece && (trouble(error).code === 'refused_between' || (isSilence && this.silences > 1));
    if (!isTooMuch || sentBytes <= this.leastBytes) return false;
    // Another upload may have learnt it already.
    if (sentBytes <= this.bytes) this.bytes /= 4;
    this.silences = 0;
    // What was silence may be the network: the tray waits as for every silence, then sends less.
    return !isSilence;
  }

  arrived(): void {
    this.silences = 0;
  }
}

const pieces = new Pieces();

/** Why sending stopped. Transient causes are worth another try without asking anybody. */
export interface UploadTrouble {
  code: string;
  transient: boolean;
  limitBytes?: number;
}

export interface UploadEvents {
  onItem(item: string): void;
  onProgress(sentBytes: number): void;
  onTrouble(trouble: UploadTrouble): void;
  onDone(): void;
}

export interface Sending {
  start(): Promise<void>;
  pause(): Promise<void>;
  /** Ends the upload here and on the server. */
  discard(): Promise<void>;
}

export interface Unfinished {
  key: string;
  name: string;
  sizeBytes: number;
  startedMs: number;
}

export interface UploadTransport {
  open(file: File, title: string, events: UploadEvents): Sending;
  unfinished(): Unfinished[];
  forget(key: string): Promise<void>;
  /** The key of the unfinished upload that this file continues, if there is one. */
  match(file: File): string | undefined;
}

function fingerprint(file: File): string {
  return [file.name, file.type, file.size, file.lastModified].join('|');
}

class Remembered implements UrlStorage {
  private readonly prefix: string;

  constructor(member: string) {
    this.prefix = `anteroom.upload.${member}.`;
  }

  all(): PreviousUpload[] {
    return Object.keys(localStorage)
      .filter((key) => key.startsWith(this.prefix))
      .map((key) => ({ ...(JSON.parse(localStorage.getItem(key) ?? '{}') as PreviousUpload), urlStorageKey: key }));
  }

  keyOf(print: string): string {
    return this.prefix + print;
  }

  async findAllUploads(): Promise<PreviousUpload[]> {
    return this.all();
  }

  async findUploadsByFingerprint(print: string): Promise<PreviousUpload[]> {
    return this.all().filter((upload) => upload.urlStorageKey === this.keyOf(print));
  }

  async addUpload(print: string, upload: PreviousUpload): Promise<string> {
    const key = this.keyOf(print);
    localStorage.setItem(key, JSON.stringify(upload));
    return key;
  }

  async removeUpload(key: string): Promise<void> {
    localStorage.removeItem(key);
  }
}

export function tusTransport(member: string): UploadTransport {
  const remembered = new Remembered(member);
  return {
    open: (file, title, events) => open(remembered, file, title, events),
    unfinished: () =>
      remembered.all().map((upload) => ({
        key: upload.urlStorageKey,
        name: upload.metadata?.['filename'] ?? '',
        sizeBytes: upload.size ?? 0,
        startedMs: Date.parse(upload.creationTime) || 0,
      })),
    async forget(key) {
      const url = remembered.all().find((upload) => upload.urlStorageKey === key)?.uploadUrl;
      localStorage.removeItem(key);
      if (url) await fetch(url, { method: 'DELETE', headers: { 'tus-resumable': '1.0.0' } }).catch(() => {});
    },
    match: (file) =>
      remembered.all().find((upload) => upload.urlStorageKey === remembered.keyOf(fingerprint(file)))
        ?.urlStorageKey,
  };
}

function open(remembered: Remembered, file: File, title: string, events: UploadEvents): Sending {
  const made = import('tus-js-client').then(async ({ Upload }) => {
    const upload = new Upload(file, {
      endpoint,
      chunkSize: pieces.bytes,
      metadata: { filename: file.name, title },
      urlStorage: remembered,
      fingerprint: async () => fingerprint(file),
      removeFingerprintOnSuccess: true,
      // Trying again is the tray's decision, so that it can say what it waits for.
      retryDelays: null,
      onAfterResponse: (_request, response: HttpResponse) => {
        const item = response.getHeader('Anteroom-Item');
        if (item) events.onItem(item);
      },
      onProgress: (sent) => events.onProgress(sent),
      onChunkComplete: () => pieces.arrived(),
      onError: (error) => {
        const goesOn = pieces.shrinkAfter(error, upload.options.chunkSize);
        upload.options.chunkSize = pieces.bytes;
        if (goesOn) upload.start();
        else events.onTrouble(trouble(error));
      },
      onSuccess: () => events.onDone(),
    });
    const [previous] = await upload.findPreviousUploads();
    if (previous) upload.resumeFromPreviousUpload(previous);
    return upload;
  });
  return {
    start: () => made.then((upload) => upload.start()),
    pause: () => made.then((upload) => upload.abort()),
    discard: () => made.then((upload) => upload.abort(true)).catch(() => {}),
  };
}

/** Statuses that mean one thing each, whatever a proxy in between writes into the body. */
const meaning: Record<number, string> = { 401: 'unauthorized', 404: 'gone', 410: 'gone', 507: 'disk_floor' };

function statusOf(error: Error | DetailedError): number {
  return ('originalResponse' in error && error.originalResponse?.getStatus()) || 0;
}

/** An answer of the server, or its silence, as the tray understands it. */
export function trouble(error: Error | DetailedError): UploadTrouble {
  const response = 'originalResponse' in error ? error.originalResponse : null;
  const status = statusOf(error);
  if (!response || status === 0) return { code: 'unreachable', transient: true };
  const body = errorBody(response.getBody());
  // Our own refusal says so; any other 413 is of a server in between, about the piece.
  const unnamed = status === 413 ? 'refused_between' : 'refused';
  const code = meaning[status] ?? body.code ?? unnamed;
  const transient = status === 409 || status === 423 || status === 429 || status === 460 || (status >= 500 && status !== 507);
  return { code, transient, limitBytes: body.limit_bytes ?? undefined };
}

function errorBody(text: string): Partial<ErrorBody> {
  try {
    return JSON.parse(text) as Partial<ErrorBody>;
  } catch {
    return {};
  }
}
