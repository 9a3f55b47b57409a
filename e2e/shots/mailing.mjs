// A second site, whose mails go out: a real mail server takes them, puts them off or refuses.
import { listed, invite } from '../harness/invitee.mjs';
import { film } from '../harness/media.mjs';
import { Anteroom } from '../harness/server.mjs';
import { Post } from '../harness/smtp.mjs';
import { eventually } from '../harness/traffic.mjs';

const SETTLES_WITHIN_MS = 60_000;

export class Mailing {
  /** @param {Record<string, string>} settings */
  static async begin(settings) {
    const mailing = new Mailing();
    mailing.post = await Post.open();
    mailing.server = await Anteroom.begin({ ...settings, ...mailing.post.settings });
    mailing.owner = await mailing.server.member('dana@example.org', 'Dana Levi', 'site_administrator');
    await mailing.owner.do('PATCH', '/api/site/policy', { invite_template: 'invite' });
    const short = await film('short.mp4');
    /** Its list of invites stays as it is. */
    mailing.trip = await mailing.owner.readyItem(short, 'Field trip 2026');
    /** Where people are invited for one picture. */
    mailing.choir = await mailing.owner.readyItem(short, 'Choir rehearsal');
    await mailing.#correspond();
    return mailing;
  }

  /** An invite that is mailed, and what became of it. */
  async mail(item, email, state, more = {}) {
    const made = await invite(this.owner, item, email, { send_mail: true, ...more });
    const isSo = async () => (await listed(this.owner, item, made)).mail?.state === state;
    await eventually(isSo, { withinMs: SETTLES_WITHIN_MS, what: `the mail is ${state}` });
    return made;
  }

  /** One mail of each fate. */
  async #correspond() {
    await this.mail(this.trip, 'anna@example.org', 'sent');
    await this.mail(this.trip, 'ben@example.org', 'sent', { first_name: 'Ben', last_name: 'Amir', proves_by_code: true });
    await this.behaving('refuse', () => this.mail(this.trip, 'carla@exmaple.org', 'failed', { first_name: 'Carla', last_name: 'Mendes' }));
  }

  /** Does something while the mail server behaves so. */
  async behaving(mode, act) {
    await this.post.behave(mode);
    try {
      return await act();
    } finally {
      await this.post.behave('accept');
    }
  }

  async end() {
    await this.server.end();
    await this.post.end();
  }
}
