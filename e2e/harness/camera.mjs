// A camera in front of a screen: what it reads from a QR code as it is drawn, not as it was meant.
import assert from 'node:assert/strict';
import { decodeQR } from 'qr/decode.js';
import { workbench } from './browser.mjs';

/** What of the page around the picture the camera sees too, in pixels. */
const AROUND = 24;
/** For looking again in other ways, on a busy machine. */
const LOOKS_MS = 30_000;
/** How much lighter the ground must be, of 255. */
const CONTRAST = 150;

/** A PNG as points, by Chromium's own reader in a page of its own. */
async function pointsOf(browser, png) {
  const page = await workbench(browser);
  try {
    const { width, height, text } = await page.evaluate(async (text) => {
      const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${text}`)).blob());
      const { width, height } = image;
      const canvas = new OffscreenCanvas(width, height).getContext('2d');
      canvas.drawImage(image, 0, 0);
      const { data } = canvas.getImageData(0, 0, width, height);
      return { width, height, text: new Uint8Array(data.buffer).toBase64() };
    }, png.toString('base64'));
    return { width, height, data: new Uint8ClampedArray(Buffer.from(text, 'base64')) };
  } finally {
    await page.close();
  }
}

function brightness({ width, data }, { x, y }) {
  const at = 4 * (Math.round(y) * width + Math.round(x));
  return (data[at] + data[at + 1] + data[at + 2]) / 3;
}

async function look(page, picture) {
  await picture.waitFor();
  await picture.evaluate((image) => image.decode());
  await picture.scrollIntoViewIfNeeded();
  const { x, y, width, height } = await picture.boundingBox();
  const [left, top] = [Math.max(0, x - AROUND), Math.max(0, y - AROUND)];
  const png = await page.screenshot({ clip: { x: left, y: top, width: width + x - left + AROUND, height: height + y - top + AROUND } });
  const points = await pointsOf(page.context().browser(), png);
  const pointsOnDetect = ({ tl, outline: [corner] }) => {
    const [dark, light] = [brightness(points, tl), brightness(points, corner)];
    // This reader takes a negative too; those of many telephones do not.
    assert.ok(light - dark > CONTRAST, `a corner of ${dark} on a ground of ${light}, of 255`);
  };
  return decodeQR(points, { timeLimit: LOOKS_MS, pointsOnDetect });
}

/**
 * Reads the QR code of a picture from the screen, in a light and in a dark room: both must say the same.
 * @param {import('playwright-core').Page} page
 * @param {import('playwright-core').Locator} picture
 * @returns {Promise<string>} the text in it
 */
export async function scan(page, picture) {
  await page.emulateMedia({ colorScheme: 'dark' });
  const dark = await look(page, picture);
  await page.emulateMedia({ colorScheme: 'light' });
  const light = await look(page, picture);
  assert.equal(dark, light, 'in the dark the code says something else');
  return light;
}
