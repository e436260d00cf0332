//! Tries at codes, on both engines.

use super::*;
use crate::storage::Db;
use crate::storage::testing::{account, both, rows};
use std::time::Duration;

const NOW: Time = Time::from_millis(1_000_000_000);

/// One try, committed.
async fn charge(db: &Db, account: &AccountId, owner: &str, code: Code, now: Time) -> Admission {
    let mut tx = db.write().await.unwrap();
    let whose = (account, owner);
    let policy = Lockout::default();
    let admission =
        super::charge(&mut tx, whose, code, (now, Random::system()), &policy).await.unwrap();
    tx.commit().await.unwrap();
    admission
}

fn looked_at(admission: Admission) -> Try {
    match admission {
        Admission::Charged(charged) => charged,
        Admission::Barred { barred, .. } => panic!("{barred:?}"),
    }
}

fn barred(admission: Admission) -> Barred {
    match admission {
        Admission::Charged(charged) => panic!("{charged:?}"),
        Admission::Barred { barred, .. } => barred,
    }
}

async fn fail(db: &Db, charged: Try, now: Time) -> Wrong {
    let mut tx = db.write().await.unwrap();
    let wrong = wrong(&mut tx, charged, now, &Lockout::default()).await.unwrap();
    tx.commit().await.unwrap();
    wrong
}

async fn succeed(db: &Db, charged: Try) {
    let mut tx = db.write().await.unwrap();
    right(&mut tx, charged, NOW).await.unwrap();
    tx.commit().await.unwrap();
}

/// How many of `tries` at once are looked at, each in the attempt and of the kind that `which` says.
async fn at_once(db: &Db, tries: u32, which: impl Fn(u32) -> (u32, Code)) -> usize {
    let account = account(db, &format!("test.{}@voorbeeld.nl", rows(db, "account").await)).await;
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..tries {
        let (db, account) = (db.clone(), account.id.clone());
        let (attempt, code) = which(number);
        tasks.spawn(async move {
            charge(&db, &account, &format!("attempt {attempt}"), code, NOW).await
        });
    }
    let admissions = tasks.join_all().await;
    admissions.iter().filter(|admission| matches!(admission, Admission::Charged(_))).count()
}

/// Attack: lock-out race.
#[tokio::test]
async fn of_two_hundred_codes_at_once_no_more_are_looked_at_than_may_be_wrong() {
    both(async |db| {
        assert_eq!(at_once(&db, 200, |_| (0, Code::App)).await, 5, "in one log-in");
        assert_eq!(at_once(&db, 200, |number| (number, Code::App)).await, 10, "of one kind");
        let kind = |number| Code::ALL[usize::try_from(number % 4).unwrap()];
        let all = at_once(&db, 200, |number| (number, kind(number))).await;
        assert_eq!(all, 20, "of all kinds");
    })
    .await;
}

/// Attack: brute force across factors.
#[tokio::test]
async fn wrong_codes_of_every_kind_share_one_budget_and_a_right_one_refunds_nothing_but_itself() {
    both(async |db| {
        let account = account(&db, "test.arts@voorbeeld.nl").await.id;
        let kinds = [Code::App, Code::Sms, Code::Recovery, Code::Call];
        for (nth, code) in kinds.into_iter().enumerate() {
            for _ in 0..4 {
                let owner = format!("attempt {nth}");
                let charged = looked_at(charge(&db, &account, &owner, code, NOW).await);
                assert_eq!(fail(&db, charged, NOW).await.closed, None);
            }
        }
        let charged = looked_at(charge(&db, &account, "right", Code::App, NOW).await);
        assert_eq!(charged.streak, 5);
        succeed(&db, charged).await;
        let charged = looked_at(charge(&db, &account, "wrong", Code::App, NOW).await);
        assert_eq!(charged.streak, 1, "its own row of wrong ones ended");
        fail(&db, charged, NOW).await;
        let charged = looked_at(charge(&db, &account, "wrong", Code::Sms, NOW).await);
        assert_eq!(charged.streak, 5, "that of another kind did not");
        fail(&db, charged, NOW).await;
        let charged = looked_at(charge(&db, &account, "wrong", Code::Call, NOW).await);
        fail(&db, charged, NOW).await;
        let until = NOW.after(rules::DAY);
        let last = looked_at(charge(&db, &account, "wrong", Code::Recovery, NOW).await);
        assert_eq!(fail(&db, last, NOW).await.closed, Some(Barred::Stopped { until }));
        for code in kinds {
            let refused = barred(charge(&db, &account, "another", code, NOW).await);
            assert_eq!(refused, Barred::Stopped { until });
        }
        let _ = looked_at(charge(&db, &account, "another", Code::App, until).await);
    })
    .await;
}

#[tokio::test]
async fn a_try_that_nobody_finished_counts_as_wrong() {
    both(async |db| {
        let account = account(&db, "test.arts@voorbeeld.nl").await.id;
        for _ in 0..5 {
            drop(charge(&db, &account, "attempt", Code::Recovery, NOW).await);
        }
        let refused = charge(&db, &account, "attempt", Code::Recovery, NOW).await;
        assert_eq!(barred(refused), Barred::AttemptOver);
        let next = looked_at(charge(&db, &account, "next", Code::Recovery, NOW).await);
        assert_eq!(next.streak, 6);
    })
    .await;
}

#[tokio::test]
async fn what_was_refused_is_counted_and_told_by_the_next_that_is_looked_at() {
    both(async |db| {
        let account = account(&db, "test.arts@voorbeeld.nl").await.id;
        for nth in 0..10 {
            let charged = charge(&db, &account, &nth.to_string(), Code::App, NOW).await;
            fail(&db, looked_at(charged), NOW).await;
        }
        for nth in 1..4 {
            let Admission::Barred { refused, .. } =
                charge(&db, &account, "later", Code::App, NOW).await
            else {
                panic!("it is paused");
            };
            assert_eq!(refused, nth);
        }
        let until = NOW.after(Duration::from_secs(30 * 60));
        assert_eq!(looked_at(charge(&db, &account, "later", Code::App, until).await).refused, 3);
    })
    .await;
}

#[tokio::test]
async fn a_human_lifts_pauses_and_stops_and_a_strong_factor_what_is_closed() {
    both(async |db| {
        let account = account(&db, "test.arts@voorbeeld.nl").await.id;
        let lifted = async |now| {
            let mut tx = db.write().await.unwrap();
            let lifted = lift(&mut tx, &account, now, &Lockout::default()).await.unwrap();
            tx.commit().await.unwrap();
            lifted
        };
        assert!(!lifted(NOW).await);
        for nth in 0..20 {
            let code = if nth < 10 { Code::App } else { Code::Sms };
            let charged = charge(&db, &account, &nth.to_string(), code, NOW).await;
            fail(&db, looked_at(charged), NOW).await;
        }
        assert!(lifted(NOW).await);
        assert!(!lifted(NOW).await);
        let mut now = NOW;
        for nth in 0..90 {
            let charged =
                looked_at(charge(&db, &account, &format!("more {nth}"), Code::App, now).await);
            fail(&db, charged, now).await;
            now = now.after(2 * rules::DAY);
        }
        assert_eq!(barred(charge(&db, &account, "closed", Code::App, now).await), Barred::Closed);
        let mut tx = db.write().await.unwrap();
        assert_eq!(reopen(&mut tx, &account, now).await.unwrap(), [Code::App]);
        assert!(reopen(&mut tx, &account, now).await.unwrap().is_empty());
        tx.commit().await.unwrap();
        let _ = looked_at(charge(&db, &account, "open", Code::App, now).await);
    })
    .await;
}

#[tokio::test]
async fn tries_are_forgotten_when_they_count_no_more() {
    both(async |db| {
        let account = account(&db, "test.arts@voorbeeld.nl").await.id;
        drop(charge(&db, &account, "attempt", Code::App, NOW).await);
        let forgotten = async |now| {
            let mut tx = db.write().await.unwrap();
            let forgotten = forget(&mut tx, now).await.unwrap();
            tx.commit().await.unwrap();
            forgotten
        };
        assert_eq!(forgotten(NOW.after(2 * rules::DAY)).await, 0);
        assert_eq!(forgotten(NOW.after(3 * rules::DAY)).await, 1);
    })
    .await;
}
