// The media page on a laptop: title and acts stand in the first view, and its menu stays with its button.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { House } from '../harness/house.mjs';
import { eventually } from '../harness/traffic.mjs';

let item;
const house = House.forThisFile(async (house) => {
  item = await house.readyItem();
  await house.owner.do('PATCH', `/api/items/${item}`, { description: 'A long way home.\n'.repeat(200).slice(0, 2_000) });
});

test('title and acts are in view before anybody scrolls, also with a film that is higher than wide', async (t) => {
  const tall = await house.readyItem('tall.mp4', 'Lecture on a phone');
  for (const viewport of [{ width: 1280, height: 800 }, { width: 1366, height: 640 }]) {
    for (const shown of [item, tall]) {
      const page = await house.ownersPage(t, { viewport });
      await page.goto(`/media/${shown}`);
      await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
      for (const what of [page.getByRole('heading', { level: 1 }), page.getByRole('button', { name: 'Share' }), page.locator('main time').first()]) {
        const { y, height } = await what.boundingBox();
        assert.ok(y + height <= viewport.height, `${what} ends at ${y + height} of ${viewport.height}`);
      }
      const film = await page.locator('video').boundingBox();
      assert.ok(film.height >= viewport.height * 0.5, `the film is only ${film.height} high`);
    }
  }
});

test('the exact date of an item does not cover its title', async (t) => {
  const page = await house.ownersPage(t);
  await page.goto(`/media/${item}`);
  const date = page.locator('main time').first();
  await date.hover();
  const tip = date.locator('.tip');
  await eventually(async () => (await tip.boundingBox()).width > 20, { withinMs: 30_000, what: 'the exact date shows' });
  const [{ y }, title] = [await tip.boundingBox(), await page.getByRole('heading', { level: 1 }).boundingBox()];
  assert.ok(y >= title.y + title.height, 'it stands over the title');
});

async function openMenu(t) {
  const page = await house.ownersPage(t, { viewport: { width: 900, height: 500 }, reducedMotion: 'reduce' });
  await page.goto(`/media/${item}`);
  const button = page.getByRole('button', { name: 'More for Field trip' });
  await page.getByRole('button', { name: 'Show all' }).click();
  await button.scrollIntoViewIfNeeded();
  await button.click();
  const menu = page.getByRole('menu', { name: 'More for Field trip' });
  await menu.waitFor();
  return { page, button, menu };
}

const topOf = async (locator) => Math.round((await locator.boundingBox()).y);
/** One turn of the wheel, over the page and not over the menu. */
async function wheel(page, by) {
  await page.mouse.move(20, 20);
  await page.mouse.wheel(0, by);
}

test('a menu goes with its button while the page scrolls, and closes when the button is out of view', async (t) => {
  const { page, button, menu } = await openMenu(t);
  const before = await topOf(button);
  await wheel(page, 60);
  await eventually(async () => (await topOf(button)) === before - 60, { withinMs: 30_000, what: 'the page scrolls' });
  assert.ok(await menu.isVisible(), 'the menu is still there');
  const hangsOn = async () => {
    const [at, buttonAt] = [await menu.boundingBox(), await button.boundingBox()];
    return at !== null && (Math.abs(at.y - (buttonAt.y + buttonAt.height)) <= 8 || Math.abs(at.y + at.height - buttonAt.y) <= 8);
  };
  await eventually(hangsOn, { withinMs: 30_000, what: 'the menu is beside its button' });
  await wheel(page, 3_000);
  await menu.waitFor({ state: 'hidden' });
  assert.equal(await button.getAttribute('aria-expanded'), 'false');
});

test('a menu closes by Escape, with the focus back on its button, and by a press beside it', async (t) => {
  const { page, button, menu } = await openMenu(t);
  await page.keyboard.press('Escape');
  await menu.waitFor({ state: 'hidden' });
  assert.ok(await button.evaluate((button) => button === document.activeElement));
  await button.click();
  await menu.waitFor();
  await page.mouse.click(5, 495);
  await menu.waitFor({ state: 'hidden' });
});
