// Dialogs do not get in anybody's way: they stay where they are, take "back" for what it means, and lose nothing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { House } from '../harness/house.mjs';
import { chooseFromMenu } from '../harness/menu.mjs';

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
let item;
const house = House.forThisFile(async (house) => {
  item = await house.readyItem();
});

async function linkForm(page) {
  await page.goto(`/media/${item}`);
  await chooseFromMenu(page, 'More for Field trip', 'Manage guest access');
  const sheet = page.getByRole('dialog');
  await sheet.getByRole('button', { name: /^Create (link|the first link)$/ }).click();
  return sheet;
}

test('an error goes as soon as its field is right, and nothing moves for it', async (t) => {
  await house.owner.turn(item, true);
  const page = await house.ownersPage(t);
  const sheet = await linkForm(page);
  await sheet.getByLabel('Link name').fill('Parents');
  await sheet.getByLabel('Clicks').fill('60');
  const promise = sheet.getByText(/^Up to 60 people can watch/);
  await promise.waitFor();
  const boxes = async () => {
    const of = (locator) => locator.boundingBox();
    return { sheet: await of(sheet), days: await of(sheet.getByLabel('Duration')), button: await of(sheet.getByRole('button', { name: 'Create link' })) };
  };
  // What opens fades in; it stands from then on.
  await page.waitForTimeout(400);
  const before = await boxes();
  await sheet.getByLabel('Clicks').fill('60a');
  await sheet.getByRole('button', { name: 'Create link' }).click();
  const error = sheet.getByText('Enter a whole number from 1 to 1,000,000');
  await error.waitFor();
  assert.equal(await promise.isVisible(), false, 'what cannot be is promised');
  assert.deepEqual(await boxes(), before, 'the dialog moved for an error');
  await sheet.getByLabel('Clicks').fill('6b');
  assert.equal(await error.count(), 1, 'it is wrong still');
  await sheet.getByLabel('Clicks').fill('60');
  await promise.waitFor();
  assert.equal(await error.count(), 0, 'a right value is called wrong');
  assert.deepEqual(await boxes(), before);
});

test('a button whose act is under way keeps its focus, and is pressed once', async (t) => {
  await house.owner.turn(item, true);
  const page = await house.ownersPage(t);
  let asked = 0;
  let answer;
  const held = new Promise((done) => (answer = done));
  await page.route('**/guest-links', async (route) => {
    asked += 1;
    await held;
    await route.continue();
  });
  const sheet = await linkForm(page);
  await sheet.getByLabel('Link name').fill('Once');
  const button = sheet.getByRole('button', { name: 'Create link' });
  const hasFocus = () => button.evaluate((button) => button === document.activeElement);
  await button.press('Enter');
  await sheet.locator('button[aria-busy=true]').waitFor();
  await button.press('Enter');
  await button.click();
  await sheet.getByLabel('Link name').press('Enter');
  await button.focus();
  assert.deepEqual([asked, await hasFocus(), await button.evaluate(({ disabled }) => disabled)], [1, true, false]);
  answer();
  await sheet.getByLabel('Address of Once').waitFor();
  assert.equal(asked, 1);
});

test('a button that has nothing to do says so, keeps its focus, and does nothing', async (t) => {
  const admin = await house.server.member('ada@example.org', 'Ada Admin', 'site_administrator');
  const page = await house.pageOf(t, admin);
  await page.goto('/settings');
  const save = page.getByRole('button', { name: 'Save', exact: true });
  await save.waitFor();
  const asked = [];
  page.on('request', (request) => request.method() !== 'GET' && asked.push(request.url()));
  assert.equal(await save.getAttribute('aria-disabled'), 'true');
  await save.press('Enter');
  await save.click({ force: true });
  assert.deepEqual([await save.evaluate((save) => save === document.activeElement), asked], [true, []]);
});

test('on a phone "back" closes the sheet, asks before what was typed is lost, and then leaves the page', async (t) => {
  const page = await house.ownersPage(t, PHONE);
  await page.goto('/');
  await page.getByRole('link', { name: 'Field trip' }).click();
  await page.getByRole('button', { name: 'More for Field trip' }).click();
  await page.getByRole('menuitem', { name: 'Edit' }).click();
  const sheet = page.getByRole('dialog');
  await sheet.getByLabel('Description').fill('We went to the Dead Sea.');
  await page.goBack();
  await sheet.getByText('Leave without saving?').waitFor();
  await sheet.getByRole('button', { name: 'Keep editing' }).click();
  assert.equal(await sheet.getByLabel('Description').inputValue(), 'We went to the Dead Sea.');
  await page.keyboard.press('Escape');
  await sheet.getByRole('button', { name: 'Discard' }).click();
  await sheet.waitFor({ state: 'detached' });
  assert.equal(new URL(page.url()).pathname, `/media/${item}`);

  await page.getByRole('button', { name: 'Share' }).click();
  await sheet.getByRole('button', { name: 'Manage guest access' }).click();
  await sheet.getByRole('switch').waitFor();
  await page.goBack();
  await sheet.waitFor({ state: 'detached' });
  assert.equal(new URL(page.url()).pathname, `/media/${item}`);
  await page.goBack();
  await page.getByRole('heading', { name: 'My media' }).waitFor();
});

test('guest access leads to inviting by name, and an address that cannot be copied is shown', async (t) => {
  await house.owner.turn(item, true);
  const { url } = await house.owner.link(item, 'Press');
  const page = await house.ownersPage(t);
  await page.addInitScript(() => {
    navigator.clipboard.write = navigator.clipboard.writeText = () => Promise.reject(new Error('not allowed'));
  });
  await page.goto(`/media/${item}`);
  await page.getByText('Guest access is on').first().waitFor();
  await page.getByRole('button', { name: 'Share' }).click();
  const sheet = page.getByRole('dialog');
  await sheet.getByRole('button', { name: 'Copy the link Press' }).click();
  const address = sheet.getByLabel('Address of Press');
  await address.and(page.locator(':focus')).waitFor();
  assert.equal(await address.inputValue(), url);
  assert.equal(await page.evaluate(() => getSelection().toString() || document.activeElement.value.slice(document.activeElement.selectionStart, document.activeElement.selectionEnd)), url);
  await sheet.getByRole('button', { name: 'Manage guest access' }).click();
  await sheet.getByRole('button', { name: 'Invite users' }).click();
  await sheet.getByRole('combobox', { name: 'E-mail' }).waitFor();
});
