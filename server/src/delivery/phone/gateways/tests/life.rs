//! A code is handed over within its life: at once, again where nobody knows whether it got there, and
//! never later.

use super::*;
use crate::app::App;
use crate::app::testing::with;
use crate::delivery::phone::run::{NOBODY, hear, send};
use crate::delivery::phone::{Channel, Sending, State, Told};
use crate::delivery::run::{self as outbox, deliver_due};
use crate::storage::Db;
use crate::storage::testing::{both, rows};

const TAKES: &str = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
const AWAY: &str = "HTTP/1.1 503 Away\r\nContent-Length: 0\r\n\r\n";
const NEVER: &str = "HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n";

/// An application whose codes go to a gateway at this address, which is told id, report and text.
fn house(db: Db, address: &str) -> App {
    let address = format!("{address}/");
    with(db, |config, _| {
        let form = [("id", "{id}"), ("report", "{report}"), ("z", "{text} phone-end")];
        let form = form.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let description =
            template::Description { address, form: Some(form), ..template::Description::default() };
        let way = Way::Template(template::Settings::new(&description, None).unwrap());
        (config.delivery.phone.sms, config.delivery.phone.calls) = (way.clone(), way);
    })
}

async fn post(app: &App, channel: Channel) -> SendingId {
    let sending = Sending {
        id: SendingId::random(app.random),
        account: None,
        asker: None,
        to: Number::parse("+31612345678").unwrap(),
        channel,
        organisation: "FAKE Testpraktijk".to_owned(),
        language: Language::Dutch,
        until: app.clock.now().after(Duration::from_secs(600)),
    };
    let mut tx = app.db.write().await.unwrap();
    send(app, &mut tx, &sending).await.unwrap();
    tx.commit().await.unwrap();
    sending.id
}

fn code() -> Channel {
    Channel::Sms { code: Secret::new("314159".to_owned()) }
}

async fn state(app: &App, id: &SendingId) -> State {
    let mut tx = app.db.read().await.unwrap();
    crate::delivery::phone::run::state(&mut tx, id).await.unwrap().unwrap()
}

/// The fields of a request that the gateway was told.
fn fields(told: &str) -> Vec<(String, String)> {
    let body = told.split("\r\n\r\n").nth(1).unwrap();
    url::form_urlencoded::parse(body.as_bytes()).into_owned().collect()
}

/// The ticket in the address of those fields.
fn ticket(fields: &[(String, String)]) -> Ticket {
    Ticket::parse(fields[1].1.rsplit('/').next().unwrap()).unwrap()
}

#[tokio::test]
async fn what_a_dead_worker_handed_over_is_handed_over_again_as_the_same() {
    both(async |db| {
        let (address, mut hears) = gateway(TAKES).await;
        let app = house(db, &address);
        let id = post(&app, code()).await;
        let taken = outbox::take(&app).await.unwrap().unwrap();
        // The worker dies between the gateway's answer and its own commit.
        assert!(crate::delivery::phone::run::hand_over(&app, &taken).await.unwrap().is_ok());
        assert_eq!(state(&app, &id).await, State::Waiting);
        deliver_due(&app).await.unwrap();
        app.clock.advance(Duration::from_secs(2 * 60));
        deliver_due(&app).await.unwrap();
        let (first, second) = (hears.recv().await.unwrap(), hears.recv().await.unwrap());
        assert_eq!(fields(&first), fields(&second), "the same id, address and code");
        assert!(hears.try_recv().is_err(), "and no third time");
        assert_eq!((state(&app, &id).await, rows(&app.db, "outbox").await), (State::Accepted, 0));
    })
    .await;
}

#[tokio::test]
async fn what_was_reported_on_is_not_handed_over_again() {
    both(async |db| {
        let (address, mut hears) = gateway(TAKES).await;
        let app = house(db, &address);
        let id = post(&app, Channel::Call).await;
        let taken = outbox::take(&app).await.unwrap().unwrap();
        assert!(crate::delivery::phone::run::hand_over(&app, &taken).await.unwrap().is_ok());
        let ticket = ticket(&fields(&hears.recv().await.unwrap()));
        let rings = Event { seen: Seen::Ringing, step: 0 };
        hear(&app, (Provider::Plain, &ticket), &[rings], NOBODY).await.unwrap().unwrap();
        app.clock.advance(Duration::from_secs(2 * 60));
        deliver_due(&app).await.unwrap();
        assert!(hears.try_recv().is_err(), "the phone rings already");
        assert_eq!((state(&app, &id).await, rows(&app.db, "outbox").await), (State::Ringing, 0));
    })
    .await;
}

#[tokio::test]
async fn a_gateway_that_is_away_is_asked_again_while_the_code_lives_and_never_after() {
    both(async |db| {
        let (address, mut hears) = gateway(AWAY).await;
        let app = house(db, &address);
        let id = post(&app, code()).await;
        let begun = app.clock.now();
        deliver_due(&app).await.unwrap();
        while let Some(due) = outbox::next(&app).await.unwrap() {
            app.clock.advance(due.since(app.clock.now()));
            deliver_due(&app).await.unwrap();
        }
        let mut tries = 0;
        while hears.try_recv().is_ok() {
            tries += 1;
        }
        assert!((3..=6).contains(&tries), "{tries} tries");
        assert!(app.clock.now().since(begun) < Duration::from_secs(600));
        assert_eq!(state(&app, &id).await, State::Failed);
        let entry = outbox::list(&app).await.unwrap().pop().unwrap();
        assert_eq!((entry.kind.as_str(), entry.to.as_deref()), ("code_sms", Some("+31612345678")));
        let away = Some(crate::delivery::Failure::Gateway(Fault::Refused(Some(503))));
        assert_eq!((entry.failure, entry.due), (away, None));
        let refused = outbox::retry(&app, &entry.id).await;
        assert!(matches!(refused, Err(outbox::Error::Code)), "nobody sends a code later");
        deliver_due(&app).await.unwrap();
        assert!(hears.try_recv().is_err());
        outbox::drop_message(&app, &entry.id).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_code_that_died_while_it_waited_is_not_sent() {
    both(async |db| {
        let (address, mut hears) = gateway(TAKES).await;
        let app = house(db, &address);
        let id = post(&app, code()).await;
        app.clock.advance(Duration::from_secs(600));
        deliver_due(&app).await.unwrap();
        assert!(hears.try_recv().is_err());
        assert_eq!(state(&app, &id).await, State::Failed);
        let entry = outbox::list(&app).await.unwrap().pop().unwrap();
        let late = Some(crate::delivery::Failure::Gateway(Fault::Late));
        assert_eq!((entry.failure, entry.due), (late, None));
    })
    .await;
}

#[tokio::test]
async fn what_is_refused_for_good_is_given_up_at_once() {
    both(async |db| {
        let (address, mut hears) = gateway(NEVER).await;
        let app = house(db, &address);
        let id = post(&app, code()).await;
        deliver_due(&app).await.unwrap();
        assert!(hears.recv().await.is_some());
        assert_eq!(state(&app, &id).await, State::Failed);
        assert!(outbox::next(&app).await.unwrap().is_none());
    })
    .await;
}

/// What never happened is never sent.
#[tokio::test]
async fn a_code_of_a_transaction_that_fails_is_not_sent() {
    both(async |db| {
        let (address, mut hears) = gateway(TAKES).await;
        let app = house(db, &address);
        let sending = Sending {
            id: SendingId::random(app.random),
            account: None,
            asker: None,
            to: Number::parse("+31612345678").unwrap(),
            channel: code(),
            organisation: "x".to_owned(),
            language: Language::English,
            until: app.clock.now().after(Duration::from_secs(600)),
        };
        let mut tx = app.db.write().await.unwrap();
        send(&app, &mut tx, &sending).await.unwrap();
        drop(tx);
        deliver_due(&app).await.unwrap();
        assert!(hears.try_recv().is_err());
        assert_eq!(rows(&app.db, "sending").await, 0);
    })
    .await;
}

/// No code: it is sent later, when the operator asks for it.
#[tokio::test]
async fn a_change_that_was_not_told_is_told_when_the_operator_retries() {
    both(async |db| {
        let (address, mut hears) = gateway(NEVER).await;
        let app = house(db, &address);
        let id = post(&app, Channel::Notice(Told::Removed)).await;
        deliver_due(&app).await.unwrap();
        let told = hears.recv().await.unwrap();
        let said = fields(&told).into_iter().find(|(name, _)| name == "z").unwrap().1;
        assert!(said.contains("verwijderd") && said.contains("FAKE Testpraktijk"), "{said}");
        assert_eq!(state(&app, &id).await, State::Failed);
        let entry = outbox::list(&app).await.unwrap().pop().unwrap();
        assert_eq!(entry.kind, "number_told");
        app.clock.advance(Duration::from_secs(3600));
        outbox::retry(&app, &entry.id).await.unwrap();
        deliver_due(&app).await.unwrap();
        assert!(hears.recv().await.is_some(), "it is told once more");
    })
    .await;
}

#[test]
fn what_a_number_is_told_fits_into_two_messages_and_asks_for_nothing() {
    for language in [Language::Dutch, Language::English] {
        for told in Told::ALL {
            let said = words::told(language, "FAKE Testpraktijk voor huisartsen", told);
            let said = said.expose();
            assert!(said.chars().count() <= 306, "{said}");
            assert!(!said.contains("phone-told") && !said.contains("://"), "{said}");
            assert!(!said.chars().any(|letter| letter.is_ascii_digit()), "{said}");
        }
    }
}
