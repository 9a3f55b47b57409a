//! The same-origin check on every unsafe method and every socket (quality.md W2).

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use http::request::Parts;
use http::{HeaderMap, Method, header};

use crate::address;
use crate::cookies;

/// Pairs of origin and host that the log is told of, each once.
const TOLD_MOST: usize = 20;

/// The origin that the site's pages have, whatever host a proxy asks us by.
#[derive(Debug, Default)]
pub(crate) struct Origins {
    public: String,
    told: Mutex<HashSet<(String, String)>>,
}

impl Origins {
    pub(crate) fn new(public_url: &str) -> Self {
        Self { public: normal(public_url), told: Mutex::default() }
    }

    /// Whether the request may change something: it came from one of our own pages, or from a program that brings an
    /// API token and no cookies of ours count.
    pub(crate) fn may_change(&self, parts: &Parts) -> bool {
        let headers = &parts.headers;
        if matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS) {
            return true;
        }
        match text(headers, "sec-fetch-site") {
            Some(site) => site == "same-origin",
            None => match text(headers, header::ORIGIN.as_str()) {
                Some(_) => self.is_own(headers),
                // No browser of today sends an unsafe request without either; programs do, and carry no cookies.
                None => !cookies::any(headers) || headers.contains_key(header::AUTHORIZATION),
            },
        }
    }

    /// Whether a socket is opened by one of our own pages: by their host, or by the site's public address where a
    /// proxy asks by another host.
    pub(crate) fn is_own(&self, headers: &HeaderMap) -> bool {
        let (host, origin) =
            (address::host(headers), text(headers, header::ORIGIN.as_str()).unwrap_or_default());
        let named = origin.split_once("://").map(|(_, name)| name).unwrap_or_default();
        let is_own = !named.is_empty() && (named.eq_ignore_ascii_case(host) || normal(origin) == self.public);
        if !is_own {
            self.tell(origin, host);
        }
        is_own
    }

    /// Whoever sets up a proxy finds both strings in the log; whoever asks again and again does not fill it.
    fn tell(&self, origin: &str, host: &str) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.len() < TOLD_MOST && told.insert((origin.to_owned(), host.to_owned())) {
            tracing::warn!(
                origin,
                host,
                public_url = self.public,
                "refused what another site's page asked for; if that page is this site's, its proxy must pass Host on, \
                 or public_url must be what browsers show"
            );
        }
    }
}

/// As browsers write an origin: in small letters, without the port that the scheme means anyway.
fn normal(origin: &str) -> String {
    let origin = origin.to_ascii_lowercase();
    let port = match origin.split_once("://") {
        Some(("https", _)) => ":443",
        Some(("http", _)) => ":80",
        _ => return origin,
    };
    origin.strip_suffix(port).map(str::to_owned).unwrap_or(origin)
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn may(method: &str, headers: &[(&str, &str)]) -> bool {
        let mut request = http::Request::builder().method(method).header("host", "a.example:8443");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (parts, ()) = request.body(()).expect("a request").into_parts();
        Origins::new("https://media.example.org:443").may_change(&parts)
    }

    /// A proxy that asks by a host of its own.
    #[test]
    fn the_public_address_is_ours_whatever_the_host() {
        for origin in
            ["https://media.example.org", "https://MEDIA.example.org", "https://media.example.org:443"]
        {
            assert!(may("POST", &[("origin", origin), ("cookie", "a=b")]), "{origin}");
        }
        for origin in [
            "http://media.example.org",
            "https://media.example.org:8443",
            "https://media.example.org.evil.example",
            "https://evil.example",
            "media.example.org",
            "",
        ] {
            assert!(!may("POST", &[("origin", origin), ("cookie", "a=b")]), "{origin}");
        }
    }

    #[test]
    fn the_log_is_told_of_each_pair_once_and_of_few() {
        let origins = Origins::new("https://media.example.org");
        for number in 0..100 {
            origins.tell(&format!("https://{number}.example"), "a.example");
            origins.tell("https://0.example", "a.example");
        }
        assert_eq!(origins.told.lock().expect("nobody else").len(), TOLD_MOST);
    }

    #[test]
    fn w2_foreign_origins_change_nothing() {
        assert!(may("GET", &[("origin", "https://evil.example")]));
        assert!(may("POST", &[("sec-fetch-site", "same-origin")]));
        for site in ["cross-site", "same-site", "none"] {
            assert!(
                !may("POST", &[("sec-fetch-site", site), ("origin", "https://a.example:8443")]),
                "{site}"
            );
        }
        assert!(may("POST", &[("origin", "https://a.example:8443"), ("cookie", "a=b")]));
        for origin in
            ["null", "https://a.example", "https://evil.example", "https://a.example:8443.evil.example"]
        {
            assert!(!may("DELETE", &[("origin", origin)]), "{origin}");
        }
        assert!(!may("POST", &[("cookie", "a=b")]));
        assert!(may("POST", &[("authorization", "Bearer x")]));
    }
}
