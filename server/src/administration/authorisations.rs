//! What a colleague may do in the services behind this server: decided by a contact person, and by nobody for
//! themselves.

use super::{Error, Result, may_look, rules};
use crate::accounts::Account;
use crate::app::App;
use crate::authorisations::{self, Id, store};
use crate::id::AccountId;
use crate::management::manager_of;
use crate::sessions::Session;
use std::collections::BTreeSet;

/// What is kept of the colleague with this id, who is one of the organisation's.
///
/// Errors: [`Error::Management`].
pub async fn kept(
    app: &App,
    (account, session): (&Account, &Session),
    id: &AccountId,
) -> Result<BTreeSet<Id>> {
    may_look(app, account, session)?;
    let mut tx = app.db.read().await?;
    Ok(store::of_account(&mut tx, id).await?)
}

/// Gives a colleague these of what is configured, and no others of it; `shown` is what the colleague had when
/// it was decided. Whether anything changes; then it holds at once, and the colleague and all contact persons
/// are told.
///
/// Errors: [`Error::Denied`] for oneself; [`Error::ChangedMeanwhile`]; [`Error::Management`].
pub async fn set(
    app: &App,
    session: &Session,
    id: &AccountId,
    decided: (&BTreeSet<Id>, &BTreeSet<Id>),
) -> Result<bool> {
    let mut tx = app.db.write().await?;
    let (manager, whom, by) = manager_of(app, &mut tx, session, id, app.clock.now()).await?;
    rules::may_help(&manager.id, &whom)?;
    let kept = store::of_account(&mut tx, &whom.id).await?;
    let change = authorisations::change(&app.config.authorisations, &kept, decided);
    let change = change.ok_or(Error::ChangedMeanwhile)?;
    if change.is_none() {
        return Ok(false);
    }
    let what = (&whom.id, &change);
    authorisations::run::carry_out(app, &mut tx, what, (&by, &manager.name)).await?;
    tx.commit().await?;
    Ok(true)
}
