// A real SMTP server (aiosmtpd, the peer of the Rust tests) and the messages that it took, read by Python's parser.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { endsWithUs, removedWithUs } from './limits.mjs';
import { eventually } from './traffic.mjs';

// Debian's own Python has Debian's packages; another that comes first on the path may not.
const PYTHON = '/usr/bin/python3';
const SCRIPT = fileURLToPath(new URL('../../crates/mail/tests/smtp/peer.py', import.meta.url));
const ARRIVES_WITHIN_MS = 60_000;

/** @typedef {{ type: string, text: string | null, cid: string | null, parts: Part[] }} Part */

function* leaves(/** @type {Part} */ part) {
  if (part.parts.length === 0) yield part;
  for (const inner of part.parts) yield* leaves(inner);
}

/** The characters that HTML writes as numbers and names. */
function plain(html) {
  const names = { amp: '&', lt: '<', gt: '>', quot: '"' };
  const numbered = html.replace(/&#(x?)([0-9a-f]+);/gi, (_, hex, digits) => String.fromCodePoint(parseInt(digits, hex ? 16 : 10)));
  return numbered.replace(/&(amp|lt|gt|quot);/g, (_, name) => names[name]);
}

/** A message as a mail program sees it. */
export class Letter {
  constructor(read) {
    this.to = read.to;
    this.headers = Object.fromEntries(read.headers.map(([name, value]) => [name.toLowerCase(), value]));
    this.parts = [...leaves(read.body)];
  }

  body(type) {
    return this.parts.find((part) => part.type === type)?.text ?? '';
  }

  get html() {
    return plain(this.body('text/html'));
  }

  /** The first address that a reader can press. */
  get link() {
    return plain(/href="([^"]+)"/.exec(this.body('text/html'))?.[1] ?? '');
  }

  /** The code of a mail that proves an address. */
  get code() {
    return /\b\d{8}\b/.exec(this.body('text/plain'))?.[0];
  }
}

/** Eight digits that are not those of the code. */
export function another(code) {
  return String((Number(code) + 1) % 1e8).padStart(8, '0');
}

export class Post {
  #read = 0;

  static async open() {
    const folder = await mkdtemp(join(tmpdir(), 'anteroom-smtp-'));
    const child = spawn(PYTHON, [SCRIPT, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
    endsWithUs(child);
    removedWithUs(folder);
    let said = '';
    for await (const text of child.stdout) if ((said += text).includes('\n')) break;
    if (!said) throw new Error('aiosmtpd is missing; run `cargo xtask prepare`');
    const post = new Post();
    return Object.assign(post, { folder, child, port: JSON.parse(said).port });
  }

  /** One for a test file, from its first line to its end. */
  static async forThisFile() {
    const post = await Post.open();
    after(() => post.end());
    return post;
  }

  /** What the server under test must know of it. */
  get settings() {
    return {
      ANTEROOM_MAIL_HOST: '127.0.0.1',
      ANTEROOM_MAIL_PORT: String(this.port),
      ANTEROOM_MAIL_TLS: 'none',
      ANTEROOM_MAIL_FROM: 'anteroom@example.org',
    };
  }

  /** Behaves so from now on; the modes stand at the top of `peer.py`. */
  async behave(mode) {
    await writeFile(join(this.folder, 'mode.new'), mode);
    await rename(join(this.folder, 'mode.new'), join(this.folder, 'mode'));
  }

  /** Lets the messages that wait for an answer have it. */
  async go() {
    await writeFile(join(this.folder, 'go'), '');
  }

  /** The next message, as soon as it is there. @returns {Promise<Letter>} */
  async next() {
    const file = join(this.folder, `${this.#read + 1}.json`);
    let text = null;
    const isThere = async () => (text = await readFile(file, 'utf8').catch(() => null)) !== null;
    await eventually(isThere, { withinMs: ARRIVES_WITHIN_MS, what: 'another message arrives' });
    this.#read += 1;
    return new Letter(JSON.parse(text ?? ''));
  }

  async end() {
    this.child.stdin.end();
    await once(this.child, 'exit');
    await rm(this.folder, { recursive: true, force: true });
  }
}
