// The entry page under hard conditions: without script, on a slow network, with impatient fingers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enter, enterBy } from '../harness/guest.mjs';
import { House } from '../harness/house.mjs';
import { eventually } from '../harness/traffic.mjs';
import { play, watchFrames } from '../harness/watching.mjs';

const ENTRY_PAGE_MOST_BYTES = 40 * 1024;
let item;
const house = House.forThisFile(async (house) => {
  item = await house.readyItem();
});

async function ownLink(t, name, limits) {
  const link = await house.owner.link(item, name, limits);
  t.after(() => house.owner.deleteLink(item, link.id));
  return link.url;
}
const uses = async (name) => (await house.owner.uses(item))[name];

test('without script one enters, and mistakes keep what was typed', async (t) => {
  const url = await ownLink(t, 'No script');
  const visitor = await house.visitor(t, { javaScriptEnabled: false });
  const page = await visitor.newPage();
  await page.goto(url);
  await page.getByLabel('Your name').fill('Anna <b>K.</b>');
  await page.getByLabel('E-mail').fill('anna..k@example.org');
  await page.getByRole('button', { name: 'Watch' }).click();
  await page.getByText('That does not look like an e-mail address.').waitFor();
  assert.equal(await page.getByLabel('Your name').inputValue(), 'Anna <b>K.</b>');
  assert.equal(await page.getByLabel('E-mail').inputValue(), 'anna..k@example.org');
  assert.equal(await page.getByLabel('E-mail').evaluate((field) => field.ownerDocument.activeElement === field), true);
  await page.getByLabel('E-mail').fill('anna@example.org');
  await page.getByRole('button', { name: 'Watch' }).click();
  await page.waitForURL(/\/media\//);
  assert.equal(await uses('No script'), 1);

  // The film needs script; the seat it found does not care how it was made.
  const scripted = await house.page(t, { storageState: await visitor.context.storageState() });
  await scripted.goto(url);
  await scripted.getByText('You are here as Anna <b>K.</b>').waitFor();
  await play(scripted);
  await watchFrames(scripted, 6);
  assert.equal(await uses('No script'), 1);
});

test('without script the server says every mistake, and unseen marks around an address are none', async (t) => {
  const url = await ownLink(t, 'Copied');
  const page = await house.page(t, { javaScriptEnabled: false });
  await page.goto(url);
  // Chromium's own check would stop each of these before the server could answer, with words that nobody can act on.
  await page.getByRole('button', { name: 'Watch' }).click();
  await page.getByText('Enter your name.').waitFor();
  await page.getByText('Enter your e-mail address.').waitFor();
  await page.getByLabel('Your name').fill('\u2068Anna K.\u2069');
  await page.getByLabel('E-mail').fill('\u2068anna@example.org\u2069');
  await page.getByRole('button', { name: 'Watch' }).click();
  await page.waitForURL(/\/media\//);
  assert.equal(await uses('Copied'), 1);
});

test('one press says every mistake and puts the focus on the first', async (t) => {
  const url = await ownLink(t, 'Mistakes');
  const page = await house.page(t, { viewport: { width: 390, height: 844 }, reducedMotion: 'reduce' });
  await page.goto(url);
  await page.getByLabel('E-mail').fill('anna at example');
  await page.getByRole('button', { name: 'Watch' }).click();
  await page.getByText('Enter your name.').waitFor();
  await page.getByText('That does not look like an e-mail address.').waitFor();
  assert.equal(await page.getByLabel('Your name').evaluate((field) => field.ownerDocument.activeElement === field), true);
  // The ring of the focus stands off, so that the first fault is as red as the second.
  const [first, second] = await Promise.all(['Your name', 'E-mail'].map((label) => page.getByLabel(label).evaluate((field) => {
    const { borderTopColor, boxShadow, outlineStyle, outlineOffset } = getComputedStyle(field);
    return { border: borderTopColor, fault: boxShadow, ring: outlineStyle, offPx: Number.parseFloat(outlineOffset) };
  })));
  assert.deepEqual([first.border, first.fault], [second.border, second.fault]);
  assert.deepEqual([first.ring, second.ring], ['solid', 'none']);
  assert.ok(first.offPx >= 1, `the ring lies on the border: ${first.offPx}`);
  assert.equal(await uses('Mistakes'), 0);
});

test('a looked-at link spends nothing, however long', async (t) => {
  const url = await ownLink(t, 'Looked at', { max_uses: 1 });
  const visitor = await house.visitor(t);
  const page = await visitor.newPage();
  const opened = page.waitForResponse(/\/opened$/);
  await page.goto(url);
  assert.equal((await opened).status(), 204);
  await page.reload();
  assert.deepEqual([await uses('Looked at'), await visitor.context.cookies()], [0, []]);
});

test('on a slow network the page is small, the button waits visibly, and two presses are one seat', async (t) => {
  const url = await ownLink(t, 'Slow', { max_uses: 5 });
  const page = await house.page(t);
  const network = await page.context().newCDPSession(page);
  let bytes = 0;
  network.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength));
  await network.send('Network.enable');
  // A phone at the edge of the net: 400 kbit/s, 400 ms.
  await network.send('Network.emulateNetworkConditions', { offline: false, latency: 400, downloadThroughput: 50_000, uploadThroughput: 20_000 });
  // What is fetched ahead of the button comes after the page, and is not part of it.
  await page.goto(url, { waitUntil: 'load' });
  assert.ok(bytes > 0 && bytes < ENTRY_PAGE_MOST_BYTES, `the entry page took ${bytes} bytes`);
  await page.getByLabel('Your name').fill('Anna K.');
  await page.getByLabel('E-mail').fill('anna@example.org');
  await page.getByRole('button', { name: 'Watch' }).dblclick();
  await page.waitForURL(/\/media\//, { timeout: 60_000 });
  assert.equal(await uses('Slow'), 1);

  await network.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
  await watchFrames(page, 6);
});

test('back leads in again, without a second use', async (t) => {
  const url = await ownLink(t, 'Back');
  const page = await house.page(t);
  await enterBy(page, url);
  await page.goBack();
  if (await page.getByLabel('Your name').isVisible()) await enter(page);
  else await page.goto(url);
  await page.getByText('You are here as Anna K.').waitFor();
  assert.equal(await uses('Back'), 1);
});

test('a network that goes away and comes back', async (t) => {
  // Too long to be buffered to its end before the network goes.
  const { url } = await house.owner.link(await house.readyItem('long.mp4', 'Long'), 'Tunnel');
  const visitor = await house.visitor(t);
  const page = await visitor.newPage();
  await enterBy(page, url);
  await watchFrames(page, 6);
  await visitor.context.setOffline(true);
  await page.getByText('Connection lost, trying again').waitFor({ timeout: 90_000 });
  await visitor.context.setOffline(false);
  await watchFrames(page, 12);
  await eventually(async () => (await page.getByText('Connection lost').count()) === 0, { withinMs: 90_000, what: 'the notice goes' });
});
