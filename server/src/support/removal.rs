//! Taking away what somebody logs in with, who cannot do it: by a case that was confirmed (docs/threats.md).

use super::rules::{self, Event, OPEN, Purpose};
use super::run::{self, Error, held, operating};
use super::store::Case;
use crate::access::Road;
use crate::accounts::Account;
use crate::app::App;
use crate::audit::By;
use crate::delivery;
use crate::delivery::message::Message;
use crate::enrolment::run::take_by_operator;
use crate::factors::{self, Factor, Level};
use crate::id::{CaseId, FactorId};
use crate::operator::Operator;
use crate::password;
use crate::storage::{self, Tx};
use std::time::Duration;

/// What was taken away.
#[derive(Clone, Debug)]
pub struct Removed {
    /// What it was.
    pub factors: Vec<Factor>,
    /// Where nothing is left, whoever has the password enrols anew, bound at this level.
    pub opens: Option<Level>,
}

/// Takes these away by a confirmed case. All that the account has under way ends, and everybody whom it concerns is
/// told. Where nothing is left, what is enrolled next is bound at `vouched`, and at `substantial` at most; at `low`
/// where nobody can tell by whom the password came.
///
/// Errors: [`Error::NotConfirmed`], [`Error::Over`], [`Error::OtherPurpose`], [`Error::Own`],
/// [`Error::NoFactor`]; where nothing would be left [`Error::Waits`], [`Error::Used`]. The case stays as it is.
pub async fn remove(
    app: &App,
    id: &CaseId,
    wanted: &[FactorId],
    vouched: Level,
    operator: &Operator,
) -> Result<Removed, Error> {
    let by = operating(app);
    let mut tx = app.db.write().await?;
    let (case, account) = held(&mut tx, id, by.now).await?;
    if case.purpose != Purpose::Factor {
        return Err(Error::OtherPurpose);
    }
    let to = rules::step(case.state, Event::Finished)?;
    let caller = case.called_by.as_deref().map(Operator::kept);
    if caller.is_some_and(|caller| caller.may_be(operator, app.config.operators.users)) {
        return Err(Error::Own);
    }
    let factors = factors::store::list(&mut tx, &account.id).await?;
    let (gone, kept): (Vec<_>, Vec<_>) =
        factors.into_iter().partition(|factor| wanted.contains(&factor.id));
    if gone.is_empty() || !wanted.iter().all(|id| gone.iter().any(|factor| factor.id == *id)) {
        return Err(Error::NoFactor);
    }
    let opens = if kept.iter().any(Factor::closes_enrolment) {
        None
    } else {
        may_open(&case, &gone, &by)?;
        Some(level(app, &mut tx, &account, (&gone, vouched), &by).await?)
    };
    run::end(app, &mut tx, (&case, to), (operator, &by)).await?;
    take_by_operator(app, &mut tx, (&account.id, &gone), opens, &by).await?;
    if opens.is_some() {
        tell_opened(app, &mut tx, &account, &by).await?;
    }
    tx.commit().await?;
    Ok(Removed { factors: gone, opens })
}

/// Whether the last of what an account logs in with may go: everybody who was told had time to stop it, and nobody
/// used it meanwhile.
fn may_open(case: &Case, gone: &[Factor], by: &By) -> Result<(), Error> {
    if gone.iter().any(|factor| factor.used_at > Some(case.opened_at)) {
        return Err(Error::Used);
    }
    let from = case.ends_at.before(OPEN);
    if by.now < from { Err(Error::Waits(from)) } else { Ok(()) }
}

/// The level at which is bound what comes next. A call or a link says that the organisation asks, and not that
/// nobody else has the password: one that its owner did not use beside what goes may have come by the same road.
async fn level(
    app: &App,
    tx: &mut Tx,
    account: &Account,
    (gone, vouched): (&[Factor], Level),
    by: &By,
) -> storage::Result<Level> {
    let password = password::store::find(tx, &account.id).await?;
    let apart = app.config.times.access_apart;
    Ok(match password.map(|password| Road::of(password.chosen_at, gone, apart, by.now)) {
        Some(Road::Owners) => vouched.min(Level::Substantial),
        Some(Road::ContactPersons) | None => Level::Low,
    })
}

/// Tells the person at every address, the contact persons, and the organisation where it is registered.
async fn tell_opened(app: &App, tx: &mut Tx, account: &Account, by: &By) -> storage::Result<()> {
    run::tell(app, tx, account, Message::PasswordOpens, by).await?;
    let notice = delivery::notice(Message::PasswordOpens, by, "");
    delivery::run::tell_registered(app, tx, account, notice, Duration::ZERO).await.map(drop)
}
