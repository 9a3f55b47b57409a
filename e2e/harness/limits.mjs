// No test file goes on for ever, and what it began ends with it, however it ends. A test that is longer than it may be
// is named and ends its file: what it waits for would keep the whole run.
import { rmSync } from 'node:fs';
import { afterEach, beforeEach } from 'node:test';

const isLong = process.env.ANTEROOM_TEST_LONG === '1';
/** For one test. The runner has a limit for the file (`package.json`). */
const TEST_LIMIT_MS = (isLong ? 60 : 6) * 60_000;
/** For what stands before the tests of a file. */
export const BUILDING = { timeout: (isLong ? 20 : 10) * 60_000 };

/** @type {Set<import('node:child_process').ChildProcess>} */
const children = new Set();
const folders = new Set();

/** A process that is killed when this one exits, if it still runs then. */
export function endsWithUs(child) {
  children.add(child);
  child.once('exit', () => children.delete(child));
}

/** A folder of which nothing stays when this process exits. */
export function removedWithUs(folder) {
  folders.add(folder);
}

process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});
// The runner ends a file so, and without this nothing above would happen.
process.once('SIGTERM', () => process.exit(1));

function limitTests() {
  let limit;
  beforeEach(({ name }) => {
    clearTimeout(limit);
    limit = setTimeout(() => {
      console.error(`"${name}" took longer than ${TEST_LIMIT_MS / 60_000} minutes`);
      process.exit(1);
    }, TEST_LIMIT_MS).unref();
  });
  afterEach(() => clearTimeout(limit));
}

// The pictures are drawn without the runner.
if (process.argv[1]?.endsWith('.test.mjs')) limitTests();
