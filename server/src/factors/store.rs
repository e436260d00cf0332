//! The SQL of factors: what every factor has, and what keys and cards add to it.

use super::{Evidence, Factor, Kind, Level, Use};
use crate::clock::Time;
use crate::id::{AccountId, FactorId, OrganisationId};
use crate::storage::{Error, Result, Tx, on};

type Row = (
    String,
    String,
    String,
    String,
    String,
    String,
    Option<i64>,
    i64,
    Option<i64>,
    Option<i64>,
    Option<i64>,
    Option<i64>,
);

/// Adds a factor.
pub(crate) async fn insert(tx: &mut Tx, factor: &Factor) -> Result<()> {
    const SQL: &str = "INSERT INTO factor (id, account_id, kind, name, bound_at, evidence, \
                       created_at, proven_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    on!(tx, c => sqlx::query(SQL)
        .bind(factor.id.as_str())
        .bind(factor.account.as_str())
        .bind(factor.kind.as_str())
        .bind(&factor.name)
        .bind(factor.bound_at.as_str())
        .bind(factor.evidence.as_str())
        .bind(factor.created_at.millis())
        .bind(factor.proven_at.map(Time::millis))
        .execute(c).await.map(drop))
}

/// The factors of an account, oldest first.
pub(crate) async fn list(tx: &mut Tx, account: &AccountId) -> Result<Vec<Factor>> {
    const SQL: &str = "SELECT f.id, f.account_id, f.kind, f.name, f.bound_at, f.evidence, \
                       c.discoverable, f.created_at, f.proven_at, f.used_at, c.cloned_at, \
                       f.suspended_at \
                       FROM factor f LEFT JOIN credential c ON c.factor_id = f.id \
                       WHERE f.account_id = $1 ORDER BY f.created_at, f.id";
    let rows: Vec<Row> =
        on!(tx, c => sqlx::query_as(SQL).bind(account.as_str()).fetch_all(c).await)?;
    rows.into_iter().map(read).collect()
}

/// Notes that a factor proved itself, and what it showed. Whether it ever did before.
pub(crate) async fn touch(
    tx: &mut Tx,
    factor: &FactorId,
    evidence: Evidence,
    now: Time,
) -> Result<bool> {
    const SQL: &str =
        "UPDATE factor SET used_at = $1, evidence = $2 WHERE id = $3 RETURNING proven_at";
    let proven: Option<Option<i64>> = on!(tx, c => sqlx::query_scalar(SQL)
        .bind(now.millis()).bind(evidence.as_str()).bind(factor.as_str())
        .fetch_optional(c).await)?;
    Ok(proven.flatten().is_some())
}

/// Notes that a factor proved itself, if it never did before. Whether it did so now.
pub(crate) async fn prove(tx: &mut Tx, factor: &FactorId, now: Time) -> Result<bool> {
    const SQL: &str = "UPDATE factor SET proven_at = $1 WHERE id = $2 AND proven_at IS NULL";
    let rows = on!(tx, c => sqlx::query(SQL)
        .bind(now.millis()).bind(factor.as_str())
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Removes a factor with whatever its kind keeps of it. Whether it was there.
pub(crate) async fn remove(tx: &mut Tx, account: &AccountId, factor: &FactorId) -> Result<bool> {
    delete_credential(tx, factor).await?;
    delete_card(tx, factor).await?;
    super::totp::store::delete(tx, factor).await?;
    super::phone::store::delete(tx, factor).await?;
    const SQL: &str = "DELETE FROM factor WHERE id = $1 AND account_id = $2";
    let rows = on!(tx, c => sqlx::query(SQL)
        .bind(factor.as_str()).bind(account.as_str())
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Puts every factor of an account out of use.
pub(crate) async fn suspend(tx: &mut Tx, account: &AccountId, now: Time) -> Result<()> {
    const SQL: &str =
        "UPDATE factor SET suspended_at = $1 WHERE account_id = $2 AND suspended_at IS NULL";
    on!(tx, c => sqlx::query(SQL)
        .bind(now.millis()).bind(account.as_str()).execute(c).await.map(drop))
}

/// Has a suspended factor in use again, while setting up anew is open. Whether it did.
pub(crate) async fn keep(
    tx: &mut Tx,
    account: &AccountId,
    factor: &FactorId,
    now: Time,
) -> Result<bool> {
    const SQL: &str = "UPDATE factor SET suspended_at = NULL \
                       WHERE id = $1 AND account_id = $2 AND suspended_at IS NOT NULL \
                       AND EXISTS (SELECT 1 FROM factor_reset r \
                                   WHERE r.account_id = factor.account_id AND r.expires_at > $3)";
    let rows = on!(tx, c => sqlx::query(SQL)
        .bind(factor.as_str()).bind(account.as_str()).bind(now.millis())
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// A key's credential, as it is stored.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    pub(crate) factor: FactorId,
    pub(crate) account: AccountId,
    pub(crate) kind: Kind,
    pub(crate) bound_at: Level,
    /// Base64url.
    pub(crate) credential_id: String,
    /// Since when it is known to be copied.
    pub(crate) cloned_at: Option<Time>,
    /// Whether its owner sets the second factor up anew.
    pub(crate) suspended: bool,
    /// When it first proved itself.
    pub(crate) proven_at: Option<Time>,
    /// The shape of `content`, so that a later version can read an earlier one.
    pub(crate) version: i64,
    /// The credential as JSON.
    pub(crate) content: String,
    pub(crate) counter: i64,
}

type StoredRow = (
    String,
    String,
    String,
    String,
    String,
    Option<i64>,
    Option<i64>,
    Option<i64>,
    i64,
    String,
    i64,
);

/// Adds the credential of a key. Fails as a duplicate when it is enrolled already, anywhere.
pub(crate) async fn insert_credential(
    tx: &mut Tx,
    factor: &Factor,
    credential_id: &str,
    (version, content): (i64, &str),
    counter: i64,
    replaces: Option<&FactorId>,
) -> Result<()> {
    const SQL: &str = "INSERT INTO credential (factor_id, credential_id, version, content, counter, \
                       discoverable, replaces) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    on!(tx, c => sqlx::query(SQL)
        .bind(factor.id.as_str())
        .bind(credential_id)
        .bind(version)
        .bind(content)
        .bind(counter)
        .bind(i64::from(factor.discoverable))
        .bind(replaces.map(FactorId::as_str))
        .execute(c).await.map(drop))
}

/// The factor whose place this one takes once it has proven itself, while its account has it.
pub(crate) async fn replaced(tx: &mut Tx, factor: &FactorId) -> Result<Option<FactorId>> {
    const SQL: &str = "SELECT old.id FROM credential c JOIN factor new ON new.id = c.factor_id \
                       JOIN factor old ON old.id = c.replaces AND old.account_id = new.account_id \
                       WHERE c.factor_id = $1";
    let id: Option<String> =
        on!(tx, c => sqlx::query_scalar(SQL).bind(factor.as_str()).fetch_optional(c).await)?;
    id.map(|id| FactorId::try_from(id).map_err(|_| unknown("id"))).transpose()
}

/// The credentials of an account that are not flagged as copied: those in use, or those suspended.
pub(crate) async fn credentials(
    tx: &mut Tx,
    account: &AccountId,
    which: Use,
) -> Result<Vec<Stored>> {
    const SQL: &str = "SELECT f.id, f.account_id, f.kind, f.bound_at, c.credential_id, \
                       c.cloned_at, f.suspended_at, f.proven_at, c.version, c.content, c.counter \
                       FROM credential c JOIN factor f ON f.id = c.factor_id \
                       WHERE f.account_id = $1 AND c.cloned_at IS NULL ORDER BY f.created_at, f.id";
    let rows: Vec<StoredRow> =
        on!(tx, c => sqlx::query_as(SQL).bind(account.as_str()).fetch_all(c).await)?;
    let read: Result<Vec<_>> = rows.into_iter().map(read_stored).collect();
    Ok(read?.into_iter().filter(|stored| which.is_of(stored.suspended)).collect())
}

/// The credential with this id (base64url), flagged as copied or not.
pub(crate) async fn credential(tx: &mut Tx, credential_id: &str) -> Result<Option<Stored>> {
    const SQL: &str = "SELECT f.id, f.account_id, f.kind, f.bound_at, c.credential_id, \
                       c.cloned_at, f.suspended_at, f.proven_at, c.version, c.content, c.counter \
                       FROM credential c JOIN factor f ON f.id = c.factor_id \
                       WHERE c.credential_id = $1";
    let row: Option<StoredRow> =
        on!(tx, c => sqlx::query_as(SQL).bind(credential_id).fetch_optional(c).await)?;
    row.map(read_stored).transpose()
}

/// Whether a credential with this id (base64url) is enrolled, by anybody.
pub(crate) async fn is_enrolled(tx: &mut Tx, credential_id: &str) -> Result<bool> {
    const SQL: &str = "SELECT COUNT(*) FROM credential WHERE credential_id = $1";
    let rows: i64 = on!(tx, c => sqlx::query_scalar(SQL).bind(credential_id).fetch_one(c).await)?;
    Ok(rows > 0)
}

/// Writes a credential after a proof, if its counter is still what was read; one that was used `alone`
/// is discoverable, whatever was said of it when it was enrolled. Whether it was written.
pub(crate) async fn advance(
    tx: &mut Tx,
    factor: &FactorId,
    content: &str,
    (seen, counter): (i64, i64),
    alone: bool,
) -> Result<bool> {
    const SQL: &str = "UPDATE credential SET content = $1, counter = $2, \
                       discoverable = CASE WHEN $5 = 1 THEN 1 ELSE discoverable END \
                       WHERE factor_id = $3 AND counter = $4";
    let rows = on!(tx, c => sqlx::query(SQL)
        .bind(content).bind(counter).bind(factor.as_str()).bind(seen).bind(i64::from(alone))
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Flags a credential as copied: it opens nothing from now on.
pub(crate) async fn flag_cloned(tx: &mut Tx, factor: &FactorId, now: Time) -> Result<()> {
    const SQL: &str = "UPDATE credential SET cloned_at = $1 WHERE factor_id = $2";
    on!(tx, c => sqlx::query(SQL)
        .bind(now.millis()).bind(factor.as_str()).execute(c).await.map(drop))
}

/// Removes the credential of a factor, if it has one.
async fn delete_credential(tx: &mut Tx, factor: &FactorId) -> Result<()> {
    const SQL: &str = "DELETE FROM credential WHERE factor_id = $1";
    on!(tx, c => sqlx::query(SQL).bind(factor.as_str()).execute(c).await.map(drop))
}

/// Links a card to a factor. Fails as a duplicate when the organisation knows the UZI number.
pub(crate) async fn link_card(
    tx: &mut Tx,
    factor: &FactorId,
    organisation: &OrganisationId,
    uzi_number: &str,
    subscriber: &str,
) -> Result<()> {
    const SQL: &str = "INSERT INTO card (factor_id, organisation_id, uzi_number, subscriber) \
                       VALUES ($1, $2, $3, $4)";
    on!(tx, c => sqlx::query(SQL)
        .bind(factor.as_str())
        .bind(organisation.as_str())
        .bind(uzi_number)
        .bind(subscriber)
        .execute(c).await.map(drop))
}

/// Whether any card is linked.
pub(crate) async fn any_card(tx: &mut Tx) -> Result<bool> {
    const SQL: &str = "SELECT 1 FROM card LIMIT 1";
    let found: Option<i32> = on!(tx, c => sqlx::query_scalar(SQL).fetch_optional(c).await)?;
    Ok(found.is_some())
}

/// The factors that a card with this UZI number and subscriber number was linked as: one an organisation
/// of that subscriber, in the order in which their accounts are locked.
pub(crate) async fn cards(tx: &mut Tx, uzi_number: &str, subscriber: &str) -> Result<Vec<Factor>> {
    const SQL: &str = "SELECT f.id, f.account_id, f.kind, f.name, f.bound_at, f.evidence, \
                       CAST(NULL AS BIGINT), f.created_at, f.proven_at, f.used_at, \
                       CAST(NULL AS BIGINT), f.suspended_at \
                       FROM card JOIN factor f ON f.id = card.factor_id \
                       JOIN account a ON a.id = f.account_id \
                       WHERE card.uzi_number = $1 AND card.subscriber = $2 AND a.ended_at IS NULL \
                       ORDER BY a.id";
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(SQL)
        .bind(uzi_number).bind(subscriber).fetch_all(c).await)?;
    rows.into_iter().map(read).collect()
}

/// The UZI numbers of an account's cards.
pub(crate) async fn uzi_numbers(tx: &mut Tx, account: &AccountId) -> Result<Vec<String>> {
    const SQL: &str = "SELECT card.uzi_number FROM card JOIN factor f ON f.id = card.factor_id \
                       WHERE f.account_id = $1 ORDER BY card.uzi_number";
    on!(tx, c => sqlx::query_scalar(SQL).bind(account.as_str()).fetch_all(c).await)
}

/// Removes the card of a factor, if it has one.
async fn delete_card(tx: &mut Tx, factor: &FactorId) -> Result<()> {
    const SQL: &str = "DELETE FROM card WHERE factor_id = $1";
    on!(tx, c => sqlx::query(SQL).bind(factor.as_str()).execute(c).await.map(drop))
}

fn read(
    (
        id,
        account,
        kind,
        name,
        bound_at,
        evidence,
        discoverable,
        created_at,
        proven_at,
        used_at,
        cloned_at,
        suspended_at,
    ): Row,
) -> Result<Factor> {
    Ok(Factor {
        id: FactorId::try_from(id).map_err(|_| unknown("id"))?,
        account: AccountId::try_from(account).map_err(|_| unknown("account_id"))?,
        kind: Kind::parse(&kind).ok_or_else(|| unknown("kind"))?,
        name,
        bound_at: Level::parse(&bound_at).ok_or_else(|| unknown("bound_at"))?,
        evidence: Evidence::parse(&evidence).ok_or_else(|| unknown("evidence"))?,
        discoverable: discoverable == Some(1),
        created_at: Time::from_millis(created_at),
        proven_at: proven_at.map(Time::from_millis),
        used_at: used_at.map(Time::from_millis),
        cloned_at: cloned_at.map(Time::from_millis),
        suspended_at: suspended_at.map(Time::from_millis),
    })
}

fn read_stored(
    (
        factor,
        account,
        kind,
        bound_at,
        credential_id,
        cloned_at,
        suspended_at,
        proven_at,
        version,
        content,
        counter,
    ): StoredRow,
) -> Result<Stored> {
    Ok(Stored {
        factor: FactorId::try_from(factor).map_err(|_| unknown("id"))?,
        account: AccountId::try_from(account).map_err(|_| unknown("account_id"))?,
        kind: Kind::parse(&kind).ok_or_else(|| unknown("kind"))?,
        bound_at: Level::parse(&bound_at).ok_or_else(|| unknown("bound_at"))?,
        credential_id,
        cloned_at: cloned_at.map(Time::from_millis),
        suspended: suspended_at.is_some(),
        proven_at: proven_at.map(Time::from_millis),
        version,
        content,
        counter,
    })
}

fn unknown(column: &'static str) -> Error {
    Error::Inconsistent { table: "factor", column }
}
