// Our own sources and who loads whom at once. `import()` begins a part that comes later, so it is not followed.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

const STATIC = /^\s*(?:import|export)\s+(?!type\b)(?:[^'"();]*?\sfrom\s+)?['"](\.[^'"]+)['"]/gm;
const ENDINGS = ['', '.ts', '/index.ts'];
const SOURCE = /\.(ts|svelte)$/;

/** The text of each source that stands as soon as `entry` does, by its path. */
export function standingWith(entry: string): Map<string, string> {
  const found = new Map<string, string>();
  const waiting = [resolve(entry)];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (found.has(path)) continue;
    const text = readFileSync(path, 'utf8');
    found.set(path, text);
    for (const [, wanted] of text.matchAll(STATIC)) {
      const source = sourceOf(resolve(dirname(path), wanted as string));
      if (source) waiting.push(source);
    }
  }
  return found;
}

function sourceOf(path: string): string | undefined {
  return ENDINGS.map((ending) => path + ending).find((file) => SOURCE.test(file) && existsSync(file));
}
