// The interface's own catalogue, so that pages are operated in each language by the words that stand on them.
import { readFileSync } from 'node:fs';

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** @param {'en' | 'he'} language */
export function wordsOf(language) {
  const file = new URL(`../../web/i18n/${language}.json`, import.meta.url);
  const catalogue = JSON.parse(readFileSync(file, 'utf8'));

  /**
   * Matches a whole sentence of the catalogue. Names inside may stand between marks that isolate their direction;
   * what is not given matches anything.
   */
  return function said(key, params = {}) {
    let entry = key.split('.').reduce((tree, part) => tree?.[part], catalogue);
    if (typeof entry === 'object') entry = entry[new Intl.PluralRules(language).select(params.n)] ?? entry.other;
    if (typeof entry !== 'string') throw new Error(`the ${language} catalogue has no sentence ${key}`);
    const parts = entry.split(/(\{\w+\})/).map((part) => {
      const name = /^\{(\w+)\}$/.exec(part)?.[1];
      if (name === undefined) return escaped(part);
      return params[name] === undefined ? '.*' : `[\\u2066-\\u2069]?${escaped(String(params[name]))}[\\u2066-\\u2069]?`;
    });
    return new RegExp(`^\\s*${parts.join('')}\\s*$`);
  };
}
