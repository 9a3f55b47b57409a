// Somebody inside is given more and less while the film plays: no reload, no new viewing, no frame missing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isInside } from '../harness/guest.mjs';
import { House } from '../harness/house.mjs';
import { invite, vouch } from '../harness/invitee.mjs';
import { lookOut } from '../harness/lookout.mjs';
import { Traffic } from '../harness/traffic.mjs';
import { begin, pictureOf, play, watchFrames } from '../harness/watching.mjs';

/** The promise. On a busy machine one change may take longer; the one in the middle of five may not. */
const TOLD_WITHIN_MS = 1_000;
const TIMES = 5;
/** Only for whom the right to edit is there. */
const EDIT = 'Add a description';

let item, mia, lea, ids;
const house = House.forThisFile(async (house) => {
  item = await house.readyItem('long.mp4');
  const ada = await house.server.member('ada@example.org', 'Ada Admin', 'site_administrator');
  mia = await house.server.member('mia@example.org', 'Mia Katz');
  lea = await house.server.member('lea@example.org', 'Lea Roth');
  await vouch(ada, mia);
  const id = async (member) => (await member.do('GET', '/api/me')).body.id;
  ids = new Map([[mia, await id(mia)], [lea, await id(lea)]]);
});

const rightOf = (member) => `/api/items/${item}/rights/${ids.get(member)}`;
const give = (member, right, more = {}) => house.owner.do('PUT', rightOf(member), { right, ...more });
const take = (member) => house.owner.do('DELETE', rightOf(member));

/** A page that plays, and what proves later that it was one and the same all the time. */
async function watching(page, open) {
  const traffic = new Traffic(page);
  const line = page.waitForEvent('websocket', (socket) => socket.url().includes('/m/'));
  await open(page);
  await line;
  await page.evaluate(() => (globalThis.neverReloaded = true));
  await watchFrames(page, 12);
  const viewing = traffic.lastSegmentUrl.replace(/[^/]+$/, '');
  return async () => {
    await watchFrames(page, 12);
    assert.equal(await page.evaluate(() => globalThis.neverReloaded), true, 'the page was loaded anew');
    assert.ok(traffic.lastSegmentUrl.startsWith(viewing), 'another viewing was opened');
  };
}

/** The page of the member who came by invite, straight in. */
async function invited(t) {
  const { url } = await invite(house.owner, item, mia.email, { first_name: 'Mia', last_name: 'Katz' });
  const page = await house.pageOf(t, mia);
  const goesOn = await watching(page, async () => {
    await page.goto(url);
    await isInside(page);
    await begin(page);
  });
  return { page, goesOn };
}

/** From the owner's answer until the page shows it, in ms; frames go on meanwhile. */
async function measure(page, change, how) {
  const seen = await lookOut(page, EDIT, how);
  const { shown } = await pictureOf(page);
  await change();
  const answeredAt = Date.now();
  const atMs = (await seen()) - answeredAt;
  await page.waitForFunction((shown) => document.querySelector('video').framesShown > shown + 3, shown, { polling: 100 });
  return Math.max(atMs, 0);
}

function middle(figures) {
  return figures.toSorted((one, other) => one - other)[Math.floor(figures.length / 2)];
}

test('invited to watch, made co-editor and back, five times, while the film plays', async (t) => {
  const { page, goesOn } = await invited(t);
  const [more, less] = [[], []];
  for (let i = 0; i < TIMES; i += 1) {
    more.push(await measure(page, () => give(mia, 'co_editor')));
    assert.equal((await mia.ask('PATCH', `/api/items/${item}`, { title: 'Field trip' })).status, 200);
    less.push(await measure(page, () => take(mia), { gone: true }));
    // Not when the page has heard of it, but with the next request.
    assert.notEqual((await mia.ask('PATCH', `/api/items/${item}`, { title: 'Mine' })).status, 200);
  }
  t.diagnostic(`from the owner's answer: given ${more} ms, taken ${less} ms`);
  assert.ok(middle(more) <= TOLD_WITHIN_MS && middle(less) <= TOLD_WITHIN_MS, `given ${more} ms, taken ${less} ms`);
  await page.getByText('You are here as Mia Katz (invited).').waitFor();
  await goesOn();
});

test('a right is lent to somebody who watches by invite, and falls back by itself', async (t) => {
  const { page, goesOn } = await invited(t);
  const [comes, lentAt] = [await lookOut(page, EDIT), Date.now()];
  await give(mia, 'co_editor', { minutes: 1 });
  await comes();
  await page.getByText(/^You are now here as: Co-editor, until /).first().waitFor();
  const goes = await lookOut(page, EDIT, { gone: true });
  const lastedMs = (await goes(120_000)) - lentAt;
  assert.ok(lastedMs >= 59_000, `fell back after ${lastedMs} ms`);
  t.diagnostic(`lent for 60000 ms, fell back after ${lastedMs} ms`);
  assert.notEqual((await mia.ask('PATCH', `/api/items/${item}`, { title: 'Mine' })).status, 200);
  await goesOn();
});

test('a viewer by own right becomes co-editor and viewer again while the film plays', async (t) => {
  await give(lea, 'co_viewer');
  const page = await house.pageOf(t, lea);
  const goesOn = await watching(page, async () => {
    await page.goto(`/media/${item}`);
    await play(page);
  });
  const more = await measure(page, () => give(lea, 'co_editor'));
  await page.getByText('You are now here as: Co-editor.').first().waitFor();
  const less = await measure(page, () => give(lea, 'co_viewer'), { gone: true });
  t.diagnostic(`from the owner's answer: given ${more} ms, taken ${less} ms`);
  await goesOn();
});
