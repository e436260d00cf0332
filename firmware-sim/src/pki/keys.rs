//! The committed test keys, and which of them a seed chooses for what.

use rsa::RsaPrivateKey;
use rsa::pkcs8::DecodePrivateKey;
use sha2::{Digest, Sha256};

/// A private key of the pool.
#[derive(Clone)]
pub(super) struct Key {
    /// PKCS#8, PEM. Public test data.
    pub(super) pem: &'static str,
    /// The same, ready for use.
    pub(super) private: RsaPrivateKey,
}

impl Key {
    fn read(pem: &'static str) -> Self {
        let private = RsaPrivateKey::from_pkcs8_pem(pem).expect("the committed keys are PKCS#8");
        Self { pem, private }
    }
}

/// The keys one seed gives.
pub(super) struct Ring {
    authorities: Vec<&'static str>,
    cards: Vec<&'static str>,
}

impl Ring {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            authorities: shuffled(&AUTHORITIES, seed, "authority"),
            cards: shuffled(&CARDS, seed, "card"),
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
}

fn nth(pool: &[&'static str], number: usize) -> &'static str {
    pool.get(number).expect("the pool holds a key for every authority and card")
}

/// The pool in an order that only the seed decides.
fn shuffled(pool: &[&'static str], seed: u64, what: &str) -> Vec<&'static str> {
    let mut keyed: Vec<_> = pool.iter().map(|pem| (derive(seed, &[what, pem]), *pem)).collect();
    keyed.sort_unstable();
    keyed.into_iter().map(|(_, pem)| pem).collect()
}

/// Thirty-two bytes that the seed and the words decide.
pub(super) fn derive(seed: u64, words: &[&str]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(seed.to_be_bytes());
    for word in words {
        hash.update(u64::try_from(word.len()).expect("usize is at most 64 bits").to_be_bytes());
        hash.update(word.as_bytes());
    }
    hash.finalize().into()
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
