// An invite by e-mail, from the owner's wish to the guest inside: a real SMTP server takes the message, a mail
// program's parser reads it, and its link is opened in another browser.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isInside } from '../harness/guest.mjs';
import { House } from '../harness/house.mjs';
import { invite, listed, typeAddress, typeCode } from '../harness/invitee.mjs';
import { Post, another } from '../harness/smtp.mjs';
import { eventually } from '../harness/traffic.mjs';

const ADDRESS = 'anna@example.org';
const SETTLES_WITHIN_MS = 60_000;

const post = await Post.forThisFile();
const house = House.forThisFile(setTemplate, { settings: post.settings });

async function setTemplate({ server }) {
  const administrator = await server.member('ada@example.org', 'Ada Stone', 'site_administrator');
  await administrator.do('PATCH', '/api/site/policy', { invite_template: 'invite' });
}

const mailInvite = (item, email = ADDRESS, more = {}) => invite(house.owner, item, email, { send_mail: true, ...more });

/** What the list says, once the mail server has answered. */
async function becomes(item, made, state) {
  const isSo = async () => (await listed(house.owner, item, made)).state === state;
  await eventually(isSo, { withinMs: SETTLES_WITHIN_MS, what: `the list says ${state}` });
  return listed(house.owner, item, made);
}

test('an invite arrives by e-mail and opens for its address alone', async (t) => {
  const item = await house.readyItem('short.mp4', 'Field trip & "more"');
  const made = await mailInvite(item);
  const letter = await post.next();
  assert.deepEqual(letter.to, [ADDRESS]);
  assert.match(letter.headers.to, /Anna Klein/);
  assert.match(letter.body('text/plain'), /Anna[^]*Field trip & "more"/);
  assert.match(letter.html, /Field trip & "more"/);
  assert.doesNotMatch(letter.body('text/html'), /Field trip & "more"/);
  assert.ok(letter.body('text/plain').includes(letter.link), 'text and HTML have the same link');
  assert.ok(letter.parts.some(({ type: kind, cid }) => kind === 'image/png' && cid), 'the QR code is inside');
  assert.equal((await becomes(item, made, 'mailed')).mail.state, 'sent');

  const page = await house.page(t);
  await page.goto(letter.link);
  await typeAddress(page, 'ben@example.org');
  await page.getByRole('alert').filter({ hasText: 'did not open this invite' }).waitFor();
  await typeAddress(page, ADDRESS);
  await isInside(page);
  assert.equal(new URL(page.url()).pathname, `/media/${item}`);
  await page.locator('video').waitFor();
  assert.equal((await listed(house.owner, item, made)).state, 'entered');
});

test('the list of invites hears by itself what became of a mail', async (t) => {
  const item = await house.readyItem('short.mp4', 'Told');
  const page = await house.ownersPage(t);
  const heard = [];
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => heard.push(String(payload))));
  await page.goto('/');
  await page.getByRole('heading', { name: 'Told' }).waitFor();
  await post.behave('wait');
  t.after(() => post.behave('accept'));
  const made = await mailInvite(item);
  await post.next();
  assert.equal((await listed(house.owner, item, made)).state, 'created', 'a mail on its way is none that has arrived');
  const before = heard.filter((message) => message.includes('invites') && message.includes(item)).length;
  await post.go();
  await becomes(item, made, 'mailed');
  const isTold = () => heard.filter((message) => message.includes('invites') && message.includes(item)).length > before;
  await eventually(isTold, { withinMs: SETTLES_WITHIN_MS, what: 'the page is told' });
});

test('a refused mail is shown with the words of the mail server, and can be sent again', async () => {
  const item = await house.readyItem('short.mp4', 'Refused');
  await post.behave('refuse');
  const made = await mailInvite(item);
  const failed = await becomes(item, made, 'mail_failed');
  assert.equal(failed.mail.state, 'failed');
  assert.match(failed.mail.answer, /550 5\.1\.1 No such person here/);
  assert.equal(failed.mail.cause, 'no_such_address');
  await post.behave('accept');
  await house.owner.do('POST', `/api/items/${item}/invites/${made.id}/send?language=he`);
  assert.match((await post.next()).body('text/html'), /dir="rtl"/);
  assert.equal((await becomes(item, made, 'mailed')).mail.state, 'sent');
});

test('an invite that asks for proof mails a code, and the code opens it', async (t) => {
  const item = await house.readyItem('short.mp4', 'Proven');
  await mailInvite(item, 'cleo@example.org', { proves_by_code: true, first_name: 'Cleo' });
  const page = await house.page(t);
  await page.goto((await post.next()).link);
  await typeAddress(page, 'cleo@example.org');
  const { code, to } = await post.next();
  assert.deepEqual(to, ['cleo@example.org']);
  await typeCode(page, another(code));
  await page.getByRole('alert').filter({ hasText: 'That code did not open' }).waitFor();
  await typeCode(page, code);
  await isInside(page);
  assert.equal(new URL(page.url()).pathname, `/media/${item}`);
  await page.locator('video').waitFor();
});
