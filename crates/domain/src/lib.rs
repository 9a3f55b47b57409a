//! What Anteroom is: ids, items, links, seats, roles, policy and the one decision.
//!
//! Nothing here reads a clock, a database or the network; every instant and every random byte comes in as a
//! parameter. The words are those of `docs/access.md`.

pub mod access;
mod activity;
mod attendee;
mod closing;
mod coded;
mod device;
mod held_right;
mod id;
mod instant;
mod invite;
mod item;
mod item_kind;
mod link;
mod mail;
mod mark;
mod member;
mod name_look;
mod news;
mod person;
mod policy;
mod powers;
mod refusal;
mod scope;
mod seat;
mod stage;
mod switches;
mod text;
mod viewing;

pub use activity::ActivityKind;
pub use attendee::Attendee;
pub use closing::Closing;
pub use coded::{Coded, UnknownCode};
pub use device::{Browser, Device, DeviceKind};
pub use held_right::HeldRight;
pub use id::{
    BadId, GroupId, ItemId, JobId, LinkId, MailId, MemberId, PasskeyId, ProcessId, SeatId, TokenId, UploadId,
    ViewingId,
};
pub use instant::{Instant, Span};
pub use invite::{
    DeviceCost, InviteFacts, InviteRole, InviteSeatFacts, InviteState, LentRole, LobbyTries, Proof,
    highest_role,
};
pub use item::{ItemFacts, ItemRight, ItemState, Privacy};
pub use item_kind::ItemKind;
pub use link::{LinkDays, LinkFacts, LinkName, LinkNameError, LinkState, LinkUses, OutOfRange};
pub use mail::MailState;
pub use mark::{EndedMark, MarkTarget};
pub use member::{Capabilities, Capability, MemberFacts, MemberState, SiteRole};
pub use name_look::NameLook;
pub use news::News;
pub use person::{Email, EmailError, PersonName, PersonNameError};
pub use policy::{DoorRules, DoorTable, Findable, KindClass, LobbyRule, Permission, SitePolicy};
pub use powers::{Standing, powers};
pub use refusal::Reason;
pub use scope::{Scope, Scopes};
pub use seat::{ComingBack, SeatFacts, SeatHold};
pub use stage::Stage;
pub use switches::{Switch, Switches};
pub use text::{clean_line, clean_stored};
pub use viewing::{EndReason, LivingLimit, ViewingFacts};
