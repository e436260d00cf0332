//! Another name for somebody, by an operator: it is by the name that an UZI card fits an account, so whoever has
//! the account hears of it, and a card is not linked by a new name at once (`enrolment::card`).

use super::run::{Error, called, name};
use super::store;
use super::who::Who;
use crate::app::App;
use crate::audit::{self, Actor, By};
use crate::delivery;
use crate::delivery::message::Message;
use crate::login;
use crate::login::run::Spared;
use crate::operator::Operator;

/// Gives this user's account another name of its person, who married or was misspelt: an operator
/// answers for it. The person and the contact persons are told, and what is under way for the account ends. The
/// name as it is now.
///
/// Errors: [`Error::NotOne`], [`Error::Name`].
pub async fn rename(
    app: &App,
    who: impl Into<Who>,
    new: &str,
    operator: &Operator,
) -> Result<String, Error> {
    let (who, new) = (who.into(), name(new)?);
    let by = By { actor: Actor::Operator, random: app.random, now: app.clock.now() };
    let mut tx = app.db.write().await?;
    let account = called(&mut tx, &who).await?;
    if account.name != new {
        store::rename(&mut tx, &account.id, &new, by.now).await?;
        let event = audit::Event::acted("rename", operator.recorded());
        audit::record(&mut tx, &by, Some(&account.id), &event).await?;
        audit::record(&mut tx, &by, Some(&account.id), &audit::Event::AccountRenamed).await?;
        login::run::end_under_way(&mut tx, &account.id, Spared::Nothing, &by).await?;
        let message = Message::Renamed { was: account.name, is: new.clone() };
        let notice = delivery::notice(message, &by, "");
        delivery::run::tell(app, &mut tx, &account.id, notice).await?;
    }
    tx.commit().await?;
    Ok(new)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::{Account, Username};
    use crate::app::testing::app;
    use crate::storage::testing::{account, both};

    #[tokio::test]
    async fn an_operator_corrects_a_name_and_it_is_recorded_and_told_once() {
        both(async |db| {
            let app = app(db);
            let account = account(&app.db, "test.arts@voorbeeld.nl").await;
            let (username, operator) = (&account.username, Operator::parse("Test Beheer").unwrap());
            for name in ["Test Arts-van Test", "Test  Arts-van\u{200b} Test "] {
                let is = rename(&app, username, name, &operator).await.unwrap();
                assert_eq!(is, "Test Arts-van Test");
            }
            assert!(matches!(rename(&app, username, " ", &operator).await, Err(Error::Name)));
            let nobody = Username::parse("niemand@voorbeeld.nl").unwrap();
            let nobody = rename(&app, &nobody, "Test", &operator).await;
            assert!(matches!(nobody, Err(Error::NotOne(_))));
            let told = delivery::run::waiting(&app).await;
            let is = |message: &&Message| {
                matches!(message, Message::Renamed { was, is } if was == "Test Arts" && is == "Test Arts-van Test")
            };
            assert_eq!(told.iter().filter(is).count(), 1, "{told:?}");
            let mut tx = app.db.read().await.unwrap();
            let found = store::find(&mut tx, &account.id).await.unwrap().unwrap();
            assert_eq!(found, Account { name: "Test Arts-van Test".to_owned(), ..account.clone() });
            let events = audit::of_account(&mut tx, Some(&account.id)).await.unwrap();
            assert_eq!(events.len(), 2, "once, and without the person's name: {events:?}");
            assert!(events.iter().any(|event| event.contains("Test Beheer")), "{events:?}");
            assert!(!format!("{events:?}").contains("Arts"), "{events:?}");
        })
        .await;
    }
}
