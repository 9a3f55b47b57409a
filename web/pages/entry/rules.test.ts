import { describe, expect, it } from 'vitest';
import { emailFault, nameFault } from './rules';

describe('a name', () => {
  it.each([
    ['Anna K.', null],
    ['  Anna  ', null],
    ['', 'name_required'],
    [' \u00a0 ', 'name_required'],
    ['נועה לוי', null],
    ['x'.repeat(80), null],
    ['x'.repeat(81), 'name_too_long'],
    ['👩‍🚀'.repeat(26), null],
    ['tab\tname', 'name_control'],
    ['turned\u202Eround', null],
    ['\u2066Anna\u2069', null],
    ['\u200d', 'name_required'],
    ['\u00ad\u3164', 'name_required'],
    ['\u2800', 'name_required'],
    ['\u0301', 'name_required'],
    ['x'.repeat(80) + '\u200b', null],
  ])('%j gives %s', (typed, fault) => expect(nameFault(typed)).toBe(fault));

  it('is counted after composing: 80 letters with a separate accent are 80 characters', () => {
    expect(nameFault('e\u0301'.repeat(80))).toBeNull();
    expect(nameFault('e\u0301'.repeat(81))).toBe('name_too_long');
  });
});

describe('an address', () => {
  it.each([
    ['anna@example.org', null],
    [' anna@example.org ', null],
    ['\u200banna@example.org\u2068', null],
    ['\ufeffanna@example.org', null],
    ['first.last+tag@sub.example.co', null],
    ["o'hara@example.org", null],
    ['anna@bücher.example', null],
    ['anna@דוגמה.קום', null],
    ['', 'email_required'],
    ['anna', 'email_invalid'],
    ['anna@', 'email_invalid'],
    ['@example.org', 'email_invalid'],
    ['anna@example', 'email_invalid'],
    ['anna@example..org', 'email_invalid'],
    ['anna@-example.org', 'email_invalid'],
    ['an na@example.org', 'email_invalid'],
    ['anna..k@example.org', 'email_invalid'],
    ['.anna@example.org', 'email_invalid'],
    ['a@b@example.org', 'email_invalid'],
    [`${'a'.repeat(65)}@example.org`, 'email_invalid'],
    [`a@${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.${'e'.repeat(60)}.example.org`, 'email_too_long'],
  ])('%j gives %s', (typed, fault) => expect(emailFault(typed)).toBe(fault));
});
