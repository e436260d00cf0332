//! One person, several employers: on both engines, what each account of one address counts for itself, and
//! what is chosen.

use super::*;
use crate::accounts::Account;
use crate::app::testing::app;
use crate::factors::Factor;
use crate::factors::testing::verified_card;
use crate::lockout::{self, Block, Counted, Subject};
use crate::login::card::decide;
use crate::login::tests::{NAME, PASSWORD, attempt, events, full_events, try_password};
use crate::login::{Granted, Level};
use crate::secret::Secret;
use crate::storage::Db;
use crate::storage::testing::{account, both, change, rows, texts};
use std::sync::Arc;
use std::sync::atomic::Ordering;

const OTHER: &str = "blauwe fiets zingt zacht";
const URA: &str = "90000123";

/// An account with this password in an organisation of its own, as activation makes it.
async fn employed(app: &App, password: &str) -> Account {
    let one = account(&app.db, NAME).await;
    choose_password(app, &one, password).await;
    one
}

async fn choose_password(app: &App, account: &Account, password: &str) {
    let mut tx = app.db.read().await.unwrap();
    let sibling = password::store::sibling(&mut tx, NAME, Some(&account.id)).await.unwrap();
    drop(tx);
    let room = app.passwords.admit().unwrap();
    let hash = room.hash_beside(Secret::new(password.to_owned()), sibling).await;
    let mut tx = app.db.write().await.unwrap();
    password::testing::keep(&mut tx, &account.id, &hash, app.clock.now()).await;
    tx.commit().await.unwrap();
    app.clock.advance(std::time::Duration::from_millis(2));
}

/// Two employers, each with its own password of the same person.
async fn two(db: Db, one: &str, other: &str) -> (Arc<App>, Account, Account) {
    let app = Arc::new(app(db));
    let (first, second) = (employed(&app, one).await, employed(&app, other).await);
    (app, first, second)
}

/// What a password leads to, in one word.
async fn leads(app: &App, text: &str) -> &'static str {
    match try_password(app, NAME, text).await.1 {
        PasswordAnswer::Choose(_) => "choose",
        PasswordAnswer::EnrolOnly(_) => "in",
        PasswordAnswer::Wrong => "wrong",
        PasswordAnswer::Blocked { .. } => "blocked",
        PasswordAnswer::Factor(_) => "factor",
        PasswordAnswer::Waived(_) => "waived",
        PasswordAnswer::NoWay | PasswordAnswer::Abandoned => "stranded",
    }
}

/// Whom a password lets in alone.
async fn lets_in(app: &App, text: &str) -> AccountId {
    let answer = try_password(app, NAME, text).await.1;
    let PasswordAnswer::EnrolOnly(Granted::Session { session, .. }) = answer else {
        panic!("{answer:?}")
    };
    session.login.account
}

/// How many wrong passwords are counted of an account in a row, and whether it is blocked.
async fn counted(app: &App, account: &Account) -> (i64, bool) {
    let streak = format!(
        "SELECT CAST(streak AS TEXT) FROM lockout WHERE subject = '{}' AND secret = 'password'",
        account.id
    );
    let streak = texts(&app.db, &streak).await;
    let mut tx = app.db.read().await.unwrap();
    let (subject, now) = (Subject::account(&account.id), app.clock.now());
    let block = lockout::block(&mut tx, &subject, Counted::Password, now).await.unwrap();
    (streak.first().map_or(0, |text| text.parse().unwrap()), block.is_some())
}

fn over(chosen: Result<Chosen>) -> bool {
    matches!(chosen, Err(Error::AttemptOver))
}

#[tokio::test]
async fn c11_each_password_opens_its_own_account_and_no_question_is_asked() {
    both(async |db| {
        let (app, first, second) = two(db, PASSWORD, OTHER).await;
        assert_eq!(lets_in(&app, PASSWORD).await, first.id);
        assert_eq!(lets_in(&app, OTHER).await, second.id);
        let stranger = events(&app, Some(&second.id)).await;
        assert_eq!(stranger.iter().filter(|event| *event == "session_opened").count(), 1);
    })
    .await;
}

#[tokio::test]
async fn c11_one_password_for_both_is_chosen_after_the_proof_and_once() {
    both(async |db| {
        let (app, first, second) = two(db, PASSWORD, PASSWORD).await;
        let bystander = account(&app.db, "test.ander@voorbeeld.nl").await;
        let (token, answer) = try_password(&app, NAME, PASSWORD).await;
        let PasswordAnswer::Choose(organisations) = answer else { panic!("{answer:?}") };
        let mut named: Vec<_> = organisations.iter().map(|one| one.id.clone()).collect();
        named.sort();
        let mut expected = vec![first.organisation.clone(), second.organisation.clone()];
        expected.sort();
        assert_eq!(named, expected);
        assert_eq!(offered(&app, &token).await.unwrap().map(|all| all.len()), Some(2));

        // Attack: an account that was not proven, in the choice.
        let foreign = choose(&app, &token, &bystander.organisation, None).await;
        assert!(matches!(foreign, Err(Error::NoChoice)), "{foreign:?}");
        assert_eq!(rows(&app.db, "session").await, 0);
        let seen = full_events(&app, None).await;
        assert!(seen.iter().any(|event| event["reason"] == "no_such_choice"), "{seen:?}");

        let chosen = choose(&app, &token, &second.organisation, None).await.unwrap();
        let Chosen::Password(PasswordAnswer::EnrolOnly(Granted::Session { session, .. })) = chosen
        else {
            panic!("{chosen:?}")
        };
        assert_eq!(session.login.account, second.id);
        let of_first = events(&app, Some(&first.id)).await;
        assert!(!of_first.contains(&"password_right".to_owned()), "{of_first:?}");

        // Attack: the choice replayed, for the same and for the other account.
        for organisation in [&second.organisation, &first.organisation] {
            assert!(over(choose(&app, &token, organisation, None).await));
        }
        assert_eq!(rows(&app.db, "session").await, 1);
        assert!(
            offered(&app, &token).await.unwrap().is_none(),
            "there is nothing to choose any more"
        );
    })
    .await;
}

#[tokio::test]
async fn of_sixty_four_choices_at_once_one_wins() {
    both(async |db| {
        let (app, first, second) = two(db, PASSWORD, PASSWORD).await;
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        let mut tasks = tokio::task::JoinSet::new();
        for n in 0..64 {
            let (app, token) = (app.clone(), token.clone());
            let organisation = if n % 2 == 0 { &first } else { &second }.organisation.clone();
            tasks.spawn(async move { choose(&app, &token, &organisation, None).await.is_ok() });
        }
        let won = tasks.join_all().await.into_iter().filter(|won| *won).count();
        assert_eq!((won, rows(&app.db, "session").await), (1, 1));
    })
    .await;
}

#[tokio::test]
async fn what_ended_or_changed_since_the_proof_is_no_choice() {
    both(async |db| {
        let (app, first, second) = two(db, PASSWORD, PASSWORD).await;
        let begun = async || try_password(&app, NAME, PASSWORD).await.0;
        let (changed, ended, lapsed) = (begun().await, begun().await, begun().await);
        choose_password(&app, &first, OTHER).await;
        assert!(over(choose(&app, &changed, &first.organisation, None).await), "another password");
        let mut tx = app.db.write().await.unwrap();
        accounts::store::end(&mut tx, &second.id, app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        assert!(over(choose(&app, &ended, &second.organisation, None).await), "nobody's now");
        app.clock.advance(app.config.times.attempt);
        assert!(over(choose(&app, &lapsed, &second.organisation, None).await), "too late");
        assert_eq!(rows(&app.db, "session").await, 0);
    })
    .await;
}

#[tokio::test]
async fn working_for_two_employers_blocks_neither() {
    both(async |db| {
        let (app, first, second) = two(db, PASSWORD, OTHER).await;
        for _ in 0..12 {
            assert_eq!(lets_in(&app, PASSWORD).await, first.id);
        }
        assert_eq!(counted(&app, &second).await, (1, false), "the first time it was a guess");
        for _ in 0..12 {
            assert_eq!(lets_in(&app, OTHER).await, second.id);
        }
        assert_eq!(counted(&app, &first).await, (1, false));
        assert_eq!(counted(&app, &second).await, (0, false));
        let spared = events(&app, Some(&second.id)).await;
        let spared = spared.iter().filter(|event| *event == "password_not_counted").count();
        assert_eq!(spared, 11);
    })
    .await;
}

/// Attack: who has an account with somebody's address chooses each guess as the own password, so that none
/// of them is wrong.
#[tokio::test]
async fn a_guess_through_an_account_of_ones_own_is_counted() {
    both(async |db| {
        let (app, own, victim) = two(db, PASSWORD, OTHER).await;
        for n in 1..=5 {
            choose_password(&app, &own, &format!("gok nummer {n} van velen")).await;
            assert_eq!(lets_in(&app, &format!("gok nummer {n} van velen")).await, own.id);
            assert_eq!(counted(&app, &victim).await, (n, n == 5));
        }
        choose_password(&app, &own, OTHER).await;
        assert_eq!(leads(&app, OTHER).await, "in", "what is blocked is not looked at");
    })
    .await;
}

#[tokio::test]
async fn a_success_in_one_organisation_clears_nothing_in_another() {
    both(async |db| {
        let (app, first, second) = two(db, PASSWORD, OTHER).await;
        let _ = (lets_in(&app, PASSWORD).await, lets_in(&app, OTHER).await);
        for _ in 0..3 {
            assert_eq!(leads(&app, "mis mis mis mis").await, "wrong");
        }
        assert_eq!(lets_in(&app, PASSWORD).await, first.id);
        assert_eq!((counted(&app, &first).await.0, counted(&app, &second).await.0), (0, 3));
        assert_eq!(leads(&app, "mis mis mis mis").await, "wrong");
        assert_eq!(leads(&app, "mis mis mis mis").await, "wrong", "one of them is open still");
        assert_eq!(counted(&app, &second).await, (5, true));
        assert_eq!(counted(&app, &first).await, (2, false));
        assert_eq!(leads(&app, OTHER).await, "wrong", "it is not looked at");
        assert_eq!(lets_in(&app, PASSWORD).await, first.id);
    })
    .await;
}

#[tokio::test]
async fn several_accounts_are_blocked_with_the_count_of_one_and_lifted_one_by_one() {
    both(async |db| {
        let (app, first, second) = two(db, PASSWORD, PASSWORD).await;
        for name in [NAME, "test.niemand@voorbeeld.nl"] {
            for n in 1..=6 {
                let answer = try_password(&app, name, "mis mis mis mis").await.1;
                let blocked = matches!(answer, PasswordAnswer::Blocked { until: Some(_) });
                assert_eq!(blocked, n >= 5, "{name} {n}: {answer:?}");
            }
        }
        for one in [&first, &second] {
            assert_eq!(counted(&app, one).await, (5, true));
            let told = format!("SELECT id FROM outbox WHERE account_id = '{}'", one.id);
            assert_eq!(texts(&app.db, &told).await.len(), 1, "once each");
        }
        assert_eq!(leads(&app, PASSWORD).await, "blocked");
        // A contact person of the first answers for the first.
        let mut tx = app.db.write().await.unwrap();
        let (now, policy) = (app.clock.now(), &app.config.lockout);
        lockout::lift_all(&mut tx, &first.id, now, policy).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(counted(&app, &second).await, (5, true));
        assert_eq!(lets_in(&app, PASSWORD).await, first.id, "the other is not offered");
        app.clock.advance(app.config.lockout.block);
        assert_eq!(leads(&app, PASSWORD).await, "choose");
    })
    .await;
}

#[tokio::test]
async fn the_operator_names_one_of_several_by_its_number() {
    both(async |db| {
        use crate::accounts::renaming::rename;
        use crate::accounts::run::Error;
        use crate::accounts::who::{NotOne, Who};
        let (app, first, second) = two(db, PASSWORD, PASSWORD).await;
        let operator = crate::operator::Operator::parse("Test Beheer").unwrap();
        let several = rename(&app, &first.username, "Test Arts-van Test", &operator).await;
        assert!(matches!(several, Err(Error::NotOne(NotOne::Several(_)))), "{several:?}");
        let number = Who::Number(first.number.clone());
        rename(&app, &number, "Test Arts-van Test", &operator).await.unwrap();
        let mut tx = app.db.read().await.unwrap();
        let name = async |tx: &mut Tx, one: &Account| {
            accounts::store::find(tx, &one.id).await.unwrap().unwrap().name
        };
        assert_eq!(name(&mut tx, &first).await, "Test Arts-van Test");
        assert_eq!(name(&mut tx, &second).await, second.name);
    })
    .await;
}

#[tokio::test]
async fn a_password_costs_one_hash_for_all_accounts_of_an_address() {
    both(async |db| {
        let (app, first, second) = two(db, PASSWORD, OTHER).await;
        let hashes = async |text: &str| {
            let before = app.passwords.computed.load(Ordering::SeqCst);
            let _ = try_password(&app, NAME, text).await;
            app.passwords.computed.load(Ordering::SeqCst) - before
        };
        for text in [PASSWORD, OTHER, "mis mis mis mis"] {
            assert_eq!(hashes(text).await, 1);
        }
        // Of the time before, or of an address that was another's: two salts, until each was right once.
        let room = app.passwords.admit().unwrap();
        let apart = room.hash(Secret::new(OTHER.to_owned())).await;
        let mut tx = app.db.write().await.unwrap();
        password::testing::keep(&mut tx, &second.id, &apart, app.clock.now()).await;
        tx.commit().await.unwrap();
        assert_eq!(hashes("mis mis mis mis").await, 2);
        assert_eq!(hashes(PASSWORD).await, 2);
        let _ = hashes(OTHER).await; // One by now, where the first one was that to be made anew.
        for text in [PASSWORD, OTHER, "mis mis mis mis"] {
            assert_eq!(hashes(text).await, 1, "they have one salt by now");
        }
        assert_eq!(
            (lets_in(&app, PASSWORD).await, lets_in(&app, OTHER).await),
            (first.id, second.id)
        );
    })
    .await;
}

/// A card of this number and URA, linked to an account.
async fn link(app: &App, account: &Account, subscriber: &str) {
    let factor = Factor {
        proven_at: Some(app.clock.now()),
        ..factors::testing::factor(&account.id, (Kind::Card, Evidence::CardPin), app.clock.now())
    };
    let mut tx = app.db.write().await.unwrap();
    factors::store::insert(&mut tx, &factor).await.unwrap();
    let organisation = &account.organisation;
    let linked =
        factors::store::link_card(&mut tx, &factor.id, organisation, "900000001", subscriber);
    linked.await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn c11_a_card_sees_the_accounts_whose_ura_it_names_and_its_holder_chooses() {
    both(async |db| {
        let (app, first, second) = two(db, PASSWORD, PASSWORD).await;
        let third = employed(&app, PASSWORD).await;
        for (account, subscriber) in [(&first, URA), (&second, URA), (&third, "90000456")] {
            link(&app, account, subscriber).await;
        }
        let show = async |subscriber: &str| {
            let token = attempt(&app).await;
            let card = verified_card("900000001", subscriber, "Arts");
            (token.clone(), decide(&app, &token, Ok(card)).await.unwrap())
        };
        let (_, alone) = show("90000456").await;
        let CardAnswer::Done(Granted::Session { session, .. }) = alone else { panic!("{alone:?}") };
        assert_eq!(session.login.account, third.id, "one is no question");

        let (token, answer) = show(URA).await;
        let CardAnswer::Choose(organisations) = answer else { panic!("{answer:?}") };
        assert_eq!(organisations.len(), 2);
        let foreign = choose(&app, &token, &third.organisation, None).await;
        assert!(matches!(foreign, Err(Error::NoChoice)), "the card names another URA: {foreign:?}");
        let chosen = choose(&app, &token, &second.organisation, None).await.unwrap();
        let Chosen::Card(CardAnswer::Done(Granted::Session { session, .. })) = chosen else {
            panic!("{chosen:?}")
        };
        assert_eq!((&session.login.account, session.login.level), (&second.id, Level::High));
        assert!(over(choose(&app, &token, &first.organisation, None).await));
        let proven = full_events(&app, Some(&second.id)).await;
        let proven = proven.iter().find(|event| event["event"] == "factor_proven").unwrap();
        assert_eq!(proven["card"]["uzi_number"], "900000001", "the audit has the card");

        // After a password the card is that of its account, and nothing is asked.
        let token = attempt(&app).await;
        let given = Secret::new(PASSWORD.to_owned());
        let _ = crate::login::password::check(&app, &token, NAME, given).await.unwrap();
        choose(&app, &token, &first.organisation, None).await.unwrap();
        let card = verified_card("900000001", URA, "Arts");
        let answer = decide(&app, &token, Ok(card)).await.unwrap();
        let CardAnswer::Done(Granted::Session { session, .. }) = answer else {
            panic!("{answer:?}")
        };
        assert_eq!(session.login.account, first.id);
    })
    .await;
}

#[tokio::test]
async fn a_card_that_was_removed_since_it_was_shown_is_no_choice() {
    both(async |db| {
        let (app, first, second) = two(db, PASSWORD, PASSWORD).await;
        link(&app, &first, URA).await;
        link(&app, &second, URA).await;
        let token = attempt(&app).await;
        let card = verified_card("900000001", URA, "Arts");
        let answer = decide(&app, &token, Ok(card)).await.unwrap();
        assert!(matches!(answer, CardAnswer::Choose(_)), "{answer:?}");
        change(
            &app.db,
            &format!("UPDATE factor SET suspended_at = 1 WHERE account_id = '{}'", first.id),
        )
        .await;
        change(&app.db, "DELETE FROM card").await;
        change(&app.db, &format!("DELETE FROM factor WHERE account_id = '{}'", second.id)).await;
        assert!(over(choose(&app, &token, &second.organisation, None).await));
        let suspended = choose(&app, &token, &first.organisation, None).await.unwrap();
        assert!(matches!(suspended, Chosen::Card(CardAnswer::Refused(Refusal::Suspended))));
        assert_eq!(rows(&app.db, "session").await, 0);
    })
    .await;
}

#[test]
fn of_several_blocks_the_one_that_ends_first_is_told() {
    let until = |millis| Block::Until(Time::from_millis(millis));
    let first = |blocks: &[Block]| crate::login::password::opens(blocks);
    assert_eq!(first(&[until(3), until(2), Block::Closed]), Some(until(2)));
    assert_eq!(first(&[Block::Closed]), Some(Block::Closed));
    assert_eq!(first(&[]), None);
}
