// A scanner that runs scripts, in a real Chromium: it opens every GET route, stays, and lets each page do what it does.
// The thirty that run none are in crates/server/tests/it/quiet.rs.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Visitor } from '../harness/browser.mjs';
import { enterBy } from '../harness/guest.mjs';
import { House } from '../harness/house.mjs';
import { ask } from '../harness/http.mjs';
import { goIn, invite } from '../harness/invitee.mjs';
import { film } from '../harness/media.mjs';
import { routes } from '../harness/routes.mjs';
import { Anteroom } from '../harness/server.mjs';
import { eventually } from '../harness/traffic.mjs';

const RUNS_MS = 10_000;
/** Longer than the server's own rounds of two seconds: what is written on the way is written by then. */
const QUIET_MS = 5_000;
const AGENT = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko; SafeLinks) Chrome/126.0.0.0 Safari/537.36';
let bare;
const house = House.forThisFile(async () => {
  bare = await Anteroom.begin();
});
after(() => bare?.end());

/** One hash over every table: the database's own files, which grow with each write and stand still without one. */
async function tables(server) {
  const hash = createHash('sha256');
  for (const file of ['anteroom.sqlite3', 'anteroom.sqlite3-wal']) hash.update(await readFile(join(server.data, file)));
  return hash.digest('hex');
}

async function quietTables(server) {
  let hash = await tables(server);
  const stands = async () => {
    const before = hash;
    await pause(QUIET_MS);
    hash = await tables(server);
    return hash === before;
  };
  await eventually(stands, { withinMs: 60_000, what: 'the server has nothing more to write' });
  return hash;
}

/** What the owner is told, without the time of the telling. */
async function told(items) {
  return Promise.all(items.map(async (item) => {
    const { now_ms: _, ...access } = await house.owner.guestAccess(item);
    const [invites, activity] = await Promise.all(['invites', 'activity'].map((what) => house.owner.do('GET', `/api/items/${item}/${what}`)));
    return { access, invites: invites.body.invites, activity: activity.body };
  }));
}

/** Things of every kind that addresses name. */
async function furnish() {
  const { owner, server } = house;
  const item = await house.readyItem();
  const unready = await owner.upload(await film('short.mp4'), 'Not yet', { until: 0.5 });
  const { url } = await owner.link(item, 'Parents', { max_uses: 5 });
  const usedUp = await owner.link(item, 'Used up', { max_uses: 1 });
  const waiting = await owner.link(unready, 'Waiting');
  const [invited, bound] = [await invite(owner, item, 'anna@example.org'), await invite(owner, item, 'ben@example.org')];
  const ada = await server.member('ada@example.org', 'Ada Admin', 'site_administrator');
  const { body: { link } } = await ada.do('POST', '/api/members', { email: 'nina@example.org', name: 'Nina New', role: 'viewer' });
  const { body: { viewing } } = await owner.do('POST', '/api/viewings', { item });
  const file = /\/assets\/([^"]+\.js)/.exec((await ask(`${server.origin}/sign-in`)).text)[1];
  const token = (url) => new URL(url).pathname.split('/').at(-1);
  const tokens = { '/g/{token}': [url, usedUp.url, waiting.url], '/i/{token}': [invited.url, bound.url], '/account/{token}': [link.url] };
  for (const [path, urls] of Object.entries(tokens)) tokens[path] = urls.map(token);
  return { items: [item, unready], item, usedUp, bound, tokens, viewing, file };
}

/** Somebody who holds a seat of each kind, and shows the way to another device. @returns {Promise<string>} its token */
async function enterBoth({ item, usedUp, bound }) {
  const visitor = await Visitor.come(house.browser, house.server.origin);
  const page = await visitor.newPage();
  await enterBy(page, usedUp.url);
  await goIn(page, bound, 'ben@example.org');
  const { url } = await page.evaluate(async (id) => (await fetch(`/api/items/${id}/hand-over`, { method: 'POST' })).json(), item);
  await visitor.leave();
  return new URL(url).pathname.split('/').at(-1);
}

/** Every GET route, with the names of what is there. */
function addresses({ item, tokens, viewing, file }) {
  const gets = routes.filter(({ method }) => method === 'GET').map(({ path }) => path);
  return gets.flatMap((path) => {
    if (tokens[path]) return tokens[path].map((token) => path.replace('{token}', token));
    if (path === '/setup/{token}') return [bare.setupUrl];
    const values = { item, viewing, file: path.startsWith('/assets') ? file : 'master.m3u8' };
    return [path.replace(/\{(\w+)\}/g, (_, name) => values[name])];
  });
}

/** An agent's browser, and all that it asked for. */
async function agent(t) {
  const visitor = await house.visitor(t, { userAgent: AGENT });
  visitor.hosts.add(new URL(bare.origin).host);
  const seen = { visitor, posts: [], cookies: [], broken: [] };
  visitor.context.on('request', (request) => {
    if (!['GET', 'HEAD'].includes(request.method())) seen.posts.push(`${request.method()} ${new URL(request.url()).pathname}`);
  });
  visitor.context.on('response', async (response) => {
    if (response.status() >= 500) seen.broken.push(response.url());
    const headers = await response.allHeaders().catch(() => ({}));
    if (headers['set-cookie']) seen.cookies.push(response.url());
  });
  return seen;
}

async function stayAt({ visitor }, addresses) {
  await Promise.all(addresses.map(async (address) => {
    const page = await visitor.newPage();
    // An answer without a page, as of /healthz, leaves the browser where it was.
    const asked = page.waitForRequest((request) => request.isNavigationRequest());
    await page.goto(address).catch((error) => assert.match(error.message, /ERR_ABORTED/));
    await asked;
    await page.waitForTimeout(RUNS_MS);
  }));
}

test('Chromium as a scanner on every GET route: nothing is written, no cookie, no seat, no use', async (t) => {
  const things = await furnish();
  things.tokens['/move/{token}'] = [await enterBoth(things)];
  // Whom it heard of last is written down by now and then, and on stopping.
  await house.server.stop();
  await house.server.start();
  const all = addresses(things);
  assert.ok(all.length > 20, `${all.length} addresses`);
  const seen = await agent(t);

  // Without the one POST that a page says by itself, so that what is left is reading alone.
  await seen.visitor.context.route('**/opened', (route) => route.abort());
  const servers = [house.server, bare];
  const before = await Promise.all(servers.map(quietTables));
  await stayAt(seen, all);
  assert.deepEqual(await Promise.all(servers.map(tables)), before, 'reading wrote something');
  // Only where somebody can come in by typing is there something to be opened.
  const { '/g/{token}': [guestDoor], '/i/{token}': invites } = things.tokens;
  const doors = [`/g/${guestDoor}`, ...invites.map((token) => `/i/${token}`)];
  assert.deepEqual([...new Set(seen.posts)].sort(), doors.map((door) => `POST ${door}/opened`).sort(), 'what pages send by themselves');

  // And with it: opened is counted, and nothing else is so much as touched.
  await seen.visitor.context.unrouteAll();
  const said = await told(things.items);
  await stayAt(seen, all.filter((address) => /^\/[gi]\//.test(address)));
  assert.deepEqual(await told(things.items), said);
  assert.notDeepEqual(await tables(house.server), before[0], 'the word "opened" leaves a row, or the hash proves nothing');
  assert.deepEqual([await seen.visitor.context.cookies(), seen.cookies, seen.broken], [[], [], []]);
  assert.deepEqual(await house.owner.uses(things.item), { Parents: 0, 'Used up': 1 });
});
