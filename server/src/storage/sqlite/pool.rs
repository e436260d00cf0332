//! Connections of one kind, each lent to one at a time.

use super::super::{Error, Result, WAITING};
use super::fuse::Fuse;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long opening waits for another process that opens, and a reader for one that mends the log.
const OPENING: Duration = Duration::from_secs(10);
const MENDING: Duration = Duration::from_millis(50);
/// How many statements a connection keeps prepared; the server has some 280.
const PREPARED: usize = 160;
/// KiB of pages that the connection that writes keeps: with a million accounts the upper pages of the indexes
/// that a log-in goes through. Those that read begin anew after each commit, and keep what SQLite gives.
const KEPT: i64 = 8 * 1024;

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Writer,
    Reader,
    /// Moves the log.
    Keeper,
}

/// So many connections, opened once and kept.
#[derive(Debug)]
pub(super) struct Pool {
    free: Mutex<Vec<Open>>,
    /// One permit for each in `free`.
    permits: Arc<Semaphore>,
    size: u32,
}

/// An open connection.
#[derive(Debug)]
pub(crate) struct Open {
    pub(in crate::storage) connection: Connection,
    pub(super) fuse: Fuse,
}

/// A connection that is lent. Given back without a transaction on it.
#[derive(Debug)]
pub(super) struct Held {
    open: Option<Open>,
    pool: Arc<Pool>,
    _permit: OwnedSemaphorePermit,
}

impl Pool {
    /// Opens `size` connections to the database in `file`.
    pub(super) fn open(file: &Path, kind: Kind, size: usize) -> rusqlite::Result<Arc<Self>> {
        let open: rusqlite::Result<Vec<_>> = (0..size).map(|_| Open::new(file, kind)).collect();
        let permits = Arc::new(Semaphore::new(size));
        let size = u32::try_from(size).unwrap_or(u32::MAX);
        Ok(Arc::new(Self { free: Mutex::new(open?), permits, size }))
    }

    /// Lends one, in the order of asking.
    ///
    /// Errors: [`Error::Crowded`], [`Error::Closed`].
    pub(super) async fn take(self: &Arc<Self>) -> Result<Held> {
        let free = match Arc::clone(&self.permits).try_acquire_owned() {
            Ok(permit) => Ok(permit),
            Err(_) => {
                let waiting = Arc::clone(&self.permits).acquire_owned();
                let waited = tokio::time::timeout(WAITING, waiting).await;
                waited.map_err(|_| Error::Crowded)?
            }
        };
        let permit = free.map_err(|_| Error::Closed)?;
        let open = self.free().pop().ok_or(Error::Closed)?;
        Ok(Held { open: Some(open), pool: Arc::clone(self), _permit: permit })
    }

    /// Closes all, each when it is given back.
    pub(super) async fn close(&self) {
        // Nobody is lent one any more; who waits is told.
        if let Ok(all) = self.permits.acquire_many(self.size).await {
            all.forget();
            self.permits.close();
            self.free().clear();
        }
    }

    fn free(&self) -> std::sync::MutexGuard<'_, Vec<Open>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    fn new(file: &Path, kind: Kind) -> rusqlite::Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(file, flags)?;
        connection.busy_timeout(OPENING)?;
        connection.set_prepared_statement_cache_capacity(PREPARED);
        // What is deleted is overwritten: a secret that was shown leaves no byte behind. Who commits
        // waits for the sync of the log, and shares it (`log`); and the log is moved by the keeper.
        connection.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; \
             PRAGMA secure_delete = ON; PRAGMA wal_autocheckpoint = 0; PRAGMA trusted_schema = OFF",
        )?;
        match kind {
            // They wait for others themselves, without a thread.
            Kind::Writer => {
                connection.pragma_update(None, "cache_size", -KEPT)?;
                connection.busy_timeout(Duration::ZERO)?;
            }
            Kind::Keeper => connection.busy_timeout(Duration::ZERO)?,
            Kind::Reader => {
                connection.execute_batch("PRAGMA query_only = ON")?;
                connection.busy_timeout(MENDING)?;
            }
        }
        let fuse = Fuse::into(&connection)?;
        Ok(Self { connection, fuse })
    }

    /// Runs a statement that gives nothing.
    pub(super) fn run(&self, sql: &'static str) -> rusqlite::Result<()> {
        self.connection.prepare_cached(sql)?.raw_execute().map(drop)
    }

    /// Moves the log by this statement; whether all of it was moved.
    pub(super) fn checkpoint(&self, sql: &'static str) -> rusqlite::Result<bool> {
        let (busy, frames, moved): (i64, i64, i64) =
            self.connection.query_row(sql, [], |row| row.try_into())?;
        Ok(busy == 0 && frames == moved)
    }
}

impl std::ops::Deref for Held {
    type Target = Open;

    fn deref(&self) -> &Open {
        self.open.as_ref().expect("it is there until it is given back")
    }
}

impl std::ops::DerefMut for Held {
    fn deref_mut(&mut self) -> &mut Open {
        self.open.as_mut().expect("it is there until it is given back")
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let Some(open) = self.open.take() else { return };
        // SQLite may have ended a transaction by itself, as on a full disk.
        if !open.connection.is_autocommit()
            && let Err(error) = open.run("ROLLBACK")
        {
            tracing::error!(%error, "a transaction did not end");
        }
        self.pool.free().push(open);
    }
}
