//! What is kept: rows in one of two engines, bytes on disk.
//!
//! One file per aggregate, each a set of plain functions over a [`Conn`]; only `db` knows which engine answers.
//! Work that writes runs as one transaction on a writer thread, so a request that goes away leaves nothing open.

pub mod account;
pub mod account_link;
pub mod address;
pub mod address_code;
mod blob;
pub mod browser;
mod db;
pub mod entry;
mod error;
pub mod group;
pub mod happened;
pub mod invite;
pub mod invite_list;
pub mod invite_seat;
pub mod item;
pub mod item_list;
pub mod item_right;
pub mod job;
pub mod known_browser;
mod like;
pub mod link;
pub mod lobby;
pub mod lobby_code;
pub mod log;
pub mod mail;
mod mail_ceiling;
pub mod mail_template;
pub mod mark;
pub mod member_admin;
pub mod member_search;
pub mod named_door;
pub mod oidc_identity;
pub mod passkey;
pub mod people;
pub mod people_erase;
pub mod people_out;
pub mod process;
pub mod refused;
mod reserve;
pub mod retention;
pub mod run_out;
pub mod seat;
pub mod seat_move;
pub mod session;
pub mod setting;
pub mod setup_token;
pub mod sign_in_flow;
pub mod site_inside;
pub mod site_key;
pub mod site_log;
mod statements;
pub mod upload;
pub mod viewing;

pub use blob::{Blobs, MediaVersion, Space};
pub use db::{Ask, Conn, Engine, FromValue, Now, Question, Row, Store, ToValue, Value};
pub use error::StoreError;
pub use reserve::Reserve;
pub use statements::every_statement;
