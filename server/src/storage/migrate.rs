//! Migrations: what each version adds to the shape of the database, run at start under a lock.

use super::{Engine, Error, Location, Result};
use sqlx::SqlSafeStr as _;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use std::fs::File;
use std::path::Path;

/// Every migration, oldest first, in the common dialect of both engines. A new one is appended;
/// a released one is never edited (its hash is kept in the database).
const MIGRATIONS: &[(i64, &str, &str)] =
    &[(1, "first light", include_str!("../../migrations/0001_first_light.sql"))];

pub(super) async fn run(engine: &Engine, location: &Location) -> Result<()> {
    let migrator = Migrator::with_migrations(
        MIGRATIONS
            .iter()
            .map(|&(version, name, sql)| {
                let kind = MigrationType::Simple;
                Migration::new(version, name.into(), kind, sql.into_sql_str(), false)
            })
            .collect(),
    );
    let _lock = lock(location)?;
    match engine {
        Engine::Sqlite { writer, .. } => migrator.run(writer).await,
        Engine::Postgres(pool) => migrator.run(pool).await,
    }
    .map_err(Error::Migrate)
}

/// On SQLite, holds a file beside the database: sqlx locks only PostgreSQL (by an advisory lock).
fn lock(location: &Location) -> Result<Option<File>> {
    match location {
        Location::Postgres(_) => Ok(None),
        Location::Sqlite(folder) => {
            let path = folder.join("migrate.lock");
            let file = hold(&path).map_err(|source| Error::Folder { path, source })?;
            Ok(Some(file))
        }
    }
}

fn hold(path: &Path) -> std::io::Result<File> {
    let file = File::create(path)?;
    file.lock()?;
    Ok(file)
}
