//! Which card: `z`, `n`, `m`, `g4`, or `z:NAME` with a faulty authenticity certificate.

use std::fmt;
use std::str::FromStr;

use crate::pki::{CASES, Case, KeyBits, Pass};

/// A card of the test hierarchy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// Type Z, a caregiver.
    Z,
    /// Type N, an employee.
    N,
    /// Type M, a function that no person's name is on.
    M,
    /// Type Z in generation G4: keys of 3072 bits, certificates signed with RSASSA-PSS.
    G4,
    /// Type Z, whose authenticity certificate has this fault.
    Faulty(&'static Case),
}

/// The text names no card.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no card is named {text:?}; known are: z, n, m, g4, {}", faulty())]
pub struct UnknownCard {
    text: String,
}

impl FromStr for Choice {
    type Err = UnknownCard;

    fn from_str(text: &str) -> Result<Self, UnknownCard> {
        match text.split_once(':') {
            None if text == "z" => Some(Self::Z),
            None if text == "n" => Some(Self::N),
            None if text == "m" => Some(Self::M),
            None if text == "g4" => Some(Self::G4),
            Some(("z", name)) => Case::find(name).map(Self::Faulty),
            None | Some(_) => None,
        }
        .ok_or_else(|| UnknownCard { text: text.to_owned() })
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Z => f.write_str("z"),
            Self::N => f.write_str("n"),
            Self::M => f.write_str("m"),
            Self::G4 => f.write_str("g4"),
            Self::Faulty(case) => write!(f, "z:{}", case.name),
        }
    }
}

impl Choice {
    /// The type of pass.
    pub(super) fn pass(self) -> Pass {
        match self {
            Self::Z | Self::G4 | Self::Faulty(_) => Pass::Z,
            Self::N => Pass::N,
            Self::M => Pass::M,
        }
    }

    /// The name of its folder among the cards of the hierarchy.
    pub(super) fn folder(self) -> &'static str {
        match self {
            Self::Z | Self::Faulty(_) => "z",
            Self::N => "n",
            Self::M => "m",
            Self::G4 => "g4",
        }
    }

    /// The fault of its authenticity certificate.
    pub(super) fn case(self) -> Option<&'static Case> {
        match self {
            Self::Faulty(case) => Some(case),
            Self::Z | Self::N | Self::M | Self::G4 => None,
        }
    }

    /// How long its keys are.
    pub(super) fn key_bits(self) -> KeyBits {
        match self {
            Self::Z | Self::N | Self::M | Self::Faulty(_) => KeyBits::B2048,
            Self::G4 => KeyBits::B3072,
        }
    }
}

fn faulty() -> String {
    CASES.iter().map(|case| format!("z:{}", case.name)).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_case_can_be_chosen_by_name() {
        for case in CASES {
            let choice = Choice::Faulty(case);
            assert_eq!(choice.to_string().parse(), Ok(choice));
        }
        assert_eq!("z".parse(), Ok(Choice::Z));
        for card in [Choice::N, Choice::M, Choice::G4] {
            assert_eq!(card.to_string().parse(), Ok(card));
        }
    }

    #[test]
    fn the_error_lists_the_known_cards() {
        for text in ["", "Z", "z:", "n:expired", "g4:expired", "z:worn", "z:expired:revoked"] {
            let error = text.parse::<Choice>().unwrap_err().to_string();
            assert!(
                error.contains("known are: z, n, m, g4, z:expired, z:not-yet-valid"),
                "{error}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_card_that_reads_back_or_an_error(text in "(z|n|m|g4)?:?[a-z0-9-]{0,12}") {
            if let Ok(choice) = text.parse::<Choice>() {
                prop_assert_eq!(choice.to_string(), text);
            }
        }
    }
}
