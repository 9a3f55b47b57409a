//! The memory of a sign-in that anybody may begin, sealed into the browser's own cookie: nothing is kept of it here, so
//! that nobody can fill the database by beginning. Only one that succeeds leaves a row, and is not believed again.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::Instant;
use store::{Conn, StoreError, sign_in_flow};

use super::FLOW_LASTS;
use crate::{App, Error};

const PURPOSE: &str = "sealed flow";
/// Longer ones are none of ours.
const MOST_CHARS: usize = 3_000;

/// What stands in the cookie. Hides itself in Debug.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedFlow(String);

impl std::fmt::Debug for SealedFlow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealedFlow(..)")
    }
}

impl SealedFlow {
    /// As it came back.
    pub fn from_text(text: &str) -> Option<Self> {
        (text.len() <= MOST_CHARS).then(|| Self(text.to_owned()))
    }

    /// For the cookie.
    pub fn as_text(&self) -> &str {
        &self.0
    }
}

/// One that was opened, to be spent when it has led to something.
pub(super) struct Opened {
    pub(super) state: String,
    kind: &'static str,
    id: [u8; 16],
    expires: Instant,
}

impl App {
    /// Seals what is to be remembered.
    pub(super) fn seal_flow(&self, kind: &str, state: &str) -> Result<SealedFlow, Error> {
        let (id, expires): ([u8; 16], _) = (self.random(), self.now().plus(FLOW_LASTS));
        let plain = format!("{} {kind} {state}", expires.as_ms());
        let sealed = self.inner.keys.seal_bytes(PURPOSE, plain.as_bytes(), &id, &self.inner.outside);
        let sealed = sealed.ok_or_else(|| Error::Bug("a sign-in could not be sealed".into()))?;
        Ok(SealedFlow(URL_SAFE_NO_PAD.encode([&id[..], &sealed].concat())))
    }

    /// What was remembered, if it is of this kind and in time.
    pub(super) fn open_flow(&self, kind: &'static str, flow: &SealedFlow) -> Option<Opened> {
        let bytes = URL_SAFE_NO_PAD.decode(&flow.0).ok()?;
        let (id, sealed) = bytes.split_first_chunk::<16>()?;
        let plain = String::from_utf8(self.inner.keys.open_bytes(PURPOSE, sealed, id)?).ok()?;
        let (expires, rest) = plain.split_once(' ')?;
        let state = rest.strip_prefix(kind)?.strip_prefix(' ')?;
        let expires = Instant::from_ms(expires.parse().ok()?);
        (self.now() < expires).then(|| Opened { state: state.to_owned(), kind, id: *id, expires })
    }
}

impl Opened {
    /// Spends it, in the transaction that it led to. False when it was spent before.
    pub(super) async fn spend(&self, conn: &mut Conn, now: Instant) -> Result<bool, StoreError> {
        let mut name = [0; 32];
        name[..16].copy_from_slice(&self.id);
        match sign_in_flow::put(conn, name, self.kind, &[], now, self.expires).await {
            Err(StoreError::Duplicate(_)) => Ok(false),
            done => done.map(|()| true),
        }
    }
}
