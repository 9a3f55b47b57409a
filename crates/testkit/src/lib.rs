//! The real binary under test: data folders, processes, databases, and browsers that come to it over HTTP.
//!
//! Everything blocks: a crowd is a crowd of threads. Whatever goes wrong in the set-up itself panics with a sentence,
//! because a test without its server proves nothing.

mod crowd;
mod entry_form;
mod http;
mod jar;
mod kind;
mod machine;
mod owner;
mod postgres;
mod raw;
mod rows;
mod secrets;
mod server;
mod site;
mod smtp;
mod socket;

pub mod browser;
pub mod rounds;

pub use app::{BrowserKey, LinkToken, Secret, domain, store};
pub use browser::{Browser, Entry, Viewing};
pub use crowd::{Crowd, together};
pub use entry_form::EntryForm;
pub use http::Answer;
pub use kind::Kind;
pub use machine::{moment, now_ms, pause, program, raise_descriptors, random, setting, shout, wait_for};
pub use owner::{GuestLink, InviteLink, Owner};
pub use postgres::Cluster;
pub use rows::Rows;
pub use secrets::{Search, Secrets};
pub use server::{Ended, Server, Start};
pub use site::Site;
pub use smtp::SmtpPeer;
pub use socket::{Heard, PageSocket};
