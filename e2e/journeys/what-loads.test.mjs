// What a page asks for: a guest's no more than it shows, and every page all of it at once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enterBy } from '../harness/guest.mjs';
import { House } from '../harness/house.mjs';
import { eventually } from '../harness/traffic.mjs';
import { pictureOf } from '../harness/watching.mjs';
import { wordsOf } from '../harness/words.mjs';

const house = House.forThisFile();
/** Comes with the press on "play", whenever that is. */
const PLAYER = /\/hls-engine-/;
const WORDS = /\/(en|he)-[^/]*\.js$/;

/** Collects a page's own files, with what came over the wire. @returns {{ path: string, size: number }[]} */
function filesOf(page) {
  const files = [];
  page.on('response', async (answer) => {
    const { pathname } = new URL(answer.url());
    // What the door has fetched ahead is asked for once more, and is in the browser's cache by then.
    if (!pathname.startsWith('/assets/') || files.some(({ path }) => path === pathname)) return;
    const file = { path: pathname, size: 0 };
    files.push(file);
    file.size = (await answer.body().catch(() => '')).length;
  });
  return files;
}

/** Files that the document itself did not name, so that they were asked for later than they could have been. */
async function askedLate(page, files) {
  const document = await page.evaluate(() => fetch(location.href).then((answer) => answer.text()));
  return files.map(({ path }) => path).filter((path) => !document.includes(path) && !PLAYER.test(path));
}

for (const [language, locale] of [['en', 'en-GB'], ['he', 'he-IL']]) {
  test(`a guest's page loads the words that it shows, in ${language}, and asks for all of it at once`, async (t) => {
    const link = await house.owner.link(await house.readyItem('short.mp4', `In ${language}`));
    const page = await house.page(t, { locale });
    const said = wordsOf(language);
    await page.goto(link.url);
    const files = filesOf(page);
    await page.locator('#name').fill('Anna K.');
    await page.locator('#email').fill('anna@example.org');
    await page.locator('button[type=submit]').click();
    await page.getByText(said('shell.youAreHere')).waitFor();
    await eventually(async () => (await pictureOf(page)).shown > 0, { withinMs: 30_000, what: 'the film begins' });
    await page.waitForLoadState('networkidle');
    const words = files.filter(({ path }) => WORDS.test(path));
    assert.equal(words.length, 1, JSON.stringify(words));
    assert.ok(words[0].size < 8_000, `${words[0].size} bytes of words`);
    assert.deepEqual(await askedLate(page, files), []);
    assert.ok(files.length <= 9, files.map(({ path }) => path).join(' '));
  });
}

test('a language that is chosen later brings its own words', async (t) => {
  const link = await house.owner.link(await house.readyItem('short.mp4', 'Two languages'));
  const page = await house.page(t);
  await enterBy(page, link.url);
  await page.getByRole('button', { name: 'עברית' }).click();
  await page.getByText(wordsOf('he')('shell.youAreHere')).waitFor();
  assert.equal(await page.locator('html').getAttribute('dir'), 'rtl');
});

test('every page of a member names its parts in the document', async (t) => {
  const item = await house.readyItem('short.mp4', 'Named parts');
  for (const path of ['/', `/media/${item}`, '/tokens', '/account']) {
    const page = await house.ownersPage(t);
    const files = filesOf(page);
    await page.goto(path, { waitUntil: 'networkidle' });
    await page.getByRole('heading', { level: 1 }).waitFor();
    assert.deepEqual(await askedLate(page, files), [], path);
  }
});

test('and so does the page to sign in', async (t) => {
  const page = await house.page(t);
  const files = filesOf(page);
  await page.goto('/sign-in', { waitUntil: 'networkidle' });
  await page.getByRole('heading', { level: 1 }).waitFor();
  assert.deepEqual(await askedLate(page, files), []);
});
