// Days later: the real binary under a clock that is ahead (Debian's libfaketime), on the same data folder.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enter, enterBy, isDenied } from '../harness/guest.mjs';
import { House } from '../harness/house.mjs';
import { watchFrames } from '../harness/watching.mjs';

const house = House.forThisFile();

test('a link that has run out, one that has not, and a shared computer, eight days later', async (t) => {
  const item = await house.readyItem('long.mp4');
  const [week, endless] = [await house.owner.link(item, 'A week', { days: 7 }), await house.owner.link(item, 'Endless')];
  const [anna, ben, carla] = [await house.page(t), await house.page(t), await house.page(t)];
  await enterBy(anna, week.url);
  await enterBy(ben, endless.url, 'Ben', 'ben@example.org');
  await enterBy(carla, endless.url, 'Carla', 'carla@example.org', { shared: true });

  await house.goOnLater(6, [anna, ben, carla]);
  await anna.goto(week.url);
  await anna.getByRole('button', { name: /^Continue as .?Anna K\..?$/ }).click();
  await watchFrames(anna, 6);

  await house.goOnLater(8, [anna]);
  const states = (await house.owner.guestAccess(item)).links.map(({ name, state }) => [name, state]);
  assert.deepEqual(Object.fromEntries(states), { 'A week': 'expired', Endless: 'open' });
  for (const address of [week.url, `/media/${item}`]) {
    assert.equal((await anna.goto(address)).status(), 404);
    assert.ok(await isDenied(anna));
  }
  const late = await house.page(t);
  await late.goto(week.url);
  assert.ok(await isDenied(late));

  // Own computer: asked whether it is still the same person. Shared one: nobody is known any more.
  await ben.goto(endless.url);
  await ben.getByRole('button', { name: /^Continue as .?Ben.?$/ }).click();
  await ben.getByText('You are here as Ben').waitFor();
  await carla.goto(endless.url);
  await enter(carla, 'Dan', 'dan@example.org');
  assert.deepEqual(await house.owner.uses(item), { 'A week': 1, Endless: 3 });

  await house.owner.do('PATCH', `/api/items/${item}/guest-links/${week.id}`, { extend_days: 1 });
  await anna.goto(week.url);
  await anna.getByRole('button', { name: /^Continue as .?Anna K\..?$/ }).click();
  await watchFrames(anna, 6);
});
