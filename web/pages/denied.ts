// The copy button beside the reference; without script the reference is there to be read and selected.
const COPIED_FOR_MS = 2000;
const button = document.querySelector<HTMLButtonElement>('button[data-copy]');
const heard = document.querySelector<HTMLElement>('[role=status]');
const shown = button?.querySelector('span');
if (button && shown && heard && navigator.clipboard) {
  const words = shown.textContent;
  button.hidden = false;
  button.addEventListener('click', () => {
    void navigator.clipboard.writeText(button.dataset['copy'] ?? '').then(() => {
      const copied = button.dataset['copied'] ?? '';
      shown.textContent = copied;
      heard.textContent = copied;
      window.setTimeout(() => {
        shown.textContent = words;
        heard.textContent = '';
      }, COPIED_FOR_MS);
    });
  });
}
