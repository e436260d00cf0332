//! Who may have a recovery code made, pure.

use crate::clock::Time;
use crate::factors::{self, Factor, Level};
use crate::sessions::{self, Scope, Session};

/// Why a session may not have a recovery code made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// The last proof is too long ago: prove a factor again, a strong one where there is one.
    #[error("this needs a key or card that was used in the last minutes: use it again")]
    NotFresh,
    /// There is nothing to get back to: no factor ever proved itself.
    #[error("this account has no factor yet: enrol one first")]
    NoFactor,
}

/// The level at which a code made in `session` is bound: what is let in by it never gets more, and
/// never more than `substantial`.
///
/// Errors: [`Denied`].
pub fn may_make(
    session: &Session,
    factors: &[Factor],
    now: Time,
    policy: &sessions::Policy,
) -> Result<Level, Denied> {
    if session.login.scope != Scope::Full || !factors.iter().any(Factor::is_relied_on) {
        return Err(Denied::NoFactor);
    }
    // As for what changes factors: a code suffices for who has nothing strong.
    let proven = match factors::any_strong(factors) {
        true => session.is_fresh(now, policy),
        false => session.is_recent(now, policy),
    };
    if !proven {
        return Err(Denied::NotFresh);
    }
    Ok(session.login.level.min(session.login.proof).min(Level::Substantial))
}
