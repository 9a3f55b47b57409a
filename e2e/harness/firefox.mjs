// Firefox and the people in front of it, over WebDriver BiDi. Fewer journeys than in Chromium, the same watch: a script
// error, a report of the content security policy or a request to another host fails them.
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import puppeteer from 'puppeteer-core';
import { endsWithUs } from './limits.mjs';
import { eventually } from './traffic.mjs';

const PROGRAM = '/usr/bin/firefox-esr';
const STARTED_WITHIN_MS = 90_000;
const STEP_WITHIN_MS = 60_000;
const ENDED_WITHIN_MS = 15_000;
const PREFERENCES = {
  'intl.accept_languages': 'en-GB, en',
  // It asks nobody but the server under test.
  'app.update.disabledForTesting': true,
  'browser.safebrowsing.downloads.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
};

export class Firefox {
  /** @param {import('puppeteer-core').Browser} browser */
  constructor(browser) {
    this.browser = browser;
  }

  static async begin() {
    const browser = await puppeteer.launch({
      browser: 'firefox', executablePath: PROGRAM, headless: true, timeout: STARTED_WITHIN_MS,
      protocolTimeout: STEP_WITHIN_MS, defaultViewport: { width: 1280, height: 800 }, extraPrefsFirefox: PREFERENCES,
    });
    endsWithUs(browser.process());
    return new Firefox(browser);
  }

  /** Also when it answers no more: then it is ended from outside. */
  async end() {
    const program = this.browser.process();
    const closed = this.browser.close().then(() => true, () => false);
    if (!(await Promise.race([closed, pause(ENDED_WITHIN_MS, false, { ref: false })]))) program?.kill('SIGKILL');
  }

  /** Somebody with cookies and storage of their own, who leaves with the test. @returns {Promise<import('puppeteer-core').Page>} */
  async page(t, origin) {
    const context = await this.browser.createBrowserContext();
    const page = await context.newPage();
    page.setDefaultTimeout(STEP_WITHIN_MS);
    const faults = [];
    page.on('pageerror', (error) => faults.push(`script: ${error.stack ?? error.message}`));
    page.on('console', (message) => /Content-Security-Policy/.test(message.text()) && message.type() === 'error' && faults.push(`policy: ${message.text()}`));
    page.on('request', (request) => {
      const { protocol, host } = new URL(request.url());
      if (/^(https?|wss?):$/.test(protocol) && host !== new URL(origin).host) faults.push(`foreign: ${request.url()}`);
    });
    t.after(async () => {
      // A browser that hangs is ended with the file; the test has its own end.
      await Promise.race([context.close().catch(() => undefined), pause(ENDED_WITHIN_MS, undefined, { ref: false })]);
      assert.deepEqual(faults, []);
    });
    return page;
  }
}

/**
 * A thing that can be filled in or pressed once it stands still. Whether it is enabled is not waited for: puppeteer asks
 * that by making functions from text, which our content security policy forbids in Firefox.
 */
const thing = (page, selector) => page.locator(selector).setWaitForEnabled(false);

/** Types into the fields of a door's form by their ids, and sends it. */
export async function send(page, fields) {
  for (const [id, text] of Object.entries(fields)) await thing(page, `#${id}`).fill(text);
  await thing(page, 'main form button[type=submit]').click();
}

/** Waits until words stand on the page. */
export async function reads(page, words) {
  const stand = () => page.evaluate((words) => document.body?.innerText.includes(words), words).catch(() => false);
  await eventually(stand, { withinMs: STEP_WITHIN_MS, what: `"${words}" stands there` });
}

const picture = (page) => page.evaluate(() => {
  const video = document.querySelector('video');
  return {
    frames: video.getVideoPlaybackQuality().totalVideoFrames,
    atSeconds: video.currentTime,
    isHeard: !video.muted && video.volume > 0 && video.mozHasAudio,
  };
});

/** The film plays, with its sound on: frames come and its clock goes on with them. Where it waits for a press it gets one. */
export async function watches(page, frames = 24) {
  await page.bringToFront();
  await page.waitForSelector('video');
  const plays = async () => {
    const button = await page.$('.player .big');
    await button?.click().catch(() => undefined);
    return (await picture(page)).atSeconds > 0;
  };
  await eventually(plays, { withinMs: STEP_WITHIN_MS, what: 'the film begins' });
  const before = await picture(page);
  const goesOn = async () => (await picture(page)).frames >= before.frames + frames;
  await eventually(goesOn, { withinMs: STEP_WITHIN_MS, what: `${frames} frames more come` });
  const after = await picture(page);
  assert.ok(after.atSeconds > before.atSeconds, 'the film stands still');
  assert.ok(after.isHeard, 'the film has no sound');
}
