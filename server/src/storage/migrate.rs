//! Migrations: what each version adds to the shape of the database, run at start under a lock.

use super::open::{private_file, unbounded};
use super::{Db, Engine, Error, Found, Location, Result, Running, on};
use crate::clock::Stopwatch;
use sqlx::SqlSafeStr as _;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use std::fs::File;
use std::path::Path;

/// Every migration, oldest first, in the common dialect of both engines. A new one is appended;
/// a released one is never edited (its hash is kept in the database).
const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "first light", include_str!("../../migrations/0001_first_light.sql")),
    (2, "second thoughts", include_str!("../../migrations/0002_second_thoughts.sql")),
    (3, "refused tries", include_str!("../../migrations/0003_refused_tries.sql")),
    (4, "proven factors", include_str!("../../migrations/0004_proven_factors.sql")),
    (5, "keys that log in alone", include_str!("../../migrations/0005_keys_that_log_in_alone.sql")),
    (6, "authenticator apps", include_str!("../../migrations/0006_authenticator_apps.sql")),
    (7, "people", include_str!("../../migrations/0007_people.sql")),
    (8, "outbox", include_str!("../../migrations/0008_outbox.sql")),
    (
        9,
        "what an organisation decides",
        include_str!("../../migrations/0009_what_an_organisation_decides.sql"),
    ),
    (10, "audit chain", include_str!("../../migrations/0010_audit_chain.sql")),
    (11, "wrong codes", include_str!("../../migrations/0011_wrong_codes.sql")),
    (12, "recovery codes", include_str!("../../migrations/0012_recovery_codes.sql")),
    (13, "codes by phone", include_str!("../../migrations/0013_codes_by_phone.sql")),
    (14, "phones", include_str!("../../migrations/0014_phones.sql")),
    (15, "grace", include_str!("../../migrations/0015_grace.sql")),
    (16, "waivers", include_str!("../../migrations/0016_waivers.sql")),
    (17, "reset", include_str!("../../migrations/0017_reset.sql")),
    (18, "letters", include_str!("../../migrations/0018_letters.sql")),
    (19, "anchors", include_str!("../../migrations/0019_anchors.sql")),
    (20, "access codes", include_str!("../../migrations/0020_access_codes.sql")),
    (21, "cards by PIN", include_str!("../../migrations/0021_cards_by_pin.sql")),
    (22, "organisation changes", include_str!("../../migrations/0022_organisation_changes.sql")),
    (23, "lost PINs", include_str!("../../migrations/0023_lost_pins.sql")),
    (24, "several employers", include_str!("../../migrations/0024_several_employers.sql")),
    (25, "authorisations", include_str!("../../migrations/0025_authorisations.sql")),
    (26, "found by time", include_str!("../../migrations/0026_found_by_time.sql")),
    (27, "at the desk", include_str!("../../migrations/0027_at_the_desk.sql")),
    (28, "who asked for a call", include_str!("../../migrations/0028_who_asked_for_a_call.sql")),
    (29, "ends that are told", include_str!("../../migrations/0029_ends_that_are_told.sql")),
    (30, "days that were over", include_str!("../../migrations/0030_days_that_were_over.sql")),
    (31, "names that are new", include_str!("../../migrations/0031_names_that_are_new.sql")),
    (32, "waiting by time", include_str!("../../migrations/0032_waiting_by_time.sql")),
    (33, "planned since", include_str!("../../migrations/0033_planned_since.sql")),
    (34, "what a password opens", include_str!("../../migrations/0034_what_a_password_opens.sql")),
];

pub(super) async fn run(engine: &Engine, location: &Location) -> Result<()> {
    let _lock = lock(location).await?;
    match engine {
        Engine::Sqlite(_) => steps(&Db(engine.clone())).await,
        Engine::Postgres(pool) => {
            // A step may take long, and so may another server that takes it.
            let pool = unbounded(pool).await?;
            let done = Migrator::with_migrations(migrations()).run(&pool).await;
            pool.close().await;
            done.map_err(Error::Migrate)
        }
    }
}

/// Takes on SQLite each step that was not taken, and notes it in the table in which sqlx notes those of
/// PostgreSQL: a step and its note last together.
async fn steps(db: &Db) -> Result<()> {
    const TABLE: &str = "CREATE TABLE IF NOT EXISTS _sqlx_migrations (version BIGINT PRIMARY KEY, \
                         description TEXT NOT NULL, installed_on TIMESTAMP NOT NULL DEFAULT \
                         CURRENT_TIMESTAMP, success BOOLEAN NOT NULL, checksum BLOB NOT NULL, \
                         execution_time BIGINT NOT NULL)";
    const NOTE: &str = "INSERT INTO _sqlx_migrations (version, description, success, checksum, \
                        execution_time) VALUES ($1, $2, TRUE, $3, $4)";
    let (known, taken) = (migrations(), taken(db).await?);
    fits(&known, &taken)?;
    for step in
        known.into_iter().filter(|step| taken.iter().all(|(taken, _)| *taken != step.version))
    {
        let mut tx = db.write().await?;
        let watch = Stopwatch::start();
        let Running::Sqlite(sqlite) = &mut tx.running else { return Ok(()) };
        sqlite.script(TABLE)?;
        sqlite.script(step.sql.as_str())?;
        let nanoseconds = i64::try_from(watch.elapsed().as_nanos()).unwrap_or(i64::MAX);
        on!(&mut tx, c => sqlx::query(NOTE)
            .bind(step.version).bind(&*step.description).bind(&*step.checksum).bind(nanoseconds)
            .execute(c).await.map(drop))?;
        tx.commit().await?;
    }
    Ok(())
}

fn migrations() -> Vec<Migration> {
    MIGRATIONS
        .iter()
        .map(|&(version, name, sql)| {
            let kind = MigrationType::Simple;
            Migration::new(version, name.into(), kind, sql.into_sql_str(), false)
        })
        .collect()
}

/// How far `db` is from this version.
pub(super) async fn compare(db: &Db) -> Result<Found> {
    let taken = taken(db).await?;
    fits(&migrations(), &taken)?;
    Ok(match (taken.len(), MIGRATIONS.len() - taken.len()) {
        (0, _) => Found::Nothing,
        (_, 0) => Found::Current,
        (_, migrations) => Found::Behind { migrations },
    })
}

/// The steps that were taken, each with its checksum; none where there is no database yet.
async fn taken(db: &Db) -> Result<Vec<(i64, Vec<u8>)>> {
    const SQL: &str = "SELECT version, checksum FROM _sqlx_migrations WHERE success = TRUE";
    let mut tx = db.read().await?;
    match on!(&mut tx, c => sqlx::query_as(SQL).fetch_all(c).await) {
        Err(error) if is_no_table(&error) => Ok(Vec::new()),
        taken => taken,
    }
}

/// Errors: [`Error::Newer`] or [`Error::Changed`] where a step that was taken is not one of these.
fn fits(known: &[Migration], taken: &[(i64, Vec<u8>)]) -> Result<()> {
    for (version, checksum) in taken {
        let step = known.iter().find(|step| step.version == *version).ok_or(Error::Newer)?;
        if step.checksum[..] != checksum[..] {
            return Err(Error::Changed { version: *version });
        }
    }
    Ok(())
}

/// Whether a statement failed because the table is not there.
fn is_no_table(error: &Error) -> bool {
    const UNDEFINED_TABLE: &str = "42P01"; // of PostgreSQL
    if let Error::InPlace(error) = error {
        return error.to_string().contains("no such table");
    }
    let Error::Statement(sqlx::Error::Database(error)) = error else { return false };
    error.code().as_deref() == Some(UNDEFINED_TABLE)
}

/// On SQLite, holds a file beside the database; sqlx locks PostgreSQL by an advisory lock.
async fn lock(location: &Location) -> Result<Option<File>> {
    match location {
        Location::Postgres(_) => Ok(None),
        Location::Sqlite(folder) => {
            let path = folder.join("migrate.lock");
            let waiting = tokio::task::spawn_blocking({
                let path = path.clone();
                move || hold(&path)
            });
            let held = waiting.await.expect("waiting for a lock does not panic");
            held.map(Some).map_err(|source| Error::Folder { path, source })
        }
    }
}

fn hold(path: &Path) -> std::io::Result<File> {
    let file = private_file(path)?;
    file.lock()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::testing::both;

    #[tokio::test]
    async fn a_database_that_was_opened_is_current() {
        both(async |db| assert_eq!(compare(&db).await.unwrap(), Found::Current)).await;
    }

    #[tokio::test]
    async fn a_database_of_a_newer_version_is_not_touched() {
        both(async |db| {
            const NEWER: &str = "UPDATE _sqlx_migrations SET version = version + 1000000";
            let mut tx = db.write().await.unwrap();
            on!(&mut tx, c => sqlx::query(NEWER).execute(c).await.map(drop)).unwrap();
            tx.commit().await.unwrap();
            assert!(matches!(compare(&db).await, Err(Error::Newer)));
        })
        .await;
    }

    /// As versions before 0026 made it, by the library's own runner: SHA-384 of a step beside its number.
    #[tokio::test]
    async fn a_database_that_another_runner_made_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("sleutelbos.sqlite");
        let before = rusqlite::Connection::open(&file).unwrap();
        let notes = "CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT \
                     NULL, installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT \
                     NULL, checksum BLOB NOT NULL, execution_time BIGINT NOT NULL)";
        before.execute_batch(notes).unwrap();
        let note = "INSERT INTO _sqlx_migrations (version, description, success, checksum, \
                    execution_time) VALUES (?1, ?2, TRUE, ?3, 1)";
        for (version, name, sql) in MIGRATIONS.iter().filter(|(version, ..)| *version <= 25) {
            before.execute_batch(sql).unwrap();
            let checksum = <sha2::Sha384 as sha2::Digest>::digest(sql).to_vec();
            assert_eq!(before.execute(note, (version, name, checksum)).unwrap(), 1);
        }
        before.close().unwrap();
        let location = Location::Sqlite(folder.path().to_owned());
        let behind = Found::Behind { migrations: MIGRATIONS.len() - 25 };
        assert_eq!(Db::inspect(&location).await.unwrap(), behind);
        Db::open(&location).await.unwrap().close().await;
        assert_eq!(Db::inspect(&location).await.unwrap(), Found::Current);
    }

    #[tokio::test]
    async fn a_database_whose_steps_were_others_is_not_current() {
        both(async |db| {
            const OTHER: &str = "UPDATE _sqlx_migrations SET checksum = $1";
            let mut tx = db.write().await.unwrap();
            on!(&mut tx, c => sqlx::query(OTHER).bind(vec![0_u8]).execute(c).await.map(drop))
                .unwrap();
            tx.commit().await.unwrap();
            assert!(matches!(compare(&db).await, Err(Error::Changed { version: 1 })));
        })
        .await;
    }

    #[tokio::test]
    async fn what_was_used_before_there_were_proofs_is_proven_and_a_passkey_logs_in_alone() {
        const BACK: [&str; 4] = [
            "ALTER TABLE factor DROP COLUMN proven_at",
            "ALTER TABLE credential DROP COLUMN discoverable",
            "ALTER TABLE credential DROP COLUMN replaces",
            "DELETE FROM _sqlx_migrations WHERE version IN (4, 5)",
        ];
        const OLD: &str = "INSERT INTO factor (id, account_id, kind, name, bound_at, evidence, \
                           created_at, used_at) VALUES ($1, $2, $3, '', 'high', 'touch', 1, $4)";
        const KEY: &str = "INSERT INTO credential (factor_id, credential_id, version, content, counter) \
                           VALUES ($1, $1, 5, '', 0)";
        const SEEN: &str = "SELECT f.proven_at, c.discoverable FROM factor f \
                            JOIN credential c ON c.factor_id = f.id ORDER BY f.id";
        both(async |db| {
            let account = crate::storage::testing::account(&db, "test.arts@voorbeeld.nl").await.id;
            let mut tx = db.write().await.unwrap();
            for sql in BACK {
                on!(&mut tx, c => sqlx::query(sql).execute(c).await.map(drop)).unwrap();
            }
            for (id, kind, used_at) in [("a", "passkey", Some(7_i64)), ("b", "security_key", None)]
            {
                on!(&mut tx, c => sqlx::query(OLD)
                    .bind(id).bind(account.as_str()).bind(kind).bind(used_at)
                    .execute(c).await.map(drop))
                .unwrap();
                on!(&mut tx, c => sqlx::query(KEY).bind(id).execute(c).await.map(drop)).unwrap();
            }
            tx.commit().await.unwrap();
            let folder = tempfile::tempdir().unwrap();
            run(&db.0, &Location::Sqlite(folder.path().to_owned())).await.unwrap();
            let mut tx = db.read().await.unwrap();
            let seen: Vec<(Option<i64>, Option<i64>)> =
                on!(&mut tx, c => sqlx::query_as(SEEN).fetch_all(c).await).unwrap();
            assert_eq!(seen, [(Some(7), Some(1)), (None, None)]);
        })
        .await;
    }

    #[tokio::test]
    async fn events_that_waited_for_their_place_wait_by_time_afterwards() {
        const BACK: [&str; 5] = [
            "DROP TABLE audit_waiting",
            "CREATE TABLE audit_waiting (event_id TEXT PRIMARY KEY)",
            "DELETE FROM _sqlx_migrations WHERE version = 32",
            "INSERT INTO audit (id, at, event) VALUES ('a', 9, '{}'), ('b', 7, '{}')",
            "INSERT INTO audit_waiting (event_id) VALUES ('a'), ('b'), ('gone')",
        ];
        const SEEN: &str = "SELECT at, event_id FROM audit_waiting ORDER BY at";
        both(async |db| {
            let mut tx = db.write().await.unwrap();
            for sql in BACK {
                on!(&mut tx, c => sqlx::query(sql).execute(c).await.map(drop)).unwrap();
            }
            tx.commit().await.unwrap();
            let folder = tempfile::tempdir().unwrap();
            run(&db.0, &Location::Sqlite(folder.path().to_owned())).await.unwrap();
            let mut tx = db.read().await.unwrap();
            let seen: Vec<(i64, String)> =
                on!(&mut tx, c => sqlx::query_as(SEEN).fetch_all(c).await).unwrap();
            let expected = [(0, "gone"), (7, "b"), (9, "a")];
            assert_eq!(seen, expected.map(|(at, id)| (at, id.to_owned())), "what is gone is told");
        })
        .await;
    }

    #[tokio::test]
    async fn a_file_that_is_no_database_is_not_an_empty_one() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("sleutelbos.sqlite"), [b'x'; 4096]).unwrap();
        assert!(Db::inspect(&Location::Sqlite(folder.path().to_owned())).await.is_err());
    }

    #[tokio::test]
    async fn looking_makes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let location = Location::Sqlite(data.clone());
        assert_eq!(Db::inspect(&location).await.unwrap(), Found::Nothing);
        assert!(!data.exists());
        Db::open(&location).await.unwrap().close().await;
        assert_eq!(Db::inspect(&location).await.unwrap(), Found::Current);
    }

    #[tokio::test]
    async fn two_that_start_at_once_both_find_a_whole_database() {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::Sqlite(folder.path().to_owned());
        let (one, other) = tokio::join!(
            tokio::spawn({
                let location = location.clone();
                async move { Db::open(&location).await.map(drop) }
            }),
            tokio::spawn({
                let location = location.clone();
                async move { Db::open(&location).await.map(drop) }
            }),
        );
        assert!(one.unwrap().is_ok() && other.unwrap().is_ok());
        assert_eq!(Db::inspect(&location).await.unwrap(), Found::Current);
    }
}
