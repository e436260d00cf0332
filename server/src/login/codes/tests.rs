//! Codes in a log-in, on both engines, whatever they are codes of.

use super::super::tests::{
    NAME, PASSWORD, attempt, begin, begin_with, done, enrol, events, tap, try_password,
};
use super::*;
use crate::accounts::Account;
use crate::app::testing;
use crate::factors::security_key::KeyKind;
use crate::factors::testing::SoftKey;
use crate::factors::{self, Evidence, Factor, Kind};
use crate::login::run::start;
use crate::login::{self, PasswordAnswer};
use crate::password;
use crate::recovery;
use crate::secret::Secret;
use crate::storage::testing::{account, both};
use std::time::Duration;

/// One code in this log-in, which is not looked at or is wrong.
async fn try_wrong(app: &App, token: &Token, code: Code) -> Result<CodeAnswer> {
    match charge(app, token, code).await? {
        Charge::Barred(barred) => Ok(CodeAnswer::Barred(barred)),
        Charge::Look(_, charged) => {
            let now = app.clock.now();
            let mut tx = app.db.write().await?;
            let attempt = locked(app, &mut tx, token, now).await?;
            wrong(app, tx, (attempt, charged), now).await
        }
    }
}

fn closed(answer: Result<CodeAnswer>) -> Barred {
    match answer {
        Ok(CodeAnswer::Barred(barred)) => barred,
        other => panic!("{other:?}"),
    }
}

/// Attack: lock-out as weapon; lesson 2 of the field.
#[tokio::test]
async fn no_code_is_looked_at_or_counted_before_the_password_was_right() {
    both(async |db| {
        let (app, account) = begin(db).await;
        enrol(&app, &mut SoftKey::new(), KeyKind::SecurityKey).await;
        let before = events(&app, Some(&account.id)).await.len();
        for _ in 0..30 {
            let token = start(&app, None, "").await.unwrap();
            let refused = try_wrong(&app, &token, Code::App).await;
            assert!(matches!(refused, Err(Error::AttemptOver)), "{refused:?}");
        }
        assert_eq!(events(&app, Some(&account.id)).await.len(), before);
        let (token, _) = try_password(&app, NAME, "mis mis mis mis").await;
        let refused = try_wrong(&app, &token, Code::App).await;
        assert!(matches!(refused, Err(Error::AttemptOver)), "{refused:?}");
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        let answer = try_wrong(&app, &token, Code::App).await;
        assert!(matches!(answer, Ok(CodeAnswer::Wrong { left: 4 })), "{answer:?}");
    })
    .await;
}

/// Attack: lock-out as weapon, for the keys beside codes.
#[tokio::test]
async fn whose_codes_are_stopped_gets_in_with_a_key_which_is_never_counted() {
    both(async |db| {
        let (app, account) = begin(db).await;
        let mut soft = SoftKey::new();
        enrol(&app, &mut soft, KeyKind::Passkey).await;
        let mut last = None;
        for code in [Code::App, Code::Sms, Code::Call, Code::Recovery] {
            let (token, _) = try_password(&app, NAME, PASSWORD).await;
            for left in (1..5).rev() {
                let answer = try_wrong(&app, &token, code).await;
                assert!(
                    matches!(answer, Ok(CodeAnswer::Wrong { left: l }) if l == left),
                    "{answer:?}"
                );
            }
            last = Some(closed(try_wrong(&app, &token, code).await));
            let over = try_wrong(&app, &token, code).await;
            assert!(matches!(over, Err(Error::AttemptOver)), "the fifth ends it: {over:?}");
        }
        let until = app.clock.now().after(Duration::from_secs(24 * 60 * 60));
        assert_eq!(last, Some(Barred::Stopped { until }));
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        assert_eq!(closed(try_wrong(&app, &token, Code::App).await), Barred::Stopped { until });
        done(tap(&app, &token, &mut soft).await);
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        let refused = closed(try_wrong(&app, &token, Code::App).await);
        assert_eq!(refused, Barred::Stopped { until }, "a key does not shorten the day");
        let seen = events(&app, Some(&account.id)).await;
        let count = |name: &str| seen.iter().filter(|event| *event == name).count();
        assert_eq!((count("code_tried"), count("code_wrong")), (20, 20));
        assert_eq!((count("codes_stopped"), count("code_refused")), (1, 1), "{seen:?}");
    })
    .await;
}

#[tokio::test]
async fn a_right_code_is_refunded_and_recorded() {
    both(async |db| {
        let (app, account) = begin(db).await;
        enrol(&app, &mut SoftKey::new(), KeyKind::Passkey).await;
        for _ in 0..30 {
            let (token, _) = try_password(&app, NAME, PASSWORD).await;
            let Charge::Look(whose, charged) = charge(&app, &token, Code::App).await.unwrap()
            else {
                panic!("nothing was wrong");
            };
            assert_eq!((&whose, charged.streak), (&account.id, 1));
            let now = app.clock.now();
            let mut tx = app.db.write().await.unwrap();
            let attempt = locked(&app, &mut tx, &token, now).await.unwrap();
            right(&app, &mut tx, (&attempt, charged), now).await.unwrap();
            tx.commit().await.unwrap();
        }
        let seen = events(&app, Some(&account.id)).await;
        let count = |name: &str| seen.iter().filter(|event| *event == name).count();
        assert_eq!((count("code_tried"), count("code_right")), (30, 30));
    })
    .await;
}

#[tokio::test]
async fn ten_wrong_in_a_row_pause_their_kind_and_end_the_log_in() {
    both(async |db| {
        let (app, _) = begin(db).await;
        let mut soft = SoftKey::new();
        enrol(&app, &mut soft, KeyKind::Passkey).await;
        let until = app.clock.now().after(Duration::from_secs(30 * 60));
        for last in [Barred::AttemptOver, Barred::Paused { until }] {
            let (token, _) = try_password(&app, NAME, PASSWORD).await;
            for _ in 0..4 {
                try_wrong(&app, &token, Code::App).await.unwrap();
            }
            assert_eq!(closed(try_wrong(&app, &token, Code::App).await), last);
        }
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        assert_eq!(closed(try_wrong(&app, &token, Code::App).await), Barred::Paused { until });
        let other = try_wrong(&app, &token, Code::Recovery).await;
        assert!(matches!(other, Ok(CodeAnswer::Wrong { left: 4 })), "{other:?}");
        done(tap(&app, &token, &mut soft).await);
        app.clock.advance(Duration::from_secs(30 * 60));
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        let again = try_wrong(&app, &token, Code::App).await;
        assert!(matches!(again, Ok(CodeAnswer::Wrong { left: 4 })), "{again:?}");
    })
    .await;
}

#[tokio::test]
async fn the_operator_lifts_what_stopped_codes() {
    both(async |db| {
        let (app, account) = begin(db).await;
        enrol(&app, &mut SoftKey::new(), KeyKind::Passkey).await;
        for _ in 0..2 {
            let (token, _) = try_password(&app, NAME, PASSWORD).await;
            for _ in 0..5 {
                try_wrong(&app, &token, Code::App).await.unwrap();
            }
        }
        let by =
            audit::By { actor: audit::Actor::Operator, random: app.random, now: app.clock.now() };
        for lifts in [true, false] {
            let mut tx = app.db.write().await.unwrap();
            let lifted = crate::accounts::run::lift(&app, &mut tx, &account.id, &by).await.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(!lifted.is_empty(), lifts);
        }
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        let answer = try_wrong(&app, &token, Code::App).await;
        assert!(matches!(answer, Ok(CodeAnswer::Wrong { left: 4 })), "{answer:?}");
        let seen = events(&app, Some(&account.id)).await;
        assert!(seen.iter().any(|event| event == "codes_unblocked"), "{seen:?}");
    })
    .await;
}

#[tokio::test]
async fn a_strong_factor_reopens_what_is_closed_and_each_is_recorded_once() {
    both(async |db| {
        let app = testing::with(db, |config, _| config.lockout.close_after = 5);
        let (app, account) = begin_with(app).await;
        let mut soft = SoftKey::new();
        enrol(&app, &mut soft, KeyKind::Passkey).await;
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        for _ in 0..5 {
            try_wrong(&app, &token, Code::App).await.unwrap();
        }
        for _ in 0..5 {
            let _ = try_password(&app, NAME, "mis mis mis mis").await;
        }
        let (_, right) = try_password(&app, NAME, PASSWORD).await;
        assert!(matches!(right, PasswordAnswer::Blocked { until: None, .. }), "{right:?}");
        for _ in 0..2 {
            done(tap(&app, &attempt(&app).await, &mut soft).await);
        }
        let mut seen = events(&app, Some(&account.id)).await;
        seen.retain(|event| event.ends_with("_reopened"));
        seen.sort_unstable(); // those of one moment have no order
        assert_eq!(seen, ["code_reopened", "password_reopened"]);
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        let answer = try_wrong(&app, &token, Code::App).await;
        assert!(matches!(answer, Ok(CodeAnswer::Wrong { .. })), "{answer:?}");
    })
    .await;
}

/// Somebody with this password and a card.
async fn with_a_card(app: &App, name: &str) -> Account {
    let account = account(&app.db, name).await;
    let hash = app.passwords.admit().unwrap().hash(Secret::new(PASSWORD.to_owned())).await;
    let now = app.clock.now();
    let card = Factor {
        name: "UZI-pas".to_owned(),
        proven_at: Some(now),
        ..factors::testing::factor(&account.id, (Kind::Card, Evidence::CardPin), now)
    };
    let mut tx = app.db.write().await.unwrap();
    password::testing::keep(&mut tx, &account.id, &hash, now).await;
    factors::store::insert(&mut tx, &card).await.unwrap();
    tx.commit().await.unwrap();
    account
}

/// Attack: the attacker's own recovery code for somebody else's account. Its password is given in the same
/// attempt, while the code is compared.
#[tokio::test]
async fn a_code_opens_nothing_of_an_account_whose_password_came_while_it_was_compared() {
    both(async |db| {
        let (app, own) = begin(db).await;
        let mut soft = SoftKey::new();
        enrol(&app, &mut soft, KeyKind::Passkey).await;
        let session = done(tap(&app, &start(&app, None, "").await.unwrap(), &mut soft).await);
        let code = recovery::run::make(&app, &session).await.unwrap();
        let others = with_a_card(&app, "test.ander@voorbeeld.nl").await;
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        let mut desks = Vec::new();
        for _ in 0..app.config.passwords.at_once {
            desks.push(app.passwords.occupy().await);
        }
        let asked = || app.passwords.asked.load(std::sync::atomic::Ordering::SeqCst);
        let before = asked();
        let mut typed = std::pin::pin!(login::recovery::once(&app, &token, code));
        while asked() == before {
            let polled = std::future::poll_fn(|context| {
                std::task::Poll::Ready(typed.as_mut().poll(context))
            });
            assert!(polled.await.is_pending(), "no desk is free");
            tokio::task::yield_now().await;
        }
        assert!(events(&app, Some(&own.id)).await.contains(&"code_tried".to_owned()));
        drop(desks);
        let secret = Secret::new(PASSWORD.to_owned());
        let name = others.username.as_str();
        let answer = login::password::check(&app, &token, name, secret).await.unwrap();
        assert!(matches!(answer, PasswordAnswer::Factor(_)), "{answer:?}");
        let answer = typed.await;
        assert!(matches!(answer, Err(Error::AttemptOver)), "{answer:?}");
        for account in [&own.id, &others.id] {
            let seen = events(&app, Some(account)).await;
            assert!(!seen.iter().any(|event| event == "recovery_code_used"), "{seen:?}");
        }
        assert!(!events(&app, Some(&others.id)).await.contains(&"session_opened".to_owned()));
    })
    .await;
}
