//! The SQL of passwords.

use super::Hash;
use crate::clock::Time;
use crate::id::AccountId;
use crate::storage::{Result, Tx, on};

/// Sets the password of an account.
pub(crate) async fn set(tx: &mut Tx, account: &AccountId, hash: &Hash, now: Time) -> Result<()> {
    const SQL: &str = "INSERT INTO password (account_id, hash, changed_at) VALUES ($1, $2, $3) \
                       ON CONFLICT (account_id) DO UPDATE \
                       SET hash = excluded.hash, changed_at = excluded.changed_at";
    on!(tx, c => sqlx::query(SQL)
        .bind(account.as_str())
        .bind(hash.as_str())
        .bind(now.millis())
        .execute(c).await.map(drop))
}

/// The hash of an account's password, where it has one.
pub(crate) async fn find(tx: &mut Tx, account: &AccountId) -> Result<Option<Hash>> {
    const SQL: &str = "SELECT hash FROM password WHERE account_id = $1";
    let hash: Option<String> =
        on!(tx, c => sqlx::query_scalar(SQL).bind(account.as_str()).fetch_optional(c).await)?;
    Ok(hash.map(Hash::stored))
}
