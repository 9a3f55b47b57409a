// What must stand in the list: every page of the server's route table and every component that opens a dialog.
import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { routes } from '../harness/routes.mjs';

const web = fileURLToPath(new URL('../../web/src/', import.meta.url));
/** GET routes that answer with something else than a page. */
const NOT_PAGES = [/^\/api\//, /^\/m\//, /^\/assets\//, /^\/favicon\.svg$/, /^\/(healthz|readyz)$/];
/** The frame of all dialogs, seen in each of them. */
const FRAMES = new Set(['Dialog', 'Confirm', 'Sure']);

export function pagesOfTheServer() {
  const pages = routes.filter(({ method, path }) => method === 'GET' && !NOT_PAGES.some((other) => other.test(path)));
  return pages.map(({ path }) => path);
}

export function dialogsOfTheApp() {
  const files = readdirSync(web, { recursive: true }).map(String).filter((file) => file.endsWith('.svelte'));
  const opening = files.filter((file) => /<(Dialog|Confirm|Sure)\b/.test(readFileSync(join(web, file), 'utf8')));
  return opening.map((file) => basename(file, '.svelte')).filter((name) => !FRAMES.has(name)).sort();
}

/** @returns {string[]} what the list lacks, in words */
export function lacking(states) {
  const shown = { pages: new Set(states.map(({ route }) => route)), dialogs: new Set(states.map(({ dialog }) => dialog)) };
  const pages = pagesOfTheServer().filter((path) => !shown.pages.has(path));
  const dialogs = dialogsOfTheApp().filter((name) => !shown.dialogs.has(name));
  return [...pages.map((path) => `no state of the page ${path}`), ...dialogs.map((name) => `no state of the dialog in ${name}.svelte`)];
}
