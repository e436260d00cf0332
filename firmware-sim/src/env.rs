//! Where a simulated device's randomness comes from: one seed, and one stream for each purpose.
//!
//! A stream is found by its label, so a new feature that draws from a stream of its own does not
//! shift the bytes of the others. The same seed and the same requests give the same bytes.

use hmac::{Hmac, KeyInit, Mac};
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use sha2::{Digest, Sha256};

/// What every random byte of a device is derived from. Test devices only: it is no secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seed([u8; 32]);

impl Seed {
    /// The stream of one purpose.
    #[must_use]
    pub fn stream(&self, label: &str) -> Stream {
        Stream(ChaCha20Rng::from_seed(self.derive(label)))
    }

    /// The seed of a part of the device, or of one device of several.
    #[must_use]
    pub fn child(&self, label: &str) -> Self {
        Self(self.derive(label))
    }

    fn derive(&self, label: &str) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes any key length");
        mac.update(label.as_bytes());
        mac.finalize().into_bytes().into()
    }
}

impl From<[u8; 32]> for Seed {
    fn from(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl From<u64> for Seed {
    fn from(number: u64) -> Self {
        Self(
            Sha256::new()
                .chain_update("firmware-sim seed")
                .chain_update(number.to_be_bytes())
                .finalize()
                .into(),
        )
    }
}

/// A sequence of random bytes for one purpose.
#[derive(Debug, Clone)]
pub struct Stream(ChaCha20Rng);

impl Stream {
    /// The next `N` bytes.
    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.fill_bytes(&mut bytes);
        bytes
    }

    /// The generator itself, for libraries that draw from one.
    pub fn rng(&mut self) -> &mut ChaCha20Rng {
        &mut self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_depends_on_the_seed_and_the_label_only() {
        let bytes = |seed: u64, label: &str| Seed::from(seed).stream(label).bytes::<32>();
        assert_eq!(bytes(1, "credential"), bytes(1, "credential"));
        assert_ne!(bytes(1, "credential"), bytes(2, "credential"));
        assert_ne!(bytes(1, "credential"), bytes(1, "pin"));
    }

    #[test]
    fn drawing_from_one_stream_leaves_the_others_alone() {
        let seed = Seed::from(7);
        let untouched = seed.stream("pin").bytes::<32>();
        let _ = seed.stream("credential").bytes::<1000>();
        assert_eq!(seed.stream("pin").bytes::<32>(), untouched);
    }

    #[test]
    fn a_stream_goes_on() {
        let mut stream = Seed::from(7).stream("pin");
        assert_ne!(stream.bytes::<32>(), stream.bytes::<32>());
    }
}
