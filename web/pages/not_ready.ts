// Asks now and then whether the page has become another one, and goes on by itself. Without script the page's
// own refresh does it. Asking is a plain GET, which changes nothing on the server.
const FIRST_MS = 4_000;
const SLOWEST_MS = 30_000;

let wait = FIRST_MS;
let timer = 0;

async function ask(): Promise<void> {
  try {
    const answer = await fetch(location.href, { headers: { accept: 'text/html' }, cache: 'no-store' });
    const isStillPreparing = (await answer.text()).includes('data-page="not_ready"');
    // A busy or broken server is not news worth leaving this page for.
    if (!isStillPreparing && answer.status < 500) return location.reload();
  } catch {
    // Offline: the next question will tell.
  }
  wait = Math.min(wait * 1.25, SLOWEST_MS);
  schedule(wait);
}

function schedule(inMs: number): void {
  window.clearTimeout(timer);
  if (document.visibilityState === 'visible') timer = window.setTimeout(() => void ask(), inMs);
}

document.addEventListener('visibilitychange', () => {
  wait = FIRST_MS;
  schedule(500);
});
schedule(wait);
