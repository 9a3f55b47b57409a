// Whether a film really plays: frames are counted by the browser, not guessed from the clock of the element.
import assert from 'node:assert/strict';
import { eventually } from './traffic.mjs';

/** The player's promise: so much and no more is fetched ahead. */
export const AHEAD_MOST_SECONDS = 10;

/** Counts the frames that reach the screen, for as long as the page lives. */
async function countFrames(page) {
  await page.locator('video').evaluate((video) => {
    if (video.framesShown !== undefined) return;
    video.framesShown = 0;
    const next = () => {
      video.framesShown += 1;
      video.requestVideoFrameCallback(next);
    };
    video.requestVideoFrameCallback(next);
  });
}

/** @returns {Promise<{ shown: number, decoded: number, atSeconds: number, aheadSeconds: number }>} */
export async function pictureOf(page) {
  await countFrames(page);
  return page.locator('video').evaluate((video) => {
    const { buffered, currentTime } = video;
    let end = currentTime;
    for (let i = 0; i < buffered.length; i += 1) {
      if (buffered.start(i) <= currentTime + 0.1 && buffered.end(i) > end) end = buffered.end(i);
    }
    return {
      shown: video.framesShown,
      decoded: video.getVideoPlaybackQuality().totalVideoFrames,
      atSeconds: currentTime,
      aheadSeconds: end - currentTime,
    };
  });
}

/** Presses play. For whoever has just entered the film begins by itself. */
export async function play(page) {
  await page.bringToFront();
  await countFrames(page);
  await page.getByRole('button', { name: 'Play', exact: true }).first().click();
}

/**
 * For whoever came in without pressing anything: browsers may let the film begin by itself, or want a press before it
 * is heard. (A look into the page by `evaluate` counts as a press, so here it may be either.)
 */
export async function begin(page) {
  await page.bringToFront();
  await page.locator('video').waitFor();
  const button = page.getByRole('button', { name: 'Play', exact: true }).first();
  const isPlaying = () => page.locator('video').evaluate((video) => !video.paused && video.currentTime > 0);
  const begins = async () => (await isPlaying()) || ((await button.isVisible()) && (await button.click({ timeout: 5_000 }).catch(() => undefined), false));
  await eventually(begins, { withinMs: 60_000, what: 'the film begins' });
}

/**
 * Waits until `frames` more were shown and the clock of the film went on with them. Looks at the page for that: behind
 * another tab Chromium paints one frame a second, whatever the page is told about being visible.
 */
export async function watchFrames(page, frames = 24, withinMs = 60_000) {
  await page.bringToFront();
  const before = await pictureOf(page);
  const target = before.shown + frames;
  await page.waitForFunction((target) => document.querySelector('video')?.framesShown >= target, target, { timeout: withinMs, polling: 100 });
  const after = await pictureOf(page);
  assert.ok(after.decoded >= before.decoded + frames / 2, `decoded only ${after.decoded - before.decoded} frames`);
  assert.ok(after.atSeconds > before.atSeconds, 'the film stands still');
  assert.ok(after.aheadSeconds <= AHEAD_MOST_SECONDS + 0.5, `${after.aheadSeconds} s are buffered ahead`);
  return after;
}
