//! What proxies wrote of who came to them, as they write it: lists over one or several headers, with ports, brackets,
//! quotes and zones, in `X-Forwarded-For` and `X-Forwarded-Proto` or in `Forwarded` (RFC 7239).

use std::net::IpAddr;

use http::HeaderMap;

/// Two lists that grow to the right: whoever passes a request on adds to their ends.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Said<'a> {
    /// Who came.
    pub(super) from: Vec<&'a str>,
    /// By what.
    pub(super) proto: Vec<&'a str>,
}

impl<'a> Said<'a> {
    /// `Forwarded` counts where nothing else is said: a proxy that writes the older headers passes a client's own
    /// `Forwarded` on as it is.
    pub(super) fn read(headers: &'a HeaderMap) -> Self {
        let said = Self {
            from: list(headers, "x-forwarded-for").collect(),
            proto: list(headers, "x-forwarded-proto").map(unquoted).collect(),
        };
        if said != Self::default() {
            return said;
        }
        let elements: Vec<&str> = list(headers, "forwarded").collect();
        Self {
            from: elements.iter().filter_map(|element| parameter(element, "for")).collect(),
            proto: elements.iter().map(|element| parameter(element, "proto").unwrap_or_default()).collect(),
        }
    }
}

fn list<'a>(headers: &'a HeaderMap, name: &str) -> impl Iterator<Item = &'a str> {
    let lines = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(str::trim).filter(|entry| !entry.is_empty())
}

fn parameter<'a>(element: &'a str, name: &str) -> Option<&'a str> {
    let mut pairs = element.split(';').filter_map(|pair| pair.split_once('='));
    let found = pairs.find(|(found, _)| found.trim().eq_ignore_ascii_case(name))?;
    Some(unquoted(found.1))
}

fn unquoted(text: &str) -> &str {
    text.trim().trim_matches('"').trim()
}

/// The address of an entry; none when it names somebody in another way, or nobody.
pub(super) fn address(entry: &str) -> Option<IpAddr> {
    let entry = unquoted(entry);
    let address = match entry.strip_prefix('[') {
        Some(rest) => {
            let (inside, after) = rest.split_once(']')?;
            (after.is_empty() || after.strip_prefix(':').is_some_and(is_port)).then_some(inside)?
        }
        None => match entry.split_once(':') {
            // A second colon makes it an address of version 6, which has no port without brackets.
            Some((address, port)) if is_port(port) => address,
            _ => entry,
        },
    };
    let without_zone = address.split_once('%').map_or(address, |(address, _)| address);
    without_zone.parse().ok().map(|address: IpAddr| address.to_canonical())
}

fn is_port(text: &str) -> bool {
    !text.is_empty() && text.parse::<u16>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_proxies_write_them() {
        for (entry, expected) in [
            ("203.0.113.19", "203.0.113.19"),
            ("203.0.113.19:51234", "203.0.113.19"),
            (" \"203.0.113.19:51234\" ", "203.0.113.19"),
            ("2001:db8::7", "2001:db8::7"),
            ("[2001:db8::7]", "2001:db8::7"),
            ("[2001:db8::7]:443", "2001:db8::7"),
            ("\"[2001:db8::7]:443\"", "2001:db8::7"),
            ("[203.0.113.19]:80", "203.0.113.19"),
            ("fe80::1%eth0", "fe80::1"),
            ("[fe80::1%25eth0]:80", "fe80::1"),
            ("::ffff:203.0.113.19", "203.0.113.19"),
            ("[::ffff:203.0.113.19]:51234", "203.0.113.19"),
        ] {
            assert_eq!(address(entry), Some(expected.parse().expect("an address")), "{entry}");
        }
        for entry in [
            "",
            "unknown",
            "_hidden",
            "example.org:80",
            "203.0.113",
            "[2001:db8::7",
            "[2001:db8::7]x",
            "1.2.3.4:99999",
        ] {
            assert_eq!(address(entry), None, "{entry}");
        }
    }

    fn said(headers: &[(&'static str, &'static str)]) -> (Vec<String>, Vec<String>) {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, http::HeaderValue::from_static(value));
        }
        let said = Said::read(&map);
        let own = |list: Vec<&str>| list.into_iter().map(str::to_owned).collect();
        (own(said.from), own(said.proto))
    }

    #[test]
    fn lists_go_on_over_lines_and_forwarded_counts_alone() {
        let lines =
            [("x-forwarded-for", "a, b ,"), ("x-forwarded-for", ",c"), ("x-forwarded-proto", "https,http")];
        assert_eq!(
            said(&lines),
            (vec!["a".into(), "b".into(), "c".into()], vec!["https".into(), "http".into()])
        );
        let newer = ("forwarded", "For=\"[2001:db8::7]:47\";Proto=https;by=x, for=10.0.0.1");
        assert_eq!(
            said(&[newer]),
            (vec!["[2001:db8::7]:47".into(), "10.0.0.1".into()], vec!["https".into(), String::new()])
        );
        assert_eq!(said(&[newer, ("x-forwarded-for", "a")]), (vec!["a".into()], vec![]));
    }
}
