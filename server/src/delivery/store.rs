//! The SQL of the outbox.

use crate::clock::Time;
use crate::id::{AccountId, PostId};
use crate::sealed::Sealed;
use crate::storage::{BATCH, Error, Result, Tx, on};

/// A row that a worker has taken.
#[derive(Clone, Debug)]
pub(super) struct Taken {
    pub(super) id: PostId,
    /// Whom it is about, where that is somebody.
    pub(super) account: Option<AccountId>,
    pub(super) kind: String,
    pub(super) content: Sealed,
    /// When it has lost its sense.
    pub(super) ends: Time,
    /// Which try this is; the take of a row that was taken again since no longer counts.
    pub(super) tries: u32,
}

/// A row as the list shows it.
#[derive(Clone, Debug)]
pub(super) struct Listed {
    pub(super) id: PostId,
    pub(super) kind: String,
    pub(super) content: Sealed,
    pub(super) created: Time,
    /// When it is due; nothing where it was given up.
    pub(super) due: Option<Time>,
    pub(super) tries: u32,
    pub(super) failure: Option<String>,
}

/// A row before it is written.
pub(super) struct New<'a> {
    pub(super) id: &'a PostId,
    pub(super) account: Option<&'a AccountId>,
    pub(super) kind: &'a str,
    pub(super) content: &'a Sealed,
    pub(super) now: Time,
    pub(super) ends: Time,
}

pub(super) async fn insert(tx: &mut Tx, new: &New<'_>) -> Result<()> {
    const SQL: &str = "INSERT INTO outbox (id, account_id, kind, content, created_at, due_at, \
                       ends_at, tries) VALUES ($1, $2, $3, $4, $5, $6, $7, 0)";
    on!(tx, c => sqlx::query(SQL)
        .bind(new.id.as_str())
        .bind(new.account.map(AccountId::as_str))
        .bind(new.kind)
        .bind(new.content.as_str())
        .bind(new.now.millis())
        .bind(new.now.millis())
        .bind(new.ends.millis())
        .execute(c).await.map(drop))
}

/// Takes the row that has been due longest, for whoever asks first: until `lease` it is nobody else's.
pub(super) async fn take(tx: &mut Tx, now: Time, lease: Time) -> Result<Option<Taken>> {
    // The condition on due_at stands twice: whoever waited for another's take sees the row as that
    // left it, and does not take it too.
    const SQL: &str = "UPDATE outbox SET due_at = $1, tries = tries + 1 \
                       WHERE id = (SELECT id FROM outbox WHERE due_at <= $2 \
                                   ORDER BY due_at, id LIMIT 1) AND due_at <= $3 \
                       RETURNING id, account_id, kind, content, ends_at, tries";
    type Row = (String, Option<String>, String, String, i64, i64);
    let row: Option<Row> = on!(tx, c => sqlx::query_as(SQL)
        .bind(lease.millis())
        .bind(now.millis())
        .bind(now.millis())
        .fetch_optional(c).await)?;
    let Some((id, account, kind, content, ends, tries)) = row else { return Ok(None) };
    let account = account.map(AccountId::try_from).transpose();
    Ok(Some(Taken {
        id: PostId::try_from(id).map_err(|_| unknown("id"))?,
        account: account.map_err(|_| unknown("account_id"))?,
        kind,
        content: Sealed::stored(content),
        ends: Time::from_millis(ends),
        tries: u32::try_from(tries).unwrap_or(u32::MAX),
    }))
}

/// When the next row is due, one that is taken at the end of its lease.
pub(super) async fn next(tx: &mut Tx) -> Result<Option<Time>> {
    const SQL: &str = "SELECT MIN(due_at) FROM outbox WHERE due_at IS NOT NULL";
    let due: Option<i64> = on!(tx, c => sqlx::query_scalar(SQL).fetch_one(c).await)?;
    Ok(due.map(Time::from_millis))
}

/// Removes a row that was taken; whether the take still counted.
pub(super) async fn done(tx: &mut Tx, taken: &Taken) -> Result<bool> {
    const SQL: &str = "DELETE FROM outbox WHERE id = $1 AND tries = $2 AND due_at IS NOT NULL";
    on!(tx, c => sqlx::query(SQL)
        .bind(taken.id.as_str())
        .bind(i64::from(taken.tries))
        .execute(c).await.map(|done| done.rows_affected() == 1))
}

/// Gives back a row that was taken: for another try at `due`, or, without, for none. Whether the take
/// still counted.
pub(super) async fn failed(
    tx: &mut Tx,
    taken: &Taken,
    due: Option<Time>,
    failure: &str,
) -> Result<bool> {
    const SQL: &str = "UPDATE outbox SET due_at = $1, failure = $2 \
                       WHERE id = $3 AND tries = $4 AND due_at IS NOT NULL";
    on!(tx, c => sqlx::query(SQL)
        .bind(due.map(Time::millis))
        .bind(failure)
        .bind(taken.id.as_str())
        .bind(i64::from(taken.tries))
        .execute(c).await.map(|done| done.rows_affected() == 1))
}

/// Every row, oldest first.
pub(super) async fn list(tx: &mut Tx) -> Result<Vec<Listed>> {
    const SQL: &str = "SELECT id, kind, content, created_at, due_at, tries, failure FROM outbox \
                       ORDER BY created_at, id";
    type Row = (String, String, String, i64, Option<i64>, i64, Option<String>);
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(SQL).fetch_all(c).await)?;
    let read = |(id, kind, content, created, due, tries, failure): Row| {
        Ok(Listed {
            id: PostId::try_from(id).map_err(|_| unknown("id"))?,
            kind,
            content: Sealed::stored(content),
            created: Time::from_millis(created),
            due: due.map(Time::from_millis),
            tries: u32::try_from(tries).unwrap_or(u32::MAX),
            failure,
        })
    };
    rows.into_iter().map(read).collect()
}

/// Makes a row that was given up due again, with as long to live as it had; what it says and whom it
/// is about, where there was one.
pub(super) async fn retry(tx: &mut Tx, id: &PostId, now: Time) -> Result<Option<Kept>> {
    const SQL: &str = "UPDATE outbox SET due_at = $1, ends_at = $2 + ends_at - created_at, \
                       created_at = $3 WHERE id = $4 AND due_at IS NULL RETURNING kind, account_id";
    let row: Option<(String, Option<String>)> = on!(tx, c => sqlx::query_as(SQL)
        .bind(now.millis())
        .bind(now.millis())
        .bind(now.millis())
        .bind(id.as_str())
        .fetch_optional(c).await)?;
    row.map(kept).transpose()
}

/// Removes a row that was given up; what it said and whom it was about, where there was one.
pub(super) async fn drop_dead(tx: &mut Tx, id: &PostId) -> Result<Option<Kept>> {
    const SQL: &str = "DELETE FROM outbox WHERE id = $1 AND due_at IS NULL \
                       RETURNING kind, account_id";
    let row: Option<(String, Option<String>)> =
        on!(tx, c => sqlx::query_as(SQL).bind(id.as_str()).fetch_optional(c).await)?;
    row.map(kept).transpose()
}

/// What a row said, and whom it was about.
pub(super) type Kept = (String, Option<AccountId>);

fn kept((kind, account): (String, Option<String>)) -> Result<Kept> {
    let account = account.map(AccountId::try_from).transpose();
    Ok((kind, account.map_err(|_| unknown("account_id"))?))
}

/// Notes that somebody is told this now; whether it was not told since `before`.
pub(super) async fn first_since(
    tx: &mut Tx,
    (subject, kind): (&str, &str),
    now: Time,
    before: Time,
) -> Result<bool> {
    const SQL: &str = "INSERT INTO told (subject, kind, at) VALUES ($1, $2, $3) \
                       ON CONFLICT (subject, kind) DO UPDATE SET at = excluded.at \
                       WHERE told.at <= $4";
    on!(tx, c => sqlx::query(SQL)
        .bind(subject)
        .bind(kind)
        .bind(now.millis())
        .bind(before.millis())
        .execute(c).await.map(|done| done.rows_affected() == 1))
}

/// Forgets what was told before `before`, a batch at most. How many.
pub(super) async fn forget_told(tx: &mut Tx, before: Time) -> Result<u64> {
    const SQL: &str = "DELETE FROM told WHERE (subject, kind) IN \
                       (SELECT subject, kind FROM told WHERE at <= $1 LIMIT $2) \
                       AND at <= $1";
    on!(tx, c => sqlx::query(SQL)
        .bind(before.millis()).bind(BATCH)
        .execute(c).await.map(|done| done.rows_affected()))
}

/// Forgets rows that were given up and written before `before`, a batch at most. How many.
pub(super) async fn forget_dead(tx: &mut Tx, before: Time) -> Result<u64> {
    const SQL: &str = "DELETE FROM outbox WHERE id IN \
                       (SELECT id FROM outbox WHERE due_at IS NULL AND created_at <= $1 LIMIT $2) \
                       AND created_at <= $1";
    on!(tx, c => sqlx::query(SQL)
        .bind(before.millis()).bind(BATCH)
        .execute(c).await.map(|done| done.rows_affected()))
}

const fn unknown(column: &'static str) -> Error {
    Error::Inconsistent { table: "outbox", column }
}
