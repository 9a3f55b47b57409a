// The invitee's door: the lobby, one device at a time, taking over, ways to another device.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scan } from '../harness/camera.mjs';
import { isInside } from '../harness/guest.mjs';
import { House } from '../harness/house.mjs';
import { goIn, invite, lettersOf, typeAddress, usesOf } from '../harness/invitee.mjs';
import { lookOut } from '../harness/lookout.mjs';
import { beganToArrive } from '../harness/traffic.mjs';
import { play, watchFrames } from '../harness/watching.mjs';

const ANNA = 'anna@example.org';
const MOVED = 'It was moved to another device, and goes on there.';
const house = House.forThisFile(async () => {
  const ada = await house.server.member('ada@example.org', 'Ada', 'site_administrator');
  await ada.do('PATCH', '/api/site/policy', { invite_uses: 3 });
});

async function isPage(page, name) {
  return (await page.locator('body').getAttribute('data-page')) === name;
}

test('a wrong address stays outside, the right one watches, and coming back is free', async (t) => {
  const item = await house.readyItem();
  const invited = await invite(house.owner, item, ANNA, { max_uses: 1 });
  const page = await house.page(t);
  await page.goto(invited.url);
  const lobby = await page.locator('body').innerText();
  assert.doesNotMatch(lobby, /anna|klein/i, 'the lobby says nothing about the invited person');
  await typeAddress(page, 'anna@example.net');
  await page.getByRole('alert').getByText('That address did not open this invite.').waitFor();
  await typeAddress(page, ' Anna@Example.org');
  await isInside(page);
  await watchFrames(page, 12);
  await page.getByText('You are here as Anna Klein (invited).').waitFor();
  assert.equal(await usesOf(house.owner, item, invited), 1);
  await page.goto(invited.url);
  await isInside(page);
  await play(page);
  await watchFrames(page, 6);
  assert.equal(await usesOf(house.owner, item, invited), 1);
});

test('without script an address that was copied with unseen marks opens the lobby, and an empty field costs no try', async (t) => {
  const item = await house.readyItem();
  const invited = await invite(house.owner, item, ANNA, { max_uses: 1 });
  const page = await house.page(t, { javaScriptEnabled: false });
  await page.goto(invited.url);
  await typeAddress(page, '');
  assert.ok(await page.locator('#email:invalid').count(), 'the browser holds it back');
  assert.equal(await page.getByRole('alert').count(), 0);
  await typeAddress(page, `\u2068${ANNA}\u2069`);
  await page.waitForURL(/\/media\//);
  assert.equal(await usesOf(house.owner, item, invited), 1);
});

/** The owner presses "Allow" beside the letters that the waiting device shows. */
async function allowInTheSheet(t, item, letters) {
  const page = await house.ownersPage(t);
  await page.goto(`/media/${item}`);
  await page.getByRole('button', { name: 'Share' }).click();
  await page.getByRole('button', { name: 'See invites' }).click();
  const sheet = page.getByRole('dialog');
  await sheet.getByRole('heading', { name: '1 device waits for you' }).waitFor();
  await sheet.getByText(letters).waitFor();
  await sheet.getByRole('button', { name: 'Allow the waiting device of Anna Klein' }).click();
  await sheet.getByText('Anna Klein may come in on that device now.').waitFor();
}

/** Whatever is typed: nothing of the address is told while no device may come in. */
async function isRefused(page, { url }, email) {
  await page.goto(url);
  assert.ok(await isPage(page, 'lobby'), 'opening refuses nobody');
  await typeAddress(page, email);
  await page.locator('body[data-page=denied]').waitFor();
}

test('a second device is refused, asks the owner, and goes on by itself when it is let in', async (t) => {
  const item = await house.readyItem('long.mp4');
  const invited = await invite(house.owner, item, ANNA, { max_uses: 1 });
  const [first, second] = [await house.page(t), await house.page(t)];
  await goIn(first, invited, ANNA);
  await watchFrames(first, 6);
  await isRefused(second, invited, 'anna@example.net');
  await isRefused(second, invited, ANNA);
  await second.getByRole('button', { name: 'Ask the owner to let this device in' }).click();
  await second.getByRole('heading', { name: 'Waiting for the owner' }).waitFor();
  await watchFrames(first, 6);
  await allowInTheSheet(t, item, await lettersOf(second));
  await second.bringToFront();
  await second.getByText('You were let in.').waitFor();
  await isInside(second);
  await watchFrames(second, 6);
  await first.getByText(MOVED).waitFor();
  assert.equal(await usesOf(house.owner, item, invited), 1, 'a move by leave is free');
});

test('with a use left another device takes the seat over, and the first one says so within two seconds', async (t) => {
  const item = await house.readyItem('long.mp4');
  const invited = await invite(house.owner, item, ANNA, { max_uses: 2 });
  const [first, second] = [await house.page(t), await house.page(t)];
  await goIn(first, invited, ANNA);
  await watchFrames(first, 6);
  const moved = await lookOut(first, MOVED);
  const answer = second.waitForResponse(/\/i\/[^/]+\/enter$/);
  await goIn(second, invited, ANNA);
  const tookMs = (await moved()) - beganToArrive(await answer);
  t.diagnostic(`the first device said so ${Math.round(tookMs)} ms after the second one was let in`);
  assert.ok(tookMs < 2_000, `${tookMs} ms`);
  await watchFrames(second, 6);
  assert.equal(await usesOf(house.owner, item, invited), 2);
});

test('a seat goes from one device to another by a code that one shows and the other opens', async (t) => {
  const item = await house.readyItem('long.mp4');
  const invited = await invite(house.owner, item, ANNA, { max_uses: 1 });
  const [first, second] = [await house.page(t), await house.page(t)];
  await goIn(first, invited, ANNA);
  await watchFrames(first, 6);
  await first.getByRole('button', { name: 'Continue on another device' }).click();
  const code = first.getByRole('img', { name: 'QR code for the other device' });
  await code.waitFor();
  await house.owner.do('PATCH', `/api/items/${item}`, { title: 'Another title' });
  await first.locator('h1', { hasText: 'Another title' }).waitFor({ state: 'attached' });
  // It stays while the page looks at the item afresh.
  const scanned = await scan(first, code);
  assert.equal(scanned, await first.getByRole('dialog').locator('code').innerText());
  await second.goto(scanned);
  await second.getByLabel('Your e-mail').fill(ANNA);
  await second.getByRole('button', { name: 'Continue' }).click();
  await second.getByRole('heading', { name: 'Confirm on your first device' }).waitFor();
  const letters = await lettersOf(second);
  await first.getByRole('dialog').getByText(`A device that shows ${letters}`).waitFor();
  await first.getByRole('button', { name: 'Let it take over' }).click();
  await second.bringToFront();
  await isInside(second);
  await watchFrames(second, 6);
  await first.getByText(MOVED).waitFor();
  await first.getByRole('button', { name: 'Continue on another device' }).waitFor({ state: 'detached' });
  assert.equal(await usesOf(house.owner, item, invited), 1);
});

test('who says "not you" frees the browser', async (t) => {
  const item = await house.readyItem();
  const invited = await invite(house.owner, item, ANNA, { max_uses: 2 });
  const page = await house.page(t);
  await goIn(page, invited, ANNA);
  await page.getByRole('button', { name: 'Not you?' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Leave' }).click();
  await page.waitForURL(/\/left$/);
  await page.goto(invited.url);
  assert.ok(await isPage(page, 'lobby'));
});

test('a waiting device is seen without looking for it, and one that is turned away is told so', async (t) => {
  const item = await house.readyItem('short.mp4', 'Board meeting');
  const invited = await invite(house.owner, item, ANNA, { max_uses: 1 });
  const [first, second] = [await house.page(t), await house.page(t)];
  await goIn(first, invited, ANNA);
  await isRefused(second, invited, ANNA);
  await second.getByRole('button', { name: 'Ask the owner to let this device in' }).click();
  const letters = await lettersOf(second);

  const page = await house.ownersPage(t);
  await page.goto('/');
  await page.getByText('1 device waits').waitFor();
  await page.getByRole('heading', { name: 'Board meeting' }).getByRole('link').click();
  await page.getByRole('button', { name: '1 device waits' }).click();
  const sheet = page.getByRole('dialog');
  await sheet.getByText(letters).waitFor();
  await sheet.getByRole('button', { name: 'Decline the waiting device of Anna Klein' }).click();
  await sheet.getByText('The device of Anna Klein was turned away.').waitFor();
  await second.bringToFront();
  await second.locator('body[data-page=denied]').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: '1 device waits' }).waitFor({ state: 'detached' });
});
