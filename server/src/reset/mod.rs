//! Setting the second factor up anew: the old factors are suspended, and in one browser the wizard is
//! open for a while. A factor that proves itself in it ends it; what is left over then goes. Who lets
//! the time pass, or goes on in another browser, is helped by a human only (`docs/threats.md`, chain 7).

pub(crate) mod run;
pub(crate) mod store; // SQL
#[cfg(test)]
mod tests;

use crate::clock::Time;
use crate::factors::Level;
use crate::secret::{Token, TokenHash};

/// An account that is set up anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reset {
    /// What the browser in which it goes on shows.
    pub(crate) browser: TokenHash,
    /// What is enrolled in it gets no more.
    pub(crate) bound_at: Level,
    /// When the wizard closes.
    pub(crate) expires_at: Time,
}

/// With what setting up anew was begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    /// The recovery code of its owner.
    RecoveryCode,
    /// A code that a contact person gave.
    AccessCode,
    /// An UZI card, which takes the place of what there was at once.
    Card,
}

/// How an account that is set up anew looks to whoever has its password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// The wizard is open, here.
    Open,
    /// It is not, or not here.
    Closed,
}

impl Reset {
    /// Whether something may be enrolled in it.
    pub(crate) fn is_open(&self, now: Time) -> bool {
        now < self.expires_at
    }

    /// How it looks from the browser that shows `browser`.
    pub(crate) fn standing(&self, browser: Option<&Token>, now: Time) -> Standing {
        let here = browser.is_some_and(|token| token.hash() == self.browser);
        if here && self.is_open(now) { Standing::Open } else { Standing::Closed }
    }
}
