// The real binary on a data folder and a port of its own. It ends only what it began.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ask } from './http.mjs';
import { endsWithUs, removedWithUs } from './limits.mjs';
import { Owner } from './owner.mjs';

const built = fileURLToPath(new URL('../../target/debug/anteroom', import.meta.url));
const binary = process.env.ANTEROOM_BIN ?? built;
const READY_WITHIN_MS = 30_000;
const STOPPED_WITHIN_MS = 20_000;
export const FAKETIME = '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1';

/** What a member of the journeys types. */
export const PASSWORD = 'quiet harbour at noon';

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}

/** The environment without our own variables: the server takes each `ANTEROOM_…` for a setting. */
function plainEnvironment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('ANTEROOM_')));
}

/** Processes below one of ours. */
async function descendants(pid) {
  // A runtime with threads: any of them may have forked.
  const tasks = await readdir(`/proc/${pid}/task`).catch(() => []);
  const lists = await Promise.all(tasks.map((task) => readFile(`/proc/${pid}/task/${task}/children`, 'utf8').catch(() => '')));
  const own = [...new Set(lists.join(' ').split(/\s+/).filter(Boolean).map(Number))];
  return [...own, ...(await Promise.all(own.map(descendants))).flat()];
}

export class Anteroom {
  /** @type {import('node:child_process').ChildProcess | null} */
  #child = null;
  #said = '';
  #log = '';
  /** @type {Promise<unknown>} */
  #gone = Promise.resolve();

  constructor(data, port, settings, program = binary) {
    this.data = data;
    this.port = port;
    this.settings = settings;
    this.program = program;
    this.origin = `http://localhost:${port}`;
  }

  /**
   * A server on an empty data folder.
   * @param {Record<string, string>} [settings] as environment
   * @param {string} [under] where the folder is made: a small disk, for one
   * @param {string} [program] another build of Anteroom, to stand beside this one
   */
  static async begin(settings = {}, under = tmpdir(), program = binary) {
    const data = await mkdtemp(join(under, 'anteroom-e2e-'));
    removedWithUs(data);
    const server = new Anteroom(data, await freePort(), settings, program);
    await server.start();
    return server;
  }

  /** One more process on the same data, which must be on PostgreSQL. It is to be stopped before the first one ends. */
  async beside() {
    const server = new Anteroom(this.data, await freePort(), this.settings, this.program);
    await server.start();
    return server;
  }

  /** @param {{ laterByDays?: number }} [when] lets the binary believe in another day; less than 0 is earlier */
  async start({ laterByDays = 0 } = {}) {
    const env = { ...plainEnvironment(), ...this.settings };
    if (laterByDays !== 0) {
      // The clock of the wall alone: timers of the runtime go by the other one.
      Object.assign(env, { LD_PRELOAD: FAKETIME, FAKETIME: `${laterByDays > 0 ? '+' : ''}${laterByDays}d`, FAKETIME_DONT_FAKE_MONOTONIC: '1' });
    }
    const listen = ['--data', this.data, '--listen', `127.0.0.1:${this.port}`];
    const child = spawn(this.program, ['serve', ...listen], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    this.#gone = once(child, 'exit');
    this.#said = '';
    child.stdout.on('data', (text) => (this.#said += text));
    child.stderr.on('data', (text) => (this.#log = (this.#log + text).slice(-20_000)));
    endsWithUs(child);
    await this.#ready(child);
  }

  async #ready(child) {
    const until = Date.now() + READY_WITHIN_MS;
    while (Date.now() < until) {
      if (child.exitCode !== null) throw new Error(`the server ended by itself:\n${this.#log}`);
      const answer = await ask(`http://127.0.0.1:${this.port}/readyz`).catch(() => null);
      if (answer?.status === 204) return;
      await pause(50);
    }
    throw new Error(`the server was not ready within ${READY_WITHIN_MS} ms:\n${this.#log}`);
  }

  /** As an operator would. */
  async stop() {
    const child = this.#child;
    if (!child) return;
    this.#child = null;
    child.kill('SIGTERM');
    const stopped = await Promise.race([this.#gone.then(() => true), pause(STOPPED_WITHIN_MS, false, { ref: false })]);
    if (!stopped) {
      child.kill('SIGKILL');
      throw new Error(`the server did not stop within ${STOPPED_WITHIN_MS} ms:\n${this.#log}`);
    }
  }

  /** As a power cut would. */
  async kill() {
    const child = this.#child;
    this.#child = null;
    child?.kill('SIGKILL');
    await this.#gone;
  }

  /** Stops it and removes its data. */
  async end() {
    await this.stop();
    await rm(this.data, { recursive: true, force: true, maxRetries: 5 });
  }

  /**
   * Lets the converters run for a moment of each second only, so that a job can be looked at in its middle. A
   * converter that stood still for good would be given up as stuck.
   * @returns {() => Promise<void>} ends that
   */
  slowJobs() {
    let isOver = false;
    const send = async (signal) => {
      for (const pid of await descendants(this.#child?.pid)) {
        try {
          process.kill(pid, signal);
        } catch {
          // It ended meanwhile.
        }
      }
    };
    const turns = (async () => {
      while (!isOver) {
        await send('SIGSTOP');
        await pause(950);
        await send('SIGCONT');
        await pause(50);
      }
    })();
    return async () => {
      isOver = true;
      await turns;
    };
  }

  get log() {
    return this.#log;
  }

  /** The one-time link that it printed, for the first administrator. */
  get setupUrl() {
    return /http\S+\/setup\/\S+/.exec(this.#said)?.[0] ?? null;
  }

  /** Makes a member by the command line and signs in. @returns {Promise<Owner>} */
  async member(email, name, role = 'private_only') {
    const words = ['member', 'create', '--data', this.data, '--email', email, '--name', name, '--role', role];
    const child = spawn(this.program, [...words, '--password-stdin'], { env: { ...plainEnvironment(), ...this.settings }, stdio: ['pipe', 'ignore', 'pipe'] });
    let complaint = '';
    child.stderr.on('data', (text) => (complaint += text));
    child.stdin.end(PASSWORD);
    const [code] = await once(child, 'exit');
    if (code !== 0) throw new Error(`member create: ${complaint}`);
    const owner = new Owner(this.origin, email, name);
    await owner.signIn(PASSWORD);
    return owner;
  }
}
