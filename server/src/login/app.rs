//! The code of an authenticator app in a log-in: charged, looked at, and its step spent.

use super::codes::{self, Charge, Looking};
use super::run::{locked, settle};
use super::{CodeAnswer, Error, FactorAnswer};
use crate::app::App;
use crate::clock::Time;
use crate::factors::totp::store::{self, Stored};
use crate::factors::totp::{Code, Seed};
use crate::factors::{Evidence, Kind, Proof, Use};
use crate::id::AccountId;
use crate::lockout::codes as lockout;
use crate::sealed::{Record, places};
use crate::secret::Token;
use crate::storage::{self, Tx};

type Result<T, E = Error> = std::result::Result<T, E>;

/// Checks a code of one of the apps of whoever gave the right password. The step it is of, and those
/// before it, are spent when it is right.
///
/// Errors: [`Error::AttemptOver`], also where nobody has given a right password in it.
pub async fn finish(app: &App, token: &Token, code: &Code) -> Result<CodeAnswer> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let attempt = locked(app, &mut tx, token, now).await?;
    let code_of = (lockout::Code::App, Looking::Now);
    let charge = codes::charge_in(app, &mut tx, attempt.clone(), code_of, now).await?;
    let (account, charged) = match charge {
        Charge::Look(account, charged) => (account, charged),
        Charge::Barred(barred) => {
            tx.commit().await?;
            return Ok(CodeAnswer::Barred(barred));
        }
    };
    let which = attempt.state.asks();
    let Some(used) = spend(app, &mut tx, (&account, which), code, now).await? else {
        return codes::wrong(app, tx, (attempt, charged), now).await;
    };
    codes::right(app, &mut tx, (&attempt, charged), now).await?;
    let proof = Proof {
        factor: used.factor,
        account,
        kind: Kind::App,
        evidence: Evidence::Code,
        bound_at: used.bound_at,
        suspended: used.suspended,
        card: None,
    };
    match settle(app, tx, attempt, Ok(proof), now).await? {
        FactorAnswer::Done(granted) => Ok(CodeAnswer::Done(granted)),
        FactorAnswer::Refused(_) => Err(Error::AttemptOver),
    }
}

/// The app of the account that made this code, whose step is spent by that.
async fn spend(
    app: &App,
    tx: &mut Tx,
    (account, which): (&AccountId, Use),
    code: &Code,
    now: Time,
) -> Result<Option<Stored>> {
    let stored = store::of_account(tx, account).await?;
    for stored in stored.into_iter().filter(|stored| which.is_of(stored.suspended)) {
        let seed = seed(app, &stored)?;
        if let Some(step) = seed.step(code, now, stored.step)
            && store::spend(tx, &stored.factor, step).await?
        {
            return Ok(Some(stored));
        }
    }
    Ok(None)
}

fn seed(app: &App, stored: &Stored) -> Result<Seed> {
    let record = Record::new(places::TOTP, stored.factor.as_str());
    let bytes = app.sealing.unseal(&record, &stored.seed)?;
    let unknown = storage::Error::Inconsistent { table: "totp", column: "seed" };
    Ok(Seed::from_bytes(&bytes).ok_or(unknown)?)
}

#[cfg(test)]
pub(super) mod tests;
