import { beforeEach, describe, expect, it } from 'vitest';
import en from '../../i18n/en.json';
import he from '../../i18n/he.json';
import { clockLength, exactTime, firstLanguage, hear, relativeTime, roughLength, t, tCode } from './index.ts';
import { failureWords, uploadTroubleWords } from './words.ts';

beforeEach(() => hear('en', en));

describe('t', () => {
  it('fills in and counts', () => {
    expect(t('guestAccess.uses', { uses: 4, max: 50 })).toBe('4 of 50 clicks');
    expect(t('guestAccess.headCount', { n: 1 })).toBe('1 link');
    expect(t('guestAccess.headCount', { n: 2 })).toBe('2 links');
    expect(t('myMedia.found', { n: 12345 })).toBe('12,345 items');
  });

  it('uses the forms that the language has', () => {
    hear('he', he);
    expect(t('guestAccess.headCount', { n: 2 })).toBe('שני קישורים');
    expect(t('guestAccess.headCount', { n: 3 })).toBe('3 קישורים');
  });

  it('keeps a name of the other direction from reordering the sentence', () => {
    expect(t('item.by', { name: 'דנה' })).toBe('by \u2068דנה\u2069');
    expect(t('item.by', { name: 'Dana' })).toBe('by Dana');
  });

  it('says something for a code that it does not know', () => {
    expect(tCode('error', 'brand_new', 'error.unknown')).toBe(t('error.unknown'));
    expect(failureWords({ code: 'truncated' })).toBe(t('failure.truncated'));
    expect(failureWords(null)).toBe(t('failure.unknown'));
    expect(failureWords({ code: 'not_media', detail: 'picture' })).toBe(t('failure.not_media'));
    expect(failureWords({ code: 'not_media', detail: 'MXF' })).toMatch(/MXF.* is not accepted.*MP4/);
    expect(failureWords({ code: 'unsupported_codec', detail: 'snow' })).toContain('snow');
    expect(uploadTroubleWords({ code: 'too_large', limitBytes: 5e9 })).toContain('5 GB');
  });
});

describe('formats', () => {
  it('names the zone', () =>
    expect(exactTime(Date.UTC(2026, 11, 5, 8, 12), 'Asia/Jerusalem')).toMatch(/Dec 5, 2026.*10:12.*\(Israel Time\)$/));
  it('writes lengths as players do', () => {
    expect(clockLength(754_000)).toBe('12:34');
    expect(clockLength(4_329_000)).toBe('1:12:09');
    expect(clockLength(0)).toBe('0:00');
  });
  it('counts what is over in whole units, and rounds what is to come', () => {
    const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];
    // A second after it was made an invite for one day does not end "in 23 hours".
    expect(relativeTime(day - 1_000, 0)).toBe('in 1 day');
    expect(relativeTime(14 * day - 1_000, 0)).toBe('in 14 days');
    expect(relativeTime(2 * hour - 1_000, 0)).toBe('in 2 hours');
    expect(relativeTime(20 * hour, 0)).toBe('in 20 hours');
    expect(relativeTime(0, 2 * day - 1_000)).toBe('yesterday');
    expect(relativeTime(0, 59 * minute)).toBe('59 minutes ago');
    expect(relativeTime(0, minute - 1)).toBeNull();
    hear('he', he);
    expect(relativeTime(2 * hour, 0)).toBe('בעוד שעתיים');
  });

  it('rounds what would flicker', () => {
    expect(roughLength(3)).toBe('5 seconds');
    expect(roughLength(61)).toBe('65 seconds');
    expect(roughLength(140)).toBe('2 minutes');
    expect(roughLength(6000)).toBe('2 hours');
  });
});

it('begins with the language that was asked for', () => {
  expect(firstLanguage('?lang=he', 'en', 'en')).toBe('he');
  expect(firstLanguage('', 'he', 'en')).toBe('he');
  expect(firstLanguage('?lang=xx', null, 'he')).toBe('he');
  expect(firstLanguage('', null, 'xx')).toBe('en');
});
