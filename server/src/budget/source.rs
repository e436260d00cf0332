//! Where a request comes from, as far as anybody can be held to it.

use ipnet::IpNet;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr};

/// Where a request comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// This machine itself, or a proxy on it that was not named.
    ThisMachine,
    /// One address of IPv4.
    V4(Ipv4Addr),
    /// One network of 64 bits of IPv6: its owner has all the addresses in it.
    V6([u16; 4]),
}

impl Source {
    /// Who is at the other end of a connection.
    #[must_use]
    pub fn peer(address: IpAddr) -> Self {
        Self::of(address, std::iter::empty(), &[])
    }

    /// Whose request it is that `peer` sent. Its `X-Forwarded-For` headers, in their order, count
    /// only where `peer` is one of `proxies`: each proxy wrote behind the last comma from whom it
    /// had the request, so the last that is no proxy of ours is who asked.
    pub(super) fn of<'a>(
        peer: IpAddr,
        forwarded: impl DoubleEndedIterator<Item = &'a str>,
        proxies: &[IpNet],
    ) -> Self {
        let ours = |address: IpAddr| proxies.iter().any(|network| network.contains(&address));
        let mut address = peer.to_canonical();
        let mut before = forwarded.rev().flat_map(|header| header.rsplit(','));
        while ours(address) {
            // What is no address was written by nobody of ours: the proxy itself is held to it.
            let Some(named) = before.next().and_then(parse) else { break };
            address = named;
        }
        match address {
            address if address.is_loopback() => Self::ThisMachine,
            IpAddr::V4(address) => Self::V4(address),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                Self::V6([a, b, c, d])
            }
        }
    }
}

/// An address, perhaps with a port or in brackets.
fn parse(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse().ok().or_else(|| {
        let socket: std::net::SocketAddr = text.parse().ok()?;
        Some(socket.ip())
    });
    address.map(|address: IpAddr| address.to_canonical())
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ThisMachine => f.write_str("this machine"),
            Self::V4(address) => address.fmt(f),
            Self::V6([a, b, c, d]) => write!(f, "{a:x}:{b:x}:{c:x}:{d:x}::/64"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(peer: &str, forwarded: &[&str], proxies: &[&str]) -> String {
        let proxies: Vec<_> = proxies.iter().map(|text| text.parse().unwrap()).collect();
        Source::of(peer.parse().unwrap(), forwarded.iter().copied(), &proxies).to_string()
    }

    #[test]
    fn what_a_stranger_says_of_itself_counts_for_nothing() {
        assert_eq!(of("198.51.100.7", &["203.0.113.9"], &[]), "198.51.100.7");
        assert_eq!(of("127.0.0.1", &["203.0.113.9"], &[]), "this machine");
        assert_eq!(of("198.51.100.7", &["203.0.113.9"], &["127.0.0.0/8"]), "198.51.100.7");
    }

    #[test]
    fn behind_a_named_proxy_the_last_that_is_no_proxy_asked() {
        let ours = &["127.0.0.0/8", "10.0.0.0/8"];
        assert_eq!(of("127.0.0.1", &["203.0.113.9"], ours), "203.0.113.9");
        let many = &["192.0.2.1, 203.0.113.9", "10.0.0.3"];
        assert_eq!(of("127.0.0.1", many, ours), "203.0.113.9", "192.0.2.1 says the client");
        assert_eq!(of("127.0.0.1", &["[2001:db8::1]:443"], ours), "2001:db8:0:0::/64");
        assert_eq!(of("::ffff:10.1.2.3", &["203.0.113.9:1"], ours), "203.0.113.9");
    }

    #[test]
    fn a_proxy_that_names_nobody_is_held_to_it_itself() {
        for forwarded in [&[][..], &["unknown"], &["203.0.113.9, "], &[""]] {
            assert_eq!(of("10.0.0.3", forwarded, &["10.0.0.0/8"]), "10.0.0.3");
        }
        assert_eq!(of("127.0.0.1", &[], &["127.0.0.1/32"]), "this machine");
    }

    #[test]
    fn a_network_of_64_bits_is_one_source() {
        let one = of("2001:db8:1:2:3:4:5:6", &[], &[]);
        assert_eq!(one, "2001:db8:1:2::/64");
        assert_eq!(of("2001:db8:1:2::9", &[], &[]), one);
        assert_ne!(of("2001:db8:1:3::9", &[], &[]), one);
        assert_eq!(of("::ffff:198.51.100.7", &[], &[]), "198.51.100.7");
    }

    proptest! {
        #[test]
        fn any_header_is_read_without_harm(headers in proptest::collection::vec("\\PC{0,60}", 0..4)) {
            let headers: Vec<_> = headers.iter().map(String::as_str).collect();
            let _ = of("127.0.0.1", &headers, &["127.0.0.1/32"]);
        }

        #[test]
        fn who_asks_cannot_choose_its_source(said in "[0-9a-f.:, ]{0,60}") {
            let headers = format!("{said}, 203.0.113.9");
            prop_assert_eq!(of("10.0.0.3", &[&headers], &["10.0.0.0/8"]), "203.0.113.9");
        }
    }
}
