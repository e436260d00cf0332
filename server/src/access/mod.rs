//! The access code: digits that a contact person hands to a colleague who lost every second factor. After
//! the password they open the wizard, once, and nothing else (ADR 0046).
//!
//! `administration::access` gives one and takes it back; `login::access` looks at it and spends it.

mod rules; // pure
pub(crate) mod store; // SQL
#[cfg(test)]
mod tests;

pub use rules::Denied;
pub(crate) use rules::{Road, Whom, bound_at, may_give};

use crate::digits;
use crate::random::Random;
use crate::secret::Secret;

/// An access code: 12 digits, fewer than a recovery code has, so that the two are told apart.
#[derive(Clone, Debug)]
pub struct AccessCode(Secret<String>);

impl AccessCode {
    /// A fresh code.
    pub fn random(random: Random) -> Self {
        Self(digits::random(DIGITS, random))
    }

    /// Reads what somebody typed, with spaces and dashes where they like; nothing where it has not as
    /// many digits as a code, or anything else.
    pub fn parse(typed: &str) -> Option<Self> {
        let read = digits::read(typed, DIGITS)?;
        (read.expose().len() == DIGITS).then_some(Self(read))
    }

    /// The code in groups of four, as it is shown once.
    pub fn grouped(&self) -> Secret<String> {
        digits::grouped(&self.0)
    }

    /// The digits alone, which are hashed.
    pub(crate) fn digits(&self) -> Secret<String> {
        self.0.clone()
    }
}

/// 40 bits, kept as argon2id, of which five are looked at in a log-in.
const DIGITS: usize = 12;
