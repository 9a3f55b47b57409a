// The copy button beside the reference; without script the reference is there to be read and selected.
const COPIED_FOR_MS = 2000;
const button = document.querySelector<HTMLButtonElement>('button[data-copy]');
const heard = document.querySelector<HTMLElement>('[role=status]');
if (button && heard && navigator.clipboard) {
  const words = button.textContent;
  button.hidden = false;
  button.addEventListener('click', () => {
    void navigator.clipboard.writeText(button.dataset['copy'] ?? '').then(() => {
      const copied = button.dataset['copied'] ?? '';
      button.textContent = copied;
      heard.textContent = copied;
      window.setTimeout(() => {
        button.textContent = words;
        heard.textContent = '';
      }, COPIED_FOR_MS);
    });
  });
}
