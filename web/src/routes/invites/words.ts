// Words that several panes of invites share.
import { exactTime, language, t, tCode } from '../../i18n/index.ts';
import type { Unit } from '../../state/invites-form.ts';
import { inUnits } from '../../state/invites-form.ts';
import type { Invite, InviteRole, InviteRoleCard, ItemKind } from '../../state/shapes.ts';

export function roleWord(role: InviteRole): string {
  return t(`invites.role.${role}`);
}

/** "watch", "listen": what a viewer does at an item of this kind. */
function kindDoes(kind: ItemKind): string {
  return t(`invites.does.${kind}`);
}

/** "May watch, chat and react." Powers that this app has no word for are left out. */
export function roleMay(card: InviteRoleCard, kind: ItemKind): string {
  const known = card.capabilities.map((one) => (one === 'watch' ? kindDoes(kind) : tCode('invites.power', one, 'invites.noWord')));
  const words = new Intl.ListFormat(language()).format(known.filter((word) => word !== t('invites.noWord')));
  return t('invites.may', { what: words });
}

/** "1 day", in the largest unit that fits. */
export function durationWords(minutes: number): string {
  const { n, unit } = inUnits(minutes);
  // Hebrew writes one of a thing as a word behind it.
  if (n === 1) return t(`invites.one.${unit}`);
  return new Intl.NumberFormat(language(), { style: 'unit', unit, unitDisplay: 'long' }).format(n);
}

export function unitWords(unit: Unit): string {
  return t(`invites.unit.${unit}`);
}

export function nameOf(invite: Pick<Invite, 'first_name' | 'last_name'>): string {
  return `${invite.first_name} ${invite.last_name}`.trim();
}

/** What an invite will do, in one sentence. */
export function promiseWords(what: { who: string; kind: ItemKind; role: InviteRole; devices: number | null; endMs: number }): string {
  const does = what.role === 'viewer' ? kindDoes(what.kind) : t(`invites.joinAs.${what.role}`);
  const devices = what.devices === null ? t('invites.devicesAny') : t('invites.devicesUpTo', { n: what.devices });
  return t('invites.sentence', { who: what.who, does, devices, time: exactTime(what.endMs) });
}
