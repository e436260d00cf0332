//! The SQL of setting up anew.

use super::Reset;
use crate::clock::Time;
use crate::factors::Level;
use crate::id::AccountId;
use crate::secret::TokenHash;
use crate::storage::{Error, Result, Tx, on};

/// Begins; one that was begun before is over.
pub(crate) async fn put(tx: &mut Tx, account: &AccountId, reset: &Reset) -> Result<()> {
    const SQL: &str = "INSERT INTO factor_reset (account_id, browser, bound_at, expires_at) \
                       VALUES ($1, $2, $3, $4) ON CONFLICT (account_id) DO UPDATE \
                       SET browser = excluded.browser, bound_at = excluded.bound_at, \
                       expires_at = excluded.expires_at";
    on!(tx, c => sqlx::query(SQL)
        .bind(account.as_str())
        .bind(reset.browser.as_str())
        .bind(reset.bound_at.as_str())
        .bind(reset.expires_at.millis())
        .execute(c).await.map(drop))
}

/// The one of an account that is set up anew, whether its time has passed or not.
pub(crate) async fn find(tx: &mut Tx, account: &AccountId) -> Result<Option<Reset>> {
    const SQL: &str =
        "SELECT browser, bound_at, expires_at FROM factor_reset WHERE account_id = $1";
    let row: Option<(String, String, i64)> =
        on!(tx, c => sqlx::query_as(SQL).bind(account.as_str()).fetch_optional(c).await)?;
    let Some((browser, bound_at, expires_at)) = row else { return Ok(None) };
    let unknown = Error::Inconsistent { table: "factor_reset", column: "bound_at" };
    Ok(Some(Reset {
        browser: TokenHash::stored(browser),
        bound_at: Level::parse(&bound_at).ok_or(unknown)?,
        expires_at: Time::from_millis(expires_at),
    }))
}

/// Ends it. Whether there was one.
pub(crate) async fn delete(tx: &mut Tx, account: &AccountId) -> Result<bool> {
    const SQL: &str = "DELETE FROM factor_reset WHERE account_id = $1";
    let rows = on!(tx, c => sqlx::query(SQL)
        .bind(account.as_str()).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}
