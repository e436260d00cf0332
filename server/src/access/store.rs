//! The SQL of access codes.

use crate::clock::Time;
use crate::factors::Level;
use crate::id::{AccessCodeId, AccountId};
use crate::password::Hash;
use crate::storage::{BATCH, Error, Result, Tx, on};

type Row = (String, String, String, i64);

/// The living code of an account, as it is kept.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    pub(crate) id: AccessCodeId,
    pub(crate) hash: Hash,
    /// The level of the session in which it was given.
    pub(crate) given_at: Level,
    pub(crate) expires_at: Time,
}

/// The code of an account that works at `now`.
pub(crate) async fn find(tx: &mut Tx, account: &AccountId, now: Time) -> Result<Option<Stored>> {
    const SQL: &str = "SELECT id, hash, given_at, expires_at FROM access_code \
                       WHERE account_id = $1 AND expires_at > $2";
    let row: Option<Row> = on!(tx, c => sqlx::query_as(SQL)
        .bind(account.as_str()).bind(now.millis()).fetch_optional(c).await)?;
    let unknown = |column| Error::Inconsistent { table: "access_code", column };
    let Some((id, hash, given_at, expires_at)) = row else { return Ok(None) };
    Ok(Some(Stored {
        id: AccessCodeId::try_from(id).map_err(|_| unknown("id"))?,
        hash: Hash::stored(hash),
        given_at: Level::parse(&given_at).ok_or_else(|| unknown("given_at"))?,
        expires_at: Time::from_millis(expires_at),
    }))
}

/// Gives an account a code; the one it had is dead at once.
pub(crate) async fn put(tx: &mut Tx, account: &AccountId, code: &Stored) -> Result<()> {
    const SQL: &str = "INSERT INTO access_code (account_id, id, hash, given_at, expires_at) \
                       VALUES ($1, $2, $3, $4, $5) \
                       ON CONFLICT (account_id) DO UPDATE SET id = excluded.id, \
                       hash = excluded.hash, given_at = excluded.given_at, \
                       expires_at = excluded.expires_at";
    on!(tx, c => sqlx::query(SQL)
        .bind(account.as_str())
        .bind(code.id.as_str())
        .bind(code.hash.as_str())
        .bind(code.given_at.as_str())
        .bind(code.expires_at.millis())
        .execute(c).await.map(drop))
}

/// Spends the code `id`, if it is the living one still. Whether it was: of many at once, one is.
pub(crate) async fn spend(
    tx: &mut Tx,
    account: &AccountId,
    id: &AccessCodeId,
    now: Time,
) -> Result<bool> {
    const SQL: &str =
        "DELETE FROM access_code WHERE account_id = $1 AND id = $2 AND expires_at > $3";
    let rows = on!(tx, c => sqlx::query(SQL)
        .bind(account.as_str()).bind(id.as_str()).bind(now.millis())
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Takes the code of an account back. Whether it worked still.
pub(crate) async fn end(tx: &mut Tx, account: &AccountId, now: Time) -> Result<bool> {
    const SQL: &str = "DELETE FROM access_code WHERE account_id = $1 AND expires_at > $2";
    let rows = on!(tx, c => sqlx::query(SQL)
        .bind(account.as_str()).bind(now.millis())
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Forgets codes that work no more, a batch at most. Whose.
pub(crate) async fn lapse(tx: &mut Tx, now: Time) -> Result<Vec<AccountId>> {
    const SQL: &str = "DELETE FROM access_code WHERE account_id IN \
                       (SELECT account_id FROM access_code WHERE expires_at <= $1 LIMIT $2) \
                       AND expires_at <= $1 RETURNING account_id";
    let ids: Vec<String> = on!(tx, c => sqlx::query_scalar(SQL)
        .bind(now.millis()).bind(BATCH).fetch_all(c).await)?;
    let unknown = || Error::Inconsistent { table: "access_code", column: "account_id" };
    ids.into_iter().map(|id| AccountId::try_from(id).map_err(|_| unknown())).collect()
}
