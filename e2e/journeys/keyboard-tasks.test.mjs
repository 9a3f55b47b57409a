// Whole tasks without a mouse, from the first page to the last word.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enterBy } from '../harness/guest.mjs';
import { House } from '../harness/house.mjs';
import { pressOn, tabTo, typeInto } from '../harness/keyboard.mjs';
import { film } from '../harness/media.mjs';
import { PASSWORD } from '../harness/server.mjs';
import { watchFrames } from '../harness/watching.mjs';
import { ARRIVED } from '../harness/uploads.mjs';

const house = House.forThisFile();
const button = (place, name) => place.getByRole('button', { name, exact: true });
const isFocused = (thing) => thing.evaluate((element) => element === document.activeElement);

test('signs in, uploads, makes a link and copies it', async (t) => {
  await house.readyItem();
  const page = await house.page(t, { permissions: ['clipboard-read', 'clipboard-write'] });
  await page.goto('/');
  await typeInto(page, page.getByLabel('E-mail'), house.owner.email);
  await typeInto(page, page.getByLabel('Password'), PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'My media' }).waitFor();

  // The chooser is the system's own; it opens.
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), pressOn(page, button(page, 'Upload'))]);
  await chooser.setFiles(await film('short.mp4'));
  await page.getByRole('region', { name: 'Uploads' }).getByText(ARRIVED).waitFor();

  const more = button(page, 'More for Field trip');
  await pressOn(page, more);
  // Its first letter leads to an entry.
  await page.getByRole('menuitem', { name: 'Share' }).and(page.locator(':focus')).waitFor();
  await page.keyboard.press('m');
  await page.getByRole('menuitem', { name: 'Manage guest access' }).and(page.locator(':focus')).waitFor();
  await page.keyboard.press('Enter');
  const sheet = page.getByRole('dialog');
  await pressOn(page, sheet.getByRole('switch', { name: 'Guest access' }), 'Space');
  await pressOn(page, button(sheet, 'Create the first link'));
  await typeInto(page, sheet.getByLabel('Link name'), 'Parents');
  await pressOn(page, button(sheet, 'Create link'));
  const address = sheet.getByLabel('Address of Parents');
  await address.and(page.locator(':focus')).waitFor();
  await page.evaluate(() => navigator.clipboard.writeText('something else'));
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await sheet.getByRole('button', { name: 'Copied' }).waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), await address.inputValue());

  await page.keyboard.press('Escape');
  await sheet.waitFor({ state: 'detached' });
  assert.ok(await isFocused(more), 'the focus is not where the sheet was opened');
});

test('a guest enters, plays, seeks, chooses a quality and leaves', async (t) => {
  const item = await house.readyItem('short.mp4', 'Two qualities');
  const { url } = await house.owner.link(item);
  const page = await house.page(t);
  await page.goto(url);
  await typeInto(page, page.getByLabel('Your name'), 'Anna K.');
  await typeInto(page, page.getByLabel('E-mail'), 'anna@example.org');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/media\//);
  await watchFrames(page, 6);

  const seconds = () => page.locator('video').evaluate((video) => video.currentTime);
  const isPaused = () => page.locator('video').evaluate((video) => video.paused);
  await pressOn(page, button(page, 'Pause'));
  assert.equal(await isPaused(), true);
  await tabTo(page, page.getByRole('slider', { name: 'Position' }), 'Shift+Tab');
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  assert.ok(Math.abs((await seconds()) - 5) < 0.1, `went to ${await seconds()} s`);

  const settings = button(page, 'Settings');
  await pressOn(page, settings);
  const choice = page.getByRole('group', { name: 'Quality' });
  await tabTo(page, choice.getByRole('radio', { checked: true }));
  await page.keyboard.press('ArrowRight');
  const chosen = choice.getByRole('radio', { checked: true });
  assert.ok(await isFocused(chosen), 'the quality is not chosen');
  assert.ok(!(await choice.getByRole('radio').first().isChecked()), 'still chosen by the network');
  await page.keyboard.press('Escape');
  await choice.waitFor({ state: 'hidden' });
  assert.ok(await isFocused(settings), 'the focus is not on the button of the settings');
  await page.keyboard.press('k');
  await watchFrames(page, 6);

  await pressOn(page, button(page, 'Not you?'));
  await pressOn(page, button(page.getByRole('dialog', { name: 'Leave this page?' }), 'Leave'));
  await page.getByRole('heading', { name: 'You have left' }).waitFor();
});

test('the owner ends it now', async (t) => {
  const item = await house.readyItem('short.mp4', 'Ended');
  const { url } = await house.owner.link(item);
  const guest = await house.page(t);
  await enterBy(guest, url);
  await guest.locator('video').waitFor();

  const page = await house.ownersPage(t);
  await page.goto(`/media/${item}`);
  await pressOn(page, button(page, 'Share'));
  await pressOn(page, button(page.getByRole('dialog'), 'Manage guest access'));
  const sheet = page.getByRole('dialog');
  await sheet.getByText('1 inside now').waitFor();
  await pressOn(page, sheet.getByRole('switch', { name: 'Guest access' }), 'Space');
  await tabTo(page, sheet.getByRole('radio', { name: 'Let 1 person finish' }));
  await page.keyboard.press('ArrowDown');
  await pressOn(page, button(sheet, 'Switch off and end now for 1 guest'));
  await sheet.getByText('Ended for 1 guest.').waitFor();
  await guest.getByText('The owner ended it.').waitFor();
  await page.keyboard.press('Escape');
  await sheet.waitFor({ state: 'detached' });
  assert.ok(await isFocused(button(page, 'Share')), 'the focus is not where the sheet was opened');
});
