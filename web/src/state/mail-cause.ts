// What became of a mail, and why it did not get through, from the words that stand with it: a mail server's answer begins with its code
// (RFC 5321, 4.2.3) and mostly a finer one (RFC 3463); without a code nobody was reached.

export const mailCauses = ['no_such_address', 'mailbox_full', 'refused', 'latin_only', 'put_off', 'not_reached', 'unknown'] as const;
export type MailCause = (typeof mailCauses)[number];

/** It is written, and the mail server has not had its last word. */
export function isOnItsWay(mail: { state: string } | null | undefined): boolean {
  return mail?.state === 'waiting' || mail?.state === 'sending';
}

const numbers = /^([2-5]\d\d)(?:[ -]+([245])\.(\d{1,3})\.(\d{1,3})\b)?/;

export function mailCause(mail: { state: string; answer: string } | null | undefined): MailCause {
  // Handed over, and the answer lost: it may have arrived.
  if (!mail || mail.state === 'unknown') return 'unknown';
  const found = numbers.exec(mail.answer);
  if (!found) return withoutCode(mail.answer);
  const [, code = '', , subject, detail] = found;
  if (subject === '2' && detail === '2') return 'mailbox_full';
  if (subject === '1' || (subject === '2' && detail === '1')) return 'no_such_address';
  if (subject === '7') return 'refused';
  if (code === '452' || code === '552') return 'mailbox_full';
  if (code.startsWith('4')) return 'put_off';
  return ['550', '551', '553'].includes(code) ? 'no_such_address' : 'refused';
}

function withoutCode(answer: string): MailCause {
  if (answer.includes('SMTPUTF8')) return 'latin_only';
  if (answer.includes('cannot be written to')) return 'no_such_address';
  return answer === '' ? 'unknown' : 'not_reached';
}
