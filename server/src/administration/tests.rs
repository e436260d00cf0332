//! Administration on both engines.

use super::people::{AT_ONCE, Mark, Place, list, person};
use super::*;
use crate::accounts::number::UserNumber;
use crate::accounts::{Role, Username};
use crate::app::testing::app;
use crate::audit;
use crate::factors::Level;
use crate::id::AccountId;
use crate::lockout::{self, Counted, Subject};
use crate::secret::Carrier;
use crate::sessions::{Login, Scope, Way};
use crate::storage::Db;
use crate::storage::testing::{account, both, rows};
use std::time::Duration;

/// A contact person who has just proven a key.
async fn begin(db: Db) -> (App, Account, Session) {
    let app = app(db);
    let account = account(&app.db, "test.arts@voorbeeld.nl").await;
    let session = open(&app, &account).await;
    (app, account, session)
}

async fn open(app: &App, account: &Account) -> Session {
    let now = app.clock.now();
    let (level, proof, scope, way) = (Level::High, Level::High, Scope::Full, Way::Key);
    let login = Login { account: account.id.clone(), scope, level, proof, way, proven_at: now };
    let mut tx = app.db.write().await.unwrap();
    let client = ("test", Carrier::Cookie);
    let (_, session) = sessions::open(&mut tx, login, client, app.random, now).await.unwrap();
    tx.commit().await.unwrap();
    session
}

/// Somebody whose user name is of chance, and begins like nothing that is looked for.
async fn add(app: &App, like: &Account, name: &str) -> Account {
    let id = AccountId::random(app.random);
    let account = Account {
        username: Username::parse(&format!("x{id}@voorbeeld.nl")).unwrap(),
        id,
        number: UserNumber::random(app.random),
        name: name.to_owned(),
        role: Role::Colleague,
        ..like.clone()
    };
    let mut tx = app.db.write().await.unwrap();
    accounts::store::insert(&mut tx, &account, app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    account
}

#[tokio::test]
async fn the_list_goes_forwards_and_backwards_in_the_order_of_names() {
    both(async |db| {
        let (app, contact, session) = begin(db).await;
        let who = (&contact, &session);
        for n in 0..AT_ONCE + 5 {
            add(&app, &contact, &format!("\u{c9}va van Test {n:03}")).await;
        }
        add(&app, &contact, "Aafje Test").await;
        let names = |page: &people::Page| {
            page.colleagues.iter().map(|line| line.name.clone()).collect::<Vec<_>>()
        };
        let first = list(&app, who, "", &Place::Start).await.unwrap();
        assert_eq!(first.colleagues.len(), usize::try_from(AT_ONCE).unwrap());
        assert_eq!(names(&first)[0], "Aafje Test");
        assert_eq!(names(&first)[1], "\u{c9}va van Test 000", "an accent does not move it");
        assert_eq!(first.previous, None);
        let mark = first.next.clone().unwrap();
        assert_eq!(Mark::parse(&mark.to_text()), Some(mark.clone()));
        let second = list(&app, who, "", &Place::After(mark)).await.unwrap();
        assert_eq!((second.colleagues.len(), second.next.clone()), (7, None));
        assert_eq!(names(&second).last().unwrap(), "Test Arts");
        let back = Place::Before(second.previous.clone().unwrap());
        assert_eq!(names(&list(&app, who, "", &back).await.unwrap()), names(&first));
        let found = list(&app, who, "eva 00", &Place::Start).await.unwrap();
        assert_eq!(found.colleagues.len(), 10, "{:?}", names(&found));
        let found = list(&app, who, "test", &Place::Start).await.unwrap();
        let rest = list(&app, who, "test", &Place::After(found.next.unwrap())).await.unwrap();
        assert_eq!((rest.colleagues.len(), rest.next), (7, None), "each once");
        let nobody = list(&app, who, "\u{200b} -", &Place::Start).await.unwrap();
        assert_eq!(nobody.colleagues.len(), 0, "what holds no word finds nobody");
    })
    .await;
}

#[tokio::test]
async fn an_ended_account_leaves_nothing_that_opens_it_and_is_ended_once() {
    both(async |db| {
        let (app, contact, session) = begin(db).await;
        let leaves = add(&app, &contact, "Test Assistent").await;
        open(&app, &leaves).await;
        assert_eq!(rows(&app.db, "account_word").await, 5 + 6);
        colleagues::end(&app, &session, &leaves.id).await.unwrap();
        let again = colleagues::end(&app, &session, &leaves.id).await;
        assert!(matches!(again, Err(Error::NoColleague)), "{again:?}");
        let gone = person(&app, (&contact, &session), &leaves.id).await;
        assert!(matches!(gone, Err(Error::NoColleague)), "{gone:?}");
        assert_eq!(rows(&app.db, "account_word").await, 5);
        let oneself = colleagues::end(&app, &session, &contact.id).await;
        assert!(matches!(oneself, Err(Error::Denied(Denied::Oneself))), "{oneself:?}");
        let mut tx = app.db.read().await.unwrap();
        let events = audit::of_account(&mut tx, Some(&leaves.id)).await.unwrap();
        let by = format!("\"account\":\"{}\"", contact.id);
        assert!(events.iter().all(|event| event.contains(&by)), "{events:?}");
    })
    .await;
}

#[tokio::test]
async fn who_is_demoted_or_ended_meanwhile_does_nothing_more() {
    both(async |db| {
        let (app, main, session) = begin(db).await;
        let other = add(&app, &main, "Test Assistent").await;
        let third = add(&app, &main, "Test Balie").await;
        let role = Role::ContactPerson;
        colleagues::appoint(&app, &session, &other.id, role).await.unwrap();
        let theirs = open(&app, &other).await;
        colleagues::rename(&app, &theirs, &third.id, "Test Balie Twee").await.unwrap();
        colleagues::appoint(&app, &session, &other.id, Role::Colleague).await.unwrap();
        let late = colleagues::end(&app, &theirs, &third.id).await;
        assert!(matches!(late, Err(Error::Denied(Denied::NotContact))), "{late:?}");
        let late = settings::stop_forcing(&app, &theirs, Duration::from_secs(60)).await;
        assert!(matches!(late, Err(Error::Denied(Denied::NotContact))), "{late:?}");
        colleagues::end(&app, &session, &other.id).await.unwrap();
        let late = colleagues::unblock(&app, &theirs, &third.id).await;
        assert!(matches!(late, Err(Error::SessionOver)), "{late:?}");
    })
    .await;
}

#[tokio::test]
async fn nobody_is_unforced_for_longer_than_a_day() {
    both(async |db| {
        let (app, contact, session) = begin(db).await;
        settings::stop_forcing(&app, &session, Duration::MAX).await.unwrap();
        let mut tx = app.db.read().await.unwrap();
        let policy = organisations::store::policy(&mut tx, &contact.organisation).await.unwrap();
        let end = app.clock.now().after(settings::LONGEST_UNFORCED);
        assert_eq!(policy.not_forced_until, Some(end));
        assert!(policy.forces(end));
    })
    .await;
}

#[tokio::test]
async fn a_block_is_shown_while_it_lasts_and_looking_changes_nothing() {
    both(async |db| {
        let (app, contact, session) = begin(db).await;
        let other = add(&app, &contact, "Test Assistent").await;
        let shown = async || {
            person(&app, (&contact, &session), &other.id).await.unwrap().password_block.is_some()
        };
        assert!(!shown().await);
        assert_eq!(rows(&app.db, "lockout").await, 0);
        let (now, policy) = (app.clock.now(), lockout::Policy::default());
        let subject = Subject::account(&other.id);
        let mut tx = app.db.write().await.unwrap();
        for _ in 0..policy.tries {
            lockout::charge(&mut tx, &subject, Counted::Password, now, &policy).await.unwrap();
        }
        tx.commit().await.unwrap();
        assert!(shown().await);
        assert!(colleagues::unblock(&app, &session, &other.id).await.unwrap());
        assert!(!shown().await && !colleagues::unblock(&app, &session, &other.id).await.unwrap());
    })
    .await;
}
