//! A bound on how long one statement may take, as PostgreSQL has one: it runs on the thread of whoever
//! asked, and nobody else is served there meanwhile.

use crate::clock::Stopwatch;
use rusqlite::Connection;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// After this long a statement is ended, with an error.
pub(in crate::storage) const BOUND: Duration = Duration::from_secs(20);
/// A statement that took this long is named in the log.
const SLOW: Duration = Duration::from_millis(250);
/// After how many steps of SQLite's machine the time is looked at: some milliseconds' worth.
const STEPS: i32 = 500_000;

/// Since when the statement that runs on a connection has been running; nothing where it may take its time.
#[derive(Debug)]
pub(super) struct Fuse(Arc<Mutex<Option<Stopwatch>>>);

impl Fuse {
    /// Puts one in.
    pub(super) fn into(connection: &Connection) -> rusqlite::Result<Self> {
        Self::of(connection, BOUND)
    }

    /// One that ends a statement after `bound`.
    pub(super) fn of(connection: &Connection, bound: Duration) -> rusqlite::Result<Self> {
        let since = Arc::new(Mutex::new(None::<Stopwatch>));
        let watched = Arc::clone(&since);
        let is_over = move || {
            let since = *watched.lock().unwrap_or_else(PoisonError::into_inner);
            since.is_some_and(|since| since.elapsed() >= bound)
        };
        connection.progress_handler(STEPS, Some(is_over))?;
        Ok(Self(since))
    }

    /// Runs a statement, timed from now on.
    pub(super) fn timed<T>(&self, sql: &str, run: impl FnOnce() -> T) -> T {
        let watch = Stopwatch::start();
        self.set(Some(watch));
        let done = run();
        // What is run otherwise may take its time: the ends of a transaction, a step of the database.
        self.set(None);
        let took = watch.elapsed();
        if took >= SLOW {
            tracing::warn!(milliseconds = took.as_millis(), sql, "a statement took long");
        }
        done
    }

    fn set(&self, since: Option<Stopwatch>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = since;
    }
}
