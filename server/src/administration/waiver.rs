//! A waiver of the second factor: what a contact person gives a colleague who lost it, where none is
//! forced, and takes back.

use super::{Result, colleagues};
use crate::accounts::{self, Account, Role};
use crate::app::App;
use crate::audit::{self, Actor, By};
use crate::delivery;
use crate::delivery::message::Message;
use crate::factors;
use crate::id::AccountId;
use crate::label;
use crate::login;
use crate::login::run::Spared;
use crate::management::manager_of;
use crate::organisations;
use crate::password;
use crate::sessions::Session;
use crate::storage::{self, Tx};
use crate::waiver::{self, Denied, Waiver, Whom};
use std::time::Duration;

/// Has a colleague log in with the password alone for `time` from now on, and tells the colleague and
/// every contact person why. What the colleague has under way ends.
///
/// Errors: [`super::Error::Waiver`], [`super::Error::Reason`], [`super::Error::Management`].
pub async fn give(
    app: &App,
    session: &Session,
    id: &AccountId,
    (time, reason): (Duration, &str),
) -> Result<()> {
    let reason = label::parse(reason, LONGEST_REASON).ok_or(super::Error::Reason)?;
    let (longest, again) = (app.config.times.waiver, app.config.times.waiver_again);
    if time.is_zero() || time > longest {
        return Err(Denied::Length.into());
    }
    let mut tx = app.db.write().await?;
    let (manager, colleague, by) = manager_of(app, &mut tx, session, id, app.clock.now()).await?;
    let asked = whom(&mut tx, (&manager, &colleague), by.now).await?;
    waiver::may_give(asked, again, by.now)?;
    let until = by.now.after(time);
    let given = Waiver { given_at: by.now, ends_at: until };
    if !waiver::store::give(&mut tx, &colleague.id, &given, by.now.before(again)).await? {
        return Err(Denied::TooSoon { next: given.next(again) }.into());
    }
    let event = audit::Event::WaiverGiven { until, why: reason.clone() };
    audit::record(&mut tx, &by, Some(&colleague.id), &event).await?;
    let message = Message::WaiverGiven { until, reason };
    end_what_goes_on(app, &mut tx, (&colleague, &manager), message, &by).await?;
    Ok(tx.commit().await?)
}

/// Ends a waiver before its time. Whether it lasted still.
///
/// Errors: [`super::Error::Management`].
pub async fn end(app: &App, session: &Session, id: &AccountId) -> Result<bool> {
    let mut tx = app.db.write().await?;
    let (manager, colleague, by) = manager_of(app, &mut tx, session, id, app.clock.now()).await?;
    let ended = waiver::store::end(&mut tx, &colleague.id, by.now).await?;
    if ended {
        audit::record(&mut tx, &by, Some(&colleague.id), &audit::Event::WaiverEnded).await?;
        let message = Message::WaiverEnded;
        end_what_goes_on(app, &mut tx, (&colleague, &manager), message, &by).await?;
    }
    tx.commit().await?;
    Ok(ended)
}

/// Records that the time of waivers is over, and tells the colleagues and the contact persons.
pub async fn lapse(app: &App) -> storage::Result<()> {
    let by = By { actor: Actor::Clock, random: app.random, now: app.clock.now() };
    while lapse_some(app, &by).await? {}
    Ok(())
}

async fn lapse_some(app: &App, by: &By) -> storage::Result<bool> {
    let mut tx = app.db.write().await?;
    let over = waiver::store::lapse(&mut tx, by.now).await?;
    for id in &over {
        let account = accounts::store::find(&mut tx, id).await?;
        // That of who left, or manages others by now, ended with that.
        if !account.is_some_and(|account| account.role == Role::Colleague) {
            continue;
        }
        audit::record(&mut tx, by, Some(id), &audit::Event::WaiverEnded).await?;
        let notice = delivery::notice(Message::WaiverLapsed, by, "");
        delivery::run::tell(app, &mut tx, id, notice).await?;
    }
    tx.commit().await?;
    Ok(!over.is_empty())
}

async fn end_what_goes_on(
    app: &App,
    tx: &mut Tx,
    (colleague, manager): (&Account, &Account),
    message: Message,
    by: &audit::By,
) -> storage::Result<()> {
    login::run::end_under_way(tx, &colleague.id, Spared::Nothing, by).await?;
    colleagues::tell(app, tx, colleague, message, (by, manager)).await
}

/// What decides whether `colleague` may be given a waiver by `manager`.
pub(super) async fn whom(
    tx: &mut Tx,
    (manager, colleague): (&Account, &Account),
    now: crate::clock::Time,
) -> storage::Result<Whom> {
    let factors = factors::store::list(tx, &colleague.id).await?;
    let policy = organisations::store::policy(tx, &colleague.organisation).await?;
    Ok(Whom {
        oneself: manager.id == colleague.id,
        role: colleague.role,
        has_factor: factors::stand_in_the_way(&factors),
        forced: policy.forces(now),
        password: password::store::opens(tx, &colleague.id).await?,
        last: waiver::store::find(tx, &colleague.id).await?,
    })
}

/// Characters of a reason, at most.
pub const LONGEST_REASON: usize = 200;
