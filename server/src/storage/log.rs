//! The log beside an SQLite database: a commit lasts once the log is on the disk, and one sync of it
//! serves everybody who waits (`docs/adr/0050-one-sync-serves-all-who-wait.md`).

use std::fs::File;
use std::io::{Error, ErrorKind, Result};
use std::path::{Path, PathBuf};
use std::sync::Arc;
#[cfg(test)]
use std::sync::atomic::AtomicU64;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};

use tokio::sync::oneshot;

/// Where SQLite writes what is committed. It writes in order, so a sync covers every commit before it.
#[derive(Debug)]
pub(super) struct Log {
    /// To the one thread that syncs: who waits for it.
    ask: Sender<Waiting>,
    file: Arc<Synced>,
}

/// Somebody whose commit is written, and who is told when it lasts.
type Waiting = oneshot::Sender<Result<()>>;

/// The file, as the thread knows it that syncs.
#[derive(Debug)]
struct Synced {
    path: PathBuf,
    /// Whether a sync failed: nobody knows what is on the disk then, until the database is opened anew.
    failed: AtomicBool,
    /// How often the disk was asked.
    #[cfg(test)]
    syncs: AtomicU64,
}

impl Log {
    /// That of the database in the file `database`.
    ///
    /// # Panics
    /// Where the system starts no thread.
    pub(super) fn beside(database: &Path) -> Self {
        let mut path = database.as_os_str().to_owned();
        path.push("-wal");
        Self::at(path.into())
    }

    fn at(path: PathBuf) -> Self {
        let file = Arc::new(Synced {
            path,
            failed: AtomicBool::new(false),
            #[cfg(test)]
            syncs: AtomicU64::new(0),
        });
        let (ask, asked) = mpsc::channel();
        let syncing = Arc::clone(&file);
        let thread = std::thread::Builder::new().name("log".to_owned());
        thread.spawn(move || syncing.serve(&asked)).expect("the system starts a thread");
        Self { ask, file }
    }

    /// Whether what is committed can still be made to last.
    ///
    /// Errors: one of the disk, once a sync failed.
    pub(super) fn check(&self) -> Result<()> {
        self.file.check()
    }

    /// Notes that the disk may not hold what was written: nothing more is promised.
    pub(super) fn fail(&self, error: &dyn std::error::Error) {
        self.file.fail(error);
    }

    /// Waits until a commit that was just written is on the disk. Whoever goes away leaves nobody waiting.
    ///
    /// Errors: one of the disk; it is not known then whether the commit lasts.
    pub(super) async fn last(&self) -> Result<()> {
        let (waiting, result) = oneshot::channel();
        self.ask.send(waiting).map_err(|_| Error::other("nobody syncs the log"))?;
        result.await.map_err(Error::other)?
    }
}

impl Synced {
    /// Syncs for whoever asks, and for all who asked until it begins; who asks meanwhile waits for the next.
    fn serve(&self, asked: &Receiver<Waiting>) {
        while let Ok(first) = asked.recv() {
            let all: Vec<Waiting> = std::iter::once(first).chain(asked.try_iter()).collect();
            let synced = self.check().and_then(|()| self.sync());
            for waiting in all {
                let told = match &synced {
                    Ok(()) => Ok(()),
                    Err(error) => Err(Error::new(error.kind(), error.to_string())),
                };
                drop(waiting.send(told)); // who went away is not told
            }
        }
    }

    fn check(&self) -> Result<()> {
        match self.failed.load(Ordering::SeqCst) {
            true => {
                Err(Error::other("the disk did not keep what was written: see to it, start again"))
            }
            false => Ok(()),
        }
    }

    /// Syncs the file that is there now. Where there is none, SQLite has moved everything into the
    /// database, synced that, and removed the log.
    fn sync(&self) -> Result<()> {
        #[cfg(test)]
        self.syncs.fetch_add(1, Ordering::SeqCst);
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error), // the next sync covers this commit too
        };
        // The system may take for written what it could not write: a later sync would say nothing.
        file.sync_data().inspect_err(|error| self.fail(error))
    }

    fn fail(&self, error: &dyn std::error::Error) {
        if !self.failed.swap(true, Ordering::SeqCst) {
            tracing::error!(%error, path = %self.path.display(), "the disk does not keep what is written");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::testing::ask;

    fn log(path: &str) -> Log {
        Log::at(path.into())
    }

    #[test]
    fn it_lies_beside_the_database() {
        assert_eq!(Log::beside(Path::new("a/b.sqlite")).file.path, Path::new("a/b.sqlite-wal"));
    }

    #[tokio::test]
    async fn one_sync_serves_all_who_wait_for_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("database-wal");
        std::fs::write(&file, "frames").unwrap();
        let log = log(file.to_str().unwrap());
        let (ask, asked) = mpsc::channel();
        let waiting: Vec<_> = (0..64)
            .map(|_| {
                let (one, told) = oneshot::channel();
                ask.send(one).unwrap();
                told
            })
            .collect();
        drop(ask);
        log.file.serve(&asked);
        for one in waiting {
            one.await.unwrap().unwrap();
        }
        assert_eq!(log.file.syncs.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn who_goes_away_or_is_not_asked_again_leaves_nobody_waiting() {
        let folder = tempfile::tempdir().unwrap();
        let log = log(folder.path().to_str().unwrap());
        let (mut first, mut second) = (Box::pin(log.last()), Box::pin(log.last()));
        let _may_be_there = ask(first.as_mut()).await;
        let _may_be_there = ask(second.as_mut()).await;
        drop(first);
        // The second is there still, and nobody looks after it.
        log.last().await.unwrap();
        drop(second);
    }

    #[tokio::test]
    async fn a_log_that_is_gone_was_moved_into_the_database() {
        log("/nowhere/at/all").last().await.unwrap();
    }

    /// A device that cannot be synced: what was written may be lost, and no later sync says otherwise.
    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn after_a_sync_that_failed_nothing_is_promised_any_more() {
        let log = log("/dev/null");
        assert!(log.check().is_ok());
        for _ in 0..2 {
            assert!(log.last().await.is_err());
            assert!(log.check().is_err());
        }
        assert_eq!(log.file.syncs.load(Ordering::SeqCst), 1, "it is not tried again");
    }
}
