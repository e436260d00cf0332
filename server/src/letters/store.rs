//! The SQL of letters.

use crate::clock::Time;
use crate::id::{AccountId, LetterId, PinId};
use crate::storage::{BATCH, Error, Result, Tx, on};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;

/// A letter, before it is in the queue.
pub(super) struct New<'a> {
    pub(super) id: &'a LetterId,
    pub(super) pin: &'a PinId,
    pub(super) account: &'a AccountId,
    /// The operator who has it written.
    pub(super) started_by: Option<String>,
    pub(super) now: Time,
    pub(super) lies_until: Time,
}

/// A letter, as its row says.
pub(super) struct Kept {
    pub(super) id: LetterId,
    pub(super) pin: PinId,
    pub(super) account: AccountId,
    pub(super) started_by: Option<String>,
    pub(super) written_at: Time,
    pub(super) lies_until: Time,
    pub(super) exported: Option<(Time, String)>,
}

type Row = (String, String, String, Option<String>, i64, i64, Option<i64>, Option<String>);

/// Adds a letter.
pub(super) async fn insert(tx: &mut Tx, new: &New<'_>) -> Result<()> {
    const SQL: &str = "INSERT INTO letter \
                       (id, pin_id, account_id, started_by, written_at, lies_until) \
                       VALUES ($1, $2, $3, $4, $5, $6)";
    on!(tx, c => sqlx::query(SQL)
        .bind(new.id.as_str())
        .bind(new.pin.as_str())
        .bind(new.account.as_str())
        .bind(new.started_by.as_deref())
        .bind(new.now.millis())
        .bind(new.lies_until.millis())
        .execute(c).await.map(drop))
}

/// Adds its envelope.
pub(super) async fn insert_sheet(tx: &mut Tx, id: &LetterId, envelope: &[u8]) -> Result<()> {
    const SQL: &str = "INSERT INTO letter_sheet (letter_id, content) VALUES ($1, $2)";
    let content = BASE64.encode(envelope);
    on!(tx, c => sqlx::query(SQL)
        .bind(id.as_str()).bind(&content).execute(c).await.map(drop))
}

/// Every letter, oldest first.
pub(super) async fn list(tx: &mut Tx) -> Result<Vec<Kept>> {
    const SQL: &str = "SELECT id, pin_id, account_id, started_by, written_at, lies_until, \
                       exported_at, exported_by FROM letter ORDER BY written_at, id";
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(SQL).fetch_all(c).await)?;
    rows.into_iter().map(read).collect()
}

/// One letter.
pub(super) async fn find(tx: &mut Tx, id: &LetterId) -> Result<Option<Kept>> {
    const SQL: &str = "SELECT id, pin_id, account_id, started_by, written_at, lies_until, \
                       exported_at, exported_by FROM letter WHERE id = $1";
    let row: Option<Row> =
        on!(tx, c => sqlx::query_as(SQL).bind(id.as_str()).fetch_optional(c).await)?;
    row.map(read).transpose()
}

/// Takes the envelope of a letter, and its row: of all who ask, one gets it.
pub(super) async fn take(tx: &mut Tx, id: &LetterId) -> Result<Option<Vec<u8>>> {
    const SQL: &str = "DELETE FROM letter_sheet WHERE letter_id = $1 RETURNING content";
    let content: Option<String> =
        on!(tx, c => sqlx::query_scalar(SQL).bind(id.as_str()).fetch_optional(c).await)?;
    let unknown = |_| Error::Inconsistent { table: "letter_sheet", column: "content" };
    content.map(|content| BASE64.decode(content).map_err(unknown)).transpose()
}

/// Notes who took a letter to the print service.
pub(super) async fn exported(tx: &mut Tx, id: &LetterId, by: &str, now: Time) -> Result<()> {
    const SQL: &str = "UPDATE letter SET exported_at = $2, exported_by = $3 WHERE id = $1";
    on!(tx, c => sqlx::query(SQL)
        .bind(id.as_str()).bind(now.millis()).bind(by).execute(c).await.map(drop))
}

/// How many letters wait, and since when the first of them does.
pub(super) async fn queue(tx: &mut Tx) -> Result<(i64, Option<Time>)> {
    const SQL: &str = "SELECT COUNT(*), MIN(l.written_at) FROM letter l \
                       JOIN letter_sheet s ON s.letter_id = l.id";
    let (count, oldest): (i64, Option<i64>) = on!(tx, c => sqlx::query_as(SQL).fetch_one(c).await)?;
    Ok((count, oldest.map(Time::from_millis)))
}

/// Forgets envelopes of PINs that are over, a batch at most: nobody prints what opens nothing. How many.
pub(super) async fn forget_sheets(tx: &mut Tx) -> Result<u64> {
    const SQL: &str = "DELETE FROM letter_sheet WHERE letter_id IN (SELECT s.letter_id \
                       FROM letter_sheet s JOIN letter l ON l.id = s.letter_id \
                       JOIN pin p ON p.id = l.pin_id WHERE p.ended_at IS NOT NULL LIMIT $1)";
    on!(tx, c => sqlx::query(SQL)
        .bind(BATCH).execute(c).await.map(|done| done.rows_affected()))
}

/// Forgets letters without an envelope whose PIN is over, or whose time is, a batch at most. How many.
pub(super) async fn forget(tx: &mut Tx, now: Time) -> Result<u64> {
    const SQL: &str = "DELETE FROM letter WHERE id IN (SELECT l.id FROM letter l \
                       JOIN pin p ON p.id = l.pin_id \
                       WHERE (l.lies_until <= $1 OR p.ended_at IS NOT NULL) AND NOT EXISTS \
                       (SELECT 1 FROM letter_sheet s WHERE s.letter_id = l.id) LIMIT $2)";
    on!(tx, c => sqlx::query(SQL)
        .bind(now.millis()).bind(BATCH).execute(c).await.map(|done| done.rows_affected()))
}

fn read(row: Row) -> Result<Kept> {
    let (id, pin, account, started_by, written_at, lies_until, exported_at, exported_by) = row;
    let unknown = |column| Error::Inconsistent { table: "letter", column };
    Ok(Kept {
        id: LetterId::try_from(id).map_err(|_| unknown("id"))?,
        pin: PinId::try_from(pin).map_err(|_| unknown("pin_id"))?,
        account: AccountId::try_from(account).map_err(|_| unknown("account_id"))?,
        started_by,
        written_at: Time::from_millis(written_at),
        lies_until: Time::from_millis(lies_until),
        exported: exported_at.map(Time::from_millis).zip(exported_by),
    })
}
