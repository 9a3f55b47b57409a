// Plain requests of a program, each on a connection of its own: one that was kept may lead to a server that has been
// restarted since.
import { request } from 'node:http';

/**
 * Follows no redirect.
 * @param {string} url
 * @param {{ method?: string, headers?: Record<string, string>, body?: string | Uint8Array }} [what]
 * @returns {Promise<{ status: number, headers: Headers, text: string }>}
 */
export async function ask(url, { method = 'GET', headers = {}, body } = {}) {
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const answer = await new Promise((resolve, reject) => {
    const asked = request(url, { method, headers: { ...length, ...headers }, agent: false }, resolve);
    asked.once('error', reject);
    asked.end(body);
  });
  const pieces = [];
  for await (const piece of answer) pieces.push(piece);
  const lines = new Headers();
  for (let i = 0; i < answer.rawHeaders.length; i += 2) lines.append(answer.rawHeaders[i], answer.rawHeaders[i + 1]);
  return { status: answer.statusCode, headers: lines, text: Buffer.concat(pieces).toString() };
}
