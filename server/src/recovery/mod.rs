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
        Self(crate::digits::random(digits.number(), random))
    }

    /// Reads what somebody typed, with spaces and dashes where they like; nothing where it has not as
    /// many digits as a code, or anything else.
    pub fn parse(typed: &str) -> Option<Self> {
        let read = crate::digits::read(typed, Digits::TwentyFour.number())?;
        Digits::new(read.expose().len()).map(|_| Self(read))
    }

    /// The code in groups of four, as it is shown once.
    pub fn grouped(&self) -> Secret<String> {
        crate::digits::grouped(&self.0)
    }

    /// The digits alone, which are hashed.
    pub(crate) fn digits(&self) -> Secret<String> {
        self.0.clone()
    }
}
