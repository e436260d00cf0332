//! The authentication token: what a card signs for an origin, and the signature in its envelope.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use wire::web_eid::{Algorithm, FORMAT, Token, signed};

use super::card::Signed;
use crate::tokens::card::Scheme;

/// What stands in a token for the way a key signs.
#[must_use]
pub fn algorithm(scheme: Scheme) -> Algorithm {
    match scheme {
        Scheme::Pkcs1 => Algorithm::Rs256,
        Scheme::Pss => Algorithm::Ps256,
        Scheme::Ecdsa => Algorithm::Es256,
    }
}

/// The digest a key signs for `origin` and `nonce`.
#[must_use]
pub fn digest(scheme: Scheme, origin: &str, nonce: &str) -> [u8; 32] {
    Sha256::digest(signed(algorithm(scheme), origin, nonce)).into()
}

/// The token that carries the signature.
#[must_use]
pub fn token(signed: &Signed) -> Token {
    Token {
        unverified_certificate: STANDARD.encode(&signed.certificate.der),
        algorithm: algorithm(signed.certificate.scheme).name().to_owned(),
        signature: STANDARD.encode(&signed.signature),
        format: FORMAT.to_owned(),
        app_version: Some(APPLICATION.to_owned()),
    }
}

/// Names this program in the token.
const APPLICATION: &str = concat!("sleutelbos-agent/", env!("CARGO_PKG_VERSION"));

#[cfg(test)]
mod tests {
    use super::*;

    /// Source: `tests/vectors/web-eid-token.json`, checked with openssl when it was made.
    #[test]
    fn the_digest_is_that_of_the_vector() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors/web-eid-token.json");
        let vector: serde_json::Value =
            serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let text = |name: &str| vector[name].as_str().unwrap();
        for scheme in [Scheme::Pkcs1, Scheme::Pss, Scheme::Ecdsa] {
            let digest = digest(scheme, text("origin"), text("challengeNonce"));
            assert_eq!(hex::encode(digest), text("digest"));
        }
    }
}
