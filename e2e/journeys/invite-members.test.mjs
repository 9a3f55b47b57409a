// Invited people who have an account: a proved address goes straight in, any other meets the lobby with the own
// address filled in, and nobody is signed out.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isInside } from '../harness/guest.mjs';
import { House } from '../harness/house.mjs';
import { invite, lobbyField, typeAddress, usesOf, vouch } from '../harness/invitee.mjs';
import { begin, play, watchFrames } from '../harness/watching.mjs';

let item, ada, mia, noa;
const house = House.forThisFile(async (house) => {
  item = await house.readyItem('long.mp4');
  ada = await house.server.member('ada@example.org', 'Ada Admin', 'site_administrator');
  mia = await house.server.member('mia@example.org', 'Mia Katz');
  noa = await house.server.member('noa@example.org', 'Noa Stern');
  await vouch(ada, mia);
});

const MIA = { first_name: 'Mia', last_name: 'Katz' };
const uses = (invited) => usesOf(house.owner, item, invited);

/** Whom the browser is signed in as. */
const signedInAs = (page) => page.evaluate(async () => (await (await fetch('/api/me')).json()).email);

/** The address that the open lobby has filled in. */
async function filledIn(page) {
  await page.locator('body[data-page=lobby]').waitFor();
  return lobbyField(page).inputValue();
}

test('with a proved address one goes straight in, is bound once, and stays signed in', async (t) => {
  const invited = await invite(house.owner, item, mia.email, MIA);
  const page = await house.pageOf(t, mia);
  await page.request.get(invited.url);
  assert.equal(await uses(invited), 0, 'asking for the page binds nothing');
  await page.goto(invited.url);
  await isInside(page);
  await page.getByText('You are here as Mia Katz (invited).').waitFor();
  await begin(page);
  await watchFrames(page, 12);
  assert.equal(await uses(invited), 1);
  assert.equal(await signedInAs(page), mia.email);

  await page.goto(invited.url);
  await isInside(page);
  await play(page);
  await watchFrames(page, 12);
  assert.equal(await uses(invited), 1);
});

test('an address that is not proved meets the lobby, filled in, and one press goes in', async (t) => {
  const invited = await invite(house.owner, item, noa.email, { first_name: 'Noa', last_name: 'Stern' });
  const page = await house.pageOf(t, noa);
  await page.goto(invited.url);
  assert.equal(await filledIn(page), noa.email);
  assert.equal(await uses(invited), 0);
  await page.getByRole('button', { name: 'Go in' }).click();
  await isInside(page);
  await watchFrames(page, 12);
  assert.equal(await signedInAs(page), noa.email);
  assert.equal(await uses(invited), 1);
});

test('whoever is signed in as somebody else types the invited address, and stays who they are', async (t) => {
  const invited = await invite(house.owner, item, 'anna@example.org');
  const page = await house.pageOf(t, mia);
  await page.goto(invited.url);
  assert.equal(await filledIn(page), mia.email, 'the own address, although it is not the invited one');
  await page.getByRole('button', { name: 'Go in' }).click();
  await page.getByRole('alert').filter({ hasText: 'That address did not open this invite.' }).waitFor();
  assert.equal(await signedInAs(page), mia.email);
  await typeAddress(page, 'anna@example.org');
  await isInside(page);
  await page.getByText('You are here as Anna Klein (invited).').waitFor();
  await watchFrames(page, 12);
  assert.equal(await signedInAs(page), mia.email);
});

/** An administrator chooses when the lobby asks members too, on the page of the site's settings. */
async function setLobby(t, words) {
  const page = await house.pageOf(t, ada);
  await page.goto('/settings');
  const doors = page.getByRole('region', { name: 'At the door' });
  const media = doors.getByRole('group', { name: 'Videos' });
  await media.getByLabel('Lobby for invitees who are signed in').selectOption({ label: words });
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved', { exact: true }).first().waitFor();
}

test('where the lobby is always asked, a proved member meets it on each device once, and comes back freely', async (t) => {
  await setLobby(t, 'Always');
  t.after(() => ada.do('PATCH', '/api/site/policy', { doors: [{ class: 'media', lobby: { mode: 'never' } }] }));
  // A member of their own: the seat is the person's, and Mia's has a device already.
  const lea = await house.server.member('lea@example.org', 'Lea Roth');
  await vouch(ada, lea);
  const invited = await invite(house.owner, item, lea.email, { first_name: 'Lea', last_name: 'Roth' });
  const page = await house.pageOf(t, lea);
  await page.goto(invited.url);
  assert.equal(await filledIn(page), lea.email);
  await page.getByRole('button', { name: 'Go in' }).click();
  await isInside(page);
  await watchFrames(page, 12);
  assert.equal(await uses(invited), 1);

  await page.goto(invited.url);
  await isInside(page);
  await play(page);
  await watchFrames(page, 12);
  assert.equal(await uses(invited), 1);
  assert.equal(await signedInAs(page), lea.email);
});
