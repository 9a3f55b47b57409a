// "Continue as NAME" is a wish to watch: the media page may begin by itself.
import { markEntered } from '../src/state/just-entered';

document.querySelector('form')?.addEventListener('submit', ({ submitter }) => {
  if (submitter instanceof HTMLButtonElement && submitter.value === 'me') markEntered();
});
