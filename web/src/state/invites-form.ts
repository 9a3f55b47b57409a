// The forms that make or change invites: what was typed, what is wrong with it, what it will do.
// Pure; words are found by the page. The server checks all of it again.
import type { MailLanguage } from '../api/mail.ts';
import type { InviteChange, InvitePolicy, NewInvite } from '../api/types.ts';
import type { Invite, InviteRole } from './shapes.ts';
import { nameLimit, wholeNumber } from './guest-link-form.ts';

const hour = 60;
const dayMinutes = 24 * hour;
const emailLimit = 254;
const usesLimit = 1_000_000;
/** A role is lent for a week at most; longer is a role. */
export const lentMinutesMost = 7 * dayMinutes;
const minuteMs = 60_000;

export type Unit = 'minute' | 'hour' | 'day';
const unitMinutes: Record<Unit, number> = { minute: 1, hour, day: dayMinutes };

/** As what, for how long, on how many devices. Shared by one person and many. */
export interface TermsForm {
  role: InviteRole;
  /** A choice in minutes, or "custom": what stands in `amount` and `unit`. */
  duration: number | 'custom';
  amount: string;
  unit: Unit;
  /** Empty: as many as the policy gives. */
  devices: string;
  /** null: as the role has it. */
  code: boolean | null;
  mail: boolean;
  /** In which language the mail speaks. */
  language: MailLanguage;
}

export interface PersonForm {
  email: string;
  first: string;
  last: string;
}

export type InviteErrors = Partial<Record<'email' | 'first' | 'last' | 'role' | 'duration' | 'devices' | 'code' | 'text', string>>;

export function freshTerms(policy: InvitePolicy, role: InviteRole, language: MailLanguage): TermsForm {
  return { role, duration: policy.minutes_most, amount: '', unit: 'hour', devices: '', code: null, mail: policy.mail, language };
}

/** Durations worth a button: an hour, a day, and the most that the policy gives. */
export function durationChoices(minutesMost: number): number[] {
  return [...new Set([hour, dayMinutes, minutesMost].filter((minutes) => minutes <= minutesMost))].sort((a, b) => a - b);
}

/** The largest unit in which so many minutes are a whole number. */
export function inUnits(minutes: number): { n: number; unit: Unit } {
  const unit = (['day', 'hour'] as const).find((one) => minutes % unitMinutes[one] === 0) ?? 'minute';
  return { n: minutes / unitMinutes[unit], unit };
}

export function minutesOf(form: Pick<TermsForm, 'duration' | 'amount' | 'unit'>): number | null {
  if (form.duration !== 'custom') return form.duration;
  const amount = wholeNumber(form.amount);
  return amount === null ? null : amount * unitMinutes[form.unit];
}

/** Devices: a number, null for unlimited. */
export function devicesOf(form: Pick<TermsForm, 'devices'>, policy: InvitePolicy): number | null {
  return wholeNumber(form.devices) ?? policy.uses_most ?? null;
}

/** Whoever gets powers proves that the address is theirs, where codes can be mailed. */
export function provesByCode(form: Pick<TermsForm, 'code' | 'role'>, policy: InvitePolicy): boolean {
  return policy.mail && (form.code ?? form.role !== 'viewer');
}

export function termsErrors(form: TermsForm, policy: InvitePolicy): InviteErrors {
  const errors: InviteErrors = {};
  const minutes = minutesOf(form);
  if (minutes === null || minutes < 1) errors.duration = 'minutes_range';
  else if (minutes > policy.minutes_most) errors.duration = 'minutes_over_policy';
  const devices = devicesError(form.devices, policy);
  if (devices) errors.devices = devices;
  return errors;
}

function devicesError(typed: string, policy: InvitePolicy, spent = 0, held = 0): string | undefined {
  if (typed.trim() === '') return undefined;
  const devices = wholeNumber(typed);
  if (devices === null || devices < 1 || devices > usesLimit) return 'devices_range';
  if (devices < spent) return 'devices_below_uses';
  // A limit that the policy gave once may stay or come down.
  return policy.uses_most != null && devices > Math.max(policy.uses_most, held) ? 'uses_over_policy' : undefined;
}

/** What must hold for every address; the server knows the rest. */
const likeAnAddress = /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/u;

export function personErrors(form: PersonForm): InviteErrors {
  const errors: InviteErrors = {};
  const email = form.email.trim();
  if (email === '') errors.email = 'their_email_required';
  else if (email.length > emailLimit) errors.email = 'email_too_long';
  else if (!likeAnAddress.test(email)) errors.email = 'email_invalid';
  for (const field of ['first', 'last'] as const) {
    const error = nameError(form[field]);
    if (error) errors[field] = error;
  }
  return errors;
}

function nameError(typed: string): string | undefined {
  const length = [...typed.trim().normalize('NFC')].length;
  if (length === 0) return 'name_required';
  return length > nameLimit ? 'name_too_long' : undefined;
}

/** The server's names of fields as this form has them. */
export function fromServer(fields: Record<string, string>): InviteErrors {
  const errors: InviteErrors = {
    email: fields['email'],
    first: fields['first_name'],
    last: fields['last_name'],
    role: fields['role'] ?? fields['lend'],
    duration: fields['minutes'] ?? fields['extend_minutes'],
    devices: fields['max_uses'] === 'uses_range' ? 'devices_range' : fields['max_uses'],
    code: fields['proves_by_code'],
    text: fields['text'],
  };
  return Object.fromEntries(Object.entries(errors).filter(([, code]) => code !== undefined));
}

type WireTerms = Pick<NewInvite, 'role' | 'minutes' | 'max_uses' | 'proves_by_code' | 'send_mail' | 'language'>;

export function wireTerms(form: TermsForm, policy: InvitePolicy): WireTerms {
  const devices = wholeNumber(form.devices);
  return {
    role: form.role,
    minutes: minutesOf(form) ?? undefined,
    ...(devices !== null && { max_uses: devices }),
    ...(policy.mail && form.code !== null && { proves_by_code: form.code }),
    send_mail: policy.mail && form.mail,
    ...(policy.mail && form.mail && { language: form.language }),
  };
}

export function wireInvite(person: PersonForm, form: TermsForm, policy: InvitePolicy): NewInvite {
  return { email: person.email.trim(), first_name: person.first.trim(), last_name: person.last.trim(), ...wireTerms(form, policy) };
}

/** Changes to an invite that stands. Empty `extend`: the end stays. */
export interface ChangeForm {
  first: string;
  last: string;
  role: InviteRole;
  lend: InviteRole | '';
  lendMinutes: string;
  devices: string;
  extend: string;
  unit: Unit;
}

export function changeForm(invite: Invite): ChangeForm {
  return {
    first: invite.first_name, last: invite.last_name, role: invite.role, lend: invite.lent?.role ?? '', lendMinutes: '',
    devices: invite.max_uses?.toString() ?? '', extend: '', unit: 'hour',
  };
}

export function changeErrors(form: ChangeForm, invite: Invite, policy: InvitePolicy, nowMs: number): InviteErrors & { lend?: string } {
  const errors: InviteErrors & { lend?: string } = {};
  const first = nameError(form.first);
  const last = nameError(form.last);
  if (first) errors.first = first;
  if (last) errors.last = last;
  const devices = form.devices.trim() === '' && policy.uses_most != null && invite.max_uses != null
    ? 'devices_range'
    : devicesError(form.devices, policy, invite.uses, invite.max_uses ?? 0);
  if (devices) errors.devices = devices;
  if (form.extend.trim() !== '') {
    const end = extendedTo(invite.end_ms, form, nowMs);
    if (end === null) errors.duration = 'minutes_range';
    else if (end > nowMs + policy.minutes_most * minuteMs) errors.duration = 'minutes_over_policy';
  }
  if (wantsLend(form, invite)) {
    const minutes = wholeNumber(form.lendMinutes);
    if (minutes === null || minutes < 1 || minutes > lentMinutesMost) errors.lend = 'lend_range';
  }
  return errors;
}

/** The new end: from now for an invite that is over, else from the old end. */
export function extendedTo(endMs: number, form: Pick<ChangeForm, 'extend' | 'unit'>, nowMs: number): number | null {
  const amount = wholeNumber(form.extend);
  if (amount === null || amount < 1) return null;
  return Math.max(nowMs, endMs) + amount * unitMinutes[form.unit] * minuteMs;
}

function wantsLend(form: ChangeForm, invite: Invite): boolean {
  return form.lend !== '' && (form.lend !== invite.lent?.role || form.lendMinutes.trim() !== '');
}

/** Only what differs from the invite as it is. */
export function wireChange(form: ChangeForm, invite: Invite): InviteChange {
  const devices = form.devices.trim() === '' ? null : wholeNumber(form.devices);
  const extend = wholeNumber(form.extend);
  return {
    ...(form.first.trim() !== invite.first_name && { first_name: form.first.trim() }),
    ...(form.last.trim() !== invite.last_name && { last_name: form.last.trim() }),
    ...(form.role !== invite.role && { role: form.role }),
    ...(form.lend !== '' && wantsLend(form, invite) && { lend: { role: form.lend, minutes: wholeNumber(form.lendMinutes) ?? 0 } }),
    ...(form.lend === '' && invite.lent && { lend: null }),
    ...(devices !== (invite.max_uses ?? null) && { max_uses: devices }),
    ...(extend !== null && form.extend.trim() !== '' && { extend_minutes: extend * unitMinutes[form.unit] }),
  };
}
