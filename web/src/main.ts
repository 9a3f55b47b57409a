// Starts the page: styles, language and theme first, then the app and its sentences side by side.
import './styles/tokens.css';
import './styles/base.css';
import './styles/app.css';
import { beginAnew, hasBegun } from './anew.ts';
import { firstLanguage, rememberedLanguage, speak } from './i18n/index.ts';
import { theme } from './state/theme.svelte.ts';

theme.begin();

try {
  const [{ start }] = await Promise.all([
    import('./start.ts'),
    speak(firstLanguage(location.search, rememberedLanguage(), document.documentElement.lang)),
  ]);
  await start();
  hasBegun();
} catch (cause) {
  // There may be no words and no components: the document itself brings this sentence.
  document.getElementById('unstarted')?.removeAttribute('hidden');
  if (!(await beginAnew())) throw cause;
}
