//! The user number (gebruikersnummer): 14 digits by which a person is named where no secret is said.
//!
//! Thirteen digits are random and the last one is a check digit of Damm's, which finds every single
//! wrong digit and every swap of two neighbours (ADR 0034). So a typing error is told at the field,
//! before the database is asked whether anybody has the number.

use crate::random::Random;
use std::fmt;

/// A number whose check digit fits; whether anybody has it, only the database knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserNumber(String);

/// Why a text is no user number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// Something else than digits, spaces and dashes.
    #[error("a user number has digits only")]
    Letters,
    /// Too few or too many digits.
    #[error("a user number has 14 digits")]
    Length {
        /// As many as there are.
        digits: usize,
    },
    /// A digit is wrong, or two are swapped.
    #[error("a digit of the user number is wrong, or two are swapped")]
    Check,
}

impl UserNumber {
    /// A number nobody can foretell; the first digit is no zero, which spreadsheets drop.
    pub fn random(random: Random) -> Self {
        let body = loop {
            let drawn = u64::from_be_bytes(random.bytes());
            // What is left above the last whole multiple would make small numbers likelier.
            if drawn < u64::MAX - u64::MAX % COUNT {
                break FIRST + drawn % COUNT;
            }
        };
        let body = body.to_string();
        let check = check_digit(&body);
        Self(format!("{body}{check}"))
    }

    /// Reads a number as people type it, with spaces and dashes anywhere.
    ///
    /// Errors: [`Malformed`] says what to look at.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let kept = text.chars().filter(|c| !c.is_whitespace() && !DASHES.contains(c));
        let digits: String = kept.collect();
        if digits.chars().any(|c| !c.is_ascii_digit()) {
            return Err(Malformed::Letters);
        }
        if digits.len() != DIGITS {
            return Err(Malformed::Length { digits: digits.len() });
        }
        if check_digit(&digits) != 0 {
            return Err(Malformed::Check);
        }
        Ok(Self(digits))
    }

    /// The fourteen digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// For who may not learn it: the last two digits, which tell two numbers apart and find nobody.
    pub fn masked(&self) -> String {
        let shown = self.0.get(DIGITS - 2..).unwrap_or_default();
        format!("•••• •••• •••• {shown}")
    }
}

impl fmt::Display for UserNumber {
    /// In groups, as people read it aloud: `1234 5678 9012 34`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, digit) in self.0.chars().enumerate() {
            if at > 0 && at % 4 == 0 {
                f.write_str(" ")?;
            }
            write!(f, "{digit}")?;
        }
        Ok(())
    }
}

/// What Damm's algorithm makes of these digits: the digit to append, and 0 where the last one fits.
fn check_digit(digits: &str) -> u8 {
    digits.bytes().fold(0, |interim, digit| {
        let row = DAMM.get(usize::from(interim)).expect("an interim digit is one digit");
        *row.get(usize::from(digit - b'0')).expect("the text is digits")
    })
}

/// Digits of a number, the check digit among them.
const DIGITS: usize = 14;
/// The smallest thirteen digits, and how many there are.
const FIRST: u64 = 1_000_000_000_000;
const COUNT: u64 = 9 * FIRST;
/// Hyphen-minus, the hyphens and dashes that word processors make of it, and minus.
const DASHES: [char; 8] =
    ['-', '\u{2010}', '\u{2011}', '\u{2012}', '\u{2013}', '\u{2014}', '\u{2015}', '\u{2212}'];

/// The totally anti-symmetric quasigroup of order 10 from H. M. Damm, *Total anti-symmetrische
/// Quasigruppen* (Marburg, 2004), with zeros on the diagonal.
const DAMM: [[u8; 10]; 10] = [
    [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
    [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
    [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
    [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
    [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
    [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
    [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
    [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
    [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
    [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn number() -> impl Strategy<Value = String> {
        "[0-9]{13}".prop_map(|body| {
            let check = check_digit(&body);
            format!("{body}{check}")
        })
    }

    #[test]
    fn the_published_example_has_its_check_digit() {
        assert_eq!(check_digit("572"), 4); // Damm's own
        assert_eq!(check_digit("5724"), 0);
    }

    #[test]
    fn the_table_is_a_quasigroup_in_which_no_two_neighbours_may_be_swapped() {
        let at = |row: u8, column: u8| DAMM[usize::from(row)][usize::from(column)];
        for row in 0..10 {
            assert_eq!(at(row, row), 0);
            for (one, other) in (0..10).flat_map(|x| (0..x).map(move |y| (x, y))) {
                assert_ne!(at(row, one), at(row, other), "a single digit");
                assert_ne!(at(one, row), at(other, row), "what follows keeps them apart");
                assert_ne!(at(at(row, one), other), at(at(row, other), one), "a swap");
            }
        }
    }

    #[test]
    fn a_number_is_read_as_people_type_it() {
        let digits = format!("1234567890123{}", check_digit("1234567890123"));
        let read = UserNumber::parse(&digits).unwrap();
        let grouped = format!("1234 5678 9012 {}", &digits[12..]);
        assert_eq!(read.to_string(), grouped);
        for typed in [
            grouped.replace(' ', "-"),
            grouped.replace(' ', "\u{a0}"),
            format!("  {} ", grouped.replace(' ', " – ")),
        ] {
            assert_eq!(UserNumber::parse(&typed), Ok(read.clone()), "{typed:?}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_number_is_said() {
        for (text, wrong) in [
            ("", Malformed::Length { digits: 0 }),
            ("1234", Malformed::Length { digits: 4 }),
            ("123456789012345", Malformed::Length { digits: 15 }),
            ("1234567890123o", Malformed::Letters),
            ("test@voorbeeld.nl", Malformed::Letters),
            ("١٢٣٤٥٦٧٨٩٠١٢٣٤", Malformed::Letters),
            ("00000000000001", Malformed::Check),
        ] {
            assert_eq!(UserNumber::parse(text), Err(wrong), "{text}");
        }
    }

    #[test]
    fn a_masked_number_shows_two_digits() {
        let number = UserNumber::random(Random::system());
        let shown: String = number.masked().chars().filter(char::is_ascii_digit).collect();
        assert_eq!(shown, number.as_str()[12..]);
    }

    #[test]
    fn two_numbers_differ_and_none_begins_with_zero() {
        let (one, other) =
            (UserNumber::random(Random::system()), UserNumber::random(Random::system()));
        assert_ne!(one, other);
        for number in [&one, &other] {
            assert_eq!(UserNumber::parse(number.as_str()).as_ref(), Ok(number));
        }
        assert!(!one.as_str().starts_with('0') && !other.as_str().starts_with('0'));
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_again(digits in number()) {
            let number = UserNumber::parse(&digits).unwrap();
            prop_assert_eq!(number.as_str(), digits);
            prop_assert_eq!(UserNumber::parse(&number.to_string()), Ok(number));
        }

        #[test]
        fn every_wrong_digit_is_found(number in number(), at in 0_usize..14, by in 1_u8..10) {
            let mut digits = number.into_bytes();
            digits[at] = b'0' + (digits[at] - b'0' + by) % 10;
            let wrong = String::from_utf8(digits).unwrap();
            prop_assert_eq!(UserNumber::parse(&wrong), Err(Malformed::Check));
        }

        #[test]
        fn every_swap_of_neighbours_is_found(number in number(), at in 0_usize..13) {
            let mut digits = number.into_bytes();
            prop_assume!(digits[at] != digits[at + 1]);
            digits.swap(at, at + 1);
            let wrong = String::from_utf8(digits).unwrap();
            prop_assert_eq!(UserNumber::parse(&wrong), Err(Malformed::Check));
        }

        #[test]
        fn any_text_is_read_without_harm(text in "\\PC{0,30}|[0-9 -]{0,30}") {
            if let Ok(number) = UserNumber::parse(&text) {
                prop_assert_eq!(number.as_str().len(), 14);
                prop_assert!(number.as_str().bytes().all(|b| b.is_ascii_digit()));
            }
        }
    }
}
