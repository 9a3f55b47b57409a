// What spends a use and what does not, and whose seat a browser holds.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enter, enterBy, isDenied } from '../harness/guest.mjs';
import { House } from '../harness/house.mjs';
import { begin, play, watchFrames } from '../harness/watching.mjs';

let item;
const house = House.forThisFile(async (house) => {
  item = await house.readyItem();
});

const uses = async (name) => (await house.owner.uses(item))[name];

/** A link of its own for each test; the places of links are few. */
async function ownLink(t, name, limits) {
  const link = await house.owner.link(item, name, limits);
  t.after(() => house.owner.deleteLink(item, link.id));
  return link.url;
}

test('coming back is free, another browser is not, and a used-up link keeps those who sit', async (t) => {
  const url = await ownLink(t, 'Two', { max_uses: 2 });
  const anna = await house.visitor(t);
  const page = await anna.newPage();
  await enterBy(page, url);
  assert.equal(await uses('Two'), 1);

  await page.reload();
  await page.getByText('You are here as Anna K.').waitFor();
  const second = await anna.newPage();
  await second.goto(url);
  await second.getByText('You are here as Anna K.').waitFor();
  await play(second);
  await watchFrames(second, 12);
  assert.equal(await uses('Two'), 1);

  await enterBy(await house.page(t), url, 'Ben', 'ben@example.org');
  assert.equal(await uses('Two'), 2);

  const late = await house.page(t);
  assert.equal((await late.goto(url)).status(), 404);
  assert.ok(await isDenied(late));
  await page.reload();
  await play(page);
  await watchFrames(page, 12);
  assert.equal(await uses('Two'), 2);
});

/** Presses "Not you?"; answers the question that comes first. */
async function askToLeave(page) {
  await page.getByRole('button', { name: 'Not you?' }).click();
  return page.getByRole('dialog', { name: 'Leave this page?' });
}

test('"Not you?" frees the browser, and whoever comes next is somebody new', async (t) => {
  const url = await ownLink(t, 'Family');
  const page = await house.page(t);
  await enterBy(page, url);
  const address = page.url();
  const dialog = await askToLeave(page);
  await dialog.getByText('it counts one person more then').waitFor();
  await dialog.getByRole('button', { name: 'Leave' }).click();
  await page.getByRole('heading', { name: 'You have left' }).waitFor();
  assert.equal(await page.getByRole('link', { name: 'Sign in' }).getAttribute('href'), '/sign-in');
  await page.goto(address);
  assert.match(page.url(), /\/sign-in/);
  await enterBy(page, url, 'Carla', 'carla@example.org');
  await page.getByText('You are here as Carla').waitFor();
  assert.equal(await uses('Family'), 2);
});

test('"Not you?" asks first, says what it means, and can be undone for ten seconds', async (t) => {
  const url = await ownLink(t, 'Last place', { max_uses: 1 });
  const page = await house.page(t);
  await enterBy(page, url);
  await begin(page);
  const dialog = await askToLeave(page);
  await dialog.getByText('cannot come back by yourself').waitFor();
  await watchFrames(page, 6);
  await dialog.getByRole('button', { name: 'Stay' }).click();
  await dialog.waitFor({ state: 'hidden' });
  await watchFrames(page, 6);

  await (await askToLeave(page)).getByRole('button', { name: 'Leave' }).click();
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByText('You are here as Anna K.').waitFor();
  await begin(page);
  await watchFrames(page, 6);
  assert.equal(await uses('Last place'), 1);

  await (await askToLeave(page)).getByRole('button', { name: 'Leave' }).click();
  const undo = page.getByRole('button', { name: 'Undo' });
  await undo.waitFor();
  await undo.waitFor({ state: 'hidden', timeout: 15_000 });
  await page.reload();
  await page.getByRole('heading', { name: 'You have left' }).waitFor();
  assert.equal(await undo.count(), 0);
});

test('"Not you?" works without script', async (t) => {
  const url = await ownLink(t, 'Plain');
  const page = await house.page(t, { javaScriptEnabled: false });
  await page.goto(url);
  await page.getByLabel('Your name').fill('Anna K.');
  await page.getByLabel('E-mail').fill('anna@example.org');
  await page.getByRole('button', { name: 'Watch' }).click();
  await page.waitForURL(/\/media\//);
  await page.getByRole('link', { name: 'Leave this page?' }).click();
  await page.getByText('it counts one person more then').waitFor();
  await page.getByRole('button', { name: 'Leave' }).click();
  await page.getByRole('heading', { name: 'You have left' }).waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.waitForURL(/\/media\//);
});

test('on a shared computer the next one is asked who they are, and nothing outlives the browser', async (t) => {
  const url = await ownLink(t, 'Library');
  const visitor = await house.visitor(t);
  const page = await visitor.newPage();
  await enterBy(page, url, 'Anna K.', 'anna@example.org', { shared: true });
  const own = (await visitor.context.cookies()).filter(({ path }) => path === '/');
  assert.deepEqual(own.map(({ expires }) => expires), [-1]);

  await page.goto(url);
  await page.getByRole('button', { name: /^Continue as .?Anna K\..?$/ }).click();
  await page.getByText('You are here as Anna K.').waitFor();
  assert.equal(await uses('Library'), 1);

  await page.goto(url);
  await page.getByRole('button', { name: 'I am somebody else' }).click();
  await enter(page, 'Ben', 'ben@example.org');
  await page.getByText('You are here as Ben').waitFor();
  assert.equal(await uses('Library'), 2);
});

test('a fourth open page ends the first, which says so and takes over again when asked', async (t) => {
  // Long enough that it still plays when the fourth page is there.
  const long = await house.readyItem('long.mp4', 'Long');
  const { url } = await house.owner.link(long, 'Wall of screens');
  const visitor = await house.visitor(t);
  const first = await visitor.newPage();
  await enterBy(first, url);
  await watchFrames(first, 6);
  for (let i = 0; i < 3; i += 1) {
    const more = await visitor.newPage();
    await Promise.all([more.waitForResponse(/\/api\/viewings$/), more.goto(url)]);
  }
  await first.getByText('It was opened in another place.').waitFor();
  await first.getByRole('button', { name: 'Play here' }).click();
  await watchFrames(first, 12);
  assert.deepEqual(await house.owner.uses(long), { 'Wall of screens': 1 });
});
