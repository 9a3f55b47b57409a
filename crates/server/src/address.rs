//! Where a request comes from, and over what. Forwarding headers count only when a listed proxy sent them, and
//! are read from the right: what stands further left was written by whoever came before that proxy.

use std::net::{IpAddr, SocketAddr};

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

fn trusts(proxies: &[Network], address: IpAddr) -> bool {
    proxies.iter().any(|network| network.has(address))
}

fn peer(parts: &Parts) -> IpAddr {
    parts.extensions.get::<Peer>().map_or(IpAddr::from([0, 0, 0, 0]), |peer| peer.0.ip())
}

/// The client's address: the first one, from the right, that is not a listed proxy.
pub(crate) fn client(parts: &Parts, proxies: &[Network]) -> IpAddr {
    let mut address = peer(parts);
    let forwarded = parts.headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let listed: Vec<&str> = forwarded.flat_map(|value| value.split(',')).map(str::trim).collect();
    for text in listed.iter().rev() {
        if !trusts(proxies, address) {
            break;
        }
        let Ok(next) = text.parse() else { break };
        address = next;
    }
    address
}

/// The host that the browser asked for, with its port.
pub(crate) fn host(headers: &HeaderMap) -> &str {
    headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Whether the browser will keep our cookies: it came over https, or to a name that browsers trust without it.
pub(crate) fn is_trustworthy(parts: &Parts, proxies: &[Network]) -> bool {
    is_https(parts, proxies) || is_loopback_name(host(&parts.headers))
}

/// Whether the browser came over https, as far as a listed proxy says.
pub(crate) fn is_https(parts: &Parts, proxies: &[Network]) -> bool {
    let proto = parts.headers.get("x-forwarded-proto").and_then(|value| value.to_str().ok());
    proto.is_some_and(|proto| proto.eq_ignore_ascii_case("https")) && trusts(proxies, peer(parts))
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

    fn proxies(networks: &[&str]) -> Vec<Network> {
        networks.iter().map(|text| text.parse().expect("a network")).collect()
    }

    fn from(peer: &str, forwarded: &str) -> Parts {
        let request =
            http::Request::builder().header("x-forwarded-for", forwarded).body(()).expect("a request");
        let (mut parts, ()) = request.into_parts();
        parts.extensions.insert(Peer(SocketAddr::new(peer.parse().expect("an address"), 1)));
        parts
    }

    #[test]
    fn only_listed_proxies_are_believed_and_from_the_right() {
        let proxy = proxies(&["10.0.0.0/8", "::1"]);
        let address = |text: &str| text.parse::<IpAddr>().expect("an address");
        assert_eq!(client(&from("192.0.2.9", "203.0.113.1"), &proxy), address("192.0.2.9"));
        assert_eq!(client(&from("10.1.2.3", "198.51.100.7, 203.0.113.1"), &proxy), address("203.0.113.1"));
        assert_eq!(client(&from("10.1.2.3", "203.0.113.1, 10.9.9.9"), &proxy), address("203.0.113.1"));
        assert_eq!(client(&from("10.1.2.3", "rubbish"), &proxy), address("10.1.2.3"));
        assert_eq!(client(&from("10.1.2.3", "203.0.113.1"), &proxies(&[])), address("10.1.2.3"));
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
