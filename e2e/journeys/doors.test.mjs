// What a door shows first, what it says once, and what it has fetched by the time somebody presses its button.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enter } from '../harness/guest.mjs';
import { House } from '../harness/house.mjs';
import { goIn, invite, typeAddress } from '../harness/invitee.mjs';
import { eventually } from '../harness/traffic.mjs';
import { watchFrames } from '../harness/watching.mjs';

const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
/** Playwright's `getByText` passes over what stands in `noscript`. */
const NEEDS_SCRIPT = /^This browser has JavaScript switched off/;
let item, url;
const house = House.forThisFile(async (house) => {
  item = await house.readyItem();
  ({ url } = await house.owner.link(item));
});

const hasFocus = (locator) => locator.evaluate((field) => field === document.activeElement);
const endOf = async (locator) => {
  const { y, height } = await locator.boundingBox();
  return y + height;
};

test('on a desktop one types at once, on a phone no keys cover the page', async (t) => {
  const desktop = await house.page(t);
  await desktop.goto(url);
  await eventually(() => hasFocus(desktop.getByLabel('Your name')), { withinMs: 30_000, what: 'the first field has the focus' });
  const phone = await house.page(t, PHONE);
  await phone.goto(url, { waitUntil: 'networkidle' });
  assert.equal(await hasFocus(phone.locator('body')), true);
});

test('the entry page says how long the film is and that no account is needed; its button stays in view below any title', async (t) => {
  const long = await house.readyItem('short.mp4', 'Minutes of the parents’ evening about the field trip to the crater, the bus, the food, the money and everything else that was asked, in the order in which it was asked, with all of the answers');
  const link = await house.owner.link(long);
  const page = await house.page(t, PHONE);
  await page.goto(link.url);
  await page.getByText('0:12').waitFor();
  await page.getByText('no account needed').waitFor();
  assert.ok((await endOf(page.getByRole('button', { name: 'Watch' }))) <= PHONE.viewport.height);
});

test('without script one is told so before the button, at both doors, and after it there is a page with a title', async (t) => {
  const invited = await invite(house.owner, item, 'nina@example.org');
  for (const [address, button] of [[url, 'Watch'], [invited.url, 'Go in']]) {
    const page = await house.page(t, { ...PHONE, javaScriptEnabled: false });
    await page.goto(address);
    const told = page.locator('noscript .notice');
    assert.match(await told.innerText(), NEEDS_SCRIPT);
    assert.ok((await endOf(told)) <= (await endOf(page.getByRole('button', { name: button }))) - 40);
  }
  const page = await house.page(t, { javaScriptEnabled: false });
  await page.goto(url);
  await page.getByLabel('Your name').fill('Anna K.');
  await page.getByLabel('E-mail').fill('anna@example.org');
  await page.getByRole('button', { name: 'Watch' }).click();
  await page.getByRole('heading', { name: 'Field trip' }).waitFor();
  assert.match((await page.locator('noscript p').allInnerTexts()).join(), /^This page needs JavaScript\./);
  assert.match(await page.title(), /^Field trip · /);
});

test('what the server draws of the media page stands where the app puts it', async (t) => {
  for (const options of [{}, PHONE]) {
    for (const [film, title] of [['short.mp4', 'Wide'], ['tall.mp4', 'Tall']]) {
      const link = await house.owner.link(await house.readyItem(film, title));
      const visitor = await house.visitor(t, options);
      const page = await visitor.newPage();
      await page.goto(link.url);
      await enter(page);
      await page.locator('.player').waitFor();
      const bare = await house.page(t, { ...options, javaScriptEnabled: false, storageState: await visitor.context.storageState() });
      await bare.goto(page.url());
      for (const [what, drawn, later] of [['stage', '.drawn .stage', '.stage > .frame'], ['title', '.drawn > h1', 'h1'], ['sign', '.drawn .mark', '.brand .mark']]) {
        const [before, after] = [await bare.locator(drawn).boundingBox(), await page.locator(later).first().boundingBox()];
        const textTop = (box) => (what === 'title' ? box.y + box.height / 2 : box.y);
        assert.ok(Math.abs(textTop(before) - textTop(after)) <= 3, `the ${what} of ${title} moves from ${before.y} to ${after.y}`);
        if (what === 'stage') assert.ok(Math.abs(before.height - after.height) <= 2, `its height changes from ${before.height} to ${after.height}`);
      }
    }
  }
});

test('while a guest types, the player comes, and nothing of the item', async (t) => {
  for (const [address, come] of [
    [url, (page) => enter(page)],
    [(await invite(house.owner, item, 'leo@example.org')).url, (page) => typeAddress(page, 'leo@example.org')],
  ]) {
    const page = await house.page(t);
    const asked = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.goto(address, { waitUntil: 'networkidle' });
    assert.ok(asked.some((path) => /\/hls-engine-/.test(path)) && asked.some((path) => /\/start-[^/]*\.js/.test(path)), asked.join(' '));
    assert.deepEqual(asked.filter((path) => /^\/(m|media)\/|poster/.test(path)), []);
    await come(page);
    await watchFrames(page, 6);
    const fetchedAgain = await page.evaluate(() => performance.getEntriesByType('resource')
      .filter(({ name, transferSize }) => /\/assets\/[^/]*\.(js|css)$/.test(name) && transferSize > 0).map(({ name }) => name));
    assert.deepEqual(fetchedAgain, [], 'all of the first page was there already');
  }
});

test('the lobby says once which address is meant, also when it was not the right one', async (t) => {
  const page = await house.page(t);
  await page.goto((await invite(house.owner, item, 'anna@example.org')).url);
  const times = async () => (await page.locator('main').innerText()).split('was sent to').length - 1;
  assert.equal(await times(), 1);
  await typeAddress(page, 'anna@example.net');
  await page.getByRole('alert').getByText('That address did not open this invite.').waitFor();
  assert.equal(await times(), 1);
  // The link may have come by any way.
  assert.doesNotMatch(await page.locator('main').innerText(), /invited by e-mail/);
});

test('who is turned away with an invite sees first what helps, and may ask for another address', async (t) => {
  const invited = await invite(house.owner, item, 'mia@example.org', { max_uses: 1 });
  await goIn(await house.page(t), invited, 'mia@example.org');
  const page = await house.page(t, PHONE);
  await page.goto(invited.url);
  await typeAddress(page, 'mia@example.org');
  await page.locator('body[data-page=denied]').waitFor();
  const ask = page.getByRole('button', { name: 'Ask the owner to let this device in' });
  assert.ok((await endOf(ask)) <= PHONE.viewport.height, 'the button is in view');
  assert.equal(await page.locator('.go:not(.plain)').count(), 1, 'one thing stands out');
  await page.getByText('ask to be invited at another address').waitFor();
});

test('on paper there is nothing to press', async (t) => {
  const page = await house.page(t);
  await page.goto(url);
  await enter(page);
  await watchFrames(page, 6);
  await page.keyboard.press('k');
  await page.emulateMedia({ media: 'print' });
  for (const what of ['.controls', 'header form', 'footer']) assert.equal(await page.locator(what).isVisible(), false, what);
});
