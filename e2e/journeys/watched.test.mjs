// That "no report of the content security policy, in no journey" is counted at all: by each visitor, and of each.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Visitor } from '../harness/browser.mjs';
import { House } from '../harness/house.mjs';
import { eventually } from '../harness/traffic.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const house = House.forThisFile();

test('nobody opens a browser context past the one that is watched', () => {
  const files = ['harness', 'journeys', 'shots'].flatMap((folder) => readdirSync(join(root, folder), { recursive: true }).map((file) => join(root, folder, String(file))));
  const opening = files.filter((file) => file.endsWith('.mjs') && /\.newContext\(|browser\.newPage\(/.test(readFileSync(file, 'utf8')));
  assert.deepEqual(opening.map((file) => basename(file)), ['browser.mjs']);
});

test('a page that breaks the policy, throws or asks elsewhere does not go unseen', async () => {
  for (const [fault, act] of [
    ['policy: style-src', () => document.head.append(Object.assign(document.createElement('style'), { textContent: 'p { color: red }' }))],
    ['policy: script-src', () => document.head.append(Object.assign(document.createElement('script'), { textContent: '0' }))],
    ['policy: connect-src', () => fetch('http://127.0.0.1:9/').catch(() => undefined)],
    ['script: ', () => void setTimeout(() => { throw new Error('on purpose'); })],
    ['foreign: ', () => void (document.body.append(Object.assign(document.createElement('a'), { href: 'http://127.0.0.1:9/', id: 'away' })), document.getElementById('away').click())],
  ]) {
    const visitor = await Visitor.come(house.browser, house.server.origin);
    const page = await visitor.newPage();
    await page.goto('/sign-in');
    await page.evaluate(act).catch(() => undefined);
    await eventually(() => visitor.faults.some((one) => one.startsWith(fault)), { withinMs: 60_000, what: `${fault} is seen: ${visitor.faults}` });
    await assert.rejects(visitor.leave(), assert.AssertionError);
  }
});
