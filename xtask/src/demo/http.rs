//! A visitor with one cookie: the few requests of the API that the demo makes.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use ureq::http::{Response, StatusCode};
use ureq::typestate::{WithBody, WithoutBody};
use ureq::{Agent, Body, RequestBuilder};

use super::cast::Cast;

/// Talks to one server, as a browser on its own pages would.
pub(super) struct Visitor {
    agent: Agent,
    origin: String,
    cookie: String,
}

impl Visitor {
    pub(super) fn new(port: u16) -> Self {
        let config = Agent::config_builder().http_status_as_error(false).max_redirects(0);
        let agent = config.timeout_global(Some(Duration::from_secs(60))).build().into();
        Self { agent, origin: format!("http://localhost:{port}"), cookie: String::new() }
    }

    /// Whether the server is done with its beginning: it listens before that, and lets whoever comes wait.
    pub(super) fn is_served(&self) -> bool {
        self.get("/readyz").call().is_ok_and(|answer| answer.status().is_success())
    }

    /// Signs in and keeps the cookie.
    pub(super) fn sign_in(&mut self, cast: &Cast) -> Result<()> {
        let answer =
            self.post("/api/sign-in").send_json(json!({"email": cast.email, "password": cast.password}))?;
        let cookies = answer.headers().get_all("set-cookie").iter().filter_map(|value| value.to_str().ok());
        let pairs: Vec<String> =
            cookies.filter_map(|cookie| cookie.split(';').next()).map(str::to_owned).collect();
        demand("sign in", answer)?;
        self.cookie = pairs.join("; ");
        if self.cookie.is_empty() { bail!("signing in gave no cookie") } else { Ok(()) }
    }

    /// Switches guest access on and makes a link; its URL comes back.
    pub(super) fn open_guest_door(&self, item: &str) -> Result<String> {
        let path = format!("/api/items/{item}/guest-access");
        demand("switch guest access on", self.put(&path).send_json(json!({"enabled": true}))?)?;
        let path = format!("/api/items/{item}/guest-links");
        let made = demand(
            "make a guest link",
            self.post(&path).send_json(json!({"name": "Everyone in the room"}))?,
        )?;
        made["url"].as_str().map(str::to_owned).context("the guest link has no URL")
    }

    /// Invites one person to an item; the invite's URL comes back.
    pub(super) fn invite(&self, item: &str, email: &str, first: &str, last: &str) -> Result<String> {
        let body = json!({"email": email, "first_name": first, "last_name": last, "role": "viewer"});
        let made = demand("invite", self.post(&format!("/api/items/{item}/invites")).send_json(body)?)?;
        made["url"].as_str().map(str::to_owned).context("the invite has no URL")
    }

    /// Reads one item.
    pub(super) fn item(&self, item: &str) -> Result<Value> {
        demand("read the item", self.get(&format!("/api/items/{item}")).call()?)
    }

    pub(super) fn get(&self, path: &str) -> RequestBuilder<WithoutBody> {
        self.agent.get(self.url(path)).header("cookie", &self.cookie)
    }

    pub(super) fn post(&self, path: &str) -> RequestBuilder<WithBody> {
        self.own(self.agent.post(self.url(path)))
    }

    pub(super) fn put(&self, path: &str) -> RequestBuilder<WithBody> {
        self.own(self.agent.put(self.url(path)))
    }

    pub(super) fn patch(&self, path: &str) -> RequestBuilder<WithBody> {
        self.own(self.agent.patch(self.url(path)))
    }

    /// Requests that change something must come from the server's own pages.
    fn own(&self, request: RequestBuilder<WithBody>) -> RequestBuilder<WithBody> {
        let request = request.header("origin", &self.origin).header("sec-fetch-site", "same-origin");
        request.header("cookie", &self.cookie)
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }
}

/// The JSON of a good answer (null when it has none), or an error that quotes the bad one.
pub(super) fn demand(what: &str, mut answer: Response<Body>) -> Result<Value> {
    let status = answer.status();
    let text = answer.body_mut().read_to_string()?;
    if !status.is_success() {
        bail!("cannot {what}: {status} {text}");
    }
    if text.is_empty() || status == StatusCode::NO_CONTENT {
        return Ok(Value::Null);
    }
    serde_json::from_str(&text).with_context(|| format!("cannot {what}: the answer is no JSON"))
}
