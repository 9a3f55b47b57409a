//! What goes over the wire: bodies, socket messages, error codes. OpenAPI and the TypeScript client are generated
//! from these types; nothing here does anything.
//!
//! Ids are 26-character strings. Instants end in `_ms`: integer milliseconds since 1970 in UTC.

mod account;
mod activity;
pub mod code;
mod error;
mod guest_access;
mod invites;
mod item;
mod mail;
mod members;
mod people;
mod policy;
mod rights;
mod sign_in;
mod socket;
mod viewing;

pub use account::{
    AccountChange, AddressCode, Me, NewAddress, NewToken, NewTokenAnswer, OwnAccount, PasswordChange,
    ProvingAddress, SetUp, SignIn, Site, Token, Tokens, UseAccountLink,
};
pub use activity::{
    Activity, ActivityDoor, ActivityDoors, ActivityEntry, ActivityPerson, DoorKind, Explained, Lookup,
};
pub use error::{ErrorBody, LinkName};
pub use guest_access::{
    Closed, ClosingChoice, FinishingLink, GuestAccess, GuestAccessAnswer, GuestLink, LinkChange, LinkMaking,
    LinkUrl, NewLink, NewLinkAnswer, Switch,
};
pub use invites::{
    AllowDevice, BadRow, BulkAnswer, BulkInvite, BulkInvites, FoundMember, FoundMembers, GoodRow, Invite,
    InviteChange, InvitePolicy, InviteRoleCard, Invites, LendRole, LentInviteRole, NameOf, NewInvite,
    NewInviteAnswer, RevokedInvite, SheetColumn, WaitingDevice, WaitingPerson, WaitingRow,
};
pub use item::{
    As, AsKind, Direction, Failure, FirstData, HandOver, HandOverWord, ItemCard, ItemChange, ItemPage,
    ItemView, PageData, Processing, Rendition,
};
pub use mail::{
    Mail, MailCause, MailOutcome, MailTemplate, MailTemplateText, MailTemplates, MailTest, MailTestAnswer,
    MailTokens, Mails,
};
pub use members::{
    Address, AddressProof, Group, GroupName, Groups, ImportAnswer, ImportMembers, ImportRow, ImportedMember,
    Member, MemberChange, Members, NewMember, NewMemberAnswer, OneTimeLink, Session, Sessions,
};
pub use people::{
    ErasedAddress, FoundAddress, People, PeopleExport, Person, PersonAddress, PersonAnswer, PersonDevice,
    PersonKind, PersonLink,
};
pub use policy::{
    DoorChange, DoorRow, InsideByDoor, LobbyChoice, NamedId, PermissionChoice, Policy, PolicyAnswer,
    PolicyChange, SiteLog, SiteLogEntry,
};
pub use rights::{NewRight, RightCard, RightChange, RightHolder, Rights, Transfer};
pub use sign_in::{
    BeginProvider, NewPasskey, Passkey, PasskeyOptions, PasskeySignIn, Passkeys, ProviderAddress,
    SignInProvider,
};
pub use socket::{FromPage, ToPage};
pub use viewing::{OpenViewing, Viewing, ViewingEnded};
