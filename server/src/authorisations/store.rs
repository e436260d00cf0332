//! The SQL of authorisations.

use super::Id;
use crate::id::AccountId;
use crate::storage::{Error, Result, Tx, on};
use std::collections::BTreeSet;

/// What is kept of an account, configured or not.
pub(crate) async fn of_account(tx: &mut Tx, account: &AccountId) -> Result<BTreeSet<Id>> {
    const SQL: &str = "SELECT id FROM authorisation WHERE account_id = $1 ORDER BY id";
    let ids: Vec<String> =
        on!(tx, c => sqlx::query_scalar(SQL).bind(account.as_str()).fetch_all(c).await)?;
    let unknown = Error::Inconsistent { table: "authorisation", column: "id" };
    ids.iter().map(|id| Id::parse(id)).collect::<Option<_>>().ok_or(unknown)
}

/// Gives an account this one, if it has it not.
pub(super) async fn give(tx: &mut Tx, account: &AccountId, id: &Id) -> Result<()> {
    const SQL: &str = "INSERT INTO authorisation (account_id, id) VALUES ($1, $2) \
                       ON CONFLICT (account_id, id) DO NOTHING";
    on!(tx, c => sqlx::query(SQL)
        .bind(account.as_str()).bind(id.as_str()).execute(c).await.map(drop))
}

/// Takes this one from an account.
pub(super) async fn take(tx: &mut Tx, account: &AccountId, id: &Id) -> Result<()> {
    const SQL: &str = "DELETE FROM authorisation WHERE account_id = $1 AND id = $2";
    on!(tx, c => sqlx::query(SQL)
        .bind(account.as_str()).bind(id.as_str()).execute(c).await.map(drop))
}

/// Takes all from an account, which ends.
pub(crate) async fn end(tx: &mut Tx, account: &AccountId) -> Result<()> {
    const SQL: &str = "DELETE FROM authorisation WHERE account_id = $1";
    on!(tx, c => sqlx::query(SQL).bind(account.as_str()).execute(c).await.map(drop))
}

/// Every id that is kept, and of how many accounts.
pub(super) async fn all(tx: &mut Tx) -> Result<Vec<(String, i64)>> {
    const SQL: &str = "SELECT id, COUNT(*) FROM authorisation GROUP BY id ORDER BY id";
    on!(tx, c => sqlx::query_as(SQL).fetch_all(c).await)
}
