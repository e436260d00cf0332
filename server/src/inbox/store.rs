//! The SQL of the Berichtenbox.

use super::{Kept, Message};
use crate::clock::Time;
use crate::id::{AccountId, MessageId, PinId};
use crate::sealed::Sealed;
use crate::storage::{BATCH, Error, Result, Tx, on};

type Row = (String, String, i64, Option<i64>, Option<i64>);

/// Adds a message, written at the first moment and kept until the second.
pub(super) async fn insert(
    tx: &mut Tx,
    id: &MessageId,
    to: &AccountId,
    message: &Message,
    (now, end): (Time, Time),
) -> Result<()> {
    const SQL: &str = "INSERT INTO message (id, account_id, content, created_at, expires_at) \
                       VALUES ($1, $2, $3, $4, $5)";
    on!(tx, c => sqlx::query(SQL)
        .bind(id.as_str())
        .bind(to.as_str())
        .bind(serde_json::to_string(message).expect("a message is plain JSON"))
        .bind(now.millis())
        .bind(end.millis())
        .execute(c).await.map(drop))
}

/// Lays a sealed secret beside its message.
pub(super) async fn insert_secret(
    tx: &mut Tx,
    id: &MessageId,
    sealed: &Sealed,
    until: Time,
) -> Result<()> {
    const SQL: &str =
        "INSERT INTO message_secret (message_id, sealed, expires_at) VALUES ($1, $2, $3)";
    on!(tx, c => sqlx::query(SQL)
        .bind(id.as_str()).bind(sealed.as_str()).bind(until.millis())
        .execute(c).await.map(drop))
}

/// The messages of an account, newest first: at most `most`, after the first `skip`.
pub(super) async fn list(
    tx: &mut Tx,
    account: &AccountId,
    (most, skip): (u32, u32),
    now: Time,
) -> Result<Vec<Kept>> {
    const SQL: &str = "SELECT m.id, m.content, m.created_at, m.read_at, s.expires_at FROM message m \
                       LEFT JOIN message_secret s ON s.message_id = m.id AND s.expires_at > $4 \
                       WHERE m.account_id = $1 AND m.expires_at > $4 \
                       ORDER BY m.created_at DESC, m.id LIMIT $2 OFFSET $3";
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(SQL)
        .bind(account.as_str()).bind(i64::from(most)).bind(i64::from(skip)).bind(now.millis())
        .fetch_all(c).await)?;
    rows.into_iter().map(read).collect()
}

/// The messages of an account whose secret waits to be shown.
pub(super) async fn with_secrets(
    tx: &mut Tx,
    account: &AccountId,
    now: Time,
) -> Result<Vec<Message>> {
    const SQL: &str = "SELECT m.content FROM message m \
                       JOIN message_secret s ON s.message_id = m.id \
                       WHERE m.account_id = $1 AND s.expires_at > $2";
    let contents: Vec<String> = on!(tx, c => sqlx::query_scalar(SQL)
        .bind(account.as_str()).bind(now.millis()).fetch_all(c).await)?;
    let unknown = |_| Error::Inconsistent { table: "message", column: "content" };
    contents.iter().map(|content| serde_json::from_str(content).map_err(unknown)).collect()
}

/// How many messages of an account nobody has opened.
pub(crate) async fn unread(tx: &mut Tx, account: &AccountId, now: Time) -> Result<i64> {
    const SQL: &str = "SELECT COUNT(*) FROM message \
                       WHERE account_id = $1 AND read_at IS NULL AND expires_at > $2";
    on!(tx, c => sqlx::query_scalar(SQL)
        .bind(account.as_str()).bind(now.millis()).fetch_one(c).await)
}

/// One message of an account.
pub(super) async fn find(
    tx: &mut Tx,
    account: &AccountId,
    id: &MessageId,
    now: Time,
) -> Result<Option<Kept>> {
    const SQL: &str = "SELECT m.id, m.content, m.created_at, m.read_at, s.expires_at FROM message m \
                       LEFT JOIN message_secret s ON s.message_id = m.id AND s.expires_at > $3 \
                       WHERE m.account_id = $1 AND m.id = $2 AND m.expires_at > $3";
    let row: Option<Row> = on!(tx, c => sqlx::query_as(SQL)
        .bind(account.as_str()).bind(id.as_str()).bind(now.millis())
        .fetch_optional(c).await)?;
    row.map(read).transpose()
}

/// Notes that a message was opened.
pub(super) async fn mark_read(tx: &mut Tx, id: &MessageId, now: Time) -> Result<()> {
    const SQL: &str = "UPDATE message SET read_at = $1 WHERE id = $2 AND read_at IS NULL";
    on!(tx, c => sqlx::query(SQL)
        .bind(now.millis()).bind(id.as_str()).execute(c).await.map(drop))
}

/// Takes the secret of a message, and its row: of all who ask, one gets it.
pub(super) async fn take_secret(tx: &mut Tx, id: &MessageId, now: Time) -> Result<Option<Sealed>> {
    const SQL: &str = "DELETE FROM message_secret WHERE message_id = $1 AND expires_at > $2 \
                       RETURNING sealed";
    let sealed: Option<String> = on!(tx, c => sqlx::query_scalar(SQL)
        .bind(id.as_str()).bind(now.millis()).fetch_optional(c).await)?;
    Ok(sealed.map(Sealed::stored))
}

/// Drops the secret of the message that would show this PIN, which is over: nobody is shown what opens nothing.
pub(crate) async fn drop_secret(tx: &mut Tx, pin: &PinId) -> Result<()> {
    // `CROSS JOIN` keeps SQLite from beginning with the messages, which are many more.
    const SQL: &str = "DELETE FROM message_secret WHERE message_id IN \
                       (SELECT s.message_id FROM message_secret s CROSS JOIN message m \
                       WHERE m.id = s.message_id AND m.content LIKE $1)";
    let named = format!("%\"pin\":\"{pin}\"%");
    on!(tx, c => sqlx::query(SQL).bind(named).execute(c).await.map(drop))
}

/// Forgets secrets that nobody asked for in time, and those of messages that were kept long enough, a batch
/// at most. How many.
pub(super) async fn forget_secrets(tx: &mut Tx, now: Time) -> Result<u64> {
    const SQL: &str = "DELETE FROM message_secret WHERE message_id IN \
                       (SELECT message_id FROM message_secret WHERE expires_at <= $1 \
                       UNION ALL SELECT s.message_id FROM message m \
                       JOIN message_secret s ON s.message_id = m.id \
                       WHERE m.expires_at <= $1 AND s.expires_at > $1 LIMIT $2)";
    on!(tx, c => sqlx::query(SQL)
        .bind(now.millis()).bind(BATCH)
        .execute(c).await.map(|done| done.rows_affected()))
}

/// Forgets messages that were kept long enough and have no secret, a batch at most. How many.
pub(super) async fn forget(tx: &mut Tx, now: Time) -> Result<u64> {
    const SQL: &str = "DELETE FROM message WHERE id IN \
                       (SELECT m.id FROM message m WHERE m.expires_at <= $1 AND NOT EXISTS \
                       (SELECT 1 FROM message_secret s WHERE s.message_id = m.id) LIMIT $2)";
    on!(tx, c => sqlx::query(SQL)
        .bind(now.millis()).bind(BATCH)
        .execute(c).await.map(|done| done.rows_affected()))
}

fn read((id, content, created_at, read_at, secret_until): Row) -> Result<Kept> {
    let unknown = |column| Error::Inconsistent { table: "message", column };
    Ok(Kept {
        id: MessageId::try_from(id).map_err(|_| unknown("id"))?,
        message: serde_json::from_str(&content).map_err(|_| unknown("content"))?,
        created_at: Time::from_millis(created_at),
        read_at: read_at.map(Time::from_millis),
        secret_until: secret_until.map(Time::from_millis),
    })
}

/// Every sealed secret.
#[cfg(test)]
pub(crate) async fn all_sealed(tx: &mut Tx) -> Result<Vec<String>> {
    const SQL: &str = "SELECT sealed FROM message_secret ORDER BY message_id";
    on!(tx, c => sqlx::query_scalar(SQL).fetch_all(c).await)
}
