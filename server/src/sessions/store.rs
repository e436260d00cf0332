//! The SQL of sessions.

use super::{Login, Scope, Session, Way};
use crate::clock::Time;
use crate::factors::Level;
use crate::id::{AccountId, SessionId};
use crate::secret::TokenHash;
use crate::storage::{Error, Result, Tx, on};

type Row = (String, String, String, String, String, i64, String, i64, i64);

pub(super) async fn insert(tx: &mut Tx, session: &Session, token: &TokenHash) -> Result<()> {
    const SQL: &str = "INSERT INTO session (id, token_hash, account_id, scope, level, way, proven_at, \
                       client, created_at, seen_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let login = &session.login;
    on!(tx, c => sqlx::query(SQL)
        .bind(session.id.as_str())
        .bind(token.as_str())
        .bind(login.account.as_str())
        .bind(login.scope.as_str())
        .bind(login.level.as_str())
        .bind(login.way.as_str())
        .bind(login.proven_at.millis())
        .bind(&session.client)
        .bind(session.created_at.millis())
        .bind(session.seen_at.millis())
        .execute(c).await.map(drop))
}

pub(super) async fn find(tx: &mut Tx, token: &TokenHash) -> Result<Option<Session>> {
    const SQL: &str = "SELECT s.id, s.account_id, s.scope, s.level, s.way, s.proven_at, s.client, \
                       s.created_at, s.seen_at FROM session s JOIN account a ON a.id = s.account_id \
                       WHERE s.token_hash = $1 AND s.ended_at IS NULL AND a.ended_at IS NULL";
    let row: Option<Row> =
        on!(tx, c => sqlx::query_as(SQL).bind(token.as_str()).fetch_optional(c).await)?;
    row.map(read).transpose()
}

/// Notes that a session is used, and the level it has by now.
pub(super) async fn touch(tx: &mut Tx, session: &Session) -> Result<()> {
    const SQL: &str = "UPDATE session SET seen_at = $1, level = $2 WHERE id = $3";
    on!(tx, c => sqlx::query(SQL)
        .bind(session.seen_at.millis())
        .bind(session.login.level.as_str())
        .bind(session.id.as_str())
        .execute(c).await.map(drop))
}

/// The sessions of an account that nobody ended, last used first; some may have run out.
pub(crate) async fn list(tx: &mut Tx, account: &AccountId) -> Result<Vec<Session>> {
    const SQL: &str = "SELECT id, account_id, scope, level, way, proven_at, client, created_at, \
                       seen_at FROM session WHERE account_id = $1 AND ended_at IS NULL \
                       ORDER BY seen_at DESC, id";
    let rows: Vec<Row> =
        on!(tx, c => sqlx::query_as(SQL).bind(account.as_str()).fetch_all(c).await)?;
    rows.into_iter().map(read).collect()
}

/// Ends one session of an account. Whether there was one to end.
pub(crate) async fn end(
    tx: &mut Tx,
    account: &AccountId,
    id: &SessionId,
    now: Time,
) -> Result<bool> {
    const SQL: &str = "UPDATE session SET ended_at = $1 \
                       WHERE id = $2 AND account_id = $3 AND ended_at IS NULL";
    let rows = on!(tx, c => sqlx::query(SQL)
        .bind(now.millis()).bind(id.as_str()).bind(account.as_str())
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Ends every session of an account but `kept`. How many.
pub(crate) async fn end_others(
    tx: &mut Tx,
    account: &AccountId,
    kept: &SessionId,
    now: Time,
) -> Result<u64> {
    const SQL: &str = "UPDATE session SET ended_at = $1 \
                       WHERE id <> $2 AND account_id = $3 AND ended_at IS NULL";
    on!(tx, c => sqlx::query(SQL)
        .bind(now.millis()).bind(kept.as_str()).bind(account.as_str())
        .execute(c).await.map(|done| done.rows_affected()))
}

fn read(
    (id, account, scope, level, way, proven_at, client, created_at, seen_at): Row,
) -> Result<Session> {
    let unknown = |column| Error::Inconsistent { table: "session", column };
    Ok(Session {
        id: SessionId::try_from(id).map_err(|_| unknown("id"))?,
        login: Login {
            account: AccountId::try_from(account).map_err(|_| unknown("account_id"))?,
            scope: Scope::parse(&scope).ok_or_else(|| unknown("scope"))?,
            level: Level::parse(&level).ok_or_else(|| unknown("level"))?,
            way: Way::parse(&way).ok_or_else(|| unknown("way"))?,
            proven_at: Time::from_millis(proven_at),
        },
        client,
        created_at: Time::from_millis(created_at),
        seen_at: Time::from_millis(seen_at),
    })
}
