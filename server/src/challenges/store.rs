//! The SQL of challenges.

use crate::clock::Time;
use crate::storage::{BATCH, Result, Tx, on};

pub(super) async fn put(
    tx: &mut Tx,
    owner: &str,
    purpose: &str,
    state: &str,
    expires_at: Time,
) -> Result<()> {
    const SQL: &str = "INSERT INTO challenge (owner, purpose, state, expires_at) \
                       VALUES ($1, $2, $3, $4) \
                       ON CONFLICT (owner, purpose) DO UPDATE \
                       SET state = excluded.state, expires_at = excluded.expires_at, spent_at = NULL";
    on!(tx, c => sqlx::query(SQL)
        .bind(owner)
        .bind(purpose)
        .bind(state)
        .bind(expires_at.millis())
        .execute(c).await.map(drop))
}

pub(super) async fn spend(
    tx: &mut Tx,
    owner: &str,
    purpose: &str,
    now: Time,
) -> Result<Option<String>> {
    const SQL: &str = "UPDATE challenge SET spent_at = $1 \
                       WHERE owner = $2 AND purpose = $3 AND spent_at IS NULL AND expires_at > $1 \
                       RETURNING state";
    on!(tx, c => sqlx::query_scalar(SQL)
        .bind(now.millis())
        .bind(owner)
        .bind(purpose)
        .fetch_optional(c).await)
}

pub(super) async fn look(tx: &mut Tx, after: &str, now: Time) -> Result<Vec<(String, bool)>> {
    const SQL: &str = "SELECT owner, MIN(expires_at) FROM challenge WHERE owner > $1 \
                       GROUP BY owner ORDER BY owner LIMIT $2";
    let rows: Vec<(String, i64)> =
        on!(tx, c => sqlx::query_as(SQL).bind(after).bind(BATCH).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(owner, end)| (owner, end <= now.millis())).collect())
}

pub(super) async fn forget(tx: &mut Tx, owner: &str, now: Time) -> Result<()> {
    const SQL: &str = "DELETE FROM challenge WHERE owner = $1 AND expires_at <= $2";
    on!(tx, c => sqlx::query(SQL).bind(owner).bind(now.millis()).execute(c).await.map(drop))
}
