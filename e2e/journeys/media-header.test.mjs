// The header of the media page: one, in one line, whoever one is and whatever one is called.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enterBy, isInside } from '../harness/guest.mjs';
import { House } from '../harness/house.mjs';
import { goIn, invite, vouch } from '../harness/invitee.mjs';

const SITE = 'Northfield School';
/** From a name that just fits to the longest that is allowed, in both writing directions. */
const NAMES = ['Noa B.', 'Bartholomew K', 'Wolfeschlegelsteinhausenbergerdorff', 'נועה בן־דוד לבית אלכסנדרוביץ׳', `${'Maria da Conceição '.repeat(4)}K`];
const TARGET_PX = 44;
let item;
const house = House.forThisFile(async (house) => {
  item = await house.readyItem();
}, { settings: { ANTEROOM_SITE_NAME: SITE } });

const boxOf = async (locator) => {
  const box = await locator.boundingBox();
  assert.ok(box, `${locator} is not shown`);
  return box;
};

/** All of it side by side in one line, inside the window, with a name of the site that can be read. */
async function isOneLine(page, parts) {
  const width = page.viewportSize().width;
  const [header, brand] = [await boxOf(page.locator('header')), page.locator('header .brand')];
  assert.ok(header.height <= TARGET_PX + 24, `the header is ${header.height} px high`);
  assert.equal(Math.round((await boxOf(brand.locator('svg'))).width), 28, 'the sign keeps its size');
  assert.ok((await boxOf(brand.locator('bdi'))).width >= 48, 'the name of the site is there');
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0);
  const boxes = [];
  for (const part of [brand, ...parts]) boxes.push(await boxOf(part));
  for (const box of boxes) {
    assert.ok(box.x >= 0 && box.x + box.width <= width, 'a part is outside of the window');
    assert.ok(Math.abs(box.y + box.height / 2 - (header.y + header.height / 2)) <= 8, 'a part stands in another line');
  }
  boxes.sort((one, other) => one.x - other.x);
  for (const [at, box] of boxes.slice(1).entries()) assert.ok(box.x >= boxes[at].x + boxes[at].width - 1, 'two parts lie over each other');
}

const whoIn = (page) => page.locator('header > .who');
const notYou = (page) => page.getByRole('button', { name: 'Not you?' });

for (const width of [390, 320]) {
  test(`a guest's header is one line at ${width} px, whatever the name`, async (t) => {
    for (const name of NAMES) {
      const { id, url } = await house.owner.link(item, 'One line');
      const page = await house.page(t, { viewport: { width, height: 700 }, isMobile: true, hasTouch: true });
      await enterBy(page, url, name, 'noa@example.org');
      await isOneLine(page, [whoIn(page), notYou(page)]);
      assert.ok(await whoIn(page).getByText('Guest', { exact: false }).last().isVisible());
      const { width: named } = await boxOf(whoIn(page).locator('.name'));
      assert.ok(named >= 20, `of ${name} only ${named} px are seen`);
      const isCut = await whoIn(page).locator('.name').evaluate((shown) => shown.scrollWidth > shown.clientWidth);
      assert.ok(name.length > 7 || !isCut, `${name} is cut although there is room`);
      assert.match(await whoIn(page).getAttribute('title'), /^You are here as /);
      await house.owner.deleteLink(item, id);
    }
  });
}

test('an invitee who is signed in has one header, on a desktop and on a phone', async (t) => {
  const ada = await house.server.member('ada@example.org', 'Ada Admin', 'site_administrator');
  const mia = await house.server.member('mia@example.org', 'Mia Katz');
  await vouch(ada, mia);
  await ada.do('PATCH', '/api/site/policy', { invite_uses: 5 });
  for (const [email, name] of [[mia.email, { first_name: 'Mia', last_name: 'Katz' }], ['zoe@example.org', { first_name: 'Zoe Wolfeschlegelsteinhausen', last_name: 'Bergerdorff' }]]) {
    const invited = await invite(house.owner, item, email, { ...name, max_uses: 5 });
    for (const options of [{}, { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }]) {
      const page = await house.pageOf(t, mia, options);
      await (email === mia.email ? page.goto(invited.url).then(() => isInside(page)) : goIn(page, invited, email));
      assert.equal(await page.locator('header').count(), 1);
      assert.equal(await page.locator('.brand').count(), 1);
      const device = page.getByRole('button', { name: 'Continue on another device' });
      await isOneLine(page, [whoIn(page), notYou(page), device, page.getByRole('button', { name: 'Account' })]);
      const { y } = await boxOf(page.locator('video'));
      assert.ok(y <= 80, `the film begins ${y} px down`);
    }
  }
});
