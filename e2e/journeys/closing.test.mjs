// "Let them finish": a door that closes does not stop what is open. The waits are long, so they run side by side.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { enterBy, isDenied } from '../harness/guest.mjs';
import { House } from '../harness/house.mjs';
import { film } from '../harness/media.mjs';
import { Traffic, eventually } from '../harness/traffic.mjs';
import { play, watchFrames } from '../harness/watching.mjs';

const house = House.forThisFile(async () => film('long.mp4'));

/** An item of its own, a link, and a guest who watches. */
async function watched(t, name) {
  const item = await house.readyItem('long.mp4', name);
  const { id: link, url } = await house.owner.link(item, name);
  const visitor = await house.visitor(t);
  const page = await visitor.newPage();
  const traffic = new Traffic(page);
  await enterBy(page, url);
  await watchFrames(page, 6);
  return { item, link, url, visitor, page, traffic };
}

/** Three renewals are a minute and more: no ticket from before the door closed is good by then. */
async function playsOn(page, traffic) {
  const before = { segments: traffic.segments, renewals: traffic.renewals };
  const isSo = () => traffic.renewals > before.renewals + 3 && traffic.segments > before.segments + 20;
  await eventually(isSo, { withinMs: 130_000, what: `renewals and segments go on: ${JSON.stringify(traffic)}` });
  await watchFrames(page, 12);
}

describe('whoever is inside may finish', { concurrency: true }, () => {
  it('after switching off; a reload is denied, and switched on again the seat is good', async (t) => {
    const { item, url, visitor, page, traffic } = await watched(t, 'Switched off');
    const closed = await house.owner.turn(item, false, { mode: 'finish' });
    assert.equal(closed.guest_access.inside, 1);
    const other = await visitor.newPage();
    await other.goto(url);
    assert.ok(await isDenied(other));
    await playsOn(page, traffic);
    assert.equal((await page.reload()).status(), 404);
    assert.ok(await isDenied(page));
    const reference = await page.locator('.code').innerText();
    const { body } = await house.owner.do('POST', `/api/items/${item}/refusals/lookup`, { reference });
    assert.equal(body.cause, 'guest_access_off');

    await house.owner.turn(item, true);
    await page.reload();
    await page.getByText('You are here as Anna K.').waitFor();
    await play(page);
    await watchFrames(page, 6);
    assert.deepEqual(await house.owner.uses(item), { 'Switched off': 1 });
  });

  it('after the link is deleted; a reload is denied for good', async (t) => {
    const { item, link, url, page, traffic } = await watched(t, 'Deleted');
    await house.owner.deleteLink(item, link);
    await playsOn(page, traffic);
    assert.equal((await page.reload()).status(), 404);
    assert.ok(await isDenied(page));
    await house.owner.turn(item, false);
    await house.owner.turn(item, true);
    assert.equal((await page.goto(url)).status(), 404);
  });

  it('until a time that the owner named, and no longer', async (t) => {
    const { item, page, traffic } = await watched(t, 'Until a time');
    const untilMs = Date.now() + 70_000;
    await house.owner.turn(item, false, { mode: 'until', until_ms: untilMs });
    await watchFrames(page, 12);
    await page.getByText('Access was closed, and the time to finish is over.').waitFor({ timeout: 120_000 });
    assert.ok(Date.now() >= untilMs, 'ended too early');
    assert.ok(traffic.lastSegmentAt < untilMs + 2_000, `a segment came ${traffic.lastSegmentAt - untilMs} ms after the time`);
  });
});
