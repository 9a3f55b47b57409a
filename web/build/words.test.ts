import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { standingWith } from './sources.ts';
import { firstKeys, flat, keysIn, wordsOf } from './words.ts';
import english from '../i18n/en.json';

const keys = ['a.one', 'a.two', 'b.x.one', 'b.x.two', 'c'];

it('finds what a source says: as it stands, with a hole, by a group', () => {
  expect(keysIn("t('a.one')", keys)).toEqual(['a.one']);
  expect(keysIn('const map = { yes: "a.two" } as const', keys)).toEqual(['a.two']);
  expect(keysIn('t(`b.${name}.one`)', keys)).toEqual(['b.x.one']);
  expect(keysIn("tCode('b.x', code, 'a.one')", keys)).toEqual(['a.one', 'b.x.one', 'b.x.two']);
  expect(keysIn("// a.one, `plain ${text}` and 'b.x'", keys)).toEqual([]);
});

it('follows what stands at once and not what comes later', () => {
  const files = [...standingWith(new URL('../src/start.ts', import.meta.url).pathname).keys()];
  const of = (name: string) => files.filter((file) => file.endsWith(name)).length;
  expect(files.every((file) => existsSync(file))).toBe(true);
  expect(of('/media/GuestBar.svelte')).toBe(1);
  expect(of('/player/Settings.svelte')).toBe(1);
  expect(of('/i18n/language.svelte.ts')).toBe(1);
  expect(of('/members/MembersPage.svelte')).toBe(0);
  expect(of('/shell/TopBar.svelte')).toBe(0);
});

it('gives each sentence of the app to one area, in every language', () => {
  const ofTheApp = [...flat(english).keys()].filter((key) => !/^(page|mail)\./.test(key)).sort();
  for (const language of ['en', 'he']) {
    const [page, rest] = [flat(wordsOf('page', language)), flat(wordsOf('rest', language))];
    expect([...page.keys(), ...rest.keys()].sort()).toEqual(ofTheApp);
    expect([...page.keys()].sort()).toEqual([...firstKeys()].sort());
  }
});

it('gives a guest the words of the player and of their page, and none of the administration', () => {
  const first = firstKeys();
  for (const key of ['player.play', 'shell.youAreHere', 'handOver.open', 'error.part_missing', 'ended.denied.title'])
    expect(first).toContain(key);
  for (const group of ['settings', 'members', 'invites', 'formError', 'guestAccess', 'signIn', 'tokens'])
    expect([...first].filter((key) => key.startsWith(`${group}.`))).toEqual([]);
});
