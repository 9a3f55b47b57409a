// What happened at an item with many invites: the newest are offered to filter by, any other is found by typing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { House } from '../harness/house.mjs';
import { invite } from '../harness/invitee.mjs';
import { chooseFromMenu } from '../harness/menu.mjs';

const house = House.forThisFile();
const PUPILS = 5_000;

test('one invite of thousands is found, and the activity is about it alone', async (t) => {
  const item = await house.readyItem('short.mp4', 'For a school');
  await invite(house.owner, item, 'anna@example.org', { first_name: 'Anna', last_name: 'Berg' });
  const text = Array.from({ length: PUPILS }, (_, n) => `pupil${n}@example.org,Pupil${n},Levi`).join('\n');
  await house.owner.do('POST', `/api/items/${item}/invites/bulk`, { text, role: 'viewer', dry_run: false });
  const page = await house.ownersPage(t);
  const asked = [];
  page.on('response', async (response) => {
    if (response.url().includes(`/api/items/${item}/activity`)) asked.push((await response.body()).length);
  });
  await page.goto(`/media/${item}`);
  await chooseFromMenu(page, 'More for For a school', 'Activity');

  const dialog = page.getByRole('dialog', { name: 'Activity' });
  const choice = dialog.getByRole('combobox', { name: 'Link or invite' });
  await dialog.getByText('Not all are listed. Search by name or address for the others.').waitFor();
  assert.equal(await choice.getByRole('option').count(), 21, 'the newest twenty, and all');
  await dialog.getByRole('searchbox', { name: 'Find a link or an invite' }).fill('anna@');
  await choice.getByRole('option', { name: 'Invite: Anna Berg' }).waitFor({ state: 'attached' });
  assert.equal(await choice.getByRole('option').count(), 2);
  await choice.selectOption({ label: 'Invite: Anna Berg' });
  const lines = dialog.getByRole('listitem').filter({ hasText: 'Anna Berg' });
  await dialog.getByText('Invite for Anna Berg created').waitFor();
  assert.equal(await lines.count(), 1);

  // The chosen one stays chosen, whatever is searched for next.
  await dialog.getByRole('searchbox', { name: 'Find a link or an invite' }).fill('nobody at all');
  await dialog.getByText('No link or invite has that name or address.').waitFor();
  assert.equal(await choice.locator('option:checked').textContent(), 'Invite: Anna Berg');
  assert.ok(asked.length >= 4 && Math.max(...asked) < 20_000, `bytes of the answers: ${asked}`);
});
