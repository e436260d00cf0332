//! Which card: `z`, `n`, or `z:NAME` with a faulty authenticity certificate.

use std::fmt;
use std::str::FromStr;

use crate::pki::{CASES, Case};

/// A card of the test hierarchy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// Type Z, a caregiver.
    Z,
    /// Type N, an employee.
    N,
    /// Type Z, whose authenticity certificate has this fault.
    Faulty(&'static Case),
}

/// The text names no card.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no card is named {text:?}; known are: z, n, {}", faulty())]
pub struct UnknownCard {
    text: String,
}

impl FromStr for Choice {
    type Err = UnknownCard;

    fn from_str(text: &str) -> Result<Self, UnknownCard> {
        match text.split_once(':') {
            None if text == "z" => Some(Self::Z),
            None if text == "n" => Some(Self::N),
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
            Self::Faulty(case) => write!(f, "z:{}", case.name),
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
        assert_eq!("n".parse(), Ok(Choice::N));
    }

    #[test]
    fn the_error_lists_the_known_cards() {
        for text in ["", "Z", "z:", "n:expired", "z:worn", "z:expired:revoked"] {
            let error = text.parse::<Choice>().unwrap_err().to_string();
            assert!(error.contains("known are: z, n, z:expired, z:not-yet-valid"), "{error}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_card_that_reads_back_or_an_error(text in "(z|n|m)?:?[a-z0-9-]{0,12}") {
            if let Ok(choice) = text.parse::<Choice>() {
                prop_assert_eq!(choice.to_string(), text);
            }
        }
    }
}
