//! Lock-out: how many wrong answers a secret may get, and how long it then waits.
//!
//! A try is charged before it is looked at and refunded when it was right, so of any number of
//! tries made at once only as many are looked at as may be wrong.

pub mod codes;
mod rules; // pure
mod store; // SQL

use crate::clock::Time;
use crate::id::AccountId;
use crate::storage::{Result, Tx};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

pub use rules::{Admission, Block, Codes, Count, Policy};

/// Whose tries are counted: an account's, or those at a name that nobody has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Subject(String);

impl Subject {
    pub(crate) fn account(account: &AccountId) -> Self {
        Self(account.as_str().to_owned())
    }

    /// The subject as the database holds it.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// A name that no account has, as a keyed hash: what people mistype is not kept.
    pub(crate) fn nobody(name: &str, key: &[u8; 32]) -> Self {
        let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
        mac.update(name.as_bytes());
        let hash = mac.finalize().into_bytes();
        Self(format!("name:{}", hash.iter().map(|b| format!("{b:02x}")).collect::<String>()))
    }

    /// 32 hexadecimal digits that nobody foresees and that are the same each time: by them a name
    /// that nobody has is given an account's block time.
    pub(crate) fn lot(&self) -> &str {
        let digits = self.0.strip_prefix("name:").unwrap_or(&self.0);
        digits.get(..32).unwrap_or(digits)
    }
}

/// Which secret is counted: each has a counter of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counted {
    /// The password of the account.
    Password,
    /// The activation PIN of the account.
    Pin,
}

impl Counted {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Pin => "pin",
        }
    }
}

/// Charges one try, unless the secret is blocked. To be committed before the try is looked at.
pub(crate) async fn charge(
    tx: &mut Tx,
    subject: &Subject,
    secret: Counted,
    now: Time,
    policy: &Policy,
) -> Result<Admission> {
    let secret = secret.as_str();
    let (count, touched_at) = store::look(tx, &subject.0, secret, now).await?;
    let (count, admission) =
        rules::charge(rules::rested(count, touched_at, now, policy), now, policy);
    store::put(tx, (&subject.0, secret), &count, now).await?;
    Ok(admission)
}

/// Takes back a try that was charged as `charged`, and turned out to be none at this secret.
pub(crate) async fn refund(
    tx: &mut Tx,
    (subject, charged): (&Subject, &Count),
    secret: Counted,
    now: Time,
    policy: &Policy,
) -> Result<()> {
    let rule = |count| (rules::refund(count, charged, policy), ());
    change(tx, (subject, secret.as_str()), now, rule).await
}

/// Keeps what is counted of a secret of this subject from every other transaction until this one ends.
pub(crate) async fn hold(tx: &mut Tx, subject: &Subject, secret: Counted, now: Time) -> Result<()> {
    store::look(tx, &subject.0, secret.as_str(), now).await.map(drop)
}

/// Forgets every wrong try: the right answer was given.
pub(crate) async fn forgive(
    tx: &mut Tx,
    subject: &Subject,
    secret: Counted,
    now: Time,
) -> Result<()> {
    store::put(tx, (&subject.0, secret.as_str()), &Count::default(), now).await
}

/// Whether anything of a subject is closed until a strong factor reopens it.
pub(crate) async fn is_closed(tx: &mut Tx, subject: &Subject) -> Result<bool> {
    Ok(!store::closed(tx, &subject.0).await?.is_empty())
}

/// Reopens a secret that only a strong factor reopens. Whether it was closed.
pub(crate) async fn reopen(
    tx: &mut Tx,
    subject: &Subject,
    secret: Counted,
    now: Time,
) -> Result<bool> {
    change(tx, (subject, secret.as_str()), now, rules::reopen).await
}

/// Lifts the block of a secret, because a human answers for it. Whether it was blocked.
pub(crate) async fn lift(
    tx: &mut Tx,
    subject: &Subject,
    secret: Counted,
    now: Time,
) -> Result<bool> {
    change(tx, (subject, secret.as_str()), now, |count| rules::lift(count, now)).await
}

/// Something of an account that was blocked and is no longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lifted {
    /// Log-in with the password.
    Password,
    /// The PIN of the account.
    Pin,
    /// Codes of an app, by phone or on paper.
    Codes,
}

/// Lifts every block of an account, because a human answers for it. What was blocked.
pub(crate) async fn lift_all(
    tx: &mut Tx,
    account: &AccountId,
    now: Time,
    policy: &Policy,
) -> Result<Vec<Lifted>> {
    let subject = Subject::account(account);
    let mut lifted = Vec::new();
    if lift(tx, &subject, Counted::Password, now).await? {
        lifted.push(Lifted::Password);
    }
    if lift(tx, &subject, Counted::Pin, now).await? {
        lifted.push(Lifted::Pin);
    }
    if codes::lift(tx, account, now, policy).await? {
        lifted.push(Lifted::Codes);
    }
    Ok(lifted)
}

/// How a secret is blocked at `now`, if it is. Nothing is charged.
pub(crate) async fn block(
    tx: &mut Tx,
    subject: &Subject,
    secret: Counted,
    now: Time,
) -> Result<Option<Block>> {
    let block = store::block(tx, &subject.0, secret.as_str()).await?;
    Ok(block.filter(|block| match block {
        Block::Until(end) => *end > now,
        Block::Closed => true,
    }))
}

/// Replaces a count by what `rule` makes of it, and gives what the rule says besides.
async fn change<T>(
    tx: &mut Tx,
    (subject, secret): (&Subject, &str),
    now: Time,
    rule: impl FnOnce(Count) -> (Count, T),
) -> Result<T> {
    let (count, _) = store::look(tx, &subject.0, secret, now).await?;
    let (count, said) = rule(count);
    store::put(tx, (&subject.0, secret), &count, now).await?;
    Ok(said)
}

/// Forgets names nobody has that nobody tried since `before`, a batch at most. How many.
pub(crate) async fn forget_names(tx: &mut Tx, before: Time) -> Result<u64> {
    store::forget_names(tx, before).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::testing::both;

    const NOW: Time = Time::from_millis(1_000_000);

    #[tokio::test]
    async fn of_two_hundred_tries_at_once_five_are_admitted() {
        both(async |db| {
            let mut tasks = tokio::task::JoinSet::new();
            for _ in 0..200 {
                let db = db.clone();
                tasks.spawn(async move {
                    let subject = Subject::nobody("name", &[7; 32]);
                    let mut tx = db.write().await.unwrap();
                    let admission =
                        charge(&mut tx, &subject, Counted::Password, NOW, &Policy::default())
                            .await
                            .unwrap();
                    tx.commit().await.unwrap();
                    admission
                });
            }
            let admitted = tasks
                .join_all()
                .await
                .into_iter()
                .filter(|admission| matches!(admission, Admission::Charged { .. }))
                .count();
            assert_eq!(admitted, 5);
        })
        .await;
    }

    #[tokio::test]
    async fn a_forgotten_name_starts_anew_and_an_account_is_never_forgotten() {
        both(async |db| {
            let mut tx = db.write().await.unwrap();
            let nobody = Subject::nobody("name", &[7; 32]);
            let account = Subject("00112233445566778899aabbccddeeff".to_owned());
            for subject in [&nobody, &account] {
                charge(&mut tx, subject, Counted::Password, NOW, &Policy::default()).await.unwrap();
            }
            assert_eq!(forget_names(&mut tx, NOW).await.unwrap(), 0);
            let later = NOW.after(std::time::Duration::from_secs(1));
            assert_eq!(forget_names(&mut tx, later).await.unwrap(), 1);
        })
        .await;
    }

    /// Attack: enumeration by answer. What is left of old tries at an account blocks it no sooner and no longer
    /// than a name that nobody has, whether that was forgotten already or not.
    #[tokio::test]
    async fn an_account_that_nobody_tried_for_long_blocks_like_a_name_that_nobody_has() {
        both(async |db| {
            let month = std::time::Duration::from_secs(30 * 24 * 60 * 60);
            let rows = [(4_u32, true), (4, false), (5, true), (9, true), (9, false)];
            let policies = [Policy::default(), Policy { remembered: month, ..Policy::default() }];
            let cases = policies.iter().flat_map(|policy| rows.map(|row| (policy, row)));
            for (policy, (tries, forgotten)) in cases {
                let mut tx = db.write().await.unwrap();
                let account = Subject("00112233445566778899aabbccddeeff".to_owned());
                let subjects = [&Subject::nobody("name", &[7; 32]), &account];
                let mut now = NOW;
                for _ in 0..tries {
                    now = now.after(policy.block);
                    for subject in subjects {
                        charge(&mut tx, subject, Counted::Password, now, policy).await.unwrap();
                    }
                }
                now = now.after(policy.remembered).after(std::time::Duration::from_millis(1));
                if forgotten {
                    let before = now.before(policy.remembered);
                    assert_eq!(forget_names(&mut tx, before).await.unwrap(), 1);
                }
                let mut seen = [Vec::new(), Vec::new()];
                for _ in 0..6 {
                    for (subject, seen) in subjects.into_iter().zip(&mut seen) {
                        let secret = Counted::Password;
                        charge(&mut tx, subject, secret, now, policy).await.unwrap();
                        seen.push(block(&mut tx, subject, secret, now).await.unwrap());
                    }
                }
                let [nobodys, accounts] = seen;
                assert_eq!(nobodys, accounts, "{tries} tries, forgotten: {forgotten}");
                let end = Some(Block::Until(now.after(policy.block)));
                assert_eq!(accounts, [None, None, None, None, end, end]);
                let secret = Counted::Password.as_str();
                let (count, _) = store::look(&mut tx, &account.0, secret, now).await.unwrap();
                assert_eq!(count.total, tries + 5, "the total stays");
            }
        })
        .await;
    }

    #[tokio::test]
    async fn a_name_that_was_closed_stays_closed() {
        both(async |db| {
            let mut tx = db.write().await.unwrap();
            let policy = Policy { block: std::time::Duration::ZERO, ..Policy::default() };
            let nobody = Subject::nobody("name", &[7; 32]);
            for _ in 0..5 {
                charge(&mut tx, &nobody, Counted::Password, NOW, &policy).await.unwrap();
            }
            let later = NOW.after(std::time::Duration::from_secs(1));
            assert_eq!(forget_names(&mut tx, later).await.unwrap(), 0);
        })
        .await;
    }

    #[test]
    fn a_name_is_not_readable_in_its_subject() {
        let subject = Subject::nobody("test.arts@voorbeeld.nl", &[7; 32]);
        assert!(!subject.0.contains("arts"));
        assert_ne!(subject, Subject::nobody("test.arts@voorbeeld.nl", &[8; 32]));
        let lot = subject.lot();
        assert!(lot.len() == 32 && lot.bytes().all(|b| b.is_ascii_hexdigit()), "{lot}");
    }
}
