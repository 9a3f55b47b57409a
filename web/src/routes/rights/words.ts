// Words for rights at an item and what they let somebody do.
import { exactTime, t, tCode } from '../../i18n/index.ts';
import type { RoleTold } from '../../state/media-page.svelte.ts';
import type { ItemRight } from '../../state/shapes.ts';

export function rightWords(right: ItemRight): string {
  return tCode('rights.name', right, 'rights.name.unknown');
}

const told = ['watch', 'download', 'edit', 'invite', 'make_guest_links', 'see_activity', 'manage_rights', 'delete'];

/** What a right lets somebody do, in one line. */
export function mayWords(capabilities: readonly string[]): string {
  const may = told.filter((one) => capabilities.includes(one)).map((one) => tCode('rights.may', one, 'rights.name.unknown'));
  return may.length === 0 ? '' : t('rights.mayAll', { list: may.join(', ') });
}

/** What somebody whose page is open is told of their right. */
export function roleWords({ right, leftMs }: RoleTold): string {
  if (right === null) return t('rights.told.none');
  if (leftMs === null) return t('rights.told.now', { right: rightWords(right) });
  return t('rights.told.lent', { right: rightWords(right), time: exactTime(Date.now() + leftMs) });
}
