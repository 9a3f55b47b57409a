// The player's own manners: its controls go away by themselves, and its keys act wherever on the page one is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enterBy } from '../harness/guest.mjs';
import { House } from '../harness/house.mjs';
import { eventually } from '../harness/traffic.mjs';
import { begin, watchFrames } from '../harness/watching.mjs';

const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
/** Longer than the controls stay, on a machine that is busy with other things. */
const SOON_MS = 30_000;
let url;
const house = House.forThisFile(async (house) => {
  ({ url } = await house.owner.link(await house.readyItem('long.mp4')));
});

const areShown = (page) => page.locator('.controls').evaluate((controls) => Number(getComputedStyle(controls).opacity) > 0);
const isPaused = (page) => page.locator('video').evaluate((video) => video.paused);
const secondOf = (page) => page.locator('video').evaluate((video) => video.currentTime);
const goAway = (page, when) => eventually(async () => !(await areShown(page)), { withinMs: SOON_MS, what: `the controls go away ${when}` });
const come = (page, when) => eventually(() => areShown(page), { withinMs: SOON_MS, what: `the controls come ${when}` });

for (const [on, options] of [['desktop', {}], ['a phone', PHONE]]) {
  test(`on ${on} the controls go away although nobody touches anything after "Watch", and come back when asked`, async (t) => {
    const page = await house.page(t, options);
    await enterBy(page, url);
    await watchFrames(page, 6);
    await goAway(page, 'by themselves');
    const stage = await page.locator('.stage video').boundingBox();
    const [x, y] = [stage.x + stage.width / 2, stage.y + stage.height / 3];
    await (options.hasTouch ? page.touchscreen.tap(x, y) : page.mouse.move(x, y));
    await come(page, 'when somebody is there');
    await goAway(page, 'once more');
    assert.equal(await isPaused(page), false);
  });
}

test('a press on play is followed by a picture without controls too, by mouse and by keyboard', async (t) => {
  for (const press of [(page) => page.getByRole('button', { name: 'Play', exact: true }).first().click(), (page) => page.keyboard.press('k')]) {
    const page = await house.page(t);
    await enterBy(page, url);
    await watchFrames(page, 6);
    await page.reload();
    await page.getByRole('button', { name: 'Play', exact: true }).first().waitFor();
    await press(page);
    await watchFrames(page, 6);
    await goAway(page, 'after a press');
  }
});

test('keys act from anywhere on the page, but not in a field, in a dialog or where a button has them', async (t) => {
  const page = await house.ownersPage(t);
  await page.goto(`/media/${(await house.owner.do('GET', '/api/items')).body.items[0].id}`);
  await begin(page);
  await watchFrames(page, 6);
  await page.evaluate(() => document.activeElement?.blur());
  await page.keyboard.press('k');
  await eventually(() => isPaused(page), { withinMs: SOON_MS, what: 'K pauses from the page' });
  const before = await secondOf(page);
  await page.keyboard.press('ArrowRight');
  await eventually(async () => (await secondOf(page)) > before + 3, { withinMs: SOON_MS, what: 'an arrow skips from the page' });
  await page.keyboard.press('Space');
  await eventually(async () => !(await isPaused(page)), { withinMs: SOON_MS, what: 'the space bar plays' });

  const share = page.getByRole('button', { name: 'Share' });
  await share.focus();
  await page.keyboard.press('Space');
  const dialog = page.getByRole('dialog').first();
  await dialog.waitFor();
  assert.equal(await isPaused(page), false, 'a button keeps its space bar');
  await page.keyboard.press('k');
  assert.equal(await isPaused(page), false, 'an open dialog keeps the keyboard');
});

test('whoever speaks to the browser may keep the letters inside the player', async (t) => {
  const page = await house.page(t);
  await enterBy(page, url);
  await watchFrames(page, 6);
  await page.keyboard.press('?');
  const list = page.getByRole('dialog', { name: 'Keyboard' });
  await list.waitFor();
  assert.equal(await list.getByText('Captions').count(), 0, 'there are none, so they have no key');
  await list.getByRole('checkbox', { name: 'Everywhere on this page' }).uncheck();
  await page.keyboard.press('Escape');
  // Its step in the browser's history goes with it.
  await page.waitForFunction(() => history.state === null);
  await page.reload();
  await page.getByRole('button', { name: 'Play', exact: true }).first().waitFor();
  await page.keyboard.press('k');
  await page.waitForTimeout(500);
  assert.equal(await isPaused(page), true);
});

test('on a phone "back" closes the sheet that lies over the film, and the film goes on', async (t) => {
  const page = await house.page(t, PHONE);
  await enterBy(page, url);
  await watchFrames(page, 6);
  const media = page.url();
  await page.evaluate(() => (globalThis.isTheSame = true));
  const sheet = page.getByRole('dialog', { name: 'Settings' });
  const open = async () => {
    await come(page, 'for the settings').catch(() => undefined);
    await page.getByRole('button', { name: 'Settings' }).click();
    await sheet.waitFor();
  };
  await open();
  await page.goBack();
  await sheet.waitFor({ state: 'hidden' });
  assert.equal(page.url(), media);
  // Closed by its own button it leaves no step behind.
  await open();
  await sheet.getByRole('button', { name: 'Close' }).click();
  await sheet.waitFor({ state: 'hidden' });
  await watchFrames(page, 6);
  assert.ok((await page.evaluate(() => globalThis.isTheSame)) && !(await isPaused(page)));
  // To the door, which leads in again.
  await page.goBack();
  await page.waitForFunction(() => globalThis.isTheSame === undefined);
});
