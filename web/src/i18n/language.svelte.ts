// Which language the page speaks. `t` reads a rune, so every sentence in a template changes with
// the language, without a reload: uploads and players go on.
import type Catalogue from '../../i18n/en.json';

export const languages = ['en', 'he'] as const;
export type Language = (typeof languages)[number];

/** Each language's own name, for the switch. */
export const languageNames: Record<Language, string> = { en: 'English', he: 'עברית' };

const rightToLeft: readonly Language[] = ['he'];
const remembered = 'anteroom.lang';

type Tree = { [key: string]: string | Tree };

const loaders: Record<Language, () => Promise<{ default: unknown }>> = {
  en: () => import('../../i18n/en.json'),
  he: () => import('../../i18n/he.json'),
};

const state = $state<{ language: Language; words: Tree }>({ language: 'en', words: {} });

export function isLanguage(code: string | null | undefined): code is Language {
  return (languages as readonly string[]).includes(code ?? '');
}

/** The language to begin with: asked for in the address, chosen before, or the document's. */
export function firstLanguage(search: string, stored: string | null, document: string): Language {
  const asked = new URLSearchParams(search).get('lang');
  return [asked, stored, document].find(isLanguage) ?? 'en';
}

export function rememberedLanguage(): string | null {
  try {
    return localStorage.getItem(remembered);
  } catch {
    return null;
  }
}

export function language(): Language {
  return state.language;
}

export function direction(of: Language): 'ltr' | 'rtl' {
  return rightToLeft.includes(of) ? 'rtl' : 'ltr';
}

export function words(): Tree {
  return state.words;
}

/** Loads the sentences and turns the document to the language's direction. */
export async function speak(next: Language): Promise<void> {
  const { default: catalogue } = await loaders[next]();
  hear(next, catalogue as typeof Catalogue);
  if (typeof document === 'undefined') return;
  document.documentElement.lang = next;
  document.documentElement.dir = direction(next);
}

/** Sets sentences that are at hand already (tests). */
export function hear(next: Language, catalogue: Tree | typeof Catalogue): void {
  state.language = next;
  state.words = catalogue as Tree;
}

export async function choose(next: Language): Promise<void> {
  try {
    localStorage.setItem(remembered, next);
  } catch {
    // Storage may be shut; the choice then lasts for this page.
  }
  await speak(next);
}
