//! What goes over the wire: bodies, socket messages, error codes. OpenAPI and the TypeScript client are generated
//! from these types; nothing here does anything.
//!
//! Ids are 26-character strings. Instants end in `_ms`: integer milliseconds since 1970 in UTC.

mod account;
mod activity;
mod error;
mod guest_access;
mod invites;
mod item;
mod mail;
mod policy;
mod rights;
mod socket;
mod viewing;

pub use account::{Me, NewToken, NewTokenAnswer, SetUp, SignIn, Site, Token, Tokens};
pub use activity::{Activity, ActivityDoor, ActivityEntry, Explained, Lookup};
pub use error::{ErrorBody, LinkName};
pub use guest_access::{
    Closed, ClosingChoice, GuestAccess, GuestAccessAnswer, GuestLink, LinkChange, LinkMaking, LinkUrl,
    NewLink, NewLinkAnswer, Switch,
};
pub use invites::{
    AllowDevice, BadRow, BulkAnswer, BulkInvite, BulkInvites, FoundMember, FoundMembers, GoodRow, Invite,
    InviteChange, InvitePolicy, InviteRoleCard, Invites, LendRole, LentInviteRole, NewInvite,
    NewInviteAnswer, RevokedInvite, WaitingDevice,
};
pub use item::{
    As, Failure, FirstData, HandOver, HandOverWord, ItemCard, ItemChange, ItemPage, ItemView, PageData,
    Processing, Rendition,
};
pub use mail::{
    Mail, MailOutcome, MailTemplate, MailTemplateText, MailTemplates, MailTest, MailTestAnswer, MailTokens, Mails,
};
pub use policy::{
    DoorChange, DoorRow, InsideByDoor, LobbyChoice, NamedId, PermissionChoice, Policy, PolicyAnswer,
    PolicyChange, SiteLog, SiteLogEntry,
};
pub use rights::{NewRight, RightCard, RightChange, RightHolder, Rights, Transfer};
pub use socket::{FromPage, ToPage};
pub use viewing::{OpenViewing, Viewing, ViewingEnded};
