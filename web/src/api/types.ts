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
export type Passkey = Schemas['Passkey'];
export type Passkeys = Schemas['Passkeys'];

export type ItemKind = 'video' | 'audio' | 'document' | 'quiz' | 'live_event' | 'room';
export type Failure = Schemas['Failure'];
export type ItemState = 'uploading' | 'queued' | 'processing' | 'ready' | 'failed' | 'cancelled';
export type ItemCard = Narrow<
  Schemas['ItemCard'],
  { kind: ItemKind; state: ItemState; capabilities: ItemCapability[]; right?: ItemRight | null; failure?: Failure | null }
>;
export type ItemPage = Narrow<Schemas['ItemPage'], { items: ItemCard[] }>;

export type ItemCapability =
  | 'watch'
  | 'edit'
  | 'cancel_processing'
  | 'delete'
  | 'manage_guest_access'
  | 'share_with_guests'
  | 'make_guest_links'
  | 'invite'
  | 'manage_invites'
  | 'see_activity'
  | 'see_people'
  | 'download'
  | 'manage_rights'
  | 'transfer';
export type As = Narrow<Schemas['As'], { kind: 'owner' | 'member' | 'invitee' | 'guest' | 'preview'; right?: ItemRight | null }>;
export type Processing = Narrow<Schemas['Processing'], { stage: 'waiting' | 'probing' | 'encoding' | 'publishing' }>;
export type ItemView = Narrow<
  Schemas['ItemView'],
  { kind: ItemKind; state: ItemState; capabilities: ItemCapability[]; right?: ItemRight | null; failure?: Failure | null; as: As; processing?: Processing | null }
>;
export type ItemChange = Schemas['ItemChange'];

export type GuestLinkState = 'open' | 'off' | 'expired' | 'used_up';
export type GuestLink = Narrow<Schemas['GuestLink'], { state: GuestLinkState }>;
export type FinishingLink = Schemas['FinishingLink'];
export type GuestAccess = Narrow<Schemas['GuestAccess'], { links: GuestLink[] }>;
export type Closing = Schemas['ClosingChoice'];
export type Closed = Schemas['Closed'];
export type GuestAccessAnswer = Narrow<Schemas['GuestAccessAnswer'], { guest_access: GuestAccess }>;
export type NewGuestLink = Schemas['NewLink'];
export type NewGuestLinkAnswer = Narrow<Schemas['NewLinkAnswer'], { link: GuestLink }>;
/** `max_uses`: null removes the limit, absent leaves it. */
export type GuestLinkChange = Schemas['LinkChange'];
export type GuestLinkUrl = Schemas['LinkUrl'];

export type InviteRole = 'viewer' | 'speaker' | 'moderator';
export type InviteState = 'created' | 'mailed' | 'mail_failed' | 'entered' | 'expired' | 'revoked';
export type LentInviteRole = Narrow<Schemas['LentInviteRole'], { role: InviteRole }>;
export type Invite = Narrow<
  Schemas['Invite'],
  { role: InviteRole; role_now: InviteRole; state: InviteState; lent?: LentInviteRole | null }
>;
export type InviteRoleCard = Narrow<Schemas['InviteRoleCard'], { role: InviteRole }>;
export type WaitingPerson = Schemas['WaitingPerson'];
export type InvitePolicy = Schemas['InvitePolicy'];
export type Invites = Narrow<Schemas['Invites'], { invites: Invite[]; roles: InviteRoleCard[] }>;
export type NewInvite = Partial<Schemas['NewInvite']> & Pick<Schemas['NewInvite'], 'email' | 'first_name' | 'last_name' | 'role'>;
export type NewInviteAnswer = Narrow<Schemas['NewInviteAnswer'], { invite: Invite }>;
/** Absent: stays. `lend` and `max_uses`: null takes them away. */
export type InviteChange = Schemas['InviteChange'];
export type RevokedInvite = Narrow<Schemas['RevokedInvite'], { invite: Invite }>;
export type BulkInvites = Partial<Schemas['BulkInvites']> & Pick<Schemas['BulkInvites'], 'text' | 'role' | 'dry_run'>;
export type NameOf = Schemas['NameOf'];
export type WaitingRow = Schemas['WaitingRow'];
export type SheetColumn = Schemas['SheetColumn'];
export type BadRow = Schemas['BadRow'];
export type BulkAnswer = Schemas['BulkAnswer'];
export type FoundMember = Schemas['FoundMember'];
export type FoundMembers = Schemas['FoundMembers'];

export type Activity = Schemas['Activity'];
export type ActivityEntry = Schemas['ActivityEntry'];
export type ActivityDoors = Narrow<Schemas['ActivityDoors'], { doors: ActivityDoor[] }>;
export type ActivityDoor = Narrow<Schemas['ActivityDoor'], { kind: 'guest_link' | 'invite' }>;
export type Explained = Schemas['Explained'];

export type Policy = Schemas['Policy'];
type DoorChange = Partial<Schemas['DoorChange']> & { class: string };
/** Absent: stays. */
export type PolicyChange = Partial<Omit<Schemas['PolicyChange'], 'doors'>> & { doors?: DoorChange[] };
export type PolicyAnswer = Schemas['PolicyAnswer'];
export type SiteLog = Schemas['SiteLog'];
export type SiteLogEntry = Schemas['SiteLogEntry'];

export type ApiToken = Schemas['Token'];
export type ApiTokens = Narrow<Schemas['Tokens'], { tokens: ApiToken[] }>;
/** With its secret, which is shown this once. */
export type NewApiToken = Schemas['NewTokenAnswer'];

export type ItemRight = 'owner' | 'co_owner' | 'co_editor' | 'co_publisher' | 'co_viewer' | 'webcast_moderator';
export type RightHolder = Narrow<Schemas['RightHolder'], { right: ItemRight; base_right?: ItemRight | null }>;
export type RightCard = Narrow<Schemas['RightCard'], { right: ItemRight }>;
export type Rights = Narrow<Schemas['Rights'], { holders: RightHolder[]; rights: RightCard[] }>;

export type Person = Narrow<Schemas['Person'], { kind: 'guest' | 'invitee' }>;
/** The people who came to an item. */
export type People = Narrow<Schemas['People'], { people: Person[] }>;
export type PersonAnswer = Narrow<Schemas['PersonAnswer'], { person: Person }>;
export type FoundAddress = Schemas['FoundAddress'];
export type ErasedAddress = Schemas['ErasedAddress'];

export type MemberState = 'invited' | 'active' | 'disabled';
export type Member = Narrow<Schemas['Member'], { role: SiteRole; state: MemberState }>;
export type Members = Narrow<Schemas['Members'], { members: Member[] }>;
export type Group = Schemas['Group'];
export type OneTimeLink = Schemas['OneTimeLink'];
export type NewMemberAnswer = Member & { link?: OneTimeLink | null };
export type ImportMembers = Partial<Schemas['ImportMembers']> & Pick<Schemas['ImportMembers'], 'text' | 'role' | 'dry_run'>;
export type ImportAnswer = Schemas['ImportAnswer'];
export type ProvingAddress = Schemas['ProvingAddress'];
export type Session = Schemas['Session'];
export type Sessions = Schemas['Sessions'];
export type OwnAccount = Narrow<Schemas['OwnAccount'], { role: SiteRole }>;

/** `code` alone is certain: a proxy in between may have answered. */
export type ErrorBody = Partial<Schemas['ErrorBody']> & { code: string };

/** What the members' socket says. The page fetches what it shows of the item. */
export interface Change {
  type: 'changed';
  item: string;
  what: 'state' | 'progress' | 'guest_access' | 'inside' | 'people' | 'details' | 'role' | 'invites';
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
  | { kind: 'shared'; items: ItemPage }
  | { kind: 'lost' }
  | { kind: 'sign-in' }
  | { kind: 'setup' }
  | { kind: 'tokens' }
  | { kind: 'settings' }
  | { kind: 'account' }
  | { kind: 'account-link'; name: string; email: string }
  | { kind: 'members' }
  | { kind: 'groups' }
  | { kind: 'people' };
