import { mount } from 'svelte';
import { firstData } from './api/first-data.ts';
import { speak, t, type Language, type Tree } from './i18n/index.ts';
import { changes } from './api/changes.ts';
import { tusTransport } from './api/uploads.ts';
import App from './routes/App.svelte';
import { late, memberParts } from './routes/late.ts';
import { address } from './state/address.svelte.ts';
import { page } from './state/first-page.ts';
import { notices } from './state/notices.svelte.ts';
import { session } from './state/session.svelte.ts';
import { tray } from './state/tray.svelte.ts';
import { wayBack } from './ui/way-back.ts';

/** `words`: the first sentences, on their way already. */
export async function start(language: Language, words: Promise<Tree>): Promise<void> {
  const first = firstData();
  session.begin(first);
  page.begin(first);
  if (!first) await session.load();
  await speak(language, words);
  // A member's page stands whole from its first picture on.
  if (session.me) await late(memberParts);
  session.whenOver(() => {
    changes.close();
    tray.end();
    notices.say(t('shell.signedOut'));
    const here = location.pathname + location.search;
    if (address.place.kind !== 'sign-in') address.go(`/sign-in?next=${encodeURIComponent(here)}`);
  });
  let stopListening = () => {};
  session.whenIn((me) => {
    tray.begin(tusTransport(me.id));
    // Every page of a member hears when they are signed out, whatever it shows.
    stopListening();
    stopListening = changes.listen([], () => {});
  });
  address.begin(wayBack);
  const target = document.getElementById('app') as HTMLElement;
  // What the server drew has kept the place.
  target.replaceChildren();
  mount(App, { target });
}
