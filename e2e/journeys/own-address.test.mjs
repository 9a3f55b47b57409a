// A member proves that an address is theirs by a code that is really mailed; what somebody else proved stays theirs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { House } from '../harness/house.mjs';
import { Post, another } from '../harness/smtp.mjs';

let ben;
const post = await Post.forThisFile();
const house = House.forThisFile(async ({ server }) => (ben = await server.member('ben@example.org', 'Ben Katz')), { settings: post.settings });

async function accountPage(t, member) {
  const page = await house.pageOf(t, member);
  await page.goto('/account');
  return page;
}

async function askFor(page, email) {
  await page.getByRole('button', { name: 'Add address' }).click();
  await page.getByLabel('New address').fill(email);
  await page.getByRole('button', { name: 'Send code', exact: true }).click();
  await page.getByRole('status').filter({ hasText: `A code of eight digits is on its way to ${email}.` }).waitFor();
  const letter = await post.next();
  assert.deepEqual(letter.to, [email]);
  assert.ok(letter.body('text/plain').includes(email), 'it says what it confirms');
  return letter.code;
}

async function type(page, code) {
  await page.getByLabel('Code', { exact: true }).fill(code);
  await page.getByRole('button', { name: 'Confirm address' }).click();
}

test('a mailed code confirms an address, which can then be signed in with', async (t) => {
  const page = await accountPage(t, house.owner);
  const code = await askFor(page, 'dana@home.example');
  const list = page.getByRole('listitem').filter({ hasText: 'dana@home.example' });
  assert.equal(await list.count(), 0, 'not theirs yet');
  await type(page, '1234');
  await page.getByText('Type the eight digits of the code.').waitFor();
  await type(page, another(code));
  await page.getByText('That is not the code.').waitFor();
  // The page may be loaded again meanwhile: what waits is known to the server.
  await page.reload();
  await type(page, `${code.slice(0, 4)} ${code.slice(4)}`);
  await list.filter({ hasText: 'confirmed' }).waitFor();
  await list.getByRole('button', { name: 'Sign in with it' }).click();
  await list.filter({ hasText: 'used to sign in' }).waitFor();
});

test('somebody else learns nothing until they read that mailbox, and does not get the address', async (t) => {
  const page = await accountPage(t, ben);
  const code = await askFor(page, 'dana@home.example');
  await type(page, another(code));
  await page.getByText('That is not the code.').waitFor();
  await type(page, code);
  await page.getByRole('alert').filter({ hasText: 'Another account on this site has this address.' }).waitFor();
  const { addresses } = (await ben.do('GET', '/api/account')).body;
  assert.deepEqual(addresses.map(({ email }) => email), ['ben@example.org']);
});

test('five wrong tries spend a code, and a new one is asked for', async (t) => {
  const page = await accountPage(t, ben);
  const first = await askFor(page, 'ben@home.example');
  for (let tried = 0; tried < 5; tried += 1) {
    const status = (await ben.ask('POST', '/api/account/addresses/code', { code: another(first) })).status;
    assert.equal(status, 422);
  }
  await type(page, first);
  await page.getByText('This code is no good any more.').waitFor();
  await page.getByRole('button', { name: 'Send a new code' }).click();
  const { code } = await post.next();
  await type(page, code);
  await page.getByRole('listitem').filter({ hasText: 'ben@home.example' }).filter({ hasText: 'confirmed' }).waitFor();
});
