// The shapes that go over the wire, as the server describes them (schema.d.ts is generated), with
// its codes narrowed to the words this app knows. Ids are 26-character strings; `_ms` is UTC
// milliseconds. A field that leaves the server breaks the type check here.
import type { components } from './schema.d.ts';

type Schemas = components['schemas'];
/** `T` with some fields known better. Only fields that `T` has can be narrowed. */
type Narrow<T, Known extends Partial<Record<keyof T, unknown>>> = Omit<T, keyof Known> & Known;

export type SiteRole = 'viewer' | 'private_only' | 'admin' | 'unmoderated_admin' | 'site_administrator';
export type Me = Narrow<Schemas['Me'], { role: SiteRole }>;
export type Site = Schemas['Site'];

export type ItemKind = 'video' | 'audio' | 'document' | 'quiz' | 'live_event' | 'room';
export type ItemState = 'uploading' | 'queued' | 'processing' | 'ready' | 'failed' | 'cancelled';
export type ItemCard = Narrow<Schemas['ItemCard'], { kind: ItemKind; state: ItemState }>;
export type ItemPage = Narrow<Schemas['ItemPage'], { items: ItemCard[] }>;

export type ItemCapability =
  | 'watch'
  | 'edit'
  | 'delete'
  | 'manage_guest_access'
  | 'share_with_guests'
  | 'make_guest_links'
  | 'invite'
  | 'see_activity'
  | 'download';
export type As = Narrow<Schemas['As'], { kind: 'owner' | 'member' | 'invitee' | 'guest' | 'preview' }>;
export type Processing = Narrow<Schemas['Processing'], { stage: 'waiting' | 'probing' | 'encoding' | 'publishing' }>;
export type ItemView = Narrow<
  Schemas['ItemView'],
  { kind: ItemKind; state: ItemState; capabilities: ItemCapability[]; as: As; processing?: Processing | null }
>;
export type ItemChange = Schemas['ItemChange'];

export type GuestLinkState = 'open' | 'off' | 'expired' | 'used_up';
export type GuestLink = Narrow<Schemas['GuestLink'], { state: GuestLinkState }>;
export type GuestAccess = Narrow<Schemas['GuestAccess'], { links: GuestLink[] }>;
export type Closing = Schemas['ClosingChoice'];
export type Closed = Schemas['Closed'];
export type GuestAccessAnswer = Narrow<Schemas['GuestAccessAnswer'], { guest_access: GuestAccess }>;
export type NewGuestLink = Schemas['NewLink'];
export type NewGuestLinkAnswer = Narrow<Schemas['NewLinkAnswer'], { link: GuestLink }>;
/** `max_uses`: null removes the limit, absent leaves it. */
export type GuestLinkChange = Schemas['LinkChange'];
export type GuestLinkUrl = Schemas['LinkUrl'];

export type Activity = Schemas['Activity'];
export type ActivityEntry = Schemas['ActivityEntry'];
export type RefusalCount = Schemas['RefusalCount'];
export type Explained = Schemas['Explained'];

export type TokenScope = 'items:read' | 'items:write' | 'uploads' | 'guest_access';
export type ApiToken = Narrow<Schemas['Token'], { scopes: TokenScope[] }>;
export type ApiTokens = Narrow<Schemas['Tokens'], { tokens: ApiToken[] }>;
/** With its secret, which is shown this once. */
export type NewApiToken = Narrow<Schemas['NewTokenAnswer'], { scopes: TokenScope[] }>;

/** `code` alone is certain: a proxy in between may have answered. */
export type ErrorBody = Partial<Schemas['ErrorBody']> & { code: string };

/** What the members' socket says. The page fetches what it shows of the item. */
export interface Change {
  type: 'changed';
  item: string;
  what: 'state' | 'progress' | 'guest_access' | 'inside' | 'details';
  percent?: number | null;
}

/** What stands inside the document. */
export interface FirstData {
  me: Me | null;
  site: Site;
  page: PageData;
  lang: string;
  dir: 'ltr' | 'rtl';
}

export type PageData =
  | { kind: 'media'; item: ItemView }
  | { kind: 'my-media'; items: ItemPage }
  | { kind: 'sign-in' }
  | { kind: 'setup' }
  | { kind: 'tokens' };
