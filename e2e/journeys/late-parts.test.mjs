// Parts of the app come late: over a network that stumbles, over one that is gone, and not at all without script.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Visitor } from '../harness/browser.mjs';
import { enterBy } from '../harness/guest.mjs';
import { House } from '../harness/house.mjs';
import { chooseFromMenu } from '../harness/menu.mjs';
import { eventually } from '../harness/traffic.mjs';

const house = House.forThisFile();

/** Lets the first requests for a part fail. @returns {() => number} how many did */
async function stumble(page, pattern, times) {
  let failed = 0;
  await page.route(pattern, (route) => {
    if (failed >= times) return route.continue();
    failed += 1;
    return route.abort('connectionrefused');
  });
  return () => failed;
}

test('a guest gets in over a network that loses the page’s words twice', async (t) => {
  const item = await house.readyItem();
  const link = await house.owner.link(item, 'Parents');
  const page = await house.page(t);
  const failed = await stumble(page, /\/assets\/en-[^/]*\.js$/, 2);
  await enterBy(page, link.url);
  assert.equal(failed(), 2);
});

test('a page that never comes whole says so, in the reader’s language', async () => {
  for (const [locale, sentence] of [['en-GB', 'This page did not load whole.'], ['he-IL', 'העמוד לא נטען במלואו.']]) {
    const visitor = await Visitor.come(house.browser, house.server.origin, { locale });
    const page = await visitor.newPage();
    await stumble(page, /\/assets\/start-[^/]*\.js$/, Infinity);
    await page.goto('/sign-in');
    await page.getByRole('alert').filter({ hasText: sentence }).waitFor();
    // It loads itself anew some times; then whoever watches pages for errors is told.
    await eventually(() => visitor.faults.length > 0, { withinMs: 60_000, what: 'the page gives up' });
    await assert.rejects(visitor.leave(), /script: /);
  }
});

test('a dialog that does not come leaves the page as it was, and offers to load it again', async (t) => {
  const item = await house.readyItem('short.mp4', 'Late dialog');
  const page = await house.ownersPage(t);
  await stumble(page, /\/assets\/ActivityPanel-[^/]*\.js$/, Infinity);
  await page.goto(`/media/${item}`);
  await chooseFromMenu(page, 'More for Late dialog', 'Activity');
  await page.getByRole('alert').filter({ hasText: 'A part of this page did not load.' }).waitFor();
  await page.unroute(/\/assets\/ActivityPanel-[^/]*\.js$/);
  await page.getByRole('button', { name: 'Load again' }).click();
  await page.getByRole('button', { name: 'More for Late dialog' }).waitFor();
});

test('without script, the app’s pages say what they need', async (t) => {
  const page = await house.page(t, { javaScriptEnabled: false });
  await page.goto('/sign-in');
  // Texts inside this element are not found by text.
  const bare = page.locator('noscript p');
  await bare.waitFor();
  assert.match(await bare.textContent(), /^This page needs JavaScript\./);
});
