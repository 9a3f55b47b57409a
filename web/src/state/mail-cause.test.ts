import { expect, it } from 'vitest';
import english from '../../i18n/en.json';
import hebrew from '../../i18n/he.json';
import api from '../../openapi.json';

it('has words for each cause that the server tells', () => {
  const causes = [...api.components.schemas.MailCause.enum].sort();
  for (const { invites } of [english, hebrew]) expect(Object.keys(invites.mailCause).sort()).toEqual(causes);
});
