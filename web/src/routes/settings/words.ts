// Words for settings, roles and classes of items.
import { t, tCode } from '../../i18n/index.ts';
import { siteRoles } from '../../state/members.svelte.ts';

export const roles = siteRoles;

export const roleWords = (role: string) => tCode('members.roles', role, 'members.roles.unknown');
export const classWords = (name: string) => tCode('settings.class', name, 'settings.class.unknown');

export const roleOptions = () => roles.map((role) => ({ value: role as string, label: t('settings.fromRole', { role: roleWords(role) }) }));

/** What a line of the log says: the setting by its name, and its value before and now. */
export function changedWords(what: string, detail: string): string {
  const parts = /^(?:(\w+)\.)?(\w+): (.*) -> (.*)$/s.exec(detail);
  if (what !== 'policy_changed' || !parts) return tCode('settings.logged', what, 'settings.logged.unknown');
  const [, place, setting = '', old = '', now = ''] = parts;
  const name = tCode('settings.setting', setting, 'settings.logged.unknown');
  return t('settings.logged.change', { setting: place ? `${name} (${classWords(place)})` : name, old: valueWords(setting, old), new: valueWords(setting, now) });
}

function valueWords(setting: string, value: string): string {
  // A template is named, and the setting is whether there is one.
  if (setting === 'type_ahead') return tCode('settings.typeAhead', value, 'settings.value.written', { value });
  if (setting === 'invite_template') return t(value === 'none' ? 'settings.value.false' : 'settings.value.true');
  const role = /^from (\w+)$/.exec(value)?.[1];
  return role ? t('settings.fromRole', { role: roleWords(role) }) : tCode('settings.value', value, 'settings.value.written', { value });
}
