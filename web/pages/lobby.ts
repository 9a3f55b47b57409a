// What script adds to the lobby's form, which works without it: faults beside the field before sending, one sending
// a press, and the word that somebody really looked at the page.
import { enhance } from './entry/form';
import { emailFault } from './entry/rules';

enhance({ email: emailFault });
