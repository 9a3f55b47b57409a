// Passkeys with Chromium's own authenticator, in software.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { House } from '../harness/house.mjs';

const house = House.forThisFile();

/**
 * A page with an authenticator that always agrees, in a browser that offers passkeys on a button alone: at the field
 * this one would agree before anybody could press that.
 */
async function withAuthenticator(t, page, { atField = false } = {}) {
  if (!atField) await page.addInitScript(() => (PublicKeyCredential.isConditionalMediationAvailable = async () => false));
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const options = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true };
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', { options });
  return { cdp, authenticatorId };
}

/** Registers a passkey as the account page does. */
function register(page, name) {
  return page.evaluate(async (called) => {
    const post = (path, body) => fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body ?? {}) });
    const begun = await post('/api/passkeys/begin');
    if (!begun.ok) return { status: begun.status };
    const { options } = await begun.json();
    const made = await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options.publicKey) });
    const kept = await post('/api/passkeys', { name: called, answer: made.toJSON() });
    const again = await post('/api/passkeys', { name: called, answer: made.toJSON() });
    return { status: kept.status, body: await kept.json(), again: again.status, handle: options.publicKey.user.id };
  }, name);
}

test('a passkey signs in without an address, once an answer, and no copy of it does', async (t) => {
  const visitor = await house.visitor(t);
  await visitor.context.addCookies(house.owner.cookies());
  const page = await visitor.newPage();
  const { cdp, authenticatorId } = await withAuthenticator(t, page);
  await page.goto('/media');
  const made = await register(page, 'My laptop');
  assert.equal(made.status, 201, JSON.stringify(made));
  assert.equal(made.again, 422, 'the answer counts once');
  assert.ok(!Buffer.from(made.handle, 'base64url').includes('dana'), 'the handle is no address');

  await visitor.context.clearCookies();
  await page.goto('/sign-in?next=%2Ftokens');
  const answered = page.waitForRequest((request) => request.url().endsWith('/api/sign-in/passkey/finish'));
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await page.waitForURL('**/tokens');
  const { passkeys } = (await house.owner.do('GET', '/api/passkeys')).body;
  assert.deepEqual(passkeys.map(({ name }) => name), ['My laptop']);
  assert.ok(passkeys[0].used_ms > 0);

  // The same answer again, and without the browser that asked: nobody.
  const body = (await answered).postData();
  for (const cookies of [[], await visitor.context.cookies()]) {
    await visitor.context.clearCookies();
    await visitor.context.addCookies(cookies.filter(({ name }) => name !== '__Host-anteroom-session'));
    const status = await page.evaluate(async (text) => {
      const sent = await fetch('/api/sign-in/passkey/finish', { method: 'POST', headers: { 'content-type': 'application/json' }, body: text });
      return sent.status;
    }, body);
    assert.equal(status, 401);
  }

  // A copy of the authenticator counts from where it was taken.
  const { credentials } = await cdp.send('WebAuthn.getCredentials', { authenticatorId });
  assert.ok(credentials[0].signCount > 0);
  await cdp.send('WebAuthn.clearCredentials', { authenticatorId });
  await cdp.send('WebAuthn.addCredential', { authenticatorId, credential: { ...credentials[0], signCount: 0 } });
  await visitor.context.clearCookies();
  await page.goto('/sign-in');
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await page.getByRole('alert').filter({ hasText: 'That passkey did not sign you in' }).waitFor();

  // The right one again, until its member deletes it.
  await cdp.send('WebAuthn.clearCredentials', { authenticatorId });
  await cdp.send('WebAuthn.addCredential', { authenticatorId, credential: { ...credentials[0], signCount: credentials[0].signCount + 5 } });
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await page.waitForURL('**/');
  await house.owner.do('DELETE', `/api/passkeys/${passkeys[0].id}`);
  await visitor.context.clearCookies();
  await page.goto('/sign-in');
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await page.getByRole('alert').filter({ hasText: 'That passkey did not sign you in' }).waitFor();
});

test('who gives up at the authenticator may go on otherwise', async (t) => {
  const page = await house.page(t);
  const { cdp, authenticatorId } = await withAuthenticator(t, page);
  await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
  await page.goto('/sign-in');
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await page.getByRole('alert').filter({ hasText: 'No passkey was chosen' }).waitFor();
  await page.getByLabel('E-mail').fill('dana@example.org');
});

/** A hand on the mouse, until what it leads to is there. */
async function somebodyMoves(page, until) {
  let isThere = false;
  void until.finally(() => (isThere = true));
  for (let x = 0; !isThere; x += 1) {
    await page.mouse.move(100 + (x % 100), 100);
    await page.waitForTimeout(100);
  }
}

test('a passkey that is chosen at the e-mail field signs in, without a button', async (t) => {
  const visitor = await house.visitor(t);
  await visitor.context.addCookies(house.owner.cookies());
  const page = await visitor.newPage();
  const { cdp, authenticatorId } = await withAuthenticator(t, page, { atField: true });
  await page.goto('/media');
  assert.equal((await register(page, 'Offered')).status, 201);
  // Until somebody chooses, nothing is chosen: the authenticator here agrees as soon as it may.
  await cdp.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled: false });
  await visitor.context.clearCookies();
  const begun = page.waitForResponse((response) => response.url().endsWith('/api/sign-in/passkey'));
  await page.goto('/sign-in?next=%2Ftokens');
  await page.getByLabel('E-mail').waitFor();
  assert.ok(!(await visitor.context.cookies()).some(({ name }) => name === '__Host-anteroom-passkey'), 'nothing is asked while nobody is there');
  await somebodyMoves(page, begun);
  assert.equal((await begun).status(), 200);
  assert.equal(await page.getByLabel('E-mail').getAttribute('autocomplete'), 'username webauthn');
  const asked = await visitor.context.cookies();
  assert.ok(asked.some(({ name }) => name === '__Host-anteroom-passkey'));
  assert.ok(!asked.some(({ name }) => name === '__Host-anteroom-flow'), 'a sign-in by another site is not cut off');
  // Whoever comes back from another tab is offered their passkeys anew, and here chooses one.
  await cdp.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled: true });
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await page.waitForURL('**/tokens');
});
