// The runner of the journeys itself: a file that fails before its first test, and one that waits for ever, end by
// themselves and leave no server behind.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const E2E = fileURLToPath(new URL('..', import.meta.url));
const HOUSE = new URL('../harness/house.mjs', import.meta.url);
const ENDS_WITHIN_MS = 120_000;

/** Runs a file of journeys that begins a server, notes where its data lies, and then does `more`. */
async function run(t, more, env = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'anteroom-runner-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const [file, note] = [join(folder, 'it.test.mjs'), join(folder, 'note')];
  await writeFile(file, `
    import { writeFile } from 'node:fs/promises';
    import { test } from 'node:test';
    import { House } from '${HOUSE}';
    const house = House.forThisFile(async ({ server }) => {
      await writeFile('${note}', server.data);
      ${more}
    });
    test('watches', () => undefined);
  `);
  const { NODE_TEST_CONTEXT: _, ...plain } = process.env;
  const said = await new Promise((done) => {
    execFile('npm', ['run', '--silent', 'limited', '--', file], { cwd: E2E, env: { ...plain, ...env }, timeout: ENDS_WITHIN_MS }, (error, stdout) => done({ error, stdout }));
  });
  return { ...said, data: await readFile(note, 'utf8') };
}

/** Whether a process has this folder on its command line. */
async function isServed(data) {
  return new Promise((done) => execFile('pgrep', ['-f', data], (error) => done(!error)));
}

test('what fails before the first test ends, and so does its server', async (t) => {
  const { error, stdout, data } = await run(t, "throw new Error('no such film');");
  assert.equal(error?.killed, false, 'it ended by itself');
  assert.match(stdout, /no such film/);
  assert.ok(!(await isServed(data)));
});

test('what waits for ever is ended by the limit of a file, and so is its server', async (t) => {
  const { error, stdout, data } = await run(t, 'await new Promise((done) => setInterval(done, 1e9));', { ANTEROOM_TEST_FILE_MS: '30000' });
  assert.equal(error?.killed, false, 'it was ended in time');
  assert.match(stdout, /timed out|timeout/i);
  assert.ok(!(await isServed(data)));
});
