//! Becoming a contact person before activating, on both engines (flows A2).

use super::{PASSWORD, add_arts, box_of, choose, contact, events, open, prove_a_key, waiting};
use crate::accounts::{self, Account, Role};
use crate::activation::choose::Answer;
use crate::administration::{self, colleagues};
use crate::app::App;
use crate::app::testing::{app, with};
use crate::delivery;
use crate::delivery::message::Message;
use crate::id::AccountId;
use crate::inbox;
use crate::inbox::run::take_secret;
use crate::letters::{self, PrintKey};
use crate::organisations::{self, PostalAddress};
use crate::pin::ActivationPin;
use crate::sessions::Session;
use crate::storage::Db;
use crate::storage::testing::{both, rows};

/// A server whose letters somebody prints.
fn posting(db: Db) -> App {
    let identity = age::x25519::Identity::generate();
    let key = PrintKey::parse(&identity.to_public().to_string()).ok();
    with(db, |config, _| config.letters.key = key)
}

/// Where the letters of this account's organisation go.
async fn lives(app: &App, account: &Account) {
    let address = PostalAddress::parse("Dorpsstraat 1, 1234 AB Voorbeelddorp").unwrap();
    let mut tx = app.db.write().await.unwrap();
    organisations::store::set_address(&mut tx, &account.organisation, &address).await.unwrap();
    tx.commit().await.unwrap();
}

async fn appoint(
    app: &App,
    session: &Session,
    whom: &AccountId,
) -> Result<(), administration::Error> {
    colleagues::appoint(app, session, whom, Role::ContactPerson).await
}

async fn role(app: &App, id: &AccountId) -> Role {
    let mut tx = app.db.read().await.unwrap();
    accounts::store::find(&mut tx, id).await.unwrap().unwrap().role
}

async fn works(app: &App, account: &Account, pin: &ActivationPin) -> bool {
    match choose(app, &account.number, pin, PASSWORD).await {
        Answer::Wrong => false,
        Answer::EnrolOnly(_) | Answer::LogIn => true,
        Answer::Blocked => panic!("nobody tried that often"),
    }
}

#[tokio::test]
async fn the_pin_in_the_box_of_who_becomes_a_contact_person_is_over_and_another_goes_by_post() {
    both(async |db| {
        let app = posting(db);
        let (main, session) = contact(&app).await;
        lives(&app, &main).await;
        let colleague = add_arts(&app, &session).await;
        let known = open(&app, &session).await;
        appoint(&app, &session, &colleague.id).await.unwrap();
        assert_eq!(role(&app, &colleague.id).await, Role::ContactPerson);
        assert!(!works(&app, &colleague, &known).await, "who added them knows it");
        assert_eq!(rows(&app.db, "letter").await, 1);
        let said = events(&app, &colleague).await;
        for event in ["role_changed", "pin_ended", "pin_made", "letter_written"] {
            assert!(said.contains(&format!("\"event\":\"{event}\"")), "{event}: {said}");
        }
        let told = box_of(&app, &session).await;
        let (name, by) = (colleague.name.clone(), main.name.clone());
        let message = inbox::Message::PinByPost { name, by };
        assert_eq!(told.iter().filter(|kept| kept.message == message).count(), 1, "{told:?}");
        let sent = delivery::run::waiting(&app).await;
        assert!(sent.contains(&Message::LetterInstead), "{sent:?}");
        // Once more, and there and back, changes nothing of that.
        appoint(&app, &session, &colleague.id).await.unwrap();
        colleagues::appoint(&app, &session, &colleague.id, Role::Colleague).await.unwrap();
        appoint(&app, &session, &colleague.id).await.unwrap();
        assert_eq!(rows(&app.db, "letter").await, 1, "the letter that was written goes");
    })
    .await;
}

#[tokio::test]
async fn what_lies_unopened_in_the_box_is_gone_from_it() {
    both(async |db| {
        let app = posting(db);
        let (main, session) = contact(&app).await;
        lives(&app, &main).await;
        let colleague = add_arts(&app, &session).await;
        let message = waiting(&app, &session).await;
        let another = super::add_named(&app, &session, "balie", "Test Balie").await;
        appoint(&app, &session, &colleague.id).await.unwrap();
        let late = take_secret(&app, &session, &message).await;
        assert!(matches!(late, Err(inbox::run::Error::Gone)), "{late:?}");
        assert_eq!(rows(&app.db, "message_secret").await, 1, "that of another is there");
        assert!(works(&app, &another, &open(&app, &session).await).await);
    })
    .await;
}

#[tokio::test]
async fn where_no_letter_can_be_written_nobody_is_appointed_and_the_pin_works_on() {
    both(async |db| {
        let app = posting(db);
        let (_, session) = contact(&app).await;
        let colleague = add_arts(&app, &session).await;
        let known = open(&app, &session).await;
        let refused = appoint(&app, &session, &colleague.id).await;
        let address = letters::run::Error::NoAddress.to_string();
        let Err(administration::Error::Letter(error)) = refused else { panic!("{refused:?}") };
        assert_eq!(error.to_string(), address);
        assert_eq!(role(&app, &colleague.id).await, Role::Colleague);
        assert!(!events(&app, &colleague).await.contains("role_changed"));
        assert!(works(&app, &colleague, &known).await);
    })
    .await;
}

#[tokio::test]
async fn who_has_a_password_or_something_to_log_in_with_keeps_the_pin() {
    both(async |db| {
        let app = app(db); // nobody prints letters for it
        let (_, session) = contact(&app).await;
        let colleague = add_arts(&app, &session).await;
        let known = open(&app, &session).await;
        assert!(works(&app, &colleague, &known).await);
        appoint(&app, &session, &colleague.id).await.unwrap();
        let other = super::add_named(&app, &session, "balie", "Test Balie").await;
        prove_a_key(&app, &other).await;
        appoint(&app, &session, &other.id).await.unwrap();
        for account in [&colleague, &other] {
            assert_eq!(role(&app, &account.id).await, Role::ContactPerson);
            assert!(!events(&app, account).await.contains("pin_ended"));
        }
        assert_eq!(rows(&app.db, "letter").await, 0);
    })
    .await;
}
