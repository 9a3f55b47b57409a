// A server that dies under a guest: viewings need no row, so the same page plays on.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enterBy } from '../harness/guest.mjs';
import { House } from '../harness/house.mjs';
import { Traffic, eventually } from '../harness/traffic.mjs';
import { watchFrames } from '../harness/watching.mjs';

const house = House.forThisFile();

test('a guest watches on through a killed server', async (t) => {
  const item = await house.readyItem('long.mp4');
  const { url } = await house.owner.link(item);
  const page = await house.page(t);
  const traffic = new Traffic(page);
  await enterBy(page, url);
  await watchFrames(page, 12);
  const viewing = traffic.lastSegmentUrl.replace(/[^/]+$/, '');

  await house.server.kill();
  await watchFrames(page, 6);
  await page.getByText('Connection lost, trying again').waitFor({ timeout: 90_000 });
  await house.server.start();
  const { segments } = traffic;
  await eventually(() => traffic.segments > segments + 2, { withinMs: 90_000, what: 'segments come again' });
  await watchFrames(page, 24);
  assert.ok(traffic.lastSegmentUrl.startsWith(viewing), 'another viewing was opened');
  assert.deepEqual(await house.owner.uses(item), { Parents: 1 });
  await eventually(async () => (await house.owner.guestAccess(item)).inside === 1, { withinMs: 90_000, what: 'the guest is counted again' });
});
