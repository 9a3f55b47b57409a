// A blocked domain, at both ends: nobody of it can be invited, and who was invited before does not come in.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDenied } from '../harness/guest.mjs';
import { House } from '../harness/house.mjs';
import { goIn, invite, typeAddress, usesOf } from '../harness/invitee.mjs';
import { chooseFromMenu } from '../harness/menu.mjs';
import { play, watchFrames } from '../harness/watching.mjs';

let ada, item;
const house = House.forThisFile(async (house) => {
  item = await house.readyItem('long.mp4');
  ada = await house.server.member('ada@example.org', 'Ada Admin', 'site_administrator');
});

/** An administrator blocks domains, on the page of the site's settings. */
async function block(t, domains) {
  const page = await house.pageOf(t, ada);
  await page.goto('/settings');
  const part = page.getByRole('region', { name: 'Domains' });
  await part.getByLabel('Blocked domains').fill(domains);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved', { exact: true }).first().waitFor();
  t.after(() => ada.do('PATCH', '/api/site/policy', { blocked_domains: [] }));
}

test('nobody of a blocked domain or below it is invited, and the sheet says why', async (t) => {
  await block(t, 'later.example');
  const page = await house.ownersPage(t);
  await page.goto(`/media/${item}`);
  await chooseFromMenu(page, 'More for Field trip', 'Invite users');
  const sheet = page.getByRole('dialog');
  for (const email of ['nora@later.example', 'nora@mail.Later.example']) {
    await sheet.getByRole('combobox', { name: 'E-mail' }).fill(email);
    await sheet.getByLabel('First name').fill('Nora');
    await sheet.getByLabel('Last name').fill('Bell');
    await sheet.getByRole('button', { name: 'Create invite' }).click();
    await sheet.getByText('Addresses of that domain are not accepted here.').waitFor();
  }
  // Blocking is about whole domains, not about endings of words.
  await sheet.getByRole('combobox', { name: 'E-mail' }).fill('nora@notlater.example');
  await sheet.getByRole('button', { name: 'Create invite' }).click();
  await sheet.getByLabel('Link for Nora Bell').waitFor();
  const { body } = await house.owner.do('GET', `/api/items/${item}/invites`);
  assert.deepEqual(body.invites.map(({ email }) => email), ['nora@notlater.example']);
});

test('who was invited before meets the denied page, from the lobby too, until the domain is free again', async (t) => {
  const [nora, noam] = ['nora@later.example', 'noam@later.example'];
  const [before, waiting] = [await invite(house.owner, item, nora), await invite(house.owner, item, noam)];
  const [inside, lobby, late] = [await house.page(t), await house.page(t), await house.page(t)];
  await goIn(inside, before, nora);
  await watchFrames(inside, 6);
  await lobby.goto(waiting.url);
  await lobby.locator('body[data-page=lobby]').waitFor();

  await block(t, 'later.example');
  await typeAddress(lobby, noam);
  await lobby.locator('body[data-page=denied]').waitFor();
  assert.equal(await usesOf(house.owner, item, waiting), 0);
  for (const [page, address] of [[late, waiting.url], [inside, before.url], [inside, `/media/${item}`]]) {
    assert.equal((await page.goto(address)).status(), 404);
    assert.ok(await isDenied(page));
  }
  await ada.do('PATCH', '/api/site/policy', { blocked_domains: [] });
  await inside.goto(before.url);
  await play(inside);
  await watchFrames(inside, 6);
  await goIn(lobby, waiting, noam);
  await watchFrames(lobby, 6);
});
