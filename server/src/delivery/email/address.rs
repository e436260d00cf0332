//! E-mail addresses that a mail server takes: a plain local part, at a host name.

use std::fmt;
use url::Host;

/// An e-mail address, in the ASCII that every mail server reads.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Address {
    local: String,
    domain: String,
}

/// A text that is no e-mail address to send to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "no e-mail address to send to: write it as name@host.example, without spaces or accents before the @"
)]
pub struct NoAddress;

impl Address {
    /// Reads an address. A host name with other letters than ASCII is written in its ASCII form.
    ///
    /// Errors: [`NoAddress`]; also for a quoted local part, an IP address and one with letters
    /// beyond ASCII before the `@`, which many mail servers refuse. Spec: RFC 5321, section 4.1.2,
    /// `Dot-string` at `Domain`.
    pub fn parse(text: &str) -> Result<Self, NoAddress> {
        let (local, domain) = text.trim().split_once('@').ok_or(NoAddress)?;
        if local.len() > LONGEST_LOCAL || !local.split('.').all(is_atom) {
            return Err(NoAddress);
        }
        let Ok(Host::Domain(domain)) = Host::parse(domain) else { return Err(NoAddress) };
        let fits = domain.split('.').all(is_label) && local.len() + 1 + domain.len() <= LONGEST;
        fits.then(|| Self { local: local.to_owned(), domain }).ok_or(NoAddress)
    }

    /// What stands before the `@`.
    pub fn local(&self) -> &str {
        &self.local
    }

    /// What stands behind it.
    pub fn domain(&self) -> &str {
        &self.domain
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.local, self.domain)
    }
}

impl TryFrom<String> for Address {
    type Error = NoAddress;

    fn try_from(text: String) -> Result<Self, NoAddress> {
        Self::parse(&text)
    }
}

impl From<Address> for String {
    fn from(address: Address) -> Self {
        address.to_string()
    }
}

fn is_atom(text: &str) -> bool {
    let is_letter =
        |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~-".contains(&byte);
    !text.is_empty() && text.bytes().all(is_letter)
}

fn is_label(text: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let hyphens = text.starts_with('-') || text.ends_with('-');
    (1..=63).contains(&text.len()) && text.bytes().all(is_letter) && !hyphens
}

/// Characters of a local part, and of a whole address, at most.
const LONGEST_LOCAL: usize = 64;
const LONGEST: usize = 254;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn usual_addresses_are_read() {
        for (text, read) in [
            ("test.arts@voorbeeld.nl", "test.arts@voorbeeld.nl"),
            (" Test+Arts@Voorbeeld.NL ", "Test+Arts@voorbeeld.nl"),
            ("o'test@localhost", "o'test@localhost"),
            ("arts@b\u{fc}cher.example", "arts@xn--bcher-kva.example"),
        ] {
            assert_eq!(Address::parse(text).map(String::from).as_deref(), Ok(read), "{text}");
        }
    }

    #[test]
    fn what_a_mail_server_may_take_for_something_else_is_no_address() {
        for text in [
            "",
            "arts",
            "@x.example",
            "arts@",
            "a@b@c.example",
            "a..b@x.example",
            ".a@x.example",
            "a.@x.example",
            "\"a b\"@x.example",
            "a@[127.0.0.1]",
            "a@127.0.0.1",
            "a@x..example",
            "a@-x.example",
            "a@x.example.",
            "a@x_y.example",
            "\u{e9}@x.example",
            "a@x.example\r\nRCPT TO:<b@y>",
            "a\r\nBcc: b@y.example\r\n@x.example",
            "a,b@x.example",
            "a <b@x.example>",
            "a(b)@x.example",
        ] {
            assert_eq!(Address::parse(text), Err(NoAddress), "{text:?}");
        }
        assert_eq!(Address::parse(&format!("{}@x.example", "a".repeat(65))), Err(NoAddress));
        assert_eq!(Address::parse(&format!("a@{}.example", "x".repeat(64))), Err(NoAddress));
    }

    proptest! {
        #[test]
        fn an_address_is_one_word_of_ascii_and_reads_itself(text in "\\PC{0,40}@\\PC{0,40}|[ -~\\r\\n]{0,60}") {
            if let Ok(address) = Address::parse(&text) {
                let written = address.to_string();
                prop_assert!(written.bytes().all(|byte| byte.is_ascii_graphic()));
                prop_assert!(!written.contains(['<', '>', ',', ';', '"', '(', ')']));
                prop_assert_eq!(Address::parse(&written), Ok(address));
            }
        }
    }
}
