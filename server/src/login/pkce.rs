//! PKCE: the code is worth nothing to whoever did not begin the attempt. Only `S256`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::secret::Secret;

/// The SHA-256 of a verifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge([u8; 32]);

impl Challenge {
    /// Reads 32 bytes in base64url without padding; anything else is no challenge.
    pub fn parse(text: &str) -> Option<Self> {
        BASE64.decode(text).ok()?.try_into().ok().map(Self)
    }

    pub(super) fn to_text(&self) -> String {
        BASE64.encode(self.0)
    }

    /// Whether `verifier` is what this challenge was made from.
    pub(super) fn is_met_by(&self, verifier: &Verifier) -> bool {
        let hash = Sha256::digest(verifier.0.expose());
        self.0.as_slice().ct_eq(hash.as_slice()).into()
    }
}

/// What the application that began the attempt kept to itself.
#[derive(Clone, Debug)]
pub struct Verifier(Secret<String>);

impl Verifier {
    /// Reads 43 to 128 unreserved characters; anything else is no verifier.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (43..=128).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b));
        fits.then(|| Self(Secret::new(text.to_owned())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    // RFC 7636, appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn the_example_of_the_rfc_is_met() {
        let challenge = Challenge::parse(CHALLENGE).expect("32 bytes");
        assert!(challenge.is_met_by(&Verifier::parse(VERIFIER).expect("43 characters")));
        assert_eq!(challenge.to_text(), CHALLENGE);
        let other = VERIFIER.replace('d', "e");
        assert!(!challenge.is_met_by(&Verifier::parse(&other).expect("43 characters")));
    }

    #[test]
    fn what_is_too_short_or_not_unreserved_is_refused() {
        assert!(Verifier::parse(&VERIFIER[1..]).is_none());
        assert!(Verifier::parse(&VERIFIER.replace('-', "+")).is_none());
        assert!(Verifier::parse(&"a".repeat(129)).is_none());
        assert!(Challenge::parse(&CHALLENGE[1..]).is_none());
        assert!(Challenge::parse("").is_none());
    }

    proptest! {
        #[test]
        fn parsing_never_panics(text in "\\PC{0,140}") {
            let _ = (Challenge::parse(&text), Verifier::parse(&text));
        }

        #[test]
        fn a_challenge_survives_its_text(bytes: [u8; 32]) {
            let challenge = Challenge(bytes);
            prop_assert_eq!(Challenge::parse(&challenge.to_text()), Some(challenge));
        }
    }
}
