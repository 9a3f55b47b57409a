// A scanner that runs scripts, in a real Chromium: it opens every GET route, stays, and lets each page do what it does.
// The thirty that run none are in crates/server/tests/it/quiet.rs.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Visitor } from '../harness/browser.mjs';
import { enterBy } from '../harness/guest.mjs';
import { House } from '../harness/house.mjs';
import { film } from '../harness/media.mjs';
import { routes } from '../harness/routes.mjs';
import { Anteroom } from '../harness/server.mjs';
import { eventually } from '../harness/traffic.mjs';

const RUNS_MS = 10_000;
/** Longer than the server's own rounds of two seconds: what is written on the way is written by then. */
const QUIET_MS = 5_000;
const AGENT = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko; SafeLinks) Chrome/126.0.0.0 Safari/537.36';
const house = House.forThisFile();

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
    return { access, activity: (await house.owner.do('GET', `/api/items/${item}/activity`)).body };
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
  const { body: { viewing } } = await owner.do('POST', '/api/viewings', { item });
  const file = /\/assets\/([^"]+\.js)/.exec(await (await fetch(`${server.origin}/sign-in`)).text())[1];
  const token = (url) => new URL(url).pathname.split('/').at(-1);
  return { items: [item, unready], item, url, usedUp, tokens: [url, usedUp.url, waiting.url].map(token), viewing, file };
}

/** Every GET route, with the names of what is there. */
function addresses({ item, tokens, viewing, file }, bare) {
  const gets = routes.filter(({ method }) => method === 'GET').map(({ path }) => path);
  return gets.flatMap((path) => {
    if (path === '/g/{token}') return tokens.map((token) => `/g/${token}`);
    if (path === '/setup/{token}') return [bare.setupUrl];
    const values = { item, viewing, file: path.startsWith('/assets') ? file : 'master.m3u8' };
    return [path.replace(/\{(\w+)\}/g, (_, name) => values[name])];
  });
}

/** An agent's browser, and all that it asked for. */
async function agent(t, bare) {
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
  const bare = await Anteroom.begin();
  t.after(() => bare.end());
  const things = await furnish();
  const guest = await Visitor.come(house.browser, house.server.origin);
  await enterBy(await guest.newPage(), things.usedUp.url);
  await guest.leave();
  // Whom it heard of last is written down by now and then, and on stopping.
  await house.server.stop();
  await house.server.start();
  const all = addresses(things, bare);
  assert.ok(all.length > 20, `${all.length} addresses`);
  const seen = await agent(t, bare);

  // Without the one POST that a page says by itself, so that what is left is reading alone.
  await seen.visitor.context.route('**/opened', (route) => route.abort());
  const servers = [house.server, bare];
  const before = await Promise.all(servers.map(quietTables));
  await stayAt(seen, all);
  assert.deepEqual(await Promise.all(servers.map(tables)), before, 'reading wrote something');
  assert.deepEqual([...new Set(seen.posts)], [`POST /g/${things.tokens[0]}/opened`], 'what pages send by themselves');

  // And with it: opened is counted, and nothing else is so much as touched.
  await seen.visitor.context.unrouteAll();
  const said = await told(things.items);
  await stayAt(seen, things.tokens.map((token) => `/g/${token}`));
  assert.deepEqual(await told(things.items), said);
  assert.notDeepEqual(await tables(house.server), before[0], 'the word "opened" leaves a row, or the hash proves nothing');
  assert.deepEqual([await seen.visitor.context.cookies(), seen.cookies, seen.broken], [[], [], []]);
  assert.deepEqual(await house.owner.uses(things.item), { Parents: 0, 'Used up': 1 });
});
