// What people upload, one peculiarity each: it becomes ready, its renditions are cut at the same key frames, and a
// guest sees it from the first frame to the last, with seeking. ANTEROOM_TEST_LONG=1 takes two hours of black.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { join } from 'node:path';
import { enterBy } from '../harness/guest.mjs';
import { House } from '../harness/house.mjs';
import { black, probed, renditionStarts, source, sources } from '../harness/sources.mjs';
import { eventually } from '../harness/traffic.mjs';
import { pictureOf, watchFrames } from '../harness/watching.mjs';

const isLong = process.env.ANTEROOM_TEST_LONG === '1';
const READY_WITHIN_MS = isLong ? 3_600_000 : 300_000;
const FRAME_SECONDS = 1 / 24;

const all = Object.fromEntries(sources.map((what) => [what, source(what)]));
const BLACK = isLong ? 'two hours of black' : 'black';
all[BLACK] = black(isLong ? 7_200 : 60);
/** Items, by what their source is. */
const items = {};

// All wait in the queue at once; what is ready is watched while the rest is made.
const house = House.forThisFile(async ({ owner }) => {
  for (const [what, { file }] of Object.entries(all)) items[what] = await owner.upload(await file(), what);
});

async function ready(what) {
  let item;
  const isReady = async () => {
    ({ body: item } = await house.owner.do('GET', `/api/items/${items[what]}`));
    assert.notEqual(item.state, 'failed', JSON.stringify(item));
    return item.state === 'ready';
  };
  await eventually(isReady, { withinMs: READY_WITHIN_MS, what: `${what} becomes ready` });
  return item;
}

/** Every segment of every rendition starts with a key frame, at the same time in all. */
async function checkCuts(folder, seconds) {
  const renditions = await renditionStarts(folder);
  const [first, ...others] = Object.values(renditions);
  assert.equal(first.length, Math.ceil(seconds / 2), 'segments of two seconds');
  for (const [name, segments] of Object.entries(renditions)) {
    assert.ok(segments.every(({ isKey }) => isKey), `${name}: a segment starts without a key frame`);
  }
  for (const segments of others) {
    assert.equal(segments.length, first.length);
    segments.forEach(({ atSeconds }, n) => assert.ok(Math.abs(atSeconds - first[n].atSeconds) < FRAME_SECONDS, `segment ${n + 1} at ${atSeconds} and ${first[n].atSeconds} s`));
  }
  // From the first on: ffprobe takes composition offsets below zero for a start that is late by as much.
  first.forEach(({ atSeconds }, n) => assert.ok(Math.abs(atSeconds - first[0].atSeconds - 2 * n) < FRAME_SECONDS, `segment ${n + 1} at ${atSeconds} s`));
}

/** Jumps by the player's own keys, and the picture goes on from there. */
async function jump(page, tenths, seconds) {
  await page.getByRole('region', { name: /^Player/ }).press(String(tenths));
  const { atSeconds } = await pictureOf(page);
  const target = (seconds * tenths) / 10;
  assert.ok(atSeconds > target - 0.2 && atSeconds < target + 2, `jumped to ${atSeconds}, not to ${target}`);
  await watchFrames(page, 6, 60_000);
}

async function watchToTheEnd(page, seconds) {
  await watchFrames(page, 12, 60_000);
  const start = await page.locator('video').evaluate(({ buffered }) => buffered.start(0));
  assert.ok(start < FRAME_SECONDS, `picture and sound begin at ${start} s`);
  await jump(page, 5, seconds);
  await jump(page, 2, seconds);
  // Near the end, and then to it by itself.
  const left = Math.min(1.5, seconds / 5);
  await page.locator('video').evaluate((video, left) => (video.currentTime = video.duration - left), left);
  await page.getByRole('button', { name: 'Play again' }).first().waitFor({ timeout: 180_000 });
  const end = await page.locator('video').evaluate(({ ended, duration, currentTime, error }) => ({ ended, duration, currentTime, error }));
  assert.ok(end.ended && end.error === null, JSON.stringify(end));
  assert.ok(Math.abs(end.duration - seconds) < 0.25 && end.duration - end.currentTime < 0.25, JSON.stringify(end));
}

/** Sound that was decoded, and the sizes of the picture. */
async function facts(page) {
  return page.locator('video').evaluate((video) => ({
    soundBytes: video.webkitAudioDecodedByteCount, width: video.videoWidth, height: video.videoHeight,
  }));
}

const further = {
  async 'no sound'(page) {
    assert.equal((await facts(page)).soundBytes, 0);
    // The volume's keys have nothing to do and break nothing.
    await page.getByRole('region', { name: /^Player/ }).press('m');
    await page.getByRole('region', { name: /^Player/ }).press('m');
    assert.equal(await page.locator('video').evaluate((video) => video.muted), false);
  },
  async 'portrait by a rotation flag'(page) {
    const { width, height } = await facts(page);
    assert.ok(width > 0 && width < height, `${width}x${height}`);
    const { width: across, height: down } = await page.locator('video').boundingBox();
    assert.ok(across > 100 && down > 100, 'the stage is there');
  },
  async '5.1 sound'(page, folder) {
    const { streams } = await probed(join(folder, 'a0.m3u8'), 'a', 'stream=channels,codec_name');
    assert.deepEqual(streams, [{ codec_name: 'aac', channels: 2 }]);
  },
  async '1080p with B-frames'(_page, folder, item) {
    assert.deepEqual(item.renditions.map(({ height }) => height), [1080, 720, 480, 360, 240]);
  },
};

describe('each plays to its end', { concurrency: 2 }, () => {
  for (const [what, { seconds }] of Object.entries(all)) {
    test(what, async (t) => {
      const item = await ready(what);
      const folder = join(house.server.data, 'media', item.id, '1');
      await checkCuts(folder, seconds);
      const { url } = await house.owner.link(item.id);
      const page = await house.page(t);
      await enterBy(page, url);
      await watchToTheEnd(page, seconds);
      if (what !== 'no sound') assert.ok((await facts(page)).soundBytes > 0, 'no sound was decoded');
      await further[what]?.(page, folder, item);
    });
  }
});
