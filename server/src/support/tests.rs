//! Support cases from beginning to end, on both engines.

use super::rules::{Purpose, Road, State};
use super::run::{
    self, Answer, Error, Finished, answer, called, finish, list, open, send_link, tidy,
};
use crate::accounts::Account;
use crate::activation::handover::Handed;
use crate::app::App;
use crate::app::testing::{app, with};
use crate::audit;
use crate::clock::Time;
use crate::delivery::message::Message;
use crate::id::{AccountId, CaseId};
use crate::lockout::{self, Counted, Lifted, Subject};
use crate::operator::Operator;
use crate::organisations::{Agb, Mailbox, Telephone, store as organisations};
use crate::secret::Token;
use crate::storage::testing::{account, both, rows};
use std::sync::Arc;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn operator() -> Operator {
    Operator::parse("Test Beheer").unwrap()
}

fn agb() -> Agb {
    Agb::parse("01012345").unwrap()
}

/// An account whose organisation is reached at these times on.
async fn reached(app: &App, telephone: Time, email: Time) -> Account {
    let account = account(&app.db, "test.arts@voorbeeld.nl").await;
    let number = Telephone::parse("030 253 11 11").unwrap();
    let mailbox = Mailbox::parse("praktijk@voorbeeld.nl").unwrap();
    let mut tx = app.db.write().await.unwrap();
    let id = &account.organisation;
    organisations::set_telephone(&mut tx, id, (&number, telephone)).await.unwrap();
    organisations::set_email(&mut tx, id, (&mailbox, email)).await.unwrap();
    tx.commit().await.unwrap();
    account
}

async fn old(app: &App) -> Account {
    reached(app, app.clock.now(), app.clock.now()).await
}

async fn opened(app: &App, account: &Account, purpose: Purpose) -> CaseId {
    let found = (&agb(), &account.number);
    open(app, found, purpose, &operator()).await.unwrap().id
}

/// The link that was mailed last.
async fn link(app: &App) -> Token {
    let notices = crate::delivery::run::waiting(app).await;
    let link = notices.into_iter().rev().find_map(|notice| {
        if let Message::SupportLink { link, .. } = notice { Some(link) } else { None }
    });
    let link = link.expect("a link was mailed");
    Token::parse(link.rsplit_once("link=").unwrap().1).unwrap()
}

async fn state(app: &App, id: &CaseId) -> State {
    let all = list(app).await.unwrap();
    all.into_iter().find(|case| case.id == *id).unwrap().state
}

async fn events(app: &App, account: &AccountId, kind: &str) -> usize {
    let mut tx = app.db.read().await.unwrap();
    let events = audit::of_account(&mut tx, Some(account)).await.unwrap();
    events.iter().filter(|event| event.contains(kind)).count()
}

#[tokio::test]
async fn nothing_is_carried_out_that_nobody_confirmed_and_each_case_once() {
    both(async |db| {
        let app = app(db);
        let account = old(&app).await;
        let subject = Subject::account(&account.id);
        let mut tx = app.db.write().await.unwrap();
        for _ in 0..5 {
            let (now, policy) = (app.clock.now(), &app.config.lockout.of_pins());
            let charged = lockout::charge(&mut tx, &subject, Counted::Pin, now, policy).await;
            let _ = charged.unwrap();
        }
        tx.commit().await.unwrap();
        let id = opened(&app, &account, Purpose::Unblock).await;
        let early = finish(&app, &id, &operator()).await;
        assert!(matches!(early, Err(Error::NotConfirmed)), "{early:?}");
        assert_eq!(
            called(&app, &id, &operator()).await.unwrap().state,
            State::Confirmed(Road::Call)
        );
        let twice = called(&app, &id, &operator()).await;
        assert!(matches!(twice, Err(Error::Confirmed)), "{twice:?}");
        let done = finish(&app, &id, &operator()).await.unwrap();
        assert_eq!(done, Finished::Unblocked(vec![Lifted::Pin]));
        let twice = finish(&app, &id, &operator()).await;
        assert!(matches!(twice, Err(Error::Over)), "{twice:?}");
        let found = [("support_opened", 1), ("support_confirmed", 1), ("support_finished", 1)];
        for (kind, count) in found {
            assert_eq!(events(&app, &account.id, kind).await, count, "{kind}");
        }
        let strange = CaseId::random(app.random);
        let none = finish(&app, &strange, &operator()).await;
        assert!(matches!(none, Err(Error::NoCase(_))), "{none:?}");
    })
    .await;
}

#[tokio::test]
async fn of_sixty_four_that_use_one_link_at_once_one_does() {
    both(async |db| {
        let app = Arc::new(app(db));
        let account = old(&app).await;
        let id = opened(&app, &account, Purpose::Pin).await;
        let _ = send_link(&app, &id, &operator()).await.unwrap();
        let first = link(&app).await;
        app.clock.advance(Duration::from_secs(1));
        let _ = send_link(&app, &id, &operator()).await.unwrap();
        let second = link(&app).await;
        assert!(!answer(&app, &first, Answer::Confirm).await.unwrap(), "only the newest");
        for _ in 0..3 {
            assert!(run::look(&app, &second).await.unwrap().is_some(), "looking uses nothing");
        }
        let mut tasks = tokio::task::JoinSet::new();
        for number in 0..64 {
            let (app, link) = (app.clone(), second.clone());
            let said = if number % 2 == 0 { Answer::Confirm } else { Answer::Deny };
            tasks.spawn(async move { answer(&app, &link, said).await.unwrap() });
        }
        let won = tasks.join_all().await.into_iter().filter(|won| *won).count();
        assert_eq!(won, 1);
        assert_eq!(events(&app, &account.id, "support_link_sent").await, 2);
        let confirmed = events(&app, &account.id, "support_confirmed").await;
        let stopped = events(&app, &account.id, "support_stopped").await;
        assert_eq!(confirmed + stopped, 1);
        let stands = state(&app, &id).await;
        let right = if confirmed == 1 { State::Confirmed(Road::Link) } else { State::Stopped };
        assert_eq!(stands, right);
        assert!(run::look(&app, &second).await.unwrap().is_none(), "it is spent");
    })
    .await;
}

#[tokio::test]
async fn a_link_and_a_case_live_for_a_day() {
    both(async |db| {
        let app = app(db);
        let account = old(&app).await;
        let id = opened(&app, &account, Purpose::Pin).await;
        let _ = send_link(&app, &id, &operator()).await.unwrap();
        let link = link(&app).await;
        app.clock.advance(DAY);
        assert!(run::look(&app, &link).await.unwrap().is_none());
        assert!(!answer(&app, &link, Answer::Confirm).await.unwrap());
        let late = called(&app, &id, &operator()).await;
        assert!(matches!(late, Err(Error::Over)), "{late:?}");
        assert_eq!(state(&app, &id).await, State::Lapsed);
        for _ in 0..2 {
            tidy(&app).await.unwrap();
        }
        assert_eq!(events(&app, &account.id, "support_lapsed").await, 1);
        // Who confirmed it and came back too late begins again.
        let id = opened(&app, &account, Purpose::Pin).await;
        let _ = called(&app, &id, &operator()).await.unwrap();
        app.clock.advance(DAY);
        let late = finish(&app, &id, &operator()).await;
        assert!(matches!(late, Err(Error::Over)), "{late:?}");
        app.clock.advance(90 * DAY);
        tidy(&app).await.unwrap();
        assert_eq!(rows(&app.db, "support_case").await, 0);
    })
    .await;
}

#[tokio::test]
async fn an_operator_who_is_talked_into_a_new_number_or_address_gets_no_further_for_a_week() {
    both(async |db| {
        let app = app(db);
        let from = app.clock.now().after(7 * DAY);
        let account = reached(&app, from, from).await;
        let id = opened(&app, &account, Purpose::Pin).await;
        let call = called(&app, &id, &operator()).await;
        assert!(matches!(call, Err(Error::YoungTelephone(at)) if at == from), "{call:?}");
        let mail = send_link(&app, &id, &operator()).await;
        assert!(matches!(mail, Err(Error::YoungEmail(at)) if at == from), "{mail:?}");
        app.clock.advance(7 * DAY);
        let id = opened(&app, &account, Purpose::Pin).await;
        assert!(called(&app, &id, &operator()).await.is_ok());
        // What does not fit finds nobody.
        let strange = crate::accounts::number::UserNumber::random(app.random);
        let none = open(&app, (&agb(), &strange), Purpose::Pin, &operator()).await;
        assert!(matches!(none, Err(Error::Unknown)), "{none:?}");
    })
    .await;
}

#[tokio::test]
async fn a_pin_is_made_once_a_day_by_an_operator_too_and_the_case_waits() {
    both(async |db| {
        let app = app(db);
        let account = old(&app).await;
        let mut tx = app.db.write().await.unwrap();
        let colleague = Account {
            id: AccountId::random(app.random),
            number: crate::accounts::number::UserNumber::random(app.random),
            username: crate::accounts::Username::parse("test.collega@voorbeeld.nl").unwrap(),
            role: crate::accounts::Role::Colleague,
            ..account.clone()
        };
        crate::accounts::store::insert(&mut tx, &colleague, app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        let mut made = Vec::new();
        for _ in 0..2 {
            let id = opened(&app, &colleague, Purpose::Pin).await;
            let _ = called(&app, &id, &operator()).await.unwrap();
            made.push((finish(&app, &id, &operator()).await, id));
        }
        let [(first, _), (second, id)] = &made[..] else { panic!("two") };
        assert!(matches!(first, Ok(Finished::Pin(Handed::Box(name))) if name == "Test Arts"));
        assert!(matches!(second, Err(Error::TooSoon)), "{second:?}");
        assert_eq!(state(&app, id).await, State::Confirmed(Road::Call), "it waits");
        // A contact person's goes by post, and this server has no print service.
        let id = opened(&app, &account, Purpose::Pin).await;
        let _ = called(&app, &id, &operator()).await.unwrap();
        let post = finish(&app, &id, &operator()).await;
        assert!(matches!(post, Err(Error::Letter(_))), "{post:?}");
        assert_eq!(rows(&app.db, "pin").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_case_is_kept_as_long_as_is_set() {
    both(async |db| {
        let app = with(db, |config, _| config.keep.support_cases = 30 * DAY);
        let account = old(&app).await;
        let _ = opened(&app, &account, Purpose::Pin).await;
        for (time, left) in [(30 * DAY, 1), (Duration::from_millis(1), 0)] {
            app.clock.advance(time);
            tidy(&app).await.unwrap();
            assert_eq!(rows(&app.db, "support_case").await, left);
        }
    })
    .await;
}

#[tokio::test]
async fn a_case_waits_for_its_next_step_as_long_as_is_set() {
    both(async |db| {
        const HOUR: Duration = Duration::from_secs(60 * 60);
        let app = with(db, |config, _| config.times.support_case = HOUR);
        let account = old(&app).await;
        let id = opened(&app, &account, Purpose::Pin).await;
        app.clock.advance(HOUR);
        let late = called(&app, &id, &operator()).await;
        assert!(matches!(late, Err(Error::Over)), "{late:?}");
    })
    .await;
}
