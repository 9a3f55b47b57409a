// Asks now and then whether this device may go in, and goes on by itself. Without script the button does it.
import { markEntered } from '../src/state/just-entered';

const EVERY_MS = 3_000;
const READ_FOR_MS = 1_200;

const form = document.querySelector('form');
const said = document.querySelector<HTMLElement>('[role=status]');
let timer = 0;

async function ask(): Promise<void> {
  if (!form || !said) return;
  try {
    // The form's own way in: where it leads when the device is let in, the page follows.
    const body = new URLSearchParams([...new FormData(form)].map(([name, value]) => [name, String(value)]));
    const answer = await fetch(form.action, { method: 'POST', body });
    if (answer.redirected) return goOn(answer.url);
    // The invite may be over by now; the page itself says what to do then.
    if (answer.status === 404) return form.submit();
  } catch {
    // Offline: the next question will tell.
  }
  schedule();
}

function goOn(to: string): void {
  if (said) said.textContent = said.dataset['allowed'] ?? '';
  markEntered();
  window.setTimeout(() => location.assign(to), READ_FOR_MS);
}

function schedule(): void {
  window.clearTimeout(timer);
  if (document.visibilityState === 'visible') timer = window.setTimeout(() => void ask(), EVERY_MS);
}

form?.addEventListener('submit', () => markEntered());
document.addEventListener('visibilitychange', schedule);
schedule();
