// Both doors in Firefox: a guest who watches, reloads and is still in, and an invitee who mistypes the address first.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Firefox, reads, send, watches } from '../harness/firefox.mjs';
import { invite, usesOf } from '../harness/invitee.mjs';
import { BUILDING } from '../harness/limits.mjs';
import { film } from '../harness/media.mjs';
import { Anteroom } from '../harness/server.mjs';

/** A browser that hangs ends here, and not with the patience of whoever waits. */
const WITHIN = { timeout: 240_000 };
let server, firefox, owner, item;
before(async () => {
  firefox = await Firefox.begin();
  server = await Anteroom.begin();
  owner = await server.member('dana@example.org', 'Dana Levi');
  item = await owner.readyItem(await film('long.mp4'), 'Field trip');
}, BUILDING);
after(async () => {
  await firefox?.end();
  await server?.end();
});

test('guests type their names, watch with sound, and are still in after a reload', WITHIN, async (t) => {
  const { url } = await owner.link(item, 'Parents');
  const page = await firefox.page(t, server.origin);
  await page.goto(url);
  await send(page, { name: 'Noa B.', email: 'noa@example.org' });
  await reads(page, 'Noa B.');
  await watches(page);
  await page.reload();
  await reads(page, 'Noa B.');
  await watches(page, 12);
  assert.deepEqual(await owner.uses(item), { Parents: 1 });

  const second = await firefox.page(t, server.origin);
  await second.goto(url);
  await send(second, { name: 'בן', email: 'ben@example.org' });
  await reads(second, 'בן');
  await watches(second, 12);
  assert.deepEqual(await owner.uses(item), { Parents: 2 });
});

test('an invitee is told of a wrong address, and watches with the right one', WITHIN, async (t) => {
  const invited = await invite(owner, item, 'anna@example.org');
  const page = await firefox.page(t, server.origin);
  await page.goto(invited.url);
  await send(page, { email: 'anna@example.net' });
  await reads(page, 'That address did not open this invite.');
  assert.equal(await page.$eval('#email', (field) => field.value), 'anna@example.net', 'what was typed is kept');
  assert.equal(await usesOf(owner, item, invited), 0);
  await send(page, { email: 'anna@example.org' });
  await reads(page, 'Anna Klein');
  await watches(page);
  assert.equal(await usesOf(owner, item, invited), 1);
});
