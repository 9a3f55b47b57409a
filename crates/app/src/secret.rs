//! Secrets: link tokens, session tokens, browser keys, form keys, API tokens.
//!
//! A browser key and a form key begin with six bytes of time. They are no part of the secret; they keep new rows
//! side by side in the database, so the cost of an entry stays flat as seats grow.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::{Instant, SeatId};
use sha2::{Digest, Sha256};

/// A secret of 32 bytes that is shown to nobody but its holder. Hides itself in Debug.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Secret([u8; 32]);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl Secret {
    /// A secret of these random bytes.
    pub const fn from_random(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Reads 43 characters of base64url; none for anything else.
    pub fn from_text(text: &str) -> Option<Self> {
        if text.len() != 43 {
            return None;
        }
        URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok().map(Self)
    }

    /// The 43 characters that go into a cookie or a header.
    pub fn to_text(self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// SHA-256, as stored.
    pub fn hash(self) -> [u8; 32] {
        Sha256::digest(self.0).into()
    }

    /// Of a session's secret: what its browser keeps when the session is over, to be known again when its member
    /// signs in once more. It says nothing about the session.
    #[must_use]
    pub fn of_known_browser(self) -> Self {
        Self(Sha256::new().chain_update(b"known browser").chain_update(self.0).finalize().into())
    }
}

/// The token in a guest link's URL: 160 random bits, 27 characters.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct LinkToken([u8; 20]);

impl std::fmt::Debug for LinkToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LinkToken(..)")
    }
}

impl LinkToken {
    /// A token of these random bytes.
    pub const fn from_random(bytes: [u8; 20]) -> Self {
        Self(bytes)
    }

    /// Reads the characters of a URL; none for anything that is no token.
    pub fn from_text(text: &str) -> Option<Self> {
        if text.len() != 27 {
            return None;
        }
        URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok().map(Self)
    }

    /// The characters of the URL.
    pub fn to_text(self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// The bytes, to be sealed.
    pub const fn as_bytes(&self) -> &[u8; 20] {
        &self.0
    }

    /// SHA-256, by which the link is found.
    pub fn hash(self) -> [u8; 32] {
        Sha256::digest(self.0).into()
    }
}

/// One random 256-bit key of one seat, kept by its browser. Six bytes of time, then the secret. Hides itself.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct BrowserKey([u8; 38]);

impl std::fmt::Debug for BrowserKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BrowserKey(..)")
    }
}

fn time_bytes(now: Instant) -> [u8; 6] {
    let ms = now.as_ms().to_be_bytes();
    [ms[2], ms[3], ms[4], ms[5], ms[6], ms[7]]
}

impl BrowserKey {
    /// A key made at `now` of these secret bytes.
    pub fn new(now: Instant, secret: [u8; 32]) -> Self {
        let mut bytes = [0; 38];
        bytes[..6].copy_from_slice(&time_bytes(now));
        bytes[6..].copy_from_slice(&secret);
        Self(bytes)
    }

    /// Reads a cookie's value.
    pub fn from_text(text: &str) -> Option<Self> {
        if text.len() != 51 {
            return None;
        }
        URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok().map(Self)
    }

    /// The cookie's value.
    pub fn to_text(self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// The stored form: the time, then 26 bytes of SHA-256 of the whole.
    pub fn hash(self) -> [u8; 32] {
        let mut stored = [0; 32];
        stored[..6].copy_from_slice(&self.0[..6]);
        stored[6..].copy_from_slice(&Sha256::digest(self.0)[..26]);
        stored
    }
}

/// The random 256-bit key in an entry form: makes entering idempotent. Six bytes of time, then the secret.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct FormKey([u8; 38]);

impl std::fmt::Debug for FormKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FormKey(..)")
    }
}

impl FormKey {
    /// A key made at `now` of these secret bytes.
    pub fn new(now: Instant, secret: [u8; 32]) -> Self {
        let BrowserKey(bytes) = BrowserKey::new(now, secret);
        Self(bytes)
    }

    /// Reads a form field.
    pub fn from_text(text: &str) -> Option<Self> {
        BrowserKey::from_text(text).map(|BrowserKey(bytes)| Self(bytes))
    }

    /// The form field.
    pub fn to_text(self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// The seat that this form makes at the link with this token: the time, then 80 bits of hash over both.
    pub fn seat(self, link: LinkToken) -> SeatId {
        let digest = Sha256::new().chain_update(link.0).chain_update(self.0).finalize();
        let mut bytes = [0; 16];
        bytes[..6].copy_from_slice(&self.0[..6]);
        bytes[6..].copy_from_slice(&digest[..10]);
        SeatId::from_bytes(bytes)
    }

    /// The bytes, from which the same browser key is derived each time the form is sent.
    pub const fn as_bytes(&self) -> &[u8; 38] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_lead_back_and_nothing_else_is_read() {
        let token = LinkToken::from_random([9; 20]);
        assert_eq!(LinkToken::from_text(&token.to_text()), Some(token));
        assert_eq!(token.to_text().len(), 27);
        let key = BrowserKey::new(Instant::from_ms(1_700_000_000_000), [3; 32]);
        assert_eq!(BrowserKey::from_text(&key.to_text()), Some(key));
        for text in ["", "a", &"=".repeat(27), &"é".repeat(27)] {
            assert_eq!(LinkToken::from_text(text), None);
            assert_eq!(Secret::from_text(text), None);
        }
    }

    #[test]
    fn one_form_makes_one_seat_per_link() {
        let form = FormKey::new(Instant::from_ms(5), [1; 32]);
        let (a, b) = (LinkToken::from_random([1; 20]), LinkToken::from_random([2; 20]));
        assert_eq!(form.seat(a), form.seat(a));
        assert_ne!(form.seat(a), form.seat(b));
    }
}
