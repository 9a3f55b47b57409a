// A member who talks to the API as a program: for all that a journey needs but is not about.
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ask } from './http.mjs';

const READY_WITHIN_MS = 240_000;

export class Owner {
  #cookies = new Map();

  constructor(origin, email, name) {
    Object.assign(this, { origin, email, name });
  }

  /** @returns {Promise<{ status: number, headers: Headers, body: any }>} */
  async ask(method, path, body, headers = {}) {
    const isJson = body !== undefined && !(body instanceof Uint8Array);
    const { status, headers: lines, text } = await ask(this.origin + path, {
      method,
      headers: {
        origin: this.origin,
        cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(isJson && { 'content-type': 'application/json' }),
        ...headers,
      },
      body: isJson ? JSON.stringify(body) : body,
    });
    for (const line of lines.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      this.#cookies.set(name, value);
    }
    const isObject = lines.get('content-type')?.includes('json');
    return { status, headers: lines, body: isObject ? JSON.parse(text) : text };
  }

  /** The same, and anything but success is an error. */
  async do(method, path, body, headers) {
    const answer = await this.ask(method, path, body, headers);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer;
  }

  async signIn(password) {
    await this.do('POST', '/api/sign-in', { email: this.email, password });
  }

  /** Cookies for a browser that is to be signed in from the start. */
  cookies() {
    return [...this.#cookies].map(([name, value]) => ({
      name, value, url: this.origin.replace('http:', 'https:'), secure: true, httpOnly: true, sameSite: 'Lax',
    }));
  }

  /** Uploads a file by tus in pieces. @returns {Promise<string>} the item's id */
  async upload(path, title = basename(path), { until = 1 } = {}) {
    const file = await open(path);
    const { size } = await file.stat();
    const tus = { 'tus-resumable': '1.0.0' };
    const named = `filename ${btoa(basename(path))},title ${Buffer.from(title).toString('base64')}`;
    const made = await this.do('POST', '/api/uploads', new Uint8Array(), { ...tus, 'upload-length': String(size), 'upload-metadata': named });
    const end = Math.floor(size * until);
    for (let offset = 0; offset < end; ) {
      const piece = Buffer.alloc(Math.min(8 << 20, end - offset));
      await file.read(piece, 0, piece.length, offset);
      await this.do('PATCH', made.headers.get('location'), piece, {
        ...tus, 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream',
      });
      offset += piece.length;
    }
    await file.close();
    return made.headers.get('anteroom-item');
  }

  /** Waits until the item stands in `state`. */
  async waitFor(item, state = 'ready') {
    const until = Date.now() + READY_WITHIN_MS;
    for (;;) {
      const { body } = await this.do('GET', `/api/items/${item}`);
      if (body.state === state) return body;
      if (body.state === 'failed' || Date.now() > until) throw new Error(`item ${item} is ${body.state}: ${JSON.stringify(body)}`);
      await pause(200);
    }
  }

  async readyItem(path, title) {
    const item = await this.upload(path, title);
    await this.waitFor(item);
    return item;
  }

  async guestAccess(item) {
    return (await this.do('GET', `/api/items/${item}/guest-access`)).body;
  }

  /** Switches guest access. @param {object} [closing] how, when it goes off */
  async turn(item, enabled, closing) {
    return (await this.do('PUT', `/api/items/${item}/guest-access`, { enabled, ...(closing && { closing }) })).body;
  }

  /** Makes a link, with guest access on. @returns {Promise<{ id: string, url: string }>} */
  async link(item, name = 'Parents', limits = {}) {
    await this.turn(item, true);
    const { body } = await this.do('POST', `/api/items/${item}/guest-links`, { name, ...limits });
    return { id: body.link.id, url: body.url };
  }

  async deleteLink(item, link, closing = 'finish') {
    return (await this.do('DELETE', `/api/items/${item}/guest-links/${link}?closing=${closing}`)).body;
  }

  /** Uses of the item's links by name, as the owner is shown them. */
  async uses(item) {
    const { links } = await this.guestAccess(item);
    return Object.fromEntries(links.map(({ name, uses }) => [name, uses]));
  }
}
