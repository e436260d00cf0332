//! Opening a database: where it is, and how its connections are set.

use super::{Engine, Error, Result};
use crate::secret::Secret;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
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

/// How long a statement waits for another process's write lock on SQLite.
const BUSY: Duration = Duration::from_secs(10);
const READERS: u32 = 4;
const CONNECTIONS: u32 = 16;

pub(super) async fn connect(location: &Location) -> Result<Engine> {
    match location {
        Location::Sqlite(folder) => sqlite(folder).await,
        Location::Postgres(address) => {
            let options = PgConnectOptions::from_str(address.expose()).map_err(Error::Open)?;
            let pool = PgPoolOptions::new()
                .max_connections(CONNECTIONS)
                .connect_with(options.application_name("sleutelbos"))
                .await
                .map_err(Error::Open)?;
            Ok(Engine::Postgres(pool))
        }
    }
}

/// Opens what is there already; nothing where SQLite has no file yet.
pub(super) async fn look(location: &Location) -> Result<Option<Engine>> {
    match location {
        Location::Sqlite(folder) if !file(folder).exists() => Ok(None),
        Location::Sqlite(folder) => Ok(Some(pools(folder).await?)),
        Location::Postgres(_) => Ok(Some(connect(location).await?)),
    }
}

fn file(folder: &Path) -> PathBuf {
    folder.join("sleutelbos.sqlite")
}

async fn sqlite(folder: &Path) -> Result<Engine> {
    private_folder(folder).map_err(|source| Error::Folder { path: folder.to_owned(), source })?;
    pools(folder).await
}

async fn pools(folder: &Path) -> Result<Engine> {
    let options = SqliteConnectOptions::new()
        .filename(file(folder))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY);
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        .connect_with(options.clone())
        .await
        .map_err(Error::Open)?;
    let readers = SqlitePoolOptions::new()
        .max_connections(READERS)
        .connect_with(options.pragma("query_only", "ON"))
        .await
        .map_err(Error::Open)?;
    Ok(Engine::Sqlite { writer, readers })
}

/// Makes `folder` where it is missing, for this user only.
pub(crate) fn private_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
