//! A visitor of Anteroom: requests as its own pages send them, with the cookies that it was given.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use ureq::http::{HeaderMap, Response};
use ureq::typestate::{WithBody, WithoutBody};
use ureq::{Agent, Body, RequestBuilder};

/// One browser at one server.
pub(crate) struct Visitor {
    agent: Agent,
    origin: String,
    /// `name=value` each; a newer one replaces the older.
    cookies: Vec<String>,
}

impl Visitor {
    pub(crate) fn new(port: u16) -> Self {
        let config = Agent::config_builder().http_status_as_error(false).max_redirects(0);
        let agent = config.timeout_global(Some(Duration::from_secs(60))).build().into();
        Self { agent, origin: format!("http://127.0.0.1:{port}"), cookies: Vec::new() }
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder<WithoutBody> {
        self.agent.get(self.url(path)).header("cookie", self.cookies.join("; "))
    }

    pub(crate) fn post(&self, path: &str) -> RequestBuilder<WithBody> {
        self.own(self.agent.post(self.url(path)))
    }

    pub(crate) fn put(&self, path: &str) -> RequestBuilder<WithBody> {
        self.own(self.agent.put(self.url(path)))
    }

    pub(crate) fn patch(&self, path: &str) -> RequestBuilder<WithBody> {
        self.own(self.agent.patch(self.url(path)))
    }

    /// What changes something must come from the server's own pages.
    fn own(&self, request: RequestBuilder<WithBody>) -> RequestBuilder<WithBody> {
        let request = request.header("origin", &self.origin).header("sec-fetch-site", "same-origin");
        request.header("cookie", self.cookies.join("; "))
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// Keeps the cookies of an answer.
    pub(crate) fn keep(&mut self, headers: &HeaderMap) {
        for text in headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok()) {
            let pair = text.split(';').next().unwrap_or_default();
            let name = pair.split_once('=').map_or(pair, |(name, _)| name);
            self.cookies.retain(|kept| kept.split_once('=').is_none_or(|(kept, _)| kept != name));
            self.cookies.push(pair.to_owned());
        }
    }

    /// The cookie with this name, as `name=value`.
    pub(crate) fn cookie(&self, name: &str) -> Result<&str> {
        let found =
            self.cookies.iter().find(|kept| kept.split_once('=').is_some_and(|(kept, _)| kept == name));
        found.map(String::as_str).with_context(|| format!("no cookie {name} was given"))
    }
}

/// The JSON of a good answer (null when it has none), or an error that quotes the bad one.
pub(crate) fn demand(what: &str, mut answer: Response<Body>) -> Result<Value> {
    let status = answer.status();
    let text = answer.body_mut().read_to_string()?;
    if !status.is_success() && !status.is_redirection() {
        bail!("cannot {what}: {status} {text}");
    }
    Ok(serde_json::from_str(&text).unwrap_or(Value::Null))
}
