// Signing in by another site: a certified provider, and one that lies in every way it can.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { House } from '../harness/house.mjs';
import { Liar, realProvider, secret, settings } from '../harness/oidc.mjs';

const people = {
  'dana-7': { email: 'dana@example.org', email_verified: true, name: 'Dana', groups: ['staff'] },
  'noa-1': { email: 'noa@school.example', email_verified: true, name: 'Noa Bar', groups: ['teachers'] },
};

let real;
let liar;
const house = House.forThisFile(async ({ server }) => {
  real = await realProvider(people, [`${server.origin}/sign-in/oidc/school/callback`]);
  liar = await Liar.begin();
  const file = join(server.data, 'secret');
  await writeFile(file, `${secret}\n`);
  const claims = 'scopes = ["email", "profile", "groups"]\ngroups_claim = "groups"\ngroups = { teachers = "Teachers" }\nroles = { staff = "admin", teachers = "private_only" }';
  const school = settings('school', real.issuer, `client_secret_file = "${file}"\ncreate_members = true\ntrusted_domains = ["example.org", "school.example"]\n${claims}`);
  const other = settings('liar', liar.issuer, 'create_members = true');
  const silent = settings('silent', liar.issuer, 'assume_email_verified = true\ntrusted_domains = ["example.org"]');
  await server.stop();
  await writeFile(join(server.data, 'anteroom.toml'), `${school}\n${other}\n${silent}`);
  await server.start();
});
after(async () => {
  await real?.end();
  await liar?.end();
});

async function signInPage(t, next = '/media') {
  const visitor = await house.visitor(t);
  for (const { issuer } of [real, liar]) visitor.hosts.add(new URL(issuer).host);
  const page = await visitor.newPage();
  await page.goto(`/sign-in?next=${encodeURIComponent(next)}`);
  return page;
}

const me = (page) => page.evaluate(async () => (await fetch('/api/me')).json());
const by = (page, name) => page.getByRole('button', { name: `Sign in with ${name}` }).click();
const failed = (page, words) => page.getByRole('alert').filter({ hasText: words }).waitFor();

test('a member is recognised by a proved address, with the role that the provider says, and goes on where they wanted', async (t) => {
  real.be('dana-7');
  const page = await signInPage(t, '/tokens');
  await by(page, 'school');
  await page.waitForURL('**/tokens');
  const { email, role } = await me(page);
  assert.deepEqual({ email, role }, { email: 'dana@example.org', role: 'admin' });
});

test('who fails there and signs in in another way goes on where they wanted', async (t) => {
  liar.lie = ({ claims }) => (claims.iss = 'https://elsewhere.example');
  t.after(() => (liar.lie = () => {}));
  const page = await signInPage(t, '/tokens');
  await by(page, 'liar');
  await failed(page, 'cannot be trusted');
  real.be('dana-7');
  await by(page, 'school');
  await page.waitForURL('**/tokens');
});

test('somebody new gets an account', async (t) => {
  real.be('noa-1');
  const page = await signInPage(t);
  await by(page, 'school');
  await page.waitForURL('**/media');
  const { email, name, role } = await me(page);
  assert.deepEqual({ email, name, role }, { email: 'noa@school.example', name: 'Noa Bar', role: 'private_only' });
});

test('the way back works without script, by a press', async (t) => {
  const visitor = await house.visitor(t, { javaScriptEnabled: false });
  const page = await visitor.newPage();
  await page.goto('/sign-in/oidc/liar/callback?code=c&state=s');
  assert.deepEqual(await visitor.context.cookies(), [], 'a GET sets no cookie');
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.waitForURL('**/sign-in?failed=stale');
});

/** Each lie, and what the person is told. */
const lies = {
  'another issuer': [({ claims }) => (claims.iss = 'https://elsewhere.example'), 'cannot be trusted'],
  'another audience': [({ claims }) => (claims.aud = 'somebody-else'), 'cannot be trusted'],
  'a token for several': [({ claims }) => (claims.aud = ['anteroom', 'somebody-else']), 'cannot be trusted'],
  'another nonce': [({ claims }) => (claims.nonce = 'of another sign-in'), 'cannot be trusted'],
  'another algorithm': [({ head }) => (head.alg = 'HS256'), 'cannot be trusted'],
  'an old token': [({ claims }) => Object.assign(claims, { iat: claims.iat - 900, exp: claims.iat - 600 }), 'clocks of the other site'],
  'a token of tomorrow': [({ claims }) => Object.assign(claims, { iat: claims.iat + 86_400, exp: claims.iat + 90_000 }), 'clocks of the other site'],
  'an unproved address of a member': [({ claims }) => Object.assign(claims, { sub: 'thief', email: 'dana@example.org', email_verified: false }), 'does not prove that it is yours'],
  'no address': [({ claims }) => Object.assign(claims, { sub: 'silent', email: undefined }), 'did not tell your e-mail'],
};

for (const [what, [lie, words]] of Object.entries(lies)) {
  test(`a provider that lies: ${what}`, async (t) => {
    liar.lie = lie;
    t.after(() => (liar.lie = () => {}));
    const page = await signInPage(t, '/tokens?a=1');
    await by(page, 'liar');
    await failed(page, words);
    assert.equal((await me(page)).code, 'sign_in_first');
    assert.equal(new URL(page.url()).searchParams.get('next'), '/tokens?a=1', 'where to go is not forgotten');
  });
}

for (const [what, how] of Object.entries({ 'no signature': 'unsigned', 'a key that it does not tell': 'foreignKey' })) {
  test(`a provider that lies: ${what}`, async (t) => {
    liar[how] = true;
    t.after(() => (liar[how] = false));
    const page = await signInPage(t);
    await by(page, 'liar');
    await failed(page, 'cannot be trusted');
  });
}

test('a provider that says nothing about an address is believed where the site says so, and a no is a no', async (t) => {
  const dana = { sub: 'silent-7', email: 'dana@example.org' };
  t.after(() => (liar.lie = () => {}));
  // What failed before is counted, and forgotten with the process.
  await later(0);
  const page = await signInPage(t, '/tokens');
  liar.lie = ({ claims }) => Object.assign(claims, dana, { email_verified: undefined });
  await by(page, 'liar');
  await failed(page, 'does not prove that it is yours');
  liar.lie = ({ claims }) => Object.assign(claims, dana, { email_verified: false });
  await by(page, 'silent');
  await failed(page, 'does not prove that it is yours');
  liar.lie = ({ claims }) => Object.assign(claims, dana, { email_verified: undefined });
  await by(page, 'silent');
  await page.getByRole('heading', { name: 'API tokens' }).waitFor();
  assert.equal((await me(page)).email, 'dana@example.org');
});

for (const [what, name] of Object.entries({ 'a slash more': (issuer) => `${issuer}/`, 'a name for many': () => 'https://login.example/{tenantid}/v2.0' })) {
  test(`a provider that calls itself otherwise than the settings do is set up wrongly: ${what}`, async (t) => {
    liar.name = name(liar.issuer);
    t.after(async () => {
      liar.name = null;
      await later(0);
    });
    await later(0);
    const page = await signInPage(t);
    await by(page, 'liar');
    await failed(page, 'set up wrongly');
    const { log } = house.server;
    assert.ok(log.includes(`"${liar.name}"`) && log.includes(`"${liar.issuer}"`), 'the log names both');
  });
}

test('a code belongs to the browser that asked, once; a new key of the provider is learnt', async (t) => {
  const page = await signInPage(t);
  const callback = page.waitForRequest((request) => request.url().includes('/sign-in/oidc/liar/callback'));
  await by(page, 'liar');
  await page.waitForURL('**/media');
  const url = (await callback).url();

  // The same address again, there and in another browser.
  const { redeemed } = liar;
  await page.goto(url);
  await page.getByRole('heading', { name: 'Signing in' }).waitFor({ state: 'detached' });
  assert.equal(liar.redeemed, redeemed, 'nothing was redeemed again');
  const other = await signInPage(t);
  await other.goto(url);
  await failed(other, 'begun in another browser');
  assert.equal((await me(other)).code, 'sign_in_first');

  // A state from another browser, in one that began too.
  liar.state = new URL(url).searchParams.get('state');
  t.after(() => (liar.state = null));
  await by(other, 'liar');
  await failed(other, 'begun in another browser');
  assert.equal(liar.redeemed, redeemed, 'the code was not even shown to the provider');

  liar.state = null;
  liar.rotate();
  const asked = liar.keysAsked;
  const third = await signInPage(t);
  await by(third, 'liar');
  await third.waitForURL('**/media');
  assert.equal(liar.keysAsked, asked + 1);
});

/** Restarts the server in so many minutes; it has forgotten its providers, and people who wait have not noticed. */
async function later(minutes) {
  await house.server.stop();
  await house.server.start({ laterByDays: minutes / 1_440 });
}

test('who comes back too late is told so, and begins again where they are', async (t) => {
  liar.asks = true;
  t.after(async () => {
    liar.asks = false;
    liar.lie = () => {};
    await later(0);
  });
  const page = await signInPage(t, '/tokens?a=1');
  await by(page, 'liar');
  const press = page.getByRole('link', { name: 'It is me' });
  await press.waitFor();
  const { redeemed } = liar;
  await later(6);
  await press.click();
  await failed(page, 'took too long');
  assert.equal(liar.redeemed, redeemed, 'the code was not even shown to the provider');
  assert.equal((await me(page)).code, 'sign_in_first');

  // The provider's clock went on as well.
  liar.lie = ({ claims }) => Object.assign(claims, { iat: claims.iat + 360, exp: claims.exp + 360 });
  await by(page, 'liar');
  await press.click();
  await page.waitForURL('**/tokens?a=1');
  await page.getByRole('heading', { name: 'API tokens' }).waitFor();
});

test('who goes back in the browser after signing in is still signed in, and nothing is redeemed twice', async (t) => {
  const page = await signInPage(t, '/tokens');
  await by(page, 'liar');
  await page.getByRole('heading', { name: 'API tokens' }).waitFor();
  const { redeemed } = liar;
  await page.goBack();
  await page.getByRole('heading', { name: 'My media' }).waitFor();
  assert.equal(await page.getByRole('alert').count(), 0);
  assert.equal((await me(page)).email, 'noa@school.example');
  assert.equal(liar.redeemed, redeemed);
});

test('a provider that is down holds up nobody', async (t) => {
  liar.isDown = true;
  t.after(() => (liar.isDown = false));
  // What is known of it is forgotten with the process.
  await house.server.stop();
  await house.server.start();
  const page = await signInPage(t);
  await by(page, 'liar');
  await failed(page, 'cannot be reached');
  real.be('dana-7');
  await by(page, 'school');
  await page.waitForURL('**/media');
});
