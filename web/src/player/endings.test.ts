import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type Catalogue from '../../i18n/en.json';
import { wayOn } from './endings';

// Read, not imported: the build leaves the words that only later parts say out of the first ones.
const read = (language: string) =>
  (JSON.parse(readFileSync(new URL(`../../i18n/${language}.json`, import.meta.url), 'utf8')) as typeof Catalogue).player;
const { ended, ended_next } = read('en');

describe('what is said when a viewing is over', () => {
  it('gives each cause advice of its own, in every language', () => {
    for (const language of ['en', 'he']) {
      const player = read(language);
      expect(Object.keys(player.ended_next).sort()).toEqual(Object.keys(player.ended).sort());
      expect(new Set(Object.values(player.ended_next)).size).toBe(Object.keys(player.ended).length);
    }
  });

  it.each([
    ['moved', null],
    ['item_gone', null],
    ['module_off', null],
    ['opened_elsewhere', 'reopen'],
    ['ended_now', 'retry'],
    ['door_closed', 'retry'],
    ['signed_out', 'retry'],
    ['toString', 'retry'],
    ['a reason of a newer server', 'retry'],
  ])('%s leaves %s', (reason, way) => expect(wayOn(reason)).toBe(way));

  it('asks nobody to try again where that cannot help, and says what helps where it can', () => {
    for (const reason of Object.keys(ended) as (keyof typeof ended)[]) {
      expect(/again|Try/.test(ended_next[reason]), reason).toBe(wayOn(reason) === 'retry');
    }
  });
});
