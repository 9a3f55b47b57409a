// Chromium and the people in front of it. Each visitor is a browser of their own (cookies, storage), and each is
// watched: a report of the content security policy, a script error or a request to another host fails the journey.
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--mute-audio',
];
/** More flags: the name example.test leads to this machine, and is not localhost. */
export const OTHER_NAME = ['--host-resolver-rules=MAP example.test 127.0.0.1', '--disable-features=HttpsUpgrades,HttpsFirstBalancedModeAutoEnable'];
const DESKTOP = { width: 1280, height: 800 };

/** @param {string[]} [flags] more of Chromium's own */
export async function openChromium(flags = []) {
  return chromium.launch({ executablePath: '/usr/bin/chromium', args: [...FLAGS, ...flags] });
}

/** An empty page in which nobody visits anything, for the browser's own tools. */
export function workbench(browser) {
  return browser.newPage();
}

export class Visitor {
  /** What must not happen, as it happened. */
  faults = [];

  constructor(context, origin) {
    this.context = context;
    /** The only hosts that pages may ask. */
    this.hosts = new Set([new URL(origin).host]);
  }

  /**
   * @param {import('playwright-core').Browser} browser
   * @param {string} origin of the server under test
   * @param {import('playwright-core').BrowserContextOptions} [options]
   */
  static async come(browser, origin, options = {}) {
    const context = await browser.newContext({ viewport: DESKTOP, locale: 'en-GB', timezoneId: 'Asia/Jerusalem', baseURL: origin, ...options });
    const visitor = new Visitor(context, origin);
    await context.exposeBinding('reportOfPolicy', (_, report) => visitor.faults.push(`policy: ${report}`));
    await context.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) => {
        globalThis.reportOfPolicy(`${event.effectiveDirective} ${event.blockedURI} on ${location.pathname}`);
      });
    });
    context.on('console', (message) => {
      if (/Content Security Policy/.test(message.text())) visitor.faults.push(`console: ${message.text()}`);
    });
    context.on('weberror', (error) => {
      const { message, stack } = error.error();
      // What is thrown need not be an Error, and then has no stack.
      visitor.faults.push(`script: ${stack || message} on ${error.page()?.url()}`);
    });
    context.on('request', (request) => visitor.#asked(request.url()));
    context.on('page', (page) => page.on('websocket', (socket) => visitor.#asked(socket.url())));
    return visitor;
  }

  #asked(address) {
    const { protocol, host } = new URL(address);
    const isOwn = protocol === 'blob:' || protocol === 'data:' || this.hosts.has(host);
    if (!isOwn) this.faults.push(`foreign: ${address}`);
  }

  async newPage() {
    return this.context.newPage();
  }

  /** The addresses and words of all pages that are open. */
  async shown() {
    const pages = await Promise.all(this.context.pages().map(async (page) => {
      const words = await page.locator('body').innerText({ timeout: 2_000 }).catch(({ message }) => message);
      return `${page.url()} shows:\n${words.slice(0, 2_000)}`;
    }));
    return pages.join('\n\n');
  }

  /** Goes away, and nothing forbidden may have happened meanwhile. */
  async leave() {
    await this.context.close();
    assert.deepEqual(this.faults, []);
  }
}
