//! The two PIN/UV auth protocols: key agreement, encryption, authentication.
//!
//! Spec: CTAP 2.1 sections 6.5.6 (protocol one) and 6.5.7 (protocol two).

use aes::Aes256;
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit, block_padding::NoPadding};
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use p256::{PublicKey, Sec1Point, SecretKey, elliptic_curve::sec1::FromSec1Point};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use wire::ctap2::cose;
use zeroize::Zeroizing;

use crate::{env::Stream, secret::Secret};

const BLOCK: usize = 16;

/// Which of the two protocols is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// SHA-256, zero IV, 16-byte authentication.
    One,
    /// HKDF, random IV, 32-byte authentication.
    Two,
}

/// A ciphertext has a length that no encryption gives, or a text is not whole blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the bytes are not whole blocks of {BLOCK}")]
pub(crate) struct Blocks;

impl Protocol {
    /// From the number that stands in messages.
    pub(crate) fn from_number(number: u64) -> Option<Self> {
        match number {
            1 => Some(Self::One),
            2 => Some(Self::Two),
            _ => None,
        }
    }

    /// True where `tag` authenticates `message` under `key`: the token, or a part of the shared
    /// secret.
    pub(crate) fn authenticates(self, key: &[u8; 32], message: &[u8], tag: &[u8]) -> bool {
        let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes any key length");
        mac.update(message);
        let whole = mac.finalize().into_bytes();
        let length = match self {
            Self::One => 16,
            Self::Two => 32,
        };
        whole.iter().take(length).copied().collect::<Vec<u8>>().ct_eq(tag).into()
    }
}

/// What host and key agreed on.
#[derive(Debug, Clone)]
pub(crate) struct Shared {
    protocol: Protocol,
    mac: Secret<32>,
    cipher: Secret<32>,
}

impl Shared {
    /// ECDH, then the protocol's key derivation.
    pub(crate) fn agree(protocol: Protocol, own: &SecretKey, peer: &PublicKey) -> Self {
        let point = own.diffie_hellman(peer);
        let z = point.raw_secret_bytes();
        match protocol {
            Protocol::One => {
                let key: [u8; 32] = Sha256::digest(z).into();
                Self { protocol, mac: key.into(), cipher: key.into() }
            }
            Protocol::Two => {
                let hkdf = Hkdf::<Sha256>::new(Some(&[0; 32]), z);
                let derive = |info: &[u8]| {
                    let mut key = [0; 32];
                    hkdf.expand(info, &mut key).expect("32 bytes are one block of the hash");
                    key.into()
                };
                let (mac, cipher) = (derive(b"CTAP2 HMAC key"), derive(b"CTAP2 AES key"));
                Self { protocol, mac, cipher }
            }
        }
    }

    /// True where `tag` authenticates `message` under the shared secret.
    pub(crate) fn authenticates(&self, message: &[u8], tag: &[u8]) -> bool {
        self.protocol.authenticates(self.mac.expose(), message, tag)
    }

    /// Encrypts whole blocks; protocol two draws its IV.
    pub(crate) fn encrypt(&self, text: &[u8], ivs: &mut Stream) -> Result<Vec<u8>, Blocks> {
        match self.protocol {
            Protocol::One => self.cbc_encrypt([0; BLOCK], text),
            Protocol::Two => {
                let iv = ivs.bytes();
                Ok([&iv, self.cbc_encrypt(iv, text)?.as_slice()].concat())
            }
        }
    }

    /// Decrypts whole blocks, after the IV where the protocol sends one.
    pub(crate) fn decrypt(&self, bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>, Blocks> {
        let (iv, cipher) = match self.protocol {
            Protocol::One => ([0; BLOCK], bytes),
            Protocol::Two => {
                let (iv, cipher) = bytes.split_first_chunk::<BLOCK>().ok_or(Blocks)?;
                (*iv, cipher)
            }
        };
        let decryptor = cbc::Decryptor::<Aes256>::new(self.cipher.expose().into(), &iv.into());
        let mut text = Zeroizing::new(cipher.to_vec());
        decryptor.decrypt_padded::<NoPadding>(&mut text).map_err(|_| Blocks)?;
        Ok(text)
    }

    fn cbc_encrypt(&self, iv: [u8; BLOCK], text: &[u8]) -> Result<Vec<u8>, Blocks> {
        let encryptor = cbc::Encryptor::<Aes256>::new(self.cipher.expose().into(), &iv.into());
        let mut bytes = text.to_vec();
        encryptor.encrypt_padded::<NoPadding>(&mut bytes, text.len()).map_err(|_| Blocks)?;
        Ok(bytes)
    }
}

/// The host's key agreement key, where it is a point of the curve.
pub(crate) fn platform_key(key: &cose::Key) -> Option<PublicKey> {
    let cose::Key::P256 { x, y, .. } = key else { return None };
    let point = Sec1Point::from_affine_coordinates(&(*x).into(), &(*y).into(), false);
    PublicKey::from_sec1_point(&point).into_option()
}
