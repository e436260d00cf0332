//! The SQL of organisations.

use super::policy::Setting;
use super::registered::{Mailbox, PostalAddress, Registered, Telephone};
use super::{Agb, Anchor, Kvk, Organisation, Planned, Policy, Subscriber};
use crate::clock::Time;
use crate::id::{AccountId, OrganisationId};
use crate::secret::TokenHash;
use crate::storage::{Error, Result, Tx, on};

type Row = (String, String, Option<String>, Option<String>, Option<String>);

/// Adds an organisation.
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

/// Whether any organisation has this subscriber number.
pub(crate) async fn have_subscriber(tx: &mut Tx, subscriber: &Subscriber) -> Result<bool> {
    const SQL: &str = "SELECT COUNT(*) FROM organisation WHERE subscriber = $1";
    let found: i64 =
        on!(tx, c => sqlx::query_scalar(SQL).bind(subscriber.as_str()).fetch_one(c).await)?;
    Ok(found > 0)
}

/// Gives an organisation its subscriber number, where it has none; whether it had none.
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

/// Records an organisation's number in the trade register, where it has none.
pub(crate) async fn set_kvk(tx: &mut Tx, id: &OrganisationId, kvk: &Kvk) -> Result<()> {
    const SQL: &str = "UPDATE organisation SET kvk = $2 WHERE id = $1 AND kvk IS NULL";
    on!(tx, c => sqlx::query(SQL).bind(id.as_str()).bind(kvk.as_str()).execute(c).await.map(drop))
}

/// Records an organisation's AGB code, where it has none.
pub(crate) async fn set_agb(tx: &mut Tx, id: &OrganisationId, agb: &Agb) -> Result<()> {
    const SQL: &str = "UPDATE organisation SET agb = $2 WHERE id = $1 AND agb IS NULL";
    on!(tx, c => sqlx::query(SQL).bind(id.as_str()).bind(agb.as_str()).execute(c).await.map(drop))
}

/// The organisation with this id.
pub(crate) async fn find(tx: &mut Tx, id: &OrganisationId) -> Result<Option<Organisation>> {
    const SQL: &str = "SELECT id, name, agb, kvk, subscriber FROM organisation WHERE id = $1";
    let row: Option<Row> =
        on!(tx, c => sqlx::query_as(SQL).bind(id.as_str()).fetch_optional(c).await)?;
    row.map(read).transpose()
}

/// What this organisation decides for its people; the defaults where it decided nothing.
pub(crate) async fn policy(tx: &mut Tx, id: &OrganisationId) -> Result<Policy> {
    const SQL: &str = "SELECT name, value FROM setting WHERE organisation_id = $1";
    let rows: Vec<(String, String)> =
        on!(tx, c => sqlx::query_as(SQL).bind(id.as_str()).fetch_all(c).await)?;
    let unknown = |column| Error::Inconsistent { table: "setting", column };
    rows.into_iter().try_fold(Policy::default(), |policy, (name, value)| {
        let setting = Setting::parse(&name).ok_or_else(|| unknown("name"))?;
        policy.with(setting, &value).ok_or_else(|| unknown("value"))
    })
}

/// Keeps one decision of an organisation.
pub(crate) async fn decide(
    tx: &mut Tx,
    id: &OrganisationId,
    setting: Setting,
    value: &str,
) -> Result<()> {
    const SQL: &str = "INSERT INTO setting (organisation_id, name, value) VALUES ($1, $2, $3) \
                       ON CONFLICT (organisation_id, name) DO UPDATE SET value = excluded.value";
    on!(tx, c => sqlx::query(SQL)
        .bind(id.as_str()).bind(setting.as_str()).bind(value)
        .execute(c).await.map(drop))
}

/// Forgets one decision of an organisation: the default holds again.
pub(crate) async fn undecide(tx: &mut Tx, id: &OrganisationId, setting: Setting) -> Result<()> {
    const SQL: &str = "DELETE FROM setting WHERE organisation_id = $1 AND name = $2";
    on!(tx, c => sqlx::query(SQL)
        .bind(id.as_str()).bind(setting.as_str()).execute(c).await.map(drop))
}

/// Removes settings of organisations in which nobody is forced until a moment that is over, twenty at most.
/// Which, and what stood there; each is named once.
pub(crate) async fn lapse_unforced(
    tx: &mut Tx,
    now: Time,
) -> Result<Vec<(OrganisationId, String)>> {
    const SQL: &str = "DELETE FROM setting WHERE name = $1 AND organisation_id IN \
                       (SELECT organisation_id FROM setting \
                       WHERE name = $1 AND CAST(value AS BIGINT) <= $2 LIMIT 20) \
                       AND CAST(value AS BIGINT) <= $2 RETURNING organisation_id, value";
    let rows: Vec<(String, String)> = on!(tx, c => sqlx::query_as(SQL)
        .bind(Setting::NotForcedUntil.as_str()).bind(now.millis()).fetch_all(c).await)?;
    let unknown = |_| Error::Inconsistent { table: "setting", column: "organisation_id" };
    let read = |(id, value)| Ok((OrganisationId::try_from(id).map_err(unknown)?, value));
    rows.into_iter().map(read).collect()
}

/// Keeps an organisation from every other change until the transaction ends. Whether it is there.
pub(crate) async fn lock(tx: &mut Tx, id: &OrganisationId) -> Result<bool> {
    // A column that no other table refers to: else SQLite would look at each row that does.
    const SQL: &str = "UPDATE organisation SET name = name WHERE id = $1";
    on!(tx, c => sqlx::query(SQL)
        .bind(id.as_str()).execute(c).await.map(|done| done.rows_affected() == 1))
}

/// The main contact person of an organisation.
pub(crate) async fn main_contact(tx: &mut Tx, id: &OrganisationId) -> Result<Option<AccountId>> {
    const SQL: &str = "SELECT main_contact FROM organisation WHERE id = $1";
    let row: Option<Option<String>> =
        on!(tx, c => sqlx::query_scalar(SQL).bind(id.as_str()).fetch_optional(c).await)?;
    let unknown = Error::Inconsistent { table: "organisation", column: "main_contact" };
    row.flatten().map(|id| AccountId::try_from(id).map_err(|_| unknown)).transpose()
}

/// Makes an account the main contact person of its organisation.
pub(crate) async fn set_main_contact(
    tx: &mut Tx,
    id: &OrganisationId,
    account: &AccountId,
) -> Result<()> {
    const SQL: &str = "UPDATE organisation SET main_contact = $2 WHERE id = $1";
    on!(tx, c => sqlx::query(SQL)
        .bind(id.as_str()).bind(account.as_str()).execute(c).await.map(drop))
}

type RegisteredRow = (Option<String>, Option<String>, Option<String>, Option<String>);

/// Where this organisation is reached, as far as that was recorded.
pub(crate) async fn registered(tx: &mut Tx, id: &OrganisationId) -> Result<Registered> {
    const SQL: &str = "SELECT email, street, postcode, town FROM organisation WHERE id = $1";
    let row: Option<RegisteredRow> =
        on!(tx, c => sqlx::query_as(SQL).bind(id.as_str()).fetch_optional(c).await)?;
    let Some((email, street, postcode, town)) = row else { return Ok(Registered::default()) };
    let unknown = |column| Error::Inconsistent { table: "organisation", column };
    let email = email.as_deref().map(Mailbox::parse).transpose().map_err(|_| unknown("email"))?;
    let address = match (street, postcode, town) {
        (Some(street), Some(postcode), Some(town)) => Some(
            PostalAddress::from_parts(&street, &postcode, &town).map_err(|_| unknown("street"))?,
        ),
        (None, None, None) => None,
        _ => return Err(unknown("street")),
    };
    Ok(Registered { email, address })
}

/// Records where an organisation is reached by mail, and from when on that brings anybody back in.
pub(crate) async fn set_email(
    tx: &mut Tx,
    id: &OrganisationId,
    (email, from): (&Mailbox, Time),
) -> Result<()> {
    const SQL: &str = "UPDATE organisation SET email = $2, email_from = $3 WHERE id = $1";
    on!(tx, c => sqlx::query(SQL)
        .bind(id.as_str()).bind(email.as_str()).bind(from.millis())
        .execute(c).await.map(drop))
}

/// From when on the registered e-mail address brings anybody back in.
pub(crate) async fn email_from(tx: &mut Tx, id: &OrganisationId) -> Result<Option<Time>> {
    const SQL: &str = "SELECT email_from FROM organisation WHERE id = $1";
    let from: Option<Option<i64>> =
        on!(tx, c => sqlx::query_scalar(SQL).bind(id.as_str()).fetch_optional(c).await)?;
    Ok(from.flatten().map(Time::from_millis))
}

/// Records where an organisation is called back, and from when on that brings anybody back in.
pub(crate) async fn set_telephone(
    tx: &mut Tx,
    id: &OrganisationId,
    (number, from): (&Telephone, Time),
) -> Result<()> {
    const SQL: &str = "UPDATE organisation SET telephone = $2, telephone_from = $3 WHERE id = $1";
    on!(tx, c => sqlx::query(SQL)
        .bind(id.as_str()).bind(number.as_str()).bind(from.millis())
        .execute(c).await.map(drop))
}

/// Where an organisation is called back, and from when on that brings anybody back in.
pub(crate) async fn telephone(
    tx: &mut Tx,
    id: &OrganisationId,
) -> Result<Option<(Telephone, Time)>> {
    const SQL: &str = "SELECT telephone, telephone_from FROM organisation WHERE id = $1";
    let row: Option<(Option<String>, Option<i64>)> =
        on!(tx, c => sqlx::query_as(SQL).bind(id.as_str()).fetch_optional(c).await)?;
    let Some((Some(number), Some(from))) = row else { return Ok(None) };
    let unknown = Error::Inconsistent { table: "organisation", column: "telephone" };
    let number = Telephone::stored(number).ok_or(unknown)?;
    Ok(Some((number, Time::from_millis(from))))
}

/// Records where an organisation is reached by post.
pub(crate) async fn set_address(
    tx: &mut Tx,
    id: &OrganisationId,
    address: &PostalAddress,
) -> Result<()> {
    const SQL: &str = "UPDATE organisation SET street = $2, postcode = $3, town = $4 WHERE id = $1";
    on!(tx, c => sqlx::query(SQL)
        .bind(id.as_str())
        .bind(&address.street)
        .bind(&address.postcode)
        .bind(&address.town)
        .execute(c).await.map(drop))
}

/// Keeps a change of an anchor until it holds, in place of another of the same; with the link that proves it,
/// where one does.
pub(crate) async fn plan(
    tx: &mut Tx,
    id: &OrganisationId,
    (change, link): (&Planned, Option<&TokenHash>),
) -> Result<()> {
    const SQL: &str = "INSERT INTO organisation_change \
                       (organisation_id, anchor, value, planned_at, starts_at, link_hash) \
                       VALUES ($1, $2, $3, $4, $5, $6) \
                       ON CONFLICT (organisation_id, anchor) DO UPDATE \
                       SET value = excluded.value, planned_at = excluded.planned_at, \
                       starts_at = excluded.starts_at, \
                       link_hash = excluded.link_hash, proven_at = NULL";
    on!(tx, c => sqlx::query(SQL)
        .bind(id.as_str())
        .bind(change.anchor.as_str())
        .bind(&change.value)
        .bind(change.planned_at.millis())
        .bind(change.starts_at.millis())
        .bind(link.map(TokenHash::as_str))
        .execute(c).await.map(drop))
}

/// Whose change this link proves, and which, while it waits.
pub(crate) async fn of_link(
    tx: &mut Tx,
    link: &TokenHash,
    now: Time,
) -> Result<Option<(OrganisationId, Planned)>> {
    const SQL: &str = "SELECT organisation_id, anchor, value, planned_at, starts_at, proven_at \
                       FROM organisation_change WHERE link_hash = $1 AND starts_at > $2";
    let row: Option<(String, String, String, i64, i64, Option<i64>)> = on!(tx, c => sqlx::query_as(SQL)
        .bind(link.as_str()).bind(now.millis()).fetch_optional(c).await)?;
    let Some((id, anchor, value, planned, starts, proven)) = row else { return Ok(None) };
    let unknown =
        |_| Error::Inconsistent { table: "organisation_change", column: "organisation_id" };
    let id = OrganisationId::try_from(id).map_err(unknown)?;
    Ok(Some((id, change((anchor, value, planned, starts, proven))?)))
}

/// Notes that a change was proven by this link, which is spent: of many at once, one does.
pub(crate) async fn prove(tx: &mut Tx, link: &TokenHash, now: Time) -> Result<bool> {
    const SQL: &str = "UPDATE organisation_change SET link_hash = NULL, proven_at = $2 \
                       WHERE link_hash = $1 AND starts_at > $2";
    on!(tx, c => sqlx::query(SQL)
        .bind(link.as_str()).bind(now.millis())
        .execute(c).await.map(|done| done.rows_affected() == 1))
}

/// The changes of an organisation that wait, the one that holds first first.
pub(crate) async fn planned(tx: &mut Tx, id: &OrganisationId) -> Result<Vec<Planned>> {
    const SQL: &str = "SELECT anchor, value, planned_at, starts_at, proven_at FROM organisation_change \
                       WHERE organisation_id = $1 ORDER BY starts_at, anchor";
    let rows: Vec<Change> = on!(tx, c => sqlx::query_as(SQL).bind(id.as_str()).fetch_all(c).await)?;
    rows.into_iter().map(change).collect()
}

/// Stops a change that waits. Whether there was one.
pub(crate) async fn unplan(tx: &mut Tx, id: &OrganisationId, anchor: Anchor) -> Result<bool> {
    const SQL: &str = "DELETE FROM organisation_change WHERE organisation_id = $1 AND anchor = $2";
    on!(tx, c => sqlx::query(SQL)
        .bind(id.as_str()).bind(anchor.as_str())
        .execute(c).await.map(|done| done.rows_affected() == 1))
}

/// The organisations of which a change is due.
pub(crate) async fn with_due(tx: &mut Tx, now: Time) -> Result<Vec<OrganisationId>> {
    const SQL: &str = "SELECT DISTINCT organisation_id FROM organisation_change \
                       WHERE starts_at <= $1 ORDER BY organisation_id";
    let ids: Vec<String> =
        on!(tx, c => sqlx::query_scalar(SQL).bind(now.millis()).fetch_all(c).await)?;
    let unknown =
        |_| Error::Inconsistent { table: "organisation_change", column: "organisation_id" };
    ids.into_iter().map(|id| OrganisationId::try_from(id).map_err(unknown)).collect()
}

/// Takes the changes of an organisation that are due; each is taken once.
pub(crate) async fn take_due(tx: &mut Tx, id: &OrganisationId, now: Time) -> Result<Vec<Planned>> {
    const SQL: &str = "DELETE FROM organisation_change WHERE organisation_id = $1 AND starts_at <= $2 \
                       RETURNING anchor, value, planned_at, starts_at, proven_at";
    let rows: Vec<Change> = on!(tx, c => sqlx::query_as(SQL)
        .bind(id.as_str()).bind(now.millis()).fetch_all(c).await)?;
    rows.into_iter().map(change).collect()
}

/// Anchor, value, since when it waits, when it holds and when it was proven.
type Change = (String, String, i64, i64, Option<i64>);

fn change((anchor, value, planned, starts, proven): Change) -> Result<Planned> {
    let unknown = Error::Inconsistent { table: "organisation_change", column: "anchor" };
    let anchor = Anchor::parse(&anchor).ok_or(unknown)?;
    Ok(Planned {
        anchor,
        shown: value.clone(),
        value,
        planned_at: Time::from_millis(planned),
        starts_at: Time::from_millis(starts),
        proven_at: proven.map(Time::from_millis),
    })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::testing::{account, both, rows};

    #[tokio::test]
    async fn what_an_organisation_decides_holds_for_it_alone_until_it_is_undone() {
        both(async |db| {
            let one = account(&db, "test.een@voorbeeld.nl").await.organisation;
            let other = account(&db, "test.twee@voorbeeld.nl").await.organisation;
            let mut tx = db.write().await.unwrap();
            assert_eq!(policy(&mut tx, &one).await.unwrap(), Policy::default());
            for value in ["60", "0"] {
                decide(&mut tx, &one, Setting::PasswordBlock, value).await.unwrap();
            }
            decide(&mut tx, &one, Setting::Kinds, "passkey").await.unwrap();
            let decided = policy(&mut tx, &one).await.unwrap();
            assert_eq!(decided.password_block, Some(std::time::Duration::ZERO));
            assert_eq!(decided.kinds, [crate::factors::Kind::Passkey].into());
            assert_eq!(policy(&mut tx, &other).await.unwrap(), Policy::default());
            for setting in [Setting::PasswordBlock, Setting::Kinds] {
                undecide(&mut tx, &one, setting).await.unwrap();
            }
            assert_eq!(policy(&mut tx, &one).await.unwrap(), Policy::default());
            decide(&mut tx, &one, Setting::GraceDays, "soon").await.unwrap();
            assert!(matches!(policy(&mut tx, &one).await, Err(Error::Inconsistent { .. })));
            tx.commit().await.unwrap();
            assert_eq!(rows(&db, "setting").await, 1);
        })
        .await;
    }

    #[tokio::test]
    async fn an_organisation_is_reached_where_that_was_recorded() {
        both(async |db| {
            let id = account(&db, "test.arts@voorbeeld.nl").await.organisation;
            let mut tx = db.write().await.unwrap();
            assert!(lock(&mut tx, &id).await.unwrap());
            assert_eq!(registered(&mut tx, &id).await.unwrap(), Registered::default());
            let email = Mailbox::parse("praktijk@voorbeeld.nl").unwrap();
            let address = PostalAddress::parse("Dorpsstraat 1, 1234 AB Voorbeelddorp").unwrap();
            let from = Time::from_millis(7);
            set_email(&mut tx, &id, (&email, from)).await.unwrap();
            assert_eq!(email_from(&mut tx, &id).await.unwrap(), Some(from));
            assert_eq!(telephone(&mut tx, &id).await.unwrap(), None);
            let number = Telephone::parse("030 253 11 11").unwrap();
            set_telephone(&mut tx, &id, (&number, from)).await.unwrap();
            assert_eq!(telephone(&mut tx, &id).await.unwrap(), Some((number, from)));
            set_address(&mut tx, &id, &address).await.unwrap();
            let recorded = Registered { email: Some(email), address: Some(address) };
            assert_eq!(registered(&mut tx, &id).await.unwrap(), recorded);
        })
        .await;
    }
}
