// One server, one Chromium and one owner for a test file, begun before its first test and ended after its last.
import { after, before } from 'node:test';
import { Visitor, openChromium } from './browser.mjs';
import { BUILDING } from './limits.mjs';
import { film } from './media.mjs';
import { Anteroom, PASSWORD } from './server.mjs';
import { watchFrames } from './watching.mjs';

export class House {
  /** @type {Anteroom} */
  server;
  /** @type {import('playwright-core').Browser} */
  browser;
  /** @type {import('./owner.mjs').Owner} */
  owner;

  /**
   * @param {(house: House) => Promise<void>} [furnish] what the file's tests find there
   * @param {{ settings?: Record<string, string>, flags?: string[] }} [how]
   */
  static forThisFile(furnish, { settings, flags } = {}) {
    const house = new House();
    before(async () => {
      // One by one: where one fails, the other is known and can be ended.
      house.browser = await openChromium(flags);
      house.server = await Anteroom.begin(settings);
      house.owner = await house.server.member('dana@example.org', 'Dana Levi');
      await furnish?.(house);
    }, BUILDING);
    after(async () => {
      await house.browser?.close();
      await house.server?.end();
    });
    return house;
  }

  /** A browser that leaves with the test, and must then be without faults. @returns {Promise<Visitor>} */
  async visitor(t, options) {
    const visitor = await Visitor.come(this.browser, this.server.origin, options);
    t.after(async () => {
      // What a wait waited for in vain is seldom told by its own words.
      if (t.error) console.error(await visitor.shown());
      await visitor.leave();
    });
    return visitor;
  }

  /** A page in a browser of its own. */
  async page(t, options) {
    return (await this.visitor(t, options)).newPage();
  }

  /** A page where a member is signed in. @param {import('./owner.mjs').Owner} member */
  async pageOf(t, member, options) {
    const visitor = await this.visitor(t, options);
    await visitor.context.addCookies(member.cookies());
    return visitor.newPage();
  }

  /** A page where the owner is signed in. */
  async ownersPage(t, options) {
    return this.pageOf(t, this.owner, { permissions: ['clipboard-read', 'clipboard-write'], ...options });
  }

  /**
   * The same site days later, with its owner signed in. The pages that are open play by then: one that still loads
   * would be told that a part of it cannot be fetched.
   */
  async goOnLater(days, open) {
    for (const page of open) await watchFrames(page, 6);
    await this.server.stop();
    await this.server.start({ laterByDays: days });
    await this.owner.signIn(PASSWORD);
  }

  /** An item that is ready to be watched. */
  async readyItem(name = 'short.mp4', title = 'Field trip') {
    return this.owner.readyItem(await film(name), title);
  }
}
