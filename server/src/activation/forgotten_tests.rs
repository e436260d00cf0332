use super::forgotten::{self, Error, Proof, ask, decline, proven, renew};
use super::lapse::lapse;
use super::request;
use super::tests::{PASSWORD, add_arts, add_named, contact, secret};
use crate::accounts::number::UserNumber;
use crate::accounts::{Account, Username};
use crate::app::App;
use crate::app::testing::{app, with};
use crate::audit;
use crate::delivery::email::Way::Folder;
use crate::factors::Level;
use crate::password;
use crate::pin;
use crate::pin::asked::{SHARE, Whom};
use crate::secret::{Carrier, Token};
use crate::sessions::{self, Login, Scope, Session, Way};
use crate::storage::testing::{both, rows};
use std::sync::Arc;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(86_400);

fn named(account: &Account) -> Whom {
    Whom::Name(account.username.clone())
}

async fn asks(app: &App, account: &Account) -> bool {
    let mut tx = app.db.read().await.unwrap();
    pin::store::asks(&mut tx, &account.id, app.clock.now()).await.unwrap().is_some()
}

/// A session of this account, proven now in this way.
async fn session(app: &App, account: &Account, way: Way) -> Session {
    let (now, level) = (app.clock.now(), Level::Substantial);
    let (account, scope) = (account.id.clone(), Scope::Full);
    let login = Login { account, scope, level, proof: level, way, proven_at: now };
    let mut tx = app.db.write().await.unwrap();
    let opened = sessions::open(&mut tx, login, ("", Carrier::Cookie), app.random, now).await;
    tx.commit().await.unwrap();
    opened.unwrap().1
}

/// A log-in in which the right password of this account was given.
async fn attempt(app: &App, account: &Account) -> Token {
    let hash = app.passwords.admit().unwrap().hash(secret(PASSWORD)).await;
    let mut tx = app.db.write().await.unwrap();
    password::testing::keep(&mut tx, &account.id, &hash, app.clock.now()).await;
    tx.commit().await.unwrap();
    let from = ("Firefox", None);
    let name = account.username.as_str();
    crate::login::password::start(app, from, name, secret(PASSWORD)).await.unwrap().0
}

#[tokio::test]
async fn whoever_is_asked_for_as_much_is_written_and_once_a_day() {
    both(async |db| {
        let app = app(db);
        let (_, session) = contact(&app).await;
        let colleague = add_arts(&app, &session).await;
        let nobody = Username::parse("niemand@voorbeeld.nl").unwrap();
        let strange = UserNumber::random(app.random);
        let tables = ["pin_request", "outbox", "told", "audit"];
        let mut written = Vec::new();
        for whom in [
            named(&colleague),
            Whom::Number(colleague.number.clone()),
            Whom::Name(nobody),
            Whom::Number(strange),
        ] {
            let mut grown = Vec::new();
            for table in tables {
                grown.push(-rows(&app.db, table).await);
            }
            for _ in 0..3 {
                ask(&app, "Firefox", &whom).await.unwrap();
            }
            for (table, before) in tables.into_iter().zip(&mut grown) {
                *before += rows(&app.db, table).await;
            }
            written.push(grown);
        }
        let once = vec![1, 1, 1, 1];
        // Two names of one account are one.
        assert_eq!(written, [once.clone(), vec![0; 4], once.clone(), once]);
        assert!(asks(&app, &colleague).await);
        app.clock.advance(DAY);
        let before = rows(&app.db, "outbox").await;
        ask(&app, "", &named(&colleague)).await.unwrap();
        assert_eq!(rows(&app.db, "outbox").await, before + 1, "the next day again");
        assert_eq!(rows(&app.db, "pin_request").await, 3, "and it is one question");
    })
    .await;
}

#[tokio::test]
async fn a_question_is_answered_by_a_new_pin_declined_or_lapses() {
    both(async |db| {
        let app = app(db);
        let (manager, session) = contact(&app).await;
        let colleague = add_arts(&app, &session).await;
        ask(&app, "", &named(&colleague)).await.unwrap();
        let soon = request::renew(&app, &session, &colleague.id).await;
        assert!(matches!(soon, Err(request::Error::TooSoon)), "{soon:?}");
        assert!(asks(&app, &colleague).await);
        app.clock.advance(DAY);
        let again = self::session(&app, &manager, Way::Key).await;
        request::renew(&app, &again, &colleague.id).await.unwrap();
        assert!(!asks(&app, &colleague).await, "the new PIN answers it");
        assert!(!decline(&app, &again, &colleague.id).await.unwrap());
        ask(&app, "", &named(&colleague)).await.unwrap();
        assert!(decline(&app, &again, &colleague.id).await.unwrap());
        assert!(!decline(&app, &again, &colleague.id).await.unwrap(), "once");
        app.clock.advance(DAY);
        ask(&app, "", &named(&colleague)).await.unwrap();
        app.clock.advance(app.config.times.pin_asked);
        assert!(!asks(&app, &colleague).await);
        lapse(&app).await.unwrap();
        assert_eq!(rows(&app.db, "pin_request").await, 0);
        let mut tx = app.db.read().await.unwrap();
        let events = audit::of_account(&mut tx, Some(&colleague.id)).await.unwrap();
        let count = |kind: &str| events.iter().filter(|event| event.contains(kind)).count();
        let all = ["pin_asked", "pin_declined", "pin_ask_lapsed"].map(count);
        assert_eq!(all, [3, 1, 1], "{events:?}");
    })
    .await;
}

#[tokio::test]
async fn a_question_is_asked_for_as_long_as_is_set() {
    both(async |db| {
        let app = with(db, |config, _| config.times.pin_asked = 2 * DAY);
        let (_, session) = contact(&app).await;
        let colleague = add_arts(&app, &session).await;
        ask(&app, "", &named(&colleague)).await.unwrap();
        app.clock.advance(2 * DAY - Duration::from_secs(1));
        assert!(asks(&app, &colleague).await);
        app.clock.advance(Duration::from_secs(1));
        assert!(!asks(&app, &colleague).await);
    })
    .await;
}

#[tokio::test]
async fn a_proof_is_a_password_or_a_factor_of_the_last_five_minutes() {
    both(async |db| {
        let app = app(db);
        let (_, manager) = contact(&app).await;
        let colleague = add_arts(&app, &manager).await;
        for way in [Way::Card, Way::PasswordAndApp, Way::Password] {
            let session = session(&app, &colleague, way).await;
            let shown = proven(&app, Proof::Session(&session)).await.unwrap();
            assert_eq!(shown.as_ref(), Some(&colleague), "{way:?}");
        }
        let session = session(&app, &colleague, Way::Card).await;
        let token = attempt(&app, &colleague).await;
        let shown = proven(&app, Proof::Attempt(&token)).await.unwrap();
        assert!(shown.is_none(), "a first password enrols, and its session is the proof");
        let begun = crate::login::run::start(&app, None, "").await.unwrap();
        assert!(proven(&app, Proof::Attempt(&begun)).await.unwrap().is_none(), "nothing yet");
        app.clock.advance(Duration::from_secs(5 * 60));
        assert!(proven(&app, Proof::Session(&session)).await.unwrap().is_none());
        let late = renew(&app, "", Proof::Session(&session)).await;
        assert!(matches!(late, Err(Error::NotProven)), "{late:?}");
    })
    .await;
}

#[tokio::test]
async fn of_sixty_four_that_prove_it_at_once_one_has_a_pin_made() {
    both(async |db| {
        let app = Arc::new(app(db));
        let (_, manager) = contact(&app).await;
        let colleague = add_arts(&app, &manager).await;
        app.clock.advance(DAY);
        ask(&app, "", &named(&colleague)).await.unwrap();
        let other = session(&app, &colleague, Way::Card).await;
        let own = session(&app, &colleague, Way::PasswordAndApp).await;
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..64 {
            let (app, own) = (app.clone(), own.clone());
            tasks.spawn(async move {
                loop {
                    match renew(&app, "Firefox", Proof::Session(&own)).await {
                        Err(Error::Busy(_)) => tokio::task::yield_now().await,
                        done => break done.is_ok(),
                    }
                }
            });
        }
        let made = tasks.join_all().await.into_iter().filter(|made| *made).count();
        assert_eq!((made, rows(&app.db, "pin").await), (1, 2), "and the first one");
        assert!(!asks(&app, &colleague).await, "it answers what was asked");
        let alive = async |session: &Session| {
            let mut tx = app.db.write().await.unwrap();
            let (id, policy) = (&session.id, &app.config.sessions);
            let held = sessions::lock(&mut tx, &colleague.id, id, (app.clock.now(), policy)).await;
            held.unwrap().is_some()
        };
        assert!(alive(&own).await && !alive(&other).await, "other sessions end");
        let again = renew(&app, "", Proof::Session(&own)).await;
        assert!(matches!(again, Err(Error::TooSoon)), "{again:?}");
    })
    .await;
}

#[tokio::test]
async fn contact_persons_hear_of_a_few_questions_a_day_and_people_of_each() {
    both(async |db| {
        let folder = tempfile::tempdir().unwrap();
        let mails = Folder(folder.path().join("mail"));
        let app = with(db, |config, _| config.delivery.email.way = mails);
        let (manager, session) = contact(&app).await;
        let many = usize::try_from(SHARE).unwrap() + 2;
        let mut people = Vec::new();
        for number in 0..many {
            people.push(add_named(&app, &session, &format!("c{number}"), "Test Collega").await);
        }
        crate::delivery::run::deliver_due(&app).await.unwrap();
        let sent = async || {
            let mut tx = app.db.read().await.unwrap();
            let events = audit::of_account(&mut tx, None).await.unwrap();
            let mut all = events;
            for person in people.iter().chain([&manager]) {
                all.extend(audit::of_account(&mut tx, Some(&person.id)).await.unwrap());
            }
            let asked =
                |event: &&String| event.contains("message_sent") && event.contains("pin_asked");
            all.iter().filter(asked).count()
        };
        for person in &people {
            forgotten::ask(&app, "", &named(person)).await.unwrap();
        }
        crate::delivery::run::deliver_due(&app).await.unwrap();
        assert_eq!(sent().await, many + many - 2, "each person, and the contact person of {SHARE}");
        let mut tx = app.db.read().await.unwrap();
        let (place, now) = (&manager.organisation, app.clock.now());
        assert_eq!(pin::store::asking(&mut tx, place, now).await.unwrap().len(), many);
    })
    .await;
}
