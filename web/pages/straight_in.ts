// A visible page goes on by itself; scanners and previews, which never show it, bind nothing.
import { markEntered } from '../src/state/just-entered';

const form = document.querySelector('form');
form?.addEventListener('submit', () => markEntered());

function goOn(): void {
  if (document.visibilityState !== 'visible') return;
  document.removeEventListener('visibilitychange', goOn);
  form?.requestSubmit();
}

document.addEventListener('visibilitychange', goOn);
goOn();
