//! The SQL of sessions.

use super::{Login, Scope, Session, Way};
use crate::clock::Time;
use crate::factors::Level;
use crate::id::{AccountId, SessionId};
use crate::secret::TokenHash;
use crate::storage::{BATCH, Error, Result, Tx, on};

type Row = (String, String, String, String, String, String, i64, String, i64, i64);

pub(super) async fn insert(tx: &mut Tx, session: &Session, token: &TokenHash) -> Result<()> {
    const SQL: &str = "INSERT INTO session (id, token_hash, account_id, scope, level, proof, way, \
                       proven_at, client, created_at, seen_at) \
                       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let login = &session.login;
    on!(tx, c => sqlx::query(SQL)
        .bind(session.id.as_str())
        .bind(token.as_str())
        .bind(login.account.as_str())
        .bind(login.scope.as_str())
        .bind(login.level.as_str())
        .bind(login.proof.as_str())
        .bind(login.way.as_str())
        .bind(login.proven_at.millis())
        .bind(&session.client)
        .bind(session.created_at.millis())
        .bind(session.seen_at.millis())
        .execute(c).await.map(drop))
}

pub(super) async fn find(tx: &mut Tx, token: &TokenHash) -> Result<Option<Session>> {
    const SQL: &str = "SELECT s.id, s.account_id, s.scope, s.level, s.proof, s.way, s.proven_at, \
                       s.client, s.created_at, s.seen_at FROM session s JOIN account a ON a.id = s.account_id \
                       WHERE s.token_hash = $1 AND s.ended_at IS NULL AND a.ended_at IS NULL";
    let row: Option<Row> =
        on!(tx, c => sqlx::query_as(SQL).bind(token.as_str()).fetch_optional(c).await)?;
    row.map(read).transpose()
}

/// As [`find`], and keeps the session from every other change until the transaction ends.
pub(super) async fn lock(tx: &mut Tx, token: &TokenHash) -> Result<Option<Session>> {
    const SQL: &str = "UPDATE session SET seen_at = seen_at \
                       WHERE token_hash = $1 AND ended_at IS NULL \
                       AND EXISTS (SELECT 1 FROM account a \
                                   WHERE a.id = session.account_id AND a.ended_at IS NULL) \
                       RETURNING id, account_id, scope, level, proof, way, proven_at, client, \
                       created_at, seen_at";
    if tx.writes_alone() {
        return find(tx, token).await;
    }
    let row: Option<Row> =
        on!(tx, c => sqlx::query_as(SQL).bind(token.as_str()).fetch_optional(c).await)?;
    row.map(read).transpose()
}

/// As [`lock`], by account and id.
pub(super) async fn lock_id(
    tx: &mut Tx,
    account: &AccountId,
    id: &SessionId,
) -> Result<Option<Session>> {
    const SQL: &str = "UPDATE session SET seen_at = seen_at \
                       WHERE id = $1 AND account_id = $2 AND ended_at IS NULL \
                       AND EXISTS (SELECT 1 FROM account a \
                                   WHERE a.id = session.account_id AND a.ended_at IS NULL) \
                       RETURNING id, account_id, scope, level, proof, way, proven_at, client, \
                       created_at, seen_at";
    let row: Option<Row> = on!(tx, c => sqlx::query_as(SQL)
        .bind(id.as_str()).bind(account.as_str()).fetch_optional(c).await)?;
    row.map(read).transpose()
}

/// Notes that a session is used, and the levels it has by now. It was locked before.
pub(super) async fn touch(tx: &mut Tx, session: &Session) -> Result<()> {
    const SQL: &str = "UPDATE session SET seen_at = $1, level = $2, proof = $3 WHERE id = $4";
    on!(tx, c => sqlx::query(SQL)
        .bind(session.seen_at.millis())
        .bind(session.login.level.as_str())
        .bind(session.login.proof.as_str())
        .bind(session.id.as_str())
        .execute(c).await.map(drop))
}

/// The sessions of an account that nobody ended, last used first; those seen after the first
/// moment and begun after the second.
pub(super) async fn list(
    tx: &mut Tx,
    account: &AccountId,
    (seen, begun): (Time, Time),
) -> Result<Vec<Session>> {
    const SQL: &str = "SELECT id, account_id, scope, level, proof, way, proven_at, client, \
                       created_at, seen_at FROM session WHERE account_id = $1 \
                       AND ended_at IS NULL AND seen_at > $2 AND created_at > $3 \
                       ORDER BY seen_at DESC, id";
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(SQL)
        .bind(account.as_str()).bind(seen.millis()).bind(begun.millis())
        .fetch_all(c).await)?;
    rows.into_iter().map(read).collect()
}

/// A batch of the ids of sessions that follow this one, each with whether it ended or ran out: last seen and
/// begun by these moments.
pub(super) async fn look(
    tx: &mut Tx,
    after: &str,
    (seen, begun): (Time, Time),
) -> Result<Vec<(String, bool)>> {
    const SQL: &str = "SELECT id, CASE WHEN ended_at IS NOT NULL OR seen_at <= $2 \
                       OR created_at <= $3 THEN 1 ELSE 0 END FROM session \
                       WHERE id > $1 ORDER BY id LIMIT $4";
    let rows: Vec<(String, i32)> = on!(tx, c => sqlx::query_as(SQL)
        .bind(after).bind(seen.millis()).bind(begun.millis()).bind(BATCH).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(id, over)| (id, over == 1)).collect())
}

/// Forgets a session if it ended or ran out by these moments. Whether it did.
pub(super) async fn forget(tx: &mut Tx, id: &str, (seen, begun): (Time, Time)) -> Result<bool> {
    const SQL: &str = "DELETE FROM session WHERE id = $1 \
                       AND (ended_at IS NOT NULL OR seen_at <= $2 OR created_at <= $3)";
    on!(tx, c => sqlx::query(SQL)
        .bind(id).bind(seen.millis()).bind(begun.millis())
        .execute(c).await.map(|done| done.rows_affected() == 1))
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

/// Ends every session of an account but `kept`. Which.
pub(super) async fn end_others(
    tx: &mut Tx,
    account: &AccountId,
    kept: Option<&SessionId>,
    now: Time,
) -> Result<Vec<SessionId>> {
    const SQL: &str = "UPDATE session SET ended_at = $1 \
                       WHERE id <> $2 AND account_id = $3 AND ended_at IS NULL RETURNING id";
    let ids: Vec<String> = on!(tx, c => sqlx::query_scalar(SQL)
        .bind(now.millis()).bind(kept.map_or("", SessionId::as_str)).bind(account.as_str())
        .fetch_all(c).await)?;
    let unknown = || Error::Inconsistent { table: "session", column: "id" };
    ids.into_iter().map(|id| SessionId::try_from(id).map_err(|_| unknown())).collect()
}

/// Ends the sessions of an account that anything was proven in since then. Which.
pub(super) async fn end_since(
    tx: &mut Tx,
    account: &AccountId,
    since: Time,
    now: Time,
) -> Result<Vec<SessionId>> {
    const SQL: &str = "UPDATE session SET ended_at = $1 \
                       WHERE account_id = $2 AND proven_at >= $3 AND ended_at IS NULL \
                       RETURNING id";
    let ids: Vec<String> = on!(tx, c => sqlx::query_scalar(SQL)
        .bind(now.millis()).bind(account.as_str()).bind(since.millis())
        .fetch_all(c).await)?;
    let unknown = || Error::Inconsistent { table: "session", column: "id" };
    ids.into_iter().map(|id| SessionId::try_from(id).map_err(|_| unknown())).collect()
}

/// Ends the sessions of an account in which a password alone let into all of it, but `kept`. Which.
pub(super) async fn end_without_factor(
    tx: &mut Tx,
    account: &AccountId,
    kept: Option<&SessionId>,
    now: Time,
) -> Result<Vec<SessionId>> {
    const SQL: &str = "UPDATE session SET ended_at = $1 WHERE id <> $2 AND account_id = $3 \
                       AND scope = $4 AND way = $5 AND ended_at IS NULL RETURNING id";
    let ids: Vec<String> = on!(tx, c => sqlx::query_scalar(SQL)
        .bind(now.millis()).bind(kept.map_or("", SessionId::as_str)).bind(account.as_str())
        .bind(Scope::Full.as_str()).bind(Way::Password.as_str())
        .fetch_all(c).await)?;
    let unknown = || Error::Inconsistent { table: "session", column: "id" };
    ids.into_iter().map(|id| SessionId::try_from(id).map_err(|_| unknown())).collect()
}

fn read(
    (id, account, scope, level, proof, way, proven_at, client, created_at, seen_at): Row,
) -> Result<Session> {
    let unknown = |column| Error::Inconsistent { table: "session", column };
    Ok(Session {
        id: SessionId::try_from(id).map_err(|_| unknown("id"))?,
        login: Login {
            account: AccountId::try_from(account).map_err(|_| unknown("account_id"))?,
            scope: Scope::parse(&scope).ok_or_else(|| unknown("scope"))?,
            level: Level::parse(&level).ok_or_else(|| unknown("level"))?,
            proof: Level::parse(&proof).ok_or_else(|| unknown("proof"))?,
            way: Way::parse(&way).ok_or_else(|| unknown("way"))?,
            proven_at: Time::from_millis(proven_at),
        },
        client,
        created_at: Time::from_millis(created_at),
        seen_at: Time::from_millis(seen_at),
    })
}
