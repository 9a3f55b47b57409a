// Light, dark, or as the system asks. The choice is an attribute on the root; tokens.css does the rest. It is set
// before anything is painted, so nothing here needs the framework.

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const remembered = 'anteroom.theme';

export function rememberedTheme(): Theme {
  try {
    const stored = localStorage.getItem(remembered);
    return themes.find((theme) => theme === stored) ?? 'system';
  } catch {
    return 'system';
  }
}

export function rememberTheme(theme: Theme): void {
  try {
    localStorage.setItem(remembered, theme);
  } catch {
    // Storage may be shut; the choice then lasts for this page.
  }
}

export function showTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}
