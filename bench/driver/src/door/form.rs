//! People who send a door's form, as a browser does: a fresh form key each, no cookie, an answer that seats them.

use std::fmt::Write as _;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fastrand::Rng;
use sha2::{Digest, Sha256};

use crate::answer::Head;
use crate::load::{Body, Client};
use crate::rows::Invite;

/// Of so many cookies one is kept, to be looked up in the database afterwards.
const KEPT: u64 = 100;
const KEPT_MOST: usize = 1_000;
const COOKIE: &str = "__Host-anteroom-key=";
/// A browser key: six bytes of time, then the secret.
const KEY_BYTES: usize = 38;

/// What Chromium sends along with a form, besides the form's own headers.
const BROWSER: &str = "Connection: keep-alive\r\nCache-Control: max-age=0\r\nUpgrade-Insecure-Requests: 1\r\n\
    User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36\r\n\
    Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\n\
    Sec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-User: ?1\r\nSec-Fetch-Dest: document\r\n\
    Accept-Encoding: gzip, deflate, br, zstd\r\nAccept-Language: en-GB,en;q=0.9\r\n";

/// By what they come.
pub(super) enum Way {
    /// Guest links, taken at random; what they type is nobody's.
    Links(Vec<String>),
    /// Invites, each taken once, the last one first, by the address that it was made for.
    Invites(Vec<Invite>),
}

/// One thread's people.
pub(super) struct Entrants {
    host: String,
    way: Way,
    random: Rng,
    seated: u64,
    keys: Vec<Vec<u8>>,
}

impl Entrants {
    pub(super) fn new(port: u16, way: Way) -> Self {
        let host = format!("127.0.0.1:{port}");
        Self { host, way, random: Rng::new(), seated: 0, keys: Vec::new() }
    }

    /// Stored forms of the browser keys that were kept.
    pub(super) fn keys(&self) -> impl Iterator<Item = Vec<u8>> + '_ {
        self.keys.iter().cloned()
    }

    /// Invites that are left; where links are used, there is no end of them.
    pub(super) fn left(&self) -> usize {
        match &self.way {
            Way::Links(_) => usize::MAX,
            Way::Invites(left) => left.len(),
        }
    }

    /// More invites, for those who come by one.
    pub(super) fn get_more(&mut self, invites: Vec<Invite>) {
        if let Way::Invites(left) = &mut self.way {
            left.extend(invites);
        }
    }

    /// Where the next form goes, and the form; none when the invites are used up.
    fn form(&mut self) -> Option<(String, String)> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let mut key = [0; KEY_BYTES];
        key[..6].copy_from_slice(&(now.as_millis() as u64).to_be_bytes()[2..]);
        self.random.fill(&mut key[6..]);
        let key = URL_SAFE_NO_PAD.encode(key);
        match &mut self.way {
            Way::Links(tokens) => {
                let person = self.random.u32(..);
                let path = format!("/g/{}/enter", tokens[self.random.usize(..tokens.len())]);
                Some((
                    path,
                    format!("name=Guest+Number+{person}&email=guest{person}%40example.org&form_key={key}"),
                ))
            }
            Way::Invites(left) => {
                let invite = left.pop()?;
                let email = invite.email.replace('@', "%40");
                Some((format!("/i/{}/enter", invite.token), format!("email={email}&form_key={key}")))
            }
        }
    }
}

impl Client for Entrants {
    fn ask(&mut self, out: &mut Vec<u8>) -> bool {
        let Some((path, form)) = self.form() else { return false };
        let (host, length) = (&self.host, form.len());
        let mut text = String::with_capacity(1_024);
        // Writing into a String cannot fail.
        let _ = write!(
            text,
            "POST {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n{BROWSER}\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{form}"
        );
        out.extend_from_slice(text.as_bytes());
        true
    }

    fn judge(&mut self, head: &Head<'_>) -> Result<Body> {
        ensure!(head.status == 303, "an entry was answered with {}", head.status);
        let to = head.get("location").context("an entry leads nowhere")?;
        ensure!(to.starts_with("/media/"), "an entry leads to {to}");
        let cookie = head.get("set-cookie").context("an entry gave no cookie")?;
        let key = stored(cookie).with_context(|| format!("no browser key in {cookie:?}"))?;
        self.seated += 1;
        if self.seated % KEPT == 1 && self.keys.len() < KEPT_MOST {
            self.keys.push(key());
        }
        Ok(Body::Counted)
    }

    fn compare(&mut self, _: &[u8]) -> Result<()> {
        Ok(())
    }
}

/// How a browser key is stored: the time, then 26 bytes of SHA-256 of the whole.
fn stored(cookie: &str) -> Option<impl FnOnce() -> Vec<u8>> {
    let text = cookie.strip_prefix(COOKIE)?.split(';').next()?;
    let key = URL_SAFE_NO_PAD.decode(text).ok().filter(|key| key.len() == KEY_BYTES)?;
    Some(move || [&key[..6], &Sha256::digest(&key)[..26]].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_what_a_browser_sends() {
        let mut entrants = Entrants::new(80, Way::Links(vec!["TOKEN".to_owned()]));
        let mut out = Vec::new();
        entrants.ask(&mut out);
        let text = String::from_utf8(out).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("POST /g/TOKEN/enter HTTP/1.1\r\nHost: 127.0.0.1:80\r\n"));
        assert!(head.contains(&format!("Content-Length: {}", body.len())));
        let key = body.split_once("form_key=").unwrap().1;
        assert_eq!(key.len(), 51);
        assert_ne!(entrants.form(), entrants.form());
        assert_eq!(entrants.left(), usize::MAX);
    }

    #[test]
    fn each_invite_is_taken_once_by_its_own_address() {
        let invite = Invite { token: "TOKEN".into(), email: "guest7@example.org".into() };
        let mut entrants = Entrants::new(80, Way::Invites(vec![invite.clone()]));
        let (path, form) = entrants.form().unwrap();
        assert_eq!(path, "/i/TOKEN/enter");
        assert!(form.starts_with("email=guest7%40example.org&form_key="));
        assert!(entrants.form().is_none(), "used up");
        entrants.get_more(vec![invite]);
        assert_eq!((entrants.left(), entrants.ask(&mut Vec::new()), entrants.left()), (1, true, 0));
    }

    #[test]
    fn only_a_seat_is_a_good_answer() {
        let key = URL_SAFE_NO_PAD.encode([7; KEY_BYTES]);
        let judge = |text: String| {
            let head = Head::read(text.as_bytes()).unwrap().unwrap();
            Entrants::new(80, Way::Links(Vec::new())).judge(&head).is_ok()
        };
        let head = "Content-Length: 0\r\nLocation: /media/x\r\nSet-Cookie: __Host-anteroom-key=";
        assert!(judge(format!("HTTP/1.1 303 See Other\r\n{head}{key}; Path=/\r\n\r\n")));
        assert!(!judge(format!("HTTP/1.1 200 OK\r\n{head}{key}; Path=/\r\n\r\n")));
        assert!(!judge(format!("HTTP/1.1 303 See Other\r\n{head}short; Path=/\r\n\r\n")));
    }
}
