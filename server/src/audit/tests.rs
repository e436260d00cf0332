//! The chain on both engines: how it grows, and what of each tampering is told.

mod event;
mod export;
mod tampering;

use super::chain::{Outcome, Worker};
use super::checkpoint::Checkpoint;
use super::inspect::{self, Backlog};
use super::key::Signer;
use super::walk::{Fault, Report, Wrong};
use super::*;
use crate::secret::Secret;
use crate::storage::Db;
use crate::storage::testing::{both, change as sql, rows, texts as text};
use crate::uzi::sighting::{Holder, Standing};
use std::task::Poll;

fn signer() -> Signer {
    Signer::new(&Secret::new([7; 32]))
}

fn now(millis: i64) -> (Random, Time) {
    (Random::system(), Time::from_millis(millis))
}

fn by(millis: i64) -> By {
    let (random, now) = now(millis);
    By { actor: Actor::Operator, random, now }
}

/// The account that some events are about.
fn arts() -> AccountId {
    AccountId::parse("00112233445566778899aabbccddeeff").unwrap()
}

fn card(number: &str) -> Event {
    let holder = Holder {
        uzi_number: number.to_owned(),
        card_type: 'Z',
        subscriber: "90000001".to_owned(),
        role: "01.015".to_owned(),
    };
    let card = Sighting {
        standing: Standing::Held,
        serial: "1f".to_owned(),
        issuer: "Test CA".to_owned(),
        holder: Some(holder),
        policy: None,
        revocation_list: None,
    };
    let card = Some(Box::new(card));
    Event::FactorRefused { kind: Some(Kind::Card), reason: "card_not_linked", card }
}

async fn write(db: &Db, millis: i64, account: Option<&AccountId>, event: &Event) {
    let mut tx = db.write().await.unwrap();
    record(&mut tx, &by(millis), account, event).await.unwrap();
    tx.commit().await.unwrap();
}

/// Events at these moments: of a card where the moment is even, about [`arts`] where it divides by 3.
async fn events(db: &Db, moments: impl IntoIterator<Item = i64>) {
    let id = arts();
    for moment in moments {
        let about = (moment % 3 == 0).then_some(&id);
        let event = if moment % 2 == 0 { card("900000012") } else { Event::PasswordRight };
        write(db, moment, about, &event).await;
    }
}

async fn chain_all(db: &Db, millis: i64) {
    chain::all(db, &signer(), now(millis)).await.unwrap();
}

async fn verify(db: &Db, kept: Option<Checkpoint>) -> Result<Report, Fault> {
    inspect::verify(db, vec![signer().public()], kept).await.unwrap().0
}

#[tokio::test]
async fn each_event_gets_a_place_and_each_batch_is_signed() {
    both(async |db| {
        assert_eq!(verify(&db, None).await, Ok(Report::default()));
        events(&db, 1..=300).await;
        let before = inspect::verify(&db, vec![], None).await.unwrap();
        let backlog = Backlog { events: 300, since: Some(Time::from_millis(1)) };
        assert_eq!(before, (Ok(Report::default()), backlog));
        let worker = Worker::new(Random::system());
        let mut outcomes = vec![];
        for _ in 0..4 {
            outcomes.push(worker.batch(&db, &signer(), now(1_000)).await.unwrap());
        }
        let placed = |events, more| Outcome::Placed { events, more };
        let expected = [placed(128, true), placed(128, true), placed(44, false), Outcome::Idle];
        assert_eq!(outcomes, expected);
        let report = verify(&db, None).await.unwrap();
        assert_eq!((report.events, report.left_out, report.erased_personal), (300, 0, 0));
        assert_eq!(rows(&db, "audit_checkpoint").await, 3);
        assert_eq!(rows(&db, "audit_waiting").await, 0);
        let last = inspect::last_checkpoint(&db).await.unwrap();
        assert_eq!(report.last, last);
        assert_eq!(last.map(|last| (last.seq, last.at)), Some((300, Time::from_millis(1_000))));
    })
    .await;
}

#[tokio::test]
async fn what_commits_late_or_at_the_same_moment_gets_a_place_too() {
    both(async |db| {
        events(&db, [9, 9, 9, 7]).await;
        chain_all(&db, 10).await;
        events(&db, [8, 9, 1]).await;
        chain_all(&db, 10).await;
        assert_eq!(verify(&db, None).await.unwrap().events, 7);
        const ORDER: &str = "SELECT CAST(at AS TEXT) FROM audit_link ORDER BY seq";
        assert_eq!(text(&db, ORDER).await, ["7", "9", "9", "9", "1", "8", "9"]);
    })
    .await;
}

#[tokio::test]
async fn one_server_has_the_chain_until_it_lets_go_or_is_gone() {
    both(async |db| {
        let (one, other) = (Worker::new(Random::system()), Worker::new(Random::system()));
        let placed = Outcome::Placed { events: 1, more: false };
        for (worker, millis, outcome) in [
            (&one, 0, placed.clone()),
            (&other, 1, Outcome::Held),
            (&one, 2, placed.clone()),
            (&other, 15_001, Outcome::Held),
            (&other, 15_002, placed.clone()),
            (&one, 15_003, Outcome::Held),
        ] {
            events(&db, [millis]).await;
            assert_eq!(worker.batch(&db, &signer(), now(millis)).await.unwrap(), outcome);
            chain_all(&db, millis).await; // whoever must, does not ask who has it
        }
        other.finish(&db, &signer(), now(15_004)).await.unwrap();
        events(&db, [15_005]).await;
        assert_eq!(one.batch(&db, &signer(), now(15_005)).await.unwrap(), placed);
        assert_eq!(verify(&db, None).await.unwrap().events, 7);
    })
    .await;
}

#[tokio::test]
async fn many_write_while_two_servers_chain() {
    both(async |db| {
        let writers: Vec<_> = (0..64)
            .map(|writer| {
                let db = db.clone();
                tokio::spawn(async move { events(&db, (0..10).map(|n| n * 64 + writer)).await })
            })
            .collect();
        let chaining: Vec<_> = (0..2)
            .map(|_| {
                let db = db.clone();
                tokio::spawn(async move {
                    let worker = Worker::new(Random::system());
                    let mut placed = 0;
                    for turn in 0.. {
                        // Each turn is later than any lease, so both try in earnest.
                        let by = now(turn * 20_000);
                        if let Outcome::Placed { events, .. } =
                            worker.batch(&db, &signer(), by).await.unwrap()
                        {
                            placed += events;
                        }
                        if rows(&db, "audit_link").await == 640 {
                            break;
                        }
                        tokio::task::yield_now().await;
                    }
                    placed
                })
            })
            .collect();
        for writer in writers {
            writer.await.unwrap();
        }
        let mut placed = 0;
        for worker in chaining {
            placed += worker.await.unwrap();
        }
        assert_eq!(placed, 640, "each got one place");
        assert_eq!(verify(&db, None).await.unwrap().events, 640);
    })
    .await;
}

/// A server that dies at any moment of a batch: everything it asks of the database until then is asked,
/// and nothing after it.
#[tokio::test]
async fn a_batch_that_is_broken_off_anywhere_leaves_a_chain_that_goes_on() {
    both(async |db| {
        let (mut broken_off, mut done, mut batches) = (0, 0, 0);
        // How often a batch is polled depends on how fast the database is: until both were seen often.
        for most in (1..=24).cycle().take(24 * 12) {
            if batches >= 48 && broken_off >= 4 && done >= 4 {
                break;
            }
            batches += 1;
            events(&db, 1..=3).await;
            let before = rows(&db, "audit_link").await;
            let worker = Worker::new(Random::system());
            let (key, by) = (signer(), now((before + 1) * 20_000));
            let mut batch = Box::pin(worker.place(&db, &key, by));
            let mut polls = 0;
            let outcome = std::future::poll_fn(|context| {
                polls += 1;
                match polls > most {
                    true => Poll::Ready(None),
                    false => batch.as_mut().poll(context).map(Some),
                }
            })
            .await;
            drop(batch);
            // Waits for what the database was still asked, and then nothing comes after it.
            events(&db, [7]).await;
            let places = rows(&db, "audit_link").await - before;
            assert!([0, 3].contains(&places), "half a batch: {places}");
            assert!(verify(&db, None).await.is_ok(), "broken off after {most} steps");
            // SQLite is asked in one go: it is broken off while it waits for the disk, and all of it is there.
            broken_off += match db.engine() {
                "PostgreSQL" => i32::from(places == 0),
                _ => i32::from(outcome.is_none()),
            };
            done += i32::from(outcome.is_some());
            chain_all(&db, 0).await;
        }
        assert!(broken_off >= 4 && done >= 4, "{broken_off} broken off, {done} done");
        assert_eq!(verify(&db, None).await.unwrap().events, batches * 4);
    })
    .await;
}

#[tokio::test]
async fn what_was_written_before_there_was_a_chain_gets_its_place() {
    both(async |db| {
        // As earlier versions wrote it: the card in the event, nothing beside it.
        let event =
            r#"{"actor":{"who":"operator"},"card":{"serial":"1f"},"event":"factor_refused"}"#;
        for id in 1..=3 {
            sql(
                &db,
                &format!("INSERT INTO audit (id, at, event) VALUES ('{id:032x}', 5, '{event}')"),
            )
            .await;
        }
        assert_eq!(verify(&db, None).await.unwrap_err().what, Wrong::Stray);
        sql(&db, "INSERT INTO audit_waiting (at, event_id) SELECT at, id FROM audit").await; // the migration
        chain_all(&db, 10).await;
        assert_eq!(verify(&db, None).await.unwrap().events, 3);
    })
    .await;
}

#[tokio::test]
async fn what_is_personal_is_erased_and_the_chain_holds_and_says_so() {
    both(async |db| {
        events(&db, 1..=10).await;
        chain_all(&db, 20).await;
        events(&db, [4]).await; // waits still, and is in the chain before it is erased
        let of = async |what| {
            let which = (what, Time::from_millis(6));
            erase::by_operator(&db, &signer(), now(30), which).await
        };
        assert_eq!(of(Erased::Personal).await.unwrap(), 3);
        assert_eq!(rows(&db, "audit_personal").await, 3);
        let report = verify(&db, None).await.unwrap();
        assert_eq!((report.events, report.erased_personal, report.erased_events), (12, 3, 0));
        assert_eq!(of(Erased::Event).await.unwrap(), 6);
        let report = verify(&db, None).await.unwrap();
        assert_eq!((report.events, report.erased_personal, report.erased_events), (7, 0, 6));
        // The same again erases nothing, and says so too.
        assert_eq!(of(Erased::Event).await.unwrap(), 0);
        assert_eq!(verify(&db, None).await.unwrap().erased_events, 6);
        // Who says it happened earlier than it did explains no more than that.
        sql(
            &db,
            "DELETE FROM audit_personal WHERE event_id IN (SELECT id FROM audit WHERE at = 8)",
        )
        .await;
        let fault = verify(&db, None).await.unwrap_err();
        assert_eq!((fault.seq, fault.what), (Some(8), Wrong::PersonalGone));
    })
    .await;
}

#[tokio::test]
async fn a_salt_hides_what_was_personal_from_who_guesses() {
    both(async |db| {
        events(&db, [2, 4]).await;
        let said = text(&db, "SELECT event FROM audit").await;
        assert_ne!(said[0], said[1], "the same card twice");
        for event in said {
            assert!(!event.contains("900000012") && !event.contains("Test CA"), "{event}");
        }
        let beside = text(&db, "SELECT content FROM audit_personal").await;
        assert!(beside.iter().all(|content| content.contains("900000012")));
    })
    .await;
}
