//! The SQL of accounts.

use super::grace::{self, Grace};
use super::number::UserNumber;
use super::who::Who;
use super::{Account, Role, Username, words};
use crate::clock::Time;
use crate::factors::Level;
use crate::id::{AccountId, OrganisationId};
use crate::random::Random;
use crate::storage::{Db, Error, Result, Tx, on};

type Row = (String, String, Option<String>, String, String, String, String);

/// Adds an account. Fails as a duplicate when its user name is taken in its organisation; its number is
/// fresh.
pub(crate) async fn insert(tx: &mut Tx, account: &Account, now: Time) -> Result<()> {
    const SQL: &str = "INSERT INTO account (id, organisation_id, number, username, name, role, \
                       vouched, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    on!(tx, c => sqlx::query(SQL)
        .bind(account.id.as_str())
        .bind(account.organisation.as_str())
        .bind(account.number.as_str())
        .bind(account.username.as_str())
        .bind(&account.name)
        .bind(account.role.as_str())
        .bind(account.vouched.as_str())
        .bind(now.millis())
        .execute(c).await.map(drop))?;
    index(tx, account).await
}

/// Accounts that are not sorted yet, as many as this at most.
pub(crate) async fn unsorted(tx: &mut Tx, most: i64) -> Result<Vec<Account>> {
    const SQL: &str = "SELECT id, organisation_id, number, username, name, role, vouched FROM account \
                       WHERE sorted IS NULL LIMIT $1";
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(SQL).bind(most).fetch_all(c).await)?;
    rows.into_iter().map(read).collect()
}

/// Sorts an account by its name as it is now, and has it found by its words.
pub(crate) async fn index(tx: &mut Tx, account: &Account) -> Result<()> {
    sort(tx, &account.id, &words::sorted(&account.name)).await?;
    forget_words(tx, &account.id).await?;
    for word in words::index(&account.name, account.username.as_str()) {
        add_word(tx, account, &word).await?;
    }
    Ok(())
}

async fn sort(tx: &mut Tx, id: &AccountId, sorted: &str) -> Result<()> {
    const SQL: &str = "UPDATE account SET sorted = $1 WHERE id = $2";
    on!(tx, c => sqlx::query(SQL).bind(sorted).bind(id.as_str()).execute(c).await.map(drop))
}

async fn forget_words(tx: &mut Tx, id: &AccountId) -> Result<()> {
    const SQL: &str = "DELETE FROM account_word WHERE account_id = $1";
    on!(tx, c => sqlx::query(SQL).bind(id.as_str()).execute(c).await.map(drop))
}

async fn add_word(tx: &mut Tx, account: &Account, word: &str) -> Result<()> {
    const SQL: &str = "INSERT INTO account_word (organisation_id, word, account_id) \
                       VALUES ($1, $2, $3)";
    on!(tx, c => sqlx::query(SQL)
        .bind(account.organisation.as_str())
        .bind(word)
        .bind(account.id.as_str())
        .execute(c).await.map(drop))
}

/// The living account with this id.
pub(crate) async fn find(tx: &mut Tx, id: &AccountId) -> Result<Option<Account>> {
    const SQL: &str = "SELECT id, organisation_id, number, username, name, role, vouched FROM account \
                       WHERE id = $1 AND ended_at IS NULL";
    let row: Option<Row> =
        on!(tx, c => sqlx::query_as(SQL).bind(id.as_str()).fetch_optional(c).await)?;
    row.map(read).transpose()
}

/// The living accounts with this user name, one an organisation, in the order in which they are locked.
pub(crate) async fn named(tx: &mut Tx, username: &Username) -> Result<Vec<Account>> {
    const SQL: &str = "SELECT id, organisation_id, number, username, name, role, vouched FROM account \
                       WHERE username = $1 AND ended_at IS NULL ORDER BY id";
    let rows: Vec<Row> =
        on!(tx, c => sqlx::query_as(SQL).bind(username.as_str()).fetch_all(c).await)?;
    rows.into_iter().map(read).collect()
}

/// The living account with this user name in an organisation.
pub(crate) async fn named_in(
    tx: &mut Tx,
    organisation: &OrganisationId,
    username: &Username,
) -> Result<Option<Account>> {
    const SQL: &str = "SELECT id, organisation_id, number, username, name, role, vouched FROM account \
                       WHERE username = $1 AND organisation_id = $2 AND ended_at IS NULL";
    let row: Option<Row> = on!(tx, c => sqlx::query_as(SQL)
        .bind(username.as_str()).bind(organisation.as_str()).fetch_optional(c).await)?;
    row.map(read).transpose()
}

/// The living accounts that an operator names so.
pub(crate) async fn called(tx: &mut Tx, who: &Who) -> Result<Vec<Account>> {
    match who {
        Who::Username(username) => named(tx, username).await,
        Who::Number(number) => Ok(numbered(tx, number).await?.into_iter().collect()),
    }
}

/// The organisation of one of the living accounts in this domain: of the first whose id is `lot` or
/// more, or else of the first.
pub(crate) async fn organisation_by_lot(
    tx: &mut Tx,
    domain: &str,
    lot: &str,
) -> Result<Option<OrganisationId>> {
    for least in [lot, ""] {
        if let Some(found) = organisation_from(tx, domain, least).await? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

async fn organisation_from(
    tx: &mut Tx,
    domain: &str,
    least: &str,
) -> Result<Option<OrganisationId>> {
    // The expression is that of the index `account_domain`, to the letter.
    const SQL: &str = "SELECT organisation_id FROM account \
                       WHERE substr(username, length(rtrim(username, replace(username, '@', ''))) + 1) = $1 \
                       AND ended_at IS NULL AND id >= $2 ORDER BY id LIMIT 1";
    let id: Option<String> = on!(tx, c => sqlx::query_scalar(SQL)
        .bind(domain).bind(least).fetch_optional(c).await)?;
    let unknown = Error::Inconsistent { table: "account", column: "organisation_id" };
    id.map(|id| OrganisationId::try_from(id).map_err(|_| unknown)).transpose()
}

/// The living account with this id, kept from every other change until the transaction ends.
pub(crate) async fn lock(tx: &mut Tx, id: &AccountId) -> Result<Option<Account>> {
    // A column that no other table refers to: else each row that does would be looked for.
    const SQL: &str = "UPDATE account SET name = name WHERE id = $1 AND ended_at IS NULL \
                       RETURNING id, organisation_id, number, username, name, role, vouched";
    if tx.writes_alone() {
        return find(tx, id).await;
    }
    let row: Option<Row> =
        on!(tx, c => sqlx::query_as(SQL).bind(id.as_str()).fetch_optional(c).await)?;
    row.map(read).transpose()
}

/// The living account with this user number.
pub(crate) async fn numbered(tx: &mut Tx, number: &UserNumber) -> Result<Option<Account>> {
    const SQL: &str = "SELECT id, organisation_id, number, username, name, role, vouched FROM account \
                       WHERE number = $1 AND ended_at IS NULL";
    let row: Option<Row> =
        on!(tx, c => sqlx::query_as(SQL).bind(number.as_str()).fetch_optional(c).await)?;
    row.map(read).transpose()
}

/// A number that no account has or had: the rows of those that ended stay.
pub(crate) async fn fresh_number(tx: &mut Tx, random: Random) -> Result<UserNumber> {
    const SQL: &str = "SELECT COUNT(*) FROM account WHERE number = $1";
    loop {
        let number = UserNumber::random(random);
        let taken: i64 =
            on!(tx, c => sqlx::query_scalar(SQL).bind(number.as_str()).fetch_one(c).await)?;
        if taken == 0 {
            return Ok(number);
        }
    }
}

/// The accounts of before there were numbers, a hundred at most.
async fn unnumbered(tx: &mut Tx) -> Result<Vec<String>> {
    const SQL: &str = "SELECT id FROM account WHERE number IS NULL ORDER BY id LIMIT 100";
    on!(tx, c => sqlx::query_scalar(SQL).fetch_all(c).await)
}

/// Gives an account its number, where it has none: another server may have been first.
async fn give_number(tx: &mut Tx, id: &str, number: &UserNumber) -> Result<()> {
    const SQL: &str = "UPDATE account SET number = $1 WHERE id = $2 AND number IS NULL";
    on!(tx, c => sqlx::query(SQL).bind(number.as_str()).bind(id).execute(c).await.map(drop))
}

/// Gives every account of before there were numbers one; no migration can, because the two engines
/// draw and check numbers differently.
pub(crate) async fn number_all(db: &Db, random: Random) -> Result<()> {
    loop {
        let mut tx = db.read().await?;
        let unnumbered = unnumbered(&mut tx).await?;
        drop(tx);
        if unnumbered.is_empty() {
            return Ok(());
        }
        let mut tx = db.write().await?;
        for id in unnumbered {
            let number = fresh_number(&mut tx, random).await?;
            give_number(&mut tx, &id, &number).await?;
        }
        tx.commit().await?;
    }
}

/// Has an account lapse then, unless it is activated before.
pub(crate) async fn begin_request(tx: &mut Tx, id: &AccountId, ends: Time) -> Result<()> {
    const SQL: &str =
        "UPDATE account SET request_ends_at = $1, request_lapsed_at = NULL WHERE id = $2";
    on!(tx, c => sqlx::query(SQL)
        .bind(ends.millis()).bind(id.as_str()).execute(c).await.map(drop))
}

/// When an account lapses that was never activated; nothing for one that was.
pub(crate) async fn request(tx: &mut Tx, id: &AccountId) -> Result<Option<Time>> {
    const SQL: &str = "SELECT request_ends_at FROM account WHERE id = $1";
    let ends: Option<Option<i64>> =
        on!(tx, c => sqlx::query_scalar(SQL).bind(id.as_str()).fetch_optional(c).await)?;
    Ok(ends.flatten().map(Time::from_millis))
}

/// Begins the days in which an account that is being activated may do without a second factor, if they
/// never began.
pub(crate) async fn begin_grace(tx: &mut Tx, id: &AccountId, now: Time) -> Result<()> {
    const SQL: &str = "UPDATE account SET grace_from = $1, grace_seen_at = $1 WHERE id = $2 \
                       AND grace_from IS NULL AND grace_over_at IS NULL \
                       AND request_ends_at IS NOT NULL";
    on!(tx, c => sqlx::query(SQL).bind(now.millis()).bind(id.as_str()).execute(c).await.map(drop))
}

/// The days in which an account may do without a second factor, as they were last seen; nothing where they
/// never began, a factor of it ever proved itself, or they were over when more were given.
pub(crate) async fn grace(tx: &mut Tx, id: &AccountId) -> Result<Option<Grace>> {
    const SQL: &str = "SELECT grace_from, grace_seen_at FROM account WHERE id = $1 \
                       AND grace_from IS NOT NULL AND grace_seen_at IS NOT NULL \
                       AND grace_over_at IS NULL AND grace_spent_at IS NULL";
    let row: Option<(i64, i64)> =
        on!(tx, c => sqlx::query_as(SQL).bind(id.as_str()).fetch_optional(c).await)?;
    Ok(row
        .map(|(from, seen)| Grace { from: Time::from_millis(from), seen: Time::from_millis(seen) }))
}

/// Keeps what was seen of those days, if nobody saw something else since `old`.
pub(crate) async fn see_grace(
    tx: &mut Tx,
    id: &AccountId,
    (old, new): (Grace, Grace),
) -> Result<()> {
    const SQL: &str = "UPDATE account SET grace_from = $1, grace_seen_at = $2 \
                       WHERE id = $3 AND grace_from = $4 AND grace_seen_at = $5";
    on!(tx, c => sqlx::query(SQL)
        .bind(new.from.millis()).bind(new.seen.millis()).bind(id.as_str())
        .bind(old.from.millis()).bind(old.seen.millis())
        .execute(c).await.map(drop))
}

/// Notes that a factor of an account proved itself: it does without one never again. Whether that was the
/// first one ever.
pub(crate) async fn end_grace(tx: &mut Tx, id: &AccountId, now: Time) -> Result<bool> {
    const SQL: &str =
        "UPDATE account SET grace_over_at = $1 WHERE id = $2 AND grace_over_at IS NULL";
    on!(tx, c => sqlx::query(SQL)
        .bind(now.millis()).bind(id.as_str())
        .execute(c).await.map(|done| done.rows_affected() == 1))
}

/// Notes of each account of an organisation whose days, so many, are over at `now`, that they are over for
/// good: more days bring none back.
pub(crate) async fn spend_grace(
    tx: &mut Tx,
    organisation: &OrganisationId,
    days: u32,
    now: Time,
) -> Result<()> {
    const SQL: &str = "UPDATE account SET grace_spent_at = $1 WHERE organisation_id = $2 \
                       AND ended_at IS NULL AND grace_over_at IS NULL AND grace_spent_at IS NULL \
                       AND (grace_from + $3 <= $1 OR grace_from + $3 <= grace_seen_at)";
    let length = i64::try_from(grace::length(days).as_millis()).unwrap_or(i64::MAX);
    on!(tx, c => sqlx::query(SQL)
        .bind(now.millis()).bind(organisation.as_str()).bind(length)
        .execute(c).await.map(drop))
}

/// Has an account lapse no more: its person chose a password.
pub(crate) async fn activate(tx: &mut Tx, id: &AccountId) -> Result<()> {
    const SQL: &str =
        "UPDATE account SET request_ends_at = NULL, request_lapsed_at = NULL WHERE id = $1";
    on!(tx, c => sqlx::query(SQL).bind(id.as_str()).execute(c).await.map(drop))
}

/// Notes that accounts lapsed that nobody activated in time, twenty at most. Which; each is named once.
pub(crate) async fn lapse_requests(tx: &mut Tx, now: Time) -> Result<Vec<AccountId>> {
    const SQL: &str = "UPDATE account SET request_lapsed_at = $1 WHERE id IN \
                       (SELECT id FROM account WHERE request_ends_at <= $1 \
                       AND request_lapsed_at IS NULL AND ended_at IS NULL LIMIT 20) \
                       AND request_ends_at <= $1 AND request_lapsed_at IS NULL \
                       AND ended_at IS NULL RETURNING id";
    let ids: Vec<String> =
        on!(tx, c => sqlx::query_scalar(SQL).bind(now.millis()).fetch_all(c).await)?;
    ids.into_iter().map(account_id).collect()
}

/// The living contact persons of an organisation, the first one first.
pub(crate) async fn contact_persons(
    tx: &mut Tx,
    organisation: &OrganisationId,
) -> Result<Vec<AccountId>> {
    const SQL: &str = "SELECT id FROM account WHERE organisation_id = $1 \
                       AND role = 'contact_person' AND ended_at IS NULL ORDER BY created_at, id";
    let ids: Vec<String> =
        on!(tx, c => sqlx::query_scalar(SQL).bind(organisation.as_str()).fetch_all(c).await)?;
    ids.into_iter().map(account_id).collect()
}

fn account_id(id: String) -> Result<AccountId> {
    AccountId::try_from(id).map_err(|_| Error::Inconsistent { table: "account", column: "id" })
}

/// Sets the level at which a first factor is bound.
pub(crate) async fn vouch(tx: &mut Tx, id: &AccountId, level: Level) -> Result<()> {
    const SQL: &str = "UPDATE account SET vouched = $1 WHERE id = $2";
    on!(tx, c => sqlx::query(SQL).bind(level.as_str()).bind(id.as_str()).execute(c).await.map(drop))
}

/// Sets the name of a person, which is another one from `now` on; a name that is put right before its account
/// was ever activated is not.
pub(crate) async fn rename(tx: &mut Tx, id: &AccountId, name: &str, now: Time) -> Result<()> {
    const SQL: &str = "UPDATE account SET name = $1, name_changed_at = \
                       CASE WHEN request_ends_at IS NULL THEN $2 ELSE name_changed_at END WHERE id = $3 \
                       RETURNING id, organisation_id, number, username, name, role, vouched";
    let row: Option<Row> = on!(tx, c => sqlx::query_as(SQL)
        .bind(name).bind(now.millis()).bind(id.as_str()).fetch_optional(c).await)?;
    match row.map(read).transpose()? {
        Some(account) => index(tx, &account).await,
        None => Ok(()),
    }
}

/// When the name of an account was last changed after it was activated, if ever.
pub(crate) async fn renamed(tx: &mut Tx, id: &AccountId) -> Result<Option<Time>> {
    const SQL: &str = "SELECT name_changed_at FROM account WHERE id = $1";
    let at: Option<Option<i64>> =
        on!(tx, c => sqlx::query_scalar(SQL).bind(id.as_str()).fetch_optional(c).await)?;
    Ok(at.flatten().map(Time::from_millis))
}

/// Gives an account another user name. Fails as a duplicate where somebody of its organisation has it.
pub(crate) async fn set_username(tx: &mut Tx, id: &AccountId, username: &Username) -> Result<()> {
    const SQL: &str = "UPDATE account SET username = $1 WHERE id = $2 \
                       RETURNING id, organisation_id, number, username, name, role, vouched";
    let row: Option<Row> = on!(tx, c => sqlx::query_as(SQL)
        .bind(username.as_str()).bind(id.as_str()).fetch_optional(c).await)?;
    match row.map(read).transpose()? {
        Some(account) => index(tx, &account).await,
        None => Ok(()),
    }
}

/// Notes that an e-mail address of an account changed.
pub(crate) async fn note_email(tx: &mut Tx, id: &AccountId, now: Time) -> Result<()> {
    const SQL: &str = "UPDATE account SET email_changed_at = $1 WHERE id = $2";
    on!(tx, c => sqlx::query(SQL).bind(now.millis()).bind(id.as_str()).execute(c).await.map(drop))
}

/// When an e-mail address of an account last changed.
pub(crate) async fn email_changed(tx: &mut Tx, id: &AccountId) -> Result<Option<Time>> {
    const SQL: &str = "SELECT email_changed_at FROM account WHERE id = $1";
    let at: Option<Option<i64>> =
        on!(tx, c => sqlx::query_scalar(SQL).bind(id.as_str()).fetch_optional(c).await)?;
    Ok(at.flatten().map(Time::from_millis))
}

/// Gives a living account this role.
pub(crate) async fn appoint(tx: &mut Tx, id: &AccountId, role: Role) -> Result<()> {
    const SQL: &str = "UPDATE account SET role = $1 WHERE id = $2 AND ended_at IS NULL";
    on!(tx, c => sqlx::query(SQL)
        .bind(role.as_str()).bind(id.as_str()).execute(c).await.map(drop))
}

/// Ends an account: nothing finds it any more. Whether it was living.
pub(crate) async fn end(tx: &mut Tx, id: &AccountId, now: Time) -> Result<bool> {
    const SQL: &str = "UPDATE account SET ended_at = $1 WHERE id = $2 AND ended_at IS NULL";
    let ended = on!(tx, c => sqlx::query(SQL)
        .bind(now.millis()).bind(id.as_str())
        .execute(c).await.map(|done| done.rows_affected() == 1))?;
    forget_words(tx, id).await?;
    Ok(ended)
}

fn read((id, organisation, number, username, name, role, vouched): Row) -> Result<Account> {
    let unknown = |column| Error::Inconsistent { table: "account", column };
    Ok(Account {
        id: AccountId::try_from(id).map_err(|_| unknown("id"))?,
        organisation: OrganisationId::try_from(organisation)
            .map_err(|_| unknown("organisation_id"))?,
        number: UserNumber::parse(&number.unwrap_or_default()).map_err(|_| unknown("number"))?,
        username: Username::parse(&username).map_err(|_| unknown("username"))?,
        name,
        role: Role::parse(&role).ok_or_else(|| unknown("role"))?,
        vouched: Level::parse(&vouched).ok_or_else(|| unknown("vouched"))?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::testing::{account, both};
    use std::collections::BTreeSet;

    /// As it was before there were numbers.
    async fn forget_numbers(db: &Db) {
        const SQL: &str = "UPDATE account SET number = NULL";
        let mut tx = db.write().await.unwrap();
        on!(&mut tx, c => sqlx::query(SQL).execute(c).await.map(drop)).unwrap();
        tx.commit().await.unwrap();
    }

    #[tokio::test]
    async fn accounts_of_before_there_were_numbers_get_one_each_and_keep_it() {
        both(async |db| {
            let mut people = vec![];
            for n in 0..120 {
                people.push(account(&db, &format!("test.{n}@voorbeeld.nl")).await.id);
            }
            forget_numbers(&db).await;
            let start = || number_all(&db, Random::system());
            let (one, other) = tokio::join!(start(), start());
            assert!(one.is_ok() && other.is_ok());
            let numbers = async || {
                let mut tx = db.read().await.unwrap();
                let mut found = vec![];
                for id in &people {
                    found.push(find(&mut tx, id).await.unwrap().unwrap().number);
                }
                found
            };
            let given = numbers().await;
            let different: BTreeSet<&str> = given.iter().map(UserNumber::as_str).collect();
            assert_eq!(different.len(), people.len());
            number_all(&db, Random::system()).await.unwrap();
            assert_eq!(numbers().await, given);
        })
        .await;
    }

    #[tokio::test]
    async fn grace_begins_with_the_activation_once_and_ends_for_good() {
        both(async |db| {
            let id = account(&db, "test.arts@voorbeeld.nl").await.id;
            let time = |hours: i64| Time::from_millis(hours * 3_600_000);
            let mut tx = db.write().await.unwrap();
            begin_grace(&mut tx, &id, time(1)).await.unwrap();
            assert_eq!(grace(&mut tx, &id).await.unwrap(), None, "nothing is activated");
            begin_request(&mut tx, &id, time(100)).await.unwrap();
            for hour in [2, 3] {
                begin_grace(&mut tx, &id, time(hour)).await.unwrap();
            }
            let begun = Grace { from: time(2), seen: time(2) };
            assert_eq!(grace(&mut tx, &id).await.unwrap(), Some(begun));
            let seen = begun.at(time(5));
            see_grace(&mut tx, &id, (begun, seen)).await.unwrap();
            see_grace(&mut tx, &id, (begun, begun.at(time(4)))).await.unwrap();
            assert_eq!(grace(&mut tx, &id).await.unwrap(), Some(seen), "who saw more first");
            assert!(end_grace(&mut tx, &id, time(6)).await.unwrap());
            assert!(!end_grace(&mut tx, &id, time(7)).await.unwrap(), "the first time alone");
            begin_grace(&mut tx, &id, time(8)).await.unwrap();
            assert_eq!(grace(&mut tx, &id).await.unwrap(), None);
        })
        .await;
    }

    #[tokio::test]
    async fn a_number_finds_its_account_until_that_ends_and_is_nobody_elses_after() {
        both(async |db| {
            const SQL: &str = "UPDATE account SET ended_at = 1";
            let one = account(&db, "test.arts@voorbeeld.nl").await;
            let mut tx = db.write().await.unwrap();
            assert_eq!(numbered(&mut tx, &one.number).await.unwrap(), Some(one.clone()));
            let stranger = UserNumber::random(Random::system());
            assert_eq!(numbered(&mut tx, &stranger).await.unwrap(), None);
            on!(&mut tx, c => sqlx::query(SQL).execute(c).await.map(drop)).unwrap();
            assert_eq!(numbered(&mut tx, &one.number).await.unwrap(), None);
            let twin = Account {
                id: crate::id::AccountId::random(Random::system()),
                username: Username::parse("test.twee@voorbeeld.nl").unwrap(),
                ..one
            };
            let taken = insert(&mut tx, &twin, Time::from_millis(0)).await;
            assert!(taken.is_err_and(|error| error.is_duplicate()));
        })
        .await;
    }
}
