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
    private_file(&file(folder)).map_err(|source| Error::Folder { path: file(folder), source })?;
    pools(folder).await
}

/// Makes `path` where it is missing, and keeps it from everybody but this user. SQLite gives the
/// files it puts beside a database the same permissions.
fn private_file(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    drop(file);
    Ok(())
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

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::storage::Db;
    use std::os::unix::fs::PermissionsExt as _;

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
}
