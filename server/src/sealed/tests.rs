//! What is sealed opens for its record alone, and survives every change of keys.

use super::reseal::Missing;
use super::*;
use crate::storage::testing::{account, both};
use crate::storage::{Db, columns};
use proptest::prelude::*;
use std::path::Path;

/// A column of a table that is there, in the place of a sealed one.
const NAMES: Column = Column { table: "account", column: "name", row: "id" };

fn ring(data: &Path) -> Keyring {
    Keyring::open(data, Random::system()).unwrap()
}

fn files(data: &Path) -> Vec<String> {
    let names = ring::find(&ring::folder(data)).unwrap().into_iter();
    names.map(|found| found.path.file_name().unwrap().to_string_lossy().into_owned()).collect()
}

fn record(row: &str) -> Record<'_> {
    Record::new(NAMES, row)
}

/// Puts `sealed` where it belongs.
async fn store(db: &Db, row: &str, sealed: &Sealed) {
    let mut tx = db.write().await.unwrap();
    let old = columns::others(&mut tx, NAMES, "?", ("", 1000)).await.unwrap();
    let (_, old) = old.into_iter().find(|(id, _)| id == row).unwrap();
    assert!(columns::replace(&mut tx, NAMES, row, (&old, sealed.as_str())).await.unwrap());
    tx.commit().await.unwrap();
}

async fn stored(db: &Db, row: &str) -> Sealed {
    let mut tx = db.read().await.unwrap();
    let all = columns::others(&mut tx, NAMES, "?", ("", 1000)).await.unwrap();
    Sealed::stored(all.into_iter().find(|(id, _)| id == row).unwrap().1)
}

proptest! {
    #[test]
    fn any_bytes_open_again_for_their_record(plain: Vec<u8>, row in "\\PC{0,40}") {
        let data = tempfile::tempdir().unwrap();
        let ring = ring(data.path());
        let sealed = ring.seal(&record(&row), &plain, Random::system());
        let beginning = format!("{}.", ring.sealing());
        prop_assert!(sealed.as_str().starts_with(&beginning));
        prop_assert_eq!(&*ring.unseal(&record(&row), &sealed).unwrap(), &plain);
        let again = ring.seal(&record(&row), &plain, Random::system());
        prop_assert_ne!(again, sealed, "a nonce is used once");
    }

    #[test]
    fn a_flipped_bit_does_not_open(plain: Vec<u8>, at: prop::sample::Index, bit in 0_u8..8) {
        let data = tempfile::tempdir().unwrap();
        let ring = ring(data.path());
        let sealed = ring.seal(&record("a"), &plain, Random::system());
        let (id, content) = sealed.as_str().split_once('.').unwrap();
        let mut content = BASE64.decode(content).unwrap();
        let at = at.index(content.len());
        content[at] ^= 1 << bit;
        let flipped = Sealed::stored(format!("{id}.{}", BASE64.encode(content)));
        let refused = ring.unseal(&record("a"), &flipped).unwrap_err();
        let changed = Unreadable::Content { place: "account.name".to_owned() };
        prop_assert_eq!(refused, changed);
    }

    #[test]
    fn what_was_never_sealed_is_refused(text in "\\PC{0,60}|[0-9]{4}-[0-9a-f]{8}\\.[A-Za-z0-9_-]{0,80}") {
        let data = tempfile::tempdir().unwrap();
        prop_assert!(ring(data.path()).unseal(&record("a"), &Sealed::stored(text)).is_err());
    }

    #[test]
    fn an_id_is_read_as_it_was_written_and_no_other_way(text in "\\PC{0,20}|[0-9+]{1,5}-[0-9a-fA-F+]{1,9}") {
        if let Some(id) = KeyId::parse(&text) {
            prop_assert_eq!(id.to_string(), text);
        }
    }

    #[test]
    fn records_differ_in_what_they_are_bound_to(one in "[ab]{0,3}", other in "[ab]{0,3}") {
        let tables = [("ab", "a"), ("a", "ba"), ("a", "b")];
        let data = |(table, column), row: &str| {
            associated::data(&Record::new(Column { table, column, row: "id" }, row))
        };
        for first in tables {
            for second in tables {
                let same = first == second && one == other;
                prop_assert_eq!(data(first, &one) == data(second, &other), same);
            }
        }
    }
}

#[test]
fn a_value_in_another_row_or_column_does_not_open() {
    let data = tempfile::tempdir().unwrap();
    let ring = ring(data.path());
    let sealed = ring.seal(&record("a"), b"secret", Random::system());
    let elsewhere = [
        record("b"),
        Record::new(Column { column: "username", ..NAMES }, "a"),
        Record::new(Column { table: "factor", ..NAMES }, "a"),
    ];
    for record in elsewhere {
        let refused = ring.unseal(&record, &sealed).unwrap_err();
        assert!(matches!(refused, Unreadable::Content { .. }), "{record:?}");
    }
}

#[test]
fn a_value_under_another_key_of_the_same_name_does_not_open() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (one, other) = (ring(one.path()), ring(other.path()));
    let sealed = one.seal(&record("a"), b"secret", Random::system());
    let refused = other.unseal(&record("a"), &sealed).unwrap_err();
    assert!(
        matches!(&refused, Unreadable::NoKey { path, .. } if *path == other.path(one.sealing()))
    );
    assert!(refused.to_string().contains("account.name"), "{refused}");
    let (_, content) = sealed.as_str().split_once('.').unwrap();
    let renamed = Sealed::stored(format!("{}.{content}", other.sealing()));
    let refused = other.unseal(&record("a"), &renamed).unwrap_err();
    assert!(matches!(refused, Unreadable::Content { .. }));
}

#[test]
fn the_ring_is_made_once_and_for_its_user_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let data = tempfile::tempdir().unwrap();
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| ring(data.path()));
        }
    });
    let [name] = files(data.path()).try_into().unwrap();
    let folder = data.path().join("sealing");
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&folder), mode(&folder.join(&name))), (0o700, 0o600));
    assert_eq!(std::fs::metadata(folder.join(&name)).unwrap().len(), 32);
    assert!(name.starts_with("0001-"), "{name}");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 2, "the key, and the lock");
}

#[test]
fn a_damaged_key_is_named_and_not_replaced() {
    let data = tempfile::tempdir().unwrap();
    drop(ring(data.path()));
    let [name] = files(data.path()).try_into().unwrap();
    let path = data.path().join("sealing").join(name);
    for wrong in [&b"short"[..], &[7; 32]] {
        std::fs::write(&path, wrong).unwrap();
        let error = Keyring::open(data.path(), Random::system()).unwrap_err();
        assert!(matches!(&error, Error::Damaged { path: named } if *named == path), "{error}");
        assert!(error.to_string().contains("put it back from a back-up"), "{error}");
        assert_eq!(std::fs::read(&path).unwrap(), wrong);
    }
}

#[test]
fn a_key_that_another_process_makes_is_used_at_once_and_the_old_one_opens() {
    let data = tempfile::tempdir().unwrap();
    let (server, command) = (ring(data.path()), ring(data.path()));
    let first = server.sealing();
    let old = server.seal(&record("a"), b"old", Random::system());
    let second = command.renew(first, Random::system()).unwrap();
    assert!(second > first);
    assert_eq!(server.sealing(), second);
    let new = command.seal(&record("b"), b"new", Random::system());
    assert_eq!(&**server.unseal(&record("a"), &old).unwrap(), b"old");
    assert_eq!(&**server.unseal(&record("b"), &new).unwrap(), b"new");
    assert_eq!(command.renew(first, Random::system()).unwrap(), second, "once for all");
}

#[test]
fn a_prepared_key_opens_before_it_seals() {
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (one, other) = (ring(here.path()), ring(there.path()));
    let copy = |name: &str| {
        let from = here.path().join("sealing").join(name);
        std::fs::copy(from, there.path().join("sealing").join(name)).unwrap();
    };
    let first = one.sealing();
    copy(&files(here.path())[0]);
    let prepared = one.prepare(Random::system()).unwrap();
    assert_eq!(one.sealing(), first, "a prepared key seals nothing");
    copy(&format!("{prepared}.prepared"));
    assert_eq!(one.renew(first, Random::system()).unwrap(), prepared);
    let sealed = one.seal(&record("a"), b"secret", Random::system());
    assert!(sealed.as_str().starts_with(&prepared.to_string()));
    assert_eq!(&**other.unseal(&record("a"), &sealed).unwrap(), b"secret");
    assert_ne!(other.sealing(), prepared);
}

#[tokio::test]
async fn everything_is_sealed_anew_and_then_the_old_key_may_go() {
    both(async |db| {
        let data = tempfile::tempdir().unwrap();
        let ring = ring(data.path());
        let mut rows = vec![];
        for n in 0..BATCHES {
            let id = account(&db, &format!("test{n}@voorbeeld.nl")).await.id.to_string();
            store(&db, &id, &ring.seal(&record(&id), id.as_bytes(), Random::system())).await;
            rows.push(id);
        }
        let first = ring.sealing();
        let second = ring.renew(first, Random::system()).unwrap();
        let done = reseal(&db, &ring, &[NAMES], Random::system()).await.unwrap();
        assert_eq!(done, Resealed { values: BATCHES, unreadable: vec![] });
        let standing = standing(&db, &[NAMES]).await.unwrap();
        assert_eq!(standing.into_iter().collect::<Vec<_>>(), [(second, BATCHES)]);
        std::fs::remove_file(ring.path(first)).unwrap();
        let ring = Keyring::open(data.path(), Random::system()).unwrap();
        for id in rows {
            let opened = ring.unseal(&record(&id), &stored(&db, &id).await).unwrap();
            assert_eq!(&*opened, id.as_bytes());
        }
    })
    .await;
}

/// More values than two batches hold.
const BATCHES: u64 = 201;

/// A command that is killed between two batches, or before the first, is only begun again; a server
/// that goes on meanwhile seals with the new key and opens both.
#[tokio::test]
async fn sealing_anew_survives_an_end_at_any_moment() {
    both(async |db| {
        let data = tempfile::tempdir().unwrap();
        let ring_before = ring(data.path());
        let mut rows = vec![];
        for n in 0..3 {
            let id = account(&db, &format!("test{n}@voorbeeld.nl")).await.id.to_string();
            store(&db, &id, &ring_before.seal(&record(&id), b"x", Random::system())).await;
            rows.push(id);
        }
        rows.sort();
        let first = ring_before.sealing();
        ring_before.renew(first, Random::system()).unwrap();
        // Killed here: the key is there, nothing is sealed with it.
        let killed = ring(data.path());
        assert!(killed.sealing() > first);
        for id in &rows {
            assert_eq!(&**killed.unseal(&record(id), &stored(&db, id).await).unwrap(), b"x");
        }
        // One value went over, and the program ends.
        let old = stored(&db, &rows[1]).await;
        store(&db, &rows[1], &killed.seal(&record(&rows[1]), b"x", Random::system())).await;
        assert_ne!(stored(&db, &rows[1]).await, old);
        let begun_again = ring(data.path());
        let done = reseal(&db, &begun_again, &[NAMES], Random::system()).await.unwrap();
        assert_eq!(done.values, 2);
        for id in &rows {
            assert_eq!(&**ring_before.unseal(&record(id), &stored(&db, id).await).unwrap(), b"x");
        }
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_opened_stays_and_is_named() {
    both(async |db| {
        let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (ring, other) = (ring(here.path()), ring(there.path()));
        let id = account(&db, "test.arts@voorbeeld.nl").await.id.to_string();
        let foreign = other.seal(&record(&id), b"x", Random::system());
        store(&db, &id, &foreign).await;
        let standing = standing(&db, &[NAMES]).await.unwrap();
        let missing = Missing { path: ring.path(other.sealing()), values: 1 };
        assert_eq!(ring.missing(&standing), [missing]);
        let done = reseal(&db, &ring, &[NAMES], Random::system()).await.unwrap();
        assert_eq!((done.values, done.unreadable.len()), (0, 1));
        assert!(done.unreadable[0].to_string().contains(&other.sealing().to_string()));
        assert_eq!(stored(&db, &id).await, foreign);
    })
    .await;
}

#[tokio::test]
async fn no_new_key_is_made_where_something_is_sealed_with_one_that_is_gone() {
    both(async |db| {
        let data = tempfile::tempdir().unwrap();
        not_lost(data.path(), &db, &[NAMES]).await.expect("nothing is sealed yet");
        let ring = ring(data.path());
        let id = account(&db, "test.arts@voorbeeld.nl").await.id.to_string();
        store(&db, &id, &ring.seal(&record(&id), b"x", Random::system())).await;
        not_lost(data.path(), &db, &[NAMES]).await.expect("the key is there");
        let path = ring.path(ring.sealing());
        std::fs::remove_file(&path).unwrap();
        let error = not_lost(data.path(), &db, &[NAMES]).await.unwrap_err();
        assert!(matches!(&error, Error::Lost { path: named } if *named == path), "{error}");
        assert!(error.to_string().contains("put it back from a back-up"), "{error}");
        assert_eq!(files(data.path()), [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn a_value_that_was_changed_meanwhile_is_left_to_who_changed_it() {
    both(async |db| {
        let id = account(&db, "test.arts@voorbeeld.nl").await.id.to_string();
        let mut tx = db.write().await.unwrap();
        let stale = ("0001-00000000.old", "0002-00000000.new");
        assert!(!columns::replace(&mut tx, NAMES, &id, stale).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(stored(&db, &id).await.as_str(), "Test Arts");
    })
    .await;
}

#[tokio::test]
async fn every_place_is_a_column_of_both_engines() {
    both(async |db| {
        let mut tx = db.write().await.unwrap();
        for place in places::ALL {
            columns::beginnings(&mut tx, *place, KeyId::LENGTH).await.unwrap();
            columns::others(&mut tx, *place, "x", ("", 1)).await.unwrap();
            assert!(!columns::replace(&mut tx, *place, "x", ("x", "y")).await.unwrap());
        }
        drop(tx);
        let data = tempfile::tempdir().unwrap();
        not_lost(data.path(), &db, places::ALL).await.expect("nothing is sealed");
    })
    .await;
}
