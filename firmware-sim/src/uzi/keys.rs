//! The private keys on the card, and what each may be used for.

use rsa::hazmat::rsa_decrypt_and_check;
use rsa::traits::PublicKeyParts;
use rsa::{BoxedUint, Pkcs1v15Encrypt, Pkcs1v15Sign, RsaPrivateKey};

use crate::pki::Purpose;

/// A private key.
pub(super) struct Key {
    pub(super) purpose: Purpose,
    private: RsaPrivateKey,
}

/// Who takes care of the padding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Padding {
    /// The host: the card works on whole blocks.
    None,
    /// The card, by PKCS#1 version 1.5.
    Pkcs1,
}

/// The data cannot be signed or decrypted with this key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unfit;

impl Key {
    pub(super) fn new(purpose: Purpose, private: RsaPrivateKey) -> Self {
        Self { purpose, private }
    }

    /// The length of the modulus, in bytes: also that of a signature.
    pub(super) fn size(&self) -> usize {
        self.private.size()
    }

    /// A signature over `input`: a DigestInfo, or a whole block that the host has padded.
    pub(super) fn sign(&self, input: &[u8], padding: Padding) -> Result<Vec<u8>, Unfit> {
        match padding {
            Padding::None => self.raw(input),
            Padding::Pkcs1 => {
                self.private.sign(Pkcs1v15Sign::new_unprefixed(), input).map_err(|_| Unfit)
            }
        }
    }

    /// The message in a block that was encrypted with the public key.
    pub(super) fn decipher(&self, block: &[u8], padding: Padding) -> Result<Vec<u8>, Unfit> {
        match padding {
            Padding::None => self.raw(block),
            Padding::Pkcs1 if block.len() == self.size() => {
                self.private.decrypt(Pkcs1v15Encrypt, block).map_err(|_| Unfit)
            }
            Padding::Pkcs1 => Err(Unfit),
        }
    }

    /// The private operation on a block as long as the modulus, and smaller than it.
    fn raw(&self, block: &[u8]) -> Result<Vec<u8>, Unfit> {
        if block.len() != self.size() {
            return Err(Unfit);
        }
        let bits = self.private.n_bits_precision();
        let number = BoxedUint::from_be_slice(block, bits).map_err(|_| Unfit)?;
        if number >= *self.private.n().as_ref() {
            return Err(Unfit);
        }
        // Without blinding: the keys are public test data.
        let result = rsa_decrypt_and_check(&self.private, None::<&mut Never>, &number);
        let bytes = result.map_err(|_| Unfit)?.to_be_bytes();
        let surplus = bytes.len().saturating_sub(self.size());
        Ok(bytes.get(surplus..).unwrap_or_default().to_vec())
    }
}

/// A source of randomness that there is none of.
type Never = rand_chacha::ChaCha20Rng;
