// The owner's sheet: everything that can be done to links, by hand, and what it says.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scan } from '../harness/camera.mjs';
import { enterBy } from '../harness/guest.mjs';
import { House } from '../harness/house.mjs';
import { chooseFromMenu } from '../harness/menu.mjs';

let item;
const house = House.forThisFile(async (house) => {
  item = await house.readyItem();
});

async function openSheet(page, item) {
  await page.goto(`/media/${item}`);
  await chooseFromMenu(page, 'More for Field trip', 'Manage guest access');
  return page.getByRole('dialog');
}

async function create(sheet, name, { clicks = '', days = '' } = {}) {
  await sheet.getByRole('button', { name: /^Create (link|the first link)$/ }).click();
  await sheet.getByLabel('Link name').fill(name);
  await sheet.getByLabel('Clicks').fill(clicks);
  await sheet.getByLabel('Duration').fill(days);
}

test('three links and no fourth, copied, changed, shown as a code, deleted', async (t) => {
  const page = await house.ownersPage(t);
  const sheet = await openSheet(page, item);
  // The page behind says it as well.
  await page.locator('main .facts').getByText('Guest access is off', { exact: true }).waitFor();

  await sheet.getByText('No link yet').waitFor();
  await sheet.getByRole('button', { name: 'Create the first link' }).click();
  await sheet.getByText('Switch guest access on first').waitFor();
  await sheet.getByRole('switch', { name: 'Guest access' }).click();
  await sheet.getByText('Switch guest access on first').waitFor({ state: 'detached' });
  await page.locator('main .facts').getByText('Guest access is on', { exact: true }).waitFor();

  await create(sheet, 'Parents', { clicks: '0', days: '14' });
  await sheet.getByRole('button', { name: 'Create link' }).click();
  await sheet.getByText('Enter a whole number from 1 to 1,000,000').waitFor();
  await sheet.getByLabel('Clicks').fill('50');
  await sheet.getByText(/^Up to 50 people can watch until .+ You can end it earlier at any time\.$/).waitFor();
  await sheet.getByRole('button', { name: 'Create link' }).click();
  await sheet.getByLabel('Address of Parents').waitFor();
  await create(sheet, 'Press');
  await sheet.getByRole('button', { name: 'Create link' }).click();
  const press = await sheet.getByLabel('Address of Press').inputValue();
  await create(sheet, 'Board', { clicks: '3' });
  await sheet.getByRole('button', { name: 'Create link' }).click();
  await sheet.getByRole('heading', { name: '3 links' }).waitFor();

  await sheet.getByRole('button', { name: 'Create link' }).click();
  await sheet.getByText('This media has 3 links, the most it can have.').waitFor();
  assert.equal((await house.owner.ask('POST', `/api/items/${item}/guest-links`, { name: 'Fourth' })).status, 409);

  await sheet.getByRole('button', { name: 'Copy the link Parents' }).click();
  await sheet.getByRole('button', { name: 'Copied' }).first().waitFor();
  const url = await page.evaluate(() => navigator.clipboard.readText());
  await enterBy(await house.page(t), url);
  await sheet.getByText('1 of 50 clicks').waitFor();

  await chooseFromMenu(page, 'More for Press', 'QR code');
  const scanned = await scan(page, sheet.getByRole('img', { name: 'QR code of the link Press' }));
  assert.equal(scanned, press);
  await enterBy(await house.page(t), scanned, 'Pia', 'pia@example.org');
  await sheet.getByRole('button', { name: 'Back' }).click();

  await chooseFromMenu(page, 'More for Press', 'Edit');
  await sheet.getByLabel('Link name').fill('Journalists');
  await sheet.getByLabel('Extend by').fill('2');
  await sheet.getByRole('button', { name: 'Save' }).click();
  await sheet.getByRole('heading', { name: 'Journalists' }).waitFor();

  await sheet.getByRole('button', { name: 'Delete the link Board' }).click();
  await sheet.getByRole('button', { name: 'Delete link' }).click();
  await sheet.getByRole('heading', { name: '2 links' }).waitFor();
  assert.deepEqual(Object.keys(await house.owner.uses(item)).sort(), ['Journalists', 'Parents']);
});

test('switching off with a guest inside asks one question with three answers', async (t) => {
  const item = await house.readyItem();
  const { url } = await house.owner.link(item, 'Class');
  const guest = await house.page(t);
  await enterBy(guest, url, 'Ben', 'ben@example.org');

  const page = await house.ownersPage(t);
  const sheet = await openSheet(page, item);
  await sheet.getByText('1 inside now').waitFor();
  await sheet.getByRole('switch', { name: 'Guest access' }).click();
  await sheet.getByText('1 guest is inside now. What about them?').waitFor();
  for (const answer of ['Let 1 person finish', 'Until a time', 'Now']) {
    await sheet.getByRole('radio', { name: answer }).check();
  }
  await sheet.getByText('cannot be called back').first().waitFor();
  await sheet.getByRole('button', { name: 'Switch off and end now for 1 guest' }).click();
  await sheet.getByText('Ended for 1 guest.').waitFor();
  await guest.getByText('The owner ended it.').waitFor();
});

test('whoever was let finish is counted everywhere, and can be ended now after all', async (t) => {
  const item = await house.readyItem('short.mp4', 'Finishing');
  const { url } = await house.owner.link(item, 'Class');
  const guest = await house.page(t);
  await enterBy(guest, url, 'Ben', 'ben@example.org');
  const page = await house.ownersPage(t);
  await page.goto(`/media/${item}`);
  await chooseFromMenu(page, 'More for Finishing', 'Manage guest access');
  const sheet = page.getByRole('dialog');

  await sheet.getByRole('button', { name: 'Delete the link Class' }).click();
  await sheet.getByRole('radio', { name: 'Let 1 person finish' }).check();
  await sheet.getByRole('button', { name: 'Delete link' }).click();
  // The link is gone, its guest is not: nowhere it is said that nobody is inside.
  await sheet.getByText('1 inside now').waitFor();
  assert.equal(await sheet.getByText('Nobody inside now').count(), 0);
  await sheet.getByRole('switch', { name: 'Guest access' }).click();
  await sheet.getByRole('radio', { name: 'Let 1 person finish' }).check();
  await sheet.getByRole('button', { name: 'Switch off', exact: true }).click();
  await sheet.getByText('1 guest came before it was switched off and may finish.').waitFor();
  await sheet.getByRole('switch', { name: 'Guest access' }).click();
  await sheet.getByRole('button', { name: 'End now for 1 guest' }).click();
  await sheet.getByText('Playing stops within 2 seconds.').waitFor();
  await sheet.getByRole('button', { name: 'End now for 1 guest' }).click();
  await sheet.getByText('Ended for 1 guest.').waitFor();
  await guest.getByText('The owner ended it.').waitFor();
});
