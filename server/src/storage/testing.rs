//! Databases for tests: each store test runs on SQLite and on a private PostgreSQL.

use super::{Db, Location, on};
use crate::accounts::number::UserNumber;
use crate::accounts::{self, Account, Role, Username};
use crate::clock::Time;
use crate::factors::Level;
use crate::id::{AccountId, OrganisationId};
use crate::organisations::{self, Agb, Kvk, Organisation};
use crate::random::Random;
use crate::secret::{Secret, Token};
use sqlx::{Connection as _, PgConnection};
use std::fs::{DirBuilder, File};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs `check` on a fresh, migrated SQLite database and then on a PostgreSQL one.
///
/// Panics where PostgreSQL is not installed: these tests are never skipped.
pub(crate) async fn both(check: impl AsyncFn(Db)) {
    on_sqlite(&check).await;
    on_postgres(&check).await;
}

/// The same on SQLite alone.
pub(super) async fn on_sqlite(check: &impl AsyncFn(Db)) {
    println!("on SQLite");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let db = Db::open(&Location::Sqlite(folder.path().to_owned())).await.expect("SQLite opens");
    check(db.clone()).await;
    db.close().await;
}

/// The same on PostgreSQL alone.
pub(super) async fn on_postgres(check: &impl AsyncFn(Db)) {
    println!("on PostgreSQL");
    let instance = Instance::shared();
    let name = instance.create_database().await;
    let address = Secret::new(instance.address(&name));
    let db = Db::open(&Location::Postgres(address)).await.expect("PostgreSQL opens");
    check(db.clone()).await;
    db.close().await;
    instance.drop_database(&name).await;
}

/// A test holder in an organisation of its own, committed.
pub(crate) async fn account(db: &Db, username: &str) -> Account {
    let (agb, kvk) = (Agb::parse("01012345").ok(), Kvk::parse("12345678").ok());
    holder(db, username, (agb, kvk)).await
}

/// The same in an organisation whose AGB code and KvK number nobody recorded.
pub(crate) async fn unknown(db: &Db, username: &str) -> Account {
    holder(db, username, (None, None)).await
}

async fn holder(db: &Db, username: &str, (agb, kvk): (Option<Agb>, Option<Kvk>)) -> Account {
    let now = Time::from_millis(0);
    let organisation = Organisation {
        id: OrganisationId::random(Random::system()),
        name: "Praktijk Voorbeeld".to_owned(),
        agb,
        kvk,
        subscriber: None,
    };
    let account = Account {
        id: AccountId::random(Random::system()),
        organisation: organisation.id.clone(),
        number: UserNumber::random(Random::system()),
        username: Username::parse(username).expect("the test gives an address"),
        name: "Test Arts".to_owned(),
        role: Role::ContactPerson,
        vouched: Level::High,
    };
    let mut tx = db.write().await.expect("a transaction begins");
    organisations::store::insert(&mut tx, &organisation, now).await.expect("it is new");
    accounts::store::insert(&mut tx, &account, now).await.expect("it is new");
    organisations::store::set_main_contact(&mut tx, &organisation.id, &account.id)
        .await
        .expect("it is there");
    tx.commit().await.expect("it lasts");
    account
}

/// How many rows this table holds.
pub(crate) async fn rows(db: &Db, table: &'static str) -> i64 {
    let sql = || sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
    let mut tx = db.read().await.expect("a transaction begins");
    on!(&mut tx, c => sqlx::query_scalar(sql()).fetch_one(c).await).expect("it is counted")
}

/// Carries out a statement of a test's own, as whoever may write to the database can.
pub(crate) async fn change(db: &Db, statement: &str) {
    let sql = || sqlx::AssertSqlSafe(statement.to_owned());
    let mut tx = db.write().await.expect("a transaction begins");
    let changed = on!(&mut tx, c => sqlx::query(sql()).execute(c).await.map(drop));
    changed.unwrap_or_else(|error| panic!("{statement}: {error:?}"));
    tx.commit().await.expect("it lasts");
}

/// The texts that a query of a test's own gives.
pub(crate) async fn texts(db: &Db, query: &str) -> Vec<String> {
    let sql = || sqlx::AssertSqlSafe(query.to_owned());
    let mut tx = db.read().await.expect("a transaction begins");
    on!(&mut tx, c => sqlx::query_scalar(sql()).fetch_all(c).await).expect("texts are read")
}

/// Asks once; the answer, where there is one.
pub(crate) async fn ask<F: Future>(mut waiting: std::pin::Pin<&mut F>) -> Option<F::Output> {
    std::future::poll_fn(|context| {
        std::task::Poll::Ready(match waiting.as_mut().poll(context) {
            std::task::Poll::Ready(answer) => Some(answer),
            std::task::Poll::Pending => None,
        })
    })
    .await
}

/// Returns when a transaction waits for what another one holds; at once on SQLite, where all that
/// write wait for one another before they have read anything.
pub(crate) async fn waits_for_another(db: &Db) {
    const SQL: &str = "SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' \
                       AND datname = current_database()";
    let super::Engine::Postgres(pool) = &db.0 else { return };
    for _ in 0..50_000 {
        let waiting: i64 = sqlx::query_scalar(SQL).fetch_one(pool).await.expect("it is counted");
        if waiting > 0 {
            return;
        }
    }
    panic!("no transaction waits");
}

/// The one PostgreSQL all test processes of this machine's user share; `postgres.sh` tells how it
/// starts and how it goes away by itself.
struct Instance {
    folder: PathBuf,
    /// Held, shared, while this process uses the instance.
    _user: File,
}

impl Instance {
    fn shared() -> Self {
        let folder = folder();
        let start = File::create(folder.join("start")).expect("the lock file can be made");
        start.lock().expect("the lock is given");
        let user = File::create(folder.join("users")).expect("the lock file can be made");
        user.lock_shared().expect("the lock is given");
        if !socket(&folder).exists() {
            let output =
                Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/test-support/postgres.sh"))
                    .arg(&folder)
                    .output()
                    .expect("postgres.sh runs");
            assert!(
                output.status.success(),
                "no PostgreSQL to test with: {}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
        Self { folder, _user: user }
    }

    fn address(&self, database: &str) -> String {
        let host = self.folder.join("data").display().to_string().replace('/', "%2F");
        format!("postgres://test@{host}/{database}")
    }

    async fn create_database(&self) -> String {
        let name = format!(
            "t{}",
            Token::random(Random::system()).hash().as_str().replace('-', "_").to_lowercase()
        );
        self.administer(format!("CREATE DATABASE {name}")).await;
        name
    }

    async fn drop_database(&self, name: &str) {
        self.administer(format!("DROP DATABASE {name} WITH (FORCE)")).await;
    }

    async fn administer(&self, statement: String) {
        let mut connection =
            PgConnection::connect(&self.address("postgres")).await.expect("PostgreSQL answers");
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement))
            .execute(&mut connection)
            .await
            .expect("PostgreSQL obeys");
        connection.close().await.expect("PostgreSQL says goodbye");
    }
}

/// A folder of this user with a path short enough for a socket, one for each checkout.
fn folder() -> PathBuf {
    let checkout = env!("CARGO_MANIFEST_DIR");
    let mark = checkout.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
    });
    let user = std::os::unix::fs::MetadataExt::uid(
        &std::fs::metadata("/proc/self").expect("this process is in /proc"),
    );
    let folder = std::env::temp_dir().join(format!("sleutelbos-pg-{user}-{mark:016x}"));
    DirBuilder::new().recursive(true).mode(0o755).create(&folder).expect("a temporary folder");
    folder
}

fn socket(folder: &Path) -> PathBuf {
    folder.join("data").join(".s.PGSQL.5432")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_dropped_transaction_never_happened() {
        both(async |db| {
            const ADD: &str = "INSERT INTO audit (id, at, event) VALUES ($1, $2, $3)";
            const COUNT: &str = "SELECT COUNT(*) FROM audit";
            for (id, lasts) in [("a", false), ("b", true)] {
                let mut tx = db.write().await.unwrap();
                on!(&mut tx, c => sqlx::query(ADD).bind(id).bind(1_i64).bind("{}").execute(c).await.map(drop))
                    .unwrap();
                if lasts {
                    tx.commit().await.unwrap();
                }
            }
            let mut tx = db.read().await.unwrap();
            let rows: i64 =
                on!(&mut tx, c => sqlx::query_scalar(COUNT).fetch_one(c).await).unwrap();
            assert_eq!(rows, 1);
        })
        .await;
    }

    #[tokio::test]
    async fn a_reading_transaction_cannot_write() {
        both(async |db| {
            const ADD: &str = "INSERT INTO audit (id, at, event) VALUES ('x', 1, '{}')";
            let mut tx = db.read().await.unwrap();
            assert!(on!(&mut tx, c => sqlx::query(ADD).execute(c).await.map(drop)).is_err());
        })
        .await;
    }

    #[tokio::test]
    async fn who_goes_away_while_a_transaction_begins_leaves_no_trace_of_it() {
        on_postgres(&async |db: Db| {
            for polls in 0..60 {
                let mut patience = polls;
                let goes_away = std::future::poll_fn(|context| {
                    patience -= 1;
                    context.waker().wake_by_ref();
                    if patience < 0 { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
                });
                tokio::select! { biased; tx = db.read() => drop(tx), () = goes_away => () }
                change(&db, "UPDATE account SET name = name").await;
            }
        })
        .await;
    }
}
