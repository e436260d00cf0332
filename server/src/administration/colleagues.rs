//! What a contact person does for a colleague: each in one transaction, with its audit event.

use super::rules::{self, Contacts};
use super::{Error, Result, contact};
use crate::accounts::{self, Account, Role};
use crate::app::App;
use crate::audit::{self, By};
use crate::enrolment;
use crate::id::AccountId;
use crate::label;
use crate::lockout::{self, Counted, Subject};
use crate::organisations;
use crate::password;
use crate::pin;
use crate::sessions::Session;
use crate::storage::{self, Tx};

/// Lifts the blocks of a colleague's password log-in and PIN. Wrong ones stay counted. Whether
/// anything was blocked.
///
/// Errors: [`Error::NoColleague`], [`Error::Denied`], [`Error::SessionOver`].
pub async fn unblock(app: &App, session: &Session, id: &AccountId) -> Result<bool> {
    let mut tx = app.db.write().await?;
    let (whom, _, by) = colleague(app, &mut tx, session, id).await?;
    let subject = Subject::account(&whom.id);
    let mut lifted = false;
    for (secret, event) in [
        (Counted::Password, audit::Event::PasswordUnblocked),
        (Counted::Pin, audit::Event::PinUnblocked),
    ] {
        if lockout::lift(&mut tx, &subject, secret, by.now).await? {
            audit::record(&mut tx, &by, Some(&whom.id), &event).await?;
            lifted = true;
        }
    }
    tx.commit().await?;
    Ok(lifted)
}

/// Gives a colleague another name: who married, or was misspelt.
///
/// Errors: [`Error::Name`]; as [`unblock`].
pub async fn rename(app: &App, session: &Session, id: &AccountId, name: &str) -> Result<()> {
    let name = label::parse(name, LONGEST_NAME).ok_or(Error::Name)?;
    let mut tx = app.db.write().await?;
    let (whom, _, by) = colleague(app, &mut tx, session, id).await?;
    if whom.name != name {
        accounts::store::rename(&mut tx, &whom.id, &name).await?;
        audit::record(&mut tx, &by, Some(&whom.id), &audit::Event::AccountRenamed).await?;
    }
    Ok(tx.commit().await?)
}

/// Makes a colleague a contact person, or no longer.
///
/// Errors: [`Error::Denied`] where that may not be; as [`unblock`].
pub async fn appoint(app: &App, session: &Session, id: &AccountId, role: Role) -> Result<()> {
    let mut tx = app.db.write().await?;
    let (whom, contacts, by) = colleague(app, &mut tx, session, id).await?;
    rules::may_appoint(&session.login.account, &whom, role, &contacts)?;
    if whom.role != role {
        accounts::store::appoint(&mut tx, &whom.id, role).await?;
        let event = audit::Event::RoleChanged { was: whom.role.as_str(), is: role.as_str() };
        audit::record(&mut tx, &by, Some(&whom.id), &event).await?;
    }
    Ok(tx.commit().await?)
}

/// Ends the account of a colleague who leaves: from then on nothing opens it, and nothing of it is left
/// that could. The e-mail address is free again, for another account.
///
/// Errors: [`Error::Denied`] where that may not be; as [`unblock`].
pub async fn end(app: &App, session: &Session, id: &AccountId) -> Result<()> {
    let mut tx = app.db.write().await?;
    let (whom, contacts, by) = colleague(app, &mut tx, session, id).await?;
    rules::may_end(&session.login.account, &whom, &contacts)?;
    enrolment::run::remove_all(&mut tx, &whom.id, &by).await?;
    for pin in pin::store::end_all(&mut tx, &whom.id, by.now).await? {
        audit::record(&mut tx, &by, Some(&whom.id), &audit::Event::PinEnded { pin }).await?;
    }
    password::store::forget(&mut tx, &whom.id).await?;
    accounts::store::end(&mut tx, &whom.id, by.now).await?;
    audit::record(&mut tx, &by, Some(&whom.id), &audit::Event::AccountEnded).await?;
    Ok(tx.commit().await?)
}

/// The colleague with this id, kept from every other change until the transaction ends, the contact
/// persons there are, and who asks.
async fn colleague(
    app: &App,
    tx: &mut Tx,
    session: &Session,
    id: &AccountId,
) -> Result<(Account, Contacts, By)> {
    let (account, by) = contact(app, tx, session, app.clock.now()).await?;
    let contacts = contacts(tx, &account).await?;
    let found = accounts::store::find(tx, id).await?;
    if found.is_none_or(|found| found.organisation != account.organisation) {
        return Err(Error::NoColleague);
    }
    let whom = accounts::store::lock(tx, id).await?.ok_or(Error::NoColleague)?;
    Ok((whom, contacts, by))
}

async fn contacts(tx: &mut Tx, account: &Account) -> storage::Result<Contacts> {
    let main = organisations::store::main_contact(tx, &account.organisation).await?;
    let all = accounts::store::contact_persons(tx, &account.organisation).await?.len();
    Ok(Contacts { main, all })
}

/// Characters in a person's name, at most.
pub const LONGEST_NAME: usize = 200;
