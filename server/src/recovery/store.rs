//! The SQL of recovery codes.

use crate::clock::Time;
use crate::factors::Level;
use crate::id::{AccountId, RecoveryCodeId};
use crate::password::Hash;
use crate::storage::{Error, Result, Tx, on};

type Row = (String, String, String, i64, Option<i64>);

/// The living code of an account, as it is kept.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    pub(crate) id: RecoveryCodeId,
    pub(crate) hash: Hash,
    /// What it lets in gets no more.
    pub(crate) bound_at: Level,
    pub(crate) created_at: Time,
    /// When its owner showed to have it.
    pub(crate) confirmed_at: Option<Time>,
}

/// The living code of an account.
pub(crate) async fn find(tx: &mut Tx, account: &AccountId) -> Result<Option<Stored>> {
    const SQL: &str = "SELECT id, hash, bound_at, created_at, confirmed_at FROM recovery_code \
                       WHERE account_id = $1";
    let row: Option<Row> =
        on!(tx, c => sqlx::query_as(SQL).bind(account.as_str()).fetch_optional(c).await)?;
    let unknown = |column| Error::Inconsistent { table: "recovery_code", column };
    let Some((id, hash, bound_at, created_at, confirmed_at)) = row else { return Ok(None) };
    Ok(Some(Stored {
        id: RecoveryCodeId::try_from(id).map_err(|_| unknown("id"))?,
        hash: Hash::stored(hash),
        bound_at: Level::parse(&bound_at).ok_or_else(|| unknown("bound_at"))?,
        created_at: Time::from_millis(created_at),
        confirmed_at: confirmed_at.map(Time::from_millis),
    }))
}

/// Gives an account a code; the one it had is dead at once.
pub(crate) async fn put(tx: &mut Tx, account: &AccountId, code: &Stored) -> Result<()> {
    const SQL: &str = "INSERT INTO recovery_code (account_id, id, hash, bound_at, created_at) \
                       VALUES ($1, $2, $3, $4, $5) \
                       ON CONFLICT (account_id) DO UPDATE SET id = excluded.id, \
                       hash = excluded.hash, bound_at = excluded.bound_at, \
                       created_at = excluded.created_at, confirmed_at = NULL";
    on!(tx, c => sqlx::query(SQL)
        .bind(account.as_str())
        .bind(code.id.as_str())
        .bind(code.hash.as_str())
        .bind(code.bound_at.as_str())
        .bind(code.created_at.millis())
        .execute(c).await.map(drop))
}

/// Spends the code `old`, if it is the living one still, and puts `new` in its place. Whether it was.
pub(crate) async fn exchange(
    tx: &mut Tx,
    account: &AccountId,
    (old, new): (&RecoveryCodeId, &Stored),
) -> Result<bool> {
    const SQL: &str = "UPDATE recovery_code SET id = $1, hash = $2, bound_at = $3, \
                       created_at = $4, confirmed_at = NULL WHERE account_id = $5 AND id = $6";
    let rows = on!(tx, c => sqlx::query(SQL)
        .bind(new.id.as_str())
        .bind(new.hash.as_str())
        .bind(new.bound_at.as_str())
        .bind(new.created_at.millis())
        .bind(account.as_str())
        .bind(old.as_str())
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Spends the code `id`, if it is the living one still: the account has none. Whether it was.
pub(crate) async fn spend(tx: &mut Tx, account: &AccountId, id: &RecoveryCodeId) -> Result<bool> {
    const SQL: &str = "DELETE FROM recovery_code WHERE account_id = $1 AND id = $2";
    let rows = on!(tx, c => sqlx::query(SQL)
        .bind(account.as_str()).bind(id.as_str())
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Notes that its owner has the code `id`, if it is the living one. Whether it was.
pub(crate) async fn confirm(
    tx: &mut Tx,
    account: &AccountId,
    id: &RecoveryCodeId,
    now: Time,
) -> Result<bool> {
    const SQL: &str =
        "UPDATE recovery_code SET confirmed_at = $1 WHERE account_id = $2 AND id = $3";
    let rows = on!(tx, c => sqlx::query(SQL)
        .bind(now.millis()).bind(account.as_str()).bind(id.as_str())
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}
