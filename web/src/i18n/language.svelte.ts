// Which language the page speaks. `t` reads a rune, so every sentence in a template changes with
// the language, without a reload: uploads and players go on.
import type Catalogue from '../../i18n/en.json';
import { load, rememberLanguage, type Language, type Tree } from './catalogue.ts';

/** Each language's own name, for the switch. */
export const languageNames: Record<Language, string> = { en: 'English', he: 'עברית' };

const rightToLeft: readonly Language[] = ['he'];

const state = $state<{ language: Language; words: readonly Tree[] }>({ language: 'en', words: [] });
/** A part that comes later is shown, so the rest of the sentences belongs to every language chosen from here on. */
let restIsWanted = false;

export function language(): Language {
  return state.language;
}

export function direction(of: Language): 'ltr' | 'rtl' {
  return rightToLeft.includes(of) ? 'rtl' : 'ltr';
}

/** The sentences that are at hand, in one tree or in two. */
export function words(): readonly Tree[] {
  return state.words;
}

/** Takes the sentences and turns the document to the language's direction. */
export async function speak(next: Language, coming: Promise<Tree> = load('page', next)): Promise<void> {
  hear(next, ...(await Promise.all([coming, ...(restIsWanted ? [load('rest', next)] : [])])));
  if (typeof document === 'undefined') return;
  document.documentElement.lang = next;
  document.documentElement.dir = direction(next);
}

/** Before a part that comes later is shown: its sentences are not the page's. */
export async function wantRest(): Promise<void> {
  if (restIsWanted) return;
  const { language: asked } = state;
  const rest = await load('rest', asked);
  if (restIsWanted) return;
  restIsWanted = true;
  if (state.language === asked) hear(asked, ...state.words, rest);
  else await speak(state.language);
}

/** Sets sentences that are at hand already. */
export function hear(next: Language, ...trees: (Tree | typeof Catalogue)[]): void {
  state.language = next;
  state.words = trees as Tree[];
}

export async function choose(next: Language): Promise<void> {
  rememberLanguage(next);
  await speak(next);
}
