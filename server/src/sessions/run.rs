//! Using and ending sessions, each with its audit event.

use super::Session;
use crate::app::App;
use crate::audit;
use crate::batches::walk;
use crate::id::SessionId;
use crate::secret::Token;
use crate::storage::Result;

/// The session this token opens, if it is still good; using it keeps it from idling.
///
/// That it is used is written where it was not for a while ([`super::Policy`]): who asks often, or
/// shows a token that opens nothing, keeps nobody from writing.
pub async fn current(app: &App, token: &Token) -> Result<Option<Session>> {
    let (now, policy) = (app.clock.now(), &app.config.sessions);
    let mut tx = app.db.read().await?;
    let found = super::find(&mut tx, token, now, policy).await?;
    drop(tx);
    match found {
        Some(session) if policy.is_due(&session, now) => {
            let mut tx = app.db.write().await?;
            let session = super::touch(&mut tx, token, now, policy).await?;
            tx.commit().await?;
            Ok(session)
        }
        found => Ok(found),
    }
}

/// The session this token opens, if it is still good; it is looked at, and not used.
pub async fn look(app: &App, token: &Token) -> Result<Option<Session>> {
    let mut tx = app.db.read().await?;
    super::find(&mut tx, token, app.clock.now(), &app.config.sessions).await
}

/// Forgets the sessions that are over.
pub(crate) async fn forget(app: &App) -> Result<()> {
    let (now, policy) = (app.clock.now(), &app.config.sessions);
    walk!(
        app.db,
        (tx, after) => super::look(&mut tx, after, now, policy).await,
        id => super::forget(&mut tx, id, now, policy).await
    );
    Ok(())
}

/// Ends one session of the account of `session`: the present one is a log-out. Whether there was
/// one to end.
pub async fn end(app: &App, session: &Session, ended: &SessionId) -> Result<bool> {
    let (now, account) = (app.clock.now(), &session.login.account);
    let mut tx = app.db.write().await?;
    let was_there = super::store::end(&mut tx, account, ended, now).await?;
    if was_there {
        let event = audit::Event::SessionEnded { session: ended.clone() };
        let actor = audit::Actor::Owner { session: session.id.clone(), attempt: None };
        let by = audit::By { actor, random: app.random, now };
        audit::record(&mut tx, &by, Some(account), &event).await?;
    }
    tx.commit().await?;
    Ok(was_there)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::testing::app;
    use crate::factors::Level;
    use crate::secret::Carrier;
    use crate::sessions::{Login, Scope, Way};
    use crate::storage::testing::{account, both};
    use std::time::Duration;

    #[tokio::test]
    async fn a_session_in_use_is_written_once_a_minute_and_a_strange_token_never() {
        both(async |db| {
            let app = app(db);
            let account = account(&app.db, "test.arts@voorbeeld.nl").await.id;
            let now = app.clock.now();
            let (level, proof) = (Level::High, Level::High);
            let (scope, way) = (Scope::Full, Way::Key);
            let login = Login { account, scope, level, proof, way, proven_at: now };
            let mut tx = app.db.write().await.unwrap();
            let opened =
                super::super::open(&mut tx, login, ("", Carrier::Program), app.random, now)
                    .await
                    .unwrap();
            tx.commit().await.unwrap();
            let (token, _) = opened;
            let strange = Token::random(app.random);
            let seen = async || current(&app, &token).await.unwrap().unwrap().seen_at;
            app.clock.advance(Duration::from_secs(59));
            // On SQLite this holds the one place to write: whoever wants it waits.
            let held = app.db.write().await.unwrap();
            assert_eq!(seen().await, now);
            assert_eq!(current(&app, &strange).await.unwrap(), None);
            drop(held);
            app.clock.advance(Duration::from_secs(1));
            assert_eq!(seen().await, now.after(Duration::from_secs(60)));
        })
        .await;
    }
}
