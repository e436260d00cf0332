//! Letters, on both engines: written, exported once by somebody else, lapsed.

use super::envelope::PrintKey;
use super::run::{self, Exported, Standing, export, list};
use super::sheet;
use super::words::{self, Between};
use super::{Purpose, store};
use crate::accounts::Account;
use crate::accounts::Username;
use crate::accounts::run::Founding;
use crate::activation::founding::{self, by_post};
use crate::activation::lapse::lapse;
use crate::app::App;
use crate::app::testing;
use crate::audit::{self, Actor, By};
use crate::clock::Time;
use crate::factors::Level;
use crate::operator::Operator;
use crate::organisations::{PostalAddress, Registered};
use crate::password::Hash;
use crate::pin::{self, ActivationPin};
use crate::secret::Secret;
use crate::storage::Db;
use crate::storage::testing::{both, rows};
use crate::text::{Language, Text};
use age::x25519::Identity;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(86_400);

fn operator(name: &str) -> Operator {
    Operator::parse(name).unwrap()
}

fn address() -> PostalAddress {
    PostalAddress::parse("Dorpsstraat 1, 1234 AB Voorbeelddorp").unwrap()
}

/// A server whose letters this key opens.
fn app(db: Db) -> (App, Identity) {
    let identity = Identity::generate();
    let key = PrintKey::parse(&identity.to_public().to_string()).ok();
    (testing::with(db, |config, _| config.letters.key = key), identity)
}

fn founding(name: &str) -> Founding {
    Founding {
        organisation: "FAKE Testpraktijk".to_owned(),
        agb: None,
        kvk: None,
        subscriber: None,
        registered: Registered { email: None, address: Some(address()) },
        username: Username::parse(&format!("test.{name}@praktijk.example")).unwrap(),
        name: "Test Arts".to_owned(),
        vouched: Level::High,
    }
}

async fn founded(app: &App, name: &str) -> Account {
    by_post(app, founding(name), &operator("Test Een")).await.unwrap()
}

/// Another letter for `account`; the hash of its PIN is no hash.
async fn another(app: &App, account: &Account) {
    let by = By { actor: Actor::Operator, random: app.random, now: app.clock.now() };
    let mut tx = app.db.write().await.unwrap();
    let way = run::way(app, &mut tx, account).await.unwrap();
    let secret = (&ActivationPin::random(app.random), Hash::stored("hash".to_owned()));
    let reader = (account, &way, Purpose::Renewed);
    run::write(app, &mut tx, reader, secret, (None, &by)).await.unwrap();
    tx.commit().await.unwrap();
}

async fn take(app: &App, name: &str, folder: &Path) -> Exported {
    export(app, &operator(name), folder).await.unwrap()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

async fn events(app: &App, account: &Account) -> String {
    let mut tx = app.db.read().await.unwrap();
    audit::of_account(&mut tx, Some(&account.id)).await.unwrap().join("\n")
}

async fn live(app: &App, account: &Account) -> bool {
    let mut tx = app.db.read().await.unwrap();
    let pin = pin::store::opened(&mut tx, &account.id).await.unwrap();
    pin.is_some_and(|pin| pin::rules::state(&pin, None, app.clock.now()) == pin::rules::State::Live)
}

#[tokio::test]
async fn a_letter_is_exported_once_and_by_another_operator_than_had_it_written() {
    both(async |db| {
        let (app, identity) = app(db);
        let folder = tempfile::tempdir().unwrap();
        let account = founded(&app, "arts").await;
        assert_eq!(account.vouched, Level::Substantial, "nobody was seen");
        assert!(!live(&app, &account).await, "what nobody posted opens nothing");
        let own = take(&app, "test een", folder.path()).await;
        assert_eq!(own, Exported { own: 1, ..Exported::default() });
        assert!(files(folder.path()).is_empty() && !live(&app, &account).await);
        let done = take(&app, "Test Twee", folder.path()).await;
        assert_eq!(done.files, files(folder.path()));
        let [file] = done.files.as_slice() else { panic!("one letter: {done:?}") };
        let sheet = age::decrypt(&identity, &std::fs::read(file).unwrap()).unwrap();
        assert!(sheet.starts_with(b"%PDF-"));
        assert!(live(&app, &account).await);
        assert_eq!(rows(&app.db, "letter_sheet").await, 0);
        assert_eq!(take(&app, "Test Twee", folder.path()).await, Exported::default());
        let [entry] = <[_; 1]>::try_from(list(&app).await.unwrap()).unwrap();
        assert_eq!(entry.started_by.as_deref(), Some("Test Een"));
        assert_eq!(entry.standing, Standing::Exported(app.clock.now(), "Test Twee".to_owned()));
        let events = events(&app, &account).await;
        assert!(
            events.contains("letter_written") && events.contains("letter_exported"),
            "{events}"
        );
        assert!(events.contains("Test Een") && events.contains("Test Twee"), "{events}");
    })
    .await;
}

#[tokio::test]
async fn of_sixty_four_exports_at_once_each_letter_goes_to_one() {
    both(async |db| {
        let (app, _) = app(db);
        let app = Arc::new(app);
        let folder = tempfile::tempdir().unwrap();
        for name in ["een", "twee", "drie"] {
            let _ = founded(&app, name).await;
        }
        let mut exports = tokio::task::JoinSet::new();
        for number in 0..64 {
            let (app, folder) = (Arc::clone(&app), folder.path().join(format!("{}", number % 4)));
            exports.spawn(async move {
                export(&app, &operator("Test Twee"), &folder).await.unwrap().files.len()
            });
        }
        exports.join_all().await;
        let mut found: Vec<_> = files(folder.path()).iter().flat_map(|one| files(one)).collect();
        found.sort_by(|one, other| one.file_name().cmp(&other.file_name()));
        found.dedup_by(|one, other| one.file_name() == other.file_name());
        let all: usize = files(folder.path()).iter().map(|one| files(one).len()).sum();
        assert_eq!((found.len(), all), (3, 3));
    })
    .await;
}

#[tokio::test]
async fn an_export_that_was_broken_off_is_finished_by_the_next_one_there() {
    both(async |db| {
        let (app, _) = app(db);
        let folder = tempfile::tempdir().unwrap();
        let _ = founded(&app, "een").await;
        let done = take(&app, "Test Twee", folder.path()).await;
        let [file] = done.files.as_slice() else { panic!("one letter: {done:?}") };
        let name = file.file_name().unwrap().to_str().unwrap();
        let draft = folder.path().join(format!(".{name}.draft"));
        // Broken off after the commit and before the name.
        std::fs::rename(file, &draft).unwrap();
        app.clock.advance(DAY);
        // Broken off before the commit, of a letter that is still in the queue; and one of nowhere.
        let _ = founded(&app, "twee").await;
        let waits = list(&app).await.unwrap().pop().unwrap().id;
        let torn = folder.path().join(format!(".{waits}.pdf.age.draft"));
        std::fs::write(&torn, "half").unwrap();
        let nowhere = folder.path().join(format!(".{}.pdf.age.draft", "0".repeat(32)));
        std::fs::write(&nowhere, "half").unwrap();
        let own = take(&app, "Test Een", folder.path()).await;
        assert_eq!((own.finished, own.own, own.files.len()), (1, 1, 1));
        assert!(file.exists() && torn.exists() && !draft.exists() && !nowhere.exists());
        let done = take(&app, "Test Drie", folder.path()).await;
        assert_eq!((done.finished, done.files.len()), (0, 1));
        assert_eq!(files(folder.path()).len(), 2);
        assert!(files(folder.path()).iter().all(|file| std::fs::read(file).unwrap().len() > 1_000));
    })
    .await;
}

#[tokio::test]
async fn the_old_pin_works_until_the_letter_with_the_new_one_is_exported() {
    both(async |db| {
        let (app, _) = app(db);
        let folder = tempfile::tempdir().unwrap();
        let account = founded(&app, "arts").await;
        let _ = take(&app, "Test Twee", folder.path()).await;
        app.clock.advance(DAY);
        another(&app, &account).await;
        assert!(live(&app, &account).await);
        // A letter that a contact person asked for has no operator who started it.
        assert_eq!(take(&app, "Test Een", folder.path()).await.files.len(), 1);
        assert!(live(&app, &account).await);
        assert!(events(&app, &account).await.contains("pin_ended"));
        let mut tx = app.db.read().await.unwrap();
        let pin = pin::store::opened(&mut tx, &account.id).await.unwrap().unwrap();
        assert_eq!(pin.hash.as_str(), "hash");
    })
    .await;
}

#[tokio::test]
async fn of_two_letters_to_one_person_that_wait_the_newest_is_printed() {
    both(async |db| {
        let (app, _) = app(db);
        let folder = tempfile::tempdir().unwrap();
        let account = founded(&app, "arts").await;
        app.clock.advance(DAY);
        another(&app, &account).await;
        let exported = take(&app, "Test Twee", folder.path()).await;
        assert_eq!((exported.files.len(), files(folder.path()).len()), (1, 1));
        let mut tx = app.db.read().await.unwrap();
        let pin = pin::store::opened(&mut tx, &account.id).await.unwrap().unwrap();
        assert_eq!(pin.hash.as_str(), "hash", "the newest works");
        drop(tx);
        run::forget(&app, app.clock.now()).await.unwrap();
        let again = take(&app, "Test Twee", folder.path()).await;
        assert!(again.files.is_empty(), "the other is gone: {:?}", again.files);
    })
    .await;
}

#[tokio::test]
async fn a_letter_lapses_after_twenty_one_days_with_what_was_printed_and_its_pin() {
    both(async |db| {
        let (app, _) = app(db);
        let folder = tempfile::tempdir().unwrap();
        let posted = founded(&app, "een").await;
        let _ = take(&app, "Test Twee", folder.path()).await;
        let waits = founded(&app, "twee").await;
        app.clock.advance(21 * DAY - Duration::from_millis(1));
        lapse(&app).await.unwrap();
        assert!(live(&app, &posted).await);
        assert_eq!(rows(&app.db, "letter_sheet").await, 1);
        app.clock.advance(Duration::from_millis(1));
        assert!(!live(&app, &posted).await, "before anybody tidies");
        assert_eq!(take(&app, "Test Twee", folder.path()).await, Exported::default());
        lapse(&app).await.unwrap();
        assert_eq!(rows(&app.db, "letter_sheet").await, 0);
        assert_eq!(rows(&app.db, "letter").await, 0);
        for account in [&posted, &waits] {
            assert!(events(&app, account).await.contains("pin_lapsed"));
        }
        let before = rows(&app.db, "message").await;
        lapse(&app).await.unwrap();
        assert_eq!(rows(&app.db, "message").await, before, "it is told once");
    })
    .await;
}

#[tokio::test]
async fn what_is_missing_is_said_before_anything_is_written() {
    both(async |db| {
        let (mut app, _) = app(db);
        let refused = async |app: &App, founding: Founding| {
            let refused = by_post(app, founding, &operator("Test Een")).await;
            let Err(founding::Error::Letter(error)) = refused else { panic!("{refused:?}") };
            error
        };
        let nowhere = Founding { registered: Registered::default(), ..founding("een") };
        assert!(matches!(refused(&app, nowhere).await, run::Error::NoAddress));
        let strange = Founding { name: "\u{5d0}\u{5d1}".to_owned(), ..founding("een") };
        let error = refused(&app, strange).await;
        assert!(matches!(error, run::Error::Undrawn(sheet::Error::Letters(_))));
        app.config.letters.key = None;
        assert!(matches!(refused(&app, founding("een")).await, run::Error::NoKey));
        for table in ["organisation", "account", "pin", "letter", "outbox", "audit"] {
            assert_eq!(rows(&app.db, table).await, 0, "{table}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_queue_is_as_long_as_what_waits() {
    both(async |db| {
        let (app, _) = app(db);
        assert_eq!(run::queue(&app.db).await.unwrap(), (0, None));
        let first = app.clock.now();
        let _ = founded(&app, "een").await;
        app.clock.advance(DAY);
        let _ = founded(&app, "twee").await;
        assert_eq!(run::queue(&app.db).await.unwrap(), (2, Some(first)));
        let mut tx = app.db.read().await.unwrap();
        assert!(store::list(&mut tx).await.unwrap().iter().all(|kept| kept.exported.is_none()));
    })
    .await;
}

#[test]
fn every_letter_fits_on_its_page_in_both_languages() {
    let pin = Secret::new("AaDd3EeF".to_owned());
    for language in [Language::Dutch, Language::English] {
        for name in ["W", "Test Arts", "W W W W"] {
            for purpose in [Purpose::First, Purpose::Renewed] {
                let wide: String = name.chars().cycle().take(200).collect();
                let address =
                    PostalAddress { street: format!("{} 1", wide.get(..58).unwrap()), ..address() };
                let between = Between {
                    organisation: &wide,
                    name: &wide,
                    address: &address,
                    server: wide.get(..64).unwrap(),
                    sender: Some(&wide),
                    page: "https://inloggen.een-lange-naam-van-een-praktijk.example/activate",
                    telephone: Some("085 000 00 00"),
                };
                let times = (Time::from_millis(0), Time::from_millis(i64::MAX));
                let words = words::write(Text::new(language), purpose, &between, times);
                assert!(words.all().all(|text| !text.starts_with("letter-")), "{words:?}");
                let sheet = sheet::draw(&words, &pin).unwrap();
                assert!(sheet.starts_with(b"%PDF-1.7") && sheet.len() > 10_000);
            }
        }
    }
}
