//! The SQL of the audit log.

use super::checkpoint::Checkpoint;
use super::digest::Digest;
use super::entry::{Link, Personal, Row};
use super::key::{PublicKey, Signature};
use crate::clock::Time;
use crate::id::{AccountId, ChainId, EventId};
use crate::storage::{Error, Result, Tx, on};
use sqlx::AssertSqlSafe;

/// An event that is to be written: its id, whom it is about, its text and its personal part.
pub(super) type New<'a> = (EventId, Option<&'a AccountId>, String, Option<Personal>);

/// Writes events that happened at `now`: as many as one step of the program makes.
pub(super) async fn insert(tx: &mut Tx, now: Time, events: &[New<'_>]) -> Result<()> {
    const SQL: &str = "INSERT INTO audit (id, at, account_id, event) VALUES ($1, $2, $3, $4)";
    for events in events.chunks(TOGETHER) {
        let sql = || values(SQL, events.len(), 4);
        on!(tx, c => {
            let mut query = sqlx::query(sql());
            for (id, account, event, _) in events {
                let account = account.map(AccountId::as_str);
                query = query.bind(id.as_str()).bind(now.millis()).bind(account).bind(event);
            }
            query.execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

/// Rows that one statement writes at most: each number of them is a statement of its own, which the
/// database keeps prepared.
const TOGETHER: usize = 8;

/// `insert`, which writes one row of so many columns, for so many rows.
fn values(insert: &str, rows: usize, columns: usize) -> AssertSqlSafe<String> {
    let row = |row: usize| {
        let bound = (1..=columns).map(|column| format!("${}", row * columns + column));
        format!(", ({})", bound.collect::<Vec<_>>().join(", "))
    };
    AssertSqlSafe((1..rows).map(row).fold(insert.to_owned(), |sql, row| sql + &row))
}

pub(super) async fn insert_personal(tx: &mut Tx, id: &EventId, personal: &Personal) -> Result<()> {
    const SQL: &str = "INSERT INTO audit_personal (event_id, salt, content) VALUES ($1, $2, $3)";
    on!(tx, c => sqlx::query(SQL)
        .bind(id.as_str())
        .bind(&personal.salt)
        .bind(&personal.content)
        .execute(c).await.map(drop))
}

/// Says that events of this moment have no place in the chain yet.
pub(super) async fn wait(tx: &mut Tx, events: &[New<'_>], now: Time) -> Result<()> {
    const SQL: &str = "INSERT INTO audit_waiting (at, event_id) VALUES ($1, $2)";
    for events in events.chunks(TOGETHER) {
        let sql = || values(SQL, events.len(), 2);
        on!(tx, c => {
            let mut query = sqlx::query(sql());
            for (id, ..) in events {
                query = query.bind(now.millis()).bind(id.as_str());
            }
            query.execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

/// Whether any event waits for its place.
pub(super) async fn is_waiting(tx: &mut Tx) -> Result<bool> {
    const SQL: &str = "SELECT 1 FROM audit_waiting LIMIT 1";
    let found: Option<i32> = on!(tx, c => sqlx::query_scalar(SQL).fetch_optional(c).await)?;
    Ok(found.is_some())
}

/// The events that wait, oldest first, without their personal parts: at most so many.
pub(super) async fn waiting(tx: &mut Tx, most: i64) -> Result<Vec<Row>> {
    // `CROSS JOIN` keeps SQLite from beginning with the events, which are many more.
    const SQL: &str = "SELECT a.id, a.at, a.account_id, a.event \
                       FROM audit_waiting w CROSS JOIN audit a \
                       WHERE a.id = w.event_id AND NOT EXISTS \
                       (SELECT 1 FROM audit_link l WHERE l.event_id = w.event_id) \
                       ORDER BY w.at, w.event_id LIMIT $1";
    let rows: Vec<(String, i64, Option<String>, String)> =
        on!(tx, c => sqlx::query_as(SQL).bind(most).fetch_all(c).await)?;
    let row = |(id, at, account, event)| Row { id, at, account, event, personal: None };
    Ok(rows.into_iter().map(row).collect())
}

/// Takes out of those that wait what got a place after `seq`.
pub(super) async fn placed(tx: &mut Tx, seq: i64) -> Result<()> {
    const SQL: &str = "DELETE FROM audit_waiting WHERE (at, event_id) IN \
                       (SELECT at, event_id FROM audit_link WHERE seq > $1)";
    on!(tx, c => sqlx::query(SQL).bind(seq).execute(c).await.map(drop))
}

/// Where the chain ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) chain: ChainId,
    pub(super) seq: i64,
    pub(super) hash: Digest,
}

impl Head {
    fn read((chain, seq, hash): (String, i64, String)) -> Result<Self> {
        let (chain, hash) = (parsed("chain", ChainId::parse(&chain)), Digest::parse(&hash));
        Ok(Self { chain: chain?, seq, hash: parsed("hash", hash)? })
    }
}

fn parsed<T, E>(column: &'static str, value: Result<T, E>) -> Result<T> {
    value.map_err(|_| Error::Inconsistent { table: "audit_head", column })
}

/// Begins a chain where there is none.
pub(super) async fn begin(tx: &mut Tx, head: &Head) -> Result<()> {
    const SQL: &str = "INSERT INTO audit_head (name, chain, seq, hash, holder, held_until) \
                       VALUES ('audit', $1, $2, $3, '', 0) ON CONFLICT (name) DO NOTHING";
    on!(tx, c => sqlx::query(SQL)
        .bind(head.chain.as_str())
        .bind(head.seq)
        .bind(head.hash.to_string())
        .execute(c).await.map(drop))
}

/// Takes the chain for `holder` until a moment, and locks it: nothing where another server has it, or
/// where there is none.
pub(super) async fn take(
    tx: &mut Tx,
    holder: &str,
    now: Time,
    until: Time,
) -> Result<Option<Head>> {
    const SQL: &str = "UPDATE audit_head SET holder = $1, held_until = $2 \
                       WHERE name = 'audit' AND (holder = $1 OR held_until <= $3) \
                       RETURNING chain, seq, hash";
    let head = on!(tx, c => sqlx::query_as(SQL)
        .bind(holder)
        .bind(until.millis())
        .bind(now.millis())
        .fetch_optional(c).await)?;
    head.map(Head::read).transpose()
}

/// Locks the chain, whoever has it.
pub(super) async fn lock(tx: &mut Tx) -> Result<Head> {
    const SQL: &str =
        "UPDATE audit_head SET seq = seq WHERE name = 'audit' RETURNING chain, seq, hash";
    Head::read(on!(tx, c => sqlx::query_as(SQL).fetch_one(c).await)?)
}

/// Lets the chain go, so that another server need not wait.
pub(super) async fn release(tx: &mut Tx, holder: &str) -> Result<()> {
    const SQL: &str = "UPDATE audit_head SET held_until = 0 WHERE name = 'audit' AND holder = $1";
    on!(tx, c => sqlx::query(SQL).bind(holder).execute(c).await.map(drop))
}

pub(super) async fn head(tx: &mut Tx) -> Result<Option<Head>> {
    const SQL: &str = "SELECT chain, seq, hash FROM audit_head WHERE name = 'audit'";
    let head = on!(tx, c => sqlx::query_as(SQL).fetch_optional(c).await)?;
    head.map(Head::read).transpose()
}

pub(super) async fn advance(tx: &mut Tx, seq: i64, hash: &Digest) -> Result<()> {
    const SQL: &str = "UPDATE audit_head SET seq = $1, hash = $2 WHERE name = 'audit'";
    on!(tx, c => sqlx::query(SQL).bind(seq).bind(hash.to_string()).execute(c).await.map(drop))
}

pub(super) async fn insert_links(tx: &mut Tx, links: &[Link]) -> Result<()> {
    const SQL: &str =
        "INSERT INTO audit_link (seq, event_id, at, leaf, hash) VALUES ($1, $2, $3, $4, $5)";
    for links in links.chunks(TOGETHER) {
        let sql = || values(SQL, links.len(), 5);
        on!(tx, c => {
            let mut query = sqlx::query(sql());
            for link in links {
                query = query.bind(link.seq).bind(&link.id).bind(link.at);
                query = query.bind(link.leaf.to_string()).bind(link.hash.to_string());
            }
            query.execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

pub(super) async fn insert_checkpoint(tx: &mut Tx, checkpoint: &Checkpoint) -> Result<()> {
    const SQL: &str = "INSERT INTO audit_checkpoint (seq, chain, at, hash, key, signature) \
                       VALUES ($1, $2, $3, $4, $5, $6)";
    on!(tx, c => sqlx::query(SQL)
        .bind(checkpoint.seq)
        .bind(checkpoint.chain.as_str())
        .bind(checkpoint.at.millis())
        .bind(checkpoint.hash.to_string())
        .bind(checkpoint.key.to_string())
        .bind(checkpoint.signature.to_string())
        .execute(c).await.map(drop))
}

/// A link as it is stored, with its event where that is there; a hash that is none is nothing.
pub(super) struct Stored {
    pub(super) seq: i64,
    pub(super) id: String,
    pub(super) at: i64,
    pub(super) leaf: Option<Digest>,
    pub(super) hash: Option<Digest>,
    pub(super) row: Option<Row>,
}

type Columns = (
    (i64, String, i64, String, String),
    (Option<i64>, Option<String>, Option<String>, Option<String>, Option<String>),
);

/// The links after `seq` with their events, in the order of the chain: at most so many.
pub(super) async fn links(tx: &mut Tx, seq: i64, most: i64) -> Result<Vec<Stored>> {
    const SQL: &str = "SELECT l.seq, l.event_id, l.at, l.leaf, l.hash, \
                       a.at, a.account_id, a.event, p.salt, p.content FROM audit_link l \
                       LEFT JOIN audit a ON a.id = l.event_id \
                       LEFT JOIN audit_personal p ON p.event_id = l.event_id \
                       WHERE l.seq > $1 ORDER BY l.seq LIMIT $2";
    #[rustfmt::skip]
    type Flat = (i64, String, i64, String, String,
        Option<i64>, Option<String>, Option<String>, Option<String>, Option<String>);
    let rows: Vec<Flat> =
        on!(tx, c => sqlx::query_as(SQL).bind(seq).bind(most).fetch_all(c).await)?;
    let parted = |(seq, id, at, leaf, hash, a, b, c, d, e)| -> Columns {
        ((seq, id, at, leaf, hash), (a, b, c, d, e))
    };
    Ok(rows.into_iter().map(parted).map(stored).collect())
}

fn stored(((seq, id, at, leaf, hash), (of, account, event, salt, content)): Columns) -> Stored {
    let personal = salt.zip(content).map(|(salt, content)| Personal { salt, content });
    let row = of.zip(event).map(|(at, event)| Row { id: id.clone(), at, account, event, personal });
    Stored { seq, id, at, leaf: Digest::parse(&leaf).ok(), hash: Digest::parse(&hash).ok(), row }
}

/// The checkpoints after `seq` and up to `last`; one that cannot be read is its place only.
pub(super) async fn checkpoints(
    tx: &mut Tx,
    seq: i64,
    last: i64,
) -> Result<Vec<(i64, Option<Checkpoint>)>> {
    const SQL: &str = "SELECT seq, chain, at, hash, key, signature FROM audit_checkpoint \
                       WHERE seq > $1 AND seq <= $2 ORDER BY seq";
    let rows: Vec<(i64, String, i64, String, String, String)> =
        on!(tx, c => sqlx::query_as(SQL).bind(seq).bind(last).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|row| (row.0, checkpoint(row))).collect())
}

fn checkpoint(
    (seq, chain, at, hash, key, signature): (i64, String, i64, String, String, String),
) -> Option<Checkpoint> {
    Some(Checkpoint {
        chain: ChainId::parse(&chain).ok()?,
        seq,
        hash: Digest::parse(&hash).ok()?,
        at: Time::from_millis(at),
        key: PublicKey::parse(&key).ok()?,
        signature: Signature::try_from(signature).ok()?,
    })
}

/// The place of the last checkpoint; 0 where there is none.
pub(super) async fn last_checkpoint(tx: &mut Tx) -> Result<i64> {
    const SQL: &str = "SELECT COALESCE(MAX(seq), 0) FROM audit_checkpoint";
    on!(tx, c => sqlx::query_scalar(SQL).fetch_one(c).await)
}

/// The events after `seq` and up to `last` that say what was erased, with their places.
pub(super) async fn erasures(tx: &mut Tx, seq: i64, last: i64) -> Result<Vec<(i64, String)>> {
    const SQL: &str = "SELECT l.seq, a.event FROM audit_link l JOIN audit a ON a.id = l.event_id \
                       WHERE l.seq > $1 AND l.seq <= $2 AND a.event LIKE '%\"audit_erased\"%'";
    on!(tx, c => sqlx::query_as(SQL).bind(seq).bind(last).fetch_all(c).await)
}

/// The first event that has no place in the chain and does not wait for one either.
pub(super) async fn stray(tx: &mut Tx) -> Result<Option<String>> {
    const SQL: &str = "SELECT a.id FROM audit a \
                       WHERE NOT EXISTS (SELECT 1 FROM audit_link l WHERE l.event_id = a.id) \
                       AND NOT EXISTS (SELECT 1 FROM audit_waiting w WHERE w.at = a.at AND w.event_id = a.id) \
                       ORDER BY a.at, a.id LIMIT 1";
    on!(tx, c => sqlx::query_scalar(SQL).fetch_optional(c).await)
}

/// The first that waits and is gone.
pub(super) async fn vanished(tx: &mut Tx) -> Result<Option<String>> {
    const SQL: &str = "SELECT w.event_id FROM audit_waiting w \
                       WHERE NOT EXISTS (SELECT 1 FROM audit a WHERE a.id = w.event_id) \
                       AND NOT EXISTS (SELECT 1 FROM audit_link l WHERE l.event_id = w.event_id) \
                       ORDER BY w.event_id LIMIT 1";
    on!(tx, c => sqlx::query_scalar(SQL).fetch_optional(c).await)
}

/// How many wait, and since when the first of them.
pub(super) async fn backlog(tx: &mut Tx) -> Result<(i64, Option<i64>)> {
    const SQL: &str = "SELECT COUNT(*), MIN(a.at) FROM audit_waiting w \
                       JOIN audit a ON a.id = w.event_id \
                       WHERE NOT EXISTS (SELECT 1 FROM audit_link l WHERE l.event_id = w.event_id)";
    on!(tx, c => sqlx::query_as(SQL).fetch_one(c).await)
}

/// Erases what is personal in the events of the chain after `seq` and up to `last` that happened
/// before a moment; how many.
pub(super) async fn erase_personal(
    tx: &mut Tx,
    (seq, last): (i64, i64),
    before: Time,
) -> Result<u64> {
    const SQL: &str = "DELETE FROM audit_personal WHERE event_id IN \
                       (SELECT event_id FROM audit_link WHERE seq > $1 AND seq <= $2 AND at < $3)";
    on!(tx, c => sqlx::query(SQL)
        .bind(seq)
        .bind(last)
        .bind(before.millis())
        .execute(c).await.map(|done| done.rows_affected()))
}

/// Erases the same events themselves, but those that say what was erased; how many.
pub(super) async fn erase_events(
    tx: &mut Tx,
    (seq, last): (i64, i64),
    before: Time,
) -> Result<u64> {
    const SQL: &str = "DELETE FROM audit WHERE event NOT LIKE '%\"audit_erased\"%' AND id IN \
                       (SELECT event_id FROM audit_link WHERE seq > $1 AND seq <= $2 AND at < $3)";
    on!(tx, c => sqlx::query(SQL)
        .bind(seq)
        .bind(last)
        .bind(before.millis())
        .execute(c).await.map(|done| done.rows_affected()))
}

/// The events about an account, or about nobody known, whole, oldest first.
#[cfg(test)]
pub(crate) async fn of_account(tx: &mut Tx, account: Option<&AccountId>) -> Result<Vec<String>> {
    const SQL: &str = "SELECT a.at, a.event, p.content FROM audit a \
                       LEFT JOIN audit_personal p ON p.event_id = a.id \
                       WHERE COALESCE(a.account_id, '') = $1";
    let account = account.map_or("", AccountId::as_str);
    let rows: Vec<(i64, String, Option<String>)> =
        on!(tx, c => sqlx::query_as(SQL).bind(account).fetch_all(c).await)?;
    let mut whole: Vec<(i64, String)> =
        rows.into_iter().map(|(at, event, personal)| (at, joined(&event, personal))).collect();
    whole.sort();
    Ok(whole.into_iter().map(|(_, event)| event).collect())
}

/// An event with its personal part in it again.
#[cfg(test)]
fn joined(event: &str, personal: Option<String>) -> String {
    let read = |text: &str| -> serde_json::Map<String, serde_json::Value> {
        serde_json::from_str(text).expect("an object")
    };
    let mut event = read(event);
    if let Some(personal) = personal {
        event.remove("personal");
        event.extend(read(&personal));
    }
    serde_json::Value::Object(event).to_string()
}
