use super::email::Way;
use super::message::{Message, Source};
use super::run::{self, Entry, deliver_due};
use super::testing::{MailServer, Says, mail_server};
use super::*;
use crate::accounts::{self, Account, Role, Username};
use crate::app::App;
use crate::app::testing::with;
use crate::factors::{Kind, Level};
use crate::id::AccountId;
use crate::lockout::Subject;
use crate::login::{PasswordAnswer, password};
use crate::secret::Secret;
use crate::storage::Db;
use crate::storage::testing::{account, both, rows};
use std::path::{Path, PathBuf};
use std::time::Duration;

const PERSON: &str = "test.arts@voorbeeld.nl";
const MANAGER: &str = "test.contact@voorbeeld.nl";

/// An application whose e-mail goes there, with a contact person and a colleague.
async fn house(db: Db, way: Way) -> (App, Account) {
    let app = with(db, |config, _| config.delivery.email.way = way);
    let manager = account(&app.db, MANAGER).await;
    let colleague = Account {
        id: AccountId::random(app.random),
        number: accounts::number::UserNumber::random(app.random),
        username: Username::parse(PERSON).unwrap(),
        name: "Test Arts".to_owned(),
        role: Role::Colleague,
        vouched: Level::Low,
        organisation: manager.organisation,
    };
    let mut tx = app.db.write().await.unwrap();
    accounts::store::insert(&mut tx, &colleague, app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    (app, colleague)
}

fn blocked(app: &App) -> Notice {
    let message = Message::PasswordBlocked { until: None };
    Notice { message, at: app.clock.now(), source: Source::Client("Firefox/1 Linux".to_owned()) }
}

async fn tell(app: &App, account: &Account, notice: Notice) {
    let mut tx = app.db.write().await.unwrap();
    run::tell(app, &mut tx, &account.id, notice).await.unwrap();
    tx.commit().await.unwrap();
}

/// The mails in a folder: to whom each goes, and its subject's line.
fn mails(folder: &Path) -> Vec<(String, String)> {
    let line = |text: &str, name: &str| {
        let found = text.lines().find_map(|line| line.strip_prefix(name));
        found.unwrap_or_else(|| panic!("{name}: {text}")).to_owned()
    };
    let files = std::fs::read_dir(folder).into_iter().flatten();
    let mut found: Vec<_> = files
        .map(|file| {
            let path = file.unwrap().path();
            assert!(path.extension().is_some_and(|e| e == "eml"), "{}", path.display());
            let text = std::fs::read_to_string(path).unwrap();
            (line(&text, "To: "), line(&text, "Subject: "))
        })
        .collect();
    found.sort();
    found
}

async fn events(app: &App, account: &Account) -> Vec<String> {
    let mut names = crate::login::tests::events(app, Some(&account.id)).await;
    names.retain(|name| name.starts_with("message"));
    names.sort();
    names
}

fn folder() -> (tempfile::TempDir, PathBuf) {
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().join("mail");
    (data, folder)
}

#[tokio::test]
async fn the_person_and_the_contact_person_are_told_once_what_lasts() {
    both(async |db| {
        let (_data, folder) = folder();
        let (app, person) = house(db, Way::Folder(folder.clone())).await;
        let mut tx = app.db.write().await.unwrap();
        run::tell(&app, &mut tx, &person.id, blocked(&app)).await.unwrap();
        drop(tx);
        deliver_due(&app).await.unwrap();
        assert!(mails(&folder).is_empty(), "what never happened is not told");
        tell(&app, &person, blocked(&app)).await;
        for _ in 0..2 {
            deliver_due(&app).await.unwrap();
            let [(first, _), (second, subject)] = &mails(&folder)[..] else { panic!("two mails") };
            assert_eq!(first, "\"Test Arts\" <test.arts@voorbeeld.nl>");
            assert_eq!(second, "\"Test Arts\" <test.contact@voorbeeld.nl>");
            assert!(subject.ends_with("een collega"), "{subject}");
            assert_eq!(rows(&app.db, "outbox").await, 0);
            assert_eq!(events(&app, &person).await, ["message_sent", "message_sent"]);
        }
    })
    .await;
}

#[tokio::test]
async fn a_contact_person_is_told_once_of_the_own_account() {
    both(async |db| {
        let (_data, folder) = folder();
        let app = with(db, |config, _| config.delivery.email.way = Way::Folder(folder.clone()));
        let manager = account(&app.db, MANAGER).await;
        tell(&app, &manager, blocked(&app)).await;
        deliver_due(&app).await.unwrap();
        assert_eq!(mails(&folder).len(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_is_said_and_to_whom_is_not_readable_in_the_database() {
    both(async |db| {
        let (app, person) = house(db, Way::Nowhere).await;
        let name = "sleutel van Test Arts".to_owned();
        let message = Message::FactorAdded { kind: Kind::SecurityKey, name, starts_at: None };
        tell(&app, &person, Notice { message, ..blocked(&app) }).await;
        deliver_due(&app).await.unwrap();
        let mut tx = app.db.read().await.unwrap();
        let listed = store::list(&mut tx).await.unwrap();
        assert_eq!(listed.len(), 2);
        for row in listed {
            let text = row.content.as_str();
            for secret in ["sleutel", "voorbeeld", "Firefox"] {
                assert!(!text.contains(secret), "{text}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn of_sixty_four_workers_one_takes_a_row() {
    both(async |db| {
        let (app, person) = house(db, Way::Nowhere).await;
        tell(&app, &person, blocked(&app)).await;
        let app = Arc::new(app);
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..64 {
            let app = app.clone();
            tasks.spawn(async move { run::take(&app).await.unwrap().is_some() });
        }
        let taken = tasks.join_all().await.into_iter().filter(|taken| *taken).count();
        assert_eq!(taken, 1);
    })
    .await;
}

#[tokio::test]
async fn what_a_dead_worker_had_is_sent_again_and_its_word_counts_no_more() {
    both(async |db| {
        let (_data, folder) = folder();
        let (app, person) = house(db, Way::Folder(folder.clone())).await;
        tell(&app, &person, blocked(&app)).await;
        let addressed = run::take(&app).await.unwrap().unwrap();
        run::deliver(&app, addressed).await.unwrap();
        let first = run::take(&app).await.unwrap().unwrap();
        let second = run::take(&app).await.unwrap().unwrap();
        assert!(first.id != second.id && run::take(&app).await.unwrap().is_none());
        // Both workers die after the mail server's answer, before they write it down.
        app.clock.advance(Duration::from_secs(2 * 60));
        let again = run::take(&app).await.unwrap().unwrap();
        assert_eq!(again.tries, 2);
        let late = if again.id == first.id { first } else { second };
        // The first one lives after all: the mail is the same one, in the same file.
        run::deliver(&app, late).await.unwrap();
        assert_eq!(rows(&app.db, "outbox").await, 2, "a take that lapsed decides nothing");
        run::deliver(&app, again).await.unwrap();
        deliver_due(&app).await.unwrap();
        assert_eq!((rows(&app.db, "outbox").await, mails(&folder).len()), (0, 2));
        assert_eq!(events(&app, &person).await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_delivered_is_tried_again_ever_later_and_then_left_to_the_operator() {
    both(async |db| {
        let (app, person) = house(db, Way::Nowhere).await;
        tell(&app, &person, blocked(&app)).await;
        let begun = app.clock.now();
        let mut waits = vec![];
        loop {
            deliver_due(&app).await.unwrap();
            let Some(next) = run::next(&app).await.unwrap() else { break };
            waits.push(next.since(app.clock.now()));
            app.clock.advance(waits[waits.len() - 1]);
        }
        assert!(waits.len() >= 20, "{waits:?}");
        assert!(app.clock.now().since(begun) <= Duration::from_secs(2 * 24 * 60 * 60));
        let entries = run::list(&app).await.unwrap();
        assert_eq!(entries.len(), 2);
        for Entry { due, failure, kind, to, .. } in &entries {
            assert_eq!((due, failure), (&None, &Some(Failure::Nowhere)));
            assert_eq!(kind, "password_blocked");
            assert!([PERSON, MANAGER].contains(&to.as_deref().unwrap()));
        }
        assert_eq!(events(&app, &person).await, ["message_given_up", "message_given_up"]);

        run::retry(&app, &entries[0].id).await.unwrap();
        assert!(matches!(run::retry(&app, &entries[0].id).await, Err(run::Error::Unknown(_))));
        assert!(matches!(
            run::drop_message(&app, &entries[0].id).await,
            Err(run::Error::Unknown(_))
        ));
        run::drop_message(&app, &entries[1].id).await.unwrap();
        deliver_due(&app).await.unwrap();
        let left = run::list(&app).await.unwrap();
        assert_eq!(left.len(), 1);
        assert!(left[0].due.is_some(), "it has two days again: {left:?}");
        let seen = events(&app, &person).await;
        assert_eq!(
            seen,
            ["message_dropped", "message_given_up", "message_given_up", "message_retried"]
        );
        run::forget(&app).await.unwrap();
        assert_eq!(rows(&app.db, "outbox").await, 1, "what waits is not forgotten");
    })
    .await;
}

#[tokio::test]
async fn what_was_given_up_is_forgotten_after_thirty_days() {
    given_up(None, [(29, 2), (1, 0)]).await;
}

#[tokio::test]
async fn what_was_given_up_is_kept_as_long_as_is_set() {
    given_up(Some(7), [(6, 2), (1, 0)]).await;
    given_up(Some(90), [(89, 2), (1, 0)]).await;
}

/// Has two mails given up, which are kept for so many days where that is set; after each of `steps`, so many days
/// later, so many are left.
async fn given_up(kept: Option<u32>, steps: [(u64, i64); 2]) {
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);
    both(async |db| {
        let MailServer { port, .. } = mail_server(&[("RCPT", Says::Line("550 nobody"))]).await;
        let (mut app, person) = house(db, server(port)).await;
        if let Some(days) = kept {
            app.config.keep.undelivered = DAY * days;
        }
        tell(&app, &person, blocked(&app)).await;
        deliver_due(&app).await.unwrap();
        let entries = run::list(&app).await.unwrap();
        assert!(entries.iter().all(|entry| entry.failure == Some(Failure::Rejected(Some(550)))));
        assert!(entries.iter().all(|entry| entry.due.is_none()), "no second try: {entries:?}");
        for (days, left) in steps {
            app.clock.advance(Duration::from_secs(days * 24 * 60 * 60));
            run::forget(&app).await.unwrap();
            assert_eq!(rows(&app.db, "outbox").await, left);
        }
    })
    .await;
}

fn server(port: u16) -> Way {
    Way::Server {
        host: "127.0.0.1".to_owned(),
        port,
        security: email::Security::Plain,
        login: None,
        authorities: None,
    }
}

#[tokio::test]
async fn a_server_that_is_away_for_a_while_gets_it_later() {
    both(async |db| {
        let refuses = mail_server(&[("RCPT", Says::Line("450 grey"))]).await;
        let (mut app, person) = house(db, server(refuses.port)).await;
        tell(&app, &person, blocked(&app)).await;
        deliver_due(&app).await.unwrap();
        assert!(run::list(&app).await.unwrap().iter().all(|entry| entry.tries == 1));
        let mut takes = mail_server(&[]).await;
        app.config.delivery.email.way = server(takes.port);
        app.delivery = Delivery::new(&app.config.delivery).unwrap();
        deliver_due(&app).await.unwrap();
        assert!(takes.mails.try_recv().is_err(), "not before its time");
        app.clock.advance(Duration::from_secs(19));
        deliver_due(&app).await.unwrap();
        assert!(takes.mails.recv().await.is_some() && takes.mails.recv().await.is_some());
        assert_eq!(rows(&app.db, "outbox").await, 0);
    })
    .await;
}

#[tokio::test]
async fn the_worker_is_woken_by_the_commit() {
    both(async |db| {
        let mut takes = mail_server(&[]).await;
        let (app, person) = house(db, server(takes.port)).await;
        let app = Arc::new(app);
        let (end, ending) = tokio::sync::oneshot::channel();
        let worker = tokio::spawn(worker::run(app.clone(), ending));
        for _ in 0..2 {
            tell(&app, &person, blocked(&app)).await;
            for _ in 0..2 {
                // It sleeps for a minute where nobody wakes it.
                let taken = tokio::time::timeout(Duration::from_secs(30), takes.mails.recv()).await;
                assert!(taken.unwrap().unwrap().content.contains("Auto-Submitted"));
            }
        }
        end.send(()).unwrap();
        worker.await.unwrap();
        assert_eq!(rows(&app.db, "outbox").await, 0, "what was under way was written down");
    })
    .await;
}

#[tokio::test]
async fn one_is_told_once_a_day_and_nobody_of_a_name_that_nobody_has() {
    both(async |db| {
        let (app, person) = house(db, Way::Nowhere).await;
        let nobody = Subject::nobody("test", &[7; 32]);
        let known = Subject::account(&person.id);
        let posted = async |subject: &Subject, account| {
            let mut tx = app.db.write().await.unwrap();
            run::tell_once_a_day(&app, &mut tx, (subject, account), blocked(&app)).await.unwrap();
            tx.commit().await.unwrap();
            rows(&app.db, "outbox").await
        };
        assert_eq!(posted(&known, Some(&person.id)).await, 1);
        assert_eq!(posted(&known, Some(&person.id)).await, 1);
        assert_eq!(posted(&nobody, None).await, 2, "as much is written");
        assert_eq!(posted(&nobody, None).await, 2);
        let day = Duration::from_secs(24 * 60 * 60);
        app.clock.advance(day - Duration::from_millis(1));
        assert_eq!(posted(&known, Some(&person.id)).await, 2);
        app.clock.advance(Duration::from_millis(1));
        assert_eq!(posted(&known, Some(&person.id)).await, 3);
        deliver_due(&app).await.unwrap();
        assert_eq!(rows(&app.db, "outbox").await, 4, "two persons, twice");
        app.clock.advance(day);
        run::forget(&app).await.unwrap();
        assert_eq!(rows(&app.db, "told").await, 0);
    })
    .await;
}

/// Flow B5: the person and the contact person get a message, at most one a day per person.
#[tokio::test]
async fn b5_five_wrong_passwords_are_told_to_the_person_and_the_contact_person_once_a_day() {
    both(async |db| {
        let (_data, folder) = folder();
        let (app, _) = house(db, Way::Folder(folder.clone())).await;
        let client = "Mozilla/5.0 (Windows NT 10.0; rv:130.0) Gecko/20100101 Firefox/130.0";
        let block = async |name: &str| {
            let mut last = PasswordAnswer::Wrong;
            for _ in 0..5 {
                let wrong = Secret::new("een verkeerd woord".to_owned());
                (_, last) = password::start(&app, (client, None), name, wrong).await.unwrap();
            }
            assert!(matches!(last, PasswordAnswer::Blocked { until: Some(_) }), "{last:?}");
            deliver_due(&app).await.unwrap();
        };
        block(PERSON).await;
        assert_eq!(mails(&folder).len(), 2);
        block("nobody@voorbeeld.nl").await;
        assert_eq!((mails(&folder).len(), rows(&app.db, "outbox").await), (2, 0));
        app.clock.advance(Duration::from_secs(30 * 60));
        block(PERSON).await;
        assert_eq!(mails(&folder).len(), 2, "once a day");
        app.clock.advance(Duration::from_secs(24 * 60 * 60));
        block(PERSON).await;
        assert_eq!(mails(&folder).len(), 4);
        let text = std::fs::read_dir(&folder).unwrap().map(|file| {
            let bytes = std::fs::read_to_string(file.unwrap().path()).unwrap();
            bytes.replace("=\r\n", "")
        });
        for text in text {
            for words in ["Firefox op Windows", "verkeerd wachtwoord", "Was "] {
                assert!(text.contains(words), "{words}: {text}");
            }
        }
    })
    .await;
}
