// Sentences for what happened. The server's codes are open-ended: what is not known is said neutrally.
import { exactTime, t, tCode } from '../../i18n/index.ts';
import { reasonWords } from '../../i18n/words.ts';
import { readLinkChange, type LinkChange } from '../../state/link-change.ts';
import { readRightChange } from '../../state/right-change.ts';
import type { ActivityEntry, ItemRight } from '../../state/shapes.ts';
import { rightWords } from '../rights/words.ts';

export function happenedWords({ what, door, person }: ActivityEntry): string {
  const names = { link: door ? doorWords(door) : '', person: person?.name || t('activity.somebody') };
  return tCode('activity.what', what, 'activity.what.unknown', names);
}

/** The name of a link or of an invited person; after the retention time the person has none. */
export function doorWords({ name }: { name: string }): string {
  return name || t('activity.erased');
}

/** More about it, or "" when there is nothing more to say. */
export function detailWords({ what, detail, cause }: ActivityEntry): string {
  if (cause) return reasonWords(cause);
  if (what.startsWith('people_')) return peopleWords(detail);
  if (what === 'link_changed') return changeWords(readLinkChange(detail));
  if (what === 'right_given' || what === 'right_lent' || what === 'right_taken') return rightChangeWords(detail);
  if (what === 'item_transferred') return detail && t('activity.newOwner', { name: detail });
  const isClosing = what === 'guest_access_off' || what === 'link_deleted' || what === 'guests_ended';
  if (isClosing && (detail === 'finish' || detail === 'until' || detail === 'now')) return t(`activity.closing.${detail}`);
  return '';
}

/** "rows: 3; format: csv", or "seats: 2". */
function peopleWords(detail: string): string {
  const count = (of: string) => new RegExp(`${of}: (\\d+)`).exec(detail)?.[1];
  const [rows, seats, format] = [count('rows'), count('seats'), /format: (\w+)/.exec(detail)?.[1]];
  if (rows !== undefined) return [t('activity.rows', { n: Number(rows) }), format?.toUpperCase()].filter(Boolean).join(' · ');
  return seats === undefined ? '' : t('activity.seats', { n: Number(seats) });
}

function rightChangeWords(detail: string): string {
  const change = readRightChange(detail);
  if (!change) return '';
  const who = { name: change.name || t('activity.erased'), right: rightWords(change.right as ItemRight) };
  return change.untilMs === undefined ? t('activity.right', who) : t('activity.rightUntil', { ...who, time: exactTime(change.untilMs) });
}

function changeWords({ name, clicks, endMs }: LinkChange): string {
  const parts: string[] = [];
  const limit = (count: number | null) => count ?? t('activity.change.unlimited');
  if (name) parts.push(t('activity.change.name', { old: name.old, new: name.now }));
  if (clicks) parts.push(t('activity.change.clicks', { old: limit(clicks.old), new: limit(clicks.now) }));
  if (endMs !== undefined)
    parts.push(endMs === null ? t('activity.change.noEnd') : t('activity.change.end', { time: exactTime(endMs) }));
  return parts.join('; ');
}
