//! The SQL of the list of colleagues: page by page, by keys, so that the last page costs what the
//! first one does.

use crate::accounts::{Range, Role};
use crate::clock::Time;
use crate::id::{AccountId, OrganisationId};
use crate::storage::{Error, Result, Tx, on};

/// One line of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The account.
    pub id: AccountId,
    /// The person's name.
    pub name: String,
    /// The user name.
    pub username: String,
    /// The role.
    pub role: Role,
}

type Row = (String, String, String, String);

/// The colleagues behind this place, in the order of their names.
pub(super) async fn after(
    tx: &mut Tx,
    organisation: &OrganisationId,
    (key, id): (&str, &str),
    most: i64,
) -> Result<Vec<Line>> {
    const SQL: &str = "SELECT id, name, username, role FROM account \
                       WHERE organisation_id = $1 AND ended_at IS NULL AND (sorted, id) > ($2, $3) \
                       ORDER BY sorted, id LIMIT $4";
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(SQL)
        .bind(organisation.as_str()).bind(key).bind(id).bind(most).fetch_all(c).await)?;
    rows.into_iter().map(read).collect()
}

/// The colleagues before this place, the nearest first.
pub(super) async fn before(
    tx: &mut Tx,
    organisation: &OrganisationId,
    (key, id): (&str, &str),
    most: i64,
) -> Result<Vec<Line>> {
    const SQL: &str = "SELECT id, name, username, role FROM account \
                       WHERE organisation_id = $1 AND ended_at IS NULL AND (sorted, id) < ($2, $3) \
                       ORDER BY sorted DESC, id DESC LIMIT $4";
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(SQL)
        .bind(organisation.as_str()).bind(key).bind(id).bind(most).fetch_all(c).await)?;
    rows.into_iter().map(read).collect()
}

/// What the list is sorted by where this colleague stands, or stood until the account was ended.
pub(super) async fn key(
    tx: &mut Tx,
    organisation: &OrganisationId,
    id: &AccountId,
) -> Result<Option<String>> {
    const SQL: &str = "SELECT sorted FROM account WHERE id = $1 AND organisation_id = $2";
    let key: Option<Option<String>> = on!(tx, c => sqlx::query_scalar(SQL)
        .bind(id.as_str()).bind(organisation.as_str()).fetch_optional(c).await)?;
    Ok(key.flatten())
}

/// By which word this colleague stands among those with a word in `range`.
pub(super) async fn found_key(
    tx: &mut Tx,
    organisation: &OrganisationId,
    range: &Range,
    id: &AccountId,
) -> Result<Option<String>> {
    const SQL: &str = "SELECT MIN(word) FROM account_word WHERE account_id = $1 \
                       AND organisation_id = $2 AND word >= $3 AND word < $4";
    on!(tx, c => sqlx::query_scalar(SQL)
        .bind(id.as_str()).bind(organisation.as_str()).bind(range.first()).bind(range.end())
        .fetch_one(c).await)
}

/// The colleagues with a word in each of these ranges, behind this place, in the order of the words in
/// the first range. Each once: by the first such word.
pub(super) async fn found(
    tx: &mut Tx,
    organisation: &OrganisationId,
    ranges: &[Range],
    (key, id): (&str, &str),
    most: i64,
) -> Result<Vec<Line>> {
    const SQL: &str = "SELECT a.id, a.name, a.username, a.role \
                       FROM account_word w JOIN account a ON a.id = w.account_id \
                       WHERE w.organisation_id = $1 AND (w.word, w.account_id) > ($2, $3) \
                       AND w.word < $5 AND a.ended_at IS NULL \
                       AND NOT EXISTS (SELECT 1 FROM account_word e WHERE e.account_id = w.account_id \
                       AND e.word >= $4 AND e.word < w.word) \
                       AND ($6 = '' OR EXISTS (SELECT 1 FROM account_word x \
                       WHERE x.account_id = w.account_id AND x.word >= $6 AND x.word < $7)) \
                       AND ($8 = '' OR EXISTS (SELECT 1 FROM account_word y \
                       WHERE y.account_id = w.account_id AND y.word >= $8 AND y.word < $9)) \
                       AND ($10 = '' OR EXISTS (SELECT 1 FROM account_word z \
                       WHERE z.account_id = w.account_id AND z.word >= $10 AND z.word < $11)) \
                       ORDER BY w.word, w.account_id LIMIT $12";
    let [one, two, three, four] = bounds(ranges);
    let key = if key.is_empty() { one.0.as_str() } else { key };
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(SQL)
        .bind(organisation.as_str()).bind(key).bind(id)
        .bind(&one.0).bind(&one.1)
        .bind(&two.0).bind(&two.1)
        .bind(&three.0).bind(&three.1)
        .bind(&four.0).bind(&four.1)
        .bind(most).fetch_all(c).await)?;
    rows.into_iter().map(read).collect()
}

/// The same before this place, the nearest first.
pub(super) async fn found_before(
    tx: &mut Tx,
    organisation: &OrganisationId,
    ranges: &[Range],
    (key, id): (&str, &str),
    most: i64,
) -> Result<Vec<Line>> {
    const SQL: &str = "SELECT a.id, a.name, a.username, a.role \
                       FROM account_word w JOIN account a ON a.id = w.account_id \
                       WHERE w.organisation_id = $1 AND (w.word, w.account_id) < ($2, $3) \
                       AND w.word >= $4 AND w.word < $5 AND a.ended_at IS NULL \
                       AND NOT EXISTS (SELECT 1 FROM account_word e WHERE e.account_id = w.account_id \
                       AND e.word >= $4 AND e.word < w.word) \
                       AND ($6 = '' OR EXISTS (SELECT 1 FROM account_word x \
                       WHERE x.account_id = w.account_id AND x.word >= $6 AND x.word < $7)) \
                       AND ($8 = '' OR EXISTS (SELECT 1 FROM account_word y \
                       WHERE y.account_id = w.account_id AND y.word >= $8 AND y.word < $9)) \
                       AND ($10 = '' OR EXISTS (SELECT 1 FROM account_word z \
                       WHERE z.account_id = w.account_id AND z.word >= $10 AND z.word < $11)) \
                       ORDER BY w.word DESC, w.account_id DESC LIMIT $12";
    let [one, two, three, four] = bounds(ranges);
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(SQL)
        .bind(organisation.as_str()).bind(key).bind(id)
        .bind(&one.0).bind(&one.1)
        .bind(&two.0).bind(&two.1)
        .bind(&three.0).bind(&three.1)
        .bind(&four.0).bind(&four.1)
        .bind(most).fetch_all(c).await)?;
    rows.into_iter().map(read).collect()
}

/// The first word and the end of each range; empty where there are fewer.
fn bounds(ranges: &[Range]) -> [(String, String); 4] {
    std::array::from_fn(|n| {
        let range = ranges.get(n);
        let first = range.map(Range::first).unwrap_or_default().to_owned();
        (first, range.map(Range::end).unwrap_or_default())
    })
}

/// When this account was last logged in with, as far as that is still known.
pub(super) async fn last_log_in(tx: &mut Tx, account: &AccountId) -> Result<Option<Time>> {
    const SQL: &str = "SELECT MAX(at) FROM (SELECT MAX(used_at) AS at FROM factor \
                       WHERE account_id = $1 UNION ALL SELECT MAX(created_at) AS at FROM session \
                       WHERE account_id = $1) AS known";
    let at: Option<i64> =
        on!(tx, c => sqlx::query_scalar(SQL).bind(account.as_str()).fetch_one(c).await)?;
    Ok(at.map(Time::from_millis))
}

fn read((id, name, username, role): Row) -> Result<Line> {
    let unknown = |column| Error::Inconsistent { table: "account", column };
    Ok(Line {
        id: AccountId::try_from(id).map_err(|_| unknown("id"))?,
        name,
        username,
        role: Role::parse(&role).ok_or_else(|| unknown("role"))?,
    })
}
