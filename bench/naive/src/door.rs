//! The entry form over HTTP: checked, seated, answered with a cookie and 303.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::extract::{Form, Path, State};
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

/// The database that entries go to.
pub(crate) trait Rows: Send + Sync + 'static {
    /// Spends a use and makes the seat, durably; the item's id, or none when the door is shut.
    fn enter(&self, entry: Entry) -> impl Future<Output = sqlx::Result<Option<Vec<u8>>>> + Send;
}

#[derive(Deserialize)]
struct EntryForm {
    name: String,
    email: String,
    form_key: String,
}

/// The routes over one database.
pub(crate) fn router<R: Rows>(rows: R) -> Router {
    Router::new()
        .route("/g/{token}/enter", post(enter::<R>))
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
    match rows.enter(entry).await {
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

/// The checked entry and the cookie's value.
fn read(token: &str, form: EntryForm, key: [u8; 32]) -> Option<(Entry, String)> {
    let token = URL_SAFE_NO_PAD.decode(token).ok().filter(|token| token.len() == 20)?;
    let form_key = URL_SAFE_NO_PAD.decode(&form.form_key).ok().filter(|key| key.len() == 38)?;
    let (name, email) = (form.name.trim(), form.email.trim().to_lowercase());
    let named = (1..=100).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    let addressed = email.len() <= 254
        && email.split_once('@').is_some_and(|(user, host)| !user.is_empty() && host.contains('.'));
    if !named || !addressed {
        return None;
    }
    let now_ms = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_millis()).ok()?;
    let time = &form_key[..6];
    let browser_key = [time, &key[..]].concat();
    let entry = Entry {
        seat: [time, &Sha256::new().chain_update(&token).chain_update(&form_key).finalize()[..10]].concat(),
        key_hash: [time, &Sha256::digest(&browser_key)[..26]].concat(),
        token_hash: Sha256::digest(&token).to_vec(),
        name: name.to_owned(),
        email,
        now_ms,
    };
    Some((entry, URL_SAFE_NO_PAD.encode(browser_key)))
}
