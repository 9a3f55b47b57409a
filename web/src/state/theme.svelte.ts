// Light, dark, or as the system asks. The choice is an attribute on the root; tokens.css does the rest.

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const remembered = 'anteroom.theme';

class ThemeChoice {
  chosen = $state<Theme>('system');

  begin(): void {
    try {
      const stored = localStorage.getItem(remembered);
      this.show(themes.find((theme) => theme === stored) ?? 'system');
    } catch {
      this.show('system');
    }
  }

  choose(theme: Theme): void {
    this.show(theme);
    try {
      localStorage.setItem(remembered, theme);
    } catch {
      // Storage may be shut; the choice then lasts for this page.
    }
  }

  private show(theme: Theme): void {
    this.chosen = theme;
    if (theme === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
  }
}

export const theme = new ThemeChoice();
