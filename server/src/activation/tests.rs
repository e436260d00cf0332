use super::choose::{self, Answer};
use super::disclosed::{self, Next};
use super::lapse::lapse;
use super::request::{self, Newcomer, add, renew};
use crate::accounts::number::UserNumber;
use crate::accounts::{self, Account, Role, Username};
use crate::administration;
use crate::app::App;
use crate::app::testing::{app, with};
use crate::audit;
use crate::delivery;
use crate::delivery::email::Way::Folder;
use crate::factors::{self, Evidence, Kind, Level};
use crate::id::MessageId;
use crate::inbox::run::{self, list, take_secret};
use crate::inbox::{Kept, Message};
use crate::letters;
use crate::login::PasswordAnswer;
use crate::login::password::start;
use crate::management;
use crate::operator::Operator;
use crate::password::policy::Weak;
use crate::pin::ActivationPin;
use crate::secret::{Carrier, Secret};
use crate::sessions::{self, Login, Scope, Session, Way};
use crate::storage::testing::{account, both, rows};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

mod appointed;

const DAY: Duration = Duration::from_secs(86_400);
pub(super) const PASSWORD: &str = "groen paard eet soep";

pub(super) fn secret(text: &str) -> Secret<String> {
    Secret::new(text.to_owned())
}

/// A session of `account`, proven now.
async fn session(app: &App, account: &Account, way: Way) -> Session {
    let now = app.clock.now();
    let login = Login {
        account: account.id.clone(),
        scope: Scope::Full,
        level: Level::High,
        proof: Level::High,
        way,
        proven_at: now,
    };
    let mut tx = app.db.write().await.unwrap();
    let opened = sessions::open(&mut tx, login, ("", Carrier::Cookie), app.random, now).await;
    tx.commit().await.unwrap();
    opened.unwrap().1
}

/// A session of `account`, proven by a key just now.
async fn session_of(app: &App, account: &Account) -> Session {
    session(app, account, Way::Key).await
}

/// A contact person with a session that was proven by a key just now.
pub(super) async fn contact(app: &App) -> (Account, Session) {
    let account = account(&app.db, "test.contact@voorbeeld.nl").await;
    let session = session(app, &account, Way::Key).await;
    (account, session)
}

fn newcomer(name: &str) -> Newcomer {
    let username = Username::parse(&format!("test.{name}@voorbeeld.nl")).unwrap();
    let name = format!("Test {name}");
    Newcomer { username, name, role: Role::Colleague, authorisations: BTreeSet::new() }
}

/// A colleague with this address and name.
pub(super) async fn add_named(app: &App, by: &Session, address: &str, name: &str) -> Account {
    let new = Newcomer { name: name.to_owned(), ..newcomer(address) };
    add(app, by, new).await.unwrap()
}

/// A colleague who is called as on the card of the tests.
pub(super) async fn add_arts(app: &App, by: &Session) -> Account {
    add_named(app, by, "arts", "Test Arts").await
}

async fn box_of(app: &App, session: &Session) -> Vec<Kept> {
    list(app, session, 0).await.unwrap().messages
}

/// The newest message of this box that has a secret.
async fn waiting(app: &App, session: &Session) -> MessageId {
    let found = box_of(app, session).await;
    found.into_iter().find(|kept| kept.secret_until.is_some()).expect("a secret waits").id
}

pub(super) async fn open(app: &App, session: &Session) -> ActivationPin {
    let id = waiting(app, session).await;
    let pin = take_secret(app, session, &id).await.unwrap();
    ActivationPin::parse(pin.expose()).unwrap()
}

async fn choose(app: &App, number: &UserNumber, pin: &ActivationPin, password: &str) -> Answer {
    choose::password(app, "", (number, pin), secret(password)).await.unwrap()
}

/// A PIN that is not the one.
pub(super) fn other(pin: &ActivationPin) -> ActivationPin {
    let swapped: String = pin.expose().chars().rev().collect();
    let text = if swapped == pin.expose() { "AaDdEeFf".to_owned() } else { swapped };
    ActivationPin::parse(&text).unwrap()
}

pub(super) async fn prove_a_key(app: &App, account: &Account) {
    let factor = factors::testing::factor(
        &account.id,
        (Kind::SecurityKey, Evidence::Touch),
        app.clock.now(),
    );
    let mut tx = app.db.write().await.unwrap();
    factors::store::insert(&mut tx, &factor).await.unwrap();
    factors::store::prove(&mut tx, &factor.id, app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
}

pub(super) async fn events(app: &App, account: &Account) -> String {
    let mut tx = app.db.read().await.unwrap();
    audit::of_account(&mut tx, Some(&account.id)).await.unwrap().join("\n")
}

#[tokio::test]
async fn a_colleague_is_added_gets_a_pin_and_chooses_a_password() {
    both(async |db| {
        let app = app(db);
        let (main, session) = contact(&app).await;
        let colleague = add(&app, &session, newcomer("arts")).await.unwrap();
        assert_eq!(colleague.organisation, main.organisation);
        let logged_in =
            start(&app, ("", None), colleague.username.as_str(), secret("")).await.unwrap();
        assert!(matches!(logged_in.1, PasswordAnswer::Wrong), "there is no password yet");
        let shown = async || {
            let who = (&main, &session);
            administration::people::person(&app, who, &colleague.id).await.unwrap().number
        };
        let before = shown().await;
        let pin = open(&app, &session).await;
        let after = shown().await;
        assert_eq!((before, after), (None, None), "who has the PIN, opened or not, sees no number");
        let chosen = choose(&app, &colleague.number, &pin, PASSWORD).await;
        let Answer::EnrolOnly(token) = chosen else { panic!("{chosen:?}") };
        let visit = sessions::run::current(&app, &token).await.unwrap().unwrap();
        assert_eq!(visit.login.scope, Scope::EnrolOnly);
        let (_, answer) =
            start(&app, ("", None), colleague.username.as_str(), secret(PASSWORD)).await.unwrap();
        assert!(matches!(answer, PasswordAnswer::EnrolOnly(_)), "{answer:?}");
        let said = events(&app, &colleague).await;
        for event in [
            "account_created",
            "pin_made",
            "pin_opened",
            "pin_tried",
            "pin_right",
            "password_chosen",
        ] {
            assert!(said.contains(&format!("\"event\":\"{event}\"")), "{event}: {said}");
        }
        assert!(said.contains("\"who\":\"contact_person\"") && !said.contains(pin.expose()));
        let told = box_of(&app, &session).await;
        let chosen = Message::ColleaguePasswordChosen { name: colleague.name.clone() };
        assert!(told.iter().any(|kept| kept.message == chosen), "{told:?}");
    })
    .await;
}

#[tokio::test]
async fn of_sixty_four_who_open_a_secret_one_sees_it() {
    both(async |db| {
        let app = Arc::new(app(db));
        let (_, session) = contact(&app).await;
        let colleague = add(&app, &session, newcomer("arts")).await.unwrap();
        let id = waiting(&app, &session).await;
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..64 {
            let (app, session, id) = (app.clone(), session.clone(), id.clone());
            tasks.spawn(async move { take_secret(&app, &session, &id).await });
        }
        let (seen, gone): (Vec<_>, Vec<_>) =
            tasks.join_all().await.into_iter().partition(Result::is_ok);
        assert_eq!(seen.len(), 1);
        assert!(gone.iter().all(|error| matches!(error, Err(run::Error::Gone))), "{gone:?}");
        assert_eq!(rows(&app.db, "message_secret").await, 0);
        assert_eq!(events(&app, &colleague).await.matches("pin_opened").count(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_secret_is_shown_to_its_reader_after_a_fresh_strong_proof_only() {
    both(async |db| {
        let app = app(db);
        let (main, session) = contact(&app).await;
        add(&app, &session, newcomer("arts")).await.unwrap();
        let id = waiting(&app, &session).await;
        let password = self::session(&app, &main, Way::Password).await;
        let weak = take_secret(&app, &password, &id).await;
        assert!(matches!(weak, Err(run::Error::NotFresh)), "{weak:?}");
        let stranger = account(&app.db, "test.ander@voorbeeld.nl").await;
        let stranger = self::session(&app, &stranger, Way::Key).await;
        let others = take_secret(&app, &stranger, &id).await;
        assert!(matches!(others, Err(run::Error::Gone)), "{others:?}");
        assert!(run::read(&app, &stranger, &id).await.unwrap().is_none());
        app.clock.advance(Duration::from_secs(5 * 60));
        let late = take_secret(&app, &session, &id).await;
        assert!(matches!(late, Err(run::Error::NotFresh)), "{late:?}");
        assert_eq!(rows(&app.db, "message_secret").await, 1);
    })
    .await;
}

#[tokio::test]
async fn only_a_fresh_contact_person_adds_and_only_colleagues_get_pins() {
    both(async |db| {
        let app = app(db);
        let (main, session) = contact(&app).await;
        let colleague = add(&app, &session, newcomer("arts")).await.unwrap();
        let theirs = self::session(&app, &colleague, Way::Key).await;
        let refused = add(&app, &theirs, newcomer("twee")).await;
        assert!(
            matches!(refused, Err(request::Error::Management(management::Error::NotContact))),
            "{refused:?}"
        );
        let taken = add(&app, &session, newcomer("arts")).await;
        assert!(matches!(taken, Err(request::Error::NameTaken(_))), "{taken:?}");
        let nameless = Newcomer { name: "\u{200b}".to_owned(), ..newcomer("drie") };
        let nameless = add(&app, &session, nameless).await;
        assert!(matches!(nameless, Err(request::Error::Name)), "{nameless:?}");
        let own = renew(&app, &session, &main.id).await;
        assert!(matches!(own, Err(request::Error::Own)), "{own:?}");
        let stranger = account(&app.db, "test.ander@voorbeeld.nl").await;
        let unknown = renew(&app, &session, &stranger.id).await;
        assert!(
            matches!(unknown, Err(request::Error::Management(management::Error::NoColleague))),
            "{unknown:?}"
        );
        app.clock.advance(Duration::from_secs(5 * 60));
        let late = add(&app, &session, newcomer("twee")).await;
        assert!(
            matches!(late, Err(request::Error::Management(management::Error::NotFresh))),
            "{late:?}"
        );
        assert_eq!(rows(&app.db, "pin").await, 1);
    })
    .await;
}

#[tokio::test]
async fn an_organisation_has_three_contact_persons_at_most() {
    both(async |db| {
        let app = app(db);
        let (_, session) = contact(&app).await;
        let another = |name| Newcomer { role: Role::ContactPerson, ..newcomer(name) };
        for name in ["twee", "drie"] {
            let colleague = add(&app, &session, newcomer(name)).await.unwrap();
            let mut tx = app.db.write().await.unwrap();
            accounts::store::appoint(&mut tx, &colleague.id, Role::ContactPerson).await.unwrap();
            tx.commit().await.unwrap();
        }
        let fourth = add(&app, &session, another("vier")).await;
        assert!(matches!(fourth, Err(request::Error::TooManyContactPersons)), "{fourth:?}");
    })
    .await;
}

#[tokio::test]
async fn a_contact_person_to_whom_no_letter_can_be_written_is_not_added() {
    both(async |db| {
        let app = app(db);
        let (_, session) = contact(&app).await;
        let another = Newcomer { role: Role::ContactPerson, ..newcomer("twee") };
        let refused = add(&app, &session, another).await;
        let key = letters::run::Error::NoKey;
        assert!(
            matches!(&refused, Err(request::Error::Letter(error)) if error.to_string() == key.to_string()),
            "{refused:?}"
        );
        for (table, left) in [("account", 1), ("pin", 0), ("message", 0), ("outbox", 0)] {
            assert_eq!(rows(&app.db, table).await, left, "{table}");
        }
    })
    .await;
}

#[tokio::test]
async fn numbers_nobody_has_get_the_same_answers_count_and_work() {
    both(async |db| {
        let app = app(db);
        let (_, session) = contact(&app).await;
        let colleague = add(&app, &session, newcomer("arts")).await.unwrap();
        let wrong = other(&open(&app, &session).await);
        let unopened = add(&app, &session, newcomer("twee")).await.unwrap();
        let nobodys = UserNumber::random(app.random);
        let mut seen = vec![];
        for number in [&colleague.number, &unopened.number, &nobodys] {
            let before = app.passwords.computed.load(Ordering::SeqCst);
            let mut answers = vec![];
            for _ in 0..7 {
                answers.push(match choose(&app, number, &wrong, PASSWORD).await {
                    Answer::Wrong => "wrong",
                    Answer::Blocked => "blocked",
                    Answer::EnrolOnly(_) | Answer::LogIn => "in",
                });
            }
            // Weeks do not end the block: a human does.
            app.clock.advance(7 * DAY);
            assert!(matches!(choose(&app, number, &wrong, PASSWORD).await, Answer::Blocked));
            seen.push((answers, app.passwords.computed.load(Ordering::SeqCst) - before));
        }
        let four = ["wrong"; 4].into_iter().chain(["blocked"; 3]).collect::<Vec<_>>();
        assert_eq!(seen, vec![(four, 5); 3]);
    })
    .await;
}

#[tokio::test]
async fn a_blocked_pin_is_not_looked_at_and_is_lifted_by_a_human_or_a_new_pin() {
    both(async |db| {
        let folder = tempfile::tempdir().unwrap();
        let mails = Folder(folder.path().join("mail"));
        let app = with(db, |config, _| config.delivery.email.way = mails);
        let (main, session) = contact(&app).await;
        let colleague = add(&app, &session, newcomer("arts")).await.unwrap();
        let pin = open(&app, &session).await;
        for _ in 0..5 {
            choose(&app, &colleague.number, &other(&pin), PASSWORD).await;
        }
        for _ in 0..2 {
            let right = choose(&app, &colleague.number, &pin, PASSWORD).await;
            assert!(matches!(right, Answer::Blocked), "{right:?}");
        }
        let said = events(&app, &colleague).await;
        let count = |event: &str| said.matches(&format!("\"event\":\"{event}\"")).count();
        // How many more were refused, the next one says that is looked at.
        let counts = ["pin_wrong", "pin_blocked", "pin_refused"].map(count);
        assert_eq!(counts, [5, 1, 1], "{said}");
        delivery::run::deliver_due(&app).await.unwrap();
        let told = box_of(&app, &session).await;
        let blocked = |kept: &&Kept| matches!(kept.message, Message::ColleaguePinBlocked { .. });
        assert_eq!(told.iter().filter(blocked).count(), 1);
        app.clock.advance(DAY);
        let session = self::session(&app, &main, Way::Key).await;
        renew(&app, &session, &colleague.id).await.unwrap();
        let new = open(&app, &session).await;
        let old = choose(&app, &colleague.number, &pin, PASSWORD).await;
        assert!(matches!(old, Answer::Wrong), "{old:?}");
        let right = choose(&app, &colleague.number, &new, PASSWORD).await;
        assert!(matches!(right, Answer::EnrolOnly(_)), "{right:?}");
        assert!(events(&app, &colleague).await.contains("pin_unblocked"));
    })
    .await;
}

/// Attack: enumeration by time. What there is to tell is written when nobody waits for it.
#[tokio::test]
async fn a_blocked_pin_writes_as_much_for_a_number_that_nobody_has() {
    both(async |db| {
        let app = app(db);
        let (_, session) = contact(&app).await;
        let colleague = add(&app, &session, newcomer("arts")).await.unwrap();
        let pin = open(&app, &session).await;
        let tables = ["message", "outbox", "told", "audit"];
        let mut written = Vec::new();
        for number in [colleague.number, UserNumber::random(app.random)] {
            let mut grown = Vec::new();
            for table in tables {
                grown.push(-rows(&app.db, table).await);
            }
            for _ in 0..5 {
                choose(&app, &number, &other(&pin), PASSWORD).await;
            }
            for (table, before) in tables.into_iter().zip(&mut grown) {
                *before += rows(&app.db, table).await;
            }
            written.push(grown);
        }
        let [known, nobody] = &written[..] else { panic!("{written:?}") };
        assert_eq!(known, nobody, "{tables:?}");
        assert_eq!(known[..3], [0, 1, 1], "{tables:?}");
    })
    .await;
}

#[tokio::test]
async fn the_old_pin_works_until_the_new_one_is_opened_and_one_is_made_a_day() {
    both(async |db| {
        let app = app(db);
        let (main, session) = contact(&app).await;
        let colleague = add(&app, &session, newcomer("arts")).await.unwrap();
        let old = open(&app, &session).await;
        prove_a_key(&app, &colleague).await;
        let soon = renew(&app, &session, &colleague.id).await;
        assert!(matches!(soon, Err(request::Error::TooSoon)), "{soon:?}");
        app.clock.advance(DAY);
        let session = self::session(&app, &main, Way::Key).await;
        renew(&app, &session, &colleague.id).await.unwrap();
        let works = choose(&app, &colleague.number, &old, PASSWORD).await;
        assert!(matches!(works, Answer::LogIn), "the new one waits: {works:?}");
        let new = open(&app, &session).await;
        let over = choose(&app, &colleague.number, &old, "een ander lang wachtwoord").await;
        assert!(matches!(over, Answer::Wrong), "{over:?}");
        let works = choose(&app, &colleague.number, &new, "een ander lang wachtwoord").await;
        assert!(matches!(works, Answer::LogIn), "{works:?}");
    })
    .await;
}

#[tokio::test]
async fn a_pin_chooses_once_while_there_is_no_factor_and_never_adds_one_where_there_is() {
    both(async |db| {
        let app = app(db);
        let (_, session) = contact(&app).await;
        let colleague = add(&app, &session, newcomer("arts")).await.unwrap();
        let pin = open(&app, &session).await;
        let first = choose(&app, &colleague.number, &pin, PASSWORD).await;
        assert!(matches!(first, Answer::EnrolOnly(_)), "{first:?}");
        let again = choose(&app, &colleague.number, &pin, PASSWORD).await;
        assert!(matches!(again, Answer::Wrong), "{again:?}");
        prove_a_key(&app, &colleague).await;
        let before = self::session(&app, &colleague, Way::Key).await;
        for _ in 0..2 {
            let forgotten =
                choose(&app, &colleague.number, &pin, "vergeten en opnieuw gekozen").await;
            assert!(matches!(forgotten, Answer::LogIn), "{forgotten:?}");
        }
        let mut tx = app.db.write().await.unwrap();
        let policy = &app.config.sessions;
        let now = (app.clock.now(), policy);
        let ended = sessions::lock(&mut tx, &colleague.id, &before.id, now).await.unwrap();
        assert!(ended.is_none(), "a new password ends what was begun with the old one");
        let factors = factors::store::list(&mut tx, &colleague.id).await.unwrap();
        assert_eq!(factors.len(), 1);
        drop(tx);
        let name = colleague.username.as_str();
        let (_, answer) =
            start(&app, ("", None), name, secret("vergeten en opnieuw gekozen")).await.unwrap();
        assert!(matches!(answer, PasswordAnswer::Factor(_)), "{answer:?}");
    })
    .await;
}

#[tokio::test]
async fn of_sixty_four_who_use_a_pin_at_once_one_chooses() {
    both(async |db| {
        let app = Arc::new(app(db));
        let (_, session) = contact(&app).await;
        let colleague = add(&app, &session, newcomer("arts")).await.unwrap();
        let pin = open(&app, &session).await;
        let mut tasks = tokio::task::JoinSet::new();
        for n in 0..64 {
            let (app, number, pin) = (app.clone(), colleague.number.clone(), pin.clone());
            tasks.spawn(async move {
                choose(&app, &number, &pin, &format!("woorden die ik koos {n}")).await
            });
        }
        let answers = tasks.join_all().await;
        let won = answers.iter().filter(|answer| matches!(answer, Answer::EnrolOnly(_))).count();
        assert_eq!(won, 1);
        assert_eq!(events(&app, &colleague).await.matches("password_chosen").count(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_password_that_may_not_be_costs_no_try() {
    both(async |db| {
        let app = app(db);
        let (_, session) = contact(&app).await;
        let colleague = add(&app, &session, newcomer("arts")).await.unwrap();
        let pin = open(&app, &session).await;
        for (password, weak) in [
            ("kort", Weak::Short { least: 12 }),
            ("kT7-vq!pXw29mL", Weak::Short { least: 15 }),
            ("test.arts@voorbeeld.nl", Weak::Context),
        ] {
            for _ in 0..6 {
                let proof = (&colleague.number, &pin);
                let answer = choose::password(&app, "", proof, secret(password)).await;
                assert!(
                    matches!(answer, Err(choose::Error::Weak(found)) if found == weak),
                    "{answer:?}"
                );
            }
        }
        let chosen = choose(&app, &colleague.number, &pin, PASSWORD).await;
        assert!(matches!(chosen, Answer::EnrolOnly(_)), "{chosen:?}");
    })
    .await;
}

#[tokio::test]
async fn a_pin_that_nobody_opens_lapses_after_fourteen_days_and_the_contact_person_is_told() {
    both(async |db| {
        let app = app(db);
        let (main, session) = contact(&app).await;
        let colleague = add(&app, &session, newcomer("arts")).await.unwrap();
        let id = waiting(&app, &session).await;
        let told = async |session: &Session| {
            lapse(&app).await.unwrap();
            let lapsed = |kept: &&Kept| matches!(kept.message, Message::PinLapsed { .. });
            box_of(&app, session).await.iter().filter(lapsed).count()
        };
        app.clock.advance(14 * DAY - Duration::from_millis(1));
        let session = self::session(&app, &main, Way::Key).await;
        assert_eq!(told(&session).await, 0);
        assert_eq!(waiting(&app, &session).await, id);
        app.clock.advance(Duration::from_millis(1));
        assert_eq!(told(&session).await, 1);
        assert_eq!(told(&session).await, 1, "once");
        let gone = take_secret(&app, &session, &id).await;
        assert!(matches!(gone, Err(run::Error::Gone)), "{gone:?}");
        run::forget(&app).await.unwrap();
        assert_eq!(rows(&app.db, "message_secret").await, 0);
        assert!(events(&app, &colleague).await.contains("pin_lapsed"));
    })
    .await;
}

#[tokio::test]
async fn an_account_that_is_not_activated_lapses_after_sixty_days_and_may_begin_anew() {
    both(async |db| {
        let app = app(db);
        let (main, session) = contact(&app).await;
        let colleague = add(&app, &session, newcomer("arts")).await.unwrap();
        let pin = open(&app, &session).await;
        app.clock.advance(60 * DAY);
        let late = choose(&app, &colleague.number, &pin, PASSWORD).await;
        assert!(matches!(late, Answer::Wrong), "{late:?}");
        for _ in 0..2 {
            lapse(&app).await.unwrap();
        }
        let session = self::session(&app, &main, Way::Key).await;
        let told = box_of(&app, &session).await;
        let lapsed = |kept: &&Kept| matches!(kept.message, Message::RequestLapsed { .. });
        assert_eq!(told.iter().filter(lapsed).count(), 1);
        renew(&app, &session, &colleague.id).await.unwrap();
        let pin = open(&app, &session).await;
        app.clock.advance(59 * DAY);
        let chosen = choose(&app, &colleague.number, &pin, PASSWORD).await;
        assert!(matches!(chosen, Answer::EnrolOnly(_)), "{chosen:?}");
        app.clock.advance(60 * DAY);
        lapse(&app).await.unwrap();
        assert!(events(&app, &colleague).await.matches("request_lapsed").count() == 1);
    })
    .await;
}

#[tokio::test]
async fn a_secret_that_was_shown_or_lapsed_leaves_no_byte_in_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let location = crate::storage::Location::Sqlite(folder.path().to_owned());
    let app = app(crate::storage::Db::open(&location).await.unwrap());
    let (_, session) = contact(&app).await;
    let sealed = async || -> Vec<String> {
        let mut tx = app.db.read().await.unwrap();
        crate::inbox::store::all_sealed(&mut tx).await.unwrap()
    };
    let in_files = |needle: &str| {
        let files = std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().path());
        files.filter(|path| path.is_file()).any(|path| {
            let bytes = std::fs::read(path).unwrap();
            bytes.windows(needle.len()).any(|part| part == needle.as_bytes())
        })
    };
    add(&app, &session, newcomer("arts")).await.unwrap();
    let shown = sealed().await.pop().expect("one is sealed");
    assert!(in_files(&shown), "the search finds what is there");
    let pin = open(&app, &session).await;
    add(&app, &session, newcomer("twee")).await.unwrap();
    let lapsed = sealed().await.pop().expect("one is sealed");
    app.clock.advance(14 * DAY);
    run::forget(&app).await.unwrap();
    assert!(!in_files(&shown) && !in_files(&lapsed));
    assert!(!in_files(pin.expose()), "a PIN was never there");
    app.db.close().await;
}

#[tokio::test]
async fn messages_are_kept_a_year() {
    both(async |db| {
        let app = app(db);
        let (main, session) = contact(&app).await;
        add(&app, &session, newcomer("arts")).await.unwrap();
        open(&app, &session).await;
        app.clock.advance(365 * DAY - Duration::from_millis(1));
        run::forget(&app).await.unwrap();
        let session = self::session(&app, &main, Way::Key).await;
        assert_eq!(box_of(&app, &session).await.len(), 1);
        app.clock.advance(Duration::from_millis(1));
        assert_eq!(box_of(&app, &session).await.len(), 0);
        run::forget(&app).await.unwrap();
        assert_eq!(rows(&app.db, "message").await, 0);
    })
    .await;
}

#[tokio::test]
async fn messages_are_kept_as_long_as_is_set() {
    both(async |db| {
        let app = with(db, |config, _| config.keep.messages = 90 * DAY);
        let (main, session) = contact(&app).await;
        add(&app, &session, newcomer("arts")).await.unwrap();
        open(&app, &session).await;
        app.clock.advance(90 * DAY - Duration::from_millis(1));
        run::forget(&app).await.unwrap();
        let session = self::session(&app, &main, Way::Key).await;
        assert_eq!(box_of(&app, &session).await.len(), 1);
        app.clock.advance(Duration::from_millis(1));
        run::forget(&app).await.unwrap();
        assert_eq!(rows(&app.db, "message").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_pin_that_was_disclosed_is_dead_with_what_was_begun_and_the_operator_is_named() {
    both(async |db| {
        let app = app(db);
        let (_, session) = contact(&app).await;
        let colleague = add(&app, &session, newcomer("arts")).await.unwrap();
        let pin = open(&app, &session).await;
        let _theirs = self::session(&app, &colleague, Way::Key).await;
        let operator = Operator::parse("Test Beheer").unwrap();
        let record = async || disclosed::record(&app, &colleague.username, &operator).await;
        assert!(matches!(record().await, Ok(Next::Later)), "one was made today");
        assert_eq!(rows(&app.db, "pin_request").await, 1, "the contact persons are asked");
        let answer = choose(&app, &colleague.number, &pin, PASSWORD).await;
        assert!(matches!(answer, Answer::Wrong), "{answer:?}");
        let told = events(&app, &colleague).await;
        assert!(told.contains("session_ended"), "{told}");
        assert!(told.contains("pin_asked"), "{told}");
        assert!(told.contains("pin_disclosed") && told.contains("Test Beheer"), "{told}");
        let nobody = Username::parse("niemand@voorbeeld.nl").unwrap();
        let unknown = disclosed::record(&app, &nobody, &operator).await;
        assert!(matches!(unknown, Err(disclosed::Error::NotOne(_))));
    })
    .await;
}

#[tokio::test]
async fn a_user_number_is_sent_again_after_the_time_that_is_set() {
    both(async |db| {
        const HOUR: Duration = Duration::from_secs(60 * 60);
        let app = with(db, |config, _| config.times.number_again = 2 * HOUR);
        let (main, session) = contact(&app).await;
        let colleague = add(&app, &session, newcomer("arts")).await.unwrap();
        app.clock.advance(2 * HOUR - Duration::from_secs(1));
        let session = session_of(&app, &main).await;
        let soon = request::send_number(&app, &session, &colleague.id).await;
        assert!(matches!(soon, Err(request::Error::NumberTooSoon)), "{soon:?}");
        app.clock.advance(Duration::from_secs(1));
        request::send_number(&app, &session, &colleague.id).await.unwrap();
    })
    .await;
}
