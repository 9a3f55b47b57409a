// A link's token on the wire, by Chromium's own log of its network: it stands in the requests for the link's own
// page and nowhere else, in no Referer, and not once more when somebody is inside. At both doors.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Visitor, openChromium } from '../harness/browser.mjs';
import { enter, isInside } from '../harness/guest.mjs';
import { House } from '../harness/house.mjs';
import { invite, typeAddress } from '../harness/invitee.mjs';
import { loggingTo, readNetLog, tracesOf } from '../harness/net-log.mjs';
import { Traffic, eventually } from '../harness/traffic.mjs';
import { play, watchFrames } from '../harness/watching.mjs';

const ANNA = 'anna@example.org';
const house = House.forThisFile();
const tokenOf = ({ url }) => new URL(url).pathname.split('/').at(-1);

async function comesInByAddress(page) {
  await typeAddress(page, ANNA);
  await isInside(page);
}

async function visits(browser, { url }, comeIn) {
  const visitor = await Visitor.come(browser, house.server.origin);
  const page = await visitor.newPage();
  const traffic = new Traffic(page);
  await Promise.all([page.waitForResponse(/\/opened$/), page.goto(url)]);
  await comeIn(page);
  await watchFrames(page, 12);
  await page.reload();
  await play(page);
  await eventually(() => traffic.segments > 4, { withinMs: 60_000, what: 'segments come' });
  await page.getByRole('button', { name: 'Not you?' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Leave' }).click();
  await page.waitForURL(/\/left$/);
  await visitor.leave();
}

/** What a careless page would do, so that the search is known to find it. */
async function leak(browser, { url }, ask) {
  const visitor = await Visitor.come(browser, house.server.origin);
  const page = await visitor.newPage();
  await page.goto(url);
  await page.evaluate(ask);
  await visitor.leave();
}

test('a token stands in the requests for its own page alone', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'anteroom-net-log-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const item = await house.readyItem();
  const quiet = await house.owner.link(item, 'Quiet');
  const [byReferer, byAddress] = [await house.owner.link(item, 'By Referer'), await house.owner.link(item, 'By address')];
  const [invited, leaking] = [await invite(house.owner, item, ANNA), await invite(house.owner, item, 'leo@example.org')];

  const file = join(folder, 'net.json');
  const browser = await openChromium(loggingTo(file));
  await visits(browser, quiet, (page) => enter(page));
  await visits(browser, invited, comesInByAddress);
  await leak(browser, byReferer, () => fetch('/healthz', { referrerPolicy: 'unsafe-url' }));
  await leak(browser, byAddress, () => fetch(`/healthz?from=${location.pathname}`));
  await leak(browser, leaking, () => fetch(`/healthz?from=${location.pathname}`, { referrerPolicy: 'unsafe-url' }));
  await browser.close();

  const events = await readNetLog(file);
  for (const [door, link] of [['g', quiet], ['i', invited]]) {
    const { own, strange, enteredAt } = tracesOf(tokenOf(link), events);
    assert.deepEqual(own, [`GET /${door}/TOKEN`, `POST /${door}/TOKEN/opened`, `POST /${door}/TOKEN/enter`]);
    assert.deepEqual(strange, []);
    assert.ok(events.some(({ time, params }) => time > enteredAt && /\.m4s$/.test(params.url ?? '')), 'the log ends before the film');
  }
  assert.match(tracesOf(tokenOf(byReferer), events).strange.join('\n'), /Referer: /);
  assert.match(tracesOf(tokenOf(byAddress), events).strange.join('\n'), /\/healthz\?from=/);
  const leaked = tracesOf(tokenOf(leaking), events).strange.join('\n');
  assert.match(leaked, /Referer: /);
  assert.match(leaked, /\/healthz\?from=/);
});
