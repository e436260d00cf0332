//! The SQL of waivers.

use super::Waiver;
use crate::clock::Time;
use crate::id::AccountId;
use crate::storage::{BATCH, Error, Result, Tx, on};

/// The last waiver of an account, over or not.
pub(crate) async fn find(tx: &mut Tx, account: &AccountId) -> Result<Option<Waiver>> {
    const SQL: &str = "SELECT given_at, ends_at FROM waiver WHERE account_id = $1";
    let row: Option<(i64, i64)> =
        on!(tx, c => sqlx::query_as(SQL).bind(account.as_str()).fetch_optional(c).await)?;
    let read = |(given_at, ends_at)| Waiver {
        given_at: Time::from_millis(given_at),
        ends_at: Time::from_millis(ends_at),
    };
    Ok(row.map(read))
}

/// Gives an account a waiver, unless it was given one after `since`. Whether it was: of many at once,
/// one is.
pub(crate) async fn give(
    tx: &mut Tx,
    account: &AccountId,
    waiver: &Waiver,
    since: Time,
) -> Result<bool> {
    const SQL: &str = "INSERT INTO waiver (account_id, given_at, ends_at) VALUES ($1, $2, $3) \
                       ON CONFLICT (account_id) DO UPDATE SET given_at = excluded.given_at, \
                       ends_at = excluded.ends_at, told_at = NULL \
                       WHERE waiver.given_at <= $4";
    on!(tx, c => sqlx::query(SQL)
        .bind(account.as_str())
        .bind(waiver.given_at.millis())
        .bind(waiver.ends_at.millis())
        .bind(since.millis())
        .execute(c).await.map(|done| done.rows_affected() == 1))
}

/// Ends the waiver of an account before its time. Whether it lasted still.
pub(crate) async fn end(tx: &mut Tx, account: &AccountId, now: Time) -> Result<bool> {
    const SQL: &str = "UPDATE waiver SET ends_at = $1, told_at = $1 \
                       WHERE account_id = $2 AND ends_at > $1";
    on!(tx, c => sqlx::query(SQL)
        .bind(now.millis()).bind(account.as_str())
        .execute(c).await.map(|done| done.rows_affected() == 1))
}

/// Notes that waivers are over whose time has passed, each once, a batch at most. Whose.
pub(crate) async fn lapse(tx: &mut Tx, now: Time) -> Result<Vec<AccountId>> {
    const SQL: &str = "UPDATE waiver SET told_at = $1 WHERE account_id IN \
                       (SELECT account_id FROM waiver WHERE told_at IS NULL AND ends_at <= $1 \
                        LIMIT $2) AND told_at IS NULL AND ends_at <= $1 RETURNING account_id";
    let ids: Vec<String> = on!(tx, c => sqlx::query_scalar(SQL)
        .bind(now.millis()).bind(BATCH).fetch_all(c).await)?;
    let unknown = || Error::Inconsistent { table: "waiver", column: "account_id" };
    ids.into_iter().map(|id| AccountId::try_from(id).map_err(|_| unknown())).collect()
}
