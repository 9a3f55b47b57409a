// What owners see and do around an upload: three at once, a job cancelled and begun again, and for everything that
// cannot become playable a sentence that says why.
import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { Visitor } from '../harness/browser.mjs';
import { enterBy } from '../harness/guest.mjs';
import { House } from '../harness/house.mjs';
import { cutFilm, film, made, tone } from '../harness/media.mjs';
import { Anteroom } from '../harness/server.mjs';
import { source } from '../harness/sources.mjs';
import { eventually } from '../harness/traffic.mjs';
import { play, watchFrames } from '../harness/watching.mjs';
import { ARRIVED } from '../harness/uploads.mjs';

const MOST_BYTES = 50_000_000;
const WITHIN_MS = 120_000;
const house = House.forThisFile(undefined, { settings: { ANTEROOM_UPLOAD_MAX_BYTES: String(MOST_BYTES) } });

async function choose(page, paths) {
  const button = page.getByRole('button', { name: /^(Upload|Choose file)$/ }).last();
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), button.click()]);
  await chooser.setFiles(paths);
}

/** Lets the page send so many bytes a second, all uploads together. */
async function slowed(page, uploadThroughput) {
  const network = await page.context().newCDPSession(page);
  await network.send('Network.enable');
  await network.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput });
}

/** Opens an item's page by its title. */
async function openItem(page, title) {
  await page.goto('/');
  await page.getByRole('heading', { name: title, exact: true }).getByRole('link').click();
}

/** What lies in a folder of the server's. */
async function inFolder(name) {
  return readdir(join(house.server.data, name)).catch(() => []);
}

test('three at once by the file chooser: each tells how far it is, and all become ready', async (t) => {
  const page = await house.ownersPage(t);
  await page.goto('/');
  await slowed(page, 400_000);
  const titles = ['source-three-seconds', 'source-no-sound', 'source-variable-frame-rate'];
  const paths = ['three seconds', 'no sound', 'variable frame rate'].map((what) => source(what).file());
  await choose(page, await Promise.all(paths));
  const percents = async () => Promise.all(titles.map(async (title) => {
    const bar = page.getByRole('progressbar', { name: `Upload of ${title}` });
    return Number(await bar.getAttribute('aria-valuenow', { timeout: 5_000 }).catch(() => 0));
  }));
  const allOnTheWay = async () => (await percents()).every((percent) => percent > 0 && percent < 100);
  await eventually(allOnTheWay, { withinMs: WITHIN_MS, what: 'all three are on their way at the same time' });
  const { body } = await house.owner.do('GET', '/api/items');
  const items = titles.map((title) => body.items.find((item) => item.title === title).id);
  await Promise.all(items.map((item) => house.owner.waitFor(item)));
  await openItem(page, titles[2]);
  await play(page);
  await watchFrames(page, 12);
});

test('cancelled on its way nothing of it stays; begun again it becomes ready', async (t) => {
  const page = await house.ownersPage(t);
  const file = await source('1080p with B-frames').file();
  // On a quick machine it would be over between two looks of a busy page, or before the button is pressed.
  const goOn = house.server.slowJobs();
  t.after(goOn);
  const item = await house.owner.upload(file, 'Second thoughts');
  await page.goto(`/media/${item}`);
  await page.getByText('Making it playable everywhere').waitFor({ timeout: WITHIN_MS });
  assert.notDeepEqual(await inFolder('work'), []);
  await page.getByRole('button', { name: 'Cancel processing' }).click();
  await page.getByRole('heading', { name: 'Processing was cancelled' }).waitFor();
  await eventually(async () => (await inFolder('work')).length === 0, { withinMs: 60_000, what: 'the work folder is gone' });
  assert.deepEqual(await inFolder(`media/${item}`), []);
  await goOn();
  const boxOf = (name) => page.getByRole('button', { name }).boundingBox();
  const [again, remove] = [await boxOf('Process again'), await boxOf('Delete')];
  assert.ok(remove.y - again.y - again.height >= 16, 'a slip beside "Process again" deletes');

  await page.getByRole('button', { name: 'Process again' }).click();
  await page.getByRole('heading', { name: 'Getting ready' }).waitFor();
  await page.getByRole('button', { name: 'Play', exact: true }).waitFor({ timeout: WITHIN_MS });
  await play(page);
  await watchFrames(page, 12);
  assert.deepEqual(await inFolder(`media/${item}`), ['1']);
});

test('what cannot become playable says why on its page', async (t) => {
  const page = await house.ownersPage(t);
  await page.goto('/');
  // A list of other files under the name of a film: browsers believe the name.
  const list = join(house.server.data, 'list.mp4');
  await writeFile(list, '#EXTM3U\n#EXTINF:4,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n');
  await choose(page, [await cutFilm(), list]);
  const bothArrived = async () => (await page.getByRole('region', { name: 'Uploads' }).getByText(ARRIVED).count()) === 2;
  await eventually(bothArrived, { withinMs: WITHIN_MS, what: 'both arrive' });
  for (const [title, words] of [
    ['cut', 'The file ends too early. Export or copy it again, then upload it anew.'],
    ['list', 'This is not a video or audio file. MP4, MOV, MKV, WebM, AVI and MPEG-TS are accepted, and for sound alone MP3, M4A, WAV, FLAC and Ogg.'],
  ]) {
    await openItem(page, title);
    await page.getByRole('heading', { name: 'This could not be processed' }).waitFor({ timeout: WITHIN_MS });
    assert.equal(await page.getByRole('alert').innerText(), words);
    // Once more would come to the same; what helps is offered.
    await page.getByRole('button', { name: 'Delete' }).waitFor();
    assert.equal(await page.getByRole('button', { name: 'Process again' }).count(), 0);
  }
});

test('sound alone is heard by its owner and by a guest, and nobody asks for a picture of it', async (t) => {
  const item = await house.owner.readyItem(await made('tone.m4a', [...tone(4), '-c:a', 'aac']), 'A voice');
  const { url } = await house.owner.link(item);
  const [page, guest] = [await house.ownersPage(t), await house.page(t)];
  const pictures = [];
  for (const each of [page, guest]) {
    each.on('response', (answer) => {
      const { pathname } = new URL(answer.url());
      const isOfIt = pathname === `/api/items/${item}/poster` || /^\/m\/.*poster/.test(pathname);
      if (isOfIt || answer.status() === 404) pictures.push(`${answer.status()} ${answer.url()}`);
    });
  }
  await page.goto('/');
  const card = page.getByRole('article').filter({ hasText: 'A voice' });
  await card.locator('.poster svg').waitFor();
  assert.equal(await card.locator('img').count(), 0);
  await openItem(page, 'A voice');
  await page.getByRole('button', { name: 'Play', exact: true }).first().click();
  await enterBy(guest, url, 'Anna K.', 'anna@example.org', { button: 'Listen' });
  for (const each of [page, guest]) {
    const isHeard = () => each.locator('video').evaluate((video) => video.currentTime > 0.5 && video.webkitAudioDecodedByteCount > 0);
    await eventually(isHeard, { withinMs: WITHIN_MS, what: 'the sound plays' });
    assert.equal(await each.locator('video').getAttribute('poster'), null);
  }
  assert.deepEqual(pictures, []);
});

test('a file over the limit and a file of another kind are refused at once, in words', async (t) => {
  const page = await house.ownersPage(t);
  await page.goto('/');
  const asked = [];
  page.on('request', (request) => request.url().includes('/api/uploads') && asked.push(request.url()));
  await choose(page, [await film('heavy.mp4'), new URL('../README.md', import.meta.url).pathname]);
  await page.getByText('Too large. This site accepts files up to 50 MB.').waitFor();
  await page.getByText('Not a video or audio file.', { exact: true }).waitFor();
  assert.deepEqual(asked, []);
  // Programs that do not ask first hear the same.
  const words = { 'tus-resumable': '1.0.0', 'upload-length': String(MOST_BYTES + 1) };
  const { status, body } = await house.owner.ask('POST', '/api/uploads', new Uint8Array(), words);
  assert.deepEqual([status, body.code, body.limit_bytes], [413, 'too_large', MOST_BYTES]);
});

test('a server without ffmpeg says so in its log and at the first film', async (t) => {
  const server = await Anteroom.begin({ ANTEROOM_FFMPEG: '/nowhere/ffmpeg' });
  let visitor;
  t.after(async () => {
    // First, or its page would lose the server from under it.
    try {
      await visitor?.leave();
    } finally {
      await server.end();
    }
  });
  await eventually(() => /ffmpeg was not found in .*install ffmpeg/.test(server.log), { withinMs: 60_000, what: 'the log says it' });
  const owner = await server.member('dana@example.org', 'Dana Levi');
  visitor = await Visitor.come(house.browser, server.origin);
  await visitor.context.addCookies(owner.cookies());
  const page = await visitor.newPage();
  const item = await owner.upload(await source('three seconds').file(), 'Too soon');
  const uploadedAt = Date.now();
  await page.goto(`/media/${item}`);
  await page.getByText('This server has no ffmpeg, so it cannot convert videos. Tell the administrator.').waitFor({ timeout: WITHIN_MS });
  assert.ok(Date.now() - uploadedAt < 30_000, 'the first try tells');
});
