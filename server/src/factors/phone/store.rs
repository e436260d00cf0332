//! The SQL of phone numbers: those that count, and those that are being enrolled.

use super::{Medium, Zero};
use crate::clock::Time;
use crate::factors::Level;
use crate::id::{AccountId, FactorId, SessionId};
use crate::sealed::Sealed;
use crate::storage::{BATCH, Error, Result, Tx, on};

/// A number of an account, as it is stored.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    pub(crate) factor: FactorId,
    pub(crate) medium: Medium,
    pub(crate) bound_at: Level,
    /// What its owner's lists call it: never the number.
    pub(crate) name: String,
    pub(crate) number: Sealed,
    /// It counts from then on.
    pub(crate) starts_at: Time,
}

/// Adds the number of a factor, which counts from `starts_at`.
pub(crate) async fn insert(
    tx: &mut Tx,
    factor: &FactorId,
    number: &Sealed,
    starts_at: Time,
) -> Result<()> {
    const SQL: &str =
        "INSERT INTO phone (factor_id, number, main, starts_at) VALUES ($1, $2, 0, $3)";
    on!(tx, c => sqlx::query(SQL)
        .bind(factor.as_str()).bind(number.as_str()).bind(starts_at.millis())
        .execute(c).await.map(drop))
}

/// The numbers of an account that are not suspended: the one that is named first, and then the oldest first.
pub(crate) async fn of_account(tx: &mut Tx, account: &AccountId) -> Result<Vec<Stored>> {
    const SQL: &str = "SELECT f.id, f.kind, f.bound_at, f.name, p.number, p.starts_at FROM phone p \
                       JOIN factor f ON f.id = p.factor_id \
                       WHERE f.account_id = $1 AND f.suspended_at IS NULL \
                       ORDER BY p.main DESC, f.created_at, f.id";
    let rows: Vec<(String, String, String, String, String, i64)> =
        on!(tx, c => sqlx::query_as(SQL).bind(account.as_str()).fetch_all(c).await)?;
    rows.into_iter().map(read).collect()
}

/// The number of a factor, in use or suspended, if it has one.
pub(crate) async fn sealed(tx: &mut Tx, factor: &FactorId) -> Result<Option<Sealed>> {
    const SQL: &str = "SELECT number FROM phone WHERE factor_id = $1";
    let number: Option<String> =
        on!(tx, c => sqlx::query_scalar(SQL).bind(factor.as_str()).fetch_optional(c).await)?;
    Ok(number.map(Sealed::stored))
}

/// The numbers of an account that do not count yet.
pub(crate) async fn waiting(tx: &mut Tx, account: &AccountId, now: Time) -> Result<Vec<FactorId>> {
    const SQL: &str = "SELECT f.id FROM phone p JOIN factor f ON f.id = p.factor_id \
                       WHERE f.account_id = $1 AND p.starts_at > $2 ORDER BY f.id";
    let ids: Vec<String> = on!(tx, c => sqlx::query_scalar(SQL)
        .bind(account.as_str()).bind(now.millis()).fetch_all(c).await)?;
    let unknown = || Error::Inconsistent { table: "factor", column: "id" };
    ids.into_iter().map(|id| FactorId::try_from(id).map_err(|_| unknown())).collect()
}

/// Names this number of the account first, and no other. Whether the account has it.
pub(crate) async fn set_main(tx: &mut Tx, account: &AccountId, factor: &FactorId) -> Result<bool> {
    const SQL: &str = "UPDATE phone SET main = CASE WHEN factor_id = $1 THEN 1 ELSE 0 END \
                       WHERE factor_id IN (SELECT id FROM factor WHERE account_id = $2) \
                       AND EXISTS (SELECT 1 FROM factor f JOIN phone p ON p.factor_id = f.id \
                       WHERE f.id = $1 AND f.account_id = $2)";
    let rows = on!(tx, c => sqlx::query(SQL)
        .bind(factor.as_str()).bind(account.as_str())
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows > 0)
}

/// Removes the number of a factor, if it has one.
pub(crate) async fn delete(tx: &mut Tx, factor: &FactorId) -> Result<()> {
    const SQL: &str = "DELETE FROM phone WHERE factor_id = $1";
    on!(tx, c => sqlx::query(SQL).bind(factor.as_str()).execute(c).await.map(drop))
}

/// A number that is being enrolled.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) medium: Medium,
    pub(crate) number: Sealed,
    pub(crate) zero: Zero,
}

/// Keeps the number that is being enrolled in this session, until then.
pub(crate) async fn put_draft(
    tx: &mut Tx,
    session: &SessionId,
    draft: &Draft,
    expires_at: Time,
) -> Result<()> {
    const SQL: &str = "INSERT INTO phone_draft (session_id, kind, number, zero, expires_at) \
                       VALUES ($1, $2, $3, $4, $5) ON CONFLICT (session_id) DO UPDATE \
                       SET kind = excluded.kind, number = excluded.number, zero = excluded.zero, \
                       expires_at = excluded.expires_at";
    on!(tx, c => sqlx::query(SQL)
        .bind(session.as_str())
        .bind(draft.medium.as_str())
        .bind(draft.number.as_str())
        .bind(i64::from(draft.zero == Zero::LeftOut))
        .bind(expires_at.millis())
        .execute(c).await.map(drop))
}

/// The number that is being enrolled in this session.
pub(crate) async fn draft(tx: &mut Tx, session: &SessionId, now: Time) -> Result<Option<Draft>> {
    const SQL: &str = "SELECT kind, number, zero FROM phone_draft \
                       WHERE session_id = $1 AND expires_at > $2";
    let row: Option<(String, String, i64)> = on!(tx, c => sqlx::query_as(SQL)
        .bind(session.as_str()).bind(now.millis()).fetch_optional(c).await)?;
    let Some((kind, number, zero)) = row else { return Ok(None) };
    let unknown = Error::Inconsistent { table: "phone_draft", column: "kind" };
    Ok(Some(Draft {
        medium: Medium::parse(&kind).ok_or(unknown)?,
        number: Sealed::stored(number),
        zero: if zero == 1 { Zero::LeftOut } else { Zero::None },
    }))
}

/// Spends the number that was being enrolled in this session. Whether it was there, and still that one.
pub(crate) async fn take_draft(tx: &mut Tx, session: &SessionId, number: &Sealed) -> Result<bool> {
    const SQL: &str = "DELETE FROM phone_draft WHERE session_id = $1 AND number = $2";
    let rows = on!(tx, c => sqlx::query(SQL)
        .bind(session.as_str()).bind(number.as_str())
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Ends what was being enrolled in this session.
pub(crate) async fn drop_draft(tx: &mut Tx, session: &str) -> Result<()> {
    const SQL: &str = "DELETE FROM phone_draft WHERE session_id = $1";
    on!(tx, c => sqlx::query(SQL).bind(session).execute(c).await.map(drop))
}

/// Forgets numbers of which nobody proved one in time, a batch at most. How many.
pub(crate) async fn forget_drafts(tx: &mut Tx, now: Time) -> Result<u64> {
    const SQL: &str = "DELETE FROM phone_draft WHERE session_id IN \
                       (SELECT session_id FROM phone_draft WHERE expires_at <= $1 LIMIT $2) \
                       AND expires_at <= $1";
    on!(tx, c => sqlx::query(SQL)
        .bind(now.millis()).bind(BATCH)
        .execute(c).await.map(|done| done.rows_affected()))
}

fn read(
    (factor, kind, bound_at, name, number, starts_at): (
        String,
        String,
        String,
        String,
        String,
        i64,
    ),
) -> Result<Stored> {
    let unknown = |column| Error::Inconsistent { table: "factor", column };
    Ok(Stored {
        factor: FactorId::try_from(factor).map_err(|_| unknown("id"))?,
        medium: Medium::parse(&kind).ok_or_else(|| unknown("kind"))?,
        bound_at: Level::parse(&bound_at).ok_or_else(|| unknown("bound_at"))?,
        name,
        number: Sealed::stored(number),
        starts_at: Time::from_millis(starts_at),
    })
}
