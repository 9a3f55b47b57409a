//! The forms of both doors over HTTP: checked, seated, answered with a cookie and 303.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::extract::{ConnectInfo, Form, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// Everything that one entry writes.
pub(crate) struct Entry {
    /// SHA-256 of the link's token.
    pub(crate) token_hash: Vec<u8>,
    /// Six bytes of time, then ten of hash over the form: the same form cannot make two seats.
    pub(crate) seat: Vec<u8>,
    /// Six bytes of time, then 26 of hash over the browser's key.
    pub(crate) key_hash: Vec<u8>,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) now_ms: i64,
}

/// Everything that one entry by an invite writes.
pub(crate) struct Binding {
    /// SHA-256 of the invite's token.
    pub(crate) token_hash: Vec<u8>,
    /// The seat, if the person has none yet.
    pub(crate) seat: Vec<u8>,
    /// The device: of the form, so that the same form cannot spend two uses.
    pub(crate) device: Vec<u8>,
    pub(crate) key_hash: Vec<u8>,
    pub(crate) email: String,
    /// Where it comes from: failed tries are counted by that.
    pub(crate) block: String,
    pub(crate) now_ms: i64,
}

/// An invite whose use was spent: its id, its item, and the person's names.
pub(crate) type Spent = (Vec<u8>, Vec<u8>, String, String);

pub(crate) const SPEND_INVITE: &str = "UPDATE invite SET uses = uses + 1
    WHERE token_hash = $1 AND email = $2 AND revoked_ms IS NULL AND end_ms > $3
      AND (max_uses IS NULL OR uses < max_uses)
      AND (SELECT COUNT(*) FROM lobby_failure f WHERE f.invite_id = invite.id AND f.block = $4 AND f.at_ms > $5) < $6
      AND EXISTS (SELECT 1 FROM item WHERE item.id = item_id AND state = 'ready' AND item.deleted_ms IS NULL)
    RETURNING id, item_id, first_name, last_name";
pub(crate) const PUT_SEAT: &str =
    "INSERT INTO invite_seat (id, item_id, email, first_name, last_name, key_hash, created_ms)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (item_id, email) DO UPDATE SET key_hash = excluded.key_hash RETURNING id";
pub(crate) const ADD_DEVICE: &str =
    "INSERT INTO invite_device (id, seat_id, invite_id, key_hash, bound_ms) VALUES ($1, $2, $3, $4, $5)";

/// Failed tries count for this long, and so many are too many.
pub(crate) const FAILURES_SINCE_MS: i64 = 15 * 60 * 1_000;
pub(crate) const FAILURES_MOST: i64 = 5;

/// The database that entries go to.
pub(crate) trait Rows: Send + Sync + 'static {
    /// Spends a use, gives the person's seat to this browser and writes the device down, durably; the item's id, or
    /// none when the address is wrong or the door is shut.
    fn bind(&self, binding: Binding) -> impl Future<Output = sqlx::Result<Option<Vec<u8>>>> + Send;

    /// Spends a use and makes the seat, durably; the item's id, or none when the door is shut.
    fn enter(&self, entry: Entry) -> impl Future<Output = sqlx::Result<Option<Vec<u8>>>> + Send;
}

#[derive(Deserialize)]
struct EntryForm {
    name: String,
    email: String,
    form_key: String,
}

#[derive(Deserialize)]
struct LobbyForm {
    email: String,
    form_key: String,
}

/// The routes over one database.
pub(crate) fn router<R: Rows>(rows: R) -> Router {
    Router::new()
        .route("/g/{token}/enter", post(enter::<R>))
        .route("/i/{token}/enter", post(enter_invite::<R>))
        .route("/healthz", get(|| async { StatusCode::NO_CONTENT }))
        .with_state(Arc::new(rows))
}

async fn enter<R: Rows>(
    State(rows): State<Arc<R>>,
    Path(token): Path<String>,
    headers: HeaderMap,
    Form(form): Form<EntryForm>,
) -> Response {
    if !is_own_origin(&headers) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let key = rand::random();
    let Some((entry, cookie)) = read(&token, form, key) else {
        return StatusCode::UNPROCESSABLE_ENTITY.into_response();
    };
    answer(rows.enter(entry).await, &cookie)
}

async fn enter_invite<R: Rows>(
    State(rows): State<Arc<R>>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    Path(token): Path<String>,
    headers: HeaderMap,
    Form(form): Form<LobbyForm>,
) -> Response {
    if !is_own_origin(&headers) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let Some((binding, cookie)) = read_lobby(&token, form, from, rand::random()) else {
        return StatusCode::UNPROCESSABLE_ENTITY.into_response();
    };
    answer(rows.bind(binding).await, &cookie)
}

fn answer(entered: sqlx::Result<Option<Vec<u8>>>, cookie: &str) -> Response {
    match entered {
        Ok(Some(item)) => {
            let place = format!("/media/{}", URL_SAFE_NO_PAD.encode(item));
            let cookie = format!(
                "__Host-anteroom-key={cookie}; Path=/; Max-Age=34560000; Secure; HttpOnly; SameSite=Lax"
            );
            let headers = [
                (header::LOCATION, place),
                (header::SET_COOKIE, cookie),
                (header::CACHE_CONTROL, "no-store".to_owned()),
            ];
            (StatusCode::SEE_OTHER, headers).into_response()
        }
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

fn is_own_origin(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let origin = text(header::ORIGIN).and_then(|origin| origin.split_once("://"));
    origin.is_some_and(|(_, host)| text(header::HOST) == Some(host))
}

/// What both forms are checked by: the token, the form's key, and an address that could be one.
fn check(token: &str, form_key: &str, email: &str) -> Option<(Vec<u8>, Vec<u8>, String)> {
    let token = URL_SAFE_NO_PAD.decode(token).ok().filter(|token| token.len() == 20)?;
    let form_key = URL_SAFE_NO_PAD.decode(form_key).ok().filter(|key| key.len() == 38)?;
    let email = email.trim().to_lowercase();
    let addressed = email.len() <= 254
        && email.split_once('@').is_some_and(|(user, host)| !user.is_empty() && host.contains('.'));
    addressed.then_some((token, form_key, email))
}

fn now_ms() -> Option<i64> {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_millis()).ok()
}

/// Six bytes of time, then ten of hash over the form: the same form is the same row.
fn of_form(time: &[u8], token: &[u8], form_key: &[u8]) -> Vec<u8> {
    [time, &Sha256::new().chain_update(token).chain_update(form_key).finalize()[..10]].concat()
}

/// The checked entry and the cookie's value.
fn read(token: &str, form: EntryForm, key: [u8; 32]) -> Option<(Entry, String)> {
    let (token, form_key, email) = check(token, &form.form_key, &form.email)?;
    let name = form.name.trim();
    let named = (1..=100).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if !named {
        return None;
    }
    let time = &form_key[..6];
    let browser_key = [time, &key[..]].concat();
    let entry = Entry {
        seat: of_form(time, &token, &form_key),
        key_hash: [time, &Sha256::digest(&browser_key)[..26]].concat(),
        token_hash: Sha256::digest(&token).to_vec(),
        name: name.to_owned(),
        email,
        now_ms: now_ms()?,
    };
    Some((entry, URL_SAFE_NO_PAD.encode(browser_key)))
}

/// The same for the lobby's form.
fn read_lobby(token: &str, form: LobbyForm, from: SocketAddr, key: [u8; 32]) -> Option<(Binding, String)> {
    let (token, form_key, email) = check(token, &form.form_key, &form.email)?;
    let (time, now_ms) = (&form_key[..6], now_ms()?);
    let browser_key = [time, &key[..]].concat();
    let seat: [u8; 10] = rand::random();
    let binding = Binding {
        seat: [&now_ms.to_be_bytes()[2..], &seat].concat(),
        device: of_form(time, &token, &form_key),
        key_hash: [time, &Sha256::digest(&browser_key)[..26]].concat(),
        token_hash: Sha256::digest(&token).to_vec(),
        email,
        block: from.ip().to_string(),
        now_ms,
    };
    Some((binding, URL_SAFE_NO_PAD.encode(browser_key)))
}
