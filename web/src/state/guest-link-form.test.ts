import { describe, expect, it } from 'vitest';
import { errorsOf, extendedEnd, promised } from './guest-link-form.ts';

const now = Date.UTC(2026, 10, 21, 8, 12);
const day = 86_400_000;
const form = (name: string, clicks = '', days = '') => ({ name, clicks, days });

describe('promised', () => {
  it('counts days of 24 hours from the server clock', () =>
    expect(promised(form('Parents', '60', '14'), now)).toEqual({ people: 60, endMs: now + 14 * day }));
  it('has no limit and no end when nothing is typed', () =>
    expect(promised(form('Press'), now)).toEqual({ people: null, endMs: null }));
  it('promises nothing that would be refused', () =>
    expect(promised(form('x', '0', '3651'), now)).toEqual({ people: null, endMs: null }));
});

describe('errorsOf', () => {
  it('accepts the edges', () => {
    expect(errorsOf(form('a'.repeat(80), '1000000', '3650'))).toEqual({});
    expect(errorsOf(form(' a ', '1', '1'))).toEqual({});
  });
  it('counts letters, not code units', () => expect(errorsOf(form('😀'.repeat(80)))).toEqual({}));
  it.each([
    [form('  '), { name: 'name_required' }],
    [form('a'.repeat(81)), { name: 'name_too_long' }],
    [form('a', '0'), { clicks: 'uses_range' }],
    [form('a', '1000001'), { clicks: 'uses_range' }],
    [form('a', '2.5'), { clicks: 'uses_range' }],
    [form('a', '-3'), { clicks: 'uses_range' }],
    [form('a', '', '0'), { days: 'days_range' }],
    [form('a', '', '3651'), { days: 'days_range' }],
  ])('%o', (typed, errors) => expect(errorsOf(typed)).toEqual(errors));
  it('never lowers clicks below the uses', () => {
    expect(errorsOf(form('a', '17'), 18)).toEqual({ clicks: 'clicks_below_uses' });
    expect(errorsOf(form('a', '18'), 18)).toEqual({});
  });
});

describe('extendedEnd', () => {
  it('adds to an end that is to come', () => expect(extendedEnd(now + day, '7', now)).toBe(now + 8 * day));
  it('counts from now when the link is over', () => expect(extendedEnd(now - 5 * day, '7', now)).toBe(now + 7 * day));
  it('counts from now when there was no end', () => expect(extendedEnd(null, '7', now)).toBe(now + 7 * day));
  it('is nothing for nothing', () => expect(extendedEnd(now, '', now)).toBeNull());
});
