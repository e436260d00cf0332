//! Using and ending sessions, each with its audit event.

use super::Session;
use crate::app::App;
use crate::audit;
use crate::id::SessionId;
use crate::secret::Token;
use crate::storage::Result;

/// The session this token opens, if it is still good; using it keeps it from idling.
pub async fn current(app: &App, token: &Token) -> Result<Option<Session>> {
    let mut tx = app.db.write().await?;
    let session = super::find(&mut tx, token, app.clock.now(), &app.config.sessions).await?;
    tx.commit().await?;
    Ok(session)
}

/// Ends one session of the account of `session`: the present one is a log-out. Whether there was
/// one to end.
pub async fn end(app: &App, session: &Session, ended: &SessionId) -> Result<bool> {
    let (now, account) = (app.clock.now(), &session.login.account);
    let mut tx = app.db.write().await?;
    let was_there = super::store::end(&mut tx, account, ended, now).await?;
    if was_there {
        let event = audit::Event::SessionEnded { session: ended.clone() };
        audit::record(&mut tx, app.random, now, Some(account), &event).await?;
    }
    tx.commit().await?;
    Ok(was_there)
}
