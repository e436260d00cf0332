//! Access codes from beginning to end, on both engines.

use super::rules::{Road, Whom, bound_at, may_give};
use super::{AccessCode, Denied, store};
use crate::accounts::number::UserNumber;
use crate::accounts::{self, Account, Role, Username};
use crate::administration::{self, access as administration_access, colleagues};
use crate::app::App;
use crate::clock::Time;
use crate::enrolment::{self, anew, policy::Denied as Refused};
use crate::factors::security_key::KeyKind;
use crate::factors::testing::{SoftKey, factor};
use crate::factors::{Evidence, Factor, Kind, Level, Refusal};
use crate::id::AccountId;
use crate::lockout::codes::Barred;
use crate::login::access::{Asker, begin as open, is_asked};
use crate::login::tests::{NAME, PASSWORD, attempt, begin, done, enrol, events, tap, try_password};
use crate::login::{self, CodeAnswer, FactorAnswer, Granted, PasswordAnswer};
use crate::management;
use crate::random::Random;
use crate::recovery::run::make;
use crate::secret::{Carrier, Secret, Token};
use crate::sessions::{self, Login, Scope, Session, Way};
use crate::storage::testing::both;
use proptest::prelude::*;
use std::sync::Arc;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A contact person of the same organisation, and a session by this way and of this level.
async fn contact(app: &App, like: &Account, (way, level): (Way, Level)) -> (Account, Session) {
    let account = Account {
        id: AccountId::random(app.random),
        number: UserNumber::random(app.random),
        username: Username::parse(&format!("{}@voorbeeld.nl", AccountId::random(app.random)))
            .unwrap(),
        role: Role::ContactPerson,
        ..like.clone()
    };
    let now = app.clock.now();
    let mut tx = app.db.write().await.unwrap();
    accounts::store::insert(&mut tx, &account, now).await.unwrap();
    let whose = account.id.clone();
    let login =
        Login { account: whose, scope: Scope::Full, level, proof: level, way, proven_at: now };
    let client = ("", Carrier::Cookie);
    let (_, session) = sessions::open(&mut tx, login, client, app.random, now).await.unwrap();
    tx.commit().await.unwrap();
    (account, session)
}

async fn strong(app: &App, like: &Account) -> (Account, Session) {
    contact(app, like, (Way::Key, Level::High)).await
}

async fn give(app: &App, (by, session): &(Account, Session), whom: &Account) -> AccessCode {
    administration_access::give(app, (by, session), &whom.id).await.unwrap().0
}

fn again(code: &AccessCode) -> AccessCode {
    AccessCode::parse(code.grouped().expose()).expect("it was just made")
}

/// The code after the password: the visit, and what the browser shows.
async fn used(app: &App, code: &AccessCode) -> (Session, Token) {
    let (token, _) = try_password(app, NAME, PASSWORD).await;
    let answer = open(app, &token, again(code)).await.unwrap();
    let CodeAnswer::Done((Granted::Session { session, .. }, browser)) = answer else {
        panic!("{answer:?}")
    };
    (session, browser)
}

async fn add(app: &App, visit: &Session, soft: &mut SoftKey) -> Factor {
    let options = enrolment::run::key_options(app, visit, KeyKind::Passkey).await.unwrap();
    enrolment::run::key(app, visit, &soft.create(&options), "nieuw").await.unwrap()
}

/// Somebody who uses a passkey with a password that is a week old.
async fn keyholder(app: &App) -> SoftKey {
    let mut soft = SoftKey::new();
    enrol(app, &mut soft, KeyKind::Passkey).await;
    app.clock.advance(7 * DAY);
    done(tap(app, &attempt(app).await, &mut soft).await);
    soft
}

async fn password_elsewhere(app: &App) -> PasswordAnswer {
    try_password(app, NAME, PASSWORD).await.1
}

/// Flow D3 (a), to the letter; attack: contact person phished (`docs/threats.md`, chain 3).
#[tokio::test]
async fn an_access_code_opens_the_wizard_and_nothing_else_and_what_there_was_goes() {
    both(async |db| {
        let (app, account) = begin(db).await;
        let mut old = keyholder(&app).await;
        let before = done(tap(&app, &attempt(&app).await, &mut old).await);
        let code = give(&app, &strong(&app, &account).await, &account).await;
        let still = done(tap(&app, &attempt(&app).await, &mut old).await);
        assert_eq!(still.login.level, Level::High, "a code that is given changes nothing yet");
        let recovery = make(&app, &still).await.unwrap();

        let (visit, browser) = used(&app, &code).await;
        assert_eq!((visit.login.scope, visit.login.level), (Scope::EnrolOnly, Level::Low));
        for session in [&before, &still] {
            let over = enrolment::run::key_options(&app, session, KeyKind::Passkey).await;
            assert!(matches!(over, Err(enrolment::Error::SessionOver)), "{over:?}");
        }
        let skipped = enrolment::run::skip(&app, &visit).await;
        assert!(skipped.is_err(), "{skipped:?}");
        let alone = tap(&app, &attempt(&app).await, &mut old).await;
        assert!(matches!(alone, FactorAnswer::Refused(Refusal::Suspended)), "{alone:?}");
        let elsewhere = password_elsewhere(&app).await;
        assert!(matches!(elsewhere, PasswordAnswer::Abandoned), "{elsewhere:?}");
        let secret = Secret::new(PASSWORD.to_owned());
        let here = login::password::start(&app, ("test browser", Some(&browser)), NAME, secret);
        let (_, here) = here.await.unwrap();
        assert!(matches!(here, PasswordAnswer::EnrolOnly(_)), "{here:?}");

        let mut new = SoftKey::new();
        let factor = add(&app, &visit, &mut new).await;
        assert_eq!(factor.bound_at, Level::Substantial, "never more than the way back");
        let proving = login::run::prove(&app, &visit).await.unwrap();
        let session = done(tap(&app, &proving, &mut new).await);
        assert_eq!(session.login.level, Level::Substantial);
        let gone = tap(&app, &attempt(&app).await, &mut old).await;
        assert!(matches!(gone, FactorAnswer::Refused(Refusal::NotRecognised)), "{gone:?}");
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        let lost = login::recovery::once(&app, &token, recovery).await.unwrap();
        assert!(matches!(lost, CodeAnswer::Wrong { .. }), "it went with the rest: {lost:?}");

        let seen = events(&app, Some(&account.id)).await;
        for event in [
            "access_code_given",
            "access_code_spent",
            "recovery_code_ended",
            "set_up_anew",
            "session_ended",
            "factor_removed",
        ] {
            assert!(seen.iter().any(|seen| seen == event), "{event} in {seen:?}");
        }
    })
    .await;
}

/// Attack: recovery-code race, of access codes.
#[tokio::test]
async fn of_sixty_four_uses_of_one_access_code_at_once_one_opens_the_wizard() {
    both(async |db| {
        let (app, account) = begin(db).await;
        let _ = keyholder(&app).await;
        let code = give(&app, &strong(&app, &account).await, &account).await;
        let mut tokens = vec![];
        for _ in 0..64 {
            tokens.push(try_password(&app, NAME, PASSWORD).await.0);
        }
        let mut tasks = tokio::task::JoinSet::new();
        for token in tokens {
            let (app, code) = (Arc::clone(&app), again(&code));
            tasks.spawn(async move { open(&app, &token, code).await });
        }
        let answers = tasks.join_all().await;
        let won = answers.iter().filter(|answer| matches!(answer, Ok(CodeAnswer::Done(_)))).count();
        assert_eq!(won, 1, "{answers:?}");
        let seen = events(&app, Some(&account.id)).await;
        for event in ["set_up_anew", "access_code_spent"] {
            assert_eq!(seen.iter().filter(|seen| *seen == event).count(), 1, "{event}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_access_code_lapses_dies_by_the_next_and_is_taken_back() {
    both(async |db| {
        let (app, account) = begin(db).await;
        let mut soft = keyholder(&app).await;
        let by = strong(&app, &account).await;
        let wrong = async |code: &AccessCode| {
            let (token, _) = try_password(&app, NAME, PASSWORD).await;
            let answer = open(&app, &token, again(code)).await.unwrap();
            assert!(matches!(answer, CodeAnswer::Wrong { left: 4 }), "{answer:?}");
        };
        let first = give(&app, &by, &account).await;
        let second = give(&app, &by, &account).await;
        wrong(&first).await;
        assert!(administration_access::end(&app, &by.1, &account.id).await.unwrap());
        assert!(!administration_access::end(&app, &by.1, &account.id).await.unwrap());
        let seen = events(&app, Some(&account.id)).await;
        let ended = seen.iter().filter(|event| *event == "access_code_ended").count();
        assert_eq!(ended, 1, "{seen:?}");
        wrong(&second).await;
        let third = give(&app, &by, &account).await;
        app.clock.advance(app.config.times.access_code);
        wrong(&third).await;
        done(tap(&app, &attempt(&app).await, &mut soft).await);
        let fourth = give(&app, &strong(&app, &account).await, &account).await;
        app.clock.advance(app.config.times.access_code.saturating_sub(Duration::from_millis(1)));
        let _ = used(&app, &fourth).await;
        login::run::forget(&app).await.unwrap();
        let mut tx = app.db.read().await.unwrap();
        assert!(store::find(&mut tx, &account.id, Time::from_millis(0)).await.unwrap().is_none());
        drop(tx);
        let alone = tap(&app, &attempt(&app).await, &mut soft).await;
        assert!(matches!(alone, FactorAnswer::Refused(Refusal::Suspended)), "{alone:?}");
    })
    .await;
}

/// Flow D1: abandoned half-way, the next log-in needs D3.
#[tokio::test]
async fn who_began_anew_and_left_begins_again_by_a_code_and_by_nothing_else() {
    both(async |db| {
        let (app, account) = begin(db).await;
        let _ = keyholder(&app).await;
        let (visit, _) =
            used(&app, &give(&app, &strong(&app, &account).await, &account).await).await;
        app.clock.advance(app.config.times.set_up_anew);
        let late = enrolment::run::key_options(&app, &visit, KeyKind::Passkey).await;
        assert!(matches!(late, Err(enrolment::Error::Denied(Refused::TooLate))), "{late:?}");
        let (token, answer) = try_password(&app, NAME, PASSWORD).await;
        assert!(matches!(answer, PasswordAnswer::Abandoned), "{answer:?}");
        assert_eq!(is_asked(&app, &token).await.unwrap(), Some(Asker::Stranded));
        assert!(!login::recovery::is_asked(&app, &token).await.unwrap());

        let code = give(&app, &strong(&app, &account).await, &account).await;
        let (visit, _) = used(&app, &code).await;
        let standing = anew::standing(&app, &visit).await.unwrap().unwrap();
        assert_eq!(standing.suspended.len(), 1, "what may be kept is there still");
        let mut new = SoftKey::new();
        let _ = add(&app, &visit, &mut new).await;
        let proving = login::run::prove(&app, &visit).await.unwrap();
        done(tap(&app, &proving, &mut new).await);
    })
    .await;
}

/// Attack: a contact person gone bad, who has the PINs and the codes (`docs/threats.md`, chain 3).
#[tokio::test]
async fn a_code_beside_a_password_that_may_be_the_contact_persons_gives_low() {
    both(async |db| {
        let (app, account) = begin(db).await;
        let mut soft = keyholder(&app).await;
        let hash = app.passwords.admit().unwrap().hash(Secret::new(PASSWORD.to_owned())).await;
        let code = give(&app, &strong(&app, &account).await, &account).await;
        let mut tx = app.db.write().await.unwrap();
        let now = app.clock.now();
        crate::password::testing::keep(&mut tx, &account.id, &hash, now).await;
        tx.commit().await.unwrap();
        app.clock.advance(Duration::from_secs(60));
        done(tap(&app, &attempt(&app).await, &mut soft).await);
        let (visit, _) = used(&app, &code).await;
        let factor = add(&app, &visit, &mut SoftKey::new()).await;
        assert_eq!(factor.bound_at, Level::Low);
    })
    .await;
}

#[tokio::test]
async fn a_code_is_given_by_who_manages_and_to_whom_it_helps() {
    both(async |db| {
        let (app, account) = begin(db).await;
        let by = strong(&app, &account).await;
        let refused = async |(by, session): &(Account, Session), whom: &AccountId| {
            administration_access::give(&app, (by, session), whom).await.unwrap_err()
        };
        let error = refused(&by, &account.id).await;
        assert!(
            matches!(error, administration::Error::Access(Denied::NotNeeded)),
            "the password leads to the wizard already: {error}"
        );
        let _ = keyholder(&app).await;
        let error = refused(&strong(&app, &account).await, &AccountId::random(app.random)).await;
        let nobody =
            matches!(error, administration::Error::Management(management::Error::NoColleague));
        assert!(nobody, "{error}");
        for (way, level) in [
            (Way::PasswordAndApp, Level::Substantial),
            (Way::PasswordAndRecovery, Level::Substantial),
        ] {
            let error = refused(&contact(&app, &account, (way, level)).await, &account.id).await;
            let prove =
                matches!(error, administration::Error::Management(management::Error::NotFresh));
            assert!(prove, "{error}");
        }
        let error = refused(&by, &account.id).await;
        let stale = matches!(error, administration::Error::Management(_));
        assert!(stale, "a week later nothing is fresh: {error}");

        // What is bound by it is worth no more than what it was given in.
        let low = contact(&app, &account, (Way::Key, Level::Low)).await;
        let (visit, _) = used(&app, &give(&app, &low, &account).await).await;
        assert_eq!(add(&app, &visit, &mut SoftKey::new()).await.bound_at, Level::Low);
    })
    .await;
}

#[tokio::test]
async fn wrong_codes_are_counted_and_the_code_of_who_left_is_dead() {
    both(async |db| {
        let (app, account) = begin(db).await;
        let _ = keyholder(&app).await;
        let (by, session) = strong(&app, &account).await;
        let code = give(&app, &(by, session.clone()), &account).await;
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        for left in [4, 3, 2, 1] {
            let other = AccessCode::random(app.random);
            let answer = open(&app, &token, other).await.unwrap();
            assert!(matches!(answer, CodeAnswer::Wrong { left: l } if l == left), "{answer:?}");
        }
        let last = open(&app, &token, AccessCode::random(app.random)).await.unwrap();
        assert!(matches!(last, CodeAnswer::Barred(Barred::AttemptOver)), "{last:?}");
        let over = open(&app, &token, again(&code)).await;
        assert!(matches!(over, Err(login::Error::AttemptOver)), "{over:?}");
        let nobody = open(&app, &attempt(&app).await, again(&code)).await;
        assert!(matches!(nobody, Err(login::Error::AttemptOver)), "no password: {nobody:?}");

        // Who leaves takes no code along; this one is not the main contact person.
        let (leaver, _) = strong(&app, &account).await;
        let now = app.clock.now();
        let mut tx = app.db.write().await.unwrap();
        let living = store::find(&mut tx, &account.id, now).await.unwrap().unwrap();
        store::put(&mut tx, &leaver.id, &living).await.unwrap();
        tx.commit().await.unwrap();
        colleagues::end(&app, &session, &leaver.id).await.unwrap();
        let mut tx = app.db.read().await.unwrap();
        assert!(store::find(&mut tx, &leaver.id, now).await.unwrap().is_none());
        assert!(store::find(&mut tx, &account.id, now).await.unwrap().is_some());
    })
    .await;
}

#[test]
fn nobody_gives_a_code_to_oneself_or_to_whom_it_is_of_no_use() {
    let whom = Whom { oneself: false, has_factor: true, waived: false };
    for (whom, verdict) in [
        (whom, Ok(())),
        (Whom { oneself: true, ..whom }, Err(Denied::Oneself)),
        (Whom { has_factor: false, ..whom }, Err(Denied::NotNeeded)),
        (Whom { waived: true, ..whom }, Err(Denied::Waived)),
    ] {
        assert_eq!(may_give(whom), verdict);
    }
}

#[test]
fn a_password_is_its_owners_a_week_after_it_was_chosen_and_once_something_was_used() {
    let chosen = Time::from_millis(1_000);
    let account = AccountId::random(Random::system());
    let app = factor(&account, (Kind::App, Evidence::Code), chosen);
    let factor = |used_at: Option<Time>| Factor { proven_at: used_at, used_at, ..app.clone() };
    let later = chosen.after(Duration::from_millis(1));
    let week = chosen.after(7 * DAY);
    let eve = week.before(Duration::from_millis(1));
    for (used_at, now, road) in [
        (Some(later), week, Road::Owners),
        (Some(later), eve, Road::ContactPersons),
        (Some(chosen), week, Road::ContactPersons),
        (None, week, Road::ContactPersons),
    ] {
        assert_eq!(Road::of(chosen, &[factor(used_at)], 7 * DAY, now), road, "{used_at:?}");
    }
    assert_eq!(Road::of(chosen, &[], 7 * DAY, week), Road::ContactPersons);
    let longer = Road::of(chosen, &[factor(Some(later))], 30 * DAY, week);
    assert_eq!(longer, Road::ContactPersons, "as long as is set");
    for level in [Level::Low, Level::Substantial, Level::High] {
        assert_eq!(bound_at(level, Road::Owners), level.min(Level::Substantial));
        assert_eq!(bound_at(level, Road::ContactPersons), Level::Low);
    }
}

proptest! {
    #[test]
    fn what_is_shown_is_read_again_and_no_typing_makes_it_panic(typed in "\\PC{0,40}") {
        let code = AccessCode::random(Random::system());
        let shown = code.grouped();
        prop_assert_eq!(shown.expose().len(), 14);
        prop_assert!(AccessCode::parse(shown.expose()).is_some());
        let longer = format!("{}-3456", shown.expose());
        prop_assert!(AccessCode::parse(&longer).is_none(), "a recovery code is none");
        let _ = AccessCode::parse(&typed);
    }
}
