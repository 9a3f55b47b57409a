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
mod folder;
mod inside;
mod keys;
pub mod leaving;
mod marks;
mod others;
mod outside;
mod pace;
mod pulse;
mod reference;
mod secret;
pub mod sheet;
mod short_name;
mod site_act;
mod site_key;
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
pub mod people;
pub mod policy;
pub mod processing;
pub mod retention;
pub mod rights;
pub mod sign_in;
mod sign_in_desk;
pub mod tokens;
mod upload_desk;
pub mod uploads;
pub mod viewing;

/// The words and rules, for those who wire.
pub use domain;
/// The engines, for those who wire.
pub use store;

pub use app::{App, Change};
pub use caller::{AtItem, Caller, Credentials, Invited};
pub use config::Config;
pub use error::{Conflict, Error, FieldError, Refusal};
pub use folder::OpenError;
pub use outside::Outside;
pub use reference::Reference;
pub use secret::{BrowserKey, FormKey, LinkToken, Secret};
pub use site_key::{Renewed, renew_keys};
pub use ticket::{TICKET_CHARS, Ticket};
pub use viewings::PageMessage;
