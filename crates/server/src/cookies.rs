//! Our cookies, all of them. `__Host-` ones belong to this host alone; the ticket's path is its viewing's.

mod keys;

use app::Secret;
use app::domain::{Span, ViewingId};
use app::leaving::TAKEN_BACK_WITHIN;
use app::sign_in::SealedFlow;
use http::{HeaderMap, HeaderValue, header};

pub(crate) use keys::HeldKeys;

const SESSION: &str = "__Host-anteroom-session";
/// What a browser keeps of the last sign-in there, when its session is long over.
const KNOWN: &str = "__Host-anteroom-known";
/// A browser's half of what takes back a seat that it left a moment ago.
const LEFT: &str = "__Host-anteroom-left";
/// Ties the two requests of a sign-in by another site together, or of making a passkey.
const FLOW: &str = "__Host-anteroom-flow";
/// The same for a sign-in by passkey, which the sign-in page begins by itself: it must not cut off another one.
const PASSKEY: &str = "__Host-anteroom-passkey";
const TICKET: &str = "__Secure-anteroom-ticket";

fn find<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(found, _)| *found == name).map(|(_, value)| value)
}

/// The member's session.
pub(crate) fn session(headers: &HeaderMap) -> Option<Secret> {
    find(headers, SESSION).and_then(Secret::from_text)
}

/// The browser's half of what takes a seat back.
pub(crate) fn left(headers: &HeaderMap) -> &str {
    find(headers, LEFT).unwrap_or_default()
}

/// Lets this browser take back the seat that it left.
pub(crate) fn set_left(half: &str) -> HeaderValue {
    lasting(LEFT, half, TAKEN_BACK_WITHIN)
}

/// Forgets it.
pub(crate) fn clear_left() -> HeaderValue {
    value(format!("{LEFT}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax"))
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

/// What the browser kept of the last sign-in.
pub(crate) fn known(headers: &HeaderMap) -> Option<Secret> {
    find(headers, KNOWN).and_then(Secret::from_text)
}

/// Makes this browser known to whoever signed in there: guesses from elsewhere do not slow them.
pub(crate) fn set_known(session: Secret, lasts: Span) -> HeaderValue {
    lasting(KNOWN, &session.of_known_browser().to_text(), lasts)
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
pub(crate) fn passkey(headers: &HeaderMap) -> Option<SealedFlow> {
    find(headers, PASSKEY).and_then(SealedFlow::from_text)
}

/// Ties a sign-in by passkey that begins to this browser.
pub(crate) fn set_passkey(flow: &SealedFlow, lasts: Span) -> HeaderValue {
    lasting(PASSKEY, flow.as_text(), lasts)
}

/// Forgets the sign-in by passkey that was under way.
pub(crate) fn clear_passkey() -> HeaderValue {
    value(format!("{PASSKEY}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax"))
}

/// Gives a page its ticket, good under its viewing's path alone.
pub(crate) fn set_ticket(viewing: ViewingId, ticket: &str) -> HeaderValue {
    value(format!("{TICKET}={ticket}; Path=/m/{viewing}/; Max-Age=60; Secure; HttpOnly; SameSite=Lax"))
}

/// Takes a page's ticket away.
pub(crate) fn clear_ticket(viewing: ViewingId) -> HeaderValue {
    value(format!("{TICKET}=; Path=/m/{viewing}/; Max-Age=0; Secure; HttpOnly; SameSite=Lax"))
}
