import { json, text } from './http.ts';
import type {
  BulkAnswer, BulkInvites, Closing, FoundMembers, GuestLinkUrl, Invite, InviteChange, Invites, NewInvite, NewInviteAnswer,
  RevokedInvite,
} from './types.ts';

const of = (item: string) => `/api/items/${encodeURIComponent(item)}/invites`;
const one = (item: string, id: string) => `${of(item)}/${encodeURIComponent(id)}`;

export const invites = {
  list(item: string, ask: { cursor?: string; limit?: number; q?: string }, signal?: AbortSignal): Promise<Invites> {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(ask)) if (value) query.set(name, String(value));
    return json<Invites>('GET', `${of(item)}?${query}`, undefined, signal);
  },
  create: (item: string, wanted: NewInvite) => json<NewInviteAnswer>('POST', of(item), wanted),
  /** With `dry_run` it only says what would happen. */
  bulk: (item: string, wanted: BulkInvites) => json<BulkAnswer>('POST', `${of(item)}/bulk`, wanted),
  change: (item: string, id: string, change: InviteChange) => json<Invite>('PATCH', one(item, id), change),
  revoke(item: string, id: string, closing: Closing): Promise<RevokedInvite> {
    const query = new URLSearchParams({ closing: closing.mode });
    if (closing.mode === 'until') query.set('until_ms', String(closing.until_ms));
    return json<RevokedInvite>('DELETE', `${one(item, id)}?${query}`);
  },
  /** The invite's URL. A POST, because asking for it is written to the activity. */
  reveal: (item: string, id: string) => json<GuestLinkUrl>('POST', `${one(item, id)}/reveal`),
  /** The QR code as SVG text; a POST for the same reason. */
  qr: (item: string, id: string) => text('POST', `${one(item, id)}/qr`),
  /** Another URL; the old one is dead with the answer. */
  replace: (item: string, id: string) => json<NewInviteAnswer>('POST', `${one(item, id)}/token`),
  send: (item: string, id: string, language: string) =>
    json<Invite>('POST', `${one(item, id)}/send?${new URLSearchParams({ language })}`),
  /** A device that waits, or without one: one more device, whichever comes. */
  allow: (item: string, id: string, waiting?: string) =>
    json<Invite>('POST', `${one(item, id)}/devices`, waiting ? { move: waiting } : {}),
  decline: (item: string, id: string, waiting: string) =>
    json<Invite>('DELETE', `${one(item, id)}/devices/${encodeURIComponent(waiting)}`),
  findMembers: (q: string, signal?: AbortSignal) =>
    json<FoundMembers>('GET', `/api/members/find?${new URLSearchParams({ q })}`, undefined, signal),
};

export type InvitesApi = typeof invites;
