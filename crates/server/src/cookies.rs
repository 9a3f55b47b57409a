//! Our cookies, all of them. `__Host-` ones belong to this host alone; the ticket's path is its viewing's.

use app::domain::{SeatHold, Span, ViewingId};
use app::{BrowserKey, Secret};
use http::{HeaderMap, HeaderValue, header};

const SESSION: &str = "__Host-anteroom-session";
const KEY: &str = "__Host-anteroom-key";
/// The browser key that dies with the browser session: for shared computers.
const PASSING_KEY: &str = "__Host-anteroom-passing-key";
/// Ties the two requests of a sign-in by another site together, or of making a passkey.
const FLOW: &str = "__Host-anteroom-flow";
/// The same for a sign-in by passkey, which the sign-in page begins by itself: it must not cut off another one.
const PASSKEY: &str = "__Host-anteroom-passkey";
const TICKET: &str = "__Secure-anteroom-ticket";
/// Browsers keep cookies for 400 days at most.
const KEY_LASTS: Span = Span::from_days(400);

fn find<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(found, _)| *found == name).map(|(_, value)| value)
}

/// The member's session.
pub(crate) fn session(headers: &HeaderMap) -> Option<Secret> {
    find(headers, SESSION).and_then(Secret::from_text)
}

/// The browser's keys, the lasting one first.
pub(crate) fn keys(headers: &HeaderMap) -> Vec<BrowserKey> {
    [KEY, PASSING_KEY]
        .into_iter()
        .filter_map(|name| find(headers, name))
        .filter_map(BrowserKey::from_text)
        .collect()
}

/// The lasting key alone: the one that new seats may hang on.
pub(crate) fn lasting_key(headers: &HeaderMap) -> Option<BrowserKey> {
    find(headers, KEY).and_then(BrowserKey::from_text)
}

/// The ticket, as text.
pub(crate) fn ticket(headers: &HeaderMap) -> &str {
    find(headers, TICKET).unwrap_or_default()
}

/// Whether any cookie came at all.
pub(crate) fn any(headers: &HeaderMap) -> bool {
    headers.contains_key(header::COOKIE)
}

fn value(text: String) -> HeaderValue {
    // Made of our own letters only; an empty value would be a bug that the browser ignores.
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""))
}

fn lasting(name: &str, text: &str, lasts: Span) -> HeaderValue {
    let seconds = lasts.as_ms() / 1_000;
    value(format!("{name}={text}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Lax"))
}

/// Keeps a member signed in.
pub(crate) fn set_session(secret: Secret, lasts: Span) -> HeaderValue {
    lasting(SESSION, &secret.to_text(), lasts)
}

/// Forgets the session.
pub(crate) fn clear_session() -> HeaderValue {
    value(format!("{SESSION}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax"))
}

/// The browser's sign-in that is under way.
pub(crate) fn flow(headers: &HeaderMap) -> Option<Secret> {
    find(headers, FLOW).and_then(Secret::from_text)
}

/// Ties a sign-in that begins to this browser.
pub(crate) fn set_flow(secret: Secret, lasts: Span) -> HeaderValue {
    lasting(FLOW, &secret.to_text(), lasts)
}

/// Forgets the sign-in that was under way.
pub(crate) fn clear_flow() -> HeaderValue {
    value(format!("{FLOW}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax"))
}

/// The browser's sign-in by passkey that is under way.
pub(crate) fn passkey(headers: &HeaderMap) -> Option<Secret> {
    find(headers, PASSKEY).and_then(Secret::from_text)
}

/// Ties a sign-in by passkey that begins to this browser.
pub(crate) fn set_passkey(secret: Secret, lasts: Span) -> HeaderValue {
    lasting(PASSKEY, &secret.to_text(), lasts)
}

/// Forgets the sign-in by passkey that was under way.
pub(crate) fn clear_passkey() -> HeaderValue {
    value(format!("{PASSKEY}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax"))
}

/// Gives the browser its key.
pub(crate) fn set_key(key: BrowserKey, hold: SeatHold) -> HeaderValue {
    match hold {
        SeatHold::Own => lasting(KEY, &key.to_text(), KEY_LASTS),
        SeatHold::Shared => {
            value(format!("{PASSING_KEY}={}; Path=/; Secure; HttpOnly; SameSite=Lax", key.to_text()))
        }
    }
}

/// Gives a page its ticket, good under its viewing's path alone.
pub(crate) fn set_ticket(viewing: ViewingId, ticket: &str) -> HeaderValue {
    value(format!("{TICKET}={ticket}; Path=/m/{viewing}/; Max-Age=60; Secure; HttpOnly; SameSite=Lax"))
}

/// Takes a page's ticket away.
pub(crate) fn clear_ticket(viewing: ViewingId) -> HeaderValue {
    value(format!("{TICKET}=; Path=/m/{viewing}/; Max-Age=0; Secure; HttpOnly; SameSite=Lax"))
}
