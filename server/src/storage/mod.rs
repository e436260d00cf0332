//! Storage: one database, SQLite or PostgreSQL, behind one SQL text.
//!
//! [`Db::write`] and [`Db::read`] begin a transaction; the `store.rs` files elsewhere run their
//! statements in it through `on!`, and whoever began it commits it
//! (`docs/adr/0002-one-sql-for-two-databases.md`).

pub(crate) mod columns;
#[cfg(test)]
mod damage;
mod log;
mod migrate;
mod open;
#[cfg(test)]
mod queries;
mod sqlite;
#[cfg(test)]
pub(crate) mod testing;

use rusqlite::ErrorCode;
use sqlite::Sqlite;
use sqlx::{PgPool, Postgres, Transaction};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

pub use open::Location;
pub(crate) use open::{Exposure, close, exposure, private_file, private_folder};
pub(crate) use sqlite::in_place;

/// What can go wrong between the server and its database.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The data folder or a file in it cannot be used.
    #[error("cannot use {path}: check that the folder exists and that this user may write there")]
    Folder {
        /// The folder or file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The database was not reached.
    #[error("cannot open the database: check [storage] in the configuration")]
    Open(#[source] sqlx::Error),
    /// The file of the database was not opened.
    #[error("cannot open {path}: check that it is the database of Sleutelbos, or use a back-up")]
    File {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: rusqlite::Error,
    },
    /// No address of a database server.
    #[error("the file in [storage] postgres should hold one address: postgres://user@host/name")]
    Address,
    /// The database was made by a newer or a changed Sleutelbos.
    #[error("the database does not fit this version of Sleutelbos")]
    Migrate(#[source] sqlx::migrate::MigrateError),
    /// The database was brought up to date by a newer Sleutelbos.
    #[error("the database was used by a newer Sleutelbos: use that version, or a back-up")]
    Newer,
    /// A step of the database was another one than this version has.
    #[error(
        "step {version} of the database is not that of this version: use the version that made it, or a back-up"
    )]
    Changed {
        /// Which step.
        version: i64,
    },
    /// A statement failed.
    #[error("the database refused a statement")]
    Statement(#[from] sqlx::Error),
    /// A statement failed on SQLite.
    #[error("the database refused a statement")]
    InPlace(#[from] rusqlite::Error),
    /// Each connection to SQLite was in use for too long.
    #[error("the database has too much to do")]
    Crowded,
    /// The database was closed.
    #[error("the database is closed")]
    Closed,
    /// The disk did not keep what was written.
    #[error("the disk does not keep what is written")]
    Disk(#[source] std::io::Error),
    /// A row holds what this version never writes there.
    #[error("{table}.{column} holds something unknown")]
    Inconsistent {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
    },
}

impl Error {
    /// Whether a statement failed because the row, or one that excludes it, is already there.
    pub fn is_duplicate(&self) -> bool {
        use rusqlite::ffi::{SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE};
        if let Self::InPlace(error) = self {
            let code = error.sqlite_error().map(|error| error.extended_code);
            return [SQLITE_CONSTRAINT_UNIQUE, SQLITE_CONSTRAINT_PRIMARYKEY]
                .map(Some)
                .contains(&code);
        }
        matches!(self, Self::Statement(sqlx::Error::Database(error)) if error.is_unique_violation())
    }

    /// Whether the database cannot be reached or written for now: it is away, locked or full, or a
    /// statement took too long. Whoever asks later may well succeed, and nothing was written.
    pub fn is_unavailable(&self) -> bool {
        if let Self::InPlace(error) = self {
            return error.sqlite_error_code().is_some_and(is_passing_in_sqlite);
        }
        if matches!(self, Self::Crowded | Self::Closed | Self::Disk(_)) {
            return true;
        }
        let Self::Statement(error) = self else { return false };
        let away = matches!(
            error,
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::WorkerCrashed
        );
        let code = error.as_database_error().and_then(|error| error.code());
        away || code.is_some_and(|code| is_passing_in_postgres(&code))
    }
}

/// Faults of PostgreSQL that pass: the classes of connections, resources and intervention, and a
/// statement that took too long, waited too long for a lock, or for one that waited for it.
fn is_passing_in_postgres(code: &str) -> bool {
    ["08", "53", "57", "55P03", "40P01"].iter().any(|class| code.starts_with(class))
}

const fn is_passing_in_sqlite(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked
            | ErrorCode::OperationInterrupted
            | ErrorCode::SystemIoFailure
            | ErrorCode::DiskFull
            | ErrorCode::CannotOpen
    )
}

/// What a statement gives.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// How many rows that lapsed one transaction removes at most: on SQLite all who write wait for it.
pub(crate) const BATCH: i64 = 500;

/// Whether there may be more to remove after a batch of so many rows.
pub(crate) const fn is_more(rows: u64) -> bool {
    rows >= BATCH.unsigned_abs()
}

/// How long a request waits for a connection before it is told to come back.
const WAITING: Duration = Duration::from_secs(10);

/// The database. Clones share its connections.
#[derive(Clone, Debug)]
pub struct Db(Engine);

#[derive(Clone, Debug)]
enum Engine {
    Sqlite(Sqlite),
    Postgres(PgPool),
}

/// What is at a location, before anything is opened for use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// No database, or one without a table.
    Nothing,
    /// One of this version.
    Current,
    /// One that start brings up to date.
    Behind {
        /// In how many steps.
        migrations: usize,
    },
}

/// A transaction on either engine. Dropped without [`Tx::commit`], it never happened.
#[derive(Debug)]
pub struct Tx {
    pub(crate) running: Running,
    /// Who is woken when it lasts.
    waiting: Vec<Arc<Notify>>,
}

/// What a transaction runs on.
#[derive(Debug)]
pub(crate) enum Running {
    Sqlite(Box<sqlite::Transaction>),
    Postgres(Transaction<'static, Postgres>),
}

impl Db {
    /// Opens the database at `location` and brings it up to this version's shape.
    ///
    /// Errors: of SQLite [`Error::Folder`], [`Error::File`]; of PostgreSQL [`Error::Address`], [`Error::Open`],
    /// [`Error::Migrate`]; of both [`Error::Newer`], [`Error::Changed`].
    pub async fn open(location: &Location) -> Result<Self> {
        let db = Self(open::connect(location).await?);
        migrate::run(&db.0, location).await?;
        Ok(db)
    }

    /// Looks at the database at `location` and changes nothing.
    ///
    /// Errors: [`Error::File`] or [`Error::Open`]; [`Error::Newer`] when a newer version was at it, or
    /// [`Error::Changed`].
    pub async fn inspect(location: &Location) -> Result<Found> {
        let Some(engine) = open::look(location).await? else { return Ok(Found::Nothing) };
        let db = Self(engine);
        let found = migrate::compare(&db).await;
        db.close().await;
        found
    }

    /// The database at `location`, to be read, where it is there and of this version.
    ///
    /// Errors: as [`Db::inspect`].
    pub(crate) async fn look(location: &Location) -> Result<Option<Self>> {
        let Some(engine) = open::look(location).await? else { return Ok(None) };
        let db = Self(engine);
        let found = migrate::compare(&db).await;
        if let Ok(Found::Current) = found {
            return Ok(Some(db));
        }
        db.close().await;
        found.map(|_| None)
    }

    /// Begins a transaction that may write. On SQLite it takes the write lock at once
    /// (`BEGIN IMMEDIATE`), so that reading before writing cannot fail half-way.
    pub async fn write(&self) -> Result<Tx> {
        match &self.0 {
            Engine::Sqlite(sqlite) => Ok(Tx::of(Running::Sqlite(Box::new(sqlite.write().await?)))),
            Engine::Postgres(pool) => Ok(Tx::of(begin(pool, "BEGIN").await?)),
        }
    }

    /// Begins a transaction that only reads; it never waits for a writer.
    pub async fn read(&self) -> Result<Tx> {
        Ok(Tx::of(match &self.0 {
            Engine::Sqlite(sqlite) => Running::Sqlite(Box::new(sqlite.read().await?)),
            Engine::Postgres(pool) => begin(pool, "BEGIN TRANSACTION READ ONLY").await?,
        }))
    }

    /// Moves what was written into the database's file and empties the log beside it, so that no copy
    /// of what was deleted is left there. Whether it is empty: who writes waits for what was written a
    /// moment before, and who reads for long keeps it. PostgreSQL has its own ways, which cannot be asked to.
    pub async fn settle(&self) -> Result<bool> {
        match &self.0 {
            Engine::Sqlite(sqlite) => sqlite.settle().await,
            Engine::Postgres(_) => Ok(true),
        }
    }

    /// As [`Db::read`], and each of its statements sees the database as the first one did.
    pub async fn snapshot(&self) -> Result<Tx> {
        const BEGIN: &str = "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY";
        match &self.0 {
            Engine::Sqlite(_) => self.read().await,
            Engine::Postgres(pool) => Ok(Tx::of(begin(pool, BEGIN).await?)),
        }
    }

    /// Which engine this is, for people: `SQLite` or `PostgreSQL`.
    pub const fn engine(&self) -> &'static str {
        match &self.0 {
            Engine::Sqlite(_) => "SQLite",
            Engine::Postgres(_) => "PostgreSQL",
        }
    }

    /// Closes every connection, after what is under way.
    pub async fn close(&self) {
        match &self.0 {
            Engine::Sqlite(sqlite) => sqlite.close().await,
            Engine::Postgres(pool) => pool.close().await,
        }
    }
}

/// Begins on a task of its own. Where whoever asked goes away before PostgreSQL has answered, the driver
/// would hand the connection back as if nothing had begun on it; so the beginning is always awaited, and
/// a transaction that nobody takes is rolled back.
async fn begin(pool: &PgPool, statement: &'static str) -> Result<Running> {
    let pool = pool.clone();
    let begun = tokio::spawn(async move { pool.begin_with(statement).await });
    // The task ends early only where the whole server does.
    let transaction = begun.await.map_err(|_| sqlx::Error::WorkerCrashed)??;
    Ok(Running::Postgres(transaction))
}

impl Tx {
    const fn of(running: Running) -> Self {
        Self { running, waiting: Vec::new() }
    }

    /// Whether no other transaction can write before this one ends: then what it reads stays as it is,
    /// and needs no lock of its own.
    pub(crate) const fn writes_alone(&self) -> bool {
        matches!(&self.running, Running::Sqlite(tx) if tx.may_write())
    }

    /// Wakes whoever waits there once this transaction lasts, and not where it never happened.
    pub(crate) fn wake_after(&mut self, waiting: &Arc<Notify>) {
        self.waiting.push(Arc::clone(waiting));
    }

    /// Makes everything since the beginning of this transaction last.
    pub async fn commit(self) -> Result<()> {
        match self.running {
            Running::Sqlite(tx) => tx.commit()?.last().await?,
            Running::Postgres(tx) => tx.commit().await?,
        }
        self.waiting.iter().for_each(|waiting| waiting.notify_one());
        Ok(())
    }

    /// As [`Tx::commit`], where whoever asked is told of nothing before another transaction of the same
    /// request is committed: others see it from now on, and it lasts with that one.
    pub(crate) async fn commit_before_more(self) -> Result<()> {
        match self.running {
            Running::Sqlite(tx) => drop(tx.commit()?),
            Running::Postgres(tx) => tx.commit().await?,
        }
        self.waiting.iter().for_each(|waiting| waiting.notify_one());
        Ok(())
    }
}

/// Runs one sqlx query on whichever engine a [`Tx`] is on: `on!(tx, c => QUERY.fetch_one(c).await)`.
///
/// The text is one; the two arms only give the compiler the two connection types. In the arm of SQLite
/// the words after `sqlx::` are those of [`in_place`].
macro_rules! on {
    ($tx:expr, $connection:ident => $query:expr) => {
        match &mut ($tx).running {
            $crate::storage::Running::Sqlite(tx) => {
                use $crate::storage::in_place as sqlx;
                let $connection = &mut ***tx;
                $query.map_err($crate::storage::Error::from)
            }
            $crate::storage::Running::Postgres(tx) => {
                let $connection = &mut **tx;
                $query.map_err($crate::storage::Error::from)
            }
        }
    };
}
pub(crate) use on;

#[cfg(test)]
mod tests {
    use super::{is_passing_in_postgres, is_passing_in_sqlite};

    #[test]
    fn codes_of_faults_that_pass_are_told_from_others() {
        for code in ["08006", "53300", "57P01", "57014", "55P03", "40P01"] {
            assert!(is_passing_in_postgres(code), "{code}");
        }
        for code in ["", "23505", "42P01", "55000", "40001"] {
            assert!(!is_passing_in_postgres(code), "{code}");
        }
        // Their numbers are those of SQLite's list of results, extended ones among them.
        let code = |number: i32| rusqlite::ffi::Error::new(number).code;
        for number in [5, 517, 6, 9, 10, 778, 13, 14] {
            assert!(is_passing_in_sqlite(code(number)), "{number}");
        }
        for number in [1, 11, 19, 1555, 2067, 26] {
            assert!(!is_passing_in_sqlite(code(number)), "{number}: {:?}", code(number));
        }
    }
}
