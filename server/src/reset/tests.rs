//! Setting up anew from beginning to end, on both engines.

use super::store;
use crate::app::App;
use crate::delivery::{self, message::Message};
use crate::enrolment::policy::Denied;
use crate::enrolment::{self, anew::Anew};
use crate::factors::Level;
use crate::factors::security_key::KeyKind;
use crate::factors::testing::SoftKey;
use crate::id::AccountId;
use crate::login::tests::{NAME, PASSWORD, attempt, begin, done, enrol, events, tap, try_password};
use crate::login::{self, CodeAnswer, FactorAnswer, Granted, PasswordAnswer};
use crate::recovery::{RecoveryCode, run::make};
use crate::secret::{Secret, Token};
use crate::sessions::Session;
use crate::storage::testing::both;
use std::sync::Arc;
use std::time::Duration;

/// Somebody with a passkey and a recovery code.
async fn keeper(app: &App) -> (SoftKey, RecoveryCode) {
    let mut soft = SoftKey::new();
    enrol(app, &mut soft, KeyKind::Passkey).await;
    let session = done(tap(app, &attempt(app).await, &mut soft).await);
    let code = make(app, &session).await.unwrap();
    (soft, code)
}

fn again(code: &RecoveryCode) -> RecoveryCode {
    RecoveryCode::parse(code.grouped().expose()).expect("it was just made")
}

/// Begins with `code` after the password: what this browser shows from now on.
async fn set_up(app: &App, code: &RecoveryCode) -> Token {
    let (token, _) = try_password(app, NAME, PASSWORD).await;
    let answer = login::anew::begin(app, &token, again(code)).await.unwrap();
    let CodeAnswer::Done(browser) = answer else { panic!("{answer:?}") };
    browser
}

/// The password in the browser that shows `browser`.
async fn password(app: &App, browser: Option<&Token>) -> (Token, PasswordAnswer) {
    let secret = Secret::new(PASSWORD.to_owned());
    login::password::start(app, ("test browser", browser), NAME, secret).await.unwrap()
}

/// The visit of the wizard.
async fn visit(app: &App, browser: &Token) -> Session {
    let (_, answer) = password(app, Some(browser)).await;
    let PasswordAnswer::EnrolOnly(Granted::Session { session, .. }) = answer else {
        panic!("{answer:?}")
    };
    session
}

async fn add(app: &App, visit: &Session, soft: &mut SoftKey, kind: KeyKind) -> Level {
    let options = enrolment::run::key_options(app, visit, kind).await.unwrap();
    enrolment::run::key(app, visit, &soft.create(&options), "nieuw").await.unwrap().bound_at
}

async fn names(app: &App, account: &AccountId) -> Vec<(String, bool)> {
    let mut tx = app.db.read().await.unwrap();
    let factors = crate::factors::store::list(&mut tx, account).await.unwrap();
    factors.into_iter().map(|factor| (factor.name.clone(), factor.is_usable())).collect()
}

/// Flow D1 for who has nothing but a key that was copied: the code is not asked what there was.
#[tokio::test]
async fn d1_the_recovery_code_sets_up_anew_also_where_the_only_key_was_switched_off() {
    both(async |db| {
        let (app, account) = begin(db).await;
        let (mut old, code) = keeper(&app).await;
        old.counter = 1;
        let copied = tap(&app, &attempt(&app).await, &mut old).await;
        assert!(matches!(copied, FactorAnswer::Refused(_)), "{copied:?}");
        let (token, answer) = try_password(&app, NAME, PASSWORD).await;
        assert!(matches!(answer, PasswordAnswer::NoWay), "{answer:?}");
        let enrols = login::run::enrol_another(&app, &token).await;
        assert!(
            matches!(enrols, Err(login::Error::AttemptOver)),
            "a password alone enrols nothing"
        );
        let browser = set_up(&app, &code).await;
        let visit = visit(&app, &browser).await;
        let mut new = SoftKey::new();
        let bound_at = add(&app, &visit, &mut new, KeyKind::SecurityKey).await;
        assert_eq!(bound_at, Level::Substantial);
        let (token, _) = password(&app, Some(&browser)).await;
        done(tap(&app, &token, &mut new).await);
        assert_eq!(names(&app, &account.id).await, [("nieuw".to_owned(), true)]);
    })
    .await;
}

/// Taps alone, as somebody who has only the key.
async fn alone(app: &App, soft: &mut SoftKey) -> FactorAnswer {
    tap(app, &attempt(app).await, soft).await
}

fn later(app: &App, time: Duration) {
    app.clock.advance(time);
}

/// Flow D1, to the letter.
#[tokio::test]
async fn what_there_was_is_out_of_use_at_once_and_goes_when_something_new_proves_itself() {
    both(async |db| {
        let (app, account) = begin(db).await;
        let (mut old, code) = keeper(&app).await;
        let (other, _) = try_password(&app, NAME, PASSWORD).await;
        let browser = set_up(&app, &code).await;

        assert!(matches!(
            alone(&app, &mut old).await,
            FactorAnswer::Refused(crate::factors::Refusal::Suspended)
        ));
        let options = login::key::options(&app, &other).await;
        assert!(matches!(options, Err(login::Error::AttemptOver)), "{options:?}");
        assert_eq!(names(&app, &account.id).await, [("mijn sleutel".to_owned(), false)]);
        for elsewhere in [None, Some(&Token::random(app.random))] {
            let (_, answer) = password(&app, elsewhere).await;
            assert!(matches!(answer, PasswordAnswer::Abandoned), "{answer:?}");
        }

        let visit = visit(&app, &browser).await;
        let mut new = SoftKey::new();
        let bound_at = add(&app, &visit, &mut new, KeyKind::SecurityKey).await;
        assert_eq!(bound_at, Level::Substantial, "never more than the way back");
        assert_eq!(names(&app, &account.id).await.len(), 2, "it has proven nothing yet");
        let (_, answer) = password(&app, None).await;
        assert!(matches!(answer, PasswordAnswer::Abandoned), "{answer:?}");
        let (token, _) = password(&app, Some(&browser)).await;
        let session = done(tap(&app, &token, &mut new).await);
        assert_eq!(session.login.level, Level::Substantial);

        assert_eq!(names(&app, &account.id).await, [("nieuw".to_owned(), true)]);
        assert!(matches!(
            alone(&app, &mut old).await,
            FactorAnswer::Refused(crate::factors::Refusal::NotRecognised)
        ));
        let (_, answer) = password(&app, None).await;
        assert!(matches!(answer, PasswordAnswer::Factor(_)), "it is over: {answer:?}");
        let seen = events(&app, Some(&account.id)).await;
        for event in ["recovery_code_spent", "set_up_anew", "session_ended", "factor_removed"] {
            assert!(seen.iter().any(|other| other == event), "{event} in {seen:?}");
        }
    })
    .await;
}

/// Attack: recovery begun and left (`docs/threats.md`, chain 7).
#[tokio::test]
async fn after_a_quarter_of_an_hour_no_wizard_is_open() {
    both(async |db| {
        let (app, account) = begin(db).await;
        let (mut old, code) = keeper(&app).await;
        let browser = set_up(&app, &code).await;
        later(&app, app.config.times.set_up_anew.saturating_sub(Duration::from_millis(1)));
        let visit = visit(&app, &browser).await;
        let keeping = login::run::keep(&app, &visit).await.unwrap();
        let options = login::key::options(&app, &keeping).await.unwrap();
        later(&app, Duration::from_millis(1));
        let (_, answer) = password(&app, Some(&browser)).await;
        assert!(matches!(answer, PasswordAnswer::Abandoned), "{answer:?}");
        let late = enrolment::run::key_options(&app, &visit, KeyKind::Passkey).await;
        assert!(matches!(late, Err(enrolment::Error::Denied(Denied::TooLate))), "{late:?}");
        let late = login::key::finish(&app, &keeping, &old.get(&options)).await;
        assert!(matches!(late, Err(login::Error::AttemptOver)), "{late:?}");
        assert_eq!(names(&app, &account.id).await, [("mijn sleutel".to_owned(), false)]);
        let skipped = enrolment::run::skip(&app, &visit).await;
        assert!(skipped.is_err(), "{skipped:?}");
    })
    .await;
}

#[tokio::test]
async fn what_is_still_at_hand_is_kept_by_using_it_and_the_rest_goes() {
    both(async |db| {
        let (app, account) = begin(db).await;
        let (mut old, code) = keeper(&app).await;
        let mut lost = SoftKey::new();
        let session = done(alone(&app, &mut old).await);
        add(&app, &session, &mut lost, KeyKind::Passkey).await;
        let browser = set_up(&app, &code).await;
        let visit = visit(&app, &browser).await;
        let done_too_early = enrolment::anew::done(&app, &visit).await;
        assert!(matches!(done_too_early, Err(enrolment::Error::Unknown)), "{done_too_early:?}");

        let mut stranger = SoftKey::new();
        let keeping = login::run::keep(&app, &visit).await.unwrap();
        let options = login::key::options(&app, &keeping).await.unwrap();
        stranger.create(&enrolment_options(&app, &visit).await);
        let refused = login::key::finish(&app, &keeping, &stranger.get(&options)).await.unwrap();
        assert!(matches!(refused, FactorAnswer::Refused(_)), "{refused:?}");
        let kept = tap(&app, &keeping, &mut old).await;
        assert!(matches!(kept, FactorAnswer::Done(Granted::Kept)), "{kept:?}");
        let standing = enrolment::anew::standing(&app, &visit).await.unwrap();
        let Some(Anew { suspended, kept, .. }) = standing else { panic!("it goes on") };
        assert_eq!((suspended.len(), kept.len()), (1, 1));

        enrolment::anew::done(&app, &visit).await.unwrap();
        assert_eq!(names(&app, &account.id).await, [("mijn sleutel".to_owned(), true)]);
        let session = done(alone(&app, &mut old).await);
        assert_eq!(session.login.level, Level::High, "what it was bound at stays");
        assert!(enrolment::anew::standing(&app, &session).await.unwrap().is_none());
        let over = enrolment::anew::done(&app, &visit).await;
        assert!(matches!(over, Err(enrolment::Error::SessionOver)), "{over:?}");
    })
    .await;
}

/// The question of an enrolment, so that a soft key has a credential of its own.
async fn enrolment_options(app: &App, visit: &Session) -> serde_json::Value {
    enrolment::run::key_options(app, visit, KeyKind::Passkey).await.unwrap()
}

/// Attack: recovery-code race.
#[tokio::test]
async fn of_sixty_four_that_set_up_anew_at_once_one_does() {
    both(async |db| {
        let (app, account) = begin(db).await;
        let (_, code) = keeper(&app).await;
        let mut tokens = vec![];
        for _ in 0..64 {
            tokens.push(try_password(&app, NAME, PASSWORD).await.0);
        }
        let mut tasks = tokio::task::JoinSet::new();
        for token in tokens {
            let (app, code) = (Arc::clone(&app), again(&code));
            tasks.spawn(async move { login::anew::begin(&app, &token, code).await });
        }
        let answers = tasks.join_all().await;
        let won = answers.iter().filter(|answer| matches!(answer, Ok(CodeAnswer::Done(_)))).count();
        assert_eq!(won, 1, "{answers:?}");
        let seen = events(&app, Some(&account.id)).await;
        assert_eq!(seen.iter().filter(|event| *event == "set_up_anew").count(), 1);
        let told = delivery::run::waiting(&app).await;
        let told = told.iter().filter(|notice| matches!(notice, Message::SetUpAnew { .. }));
        assert_eq!(told.count(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_wrong_code_changes_nothing_and_is_counted() {
    both(async |db| {
        let (app, account) = begin(db).await;
        let (mut old, _) = keeper(&app).await;
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        for left in [4, 3, 2, 1] {
            let other = RecoveryCode::parse("0000-0000-0000-0000").unwrap();
            let answer = login::anew::begin(&app, &token, other).await.unwrap();
            assert!(matches!(answer, CodeAnswer::Wrong { left: l } if l == left), "{answer:?}");
        }
        let other = RecoveryCode::parse("0000-0000-0000-0000").unwrap();
        let answer = login::anew::begin(&app, &token, other).await.unwrap();
        assert!(matches!(answer, CodeAnswer::Barred(_)), "{answer:?}");
        assert_eq!(names(&app, &account.id).await, [("mijn sleutel".to_owned(), true)]);
        done(alone(&app, &mut old).await);
    })
    .await;
}

#[tokio::test]
async fn an_operator_who_removes_the_last_opens_the_road_of_the_password_again() {
    both(async |db| {
        let (app, account) = begin(db).await;
        let (_, code) = keeper(&app).await;
        let browser = set_up(&app, &code).await;
        let visit = visit(&app, &browser).await;
        let standing = enrolment::anew::standing(&app, &visit).await.unwrap().unwrap();
        let factor = standing.suspended.first().unwrap();
        enrolment::run::testing::remove_by_operator(
            &app,
            &account.username,
            &factor.id,
            Level::Low,
        )
        .await
        .unwrap();
        let (_, answer) = password(&app, None).await;
        assert!(matches!(answer, PasswordAnswer::EnrolOnly(_)), "{answer:?}");
        let mut tx = app.db.read().await.unwrap();
        assert_eq!(store::find(&mut tx, &account.id).await.unwrap(), None);
    })
    .await;
}
