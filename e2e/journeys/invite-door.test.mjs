// The invitee's door: the lobby, one device at a time, taking over, ways back in, revoking.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDenied } from '../harness/guest.mjs';
import { House } from '../harness/house.mjs';
import { allow, goIn, invite, lettersOf, revoke, typeAddress } from '../harness/invitee.mjs';
import { play, watchFrames } from '../harness/watching.mjs';

const ANNA = 'anna@example.org';
const house = House.forThisFile(async () => {
  house.ada = await house.server.member('ada@example.org', 'Ada', 'site_administrator');
  await house.ada.do('PATCH', '/api/site/policy', { invite_uses: 3 });
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
  await page.waitForURL(/\/media\//);
  await watchFrames(page, 12);
  await page.getByText('You are here as Anna Klein (invited).').waitFor();
  await page.goto(invited.url);
  await page.waitForURL(/\/media\//);
  await play(page);
  await watchFrames(page, 6);
});

test('a second device is refused, asks the owner, and goes on by itself when it is let in', async (t) => {
  const item = await house.readyItem();
  const invited = await invite(house.owner, item, ANNA, { max_uses: 1 });
  const [first, second] = [await house.page(t), await house.page(t)];
  await goIn(first, invited, ANNA);
  await watchFrames(first, 6);
  await second.goto(invited.url);
  assert.ok(await isDenied(second));
  await second.getByRole('button', { name: 'Ask the owner to let this device in' }).click();
  await second.getByRole('heading', { name: 'Waiting for the owner' }).waitFor();
  await allow(house.owner, item, invited, await lettersOf(second));
  await second.bringToFront();
  await second.getByText('You were let in.').waitFor();
  await second.waitForURL(/\/media\//);
  await watchFrames(second, 6);
  await first.getByText('It was moved to another device, and goes on there.').waitFor();
});

test('with a use left another device takes the seat over, and the first one says so within two seconds', async (t) => {
  const item = await house.readyItem('long.mp4');
  const invited = await invite(house.owner, item, ANNA, { max_uses: 2 });
  const [first, second] = [await house.page(t), await house.page(t)];
  await goIn(first, invited, ANNA);
  await watchFrames(first, 6);
  await goIn(second, invited, ANNA);
  const enteredAt = Date.now();
  await first.getByText('It was moved to another device, and goes on there.').waitFor();
  assert.ok(Date.now() - enteredAt < 2_000, `${Date.now() - enteredAt} ms`);
  await watchFrames(second, 6);
});

test('a seat goes from one device to another by a code that one shows and the other opens', async (t) => {
  const item = await house.readyItem('long.mp4');
  const invited = await invite(house.owner, item, ANNA, { max_uses: 1 });
  const [first, second] = [await house.page(t), await house.page(t)];
  await goIn(first, invited, ANNA);
  await watchFrames(first, 6);
  await first.getByRole('button', { name: 'Open on another device' }).click();
  const shown = first.getByRole('dialog').getByRole('textbox');
  await first.getByRole('img', { name: 'QR code for the other device' }).waitFor();
  await second.goto(await shown.inputValue());
  await second.getByLabel('The e-mail address the invite was sent to').fill(ANNA);
  await second.getByRole('button', { name: 'Continue' }).click();
  await second.getByRole('heading', { name: 'Confirm on your first device' }).waitFor();
  const letters = await lettersOf(second);
  await first.getByRole('dialog').getByText(`A device that shows ${letters}`).waitFor();
  await first.getByRole('button', { name: 'Let it take over' }).click();
  await second.bringToFront();
  await second.waitForURL(/\/media\//);
  await watchFrames(second, 6);
  await first.getByText('It was moved to another device, and goes on there.').waitFor();
});

test('who says "not you" frees the browser', async (t) => {
  const item = await house.readyItem();
  const invited = await invite(house.owner, item, ANNA, { max_uses: 2 });
  const page = await house.page(t);
  await goIn(page, invited, ANNA);
  await page.getByRole('button', { name: 'Not you?' }).click();
  await page.waitForURL(/\/left$/);
  await page.goto(invited.url);
  assert.ok(await isPage(page, 'lobby'));
});

test('taken back: one may finish, one is ended, and neither opens a new page', async (t) => {
  const item = await house.readyItem('long.mp4');
  const [one, two] = [await invite(house.owner, item, ANNA), await invite(house.owner, item, 'ben@example.org')];
  const [anna, ben] = [await house.page(t), await house.page(t)];
  await goIn(anna, one, ANNA);
  await goIn(ben, two, 'ben@example.org');
  await watchFrames(ben, 6);
  await revoke(house.owner, item, two, 'now');
  await ben.getByText('The owner ended it.').waitFor();
  await revoke(house.owner, item, one, 'finish');
  await watchFrames(anna, 12);
  for (const page of [anna, ben]) {
    await page.reload();
    assert.ok(await isDenied(page));
  }
});

test('an address of a blocked domain does not open its invite', async (t) => {
  const item = await house.readyItem();
  const invited = await invite(house.owner, item, 'nora@later.example');
  await house.ada.do('PATCH', '/api/site/policy', { blocked_domains: ['later.example'] });
  const page = await house.page(t);
  await page.goto(invited.url);
  assert.ok(await isDenied(page));
});
