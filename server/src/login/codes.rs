//! A code that is typed in a log-in: charged, looked at, and then refunded or counted as wrong.
//!
//! Whoever checks a code that takes long to look at calls [`charge`] before, which commits; and afterwards
//! [`resumed`], in the transaction that spends the code, then [`right`] and what the code opens; or
//! [`wrong`], which commits and says what is left. A code that is looked at at once is charged by [`charge_in`]
//! in the transaction that then calls [`right`] or [`wrong`]. A code is only ever looked at after a right
//! password, or in a session that is being raised.

pub(super) mod hashed;

use super::barred;
use super::flow::Event;
use super::run::{advance, locked};
use super::store::Attempt;
use super::{CodeAnswer, Error};
use crate::app::App;
use crate::audit;
use crate::clock::Time;
use crate::id::AccountId;
use crate::lockout::codes::{self, Admission, Barred, Code, Try};
use crate::secret::Token;
use crate::storage::Tx;

type Result<T, E = Error> = std::result::Result<T, E>;

/// Whether a code may be looked at.
#[derive(Debug)]
pub(super) enum Charge {
    /// It may: one of this account's. To be handed to [`right`] or [`wrong`].
    Look(AccountId, Try),
    /// It may not.
    Barred(Barred),
}

/// Charges one try at a code of this kind, in a transaction of its own, so that many at once cannot
/// outrun the count.
///
/// Errors: [`Error::AttemptOver`], also where nobody has given a right password in it.
pub(super) async fn charge(app: &App, token: &Token, code: Code) -> Result<Charge> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let attempt = locked(app, &mut tx, token, now).await?;
    let charge = charge_in(app, &mut tx, attempt, (code, Looking::Later), now).await?;
    tx.commit().await?;
    Ok(charge)
}

/// When a code is looked at that was charged.
#[derive(Clone, Copy, Debug)]
pub(super) enum Looking {
    /// In this same transaction, which the account's lock keeps every other try waiting for: none outruns
    /// the count, and nothing is committed for a right one.
    Now,
    /// When this transaction was committed.
    Later,
}

/// The same in a transaction that holds the attempt.
pub(super) async fn charge_in(
    app: &App,
    tx: &mut Tx,
    attempt: Attempt,
    (code, looking): (Code, Looking),
    now: Time,
) -> Result<Charge> {
    let whose = (attempt.state.account().ok_or(Error::AttemptOver)?, attempt.id.as_str());
    let (by, policy) = ((now, app.random), &app.config.lockout);
    let admission = match looking {
        Looking::Now => codes::admit(tx, whose, code, by, policy).await?,
        Looking::Later => codes::charge(tx, whose, code, by, policy).await?,
    };
    Ok(match admission {
        Admission::Charged(charged) => {
            let account = attempt.state.account().cloned().ok_or(Error::AttemptOver)?;
            // One that is looked at in this transaction is recorded with what it was.
            if charged.is_written() {
                let event = tried(&account, &charged);
                audit::record_all(tx, &attempt.by(app.random, now), &[event]).await?;
            }
            Charge::Look(account, charged)
        }
        Admission::Barred { barred, refused } => {
            let event = Event::CodeRefused { code, refused };
            advance(app, tx, attempt, event, now).await?;
            Charge::Barred(barred)
        }
    })
}

/// That this account's code was tried.
fn tried(account: &AccountId, charged: &Try) -> (Option<AccountId>, audit::Event) {
    let (code, streak, refused) = (charged.code(), charged.streak, charged.refused);
    (Some(account.clone()), audit::Event::CodeTried { code, streak, refused })
}

/// The same, where it was not recorded when it was charged.
fn untold(account: &AccountId, charged: &Try) -> audit::Events {
    match charged.is_written() {
        true => audit::Events::new(),
        false => audit::Events::from([tried(account, charged)]),
    }
}

/// The attempt in which a try of this account's was charged, kept from every other transaction: the
/// password of another account may have been given in it since, and what was tried says nothing of that one.
///
/// Errors: [`Error::AttemptOver`]; the try then counts as wrong.
pub(super) async fn resumed(
    app: &App,
    tx: &mut Tx,
    (token, account): (&Token, &AccountId),
    now: Time,
) -> Result<Attempt> {
    let attempt = locked(app, tx, token, now).await?;
    match attempt.state.account() {
        Some(of) if of == account => Ok(attempt),
        Some(_) | None => Err(Error::AttemptOver),
    }
}

/// Refunds a try that was right, in the transaction that spends the code and opens what it opens.
pub(super) async fn right(
    app: &App,
    tx: &mut Tx,
    (attempt, charged): (&Attempt, Try),
    now: Time,
) -> Result<()> {
    let account = attempt.state.account().ok_or(Error::AttemptOver)?;
    let mut events = untold(account, &charged);
    events.push((Some(account.clone()), audit::Event::CodeRight { code: charged.code() }));
    audit::record_all(tx, &attempt.by(app.random, now), &events).await?;
    Ok(codes::right(tx, charged, now).await?)
}

/// Says what a wrong try led to, records it and commits.
pub(super) async fn wrong<T>(
    app: &App,
    mut tx: Tx,
    (attempt, charged): (Attempt, Try),
    now: Time,
) -> Result<CodeAnswer<T>> {
    let account = attempt.state.account().cloned().ok_or(Error::AttemptOver)?;
    let (untold, by) = (untold(&account, &charged), attempt.by(app.random, now));
    audit::record_all(&mut tx, &by, &untold).await?;
    let wrong = codes::wrong(&mut tx, charged, now, &app.config.lockout).await?;
    let answer = match wrong.closed {
        Some(barred) => CodeAnswer::Barred(barred),
        None => CodeAnswer::Wrong { left: wrong.left },
    };
    barred::tell(app, &mut tx, (&account, &wrong), (&by, &attempt.client)).await?;
    advance(app, &mut tx, attempt, Event::CodeWrong(wrong), now).await?;
    tx.commit().await?;
    Ok(answer)
}

#[cfg(test)]
mod tests;
