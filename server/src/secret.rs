//! Secrets: values that never print themselves, and the bearer tokens whose hashes are stored.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use sha2::{Digest as _, Sha256};
use std::fmt;
use zeroize::{Zeroize, Zeroizing};

use crate::random::Random;

/// A value that is wiped when dropped and prints as `[secret]`.
#[derive(Clone)]
pub struct Secret<T: Zeroize>(Zeroizing<T>);

impl<T: Zeroize> Secret<T> {
    /// Keeps `value`.
    pub fn new(value: T) -> Self {
        Self(Zeroizing::new(value))
    }

    /// The value, for the one line that needs it.
    pub fn expose(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

impl<'de> serde::Deserialize<'de> for Secret<String> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

/// A bearer token: 256 random bits, 43 characters of base64url. Whoever shows it, is let through,
/// where it is shown as it was meant to be.
#[derive(Clone, Debug)]
pub struct Token {
    text: Secret<String>,
    carrier: Carrier,
}

/// How a token is shown. One of a program is nobody's in a cookie, and the other way round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// By a program, in a header or a body.
    Program,
    /// By a browser, in a cookie.
    Cookie,
}

impl Token {
    /// A fresh token, for a program.
    pub fn random(random: Random) -> Self {
        let text = Secret::new(BASE64.encode(random.bytes::<32>()));
        Self { text, carrier: Carrier::Program }
    }

    /// Reads a token as a program shows it; anything else is nobody's token.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(BASE64.decode(text).ok()?);
        let text = || Secret::new(text.to_owned());
        (bytes.len() == 32).then(|| Self { text: text(), carrier: Carrier::Program })
    }

    /// The same, shown so.
    #[must_use]
    pub fn carried_by(self, carrier: Carrier) -> Self {
        Self { carrier, ..self }
    }

    /// The token itself, to be handed to its bearer once.
    pub fn expose(&self) -> &str {
        self.text.expose()
    }

    /// What the database keeps instead. How it is carried is part of it.
    pub fn hash(&self) -> TokenHash {
        let carried: &[u8] = match self.carrier {
            Carrier::Program => b"",
            Carrier::Cookie => b"cookie ",
        };
        let hash = Sha256::new().chain_update(carried).chain_update(self.expose());
        TokenHash(BASE64.encode(hash.finalize()))
    }
}

/// The SHA-256 of a token's text, base64url: enough to recognise it, not enough to use it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenHash(String);

impl TokenHash {
    /// The hash as the database holds it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What [`TokenHash::as_str`] gave.
    pub(crate) fn stored(text: String) -> Self {
        Self(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_secret_does_not_print_itself() {
        assert_eq!(format!("{:?}", Secret::new("hunter2".to_owned())), "[secret]");
        let token = Token::random(Random::system());
        assert!(!format!("{token:?}").contains(token.expose()));
    }

    #[test]
    fn a_token_is_recognised_by_its_hash() {
        let token = Token::random(Random::system());
        let shown = Token::parse(token.expose()).expect("it was just made");
        assert_eq!(token.expose().len(), 43);
        assert_eq!(shown.hash(), token.hash());
        assert_ne!(Token::random(Random::system()).hash(), token.hash());
        let cookie = token.clone().carried_by(Carrier::Cookie);
        assert_eq!(cookie.expose(), token.expose());
        assert_ne!(cookie.hash(), token.hash(), "where it is shown counts");
    }

    proptest! {
        #[test]
        fn parsing_a_token_never_panics(text in "\\PC{0,60}") {
            if let Some(token) = Token::parse(&text) {
                prop_assert_eq!(token.expose(), &text);
            }
        }
    }
}
