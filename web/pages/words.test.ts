// The server finds words by key at run time; a slip in a template would only be seen by whoever meets that page.
import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type Catalogue from '../i18n/en.json';

const folder = new URL('.', import.meta.url);
// Read, not imported: the build leaves these words out of what the app loads.
const english = JSON.parse(readFileSync(new URL('../i18n/en.json', folder), 'utf8')) as typeof Catalogue;
const templates = readdirSync(folder).filter((file) => file.endsWith('.html'));

function find(key: string): unknown {
  return key.split('.').reduce<unknown>((tree, part) => (tree as Record<string, unknown> | undefined)?.[part], english);
}

/** Each `t(...)`: its key, whether more is joined to it, and the names of its parameters. */
function calls(html: string) {
  return [...html.matchAll(/\bt\(["']([\w.]+)["']( ~)?([^)]*)\)/g)].map(([, key = '', joined, rest = '']) => ({
    key,
    isJoined: joined !== undefined,
    names: [...rest.matchAll(/(\w+)=/g)].map(([, name]) => name).sort(),
  }));
}

describe.each(templates)('%s', (file) => {
  const html = readFileSync(new URL(file, folder), 'utf8');

  it('asks only for words that exist, with the parameters that they have', () => {
    for (const { key, isJoined, names } of calls(html)) {
      const words = find(isJoined ? key.replace(/\.$/, '') : key);
      if (isJoined) {
        expect(words, key).toBeTypeOf('object');
      } else {
        expect(words, key).toBeTypeOf('string');
        const wanted = [...String(words).matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
        expect(names, key).toEqual(wanted);
      }
    }
  });

  it('has nothing that the content security policy forbids', () => {
    expect(html).not.toMatch(/\sstyle=|<style|\son\w+=|javascript:|https?:\/\//);
    for (const [script] of html.matchAll(/<script[^>]*>[^<]*/g)) expect(script).toMatch(/ src=".*">$/s);
  });
});

it('has words for each kind and each fault that the server may name', () => {
  const kinds = ['video', 'audio', 'document', 'quiz', 'live_event', 'room'];
  const faults = [
    'name_required', 'name_too_long', 'name_control', 'name_taken', 'email_required', 'email_invalid',
    'email_too_long', 'email_domain_refused', 'stale_form', 'address_did_not_open', 'code_did_not_open',
  ];
  expect(Object.keys(english.page.entry.go).sort()).toEqual(kinds.sort());
  expect(Object.keys(english.page.error).sort()).toEqual(faults.sort());
});
