// Sentences about somebody who came. Codes of the server are open-ended: what is not known is left out.
import { t, tCode } from '../../i18n/index.ts';
import type { Person } from '../../state/shapes.ts';

/** After the retention time nobody has a name. */
export function nameWords({ name }: Person): string {
  return name || t('people.erased');
}

/** By which door: a link's name, or an invite and its role. */
export function byWords({ link, role }: Person): string {
  if (link) return link.name;
  return role ? t('people.invitedAs', { role: tCode('invites.role', role, 'people.invitedRole') }) : t('people.invited');
}

/** "Phone, Safari"; "" when it is not known. */
export function deviceWords({ device }: Person): string {
  if (!device) return '';
  return t('people.deviceOf', { kind: tCode('people.device', device.kind, 'people.device.unknown'), browser: browserName(device.browser) });
}

/** Names of makers, the same in every language. */
function browserName(code: string): string {
  return code === 'samsung' ? 'Samsung Internet' : code.charAt(0).toUpperCase() + code.slice(1);
}
