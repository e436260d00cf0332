//! An access code: what a contact person gives a colleague who lost every second factor, and takes back.

use super::{Result, colleagues, may_look};
use crate::access::store::{self, Stored};
use crate::access::{self, AccessCode, Whom};
use crate::accounts::{self, Account};
use crate::app::App;
use crate::audit::{self, Actor, By};
use crate::clock::Time;
use crate::delivery;
use crate::delivery::message::Message;
use crate::factors;
use crate::id::{AccessCodeId, AccountId};
use crate::management::{self, manager_of};
use crate::sessions::Session;
use crate::storage::{self, Tx};
use crate::waiver;

/// Makes a code for a colleague, which is shown to the contact person this once and works until the time
/// beside it; one that was given before is dead. The colleague and every contact person are told.
///
/// Errors: [`super::Error::Access`], [`super::Error::Management`], [`super::Error::Busy`].
pub async fn give(
    app: &App,
    (account, session): (&Account, &Session),
    id: &AccountId,
) -> Result<(AccessCode, Time)> {
    // Whoever may not is told before a hash is made.
    may_look(app, account, session)?;
    let mut tx = app.db.read().await?;
    let found = accounts::store::find(&mut tx, id).await?;
    let found = found.filter(|found| found.organisation == account.organisation);
    let found = found.ok_or(management::Error::NoColleague)?;
    access::may_give(whom(&mut tx, (account, &found), app.clock.now()).await?)?;
    drop(tx);
    let code = AccessCode::random(app.random);
    let hash = app.passwords.admit()?.hash(code.digits()).await;

    let mut tx = app.db.write().await?;
    let (manager, colleague, by) = manager_of(app, &mut tx, session, id, app.clock.now()).await?;
    access::may_give(whom(&mut tx, (&manager, &colleague), by.now).await?)?;
    let given_at = session.login.level.min(session.login.proof);
    let code_id = AccessCodeId::random(app.random);
    let until = by.now.after(app.config.times.access_code);
    let stored = Stored { id: code_id, hash, given_at, expires_at: until };
    store::put(&mut tx, &colleague.id, &stored).await?;
    let event = audit::Event::AccessCodeGiven { given_at, until };
    audit::record(&mut tx, &by, Some(&colleague.id), &event).await?;
    let message = Message::AccessCodeGiven { until };
    colleagues::tell(app, &mut tx, &colleague, message, (&by, &manager)).await?;
    tx.commit().await?;
    Ok((code, until))
}

/// Takes a colleague's code back. Whether it worked still.
///
/// Errors: [`super::Error::Management`].
pub async fn end(app: &App, session: &Session, id: &AccountId) -> Result<bool> {
    let mut tx = app.db.write().await?;
    let (manager, colleague, by) = manager_of(app, &mut tx, session, id, app.clock.now()).await?;
    let ended = store::end(&mut tx, &colleague.id, by.now).await?;
    if ended {
        audit::record(&mut tx, &by, Some(&colleague.id), &audit::Event::AccessCodeEnded).await?;
        let message = Message::AccessCodeEnded;
        colleagues::tell(app, &mut tx, &colleague, message, (&by, &manager)).await?;
    }
    tx.commit().await?;
    Ok(ended)
}

/// Records that codes that nobody used in time are over, and tells the colleagues and the contact persons.
pub async fn lapse(app: &App) -> storage::Result<()> {
    let by = By { actor: Actor::Clock, random: app.random, now: app.clock.now() };
    while lapse_some(app, &by).await? {}
    Ok(())
}

async fn lapse_some(app: &App, by: &By) -> storage::Result<bool> {
    let mut tx = app.db.write().await?;
    let over = store::lapse(&mut tx, by.now).await?;
    for id in &over {
        let account = accounts::store::find(&mut tx, id).await?;
        if account.is_none() {
            continue;
        }
        audit::record(&mut tx, by, Some(id), &audit::Event::AccessCodeEnded).await?;
        let notice = delivery::notice(Message::AccessCodeLapsed, by, "");
        delivery::run::tell(app, &mut tx, id, notice).await?;
    }
    tx.commit().await?;
    Ok(!over.is_empty())
}

/// What decides whether `colleague` may be given a code by `manager`.
pub(super) async fn whom(
    tx: &mut Tx,
    (manager, colleague): (&Account, &Account),
    now: Time,
) -> storage::Result<Whom> {
    let factors = factors::store::list(tx, &colleague.id).await?;
    Ok(Whom {
        oneself: manager.id == colleague.id,
        has_factor: factors::stand_in_the_way(&factors),
        waived: waiver::of(tx, colleague, now).await?.is_some(),
    })
}
