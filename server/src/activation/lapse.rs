//! What was not used in time: PINs that nobody opened, accounts that nobody activated.

use super::tell_contact_persons;
use crate::accounts::{self, Account};
use crate::app::App;
use crate::audit::{self, Actor, By};
use crate::delivery;
use crate::delivery::message::Message as Told;
use crate::inbox::Message;
use crate::letters;
use crate::pin;
use crate::pin::rules::Road;
use crate::storage::{Result, Tx};

/// Ends the PINs and requests whose time is over, and tells the contact persons.
pub async fn lapse(app: &App) -> Result<()> {
    let by = By { actor: Actor::Clock, random: app.random, now: app.clock.now() };
    let mut tx = app.db.write().await?;
    for account in accounts::store::lapse_requests(&mut tx, by.now).await? {
        for pin in pin::store::end_all(&mut tx, &account, by.now).await? {
            let event = audit::Event::PinEnded { pin };
            audit::record(&mut tx, &by, Some(&account), &event).await?;
        }
        audit::record(&mut tx, &by, Some(&account), &audit::Event::RequestLapsed).await?;
        if let Some(account) = accounts::store::find(&mut tx, &account).await? {
            mail(app, &mut tx, &account, Told::AccountLapsed, &by).await?;
            let message = Message::RequestLapsed { name: account.name.clone() };
            tell_contact_persons(&mut tx, &account.organisation, &message, (None, &by)).await?;
        }
    }
    for (pin, account, road) in pin::store::lapse(&mut tx, by.now).await? {
        let event = audit::Event::PinLapsed { pin };
        audit::record(&mut tx, &by, Some(&account), &event).await?;
        let Some(account) = accounts::store::find(&mut tx, &account).await? else { continue };
        let name = account.name.clone();
        let message = match road {
            Road::Box => {
                mail(app, &mut tx, &account, Told::PinLapsed, &by).await?;
                Message::PinLapsed { name }
            }
            Road::Post => {
                letters::run::tell_of_lapse(app, &mut tx, &account, &by).await?;
                Message::LetterLapsed { name }
            }
        };
        tell_contact_persons(&mut tx, &account.organisation, &message, (None, &by)).await?;
    }
    super::forgotten::lapse(&mut tx, &by).await?;
    letters::run::forget(&mut tx, by.now).await?;
    tx.commit().await
}

/// The same by e-mail: who has nothing to do in the Berichtenbox may not open it for weeks.
async fn mail(app: &App, tx: &mut Tx, account: &Account, message: Told, by: &By) -> Result<()> {
    let notice = delivery::notice(message, by, "");
    let (organisation, about) = (&account.organisation, account.name.as_str());
    delivery::run::tell_contact_persons(app, tx, organisation, about, notice).await
}
