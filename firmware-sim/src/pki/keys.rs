//! The committed test keys, and which of them a seed chooses for what.

use rsa::RsaPrivateKey;
use rsa::pkcs1::RsaPrivateKeyRef;
use rsa::pkcs8::{DecodePrivateKey, PrivateKeyInfoRef, SecretDocument};
use spki::SubjectPublicKeyInfoOwned;

use super::Error;
use crate::env::Seed;

/// A private key of the pool.
#[derive(Clone)]
pub(super) struct Key {
    /// PKCS#8, PEM. Public test data.
    pub(super) pem: &'static str,
    /// The same, ready for use.
    pub(super) private: RsaPrivateKey,
}

impl Key {
    /// The key of an authority whose certificate has this public key.
    pub(super) fn of_authority(public: &SubjectPublicKeyInfoOwned) -> Result<Option<Self>, Error> {
        let modulus = |pem: &str| {
            let (_, document) = SecretDocument::from_pem(pem).ok()?;
            let info = document.decode_msg::<PrivateKeyInfoRef<'_>>().ok()?;
            let key = info.private_key.as_bytes();
            let key = <RsaPrivateKeyRef<'_>>::try_from(key).ok()?;
            Some(key.modulus.as_bytes().to_vec())
        };
        // Reading a key whole means checking it, which takes long for sixteen of them.
        let bytes = public.subject_public_key.raw_bytes();
        let likely = AUTHORITIES.iter().chain(&LATER_AUTHORITIES).find(|pem| {
            modulus(pem).is_some_and(|modulus| bytes.windows(modulus.len()).any(|w| w == modulus))
        });
        let Some(key) = likely.map(|pem| Self::read(pem)) else { return Ok(None) };
        Ok((key.public()? == *public).then_some(key))
    }

    /// Its public half.
    pub(super) fn public(&self) -> Result<SubjectPublicKeyInfoOwned, Error> {
        Ok(SubjectPublicKeyInfoOwned::from_key(&self.private.to_public_key())?)
    }

    fn read(pem: &'static str) -> Self {
        let private = RsaPrivateKey::from_pkcs8_pem(pem).expect("the committed keys are PKCS#8");
        Self { pem, private }
    }
}

/// The keys one seed gives.
pub(super) struct Ring {
    authorities: Vec<&'static str>,
    cards: Vec<&'static str>,
    long: Vec<&'static str>,
    own: Vec<&'static str>,
}

/// How long the keys of a card are, in bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyBits {
    /// 2048, as on cards of generation G3.
    B2048,
    /// 3072, as in the profiles of generation G4.
    B3072,
}

impl Ring {
    pub(super) fn new(seed: Seed) -> Self {
        // What came later is put behind: a seed keeps the keys that it had.
        let later = shuffled(&LATER_AUTHORITIES, seed, "later authority");
        Self {
            authorities: [shuffled(&AUTHORITIES, seed, "authority"), later].concat(),
            cards: shuffled(&CARDS, seed, "card"),
            long: shuffled(&LONG, seed, "long"),
            own: shuffled(&OWN, seed, "own"),
        }
    }

    /// The key of the authority with this number.
    pub(super) fn authority(&self, number: usize) -> Key {
        Key::read(nth(&self.authorities, number))
    }

    /// The card key with this number.
    pub(super) fn card(&self, number: usize) -> Key {
        Key::read(nth(&self.cards, number))
    }

    /// The long card key with this number.
    pub(super) fn long(&self, number: usize) -> Key {
        Key::read(nth(&self.long, number))
    }

    /// The key with this number of a card that somebody describes.
    pub(super) fn own(&self, number: usize, bits: KeyBits) -> Key {
        match bits {
            KeyBits::B2048 => Key::read(nth(&self.own, number)),
            // The first three are those of the hierarchy's own card.
            KeyBits::B3072 => self.long(3 + number),
        }
    }
}

fn nth(pool: &[&'static str], number: usize) -> &'static str {
    pool.get(number).expect("the pool holds a key for every authority and card")
}

/// The pool in an order that only the seed decides.
fn shuffled(pool: &[&'static str], seed: Seed, what: &str) -> Vec<&'static str> {
    let place = |number| seed.stream(&format!("pki {what} key {number}")).bytes::<32>();
    let mut placed: Vec<_> = (0..).map(place).zip(pool).collect();
    placed.sort_unstable();
    placed.into_iter().map(|(_, pem)| *pem).collect()
}

/// RSA-4096, for authorities.
const AUTHORITIES: [&str; 12] = [
    include_str!("keys/rsa4096_0.pem"),
    include_str!("keys/rsa4096_1.pem"),
    include_str!("keys/rsa4096_2.pem"),
    include_str!("keys/rsa4096_3.pem"),
    include_str!("keys/rsa4096_4.pem"),
    include_str!("keys/rsa4096_5.pem"),
    include_str!("keys/rsa4096_6.pem"),
    include_str!("keys/rsa4096_7.pem"),
    include_str!("keys/rsa4096_8.pem"),
    include_str!("keys/rsa4096_9.pem"),
    include_str!("keys/rsa4096_10.pem"),
    include_str!("keys/rsa4096_11.pem"),
];

/// RSA-4096, for authorities that came later.
const LATER_AUTHORITIES: [&str; 4] = [
    include_str!("keys/rsa4096_12.pem"),
    include_str!("keys/rsa4096_13.pem"),
    include_str!("keys/rsa4096_14.pem"),
    include_str!("keys/rsa4096_15.pem"),
];

/// RSA-3072, for cards of generation G4.
const LONG: [&str; 6] = [
    include_str!("keys/rsa3072_0.pem"),
    include_str!("keys/rsa3072_1.pem"),
    include_str!("keys/rsa3072_2.pem"),
    include_str!("keys/rsa3072_3.pem"),
    include_str!("keys/rsa3072_4.pem"),
    include_str!("keys/rsa3072_5.pem"),
];

/// RSA-2048, for cards that somebody describes.
const OWN: [&str; 6] = [
    include_str!("keys/rsa2048_8.pem"),
    include_str!("keys/rsa2048_9.pem"),
    include_str!("keys/rsa2048_10.pem"),
    include_str!("keys/rsa2048_11.pem"),
    include_str!("keys/rsa2048_12.pem"),
    include_str!("keys/rsa2048_13.pem"),
];

/// RSA-2048, for cards.
const CARDS: [&str; 8] = [
    include_str!("keys/rsa2048_0.pem"),
    include_str!("keys/rsa2048_1.pem"),
    include_str!("keys/rsa2048_2.pem"),
    include_str!("keys/rsa2048_3.pem"),
    include_str!("keys/rsa2048_4.pem"),
    include_str!("keys/rsa2048_5.pem"),
    include_str!("keys/rsa2048_6.pem"),
    include_str!("keys/rsa2048_7.pem"),
];
