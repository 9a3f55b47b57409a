import { expect, it } from 'vitest';
import { isOnItsWay, mailCause, mailCauses } from './mail-cause.ts';
import english from '../../i18n/en.json';
import hebrew from '../../i18n/he.json';

const failed = (answer: string) => mailCause({ state: 'failed', answer });

it('knows a cause by the finer code first', () => {
  expect(failed('550 5.1.1 No such person here')).toBe('no_such_address');
  expect(failed('550-5.7.26 This mail is unauthenticated')).toBe('refused');
  expect(failed('552 5.2.2 Over quota')).toBe('mailbox_full');
  expect(failed('550 5.2.1 Mailbox disabled')).toBe('no_such_address');
  expect(failed('452 4.2.2 Over quota')).toBe('mailbox_full');
  expect(failed('451 4.7.1 Greylisted')).toBe('refused');
});

it('knows it by the plain code else', () => {
  expect(failed('550 who?')).toBe('no_such_address');
  expect(failed('552 too much')).toBe('mailbox_full');
  expect(failed('451 later')).toBe('put_off');
  expect(failed('554 no')).toBe('refused');
});

it('tells what no mail server said', () => {
  expect(failed('no answer within 30 s')).toBe('not_reached');
  expect(failed('the server refuses the password: 535 5.7.8 no')).toBe('not_reached');
  expect(failed('the mail server takes only addresses in plain Latin letters (no SMTPUTF8)')).toBe('latin_only');
  expect(failed('this address cannot be written to')).toBe('no_such_address');
  expect(mailCause({ state: 'unknown', answer: 'no answer within 30 s' })).toBe('unknown');
  expect(mailCause(null)).toBe('unknown');
});

it('knows a mail that is on its way', () => {
  const states = ['waiting', 'sending', 'sent', 'failed', 'unknown'];
  expect(states.filter((state) => isOnItsWay({ state }))).toEqual(['waiting', 'sending']);
  expect(isOnItsWay(null)).toBe(false);
});

it('has words for each', () => {
  for (const { invites } of [english, hebrew]) expect(Object.keys(invites.mailCause).sort()).toEqual([...mailCauses].sort());
});
