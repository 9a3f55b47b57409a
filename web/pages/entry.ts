// What script adds to the entry form, which works without it.
import { enhance } from './entry/form';
import { emailFault, nameFault } from './entry/rules';

enhance({ name: nameFault, email: emailFault });
