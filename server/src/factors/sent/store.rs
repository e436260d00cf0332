//! The SQL of codes that are sent, and of how many there were.

use super::{Keyed, Live};
use crate::clock::Time;
use crate::factors::phone::Medium;
use crate::id::{AccountId, FactorId, OrganisationId, SendingId};
use crate::sealed::Sealed;
use crate::storage::{BATCH, Error, Result, Tx, on};

/// A code as it is stored.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) sending: SendingId,
    pub(super) owner: String,
    pub(super) account: AccountId,
    pub(super) factor: Option<FactorId>,
    pub(super) medium: Medium,
    pub(super) code: Sealed,
    pub(super) keyed: Keyed,
    pub(super) until: Time,
}

type Columns = (String, String, String, Option<String>, String, String, i64, i64);

/// Keeps a code, in place of the one that its owner had.
pub(super) async fn put(tx: &mut Tx, live: &Live, code: &Sealed) -> Result<()> {
    const SQL: &str = "INSERT INTO sent_code (owner, sending_id, account_id, factor_id, kind, code, \
                       keyed, expires_at) VALUES ($1, $2, $3, $4, $5, $6, 0, $7) \
                       ON CONFLICT (owner) DO UPDATE SET sending_id = excluded.sending_id, \
                       account_id = excluded.account_id, factor_id = excluded.factor_id, \
                       kind = excluded.kind, code = excluded.code, keyed = 0, \
                       expires_at = excluded.expires_at";
    on!(tx, c => sqlx::query(SQL)
        .bind(&live.owner)
        .bind(live.sending.as_str())
        .bind(live.account.as_str())
        .bind(live.factor.as_ref().map(FactorId::as_str))
        .bind(live.medium.as_str())
        .bind(code.as_str())
        .bind(live.until.millis())
        .execute(c).await.map(drop))
}

/// The code of this attempt or session, lapsed too.
pub(super) async fn of_owner(tx: &mut Tx, owner: &str) -> Result<Option<Row>> {
    const SQL: &str = "SELECT sending_id, owner, account_id, factor_id, kind, code, keyed, \
                       expires_at FROM sent_code WHERE owner = $1";
    let row: Option<Columns> =
        on!(tx, c => sqlx::query_as(SQL).bind(owner).fetch_optional(c).await)?;
    row.map(read).transpose()
}

/// The code of this sending, lapsed too.
pub(super) async fn of_sending(tx: &mut Tx, sending: &SendingId) -> Result<Option<Row>> {
    const SQL: &str = "SELECT sending_id, owner, account_id, factor_id, kind, code, keyed, \
                       expires_at FROM sent_code WHERE sending_id = $1";
    let row: Option<Columns> =
        on!(tx, c => sqlx::query_as(SQL).bind(sending.as_str()).fetch_optional(c).await)?;
    row.map(read).transpose()
}

/// Notes that the right code was keyed in, once, while it lives. Whether that was now.
pub(crate) async fn key_in(tx: &mut Tx, sending: &SendingId, now: Time) -> Result<bool> {
    const SQL: &str = "UPDATE sent_code SET keyed = 1 \
                       WHERE sending_id = $1 AND keyed = 0 AND expires_at > $2";
    let rows = on!(tx, c => sqlx::query(SQL)
        .bind(sending.as_str()).bind(now.millis())
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Spends a code that lives: one of a text, or one that was keyed in. Whether it was there.
pub(crate) async fn spend(tx: &mut Tx, sending: &SendingId, now: Time) -> Result<bool> {
    const SQL: &str = "DELETE FROM sent_code WHERE sending_id = $1 AND expires_at > $2 \
                       AND (kind = 'sms' OR keyed = 1)";
    let rows = on!(tx, c => sqlx::query(SQL)
        .bind(sending.as_str()).bind(now.millis())
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Ends the code of this sending.
pub(crate) async fn end(tx: &mut Tx, sending: &SendingId) -> Result<bool> {
    const SQL: &str = "DELETE FROM sent_code WHERE sending_id = $1";
    let rows = on!(tx, c => sqlx::query(SQL)
        .bind(sending.as_str()).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Ends the codes that this account has under way.
pub(crate) async fn end_all(tx: &mut Tx, account: &AccountId) -> Result<()> {
    const SQL: &str = "DELETE FROM sent_code WHERE account_id = $1";
    on!(tx, c => sqlx::query(SQL).bind(account.as_str()).execute(c).await.map(drop))
}

/// Keeps every other sending to this number waiting until the transaction ends.
pub(super) async fn take_turn(tx: &mut Tx, number: &str, now: Time) -> Result<()> {
    const SQL: &str = "INSERT INTO sent_turn (number, at) VALUES ($1, $2) \
                       ON CONFLICT (number) DO UPDATE SET at = excluded.at";
    on!(tx, c => sqlx::query(SQL).bind(number).bind(now.millis()).execute(c).await.map(drop))
}

/// Counts a sending.
pub(super) async fn count(
    tx: &mut Tx,
    id: &SendingId,
    (account, organisation, number): (&AccountId, &OrganisationId, &str),
    now: Time,
) -> Result<()> {
    const SQL: &str = "INSERT INTO sent (id, account_id, organisation_id, number, at) \
                       VALUES ($1, $2, $3, $4, $5)";
    on!(tx, c => sqlx::query(SQL)
        .bind(id.as_str()).bind(account.as_str()).bind(organisation.as_str())
        .bind(number).bind(now.millis())
        .execute(c).await.map(drop))
}

/// When this account was sent something after `since`: the last ones, newest first.
pub(super) async fn to_account(
    tx: &mut Tx,
    account: &AccountId,
    (most, since): (u32, Time),
) -> Result<Vec<Time>> {
    const SQL: &str = "SELECT at FROM sent WHERE account_id = $1 AND at > $2 \
                       ORDER BY at DESC LIMIT $3";
    let times: Vec<i64> = on!(tx, c => sqlx::query_scalar(SQL)
        .bind(account.as_str()).bind(since.millis()).bind(i64::from(most)).fetch_all(c).await)?;
    Ok(times.into_iter().map(Time::from_millis).collect())
}

/// When this number was sent something after `since`: the last ones, newest first.
pub(super) async fn to_number(
    tx: &mut Tx,
    number: &str,
    (most, since): (u32, Time),
) -> Result<Vec<Time>> {
    const SQL: &str = "SELECT at FROM sent WHERE number = $1 AND at > $2 \
                       ORDER BY at DESC LIMIT $3";
    let times: Vec<i64> = on!(tx, c => sqlx::query_scalar(SQL)
        .bind(number).bind(since.millis()).bind(i64::from(most)).fetch_all(c).await)?;
    Ok(times.into_iter().map(Time::from_millis).collect())
}

/// When something was sent for this organisation after `since`: the last ones, newest first.
pub(super) async fn for_organisation(
    tx: &mut Tx,
    organisation: &OrganisationId,
    (most, since): (u32, Time),
) -> Result<Vec<Time>> {
    const SQL: &str = "SELECT at FROM sent WHERE organisation_id = $1 AND at > $2 \
                       ORDER BY at DESC LIMIT $3";
    let times: Vec<i64> = on!(tx, c => sqlx::query_scalar(SQL)
        .bind(organisation.as_str()).bind(since.millis()).bind(i64::from(most))
        .fetch_all(c).await)?;
    Ok(times.into_iter().map(Time::from_millis).collect())
}

/// Forgets codes that have lapsed, a batch at most. How many.
pub(crate) async fn forget_codes(tx: &mut Tx, now: Time) -> Result<u64> {
    const SQL: &str = "DELETE FROM sent_code WHERE owner IN \
                       (SELECT owner FROM sent_code WHERE expires_at <= $1 LIMIT $2) \
                       AND expires_at <= $1";
    on!(tx, c => sqlx::query(SQL)
        .bind(now.millis()).bind(BATCH)
        .execute(c).await.map(|done| done.rows_affected()))
}

/// Forgets what was sent before then, which counts no more, a batch at most. How many.
pub(crate) async fn forget_counts(tx: &mut Tx, before: Time) -> Result<u64> {
    const SQL: &str = "DELETE FROM sent WHERE id IN \
                       (SELECT id FROM sent WHERE at < $1 LIMIT $2) \
                       AND at < $1";
    on!(tx, c => sqlx::query(SQL)
        .bind(before.millis()).bind(BATCH)
        .execute(c).await.map(|done| done.rows_affected()))
}

/// Forgets numbers to which nothing was sent since then, a batch at most. How many.
pub(crate) async fn forget_turns(tx: &mut Tx, before: Time) -> Result<u64> {
    const SQL: &str = "DELETE FROM sent_turn WHERE number IN \
                       (SELECT number FROM sent_turn WHERE at < $1 LIMIT $2) \
                       AND at < $1";
    on!(tx, c => sqlx::query(SQL)
        .bind(before.millis()).bind(BATCH)
        .execute(c).await.map(|done| done.rows_affected()))
}

fn read((sending, owner, account, factor, kind, code, keyed, until): Columns) -> Result<Row> {
    let unknown = |column| Error::Inconsistent { table: "sent_code", column };
    let factor = factor.map(FactorId::try_from).transpose().map_err(|_| unknown("factor_id"))?;
    Ok(Row {
        sending: SendingId::try_from(sending).map_err(|_| unknown("sending_id"))?,
        owner,
        account: AccountId::try_from(account).map_err(|_| unknown("account_id"))?,
        factor,
        medium: Medium::parse(&kind).ok_or_else(|| unknown("kind"))?,
        code: Sealed::stored(code),
        keyed: if keyed == 1 { Keyed::Right } else { Keyed::NotYet },
        until: Time::from_millis(until),
    })
}
