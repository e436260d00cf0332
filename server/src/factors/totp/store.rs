//! The SQL of authenticator apps: their seeds, sealed, and the last step that was accepted.

use crate::clock::Time;
use crate::factors::Level;
use crate::id::{AccountId, FactorId, SessionId};
use crate::sealed::Sealed;
use crate::storage::{BATCH, Error, Result, Tx, on};

/// An app of an account, as it is stored.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    pub(crate) factor: FactorId,
    pub(crate) bound_at: Level,
    /// Whether its owner sets the second factor up anew.
    pub(crate) suspended: bool,
    pub(crate) seed: Sealed,
    /// The last step of which a code was accepted.
    pub(crate) step: i64,
}

/// Adds the seed of an app; a code of `step` was accepted.
pub(crate) async fn insert(tx: &mut Tx, factor: &FactorId, seed: &Sealed, step: i64) -> Result<()> {
    const SQL: &str = "INSERT INTO totp (factor_id, seed, step) VALUES ($1, $2, $3)";
    on!(tx, c => sqlx::query(SQL)
        .bind(factor.as_str()).bind(seed.as_str()).bind(step)
        .execute(c).await.map(drop))
}

/// The apps of an account, oldest first.
pub(crate) async fn of_account(tx: &mut Tx, account: &AccountId) -> Result<Vec<Stored>> {
    const SQL: &str = "SELECT f.id, f.bound_at, f.suspended_at, t.seed, t.step FROM totp t \
                       JOIN factor f ON f.id = t.factor_id \
                       WHERE f.account_id = $1 ORDER BY f.created_at, f.id";
    let rows: Vec<Row> =
        on!(tx, c => sqlx::query_as(SQL).bind(account.as_str()).fetch_all(c).await)?;
    rows.into_iter().map(read).collect()
}

/// Spends a step: later ones only are accepted from now on. Whether it was one.
pub(crate) async fn spend(tx: &mut Tx, factor: &FactorId, step: i64) -> Result<bool> {
    const SQL: &str = "UPDATE totp SET step = $1 WHERE factor_id = $2 AND step < $1";
    let rows = on!(tx, c => sqlx::query(SQL)
        .bind(step).bind(factor.as_str())
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Removes the seed of a factor, if it has one.
pub(crate) async fn delete(tx: &mut Tx, factor: &FactorId) -> Result<()> {
    const SQL: &str = "DELETE FROM totp WHERE factor_id = $1";
    on!(tx, c => sqlx::query(SQL).bind(factor.as_str()).execute(c).await.map(drop))
}

/// Keeps the seed that is shown in this session, until then.
pub(crate) async fn put_draft(
    tx: &mut Tx,
    session: &SessionId,
    seed: &Sealed,
    expires_at: Time,
) -> Result<()> {
    const SQL: &str = "INSERT INTO totp_draft (session_id, seed, expires_at) VALUES ($1, $2, $3) \
                       ON CONFLICT (session_id) DO UPDATE \
                       SET seed = excluded.seed, expires_at = excluded.expires_at";
    on!(tx, c => sqlx::query(SQL)
        .bind(session.as_str()).bind(seed.as_str()).bind(expires_at.millis())
        .execute(c).await.map(drop))
}

/// The seed that is shown in this session, while it may be.
pub(crate) async fn draft(tx: &mut Tx, session: &SessionId, now: Time) -> Result<Option<Sealed>> {
    const SQL: &str = "SELECT seed FROM totp_draft WHERE session_id = $1 AND expires_at > $2";
    let seed: Option<String> = on!(tx, c => sqlx::query_scalar(SQL)
        .bind(session.as_str()).bind(now.millis())
        .fetch_optional(c).await)?;
    Ok(seed.map(Sealed::stored))
}

/// Spends the seed that was shown in this session. Whether it was there.
pub(crate) async fn take_draft(tx: &mut Tx, session: &SessionId, seed: &Sealed) -> Result<bool> {
    const SQL: &str = "DELETE FROM totp_draft WHERE session_id = $1 AND seed = $2";
    let rows = on!(tx, c => sqlx::query(SQL)
        .bind(session.as_str()).bind(seed.as_str())
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Forgets seeds that nobody typed a code of in time, a batch at most. How many.
pub(crate) async fn forget_drafts(tx: &mut Tx, now: Time) -> Result<u64> {
    const SQL: &str = "DELETE FROM totp_draft WHERE session_id IN \
                       (SELECT session_id FROM totp_draft WHERE expires_at <= $1 LIMIT $2) \
                       AND expires_at <= $1";
    on!(tx, c => sqlx::query(SQL)
        .bind(now.millis()).bind(BATCH)
        .execute(c).await.map(|done| done.rows_affected()))
}

type Row = (String, String, Option<i64>, String, i64);

fn read((factor, bound_at, suspended_at, seed, step): Row) -> Result<Stored> {
    let unknown = |column| Error::Inconsistent { table: "factor", column };
    Ok(Stored {
        factor: FactorId::try_from(factor).map_err(|_| unknown("id"))?,
        bound_at: Level::parse(&bound_at).ok_or_else(|| unknown("bound_at"))?,
        suspended: suspended_at.is_some(),
        seed: Sealed::stored(seed),
        step,
    })
}
