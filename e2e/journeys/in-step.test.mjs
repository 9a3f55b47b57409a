// A call as Chromium records it: its picture changes size in the middle, when somebody turns a phone or shares a
// screen. Sound and picture stay together to the end (row 1 of the reported faults).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enterBy } from '../harness/guest.mjs';
import { House } from '../harness/house.mjs';
import { eventsAsPlayed, eventsOfFile } from '../harness/in-step.mjs';
import { MAY_SOUND, record } from '../harness/recorder.mjs';
import { watchFrames } from '../harness/watching.mjs';

const MOST_APART_SECONDS = 0.05;
const house = House.forThisFile(undefined, { flags: MAY_SOUND });

test('a recording whose picture changes size is in step at the start, after the changes and at the end', async (t) => {
  const flashesAt = [0.5, 1.5, 2.7, 3.6, 4.6, 5.4];
  const file = await record(t, house.browser, { seconds: 6, flashesAt, sizes: [[0, 320, 180], [2, 640, 360], [4, 180, 320]] });
  const own = await eventsOfFile(file);
  assert.deepEqual([own.flashes.length, own.beeps.length], [6, 6], `the recording has ${JSON.stringify(own)}`);

  const { url } = await house.owner.link(await house.owner.readyItem(file, 'A call'));
  const page = await house.page(t);
  const master = page.waitForRequest(/master\.m3u8/);
  await enterBy(page, url);
  await watchFrames(page, 6);
  const played = await eventsAsPlayed(page, (await master).url(), own.flashes);
  const told = JSON.stringify({ own, played });
  assert.deepEqual([played.flashes.length, played.beeps.length], [6, 6], told);
  for (const [n, flash] of played.flashes.entries()) {
    // As far apart as in the recording itself, and at its times.
    const apart = played.beeps[n] - flash - (own.beeps[n] - own.flashes[n]);
    assert.ok(Math.abs(apart) <= MOST_APART_SECONDS, `flash ${n + 1}: the sound is ${apart} s late, ${told}`);
    assert.ok(Math.abs(flash - own.flashes[n]) <= MOST_APART_SECONDS, `flash ${n + 1} is at another time, ${told}`);
  }
});
