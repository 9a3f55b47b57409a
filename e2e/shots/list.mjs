// Every state of every page and dialog, once. `route` is the page's pattern in the server's table, `dialog` the
// component whose dialog is open, `as` who looks: the owner, a newcomer (a member without media), the owner of the site
// whose mails go out, or a stranger.
import { doors } from './list/doors.mjs';
import { guestAccess } from './list/guest-access.mjs';
import { inviteDoor } from './list/invite-door.mjs';
import { invites } from './list/invites.mjs';
import { mailed } from './list/mailed.mjs';
import { mediaPages } from './list/media-page.mjs';
import { memberPages } from './list/member-pages.mjs';
import { membersPages } from './list/members.mjs';
import { peoplePages } from './list/people.mjs';
import { settingsPages } from './list/settings.mjs';

/**
 * @typedef {object} Stage what a state is given
 * @property {import('playwright-core').Page} page
 * @property {import('./scene.mjs').Scene} scene
 * @property {(key: string, params?: object) => RegExp} said a sentence of the page's language
 *
 * @typedef {object} State
 * @property {string} name of its pictures
 * @property {string} route
 * @property {string} [dialog]
 * @property {'owner' | 'newcomer' | 'sender' | 'stranger'} as
 * @property {(stage: Stage) => Promise<unknown>} open brings the page there
 * @property {(stage: Stage) => Promise<unknown>} [tidy] takes back what opening changed
 */

/** @type {State[]} */
export const states = [...doors, ...memberPages, ...membersPages, ...mediaPages, ...guestAccess, ...inviteDoor, ...invites, ...mailed, ...peoplePages, ...settingsPages];
