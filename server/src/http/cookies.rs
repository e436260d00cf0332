//! The cookies of the pages: which there are, and the attributes each gets.

use axum::http::{HeaderMap, HeaderValue, header};

/// A cookie of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cookie {
    /// A random value that forms are bound to; new at log-in and log-out.
    Visit,
    /// The log-in under way.
    Attempt,
    /// That the second factor is set up anew in this browser.
    Anew,
    /// The session.
    Session,
    /// The username to remember, only where the person asked for it.
    Username,
    /// The language chosen with the switch.
    Language,
}

/// Whether this server is reached over https; plain http is for development on localhost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// https: cookies are `__Host-` and `Secure`, and HSTS is sent.
    Tls,
    /// `http://localhost`, for development and tests.
    Plain,
}

impl Cookie {
    fn name(self, transport: Transport) -> String {
        let name = match self {
            Self::Visit => "visit",
            Self::Attempt => "attempt",
            Self::Anew => "anew",
            Self::Session => "session",
            Self::Username => "username",
            Self::Language => "language",
        };
        match transport {
            Transport::Tls => format!("__Host-{name}"),
            Transport::Plain => name.to_owned(),
        }
    }

    /// How long the browser keeps it, in seconds; `None` is until it closes.
    fn kept(self) -> Option<u32> {
        const DAY: u32 = 24 * 60 * 60;
        const YEAR: u32 = 365 * DAY;
        match self {
            // The server lets what was begun lapse long before a day is over.
            Self::Anew => Some(DAY),
            Self::Visit | Self::Attempt | Self::Session => None,
            Self::Username | Self::Language => Some(YEAR),
        }
    }

    /// The value that the browser sent, if any.
    pub(super) fn read(self, transport: Transport, headers: &HeaderMap) -> Option<String> {
        let name = self.name(transport);
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(found, value)| *found == name && plain(value))
            .map(|(_, value)| value.to_owned())
    }

    /// The `Set-Cookie` that gives it `value`, which is base64url or a word.
    pub(super) fn set(self, transport: Transport, value: &str) -> HeaderValue {
        let kept = self.kept().map_or(String::new(), |seconds| format!("; Max-Age={seconds}"));
        self.header(transport, value, &kept)
    }

    /// The `Set-Cookie` that removes it.
    pub(super) fn end(self, transport: Transport) -> HeaderValue {
        self.header(transport, "", "; Max-Age=0")
    }

    fn header(self, transport: Transport, value: &str, kept: &str) -> HeaderValue {
        debug_assert!(value.is_empty() || plain(value), "a cookie value is base64url or a word");
        let name = self.name(transport);
        let secure = match transport {
            Transport::Tls => "; Secure",
            Transport::Plain => "",
        };
        let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{kept}{secure}");
        let mut header = HeaderValue::try_from(text).expect("name and value are visible ASCII");
        header.set_sensitive(true);
        header
    }
}

/// Only what base64url and words are made of, so that no value can add an attribute.
fn plain(value: &str) -> bool {
    !value.is_empty()
        && value.len() <= 512
        && value.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn headers(cookie: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(cookie).unwrap())])
    }

    #[test]
    fn over_tls_a_cookie_is_bound_to_the_host() {
        let set = Cookie::Session.set(Transport::Tls, "abc");
        assert_eq!(set, "__Host-session=abc; Path=/; HttpOnly; SameSite=Lax; Secure");
        let set = Cookie::Username.set(Transport::Plain, "abc");
        assert_eq!(set, "username=abc; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000");
        let end = Cookie::Session.end(Transport::Tls);
        assert_eq!(end, "__Host-session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0; Secure");
    }

    #[test]
    fn over_tls_a_cookie_without_the_prefix_is_not_ours() {
        let sent = headers("session=evil; __Host-session=good");
        assert_eq!(Cookie::Session.read(Transport::Tls, &sent).as_deref(), Some("good"));
        assert_eq!(Cookie::Session.read(Transport::Tls, &headers("session=evil")), None);
    }

    proptest! {
        #[test]
        fn what_was_set_is_read_again(value in "[A-Za-z0-9_.-]{1,80}", other in "[a-z =;]{0,40}") {
            for transport in [Transport::Tls, Transport::Plain] {
                let name = Cookie::Visit.name(transport);
                let sent = headers(&format!("x{other}; {name}={value}"));
                prop_assert_eq!(Cookie::Visit.read(transport, &sent), Some(value.clone()));
            }
        }

        #[test]
        fn any_header_is_read_without_harm(text in "[ -~]{0,200}") {
            if let Some(value) = Cookie::Visit.read(Transport::Plain, &headers(&text)) {
                let _ = Cookie::Visit.set(Transport::Plain, &value);
            }
        }
    }
}
