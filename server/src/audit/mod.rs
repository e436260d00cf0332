//! Audit: what must be provable later, written in the transaction that makes it true.
//!
//! A log line may be lost and a metric rounded; an audit event commits with the change it tells of,
//! or not at all. The log only grows: no statement changes or removes a row.

mod store;

use crate::clock::Time;
use crate::factors::{Evidence, Kind, Level, Refusal};
use crate::id::{AccountId, EventId, FactorId, OrganisationId, SessionId};
use crate::random::Random;
use crate::storage::{Result, Tx};
use serde::Serialize;

/// Something that happened. No secret, name or address is ever part of it: ids only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// An organisation was added.
    OrganisationCreated {
        /// Which.
        organisation: OrganisationId,
    },
    /// An account was added.
    AccountCreated {
        /// Where.
        organisation: OrganisationId,
    },
    /// A password is about to be looked at and was counted as wrong; what follows says what it was.
    /// Where nothing follows, whoever tried went away before the answer, and the count stands.
    PasswordTried {
        /// Wrong ones in a row, this one among them.
        streak: u32,
        /// As many more a block kept from being looked at before it.
        #[serde(skip_serializing_if = "is_none")]
        refused: u32,
        /// Until when it blocks password log-in, if it is wrong and the block ends by itself.
        #[serde(skip_serializing_if = "Option::is_none")]
        blocks_until: Option<Time>,
    },
    /// The password was right.
    PasswordRight,
    /// The password was wrong, or the name nobody's.
    PasswordWrong {
        /// Wrong ones in a row.
        streak: u32,
    },
    /// The last wrong password blocked password log-in.
    PasswordBlocked {
        /// Until when; without, until a strong factor or the operator reopens it.
        #[serde(skip_serializing_if = "Option::is_none")]
        until: Option<Time>,
    },
    /// A password was offered while password log-in was blocked; it was not looked at. Once a
    /// block: how many there were says the next one that is looked at.
    PasswordRefused,
    /// A strong factor reopened password log-in.
    PasswordReopened,
    /// The operator lifted the block of password log-in.
    PasswordUnblocked,
    /// A factor proved itself in a log-in.
    FactorProven {
        /// Which.
        factor: FactorId,
        /// What it is.
        kind: Kind,
        /// What was seen.
        evidence: Evidence,
        /// The level it gave.
        level: Level,
    },
    /// A factor was refused.
    FactorRefused {
        /// What it was said to be.
        kind: Kind,
        /// Why.
        reason: String,
    },
    /// A factor was enrolled.
    FactorAdded {
        /// Which.
        factor: FactorId,
        /// What it is.
        kind: Kind,
        /// The level it is bound at.
        bound_at: Level,
    },
    /// A factor was removed.
    FactorRemoved {
        /// Which.
        factor: FactorId,
        /// What it was.
        kind: Kind,
    },
    /// A key's counter went back; it opens nothing any more.
    FactorCloned {
        /// Which.
        factor: FactorId,
    },
    /// A session began, or was replaced by one of a higher level.
    SessionOpened {
        /// Which.
        session: SessionId,
        /// Its level.
        level: Level,
    },
    /// A session was ended.
    SessionEnded {
        /// Which.
        session: SessionId,
    },
    /// A one-time log-in code was refused: used, too old, unknown, or with a wrong verifier.
    LoginCodeRefused,
}

impl Event {
    /// The event as canonical JSON: keys sorted, no spaces.
    fn canonical(&self) -> String {
        // Through `Value`, whose map is sorted; the derived order is that of the fields.
        serde_json::to_value(self).expect("an event is plain JSON").to_string()
    }
}

/// Whether a count says nothing.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands every member by reference")]
const fn is_none(count: &u32) -> bool {
    *count == 0
}

impl From<Refusal> for String {
    fn from(refusal: Refusal) -> Self {
        refusal.as_str().to_owned()
    }
}

/// Writes `event`, about `account` where it is about one, into the transaction.
pub(crate) async fn record(
    tx: &mut Tx,
    random: Random,
    now: Time,
    account: Option<&AccountId>,
    event: &Event,
) -> Result<()> {
    store::insert(tx, &EventId::random(random), now, account, &event.canonical()).await
}

#[cfg(test)]
pub(crate) use store::of_account;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_canonical_json() {
        let event = Event::PasswordBlocked { until: Some(Time::from_millis(7)) };
        assert_eq!(event.canonical(), r#"{"event":"password_blocked","until":7}"#);
        let event = Event::FactorRefused { kind: Kind::Card, reason: "card_revoked".to_owned() };
        assert_eq!(
            event.canonical(),
            r#"{"event":"factor_refused","kind":"card","reason":"card_revoked"}"#
        );
        assert_eq!(
            Event::PasswordWrong { streak: 2 }.canonical(),
            r#"{"event":"password_wrong","streak":2}"#
        );
    }
}
