// The theme that the menu offers and shows as chosen.
import { rememberedTheme, rememberTheme, showTheme, type Theme } from './theme.ts';

export { themes } from './theme.ts';

class ThemeChoice {
  chosen = $state<Theme>(rememberedTheme());

  choose(theme: Theme): void {
    this.chosen = theme;
    showTheme(theme);
    rememberTheme(theme);
  }
}

export const theme = new ThemeChoice();
