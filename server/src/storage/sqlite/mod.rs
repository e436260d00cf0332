//! SQLite, asked in place: on the thread of whoever asks, with nobody in between
//! (`docs/adr/0053-sqlite-where-the-server-stands.md`).

mod fuse;
pub(crate) mod in_place;
mod pool;
#[cfg(test)]
mod tests;

use super::log::Log;
use super::{Error, Result};
use crate::causes::causes;
use crate::clock::Stopwatch;
#[cfg(test)]
pub(super) use fuse::BOUND;
use pool::{Held, Kind, Pool};
use rusqlite::ErrorCode;
use rusqlite::ffi::{SQLITE_IOERR_DIR_FSYNC, SQLITE_IOERR_FSYNC};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// The database in one file: one connection that writes, because SQLite has one writer; several that
/// read beside it (WAL); and one that keeps the log short. Clones share them.
#[derive(Clone, Debug)]
pub(super) struct Sqlite {
    writer: Arc<Pool>,
    readers: Arc<Pool>,
    keeper: Arc<Pool>,
    log: Arc<Log>,
    grown: Arc<Grown>,
}

/// What the log grew by since it was last moved into the database.
#[derive(Debug, Default)]
struct Grown {
    rows: AtomicU64,
    moving: AtomicBool,
}

/// How many connections read at once.
pub(super) const READERS: usize = 4;
/// How long a transaction waits for the write lock of another process, and how soon it asks again.
const BUSY: Duration = Duration::from_secs(10);
const AGAIN: Duration = Duration::from_millis(2);
/// After how many changed rows the log is moved: some 10,000 pages, 40 MB.
const MOVED_AFTER: u64 = 8_000;
/// After how many more it is tried again, where somebody who read kept it from being moved whole.
const MOVED_AGAIN_AFTER: u64 = 500;
/// How often, and after which wait, the log is asked to be empty before it is left as it is.
const EMPTYINGS: u32 = if cfg!(test) { 3 } else { 50 };
const EMPTIED_AGAIN: Duration = Duration::from_millis(10);

/// A transaction of SQLite. Dropped, it never happened.
#[derive(Debug)]
pub(crate) struct Transaction {
    held: Held,
    /// Of one that may write: how many rows its connection had changed before, and where what it
    /// writes comes to lie.
    writes: Option<(u64, Sqlite)>,
}

impl std::ops::Deref for Transaction {
    type Target = pool::Open;

    fn deref(&self) -> &pool::Open {
        &self.held
    }
}

impl std::ops::DerefMut for Transaction {
    fn deref_mut(&mut self) -> &mut pool::Open {
        &mut self.held
    }
}

impl Sqlite {
    /// Opens the database in `file`, made where it is missing.
    pub(super) fn open(file: &Path) -> rusqlite::Result<Self> {
        // The first sets the way the file is written in, which the others find.
        let writer = Pool::open(file, Kind::Writer, 1)?;
        Ok(Self {
            writer,
            readers: Pool::open(file, Kind::Reader, READERS)?,
            keeper: Pool::open(file, Kind::Keeper, 1)?,
            log: Arc::new(Log::beside(file)),
            grown: Arc::default(),
        })
    }

    /// Begins a transaction that may write, with the write lock. A lock that another process has is
    /// waited for without a thread.
    pub(super) async fn write(&self) -> Result<Transaction> {
        self.log.check().map_err(Error::Disk)?;
        let held = self.writer.take().await?;
        let waiting = Stopwatch::start();
        loop {
            match held.run("BEGIN IMMEDIATE") {
                Err(error) if is_busy(&error) && waiting.elapsed() < BUSY => {
                    tokio::time::sleep(AGAIN).await;
                }
                begun => break begun?,
            }
        }
        let writes = Some((held.connection.total_changes(), self.clone()));
        Ok(Transaction { held, writes })
    }

    /// Begins a transaction that reads, and sees the database as its first statement did.
    pub(super) async fn read(&self) -> Result<Transaction> {
        let held = self.readers.take().await?;
        held.run("BEGIN")?;
        Ok(Transaction { held, writes: None })
    }

    /// Moves what was written into the database's file and empties the log beside it. Whether it is
    /// empty: somebody who reads for long may keep it from being so.
    pub(super) async fn settle(&self) -> Result<bool> {
        for again in 0..EMPTYINGS {
            if again > 0 {
                tokio::time::sleep(EMPTIED_AGAIN).await;
            }
            let (writer, _) = self.move_log().await?;
            if self.checkpoint(writer, "PRAGMA wal_checkpoint(TRUNCATE)").await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Moves what is in the log into the database: most of it while others write, the rest while nobody
    /// does, so that the next who writes begins the log anew unless somebody reads just then. The
    /// connection that writes, held; and whether all was moved.
    async fn move_log(&self) -> Result<(Held, bool)> {
        const MOVE: &str = "PRAGMA wal_checkpoint(PASSIVE)";
        self.grown.rows.store(0, Ordering::Relaxed);
        let _most = self.checkpoint(self.keeper.take().await?, MOVE).await?;
        let writer = self.writer.take().await?;
        let whole = self.checkpoint(self.keeper.take().await?, MOVE).await?;
        Ok((writer, whole))
    }

    /// Moves the log by this statement; whether all of it was moved.
    async fn checkpoint(&self, held: Held, sql: &'static str) -> Result<bool> {
        // It reads and writes many pages: that is for a thread on which nobody is served.
        let moved = tokio::task::spawn_blocking(move || held.checkpoint(sql));
        moved.await.map_err(|_| Error::Closed)?.map_err(|error| self.broken(error))
    }

    /// Notes that a transaction changed so many rows, and has the log moved once there are many.
    fn grew(&self, rows: u64) {
        let grown = self.grown.rows.fetch_add(rows, Ordering::Relaxed) + rows;
        if grown < MOVED_AFTER || self.grown.moving.swap(true, Ordering::SeqCst) {
            return;
        }
        let this = self.clone();
        tokio::spawn(async move {
            match this.move_log().await {
                Ok((_, true)) | Err(Error::Closed) => {}
                Ok((_, false)) => {
                    let soon = MOVED_AFTER - MOVED_AGAIN_AFTER;
                    this.grown.rows.fetch_add(soon, Ordering::Relaxed);
                }
                Err(error) => {
                    let error = causes(&error);
                    tracing::warn!(error, "the log beside the database was not moved, and grows");
                }
            }
            this.grown.moving.store(false, Ordering::SeqCst);
        });
    }

    /// Notes a fault that says the disk may not hold what was written; gives it on. After any other a
    /// transaction was rolled back, and the next one may well succeed.
    fn broken(&self, error: rusqlite::Error) -> Error {
        let code = error.sqlite_error().map(|error| error.extended_code);
        if [SQLITE_IOERR_FSYNC, SQLITE_IOERR_DIR_FSYNC].map(Some).contains(&code) {
            self.log.fail(&error);
        }
        error.into()
    }

    /// Closes every connection, after what is under way.
    pub(super) async fn close(&self) {
        for pool in [&self.keeper, &self.readers, &self.writer] {
            pool.close().await;
        }
    }
}

impl Transaction {
    /// Whether it may write.
    pub(super) const fn may_write(&self) -> bool {
        self.writes.is_some()
    }

    /// Carries out several statements that give nothing, however long they take.
    pub(super) fn script(&self, sql: &str) -> Result<()> {
        Ok(self.held.connection.execute_batch(sql)?)
    }

    /// Ends it for good, and gives the connection back; what it wrote is waited for with [`Unsynced`].
    pub(super) fn commit(self) -> Result<Unsynced> {
        let Some((before, sqlite)) = self.writes else {
            self.held.run("COMMIT")?;
            return Ok(Unsynced(None));
        };
        self.held.run("COMMIT").map_err(|error| sqlite.broken(error))?;
        let rows = self.held.connection.total_changes().saturating_sub(before);
        drop(self.held);
        sqlite.grew(rows);
        Ok(Unsynced((rows > 0).then_some(sqlite.log)))
    }
}

/// What was committed, and may not be on the disk yet.
#[derive(Debug)]
#[must_use = "a commit lasts once it is on the disk"]
pub(super) struct Unsynced(Option<Arc<Log>>);

impl Unsynced {
    /// Waits until it is on the disk.
    pub(super) async fn last(&self) -> Result<()> {
        match &self.0 {
            Some(log) => log.last().await.map_err(Error::Disk),
            None => Ok(()),
        }
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
}
