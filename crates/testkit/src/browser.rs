//! A browser at a site: cookies, same-origin headers, forms, and what a guest does with them.

use std::io;
use std::net::SocketAddr;

use app::domain::ItemId;
use serde_json::json;

use crate::http::{Answer, Http, Request};
use crate::jar::Jar;
use crate::{EntryForm, Server};

/// The cookie that holds a guest's seat.
pub const KEY_COOKIE: &str = "__Host-anteroom-key";
pub(crate) const SESSION_COOKIE: &str = "__Host-anteroom-session";
/// The cookie of a viewing's ticket.
pub const TICKET_COOKIE: &str = "__Secure-anteroom-ticket";

/// A browser that is at one process of a site.
pub struct Browser {
    http: Http,
    jar: Jar,
}

/// What became of a sent entry form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// In: sent on to the item's page.
    In {
        /// The browser key that the answer gave; none when the browser had one already.
        key: Option<String>,
    },
    /// The denied page.
    Denied,
    /// The form again: stale.
    Stale,
    /// The form again: what was typed does not open.
    Wrong,
    /// "Try again in a moment", with Retry-After.
    Busy,
    /// Anything else: status and body.
    Other(u16, String),
}

/// An open page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewing {
    /// Its id.
    pub id: String,
    /// Where its media begins.
    pub media_url: String,
}

impl Browser {
    /// A browser without cookies.
    pub fn at(server: &Server) -> Self {
        Self::at_address(server.address())
    }

    /// A browser without cookies, for threads that have no server value.
    pub fn at_address(address: SocketAddr) -> Self {
        Self { http: Http::new(address), jar: Jar::default() }
    }

    /// A browser whose connection stands already, so that its next request goes out at once.
    ///
    /// # Panics
    /// When the server cannot be reached.
    pub fn connected_to(address: SocketAddr) -> Self {
        let mut browser = Self::at_address(address);
        browser.get("/healthz").expect("the server answers");
        browser
    }

    /// The same browser, now served by another process (or by the same one after a restart).
    pub fn go_to(&mut self, server: &Server) {
        self.http = Http::new(server.address());
    }

    /// A second browser with the same cookies: another tab, or a thief of the cookie file.
    pub fn copy(&self) -> Self {
        Self { http: Http::new(self.http.to()), jar: self.jar.clone() }
    }

    /// Puts a cookie into the browser.
    pub fn put_cookie(&mut self, name: &str, value: &str) {
        self.jar.put(name, "/", value);
    }

    /// Every cookie, by name and value.
    pub fn cookies(&self) -> impl Iterator<Item = (&str, &str)> {
        self.jar.all()
    }

    /// The value of the key cookie.
    pub fn key(&self) -> Option<&str> {
        self.jar.find(KEY_COOKIE, "/")
    }

    /// The ticket of a viewing.
    pub fn ticket(&self, viewing: &Viewing) -> Option<&str> {
        self.jar.find(TICKET_COOKIE, &format!("/m/{}/", viewing.id))
    }

    /// Where the server is that it is at.
    pub fn to(&self) -> SocketAddr {
        self.http.to()
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.http.to()
    }

    pub(crate) fn cookie_header(&self, path: &str) -> Option<String> {
        self.jar.header(path)
    }

    fn send(&mut self, method: &str, path: &str, kind: Option<&str>, body: &[u8]) -> io::Result<Answer> {
        let bare = path.split('?').next().unwrap_or(path);
        let mut headers = Vec::new();
        if let Some(cookies) = self.jar.header(bare) {
            headers.push(("cookie", cookies));
        }
        if let Some(kind) = kind {
            headers.push(("content-type", kind.to_owned()));
        }
        if method != "GET" && method != "HEAD" {
            headers.push(("origin", format!("http://{}", self.http.to())));
        }
        let answer = self.http.send(&Request { method, path, headers, body })?;
        self.jar.keep(&answer);
        Ok(answer)
    }

    /// Sends exactly these headers besides the cookies: for what no browser would send.
    ///
    /// # Errors
    /// When the answer was lost.
    pub fn send_raw(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> io::Result<Answer> {
        let mut all: Vec<_> = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        if let Some(cookies) = self.jar.header(path) {
            all.push(("cookie", cookies));
        }
        self.http.send(&Request { method, path, headers: all, body })
    }

    /// Loads something.
    ///
    /// # Errors
    /// When the answer was lost.
    pub fn get(&mut self, path: &str) -> io::Result<Answer> {
        self.send("GET", path, None, &[])
    }

    /// Sends JSON.
    ///
    /// # Errors
    /// When the answer was lost.
    pub fn send_json(&mut self, method: &str, path: &str, body: &serde_json::Value) -> io::Result<Answer> {
        self.send(method, path, Some("application/json"), body.to_string().as_bytes())
    }

    /// Sends an unsafe request without a body.
    ///
    /// # Errors
    /// When the answer was lost.
    pub fn send_bare(&mut self, method: &str, path: &str) -> io::Result<Answer> {
        self.send(method, path, None, &[])
    }

    /// Sends any form, as a page's button does.
    ///
    /// # Errors
    /// When the answer was lost.
    pub fn send_form(&mut self, path: &str, fields: &[(&str, &str)]) -> io::Result<Answer> {
        let kind = "application/x-www-form-urlencoded";
        self.send("POST", path, Some(kind), crate::entry_form::encode(fields).as_bytes())
    }

    /// Sends an entry form to a guest link, as the page's button does.
    ///
    /// # Errors
    /// When the answer was lost: nobody knows then whether there is a seat.
    pub fn enter(&mut self, token: &str, form: &EntryForm) -> io::Result<Entry> {
        self.enter_by(&format!("/g/{token}/enter"), form)
    }

    /// Sends a lobby's form to an invite link: its address and its form key count.
    ///
    /// # Errors
    /// When the answer was lost: nobody knows then whether this browser is bound.
    pub fn enter_invite(&mut self, token: &str, form: &EntryForm) -> io::Result<Entry> {
        self.enter_by(&format!("/i/{token}/enter"), form)
    }

    fn enter_by(&mut self, path: &str, form: &EntryForm) -> io::Result<Entry> {
        let kind = "application/x-www-form-urlencoded";
        let answer = self.send("POST", path, Some(kind), form.encode().as_bytes())?;
        Ok(match answer.status {
            303 if answer.header("location").is_some_and(|to| to.starts_with("/media/")) => {
                Entry::In { key: given_key(&answer) }
            }
            404 if answer.text().contains("<html") => Entry::Denied,
            409 => Entry::Stale,
            422 => Entry::Wrong,
            503 if answer.header("retry-after").is_some() => Entry::Busy,
            status => Entry::Other(status, answer.text()),
        })
    }

    /// Loads an item's page and opens a viewing of it, as the page's script does.
    ///
    /// # Errors
    /// The answer that was no viewing.
    ///
    /// # Panics
    /// When an answer was lost.
    pub fn open(&mut self, item: ItemId) -> Result<Viewing, Answer> {
        let page = self.get(&format!("/media/{item}")).expect("the media page answers");
        if page.status != 200 {
            return Err(page);
        }
        let asked = json!({ "item": item.to_string() });
        let answer = self.send_json("POST", "/api/viewings", &asked).expect("viewings answer");
        if answer.status != 201 {
            return Err(answer);
        }
        let said = answer.json();
        let text = |key: &str| said[key].as_str().unwrap_or_default().to_owned();
        Ok(Viewing { id: text("viewing"), media_url: text("media_url") })
    }

    /// One file of a viewing.
    ///
    /// # Errors
    /// When the answer was lost.
    pub fn fetch(&mut self, viewing: &Viewing, file: &str) -> io::Result<Answer> {
        self.get(&format!("/m/{}/{file}", viewing.id))
    }

    /// Renews a viewing's ticket.
    ///
    /// # Errors
    /// When the answer was lost.
    pub fn renew(&mut self, viewing: &Viewing) -> io::Result<Answer> {
        self.send_bare("POST", &format!("/m/{}/renew", viewing.id))
    }

    /// Whether this browser can load the item's page, open a viewing and fetch its playlist and a segment.
    pub fn opens_media(&mut self, item: ItemId) -> bool {
        let Ok(viewing) = self.open(item) else { return false };
        ["master.m3u8", "v0-00001.m4s"].iter().all(|file| {
            self.fetch(&viewing, file).is_ok_and(|answer| answer.status == 200 && !answer.body.is_empty())
        })
    }
}

fn given_key(answer: &Answer) -> Option<String> {
    let lines = answer.headers.iter().filter(|(name, _)| name == "set-cookie");
    let pairs = lines.filter_map(|(_, line)| line.split(';').next()?.split_once('='));
    pairs.filter(|(name, _)| *name == KEY_COOKIE).map(|(_, value)| value.to_owned()).next()
}
