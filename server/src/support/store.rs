//! The SQL of support cases.

use super::rules::{Purpose, State};
use crate::clock::Time;
use crate::id::{AccountId, CaseId};
use crate::secret::TokenHash;
use crate::storage::{BATCH, Error, Result, Tx, on};

/// A case, as its row says.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) id: CaseId,
    pub(super) account: AccountId,
    pub(super) purpose: Purpose,
    pub(super) state: State,
    /// The operator who opened it.
    pub(super) opened_by: String,
    /// The operator who called back, where one did.
    pub(super) called_by: Option<String>,
    pub(super) opened_at: Time,
    pub(super) ends_at: Time,
}

type Row = (String, String, String, String, String, Option<String>, i64, i64);

/// Adds a case.
pub(super) async fn insert(tx: &mut Tx, case: &Case) -> Result<()> {
    const SQL: &str = "INSERT INTO support_case \
                       (id, account_id, purpose, state, opened_by, opened_at, ends_at) \
                       VALUES ($1, $2, $3, $4, $5, $6, $7)";
    on!(tx, c => sqlx::query(SQL)
        .bind(case.id.as_str())
        .bind(case.account.as_str())
        .bind(case.purpose.as_str())
        .bind(case.state.as_str())
        .bind(&case.opened_by)
        .bind(case.opened_at.millis())
        .bind(case.ends_at.millis())
        .execute(c).await.map(drop))
}

/// The case with this id.
pub(super) async fn find(tx: &mut Tx, id: &CaseId) -> Result<Option<Case>> {
    const SQL: &str = "SELECT id, account_id, purpose, state, opened_by, called_by, opened_at, ends_at \
                       FROM support_case WHERE id = $1";
    let row: Option<Row> =
        on!(tx, c => sqlx::query_as(SQL).bind(id.as_str()).fetch_optional(c).await)?;
    row.map(read).transpose()
}

/// The case of this link.
pub(super) async fn of_link(tx: &mut Tx, link: &TokenHash) -> Result<Option<Case>> {
    const SQL: &str = "SELECT id, account_id, purpose, state, opened_by, called_by, opened_at, ends_at \
                       FROM support_case WHERE link_hash = $1";
    let row: Option<Row> =
        on!(tx, c => sqlx::query_as(SQL).bind(link.as_str()).fetch_optional(c).await)?;
    row.map(read).transpose()
}

/// Every case, the newest first.
pub(super) async fn list(tx: &mut Tx) -> Result<Vec<Case>> {
    const SQL: &str = "SELECT id, account_id, purpose, state, opened_by, called_by, opened_at, ends_at \
                       FROM support_case ORDER BY opened_at DESC, id LIMIT 1000";
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(SQL).fetch_all(c).await)?;
    rows.into_iter().map(read).collect()
}

/// Moves a case on, whose link is this one from then on or none; of many who do so at once, one does.
pub(super) async fn advance(
    tx: &mut Tx,
    (case, to): (&Case, State),
    link: Option<&TokenHash>,
    (now, ends): (Time, Time),
) -> Result<bool> {
    const SQL: &str = "UPDATE support_case SET state = $1, link_hash = $2, ends_at = $3 \
                       WHERE id = $4 AND state = $5 AND ends_at > $6";
    let rows = on!(tx, c => sqlx::query(SQL)
        .bind(to.as_str())
        .bind(link.map(TokenHash::as_str))
        .bind(ends.millis())
        .bind(case.id.as_str())
        .bind(case.state.as_str())
        .bind(now.millis())
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Notes who called back.
pub(super) async fn note_call(tx: &mut Tx, case: &CaseId, by: &str) -> Result<()> {
    const SQL: &str = "UPDATE support_case SET called_by = $1 WHERE id = $2";
    on!(tx, c => sqlx::query(SQL).bind(by).bind(case.as_str()).execute(c).await.map(drop))
}

/// Has cases lapse with which nobody went on in time, a hundred at most. Which, and whose.
pub(super) async fn lapse(tx: &mut Tx, now: Time) -> Result<Vec<(CaseId, AccountId)>> {
    const SQL: &str = "UPDATE support_case SET state = 'lapsed', link_hash = NULL WHERE id IN \
                       (SELECT id FROM support_case WHERE ends_at <= $1 \
                       AND state IN ('opened', 'link_sent', 'called', 'shown') LIMIT 100) \
                       AND ends_at <= $1 AND state IN ('opened', 'link_sent', 'called', 'shown') \
                       RETURNING id, account_id";
    let rows: Vec<(String, String)> =
        on!(tx, c => sqlx::query_as(SQL).bind(now.millis()).fetch_all(c).await)?;
    rows.into_iter().map(|(id, account)| Ok((case_id(id)?, account_id(account)?))).collect()
}

/// Forgets cases that were opened before then, a batch at most. How many.
pub(super) async fn forget(tx: &mut Tx, before: Time) -> Result<u64> {
    const SQL: &str = "DELETE FROM support_case WHERE id IN \
                       (SELECT id FROM support_case WHERE opened_at < $1 LIMIT $2) \
                       AND opened_at < $1";
    on!(tx, c => sqlx::query(SQL)
        .bind(before.millis()).bind(BATCH)
        .execute(c).await.map(|done| done.rows_affected()))
}

fn read(row: Row) -> Result<Case> {
    let (id, account, purpose, state, opened_by, called_by, opened_at, ends_at) = row;
    let unknown = |column| Error::Inconsistent { table: "support_case", column };
    Ok(Case {
        id: case_id(id)?,
        account: account_id(account)?,
        purpose: Purpose::parse(&purpose).ok_or_else(|| unknown("purpose"))?,
        state: State::parse(&state).ok_or_else(|| unknown("state"))?,
        opened_by,
        called_by,
        opened_at: Time::from_millis(opened_at),
        ends_at: Time::from_millis(ends_at),
    })
}

fn case_id(id: String) -> Result<CaseId> {
    let unknown = |_| Error::Inconsistent { table: "support_case", column: "id" };
    CaseId::try_from(id).map_err(unknown)
}

fn account_id(id: String) -> Result<AccountId> {
    let unknown = |_| Error::Inconsistent { table: "support_case", column: "account_id" };
    AccountId::try_from(id).map_err(unknown)
}
