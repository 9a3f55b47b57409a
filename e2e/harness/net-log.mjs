// Chromium's own log of its network: every request, header and byte that it sent, also those that no page sees.
import { readFile } from 'node:fs/promises';

/** @param {string} file */
export function loggingTo(file) {
  return [`--log-net-log=${file}`, '--net-log-capture-mode=Everything'];
}

/** @returns {Promise<{ time: number, kind: string, source: number, params: object }[]>} of a browser that was closed */
export async function readNetLog(file) {
  const { constants, events } = JSON.parse(await readFile(file, 'utf8'));
  const kinds = new Map(Object.entries(constants.logEventTypes).map(([name, number]) => [number, name]));
  return events.map(({ time, type, source, params = {} }) => ({ time: Number(time), kind: kinds.get(type), source: source.id, params }));
}

/** Every text of an event, with its place in it; bytes as they went over the wire. */
function* texts(value, place = '') {
  if (typeof value === 'string') yield [place, place === 'bytes' ? Buffer.from(value, 'base64').toString('latin1') : value];
  else if (Array.isArray(value)) for (const one of value) yield* texts(one, place);
  else if (value && typeof value === 'object') for (const [name, one] of Object.entries(value)) yield* texts(one, name);
}

/**
 * Where a link's token stands outside the requests for the link's own page: its GET, its entering and its word that
 * it was opened. Those may name it in their address alone, and nothing may once the guest is inside.
 * @returns {{ own: string[], strange: string[], enteredAt: number }} its own requests; what must not be, in words; when
 * the guest was led in
 */
export function tracesOf(token, events) {
  const address = new RegExp(`(^|\\s)(https?://[^/?#\\s]+)?/[gi]/${token}(/(opened|enter))?$`);
  const isOwn = (text) => address.test(text);
  const current = new Map();
  const own = [];
  const strange = [];
  let enteredAt = Infinity;
  for (const { time, kind, source, params } of events) {
    if (kind === 'URL_REQUEST_START_JOB' && params.url) {
      if (/\/media\//.test(params.url) && isOwn(current.get(source) ?? '')) enteredAt = Math.min(enteredAt, time);
      current.set(source, params.url);
      if (isOwn(params.url)) own.push(`${params.method} ${new URL(params.url).pathname.replace(token, 'TOKEN')}`);
    }
    for (const [place, text] of texts(params)) {
      if (!text.includes(token)) continue;
      const isAddress = ['url', 'key'].includes(place) && isOwn(text);
      const isLine = place === 'line' && isOwn(text.replace(/ HTTP\/1\.1\r\n$/, ''));
      const isSent = kind === 'SOCKET_BYTES_SENT' && isOwn(/^(?:GET|POST) (\S+)/.exec(text)?.[1] ?? '') && text.split(token).length === 2;
      // The page itself says where its form goes.
      const isBody = kind === 'URL_REQUEST_JOB_FILTERED_BYTES_READ' && isOwn(current.get(source) ?? '');
      const where = `${kind} ${place}: ${text.slice(0, 300)}`;
      if (!isAddress && !isLine && !isSent && !isBody) strange.push(where);
      else if (time > enteredAt) strange.push(`after entering, ${where}`);
    }
  }
  return { own: [...new Set(own)], strange, enteredAt };
}
