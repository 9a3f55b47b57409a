// One way to ask the server. An answer that is not 2xx becomes a `Refusal` with the server's code;
// no answer at all becomes a `Refusal` with the code "unreachable", so callers handle one kind of error.
import type { ErrorBody } from './types.ts';

export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly body: ErrorBody;

  constructor(status: number, body: ErrorBody) {
    super(body.message ?? body.code);
    this.name = 'Refusal';
    this.status = status;
    this.code = body.code;
    this.body = body;
  }

  /** The codes per form field, empty when the refusal names none. */
  get fields(): Record<string, string> {
    return this.body.fields ?? {};
  }
}

let signedOut: () => void = () => {};

/** What to do when the server says that the session is over (401 on anything but sign-in). */
export function onSignedOut(act: () => void): void {
  signedOut = act;
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

async function ask(method: Method, path: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
  const init: RequestInit = { method, headers: { accept: 'application/json' }, signal: signal ?? null };
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers = { ...init.headers, 'content-type': 'application/json' };
  }
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new Refusal(0, { code: 'unreachable' });
  }
  if (response.ok) return response;
  const refusal = new Refusal(response.status, await errorBody(response));
  if (refusal.status === 401 && refusal.code !== 'wrong_credentials') signedOut();
  throw refusal;
}

async function errorBody(response: Response): Promise<ErrorBody> {
  try {
    const body = (await response.json()) as ErrorBody;
    if (typeof body.code === 'string') return body;
  } catch {
    // A proxy in between may answer with something that is not ours.
  }
  return { code: response.status >= 500 ? 'broken' : 'unknown' };
}

export async function json<T>(method: Method, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const response = await ask(method, path, body, signal);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

/** What the server sends to be kept as a file. */
export async function file(method: Method, path: string, body?: unknown): Promise<Blob> {
  return (await ask(method, path, body)).blob();
}

export async function text(method: Method, path: string): Promise<string> {
  return (await ask(method, path)).text();
}
