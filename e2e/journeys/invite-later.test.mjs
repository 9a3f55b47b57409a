// Invites days later: the real binary under a clock that is ahead (Debian's libfaketime), on the same data folder.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDenied, isInside } from '../harness/guest.mjs';
import { House } from '../harness/house.mjs';
import { goIn, invite, listed, typeAddress } from '../harness/invitee.mjs';
import { PASSWORD } from '../harness/server.mjs';
import { play, watchFrames } from '../harness/watching.mjs';

const DAY = 1_440;
const ANNA = 'anna@example.org';
const BEN = 'ben@example.org';

let ada;
const house = House.forThisFile(async (house) => {
  ada = await house.server.member('ada@example.org', 'Ada Admin', 'site_administrator');
  await ada.do('PATCH', '/api/site/policy', { invite_minutes: 7 * DAY });
});

test('an invite that has run out opens nothing, one that has not is free on its device, two days later', async (t) => {
  const item = await house.readyItem('long.mp4');
  const [short, long] = [await invite(house.owner, item, ANNA, { minutes: DAY }), await invite(house.owner, item, BEN, { minutes: 7 * DAY })];
  const unused = await invite(house.owner, item, 'cleo@example.org', { minutes: DAY });
  const [anna, ben, late] = [await house.page(t), await house.page(t), await house.page(t)];
  await goIn(anna, short, ANNA);
  await goIn(ben, long, BEN);

  await house.goOnLater(2, [anna, ben]);
  const state = async (invited) => listed(house.owner, item, invited).then(({ state, uses }) => [state, uses]);
  assert.deepEqual(await Promise.all([short, long, unused].map(state)), [['expired', 1], ['entered', 1], ['expired', 0]]);
  for (const [page, address] of [[anna, short.url], [anna, `/media/${item}`], [late, unused.url]]) {
    assert.equal((await page.goto(address)).status(), 404);
    assert.ok(await isDenied(page));
  }
  await ben.goto(long.url);
  await isInside(ben);
  await play(ben);
  await watchFrames(ben, 6);

  // The owner gives it three more days: the same link, the same device, no second use.
  await house.owner.do('PATCH', `/api/items/${item}/invites/${short.id}`, { extend_minutes: 3 * DAY });
  await anna.goto(short.url);
  await isInside(anna);
  await play(anna);
  await watchFrames(anna, 6);
  assert.deepEqual(await Promise.all([short, long].map(state)), [['entered', 1], ['entered', 1]]);
});

test('where the lobby is always asked, a new session begins with it, on the same device and without a use', async (t) => {
  await ada.signIn(PASSWORD);
  await ada.do('PATCH', '/api/site/policy', { doors: [{ class: 'media', lobby: { mode: 'always' } }] });
  const item = await house.readyItem('long.mp4');
  const invited = await invite(house.owner, item, ANNA, { minutes: 7 * DAY });
  const page = await house.page(t);
  await goIn(page, invited, ANNA);
  await watchFrames(page, 6);
  await page.goto(invited.url);
  await isInside(page);
  await play(page);

  await house.goOnLater(3, [page]);
  await page.goto(invited.url);
  await page.locator('body[data-page=lobby]').waitFor();
  await typeAddress(page, BEN);
  await page.getByRole('alert').filter({ hasText: 'That address did not open this invite.' }).waitFor();
  await typeAddress(page, ANNA);
  await isInside(page);
  await watchFrames(page, 6);
  assert.equal((await listed(house.owner, item, invited)).uses, 1);
});
