// A member asks for the daily mail about who was turned away, gets it a day later over SMTP, and opens what it names.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { House } from '../harness/house.mjs';
import { invite, typeAddress } from '../harness/invitee.mjs';
import { PASSWORD } from '../harness/server.mjs';
import { Post } from '../harness/smtp.mjs';

const NAME = '<b>Field</b> & trip';
const post = await Post.forThisFile();
const house = House.forThisFile(undefined, { settings: post.settings });

async function confirmOwnAddress() {
  await house.owner.do('POST', '/api/account/addresses', { email: house.owner.email });
  const { code } = await post.next();
  await house.owner.do('POST', '/api/account/addresses/code', { code });
}

test('who was turned away is mailed a day later, once, and leads to the activity', async (t) => {
  const item = await house.readyItem('short.mp4', NAME);
  const made = await invite(house.owner, item, 'anna@example.org');
  const page = await house.ownersPage(t);
  await page.goto('/account');
  await page.getByText('Confirm one of your addresses first').waitFor();
  await confirmOwnAddress();
  await page.reload();
  const box = page.getByRole('switch', { name: 'Daily mail about who was turned away' });
  assert.equal(await box.getAttribute('aria-checked'), 'false', 'off as it comes');
  await box.click();
  await page.getByRole('switch', { name: 'Daily mail about who was turned away', checked: true }).waitFor();

  const stranger = await house.page(t);
  await stranger.goto(made.url);
  for (const wrong of ['ben@example.org', 'carl@example.org']) {
    await typeAddress(stranger, wrong);
    await stranger.getByRole('alert').filter({ hasText: 'did not open this invite' }).waitFor();
  }

  await house.goOnLater(2, []);
  const letter = await post.next();
  assert.deepEqual(letter.to, [house.owner.email]);
  assert.match(letter.headers.subject, /people were turned away from your media/);
  const text = letter.body('text/plain');
  assert.match(text, /<b>Field<\/b> & trip\r?\n- Invite for Anna Klein: The e-mail was not the invited one\. 2 times, last at [-\d]+ [\d:]+ UTC\./);
  assert.ok(!letter.body('text/html').includes('<b>Field'), 'a title is text');
  assert.ok(!/ben@|carl@/.test(text + letter.html), 'nothing that strangers typed');
  assert.ok(text.includes(`${house.server.origin}/account`), 'and where to switch it off');

  // Opened in a browser that is not signed in: after signing in it leads where it was to lead.
  const later = await house.page(t);
  await later.goto(letter.link);
  await later.waitForURL('**/sign-in?**');
  await later.getByLabel('E-mail').fill(house.owner.email);
  await later.getByLabel('Password').fill(PASSWORD);
  await later.getByRole('button', { name: 'Sign in', exact: true }).click();
  const activity = later.getByRole('dialog', { name: 'Activity' });
  await activity.getByText('Turned away: Anna Klein').first().waitFor();
});
