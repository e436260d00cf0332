//! A contact person's card in the place of all there was, on both engines (flows D4).

use super::*;
use crate::accounts::renaming::rename;
use crate::enrolment::policy::Unfit;
use crate::factors::card::Verified;
use crate::factors::testing::{SoftKey, revoked_card, verified_card};
use crate::factors::{Kind, security_key::KeyKind};
use crate::login::PasswordAnswer;
use crate::login::tests::{
    NAME, PASSWORD, attempt, begin as setting, done, enrol, events, tap, try_password,
};
use crate::operator::Operator;
use crate::organisations::{self, Subscriber};
use crate::sessions::{Scope, Session, Way};
use crate::storage::Db;
use crate::storage::testing::{both, change, rows, texts};
use crate::uzi::sighting::Standing;
use std::sync::Arc;
use std::time::Duration;

const URA: &str = "90000123";

fn mine() -> Verified {
    verified_card("900000001", URA, "Arts")
}

/// A contact person with a passkey that proved itself, a recovery code, and a practice that has an URA.
async fn equipped(db: Db) -> (Arc<App>, Account, SoftKey) {
    let (app, account) = setting(db).await;
    let mut tx = app.db.write().await.unwrap();
    let subscriber = Subscriber::parse(URA).unwrap();
    organisations::store::set_subscriber(&mut tx, &account.organisation, &subscriber)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let mut soft = SoftKey::new();
    enrol(&app, &mut soft, KeyKind::Passkey).await;
    let session = done(tap(&app, &attempt(&app).await, &mut soft).await);
    let _paper = crate::recovery::run::make(&app, &session).await.unwrap();
    (app, account, soft)
}

async fn after_the_password(app: &App) -> Token {
    let (token, answer) = try_password(app, NAME, PASSWORD).await;
    assert!(matches!(answer, PasswordAnswer::Factor(_)), "{answer:?}");
    token
}

fn session(granted: Result<Granted>) -> Session {
    let Ok(Granted::Session { session, .. }) = granted else { panic!("{granted:?}") };
    session
}

async fn kinds(app: &App, account: &AccountId) -> Vec<Kind> {
    let mut tx = app.db.read().await.unwrap();
    let factors = crate::factors::store::list(&mut tx, account).await.unwrap();
    factors.into_iter().map(|factor| factor.kind).collect()
}

#[tokio::test]
async fn d4_a_contact_persons_card_takes_the_place_of_all_there_was() {
    both(async |db| {
        let (app, account, mut old) = equipped(db).await;
        let elsewhere = after_the_password(&app).await;
        let token = after_the_password(&app).await;
        assert!(is_asked(&app, &token).await.unwrap());
        assert_eq!(nonce(&app, &token).await.unwrap().len(), 44);
        let opened = session(decide(&app, &token, Ok(mine())).await);
        assert_eq!((opened.login.scope, opened.login.way), (Scope::Full, Way::Card));
        assert_eq!(opened.login.level, Level::Substantial, "no more than any way back");
        assert_eq!(kinds(&app, &account.id).await, [Kind::Card]);
        assert_eq!(rows(&app.db, "recovery_code").await, 0);
        let late = tap(&app, &attempt(&app).await, &mut old).await;
        assert!(matches!(late, login::FactorAnswer::Refused(_)), "{late:?}");
        let over = decide(&app, &elsewhere, Ok(mine())).await;
        assert!(matches!(over, Err(Error::SessionOver)), "{over:?}");
        let told = texts(&app.db, "SELECT kind FROM outbox").await;
        for kind in ["set_up_by_card", "factor_removed", "factor_added"] {
            assert!(told.iter().any(|one| one == kind), "{kind}: {told:?}");
        }
        let seen = events(&app, Some(&account.id)).await;
        for event in ["set_up_anew", "recovery_code_ended", "factor_removed", "factor_added"] {
            assert!(seen.iter().any(|one| one == event), "{event}: {seen:?}");
        }
        let alone = login::card::decide(&app, &attempt(&app).await, Ok(mine())).await.unwrap();
        assert!(matches!(alone, login::card::CardAnswer::Done(_)), "{alone:?}");
    })
    .await;
}

/// Attack: a card of somebody else, of another practice, or one that was revoked, with a stolen password.
#[tokio::test]
async fn a_card_that_does_not_fit_takes_nobodys_place() {
    both(async |db| {
        let (app, account, mut soft) = equipped(db).await;
        let token = after_the_password(&app).await;
        let stranger = decide(&app, &token, Ok(verified_card("900000001", URA, "Anders"))).await;
        assert!(matches!(stranger, Err(Error::Unfit(Unfit::OtherName))), "{stranger:?}");
        let practice = verified_card("900000001", "90000124", "Arts");
        let practice = decide(&app, &token, Ok(practice)).await;
        assert!(matches!(practice, Err(Error::Unfit(Unfit::OtherSubscriber))), "{practice:?}");
        let revoked = revoked_card("900000001", URA, Standing::Held);
        let revoked = decide(&app, &token, Err(revoked)).await;
        assert!(matches!(revoked, Err(Error::Card(_))), "{revoked:?}");
        assert_eq!(kinds(&app, &account.id).await, [Kind::Passkey]);
        assert_eq!(rows(&app.db, "recovery_code").await, 1);
        done(tap(&app, &attempt(&app).await, &mut soft).await);
        let seen = events(&app, Some(&account.id)).await;
        assert_eq!(seen.iter().filter(|event| *event == "factor_refused").count(), 3);
        assert!(!seen.iter().any(|event| event == "set_up_anew"), "{seen:?}");
    })
    .await;
}

/// Attack: the road of the contact person taken by whom a contact person helps, or before the password.
#[tokio::test]
async fn a_card_is_asked_of_contact_persons_after_the_password_only() {
    both(async |db| {
        let (app, account, _) = equipped(db).await;
        let before = attempt(&app).await;
        assert!(!is_asked(&app, &before).await.unwrap());
        let early = decide(&app, &before, Ok(mine())).await;
        assert!(matches!(early, Err(Error::SessionOver)), "{early:?}");
        let token = after_the_password(&app).await;
        let demoted = format!("UPDATE account SET role = 'colleague' WHERE id = '{}'", account.id);
        change(&app.db, &demoted).await;
        assert!(!is_asked(&app, &token).await.unwrap());
        assert!(matches!(nonce(&app, &token).await, Err(Error::SessionOver)));
        let colleague = decide(&app, &token, Ok(mine())).await;
        assert!(matches!(colleague, Err(Error::SessionOver)), "{colleague:?}");
        assert_eq!(kinds(&app, &account.id).await, [Kind::Passkey]);
    })
    .await;
}

/// Attack: many at once with one card and one password.
#[tokio::test]
async fn of_many_cards_at_once_one_lets_in() {
    both(async |db| {
        let (app, account, _) = equipped(db).await;
        let token = after_the_password(&app).await;
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..16 {
            let (app, token) = (Arc::clone(&app), token.clone());
            tasks.spawn(async move { decide(&app, &token, Ok(mine())).await.is_ok() });
        }
        let won = tasks.join_all().await.into_iter().filter(|won| *won).count();
        assert_eq!(won, 1);
        assert_eq!(kinds(&app, &account.id).await, [Kind::Card]);
    })
    .await;
}

/// Attack: a voice has an operator give the account a colleague's name; that colleague has the password and a card
/// of their own, or the operator links it.
#[tokio::test]
async fn renamed_by_voice_then_a_card_does_not_add_up() {
    both(async |db| {
        let (app, account, _) = equipped(db).await;
        let before = after_the_password(&app).await;
        let operator = Operator::parse("Test Beheer").unwrap();
        let _ = rename(&app, &account.username, "Test Anders", &operator).await.unwrap();
        let theirs = || Ok(verified_card("900000009", URA, "Anders"));
        let over = decide(&app, &before, theirs()).await;
        assert!(matches!(over, Err(Error::SessionOver)), "it ends what was begun: {over:?}");
        let told = texts(&app.db, "SELECT kind FROM outbox").await;
        assert!(told.iter().any(|kind| kind == "renamed"), "the owner hears of it: {told:?}");
        app.clock.advance(app.config.times.anchor - Duration::from_secs(1));
        let token = after_the_password(&app).await;
        let early = decide(&app, &token, theirs()).await;
        assert!(matches!(early, Err(Error::Unfit(Unfit::NewName))), "{early:?}");
        let by_hand = (FirstName::Vouched, &operator);
        let vouched = card::vouch(&app, &account.username, theirs(), by_hand).await;
        assert!(matches!(vouched, Err(Error::Unfit(Unfit::NewName))), "{vouched:?}");
        assert_eq!(kinds(&app, &account.id).await, [Kind::Passkey]);
        assert_eq!(rows(&app.db, "recovery_code").await, 1);
        let refused = texts(&app.db, "SELECT event FROM audit").await;
        let refused = refused.iter().filter(|event| event.contains("\"new_name\""));
        assert_eq!(refused.count(), 2, "both are recorded");
        // Nobody objected for a week: it is the name.
        app.clock.advance(Duration::from_secs(1));
        let opened = session(decide(&app, &token, theirs()).await);
        assert_eq!(opened.login.way, Way::Card);
    })
    .await;
}
