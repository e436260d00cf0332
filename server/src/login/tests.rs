//! Log-ins from beginning to end, on both engines, with a key in software.

use super::card::{CardAnswer, decide};
use super::code::redeem as code;
use super::key::{finish as key, options as key_options};
use super::password::{check as password, start as start_with_password};
use super::run::{self, Offer, start, step_up};
use super::*;
use crate::accounts::Account;
use crate::app::App;
use crate::app::testing::app;
use crate::audit;
use crate::enrolment;
use crate::factors::security_key::KeyKind;
use crate::factors::testing::{SoftKey, revoked_card, verified_card};
use crate::factors::{Kind, card};
use crate::id::AccountId;
use crate::lockout::Subject;
use crate::organisations::{self, Setting};
use crate::secret::Secret;
use crate::sessions::{self, Scope, Way};
use crate::storage::Db;
use crate::storage::testing::{account, both, rows};
use crate::uzi::sighting::Standing;
use serde_json::Value;
use std::sync::Arc;

pub(crate) const NAME: &str = "test.arts@voorbeeld.nl";
pub(crate) const PASSWORD: &str = "groen paard eet soep";

fn secret(text: &str) -> Secret<String> {
    Secret::new(text.to_owned())
}

/// An application with one account that has only a password.
pub(crate) async fn begin(db: Db) -> (Arc<App>, Account) {
    begin_with(app(db)).await
}

/// The same around an application of the test's own.
pub(crate) async fn begin_with(app: App) -> (Arc<App>, Account) {
    let app = Arc::new(app);
    let account = account(&app.db, NAME).await;
    let hash = app.passwords.admit().unwrap().hash(secret(PASSWORD)).await;
    let mut tx = app.db.write().await.unwrap();
    crate::password::store::set(&mut tx, &account.id, &hash, app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    (app, account)
}

pub(crate) async fn attempt(app: &App) -> Token {
    start(app, None, "test browser").await.unwrap()
}

/// A fresh attempt with one password, and what came of it.
pub(crate) async fn try_password(app: &App, name: &str, text: &str) -> (Token, PasswordAnswer) {
    let token = attempt(app).await;
    let answer = password(app, &token, name, secret(text)).await.unwrap();
    (token, answer)
}

fn session(granted: Granted) -> (Token, Session) {
    match granted {
        Granted::Session { token, session } => (token, session),
        Granted::Code { .. } | Granted::Kept => panic!("a page gets a session"),
    }
}

/// Enrols `soft` from the visit that a password alone gives.
pub(crate) async fn enrol(app: &App, soft: &mut SoftKey, kind: KeyKind) {
    let (_, answer) = try_password(app, NAME, PASSWORD).await;
    let PasswordAnswer::EnrolOnly(granted) = answer else { panic!("{answer:?}") };
    let (_, visit) = session(granted);
    assert_eq!((visit.login.scope, visit.login.level), (Scope::EnrolOnly, Level::Low));
    let options = enrolment::run::key_options(app, &visit, kind).await.unwrap();
    enrolment::run::key(app, &visit, &soft.create(&options), "mijn sleutel").await.unwrap();
}

/// Answers the key's question of an attempt.
pub(crate) async fn tap(app: &App, token: &Token, soft: &mut SoftKey) -> FactorAnswer {
    let options = key_options(app, token).await.unwrap();
    key(app, token, &soft.get(&options)).await.unwrap()
}

pub(crate) fn done(answer: FactorAnswer) -> Session {
    match answer {
        FactorAnswer::Done(granted) => session(granted).1,
        FactorAnswer::Refused(refusal) => panic!("{refusal:?}"),
    }
}

fn refusal(answer: FactorAnswer) -> Refusal {
    match answer {
        FactorAnswer::Done(granted) => panic!("{granted:?}"),
        FactorAnswer::Refused(refusal) => refusal,
    }
}

pub(crate) async fn full_events(app: &App, account: Option<&AccountId>) -> Vec<Value> {
    let mut tx = app.db.read().await.unwrap();
    let events = audit::of_account(&mut tx, account).await.unwrap();
    events.iter().map(|text| serde_json::from_str(text).unwrap()).collect()
}

pub(crate) async fn events(app: &App, account: Option<&AccountId>) -> Vec<String> {
    let events = full_events(app, account).await;
    events.iter().map(|event| event["event"].as_str().unwrap().to_owned()).collect()
}

/// How many passwords a block kept from being looked at, as each that was looked at says, with its
/// place in the row of wrong ones.
async fn tried(app: &App, account: &AccountId) -> Vec<(u64, u64)> {
    let events = full_events(app, Some(account)).await;
    let tried = events.iter().filter(|event| event["event"] == "password_tried");
    let number = |event: &Value, name: &str| event[name].as_u64().unwrap_or(0);
    tried.map(|event| (number(event, "refused"), number(event, "streak"))).collect()
}

async fn is_open(app: &App, token: &Token) -> bool {
    sessions::run::current(app, token).await.unwrap().is_some()
}

#[tokio::test]
async fn a_password_and_a_key_log_in() {
    both(async |db| {
        let (app, account) = begin(db).await;
        let mut soft = SoftKey::new();
        enrol(&app, &mut soft, KeyKind::SecurityKey).await;
        let (token, answer) = try_password(&app, "Test.Arts@VOORBEELD.nl", PASSWORD).await;
        assert!(
            matches!(&answer, PasswordAnswer::Factor(Offer { ways, .. }) if *ways == [Kind::SecurityKey]),
            "{answer:?}"
        );
        let session = done(tap(&app, &token, &mut soft).await);
        assert_eq!(session.login.account, account.id);
        assert_eq!(session.login.way, Way::PasswordAndKey);
        assert_eq!((session.login.scope, session.login.level), (Scope::Full, Level::High));
        assert_eq!(session.client, "test browser");
        let seen = events(&app, Some(&account.id)).await;
        for event in ["password_right", "factor_added", "factor_proven", "session_opened"] {
            assert!(seen.iter().any(|other| other == event), "{event} in {seen:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_done_attempt_is_over() {
    both(async |db| {
        let (app, _) = begin(db).await;
        let mut soft = SoftKey::new();
        enrol(&app, &mut soft, KeyKind::Passkey).await;
        let token = attempt(&app).await;
        done(tap(&app, &token, &mut soft).await);
        assert!(matches!(key_options(&app, &token).await, Err(Error::AttemptOver)));
        let again = password(&app, &token, NAME, secret(PASSWORD)).await;
        assert!(matches!(again, Err(Error::AttemptOver)));
        let late = attempt(&app).await;
        app.clock.advance(ATTEMPT_LIFE);
        assert!(matches!(key_options(&app, &late).await, Err(Error::AttemptOver)));
        let unknown = Token::random(app.random);
        assert!(matches!(key_options(&app, &unknown).await, Err(Error::AttemptOver)));
    })
    .await;
}

#[tokio::test]
async fn a_passkey_logs_in_alone_and_says_when_it_did_not_verify() {
    both(async |db| {
        let (app, _) = begin(db).await;
        let mut soft = SoftKey::new();
        enrol(&app, &mut soft, KeyKind::Passkey).await;
        soft.verifies = false;
        let token = attempt(&app).await;
        let refused = refusal(tap(&app, &token, &mut soft).await);
        assert_eq!(refused, Refusal::UserVerificationMissing);
        soft.verifies = true;
        let session = done(tap(&app, &token, &mut soft).await);
        assert_eq!((session.login.way, session.login.level), (Way::Key, Level::High));
    })
    .await;
}

#[tokio::test]
async fn a_synced_passkey_gives_substantial() {
    both(async |db| {
        let (app, _) = begin(db).await;
        let mut soft = SoftKey { synced: true, counter: 0, ..SoftKey::new() };
        enrol(&app, &mut soft, KeyKind::Passkey).await;
        for _ in 0..2 {
            let session = done(tap(&app, &attempt(&app).await, &mut soft).await);
            assert_eq!(session.login.level, Level::Substantial);
        }
    })
    .await;
}

/// A passkey provider may begin to copy what was bound to one device. The other way round is a lie.
#[tokio::test]
async fn a_passkey_that_becomes_a_synced_one_gives_substantial_from_then_on() {
    both(async |db| {
        let (app, _) = begin(db).await;
        let mut soft = SoftKey { counter: 0, ..SoftKey::new() };
        enrol(&app, &mut soft, KeyKind::Passkey).await;
        let session = done(tap(&app, &attempt(&app).await, &mut soft).await);
        assert_eq!(session.login.level, Level::High);
        soft.synced = true;
        for _ in 0..2 {
            let session = done(tap(&app, &attempt(&app).await, &mut soft).await);
            assert_eq!(session.login.level, Level::Substantial);
        }
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        let session = done(tap(&app, &token, &mut soft).await);
        assert_eq!(session.login.level, Level::Substantial);
        soft.synced = false;
        let refused = refusal(tap(&app, &attempt(&app).await, &mut soft).await);
        assert_eq!(refused, Refusal::BackupChanged);
    })
    .await;
}

#[tokio::test]
async fn a_passkey_becomes_a_synced_one_after_a_password_too() {
    both(async |db| {
        let (app, _) = begin(db).await;
        let mut soft = SoftKey { counter: 0, ..SoftKey::new() };
        enrol(&app, &mut soft, KeyKind::Passkey).await;
        soft.synced = true;
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        let session = done(tap(&app, &token, &mut soft).await);
        assert_eq!(session.login.level, Level::Substantial);
    })
    .await;
}

/// A security key is bound to its device; one that says otherwise later is not the one it was.
#[tokio::test]
async fn a_security_key_does_not_become_a_synced_one() {
    both(async |db| {
        let (app, _) = begin(db).await;
        let mut soft = SoftKey { counter: 0, ..SoftKey::new() };
        enrol(&app, &mut soft, KeyKind::SecurityKey).await;
        soft.synced = true;
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        assert_eq!(refusal(tap(&app, &token, &mut soft).await), Refusal::BackupChanged);
        soft.synced = false;
        done(tap(&app, &token, &mut soft).await);
    })
    .await;
}

#[tokio::test]
async fn a_key_may_verify_its_user_now_and_then() {
    both(async |db| {
        let (app, _) = begin(db).await;
        let mut soft = SoftKey { verifies: false, ..SoftKey::new() };
        enrol(&app, &mut soft, KeyKind::SecurityKey).await;
        let levels = [(true, Level::High), (false, Level::Substantial)];
        for (verifies, level) in levels.into_iter().cycle().take(4) {
            soft.verifies = verifies;
            let (token, _) = try_password(&app, NAME, PASSWORD).await;
            let session = done(tap(&app, &token, &mut soft).await);
            assert_eq!(session.login.level, level);
        }
    })
    .await;
}

#[tokio::test]
async fn a_key_that_says_it_is_anothers_is_refused_after_a_password() {
    both(async |db| {
        let (app, _) = begin(db).await;
        let mut soft = SoftKey::new();
        enrol(&app, &mut soft, KeyKind::SecurityKey).await;
        let own = soft.user.clone();
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        for other in ["AAAAAAAAAAAAAAAAAAAAAA", "AA"] {
            soft.user = Some(other.to_owned());
            assert_eq!(refusal(tap(&app, &token, &mut soft).await), Refusal::NotRecognised);
        }
        soft.user = None;
        done(tap(&app, &token, &mut soft).await);
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        soft.user = own;
        done(tap(&app, &token, &mut soft).await);
    })
    .await;
}

#[tokio::test]
async fn a_key_that_verifies_nobody_gives_substantial_after_a_password_only() {
    both(async |db| {
        let (app, _) = begin(db).await;
        let mut soft = SoftKey { verifies: false, ..SoftKey::new() };
        enrol(&app, &mut soft, KeyKind::SecurityKey).await;
        let alone = attempt(&app).await;
        let refused = refusal(tap(&app, &alone, &mut soft).await);
        assert_eq!(refused, Refusal::UserVerificationMissing);
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        let session = done(tap(&app, &token, &mut soft).await);
        assert_eq!(session.login.level, Level::Substantial);
    })
    .await;
}

#[tokio::test]
async fn keys_of_both_kinds_are_asked_for_together_after_a_password() {
    both(async |db| {
        let (app, _) = begin(db).await;
        let mut passkey = SoftKey::new();
        enrol(&app, &mut passkey, KeyKind::Passkey).await;
        let owner = done(tap(&app, &attempt(&app).await, &mut passkey).await);
        let mut touch = SoftKey { verifies: false, ..SoftKey::new() };
        let options =
            enrolment::run::key_options(&app, &owner, KeyKind::SecurityKey).await.unwrap();
        assert_eq!(options["excludeCredentials"].as_array().map(Vec::len), Some(1));
        enrolment::run::key(&app, &owner, &touch.create(&options), "").await.unwrap();
        for (soft, level) in [(&mut passkey, Level::High), (&mut touch, Level::Substantial)] {
            let (token, _) = try_password(&app, NAME, PASSWORD).await;
            let options = key_options(&app, &token).await.unwrap();
            assert_eq!(options["allowCredentials"].as_array().map(Vec::len), Some(2));
            let answer = key(&app, &token, &soft.get(&options)).await.unwrap();
            assert_eq!(done(answer).login.level, level);
        }
    })
    .await;
}

#[tokio::test]
async fn five_wrong_passwords_block_known_and_unknown_names_alike() {
    both(async |db| {
        let (app, account) = begin(db).await;
        let mut soft = SoftKey::new();
        enrol(&app, &mut soft, KeyKind::Passkey).await;
        let walk = async |name: &str| {
            let mut answers = vec![];
            for _ in 0..6 {
                answers.push(format!("{:?}", try_password(&app, name, "mis mis mis mis").await.1));
            }
            answers
        };
        let known = walk(NAME).await;
        assert_eq!(known[3], "Wrong");
        assert!(known[4].starts_with("Blocked { until: Some("), "{}", known[4]);
        assert_eq!(known[5], known[4]);
        assert_eq!(known, walk("test.niemand@voorbeeld.nl").await);
        assert_eq!(known, walk("geen adres").await);

        let (_, right) = try_password(&app, NAME, PASSWORD).await;
        assert!(matches!(right, PasswordAnswer::Blocked { .. }), "not looked at: {right:?}");
        let session = done(tap(&app, &attempt(&app).await, &mut soft).await);
        assert_eq!(session.login.account, account.id, "a block is no weapon");

        app.clock.advance(app.config.lockout.block);
        let (_, right) = try_password(&app, NAME, PASSWORD).await;
        assert!(matches!(right, PasswordAnswer::Factor(_)), "{right:?}");
        let seen = events(&app, Some(&account.id)).await;
        let count = |kind: &str| seen.iter().filter(|event| *event == kind).count();
        assert_eq!((count("password_wrong"), count("password_refused")), (5, 1));
        assert_eq!(count("password_blocked"), 1);
        // The two that were refused are counted in the next that was looked at.
        let tried = tried(&app, &account.id).await;
        assert_eq!(tried.iter().filter(|one| **one == (2, 1)).count(), 1, "{tried:?}");
    })
    .await;
}

#[tokio::test]
async fn of_two_hundred_wrong_passwords_at_once_five_are_looked_at() {
    both(async |db| {
        let (app, account) = begin(db).await;
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..200 {
            let app = Arc::clone(&app);
            tasks.spawn(async move { try_password(&app, NAME, "mis mis mis mis").await.1 });
        }
        tasks.join_all().await;
        let seen = events(&app, Some(&account.id)).await;
        let count = |kind: &str| seen.iter().filter(|event| *event == kind).count();
        assert_eq!((count("password_wrong"), count("password_refused")), (5, 1));
        app.clock.advance(app.config.lockout.block);
        try_password(&app, NAME, "mis mis mis mis").await;
        let tried = tried(&app, &account.id).await;
        assert!(tried.contains(&(195, 1)), "{tried:?}");
    })
    .await;
}

/// Whoever measures how long an answer takes learns nothing from it: the one costly step is the same.
#[tokio::test]
async fn every_kind_of_name_costs_one_hash_and_a_blocked_one_none() {
    both(async |db| {
        let (app, _) = begin(db).await;
        account(&app.db, "test.bare@voorbeeld.nl").await;
        let mut soft = SoftKey::new();
        enrol(&app, &mut soft, KeyKind::Passkey).await;
        let hashes = async |name: &str, text: &str| {
            let computed = || app.passwords.computed.load(std::sync::atomic::Ordering::SeqCst);
            let before = computed();
            let _ = try_password(&app, name, text).await;
            computed() - before
        };
        let bare = "test.bare@voorbeeld.nl"; // an account that has no password
        for name in [NAME, bare, "test.niemand@voorbeeld.nl", "geen adres", ""] {
            for _ in 0..5 {
                assert_eq!(hashes(name, "mis mis mis mis").await, 1, "{name}");
            }
            assert_eq!(hashes(name, PASSWORD).await, 0, "{name} is blocked");
        }
        app.clock.advance(app.config.lockout.block);
        assert_eq!(hashes(NAME, PASSWORD).await, 1, "the right one");
    })
    .await;
}

#[tokio::test]
async fn who_finds_no_room_at_the_desk_has_begun_nothing() {
    both(async |db| {
        let (app, _) = begin(db).await;
        let passwords = &app.config.passwords;
        let all = passwords.at_once + passwords.waiting;
        let _held: Vec<_> = (0..all).map(|_| app.passwords.admit().unwrap()).collect();
        let answer = start_with_password(&app, ("", None), NAME, secret(PASSWORD)).await;
        assert!(matches!(answer, Err(Error::Busy(_))), "{answer:?}");
        assert_eq!(rows(&app.db, "attempt").await, 0);
    })
    .await;
}

/// What a page began is found by the cookie that it then gives, and it gives none for a wrong password.
#[tokio::test]
async fn at_a_page_only_a_right_password_leaves_an_attempt() {
    both(async |db| {
        let (app, account) = begin(db).await;
        enrol(&app, &mut SoftKey::new(), KeyKind::SecurityKey).await;
        let before = rows(&app.db, "attempt").await;
        let try_at_a_page = async |name, password| {
            let started = start_with_password(&app, ("", None), name, secret(password)).await;
            (started.unwrap(), rows(&app.db, "attempt").await - before)
        };
        for name in [NAME, "niemand@voorbeeld.nl"] {
            let ((token, answer), left) = try_at_a_page(name, "mis mis mis mis").await;
            assert!(matches!(answer, PasswordAnswer::Wrong), "{answer:?}");
            assert_eq!(left, 0, "{name}");
            let further = password(&app, &token, NAME, secret(PASSWORD)).await;
            assert!(matches!(further, Err(Error::AttemptOver)), "{further:?}");
        }
        let ((token, answer), left) = try_at_a_page(NAME, PASSWORD).await;
        assert!(matches!(answer, PasswordAnswer::Factor(_)), "{answer:?}");
        assert_eq!(left, 1);
        assert!(key_options(&app, &token).await.is_ok());
        let mut told = std::collections::BTreeMap::<_, Vec<_>>::new();
        for event in full_events(&app, Some(&account.id)).await {
            let name = event["event"].as_str().unwrap().to_owned();
            if name.starts_with("password_") {
                told.entry(event["actor"]["attempt"].to_string()).or_default().push(name);
            }
        }
        assert!(told.values().all(|of_one| of_one.len() == 2), "a try, and what it was: {told:?}");
    })
    .await;
}

#[tokio::test]
async fn who_hangs_up_leaves_a_try_that_was_counted_and_recorded() {
    both(async |db| {
        let (app, account) = begin(db).await;
        let token = attempt(&app).await;
        {
            let asked = password(&app, &token, NAME, secret("mis mis mis mis"));
            let mut asked = std::pin::pin!(asked);
            // Until the try is counted; what it was is not known then.
            while events(&app, Some(&account.id)).await.is_empty() {
                let polled = std::future::poll_fn(|context| {
                    std::task::Poll::Ready(asked.as_mut().poll(context))
                });
                assert!(polled.await.is_pending(), "the answer came before the try was counted");
                tokio::task::yield_now().await;
            }
        }
        assert_eq!(events(&app, Some(&account.id)).await, ["password_tried"]);
        for _ in 0..3 {
            try_password(&app, NAME, "mis mis mis mis").await;
        }
        let (_, last) = try_password(&app, NAME, "mis mis mis mis").await;
        assert!(matches!(last, PasswordAnswer::Blocked { .. }), "the first one counts: {last:?}");
    })
    .await;
}

#[tokio::test]
async fn a_password_longer_than_any_is_wrong_and_counted() {
    both(async |db| {
        let (app, account) = begin(db).await;
        let (_, answer) = try_password(&app, NAME, &PASSWORD.repeat(50_000)).await;
        assert!(matches!(answer, PasswordAnswer::Wrong), "{answer:?}");
        assert_eq!(events(&app, Some(&account.id)).await, ["password_tried", "password_wrong"]);
    })
    .await;
}

#[tokio::test]
async fn an_answer_counts_once() {
    both(async |db| {
        let (app, _) = begin(db).await;
        let mut soft = SoftKey::new();
        enrol(&app, &mut soft, KeyKind::Passkey).await;
        let token = attempt(&app).await;
        let options = key_options(&app, &token).await.unwrap();
        let answer = soft.get(&options);
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..64 {
            let (app, token, answer) = (Arc::clone(&app), token.clone(), answer.clone());
            tasks.spawn(async move { key(&app, &token, &answer).await.is_ok() });
        }
        let taken = tasks.join_all().await.into_iter().filter(|taken| *taken).count();
        assert_eq!(taken, 1, "the others find the attempt over");
        let other = attempt(&app).await;
        key_options(&app, &other).await.unwrap();
        let replayed = refusal(key(&app, &other, &answer).await.unwrap());
        assert_eq!(replayed, Refusal::ChallengeGone, "it answers another question");
        key_options(&app, &other).await.unwrap();
        assert_eq!(refusal(key(&app, &other, &answer).await.unwrap()), Refusal::ChallengeGone);
        assert_eq!(refusal(key(&app, &other, &answer).await.unwrap()), Refusal::ChallengeGone);
    })
    .await;
}

#[tokio::test]
async fn answers_from_elsewhere_are_refused() {
    both(async |db| {
        let (app, _) = begin(db).await;
        let mut soft = SoftKey::new();
        enrol(&app, &mut soft, KeyKind::Passkey).await;
        let token = attempt(&app).await;
        for origin in [
            "http://localhost:8081",
            "http://localhost",
            "https://localhost:8080",
            "http://evil.example",
            "http://inloggen.localhost:8080",
            "http://localhost.evil.example:8080",
            "http://localhost.:8080",
            "http://xn--lcalhost-e1a:8080",
            "http://localhost:8080@evil.example",
            "null",
            "",
        ] {
            soft.origin = origin;
            let refused = refusal(tap(&app, &token, &mut soft).await);
            assert_eq!(refused, Refusal::OtherAddress, "{origin}");
        }
        soft.origin = crate::factors::testing::ORIGIN;
        for site in ["evil.example", "inloggen.localhost", "localhost.", "LOCALHOST", ""] {
            soft.quirks.rp_id = site;
            let refused = refusal(tap(&app, &token, &mut soft).await);
            assert_eq!(refused, Refusal::OtherSite, "{site}");
        }
        soft.quirks.rp_id = "localhost";
        soft.cross_origin = true;
        assert_eq!(refusal(tap(&app, &token, &mut soft).await), Refusal::CrossOrigin);
        soft.cross_origin = false;
        for broken in [Value::Null, serde_json::json!({}), serde_json::json!({"id": "x"})] {
            key_options(&app, &token).await.unwrap();
            assert_eq!(refusal(key(&app, &token, &broken).await.unwrap()), Refusal::Malformed);
        }
        let refused = refusal(tap(&app, &token, &mut SoftKey::new()).await);
        assert_eq!(refused, Refusal::NotRecognised, "an unknown key");
        done(tap(&app, &token, &mut soft).await);
    })
    .await;
}

#[tokio::test]
async fn a_counter_that_goes_back_closes_the_key() {
    both(async |db| {
        let (app, account) = begin(db).await;
        let mut soft = SoftKey { counter: 40, ..SoftKey::new() };
        enrol(&app, &mut soft, KeyKind::Passkey).await;
        let token = attempt(&app).await;
        soft.counter = 3;
        let options = key_options(&app, &token).await.unwrap();
        let mut forged = soft.get(&options);
        forged["response"]["signature"] = "MAYCAQECAQE".into();
        let refused = refusal(key(&app, &token, &forged).await.unwrap());
        assert_eq!(refused, Refusal::NotRecognised, "without a signature nothing is believed");
        assert_eq!(refusal(tap(&app, &token, &mut soft).await), Refusal::PossiblyCloned);
        soft.counter = 100;
        assert_eq!(refusal(tap(&app, &token, &mut soft).await), Refusal::PossiblyCloned);
        let seen = events(&app, Some(&account.id)).await;
        assert_eq!(seen.iter().filter(|event| *event == "factor_cloned").count(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_copied_key_is_no_way_in_and_does_not_stand_for_a_good_one() {
    both(async |db| {
        let (app, _) = begin(db).await;
        let mut good = SoftKey::new();
        enrol(&app, &mut good, KeyKind::Passkey).await;
        let owner = done(tap(&app, &attempt(&app).await, &mut good).await);
        let mut copied = SoftKey { counter: 40, ..SoftKey::new() };
        let options =
            enrolment::run::key_options(&app, &owner, KeyKind::SecurityKey).await.unwrap();
        enrolment::run::key(&app, &owner, &copied.create(&options), "").await.unwrap();
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        let owner = done(tap(&app, &token, &mut copied).await);
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        copied.counter = 3;
        assert_eq!(refusal(tap(&app, &token, &mut copied).await), Refusal::PossiblyCloned);
        let (_, answer) = try_password(&app, NAME, PASSWORD).await;
        assert!(
            matches!(&answer, PasswordAnswer::Factor(Offer { ways, .. }) if *ways == [Kind::Passkey]),
            "{answer:?}"
        );
        // Every session ended: one of them may be of whoever has the copy.
        let over = enrolment::run::key_options(&app, &owner, KeyKind::Passkey).await;
        assert!(matches!(over, Err(enrolment::Error::SessionOver)), "{over:?}");
        let owner = done(tap(&app, &attempt(&app).await, &mut good).await);
        let mut seen = crate::accounts::run::overview(&app, &owner).await.unwrap().factors;
        seen.sort_by_key(|factor| !factor.is_usable());
        assert_eq!(seen.iter().map(|f| f.is_usable()).collect::<Vec<_>>(), [true, false]);
        let keep = enrolment::policy::Intent::KeepLast;
        let last = enrolment::run::remove(&app, &owner, &seen[0].id, keep).await;
        assert!(
            matches!(last, Err(enrolment::Error::Denied(enrolment::policy::Denied::LastFactor))),
            "{last:?}"
        );
        enrolment::run::remove(&app, &owner, &seen[1].id, keep).await.unwrap();
    })
    .await;
}

/// Anybody may open the page that asks for a factor, with any cookie.
#[tokio::test]
async fn what_a_log_in_may_go_on_with_is_read_while_another_writes() {
    both(async |db| {
        let (app, _) = begin(db).await;
        enrol(&app, &mut SoftKey::new(), KeyKind::SecurityKey).await;
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        let nobody = attempt(&app).await;
        let strange = Token::random(app.random);
        // On SQLite this holds the one place to write: whoever wants it waits.
        let held = app.db.write().await.unwrap();
        let seen = run::offer(&app, &strange).await;
        assert!(matches!(seen, Err(Error::AttemptOver)), "{seen:?}");
        assert_eq!(run::offer(&app, &nobody).await.unwrap(), None);
        let seen = run::offer(&app, &token).await.unwrap().unwrap();
        assert_eq!(seen.ways, [Kind::SecurityKey]);
        drop(held);
        app.clock.advance(ATTEMPT_LIFE);
        let late = run::offer(&app, &token).await;
        assert!(matches!(late, Err(Error::AttemptOver)), "{late:?}");
    })
    .await;
}

#[tokio::test]
async fn a_refused_key_is_recorded_as_what_it_is_where_that_is_known() {
    both(async |db| {
        let (app, account) = begin(db).await;
        let mut soft = SoftKey::new();
        enrol(&app, &mut soft, KeyKind::SecurityKey).await;
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        let options = key_options(&app, &token).await.unwrap();
        let mut forged = SoftKey { secret: SoftKey::new().secret, ..soft };
        refusal(key(&app, &token, &forged.get(&options)).await.unwrap());
        let options = key_options(&app, &token).await.unwrap();
        refusal(key(&app, &token, &SoftKey::new().get(&options)).await.unwrap());
        let seen = full_events(&app, Some(&account.id)).await;
        let refused = seen.iter().filter(|event| event["event"] == "factor_refused");
        let mut kinds: Vec<_> = refused
            .map(|event| (event["reason"].as_str().unwrap(), event.get("kind").cloned()))
            .collect();
        kinds.sort_by_key(|(reason, _)| *reason);
        assert_eq!(
            kinds,
            [("bad_signature", Some(Value::from("security_key"))), ("not_recognised", None)]
        );
    })
    .await;
}

#[tokio::test]
async fn half_an_enrolment_is_not_counted_and_is_no_way_round() {
    both(async |db| {
        let (app, account) = begin(db).await;
        let mut soft = SoftKey::new();
        enrol(&app, &mut soft, KeyKind::SecurityKey).await;
        let (token, answer) = try_password(&app, NAME, PASSWORD).await;
        let ways = vec![Kind::SecurityKey];
        let first = Offer { ways: ways.clone(), first: true };
        assert!(matches!(&answer, PasswordAnswer::Factor(offer) if *offer == first), "{answer:?}");
        assert_eq!(run::offer(&app, &token).await.unwrap(), Some(first));
        let nobody = attempt(&app).await;
        assert_eq!(run::offer(&app, &nobody).await.unwrap(), None, "nothing is told before");
        let early = run::enrol_another(&app, &nobody).await;
        assert!(matches!(early, Err(Error::AttemptOver)), "{early:?}");

        let granted = run::enrol_another(&app, &token).await.unwrap();
        let (_, visit) = session(granted);
        assert_eq!((visit.login.scope, visit.login.level), (Scope::EnrolOnly, Level::Low));
        assert!(matches!(run::offer(&app, &token).await, Err(Error::AttemptOver)));

        // The one that was enrolled proves itself after all, while the visit is open.
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        let (waiting, _) = try_password(&app, NAME, PASSWORD).await;
        assert_eq!(done(tap(&app, &token, &mut soft).await).login.way, Way::PasswordAndKey);
        let late = enrolment::run::key_options(&app, &visit, KeyKind::Passkey).await;
        assert!(matches!(late, Err(enrolment::Error::Denied(_))), "{late:?}");
        let late = run::enrol_another(&app, &waiting).await;
        assert!(matches!(late, Err(Error::AttemptOver)), "{late:?}");
        let (_, answer) = try_password(&app, NAME, PASSWORD).await;
        let usual = Offer { ways, first: false };
        assert!(matches!(&answer, PasswordAnswer::Factor(offer) if *offer == usual), "{answer:?}");
        let mut tx = app.db.read().await.unwrap();
        let factors = crate::factors::store::list(&mut tx, &account.id).await.unwrap();
        assert_eq!(factors[0].proven_at, factors[0].used_at);
    })
    .await;
}

#[tokio::test]
async fn the_factor_used_last_is_asked_first() {
    both(async |db| {
        let (app, _) = begin(db).await;
        let mut passkey = SoftKey::new();
        enrol(&app, &mut passkey, KeyKind::Passkey).await;
        let owner = done(tap(&app, &attempt(&app).await, &mut passkey).await);
        let mut key = SoftKey::new();
        let options =
            enrolment::run::key_options(&app, &owner, KeyKind::SecurityKey).await.unwrap();
        enrolment::run::key(&app, &owner, &key.create(&options), "").await.unwrap();
        for (soft, ways) in [
            (&mut key, [Kind::SecurityKey, Kind::Passkey]),
            (&mut passkey, [Kind::Passkey, Kind::SecurityKey]),
        ] {
            app.clock.advance(std::time::Duration::from_secs(60));
            let (token, _) = try_password(&app, NAME, PASSWORD).await;
            done(tap(&app, &token, soft).await);
            let (_, answer) = try_password(&app, NAME, PASSWORD).await;
            let PasswordAnswer::Factor(offer) = answer else { panic!("{answer:?}") };
            assert_eq!(offer.ways, ways);
        }
    })
    .await;
}

#[tokio::test]
async fn somebody_elses_key_is_refused_after_a_password() {
    both(async |db| {
        let (app, _) = begin(db).await;
        let mut soft = SoftKey::new();
        enrol(&app, &mut soft, KeyKind::Passkey).await;
        let other = account(&app.db, "test.ander@voorbeeld.nl").await;
        let hash = app.passwords.admit().unwrap().hash(secret(PASSWORD)).await;
        let mut tx = app.db.write().await.unwrap();
        crate::password::store::set(&mut tx, &other.id, &hash, app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        let (_, answer) = try_password(&app, "test.ander@voorbeeld.nl", PASSWORD).await;
        let PasswordAnswer::EnrolOnly(granted) = answer else { panic!("{answer:?}") };
        let (_, visit) = session(granted);
        let mut theirs = SoftKey::new();
        let options = enrolment::run::key_options(&app, &visit, KeyKind::Passkey).await.unwrap();
        enrolment::run::key(&app, &visit, &theirs.create(&options), "").await.unwrap();
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        assert_eq!(refusal(tap(&app, &token, &mut theirs).await), Refusal::NotRecognised);
        done(tap(&app, &token, &mut soft).await);
    })
    .await;
}

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A one-time code, as an application gets it.
async fn one_time_code(app: &App, soft: &mut SoftKey) -> Token {
    let token = start(app, Challenge::parse(CHALLENGE), "agent").await.unwrap();
    let answer = tap(app, &token, soft).await;
    let FactorAnswer::Done(Granted::Code { code, level: Level::High }) = answer else {
        panic!("{answer:?}");
    };
    code
}

#[tokio::test]
async fn one_of_sixty_four_spends_a_login_code() {
    both(async |db| {
        let (app, account) = begin(db).await;
        let mut soft = SoftKey::new();
        enrol(&app, &mut soft, KeyKind::Passkey).await;
        let one_time = one_time_code(&app, &mut soft).await;
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..64 {
            let (app, one_time) = (Arc::clone(&app), one_time.clone());
            tasks.spawn(async move {
                let verifier = Verifier::parse(VERIFIER).unwrap();
                code(&app, &one_time, &verifier, "agent").await.unwrap()
            });
        }
        let opened = tasks.join_all().await.into_iter().flatten().collect::<Vec<_>>();
        assert_eq!(opened.len(), 1);
        assert!(is_open(&app, &opened[0].0).await);
        assert_eq!(opened[0].1.login.account, account.id);
    })
    .await;
}

#[tokio::test]
async fn a_code_needs_its_verifier_and_lives_sixty_seconds() {
    both(async |db| {
        let (app, _) = begin(db).await;
        let mut soft = SoftKey::new();
        enrol(&app, &mut soft, KeyKind::Passkey).await;
        let right = Verifier::parse(VERIFIER).unwrap();
        let wrong = Verifier::parse(&VERIFIER.replace('d', "e")).unwrap();
        let show = async |one_time: &Token, verifier: &Verifier| {
            code(&app, one_time, verifier, "agent").await.unwrap().is_some()
        };
        let stolen = one_time_code(&app, &mut soft).await;
        assert!(!show(&stolen, &wrong).await);
        assert!(!show(&stolen, &right).await, "it was spent by the wrong verifier");
        let in_time = one_time_code(&app, &mut soft).await;
        app.clock.advance(CODE_LIFE - Duration::from_millis(1));
        assert!(show(&in_time, &right).await);
        let late = one_time_code(&app, &mut soft).await;
        app.clock.advance(CODE_LIFE);
        assert!(!show(&late, &right).await);
        assert!(!show(&Token::random(app.random), &right).await);
    })
    .await;
}

#[tokio::test]
async fn stepping_up_gives_a_new_session_and_ends_the_old() {
    both(async |db| {
        let (app, _) = begin(db).await;
        let mut soft = SoftKey::new();
        enrol(&app, &mut soft, KeyKind::Passkey).await;
        let FactorAnswer::Done(granted) = tap(&app, &attempt(&app).await, &mut soft).await else {
            panic!("the passkey is good");
        };
        let (old, _) = session(granted);
        app.clock.advance(app.config.sessions.falls);
        let fallen = sessions::run::current(&app, &old).await.unwrap().unwrap();
        assert_eq!(fallen.login.level, Level::Substantial);
        let token = step_up(&app, &fallen).await.unwrap();
        let wrong_way = password(&app, &token, NAME, secret(PASSWORD)).await;
        assert!(matches!(wrong_way, Err(Error::AttemptOver)));
        let FactorAnswer::Done(granted) = tap(&app, &token, &mut soft).await else {
            panic!("the passkey is good");
        };
        let (new, raised) = session(granted);
        assert_eq!(raised.login.level, Level::High);
        assert!(raised.is_fresh(app.clock.now(), &app.config.sessions));
        assert!(is_open(&app, &new).await && !is_open(&app, &old).await);
    })
    .await;
}

#[tokio::test]
async fn a_session_that_has_ended_is_not_raised() {
    both(async |db| {
        let (app, account) = begin(db).await;
        let mut soft = SoftKey::new();
        enrol(&app, &mut soft, KeyKind::Passkey).await;
        let old = done(tap(&app, &attempt(&app).await, &mut soft).await);
        let token = step_up(&app, &old).await.unwrap();
        let options = key_options(&app, &token).await.unwrap();
        assert!(sessions::run::end(&app, &old, &old.id).await.unwrap());
        let late = key(&app, &token, &soft.get(&options)).await;
        assert!(matches!(late, Err(Error::AttemptOver)), "{late:?}");
        assert!(matches!(key_options(&app, &token).await, Err(Error::AttemptOver)));
        let seen = events(&app, Some(&account.id)).await;
        let opened = seen.iter().filter(|event| *event == "session_opened").count();
        assert_eq!(opened, 2, "the visit and the log-in: {seen:?}");
        let idle = done(tap(&app, &attempt(&app).await, &mut soft).await);
        let token = step_up(&app, &idle).await.unwrap();
        app.clock.advance(app.config.sessions.idle);
        assert!(matches!(key_options(&app, &token).await, Err(Error::AttemptOver)));
    })
    .await;
}

#[tokio::test]
async fn stepping_up_records_the_end_of_the_old_session_and_keeps_its_age() {
    both(async |db| {
        let (app, account) = begin(db).await;
        let mut soft = SoftKey::new();
        enrol(&app, &mut soft, KeyKind::Passkey).await;
        let old = done(tap(&app, &attempt(&app).await, &mut soft).await);
        let ended = async || {
            let seen = events(&app, Some(&account.id)).await;
            seen.iter().filter(|event| *event == "session_ended").count()
        };
        let before = ended().await;
        app.clock.advance(Duration::from_secs(60));
        let token = step_up(&app, &old).await.unwrap();
        let raised = done(tap(&app, &token, &mut soft).await);
        assert_eq!(ended().await, before + 1);
        assert_eq!((raised.created_at, raised.login.proof), (old.created_at, Level::High));
    })
    .await;
}

#[tokio::test]
async fn a_change_of_factors_ends_log_ins_under_way() {
    both(async |db| {
        let (app, _) = begin(db).await;
        let mut soft = SoftKey::new();
        enrol(&app, &mut soft, KeyKind::Passkey).await;
        let owner = done(tap(&app, &attempt(&app).await, &mut soft).await);
        let (proven, _) = try_password(&app, NAME, PASSWORD).await;
        let stepping = step_up(&app, &owner).await.unwrap();
        let begun = attempt(&app).await;
        let one_time = one_time_code(&app, &mut soft).await;
        let options = enrolment::run::key_options(&app, &owner, KeyKind::Passkey).await.unwrap();
        let added = SoftKey::new().create(&options);
        enrolment::run::key(&app, &owner, &added, "").await.unwrap();
        for token in [&proven, &stepping] {
            assert!(matches!(key_options(&app, token).await, Err(Error::AttemptOver)));
        }
        let verifier = Verifier::parse(VERIFIER).unwrap();
        assert!(code(&app, &one_time, &verifier, "agent").await.unwrap().is_none());
        assert!(key_options(&app, &begun).await.is_ok(), "nobody has proven anything in it");
    })
    .await;
}

#[tokio::test]
async fn a_colleagues_card_is_refused_after_a_password() {
    both(async |db| {
        let (app, account) = begin(db).await;
        enrol(&app, &mut SoftKey::new(), KeyKind::SecurityKey).await;
        let other = crate::storage::testing::account(&app.db, "test.ander@voorbeeld.nl").await;
        let factor = crate::factors::Factor {
            account: other.id.clone(),
            kind: Kind::Card,
            evidence: crate::factors::Evidence::CardPin,
            ..own_factor(&app, &account.id).await
        };
        let factor =
            crate::factors::Factor { id: crate::id::FactorId::random(app.random), ..factor };
        let (number, subscriber) = ("900000001", "90000123");
        let mut tx = app.db.write().await.unwrap();
        crate::factors::store::insert(&mut tx, &factor).await.unwrap();
        let organisation = &other.organisation;
        crate::factors::store::link_card(&mut tx, &factor.id, organisation, number, subscriber)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let card = verified_card(number, subscriber, "Arts");
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        let refused = decide(&app, &token, Ok(card.clone())).await.unwrap();
        assert!(matches!(refused, CardAnswer::Refused(card::Refusal::Stranger)), "{refused:?}");
        let alone = attempt(&app).await;
        let answer = decide(&app, &alone, Ok(card)).await.unwrap();
        assert!(matches!(answer, CardAnswer::Done(_)), "{answer:?}");
        let seen = full_events(&app, Some(&other.id)).await;
        let find = |name: &str| seen.iter().find(|event| event["event"] == name).unwrap();
        assert_eq!(find("factor_refused")["reason"], "stranger");
        for (name, card) in [("factor_refused", number), ("factor_proven", number)] {
            assert_eq!(find(name)["card"]["uzi_number"], card);
            assert_eq!(find(name)["card"]["standing"], "held");
            assert_eq!(find(name)["actor"]["who"], "visitor");
        }
        let [refused, proven] =
            ["factor_refused", "factor_proven"].map(|name| &find(name)["actor"]);
        assert_ne!(refused["attempt"], proven["attempt"]);
        assert_eq!(find("session_opened")["actor"], *proven);

        let revoked = revoked_card(number, subscriber, Standing::Held);
        decide(&app, &attempt(&app).await, Err(revoked)).await.unwrap();
        let forged = revoked_card(number, subscriber, Standing::Claimed);
        decide(&app, &attempt(&app).await, Err(forged.clone())).await.unwrap();
        let count = async |account| {
            let seen = full_events(&app, account).await;
            seen.iter().filter(|event| event["reason"] == "card_revoked").count()
        };
        assert_eq!(count(Some(&other.id)).await, 1, "who shows it has the card");
        assert_eq!(count(None).await, 1, "anybody can write a certificate");
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        decide(&app, &token, Err(forged)).await.unwrap();
        assert_eq!(count(Some(&account.id)).await, 1, "whoever gave this account's password");
    })
    .await;
}

/// The first factor of an account.
async fn own_factor(app: &App, account: &AccountId) -> crate::factors::Factor {
    let mut tx = app.db.read().await.unwrap();
    crate::factors::store::list(&mut tx, account).await.unwrap().swap_remove(0)
}

#[tokio::test]
async fn a_card_nobody_linked_lets_nobody_in() {
    both(async |db| {
        let (app, _) = begin(db).await;
        let token = attempt(&app).await;
        let card = verified_card("900000001", "90000123", "Arts");
        let refused = decide(&app, &token, Ok(card)).await.unwrap();
        assert!(matches!(refused, CardAnswer::Refused(card::Refusal::NotLinked)), "{refused:?}");
        let unread = card::Refusal::Token("JSON".to_owned());
        decide(&app, &token, Err(unread.into())).await.unwrap();
        let seen = full_events(&app, None).await;
        let reasons: Vec<_> = seen.iter().map(|event| event["reason"].as_str().unwrap()).collect();
        assert_eq!(reasons, ["card_not_linked", "card_token"]);
        assert_eq!(seen[1].get("card"), None);
    })
    .await;
}

#[tokio::test]
async fn a_card_nonce_is_forty_four_characters_and_counts_once() {
    both(async |db| {
        let (app, _) = begin(db).await;
        let token = attempt(&app).await;
        let nonce = super::card::nonce(&app, &token).await.unwrap();
        assert_eq!(nonce.len(), 44);
        let spent = super::card::spend_nonce(&app, &token).await.unwrap();
        assert_eq!(spent.as_deref(), Some(nonce.as_str()));
        assert_eq!(super::card::spend_nonce(&app, &token).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn what_has_lapsed_is_forgotten() {
    both(async |db| {
        let (app, _) = begin(db).await;
        let token = attempt(&app).await;
        key_options(&app, &token).await.unwrap();
        run::forget(&app).await.unwrap();
        key_options(&app, &token).await.unwrap();
        app.clock.advance(ATTEMPT_LIFE);
        run::forget(&app).await.unwrap();
        assert!(matches!(key_options(&app, &token).await, Err(Error::AttemptOver)));
    })
    .await;
}

/// What an organisation decides about blocks holds for its people, and for the names in their domain
/// that nobody has: by its length no block tells who has an account.
#[tokio::test]
async fn a_block_lasts_as_the_organisation_decided_for_known_and_unknown_names() {
    both(async |db| {
        let (app, account) = begin(db).await;
        let mut tx = app.db.write().await.unwrap();
        let block = organisations::store::decide;
        block(&mut tx, &account.organisation, Setting::PasswordBlock, "60").await.unwrap();
        tx.commit().await.unwrap();
        let blocked = async |name: &str| {
            for _ in 0..4 {
                try_password(&app, name, "fout").await;
            }
            let answer = try_password(&app, name, "fout").await.1;
            let PasswordAnswer::Blocked { until } = answer else { panic!("{name}: {answer:?}") };
            until.unwrap().since(app.clock.now())
        };
        let minute = Duration::from_secs(60);
        assert_eq!(blocked(NAME).await, minute);
        for nobody in ["niemand", "a", "zz"] {
            assert_eq!(blocked(&format!("{nobody}@voorbeeld.nl")).await, minute, "{nobody}");
        }
        let server = app.config.lockout.block;
        for elsewhere in ["test.arts@elders.nl", "geen adres", "voorbeeld.nl"] {
            assert_eq!(blocked(elsewhere).await, server, "{elsewhere}");
        }
    })
    .await;
}

/// In a domain of several organisations a name that nobody has is blocked as one of them, always the
/// same one, and each of them is met.
#[tokio::test]
async fn unknown_names_of_a_shared_domain_are_shared_out_among_its_organisations() {
    both(async |db| {
        let mut organisations = Vec::new();
        for number in 0..8 {
            let name = format!("test.{number}@voorbeeld.nl");
            organisations.push(crate::storage::testing::account(&db, &name).await.organisation);
        }
        let mut tx = db.read().await.unwrap();
        let mut met = std::collections::BTreeSet::new();
        for number in 0..200 {
            let name = format!("niemand.{number}@voorbeeld.nl");
            let lot = Subject::nobody(&name, &[7; 32]).lot().to_owned();
            let mut find = async || {
                let domain = "voorbeeld.nl";
                crate::accounts::store::organisation_by_lot(&mut tx, domain, &lot).await.unwrap()
            };
            let found = find().await.unwrap();
            assert_eq!(find().await.as_ref(), Some(&found));
            met.insert(found);
        }
        assert!(met.len() >= 6, "{} of 8", met.len());
    })
    .await;
}

#[tokio::test]
async fn a_card_logs_in_only_where_its_organisation_lets_its_type_and_role_in() {
    both(async |db| {
        let (app, account) = begin(db).await;
        enrol(&app, &mut SoftKey::new(), KeyKind::SecurityKey).await;
        let factor = crate::factors::Factor {
            id: crate::id::FactorId::random(app.random),
            kind: Kind::Card,
            evidence: crate::factors::Evidence::CardPin,
            ..own_factor(&app, &account.id).await
        };
        let (number, subscriber) = ("900000001", "90000123");
        let organisation = &account.organisation;
        let mut tx = app.db.write().await.unwrap();
        crate::factors::store::insert(&mut tx, &factor).await.unwrap();
        crate::factors::store::link_card(&mut tx, &factor.id, organisation, number, subscriber)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let tap = async |setting, value: &str| {
            let mut tx = app.db.write().await.unwrap();
            organisations::store::decide(&mut tx, organisation, setting, value).await.unwrap();
            tx.commit().await.unwrap();
            let card = verified_card(number, subscriber, "Arts"); // Z, 01.015
            match decide(&app, &attempt(&app).await, Ok(card)).await.unwrap() {
                CardAnswer::Done(_) => "in".to_owned(),
                CardAnswer::Refused(refusal) => refusal.code().to_owned(),
                CardAnswer::Choose(_) => "several".to_owned(),
            }
        };
        assert_eq!(tap(Setting::CardTypes, "N").await, "card_type_refused");
        assert_eq!(tap(Setting::CardTypes, "Z").await, "in");
        assert_eq!(tap(Setting::CardRoles, "30.*").await, "card_role_refused");
        assert_eq!(tap(Setting::CardRoles, "30.*,01.015").await, "in");
        let seen = full_events(&app, Some(&account.id)).await;
        let refused = seen.iter().filter(|event| event["reason"] == "card_role_refused");
        assert_eq!(refused.count(), 1, "of the account whose card it is: {seen:?}");
    })
    .await;
}
