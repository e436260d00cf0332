//! The SQL of lock-out.

use super::rules::{Block, Count};
use crate::clock::Time;
use crate::storage::{BATCH, Result, Tx, on};

type Row = (i64, i64, i64, Option<i64>, i64, i64);

/// Reads a count and keeps every other transaction from it until this one ends.
async fn lock(tx: &mut Tx, subject: &str, secret: &str, now: Time) -> Result<(Count, Time)> {
    const SQL: &str = "INSERT INTO lockout (subject, secret, streak, total, blocks, touched_at) \
                       VALUES ($1, $2, 0, 0, 0, $3) \
                       ON CONFLICT (subject, secret) DO UPDATE SET secret = excluded.secret \
                       RETURNING streak, total, blocks, blocked_until, refused, touched_at";
    let row: Row = on!(tx, c => sqlx::query_as(SQL)
        .bind(subject)
        .bind(secret)
        .bind(now.millis())
        .fetch_one(c).await)?;
    Ok(read(row))
}

/// Reads a count that no other transaction changes until this one ends, and when it was written last; on SQLite
/// without writing.
pub(super) async fn look(
    tx: &mut Tx,
    subject: &str,
    secret: &str,
    now: Time,
) -> Result<(Count, Time)> {
    const SQL: &str = "SELECT streak, total, blocks, blocked_until, refused, touched_at FROM lockout \
                       WHERE subject = $1 AND secret = $2";
    if !tx.writes_alone() {
        return lock(tx, subject, secret, now).await;
    }
    let row: Option<Row> = on!(tx, c => sqlx::query_as(SQL)
        .bind(subject).bind(secret).fetch_optional(c).await)?;
    Ok(row.map_or((Count::default(), now), read))
}

fn read((streak, total, blocks, until, refused, touched_at): Row) -> (Count, Time) {
    let number = |value: i64| u32::try_from(value).unwrap_or(u32::MAX);
    let block = until.map(read_block);
    let [streak, total, blocks, refused] = [streak, total, blocks, refused].map(number);
    (Count { streak, total, blocks, block, refused }, Time::from_millis(touched_at))
}

/// The block that began last, which may have ended.
pub(super) async fn block(tx: &mut Tx, subject: &str, secret: &str) -> Result<Option<Block>> {
    const SQL: &str = "SELECT blocked_until FROM lockout WHERE subject = $1 AND secret = $2";
    let row: Option<Option<i64>> = on!(tx, c => sqlx::query_scalar(SQL)
        .bind(subject).bind(secret).fetch_optional(c).await)?;
    Ok(row.flatten().map(read_block))
}

fn read_block(end: i64) -> Block {
    match end {
        CLOSED => Block::Closed,
        end => Block::Until(Time::from_millis(end)),
    }
}

/// Writes a count, whatever stood there.
pub(super) async fn put(
    tx: &mut Tx,
    (subject, secret): (&str, &str),
    count: &Count,
    now: Time,
) -> Result<()> {
    const SQL: &str = "INSERT INTO lockout (subject, secret, streak, total, blocks, blocked_until, \
                       refused, touched_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
                       ON CONFLICT (subject, secret) DO UPDATE SET streak = excluded.streak, \
                       total = excluded.total, blocks = excluded.blocks, \
                       blocked_until = excluded.blocked_until, refused = excluded.refused, \
                       touched_at = excluded.touched_at";
    let until = count.block.map(|block| match block {
        Block::Until(end) => end.millis(),
        Block::Closed => CLOSED,
    });
    on!(tx, c => sqlx::query(SQL)
        .bind(subject)
        .bind(secret)
        .bind(i64::from(count.streak))
        .bind(i64::from(count.total))
        .bind(i64::from(count.blocks))
        .bind(until)
        .bind(i64::from(count.refused))
        .bind(now.millis())
        .execute(c).await.map(drop))
}

/// The secrets of a subject that do not open by themselves.
pub(super) async fn closed(tx: &mut Tx, subject: &str) -> Result<Vec<String>> {
    const SQL: &str = "SELECT secret FROM lockout WHERE subject = $1 AND blocked_until = $2";
    on!(tx, c => sqlx::query_scalar(SQL).bind(subject).bind(CLOSED).fetch_all(c).await)
}

/// Forgets names that nobody has and nobody tried since `before`, a batch at most. How many.
pub(super) async fn forget_names(tx: &mut Tx, before: Time) -> Result<u64> {
    // A closed one stays, as an account's does: who tries again after the time sees no difference.
    const SQL: &str = "DELETE FROM lockout WHERE (subject, secret) IN \
                       (SELECT subject, secret FROM lockout \
                       WHERE subject LIKE 'name:%' AND touched_at < $1 \
                       AND (blocked_until IS NULL OR blocked_until < $2) LIMIT $3) \
                       AND touched_at < $1";
    on!(tx, c => sqlx::query(SQL)
        .bind(before.millis()).bind(CLOSED).bind(BATCH)
        .execute(c).await.map(|done| done.rows_affected()))
}

/// The end of a block that does not end by itself.
const CLOSED: i64 = i64::MAX;
