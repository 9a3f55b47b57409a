// The API's own page: what it tells people to do is done here, word by word.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { House } from '../harness/house.mjs';
import { film } from '../harness/media.mjs';

const run = promisify(execFile);
const WITHIN_MS = 120_000;
const house = House.forThisFile();

async function token(scopes) {
  return (await house.owner.do('POST', '/api/tokens', { name: 'A script', scopes })).body.token;
}

test('the upload with curl that the page shows works as it stands', async (t) => {
  const page = await house.page(t);
  await page.goto('/api');
  const folder = await mkdtemp(join(tmpdir(), 'anteroom-api-'));
  t.after(() => rm(folder, { recursive: true }));
  const script = join(folder, 'upload.sh');
  await writeFile(script, await page.locator('#upload-example').textContent());
  const env = { ...process.env, SITE: house.server.origin, TOKEN: await token(['uploads', 'items:read', 'guest_access']) };
  const { stdout } = await run('sh', [script, await film('short.mp4')], { env, timeout: WITHIN_MS });
  const guest = await house.page(t);
  await guest.goto(stdout.trim());
  await guest.getByRole('heading', { name: 'Field trip' }).waitFor();
});

test('a token that lacks a scope is told which', async () => {
  const headers = { authorization: `Bearer ${await token(['items:read'])}` };
  const answer = await fetch(`${house.server.origin}/api/site/policy`, { headers });
  const { code, scope } = await answer.json();
  assert.deepEqual([answer.status, code, scope], [403, 'scope_missing', 'site']);
});

test('every operation has its place, and every link on the page leads somewhere', async (t) => {
  const page = await house.page(t);
  await page.goto('/api');
  const { missing, operations } = await page.evaluate(() => {
    const links = [...document.querySelectorAll('a[href^="#"]')].map((link) => link.getAttribute('href').slice(1));
    return { missing: links.filter((id) => !document.getElementById(id)), operations: document.querySelectorAll('article pre').length };
  });
  assert.deepEqual(missing, []);
  const { paths } = await (await fetch(`${house.server.origin}/api/openapi.json`)).json();
  assert.equal(operations, Object.values(paths).flatMap((methods) => Object.keys(methods)).length);
});

test('the token dialog offers every scope that there is', async (t) => {
  const { scopes } = (await house.owner.do('GET', '/api/tokens')).body;
  const page = await house.ownersPage(t);
  await page.goto('/tokens');
  await page.getByRole('button', { name: 'Create' }).first().click();
  const offered = await page.getByRole('dialog').getByRole('checkbox').count();
  assert.equal(offered, scopes.length);
});
