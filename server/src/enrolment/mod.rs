//! Enrolling and removing factors, linking cards: what changes how a person logs in.

pub mod anew;
pub mod app;
pub mod by_card;
pub mod card;
pub mod email;
pub mod heard;
mod names; // pure
pub mod phone;
pub mod policy;
pub mod run;
#[cfg(test)]
mod tests;
mod whose; // pure
pub mod wizard; // pure

use crate::factors::{self, Refusal, security_key, sent};
use crate::lockout::codes::Barred;
use crate::login;
use crate::sealed;
use crate::storage;

/// Why a change of factors did not happen.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The session, or the state of the account, does not allow it.
    #[error(transparent)]
    Denied(#[from] policy::Denied),
    /// The session ended before the change was made.
    #[error("the session has ended: log in again")]
    SessionOver,
    /// The key did not prove what it had to.
    #[error("the key was not accepted: {}", .0.as_str())]
    Refused(Refusal),
    /// The card was not accepted.
    #[error("the card was not accepted: {0}")]
    Card(Box<factors::card::Refusal>),
    /// The card does not fit the account.
    #[error(transparent)]
    Unfit(#[from] policy::Unfit),
    /// The organisation knows this card already.
    #[error("this card is linked already, to an account of this organisation")]
    CardTaken,
    /// The operator named nobody, or several people.
    #[error(transparent)]
    NotOne(#[from] crate::accounts::who::NotOne),
    /// Too many codes of a new app were wrong.
    #[error("too many codes were wrong")]
    Barred(Barred),
    /// There is no such factor.
    #[error("this account has no such factor: 'sleutelbos account factors' lists what it has")]
    Unknown,
    /// What is sealed of what is being enrolled does not open.
    #[error(transparent)]
    Sealed(#[from] sealed::Unreadable),
    /// A ceremony could not be begun.
    #[error(transparent)]
    Key(#[from] security_key::Error),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

type Result<T, E = Error> = std::result::Result<T, E>;

impl From<login::Error> for Error {
    fn from(error: login::Error) -> Self {
        match error {
            login::Error::Key(error) => error.into(),
            login::Error::Sealed(error) => error.into(),
            login::Error::Storage(error) => error.into(),
            login::Error::AttemptOver
            | login::Error::NoWay
            | login::Error::NoKey
            | login::Error::NotOffered
            | login::Error::NoChoice
            | login::Error::Busy(_) => Self::SessionOver,
        }
    }
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
