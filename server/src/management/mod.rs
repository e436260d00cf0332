//! Management: who manages the people of an organisation now, by one rule for everybody who asks.
//!
//! Whoever acts is locked in one order everywhere: the organisation, then the accounts, then the
//! session. Two accounts of one organisation are only ever locked under their organisation's lock, so
//! two contact persons who act on each other wait for one another and never for ever.

mod rules; // pure
#[cfg(test)]
mod tests;

pub(crate) use rules::may_manage;

use crate::accounts::{self, Account};
use crate::app::App;
use crate::audit::{Actor, By};
use crate::clock::Time;
use crate::id::AccountId;
use crate::organisations;
use crate::sessions::{self, Session};
use crate::storage::{self, Tx};

/// Why somebody manages nobody now.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The session ended before it was done.
    #[error("the session has ended: log in again")]
    SessionOver,
    /// Only a contact person manages colleagues.
    #[error("this is for contact persons")]
    NotContact,
    /// The last strong proof is too long ago: prove a factor again.
    #[error("this needs a key or card that was used in the last minutes: use it again")]
    NotFresh,
    /// The organisation has nobody with this id.
    #[error("the organisation has no such colleague")]
    NoColleague,
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

type Result<T, E = Error> = std::result::Result<T, E>;

/// The contact person of `session` and who does what follows. Organisation, account and session are kept
/// from every other change until the transaction ends.
///
/// Errors: [`Error::SessionOver`], [`Error::NotContact`], [`Error::NotFresh`].
pub(crate) async fn manager(
    app: &App,
    tx: &mut Tx,
    session: &Session,
    now: Time,
) -> Result<(Account, By)> {
    let account = keep_organisation(tx, session).await?;
    admit(app, tx, session, (account, now)).await
}

/// As [`manager`], about the colleague with this id, whose account is kept too; it may be the contact
/// person's own.
///
/// Errors: [`Error::NoColleague`] for anybody of another organisation too; as [`manager`].
pub(crate) async fn manager_of(
    app: &App,
    tx: &mut Tx,
    session: &Session,
    colleague: &AccountId,
    now: Time,
) -> Result<(Account, Account, By)> {
    let account = keep_organisation(tx, session).await?;
    let found = accounts::store::find(tx, colleague).await?;
    let ours = found.is_some_and(|found| found.organisation == account.organisation);
    let whom = if ours { accounts::store::lock(tx, colleague).await? } else { None };
    let (manager, by) = admit(app, tx, session, (account, now)).await?;
    Ok((manager, whom.ok_or(Error::NoColleague)?, by))
}

/// Whose session it is, whose organisation is kept from now on: nobody is ended or demoted meanwhile.
async fn keep_organisation(tx: &mut Tx, session: &Session) -> Result<Account> {
    let id = &session.login.account;
    let account = accounts::store::find(tx, id).await?.ok_or(Error::SessionOver)?;
    organisations::store::lock(tx, &account.organisation).await?;
    Ok(account)
}

async fn admit(
    app: &App,
    tx: &mut Tx,
    session: &Session,
    (account, now): (Account, Time),
) -> Result<(Account, By)> {
    // Again, now that nobody changes it: somebody may have ended or demoted the one who asks.
    let account = accounts::store::lock(tx, &account.id).await?.ok_or(Error::SessionOver)?;
    let policy = &app.config.sessions;
    let session = sessions::lock(tx, &account.id, &session.id, (now, policy)).await?;
    let session = session.ok_or(Error::SessionOver)?;
    may_manage(&account, &session, now, policy)?;
    let actor = Actor::ContactPerson { account: account.id.clone(), session: session.id };
    Ok((account, By { actor, random: app.random, now }))
}
