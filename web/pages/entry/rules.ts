// The server's rules for the two fields (access.md 3.8), said again so that a slip is seen before sending.
// The server decides: where the two could differ, this side lets through.

export type NameFault = 'name_required' | 'name_too_long' | 'name_control';
export type EmailFault = 'email_required' | 'email_too_long' | 'email_invalid';

export const NAME_MAX_CHARACTERS = 80;
export const EMAIL_MAX_CHARACTERS = 254;

const CONTROL = /[\p{Cc}\u{2028}\u{2029}]/u;
// Marks of direction, joiners, fillers, the empty braille cell: the server drops them, and cuts them at both ends.
const UNSEEN = '\\p{Default_Ignorable_Code_Point}\\u{2800}';
const AT_AN_END = new RegExp(`^[\\s${UNSEEN}]+|[\\s${UNSEEN}]+$`, 'gu');
const SHOWS = new RegExp(`[^\\s\\p{M}${UNSEEN}]`, 'u');
const DROPPED = new RegExp(`(?![\\u{200C}\\u{200D}\\p{Variation_Selector}])[${UNSEEN}]`, 'gu');

/** Null: the name may be sent. Characters are Unicode scalars after NFC, not UTF-16 units. */
export function nameFault(typed: string): NameFault | null {
  const name = typed.replace(AT_AN_END, '').normalize('NFC');
  if (!SHOWS.test(name)) return 'name_required';
  if (CONTROL.test(name)) return 'name_control';
  return [...name.replace(DROPPED, '')].length > NAME_MAX_CHARACTERS ? 'name_too_long' : null;
}

/** Null: the address may be sent. It is never checked whether it exists. */
export function emailFault(typed: string): EmailFault | null {
  const email = typed.replace(AT_AN_END, '');
  if (email === '') return 'email_required';
  if (email.length > EMAIL_MAX_CHARACTERS) return 'email_too_long';
  const at = email.lastIndexOf('@');
  const [local, domain] = [email.slice(0, at), email.slice(at + 1)];
  const isAddress = at > 0 && local.length <= 64 && isDotted(local, isAtom) && isDomain(domain);
  return isAddress ? null : 'email_invalid';
}

function isDotted(text: string, isPart: (part: string) => boolean): boolean {
  return text.split('.').every(isPart);
}

/** RFC 5322 dot-atom text, and beyond ASCII whatever RFC 6531 lets into it. */
function isAtom(part: string): boolean {
  return /^[\w!#$%&'*+/=?^`{|}~\-\u{80}-\u{10FFFF}]+$/u.test(part) && !/[\s\p{Cc}]/u.test(part);
}

/** At least two labels; letters of any script, since the server turns them into their IDNA form. */
function isDomain(domain: string): boolean {
  return domain.includes('.') && isDotted(domain, (label) => /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]{0,61}[\p{L}\p{M}\p{N}])?$/u.test(label));
}
