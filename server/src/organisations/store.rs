//! The SQL of organisations.

use super::{Agb, Kvk, Organisation, Subscriber};
use crate::clock::Time;
use crate::id::OrganisationId;
use crate::storage::{Error, Result, Tx, on};

type Row = (String, String, Option<String>, Option<String>, Option<String>);

/// Adds an organisation. Fails as a duplicate when its subscriber number is taken.
pub(crate) async fn insert(tx: &mut Tx, organisation: &Organisation, now: Time) -> Result<()> {
    const SQL: &str = "INSERT INTO organisation (id, name, agb, kvk, subscriber, created_at) \
                       VALUES ($1, $2, $3, $4, $5, $6)";
    on!(tx, c => sqlx::query(SQL)
        .bind(organisation.id.as_str())
        .bind(&organisation.name)
        .bind(organisation.agb.as_ref().map(Agb::as_str))
        .bind(organisation.kvk.as_ref().map(Kvk::as_str))
        .bind(organisation.subscriber.as_ref().map(Subscriber::as_str))
        .bind(now.millis())
        .execute(c).await.map(drop))
}

/// Gives an organisation its subscriber number, where it has none; whether it had none. Fails as a
/// duplicate when another organisation has that number.
pub(crate) async fn set_subscriber(
    tx: &mut Tx,
    id: &OrganisationId,
    subscriber: &Subscriber,
) -> Result<bool> {
    const SQL: &str = "UPDATE organisation SET subscriber = $2 \
                       WHERE id = $1 AND subscriber IS NULL";
    on!(tx, c => sqlx::query(SQL)
        .bind(id.as_str())
        .bind(subscriber.as_str())
        .execute(c).await.map(|done| done.rows_affected() == 1))
}

/// The organisation with this id.
pub(crate) async fn find(tx: &mut Tx, id: &OrganisationId) -> Result<Option<Organisation>> {
    const SQL: &str = "SELECT id, name, agb, kvk, subscriber FROM organisation WHERE id = $1";
    let row: Option<Row> =
        on!(tx, c => sqlx::query_as(SQL).bind(id.as_str()).fetch_optional(c).await)?;
    row.map(read).transpose()
}

/// How many organisations there are.
#[cfg(test)]
pub(crate) async fn count(tx: &mut Tx) -> Result<i64> {
    const SQL: &str = "SELECT COUNT(*) FROM organisation";
    on!(tx, c => sqlx::query_scalar(SQL).fetch_one(c).await)
}

fn read((id, name, agb, kvk, subscriber): Row) -> Result<Organisation> {
    let unknown = |column| Error::Inconsistent { table: "organisation", column };
    Ok(Organisation {
        id: OrganisationId::try_from(id).map_err(|_| unknown("id"))?,
        name,
        agb: agb.as_deref().map(Agb::parse).transpose().map_err(|_| unknown("agb"))?,
        kvk: kvk.as_deref().map(Kvk::parse).transpose().map_err(|_| unknown("kvk"))?,
        subscriber: subscriber
            .as_deref()
            .map(Subscriber::parse)
            .transpose()
            .map_err(|_| unknown("subscriber"))?,
    })
}
