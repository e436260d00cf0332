//! Recovery codes from beginning to end, on both engines.

use super::run::{Confirmation, Error, Status, confirm, make, status};
use super::*;
use crate::app::App;
use crate::delivery::{self, message::Message};
use crate::enrolment;
use crate::enrolment::policy::Intent;
use crate::factors::Level;
use crate::factors::security_key::KeyKind;
use crate::factors::testing::SoftKey;
use crate::lockout::codes::Barred;
use crate::login::recovery::{is_asked, once};
use crate::login::tests::{NAME, PASSWORD, attempt, begin, done, enrol, events, tap, try_password};
use crate::login::{CodeAnswer, Granted};
use crate::secret::Token;
use crate::sessions::{self, Session, Way};
use crate::storage::testing::both;
use proptest::prelude::*;
use std::sync::Arc;

/// Somebody with a passkey who has a recovery code, and the session in which it was made.
async fn keeper(app: &App) -> (SoftKey, Session, RecoveryCode) {
    let mut soft = SoftKey::new();
    enrol(app, &mut soft, KeyKind::Passkey).await;
    let session = done(tap(app, &attempt(app).await, &mut soft).await);
    let code = make(app, &session).await.unwrap();
    (soft, session, code)
}

fn again(code: &RecoveryCode) -> RecoveryCode {
    RecoveryCode::parse(code.grouped().expose()).expect("it was just made")
}

fn other() -> RecoveryCode {
    RecoveryCode::random(Digits::Sixteen, Random::system())
}

/// The session and the next code that this one gives after the password.
async fn use_up(app: &App, code: &RecoveryCode) -> (Session, RecoveryCode) {
    let (token, _) = try_password(app, NAME, PASSWORD).await;
    let answer = once(app, &token, again(code)).await.unwrap();
    let CodeAnswer::Done((Granted::Session { session, .. }, next)) = answer else {
        panic!("{answer:?}");
    };
    (session, next)
}

async fn refused(app: &App, code: &RecoveryCode) {
    let (token, _) = try_password(app, NAME, PASSWORD).await;
    let answer = once(app, &token, again(code)).await.unwrap();
    assert!(matches!(answer, CodeAnswer::Wrong { left: 4 }), "{answer:?}");
}

async fn counts(app: &App, account: &crate::id::AccountId, name: &str) -> usize {
    events(app, Some(account)).await.iter().filter(|event| *event == name).count()
}

#[tokio::test]
async fn a_recovery_code_logs_in_once_and_another_takes_its_place() {
    both(async |db| {
        let (app, account) = begin(db).await;
        let (mut soft, _, code) = keeper(&app).await;
        let (session, next) = use_up(&app, &code).await;
        assert_eq!(session.login.account, account.id);
        let login = &session.login;
        assert_eq!((login.way, login.level), (Way::PasswordAndRecovery, Level::Substantial));
        refused(&app, &code).await;
        let (_, third) = use_up(&app, &next).await;
        assert_ne!(next.grouped().expose(), third.grouped().expose());
        done(tap(&app, &attempt(&app).await, &mut soft).await);
        assert_eq!(counts(&app, &account.id, "recovery_code_used").await, 2);
        assert_eq!(counts(&app, &account.id, "factor_removed").await, 0, "the factors stay");
    })
    .await;
}

/// Attack: recovery-code race.
#[tokio::test]
async fn one_of_sixty_four_uses_of_a_recovery_code_wins() {
    both(async |db| {
        let (app, account) = begin(db).await;
        let (_, _, code) = keeper(&app).await;
        let mut tasks = tokio::task::JoinSet::new();
        let mut tokens = vec![];
        for _ in 0..64 {
            tokens.push(try_password(&app, NAME, PASSWORD).await.0);
        }
        for token in tokens {
            let (app, code) = (Arc::clone(&app), again(&code));
            tasks.spawn(async move { once(&app, &token, code).await });
        }
        let answers = tasks.join_all().await;
        let won = answers.iter().filter(|answer| matches!(answer, Ok(CodeAnswer::Done(_)))).count();
        assert_eq!(won, 1, "{answers:?}");
        assert_eq!(counts(&app, &account.id, "recovery_code_used").await, 1);
        let told = delivery::run::waiting(&app).await;
        let told = told.iter().filter(|notice| matches!(notice, Message::RecoveryCodeUsed));
        assert_eq!(told.count(), 1);
        let mut tx = app.db.read().await.unwrap();
        let living = sessions::living(&mut tx, &account.id, app.clock.now(), &app.config.sessions);
        assert_eq!(living.await.unwrap().len(), 1);
    })
    .await;
}

/// Attack: recovery-code stale.
#[tokio::test]
async fn a_new_recovery_code_is_the_death_of_the_old_one() {
    both(async |db| {
        let (app, account) = begin(db).await;
        let (_, session, old) = keeper(&app).await;
        let new = make(&app, &session).await.unwrap();
        refused(&app, &old).await;
        use_up(&app, &new).await;
        assert_eq!(counts(&app, &account.id, "recovery_code_made").await, 2);
    })
    .await;
}

/// Attack: that a code without its password opens nothing.
#[tokio::test]
async fn a_recovery_code_is_not_looked_at_before_the_password_or_beside_an_unproven_factor() {
    both(async |db| {
        let (app, account) = begin(db).await;
        let (_, _, code) = keeper(&app).await;
        let before = events(&app, Some(&account.id)).await.len();
        let token = attempt(&app).await;
        assert!(!is_asked(&app, &token).await.unwrap());
        for token in [token, Token::random(app.random)] {
            let early = once(&app, &token, again(&code)).await;
            assert!(matches!(early, Err(crate::login::Error::AttemptOver)), "{early:?}");
        }
        let (token, _) = try_password(&app, NAME, code.grouped().expose()).await;
        assert!(once(&app, &token, again(&code)).await.is_err(), "it is no password either");
        let seen = events(&app, Some(&account.id)).await;
        assert!(!seen.iter().any(|event| event.starts_with("code_")), "{seen:?}");
        assert!(seen.len() > before);
        use_up(&app, &code).await;
    })
    .await;
}

#[tokio::test]
async fn who_has_no_code_is_answered_as_who_has_another() {
    both(async |db| {
        let (app, _) = begin(db).await;
        let mut soft = SoftKey::new();
        enrol(&app, &mut soft, KeyKind::Passkey).await;
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        assert!(!is_asked(&app, &token).await.unwrap(), "nothing has proven itself yet");
        done(tap(&app, &token, &mut soft).await);
        refused(&app, &other()).await;
    })
    .await;
}

/// Attack: session fixation, and what a visit by recovery code may do.
#[tokio::test]
async fn a_visit_by_recovery_code_ends_the_others_and_changes_no_factor() {
    both(async |db| {
        let (app, _) = begin(db).await;
        let (_, before, code) = keeper(&app).await;
        let (waiting, _) = try_password(&app, NAME, PASSWORD).await;
        let (session, _) = use_up(&app, &code).await;
        let mut tx = app.db.read().await.unwrap();
        let now = app.clock.now();
        let living = sessions::living(&mut tx, &session.login.account, now, &app.config.sessions);
        let living: Vec<_> = living.await.unwrap().into_iter().map(|session| session.id).collect();
        drop(tx);
        assert_eq!(living, std::slice::from_ref(&session.id));
        assert_ne!(before.id, session.id);
        assert!(is_asked(&app, &waiting).await.is_err(), "a log-in under way is over");
        let added = enrolment::run::key_options(&app, &session, KeyKind::Passkey).await;
        assert!(matches!(added, Err(enrolment::Error::Denied(_))), "{added:?}");
        let mut tx = app.db.read().await.unwrap();
        let account = &session.login.account;
        let factor = crate::factors::store::list(&mut tx, account).await.unwrap().swap_remove(0);
        drop(tx);
        let removed = enrolment::run::remove(&app, &session, &factor.id, Intent::LastToo).await;
        assert!(matches!(removed, Err(enrolment::Error::Denied(_))), "{removed:?}");
        let made = make(&app, &session).await;
        assert!(matches!(made, Err(Error::Denied(_))), "a code makes no other: {made:?}");
    })
    .await;
}

#[tokio::test]
async fn a_code_is_made_with_a_fresh_strong_factor_that_has_proven_itself() {
    both(async |db| {
        let (app, _) = begin(db).await;
        let (soft, session, _) = keeper(&app).await;
        drop(soft);
        app.clock.advance(app.config.sessions.fresh);
        let late = make(&app, &session).await;
        assert!(matches!(late, Err(Error::Denied(policy::Denied::NotFresh))), "{late:?}");
        sessions::run::end(&app, &session, &session.id).await.unwrap();
        let ended = make(&app, &session).await;
        assert!(ended.is_err(), "{ended:?}");
    })
    .await;
}

#[tokio::test]
async fn who_has_the_code_confirms_it_and_nobody_guesses_it_in_an_open_session() {
    both(async |db| {
        let (app, account) = begin(db).await;
        let (_, session, code) = keeper(&app).await;
        let now = app.clock.now();
        assert_eq!(status(&app, &session).await.unwrap(), Status::Unconfirmed(now));
        for left in (1..5).rev() {
            let wrong = confirm(&app, &session, other()).await.unwrap();
            assert_eq!(wrong, Confirmation::Wrong { left });
        }
        let last = confirm(&app, &session, other()).await.unwrap();
        assert_eq!(last, Confirmation::Barred(Barred::AttemptOver));
        let late = confirm(&app, &session, again(&code)).await.unwrap();
        assert_eq!(late, Confirmation::Barred(Barred::AttemptOver));
        let (session, next) = use_up(&app, &code).await;
        assert_eq!(confirm(&app, &session, again(&next)).await.unwrap(), Confirmation::Right);
        assert_eq!(status(&app, &session).await.unwrap(), Status::Kept(now));
        assert_eq!(counts(&app, &account.id, "recovery_code_confirmed").await, 1);
        assert_eq!(counts(&app, &account.id, "code_wrong").await, 5);
    })
    .await;
}

#[tokio::test]
async fn only_an_argon2id_hash_is_kept_and_no_event_holds_the_code() {
    both(async |db| {
        let (app, account) = begin(db).await;
        let (_, _, code) = keeper(&app).await;
        let mut tx = app.db.read().await.unwrap();
        let stored = store::find(&mut tx, &account.id).await.unwrap().unwrap();
        assert!(stored.hash.as_str().starts_with("$argon2id$"), "{}", stored.hash.as_str());
        let events = crate::audit::of_account(&mut tx, Some(&account.id)).await.unwrap();
        let digits = code.digits();
        assert!(!format!("{stored:?} {events:?} {code:?}").contains(digits.expose()));
    })
    .await;
}

#[test]
fn a_code_is_read_with_dashes_and_spaces_and_nothing_else_is_a_code() {
    let digits =
        |typed: &str| RecoveryCode::parse(typed).map(|code| code.digits().expose().clone());
    let read = Some("1234567890123456".to_owned());
    for typed in [
        "1234567890123456",
        "1234-5678-9012-3456",
        " 1234 5678\u{a0}9012\u{2013}3456\n",
        "1-2-3-4-5-6-7-8-9-0-1-2-3-4-5-6",
    ] {
        assert_eq!(digits(typed), read, "{typed:?}");
    }
    for typed in ["", "1234", "1234-5678-9012-345", "1234-5678-9012-3456-7", "1234-5678-9012-345x"]
    {
        assert_eq!(digits(typed), None, "{typed:?}");
    }
    assert_eq!(digits(&"7".repeat(25)), None);
}

proptest! {
    #[test]
    fn any_text_is_read_without_harm(typed in "\\PC{0,60}") {
        if let Some(code) = RecoveryCode::parse(&typed) {
            prop_assert!(Digits::new(code.digits().expose().len()).is_some());
        }
    }

    #[test]
    fn a_code_survives_its_groups(number in 0_usize..3) {
        let digits = Digits::ALL[number];
        let code = RecoveryCode::random(digits, Random::system());
        let shown = code.grouped();
        prop_assert_eq!(shown.expose().len(), digits.number() / 4 * 5 - 1);
        let read = again(&code).digits();
        let digits = code.digits();
        prop_assert_eq!(read.expose(), digits.expose());
    }
}
