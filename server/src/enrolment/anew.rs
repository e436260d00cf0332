//! The wizard of who sets the second factor up anew: which of the old factors may be kept, and ending it
//! with those.

use super::Error;
use super::run::{living, owner};
use crate::app::App;
use crate::clock::Time;
use crate::factors::{self, Factor};
use crate::login;
use crate::login::run::Spared;
use crate::reset;
use crate::sessions::Session;

type Result<T, E = Error> = std::result::Result<T, E>;

/// What an account that is set up anew had.
#[derive(Clone, Debug)]
pub struct Anew {
    /// Until when something may be enrolled or kept.
    pub until: Time,
    /// What goes, if it is not kept.
    pub suspended: Vec<Factor>,
    /// What was kept.
    pub kept: Vec<Factor>,
}

/// How setting up anew stands for the account of `session`, where it goes on.
pub async fn standing(app: &App, session: &Session) -> Result<Option<Anew>> {
    let account = &session.login.account;
    let mut tx = app.db.read().await?;
    let Some(reset) = reset::store::find(&mut tx, account).await? else { return Ok(None) };
    let factors = factors::store::list(&mut tx, account).await?;
    let (suspended, in_use): (Vec<_>, Vec<_>) = factors.into_iter().partition(Factor::is_suspended);
    let kept = in_use.into_iter().filter(Factor::is_relied_on).collect();
    Ok(Some(Anew { until: reset.expires_at, suspended, kept }))
}

/// Ends setting up anew with what was kept: the rest is removed, and the visit is over.
///
/// Errors: [`Error::SessionOver`]; [`Error::Unknown`] where nothing was kept or nothing is set up anew.
pub async fn done(app: &App, session: &Session) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let (account, session) = living(app, &mut tx, session, now).await?;
    let factors = factors::store::list(&mut tx, &account.id).await?;
    let anew = reset::store::find(&mut tx, &account.id).await?;
    if anew.is_none() || !factors.iter().any(Factor::is_relied_on) {
        return Err(Error::Unknown);
    }
    let by = owner(app, &session, now);
    reset::run::finish(app, &mut tx, &account.id, (&by, &session.client)).await?;
    login::run::end_under_way(&mut tx, &account.id, Spared::Nothing, &by).await?;
    Ok(tx.commit().await?)
}
