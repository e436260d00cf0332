//! What a contact person does for a colleague: each in one transaction, with its audit event.

use super::rules::{self, Contacts};
use super::{Error, Result};
use crate::access;
use crate::accounts::{self, Account, Role};
use crate::activation::appointed;
use crate::app::App;
use crate::audit::{self, By};
use crate::authorisations;
use crate::delivery;
use crate::delivery::message::Message;
use crate::enrolment;
use crate::enrolment::email;
use crate::id::AccountId;
use crate::label;
use crate::lockout;
use crate::login;
use crate::login::run::Spared;
use crate::management::manager_of;
use crate::organisations;
use crate::password;
use crate::pin;
use crate::sessions::Session;
use crate::storage::{self, Tx};

/// Lifts the blocks of a colleague's password log-in, PIN and codes. Wrong ones stay counted. Whether
/// anything was blocked; then the colleague is told, and what the account has under way ends.
///
/// Errors: [`super::Error::Denied`] for oneself; [`super::Error::Management`].
pub async fn unblock(app: &App, session: &Session, id: &AccountId) -> Result<bool> {
    let mut tx = app.db.write().await?;
    let (manager, whom, by) = manager_of(app, &mut tx, session, id, app.clock.now()).await?;
    rules::may_help(&manager.id, &whom)?;
    let lifted = lockout::lift_all(&mut tx, &whom.id, by.now, &app.config.lockout).await?;
    for lifted in &lifted {
        let event = audit::Event::of_lifted(*lifted);
        audit::record(&mut tx, &by, Some(&whom.id), &event).await?;
    }
    let any = !lifted.is_empty();
    if any {
        login::run::end_under_way(&mut tx, &whom.id, Spared::Nothing, &by).await?;
        tell(app, &mut tx, &whom, Message::Unblocked { lifted }, (&by, &manager)).await?;
    }
    tx.commit().await?;
    Ok(any)
}

/// Gives a colleague another name: who married, or was misspelt. The colleague and the contact persons are told,
/// for it is by the name that an UZI card fits.
///
/// Errors: [`Error::Name`]; [`Error::Denied`] for oneself; [`Error::Management`].
pub async fn rename(app: &App, session: &Session, id: &AccountId, name: &str) -> Result<()> {
    let name = label::parse(name, LONGEST_NAME).ok_or(Error::Name)?;
    let mut tx = app.db.write().await?;
    let (manager, whom, by) = manager_of(app, &mut tx, session, id, app.clock.now()).await?;
    rules::may_help(&manager.id, &whom)?;
    if whom.name != name {
        accounts::store::rename(&mut tx, &whom.id, &name, by.now).await?;
        audit::record(&mut tx, &by, Some(&whom.id), &audit::Event::AccountRenamed).await?;
        let message = Message::Renamed { was: whom.name.clone(), is: name };
        tell(app, &mut tx, &whom, message, (&by, &manager)).await?;
    }
    Ok(tx.commit().await?)
}

/// Makes a colleague a contact person, or no longer, and tells it. The PIN of who has not activated yet goes by
/// post then, and the one in a Berichtenbox is over.
///
/// Errors: [`Error::Denied`] where that may not be; [`Error::Letter`]; [`Error::Management`].
pub async fn appoint(app: &App, session: &Session, id: &AccountId, role: Role) -> Result<()> {
    let (pin, hash) = match role {
        Role::ContactPerson => appointed::prepared(app, id).await?,
        Role::Colleague => return demote(app, session, id).await,
    };
    let mut tx = app.db.write().await?;
    let (manager, whom, by) = manager_of(app, &mut tx, session, id, app.clock.now()).await?;
    let contacts = contacts(&mut tx, &manager).await?;
    rules::may_appoint(&manager.id, &whom, role, &contacts)?;
    if whom.role != role {
        give(&mut tx, &whom, role, &by).await?;
        tell(app, &mut tx, &whom, Message::RoleGiven, (&by, &manager)).await?;
        let notice = delivery::notice_by(Message::BackupEmailRemoved, &by, &manager.name);
        email::take_away(app, &mut tx, &whom.id, (notice, &by)).await?;
        appointed::post(app, &mut tx, (&manager, &whom), (&pin, hash), &by).await?;
    }
    Ok(tx.commit().await?)
}

/// Makes a contact person a colleague.
async fn demote(app: &App, session: &Session, id: &AccountId) -> Result<()> {
    let mut tx = app.db.write().await?;
    let (manager, whom, by) = manager_of(app, &mut tx, session, id, app.clock.now()).await?;
    let contacts = contacts(&mut tx, &manager).await?;
    rules::may_appoint(&manager.id, &whom, Role::Colleague, &contacts)?;
    if whom.role != Role::Colleague {
        give(&mut tx, &whom, Role::Colleague, &by).await?;
        tell(app, &mut tx, &whom, Message::RoleTaken, (&by, &manager)).await?;
    }
    Ok(tx.commit().await?)
}

async fn give(tx: &mut Tx, whom: &Account, role: Role, by: &By) -> storage::Result<()> {
    accounts::store::appoint(tx, &whom.id, role).await?;
    let event = audit::Event::RoleChanged { was: whom.role.as_str(), is: role.as_str() };
    audit::record(tx, by, Some(&whom.id), &event).await
}

/// Ends the account of a colleague who leaves: from then on nothing opens it, and nothing of it is left
/// that could. The e-mail address is free again, for another account.
///
/// Errors: [`Error::Denied`] where that may not be; [`Error::Management`].
pub async fn end(app: &App, session: &Session, id: &AccountId) -> Result<()> {
    let mut tx = app.db.write().await?;
    let (manager, whom, by) = manager_of(app, &mut tx, session, id, app.clock.now()).await?;
    let contacts = contacts(&mut tx, &manager).await?;
    rules::may_end(&manager.id, &whom, &contacts)?;
    let notice = delivery::notice_by(Message::AccountEnded, &by, &manager.name);
    delivery::run::tell_of_end(app, &mut tx, &whom, notice).await?;
    enrolment::run::remove_all(&mut tx, &whom.id, &by).await?;
    for pin in pin::store::end_all(&mut tx, &whom.id, by.now).await? {
        audit::record(&mut tx, &by, Some(&whom.id), &audit::Event::PinEnded { pin }).await?;
    }
    pin::store::answer(&mut tx, &whom.id, by.now).await?;
    access::store::end(&mut tx, &whom.id, by.now).await?;
    authorisations::store::end(&mut tx, &whom.id).await?;
    password::store::forget(&mut tx, &whom.id).await?;
    accounts::store::end(&mut tx, &whom.id, by.now).await?;
    audit::record(&mut tx, &by, Some(&whom.id), &audit::Event::AccountEnded).await?;
    Ok(tx.commit().await?)
}

async fn contacts(tx: &mut Tx, manager: &Account) -> storage::Result<Contacts> {
    let main = organisations::store::main_contact(tx, &manager.organisation).await?;
    let all = accounts::store::contact_persons(tx, &manager.organisation).await?.len();
    Ok(Contacts { main, all })
}

/// Tells the colleague, and every contact person, what this one did.
pub(super) async fn tell(
    app: &App,
    tx: &mut Tx,
    whom: &Account,
    message: Message,
    (by, manager): (&By, &Account),
) -> storage::Result<()> {
    let notice = delivery::notice_by(message, by, &manager.name);
    delivery::run::tell(app, tx, &whom.id, notice).await
}

/// Characters in a person's name, at most.
pub const LONGEST_NAME: usize = 200;
