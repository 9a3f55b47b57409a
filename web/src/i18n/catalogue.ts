// Which languages there are, with which one to begin, and their sentences in two areas: what a guest's page shows, and
// the rest. Nothing here needs the framework: the sentences are under way while that still comes.

export const languages = ['en', 'he'] as const;
export type Language = (typeof languages)[number];

/** `page`: what stands as soon as the app does; `rest`: what comes with its later parts. build/words.ts sorts them. */
export type Area = 'page' | 'rest';
export type Tree = { [key: string]: string | Tree };

const remembered = 'anteroom.lang';

const loaders: Record<Area, Record<Language, () => Promise<{ default: Tree }>>> = {
  page: { en: () => import('virtual:words/page/en'), he: () => import('virtual:words/page/he') },
  rest: { en: () => import('virtual:words/rest/en'), he: () => import('virtual:words/rest/he') },
};

export async function load(area: Area, language: Language): Promise<Tree> {
  return (await loaders[area][language]()).default;
}

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

export function rememberLanguage(language: Language): void {
  try {
    localStorage.setItem(remembered, language);
  } catch {
    // Storage may be shut; the choice then lasts for this page.
  }
}
