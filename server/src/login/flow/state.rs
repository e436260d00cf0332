//! Where an attempt stands, as it is stored.

use crate::clock::Time;
use crate::factors::{Level, Use};
use crate::id::{AccountId, FactorId, OrganisationId, PinId, SessionId};
use crate::uzi::sighting::Sighting;
use serde::{Deserialize, Serialize};

/// Where an attempt stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(in crate::login) enum State {
    /// Nobody has proven anything.
    Started,
    /// The password of this account was right, and something of it proved itself before: one of its factors is
    /// asked, or a code of who lost them.
    PasswordProven { account: AccountId },
    /// The password of this account was right, and no factor of it ever proved itself: one of them
    /// is asked, or another is enrolled.
    FirstProof { account: AccountId },
    /// The password of this account was right, and its second factor is being set up anew, but not here or no
    /// longer: a code of the contact person is asked.
    Stranded { account: AccountId },
    /// A visit that a password alone opened is to be raised by the first proof of what was enrolled in it.
    Proving { account: AccountId, session: SessionId },
    /// A session is to be raised by one of its account's factors.
    SteppingUp { account: AccountId, session: SessionId, level: Level },
    /// A suspended factor is to prove itself, to be kept, in a visit that sets up anew.
    Keeping { account: AccountId, session: SessionId },
    /// User number and PIN of this account were right, and it has no factor: a card is to be linked.
    Linking { account: AccountId, pin: PinId },
    /// The password was right for each of these accounts of one person: one of them is chosen.
    Choosing { accounts: Vec<Fitted> },
    /// This card was shown, which is linked to each of these accounts of one person: one of them is chosen.
    ChoosingByCard { accounts: Vec<Linked>, card: Box<Sighting> },
    /// Somebody is in; nothing follows.
    Over,
}

/// An account for which the password was right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::login) struct Fitted {
    pub(in crate::login) organisation: OrganisationId,
    pub(in crate::login) account: AccountId,
    /// When that password was chosen: another one makes this no proof.
    pub(in crate::login) chosen_at: Time,
}

/// An account to which the card is linked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::login) struct Linked {
    pub(in crate::login) organisation: OrganisationId,
    pub(in crate::login) account: AccountId,
    pub(in crate::login) factor: FactorId,
}

impl State {
    /// The organisations of which one is to be chosen.
    pub(in crate::login) fn choices(&self) -> Vec<&OrganisationId> {
        match self {
            Self::Choosing { accounts } => accounts.iter().map(|one| &one.organisation).collect(),
            Self::ChoosingByCard { accounts, .. } => {
                accounts.iter().map(|one| &one.organisation).collect()
            }
            Self::Started
            | Self::PasswordProven { .. }
            | Self::FirstProof { .. }
            | Self::Stranded { .. }
            | Self::Proving { .. }
            | Self::SteppingUp { .. }
            | Self::Keeping { .. }
            | Self::Linking { .. }
            | Self::Over => Vec::new(),
        }
    }

    /// Whose attempt it is, once that is known.
    pub(in crate::login) const fn account(&self) -> Option<&AccountId> {
        match self {
            Self::PasswordProven { account }
            | Self::FirstProof { account }
            | Self::Stranded { account }
            | Self::Proving { account, .. }
            | Self::SteppingUp { account, .. }
            | Self::Keeping { account, .. }
            | Self::Linking { account, .. } => Some(account),
            Self::Started | Self::Choosing { .. } | Self::ChoosingByCard { .. } | Self::Over => {
                None
            }
        }
    }

    /// Whose right password was given, and nothing beside it.
    pub(in crate::login) const fn password_of(&self) -> Option<&AccountId> {
        match self {
            Self::PasswordProven { account }
            | Self::FirstProof { account }
            | Self::Stranded { account } => Some(account),
            Self::Started
            | Self::Proving { .. }
            | Self::SteppingUp { .. }
            | Self::Keeping { .. }
            | Self::Linking { .. }
            | Self::Choosing { .. }
            | Self::ChoosingByCard { .. }
            | Self::Over => None,
        }
    }

    /// Whose right password was given, where something of the account proved itself before: who may have
    /// lost that.
    pub(in crate::login) const fn recovers(&self) -> Option<&AccountId> {
        match self {
            Self::PasswordProven { account } => Some(account),
            Self::Started
            | Self::FirstProof { .. }
            | Self::Stranded { .. }
            | Self::Proving { .. }
            | Self::SteppingUp { .. }
            | Self::Keeping { .. }
            | Self::Linking { .. }
            | Self::Choosing { .. }
            | Self::ChoosingByCard { .. }
            | Self::Over => None,
        }
    }

    /// The session that is to be raised.
    pub(in crate::login) const fn session(&self) -> Option<&SessionId> {
        match self {
            Self::Proving { session, .. } | Self::SteppingUp { session, .. } => Some(session),
            Self::Started
            | Self::PasswordProven { .. }
            | Self::FirstProof { .. }
            | Self::Stranded { .. }
            | Self::Keeping { .. }
            | Self::Linking { .. }
            | Self::Choosing { .. }
            | Self::ChoosingByCard { .. }
            | Self::Over => None,
        }
    }

    /// Which of the account's factors are asked in it.
    pub(in crate::login) const fn asks(&self) -> Use {
        match self {
            Self::Keeping { .. } => Use::Keep,
            Self::Started
            | Self::PasswordProven { .. }
            | Self::FirstProof { .. }
            | Self::Stranded { .. }
            | Self::Proving { .. }
            | Self::SteppingUp { .. }
            | Self::Linking { .. }
            | Self::Choosing { .. }
            | Self::ChoosingByCard { .. }
            | Self::Over => Use::LogIn,
        }
    }
}
