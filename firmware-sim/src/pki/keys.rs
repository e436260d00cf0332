//! The committed test keys, and which of them a seed chooses for what.

use rsa::RsaPrivateKey;
use rsa::pkcs8::DecodePrivateKey;

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
    pub(super) fn new(seed: Seed) -> Self {
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
