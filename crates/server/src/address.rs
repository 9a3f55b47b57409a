//! Where a request comes from, and over what. Forwarding headers count only when a listed proxy sent them, and
//! are read from the right: what stands further left was written by whoever came before that proxy.

mod forwarded;

use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};

use forwarded::Said;
use http::request::Parts;
use http::{HeaderMap, header};

/// The socket's other end; put into each request by `listen.rs`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// A network: an address and how many of its leading bits count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

/// A text that is no network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no network; write it like 127.0.0.1 or 10.0.0.0/8 or fd00::/8")]
pub struct BadNetwork(pub String);

impl std::str::FromStr for Network {
    type Err = BadNetwork;

    fn from_str(text: &str) -> Result<Self, BadNetwork> {
        let bad = || BadNetwork(text.to_owned());
        let (address, bits) =
            text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.parse().map_err(|_| bad())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), str::parse).map_err(|_| bad())?;
        if bits > most { Err(bad()) } else { Ok(Self { address, bits }) }
    }
}

impl Network {
    fn has(&self, address: IpAddr) -> bool {
        match (self.address.to_canonical(), address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let shift = 32 - u32::from(self.bits);
                (u64::from(own.to_bits()) >> shift) == (u64::from(other.to_bits()) >> shift)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let same = (own.to_bits() ^ other.to_bits()).leading_zeros();
                same >= u32::from(self.bits)
            }
            _ => false,
        }
    }
}

fn peer(parts: &Parts) -> IpAddr {
    parts.extensions.get::<Peer>().map_or(IpAddr::from([0, 0, 0, 0]), |peer| peer.0.ip())
}

/// The listed proxies, and what the log was told of them already.
#[derive(Debug, Default)]
pub(crate) struct Proxies {
    listed: Vec<Network>,
    told_unreadable: AtomicBool,
    told_silent: AtomicBool,
}

/// Whom one comes to, going from the socket's other end from proxy to proxy.
struct Way<'a> {
    /// The first one that is not a listed proxy.
    client: IpAddr,
    /// How many listed proxies there are before it.
    proxies: usize,
    /// What stood where an address was looked for.
    unreadable: Option<&'a str>,
}

impl Proxies {
    pub(crate) fn new(listed: Vec<Network>) -> Self {
        Self { listed, ..Self::default() }
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.listed.iter().any(|network| network.has(address))
    }

    fn walk<'a>(&self, parts: &Parts, said: &Said<'a>) -> Way<'a> {
        let mut way = Way { client: peer(parts), proxies: 0, unreadable: None };
        for entry in said.from.iter().rev() {
            if !self.trusts(way.client) {
                return way;
            }
            way.proxies += 1;
            match forwarded::address(entry) {
                Some(next) => way.client = next,
                None => {
                    way.unreadable = Some(entry);
                    return way;
                }
            }
        }
        way.proxies += usize::from(self.trusts(way.client));
        way
    }

    /// The client's address: the first one, from the right, that is not a listed proxy.
    pub(crate) fn client(&self, parts: &Parts) -> IpAddr {
        let way = self.walk(parts, &Said::read(&parts.headers));
        if let Some(entry) = way.unreadable
            && !self.told_unreadable.swap(true, Ordering::Relaxed)
        {
            tracing::warn!(
                entry,
                proxy = %way.client,
                "a proxy forwards for somebody whose address cannot be read: such people all count as the proxy"
            );
        }
        way.client
    }

    /// Whether the browser will keep our cookies: it came over https, or to a name that browsers trust without it.
    pub(crate) fn is_trustworthy(&self, parts: &Parts) -> bool {
        self.is_https(parts) || is_loopback_name(host(&parts.headers))
    }

    /// Whether the browser came over https, as far as the outermost listed proxy says. The two lists go together from
    /// the right; where they cannot, because somebody adds to one of them alone, it is the first word that counts:
    /// whoever lies about it loses cookies of their own.
    fn is_https(&self, parts: &Parts) -> bool {
        if !self.trusts(peer(parts)) {
            return false;
        }
        let said = Said::read(&parts.headers);
        let place = match said.proto.len() > said.from.len() {
            true => 0,
            false => said.proto.len().saturating_sub(self.walk(parts, &said).proxies),
        };
        said.proto.get(place).is_some_and(|proto| proto.eq_ignore_ascii_case("https"))
    }

    /// Tells the log, once, of a listed proxy that does not say who came to it.
    pub(crate) fn notice(&self, parts: &Parts) {
        if self.told_silent.load(Ordering::Relaxed) || !self.trusts(peer(parts)) {
            return;
        }
        let is_silent = Said::read(&parts.headers).from.is_empty();
        let has = |name: &&str| parts.headers.contains_key(*name);
        // Somebody on this machine, without a proxy, comes from a listed address too.
        let is_proxy = PROXIES_SAY.iter().any(has) || !is_loopback_name(host(&parts.headers));
        if is_silent && is_proxy && !self.told_silent.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                proxy = %peer(parts),
                "a trusted proxy sends no X-Forwarded-For: everybody who comes through it counts as one person when \
                 failed tries are counted; the README has the lines that it needs"
            );
        }
    }
}

/// What nobody but a proxy sends.
const PROXIES_SAY: [&str; 4] = ["x-forwarded-proto", "x-forwarded-host", "x-real-ip", "via"];

/// The host that the browser asked for, with its port.
pub(crate) fn host(headers: &HeaderMap) -> &str {
    headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn is_loopback_name(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    let name = name.to_ascii_lowercase();
    let address = name.parse::<IpAddr>();
    name == "localhost" || name.ends_with(".localhost") || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxies(networks: &[&str]) -> Proxies {
        Proxies::new(networks.iter().map(|text| text.parse().expect("a network")).collect())
    }

    fn parts(peer: &str, headers: &[(&str, &str)]) -> Parts {
        let mut request = http::Request::builder();
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (mut parts, ()) = request.body(()).expect("a request").into_parts();
        parts.extensions.insert(Peer(SocketAddr::new(peer.parse().expect("an address"), 1)));
        parts
    }

    #[test]
    fn only_listed_proxies_are_believed_and_from_the_right() {
        let proxy = proxies(&["10.0.0.0/8", "::1"]);
        let client = |proxies: &Proxies, peer, forwarded| {
            proxies.client(&parts(peer, &[("x-forwarded-for", forwarded)])).to_string()
        };
        assert_eq!(client(&proxy, "192.0.2.9", "203.0.113.1"), "192.0.2.9");
        assert_eq!(client(&proxy, "10.1.2.3", "198.51.100.7, 203.0.113.1"), "203.0.113.1");
        assert_eq!(client(&proxy, "10.1.2.3", "203.0.113.1, 10.9.9.9"), "203.0.113.1");
        assert_eq!(client(&proxy, "10.1.2.3", "203.0.113.1:4711, 10.9.9.9:80"), "203.0.113.1");
        assert_eq!(client(&proxy, "::1", "\"[2001:db8::9]:80\""), "2001:db8::9");
        assert_eq!(client(&proxy, "10.1.2.3", "203.0.113.1, rubbish"), "10.1.2.3");
        assert_eq!(client(&proxies(&[]), "10.1.2.3", "203.0.113.1"), "10.1.2.3");
        let newer = parts("10.1.2.3", &[("forwarded", "for=203.0.113.1:80;proto=https, for=10.9.9.9")]);
        assert_eq!(proxy.client(&newer).to_string(), "203.0.113.1");
    }

    #[test]
    fn the_outermost_listed_proxy_says_by_what_one_came() {
        let proxy = proxies(&["10.0.0.0/8"]);
        let (one, two) = ("203.0.113.1", "203.0.113.1, 10.9.9.9");
        for (peer, from, proto, expected) in [
            ("10.1.2.3", "", "https", true),
            ("10.1.2.3", "", "HTTPS", true),
            ("10.1.2.3", "", "http", false),
            ("192.0.2.9", "", "https", false),
            // Two proxies, of which the inner one is asked in the open.
            ("10.1.2.3", two, "https,http", true),
            ("10.1.2.3", two, "http, https", false),
            // Both pass one word on.
            ("10.1.2.3", two, "https", true),
            // What a client wrote before the only listed proxy did.
            ("10.1.2.3", "198.51.100.7, 203.0.113.1", "https, http", false),
            ("10.1.2.3", "198.51.100.7, 203.0.113.1", "http, https", true),
            // Lists that do not go together.
            ("10.1.2.3", one, "https,http", true),
            ("10.1.2.3", "", "https,http", true),
        ] {
            let headers: Vec<_> = [("x-forwarded-for", from), ("x-forwarded-proto", proto)]
                .into_iter()
                .filter(|(_, value)| !value.is_empty())
                .collect();
            assert_eq!(proxy.is_https(&parts(peer, &headers)), expected, "{peer} {from} {proto}");
        }
        let newer = parts("10.1.2.3", &[("forwarded", "for=203.0.113.1;proto=https")]);
        assert!(proxy.is_https(&newer));
    }

    #[test]
    fn a_proxy_that_does_not_say_who_came_is_noticed_once() {
        let noticed = |peer, headers: &[(&str, &str)]| {
            let proxy = proxies(&["127.0.0.0/8"]);
            proxy.notice(&parts(peer, headers));
            proxy.told_silent.load(Ordering::Relaxed)
        };
        assert!(noticed("127.0.0.1", &[("host", "media.example.org")]));
        assert!(noticed("127.0.0.1", &[("host", "127.0.0.1:8080"), ("x-forwarded-proto", "https")]));
        assert!(!noticed("127.0.0.1", &[("host", "127.0.0.1:8080")]), "no proxy at all");
        assert!(!noticed("127.0.0.1", &[("host", "media.example.org"), ("x-forwarded-for", "203.0.113.1")]));
        assert!(!noticed("192.0.2.9", &[("host", "media.example.org")]), "not a listed one");
    }

    #[test]
    fn an_entry_that_is_no_address_is_noticed_once() {
        let proxy = proxies(&["10.0.0.0/8"]);
        let noticed = |peer, forwarded| {
            proxy.client(&parts(peer, &[("x-forwarded-for", forwarded)]));
            proxy.told_unreadable.load(Ordering::Relaxed)
        };
        assert!(!noticed("10.1.2.3", "203.0.113.1:4711, [2001:db8::9]:80"), "as proxies write them");
        assert!(!noticed("10.1.2.3", "rubbish, 203.0.113.1"), "left of the client, who wrote it");
        assert!(!noticed("192.0.2.9", "rubbish"), "not a listed proxy");
        assert!(noticed("10.1.2.3", "203.0.113.1, unknown"));
        assert!(noticed("10.1.2.3", "203.0.113.1"), "told for good");
    }

    #[test]
    fn browsers_trust_loopback_names_alone() {
        for host in ["localhost", "localhost:8080", "127.0.0.1:1", "[::1]:8080", "LOCALHOST"] {
            assert!(is_loopback_name(host), "{host}");
        }
        for host in ["", "example.org", "localhost.example.org", "10.0.0.1:8080", "127.0.0.1.example.org"] {
            assert!(!is_loopback_name(host), "{host}");
        }
    }

    #[test]
    fn networks_are_checked() {
        for text in ["", "10.0.0.0/33", "10.0.0/8", "x/8", "::/129"] {
            assert!(text.parse::<Network>().is_err(), "{text}");
        }
        assert!("0.0.0.0/0".parse::<Network>().expect("a network").has([1, 2, 3, 4].into()));
    }
}
