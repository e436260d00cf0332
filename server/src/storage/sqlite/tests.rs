use super::super::testing::{ask, change};
use super::super::{Db, Engine, Error, Location, on};
use super::fuse::Fuse;
use super::*;
use rusqlite::Connection;
use std::path::PathBuf;
use std::pin::pin;
use tempfile::TempDir;

/// Adds so many rows, each with an id of its own.
fn rows(count: u64) -> String {
    format!(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) \
         INSERT INTO audit (id, at, event) SELECT hex(randomblob(16)), i, '{{}}' FROM n"
    )
}

async fn database() -> (TempDir, PathBuf, Db, Sqlite) {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&Location::Sqlite(folder.path().to_owned())).await.unwrap();
    let Engine::Sqlite(sqlite) = &db.0 else { panic!("it is SQLite") };
    let (file, sqlite) = (folder.path().join("sleutelbos.sqlite"), sqlite.clone());
    (folder, file, db, sqlite)
}

fn log_of(file: &Path) -> u64 {
    std::fs::metadata(format!("{}-wal", file.display())).unwrap().len()
}

#[tokio::test]
async fn what_is_given_is_what_is_read() {
    let (_folder, _, db, _) = database().await;
    let mut tx = db.read().await.unwrap();
    const SQL: &str = "SELECT $1, $2, $3, $4, $5, $6";
    type Six = (Option<String>, Option<i64>, String, i64, bool, Vec<u8>);
    let given: Six = on!(&mut tx, c => sqlx::query_as(SQL)
        .bind(None::<&str>).bind(Some(-7_i64)).bind("een \0 'twee'").bind(i64::MAX).bind(true)
        .bind(vec![0_u8, 255])
        .fetch_one(c).await)
    .unwrap();
    assert_eq!(given, (None, Some(-7), "een \0 'twee'".into(), i64::MAX, true, vec![0, 255]));
    const TURNED: &str = "SELECT $2 || $1 || $2";
    let turned: String =
        on!(&mut tx, c => sqlx::query_scalar(TURNED).bind("een").bind("twee").fetch_one(c).await)
            .unwrap();
    assert_eq!(turned, "tweeeentwee");
    let few = on!(&mut tx, c => sqlx::query(SQL).bind(1_i64).execute(c).await.map(drop));
    let Err(Error::InPlace(rusqlite::Error::InvalidParameterCount(1, 6))) = few else {
        panic!("{few:?}")
    };
    const NONE: &str = "SELECT 1 WHERE 1 = 2";
    let none: Option<i64> =
        on!(&mut tx, c => sqlx::query_scalar(NONE).fetch_optional(c).await).unwrap();
    assert_eq!(none, None);
    let one: std::result::Result<i64, Error> =
        on!(&mut tx, c => sqlx::query_scalar(NONE).fetch_one(c).await);
    assert!(one.is_err_and(|error| !error.is_unavailable() && !error.is_duplicate()));
    let text: std::result::Result<i64, Error> =
        on!(&mut tx, c => sqlx::query_scalar("SELECT 'tekst'").fetch_one(c).await);
    assert!(text.is_err(), "a text is no number");
}

#[tokio::test]
async fn a_row_that_is_there_already_is_told_from_other_faults() {
    let (_folder, _, db, _) = database().await;
    const ADD: &str = "INSERT INTO audit (id, at, event) VALUES ('a', 1, '{}')";
    const LESS: &str = "INSERT INTO audit (id, at) VALUES ('b', 1)";
    let mut tx = db.write().await.unwrap();
    on!(&mut tx, c => sqlx::query(ADD).execute(c).await.map(drop)).unwrap();
    let twice = on!(&mut tx, c => sqlx::query(ADD).execute(c).await.map(drop)).unwrap_err();
    assert!(twice.is_duplicate() && !twice.is_unavailable(), "{twice:?}");
    let less = on!(&mut tx, c => sqlx::query(LESS).execute(c).await.map(drop)).unwrap_err();
    assert!(!less.is_duplicate() && !less.is_unavailable(), "{less:?}");
}

#[tokio::test]
async fn a_statement_that_takes_too_long_is_ended_and_the_next_runs() {
    const LONG: &str = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) \
                        SELECT COUNT(*) FROM n";
    let connection = Connection::open_in_memory().unwrap();
    let fuse = Fuse::of(&connection, Duration::ZERO).unwrap();
    let count = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
    let ended = Error::from(fuse.timed(LONG, || count(LONG)).unwrap_err());
    assert!(ended.is_unavailable(), "{ended:?}");
    // Neither what is timed nor what ends or begins a transaction thereafter is ended for it.
    let many = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) \
                SELECT COUNT(*) FROM n";
    assert_eq!(count(many).unwrap(), 200_000);
}

/// A transaction that waits for a lock that another connection has.
macro_rules! waiting_for {
    ($other:ident, $file:expr, $db:expr, $waiting:ident) => {
        let $other = Connection::open($file).unwrap();
        $other.execute_batch("BEGIN IMMEDIATE").unwrap();
        let mut $waiting = Box::pin($db.write());
        assert!(ask($waiting.as_mut()).await.is_none(), "another has it");
    };
}

#[tokio::test]
async fn a_write_lock_that_another_has_is_waited_for() {
    let (_folder, file, db, _) = database().await;
    waiting_for!(other, &file, db, waiting);
    other.execute_batch("COMMIT").unwrap();
    waiting.await.unwrap().commit().await.unwrap();
}

#[tokio::test]
async fn who_goes_away_while_a_lock_is_waited_for_keeps_nobody() {
    let (_folder, file, db, _) = database().await;
    waiting_for!(other, &file, db, waiting);
    drop(waiting);
    other.execute_batch("COMMIT").unwrap();
    change(&db, "UPDATE account SET name = name").await;
}

#[tokio::test]
async fn who_goes_away_while_a_connection_is_waited_for_keeps_nobody() {
    let (_folder, _, db, _) = database().await;
    let held = db.write().await.unwrap();
    let mut waiting = Box::pin(db.write());
    let mut next = Box::pin(db.write());
    assert!(ask(waiting.as_mut()).await.is_none() && ask(next.as_mut()).await.is_none());
    drop(waiting);
    drop(held);
    next.await.unwrap().commit().await.unwrap();
}

#[tokio::test]
async fn a_log_that_was_settled_is_empty_unless_somebody_reads() {
    let (_folder, file, db, _) = database().await;
    change(&db, &rows(100)).await;
    assert!(log_of(&file) > 0);
    assert!(db.settle().await.unwrap());
    assert_eq!(log_of(&file), 0);
    const COUNT: &str = "SELECT COUNT(*) FROM audit";
    let mut reading = db.read().await.unwrap();
    let count: i64 = on!(&mut reading, c => sqlx::query_scalar(COUNT).fetch_one(c).await).unwrap();
    change(&db, &rows(100)).await;
    let settling = db.settle();
    let writing = async {
        for _ in 0..20 {
            change(&db, &rows(1)).await;
        }
    };
    let (settled, ()) = tokio::join!(settling, writing);
    assert!(!settled.unwrap(), "what is read is still there");
    let again: i64 = on!(&mut reading, c => sqlx::query_scalar(COUNT).fetch_one(c).await).unwrap();
    assert_eq!((count, again), (100, 100), "it sees what it saw");
    drop(reading);
    assert!(db.settle().await.unwrap());
}

#[tokio::test]
async fn a_log_that_grew_is_moved_and_begun_anew() {
    let (_folder, file, db, sqlite) = database().await;
    change(&db, &rows(MOVED_AFTER)).await;
    while sqlite.grown.moving.load(Ordering::SeqCst) {
        tokio::task::yield_now().await;
    }
    let grown = log_of(&file);
    for _ in 0..10 {
        change(&db, &rows(1)).await;
    }
    assert_eq!(log_of(&file), grown, "the next were written at its beginning");
    assert!(sqlite.grown.rows.load(Ordering::SeqCst) <= 10);
}

#[tokio::test]
async fn after_a_fault_of_the_disk_nothing_is_written() {
    let (_folder, _, db, sqlite) = database().await;
    let full = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_IOERR_WRITE);
    assert!(sqlite.broken(rusqlite::Error::SqliteFailure(full, None)).is_unavailable());
    db.write().await.expect("what was refused was rolled back").commit().await.unwrap();
    let fault = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_IOERR_FSYNC);
    let told = sqlite.broken(rusqlite::Error::SqliteFailure(fault, None));
    assert!(told.is_unavailable());
    assert!(db.write().await.unwrap_err().is_unavailable());
    drop(db.read().await.expect("what is there is read"));
}

#[tokio::test]
async fn who_waits_for_a_database_that_is_closed_is_told() {
    let (_folder, _, db, _) = database().await;
    let held = db.write().await.unwrap();
    let mut waiting = pin!(db.write());
    assert!(ask(waiting.as_mut()).await.is_none());
    let mut closing = pin!(db.close());
    assert!(ask(closing.as_mut()).await.is_none(), "somebody writes");
    held.commit().await.unwrap();
    drop(waiting.await.expect("it asked before"));
    closing.await;
    assert!(db.write().await.is_err() && db.read().await.is_err());
}
