//! PIN/UV auth protocols one and two, the host's side: agreement, tokens, proof.
//!
//! Spec: CTAP 2.1 sections 6.5.6 (protocol one) and 6.5.7 (protocol two).

use aes::Aes256;
use cbc::cipher::block_padding::NoPadding;
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use p256::{PublicKey, SecretKey};
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;
use wire::ctap2::cose;
use zeroize::Zeroizing;

use super::error::Error;
use super::link::Mistake;
use crate::secret::Secret;

const BLOCK: usize = 16;
/// The shortest PIN, in code points, and the longest, in bytes.
const LENGTH: (usize, usize) = (4, 63);

/// Where random bytes come from.
pub trait Random {
    /// Fills `bytes`.
    ///
    /// Errors: the system has none.
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), Error>;
}

/// The system's random bytes.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
        getrandom::fill(bytes)
            .map_err(|e| Error::System { what: "get random bytes", source: e.to_string().into() })
    }
}

/// Which of the two protocols is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protocol {
    One,
    Two,
}

impl Protocol {
    /// The one the key prefers; protocol one where it names none.
    ///
    /// Errors: it names only protocols that do not exist here.
    pub(super) fn preferred(offered: &[u64]) -> Result<Self, Error> {
        if offered.is_empty() {
            return Ok(Self::One);
        }
        let known = |number: &u64| match number {
            1 => Some(Self::One),
            2 => Some(Self::Two),
            _ => None,
        };
        offered
            .iter()
            .find_map(known)
            .ok_or_else(|| Error::malformed(format!("PIN protocols {offered:?}")))
    }

    /// The number that stands in messages.
    pub(super) fn number(self) -> u64 {
        match self {
            Self::One => 1,
            Self::Two => 2,
        }
    }
}

/// What host and key agreed on.
pub(super) struct Shared {
    protocol: Protocol,
    cipher: Zeroizing<[u8; 32]>,
    /// The host's public key, which goes along with every use.
    pub(super) platform: cose::Key,
}

impl Shared {
    /// Makes a fresh key pair and agrees with the key's public key.
    ///
    /// Errors: the key's public key is no point on P-256.
    pub(super) fn agree(
        protocol: Protocol,
        peer: &cose::Key,
        random: &mut dyn Random,
    ) -> Result<Self, Error> {
        let cose::Key::P256 { x, y, .. } = peer else {
            return Err(Error::malformed("the key agreement key is not on P-256"));
        };
        let point = [&[4][..], x, y].concat();
        let peer = PublicKey::from_sec1_bytes(&point)
            .map_err(|_| Error::malformed("the key agreement key is no point on P-256"))?;
        let own = loop {
            let mut scalar = Zeroizing::new([0; 32]);
            random.fill(scalar.as_mut_slice())?;
            // Fails for zero and above the group order: once in 2^32 times.
            if let Ok(own) = SecretKey::from_slice(scalar.as_slice()) {
                break own;
            }
        };
        let shared = p256::ecdh::diffie_hellman(own.to_nonzero_scalar(), peer.as_affine());
        let z = shared.raw_secret_bytes();
        let cipher = match protocol {
            Protocol::One => Zeroizing::new(Sha256::digest(z).into()),
            Protocol::Two => derive(z, b"CTAP2 AES key"),
        };
        Ok(Self { protocol, cipher, platform: public(&own) })
    }

    /// Encrypts whole blocks.
    pub(super) fn encrypt(&self, text: &[u8], random: &mut dyn Random) -> Result<Vec<u8>, Error> {
        let mut iv = [0; BLOCK];
        let mut out = Vec::new();
        if self.protocol == Protocol::Two {
            random.fill(&mut iv)?;
            out.extend_from_slice(&iv);
        }
        let encryptor = cbc::Encryptor::<Aes256>::new((&*self.cipher).into(), &iv.into());
        let mut blocks = text.to_vec();
        encryptor
            .encrypt_padded::<NoPadding>(&mut blocks, text.len())
            .expect("everything the host encrypts is whole blocks");
        out.append(&mut blocks);
        Ok(out)
    }

    /// Decrypts the token of an answer.
    ///
    /// Errors: it has a length that no token has.
    pub(super) fn token(&self, bytes: &[u8]) -> Result<Token, Error> {
        let (iv, cipher, lengths) = match self.protocol {
            Protocol::One => ([0; BLOCK], bytes, [16, 32]),
            Protocol::Two => {
                let (iv, cipher) = bytes
                    .split_first_chunk::<BLOCK>()
                    .ok_or_else(|| Error::malformed("the PIN token is too short"))?;
                (*iv, cipher, [32, 32])
            }
        };
        if !lengths.contains(&cipher.len()) {
            return Err(Error::malformed(format!("a PIN token of {} bytes", cipher.len())));
        }
        let decryptor = cbc::Decryptor::<Aes256>::new((&*self.cipher).into(), &iv.into());
        let mut key = Zeroizing::new(cipher.to_vec());
        decryptor
            .decrypt_padded::<NoPadding>(&mut key)
            .expect("the length was checked to be whole blocks");
        Ok(Token { protocol: self.protocol, key })
    }
}

/// A PIN/UV token: what the key takes as proof that its user was verified.
pub(super) struct Token {
    protocol: Protocol,
    key: Zeroizing<Vec<u8>>,
}

impl Token {
    /// The number of its protocol.
    pub(super) fn protocol(&self) -> u64 {
        self.protocol.number()
    }

    /// pinUvAuthParam over `message`.
    pub(super) fn authenticate(&self, message: &[u8]) -> Vec<u8> {
        authenticate(self.protocol, &self.key, message)
    }
}

/// The first half of the SHA-256 of a PIN, which is what a key compares.
///
/// Taken of form NFC, so that an accent typed in two ways is one PIN.
/// Errors: the PIN is too short or too long to be one; it was not sent.
pub(super) fn digest(pin: &Secret) -> Result<Zeroizing<[u8; 16]>, Mistake> {
    let (least, most) = LENGTH;
    // Form NFC is at most three times as long: the text is never moved, which would leave a copy.
    let mut text = Zeroizing::new(String::with_capacity(3 * pin.expose().len()));
    text.extend(pin.expose().nfc());
    if text.chars().count() < least {
        return Err(Mistake::TooShort);
    }
    if text.len() > most {
        return Err(Mistake::TooLong);
    }
    let whole: Zeroizing<[u8; 32]> = Zeroizing::new(Sha256::digest(text.as_bytes()).into());
    let mut half = Zeroizing::new([0; 16]);
    half.iter_mut().zip(whole.iter()).for_each(|(to, from)| *to = *from);
    Ok(half)
}

fn authenticate(protocol: Protocol, key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(message);
    let whole = mac.finalize().into_bytes();
    let length = match protocol {
        Protocol::One => 16,
        Protocol::Two => 32,
    };
    whole.iter().take(length).copied().collect()
}

fn derive(z: &[u8], info: &[u8]) -> Zeroizing<[u8; 32]> {
    let mut key = Zeroizing::new([0; 32]);
    Hkdf::<Sha256>::new(Some(&[0; 32]), z)
        .expand(info, key.as_mut_slice())
        .expect("32 bytes are one block of the hash");
    key
}

fn public(own: &SecretKey) -> cose::Key {
    use p256::elliptic_curve::sec1::ToSec1Point;
    let point = own.public_key().to_sec1_point(false);
    let coordinate = |bytes: Option<&[u8]>| {
        bytes.and_then(|b| b.try_into().ok()).expect("an uncompressed point has two coordinates")
    };
    cose::Key::P256 {
        algorithm: cose::ECDH_ES_HKDF_256,
        x: coordinate(point.x().map(|x| &x[..])),
        y: coordinate(point.y().map(|y| &y[..])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokens::fido::script::{Fixed, vector};

    /// Agrees as the file `name` has it, with `ivs` to come.
    fn shared(name: &str, protocol: Protocol, ivs: &[&str]) -> (Shared, Fixed) {
        let v = |pointer: &str| vector(name, pointer);
        let mut bytes = vec![v("/platform_private_key")];
        bytes.extend(ivs.iter().map(|enc| v(enc)[..16].to_vec()));
        let mut random = Fixed::new(bytes);
        let peer = cose::Key::P256 {
            algorithm: cose::ECDH_ES_HKDF_256,
            x: v("/authenticator_public_x").try_into().unwrap(),
            y: v("/authenticator_public_y").try_into().unwrap(),
        };
        (Shared::agree(protocol, &peer, &mut random).unwrap(), random)
    }

    fn check(name: &str, protocol: Protocol, ivs: &[&str]) {
        let v = |pointer: &str| vector(name, pointer);
        let (shared, mut random) = shared(name, protocol, ivs);
        let cose::Key::P256 { x, y, .. } = &shared.platform else { panic!("no point") };
        assert_eq!(x[..], v("/platform_public_x"));
        assert_eq!(y[..], v("/platform_public_y"));
        let pin_hash = digest(&Secret::new("1234")).unwrap();
        let encrypted = shared.encrypt(&*pin_hash, &mut random).unwrap();
        assert_eq!(encrypted, v("/get_pin_token/pin_hash_enc"));
        let token = shared.token(&v("/get_pin_token/token_enc")).unwrap();
        assert_eq!(*token.key, v("/get_pin_token/token"));
    }

    #[test]
    fn protocol_one_has_the_bytes_of_python_fido2() {
        check("pin-protocol-1", Protocol::One, &[]);
    }

    #[test]
    fn protocol_two_has_the_bytes_of_the_vectors() {
        let name = "pin-protocol-2-derived";
        check(name, Protocol::Two, &["/get_pin_token/pin_hash_enc"]);
        let (shared, _) = shared(name, Protocol::Two, &[]);
        let token = shared.token(&vector(name, "/get_pin_token/token_enc")).unwrap();
        let hash = vector(name, "/make_credential_auth/client_data_hash");
        assert_eq!(
            token.authenticate(&hash),
            vector(name, "/make_credential_auth/pin_uv_auth_param")
        );
    }

    #[test]
    fn a_token_of_a_wrong_length_is_refused() {
        let (one, _) = shared("pin-protocol-1", Protocol::One, &[]);
        let (two, _) = shared("pin-protocol-2-derived", Protocol::Two, &[]);
        for length in [0, 1, 15, 17, 64] {
            assert!(matches!(one.token(&vec![0; length]), Err(Error::Malformed(_))), "{length}");
            assert!(matches!(two.token(&vec![0; length]), Err(Error::Malformed(_))), "{length}");
        }
    }

    #[test]
    fn a_key_agreement_key_off_the_curve_is_refused() {
        let peer = cose::Key::P256 { algorithm: -25, x: [1; 32], y: [1; 32] };
        let agreed = Shared::agree(Protocol::One, &peer, &mut Fixed::new(vec![vec![1; 32]]));
        assert!(matches!(agreed, Err(Error::Malformed(_))));
    }

    #[test]
    fn the_length_of_a_pin_is_counted_in_characters_and_limited_in_bytes() {
        let of = |text: &str| digest(&Secret::new(text)).map(|_| ());
        assert_eq!(of("123"), Err(Mistake::TooShort));
        assert_eq!(of("éééé"), Ok(()));
        assert_eq!(of("éé1"), Err(Mistake::TooShort));
        assert_eq!(of(&"x".repeat(63)), Ok(()));
        assert_eq!(of(&"x".repeat(64)), Err(Mistake::TooLong));
        assert_eq!(of(&"é".repeat(32)), Err(Mistake::TooLong));
    }

    #[test]
    fn an_accent_typed_in_two_ways_is_one_pin() {
        let of = |text: &str| digest(&Secret::new(text)).map(|half| *half);
        assert_eq!(of("caf\u{e9}"), of("cafe\u{301}"));
        assert_ne!(of("caf\u{e9}"), of("cafe"));
        assert_eq!(of("e\u{301}e\u{301}"), Err(Mistake::TooShort));
    }

    #[test]
    fn the_first_known_protocol_is_taken() {
        assert_eq!(Protocol::preferred(&[]).unwrap(), Protocol::One);
        assert_eq!(Protocol::preferred(&[2, 1]).unwrap(), Protocol::Two);
        assert_eq!(Protocol::preferred(&[9, 1]).unwrap(), Protocol::One);
        assert!(Protocol::preferred(&[9]).is_err());
    }
}
