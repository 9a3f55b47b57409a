// Rights that change while somebody is inside: their page says so, shows other things, and is never reloaded.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { House } from '../harness/house.mjs';

/** A change reaches an open page within a second; a loaded machine gets more before the journey fails. */
const AT_ONCE_MS = 20_000;

let item;
let mia;
let member;
const house = House.forThisFile(async (house) => {
  item = await house.readyItem();
  mia = await house.server.member('mia@example.org', 'Mia Katz');
  member = (await mia.do('GET', '/api/me')).body.id;
});

const give = (right, more = {}) => house.owner.do('PUT', `/api/items/${item}/rights/${member}`, { right, ...more });

/** Her page with the item open; a mark on the window tells whether it was ever loaded anew. */
async function inside(t) {
  const page = await house.pageOf(t, mia);
  // Inside is who has the page's own line open; a message before that is told by asking.
  const isOpen = new Promise((done) => {
    page.on('websocket', (socket) => socket.url().includes('/m/') && socket.once('framereceived', done));
  });
  await page.goto(`/media/${item}`);
  await isOpen;
  await page.evaluate(() => (globalThis.neverReloaded = true));
  return page;
}

const more = (page) => page.getByRole('button', { name: 'More for Field trip' });

test('a viewer inside becomes co-editor and back, then edits for a time that runs out', async (t) => {
  await give('co_viewer');
  const page = await inside(t);
  assert.equal(await more(page).count(), 0);

  const asked = Date.now();
  await give('co_editor');
  await more(page).waitFor({ timeout: AT_ONCE_MS });
  t.diagnostic(`the menu was there ${Date.now() - asked} ms after the request began`);
  await page.getByText('You are now here as: Co-editor.').first().waitFor();
  await more(page).click();
  await page.getByRole('menuitem', { name: 'Edit' }).click();
  await page.getByRole('dialog', { name: 'Edit' }).waitFor();

  // What is no longer hers closes under her hands, and the server refuses it too.
  await give('co_viewer');
  await page.getByRole('dialog').waitFor({ state: 'detached', timeout: AT_ONCE_MS });
  await more(page).waitFor({ state: 'detached', timeout: AT_ONCE_MS });
  assert.equal((await mia.ask('PATCH', `/api/items/${item}`, { title: 'Mine' })).status, 404);

  await give('co_editor', { minutes: 1 });
  await more(page).waitFor({ timeout: AT_ONCE_MS });
  await more(page).waitFor({ state: 'detached', timeout: 90_000 });
  await page.getByText('You are now here as: Co-viewer.').first().waitFor();
  assert.equal(await page.evaluate(() => globalThis.neverReloaded), true);

  await house.owner.do('DELETE', `/api/items/${item}/rights/${member}`);
  await page.getByRole('heading', { name: 'Your access to this media has ended.' }).waitFor({ timeout: AT_ONCE_MS });
});

test('the owner gives a right by hand, lends another and hands the media over', async (t) => {
  const page = await house.ownersPage(t);
  await page.goto(`/media/${item}`);
  await more(page).click();
  await page.getByRole('menuitem', { name: 'Collaborators' }).click();
  const dialog = page.getByRole('dialog', { name: 'Edit' });
  await dialog.getByText('Nobody else has a right here yet.').waitFor();
  await dialog.getByRole('button', { name: 'Add person' }).click();

  await dialog.getByLabel('E-mail of a member').fill('nobody@example.org');
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await dialog.getByText('No member has this address.').waitFor();
  await dialog.getByLabel('E-mail of a member').fill('mia');
  await dialog.getByRole('button', { name: /^Mia Katz/ }).click();
  await dialog.getByLabel('Right', { exact: true }).selectOption('co_editor');
  await dialog.getByText(/^May: .*edit title and description/).waitFor();
  await dialog.getByLabel('Only for').fill('30');
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await dialog.getByText(/Co-editor\s+·\s+until .+, then: no right/).waitFor();

  await dialog.getByRole('button', { name: 'More for Mia Katz' }).click();
  await page.getByRole('menuitem', { name: 'Make owner' }).click();
  await page.getByRole('button', { name: 'Give away' }).click();
  await page.getByText('You are now here as: Co-owner.').first().waitFor();
  assert.equal((await mia.do('GET', `/api/items/${item}`)).body.as.right, 'owner');
});

test('a collaborator finds what is shared with them, and a member without a right the way back', async (t) => {
  const shared = await house.readyItem('short.mp4', 'Shared film');
  const lea = await house.server.member('lea@example.org', 'Lea Roth');
  const page = await house.pageOf(t, lea);
  assert.equal((await page.goto(`/media/${shared}`)).status(), 404);
  await page.getByText('You are signed in as lea@example.org.').waitFor();
  assert.equal(await page.getByRole('link', { name: 'Sign in' }).count(), 0);
  await page.getByRole('navigation').getByRole('link', { name: 'Shared with me' }).click();
  await page.getByText('Nothing is shared with you yet').waitFor();

  const id = (await lea.do('GET', '/api/me')).body.id;
  await house.owner.do('PUT', `/api/items/${shared}/rights/${id}`, { right: 'co_editor' });
  await page.reload();
  await page.getByText('Dana Levi · Co-editor').waitFor();
  // All that the page offers is offered on the card.
  await page.getByRole('button', { name: 'More for Shared film' }).click();
  assert.deepEqual(await page.getByRole('menuitem').allInnerTexts(), ['Share', 'Edit', 'Manage guest access', 'Invite users']);
  await page.getByRole('menuitem', { name: 'Edit' }).click();
  const dialog = page.getByRole('dialog', { name: 'Edit' });
  await dialog.getByLabel('Title').fill('Shared and edited');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { name: 'Shared and edited' }).waitFor();
});
