// Nothing to type: the page goes straight in, with the wish to watch.
import { markEntered } from '../src/state/just-entered';
import { goOnWhenSeen } from './entry/go-on';

const form = document.querySelector('form');
form?.addEventListener('submit', () => markEntered());
goOnWhenSeen(form);
