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
    while requests(app, &by).await? {}
    while pins(app, &by).await? {}
    while asked(app, &by).await? {}
    letters::run::forget(app, by.now).await
}

/// Ends some requests; whether there may be more.
async fn requests(app: &App, by: &By) -> Result<bool> {
    let mut tx = app.db.write().await?;
    let lapsed = accounts::store::lapse_requests(&mut tx, by.now).await?;
    for account in &lapsed {
        for pin in pin::store::end_all(&mut tx, account, by.now).await? {
            let event = audit::Event::PinEnded { pin };
            audit::record(&mut tx, by, Some(account), &event).await?;
        }
        audit::record(&mut tx, by, Some(account), &audit::Event::RequestLapsed).await?;
        if let Some(account) = accounts::store::find(&mut tx, account).await? {
            mail(app, &mut tx, &account, Told::AccountLapsed, by).await?;
            let message = Message::RequestLapsed { name: account.name.clone() };
            tell_contact_persons(app, &mut tx, &account.organisation, &message, (None, by)).await?;
        }
    }
    tx.commit().await?;
    Ok(!lapsed.is_empty())
}

/// Ends some PINs; whether there may be more.
async fn pins(app: &App, by: &By) -> Result<bool> {
    let mut tx = app.db.write().await?;
    let lapsed = pin::store::lapse(&mut tx, by.now).await?;
    let more = !lapsed.is_empty();
    for (pin, account, road) in lapsed {
        let event = audit::Event::PinLapsed { pin };
        audit::record(&mut tx, by, Some(&account), &event).await?;
        let Some(account) = accounts::store::find(&mut tx, &account).await? else { continue };
        let name = account.name.clone();
        let message = match road {
            Road::Box => {
                mail(app, &mut tx, &account, Told::PinLapsed, by).await?;
                Message::PinLapsed { name }
            }
            Road::Post => {
                letters::run::tell_of_lapse(app, &mut tx, &account, by).await?;
                Message::LetterLapsed { name }
            }
        };
        tell_contact_persons(app, &mut tx, &account.organisation, &message, (None, by)).await?;
    }
    tx.commit().await?;
    Ok(more)
}

/// Forgets some of those who ask and were not answered; whether there may be more.
async fn asked(app: &App, by: &By) -> Result<bool> {
    let mut tx = app.db.write().await?;
    let more = super::forgotten::lapse(&mut tx, by).await?;
    tx.commit().await?;
    Ok(more)
}

/// The same by e-mail: who has nothing to do in the Berichtenbox may not open it for weeks.
async fn mail(app: &App, tx: &mut Tx, account: &Account, message: Told, by: &By) -> Result<()> {
    let notice = delivery::notice(message, by, "");
    let (organisation, about) = (&account.organisation, account.name.as_str());
    delivery::run::tell_contact_persons(app, tx, organisation, about, notice).await
}
