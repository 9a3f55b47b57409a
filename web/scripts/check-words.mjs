// Holds the catalogues equal: the same keys, the same parameters, nothing empty.
import { readFileSync, readdirSync } from 'node:fs';

const folder = new URL('../i18n/', import.meta.url);
const languages = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.slice(0, -5));

// A sentence that depends on a number: each language brings the forms it has.
const forms = ['zero', 'one', 'two', 'few', 'many', 'other'];
const isPlural = (value) =>
  typeof value === 'object' && 'other' in value && Object.keys(value).every((key) => forms.includes(key));

function flatten(tree, prefix = '', out = new Map()) {
  for (const [key, value] of Object.entries(tree)) {
    const path = prefix ? `${prefix}.${key}` : key;
    if (value !== null && typeof value === 'object' && !isPlural(value)) flatten(value, path, out);
    else out.set(path, value);
  }
  return out;
}

function parameters(value) {
  const text = typeof value === 'string' ? value : value.other;
  return [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((hit) => hit[1]))].sort().join(',');
}

const load = (language) => flatten(JSON.parse(readFileSync(new URL(`${language}.json`, folder), 'utf8')));
const base = load('en');
const problems = [];
for (const language of languages) {
  const words = load(language);
  for (const [key, value] of words) {
    if (value === '' || value === null) problems.push(`${language}: ${key} is empty`);
    if (!base.has(key)) problems.push(`${language}: ${key} is not in en`);
    else if (parameters(value) !== parameters(base.get(key)))
      problems.push(`${language}: ${key} has other parameters than en`);
  }
  for (const key of base.keys()) if (!words.has(key)) problems.push(`${language}: ${key} is missing`);
}
if (base.size < 2) problems.push('en: the catalogue is empty');
if (problems.length) {
  console.error(problems.join('\n'));
  process.exit(1);
}
console.log(`words: ${languages.join(', ')}, ${base.size} sentences each`);
