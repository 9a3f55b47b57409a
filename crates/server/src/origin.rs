//! The same-origin check on every unsafe method and every socket (quality.md W2).

use http::request::Parts;
use http::{HeaderMap, Method, header};

use crate::address;
use crate::cookies;

/// Whether the request may change something: it came from one of our own pages, or from a program that brings an
/// API token and no cookies of ours count.
pub(crate) fn may_change(parts: &Parts) -> bool {
    let headers = &parts.headers;
    if matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return true;
    }
    match text(headers, "sec-fetch-site") {
        Some(site) => site == "same-origin",
        None => match text(headers, header::ORIGIN.as_str()) {
            Some(_) => is_own_origin(headers),
            // No browser of today sends an unsafe request without either; programs do, and carry no cookies.
            None => !cookies::any(headers) || headers.contains_key(header::AUTHORIZATION),
        },
    }
}

/// Whether a socket is opened by one of our own pages.
pub(crate) fn is_own_origin(headers: &HeaderMap) -> bool {
    let host = address::host(headers);
    let origin = text(headers, header::ORIGIN.as_str()).and_then(|origin| origin.split_once("://"));
    !host.is_empty() && origin.is_some_and(|(_, origin)| origin.eq_ignore_ascii_case(host))
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
        may_change(&parts)
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
