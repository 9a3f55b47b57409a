// The wall's clock steps while the server runs: minutes are caught up with little by little and end no viewing, hours
// make the process say that it is not ready until the clock was set right.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { film } from '../harness/media.mjs';
import { FAKETIME, Anteroom } from '../harness/server.mjs';
import { eventually } from '../harness/traffic.mjs';

const WITHIN_MS = 20_000;

test('a step of minutes changes nothing, one of hours is said and heals', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'anteroom-clock-'));
  const file = join(folder, 'offset');
  const step = (offset) => writeFile(file, `${offset}\n`);
  await step('+0');
  // The wall's clock alone, read anew from the file each time.
  const server = await Anteroom.begin({ LD_PRELOAD: FAKETIME, FAKETIME_TIMESTAMP_FILE: file, FAKETIME_NO_CACHE: '1', FAKETIME_DONT_FAKE_MONOTONIC: '1' });
  t.after(async () => {
    await server.end();
    await rm(folder, { recursive: true });
  });
  const ready = async () => (await fetch(`${server.origin}/readyz`)).status;
  const owner = await server.member('dana@example.org', 'Dana Levi');
  const signedIn = async () => (await owner.ask('GET', '/api/me')).status;
  const item = await owner.readyItem(await film('short.mp4'), 'Field trip');
  const { viewing } = (await owner.do('POST', '/api/viewings', { item })).body;
  // A ticket is good for two minutes.
  const goesOn = async () => {
    assert.equal((await owner.ask('GET', `/m/${viewing}/master.m3u8`)).status, 200);
    assert.equal((await owner.ask('POST', `/m/${viewing}/renew`)).status, 204);
  };
  await goesOn();

  await step('+4m');
  assert.equal(await ready(), 204);
  assert.equal(await signedIn(), 200);
  await goesOn();

  await step('+3h');
  await eventually(async () => (await ready()) === 503, { withinMs: WITHIN_MS, what: 'the process says that it is not ready' });
  assert.match((await (await fetch(`${server.origin}/readyz`)).json()).message, /clock stepped/);
  assert.equal(await signedIn(), 200);

  await step('+0');
  await eventually(async () => (await ready()) === 204, { withinMs: WITHIN_MS, what: 'and is ready again by itself' });
  await goesOn();
});
