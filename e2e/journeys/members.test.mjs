// An administrator invites a member to the site; they choose a password, come in, and are closed out again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { House } from '../harness/house.mjs';
import { lookOut } from '../harness/lookout.mjs';
import { asksByHand, assertSilence } from '../harness/silence.mjs';
import { Traffic } from '../harness/traffic.mjs';
import { play, watchFrames } from '../harness/watching.mjs';

let item;
let administrator;
const house = House.forThisFile(async (house) => {
  item = await house.readyItem('long.mp4');
  administrator = await house.server.member('ada@example.org', 'Ada Admin', 'site_administrator');
});

test('a new member comes by their one-time link and is closed out while they watch', async (t) => {
  const admin = await house.pageOf(t, administrator);
  await admin.goto('/members');
  await admin.getByRole('button', { name: 'Add member' }).click();
  const dialog = admin.getByRole('dialog', { name: 'Add member' });
  await dialog.getByLabel('Name').fill('Nina New');
  await dialog.getByLabel('E-mail').fill('nina@example.org');
  await dialog.getByRole('button', { name: 'Add member' }).click();
  const url = await admin.getByRole('textbox', { name: 'One-time link' }).inputValue();

  const visitor = await house.visitor(t);
  const nina = await visitor.newPage();
  const traffic = new Traffic(nina);
  await nina.goto(url);
  await nina.getByRole('heading', { name: 'Welcome, Nina New' }).waitFor();
  await nina.getByLabel('Password').fill('short');
  await nina.getByRole('button', { name: 'Save and sign in' }).click();
  await nina.locator('[aria-invalid=true]').waitFor();
  await nina.getByLabel('Password').fill('a horse of another colour');
  await nina.getByRole('button', { name: 'Save and sign in' }).click();
  await nina.getByRole('heading', { name: 'Welcome, Nina New' }).waitFor({ state: 'detached' });
  await nina.getByRole('button', { name: 'Account' }).waitFor();
  const { members } = (await administrator.do('GET', '/api/members?q=nina')).body;
  await house.owner.do('PUT', `/api/items/${item}/rights/${members[0].id}`, { right: 'co_viewer' });
  await nina.goto(`/media/${item}`);
  await nina.locator('video').waitFor();
  assert.equal((await nina.goto(url)).status(), 404, 'the link works once');
  await nina.goto(`/media/${item}`);
  await play(nina);
  await watchFrames(nina, 12);
  const [byHand, signedOut] = [await asksByHand(visitor, traffic), await lookOut(nina, 'You are signed out.')];

  await admin.getByRole('button', { name: 'Manage: Nina New' }).click();
  await admin.getByRole('button', { name: 'Close account' }).click();
  await admin.getByRole('dialog', { name: 'Close the account of Nina New?' }).getByRole('button', { name: 'Close account' }).click();
  await admin.getByText('The account of Nina New is closed').first().waitFor();
  t.diagnostic(`last served ${await assertSilence({ traffic, byHand }, Date.now())} ms after the administrator was told`);
  // Her page says so by itself, for a moment, and asks to sign in.
  await signedOut();
  await nina.waitForURL(/\/sign-in\?next=/);
  assert.equal(await nina.evaluate(() => fetch('/api/me').then((answer) => answer.status)), 401);
  const again = await house.page(t);
  await again.goto('/sign-in');
  await again.getByLabel('E-mail').fill('nina@example.org');
  await again.getByLabel('Password').fill('a horse of another colour');
  await again.getByRole('button', { name: 'Sign in', exact: true }).click();
  await again.getByRole('alert').waitFor();
});
