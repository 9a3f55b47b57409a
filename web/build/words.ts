// Splits the catalogue in two for the build: what the first parts of the app say, which is all that a guest's page ever
// shows, and the rest, which comes with the first part that is loaded later. What belongs where is read from the
// sources, and the build looks once more at what really became of them.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { standingWith } from './sources.ts';

export type Leaf = string | Record<string, string>;
export type Tree = { [key: string]: Leaf | Tree };
export type Area = 'page' | 'rest';

/** Sentences that only the server says. */
const OF_THE_SERVER = ['page', 'mail'];
const FORMS = ['zero', 'one', 'two', 'few', 'many', 'other'];
const ENTRY = 'src/start.ts';
const VIRTUAL = /^virtual:words\/(page|rest)\/([\w-]+)$/;
const root = fileURLToPath(new URL('..', import.meta.url));

function isLeaf(value: Leaf | Tree): value is Leaf {
  return typeof value === 'string' || ('other' in value && Object.keys(value).every((form) => FORMS.includes(form)));
}

/** Every sentence by its whole key. */
export function flat(tree: Tree, before = ''): Map<string, Leaf> {
  return new Map(
    Object.entries(tree).flatMap(([key, value]): [string, Leaf][] =>
      isLeaf(value) ? [[before + key, value]] : [...flat(value, `${before}${key}.`)],
    ),
  );
}

function deep(sentences: Iterable<[string, Leaf]>): Tree {
  const tree: Tree = {};
  for (const [key, sentence] of sentences) {
    const path = key.split('.');
    const last = path.pop() as string;
    let at = tree;
    for (const part of path) at = (at[part] ??= {}) as Tree;
    at[last] = sentence;
  }
  return tree;
}

/**
 * The keys that a source may say: each that stands there as it is, each that a text with holes could become, and for
 * `tCode` the whole group. The types leave no other way to come by a key.
 */
export function keysIn(source: string, keys: readonly string[]): string[] {
  const literals = new Set([...source.matchAll(/['"`]([\w.]+)['"`]/g)].map(([, text]) => text as string));
  const holes = [...source.matchAll(/`([\w.]*\.[\w.]*\$\{[^`]*)`/g)].map(
    ([, text]) => new RegExp(`^${(text as string).replace(/\$\{[^}]*\}/g, '\0').replaceAll('.', '\\.').replaceAll('\0', '[\\w.]+')}$`),
  );
  const groups = [...source.matchAll(/\btCode\(\s*['"]([\w.]+)['"]/g)].map(([, group]) => `${group}.`);
  return keys.filter(
    (key) => literals.has(key) || holes.some((hole) => hole.test(key)) || groups.some((group) => key.startsWith(group)),
  );
}

function catalogue(language: string): Map<string, Leaf> {
  const { ...tree } = JSON.parse(readFileSync(`${root}i18n/${language}.json`, 'utf8')) as Tree;
  for (const group of OF_THE_SERVER) delete tree[group];
  return flat(tree);
}

/** The keys of the first parts. */
export function firstKeys(): Set<string> {
  const keys = [...catalogue('en').keys()];
  return new Set([...standingWith(root + ENTRY).values()].flatMap((source) => keysIn(source, keys)));
}

export function wordsOf(area: Area, language: string): Tree {
  const first = firstKeys();
  return deep([...catalogue(language)].filter(([key]) => first.has(key) === (area === 'page')));
}

export function words(): Plugin {
  return {
    name: 'words',
    enforce: 'pre',
    resolveId: (id) => (VIRTUAL.test(id) ? `\0${id}` : null),
    load(id) {
      const [, area, language] = VIRTUAL.exec(id.replace(/^\0/, '')) ?? [];
      if (!area || !language) return null;
      for (const file of standingWith(root + ENTRY).keys()) this.addWatchFile(file);
      this.addWatchFile(`${root}i18n/${language}.json`);
      return { code: `export default ${JSON.stringify(wordsOf(area as Area, language))}`, map: null };
    },
    /** Holds what was read from the sources against the chunks: whatever stands at first must find its words. */
    generateBundle(_, bundle) {
      const chunks = Object.values(bundle).filter((one) => one.type === 'chunk');
      const standing = new Set(chunks.filter(({ moduleIds }) => moduleIds.includes(root + ENTRY)));
      for (const chunk of standing)
        for (const other of chunks) if (chunk.imports.includes(other.fileName)) standing.add(other);
      if (standing.size === 0) this.error(`${ENTRY} is in no chunk`);
      const first = firstKeys();
      const keys = [...catalogue('en').keys()];
      for (const id of [...standing].flatMap(({ moduleIds }) => moduleIds)) {
        if (!id.startsWith(`${root}src/`)) continue;
        const source = readFileSync(id.replace(/\?.*$/, ''), 'utf8');
        const missing = keysIn(source, keys).filter((key) => !first.has(key));
        if (missing.length > 0) this.error(`${id} stands at first and says what comes later: ${missing.join(', ')}`);
      }
    },
  };
}
