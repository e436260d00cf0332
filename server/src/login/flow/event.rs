//! What happens in a log-in, and what is to be done about it.

use super::{Fitted, Linked};
use crate::audit;
use crate::factors::{Evidence, Factor, Kind, Level, Proof};
use crate::id::{AccountId, FactorId, SessionId};
use crate::lockout::Count;
use crate::lockout::codes::{Code, Wrong};
use crate::reset::Standing;
use crate::sessions::Login;
use crate::uzi::sighting::Sighting;

/// What happened.
#[derive(Clone, Debug)]
pub(in crate::login) enum Event {
    /// A password was looked at, or not.
    Password { account: Option<AccountId>, outcome: PasswordOutcome },
    /// The password was right for several accounts of one person.
    Several { accounts: Vec<Fitted> },
    /// The person chose this one of them; where it leads.
    Chosen { account: AccountId, road: Road },
    /// A card was shown that is linked to several accounts of one person.
    SeveralLinked { accounts: Vec<Linked>, card: Box<Sighting> },
    /// A factor proved itself.
    Proven(Proof),
    /// A code was wrong.
    CodeWrong(Wrong),
    /// A code was not looked at; as many as this since the last that was.
    CodeRefused { code: Code, refused: u32 },
    /// The recovery code was right and is spent; it was bound at this level.
    Recovered { bound_at: Level },
    /// The access code was right and is spent, and setting up anew is open.
    Admitted,
    /// The link that was mailed to the back-up address was shown, and is spent.
    Mailed,
    /// The person cannot use what never proved itself, and wants to enrol something else.
    EnrolAnother,
    /// A factor did not. Of which kind, where that is known.
    Refused {
        kind: Option<Kind>,
        account: Option<AccountId>,
        reason: &'static str,
        card: Option<Box<Sighting>>,
    },
}

#[derive(Clone, Debug)]
pub(in crate::login) enum PasswordOutcome {
    Right {
        road: Road,
    },
    Wrong {
        count: Count,
    },
    /// Not looked at; as many as this since the last that was.
    Blocked {
        refused: u32,
    },
}

/// Where a right password leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::login) enum Road {
    /// To a factor, of which one at least proved itself before.
    Factor,
    /// To a factor; none ever proved itself.
    FirstProof,
    /// To enrolling: there is none.
    Enrol,
    /// In, for as long as the account needs no second factor: it has a waiver.
    Waived,
    /// Only to the codes of who lost everything: what there is was switched off, and a password alone enrols
    /// nothing beside it.
    Nowhere,
    /// Only to the contact person's code: the second factor is set up anew, and the wizard is not open here.
    Abandoned,
}

impl Road {
    /// The same, for who has a waiver: what never proved itself is no factor that could be waived.
    pub(in crate::login) const fn waived(self) -> Self {
        match self {
            Self::Factor | Self::Nowhere | Self::Abandoned | Self::Waived => Self::Waived,
            road @ (Self::FirstProof | Self::Enrol) => road,
        }
    }

    /// The road of an account with these factors; `anew` where they are set up anew.
    pub(in crate::login) fn of(factors: &[Factor], anew: Option<Standing>) -> Self {
        let closed = factors.iter().any(Factor::closes_enrolment);
        let usable = factors.iter().any(Factor::is_usable);
        match (closed, usable, anew) {
            // Also one that was kept, while another is set up.
            (true, true, _) => Self::Factor,
            (false, _, Some(Standing::Closed)) => Self::Abandoned,
            (true, false, _) => Self::Nowhere,
            (false, true, _) => Self::FirstProof,
            (false, false, _) => Self::Enrol,
        }
    }
}

/// What is to be done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::login) enum Effect {
    Record {
        account: Option<AccountId>,
        event: audit::Event,
    },
    /// Forget the wrong passwords of this account.
    Forgive(AccountId),
    /// Reopen password log-in and codes, if only a strong factor does.
    Reopen(AccountId),
    /// Note that a factor of this account proved itself, and what it showed.
    Touch {
        account: AccountId,
        factor: FactorId,
        evidence: Evidence,
    },
    /// Have a suspended factor in use again.
    Keep {
        account: AccountId,
        factor: FactorId,
        kind: Kind,
    },
    /// Let the person in.
    LogIn(Login),
    /// Let the person in and end the session that is raised.
    Raise {
        session: SessionId,
        login: Login,
    },
}
