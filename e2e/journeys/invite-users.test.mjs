// The owner's sheet of invites: inviting by hand, what the list says while the person comes, and many at once.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { scan } from '../harness/camera.mjs';
import { House } from '../harness/house.mjs';
import { goIn, typeAddress } from '../harness/invitee.mjs';
import { chooseFromMenu } from '../harness/menu.mjs';
import { watchFrames } from '../harness/watching.mjs';

const house = House.forThisFile();

async function openForm(page, item) {
  await page.goto(`/media/${item}`);
  await chooseFromMenu(page, 'More for Field trip', 'Invite users');
  const sheet = page.getByRole('dialog');
  await sheet.getByRole('combobox', { name: 'E-mail' }).waitFor();
  return sheet;
}

async function fill(sheet, email, first, last) {
  await sheet.getByRole('combobox', { name: 'E-mail' }).fill(email);
  await sheet.getByLabel('First name').fill(first);
  await sheet.getByLabel('Last name').fill(last);
}

test('invites one person, who watches; the list says so at once, and revoking now ends their page', async (t) => {
  const item = await house.readyItem();
  const page = await house.ownersPage(t);
  const sheet = await openForm(page, item);

  await fill(sheet, 'anna at example', '', 'Klein');
  await sheet.getByRole('button', { name: 'Create invite' }).click();
  await sheet.getByText('This is not an e-mail address.').waitFor();
  await sheet.getByText('Enter a name.').waitFor();
  assert.equal(await sheet.getByLabel('Last name').inputValue(), 'Klein', 'what was typed is lost');

  await fill(sheet, 'anna@example.org', 'Anna', 'Klein');
  await sheet.getByRole('radio', { name: '1 hour' }).check();
  await sheet.getByText(/^Anna Klein \(anna@example\.org\) can watch on one device until .+\. You get a link to send\.$/).waitFor();
  await sheet.getByRole('button', { name: 'Create invite' }).dblclick();

  const address = sheet.getByLabel('Link for Anna Klein');
  await address.and(page.locator(':focus')).waitFor();
  await sheet.getByRole('button', { name: 'Copy', exact: true }).click();
  await sheet.getByRole('button', { name: 'Copied' }).waitFor();
  const url = await page.evaluate(() => navigator.clipboard.readText());
  assert.equal(url, await address.inputValue());
  assert.match(url, /\/i\//);
  await sheet.getByRole('button', { name: 'Show QR code' }).click();
  const scanned = await scan(page, sheet.getByRole('img', { name: 'QR code of the invite for Anna Klein' }));
  assert.equal(scanned, url);
  await sheet.getByRole('button', { name: 'Done' }).click();
  await sheet.getByRole('heading', { name: '1 invite' }).waitFor();
  await sheet.getByText('Created').waitFor();

  const invited = await house.page(t);
  await invited.goto(scanned);
  await typeAddress(invited, 'somebody@example.org');
  await invited.getByText('That address did not open this invite.').waitFor();
  await goIn(invited, { url }, 'anna@example.org');
  await watchFrames(invited, 6);

  await sheet.getByText('Entered').waitFor();
  await sheet.getByText('1 of 1').waitFor();
  await sheet.getByText('Inside now', { exact: true }).waitFor();

  await chooseFromMenu(page, 'More for Anna Klein', 'Revoke');
  await sheet.getByText('Anna Klein is inside now').waitFor();
  await sheet.getByRole('radio', { name: 'Until a time' }).check();
  await sheet.getByRole('radio', { name: 'Now' }).check();
  await sheet.getByRole('button', { name: 'Revoke and end now' }).click();
  await sheet.getByText('The invite for Anna Klein is revoked.').first().waitFor();
  await sheet.getByText('Ended.').waitFor();
  await sheet.getByText('Revoked', { exact: true }).waitFor();
  await invited.getByText('The owner ended it.').waitFor();
});

test('finds members while an address is typed, and a new link replaces the old one', async (t) => {
  await house.server.member('noa@example.org', 'Noa Stern');
  const item = await house.readyItem();
  const page = await house.ownersPage(t);
  const sheet = await openForm(page, item);

  const email = sheet.getByRole('combobox', { name: 'E-mail' });
  await email.pressSequentially('noa');
  await sheet.getByRole('option', { name: 'Noa Stern' }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Escape');
  await sheet.getByRole('option').waitFor({ state: 'hidden' });
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  assert.equal(await email.inputValue(), 'noa@example.org');
  assert.equal(await sheet.getByLabel('First name').inputValue(), 'Noa');
  await sheet.getByRole('button', { name: 'Create invite' }).click();
  const old = await sheet.getByLabel('Link for Noa Stern').inputValue();
  await sheet.getByRole('button', { name: 'Done' }).click();

  await chooseFromMenu(page, 'More for Noa Stern', 'New link');
  await sheet.getByText('stops opening at once').waitFor();
  await sheet.getByRole('button', { name: 'Replace the link' }).click();
  await sheet.getByText('The old one no longer opens.').waitFor();
  const url = await sheet.getByLabel('Link for Noa Stern').inputValue();
  const stranger = await house.page(t);
  assert.equal((await stranger.request.get(old, { failOnStatusCode: false })).status(), 404);
  assert.equal((await stranger.request.get(url)).status(), 200);
});

test('invites 298 of 300 rows after two wrong ones are left out and a missing name is typed', async (t) => {
  const item = await house.readyItem();
  const page = await house.ownersPage(t);
  const sheet = await openForm(page, item);
  await sheet.getByRole('button', { name: 'Several at once' }).click();

  const rows = Array.from({ length: 300 }, (_, at) => `pupil${at + 1}@example.org;First${at + 1};Last${at + 1}`);
  rows[9] = 'pupil10 at example.org;First10;Last10';
  rows[99] = 'pupil100@example.org;;Last100';
  rows[199] = 'pupil1@example.org;Again;Again';
  await sheet.locator('input[type=file]').setInputFiles({ name: 'class.csv', mimeType: 'text/csv', buffer: Buffer.from(rows.join('\n')) });
  await sheet.getByRole('button', { name: 'Check' }).click();
  await sheet.getByText('2 rows are wrong.').waitFor();
  const table = sheet.getByRole('region', { name: 'Rows that are wrong' });
  assert.deepEqual(await table.getByRole('rowheader').allTextContents(), ['10', '200']);
  await sheet.getByRole('button', { name: 'Leave these 2 rows out' }).click();
  await sheet.getByText('1 person has no whole name yet.').waitFor();
  await sheet.getByLabel('First name of pupil100@example.org').fill('First100');
  await sheet.getByRole('button', { name: 'Check' }).click();
  await sheet.getByText('298 people would be invited.').waitFor();
  await sheet.getByRole('button', { name: 'Create 298 invites' }).click();
  await sheet.getByText('298 people are invited.').waitFor();

  const [download] = await Promise.all([page.waitForEvent('download'), sheet.getByRole('button', { name: 'Download as CSV' }).click()]);
  const lines = (await readFile(await download.path(), 'utf8')).trim().split('\r\n');
  assert.equal(lines.length, 299);
  assert.match(lines[1], /^pupil1@example\.org,First1,Last1,http.*\/i\//);
  await sheet.getByRole('button', { name: 'Copy all links' }).click();
  await sheet.getByRole('button', { name: 'Copied' }).waitFor();
  assert.equal((await page.evaluate(() => navigator.clipboard.readText())).split('\n').length, 298);

  await sheet.getByRole('button', { name: 'Done' }).click();
  await sheet.getByRole('heading', { name: '298 invites' }).waitFor();
  assert.equal(await sheet.getByRole('listitem').count(), 50);
  await sheet.getByRole('button', { name: 'Show more' }).click();
  await sheet.getByRole('heading', { name: 'First51 Last51' }).waitFor();
  await sheet.getByRole('searchbox', { name: 'Search invites' }).fill('pupil299@');
  await sheet.getByRole('heading', { name: '1 invite' }).waitFor();
  await sheet.getByRole('heading', { name: 'First299 Last299' }).waitFor();
});
