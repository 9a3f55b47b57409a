// The shapes that go over the wire, by the names that the server has for them (schema.d.ts is generated, words of enums
// included). Ids are 26-character strings; `_ms` is UTC milliseconds. A field or a word that leaves the server breaks the
// type check of whoever uses it.
import type { components } from './schema.d.ts';

export type Schemas = components['schemas'];

export type SiteRole = Schemas['SiteRole'];
export type Me = Schemas['Me'];
export type Site = Schemas['Site'];
export type Passkey = Schemas['Passkey'];
export type Passkeys = Schemas['Passkeys'];

export type ItemKind = Schemas['ItemKind'];
export type ItemState = Schemas['ItemState'];
export type Failure = Schemas['Failure'];
export type ItemCard = Schemas['ItemCard'];
export type ItemPage = Schemas['ItemPage'];
export type Capability = Schemas['Capability'];
export type As = Schemas['As'];
export type Processing = Schemas['Processing'];
export type ItemView = Schemas['ItemView'];
export type ItemChange = Schemas['ItemChange'];

export type GuestLinkState = Schemas['LinkState'];
export type GuestLink = Schemas['GuestLink'];
export type FinishingLink = Schemas['FinishingLink'];
export type GuestAccess = Schemas['GuestAccess'];
export type Closing = Schemas['ClosingChoice'];
export type Closed = Schemas['Closed'];
export type GuestAccessAnswer = Schemas['GuestAccessAnswer'];
export type NewGuestLink = Schemas['NewLink'];
export type NewGuestLinkAnswer = Schemas['NewLinkAnswer'];
/** `max_uses`: null removes the limit, absent leaves it. */
export type GuestLinkChange = Schemas['LinkChange'];
export type GuestLinkUrl = Schemas['LinkUrl'];

export type InviteRole = Schemas['InviteRole'];
export type InviteState = Schemas['InviteState'];
export type LentInviteRole = Schemas['LentInviteRole'];
export type Invite = Schemas['Invite'];
export type InviteRoleCard = Schemas['InviteRoleCard'];
export type WaitingPerson = Schemas['WaitingPerson'];
export type InvitePolicy = Schemas['InvitePolicy'];
export type Invites = Schemas['Invites'];
export type NewInvite = Partial<Schemas['NewInvite']> & Pick<Schemas['NewInvite'], 'email' | 'first_name' | 'last_name' | 'role'>;
export type NewInviteAnswer = Schemas['NewInviteAnswer'];
/** Absent: stays. `lend` and `max_uses`: null takes them away. */
export type InviteChange = Schemas['InviteChange'];
export type RevokedInvite = Schemas['RevokedInvite'];
export type BulkInvites = Partial<Schemas['BulkInvites']> & Pick<Schemas['BulkInvites'], 'text' | 'role' | 'dry_run'>;
export type NameOf = Schemas['NameOf'];
export type WaitingRow = Schemas['WaitingRow'];
export type SheetColumn = Schemas['SheetColumn'];
export type BadRow = Schemas['BadRow'];
export type BulkAnswer = Schemas['BulkAnswer'];
export type FoundMember = Schemas['FoundMember'];
export type FoundMembers = Schemas['FoundMembers'];

export type Activity = Schemas['Activity'];
export type ActivityKind = Schemas['ActivityKind'];
export type ActivityEntry = Schemas['ActivityEntry'];
export type ActivityDoors = Schemas['ActivityDoors'];
export type ActivityDoor = Schemas['ActivityDoor'];
export type Explained = Schemas['Explained'];

export type Policy = Schemas['Policy'];
type DoorChange = Partial<Schemas['DoorChange']> & Pick<Schemas['DoorChange'], 'class'>;
/** Absent: stays. */
export type PolicyChange = Partial<Omit<Schemas['PolicyChange'], 'doors'>> & { doors?: DoorChange[] };
export type PolicyAnswer = Schemas['PolicyAnswer'];
export type SiteLog = Schemas['SiteLog'];
export type SiteLogEntry = Schemas['SiteLogEntry'];

export type Scope = Schemas['Scope'];
export type ApiToken = Schemas['Token'];
export type ApiTokens = Schemas['Tokens'];
/** With its secret, which is shown this once. */
export type NewApiToken = Schemas['NewTokenAnswer'];

export type ItemRight = Schemas['ItemRight'];
export type RightHolder = Schemas['RightHolder'];
export type RightCard = Schemas['RightCard'];
export type Rights = Schemas['Rights'];

export type Person = Schemas['Person'];
/** The people who came to an item. */
export type People = Schemas['People'];
export type PersonAnswer = Schemas['PersonAnswer'];
export type FoundAddress = Schemas['FoundAddress'];
export type ErasedAddress = Schemas['ErasedAddress'];

export type MemberState = Schemas['MemberState'];
export type Member = Schemas['Member'];
export type Members = Schemas['Members'];
export type Group = Schemas['Group'];
export type OneTimeLink = Schemas['OneTimeLink'];
export type NewMemberAnswer = Schemas['NewMemberAnswer'];
export type ImportMembers = Partial<Schemas['ImportMembers']> & Pick<Schemas['ImportMembers'], 'text' | 'role' | 'dry_run'>;
export type ImportAnswer = Schemas['ImportAnswer'];
export type ProvingAddress = Schemas['ProvingAddress'];
export type Session = Schemas['Session'];
export type Sessions = Schemas['Sessions'];
export type OwnAccount = Schemas['OwnAccount'];

/** `code` alone is certain: a proxy in between may have answered. */
export type ErrorBody = Partial<Schemas['ErrorBody']> & { code: string };

/** What a page's socket hears. */
export type ToPage = Schemas['ToPage'];
export type News = Schemas['News'];
export type EndReason = Schemas['EndReason'];
/** Something about an item changed. */
export type Change = Extract<ToPage, { type: 'changed' }>;

/** What stands inside the document. */
export type FirstData = Schemas['FirstData'];
export type PageData = Schemas['PageData'];
