// The path that Anteroom exists for: from an empty folder to a guest who watches.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { Visitor, openChromium } from '../harness/browser.mjs';
import { enterBy } from '../harness/guest.mjs';
import { film } from '../harness/media.mjs';
import { chooseFromMenu } from '../harness/menu.mjs';
import { Anteroom, PASSWORD } from '../harness/server.mjs';
import { play, watchFrames } from '../harness/watching.mjs';
import { ARRIVED } from '../harness/uploads.mjs';

let server, browser;
before(async () => {
  [server, browser] = await Promise.all([Anteroom.begin(), openChromium()]);
});
after(async () => {
  await browser?.close();
  await server?.end();
});

/** Holds a file over the page and lets it go. */
async function drop(page, path, name) {
  const held = await page.evaluateHandle(([base64, name]) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const transfer = new DataTransfer();
    transfer.items.add(new File([bytes], name, { type: 'video/mp4' }));
    return transfer;
  }, [await readFile(path, 'base64'), name]);
  await page.dispatchEvent('body', 'dragover', { dataTransfer: held });
  await page.getByText('Drop to upload').waitFor();
  await page.dispatchEvent('body', 'drop', { dataTransfer: held });
}

const noMembers = (page) => page.getByText('This site has no members yet. When the server started it printed a one-time link');

async function setUp(page) {
  // Whoever comes here without that link is told where to find it.
  await page.goto('/');
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await noMembers(page).waitFor();
  await page.goto(server.setupUrl);
  await page.getByLabel('Your name').fill('Dana Levi');
  await page.getByLabel('E-mail').fill('dana@example.org');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.getByRole('heading', { name: 'My media' }).waitFor();
}

async function signInAnew(page) {
  await chooseFromMenu(page, 'Account', 'Sign out');
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await page.getByText('Forgot your password?').waitFor();
  assert.equal(await noMembers(page).count(), 0, 'somebody lives here by now');
  await page.getByLabel('E-mail').fill('dana@example.org');
  await page.getByLabel('Password').fill('something else entirely');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByText('E-mail and password do not match.').waitFor();
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('heading', { name: 'My media' }).waitFor();
}

async function makeLink(page, title) {
  await chooseFromMenu(page, `More for ${title}`, 'Manage guest access');
  const sheet = page.getByRole('dialog');
  await sheet.getByRole('switch', { name: 'Guest access' }).click();
  await sheet.getByRole('button', { name: 'Create the first link' }).click();
  await sheet.getByLabel('Link name').fill('Parents');
  await sheet.getByLabel('Clicks').fill('2');
  await sheet.getByRole('button', { name: 'Create link' }).click();
  return sheet.getByLabel('Address of Parents').inputValue();
}

test('an administrator sets up, drops a film, makes a link; a guest enters and watches', async () => {
  const owner = await Visitor.come(browser, server.origin, { permissions: ['clipboard-read', 'clipboard-write'] });
  const page = await owner.newPage();
  const setupUrl = server.setupUrl;
  await setUp(page);
  await signInAnew(page);

  await drop(page, await film('short.mp4'), 'Field trip.mp4');
  await page.getByRole('region', { name: 'Uploads' }).getByText(ARRIVED).waitFor();
  await page.getByRole('heading', { name: 'Field trip' }).getByRole('link').click();
  await page.getByRole('progressbar').first().waitFor();
  await page.getByRole('button', { name: 'Play', exact: true }).waitFor({ timeout: 120_000 });
  await play(page);
  await watchFrames(page, 24);

  const url = await makeLink(page, 'Field trip');
  assert.match(url, new RegExp(`^${server.origin}/g/[\\w-]{20,}$`));
  const sheet = page.getByRole('dialog');
  await sheet.getByText('Copied').first().waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), url);

  const guest = await Visitor.come(browser, server.origin);
  const seen = await guest.newPage();
  await enterBy(seen, url);
  await seen.getByText('You are here as Anna K.').waitFor();
  assert.equal(await seen.getByRole('navigation').count(), 0);
  // From the button to the first frame nothing else is asked.
  await watchFrames(seen, 48);
  // The dialog is still open and counts along.
  await sheet.getByText('1 of 2').waitFor();
  await sheet.getByText('1 inside now').waitFor();

  // The link of the first set-up worked once.
  const late = await guest.newPage();
  assert.equal((await late.goto(setupUrl)).status(), 404);
  await guest.leave();
  await owner.leave();
});
