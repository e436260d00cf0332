//! Log-ins with an authenticator app, on both engines.

use super::super::tests::{NAME, PASSWORD, attempt, begin, enrol, events, try_password};
use super::*;
use crate::accounts::Account;
use crate::app::testing;
use crate::enrolment::app::{Typed, finish as prove, seed as show};
use crate::factors::security_key::KeyKind;
use crate::factors::testing::SoftKey;
use crate::factors::{self, Level};
use crate::lockout::codes::Barred;
use crate::login::run::{Offer, offer, step_up};
use crate::login::{Granted, PasswordAnswer};
use crate::random::Random;
use crate::sealed::Keyring;
use crate::sessions::{self, Scope, Session, Way};
use crate::storage::testing::{both, rows};
use std::sync::Arc;
use std::time::Duration;

const STEP: Duration = Duration::from_secs(30);

/// A visit that a password alone gives.
async fn visit(app: &App) -> Session {
    let (_, answer) = try_password(app, NAME, PASSWORD).await;
    let PasswordAnswer::EnrolOnly(granted) = answer else { panic!("{answer:?}") };
    session(granted)
}

fn session(granted: Granted) -> Session {
    match granted {
        Granted::Session { session, .. } => session,
        Granted::Code { .. } | Granted::Kept => panic!("a page gets a session"),
    }
}

/// Enrols an app from the visit that a password alone gives; its step is over.
pub(in crate::login) async fn enrol_app(app: &App) -> Seed {
    let visit = visit(app).await;
    let seed = show(app, &visit).await.unwrap();
    let code = seed.shown(app.clock.now());
    let typed = prove(app, &visit, &code, "telefoon").await.unwrap();
    assert!(matches!(typed, Typed::Enrolled { .. }), "{typed:?}");
    app.clock.advance(STEP);
    seed
}

/// Logs in with the password and this code.
async fn try_code(app: &App, code: &Code) -> CodeAnswer {
    let (token, answer) = try_password(app, NAME, PASSWORD).await;
    assert!(matches!(answer, PasswordAnswer::Factor(_)), "{answer:?}");
    finish(app, &token, code).await.unwrap()
}

fn is_in(answer: &CodeAnswer) -> bool {
    matches!(answer, CodeAnswer::Done(_))
}

#[tokio::test]
async fn a_password_and_a_code_of_the_app_let_in_at_substantial() {
    both(async |db| {
        let (app, account) = begin(db).await;
        let seed = enrol_app(&app).await;
        let (token, answer) = try_password(&app, NAME, PASSWORD).await;
        let PasswordAnswer::Factor(Offer { ways, first }) = answer else { panic!("{answer:?}") };
        assert_eq!((ways, first), (vec![Kind::App], false));
        let CodeAnswer::Done(granted) =
            finish(&app, &token, &seed.shown(app.clock.now())).await.unwrap()
        else {
            panic!("the code is right")
        };
        let session = session(granted);
        assert_eq!((session.login.scope, session.login.level), (Scope::Full, Level::Substantial));
        assert_eq!(session.login.way, Way::PasswordAndApp);
        assert!(!session.is_fresh(app.clock.now(), &app.config.sessions), "a code is not strong");
        let seen = events(&app, Some(&account.id)).await;
        // One code enrolled the app, the other one logged in.
        for (event, times) in
            [("factor_added", 1), ("code_tried", 2), ("code_right", 2), ("factor_proven", 1)]
        {
            let count = seen.iter().filter(|name| *name == event).count();
            assert_eq!(count, times, "{event}: {seen:?}");
        }
    })
    .await;
}

/// Attack: TOTP replay. The same code once more, in another log-in, and after a restart.
#[tokio::test]
async fn totp_replay_is_refused_also_after_a_restart() {
    both(async |db| {
        let data = tempfile::tempdir().unwrap();
        let (mut app, _) = begin(db.clone()).await;
        let again = || testing::with(db.clone(), |config, _| config.data = data.path().to_owned());
        Arc::get_mut(&mut app).unwrap().sealing =
            Keyring::open(data.path(), Random::system()).unwrap();
        let seed = enrol_app(&app).await;
        let code = seed.shown(app.clock.now());
        assert!(is_in(&try_code(&app, &code).await));
        assert!(matches!(try_code(&app, &code).await, CodeAnswer::Wrong { .. }));
        let restarted = again();
        restarted.clock.advance(STEP);
        assert!(matches!(try_code(&restarted, &code).await, CodeAnswer::Wrong { .. }));
        restarted.clock.advance(STEP);
        assert!(is_in(&try_code(&restarted, &seed.shown(restarted.clock.now())).await));
    })
    .await;
}

/// Attack: TOTP replay, 50 at once.
#[tokio::test]
async fn totp_replay_in_parallel_lets_one_of_fifty_in() {
    both(async |db| {
        let (app, account) = begin(db).await;
        let seed = enrol_app(&app).await;
        let code = seed.shown(app.clock.now());
        let mut tokens = vec![];
        for _ in 0..50 {
            tokens.push(try_password(&app, NAME, PASSWORD).await.0);
        }
        let mut tasks = tokio::task::JoinSet::new();
        for token in tokens {
            let (app, code) = (Arc::clone(&app), code.clone());
            tasks.spawn(async move { finish(&app, &token, &code).await });
        }
        let answers = tasks.join_all().await;
        let won = answers.iter().filter(|answer| answer.as_ref().is_ok_and(is_in)).count();
        assert_eq!(won, 1, "{answers:?}");
        let seen = events(&app, Some(&account.id)).await;
        assert_eq!(seen.iter().filter(|event| *event == "factor_proven").count(), 1);
        let right = seen.iter().filter(|event| *event == "code_right").count();
        assert_eq!(right, 2, "this one, and the one that enrolled the app");
    })
    .await;
}

/// Attack: wrong step order.
#[tokio::test]
async fn wrong_step_order_is_refused() {
    both(async |db| {
        let (app, _) = begin(db).await;
        let seed = enrol_app(&app).await;
        let now = app.clock.now();
        let (present, next) = (seed.shown(now), seed.shown(now.after(STEP)));
        assert!(is_in(&try_code(&app, &next).await), "the next step is in the window");
        assert!(matches!(try_code(&app, &present).await, CodeAnswer::Wrong { .. }));
        app.clock.advance(STEP);
        assert!(matches!(try_code(&app, &next).await, CodeAnswer::Wrong { .. }));
        app.clock.advance(STEP);
        assert!(is_in(&try_code(&app, &seed.shown(app.clock.now())).await));
    })
    .await;
}

/// Attack: clock. An hour off, no code is right; one step off it is.
#[tokio::test]
async fn a_phone_whose_clock_is_a_step_off_still_works_and_one_an_hour_off_does_not() {
    both(async |db| {
        let (app, _) = begin(db).await;
        let seed = enrol_app(&app).await;
        let hour = Duration::from_secs(3600);
        let now = app.clock.now();
        for wrong in [now.after(hour), now.before(hour), now.after(2 * STEP)] {
            assert!(!is_in(&try_code(&app, &seed.shown(wrong)).await));
        }
        app.clock.advance(2 * STEP);
        let slow = seed.shown(app.clock.now().before(STEP));
        assert!(is_in(&try_code(&app, &slow).await));
    })
    .await;
}

/// Attack: clock. The server's own clock jumps an hour, as `docs/operator.md` tells under 'The clock'.
#[tokio::test]
async fn a_servers_clock_that_jumps_an_hour_lets_no_code_in_twice() {
    both(async |db| {
        let (app, _) = begin(db).await;
        let seed = enrol_app(&app).await;
        let hour = Duration::from_secs(3600);
        let shown = async || seed.shown(app.clock.now());
        let used = shown().await;
        let CodeAnswer::Done(granted) = try_code(&app, &used).await else { panic!("it is right") };
        let Granted::Session { token, .. } = granted else { panic!("{granted:?}") };
        let open = async || sessions::run::current(&app, &token).await.unwrap().is_some();
        app.clock.set_back(hour);
        assert!(open().await, "nobody is thrown out");
        assert!(!is_in(&try_code(&app, &shown().await).await), "a step from before the last one");
        assert!(!is_in(&try_code(&app, &used).await));
        app.clock.advance(hour);
        assert!(!is_in(&try_code(&app, &used).await), "it was used");
        app.clock.advance(STEP);
        assert!(is_in(&try_code(&app, &shown().await).await), "the hour is over");
        app.clock.advance(hour);
        assert!(!open().await, "nothing was heard of it for an hour");
        assert!(is_in(&try_code(&app, &shown().await).await));
    })
    .await;
}

/// Attack: half enrolment.
#[tokio::test]
async fn half_enrolment_counts_for_nothing_and_leaves_nothing_usable() {
    both(async |db| {
        let (app, account) = begin(db).await;
        let first = visit(&app).await;
        let seed = show(&app, &first).await.unwrap();
        assert_eq!(show(&app, &first).await.unwrap().bytes(), seed.bytes(), "it stays");
        let wrong = Code::parse("000000").unwrap();
        assert!(matches!(prove(&app, &first, &wrong, "").await.unwrap(), Typed::Wrong { .. }));
        assert_eq!(rows(&app.db, "factor").await, 0);
        let second = visit(&app).await;
        let other = show(&app, &second).await.unwrap();
        assert_ne!(other.bytes(), seed.bytes(), "no session shows another one's seed");
        let code = seed.shown(app.clock.now());
        assert!(matches!(prove(&app, &second, &code, "").await.unwrap(), Typed::Wrong { .. }));
        app.clock.advance(Duration::from_secs(30 * 60));
        let gone = visit(&app).await;
        let late = seed.shown(app.clock.now());
        assert!(matches!(prove(&app, &gone, &late, "").await.unwrap(), Typed::Gone));
        crate::login::run::forget(&app).await.unwrap();
        assert_eq!(rows(&app.db, "totp_draft").await, 0);
        let (_, answer) = try_password(&app, NAME, PASSWORD).await;
        assert!(matches!(answer, PasswordAnswer::EnrolOnly(_)), "{answer:?}");
        let mut tx = app.db.read().await.unwrap();
        assert!(factors::store::list(&mut tx, &account.id).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_seed_that_is_moved_to_another_row_opens_nothing() {
    both(async |db| {
        let (app, _) = begin(db).await;
        let seed = enrol_app(&app).await;
        let mut tx = app.db.write().await.unwrap();
        let forged = Record::new(places::TOTP, "another factor");
        let forged = app.sealing.seal(&forged, &[7; 20], app.random);
        let stored = storage::columns::others(&mut tx, places::TOTP, "?", ("", 9)).await.unwrap();
        let (row, old) = stored.first().unwrap();
        assert!(!old.contains(&seed.groups().expose().replace(' ', "")));
        let texts = (old.as_str(), forged.as_str());
        assert!(storage::columns::replace(&mut tx, places::TOTP, row, texts).await.unwrap());
        tx.commit().await.unwrap();
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        let code = Seed::from_bytes(&[7; 20]).unwrap().shown(app.clock.now());
        let refused = finish(&app, &token, &code).await;
        assert!(matches!(refused, Err(Error::Sealed(_))), "{refused:?}");
    })
    .await;
}

/// Attack: brute force; a log-in does not outlive its lock-out.
#[tokio::test]
async fn five_wrong_codes_end_the_log_in_and_the_right_one_comes_too_late() {
    both(async |db| {
        let (app, _) = begin(db).await;
        let seed = enrol_app(&app).await;
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        let wrong = seed.shown(app.clock.now().after(10 * STEP));
        for left in (1..5).rev() {
            let answer = finish(&app, &token, &wrong).await.unwrap();
            assert!(matches!(answer, CodeAnswer::Wrong { left: l } if l == left), "{answer:?}");
        }
        let last = finish(&app, &token, &wrong).await.unwrap();
        assert!(matches!(last, CodeAnswer::Barred(Barred::AttemptOver)), "{last:?}");
        let right = seed.shown(app.clock.now());
        assert!(matches!(finish(&app, &token, &right).await, Err(Error::AttemptOver)));
        assert!(is_in(&try_code(&app, &right).await), "the next log-in may");
        let nobody = attempt(&app).await;
        assert!(matches!(finish(&app, &nobody, &right).await, Err(Error::AttemptOver)));
    })
    .await;
}

#[tokio::test]
async fn beside_a_key_a_code_of_an_app_lets_in_and_changes_no_factor() {
    both(async |db| {
        let (app, account) = begin(db).await;
        let seed = enrol_app(&app).await;
        let CodeAnswer::Done(granted) = try_code(&app, &seed.shown(app.clock.now())).await else {
            panic!("the code is right")
        };
        let mut soft = SoftKey::new();
        let owner = session(granted);
        let options =
            crate::enrolment::run::key_options(&app, &owner, KeyKind::SecurityKey).await.unwrap();
        crate::enrolment::run::key(&app, &owner, &soft.create(&options), "x").await.unwrap();
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        super::super::tests::done(super::super::tests::tap(&app, &token, &mut soft).await);
        app.clock.advance(STEP);
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        let offered = offer(&app, &token).await.unwrap().unwrap().ways;
        assert_eq!(offered, [Kind::SecurityKey, Kind::App]);
        let code = seed.shown(app.clock.now());
        let CodeAnswer::Done(granted) = finish(&app, &token, &code).await.unwrap() else {
            panic!("a code lets in")
        };
        let by_code = session(granted);
        let refused =
            crate::enrolment::run::key_options(&app, &by_code, KeyKind::Passkey).await.unwrap_err();
        let denied = crate::enrolment::Error::Denied(crate::enrolment::policy::Denied::NotFresh);
        assert_eq!(refused.to_string(), denied.to_string());
        // Once more with a code makes nothing fresh either.
        app.clock.advance(STEP);
        let raising = step_up(&app, &by_code).await.unwrap();
        let code = seed.shown(app.clock.now());
        let CodeAnswer::Done(granted) = finish(&app, &raising, &code).await.unwrap() else {
            panic!("the code is right")
        };
        assert!(!session(granted).is_fresh(app.clock.now(), &app.config.sessions));
        let Account { id, .. } = account;
        assert!(!events(&app, Some(&id)).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_a_password_visit_enrolled_and_never_used_goes_when_an_app_is_proven() {
    both(async |db| {
        let (app, account) = begin(db).await;
        enrol(&app, &mut SoftKey::new(), KeyKind::SecurityKey).await;
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        let granted = crate::login::run::enrol_another(&app, &token).await.unwrap();
        let visit = session(granted);
        let seed = show(&app, &visit).await.unwrap();
        let code = seed.shown(app.clock.now());
        assert!(matches!(prove(&app, &visit, &code, "x").await.unwrap(), Typed::Enrolled { .. }));
        let mut tx = app.db.read().await.unwrap();
        let left = factors::store::list(&mut tx, &account.id).await.unwrap();
        let kinds: Vec<_> = left.iter().map(|factor| factor.kind).collect();
        assert_eq!(kinds, [Kind::App]);
    })
    .await;
}
