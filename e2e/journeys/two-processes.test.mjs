// "Now" at one process while the page is at another: within two seconds of the owner's answer nothing more is served
// by either of them, neither to the page nor to somebody with its cookies, and the page says why.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enterBy, isDenied } from '../harness/guest.mjs';
import { ask } from '../harness/http.mjs';
import { goIn, invite, revoke } from '../harness/invitee.mjs';
import { Pair } from '../harness/pair.mjs';
import { asksByHand, assertSilence } from '../harness/silence.mjs';
import { Traffic } from '../harness/traffic.mjs';
import { watchFrames } from '../harness/watching.mjs';

const ANNA = 'anna@example.org';
const pair = Pair.forThisFile();

/** Somebody who came in at the other process and watches there. */
async function watching(t, comeIn) {
  const visitor = await pair.visitorAtOther(t);
  const page = await visitor.newPage();
  const traffic = new Traffic(page);
  await comeIn(page);
  assert.equal(new URL(page.url()).origin, pair.other.origin);
  await watchFrames(page, 6);
  const byHand = await asksByHand(visitor, traffic);
  // A thief would try the process that the owner did not talk to, and the one that the page did not talk to.
  const cookies = await visitor.context.cookies(traffic.lastSegmentUrl.replace('http:', 'https:'));
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  const atFirst = async () => (await ask(pair.server.origin + new URL(traffic.lastSegmentUrl).pathname, { headers: { cookie } })).status;
  assert.equal(await atFirst(), 200, 'the ticket is good at both, or the test proves nothing');
  return { page, traffic, byHand, atFirst };
}

async function isOver(t, { page, traffic, byHand, atFirst }, answeredAt) {
  t.diagnostic(`last served ${await assertSilence({ traffic, byHand }, answeredAt)} ms after the answer`);
  assert.equal(await atFirst(), 404);
  await page.getByText('The owner ended it.').waitFor();
  assert.match(traffic.messages.at(-1), /"ended_now"/);
  await page.reload();
  assert.ok(await isDenied(page));
}

test('guest access switched off at one process ends what plays at the other', async (t) => {
  const item = await pair.readyItem('long.mp4');
  const { url } = await pair.owner.link(item);
  const guest = await watching(t, (page) => enterBy(page, pair.atOther(url)));
  const { closed } = await pair.owner.turn(item, false, { mode: 'now' });
  const answeredAt = Date.now();
  assert.equal(closed.confirmed, true, 'the other process has confirmed');
  await isOver(t, guest, answeredAt);
});

test('an invite revoked at one process ends what its person watches at the other, and nobody else', async (t) => {
  const item = await pair.readyItem('long.mp4');
  const { url } = await pair.owner.link(item);
  const invited = await invite(pair.owner, item, ANNA);
  const anna = await watching(t, (page) => goIn(page, { url: pair.atOther(invited.url) }, ANNA));
  const stays = await pair.visitorAtOther(t).then((visitor) => visitor.newPage());
  await enterBy(stays, pair.atOther(url));
  await watchFrames(stays, 6);
  const { closed } = await revoke(pair.owner, item, invited, 'now');
  const answeredAt = Date.now();
  assert.equal(closed.confirmed, true, 'the other process has confirmed');
  await isOver(t, anna, answeredAt);
  await anna.page.goto(pair.atOther(invited.url));
  assert.ok(await isDenied(anna.page));
  await watchFrames(stays, 12);
});
