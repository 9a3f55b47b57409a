// Adds sentences to one catalogue: node scripts/words.mjs he < more.json
// Reads the file anew, merges deeply, writes it sorted, so that two people do not undo each other.
import { readFileSync, writeFileSync } from 'node:fs';

const path = new URL(`../i18n/${process.argv[2]}.json`, import.meta.url);
const isTree = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);

function merge(old, more) {
  const out = { ...old };
  for (const [key, value] of Object.entries(more)) {
    out[key] = isTree(value) && isTree(out[key]) ? merge(out[key], value) : value;
    if (value === null) delete out[key];
  }
  return out;
}

function sorted(value) {
  if (!isTree(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
}

const more = JSON.parse(readFileSync(0, 'utf8'));
const catalogue = JSON.parse(readFileSync(path, 'utf8'));
writeFileSync(path, JSON.stringify(sorted(merge(catalogue, more)), null, 2) + '\n');
