// Parts of the app that come when they are needed, each with the sentences that the first page does not bring.
import { wantRest } from '../i18n/index.ts';

export async function late<Part>(part: () => Promise<Part>): Promise<Part> {
  const [loaded] = await Promise.all([part(), wantRest()]);
  return loaded;
}

/** What a guest's page never shows. */
export const memberParts = () => import('./member.ts');
