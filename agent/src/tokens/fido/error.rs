//! What goes wrong between this computer and a security key.

use wire::ctap2::Status;
use wire::{apdu, ctaphid};

/// Why a ceremony did not end with a credential or a signature.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The key was taken out, or the system lost it.
    #[error("the key is gone")]
    Removed,
    /// The key says nothing at all any more.
    #[error("the key does not answer")]
    Silent,
    /// Another program keeps the key busy.
    #[error("the key is in use by another program")]
    Busy,
    /// The system refuses to open or list keys or readers.
    #[error("{what}")]
    System {
        /// What was tried.
        what: &'static str,
        /// Why it failed.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The person, or who started this, ended it.
    #[error("cancelled")]
    Cancelled,
    /// No key came in time.
    #[error("no key came in time")]
    NoKey,
    /// The time for the ceremony is over.
    #[error("the time is over")]
    TimedOut,
    /// The key breaks the protocol.
    #[error("the key breaks the protocol: {0}")]
    Malformed(String),
    /// The key reports a transport error.
    #[error("the key reports {0:?}")]
    Hid(ctaphid::ErrorCode),
    /// The key refuses with a CTAP2 status without a variant of its own.
    #[error("the key answered {0}")]
    Refused(Status),
    /// The key refuses with an ISO 7816 status.
    #[error("the key answered {0}")]
    Apdu(apdu::Status),
    /// A credential of this account is on the key already.
    #[error("the key is enrolled already")]
    Excluded,
    /// No credential on the key fits.
    #[error("no credential on this key fits")]
    NoCredentials,
    /// No passkey for this site is on the key.
    #[error("no passkey for this site is on this key")]
    NoPasskey,
    /// The key's store is full.
    #[error("the key is full")]
    Full,
    /// Verification is required and the key has it, but no PIN or fingerprint is set.
    #[error("the key has no PIN yet")]
    PinNotSet,
    /// Verification is required and the key cannot do it.
    #[error("the key cannot verify its user")]
    VerificationImpossible,
    /// A passkey is required and the key cannot hold one.
    #[error("the key cannot hold a passkey")]
    PasskeyImpossible,
    /// None of the algorithms asked for is on the key.
    #[error("the key has none of the algorithms")]
    Algorithm,
    /// Three wrong PINs: the key must be taken out and put back.
    #[error("the key takes no PIN until it is taken out")]
    PowerCycle,
    /// The PIN is blocked until the key is reset.
    #[error("the PIN is blocked")]
    PinBlocked,
    /// Again and again a PIN was typed that no key has: nothing was sent.
    #[error("no PIN of 4 to 63 characters was typed")]
    PinUnfit,
    /// The key wants another PIN before anything else.
    #[error("the PIN must be changed first")]
    PinMustChange,
    /// What the server asked cannot be put to a key.
    #[error("the server's request is not usable: {0}")]
    Request(String),
}

impl Error {
    /// From a status other than OK, where none of the ceremonies' own rules applies.
    #[must_use]
    pub fn of_status(status: Status) -> Self {
        match status {
            Status::CREDENTIAL_EXCLUDED => Self::Excluded,
            Status::NO_CREDENTIALS => Self::NoCredentials,
            Status::KEY_STORE_FULL => Self::Full,
            // Asked without proof only where no PIN is set: the key then insists on one.
            Status::PIN_NOT_SET | Status::PUAT_REQUIRED => Self::PinNotSet,
            Status::PIN_AUTH_BLOCKED => Self::PowerCycle,
            Status::PIN_BLOCKED => Self::PinBlocked,
            Status::PIN_POLICY_VIOLATION => Self::PinMustChange,
            Status::UNSUPPORTED_ALGORITHM => Self::Algorithm,
            Status::KEEPALIVE_CANCEL | Status::OPERATION_DENIED => Self::Cancelled,
            Status::USER_ACTION_TIMEOUT | Status::ACTION_TIMEOUT | Status::TIMEOUT => {
                Self::TimedOut
            }
            Status::CHANNEL_BUSY => Self::Busy,
            other => Self::Refused(other),
        }
    }

    /// A breach of protocol, in the words of what found it.
    pub fn malformed(what: impl std::fmt::Display) -> Self {
        Self::Malformed(what.to_string())
    }
}

impl From<ctaphid::Error> for Error {
    fn from(error: ctaphid::Error) -> Self {
        Self::malformed(error)
    }
}

impl From<wire::ctap2::Error> for Error {
    fn from(error: wire::ctap2::Error) -> Self {
        Self::malformed(error)
    }
}

impl From<wire::ctap2::AnswerError> for Error {
    fn from(error: wire::ctap2::AnswerError) -> Self {
        match error {
            wire::ctap2::AnswerError::Refused(status) => Self::of_status(status),
            other @ (wire::ctap2::AnswerError::Empty | wire::ctap2::AnswerError::Cbor(_)) => {
                Self::malformed(other)
            }
        }
    }
}

impl From<wire::u2f::Error> for Error {
    fn from(error: wire::u2f::Error) -> Self {
        Self::malformed(error)
    }
}

impl From<apdu::Error> for Error {
    fn from(error: apdu::Error) -> Self {
        Self::malformed(error)
    }
}
