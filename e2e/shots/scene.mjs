// The site that the pictures are taken of: a real server with real films, links of every state, and guests
// inside; beside it one before its set-up, and one whose mails go out.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { OTHER_NAME, Visitor, openChromium } from '../harness/browser.mjs';
import { enterBy } from '../harness/guest.mjs';
import { goIn, invite } from '../harness/invitee.mjs';
import { BUILDING } from '../harness/limits.mjs';
import { cutFilm, film } from '../harness/media.mjs';
import { settings } from '../harness/oidc.mjs';
import { Anteroom, PASSWORD } from '../harness/server.mjs';
import { Mailing } from './mailing.mjs';

const SITE = { ANTEROOM_SITE_NAME: 'Northfield School' };
const DESCRIPTION = `Two days at the crater with class 7b: the night walk, the tar pits and the long way home.

Filmed by the pupils. Please do not pass the link on; whoever has it can watch.`;

export class Scene {
  /** Ids of items by what they are for. @type {Record<string, string>} */
  items = {};
  /** Links by name. @type {Record<string, { id: string, url: string }>} */
  links = {};
  /** Who watches while the pictures are taken. @type {Visitor[]} */
  inside = [];

  /**
   * One for the tests of a `describe`, with a browser of its own.
   * @returns {{ readonly scene: Scene }} there is one once they run
   */
  static forTheseTests() {
    const held = {};
    before(async () => {
      held.browser = await openChromium(OTHER_NAME);
      held.scene = new Scene(held.browser);
      await held.scene.build();
    }, BUILDING);
    after(async () => {
      await held.scene?.end();
      await held.browser?.close();
    });
    return held;
  }

  /** @param {import('playwright-core').Browser} browser */
  constructor(browser) {
    this.browser = browser;
  }

  async build() {
    this.server = await Anteroom.begin(SITE);
    this.bare = await Anteroom.begin(SITE);
    this.mailing = await Mailing.begin(SITE);
    this.sender = this.mailing.owner;
    await this.#longAgo();
    await this.#yesterday();
    await this.#today();
  }

  /** What must be old: a link that has run out. */
  async #longAgo() {
    await this.server.stop();
    await writeFile(join(this.server.data, 'anteroom.toml'), settings('school', 'http://127.0.0.1:9'));
    await this.server.start({ laterByDays: -20 });
    this.owner = await this.server.member('dana@example.org', 'Dana Levi', 'site_administrator');
    this.items.full = await this.owner.readyItem(await film('short.mp4'), 'Staff meeting, spring');
    this.links.expired = await this.owner.link(this.items.full, 'Last term', { days: 7 });
    await this.server.stop();
  }

  /** What is from when this site could mail: an invite by a code that nobody can be sent any more. */
  async #yesterday() {
    this.server.settings = { ...SITE, ...this.mailing.post.settings };
    await this.server.start();
    await this.owner.signIn(PASSWORD);
    await this.owner.do('PATCH', '/api/site/policy', { invite_template: 'invite' });
    this.links.unmailed = await invite(this.owner, this.items.full, 'anna@example.org', { proves_by_code: true });
    await this.owner.do('PATCH', '/api/site/policy', { invite_template: null });
    await this.server.stop();
    this.server.settings = SITE;
    await this.server.start();
  }

  async #today() {
    const { owner } = this;
    this.newcomer = await this.server.member('noa@example.org', 'Noa Stern');
    const [short, long] = [await film('short.mp4'), await film('long.mp4')];
    this.items.plain = await owner.readyItem(short, 'טיול לים המלח');
    this.items.trip = await owner.readyItem(long, 'Field trip 2026');
    this.items.gone = await owner.readyItem(short, 'Choir rehearsal, second half, with the new opening');
    await owner.do('PATCH', `/api/items/${this.items.trip}`, { description: DESCRIPTION });
    this.links.parents = await owner.link(this.items.trip, 'Parents', { max_uses: 60, days: 14 });
    this.links.press = await owner.link(this.items.trip, 'Press');
    this.links.usedUp = await owner.link(this.items.full, 'Board', { max_uses: 1 });
    this.links.third = await owner.link(this.items.full, 'הורים', { max_uses: 30 });
    this.links.anna = await invite(owner, this.items.trip, 'anna@example.org');
    this.links.gone = await owner.link(this.items.gone, 'Choir');
    await owner.turn(this.items.gone, false);
    await this.#guests();
    await this.#gone();
    await this.#invitee();
    await this.#unfinished();
  }

  /** People who stay inside while the pictures are taken. */
  async #guests() {
    this.inside = await Promise.all([['Noa', this.links.parents], ['Ben Amir', this.links.parents], ['Ruth', this.links.usedUp]].map(async ([name, { url }]) => {
      const visitor = await Visitor.come(this.browser, this.server.origin);
      const page = await visitor.newPage();
      await enterBy(page, url, name, `${name.split(' ')[0].toLowerCase()}@example.org`);
      await page.locator('video').waitFor();
      return visitor;
    }));
  }

  /** Two who came and went, to be put out and let back. */
  async #gone() {
    for (const name of ['Blocked Guest', 'Removed Guest']) {
      const visitor = await Visitor.come(this.browser, this.server.origin);
      await enterBy(await visitor.newPage(), this.links.press.url, name, `${name.split(' ')[0].toLowerCase()}@example.org`);
      await visitor.leave();
    }
  }

  async #invitee() {
    const visitor = await Visitor.come(this.browser, this.server.origin);
    this.inside.push(visitor);
    const page = await visitor.newPage();
    await goIn(page, this.links.anna, 'anna@example.org');
    await page.locator('video').waitFor();
  }

  /** Items that never become ready: failed, half uploaded, in the middle of their job, waiting for their turn. */
  async #unfinished() {
    const { owner } = this;
    this.items.failed = await owner.upload(await cutFilm(), 'Sports day');
    await owner.waitFor(this.items.failed, 'failed').catch(() => undefined);
    this.items.uploading = await owner.upload(await film('heavy.mp4'), 'Graduation', { until: 0.4 });
    const slow = await film('slow.mp4');
    this.items.cancelled = await owner.upload(slow, 'Wrong file');
    await owner.do('POST', `/api/items/${this.items.cancelled}/processing/cancel`);
    this.items.processing = await owner.upload(slow, 'Theatre evening');
    this.items.queued = await owner.upload(slow, 'Open day');
    this.links.queued = await owner.link(this.items.queued, 'Visitors');
    let percent = 0;
    while (percent < 12) {
      const { body } = await owner.do('GET', `/api/items/${this.items.processing}`);
      percent = body.processing?.percent ?? 0;
      if (body.state === 'ready') throw new Error('the slow film was too quick');
      await new Promise((done) => setTimeout(done, 100));
    }
    this.letJobsRun = this.server.slowJobs();
  }

  /** Also of a site that was not built to its end. */
  async end() {
    await this.letJobsRun?.();
    try {
      for (const visitor of this.inside) await visitor.leave();
    } finally {
      await Promise.all([this.server, this.bare, this.mailing].map((site) => site?.end()));
    }
  }
}
