//! The recovery code: digits that a person keeps on paper and that count once.

pub mod policy; // pure
pub mod run;
pub(crate) mod store; // SQL
#[cfg(test)]
mod tests;

use crate::random::Random;
use crate::secret::Secret;

/// A recovery code: 16, 20 or 24 digits.
#[derive(Clone, Debug)]
pub struct RecoveryCode(Secret<String>);

/// How many digits a new code has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Digits {
    /// 53 bits.
    Sixteen,
    /// 66 bits.
    Twenty,
    /// 79 bits.
    TwentyFour,
}

impl Digits {
    const ALL: [Self; 3] = [Self::Sixteen, Self::Twenty, Self::TwentyFour];

    /// As many as `number`.
    pub fn new(number: usize) -> Option<Self> {
        Self::ALL.into_iter().find(|digits| digits.number() == number)
    }

    /// How many.
    pub const fn number(self) -> usize {
        match self {
            Self::Sixteen => 16,
            Self::Twenty => 20,
            Self::TwentyFour => 24,
        }
    }
}

impl RecoveryCode {
    /// A fresh code.
    pub fn random(digits: Digits, random: Random) -> Self {
        let mut text = String::with_capacity(digits.number());
        while text.len() < digits.number() {
            // Ten divides 250: each digit is as likely as every other.
            text.extend(
                random
                    .bytes::<32>()
                    .into_iter()
                    .filter(|byte| *byte < 250)
                    .map(|byte| char::from(b'0' + byte % 10))
                    .take(digits.number() - text.len()),
            );
        }
        Self(Secret::new(text))
    }

    /// Reads what somebody typed, with spaces and dashes where they like; nothing where it has not as
    /// many digits as a code, or anything else.
    pub fn parse(typed: &str) -> Option<Self> {
        let mut text = String::with_capacity(24);
        for c in typed.chars() {
            match c {
                '0'..='9' if text.len() < 24 => text.push(c),
                c if c.is_whitespace() || DASHES.contains(&c) => {}
                _ => return None,
            }
        }
        let code = Self(Secret::new(text));
        Digits::new(code.0.expose().len()).map(|_| code)
    }

    /// The code in groups of four, as it is shown once.
    pub fn grouped(&self) -> Secret<String> {
        let mut text = String::with_capacity(29);
        for (place, digit) in self.0.expose().chars().enumerate() {
            if place > 0 && place % 4 == 0 {
                text.push('-');
            }
            text.push(digit);
        }
        Secret::new(text)
    }

    /// The digits alone, which are hashed.
    pub(crate) fn digits(&self) -> Secret<String> {
        self.0.clone()
    }
}

/// What people and word processors write between groups.
const DASHES: [char; 4] = ['-', '\u{2010}', '\u{2011}', '\u{2013}'];
