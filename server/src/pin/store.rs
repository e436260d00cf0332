//! The SQL of activation PINs.

use super::rules::{Kept, Road};
use crate::clock::Time;
use crate::id::{AccountId, OrganisationId, PinId};
use crate::password::Hash;
use crate::storage::{Error, Result, Tx, on};

/// Its texts, when it was made and until when it lies, and when it was opened, ended and used.
type Row =
    (String, String, String, String, i64, i64, Option<i64>, Option<i64>, Option<i64>, Option<i64>);

/// Adds a PIN that nobody has seen.
pub(crate) async fn insert(tx: &mut Tx, pin: &Kept) -> Result<()> {
    const SQL: &str = "INSERT INTO pin (id, account_id, hash, road, made_at, lies_until) \
                       VALUES ($1, $2, $3, $4, $5, $6)";
    on!(tx, c => sqlx::query(SQL)
        .bind(pin.id.as_str())
        .bind(pin.account.as_str())
        .bind(pin.hash.as_str())
        .bind(pin.road.as_str())
        .bind(pin.made_at.millis())
        .bind(pin.lies_until.millis())
        .execute(c).await.map(drop))
}

/// The PIN of an account that was opened and is not over: there is one at most.
pub(crate) async fn opened(tx: &mut Tx, account: &AccountId) -> Result<Option<Kept>> {
    const SQL: &str = "SELECT id, account_id, hash, road, made_at, lies_until, opened_at, \
                       ended_at, password_at, card_at FROM pin \
                       WHERE account_id = $1 AND opened_at IS NOT NULL AND ended_at IS NULL";
    let row: Option<Row> =
        on!(tx, c => sqlx::query_as(SQL).bind(account.as_str()).fetch_optional(c).await)?;
    row.map(read).transpose()
}

/// When the last PIN of an account was made.
pub(crate) async fn last_made(tx: &mut Tx, account: &AccountId) -> Result<Option<Time>> {
    const SQL: &str = "SELECT MAX(made_at) FROM pin WHERE account_id = $1";
    let made: Option<i64> =
        on!(tx, c => sqlx::query_scalar(SQL).bind(account.as_str()).fetch_one(c).await)?;
    Ok(made.map(Time::from_millis))
}

/// When the PIN of an account last changed: whichever was opened last.
pub(crate) async fn last_opened(tx: &mut Tx, account: &AccountId) -> Result<Option<Time>> {
    const SQL: &str = "SELECT MAX(opened_at) FROM pin WHERE account_id = $1";
    let opened: Option<i64> =
        on!(tx, c => sqlx::query_scalar(SQL).bind(account.as_str()).fetch_one(c).await)?;
    Ok(opened.map(Time::from_millis))
}

/// Opens a PIN that waits; whoever gets `true` is the one that did.
pub(crate) async fn open(tx: &mut Tx, id: &PinId, by: &AccountId, now: Time) -> Result<bool> {
    const SQL: &str = "UPDATE pin SET opened_at = $1, opened_by = $2 \
                       WHERE id = $3 AND opened_at IS NULL AND ended_at IS NULL AND lies_until > $1";
    let rows = on!(tx, c => sqlx::query(SQL)
        .bind(now.millis()).bind(by.as_str()).bind(id.as_str())
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Has a PIN work whose letter goes to the post; whoever gets `true` is the one that did.
pub(crate) async fn post(tx: &mut Tx, id: &PinId, now: Time) -> Result<bool> {
    const SQL: &str = "UPDATE pin SET opened_at = $1 WHERE id = $2 AND road = 'post' \
                       AND opened_at IS NULL AND ended_at IS NULL AND lies_until > $1";
    let rows = on!(tx, c => sqlx::query(SQL)
        .bind(now.millis()).bind(id.as_str()).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Ends what a PIN takes the place of: the opened one, and those made before it. Which.
pub(crate) async fn end_older(tx: &mut Tx, id: &PinId, now: Time) -> Result<Vec<PinId>> {
    const SQL: &str = "UPDATE pin SET ended_at = $1 \
                       WHERE account_id = (SELECT account_id FROM pin WHERE id = $2) \
                       AND id <> $2 AND ended_at IS NULL AND (opened_at IS NOT NULL \
                       OR made_at <= (SELECT made_at FROM pin WHERE id = $2)) RETURNING id";
    let ids: Vec<String> = on!(tx, c => sqlx::query_scalar(SQL)
        .bind(now.millis()).bind(id.as_str()).fetch_all(c).await)?;
    ids.into_iter().map(pin_id).collect()
}

/// Ends every PIN of an account. Which.
pub(crate) async fn end_all(tx: &mut Tx, account: &AccountId, now: Time) -> Result<Vec<PinId>> {
    const SQL: &str = "UPDATE pin SET ended_at = $1 \
                       WHERE account_id = $2 AND ended_at IS NULL RETURNING id";
    let ids: Vec<String> = on!(tx, c => sqlx::query_scalar(SQL)
        .bind(now.millis()).bind(account.as_str()).fetch_all(c).await)?;
    ids.into_iter().map(pin_id).collect()
}

/// Whether a PIN that somebody else sees, or has seen, in a Berichtenbox is the only way to an account: it has no
/// password yet, and nothing to log in with.
pub(crate) async fn is_only_way(tx: &mut Tx, account: &AccountId) -> Result<bool> {
    const SQL: &str = "SELECT 1 FROM pin WHERE account_id = $1 AND ended_at IS NULL AND road = 'box' \
                       AND NOT EXISTS (SELECT 1 FROM password WHERE account_id = $1) \
                       AND NOT EXISTS (SELECT 1 FROM factor WHERE account_id = $1) LIMIT 1";
    let found: Option<i32> =
        on!(tx, c => sqlx::query_scalar(SQL).bind(account.as_str()).fetch_optional(c).await)?;
    Ok(found.is_some())
}

/// Ends PINs that nobody opened, or that came by post and nobody used, in time, twenty at most. Which, whose,
/// and how they went.
pub(crate) async fn lapse(tx: &mut Tx, now: Time) -> Result<Vec<(PinId, AccountId, Road)>> {
    const SQL: &str = "UPDATE pin SET ended_at = $1 WHERE id IN (SELECT id FROM pin \
                       WHERE ended_at IS NULL AND lies_until <= $1 \
                       AND password_at IS NULL AND card_at IS NULL \
                       AND (opened_at IS NULL OR road = 'post') LIMIT 20) \
                       AND ended_at IS NULL AND password_at IS NULL AND card_at IS NULL \
                       AND (opened_at IS NULL OR road = 'post') \
                       RETURNING id, account_id, road";
    let rows: Vec<(String, String, String)> =
        on!(tx, c => sqlx::query_as(SQL).bind(now.millis()).fetch_all(c).await)?;
    let read = |(id, account, way): (String, String, String)| {
        Ok((pin_id(id)?, account_id(account)?, road(&way)?))
    };
    rows.into_iter().map(read).collect()
}

/// Uses a PIN for a password. The first one to use it where `once`, everybody else gets `false`.
pub(crate) async fn use_for_password(
    tx: &mut Tx,
    id: &PinId,
    once: Once,
    now: Time,
) -> Result<bool> {
    const SQL: &str = "UPDATE pin SET password_at = $1 \
                       WHERE id = $2 AND opened_at IS NOT NULL AND ended_at IS NULL \
                       AND (password_at IS NULL OR $3 = 0)";
    let once = match once {
        Once::Yes => 1_i64,
        Once::AsOftenAsNeeded => 0,
    };
    let rows = on!(tx, c => sqlx::query(SQL)
        .bind(now.millis()).bind(id.as_str()).bind(once)
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Uses a PIN for a card. The first one to use it; everybody else gets `false`.
pub(crate) async fn use_for_card(tx: &mut Tx, id: &PinId, now: Time) -> Result<bool> {
    const SQL: &str = "UPDATE pin SET card_at = $1 WHERE id = $2 AND opened_at IS NOT NULL \
                       AND ended_at IS NULL AND card_at IS NULL";
    let rows = on!(tx, c => sqlx::query(SQL)
        .bind(now.millis()).bind(id.as_str())
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Whether a PIN serves a purpose once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Once {
    Yes,
    AsOftenAsNeeded,
}

/// Whether `viewer` opened a PIN of `account` that works or may have worked: then its number is
/// masked for them, as it is while the PIN lies in their box.
pub(crate) async fn was_opened_by(
    tx: &mut Tx,
    account: &AccountId,
    viewer: &AccountId,
) -> Result<bool> {
    const SQL: &str = "SELECT COUNT(*) FROM pin WHERE account_id = $1 AND opened_by = $2";
    let count: i64 = on!(tx, c => sqlx::query_scalar(SQL)
        .bind(account.as_str()).bind(viewer.as_str()).fetch_one(c).await)?;
    Ok(count > 0)
}

/// Keeps that somebody who has proven nothing asks for a new PIN, in place of what was asked before. `subject`
/// is the account, or stands for a name that nobody has.
pub(crate) async fn ask(
    tx: &mut Tx,
    (subject, whose): (&str, Option<(&AccountId, &OrganisationId)>),
    (now, until): (Time, Time),
) -> Result<()> {
    const SQL: &str = "INSERT INTO pin_request \
                       (subject, account_id, organisation_id, asked_at, expires_at) \
                       VALUES ($1, $2, $3, $4, $5) ON CONFLICT (subject) DO UPDATE \
                       SET asked_at = excluded.asked_at, expires_at = excluded.expires_at";
    on!(tx, c => sqlx::query(SQL)
        .bind(subject)
        .bind(whose.map(|(account, _)| account.as_str()))
        .bind(whose.map(|(_, organisation)| organisation.as_str()))
        .bind(now.millis())
        .bind(until.millis())
        .execute(c).await.map(drop))
}

/// How many of an organisation asked since then.
pub(crate) async fn asked_since(
    tx: &mut Tx,
    organisation: &OrganisationId,
    since: Time,
) -> Result<i64> {
    const SQL: &str =
        "SELECT COUNT(*) FROM pin_request WHERE organisation_id = $1 AND asked_at > $2";
    on!(tx, c => sqlx::query_scalar(SQL)
        .bind(organisation.as_str()).bind(since.millis()).fetch_one(c).await)
}

/// Who of an organisation asks and was not answered, and since when; who asked first first.
pub(crate) async fn asking(
    tx: &mut Tx,
    organisation: &OrganisationId,
    now: Time,
) -> Result<Vec<(AccountId, Time)>> {
    const SQL: &str = "SELECT account_id, asked_at FROM pin_request \
                       WHERE organisation_id = $1 AND expires_at > $2 \
                       ORDER BY asked_at, account_id LIMIT 100";
    let rows: Vec<(String, i64)> = on!(tx, c => sqlx::query_as(SQL)
        .bind(organisation.as_str()).bind(now.millis()).fetch_all(c).await)?;
    rows.into_iter().map(|(id, at)| Ok((account_id(id)?, Time::from_millis(at)))).collect()
}

/// Since when the person of an account asks and was not answered.
pub(crate) async fn asks(tx: &mut Tx, account: &AccountId, now: Time) -> Result<Option<Time>> {
    const SQL: &str = "SELECT asked_at FROM pin_request WHERE subject = $1 AND expires_at > $2";
    let at: Option<i64> = on!(tx, c => sqlx::query_scalar(SQL)
        .bind(account.as_str()).bind(now.millis()).fetch_optional(c).await)?;
    Ok(at.map(Time::from_millis))
}

/// Answers the person of an account, whatever the answer is. Whether there was something to answer.
pub(crate) async fn answer(tx: &mut Tx, account: &AccountId, now: Time) -> Result<bool> {
    const SQL: &str = "DELETE FROM pin_request WHERE subject = $1 AND expires_at > $2";
    let rows = on!(tx, c => sqlx::query(SQL)
        .bind(account.as_str()).bind(now.millis())
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Forgets what nobody answered in time, a hundred questions at most. Whose account each was about, where it
/// was anybody's.
pub(crate) async fn forget_asked(tx: &mut Tx, now: Time) -> Result<Vec<Option<AccountId>>> {
    const SQL: &str = "DELETE FROM pin_request WHERE subject IN \
                       (SELECT subject FROM pin_request WHERE expires_at <= $1 LIMIT 100) \
                       AND expires_at <= $1 RETURNING account_id";
    let ids: Vec<Option<String>> =
        on!(tx, c => sqlx::query_scalar(SQL).bind(now.millis()).fetch_all(c).await)?;
    ids.into_iter().map(|id| id.map(account_id).transpose()).collect()
}

fn read(
    (id, account, hash, way, made_at, lies_until, opened_at, ended_at, password_at, card_at): Row,
) -> Result<Kept> {
    Ok(Kept {
        id: pin_id(id)?,
        account: account_id(account)?,
        hash: Hash::stored(hash),
        road: road(&way)?,
        made_at: Time::from_millis(made_at),
        lies_until: Time::from_millis(lies_until),
        opened_at: opened_at.map(Time::from_millis),
        ended_at: ended_at.map(Time::from_millis),
        password_at: password_at.map(Time::from_millis),
        card_at: card_at.map(Time::from_millis),
    })
}

fn road(text: &str) -> Result<Road> {
    Road::parse(text).ok_or(Error::Inconsistent { table: "pin", column: "road" })
}

fn pin_id(id: String) -> Result<PinId> {
    PinId::try_from(id).map_err(|_| Error::Inconsistent { table: "pin", column: "id" })
}

fn account_id(id: String) -> Result<AccountId> {
    AccountId::try_from(id).map_err(|_| Error::Inconsistent { table: "pin", column: "account_id" })
}
