//! The SQL of e-mail addresses: the back-up ones, those of until lately, and those that are being proven.

use super::Purpose;
use crate::clock::Time;
use crate::id::{AccountId, AddressId};
use crate::sealed::Sealed;
use crate::secret::TokenHash;
use crate::storage::{BATCH, Error, Result, Tx, on};

/// The back-up address of an account, and from when on it brings its owner back in.
pub(crate) async fn backup(tx: &mut Tx, account: &AccountId) -> Result<Option<(Sealed, Time)>> {
    const SQL: &str = "SELECT address, starts_at FROM backup_email WHERE account_id = $1";
    let row: Option<(String, i64)> =
        on!(tx, c => sqlx::query_as(SQL).bind(account.as_str()).fetch_optional(c).await)?;
    Ok(row.map(|(address, starts)| (Sealed::stored(address), Time::from_millis(starts))))
}

/// Gives an account this back-up address, in place of the one that it had.
pub(crate) async fn put_backup(
    tx: &mut Tx,
    account: &AccountId,
    address: &Sealed,
    starts_at: Time,
) -> Result<()> {
    const SQL: &str = "INSERT INTO backup_email (account_id, address, starts_at) \
                       VALUES ($1, $2, $3) ON CONFLICT (account_id) DO UPDATE \
                       SET address = excluded.address, starts_at = excluded.starts_at";
    on!(tx, c => sqlx::query(SQL)
        .bind(account.as_str()).bind(address.as_str()).bind(starts_at.millis())
        .execute(c).await.map(drop))
}

/// Removes the back-up address of an account. Whether there was one.
pub(crate) async fn remove_backup(tx: &mut Tx, account: &AccountId) -> Result<bool> {
    const SQL: &str = "DELETE FROM backup_email WHERE account_id = $1";
    on!(tx, c => sqlx::query(SQL)
        .bind(account.as_str()).execute(c).await.map(|done| done.rows_affected() == 1))
}

/// Keeps an address that was an account's until now: it hears what happens until `ends_at`.
pub(crate) async fn add_former(
    tx: &mut Tx,
    (id, account): (&AddressId, &AccountId),
    address: &Sealed,
    ends_at: Time,
) -> Result<()> {
    const SQL: &str =
        "INSERT INTO former_email (id, account_id, address, ends_at) VALUES ($1, $2, $3, $4)";
    on!(tx, c => sqlx::query(SQL)
        .bind(id.as_str()).bind(account.as_str()).bind(address.as_str()).bind(ends_at.millis())
        .execute(c).await.map(drop))
}

/// The addresses that were an account's until lately, the last one first.
pub(crate) async fn former(
    tx: &mut Tx,
    account: &AccountId,
    now: Time,
) -> Result<Vec<(AddressId, Sealed)>> {
    const SQL: &str = "SELECT id, address FROM former_email WHERE account_id = $1 AND ends_at > $2 \
                       ORDER BY ends_at DESC, id";
    let rows: Vec<(String, String)> = on!(tx, c => sqlx::query_as(SQL)
        .bind(account.as_str()).bind(now.millis()).fetch_all(c).await)?;
    let unknown = |_| Error::Inconsistent { table: "former_email", column: "id" };
    let read =
        |(id, address)| Ok((AddressId::try_from(id).map_err(unknown)?, Sealed::stored(address)));
    rows.into_iter().map(read).collect()
}

/// Keeps the change that this session has under way, in place of whatever the account had.
pub(crate) async fn put_change(
    tx: &mut Tx,
    (account, session): (&AccountId, &str),
    (purpose, content): (Purpose, &Sealed),
    until: Time,
) -> Result<()> {
    const SQL: &str = "INSERT INTO email_change (account_id, session_id, purpose, content, \
                       expires_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (account_id) DO UPDATE \
                       SET session_id = excluded.session_id, purpose = excluded.purpose, \
                       content = excluded.content, expires_at = excluded.expires_at";
    on!(tx, c => sqlx::query(SQL)
        .bind(account.as_str())
        .bind(session)
        .bind(purpose.as_str())
        .bind(content.as_str())
        .bind(until.millis())
        .execute(c).await.map(drop))
}

/// The change that this session of the account has under way.
pub(crate) async fn change(
    tx: &mut Tx,
    (account, session): (&AccountId, &str),
    now: Time,
) -> Result<Option<(Purpose, Sealed, Time)>> {
    const SQL: &str = "SELECT purpose, content, expires_at FROM email_change \
                       WHERE account_id = $1 AND session_id = $2 AND expires_at > $3";
    let row: Option<(String, String, i64)> = on!(tx, c => sqlx::query_as(SQL)
        .bind(account.as_str()).bind(session).bind(now.millis()).fetch_optional(c).await)?;
    let Some((purpose, content, until)) = row else { return Ok(None) };
    let unknown = Error::Inconsistent { table: "email_change", column: "purpose" };
    let purpose = Purpose::parse(&purpose).ok_or(unknown)?;
    Ok(Some((purpose, Sealed::stored(content), Time::from_millis(until))))
}

/// Spends the change with this content. Whether it was there, and lived.
pub(crate) async fn spend_change(
    tx: &mut Tx,
    (account, session): (&AccountId, &str),
    content: &Sealed,
    now: Time,
) -> Result<bool> {
    const SQL: &str = "DELETE FROM email_change WHERE account_id = $1 AND session_id = $2 \
                       AND content = $3 AND expires_at > $4";
    on!(tx, c => sqlx::query(SQL)
        .bind(account.as_str()).bind(session).bind(content.as_str()).bind(now.millis())
        .execute(c).await.map(|done| done.rows_affected() == 1))
}

/// Ends the change that an account has under way.
pub(crate) async fn end_change(tx: &mut Tx, account: &AccountId) -> Result<()> {
    const SQL: &str = "DELETE FROM email_change WHERE account_id = $1";
    on!(tx, c => sqlx::query(SQL).bind(account.as_str()).execute(c).await.map(drop))
}

/// Keeps the link of this attempt of the account, in place of the one that it had.
pub(crate) async fn put_link(
    tx: &mut Tx,
    (owner, account): (&str, &AccountId),
    link: &TokenHash,
    until: Time,
) -> Result<()> {
    const SQL: &str = "INSERT INTO email_link (owner, account_id, link_hash, expires_at) \
                       VALUES ($1, $2, $3, $4) ON CONFLICT (owner) DO UPDATE \
                       SET account_id = excluded.account_id, link_hash = excluded.link_hash, \
                       expires_at = excluded.expires_at";
    on!(tx, c => sqlx::query(SQL)
        .bind(owner).bind(account.as_str()).bind(link.as_str()).bind(until.millis())
        .execute(c).await.map(drop))
}

/// Until when the link of this attempt lives.
pub(crate) async fn link(tx: &mut Tx, owner: &str, now: Time) -> Result<Option<Time>> {
    const SQL: &str = "SELECT expires_at FROM email_link WHERE owner = $1 AND expires_at > $2";
    let until: Option<i64> = on!(tx, c => sqlx::query_scalar(SQL)
        .bind(owner).bind(now.millis()).fetch_optional(c).await)?;
    Ok(until.map(Time::from_millis))
}

/// Spends the link of this attempt. Whether it was this one, and lived.
pub(crate) async fn spend_link(
    tx: &mut Tx,
    owner: &str,
    link: &TokenHash,
    now: Time,
) -> Result<bool> {
    const SQL: &str =
        "DELETE FROM email_link WHERE owner = $1 AND link_hash = $2 AND expires_at > $3";
    on!(tx, c => sqlx::query(SQL)
        .bind(owner).bind(link.as_str()).bind(now.millis())
        .execute(c).await.map(|done| done.rows_affected() == 1))
}

/// Ends the links of an account.
pub(crate) async fn end_links(tx: &mut Tx, account: &AccountId) -> Result<()> {
    const SQL: &str = "DELETE FROM email_link WHERE account_id = $1";
    on!(tx, c => sqlx::query(SQL).bind(account.as_str()).execute(c).await.map(drop))
}

/// Forgets links that have lapsed, a batch at most. How many.
pub(crate) async fn forget_links(tx: &mut Tx, now: Time) -> Result<u64> {
    const SQL: &str = "DELETE FROM email_link WHERE owner IN \
                       (SELECT owner FROM email_link WHERE expires_at <= $1 LIMIT $2) \
                       AND expires_at <= $1";
    on!(tx, c => sqlx::query(SQL)
        .bind(now.millis()).bind(BATCH)
        .execute(c).await.map(|done| done.rows_affected()))
}

/// Forgets every address of an account that ends, but the one it logged in with.
pub(crate) async fn forget_all(tx: &mut Tx, account: &AccountId) -> Result<()> {
    const SQL: &str = "DELETE FROM former_email WHERE account_id = $1";
    end_change(tx, account).await?;
    remove_backup(tx, account).await?;
    on!(tx, c => sqlx::query(SQL).bind(account.as_str()).execute(c).await.map(drop))
}

/// Forgets changes of which nobody proved one in time, a batch at most. How many.
pub(crate) async fn forget_changes(tx: &mut Tx, now: Time) -> Result<u64> {
    const SQL: &str = "DELETE FROM email_change WHERE account_id IN \
                       (SELECT account_id FROM email_change WHERE expires_at <= $1 LIMIT $2) \
                       AND expires_at <= $1";
    on!(tx, c => sqlx::query(SQL)
        .bind(now.millis()).bind(BATCH)
        .execute(c).await.map(|done| done.rows_affected()))
}

/// Forgets addresses that hear nothing any more, a batch at most. How many.
pub(crate) async fn forget_former(tx: &mut Tx, now: Time) -> Result<u64> {
    const SQL: &str = "DELETE FROM former_email WHERE id IN \
                       (SELECT id FROM former_email WHERE ends_at <= $1 LIMIT $2) \
                       AND ends_at <= $1";
    on!(tx, c => sqlx::query(SQL)
        .bind(now.millis()).bind(BATCH)
        .execute(c).await.map(|done| done.rows_affected()))
}
