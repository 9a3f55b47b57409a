// A viewing that is asked for while the app still comes. Who then opens a viewing of the same item takes this answer.

/** Later the ticket may be on its way out. */
const GOOD_FOR_MS = 15_000;

interface Early {
  path: string;
  body: string;
  begunMs: number;
  abort: AbortController;
  answer: Promise<Response>;
}

let early: Early | null = null;

export function postJson(path: string, body: string | null, signal: AbortSignal): Promise<Response> {
  const json = body === null ? {} : { headers: { 'content-type': 'application/json' }, body };
  return fetch(path, { method: 'POST', ...json, signal });
}

export function askEarly(item: string): void {
  const [path, body, abort] = ['/api/viewings', JSON.stringify({ item }), new AbortController()];
  const answer = postJson(path, body, abort.signal);
  // Whoever takes it is told; perhaps nobody does.
  answer.catch(() => undefined);
  early = { path, body, begunMs: performance.now(), abort, answer };
}

/** Once, and only what is fresh and the very same. */
export function takeEarly(path: string, body: string | null, signal: AbortSignal): Promise<Response> | null {
  const begun = early;
  if (begun?.path !== path || begun.body !== body) return null;
  early = null;
  if (performance.now() - begun.begunMs > GOOD_FOR_MS) return null;
  signal.addEventListener('abort', () => begun.abort.abort(signal.reason));
  return begun.answer;
}
