//! Logging in: an attempt is a small state machine, from a first proof to a session.
//!
//! `flow` decides, purely; `run` loads an attempt, hands the flow an event, performs the effects
//! and saves, in one transaction that commits whether the attempt was refused or not. What the event
//! is, `password`, `key`, `card` and `code` find out.

pub mod access;
pub(crate) mod after_password;
pub mod anew;
pub mod app;
pub(crate) mod barred;
pub mod card;
pub mod choice;
pub mod code;
mod codes;
pub mod email;
mod flow; // pure
pub mod key;
pub mod linking;
pub mod password;
pub mod phone;
mod pkce; // pure
pub mod recovery;
pub mod run;
mod store; // SQL
#[cfg(test)]
mod table;
#[cfg(test)]
pub(crate) mod tests;

pub use pkce::{Challenge, Verifier};

use crate::clock::Time;
use crate::factors::{self, Level, Refusal, security_key, sent};
use crate::lockout::codes::Barred;
use crate::organisations::Organisation;
use crate::password::Busy;
use crate::sealed;
use crate::secret::Token;
use crate::sessions::Session;
use crate::storage;

/// Why a step of a log-in could not be taken at all.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The attempt is unknown, lapsed or done: begin again.
    #[error("this log-in attempt is over")]
    AttemptOver,
    /// Every factor of the account is switched off, because it seems to be copied.
    #[error("no factor of this account works any more")]
    NoWay,
    /// The account has this, and may not go on with it: it has something stronger.
    #[error("this account has something stronger to log in with: use that")]
    NotOffered,
    /// This organisation is none of those of which the person may choose one.
    #[error("this organisation is none of those to choose from")]
    NoChoice,
    /// The account has no such key, or no key that works.
    #[error("this account has no such key")]
    NoKey,
    /// Too many passwords are being checked; try again in a second. Nothing was counted.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// What an app's codes are made from does not open.
    #[error(transparent)]
    Sealed(#[from] sealed::Unreadable),
    /// A ceremony could not be begun.
    #[error(transparent)]
    Key(#[from] security_key::Error),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

impl From<factors::email::Error> for Error {
    fn from(error: factors::email::Error) -> Self {
        match error {
            factors::email::Error::Sealed(error) => error.into(),
            factors::email::Error::Storage(error) => error.into(),
        }
    }
}

impl From<sent::Error> for Error {
    fn from(error: sent::Error) -> Self {
        match error {
            sent::Error::Sealed(error) => error.into(),
            sent::Error::Storage(error) => error.into(),
        }
    }
}

/// What a password led to.
#[derive(Clone, Debug)]
pub enum PasswordAnswer {
    /// It is right; one of these is asked next.
    Factor(run::Offer),
    /// It is right for accounts of the person in each of these organisations; one is chosen next.
    Choose(Vec<Organisation>),
    /// It is right and the account has no factor: a visit that can only enrol one.
    EnrolOnly(Granted),
    /// It is right, and the second factor is waived for now: a visit at `low`.
    Waived(Granted),
    /// It is right, and every factor of the account is switched off: only a human helps.
    NoWay,
    /// It is right, and the account is set up anew, in another browser or too long ago: only a human
    /// helps.
    Abandoned,
    /// It is wrong, or the name is nobody's.
    Wrong,
    /// Password log-in is blocked for this name, whoever's it is.
    Blocked {
        /// Until when; without, until a strong factor, a contact person or the operator reopens it.
        until: Option<Time>,
    },
}

/// What a key or card led to.
#[derive(Clone, Debug)]
pub enum FactorAnswer {
    /// The person is in.
    Done(Granted),
    /// The proof was not accepted; the attempt goes on.
    Refused(Refusal),
}

/// What a code led to.
#[derive(Clone, Debug)]
pub enum CodeAnswer<T = Granted> {
    /// The person is in.
    Done(T),
    /// It is wrong; so many more may be tried in this log-in.
    Wrong {
        /// One or more.
        left: u32,
    },
    /// It was not looked at, or was the last one that may be wrong: the log-in may be over.
    Barred(Barred),
}

/// What a person who is in receives, each once.
#[derive(Clone, Debug)]
pub enum Granted {
    /// A session: the attempt was begun by a page.
    Session {
        /// Opens the session.
        token: Token,
        /// The session.
        session: Session,
    },
    /// Nothing: a factor is kept, and the visit goes on.
    Kept,
    /// A one-time code that its PKCE verifier turns into a session: the attempt was begun by an
    /// application.
    Code {
        /// The code; 60 seconds.
        code: Token,
        /// The level the session will have.
        level: Level,
    },
}
