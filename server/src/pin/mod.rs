//! The activation PIN (pincode van uw account): what a person proves with, beside the user number,
//! that the account is theirs, before there is a password or when it is forgotten.
//!
//! It travels apart from the number, is kept as argon2id with a pepper from outside the database, and
//! is counted by itself (ADR 0034). [`rules`] says when one may be used, [`asked`] what becomes of who asks for
//! a new one without a proof; `store` keeps them.

pub mod asked; // pure
pub mod rules; // pure
pub(crate) mod store; // SQL

use crate::accounts::number::UserNumber;
use crate::random::Random;
use crate::secret::Secret;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

/// Eight characters that look like no others; capitals count.
#[derive(Clone, Debug)]
pub struct ActivationPin(Secret<String>);

/// Why a text is no PIN; told at the field, because no PIN is like that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// Too few or too many characters.
    #[error("a PIN has 8 letters and digits")]
    Length,
    /// A character that is in no PIN, such as 0, O, 1 or l.
    #[error("no PIN has such a character")]
    Character,
}

impl ActivationPin {
    /// A PIN nobody can foretell.
    pub fn random(random: Random) -> Self {
        let drawn = Zeroizing::new(random.bytes::<LENGTH>());
        Self(Secret::new(drawn.iter().map(|byte| letter(*byte)).collect()))
    }

    /// Reads a PIN as people type it: spaces and dashes between its groups do not count.
    ///
    /// Errors: [`Malformed`].
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let kept = text.chars().filter(|c| !c.is_whitespace() && *c != '-');
        let pin = Secret::new(kept.collect::<String>());
        if pin.expose().chars().any(|c| !ALPHABET.contains(c)) {
            return Err(Malformed::Character);
        }
        if pin.expose().len() != LENGTH {
            return Err(Malformed::Length);
        }
        Ok(Self(pin))
    }

    /// The PIN itself, for the one place that seals or shows it.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// In two groups, as people read it.
    pub fn grouped(&self) -> Secret<String> {
        let (one, other) = self.0.expose().split_at(LENGTH / 2);
        Secret::new(format!("{one} {other}"))
    }

    /// What argon2id is given: bound to the number, and worthless without the pepper.
    pub(crate) fn peppered(&self, number: &UserNumber, pepper: &[u8; 32]) -> Secret<String> {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(pepper).expect("HMAC takes a key of any length");
        mac.update(number.as_str().as_bytes());
        mac.update(self.expose().as_bytes());
        let hash = mac.finalize().into_bytes();
        Secret::new(hash.iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

/// The letter that a random byte stands for. There are 32, so that each is as likely as every other.
fn letter(drawn: u8) -> char {
    let at = usize::from(drawn) % ALPHABET.len();
    ALPHABET.chars().nth(at).expect("a remainder is less than what it was divided by")
}

/// Characters in a PIN.
const LENGTH: usize = 8;
/// Of characters that look alike, in print or on a screen, one at most is here: no 0 O o Q, 1 I i l, 5 S s,
/// 2 Z z, 8 B, 6 G b, 9 g q, u v, no m (r n), and no small letter that is its capital made small.
const ALPHABET: &str = "ACDEFHJKLMNPRTUWXY23479abdefhnrt";

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_two_characters_look_alike() {
        let groups = [
            "0OoQD", "1Iil|", "5Ss", "2Zz", "8B", "6Gb", "9gq", "UVuv", "Cc", "Kk", "Pp", "Ww",
            "Xx", "Yy", "Jj", "m",
        ];
        for group in groups {
            let found: Vec<char> = group.chars().filter(|c| ALPHABET.contains(*c)).collect();
            assert!(found.len() <= 1, "{group}: {found:?}");
        }
        let different: BTreeSet<char> = ALPHABET.chars().collect();
        assert_eq!((different.len(), ALPHABET.len()), (32, 32), "40 bits");
    }

    #[test]
    fn every_letter_is_as_likely_as_every_other() {
        let drawn: Vec<char> = (0..=255).map(letter).collect();
        for c in ALPHABET.chars() {
            assert_eq!(drawn.iter().filter(|d| **d == c).count(), drawn.len() / ALPHABET.len());
        }
    }

    #[test]
    fn a_pin_is_read_as_it_is_shown_and_capitals_count() {
        let pin = ActivationPin::random(Random::system());
        assert_eq!(pin.expose().len(), 8);
        let read = ActivationPin::parse(pin.grouped().expose()).unwrap();
        assert_eq!(read.expose(), pin.expose());
        assert_eq!(format!("{pin:?}"), "ActivationPin([secret])");
        let upper = ActivationPin::parse("AaDd-EeFf").unwrap();
        assert_eq!(upper.expose(), "AaDdEeFf");
    }

    #[test]
    fn what_is_no_pin_is_said() {
        for (text, wrong) in [
            ("", Malformed::Length),
            ("AaDdEeF", Malformed::Length),
            ("AaDdEeFfH", Malformed::Length),
            ("AaDdEeF0", Malformed::Character),
            ("AaDdEeFé", Malformed::Character),
        ] {
            assert_eq!(ActivationPin::parse(text).map(drop), Err(wrong), "{text}");
        }
    }

    #[test]
    fn the_pepper_and_the_number_are_part_of_what_is_hashed() {
        let (one, other) =
            (UserNumber::random(Random::system()), UserNumber::random(Random::system()));
        let pin = ActivationPin::random(Random::system());
        let peppered = |number, pepper: u8| pin.peppered(number, &[pepper; 32]).expose().clone();
        assert_eq!(peppered(&one, 7), peppered(&one, 7));
        assert_ne!(peppered(&one, 7), peppered(&one, 8));
        assert_ne!(peppered(&one, 7), peppered(&other, 7));
        assert!(!peppered(&one, 7).contains(pin.expose()));
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_harm(text in "\\PC{0,20}|[A-Za-z0-9 -]{0,12}") {
            if let Ok(pin) = ActivationPin::parse(&text) {
                prop_assert_eq!(pin.expose().len(), LENGTH);
            }
        }
    }
}
