// A visible page goes on by itself; without script its button does.
const form = document.querySelector('form');

function goOn(): void {
  if (document.visibilityState !== 'visible') return;
  document.removeEventListener('visibilitychange', goOn);
  form?.requestSubmit();
}

document.addEventListener('visibilitychange', goOn);
goOn();
