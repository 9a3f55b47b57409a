// An invite that is taken back while its person watches, in three ways, and one that runs out. The waits are long, so
// they run side by side.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isDenied } from '../harness/guest.mjs';
import { House } from '../harness/house.mjs';
import { goIn, invite, listed, revoke } from '../harness/invitee.mjs';
import { asksByHand, assertSilence } from '../harness/silence.mjs';
import { Traffic, eventually } from '../harness/traffic.mjs';
import { watchFrames } from '../harness/watching.mjs';

let item;
const house = House.forThisFile(async () => {
  item = await house.readyItem('long.mp4');
});

/** Somebody of their own, invited, who watches. */
async function watched(t, who, more = {}) {
  const email = `${who}@example.org`;
  const invited = await invite(house.owner, item, email, more);
  const visitor = await house.visitor(t);
  const page = await visitor.newPage();
  const traffic = new Traffic(page);
  await goIn(page, invited, email);
  await watchFrames(page, 6);
  return { invited, visitor, page, traffic };
}

/** What an invited viewer of a film may do beyond watching: see what the item allows, and hand the seat over. */
async function powersAboveWatching(page, item) {
  return page.evaluate(async (id) => {
    const shown = await fetch(`/api/items/${id}`);
    const handOver = await fetch(`/api/items/${id}/hand-over`, { method: 'POST' });
    return [shown.ok, handOver.ok];
  }, item);
}

async function hasMoreThanWatching(page, item) {
  assert.deepEqual(await powersAboveWatching(page, item), [true, true], 'the powers must be there before');
}

async function hasNothingButWatching(page, item) {
  assert.deepEqual(await powersAboveWatching(page, item), [false, false]);
}

/** Three renewals are a minute and more: no ticket from before the door closed is good by then. */
async function playsOn(page, traffic) {
  const before = { segments: traffic.segments, renewals: traffic.renewals };
  const isSo = () => traffic.renewals > before.renewals + 3 && traffic.segments > before.segments + 20;
  await eventually(isSo, { withinMs: 130_000, what: `renewals and segments go on: ${JSON.stringify(traffic)}` });
  await watchFrames(page, 12);
}

async function opensNothing(page, { url }) {
  assert.equal((await page.reload()).status(), 404);
  assert.ok(await isDenied(page));
  assert.equal((await page.goto(url)).status(), 404);
  assert.ok(await isDenied(page));
}

describe('somebody invited watches, and the invite ends', { concurrency: true }, () => {
  it('taken back with "let them finish": the film goes on, every power above watching is gone', async (t) => {
    const { invited, page, traffic } = await watched(t, 'finish');
    await hasMoreThanWatching(page, item);
    await page.getByRole('button', { name: 'Continue on another device' }).waitFor();
    await revoke(house.owner, item, invited, 'finish');
    await hasNothingButWatching(page, item);
    await page.getByRole('button', { name: 'Continue on another device' }).waitFor({ state: 'detached' });
    assert.deepEqual(await listed(house.owner, item, invited).then(({ state, inside }) => [state, inside]), ['revoked', true]);
    await playsOn(page, traffic);
    await opensNothing(page, invited);
  });

  it('taken back with "until a time": until then, and no longer', async (t) => {
    const { invited, page, traffic } = await watched(t, 'until');
    await hasMoreThanWatching(page, item);
    const untilMs = Date.now() + 70_000;
    await revoke(house.owner, item, invited, `until&until_ms=${untilMs}`);
    await hasNothingButWatching(page, item);
    await watchFrames(page, 12);
    await page.getByText('Access was closed, and the time to finish is over.').waitFor({ timeout: 120_000 });
    assert.ok(Date.now() >= untilMs, 'ended too early');
    assert.ok(traffic.lastSegmentAt < untilMs + 2_000, `a segment came ${traffic.lastSegmentAt - untilMs} ms after the time`);
    await opensNothing(page, invited);
  });

  it('taken back "now": nothing is served two seconds later, and the page says who ended it', async (t) => {
    const { invited, visitor, page, traffic } = await watched(t, 'now');
    await hasMoreThanWatching(page, item);
    const byHand = await asksByHand(visitor, traffic);
    const { closed } = await revoke(house.owner, item, invited, 'now');
    const answeredAt = Date.now();
    assert.deepEqual(closed, { ended_viewings: 1, confirmed: true });
    await hasNothingButWatching(page, item);
    t.diagnostic(`last served ${await assertSilence({ traffic, byHand }, answeredAt)} ms after the answer`);
    await page.getByText('The owner ended it.').waitFor();
    assert.match(traffic.messages.at(-1), /"ended_now"/);
    await opensNothing(page, invited);
  });

  it('run out: whoever watches goes on, and opens nothing new', async (t) => {
    const { invited, page, traffic } = await watched(t, 'run-out', { minutes: 1 });
    // A pause meanwhile, so that enough of the film is left for afterwards.
    const video = page.locator('video');
    await video.evaluate((element) => element.pause());
    const isOver = async () => (await listed(house.owner, item, invited)).state === 'expired';
    await eventually(isOver, { withinMs: 90_000, what: 'the minute is over' });
    await hasNothingButWatching(page, item);
    await video.evaluate((element) => element.play());
    await playsOn(page, traffic);
    await opensNothing(page, invited);
  });
});
