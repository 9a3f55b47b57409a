// Starts the page: styles, language and theme first, then the app and its sentences side by side.
import './styles/tokens.css';
import './styles/base.css';
import { firstLanguage, rememberedLanguage, speak } from './i18n/index.ts';
import { theme } from './state/theme.svelte.ts';

theme.begin();

const [{ start }] = await Promise.all([
  import('./start.ts'),
  speak(firstLanguage(location.search, rememberedLanguage(), document.documentElement.lang)),
]);
await start();
