// "Now": within two seconds nothing more is served, neither to the page nor to somebody with its cookies, and the
// page says why.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enterBy, isDenied } from '../harness/guest.mjs';
import { House } from '../harness/house.mjs';
import { asksByHand, assertSilence } from '../harness/silence.mjs';
import { Traffic } from '../harness/traffic.mjs';
import { play, watchFrames } from '../harness/watching.mjs';

const house = House.forThisFile();

async function watching(t, item, url) {
  const visitor = await house.visitor(t);
  const page = await visitor.newPage();
  const traffic = new Traffic(page);
  await enterBy(page, url);
  await watchFrames(page, 6);
  return { page, traffic, byHand: await asksByHand(visitor, traffic) };
}

test('switching off now ends what plays; switched on again the seats are good', async (t) => {
  const item = await house.readyItem('long.mp4');
  const { url } = await house.owner.link(item);
  const guests = await Promise.all([watching(t, item, url), watching(t, item, url)]);
  const { closed } = await house.owner.turn(item, false, { mode: 'now' });
  const answeredAt = Date.now();
  assert.deepEqual(closed, { ended_viewings: 2, confirmed: true });
  await Promise.all(guests.map((guest) => assertSilence(guest, answeredAt)));
  for (const { page, traffic } of guests) {
    await page.getByText('The owner ended it.').waitFor();
    assert.match(traffic.messages.at(-1), /"ended_now"/);
  }
  const { page } = guests[0];
  await page.reload();
  assert.ok(await isDenied(page));
  await house.owner.turn(item, true);
  await page.reload();
  await play(page);
  await watchFrames(page, 6);
  assert.deepEqual(await house.owner.uses(item), { Parents: 2 });
});

test('deleting one link now ends its guests and nobody else', async (t) => {
  const item = await house.readyItem('long.mp4');
  const [gone, kept] = [await house.owner.link(item, 'Gone'), await house.owner.link(item, 'Kept')];
  const out = await watching(t, item, gone.url);
  const stays = await watching(t, item, kept.url);
  await house.owner.deleteLink(item, gone.id, 'now');
  await assertSilence(out, Date.now());
  await out.page.getByText('The owner ended it.').waitFor();
  // No dead end: asking again shows what to tell the owner.
  await out.page.getByRole('button', { name: 'Try again' }).click();
  const shown = await out.page.getByText(/^Reference for the owner: /).innerText();
  const { body } = await house.owner.do('POST', `/api/items/${item}/refusals/lookup`, { reference: shown.split(': ')[1] });
  assert.deepEqual([body.cause, body.link], ['link_deleted', 'Gone']);
  await watchFrames(stays.page, 12);
  assert.equal(await stays.byHand(), 200);
});

test('a deleted item is gone for whoever watches it', async (t) => {
  const item = await house.readyItem('long.mp4');
  const { url } = await house.owner.link(item);
  const guest = await watching(t, item, url);
  assert.equal((await house.owner.ask('DELETE', `/api/items/${item}`)).status, 204);
  await assertSilence(guest, Date.now());
  await guest.page.getByText('The media is no longer available.').waitFor();
  await guest.page.reload();
  assert.ok(await isDenied(guest.page));
  await guest.page.goto(url);
  assert.ok(await isDenied(guest.page));
});
