//! The key that signs checkpoints, and the public half by which anybody checks them.

use super::digest::{Malformed, bytes, text};
use crate::secret::Secret;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};

/// Signs checkpoints: Ed25519, with a key that is kept outside the database.
#[derive(Debug)]
pub struct Signer(Ed25519KeyPair);

/// The public half of a [`Signer`]: 43 characters of base64url.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PublicKey([u8; 32]);

/// An Ed25519 signature: 86 characters of base64url.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Signature([u8; 64]);

impl Signer {
    /// The key that these 32 random bytes are the seed of (RFC 8032, section 5.1.5).
    pub fn new(seed: &Secret<[u8; 32]>) -> Self {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed.expose());
        Self(pair.expect("any 32 bytes are a seed"))
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        let public = self.0.public_key().as_ref().try_into();
        PublicKey(public.expect("an Ed25519 public key has 32 bytes"))
    }

    pub(super) fn sign(&self, message: &[u8]) -> Signature {
        let signature = self.0.sign(message).as_ref().try_into();
        Signature(signature.expect("an Ed25519 signature has 64 bytes"))
    }
}

impl PublicKey {
    /// Reads a key as it is written.
    ///
    /// Errors: [`Malformed`] for anything else.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        bytes(text).map(Self)
    }

    /// Its bytes.
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Whether the owner of this key signed `message`.
    pub(super) fn signed(&self, message: &[u8], signature: &Signature) -> bool {
        UnparsedPublicKey::new(&ED25519, &self.0).verify(message, &signature.0).is_ok()
    }
}

macro_rules! in_text {
    ($($name:ident),*) => {$(
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&text(&self.0))
            }
        }

        impl TryFrom<String> for $name {
            type Error = Malformed;

            fn try_from(text: String) -> Result<Self, Malformed> {
                bytes(&text).map(Self)
            }
        }

        impl From<$name> for String {
            fn from(bytes: $name) -> Self {
                bytes.to_string()
            }
        }
    )*};
}

in_text!(PublicKey, Signature);

#[cfg(test)]
mod tests {
    use super::*;

    fn of_hex<const N: usize>(text: &str) -> [u8; N] {
        hex::decode(text).unwrap().try_into().unwrap()
    }

    /// RFC 8032, section 7.1, TEST 2.
    #[test]
    fn the_vector_of_rfc_8032_is_signed_and_verified() {
        let seed = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";
        let signer = Signer::new(&Secret::new(of_hex(seed)));
        let public = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
        assert_eq!(signer.public().bytes(), &of_hex(public));
        let signature = signer.sign(&[0x72]);
        let expected = "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";
        assert_eq!(signature.0, of_hex(expected));
        assert!(signer.public().signed(&[0x72], &signature));
        assert!(!signer.public().signed(&[0x73], &signature));
    }

    #[test]
    fn a_signer_does_not_print_its_seed() {
        let seed = [0xab; 32];
        let printed = format!("{:?}", Signer::new(&Secret::new(seed)));
        assert!(!printed.contains("abab") && !printed.contains("171, 171"), "{printed}");
    }
}
