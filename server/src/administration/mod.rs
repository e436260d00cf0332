//! Administration: what a contact person decides for the organisation and does for its people.

pub mod colleagues;
pub mod people;
mod rules; // pure
pub mod settings;
mod store; // SQL
#[cfg(test)]
mod tests;

pub use rules::Denied;

use crate::accounts::{self, Account};
use crate::app::App;
use crate::audit::{Actor, By};
use crate::clock::Time;
use crate::organisations::{self, Unfit};
use crate::sessions::{self, Session};
use crate::storage::{self, Tx};

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The session, or who it is about, does not allow it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The session ended before it was done.
    #[error("the session has ended: log in again")]
    SessionOver,
    /// The organisation has nobody with this id.
    #[error("the organisation has no such colleague")]
    NoColleague,
    /// The name is empty or too long.
    #[error("a name has 1 to 200 characters that can be seen")]
    Name,
    /// Nobody could live with these settings.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

type Result<T, E = Error> = std::result::Result<T, E>;

/// Whether whoever has `session` may look at what contact persons see.
///
/// Errors: [`Error::Denied`].
fn may_look(app: &App, account: &Account, session: &Session) -> Result<()> {
    Ok(rules::may_manage(account, session, app.clock.now(), &app.config.sessions)?)
}

/// The contact person of `session`, whose organisation is kept from every other administration until
/// the transaction ends, and who does what follows.
///
/// Errors: [`Error::SessionOver`], [`Error::Denied`].
async fn contact(app: &App, tx: &mut Tx, session: &Session, now: Time) -> Result<(Account, By)> {
    let id = &session.login.account;
    let account = accounts::store::find(tx, id).await?.ok_or(Error::SessionOver)?;
    organisations::store::lock(tx, &account.organisation).await?;
    // Again, now that nobody changes it: somebody may have ended or demoted the one who asks.
    let account = accounts::store::find(tx, id).await?.ok_or(Error::SessionOver)?;
    let policy = &app.config.sessions;
    let session = sessions::lock(tx, id, &session.id, (now, policy)).await?;
    let session = session.ok_or(Error::SessionOver)?;
    rules::may_manage(&account, &session, now, policy)?;
    let actor = Actor::ContactPerson { account: account.id.clone(), session: session.id };
    Ok((account, By { actor, random: app.random, now }))
}
