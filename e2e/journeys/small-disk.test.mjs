// A disk that fills up: uploads and processing stop in time and say so, entries and playback go on. The disk is a
// tmpfs, which only root can mount; where root is there, it must succeed.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Visitor, openChromium } from '../harness/browser.mjs';
import { enterBy } from '../harness/guest.mjs';
import { film } from '../harness/media.mjs';
import { Anteroom } from '../harness/server.mjs';
import { source } from '../harness/sources.mjs';
import { eventually } from '../harness/traffic.mjs';
import { play, watchFrames } from '../harness/watching.mjs';

const FLOOR_BYTES = 60 << 20;
const WITHIN_MS = 120_000;
const skip = process.getuid() !== 0 && 'only root can mount a small disk';

/** A disk of 200 MiB that leaves with the test. */
async function smallDisk(t) {
  const disk = await mkdtemp(join(tmpdir(), 'anteroom-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=200m', 'tmpfs', disk]);
  t.after(async () => {
    execFileSync('umount', ['-l', disk]);
    await rm(disk, { recursive: true });
  });
  return disk;
}

/** Takes room until so much is free; 0 gives it back. */
async function leaveFree(disk, bytes) {
  const filler = join(disk, 'filler');
  await rm(filler, { force: true });
  const { bavail, bsize } = await statfs(disk);
  await writeFile(filler, Buffer.alloc(bavail * bsize - bytes));
}

test('uploads and processing stop in time, entries and playback go on', { skip }, async (t) => {
  const disk = await smallDisk(t);
  const server = await Anteroom.begin({ ANTEROOM_DISK_FLOOR_BYTES: String(FLOOR_BYTES) }, disk);
  const browser = await openChromium();
  const visitors = [];
  t.after(async () => {
    // First, or their pages would lose the server from under them.
    const left = await Promise.allSettled(visitors.map((visitor) => visitor.leave()));
    await browser.close();
    await server.end();
    assert.deepEqual(left.filter(({ status }) => status === 'rejected'), []);
  });
  const owner = await server.member('dana@example.org', 'Dana Levi');
  const come = async (options) => {
    const visitor = await Visitor.come(browser, server.origin, options);
    visitors.push(visitor);
    return visitor;
  };

  const item = await owner.readyItem(await film('long.mp4'), 'Field trip');
  const { url } = await owner.link(item);
  const inside = await (await come()).newPage();
  await enterBy(inside, url);
  await watchFrames(inside, 12);
  const member = await come();
  await member.context.addCookies(owner.cookies());
  const page = await member.newPage();

  // Too little for an upload.
  await leaveFree(disk, FLOOR_BYTES + (4 << 20));
  await page.goto('/');
  const refusal = page.waitForResponse((response) => response.url().endsWith('/api/uploads'));
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name: /^(Upload|Choose file)$/ }).last().click(),
  ]);
  await chooser.setFiles(await film('heavy.mp4'));
  assert.equal((await refusal).status(), 507);
  await page.getByText('The server has no room for this file. Tell the administrator, then try again.').waitFor();
  const late = await (await come()).newPage();
  await enterBy(late, url, 'Ben', 'ben@example.org');
  await watchFrames(late, 12);

  // Less and less while a film is being made: it stops before the disk is full.
  await leaveFree(disk, FLOOR_BYTES + (16 << 20));
  const file = await source('1080p with B-frames').file();
  const goOn = server.slowJobs();
  t.after(goOn);
  const made = await owner.upload(file, 'Too much');
  await page.goto(`/media/${made}`);
  await page.getByText('Making it playable everywhere').waitFor({ timeout: WITHIN_MS });
  await leaveFree(disk, FLOOR_BYTES / 2 - (2 << 20));
  await page.getByText('The server has no room left. Tell the administrator, then try again.').waitFor({ timeout: WITHIN_MS });
  const { bavail, bsize } = await statfs(disk);
  assert.ok(bavail * bsize > FLOOR_BYTES / 4, 'it stopped with room to spare');
  const third = await (await come()).newPage();
  await enterBy(third, url, 'Cleo', 'cleo@example.org');
  await watchFrames(third, 12);
  await watchFrames(inside, 12);
  assert.deepEqual(await owner.uses(item), { Parents: 3 });

  // Room again: both go on without anybody restarting anything.
  await rm(join(disk, 'filler'));
  await goOn();
  await page.getByRole('button', { name: 'Process again' }).click();
  await page.getByRole('button', { name: 'Play', exact: true }).waitFor({ timeout: WITHIN_MS });
  await play(page);
  await watchFrames(page, 12);
  await eventually(async () => (await owner.ask('POST', '/api/uploads', new Uint8Array(), { 'tus-resumable': '1.0.0', 'upload-length': '1000000' })).status === 201, { withinMs: 60_000, what: 'an upload is taken again' });
});
