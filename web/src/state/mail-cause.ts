// What became of a mail.

/** It is written, and the mail server has not had its last word. */
export function isOnItsWay(mail: { state: string } | null | undefined): boolean {
  return mail?.state === 'waiting' || mail?.state === 'sending';
}
