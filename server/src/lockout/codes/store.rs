//! The SQL of tries at codes.

use crate::clock::Time;
use crate::id::{AccountId, TryId};
use crate::storage::{BATCH, Result, Tx, on};

/// Adds a try.
pub(super) async fn insert(
    tx: &mut Tx,
    id: &TryId,
    account: &AccountId,
    owner: &str,
    now: Time,
) -> Result<()> {
    const SQL: &str = "INSERT INTO code_try (id, account_id, owner, at) VALUES ($1, $2, $3, $4)";
    on!(tx, c => sqlx::query(SQL)
        .bind(id.as_str()).bind(account.as_str()).bind(owner).bind(now.millis())
        .execute(c).await.map(drop))
}

/// Removes a try that was right.
pub(super) async fn delete(tx: &mut Tx, id: &TryId) -> Result<()> {
    const SQL: &str = "DELETE FROM code_try WHERE id = $1";
    on!(tx, c => sqlx::query(SQL).bind(id.as_str()).execute(c).await.map(drop))
}

/// How many tries were charged in this attempt or session.
pub(super) async fn of_owner(tx: &mut Tx, owner: &str) -> Result<i64> {
    const SQL: &str = "SELECT COUNT(*) FROM code_try WHERE owner = $1";
    on!(tx, c => sqlx::query_scalar(SQL).bind(owner).fetch_one(c).await)
}

/// When the last tries of an account were charged, newest first.
pub(super) async fn newest(tx: &mut Tx, account: &AccountId, limit: u32) -> Result<Vec<Time>> {
    const SQL: &str = "SELECT at FROM code_try WHERE account_id = $1 ORDER BY at DESC LIMIT $2";
    let times: Vec<i64> = on!(tx, c => sqlx::query_scalar(SQL)
        .bind(account.as_str()).bind(i64::from(limit)).fetch_all(c).await)?;
    Ok(times.into_iter().map(Time::from_millis).collect())
}

/// Removes the tries of an account. How many.
pub(super) async fn clear(tx: &mut Tx, account: &AccountId) -> Result<u64> {
    const SQL: &str = "DELETE FROM code_try WHERE account_id = $1";
    on!(tx, c => sqlx::query(SQL)
        .bind(account.as_str()).execute(c).await.map(|done| done.rows_affected()))
}

/// Removes tries that were charged before `before`, a batch at most. How many.
pub(super) async fn forget(tx: &mut Tx, before: Time) -> Result<u64> {
    const SQL: &str = "DELETE FROM code_try WHERE id IN \
                       (SELECT id FROM code_try WHERE at < $1 LIMIT $2) \
                       AND at < $1";
    on!(tx, c => sqlx::query(SQL)
        .bind(before.millis()).bind(BATCH)
        .execute(c).await.map(|done| done.rows_affected()))
}
