import { describe, expect, it } from 'vitest';
import type { InvitePolicy } from '../api/types.ts';
import {
  changeErrors, changeForm, devicesOf, durationChoices, extendedTo, freshTerms, fromServer, inUnits, minutesOf, personErrors,
  provesByCode, termsErrors, wireChange, wireInvite,
} from './invites-form.ts';
import type { Invite } from './shapes.ts';

const policy = (more: Partial<InvitePolicy> = {}): InvitePolicy => ({ minutes_most: 1440, uses_most: 1, mail: false, ...more });
const terms = (more: object = {}, given = policy()) => ({ ...freshTerms(given, 'viewer', 'he'), ...more });
const invite = (more: Partial<Invite> = {}): Invite => ({
  id: 'a', email: 'anna@example.org', first_name: 'Anna', last_name: 'Klein', role: 'viewer', role_now: 'viewer', state: 'created',
  uses: 0, max_uses: 1, created_ms: 0, end_ms: 3_600_000, made_by: 'Dana', inside: false, bound: false, proves_by_code: false,
  waiting: [], ...more,
});

describe('duration', () => {
  it('offers an hour, a day and the most, within the policy and each once', () => {
    expect(durationChoices(1440)).toEqual([60, 1440]);
    expect(durationChoices(10_080)).toEqual([60, 1440, 10_080]);
    expect(durationChoices(30)).toEqual([30]);
  });

  it('is said in the largest unit that fits', () => {
    expect(inUnits(1440)).toEqual({ n: 1, unit: 'day' });
    expect(inUnits(90)).toEqual({ n: 90, unit: 'minute' });
    expect(inUnits(2880 + 60)).toEqual({ n: 49, unit: 'hour' });
  });

  it('counts what was typed in its unit, and refuses more than the policy gives', () => {
    const custom = (amount: string, unit: string) => terms({ duration: 'custom', amount, unit });
    expect(minutesOf(custom('2', 'hour'))).toBe(120);
    expect(minutesOf(custom('two', 'hour'))).toBeNull();
    expect(termsErrors(custom('', 'hour'), policy())).toEqual({ duration: 'minutes_range' });
    expect(termsErrors(custom('0', 'minute'), policy())).toEqual({ duration: 'minutes_range' });
    expect(termsErrors(custom('24', 'hour'), policy())).toEqual({});
    expect(termsErrors(custom('25', 'hour'), policy())).toEqual({ duration: 'minutes_over_policy' });
  });
});

describe('devices', () => {
  it('are as many as the policy gives unless fewer are wanted', () => {
    expect(devicesOf(terms(), policy({ uses_most: 3 }))).toBe(3);
    expect(devicesOf(terms(), policy({ uses_most: null }))).toBeNull();
    expect(devicesOf(terms({ devices: '2' }), policy({ uses_most: 3 }))).toBe(2);
    expect(termsErrors(terms({ devices: '4' }), policy({ uses_most: 3 }))).toEqual({ devices: 'uses_over_policy' });
    expect(termsErrors(terms({ devices: '0' }), policy({ uses_most: null }))).toEqual({ devices: 'devices_range' });
  });
});

describe('a person', () => {
  it('has an address and two names', () => {
    expect(personErrors({ email: '', first: ' ', last: 'x'.repeat(81) })).toEqual({
      email: 'their_email_required', first: 'name_required', last: 'name_too_long',
    });
    expect(personErrors({ email: 'anna at example', first: 'A', last: 'K' })).toEqual({ email: 'email_invalid' });
    expect(personErrors({ email: 'anna@example', first: 'A', last: 'K' })).toEqual({ email: 'email_invalid' });
    expect(personErrors({ email: ' anna@bücher.example ', first: 'A', last: 'K' })).toEqual({});
  });

  it('goes over the wire trimmed; what was not chosen is left to the policy', () => {
    const person = { email: ' anna@example.org ', first: ' Anna ', last: 'Klein ' };
    expect(wireInvite(person, terms({ duration: 60, mail: true, code: true }), policy())).toEqual({
      email: 'anna@example.org', first_name: 'Anna', last_name: 'Klein', role: 'viewer', minutes: 60, send_mail: false,
    });
    const mails = policy({ mail: true, uses_most: 5 });
    expect(wireInvite(person, terms({ code: false, devices: '2' }, mails), mails)).toMatchObject({
      max_uses: 2, proves_by_code: false, send_mail: true, language: 'he',
    });
  });

  it("takes the server's words to the fields", () => {
    expect(fromServer({ email: 'domain_refused', last_name: 'name_control', max_uses: 'uses_range' })).toEqual({
      email: 'domain_refused', last: 'name_control', devices: 'devices_range',
    });
  });
});

it('proves by code by role, where mail is set up', () => {
  expect(provesByCode({ code: null, role: 'viewer' }, policy({ mail: true }))).toBe(false);
  expect(provesByCode({ code: null, role: 'moderator' }, policy({ mail: true }))).toBe(true);
  expect(provesByCode({ code: null, role: 'moderator' }, policy())).toBe(false);
  expect(provesByCode({ code: true, role: 'viewer' }, policy({ mail: true }))).toBe(true);
});

describe('a change', () => {
  it('sends only what differs', () => {
    const old = invite({ uses: 1, max_uses: 2 });
    expect(wireChange(changeForm(old), old)).toEqual({});
    expect(wireChange({ ...changeForm(old), last: ' Groß ', devices: '3', extend: '2', unit: 'day' }, old)).toEqual({
      last_name: 'Groß', max_uses: 3, extend_minutes: 2880,
    });
    expect(wireChange({ ...changeForm(old), role: 'speaker', lend: 'moderator', lendMinutes: '10' }, old)).toEqual({
      role: 'speaker', lend: { role: 'moderator', minutes: 10 },
    });
    const lent = invite({ lent: { role: 'moderator', until_ms: 5 } });
    expect(wireChange(changeForm(lent), lent)).toEqual({});
    expect(wireChange({ ...changeForm(lent), lend: '' }, lent)).toEqual({ lend: null });
  });

  it('never goes below what was spent or beyond what a new invite could reach', () => {
    const old = invite({ uses: 2, max_uses: 3, end_ms: 3_600_000 });
    const errors = (more: object, given = policy({ uses_most: 5 })) => changeErrors({ ...changeForm(old), ...more }, old, given, 0);
    expect(errors({ devices: '1' })).toEqual({ devices: 'devices_below_uses' });
    expect(errors({ devices: '6' })).toEqual({ devices: 'uses_over_policy' });
    // What the policy gave before it was lowered may stay.
    expect(errors({ devices: '3' }, policy({ uses_most: 1 }))).toEqual({});
    expect(errors({ extend: '23', unit: 'hour' })).toEqual({});
    expect(errors({ extend: '24', unit: 'hour' })).toEqual({ duration: 'minutes_over_policy' });
    expect(errors({ lend: 'speaker', lendMinutes: '10081' })).toEqual({ lend: 'lend_range' });
  });

  it('extends from the end, or from now when it is over', () => {
    expect(extendedTo(1000, { extend: '1', unit: 'minute' }, 500)).toBe(61_000);
    expect(extendedTo(1000, { extend: '1', unit: 'minute' }, 9000)).toBe(69_000);
    expect(extendedTo(1000, { extend: '', unit: 'minute' }, 500)).toBeNull();
  });
});
