// One site on PostgreSQL, served by two processes: the owner is at the first, guests come to the other.
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { promisify } from 'node:util';
import { Visitor, openChromium } from './browser.mjs';
import { House } from './house.mjs';
import { BUILDING } from './limits.mjs';
import { Anteroom } from './server.mjs';

/** Debian keeps each version in a folder of its own, off the path. */
const FOLDERS = '/usr/lib/postgresql';

function psql() {
  const versions = existsSync(FOLDERS) ? readdirSync(FOLDERS) : [];
  return versions.map((version) => join(FOLDERS, version, 'bin/psql')).find((file) => existsSync(file)) ?? 'psql';
}

/** An empty database of a test file's own: a schema of the given server. */
class Schema {
  #server;
  #name;

  static async fresh() {
    const schema = new Schema();
    schema.#server = process.env.ANTEROOM_TEST_POSTGRES;
    if (!schema.#server) throw new Error('ANTEROOM_TEST_POSTGRES is not set: set it to a PostgreSQL server, or run `cargo xtask test`');
    schema.#name = `e2e${process.pid}_${Date.now()}`;
    await schema.#ask(`CREATE SCHEMA ${schema.#name}`);
    return schema;
  }

  async #ask(sql) {
    await promisify(execFile)(psql(), [this.#server, '-q', '-v', 'ON_ERROR_STOP=1', '-c', sql]);
  }

  get url() {
    return `${this.#server}${this.#server.includes('?') ? '&' : '?'}options=-c%20search_path%3D${this.#name}`;
  }

  async drop() {
    await this.#ask(`SET client_min_messages = warning; DROP SCHEMA ${this.#name} CASCADE`);
  }
}

export class Pair extends House {
  /** @type {Anteroom} the process that the owner never talks to */
  other;

  /** @returns {Pair} */
  static forThisFile() {
    const pair = new Pair();
    let schema;
    before(async () => {
      schema = await Schema.fresh();
      pair.browser = await openChromium();
      pair.server = await Anteroom.begin({ ANTEROOM_DATABASE: schema.url });
      pair.other = await pair.server.beside();
      pair.owner = await pair.server.member('dana@example.org', 'Dana Levi');
    }, BUILDING);
    after(async () => {
      await pair.browser?.close();
      await pair.other?.stop();
      await pair.server?.end();
      await schema?.drop();
    });
    return pair;
  }

  /** The same address at the other process. */
  atOther(url) {
    return this.other.origin + new URL(url).pathname;
  }

  /** A browser that comes to the other process. @returns {Promise<Visitor>} */
  async visitorAtOther(t, options) {
    const visitor = await Visitor.come(this.browser, this.other.origin, options);
    t.after(() => visitor.leave());
    return visitor;
  }
}
