// A guest's browser key opens that one item. Everything else in the server's route table answers as for a stranger.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enterBy } from '../harness/guest.mjs';
import { House } from '../harness/house.mjs';
import { film } from '../harness/media.mjs';
import { routes } from '../harness/routes.mjs';
import { play, watchFrames } from '../harness/watching.mjs';

/** What a guest may do at their own item: the pages about it, its facts, its viewings. */
const OWN = new Set([
  'GET /media/{item}', 'GET /api/items/{item}', 'GET /api/items/{item}/poster', 'POST /api/viewings', 'GET /media/{item}/not-me',
  'GET /g/{token}', 'POST /g/{token}/enter',
]);
/** Answers the same whatever there is; what it gives up is named by the browser's own cookies alone. */
const NEUTRAL = new Set(['POST /m/{viewing}/leave']);
/** Marks that stand in the foreign item and must never reach the guest. */
const MARKS = ['Zanzibar ledger', 'Eleonora Quist', 'quist@example.org', 'Heron committee'];

let own, foreign, url, foreignUrl, links;
const house = House.forThisFile(async (house) => {
  const path = await film('short.mp4');
  const other = await house.server.member('quist@example.org', 'Eleonora Quist');
  [own, foreign] = await Promise.all([house.readyItem(), other.readyItem(path, 'Zanzibar ledger')]);
  const [ownLink, foreignLink] = [await house.owner.link(own), await other.link(foreign, 'Heron committee')];
  [url, foreignUrl] = [ownLink.url, foreignLink.url];
  links = { own: ownLink.id, foreign: foreignLink.id };
});

function bodyFor(method, path, item) {
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return undefined;
  const bodies = {
    '/api/viewings': { item },
    '/api/items/{item}': { title: 'Mine now' },
    '/api/items/{item}/guest-access': { enabled: false, closing: { mode: 'now' } },
    '/api/items/{item}/guest-links': { name: 'Mine' },
    '/api/items/{item}/refusals/lookup': { reference: 'ZX8S3-6CDMS' },
    '/api/tokens': { name: 'Mine', scopes: ['items:read'] },
  };
  return JSON.stringify(bodies[path] ?? {});
}

/** Tries a route as the guest's own page would, from inside it. */
async function attempt(page, { method, path }, { item, link, token }) {
  const values = { item, link, token, viewing: item, file: 'master.m3u8', upload: item };
  const address = path.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const answer = await page.evaluate(async ([method, address, body]) => {
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    const response = await fetch(address, { method, body: body ?? undefined, headers: type, redirect: 'manual' });
    return { status: response.status, isRedirect: response.type === 'opaqueredirect', text: await response.text() };
  }, [method, address, bodyFor(method, path, item)]);
  return { name: `${method} ${path}`, ...answer };
}

test('a guest tries every route, on the foreign item and on the own one', async (t) => {
  const page = await house.page(t);
  await enterBy(page, url);
  await watchFrames(page, 6);
  const guarded = routes.filter(({ guard }) => guard !== 'Open');
  assert.ok(guarded.length > 25);
  const token = new URL(foreignUrl).pathname.split('/').at(-1);

  for (const route of guarded) {
    const { name, status, isRedirect, text } = await attempt(page, route, { item: foreign, link: links.foreign, token });
    // A foreign link's own page is open to whoever has the link, and shows the title there.
    if (name === 'GET /g/{token}') continue;
    assert.ok(NEUTRAL.has(name) || isRedirect || (status >= 400 && status < 500), `${name} on a foreign item: ${status} ${text.slice(0, 200)}`);
    for (const mark of MARKS) assert.ok(!text.includes(mark), `${name} tells ${mark}`);
  }
  for (const route of guarded) {
    const { name, status, isRedirect, text } = await attempt(page, route, { item: own, link: links.own, token: 'x' });
    if (OWN.has(name) || NEUTRAL.has(name)) continue;
    assert.ok(isRedirect || (status >= 400 && status < 500), `${name} on the own item: ${status} ${text.slice(0, 200)}`);
  }
  assert.deepEqual(await house.owner.uses(own), { Parents: 1 });
  const { enabled, links: kept } = await house.owner.guestAccess(own);
  assert.deepEqual([enabled, kept.map(({ name }) => name)], [true, ['Parents']]);
  await page.reload();
  await play(page);
  await watchFrames(page, 6);
});

test('a guest opens every other page', async (t) => {
  const page = await house.page(t);
  await enterBy(page, url);
  for (const address of ['/', '/media', '/tokens', `/media/${foreign}`, '/media/nonsense', '/nowhere']) {
    await page.goto(address);
    const text = await page.locator('body').innerText();
    assert.ok(!text.includes('My media') && !text.includes('API tokens'), `${address} shows a member's page`);
    for (const mark of MARKS) assert.ok(!text.includes(mark), `${address} tells ${mark}`);
  }
  for (const address of [`/media/${foreign}`, '/media/nonsense']) {
    await page.goto(address);
    assert.equal(new URL(page.url()).pathname, '/sign-in', `${address} asks a guest of another item to sign in, as any stranger`);
  }
  await page.goto(`/media/${own}`);
  await page.getByText('You are here as Anna K.').waitFor();
  assert.deepEqual(await page.locator('header a').count(), 0);
});
