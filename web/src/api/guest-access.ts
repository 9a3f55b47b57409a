import { json, text } from './http.ts';
import type { Closing, GuestAccess, GuestAccessAnswer, GuestLink, GuestLinkChange, GuestLinkUrl, NewGuestLink, NewGuestLinkAnswer } from './types.ts';

const of = (item: string) => `/api/items/${encodeURIComponent(item)}`;
const link = (item: string, id: string) => `${of(item)}/guest-links/${encodeURIComponent(id)}`;

export const guestAccess = {
  get: (item: string) => json<GuestAccess>('GET', `${of(item)}/guest-access`),
  turn: (item: string, enabled: boolean, closing?: Closing) =>
    json<GuestAccessAnswer>('PUT', `${of(item)}/guest-access`, { enabled, ...(closing && { closing }) }),
  create: (item: string, more: NewGuestLink) =>
    json<NewGuestLinkAnswer>('POST', `${of(item)}/guest-links`, more),
  change: (item: string, id: string, change: GuestLinkChange) =>
    json<GuestLink>('PATCH', link(item, id), change),
  remove(item: string, id: string, closing: Closing): Promise<GuestAccessAnswer> {
    const query = new URLSearchParams({ closing: closing.mode });
    if (closing.mode === 'until') query.set('until_ms', String(closing.until_ms));
    return json<GuestAccessAnswer>('DELETE', `${link(item, id)}?${query}`);
  },
  /** The link's URL. A POST, because asking for it is written to the activity. */
  reveal: (item: string, id: string) => json<GuestLinkUrl>('POST', `${link(item, id)}/reveal`),
  /** The QR code as SVG text; a POST for the same reason. */
  qr: (item: string, id: string) => text('POST', `${link(item, id)}/qr`),
};

export type GuestAccessApi = typeof guestAccess;
