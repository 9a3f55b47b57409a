// Whether anything of a viewing is still served, to its page and to somebody who kept its cookies.
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { ask } from './http.mjs';

const SERVED_AT_MOST_MS = 2_000;
const WATCHED_AFTER_MS = 6_000;

/** Asks for the segment that came last with the browser's cookies of now. @returns {Promise<() => Promise<number>>} */
export async function asksByHand(visitor, traffic) {
  // As the browser would send them, kept by somebody who means to go on.
  const cookies = await visitor.context.cookies(traffic.lastSegmentUrl.replace('http:', 'https:'));
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  const byHand = async () => {
    const url = traffic.lastSegmentUrl.replace('localhost', '127.0.0.1');
    return (await ask(url, { headers: { cookie, host: new URL(traffic.lastSegmentUrl).host } })).status;
  };
  assert.equal(await byHand(), 200, 'the cookies must be good before, or the test proves nothing');
  return byHand;
}

/** From `answeredAt` on, by hand and by the page: when was anything served last? @returns {Promise<number>} ms after */
export async function assertSilence({ traffic, byHand }, answeredAt) {
  let lastByHandAt = 0;
  while (Date.now() < answeredAt + WATCHED_AFTER_MS) {
    if ((await byHand()) === 200) lastByHandAt = Date.now();
    await pause(100);
  }
  const late = Math.max(lastByHandAt, traffic.lastSegmentAt, traffic.lastMessageAt) - answeredAt;
  assert.ok(late <= SERVED_AT_MOST_MS, `something was served ${late} ms after the answer`);
  assert.equal(await byHand(), 404);
  return late;
}
