use super::gateways::{Provider, Way};
use super::*;
use crate::app::App;
use crate::app::testing::with;
use crate::storage::Db;
use crate::storage::testing::{both, rows};
use proptest::prelude::*;
use std::sync::Arc;
use std::time::Duration;

proptest! {
    #[test]
    fn a_number_is_a_plus_and_digits(text in "\\+?[0-9]{0,18}|\\PC{0,20}|\\+[0-9 \\r\\n:]{0,20}") {
        if let Ok(number) = Number::parse(&text) {
            prop_assert!(number.digits().bytes().all(|byte| byte.is_ascii_digit()));
            prop_assert!((7..=15).contains(&number.digits().len()));
            prop_assert_eq!(number.as_str(), &text);
            prop_assert_eq!(Number::parse(&number.to_string()), Ok(number));
        }
    }

    #[test]
    fn keys_are_digits_or_a_report_of_fraud(text in "[0-9*# ]{0,40}|\\PC{0,10}") {
        match Seen::of_keys(&text) {
            Some(Seen::Keyed(digits)) => {
                let shown = format!("{digits:?}");
                prop_assert!(!text.contains('#') && !shown.contains(digits.expose()));
                prop_assert!(digits.expose().bytes().all(|key| key.is_ascii_digit() || key == b'*'));
            }
            Some(seen) => prop_assert!(seen == Seen::Hash && text.contains('#')),
            None => prop_assert!(text.trim().is_empty() || text.len() > 32 || text.contains(|key| !"0123456789*# ".contains(key)), "{}", text),
        }
    }

    #[test]
    fn a_ticket_is_thirty_two_digits(text in "[0-9a-f]{30,34}|\\PC{0,40}") {
        prop_assert_eq!(Ticket::parse(&text).map(|ticket| ticket.expose().to_owned()), {
            let fits = text.len() == 32 && text.chars().all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c));
            fits.then_some(text)
        });
    }
}

#[test]
fn what_is_no_number_is_refused() {
    for text in ["", "+", "0612345678", "+0612345678", "31612345678", "+3161234", "+31 612345678"] {
        assert_eq!(
            Number::parse(text),
            if text == "+3161234" { Ok(Number(text.to_owned())) } else { Err(NoNumber) },
            "{text}"
        );
    }
    for text in ["+31612345678\r\nX: y", "+3161234567\u{661}", "+1234567890123456", "+316 12345678"]
    {
        assert_eq!(Number::parse(text), Err(NoNumber), "{text}");
    }
}

#[test]
fn stored_names_read_as_they_were() {
    for state in rules::ALL {
        assert_eq!(State::parse(state.name()), Some(state));
    }
    for reply in [Reply::Right, Reply::Wrong, Reply::Over, Reply::Fraud] {
        assert_eq!(Reply::parse(reply.name()), Some(reply));
    }
    assert_eq!((State::parse("lost"), Reply::parse("maybe")), (None, None));
}

pub(super) fn sending(app: &App, channel: Channel) -> Sending {
    Sending {
        id: SendingId::random(app.random),
        account: None,
        asker: None,
        to: Number::parse("+31612345678").unwrap(),
        channel,
        organisation: "FAKE Testpraktijk".to_owned(),
        language: Language::Dutch,
        until: app.clock.now().after(Duration::from_secs(600)),
    }
}

/// An application whose provider speaks our own form.
fn app(db: Db) -> App {
    with(db, |config, folder| {
        let way = Way::Folder(folder.join("codes"));
        (config.delivery.phone.sms, config.delivery.phone.calls) = (way.clone(), way);
    })
}

/// A call that was posted, and the ticket that the provider would be given.
async fn call(app: &App) -> (Sending, Ticket) {
    let sending = sending(app, Channel::Call);
    let mut tx = app.db.write().await.unwrap();
    run::send(app, &mut tx, &sending).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = app.db.read().await.unwrap();
    let row = crate::delivery::store::list(&mut tx).await.unwrap().pop().unwrap();
    let record = crate::delivery::run::record(&row.id);
    let content = app.sealing.unseal(&record, &row.content).unwrap();
    let (read, ticket) = parcel::read(&content).unwrap();
    assert_eq!((&read.id, &read.to, read.until), (&sending.id, &sending.to, sending.until));
    (sending, ticket)
}

fn event(seen: Seen) -> Event {
    Event { seen, step: 0 }
}

fn keys(step: u32, keys: &str) -> Event {
    Event { seen: Seen::of_keys(keys).unwrap(), step }
}

/// Who says right to 123456, reports fraud at #, and takes a note of everything.
const LISTENS: run::Ear = |_, _, report| {
    Box::pin(async move {
        Ok(match &report.seen {
            Seen::Keyed(digits) if digits.expose() == "123456" => Reply::Right,
            Seen::Keyed(_) => Reply::Wrong,
            Seen::Hash => Reply::Fraud,
            Seen::Accepted
            | Seen::Delivered
            | Seen::Ringing
            | Seen::Answered
            | Seen::Busy
            | Seen::NoAnswer
            | Seen::HungUp
            | Seen::Failed => Reply::Over,
        })
    })
};

async fn hear(app: &App, ticket: &Ticket, event: Event) -> Answer {
    run::hear(app, (Provider::Plain, ticket), &[event], LISTENS).await.unwrap().unwrap()
}

async fn state(app: &App, sending: &Sending) -> State {
    let mut tx = app.db.read().await.unwrap();
    run::state(&mut tx, &sending.id).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_sending_goes_forward_only() {
    both(async |db| {
        let app = app(db);
        let (sending, ticket) = call(&app).await;
        assert_eq!(state(&app, &sending).await, State::Waiting);
        for (seen, then) in [
            (Seen::Ringing, State::Ringing),
            (Seen::Accepted, State::Ringing),
            (Seen::Answered, State::Answered),
            (Seen::Ringing, State::Answered),
            (Seen::HungUp, State::HungUp),
            (Seen::Answered, State::HungUp),
            (Seen::Busy, State::HungUp),
            (Seen::Failed, State::HungUp),
        ] {
            assert_eq!(hear(&app, &ticket, event(seen.clone())).await.reply, None, "{seen:?}");
            assert_eq!(state(&app, &sending).await, then, "{seen:?}");
        }
        assert!(state(&app, &sending).await.is_settled());
    })
    .await;
}

#[tokio::test]
async fn keys_count_once_and_their_answer_is_said_again() {
    both(async |db| {
        let app = app(db);
        let (sending, ticket) = call(&app).await;
        let said = async |step, pressed| {
            let answer = hear(&app, &ticket, keys(step, pressed)).await;
            (answer.reply.unwrap(), answer.line.step)
        };
        assert_eq!(said(1, "999999").await, (Reply::Wrong, 2));
        assert_eq!(state(&app, &sending).await, State::Answered, "who keys has answered");
        // A replay with other keys is the same question again, and no second guess.
        assert_eq!(said(1, "123456").await, (Reply::Wrong, 2));
        assert_eq!(said(3, "123456").await, (Reply::Over, 2), "nobody asked that yet");
        assert_eq!(said(2, "12#").await, (Reply::Fraud, 3));
        assert_eq!(said(2, "123456").await, (Reply::Fraud, 3));
        assert_eq!(said(1, "123456").await, (Reply::Over, 3));
        hear(&app, &ticket, event(Seen::HungUp)).await;
        assert_eq!(said(3, "123456").await, (Reply::Over, 3), "the call is over");
    })
    .await;
}

#[tokio::test]
async fn one_report_may_tell_of_a_whole_call() {
    both(async |db| {
        let app = app(db);
        let (sending, ticket) = call(&app).await;
        let all = [event(Seen::Answered), keys(1, "123456"), event(Seen::HungUp)];
        for reply in [Reply::Right, Reply::Right] {
            let answer =
                run::hear(&app, (Provider::Plain, &ticket), &all, LISTENS).await.unwrap().unwrap();
            assert_eq!(answer.reply, Some(reply));
            assert_eq!(state(&app, &sending).await, State::HungUp);
        }
    })
    .await;
}

#[tokio::test]
async fn keys_of_a_dead_code_count_no_more() {
    both(async |db| {
        let app = app(db);
        let (_, ticket) = call(&app).await;
        app.clock.advance(Duration::from_secs(600));
        let answer = hear(&app, &ticket, keys(1, "123456")).await;
        assert_eq!((answer.reply, answer.line.dead), (Some(Reply::Over), true));
    })
    .await;
}

#[tokio::test]
async fn fraud_is_heard_once_also_of_a_dead_code_and_after_the_call() {
    use std::sync::atomic::{AtomicU32, Ordering};
    static HEARD: AtomicU32 = AtomicU32::new(0);
    const COUNTS: run::Ear = |_, _, report| {
        Box::pin(async move {
            HEARD.fetch_add(u32::from(report.seen == Seen::Hash), Ordering::SeqCst);
            Ok(Reply::Fraud)
        })
    };
    both(async |db| {
        HEARD.store(0, Ordering::SeqCst);
        let app = app(db);
        let (_, ticket) = call(&app).await;
        hear(&app, &ticket, event(Seen::HungUp)).await;
        app.clock.advance(Duration::from_secs(600));
        for step in [1, 1, 7, 2] {
            let all = [keys(step, "#")];
            let answer =
                run::hear(&app, (Provider::Plain, &ticket), &all, COUNTS).await.unwrap().unwrap();
            assert_eq!(answer.reply, Some(Reply::Fraud));
        }
        assert_eq!(HEARD.load(Ordering::SeqCst), 1);
    })
    .await;
}

/// What was heard and could not be written down is heard again: the provider asks once more.
#[tokio::test]
async fn keys_whose_listener_fails_do_not_count() {
    both(async |db| {
        let app = app(db);
        let (_, ticket) = call(&app).await;
        const FAILS: run::Ear = |_, _, _| {
            Box::pin(async { Err(crate::storage::Error::Inconsistent { table: "a", column: "b" }) })
        };
        assert!(
            run::hear(&app, (Provider::Plain, &ticket), &[keys(1, "123456")], FAILS).await.is_err()
        );
        assert_eq!(hear(&app, &ticket, keys(1, "123456")).await.reply, Some(Reply::Right));
    })
    .await;
}

#[tokio::test]
async fn of_sixty_four_bringers_of_the_same_keys_one_is_listened_to() {
    use std::sync::atomic::{AtomicU32, Ordering};
    static LISTENED: AtomicU32 = AtomicU32::new(0);
    const COUNTS: run::Ear = |_, _, _| {
        Box::pin(async {
            LISTENED.fetch_add(1, Ordering::SeqCst);
            Ok(Reply::Right)
        })
    };
    both(async |db| {
        LISTENED.store(0, Ordering::SeqCst);
        let app = Arc::new(app(db));
        let (_, ticket) = call(&app).await;
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..64 {
            let (app, ticket) = (app.clone(), ticket.clone());
            tasks.spawn(async move {
                let heard =
                    run::hear(&app, (Provider::Plain, &ticket), &[keys(1, "123456")], COUNTS).await;
                heard.unwrap().unwrap().reply
            });
        }
        let replies = tasks.join_all().await;
        assert_eq!(replies, [Some(Reply::Right); 64], "and all are told the same");
        assert_eq!(LISTENED.load(Ordering::SeqCst), 1);
    })
    .await;
}

#[tokio::test]
async fn a_ticket_of_nobody_is_heard_by_nobody_and_old_sendings_are_forgotten() {
    both(async |db| {
        let app = app(db);
        let (_, ticket) = call(&app).await;
        let strange = Ticket::random(app.random);
        assert!(
            run::hear(&app, (Provider::Plain, &strange), &[event(Seen::Busy)], run::NOBODY)
                .await
                .unwrap()
                .is_none()
        );
        let answer = run::hear(&app, (Provider::Plain, &ticket), &[keys(1, "123456")], run::NOBODY)
            .await
            .unwrap()
            .unwrap();
        assert_eq!((answer.reply, answer.line.step), (Some(Reply::Over), 2));
        for (hours, left) in [(24, 1), (1, 0)] {
            app.clock.advance(Duration::from_secs(hours * 60 * 60));
            crate::delivery::run::forget(&app).await.unwrap();
            assert_eq!(rows(&app.db, "sending").await, left);
        }
    })
    .await;
}

/// Attack: reports by the thousand with tickets of nobody, which nobody has to sign, keep no log-in from SQLite's
/// one writer.
#[tokio::test]
async fn a_ticket_of_nobody_waits_for_no_writer() {
    both(async |db| {
        let app = app(db);
        let (sending, ticket) = call(&app).await;
        let writer = app.db.write().await.unwrap();
        let strange = Ticket::random(app.random);
        for (by, ticket) in
            [(Provider::Plain, &strange), (Provider::Cm, &strange), (Provider::Cm, &ticket)]
        {
            let heard = run::hear(&app, (by, ticket), &[event(Seen::Busy)], LISTENS).await;
            assert!(heard.unwrap().is_none(), "{by:?}");
        }
        drop(writer);
        hear(&app, &ticket, event(Seen::Ringing)).await;
        assert_eq!(
            state(&app, &sending).await,
            State::Ringing,
            "the writer was another's till now"
        );
    })
    .await;
}

/// Attack: lying reports. A ticket that was seen in the address of one provider, used in another's name.
#[tokio::test]
async fn a_ticket_is_heard_from_the_provider_that_got_it_and_from_no_other() {
    both(async |db| {
        let app = app(db);
        let (sending, ticket) = call(&app).await;
        for other in [Provider::Cm, Provider::Twilio] {
            for event in [keys(1, "123456"), keys(1, "#"), event(Seen::Busy)] {
                let heard = run::hear(&app, (other, &ticket), &[event], LISTENS).await.unwrap();
                assert!(heard.is_none(), "{other:?}");
            }
        }
        assert_eq!(state(&app, &sending).await, State::Waiting);
        let answer = hear(&app, &ticket, keys(1, "123456")).await;
        assert_eq!(answer.reply, Some(Reply::Right));
    })
    .await;
}

#[tokio::test]
async fn neither_code_nor_number_nor_ticket_is_readable_in_the_database() {
    both(async |db| {
        let app = app(db);
        let code = Secret::new("314159".to_owned());
        let sending = sending(&app, Channel::Sms { code });
        let mut tx = app.db.write().await.unwrap();
        run::send(&app, &mut tx, &sending).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = app.db.read().await.unwrap();
        let row = crate::delivery::store::list(&mut tx).await.unwrap().pop().unwrap();
        for secret in ["314159", "31612345678", sending.id.as_str()] {
            assert!(!row.content.as_str().contains(secret));
        }
        assert!(!format!("{sending:?}").contains("314159"));
    })
    .await;
}
