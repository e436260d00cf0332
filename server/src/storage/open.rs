//! Opening a database: where it is, and how its connections are set.

use super::sqlite::Sqlite;
use super::{Engine, Error, Result, WAITING};
use crate::secret::Secret;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection, PgConnection, PgPool};
use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::time::Duration;

/// Where the database is.
#[derive(Clone, Debug)]
pub enum Location {
    /// The file `sleutelbos.sqlite` in this folder, which is made when it is not there.
    Sqlite(PathBuf),
    /// A PostgreSQL server, by its `postgres://` address.
    Postgres(Secret<String>),
}

/// How long a database server may take to answer at start.
const REACHING: Duration = Duration::from_secs(5);
/// How long PostgreSQL may take over one statement, and wait in it for what another holds: less
/// than a request may take, so that whoever asked is answered.
const BOUNDS: [(&str, &str); 2] = [("statement_timeout", "20s"), ("lock_timeout", "10s")];
const CONNECTIONS: u32 = 16;

pub(super) async fn connect(location: &Location) -> Result<Engine> {
    match location {
        Location::Sqlite(folder) => made(folder),
        Location::Postgres(address) => {
            let options = postgres(address)?;
            reach(&options).await?;
            let pool = PgPoolOptions::new()
                .max_connections(CONNECTIONS)
                .acquire_timeout(WAITING)
                .before_acquire(|connection, _| {
                    Box::pin(async { Ok(!connection.is_in_transaction()) })
                })
                .connect_with(options.options(BOUNDS))
                .await
                .map_err(Error::Open)?;
            Ok(Engine::Postgres(pool))
        }
    }
}

fn postgres(address: &Secret<String>) -> Result<PgConnectOptions> {
    let address = address.expose().trim();
    if !["postgres://", "postgresql://"].iter().any(|scheme| address.starts_with(scheme)) {
        return Err(Error::Address);
    }
    let options = PgConnectOptions::from_str(address).map_err(Error::Open)?;
    Ok(options.application_name("sleutelbos"))
}

/// Connects once: a pool would keep trying, and then not know why it never did.
async fn reach(options: &PgConnectOptions) -> Result<()> {
    let connecting = PgConnection::connect_with(options);
    let unreached = || std::io::Error::from(std::io::ErrorKind::TimedOut);
    let connection = tokio::time::timeout(REACHING, connecting)
        .await
        .map_err(|_| Error::Open(sqlx::Error::Io(unreached())))?
        .map_err(Error::Open)?;
    connection.close().await.map_err(Error::Open)
}

/// As `pool`, for the steps of a migration: one connection, on which a statement may take its time.
pub(super) async fn unbounded(pool: &PgPool) -> Result<PgPool> {
    let lifted = BOUNDS.map(|(bound, _)| (bound, "0"));
    let options = pool.connect_options().as_ref().clone().options(lifted);
    let pool = PgPoolOptions::new().max_connections(1).acquire_timeout(WAITING);
    pool.connect_with(options).await.map_err(Error::Open)
}

/// Opens what is there already; nothing where SQLite has no file yet.
pub(super) async fn look(location: &Location) -> Result<Option<Engine>> {
    match location {
        Location::Sqlite(folder) if !file(folder).exists() => Ok(None),
        Location::Sqlite(folder) => Ok(Some(opened(folder)?)),
        Location::Postgres(_) => Ok(Some(connect(location).await?)),
    }
}

fn file(folder: &Path) -> PathBuf {
    folder.join("sleutelbos.sqlite")
}

fn made(folder: &Path) -> Result<Engine> {
    private_folder(folder).map_err(|source| Error::Folder { path: folder.to_owned(), source })?;
    private_file(&file(folder))
        .map(drop)
        .map_err(|source| Error::Folder { path: file(folder), source })?;
    opened(folder)
}

fn opened(folder: &Path) -> Result<Engine> {
    let path = file(folder);
    match Sqlite::open(&path) {
        Ok(sqlite) => Ok(Engine::Sqlite(sqlite)),
        Err(source) => Err(Error::File { path, source }),
    }
}

/// Opens `path` for writing at its end, made where it is missing, and keeps it from everybody but
/// this user. SQLite gives the files it puts beside a database the same permissions.
pub(crate) fn private_file(path: &Path) -> std::io::Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    close(path)?;
    Ok(file)
}

/// Keeps the file at `path` from everybody but this user; the log says where it was not.
pub(crate) fn close(path: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    if exposure(path)? != Exposure::Own {
        std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
        tracing::warn!(path = %path.display(), "a file was open to others and is closed now");
    }
    Ok(())
}

/// Who besides its user gets at a file or folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exposure {
    /// Nobody.
    Own,
    /// Others may look into it, or those of one group may write there.
    Seen,
    /// Everybody may write there.
    Written,
}

/// Who besides its user gets at the file or folder at `path`.
pub(crate) fn exposure(path: &Path) -> std::io::Result<Exposure> {
    let found = std::fs::metadata(path)?;
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&found.permissions());
        Ok(match mode {
            mode if mode & 0o002 != 0 => Exposure::Written,
            mode if mode & 0o077 != 0 => Exposure::Seen,
            _ => Exposure::Own,
        })
    }
    #[cfg(not(unix))]
    {
        let _ = found;
        Ok(Exposure::Own)
    }
}

/// Makes `folder` where it is missing, for this user only. One that everybody may write to is not
/// used: who can, puts another database or key there. One that others may look into is named in the
/// log, and used: a service manager makes such folders, and each file in it is closed by itself.
pub(crate) fn private_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    match exposure(folder)? {
        Exposure::Own => {}
        Exposure::Seen => {
            tracing::warn!(path = %folder.display(), "the data folder is open to others: chmod 700");
        }
        Exposure::Written => {
            let wide = "everybody may write there: chmod 700";
            return Err(std::io::Error::new(std::io::ErrorKind::PermissionDenied, wide));
        }
    }
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::storage::sqlite::READERS;
    use crate::storage::testing::on_postgres;
    use crate::storage::{Db, on};
    use std::os::unix::fs::PermissionsExt as _;

    /// What SQLite does when a commit finds the disk full: the transaction is over, unasked.
    #[tokio::test]
    async fn a_transaction_that_the_engine_ended_hinders_no_later_one() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&Location::Sqlite(folder.path().to_owned())).await.unwrap();
        let mut tx = db.write().await.unwrap();
        on!(&mut tx, c => sqlx::query("ROLLBACK").execute(c).await.map(drop)).unwrap();
        drop(tx);
        for _ in 0..2 {
            let tx = db.write().await.expect("a transaction begins");
            tx.commit().await.unwrap();
        }
        for _ in 0..2 {
            let mut all = Vec::new();
            for _ in 0..READERS {
                let mut tx = db.read().await.expect("a transaction begins");
                on!(&mut tx, c => sqlx::query("ROLLBACK").execute(c).await.map(drop)).unwrap();
                all.push(tx);
            }
        }
        db.close().await;
    }

    #[tokio::test]
    async fn postgres_ends_what_takes_too_long_or_waits_too_long_for_another() {
        on_postgres(&async |db: Db| {
            let mut tx = db.write().await.unwrap();
            for (bound, set) in [("statement_timeout", "20s"), ("lock_timeout", "10s")] {
                let show = sqlx::AssertSqlSafe(format!("SHOW {bound}"));
                let shown: String =
                    on!(&mut tx, c => sqlx::query_scalar(show).fetch_one(c).await).unwrap();
                assert_eq!(shown, set, "{bound}");
            }
            let Engine::Postgres(pool) = &db.0 else { panic!("it is PostgreSQL") };
            let patient = unbounded(pool).await.unwrap();
            let show: String =
                sqlx::query_scalar("SHOW statement_timeout").fetch_one(&patient).await.unwrap();
            assert_eq!(show, "0", "a step of a migration takes its time");
            patient.close().await;
            // What the person is told then: to come back, and not that the server is at fault.
            const HOLD: &str = "LOCK TABLE audit";
            on!(&mut tx, c => sqlx::query(HOLD).execute(c).await.map(drop)).unwrap();
            for (bound, waits) in [
                ("SET LOCAL lock_timeout = '1ms'", HOLD),
                ("SET LOCAL statement_timeout = '1ms'", HOLD),
            ] {
                let mut other = db.write().await.unwrap();
                on!(&mut other, c => sqlx::query(bound).execute(c).await.map(drop)).unwrap();
                let ended = on!(&mut other, c => sqlx::query(waits).execute(c).await.map(drop));
                let ended = ended.unwrap_err();
                assert!(ended.is_unavailable(), "{bound}: {ended:?}");
            }
        })
        .await;
    }

    #[test]
    fn a_statement_may_take_as_long_on_either_engine() {
        let bound = format!("{}s", crate::storage::sqlite::BOUND.as_secs());
        assert!(BOUNDS.contains(&("statement_timeout", &bound)));
    }

    #[tokio::test]
    async fn a_database_server_that_is_not_there_is_said_at_once() {
        let address = |text: &str| Location::Postgres(Secret::new(text.to_owned()));
        let absent = Db::open(&address("postgres://nobody@127.0.0.1:1/none")).await.unwrap_err();
        assert!(matches!(&absent, Error::Open(sqlx::Error::Io(_))), "{absent:?}");
        for wrong in ["", "mysql://x", "127.0.0.1:5432"] {
            let error = Db::open(&address(wrong)).await.unwrap_err();
            assert!(matches!(error, Error::Address), "{wrong}: {error:?}");
        }
    }

    #[tokio::test]
    async fn the_database_is_its_users_alone_in_a_folder_that_others_may_read_too() {
        let folder = tempfile::tempdir().unwrap();
        let open = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(folder.path(), open.clone()).unwrap();
        let database = file(folder.path());
        std::fs::write(&database, "").unwrap();
        std::fs::set_permissions(&database, open).unwrap();
        let db = Db::open(&Location::Sqlite(folder.path().to_owned())).await.unwrap();
        let mut modes = vec![];
        for name in ["", "-wal", "-shm"] {
            let path = format!("{}{name}", database.display());
            modes.push(std::fs::metadata(path).unwrap().permissions().mode() & 0o777);
        }
        assert_eq!(modes, [0o600; 3]);
        db.close().await;
    }

    #[tokio::test]
    async fn a_folder_that_everybody_may_write_to_is_not_used() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o777)).unwrap();
        let opened = Db::open(&Location::Sqlite(folder.path().to_owned())).await;
        let Err(Error::Folder { source, .. }) = opened else { panic!("{opened:?}") };
        assert!(source.to_string().contains("chmod 700"), "{source}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing was made there");
    }

    #[tokio::test]
    async fn every_file_of_a_data_folder_is_its_users_alone() {
        let folder = tempfile::tempdir().unwrap();
        let lock = folder.path().join("migrate.lock");
        std::fs::write(&lock, "").unwrap();
        std::fs::set_permissions(&lock, std::fs::Permissions::from_mode(0o666)).unwrap();
        let db = Db::open(&Location::Sqlite(folder.path().to_owned())).await.unwrap();
        for entry in std::fs::read_dir(folder.path()).unwrap() {
            let entry = entry.unwrap();
            let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
            assert_eq!(mode, 0o600, "{:?}", entry.file_name());
        }
        db.close().await;
    }
}
