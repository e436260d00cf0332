//! The SQL of the audit log.

use crate::clock::Time;
use crate::id::{AccountId, EventId};
use crate::storage::{Result, Tx, on};

pub(super) async fn insert(
    tx: &mut Tx,
    id: &EventId,
    now: Time,
    account: Option<&AccountId>,
    event: &str,
) -> Result<()> {
    const SQL: &str = "INSERT INTO audit (id, at, account_id, event) VALUES ($1, $2, $3, $4)";
    on!(tx, c => sqlx::query(SQL)
        .bind(id.as_str())
        .bind(now.millis())
        .bind(account.map(AccountId::as_str))
        .bind(event)
        .execute(c).await.map(drop))
}

/// The events about an account, or about nobody known, oldest first.
#[cfg(test)]
pub(crate) async fn of_account(tx: &mut Tx, account: Option<&AccountId>) -> Result<Vec<String>> {
    const SQL: &str = "SELECT event FROM audit \
                       WHERE COALESCE(account_id, '') = $1 ORDER BY at, event";
    let account = account.map_or("", AccountId::as_str);
    on!(tx, c => sqlx::query_scalar(SQL).bind(account).fetch_all(c).await)
}
