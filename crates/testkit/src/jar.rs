//! A browser's cookies: by name and path. `Secure` counts as kept, as browsers do for loopback addresses.

use crate::Answer;

/// The cookies of one browser.
#[derive(Debug, Clone, Default)]
pub(crate) struct Jar {
    cookies: Vec<Cookie>,
}

#[derive(Debug, Clone)]
struct Cookie {
    name: String,
    path: String,
    value: String,
}

impl Jar {
    /// Keeps what an answer sets and forgets what it clears.
    pub(crate) fn keep(&mut self, answer: &Answer) {
        for (_, line) in answer.headers.iter().filter(|(name, _)| name == "set-cookie") {
            let mut parts = line.split(';').map(str::trim);
            let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else { continue };
            let (mut path, mut over) = ("/", false);
            for part in parts {
                match part.split_once('=') {
                    Some((key, at)) if key.eq_ignore_ascii_case("path") => path = at,
                    Some((key, age)) if key.eq_ignore_ascii_case("max-age") => over = age == "0",
                    _ => {}
                }
            }
            self.cookies.retain(|cookie| !(cookie.name == name && cookie.path == path));
            if !over {
                self.put(name, path, value);
            }
        }
    }

    pub(crate) fn put(&mut self, name: &str, path: &str, value: &str) {
        self.cookies.push(Cookie { name: name.into(), path: path.into(), value: value.into() });
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.cookies.iter().map(|cookie| (&*cookie.name, &*cookie.value))
    }

    pub(crate) fn find(&self, name: &str, path: &str) -> Option<&str> {
        let mut found =
            self.cookies.iter().filter(|cookie| cookie.name == name && path.starts_with(&cookie.path));
        found.next().map(|cookie| cookie.value.as_str())
    }

    /// The Cookie header for a path; none when there is nothing to send.
    pub(crate) fn header(&self, path: &str) -> Option<String> {
        let sent: Vec<_> = self
            .cookies
            .iter()
            .filter(|cookie| path.starts_with(&cookie.path))
            .map(|cookie| format!("{}={}", cookie.name, cookie.value))
            .collect();
        (!sent.is_empty()).then(|| sent.join("; "))
    }
}
