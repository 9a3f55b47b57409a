// Starts the page: styles and theme first, then side by side the app, its sentences and, on a page with something to
// watch, its viewing. It stays small: whatever it imports at once is waited for before the first of these is asked for.
import './styles/tokens.css';
import './styles/base.css';
import './styles/app.css';
import './styles/drawn.css';
import { beginAnew, hasBegun } from './anew.ts';
import { firstData } from './api/first-data.ts';
import { firstLanguage, load, rememberedLanguage } from './i18n/catalogue.ts';
import { askEarly } from './player/viewing/early.ts';
import { hasEntered } from './state/just-entered.ts';
import { rememberedTheme, showTheme } from './state/theme.ts';

showTheme(rememberedTheme());

/** The page will open a viewing as soon as it stands; who has just entered also watches at once. */
function beginWatching(): void {
  const page = firstData()?.page;
  if (page?.kind !== 'media' || page.item.state !== 'ready') return;
  askEarly(page.item.id);
  if (hasEntered()) void import('./player/hls-engine.ts').catch(() => undefined);
}

try {
  const language = firstLanguage(location.search, rememberedLanguage(), document.documentElement.lang);
  const app = import('./start.ts');
  const words = load('page', language);
  beginWatching();
  const [{ start }] = await Promise.all([app, words]);
  await start(language, words);
  hasBegun();
} catch (cause) {
  // There may be no words and no components: the document itself brings this sentence.
  document.getElementById('unstarted')?.removeAttribute('hidden');
  if (!(await beginAnew())) throw cause;
}
