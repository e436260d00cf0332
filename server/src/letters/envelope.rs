//! The envelope: a letter that only the print service can open, from the moment it is written.

use age::x25519::Recipient;
use zeroize::Zeroizing;

/// The public key of the print service (age, an X25519 recipient): it closes, and does not open.
#[derive(Clone, Debug)]
pub struct PrintKey(Recipient);

/// A text that is no public key of age.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "key is the public key that 'age-keygen' of the print service says: age1 and 58 letters and digits"
)]
pub struct NoKey;

impl PrintKey {
    /// Reads a key as `age-keygen` writes it. A typing error is seen: the text holds a checksum.
    ///
    /// Errors: [`NoKey`]; a secret key is none.
    pub fn parse(text: &str) -> Result<Self, NoKey> {
        text.trim().parse().map(Self).map_err(|_| NoKey)
    }

    /// `sheet` in an envelope. What is in it opens with the print service's own half alone, and with a
    /// key of its own each time.
    ///
    /// Errors: those of the machine's randomness.
    pub(super) fn close(&self, sheet: &Zeroizing<Vec<u8>>) -> std::io::Result<Vec<u8>> {
        age::encrypt(&self.0, sheet).map_err(std::io::Error::other)
    }
}

impl std::fmt::Display for PrintKey {
    /// As [`PrintKey::parse`] reads it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use age::x25519::Identity;
    use proptest::prelude::*;

    #[test]
    fn only_the_other_half_of_the_key_opens_an_envelope() {
        let (ours, other) = (Identity::generate(), Identity::generate());
        let key = PrintKey::parse(&format!(" {}\n", ours.to_public())).unwrap();
        assert_eq!(key.to_string(), ours.to_public().to_string());
        let sheet = Zeroizing::new(b"%PDF".to_vec());
        let [one, two] = [0, 1].map(|_| key.close(&sheet).unwrap());
        assert_ne!(one, two);
        assert_eq!(age::decrypt(&ours, &one).unwrap(), b"%PDF");
        assert!(age::decrypt(&other, &one).is_err());
        let mut torn = one;
        torn.pop();
        assert!(age::decrypt(&ours, &torn).is_err(), "half an envelope is none");
    }

    #[test]
    fn what_is_no_public_key_is_refused() {
        use age::secrecy::ExposeSecret as _;
        let identity = Identity::generate();
        let public = identity.to_public().to_string();
        let wrong = format!("{}q", public.get(..61).unwrap());
        let typed = if wrong == public { "age1".to_owned() } else { wrong };
        let secret = identity.to_string();
        for text in ["", "age1", secret.expose_secret(), "ssh-ed25519 AAAA", &typed] {
            assert_eq!(PrintKey::parse(text).map(drop), Err(NoKey), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn a_key_is_read_again(text in "\\PC{0,70}|age1[a-z0-9]{58}") {
            if let Ok(key) = PrintKey::parse(&text) {
                prop_assert!(PrintKey::parse(&key.to_string()).is_ok());
            }
        }
    }
}
