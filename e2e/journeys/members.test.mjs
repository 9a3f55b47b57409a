// An administrator invites a member to the site; they choose a password, come in, and are closed out again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { House } from '../harness/house.mjs';

let item;
let administrator;
const house = House.forThisFile(async (house) => {
  item = await house.readyItem();
  administrator = await house.server.member('ada@example.org', 'Ada Admin', 'site_administrator');
});

test('a new member comes by their one-time link and is closed out while they watch', async (t) => {
  const visitor = await house.visitor(t);
  await visitor.context.addCookies(administrator.cookies());
  const admin = await visitor.newPage();
  await admin.goto('/members');
  await admin.getByRole('button', { name: 'Add member' }).click();
  const dialog = admin.getByRole('dialog', { name: 'Add member' });
  await dialog.getByLabel('Name').fill('Nina New');
  await dialog.getByLabel('E-mail').fill('nina@example.org');
  await dialog.getByRole('button', { name: 'Add member' }).click();
  const url = await admin.getByLabel('One-time link').inputValue();

  const nina = await house.page(t);
  await nina.goto(url);
  await nina.getByRole('heading', { name: 'Welcome, Nina New' }).waitFor();
  await nina.getByLabel('Password').fill('short');
  await nina.getByRole('button', { name: 'Save and sign in' }).click();
  await nina.locator('[aria-invalid=true]').waitFor();
  await nina.getByLabel('Password').fill('a horse of another colour');
  await nina.getByRole('button', { name: 'Save and sign in' }).click();
  await nina.getByRole('heading', { name: /./ }).first().waitFor();
  const { members } = (await administrator.do('GET', '/api/members?q=nina')).body;
  await house.owner.do('PUT', `/api/items/${item}/rights/${members[0].id}`, { right: 'co_viewer' });
  await nina.goto(`/media/${item}`);
  await nina.locator('video').waitFor();
  assert.equal((await nina.goto(url)).status(), 404, 'the link works once');
  await nina.goto(`/media/${item}`);
  await nina.locator('video').waitFor();

  await admin.getByRole('button', { name: 'Manage: Nina New' }).click();
  await admin.getByRole('button', { name: 'Close account' }).click();
  await admin.getByRole('dialog', { name: 'Close the account of Nina New?' }).getByRole('button', { name: 'Close account' }).click();
  await admin.getByText('The account of Nina New is closed').first().waitFor();
  // Her page ends by itself: it asks to sign in, or says that it is over.
  await nina.locator('video').waitFor({ state: 'hidden', timeout: 30_000 }).catch(() => {});
  assert.equal(await nina.evaluate(() => fetch('/api/me').then((answer) => answer.status)), 401);
  const again = await house.page(t);
  await again.goto('/sign-in');
  await again.getByLabel('E-mail').fill('nina@example.org');
  await again.getByLabel('Password').fill('a horse of another colour');
  await again.getByRole('button', { name: 'Sign in', exact: true }).click();
  await again.getByRole('alert').waitFor();
});
