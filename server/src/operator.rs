//! Operators: staff of whoever runs the server, by the name that they give at its command line.
//!
//! The name is typed, not proven: whoever may run the command is believed. It keeps two people apart who
//! are to do a thing together, and says afterwards who said to have done it.

use crate::label;

/// The name of an operator.
#[derive(Clone, Debug)]
pub struct Operator(String);

/// A text that names nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an operator's name has 1 to 60 characters that can be seen: your own, not that of a team")]
pub struct Nameless;

impl Operator {
    /// Reads a name.
    ///
    /// Errors: [`Nameless`].
    pub fn parse(text: &str) -> Result<Self, Nameless> {
        label::parse(text, LONGEST).map(Self).ok_or(Nameless)
    }

    /// The name as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether both names are the same person's, as far as a name can say it: capitals, spaces and marks
    /// between words make nobody else.
    pub fn is(&self, other: &Self) -> bool {
        self.folded() == other.folded()
    }

    fn folded(&self) -> String {
        let letters = self.0.chars().filter(|letter| letter.is_alphanumeric());
        let folded: String = letters.flat_map(char::to_lowercase).collect();
        if folded.is_empty() { self.0.clone() } else { folded }
    }
}

/// Characters in a name, at most.
const LONGEST: usize = 60;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn name(text: &str) -> Operator {
        Operator::parse(text).unwrap()
    }

    #[test]
    fn a_name_written_otherwise_is_the_same_operator() {
        for other in ["test beheer", " Test  Beheer ", "test.beheer", "TEST-BEHEER"] {
            assert!(name("Test Beheer").is(&name(other)), "{other}");
        }
        for other in ["Test Beheer 2", "Tess Beheer", "?"] {
            assert!(!name("Test Beheer").is(&name(other)), "{other}");
        }
        for text in ["", " ", "\u{200b}", &"x".repeat(61)] {
            assert_eq!(Operator::parse(text).map(drop), Err(Nameless), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn a_name_is_read_again(text in "\\PC{0,70}") {
            if let Ok(operator) = Operator::parse(&text) {
                let again = name(operator.as_str());
                prop_assert_eq!(again.as_str(), operator.as_str());
                prop_assert!(again.is(&operator));
            }
        }
    }
}
