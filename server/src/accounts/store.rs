//! The SQL of accounts.

use super::{Account, Role, Username};
use crate::clock::Time;
use crate::factors::Level;
use crate::id::{AccountId, OrganisationId};
use crate::storage::{Error, Result, Tx, on};

type Row = (String, String, String, String, String, String);

/// Adds an account. Fails as a duplicate when its user name is taken.
pub(crate) async fn insert(tx: &mut Tx, account: &Account, now: Time) -> Result<()> {
    const SQL: &str = "INSERT INTO account (id, organisation_id, username, name, role, vouched, created_at) \
                       VALUES ($1, $2, $3, $4, $5, $6, $7)";
    on!(tx, c => sqlx::query(SQL)
        .bind(account.id.as_str())
        .bind(account.organisation.as_str())
        .bind(account.username.as_str())
        .bind(&account.name)
        .bind(account.role.as_str())
        .bind(account.vouched.as_str())
        .bind(now.millis())
        .execute(c).await.map(drop))
}

/// The living account with this id.
pub(crate) async fn find(tx: &mut Tx, id: &AccountId) -> Result<Option<Account>> {
    const SQL: &str = "SELECT id, organisation_id, username, name, role, vouched FROM account \
                       WHERE id = $1 AND ended_at IS NULL";
    let row: Option<Row> =
        on!(tx, c => sqlx::query_as(SQL).bind(id.as_str()).fetch_optional(c).await)?;
    row.map(read).transpose()
}

/// The living account with this user name.
pub(crate) async fn named(tx: &mut Tx, username: &Username) -> Result<Option<Account>> {
    const SQL: &str = "SELECT id, organisation_id, username, name, role, vouched FROM account \
                       WHERE username = $1 AND ended_at IS NULL";
    let row: Option<Row> =
        on!(tx, c => sqlx::query_as(SQL).bind(username.as_str()).fetch_optional(c).await)?;
    row.map(read).transpose()
}

/// The living account with this id, kept from every other change until the transaction ends.
pub(crate) async fn lock(tx: &mut Tx, id: &AccountId) -> Result<Option<Account>> {
    const SQL: &str = "UPDATE account SET id = id WHERE id = $1 AND ended_at IS NULL \
                       RETURNING id, organisation_id, username, name, role, vouched";
    let row: Option<Row> =
        on!(tx, c => sqlx::query_as(SQL).bind(id.as_str()).fetch_optional(c).await)?;
    row.map(read).transpose()
}

/// Sets the level at which a first factor is bound.
pub(crate) async fn vouch(tx: &mut Tx, id: &AccountId, level: Level) -> Result<()> {
    const SQL: &str = "UPDATE account SET vouched = $1 WHERE id = $2";
    on!(tx, c => sqlx::query(SQL).bind(level.as_str()).bind(id.as_str()).execute(c).await.map(drop))
}

/// Sets the name of a person.
pub(crate) async fn rename(tx: &mut Tx, id: &AccountId, name: &str) -> Result<()> {
    const SQL: &str = "UPDATE account SET name = $1 WHERE id = $2";
    on!(tx, c => sqlx::query(SQL).bind(name).bind(id.as_str()).execute(c).await.map(drop))
}

fn read((id, organisation, username, name, role, vouched): Row) -> Result<Account> {
    let unknown = |column| Error::Inconsistent { table: "account", column };
    Ok(Account {
        id: AccountId::try_from(id).map_err(|_| unknown("id"))?,
        organisation: OrganisationId::try_from(organisation)
            .map_err(|_| unknown("organisation_id"))?,
        username: Username::parse(&username).map_err(|_| unknown("username"))?,
        name,
        role: Role::parse(&role).ok_or_else(|| unknown("role"))?,
        vouched: Level::parse(&vouched).ok_or_else(|| unknown("vouched"))?,
    })
}
