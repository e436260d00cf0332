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

/// A bearer token: 256 random bits, 43 characters of base64url. Whoever shows it, is let through.
#[derive(Clone, Debug)]
pub struct Token(Secret<String>);

impl Token {
    /// A fresh token.
    pub fn random(random: Random) -> Self {
        Self(Secret::new(BASE64.encode(random.bytes::<32>())))
    }

    /// Reads a token as a client shows it; anything else is nobody's token.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(BASE64.decode(text).ok()?);
        (bytes.len() == 32).then(|| Self(Secret::new(text.to_owned())))
    }

    /// The token itself, to be handed to its bearer once.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// What the database keeps instead.
    pub fn hash(&self) -> TokenHash {
        TokenHash(BASE64.encode(Sha256::digest(self.expose())))
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
