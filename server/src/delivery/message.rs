//! What messages say, and to whom. A further one is a variant here and a text in each locale.

use super::email::Address;
use crate::clock::Time;
use crate::factors::Kind;
use crate::id::AccountId;
use crate::text::Language;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Something that people are told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "says", rename_all = "snake_case")]
pub enum Message {
    /// Too many wrong passwords blocked log-in with the password.
    PasswordBlocked {
        /// Until when; without, until a strong factor or the operator reopens it.
        until: Option<Time>,
    },
    /// Something to log in with was added.
    FactorAdded {
        /// What it is.
        kind: Kind,
        /// What its owner calls it.
        name: String,
    },
    /// A security key took its own place, as one that logs in without a password too.
    FactorReplaced {
        /// What it was.
        kind: Kind,
        /// What its owner called it.
        name: String,
    },
    /// Everything to log in with is out of use, and others are set up in its place.
    SetUpAnew {
        /// Until when that may be done.
        until: Time,
    },
    /// Something to log in with was removed.
    FactorRemoved {
        /// What it was.
        kind: Kind,
        /// What its owner called it.
        name: String,
    },
    /// Somebody logged in with a password and nothing more, which is possible for a time.
    WithoutFactor {
        /// Until when.
        until: Time,
    },
    /// Somebody logged in with something weaker than the last time.
    WeakerWay {
        /// With what; nothing: with the recovery code.
        kind: Option<Kind>,
    },
    /// Whoever was called, for a code to be keyed in, reported fraud.
    FraudReported,
}

impl Message {
    /// What the outbox and the audit call it.
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::PasswordBlocked { .. } => "password_blocked",
            Self::FactorAdded { .. } => "factor_added",
            Self::FactorReplaced { .. } => "factor_replaced",
            Self::SetUpAnew { .. } => "set_up_anew",
            Self::FactorRemoved { .. } => "factor_removed",
            Self::WithoutFactor { .. } => "without_factor",
            Self::WeakerWay { .. } => "weaker_way",
            Self::FraudReported => "fraud_reported",
        }
    }

    /// The text of it: a subject, with `.happened` and `.act`.
    pub(super) const fn text(&self, reader: Reader) -> &'static str {
        match (self, reader) {
            (Self::PasswordBlocked { .. }, Reader::Concerned) => "mail-password-blocked",
            (Self::PasswordBlocked { .. }, Reader::ContactPerson) => {
                "mail-password-blocked-colleague"
            }
            (Self::FactorAdded { .. }, Reader::Concerned) => "mail-factor-added",
            (Self::FactorAdded { .. }, Reader::ContactPerson) => "mail-factor-added-colleague",
            (Self::FactorReplaced { .. }, Reader::Concerned) => "mail-factor-replaced",
            (Self::FactorReplaced { .. }, Reader::ContactPerson) => {
                "mail-factor-replaced-colleague"
            }
            (Self::SetUpAnew { .. }, Reader::Concerned) => "mail-set-up-anew",
            (Self::SetUpAnew { .. }, Reader::ContactPerson) => "mail-set-up-anew-colleague",
            (Self::FactorRemoved { .. }, Reader::Concerned) => "mail-factor-removed",
            (Self::FactorRemoved { .. }, Reader::ContactPerson) => "mail-factor-removed-colleague",
            (Self::WithoutFactor { .. }, Reader::Concerned | Reader::ContactPerson) => {
                "mail-without-factor"
            }
            (Self::WeakerWay { .. }, Reader::Concerned | Reader::ContactPerson) => {
                "mail-weaker-way"
            }
            (Self::FraudReported, Reader::Concerned) => "mail-fraud-reported",
            (Self::FraudReported, Reader::ContactPerson) => "mail-fraud-reported-colleague",
        }
    }

    /// Whether who manages the account is told too.
    pub(super) const fn is_for_contact_persons(&self) -> bool {
        match self {
            Self::PasswordBlocked { .. }
            | Self::FactorAdded { .. }
            | Self::FactorReplaced { .. }
            | Self::SetUpAnew { .. }
            | Self::FactorRemoved { .. }
            | Self::FraudReported => true,
            Self::WithoutFactor { .. } | Self::WeakerWay { .. } => false,
        }
    }

    /// For how long it is worth telling.
    pub(super) const fn life(&self) -> Duration {
        const DAY: u64 = 24 * 60 * 60;
        match self {
            Self::PasswordBlocked { .. }
            | Self::FactorAdded { .. }
            | Self::FactorReplaced { .. }
            | Self::FactorRemoved { .. }
            | Self::SetUpAnew { .. }
            | Self::WithoutFactor { .. }
            | Self::WeakerWay { .. }
            | Self::FraudReported => Duration::from_secs(2 * DAY),
        }
    }
}

/// Who reads it, which decides how it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reader {
    /// The person whom it is about.
    Concerned,
    /// Who manages that person's account.
    ContactPerson,
}

/// From where something was done, as far as that is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A browser or program, as it names itself.
    Client(String),
    /// Who manages the person's account.
    ContactPerson,
    /// Who runs the server, at its command line.
    Operator,
}

/// What is told, with when and from where it happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// What.
    pub message: Message,
    /// When.
    pub at: Time,
    /// From where.
    pub source: Source,
}

/// A notice and to whom it goes: what a row of the outbox holds, sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Parcel {
    pub(super) to: To,
    pub(super) notice: Notice,
}

/// To whom a notice goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum To {
    /// The person of this account and who manages it, whose addresses are looked up when it is due:
    /// whoever writes the row needs no time for it that could be measured.
    Account(AccountId),
    /// Nobody: a name that no account has is told of nowhere, in the same time.
    Nobody,
    /// One person.
    Reader(Box<Recipient>),
}

/// One person, at an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Recipient {
    pub(super) address: Address,
    pub(super) name: String,
    pub(super) language: Language,
    pub(super) reader: Reader,
    /// The name of the person whom it is about.
    pub(super) about: String,
}
