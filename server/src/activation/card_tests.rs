//! An UZI card linked with user number and PIN, on both engines (flows C9, A8).

use super::card::{Answer, Error, begin, decide};
use super::choose;
use super::lapse::lapse;
use super::request::prepared;
use super::tests::{PASSWORD, add_arts, contact, events, open, other, prove_a_key, secret};
use crate::accounts::{self, Account};
use crate::app::App;
use crate::app::testing::{self, app};
use crate::audit::{Actor, By};
use crate::enrolment;
use crate::enrolment::policy::Unfit;
use crate::factors::card::Refused;
use crate::factors::testing::{revoked_card, verified_card};
use crate::factors::{Level, card};
use crate::letters::{self, PrintKey};
use crate::login::card::CardAnswer;
use crate::login::{self, Granted};
use crate::operator::Operator;
use crate::organisations::{self, PostalAddress, Subscriber};
use crate::pin::ActivationPin;
use crate::secret::Token;
use crate::sessions::{Scope, Session, Way};
use crate::storage::testing::both;
use crate::uzi::sighting::Standing;
use std::sync::Arc;
use std::time::Duration;
use wire::uzi::Kind;

const URA: &str = "90000123";

fn mine() -> card::Verified {
    verified_card("900000001", URA, "Arts")
}

/// A colleague of a practice with a subscriber number, and the PIN.
async fn newcomer(app: &App) -> (Account, ActivationPin, Session) {
    let (main, session) = contact(app).await;
    let mut tx = app.db.write().await.unwrap();
    let subscriber = Subscriber::parse(URA).unwrap();
    let set = organisations::store::set_subscriber(&mut tx, &main.organisation, &subscriber);
    set.await.unwrap();
    tx.commit().await.unwrap();
    let colleague = add_arts(app, &session).await;
    let pin = open(app, &session).await;
    (colleague, pin, session)
}

async fn ready(app: &App, account: &Account, pin: &ActivationPin) -> Token {
    let answer = begin(app, "test browser", (&account.number, pin)).await.unwrap();
    let Answer::Ready(token) = answer else { panic!("{answer:?}") };
    token
}

fn session(granted: Result<Granted, Error>) -> Session {
    let Ok(Granted::Session { session, .. }) = granted else { panic!("{granted:?}") };
    session
}

#[tokio::test]
async fn a_card_is_linked_with_number_and_pin_and_then_logs_in_alone() {
    both(async |db| {
        let app = app(db);
        let (account, pin, _) = newcomer(&app).await;
        let token = ready(&app, &account, &pin).await;
        let opened = session(decide(&app, &token, Ok(mine())).await);
        assert_eq!((opened.login.scope, opened.login.way), (Scope::Full, Way::Card));
        assert_eq!(opened.login.level, Level::Substantial, "as its account was vouched for");
        let attempt = login::run::start(&app, None, "test").await.unwrap();
        let answer = login::card::decide(&app, &attempt, Ok(mine())).await.unwrap();
        assert!(matches!(answer, CardAnswer::Done(_)), "{answer:?}");
        let said = events(&app, &account).await;
        for event in ["pin_right", "pin_linked_card", "factor_added", "session_opened"] {
            assert!(said.contains(event), "{event}: {said}");
        }
        let again = begin(&app, "", (&account.number, &pin)).await.unwrap();
        assert!(matches!(again, Answer::HasFactor), "a PIN adds no factor: {again:?}");
        let over = decide(&app, &token, Ok(mine())).await;
        assert!(matches!(over, Err(Error::Login(login::Error::AttemptOver))), "{over:?}");
        // It serves each purpose: a password may be chosen with it still.
        let chosen = choose::password(&app, "", (&account.number, &pin), secret(PASSWORD)).await;
        assert!(matches!(chosen, Ok(choose::Answer::LogIn)), "{chosen:?}");
    })
    .await;
}

/// Attack: the PIN used to add a factor to an account that has one.
#[tokio::test]
async fn a_factor_that_comes_meanwhile_keeps_the_pin_from_linking() {
    both(async |db| {
        let app = app(db);
        let (account, pin, _) = newcomer(&app).await;
        let token = ready(&app, &account, &pin).await;
        prove_a_key(&app, &account).await;
        let late = decide(&app, &token, Ok(mine())).await;
        assert!(matches!(late, Err(Error::Login(login::Error::AttemptOver))), "{late:?}");
        assert!(!events(&app, &account).await.contains("pin_linked_card"));
    })
    .await;
}

#[tokio::test]
async fn a_card_that_does_not_fit_is_refused_and_leaves_the_pin_as_it_was() {
    both(async |db| {
        let app = app(db);
        let (account, pin, _) = newcomer(&app).await;
        let token = ready(&app, &account, &pin).await;
        let refused = async |card: Result<card::Verified, Refused>| {
            decide(&app, &token, card).await.unwrap_err()
        };
        let other_practice = refused(Ok(verified_card("900000001", "90000124", "Arts"))).await;
        let subscriber = matches!(
            other_practice,
            Error::Enrolment(enrolment::Error::Unfit(Unfit::OtherSubscriber))
        );
        assert!(subscriber, "{other_practice}");
        let stranger = refused(Ok(verified_card("900000001", URA, "Anders"))).await;
        let name = matches!(stranger, Error::Enrolment(enrolment::Error::Unfit(Unfit::OtherName)));
        assert!(name, "{stranger}");
        for letter in [Kind::UnnamedEmployee, Kind::Server] {
            let mut card = mine();
            card.card.identity.kind = letter;
            let kind = refused(Ok(card)).await;
            let refused_by_type = matches!(
                &kind,
                Error::Enrolment(enrolment::Error::Unfit(Unfit::Type) | enrolment::Error::Card(_))
            );
            assert!(refused_by_type, "{letter:?}: {kind}");
        }
        let revoked = refused(Err(revoked_card("900000001", URA, Standing::Held))).await;
        assert!(matches!(revoked, Error::Enrolment(enrolment::Error::Card(_))), "{revoked}");
        session(decide(&app, &token, Ok(mine())).await);
    })
    .await;
}

#[tokio::test]
async fn one_uzi_number_is_linked_once_in_an_organisation() {
    both(async |db| {
        let app = app(db);
        let (account, pin, by) = newcomer(&app).await;
        session(decide(&app, &ready(&app, &account, &pin).await, Ok(mine())).await);
        // What lies in the Berichtenbox since the same moment has no order.
        app.clock.advance(std::time::Duration::from_secs(1));
        let second = super::tests::add_named(&app, &by, "tweede", "Test Arts").await;
        let pin = open(&app, &by).await;
        let taken = decide(&app, &ready(&app, &second, &pin).await, Ok(mine())).await;
        assert!(matches!(taken, Err(Error::Enrolment(enrolment::Error::CardTaken))), "{taken:?}");
    })
    .await;
}

/// A PIN that came by post and linked a card came: it lives on beyond its date, for a password (A3).
#[tokio::test]
async fn a_posted_pin_that_linked_a_card_counts_as_used() {
    both(async |db| {
        let identity = age::x25519::Identity::generate();
        let key = PrintKey::parse(&identity.to_public().to_string()).ok();
        let app = testing::with(db, |config, _| config.letters.key = key);
        let (account, _, _) = newcomer(&app).await;
        let pin = posted(&app, &account).await;
        app.clock.advance(app.config.times.pin_by_post - Duration::from_secs(1));
        session(decide(&app, &ready(&app, &account, &pin).await, Ok(mine())).await);
        app.clock.advance(Duration::from_secs(2));
        lapse(&app).await.unwrap();
        assert!(!events(&app, &account).await.contains("pin_lapsed"));
        let chosen = choose::password(&app, "", (&account.number, &pin), secret(PASSWORD)).await;
        assert!(matches!(chosen, Ok(choose::Answer::LogIn)), "{chosen:?}");

        app.clock.advance(Duration::from_secs(24 * 60 * 60));
        let unused = posted(&app, &account).await;
        app.clock.advance(app.config.times.pin_by_post);
        lapse(&app).await.unwrap();
        assert!(events(&app, &account).await.contains("pin_lapsed"), "one that nobody used");
        let late = choose::password(&app, "", (&account.number, &unused), secret(PASSWORD)).await;
        assert!(matches!(late, Ok(choose::Answer::Wrong)), "{late:?}");
    })
    .await;
}

/// A PIN of this account that goes by post, and is on its way.
async fn posted(app: &App, account: &Account) -> ActivationPin {
    let (pin, hash) = prepared(app, &account.number).await.unwrap();
    let by = By { actor: Actor::Operator, random: app.random, now: app.clock.now() };
    let mut tx = app.db.write().await.unwrap();
    let address = PostalAddress::parse("Dorpsstraat 1, 1234 AB Voorbeelddorp").unwrap();
    organisations::store::set_address(&mut tx, &account.organisation, &address).await.unwrap();
    let way = letters::run::way(app, &mut tx, account).await.unwrap();
    let reader = (account, &way, letters::Purpose::Renewed);
    letters::run::write(app, &mut tx, reader, (&pin, hash), (None, &by)).await.unwrap();
    tx.commit().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let operator = Operator::parse("Test Twee").unwrap();
    let done = letters::run::export(app, &operator, folder.path()).await.unwrap();
    assert_eq!(done.files.len(), 1);
    pin
}

/// Attack: one PIN, used by many at once.
#[tokio::test]
async fn of_sixty_four_cards_linked_with_one_pin_at_once_one_is() {
    both(async |db| {
        let app = Arc::new(app(db));
        let (account, pin, _) = newcomer(&app).await;
        let mut tokens = vec![];
        for _ in 0..64 {
            tokens.push(ready(&app, &account, &pin).await);
        }
        let mut tasks = tokio::task::JoinSet::new();
        for token in tokens {
            let app = Arc::clone(&app);
            tasks.spawn(async move { decide(&app, &token, Ok(mine())).await.is_ok() });
        }
        let won = tasks.join_all().await.into_iter().filter(|won| *won).count();
        assert_eq!(won, 1);
        let said = events(&app, &account).await;
        assert_eq!(said.matches("pin_linked_card").count(), 1, "{said}");
    })
    .await;
}

#[tokio::test]
async fn wrong_pins_are_counted_with_those_of_passwords_and_block_the_pin() {
    both(async |db| {
        let app = app(db);
        let (account, pin, _) = newcomer(&app).await;
        let wrong = other(&pin);
        for _ in 0..2 {
            let answer = begin(&app, "", (&account.number, &wrong)).await.unwrap();
            assert!(matches!(answer, Answer::Wrong), "{answer:?}");
        }
        for _ in 0..2 {
            let proof = (&account.number, &wrong);
            let answer = choose::password(&app, "", proof, secret(PASSWORD)).await.unwrap();
            assert!(matches!(answer, choose::Answer::Wrong), "{answer:?}");
        }
        let fifth = begin(&app, "", (&account.number, &wrong)).await.unwrap();
        assert!(matches!(fifth, Answer::Blocked), "{fifth:?}");
        let right = begin(&app, "", (&account.number, &pin)).await.unwrap();
        assert!(matches!(right, Answer::Blocked), "{right:?}");
    })
    .await;
}

/// Attack: a contact person or an operator gives an account the name on somebody else's card.
#[tokio::test]
async fn a_new_name_is_linked_to_no_card_by_number_and_pin() {
    both(async |db| {
        let app = app(db);
        let (account, pin, _) = newcomer(&app).await;
        let (now, mut tx) = (app.clock.now(), app.db.write().await.unwrap());
        accounts::store::activate(&mut tx, &account.id).await.unwrap();
        accounts::store::rename(&mut tx, &account.id, "Test Anders", now).await.unwrap();
        tx.commit().await.unwrap();
        let theirs = || Ok(verified_card("900000009", URA, "Anders"));
        let token = ready(&app, &account, &pin).await;
        let refused = decide(&app, &token, theirs()).await;
        let new = matches!(refused, Err(Error::Enrolment(enrolment::Error::Unfit(Unfit::NewName))));
        assert!(new, "{refused:?}");
        assert!(!events(&app, &account).await.contains("pin_linked_card"), "the PIN is not spent");
        app.clock.advance(app.config.times.anchor);
        let token = ready(&app, &account, &pin).await;
        let opened = session(decide(&app, &token, theirs()).await);
        assert_eq!(opened.login.way, Way::Card);
    })
    .await;
}

#[tokio::test]
async fn a_name_that_is_put_right_before_activating_is_linked_at_once() {
    both(async |db| {
        let app = app(db);
        let (account, pin, _) = newcomer(&app).await;
        let (now, mut tx) = (app.clock.now(), app.db.write().await.unwrap());
        accounts::store::rename(&mut tx, &account.id, "Test Anders", now).await.unwrap();
        tx.commit().await.unwrap();
        let token = ready(&app, &account, &pin).await;
        let card = Ok(verified_card("900000009", URA, "Anders"));
        assert_eq!(session(decide(&app, &token, card).await).login.way, Way::Card);
    })
    .await;
}
