// Who came (walk A1.1): every number of people leads to a list with names and addresses, which goes on by itself, is
// taken away as a file, and from which the owner puts people out and lets them back.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { enter, enterBy, isDenied } from '../harness/guest.mjs';
import { House } from '../harness/house.mjs';
import { invite } from '../harness/invitee.mjs';
import { chooseFromMenu } from '../harness/menu.mjs';

const house = House.forThisFile();
const row = (page, name) => page.getByRole('row').filter({ hasText: name });

test('the owner learns who came, from every number of people', async (t) => {
  const item = await house.readyItem();
  const { url } = await house.owner.link(item, 'Parents');
  const other = await house.owner.link(item, 'Press');
  const guest = await house.page(t);
  await guest.goto(url);
  await guest.getByText('The owner sees your name and e-mail, when you came and were last here, and the kind of your device.').waitFor();
  await enter(guest, 'Noa Bar', 'noa@example.org');
  await enterBy(await house.page(t), other.url, 'Ben', 'ben@example.org');

  const page = await house.ownersPage(t);
  await page.goto(`/media/${item}`);
  await page.getByRole('link', { name: '2 people inside' }).click();
  await page.getByRole('heading', { name: 'Who came' }).waitFor();
  await row(page, 'Noa Bar').getByText('noa@example.org').waitFor();
  await row(page, 'Noa Bar').getByText('Parents').waitFor();
  await row(page, 'Noa Bar').getByText('Inside now').waitFor();
  await row(page, 'Noa Bar').getByText('Computer, Chrome').waitFor();
  assert.equal(await page.getByRole('row').count(), 3, 'the heads, and two people');

  // From a link's uses: its people alone; and narrowed down by what is typed.
  await page.goto(`/media/${item}`);
  await chooseFromMenu(page, 'More for Field trip', 'Manage guest access');
  await page.getByRole('dialog').getByRole('link', { name: '1 click, no limit' }).first().click();
  await page.getByRole('heading', { name: 'Who came' }).waitFor();
  await row(page, 'Noa Bar').waitFor();
  assert.equal(await row(page, 'Ben').count(), 0);
  await page.getByRole('combobox', { name: 'By which link or invite' }).selectOption({ label: 'All links and invites' });
  await row(page, 'Ben').waitFor();
  await page.getByRole('searchbox', { name: 'Find by name or e-mail' }).fill('ben@');
  await row(page, 'Noa Bar').waitFor({ state: 'detached' });
  await row(page, 'Ben').waitFor();

  // From the activity, where entries stay counted.
  await page.goto(`/media/${item}?activity`);
  await chooseFromMenu(page, 'More for Field trip', 'Activity').catch(() => {});
  await page.getByRole('dialog', { name: 'Activity' }).getByRole('link', { name: 'Guests entered by "Press"' }).click();
  await row(page, 'Ben').waitFor();
});

test('the list goes on by itself, and nothing moves under the finger', async (t) => {
  const item = await house.readyItem();
  const { url } = await house.owner.link(item, 'Parents');
  await enterBy(await house.page(t), url, 'Noa Bar', 'noa@example.org');
  const page = await house.ownersPage(t);
  await page.goto(`/media/${item}/people`);
  await row(page, 'Noa Bar').waitFor();
  const ben = await house.visitor(t);
  const bens = await ben.newPage();
  await enterBy(bens, url, 'Ben', 'ben@example.org');
  await row(page, 'Ben').getByText('Inside now').waitFor();
  // Somebody points at the list: who comes now waits above it, and who leaves stays where they were.
  await row(page, 'Noa Bar').hover();
  const before = await row(page, 'Noa Bar').boundingBox();
  await enterBy(await house.page(t), url, 'Dov', 'dov@example.org');
  await page.getByRole('button', { name: '1 more came. Show' }).waitFor();
  assert.equal(await row(page, 'Dov').count(), 0);
  await bens.goto('about:blank');
  await row(page, 'Ben').getByText('Inside now').waitFor({ state: 'detached' });
  const kept = await row(page, 'Noa Bar').boundingBox();
  assert.ok(Math.abs(kept.y - before.y) < 1, `${before.y} became ${kept.y}`);
  await page.getByRole('button', { name: '1 more came. Show' }).click();
  await row(page, 'Dov').waitFor();
});

test('removed, given back, blocked, unblocked, ended', async (t) => {
  const item = await house.readyItem();
  const { url } = await house.owner.link(item, 'Parents');
  const guest = await house.page(t);
  await enterBy(guest, url, 'Noa Bar', 'noa@example.org');
  const page = await house.ownersPage(t);
  await page.goto(`/media/${item}/people`);
  const put = async (act) => {
    await chooseFromMenu(page, 'More for Noa Bar', act);
    await page.getByRole('dialog').getByRole('button', { name: act }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  };

  await put('End now');
  await guest.getByText('The owner ended it.').waitFor();
  await guest.goto(url);
  await guest.getByText('You are here as').waitFor();

  await put('Remove');
  await row(page, 'Noa Bar').getByText('Removed').waitFor();
  await guest.getByText('The owner ended it.').waitFor();
  await guest.goto(url);
  await guest.getByLabel('Your name').waitFor();
  await page.getByRole('button', { name: 'Give the seat back to Noa Bar' }).click();
  await row(page, 'Noa Bar').getByText('Removed').waitFor({ state: 'detached' });
  await guest.goto(url);
  await guest.getByText('You are here as').waitFor();

  await chooseFromMenu(page, 'More for Noa Bar', 'Block');
  await page.getByText('From another browser the same person can still enter as a new guest').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Block' }).click();
  await row(page, 'Noa Bar').getByText('Blocked').waitFor();
  await guest.goto(url);
  assert.ok(await isDenied(guest), 'the denied page, not a new form');
  await page.getByRole('button', { name: 'Unblock Noa Bar' }).click();
  await row(page, 'Noa Bar').getByText('Blocked').waitFor({ state: 'detached' });
  await guest.goto(url);
  await guest.getByText('You are here as').waitFor();

  await page.goto(`/media/${item}`);
  await chooseFromMenu(page, 'More for Field trip', 'Activity');
  for (const line of ['Noa Bar blocked', 'Noa Bar unblocked', 'Noa Bar removed', 'Ended now for Noa Bar']) {
    await page.getByRole('dialog').getByText(line, { exact: true }).waitFor();
  }
});

test('an open menu stays as it is while somebody comes in', async (t) => {
  const item = await house.readyItem();
  const { url } = await house.owner.link(item, 'Parents');
  const guest = await house.page(t);
  await enterBy(guest, url, 'Noa Bar', 'noa@example.org');
  await guest.goto('about:blank');
  const page = await house.ownersPage(t);
  await page.goto(`/media/${item}/people`);
  await row(page, 'Noa Bar').getByText('Inside now').waitFor({ state: 'detached' });
  const more = page.getByRole('button', { name: 'More for Noa Bar' });
  const shown = () => page.getByRole('menuitem').allInnerTexts();
  await more.click();
  const before = await shown();
  assert.ok(before.length > 0 && !before.includes('End now'), before.join());

  await guest.goto(url);
  await row(page, 'Noa Bar').getByText('Inside now').waitFor();
  assert.deepEqual(await shown(), before);
  await page.keyboard.press('Escape');
  await more.click();
  assert.ok((await shown()).includes('End now'), 'opened anew it knows');
});

test('the list is saved as a file, and an administrator erases one address', async (t) => {
  const item = await house.readyItem();
  const { url } = await house.owner.link(item, 'Parents');
  await enterBy(await house.page(t), url, '=SUM(A1)', 'noa@example.org');
  await invite(house.owner, item, 'yael@example.org', { first_name: 'Yael', last_name: 'Stern' });
  const page = await house.ownersPage(t);
  await page.goto(`/media/${item}/people`);
  const saving = page.waitForEvent('download');
  await chooseFromMenu(page, 'Export', 'For spreadsheets (CSV)');
  const text = await readFile(await (await saving).path(), 'utf8');
  assert.match(text, /^\ufeffname,email,/);
  assert.match(text, /\r\n'=SUM\(A1\),noa@example\.org,Parents,/);

  const admin = await house.server.member('ada@example.org', 'Ada Admin', 'site_administrator');
  const settings = await house.pageOf(t, admin);
  await settings.goto('/settings');
  const part = settings.getByRole('region', { name: 'What is kept of an address' });
  await part.getByLabel('E-mail address').fill('noa@example.org');
  await part.getByRole('button', { name: 'Look up' }).click();
  await part.getByRole('button', { name: 'Erase' }).click();
  await settings.getByRole('dialog').getByRole('button', { name: 'Erase' }).click();
  await settings.getByRole('dialog').waitFor({ state: 'detached' });
  await page.reload();
  await row(page, 'Name erased').first().waitFor();
  assert.equal(await page.getByText('noa@example.org').count(), 0);
});
