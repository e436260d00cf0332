//! The SQL of passwords.

use super::Hash;
use super::policy::Opens;
use crate::clock::Time;
use crate::id::AccountId;
use crate::storage::{Error, Result, Tx, on};

/// Sets the password of an account, which is long enough to open so much.
pub(crate) async fn set(
    tx: &mut Tx,
    account: &AccountId,
    (hash, opens): (&Hash, Opens),
    now: Time,
) -> Result<()> {
    const SQL: &str = "INSERT INTO password (account_id, hash, changed_at, opens) \
                       VALUES ($1, $2, $3, $4) ON CONFLICT (account_id) DO UPDATE \
                       SET hash = excluded.hash, changed_at = excluded.changed_at, \
                       opens = excluded.opens, compared_at = NULL";
    on!(tx, c => sqlx::query(SQL)
        .bind(account.as_str())
        .bind(hash.as_str())
        .bind(now.millis())
        .bind(opens.as_str())
        .execute(c).await.map(drop))
}

/// What an account's password is long enough for; without one nothing is too short.
pub(crate) async fn opens(tx: &mut Tx, account: &AccountId) -> Result<Opens> {
    const SQL: &str = "SELECT opens FROM password WHERE account_id = $1";
    let opens: Option<String> =
        on!(tx, c => sqlx::query_scalar(SQL).bind(account.as_str()).fetch_optional(c).await)?;
    let unknown = Error::Inconsistent { table: "password", column: "opens" };
    opens.map_or(Ok(Opens::Account), |opens| Opens::parse(&opens).ok_or(unknown))
}

/// Keeps the same password as `new`, made as hashes are made now, if `old` is still its hash.
pub(crate) async fn renew(
    tx: &mut Tx,
    account: &AccountId,
    (old, new): (&Hash, &Hash),
) -> Result<()> {
    const SQL: &str = "UPDATE password SET hash = $1 WHERE account_id = $2 AND hash = $3";
    on!(tx, c => sqlx::query(SQL)
        .bind(new.as_str()).bind(account.as_str()).bind(old.as_str())
        .execute(c).await.map(drop))
}

/// Forgets the password of an account that ends.
pub(crate) async fn forget(tx: &mut Tx, account: &AccountId) -> Result<()> {
    const SQL: &str = "DELETE FROM password WHERE account_id = $1";
    on!(tx, c => sqlx::query(SQL).bind(account.as_str()).execute(c).await.map(drop))
}

/// A password as it is kept.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    pub(crate) hash: Hash,
    /// When its owner chose it; a hash that is renewed is still of the same password.
    pub(crate) chosen_at: Time,
    /// When a right use of it last counted as a try at the other accounts of its address.
    pub(crate) compared_at: Option<Time>,
}

/// An account's password, where it has one.
pub(crate) async fn find(tx: &mut Tx, account: &AccountId) -> Result<Option<Kept>> {
    const SQL: &str = "SELECT hash, changed_at, compared_at FROM password WHERE account_id = $1";
    let row: Option<(String, i64, Option<i64>)> =
        on!(tx, c => sqlx::query_as(SQL).bind(account.as_str()).fetch_optional(c).await)?;
    Ok(row.map(|(hash, chosen, compared)| Kept {
        hash: Hash::stored(hash),
        chosen_at: Time::from_millis(chosen),
        compared_at: compared.map(Time::from_millis),
    }))
}

/// Notes that a right use of this account's password counted as a try at the others of its address.
pub(crate) async fn compare(tx: &mut Tx, account: &AccountId, now: Time) -> Result<()> {
    const SQL: &str = "UPDATE password SET compared_at = $1 WHERE account_id = $2";
    on!(tx, c => sqlx::query(SQL)
        .bind(now.millis()).bind(account.as_str()).execute(c).await.map(drop))
}

/// What is kept of the password of another living account with this user name: of the first one that has
/// a password.
pub(crate) async fn sibling(
    tx: &mut Tx,
    username: &str,
    account: Option<&AccountId>,
) -> Result<Option<Hash>> {
    const SQL: &str = "SELECT p.hash FROM account a JOIN password p ON p.account_id = a.id \
                       WHERE a.username = $1 AND a.ended_at IS NULL AND a.id <> $2 \
                       ORDER BY a.id LIMIT 1";
    let but = account.map_or("", AccountId::as_str);
    let hash: Option<String> =
        on!(tx, c => sqlx::query_scalar(SQL).bind(username).bind(but).fetch_optional(c).await)?;
    Ok(hash.map(Hash::stored))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::testing::{account, both};

    #[tokio::test]
    async fn a_hash_is_renewed_only_while_it_is_the_one_that_was_looked_at() {
        both(async |db| {
            let account = account(&db, "test.arts@voorbeeld.nl").await.id;
            let hash = |text: &str| Hash::stored(text.to_owned());
            let now = Time::from_millis(5);
            let mut tx = db.write().await.unwrap();
            let changed = (&hash("changed meanwhile"), Opens::Account);
            set(&mut tx, &account, changed, now).await.unwrap();
            renew(&mut tx, &account, (&hash("old"), &hash("new"))).await.unwrap();
            let kept = find(&mut tx, &account).await.unwrap().unwrap();
            assert_eq!((kept.hash.as_str(), kept.chosen_at), ("changed meanwhile", now));
            renew(&mut tx, &account, (&kept.hash, &hash("new"))).await.unwrap();
            let kept = find(&mut tx, &account).await.unwrap().unwrap();
            assert_eq!((kept.hash.as_str(), kept.chosen_at), ("new", now));
        })
        .await;
    }
}
