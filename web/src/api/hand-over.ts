// An invitee's seat on its way to another device of the same person.
import { json } from './http.ts';

export interface HandOver {
  url: string;
  svg: string;
  lasts_ms: number;
}

const path = (item: string) => `/api/items/${encodeURIComponent(item)}/hand-over`;

export const handOver = {
  offer: (item: string) => json<HandOver>('POST', path(item)),
  answer: (item: string, reference: string, allow: boolean) =>
    json<void>('POST', `${path(item)}/answer`, { reference, allow }),
};
