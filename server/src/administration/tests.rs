//! Administration on both engines.

use super::people::{AT_ONCE, Mark, Place, list, person};
use super::*;
use crate::accounts;
use crate::accounts::number::UserNumber;
use crate::accounts::{Role, Username};
use crate::app::testing::{self, app};
use crate::audit;
use crate::authorisations::tests::{catalogue, set};
use crate::factors::card::Refusal;
use crate::factors::testing::verified_card;
use crate::factors::{self, Evidence, Factor, Kind, Level};
use crate::id::AccountId;
use crate::lockout::{self, Counted, Subject};
use crate::login::{self, card::CardAnswer};
use crate::organisations;
use crate::secret::Carrier;
use crate::sessions::{self, Login, Scope, Way};
use crate::storage::Db;
use crate::storage::testing::{account, both, rows};
use std::sync::Arc;
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
        let last = first.colleagues.last().unwrap();
        assert_eq!(mark.to_text(), last.id.to_string(), "no name stands in an address");
        assert_eq!(Mark::parse(&mark.to_text()), Some(mark.clone()));
        let second = list(&app, who, "", &Place::After(mark)).await.unwrap();
        assert_eq!((second.colleagues.len(), second.next.clone()), (7, None));
        assert_eq!(names(&second).last().unwrap(), "Test Arts");
        let back = Place::Before(second.previous.clone().unwrap());
        assert_eq!(names(&list(&app, who, "", &back).await.unwrap()), names(&first));
        let found = list(&app, who, "eva 00", &Place::Start).await.unwrap();
        assert_eq!(found.colleagues.len(), 10, "{:?}", names(&found));
        let found = list(&app, who, "test", &Place::Start).await.unwrap();
        let behind = Place::After(found.next.clone().unwrap());
        let rest = list(&app, who, "test", &behind).await.unwrap();
        assert_eq!((rest.colleagues.len(), rest.next.clone()), (7, None), "each once");
        let back = Place::Before(rest.previous.clone().unwrap());
        let back = list(&app, who, "test", &back).await.unwrap();
        assert_eq!((names(&back), back.previous), (names(&found), None));
        let further = list(&app, who, "test", &Place::After(back.next.unwrap())).await.unwrap();
        assert_eq!(names(&further), names(&rest));
        let nobody = list(&app, who, "\u{200b} -", &Place::Start).await.unwrap();
        assert_eq!(nobody.colleagues.len(), 0, "what holds no word finds nobody");
    })
    .await;
}

#[tokio::test]
async fn a_place_in_the_list_that_is_gone_is_its_beginning() {
    both(async |db| {
        let (app, contact, session) = begin(db).await;
        let who = (&contact, &session);
        for n in 0..AT_ONCE + 5 {
            add(&app, &contact, &format!("Test van Dienst {n:03}")).await;
        }
        let ids = |page: &people::Page| {
            page.colleagues.iter().map(|line| line.id.clone()).collect::<Vec<_>>()
        };
        for search in ["", "dienst", "test dienst"] {
            let first = list(&app, who, search, &Place::Start).await.unwrap();
            let strangers =
                account(&app.db, &format!("test.ander{}@elders.nl", search.len())).await;
            for gone in [AccountId::random(app.random), strangers.id] {
                let mark = Mark::parse(gone.as_str()).unwrap();
                for place in [Place::After(mark.clone()), Place::Before(mark)] {
                    let shown = list(&app, who, search, &place).await.unwrap();
                    assert_eq!(ids(&shown), ids(&first), "{search}: {place:?}");
                    assert_eq!((shown.previous, &shown.next), (None, &first.next));
                }
            }
        }
        // The place in the whole list of whom the account was ended meanwhile is known still.
        let first = list(&app, who, "", &Place::Start).await.unwrap();
        let found = list(&app, who, "dienst", &Place::Start).await.unwrap();
        let behind = Place::After(first.next.clone().unwrap());
        let second = list(&app, who, "", &behind).await.unwrap();
        let end = async |page: &people::Page| {
            let mut tx = app.db.write().await.unwrap();
            let last = &page.colleagues.last().unwrap().id;
            accounts::store::end(&mut tx, last, app.clock.now()).await.unwrap();
            tx.commit().await.unwrap();
        };
        end(&first).await;
        assert_eq!(ids(&list(&app, who, "", &behind).await.unwrap()), ids(&second));
        let back = Place::Before(second.previous.clone().unwrap());
        let back = list(&app, who, "", &back).await.unwrap();
        assert_eq!(ids(&back), ids(&first)[..ids(&first).len() - 1]);
        // In what is found nobody stands whose account was ended.
        end(&found).await;
        let beginning = list(&app, who, "dienst", &Place::Start).await.unwrap();
        let lost = Place::After(found.next.unwrap());
        assert_eq!(ids(&list(&app, who, "dienst", &lost).await.unwrap()), ids(&beginning));
    })
    .await;
}

/// Flow A10: card links end with the account, and the card of who comes back is linked anew.
#[tokio::test]
async fn a10_the_card_of_an_ended_account_lets_nobody_in_and_may_be_linked_again() {
    both(async |db| {
        let (app, contact, session) = begin(db).await;
        let (number, subscriber) = ("900000001", "90000123");
        let link = async |whom: &Account| {
            let factor = a_card_of(&app, &whom.id);
            let mut tx = app.db.write().await.unwrap();
            factors::store::insert(&mut tx, &factor).await.unwrap();
            let link = (&factor.id, &whom.organisation);
            let linked =
                factors::store::link_card(&mut tx, link.0, link.1, number, subscriber).await;
            linked.unwrap();
            tx.commit().await.unwrap();
        };
        let show = async || {
            let card = Ok(verified_card(number, subscriber, "Assistent"));
            let attempt = login::run::start(&app, None, "test").await.unwrap();
            login::card::decide(&app, &attempt, card).await.unwrap()
        };
        let leaves = add(&app, &contact, "Test Assistent").await;
        link(&leaves).await;
        assert!(matches!(show().await, CardAnswer::Done(_)));
        colleagues::end(&app, &session, &leaves.id).await.unwrap();
        let late = show().await;
        assert!(matches!(late, CardAnswer::Refused(Refusal::NotLinked)), "{late:?}");
        let back = add(&app, &contact, "Test Assistent").await;
        link(&back).await;
        assert!(matches!(show().await, CardAnswer::Done(_)));
    })
    .await;
}

fn a_card_of(app: &App, account: &AccountId) -> Factor {
    let now = app.clock.now();
    Factor {
        proven_at: Some(now),
        ..factors::testing::factor(account, (Kind::Card, Evidence::CardPin), now)
    }
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
        assert!(
            matches!(again, Err(Error::Management(management::Error::NoColleague))),
            "{again:?}"
        );
        let gone = person(&app, (&contact, &session), &leaves.id).await;
        assert!(matches!(gone, Err(Error::Management(management::Error::NoColleague))), "{gone:?}");
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
        assert!(matches!(late, Err(Error::Management(management::Error::NotContact))), "{late:?}");
        let late = settings::stop_forcing(&app, &theirs, Duration::from_secs(60)).await;
        assert!(matches!(late, Err(Error::Management(management::Error::NotContact))), "{late:?}");
        colleagues::end(&app, &session, &other.id).await.unwrap();
        let late = colleagues::unblock(&app, &theirs, &third.id).await;
        assert!(matches!(late, Err(Error::Management(management::Error::SessionOver))), "{late:?}");
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
        let end = app.clock.now().after(app.config.times.not_forced);
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

/// A factor that proved itself, so that there is something to waive.
async fn has_key(app: &App, account: &Account) {
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

const HOUR: Duration = Duration::from_secs(60 * 60);

async fn unforced(app: &App, session: &Session) {
    settings::stop_forcing(app, session, 24 * HOUR).await.unwrap();
}

/// What the audit says of somebody: names of events.
async fn events(app: &App, account: &Account) -> Vec<String> {
    login::tests::events(app, Some(&account.id)).await
}

async fn mails(app: &App) -> Vec<String> {
    let waiting = crate::delivery::run::list(app).await.unwrap();
    waiting.into_iter().map(|entry| entry.kind).collect()
}

/// Attack: waiver abuse, by many at once.
#[tokio::test]
async fn of_sixty_four_waivers_given_at_once_one_is() {
    both(async |db| {
        let (app, contact, session) = begin(db).await;
        let other = add(&app, &contact, "Test Assistent").await;
        has_key(&app, &other).await;
        unforced(&app, &session).await;
        let app = Arc::new(app);
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..64 {
            let (app, session, id) = (app.clone(), session.clone(), other.id.clone());
            tasks.spawn(async move {
                waiver::give(&app, &session, &id, (24 * HOUR, "sleutel kwijt")).await.is_ok()
            });
        }
        let given = tasks.join_all().await.into_iter().filter(|given| *given).count();
        assert_eq!(given, 1);
        let events = events(&app, &other).await;
        let given = events.iter().filter(|event| *event == "waiver_given").count();
        assert_eq!(given, 1, "{events:?}");
        let told = mails(&app).await;
        assert_eq!(told.iter().filter(|kind| *kind == "waiver_given").count(), 1, "{told:?}");
    })
    .await;
}

/// Attack: waiver abuse. For oneself, for another contact person, for somebody of another organisation,
/// without a factor of one's own, while it is forced, and again within 30 days.
#[tokio::test]
async fn a_waiver_is_refused_to_whom_it_is_not_for() {
    both(async |db| {
        let (app, contact, session) = begin(db).await;
        let other = add(&app, &contact, "Test Assistent").await;
        let wish = (7 * 24 * HOUR, "sleutel kwijt");
        let denied =
            async |session: &Session, id: &AccountId| match waiver::give(&app, session, id, wish)
                .await
            {
                Ok(()) => "given".to_owned(),
                Err(error) => error.to_string(),
            };
        assert!(denied(&session, &other.id).await.contains("nothing to waive"));
        has_key(&app, &other).await;
        assert!(denied(&session, &other.id).await.contains("is forced"));
        unforced(&app, &session).await;
        assert!(denied(&session, &contact.id).await.contains("nobody does this for themselves"));
        let second = add(&app, &contact, "Test Balie").await;
        has_key(&app, &second).await;
        colleagues::appoint(&app, &session, &second.id, Role::ContactPerson).await.unwrap();
        assert!(denied(&session, &second.id).await.contains("always needs"));
        let stranger = account(&app.db, "test.ander@voorbeeld.nl").await;
        assert!(denied(&session, &stranger.id).await.contains("no such colleague"));
        let theirs = open(&app, &stranger).await;
        assert!(denied(&theirs, &other.id).await.contains("no such colleague"));
        let mut weak = session.clone();
        for (way, scope) in [(Way::Password, Scope::EnrolOnly), (Way::Waived, Scope::Full)] {
            let login = Login { way, scope, ..weak.login.clone() };
            let mut tx = app.db.write().await.unwrap();
            let client = ("", Carrier::Cookie);
            let now = app.clock.now();
            weak = sessions::open(&mut tx, login, client, app.random, now).await.unwrap().1;
            tx.commit().await.unwrap();
            let said = denied(&weak, &other.id).await;
            assert!(!said.contains("given"), "while one's own second factor is off: {said}");
        }
        for time in [Duration::ZERO, 7 * 24 * HOUR + Duration::from_secs(1)] {
            let long = waiver::give(&app, &session, &other.id, (time, "sleutel kwijt")).await;
            assert!(matches!(long, Err(Error::Waiver(crate::waiver::Denied::Length))), "{long:?}");
        }
        let silent = waiver::give(&app, &session, &other.id, (HOUR, "\u{200b}")).await;
        assert!(matches!(silent, Err(Error::Reason)), "{silent:?}");
        assert_eq!(denied(&session, &other.id).await, "given");
        assert!(waiver::end(&app, &session, &other.id).await.unwrap());
        assert!(!waiver::end(&app, &session, &other.id).await.unwrap(), "once");
        let ended = events(&app, &other).await;
        assert_eq!(ended.iter().filter(|event| *event == "waiver_ended").count(), 1, "{ended:?}");
        assert!(
            denied(&session, &other.id).await.contains("too short ago"),
            "ending is no way round"
        );
    })
    .await;
}

#[tokio::test]
async fn forcing_that_begins_again_is_told_once_and_by_nobody_but_the_clock() {
    both(async |db| {
        let (app, contact, session) = begin(db).await;
        unforced(&app, &session).await;
        let told = async || mails(&app).await.iter().filter(|kind| *kind == "forced").count();
        app.clock.advance(24 * HOUR - Duration::from_secs(1));
        settings::begin_again(&app).await.unwrap();
        assert_eq!(told().await, 0);
        app.clock.advance(Duration::from_secs(1));
        for _ in 0..2 {
            settings::begin_again(&app).await.unwrap();
        }
        assert_eq!(told().await, 1);
        let session = open(&app, &contact).await;
        settings::force(&app, &session).await.unwrap();
        assert_eq!(told().await, 1, "what is forced already begins nothing");
        unforced(&app, &session).await;
        settings::force(&app, &session).await.unwrap();
        assert_eq!(told().await, 2, "by hand too");
        let mut tx = app.db.read().await.unwrap();
        let events = audit::of_account(&mut tx, None).await.unwrap();
        assert!(events.iter().any(|event| event.contains("\"clock\"")), "{events:?}");
    })
    .await;
}

#[tokio::test]
async fn what_is_blocked_is_lifted_with_codes_and_nobody_lifts_their_own() {
    both(async |db| {
        let (app, contact, session) = begin(db).await;
        let other = add(&app, &contact, "Test Assistent").await;
        let theirs = open(&app, &other).await;
        let (now, policy) = (app.clock.now(), &app.config.lockout);
        let mut tx = app.db.write().await.unwrap();
        for n in 0..10 {
            let owner = format!("attempt {}", n / 5);
            let whose = (&other.id, owner.as_str());
            let charged = lockout::codes::charge(
                &mut tx,
                whose,
                lockout::codes::Code::App,
                (now, app.random),
                policy,
            );
            charged.await.unwrap();
        }
        tx.commit().await.unwrap();
        let who = (&contact, &session);
        let shown = async || person(&app, who, &other.id).await.unwrap().codes_block;
        let end = now.after(Duration::from_secs(30 * 60));
        assert_eq!(shown().await, Some(lockout::Block::Until(end)));
        let oneself = colleagues::unblock(&app, &session, &contact.id).await;
        assert!(matches!(oneself, Err(Error::Denied(Denied::Oneself))), "{oneself:?}");
        assert!(colleagues::unblock(&app, &session, &other.id).await.unwrap());
        assert_eq!(shown().await, None);
        assert_eq!(mails(&app).await, ["unblocked"]);
        let mut tx = app.db.write().await.unwrap();
        let now = (app.clock.now(), &app.config.sessions);
        let ended = sessions::lock(&mut tx, &other.id, &theirs.id, now).await.unwrap();
        assert!(ended.is_none(), "what was under way ends");
    })
    .await;
}

#[tokio::test]
async fn what_a_colleague_may_is_recorded_where_it_changes() {
    both(async |db| {
        let app = testing::with(db, |config, _| config.authorisations = catalogue(&["recepten"]));
        let contact = account(&app.db, "test.arts@voorbeeld.nl").await;
        let session = open(&app, &contact).await;
        let other = add(&app, &contact, "Test Assistent").await;
        let (none, some) = (set(&[]), set(&["recepten"]));
        for (shown, wanted, changes) in [(&none, &some, true), (&some, &some, false)] {
            let decided = (shown, wanted);
            let changed = authorisations::set(&app, &session, &other.id, decided).await.unwrap();
            assert_eq!(changed, changes);
        }
        assert_eq!(events(&app, &other).await, ["authorisations_changed"]);
    })
    .await;
}
