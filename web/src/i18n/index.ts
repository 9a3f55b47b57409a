// Every visible sentence comes from here: `t('share.heading', { n: 3 })`. A sentence that depends
// on a number is an object of plural forms in the catalogue; its parameter is always called `n`.
import type Catalogue from '../../i18n/en.json';
import { direction, language, words } from './language.svelte.ts';

export * from './catalogue.ts';
export * from './language.svelte.ts';
export * from './format.ts';

type Leaf = string | { other: string };
type Keys<T, Prefix extends string = ''> = {
  [K in keyof T & string]: T[K] extends Leaf ? `${Prefix}${K}` : Keys<T[K], `${Prefix}${K}.`>;
}[keyof T & string];

export type WordKey = Keys<typeof Catalogue>;
export type WordParams = Record<string, string | number>;

/** The sentence in the page's language, with `{name}` replaced. Numbers are written as the language writes them. */
export function t(key: WordKey, params: WordParams = {}): string {
  return fill(find(key), params) ?? key;
}

/** As `t`, for keys made of a code from the server; `fallback` is said when the code is not known. */
export function tCode(group: string, code: string, fallback: WordKey, params: WordParams = {}): string {
  return fill(find(`${group}.${code}`), params) ?? t(fallback, params);
}

function find(key: string): unknown {
  for (const tree of words()) {
    const found = key.split('.').reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], tree);
    if (found !== undefined) return found;
  }
  return undefined;
}

function fill(entry: unknown, params: WordParams): string | undefined {
  const sentence = typeof entry === 'string' ? entry : plural(entry, params['n']);
  return sentence?.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name];
    if (value === undefined) return whole;
    return typeof value === 'number' ? new Intl.NumberFormat(language()).format(value) : isolated(value);
  });
}

const otherWay = { ltr: /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/, rtl: /[A-Za-z\u00c0-\u024f\u0370-\u052f]/ };

/** A name of the other writing direction must not reorder the sentence around it (FSI … PDI). */
function isolated(value: string): string {
  return otherWay[direction(language())].test(value) ? `\u2068${value}\u2069` : value;
}

function plural(entry: unknown, n: unknown): string | undefined {
  if (entry === null || typeof entry !== 'object' || typeof n !== 'number') return undefined;
  const forms = entry as Record<string, string>;
  return forms[new Intl.PluralRules(language()).select(n)] ?? forms['other'];
}
