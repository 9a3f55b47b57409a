//! Who is about to sign in: from which address, on what device, and in a browser where somebody signed in before or
//! not. Every way to sign in ends in the session that is opened here.

use std::net::IpAddr;

use domain::{MemberId, Span};
use store::{Conn, StoreError, account, known_browser};

use crate::{App, Secret};

/// A session is good for this long after signing in.
const SESSION_LASTS: Span = Span::from_days(30);
/// A browser is known for this long after the last time its member signed in there; cookies live no longer either.
pub(super) const KNOWN_LASTS: Span = Span::from_days(400);
/// Browsers remembered of one member; the one of the longest ago goes first.
const KNOWN_MOST: i64 = 20;

/// Whoever comes to sign in.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// Address.
    pub address: IpAddr,
    /// The device in short words, may be empty.
    pub device: String,
    /// What the browser kept of the last time that somebody signed in there.
    pub known: Option<Secret>,
}

impl Visitor {
    /// Somebody of whom nothing is known but the address.
    pub const fn at(address: IpAddr) -> Self {
        Self { address, device: String::new(), known: None }
    }
}

impl App {
    /// How long a session lasts, for its cookie.
    pub const fn session_lasts() -> Span {
        SESSION_LASTS
    }

    /// How long a browser is known, for its cookie.
    pub const fn known_browser_lasts() -> Span {
        KNOWN_LASTS
    }
}

/// Opens a session in the transaction that proved who it is for: on which device in short words, by which way. From
/// now on the browser is known by what the new session's secret makes of it.
pub(crate) async fn open_session(
    conn: &mut Conn,
    secret: Secret,
    member: MemberId,
    visitor: &Visitor,
    way: &str,
) -> Result<(), StoreError> {
    let now = conn.now().await?;
    account::open_session(conn, secret.hash(), member, now, now.plus(SESSION_LASTS)).await?;
    let before = visitor.known.map(Secret::hash);
    known_browser::note(conn, secret.of_known_browser().hash(), before, member, (now, KNOWN_MOST)).await?;
    store::session::describe(conn, secret.hash(), &visitor.device, way, now).await
}
