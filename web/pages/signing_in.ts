// Back from another site: the answer is handed on without a press.
import { goOnWhenSeen } from './entry/go-on';

goOnWhenSeen(document.querySelector('form'));
