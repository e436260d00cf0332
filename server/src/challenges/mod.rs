//! Challenges: what a key or card was asked to sign, once, within five minutes.

mod store;

use crate::clock::Time;
use crate::storage::{Result, Tx};

/// Who asked, and for what: one challenge is live for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Log in with a key or passkey.
    Key,
    /// Log in with a card.
    Card,
    /// Enrol a security key or passkey.
    EnrolKey,
    /// Link a card.
    EnrolCard,
}

impl Purpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Card => "card",
            Self::EnrolKey => "enrol_key",
            Self::EnrolCard => "enrol_card",
        }
    }
}

/// Keeps `state` until it is spent, or until `end`; an earlier one of the same owner and purpose is dead at once.
pub(crate) async fn put(
    tx: &mut Tx,
    owner: &str,
    (purpose, state): (Purpose, &str),
    end: Time,
) -> Result<()> {
    store::put(tx, owner, purpose.as_str(), state, end).await
}

/// The state, to whoever asks first within its life; nothing to everybody else.
pub(crate) async fn spend(
    tx: &mut Tx,
    owner: &str,
    purpose: Purpose,
    now: Time,
) -> Result<Option<String>> {
    store::spend(tx, owner, purpose.as_str(), now).await
}

/// A batch of the owners that follow this one, each with whether a challenge of theirs lapsed before `now`.
pub(crate) async fn look(tx: &mut Tx, after: &str, now: Time) -> Result<Vec<(String, bool)>> {
    store::look(tx, after, now).await
}

/// Forgets the challenges of this owner that lapsed before `now`.
pub(crate) async fn forget(tx: &mut Tx, owner: &str, now: Time) -> Result<()> {
    store::forget(tx, owner, now).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::testing::both;
    use std::time::Duration;

    const NOW: Time = Time::from_millis(1_000_000);
    const LIFE: Duration = Duration::from_secs(5 * 60);

    #[tokio::test]
    async fn one_of_sixty_four_spends_a_challenge() {
        both(async |db| {
            let mut tx = db.write().await.unwrap();
            put(&mut tx, "owner", (Purpose::Key, "state"), NOW.after(LIFE)).await.unwrap();
            tx.commit().await.unwrap();
            let mut tasks = tokio::task::JoinSet::new();
            for _ in 0..64 {
                let db = db.clone();
                tasks.spawn(async move {
                    let mut tx = db.write().await.unwrap();
                    let state = spend(&mut tx, "owner", Purpose::Key, NOW).await.unwrap();
                    tx.commit().await.unwrap();
                    state
                });
            }
            let winners = tasks.join_all().await.into_iter().flatten().collect::<Vec<_>>();
            assert_eq!(winners, ["state"]);
        })
        .await;
    }

    #[tokio::test]
    async fn a_challenge_lives_until_its_end_and_only_the_last_counts() {
        both(async |db| {
            let mut tx = db.write().await.unwrap();
            put(&mut tx, "owner", (Purpose::Key, "first"), NOW.after(LIFE)).await.unwrap();
            put(&mut tx, "owner", (Purpose::Key, "second"), NOW.after(LIFE)).await.unwrap();
            put(&mut tx, "owner", (Purpose::Card, "late"), NOW.after(LIFE)).await.unwrap();
            let spend = async |tx: &mut Tx, purpose, now| spend(tx, "owner", purpose, now).await;
            assert_eq!(spend(&mut tx, Purpose::Card, NOW.after(LIFE)).await.unwrap(), None);
            let last = NOW.after(LIFE - Duration::from_millis(1));
            assert_eq!(
                spend(&mut tx, Purpose::Key, last).await.unwrap().as_deref(),
                Some("second")
            );
            assert_eq!(spend(&mut tx, Purpose::Key, last).await.unwrap(), None);
            assert_eq!(spend(&mut tx, Purpose::EnrolCard, last).await.unwrap(), None);
        })
        .await;
    }

    #[tokio::test]
    async fn a_new_challenge_can_be_spent_after_an_old_one_was() {
        both(async |db| {
            let mut tx = db.write().await.unwrap();
            for state in ["first", "second"] {
                put(&mut tx, "owner", (Purpose::Key, state), NOW.after(LIFE)).await.unwrap();
                let spent = spend(&mut tx, "owner", Purpose::Key, NOW).await.unwrap();
                assert_eq!(spent.as_deref(), Some(state));
            }
        })
        .await;
    }
}
