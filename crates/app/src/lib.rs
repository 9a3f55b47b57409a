//! The use cases: load facts, decide, change, tell. The only room where store, media and sign-in meet; it knows
//! neither HTTP nor wire types.

mod address_owner;
mod app;
mod caller;
mod clock_watch;
mod config;
mod desk;
mod door;
mod error;
mod failures;
mod keys;
mod marks;
mod others;
mod outside;
mod pace;
mod pulse;
mod reference;
mod secret;
mod sheet;
mod short_name;
mod site_act;
#[cfg(test)]
mod test_site;
mod ticket;
mod viewings;

pub mod accounts;
pub mod activity;
pub mod groups;
pub mod guest_access;
pub mod guest_door;
pub mod invite_door;
pub mod invites;
pub mod items;
pub mod mail;
mod mail_desk;
pub mod members;
mod members_heard;
pub mod policy;
pub mod processing;
pub mod retention;
pub mod rights;
pub mod sign_in;
mod sign_in_desk;
pub mod tokens;
pub mod uploads;
pub mod viewing;

/// The words and rules, for those who wire.
pub use domain;
/// The engines, for those who wire.
pub use store;

pub use app::{App, Change, OpenError};
pub use caller::{AtItem, Caller, Credentials, Invited};
pub use config::Config;
pub use error::{Conflict, Error, FieldError, Refusal};
pub use outside::Outside;
pub use reference::Reference;
pub use secret::{BrowserKey, FormKey, LinkToken, Secret};
pub use ticket::{Holder, TICKET_CHARS, Ticket};
pub use viewings::PageMessage;
