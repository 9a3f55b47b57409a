// Uploads that are torn apart: by a reload, by a killed server, by a client that is not ours. What arrives is
// compared byte for byte on the disk. ANTEROOM_TEST_LONG=1 takes a file of more than 2 GiB.
import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import * as tus from 'tus-js-client';
import { House } from '../harness/house.mjs';
import { film, sha256 } from '../harness/media.mjs';
import { eventually } from '../harness/traffic.mjs';
import { ARRIVED } from '../harness/uploads.mjs';

const isLong = process.env.ANTEROOM_TEST_LONG === '1';
const FILE = isLong ? 'huge.mp4' : 'heavy.mp4';
const BYTES_A_SECOND = isLong ? 200e6 : 12e6;
const WITHIN_MS = isLong ? 600_000 : 180_000;
const house = House.forThisFile(async () => film(FILE));

/** The file that the server keeps of an upload, by its address. */
function kept(location) {
  return join(house.server.data, 'uploads', new URL(location, house.server.origin).pathname.split('/').at(-1));
}

async function choose(page, path) {
  const button = page.getByRole('button', { name: /^(Upload|Choose file)$/ }).last();
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), button.click()]);
  await chooser.setFiles(path);
}

async function slowed(page) {
  const network = await page.context().newCDPSession(page);
  await network.send('Network.enable');
  await network.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: BYTES_A_SECOND });
  return network;
}

async function hasArrived(path, bytes) {
  await eventually(async () => ((await stat(path).catch(() => null))?.size ?? 0) >= bytes, { withinMs: WITHIN_MS, what: `${bytes} bytes arrive` });
}

test('through the page: reloaded and the server killed on the way, it goes on at its offset', async (t) => {
  const path = await film(FILE);
  const { size } = await stat(path);
  const page = await house.ownersPage(t);
  page.on('dialog', (dialog) => dialog.accept());
  const offsets = [];
  page.on('request', (request) => {
    if (request.method() === 'PATCH') offsets.push(Number(request.headers()['upload-offset']));
  });
  await page.goto('/');
  await slowed(page);
  const made = page.waitForResponse((response) => response.request().method() === 'POST' && response.url().endsWith('/api/uploads'));
  await choose(page, path);
  const arriving = kept((await made).headers()['location']);
  await hasArrived(arriving, size * 0.3);

  await page.reload();
  await page.getByText('Unfinished uploads').waitFor();
  await choose(page, path);
  await hasArrived(arriving, size * 0.6);
  await house.server.kill();
  await page.getByText('Waiting for the server.').waitFor({ timeout: WITHIN_MS });
  await house.server.start();
  await page.getByRole('region', { name: 'Uploads' }).getByText(ARRIVED).waitFor({ timeout: WITHIN_MS });

  assert.equal(offsets[0], 0);
  assert.ok(offsets.length >= 3 && offsets.slice(1).every((offset) => offset > 0), `began at ${offsets}`);
  const names = await readdir(join(house.server.data, 'uploads'));
  assert.deepEqual(names, [arriving.split('/').at(-1)]);
  assert.equal(await sha256(arriving), await sha256(path));
});

/** Sends a file with tus-js-client until it is there, or until `pauseAtBytes`. */
function sendByTus(path, size, token, previous, pauseAtBytes = Infinity) {
  return new Promise((done, fail) => {
    const upload = new tus.Upload(createReadStream(path), {
      endpoint: `${house.server.origin}/api/uploads`,
      uploadUrl: previous,
      uploadSize: size,
      chunkSize: 4 << 20,
      headers: { authorization: `Bearer ${token}` },
      metadata: { filename: 'By a program.mp4' },
      retryDelays: null,
      onError: fail,
      onSuccess: () => done(upload.url),
      onChunkComplete: (_, sent) => {
        if (sent >= pauseAtBytes) void upload.abort().then(() => done(upload.url));
      },
    });
    upload.start();
  });
}

test('by tus-js-client with a token: stopped, the server killed, gone on with, the same bytes', async () => {
  const path = await film(FILE);
  const { size } = await stat(path);
  const { body } = await house.owner.do('POST', '/api/tokens', { name: 'A program', scopes: ['uploads'] });
  const begun = await sendByTus(path, size, body.token, null, size / 2);
  await house.server.kill();
  await house.server.start();
  const head = await house.owner.do('HEAD', new URL(begun).pathname, undefined, { 'tus-resumable': '1.0.0' });
  const offset = Number(head.headers.get('upload-offset'));
  assert.ok(offset >= size / 2 && offset < size, `stands at ${offset} of ${size}`);
  const ended = await sendByTus(path, size, body.token, begun);
  assert.equal(ended, begun);
  assert.equal(await sha256(kept(begun)), await sha256(path));
  await assert.rejects(sendByTus(path, size, `${body.token}x`, null), /401/);
});

test('three at once arrive, and what is no film says so', async (t) => {
  const page = await house.ownersPage(t);
  await page.goto('/');
  const path = await film('short.mp4');
  await choose(page, [path, await film('long.mp4'), new URL('../package.json', import.meta.url).pathname]);
  await page.getByText('Not a video or audio file.').waitFor();
  await eventually(async () => (await page.getByRole('region', { name: 'Uploads' }).getByText(ARRIVED).count()) === 2, { withinMs: WITHIN_MS, what: 'both films arrive' });
});

test('the tray lies over nothing on a media page, and says when the film is ready', async (t) => {
  const item = await house.readyItem('short.mp4', 'Beside it');
  const page = await house.ownersPage(t, { viewport: { width: 1280, height: 800 } });
  await page.goto('/');
  await choose(page, await film('long.mp4'));
  await page.getByRole('heading', { name: 'Beside it' }).getByRole('link').click();
  const share = page.getByRole('button', { name: 'Share' });
  await share.waitFor();
  const button = page.locator('button[aria-controls=uploads]');
  await button.waitFor();
  assert.equal(await page.getByRole('region', { name: 'Uploads' }).count(), 0, 'the tray lies over the page');
  await share.click({ timeout: 5_000 });
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  await button.click();
  await page.getByRole('region', { name: 'Uploads' }).getByText('Ready to watch').waitFor({ timeout: WITHIN_MS });
  await page.keyboard.press('Escape');
  assert.equal((await house.owner.do('GET', `/api/items/${item}`)).body.title, 'Beside it');
});

test('a server in between that takes small pieces only gets small pieces', async (t) => {
  const path = await film('heavy.mp4');
  const page = await house.ownersPage(t);
  const MOST = 1 << 20;
  const sizes = [];
  await page.route('**/api/uploads/*', (route) => {
    const request = route.request();
    if (request.method() !== 'PATCH') return route.continue();
    const { length } = request.postDataBuffer() ?? Buffer.alloc(0);
    sizes.push(length);
    if (length <= MOST) return route.continue();
    return route.fulfill({ status: 413, contentType: 'text/html', body: '<h1>413 Request Entity Too Large</h1>' });
  });
  await page.goto('/');
  await choose(page, path);
  await page.getByRole('region', { name: 'Uploads' }).getByText(ARRIVED).waitFor({ timeout: WITHIN_MS });
  assert.ok(sizes[0] > MOST, `the first piece was of ${sizes[0]} bytes`);
  assert.ok(sizes.slice(-2).every((bytes) => bytes <= MOST));

  await page.unroute('**/api/uploads/*');
  await page.route('**/api/uploads/*', (route) => (route.request().method() === 'PATCH' ? route.fulfill({ status: 413, body: '' }) : route.continue()));
  await choose(page, await film('short.mp4'));
  await page.getByText('A server between you and this site refuses even small pieces.').waitFor({ timeout: WITHIN_MS });
});
