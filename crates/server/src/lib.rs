//! HTTP: every route on one page (`router.rs`), handlers that parse, call and shape, pages rendered on the server,
//! sockets, and the path of media bytes. Rules live elsewhere.

mod address;
mod api;
mod assets;
mod cookies;
mod device;
mod error;
mod guard;
mod lane;
mod language;
mod lines;
mod listen;
mod media_answer;
mod origin;
mod pages;
mod request_id;
mod router;
mod routes;
mod security;
mod sockets;
mod state;
mod templates;
mod who;
mod worn_link;

pub use address::{BadNetwork, Network};
pub use guard::{Guard, RouteEntry};
pub use listen::serve;
pub use router::{router, table};
pub use state::Settings;

/// The OpenAPI document, as JSON with two spaces of indent and a last line break.
pub fn openapi() -> String {
    api::text_of(&api::describe(&table()))
}
