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

/// The host's key, where it is one for agreement and a point of the curve.
pub(crate) fn platform_key(key: &cose::Key) -> Option<PublicKey> {
    let cose::Key::P256 { algorithm: cose::ECDH_ES_HKDF_256, x, y } = key else { return None };
    let point = Sec1Point::from_affine_coordinates(&(*x).into(), &(*y).into(), false);
    PublicKey::from_sec1_point(&point).into_option()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::Seed;
    use proptest::prelude::*;
    use serde_json::Value;

    const ONE: &str = include_str!("../../../../tests/vectors/pin-protocol-1.json");
    const TWO: &str = include_str!("../../../../tests/vectors/pin-protocol-2-derived.json");
    const HMAC_SECRET: &str = include_str!("../../../../tests/vectors/hmac-secret-prf-w3c.json");

    fn bytes(json: &Value, pointer: &str) -> Vec<u8> {
        hex::decode(json.pointer(pointer).and_then(Value::as_str).expect(pointer)).unwrap()
    }

    fn array<const N: usize>(json: &Value, pointer: &str) -> [u8; N] {
        bytes(json, pointer).try_into().expect(pointer)
    }

    fn public(json: &Value, whose: &str) -> PublicKey {
        let coordinate = |axis: &str| array(json, &format!("/{whose}_public_{axis}"));
        let key = cose::Key::P256 { algorithm: -25, x: coordinate("x"), y: coordinate("y") };
        platform_key(&key).unwrap()
    }

    /// What host and key of a file agreed on, from the host's side.
    fn shared(protocol: Protocol, json: &Value) -> Shared {
        let own = SecretKey::from_slice(&bytes(json, "/platform_private_key")).unwrap();
        assert_eq!(own.public_key(), public(json, "platform"));
        Shared::agree(protocol, &own, &public(json, "authenticator"))
    }

    fn padded(pin: &str) -> Vec<u8> {
        let mut padded = pin.as_bytes().to_vec();
        padded.resize(64, 0);
        padded
    }

    fn half(pin: &str) -> Vec<u8> {
        Sha256::digest(pin)[..16].to_vec()
    }

    fn check(protocol: Protocol, json: &Value) {
        let shared = shared(protocol, json);
        let keys = match protocol {
            Protocol::One => shared.mac.expose().to_vec(),
            Protocol::Two => [*shared.mac.expose(), *shared.cipher.expose()].concat(),
        };
        assert_eq!(keys, bytes(json, "/shared_secret"));
        let holds = |pointer: &str, text: &[u8]| {
            let cipher = bytes(json, pointer);
            assert_eq!(*shared.decrypt(&cipher).unwrap(), text, "{pointer}");
            let (iv, cipher) = match protocol {
                Protocol::One => ([0; 16], &cipher[..]),
                Protocol::Two => (*cipher.first_chunk().unwrap(), &cipher[16..]),
            };
            assert_eq!(shared.cbc_encrypt(iv, text).unwrap(), cipher, "{pointer}");
        };
        holds("/set_pin/new_pin_enc", &padded("1234"));
        holds("/get_pin_token/pin_hash_enc", &half("1234"));
        holds("/get_pin_token/token_enc", &bytes(json, "/get_pin_token/token"));
        holds("/change_pin/new_pin_enc", &padded("4321"));
        holds("/change_pin/pin_hash_enc", &half("1234"));
        let set = bytes(json, "/set_pin/new_pin_enc");
        assert!(shared.authenticates(&set, &bytes(json, "/set_pin/pin_uv_auth_param")));
        let change =
            [bytes(json, "/change_pin/new_pin_enc"), bytes(json, "/change_pin/pin_hash_enc")];
        let tag = bytes(json, "/change_pin/pin_uv_auth_param");
        assert!(shared.authenticates(&change.concat(), &tag));
        assert!(!shared.authenticates(&set, &tag));
    }

    #[test]
    fn protocol_one_gives_the_bytes_of_python_fido2() {
        check(Protocol::One, &serde_json::from_str(ONE).unwrap());
    }

    #[test]
    fn protocol_two_gives_the_derived_bytes() {
        let json = serde_json::from_str(TWO).unwrap();
        check(Protocol::Two, &json);
        let token = array(&json, "/get_pin_token/token");
        assert!(Protocol::Two.authenticates(
            &token,
            &bytes(&json, "/make_credential_auth/client_data_hash"),
            &bytes(&json, "/make_credential_auth/pin_uv_auth_param"),
        ));
    }

    #[test]
    fn the_w3c_vectors_of_hmac_secret_decrypt() {
        let json: Value = serde_json::from_str(HMAC_SECRET).unwrap();
        let host = array::<32>(&json, "/shared/platform_key_agreement_private_key");
        let host = SecretKey::from_slice(&host).unwrap().public_key();
        let own = Sha256::new().chain_update("WebAuthn PRF test vectors").chain_update([5]);
        let own = SecretKey::from_slice(&own.finalize()).unwrap();
        let cases = json["cases"].as_array().unwrap();
        assert_eq!(cases.len(), 3);
        for case in cases {
            let number = case["pin_uv_auth_protocol"].as_u64().unwrap();
            let protocol = Protocol::from_number(number).unwrap();
            let shared = Shared::agree(protocol, &own, &host);
            let pair = |one: &str, two: &str| {
                let second = case.get(two.trim_start_matches('/')).map(|_| bytes(case, two));
                [bytes(case, one), second.unwrap_or_default()].concat()
            };
            let salts = shared.decrypt(&bytes(case, "/salt_enc")).unwrap();
            assert_eq!(*salts, pair("/salt1", "/salt2"));
            let outputs = shared.decrypt(&bytes(case, "/output_enc")).unwrap();
            assert_eq!(*outputs, pair("/output1", "/output2"));
        }
    }

    #[test]
    fn a_point_off_the_curve_is_no_key() {
        let key = cose::Key::P256 { algorithm: -25, x: [1; 32], y: [1; 32] };
        assert_eq!(platform_key(&key), None);
    }

    proptest! {
        #[test]
        fn what_is_encrypted_is_decrypted_and_no_bytes_panic(
            blocks in 0usize..6, seed: u64, noise in prop::collection::vec(any::<u8>(), 0..100),
        ) {
            let mut stream = Seed::from(seed).stream("test");
            let own = SecretKey::from_slice(&[7; 32]).unwrap();
            let peer = SecretKey::from_slice(&[8; 32]).unwrap().public_key();
            for protocol in [Protocol::One, Protocol::Two] {
                let shared = Shared::agree(protocol, &own, &peer);
                let text = stream.bytes::<80>()[..16 * blocks].to_vec();
                let cipher = shared.encrypt(&text, &mut stream).unwrap();
                prop_assert_eq!(&*shared.decrypt(&cipher).unwrap(), &text);
                let whole = noise.len().is_multiple_of(16)
                    && (protocol == Protocol::One || noise.len() >= 16);
                prop_assert_eq!(shared.decrypt(&noise).is_ok(), whole);
                prop_assert!(!shared.authenticates(&text, &noise));
            }
        }
    }
}
