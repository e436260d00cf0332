//! Who may ask what: origins, and the relying party ids they may use.
//!
//! Spec: HTML, "is a registrable domain suffix of or is equal to"; WebAuthn level 3, RP ID.

use std::fmt;

use url::{Host, Url};

/// Whether addresses on this machine are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Development {
    /// `http://localhost` and `https://localhost` are refused.
    Off,
    /// They are taken, for developers and demonstrations.
    On,
}

/// A web origin: scheme, host and port, as it stands in `clientDataJSON`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin {
    host: String,
    text: String,
}

/// Why an address is no origin the agent serves, or an id does not belong to one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Not an absolute address.
    #[error("not an absolute address")]
    Syntax,
    /// Neither https nor http.
    #[error("the scheme is not https")]
    Scheme,
    /// http where it is not allowed.
    #[error("plain http is for localhost in development only")]
    PlainHttp,
    /// localhost where it is not allowed.
    #[error("localhost is for development only")]
    Localhost,
    /// An IP address instead of a name.
    #[error("an IP address; only a host with a name is served")]
    IpAddress,
    /// The host's name has other characters than names have.
    #[error("the host is no name of letters, digits, hyphens and dots")]
    HostName,
    /// A path, query, fragment, user or password is there.
    #[error("more than scheme, host and port")]
    NotAnOrigin,
    /// The host ends with a dot.
    #[error("the host ends with a dot")]
    TrailingDot,
    /// The id is no lower-case ASCII domain name.
    #[error("relying party id {rp_id:?} is not a domain name")]
    RpIdSyntax {
        /// What was asked.
        rp_id: String,
    },
    /// The id is neither the host nor a parent of it.
    #[error("relying party id {rp_id} does not belong to {host}")]
    RpIdForeign {
        /// What was asked.
        rp_id: String,
        /// Who asked.
        host: String,
    },
    /// The id is a public suffix.
    #[error("relying party id {rp_id} is a public suffix")]
    RpIdPublicSuffix {
        /// What was asked.
        rp_id: String,
    },
}

impl Origin {
    /// The longest address taken, in bytes, as Web eID has it.
    pub const MAX: usize = 255;

    /// Reads `https://host[:port]`.
    ///
    /// Errors: see [`Error`]; nothing is repaired but the case of scheme and host, a default
    /// port and the punycode of a name.
    pub fn parse(text: &str, development: Development) -> Result<Self, Error> {
        if text.len() > Self::MAX || text.contains(|c: char| c.is_control() || c.is_whitespace()) {
            return Err(Error::Syntax);
        }
        let (scheme, rest) = text.split_once("://").ok_or(Error::Syntax)?;
        let bare = rest.strip_suffix('/').unwrap_or(rest);
        if bare.contains(['/', '\\', '?', '#', '@', '%']) {
            return Err(Error::NotAnOrigin);
        }
        let url = Url::parse(text).map_err(|_| Error::Syntax)?;
        let host = match url.host() {
            Some(Host::Domain(name)) => name.to_owned(),
            Some(Host::Ipv4(_) | Host::Ipv6(_)) => return Err(Error::IpAddress),
            None => return Err(Error::Syntax),
        };
        if host.ends_with('.') {
            return Err(Error::TrailingDot);
        }
        let plain = match url.scheme() {
            "https" => false,
            "http" => true,
            _ => return Err(Error::Scheme),
        };
        debug_assert!(scheme.eq_ignore_ascii_case(url.scheme()), "one scheme was read twice");
        match (host == "localhost", plain, development) {
            (true, _, Development::On) | (false, false, _) => {}
            (true, false, Development::Off) => return Err(Error::Localhost),
            (_, true, _) => return Err(Error::PlainHttp),
        }
        if !is_domain(&host) {
            return Err(Error::HostName);
        }
        Ok(Self { text: url.origin().ascii_serialization(), host })
    }

    /// `scheme://host[:port]`, as a browser would write it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The host alone.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Holds where this origin may use keys of `rp_id`.
    ///
    /// Errors: an id that is no name, another's, or a public suffix.
    pub fn check_rp_id(&self, rp_id: &str) -> Result<(), Error> {
        if !is_domain(rp_id) {
            return Err(Error::RpIdSyntax { rp_id: rp_id.to_owned() });
        }
        if rp_id == self.host {
            return Ok(());
        }
        let is_parent = self.host.strip_suffix(rp_id).is_some_and(|below| below.ends_with('.'));
        if !is_parent {
            return Err(Error::RpIdForeign { rp_id: rp_id.to_owned(), host: self.host.clone() });
        }
        // The id is a public suffix itself, or a part of the one that the host stands under.
        let covers = |name: &str| {
            psl::suffix_str(name).is_some_and(|suffix| {
                suffix == rp_id || suffix.strip_suffix(rp_id).is_some_and(|s| s.ends_with('.'))
            })
        };
        if covers(rp_id) || covers(&self.host) {
            return Err(Error::RpIdPublicSuffix { rp_id: rp_id.to_owned() });
        }
        Ok(())
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// When the list of public suffixes that is compiled in was published.
#[must_use]
pub fn list_date() -> Option<jiff::Timestamp> {
    LIST.1.parse().ok()
}

/// The release of `psl` that holds the list, and the day it was published. A test holds the first
/// against Cargo.lock, so that nobody updates it and forgets the day.
const LIST: (&str, &str) = ("2.1.247", "2026-11-05T00:00:00Z");

/// True for a lower-case ASCII name of labels that is not an IPv4 address.
fn is_domain(name: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    let numeric = |label: &str| label.bytes().all(|b| b.is_ascii_digit());
    name.len() <= 253 && name.split('.').all(label) && !name.rsplit('.').next().is_none_or(numeric)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_date_is_that_of_the_list_that_is_compiled_in() {
        let lock = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.lock"));
        let package = format!("name = \"psl\"\nversion = \"{}\"\n", LIST.0);
        assert!(lock.unwrap().contains(&package), "set LIST to the new release and its day");
        assert!(list_date().is_some());
    }

    fn origin(text: &str) -> Result<String, Error> {
        Origin::parse(text, Development::Off).map(|origin| origin.text)
    }

    fn local(text: &str) -> Result<String, Error> {
        Origin::parse(text, Development::On).map(|origin| origin.text)
    }

    fn rp(origin: &str, rp_id: &str) -> Result<(), Error> {
        Origin::parse(origin, Development::On).unwrap().check_rp_id(rp_id)
    }

    #[test]
    fn an_origin_is_written_as_a_browser_writes_it() {
        for (text, written) in [
            ("https://example.nl", "https://example.nl"),
            ("https://example.nl/", "https://example.nl"),
            ("HTTPS://Example.NL", "https://example.nl"),
            ("https://example.nl:443", "https://example.nl"),
            ("https://example.nl:8443", "https://example.nl:8443"),
            ("https://zörg.nl", "https://xn--zrg-sna.nl"),
            ("https://xn--zrg-sna.nl", "https://xn--zrg-sna.nl"),
        ] {
            assert_eq!(origin(text).as_deref(), Ok(written), "{text}");
        }
    }

    #[test]
    fn what_is_more_or_less_than_an_origin_is_refused_for_its_reason() {
        for (text, why) in [
            ("example.nl", Error::Syntax),
            ("https:example.nl", Error::Syntax),
            ("https://", Error::Syntax),
            ("https:// example.nl", Error::Syntax),
            ("https://example.nl\t", Error::Syntax),
            ("https://exa_mple.nl", Error::HostName),
            ("https://a..nl", Error::HostName),
            ("wss://example.nl", Error::Scheme),
            ("ftp://example.nl", Error::Scheme),
            ("http://example.nl", Error::PlainHttp),
            ("https://user@example.nl", Error::NotAnOrigin),
            ("https://example.nl@evil.nl", Error::NotAnOrigin),
            ("https://@example.nl", Error::NotAnOrigin),
            ("https://example.nl/path", Error::NotAnOrigin),
            ("https://example.nl\\@evil.nl", Error::NotAnOrigin),
            ("https://example.nl?q", Error::NotAnOrigin),
            ("https://example.nl#f", Error::NotAnOrigin),
            ("https://ex%61mple.nl", Error::NotAnOrigin),
            ("https://example.nl.", Error::TrailingDot),
            ("https://192.0.2.1", Error::IpAddress),
            ("https://3221225985", Error::IpAddress),
            ("https://0x7f.1", Error::IpAddress),
            ("https://[::1]", Error::IpAddress),
            ("https://localhost", Error::Localhost),
            ("http://localhost:8080", Error::PlainHttp),
        ] {
            assert_eq!(origin(text), Err(why), "{text}");
        }
        assert_eq!(origin(&format!("https://{}.nl", "a.".repeat(130))), Err(Error::Syntax));
    }

    #[test]
    fn localhost_is_taken_in_development_and_nothing_else_becomes_so() {
        assert_eq!(local("http://localhost:8080").as_deref(), Ok("http://localhost:8080"));
        assert_eq!(local("https://localhost").as_deref(), Ok("https://localhost"));
        assert_eq!(local("http://localhost.").unwrap_err(), Error::TrailingDot);
        for text in ["http://localhost.evil.nl", "http://evil.localhost", "http://example.nl"] {
            assert_eq!(local(text), Err(Error::PlainHttp), "{text}");
        }
        assert_eq!(local("http://127.0.0.1:8080"), Err(Error::IpAddress));
    }

    #[test]
    fn an_origin_uses_its_own_name_and_its_parents() {
        for (from, rp_id) in [
            ("https://example.nl", "example.nl"),
            ("https://login.example.nl", "login.example.nl"),
            ("https://login.example.nl", "example.nl"),
            ("https://login.example.nl:8443", "example.nl"),
            ("https://a.b.example.co.uk", "example.co.uk"),
            ("https://praktijk.github.io", "praktijk.github.io"),
            ("https://github.io", "github.io"),
            ("https://login.www.ck", "www.ck"),
            ("https://login.zörg.nl", "xn--zrg-sna.nl"),
            ("http://localhost:8080", "localhost"),
            ("https://portaal", "portaal"),
        ] {
            assert_eq!(rp(from, rp_id), Ok(()), "{from} {rp_id}");
        }
    }

    #[test]
    fn a_name_that_only_looks_alike_is_foreign() {
        for (from, rp_id) in [
            ("https://evil-example.nl", "example.nl"),
            ("https://xexample.nl", "example.nl"),
            ("https://example.nl.evil.nl", "example.nl"),
            ("https://example.nl", "login.example.nl"),
            ("https://example.nl", "example.com"),
            ("https://zorg.nl", "xn--zrg-sna.nl"),
            ("http://localhost", "host"),
        ] {
            let why = rp(from, rp_id).unwrap_err();
            assert!(matches!(why, Error::RpIdForeign { .. }), "{from} {rp_id}: {why}");
        }
    }

    #[test]
    fn a_public_suffix_is_nobodys_id() {
        for (from, rp_id) in [
            ("https://example.nl", "nl"),
            ("https://example.co.uk", "co.uk"),
            ("https://example.co.uk", "uk"),
            ("https://praktijk.github.io", "github.io"),
            ("https://praktijk.github.io", "io"),
            ("https://a.b.ck", "b.ck"),
            ("https://a.b.ck", "ck"),
            ("https://www.ck", "ck"),
            ("https://server.intern", "intern"),
        ] {
            let why = rp(from, rp_id).unwrap_err();
            assert!(matches!(why, Error::RpIdPublicSuffix { .. }), "{from} {rp_id}: {why}");
        }
    }

    #[test]
    fn an_id_that_is_no_plain_name_is_refused() {
        for rp_id in [
            "",
            ".",
            "example.nl.",
            ".example.nl",
            "Example.nl",
            "zörg.nl",
            "https://example.nl",
            "example.nl:443",
            "user@example.nl",
            "192.0.2.1",
            "[::1]",
            "example nl",
            "-a.nl",
            "exa\0mple.nl",
        ] {
            let why = rp("https://example.nl", rp_id).unwrap_err();
            assert!(matches!(why, Error::RpIdSyntax { .. }), "{rp_id}: {why}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_readers_panic(text in "\\PC{0,40}", rp_id in "[a-z.:/@\\[\\]0-9-]{0,30}") {
            let _ = Origin::parse(&text, Development::On);
            let _ = Origin::parse(&format!("https://{text}"), Development::Off);
            let _ = rp("https://login.example.nl", &rp_id);
        }

        #[test]
        fn what_is_taken_is_a_scheme_a_name_and_a_port(
            text in "(https?|HTTPS|wss|file)(://|:)(localhost|a\\.example|[a-z0-9.:@\\[\\]%_-]{0,12})(:[0-9]{0,6})?[/?#.]?[a-z]{0,2}",
        ) {
            for development in [Development::Off, Development::On] {
                let Ok(origin) = Origin::parse(&text, development) else { continue };
                let written = origin.as_str();
                let (scheme, rest) = written.split_once("://").unwrap();
                let (host, port) = rest.split_once(':').unwrap_or((rest, "1"));
                prop_assert_eq!(host, origin.host());
                prop_assert!(is_domain(host) && port.parse::<u16>().is_ok(), "{}", written);
                let is_local = host == "localhost" && development == Development::On;
                prop_assert!(is_local || (scheme == "https" && host != "localhost"), "{}", written);
                prop_assert_eq!(Origin::parse(written, development), Ok(origin.clone()));
            }
        }

        #[test]
        fn an_origin_read_again_is_the_same(name in "[a-z]{1,9}(\\.[a-z]{1,9}){0,3}", port: u16) {
            if let Ok(first) = origin(&format!("https://{name}:{port}")) {
                prop_assert_eq!(origin(&first), Ok(first));
            }
        }

        #[test]
        fn an_allowed_id_is_the_host_or_ends_it_after_a_dot(rp_id in "(a|b|nl|co|uk)(\\.(a|b|nl|co|uk)){0,2}") {
            let host = "a.b.a.co.uk";
            if rp(&format!("https://{host}"), &rp_id).is_ok() {
                let below = format!(".{rp_id}");
                prop_assert!(host == rp_id || host.ends_with(&below));
                prop_assert!(rp_id.ends_with("a.co.uk"));
            }
        }
    }
}
