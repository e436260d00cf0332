//! Who may be given an access code, and what it is worth, pure.

use crate::clock::Time;
use crate::factors::{Factor, Level};
use std::time::Duration;

/// Why a code is not given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// Nobody does this for themselves.
    #[error("nobody does this for themselves: ask another contact person")]
    Oneself,
    /// The password alone leads to the wizard already.
    #[error("this colleague sets up a second factor right after the password: no code is needed")]
    NotNeeded,
    /// The password alone lets in for now, and nobody would be asked for the code.
    #[error("this colleague has a waiver: take it back first")]
    Waived,
}

/// Who is to be given a code.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Whom {
    pub(crate) oneself: bool,
    /// Whether something stands between the password and the wizard: a factor, in use or not.
    pub(crate) has_factor: bool,
    pub(crate) waived: bool,
}

/// Whether this colleague may be given a code.
///
/// Errors: [`Denied`].
pub(crate) fn may_give(whom: Whom) -> Result<(), Denied> {
    match whom {
        Whom { oneself: true, .. } => Err(Denied::Oneself),
        Whom { has_factor: false, .. } => Err(Denied::NotNeeded),
        Whom { waived: true, .. } => Err(Denied::Waived),
        Whom { .. } => Ok(()),
    }
}

/// By what the password came beside which a code is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Road {
    /// Its owner has had it for long, and something of the account proved itself since.
    Owners,
    /// It may have come by the contact person, who has the PINs, as the code does.
    ContactPersons,
}

impl Road {
    /// Of a password chosen at `chosen_at`, by whom these factors tell; for so long as `apart` it is not told from
    /// the contact person's.
    pub(crate) fn of(chosen_at: Time, factors: &[Factor], apart: Duration, now: Time) -> Self {
        let used_since = factors.iter().any(|factor| factor.used_at > Some(chosen_at));
        if used_since && chosen_at <= now.before(apart) {
            Self::Owners
        } else {
            Self::ContactPersons
        }
    }
}

/// The level at which is bound what a code opens that was given in a session of level `given_at`: two
/// proofs that came by one road are worth one.
pub(crate) fn bound_at(given_at: Level, road: Road) -> Level {
    match road {
        Road::Owners => given_at.min(Level::Substantial),
        Road::ContactPersons => Level::Low,
    }
}
