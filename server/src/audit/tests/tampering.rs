//! 'Audit tampering: change, delete, reorder, truncate rows: verify names the first bad row.'

use super::*;
use crate::audit::digest::Digest;
use crate::audit::entry::Link;
use crate::audit::key::PublicKey;
use crate::id::ChainId;

const TABLES: [&str; 6] =
    ["audit", "audit_personal", "audit_waiting", "audit_link", "audit_checkpoint", "audit_head"];

/// Thirty events, the n-th at moment n, signed after each ten; and a copy of it all.
async fn thirty(db: &Db) -> Checkpoint {
    for ten in [1..=10, 11..=20, 21..=30] {
        events(db, ten).await;
        chain_all(db, 100).await;
    }
    for table in TABLES {
        sql(db, &format!("CREATE TABLE copy_{table} AS SELECT * FROM {table}")).await;
    }
    inspect::last_checkpoint(db).await.unwrap().unwrap()
}

/// Puts everything back as it was.
async fn mend(db: &Db) {
    for table in TABLES {
        sql(db, &format!("DELETE FROM {table}")).await;
        sql(db, &format!("INSERT INTO {table} SELECT * FROM copy_{table}")).await;
    }
}

async fn told(db: &Db, kept: Option<Checkpoint>) -> (Option<i64>, Wrong) {
    let fault = verify(db, kept).await.expect_err("something is wrong");
    (fault.seq, fault.what)
}

/// Each of these is told as such, of this place.
async fn check(db: &Db, cases: &[(&str, i64, Wrong)]) {
    for (statements, seq, what) in cases {
        for statement in statements.split(';') {
            sql(db, statement).await;
        }
        assert_eq!(told(db, None).await, (Some(*seq), what.clone()), "{statements}");
        mend(db).await;
    }
    assert_eq!(verify(db, None).await.unwrap().events, 30, "it was put back");
}

#[tokio::test]
async fn an_event_that_was_changed_is_named() {
    both(async |db| {
        thirty(&db).await;
        let changed = |statement, seq| (statement, seq, Wrong::Changed);
        check(
            &db,
            &[
                changed("UPDATE audit SET event = REPLACE(event, 'right', 'Right') WHERE at = 7", 7),
                changed("UPDATE audit SET event = event || ' ' WHERE at = 1", 1),
                changed("UPDATE audit SET event = '' WHERE at = 30", 30),
                changed("UPDATE audit SET at = 8 WHERE at = 7", 7),
                changed("UPDATE audit SET account_id = NULL WHERE at = 9", 9),
                changed("UPDATE audit SET account_id = '' WHERE at = 7", 7),
                changed("UPDATE audit SET account_id = 'x' WHERE at IN (7, 12)", 7),
                changed("UPDATE audit_link SET at = 8 WHERE seq = 7", 7),
                changed("UPDATE audit_link SET leaf = (SELECT leaf FROM copy_audit_link WHERE seq = 2) WHERE seq = 7", 7),
                ("UPDATE audit_link SET leaf = '' WHERE seq = 7", 7, Wrong::Moved),
                ("UPDATE audit_link SET hash = 'x' WHERE seq = 30", 30, Wrong::Moved),
                ("UPDATE audit_link SET hash = (SELECT hash FROM copy_audit_link WHERE seq = 2) WHERE seq = 7", 7, Wrong::Moved),
                ("UPDATE audit_head SET chain = '00000000000000000000000000000000'", 1, Wrong::Moved),
            ],
        )
        .await;
    })
    .await;
}

#[tokio::test]
async fn an_event_that_is_gone_is_named_first_middle_and_last() {
    both(async |db| {
        thirty(&db).await;
        let missing = |next| Wrong::Missing { next };
        check(
            &db,
            &[
                ("DELETE FROM audit WHERE at = 1", 1, Wrong::Gone),
                ("DELETE FROM audit WHERE at = 15", 15, Wrong::Gone),
                ("DELETE FROM audit WHERE at = 30", 30, Wrong::Gone),
                ("DELETE FROM audit", 1, Wrong::Gone),
                (
                    "UPDATE audit SET id = '00000000000000000000000000000000' WHERE at = 7",
                    7,
                    Wrong::Gone,
                ),
                (
                    "DELETE FROM audit WHERE at = 1; DELETE FROM audit_link WHERE seq = 1",
                    1,
                    missing(Some(2)),
                ),
                (
                    "DELETE FROM audit WHERE at = 15; DELETE FROM audit_link WHERE seq = 15",
                    15,
                    missing(Some(16)),
                ),
                (
                    "DELETE FROM audit WHERE at = 20; DELETE FROM audit_link WHERE seq = 20",
                    20,
                    missing(None),
                ),
                (
                    "DELETE FROM audit WHERE at = 30; DELETE FROM audit_link WHERE seq = 30",
                    30,
                    missing(None),
                ),
                ("DELETE FROM audit_link", 1, missing(None)),
            ],
        )
        .await;
    })
    .await;
}

#[tokio::test]
async fn two_events_that_changed_places_are_named_by_the_first() {
    both(async |db| {
        thirty(&db).await;
        check(
            &db,
            &[
                ("UPDATE audit SET at = 12 - at WHERE at IN (5, 7)", 5, Wrong::Changed),
                (
                    "UPDATE audit_link SET seq = 0 WHERE seq = 5; UPDATE audit_link SET seq = 5 WHERE seq = 7; \
                     UPDATE audit_link SET seq = 7 WHERE seq = 0",
                    5,
                    Wrong::Moved,
                ),
            ],
        )
        .await;
    })
    .await;
}

#[tokio::test]
async fn what_is_personal_is_held_by_its_commitment() {
    both(async |db| {
        thirty(&db).await;
        let of = "WHERE event_id = (SELECT id FROM audit WHERE at = 8)";
        let (changed, gone) = (Wrong::PersonalChanged, Wrong::PersonalGone);
        let cases = [
            (format!("UPDATE audit_personal SET content = REPLACE(content, '12', '13') {of}"), 8, changed.clone()),
            (format!("UPDATE audit_personal SET salt = 'x' {of}"), 8, changed.clone()),
            (format!("DELETE FROM audit_personal {of}"), 8, gone.clone()),
            ("DELETE FROM audit_personal".to_owned(), 2, gone),
            ("INSERT INTO audit_personal (event_id, salt, content) SELECT id, '', '' FROM audit WHERE at = 7".to_owned(), 7, changed),
        ];
        let cases: Vec<_> = cases.iter().map(|(sql, seq, what)| (sql.as_str(), *seq, what.clone())).collect();
        check(&db, &cases).await;
    })
    .await;
}

#[tokio::test]
async fn a_checkpoint_that_was_changed_is_named() {
    both(async |db| {
        let last = thirty(&db).await;
        check(
            &db,
            &[
                ("UPDATE audit_checkpoint SET at = 101 WHERE seq = 20", 20, Wrong::Unsigned),
                ("UPDATE audit_checkpoint SET hash = (SELECT hash FROM copy_audit_link WHERE seq = 2) WHERE seq = 20", 20, Wrong::Unsigned),
                ("UPDATE audit_checkpoint SET signature = (SELECT signature FROM copy_audit_checkpoint WHERE seq = 10) WHERE seq = 20", 20, Wrong::Unsigned),
                ("UPDATE audit_checkpoint SET signature = '' WHERE seq = 20", 20, Wrong::Unsigned),
                ("UPDATE audit_checkpoint SET chain = '00000000000000000000000000000000' WHERE seq = 20", 20, Wrong::OtherChain),
                ("DELETE FROM audit_checkpoint WHERE seq = 20; UPDATE audit_checkpoint SET seq = 20 WHERE seq = 10", 20, Wrong::Unsigned),
                ("DELETE FROM audit_checkpoint WHERE seq = 30", 30, Wrong::Unsealed),
                ("DELETE FROM audit_checkpoint", 30, Wrong::Unsealed),
                ("UPDATE audit_head SET seq = 29", 30, Wrong::End { said: 29 }),
            ],
        )
        .await;
        // Signed anew by whoever has another key; and one that has the right key, but not the events.
        for (key, what) in [([9; 32], None), ([7; 32], Some(Wrong::Replaced))] {
            let forger = Signer::new(&Secret::new(key));
            let hash = Digest::of("x", &[]);
            let forged = Checkpoint::sign(&forger, &last.chain, (20, &hash), Time::from_millis(1));
            sql(&db, "DELETE FROM audit_checkpoint WHERE seq = 20").await;
            let mut tx = db.write().await.unwrap();
            store::insert_checkpoint(&mut tx, &forged).await.unwrap();
            tx.commit().await.unwrap();
            let what = what.unwrap_or(Wrong::OtherKey(forger.public()));
            assert_eq!(told(&db, None).await, (Some(20), what));
            mend(&db).await;
        }
    })
    .await;
}

#[tokio::test]
async fn another_key_does_not_count_unless_it_is_named() {
    both(async |db| {
        thirty(&db).await;
        let new = Signer::new(&Secret::new([9; 32]));
        events(&db, [31]).await;
        chain::all(&db, &new, now(100)).await.unwrap();
        let verify = async |keys: Vec<PublicKey>| inspect::verify(&db, keys, None).await.unwrap().0;
        for (keys, seq, stranger) in [
            (vec![new.public()], 10, signer().public()),
            (vec![signer().public()], 31, new.public()),
            (vec![], 10, signer().public()),
        ] {
            let fault = verify(keys).await.unwrap_err();
            assert_eq!((fault.seq, fault.what), (Some(seq), Wrong::OtherKey(stranger)));
        }
        assert_eq!(verify(vec![new.public(), signer().public()]).await.unwrap().events, 31);
    })
    .await;
}

/// Links every event anew, in the order of their times, as whoever may write to the database can.
async fn link_anew(db: &Db, chain: &ChainId) -> (i64, Digest) {
    sql(db, "DELETE FROM audit_link").await;
    sql(db, "INSERT INTO audit_waiting (at, event_id) SELECT at, id FROM audit").await;
    let mut tx = db.write().await.unwrap();
    let (mut seq, mut hash) = (0, entry::beginning(chain));
    for row in store::waiting(&mut tx, 1_000).await.unwrap() {
        let link = Link::after((seq, &hash), &row);
        store::insert_links(&mut tx, std::slice::from_ref(&link)).await.unwrap();
        (seq, hash) = (link.seq, link.hash);
    }
    store::placed(&mut tx, 0).await.unwrap();
    store::advance(&mut tx, seq, &hash).await.unwrap();
    tx.commit().await.unwrap();
    (seq, hash)
}

const FALSE: &str = "INSERT INTO audit (id, at, event) VALUES \
                     ('ffffffffffffffffffffffffffffffff', 15, '{\"event\":\"password_right\"}')";

#[tokio::test]
async fn an_event_that_was_put_between_is_named() {
    both(async |db| {
        let last = thirty(&db).await;
        sql(&db, FALSE).await;
        let fault = verify(&db, None).await.unwrap_err();
        let id = Some("f".repeat(32));
        assert_eq!(fault, Fault { seq: None, id, what: Wrong::Stray });
        // With every hash made anew it is found at the first signature after it.
        link_anew(&db, &last.chain).await;
        assert_eq!(told(&db, None).await, (Some(20), Wrong::Replaced));
        mend(&db).await;
        // Put at the end, it is signed by nobody.
        sql(&db, &FALSE.replace("15", "99")).await;
        link_anew(&db, &last.chain).await;
        assert_eq!(told(&db, None).await, (Some(31), Wrong::Unsealed));
        sql(&db, "UPDATE audit_head SET seq = 30").await;
        assert_eq!(told(&db, None).await, (Some(31), Wrong::End { said: 30 }));
    })
    .await;
}

#[tokio::test]
async fn an_end_that_was_cut_off_is_told_by_a_kept_checkpoint() {
    both(async |db| {
        let last = thirty(&db).await;
        assert_eq!(verify(&db, Some(last.clone())).await.unwrap().kept, Some(true));
        for statement in [
            "DELETE FROM audit WHERE at > 20",
            "DELETE FROM audit_personal WHERE event_id NOT IN (SELECT id FROM audit)",
            "DELETE FROM audit_link WHERE seq > 20",
        ] {
            sql(&db, statement).await;
        }
        assert_eq!(told(&db, None).await, (Some(21), Wrong::Missing { next: None }));
        sql(&db, "DELETE FROM audit_checkpoint WHERE seq > 20").await;
        assert_eq!(told(&db, None).await, (Some(20), Wrong::End { said: 30 }));
        const HEAD: &str = "UPDATE audit_head SET seq = 20, hash = \
                            (SELECT hash FROM audit_link WHERE seq = 20)";
        sql(&db, HEAD).await;
        assert_eq!(verify(&db, None).await.unwrap().events, 20, "nothing inside tells it");
        let kept = Some(last.clone());
        assert_eq!(told(&db, kept.clone()).await, (Some(20), Wrong::CutOff { kept: 30 }));
        // And when the server went on with what was left.
        events(&db, 31..=45).await;
        chain_all(&db, 200).await;
        assert_eq!(told(&db, kept.clone()).await, (Some(30), Wrong::Remade));
        // All of it taken away, or only where it ends.
        for table in TABLES {
            sql(&db, &format!("DELETE FROM {table}")).await;
        }
        let fault = Fault { seq: None, id: None, what: Wrong::CutOff { kept: 30 } };
        assert_eq!(verify(&db, kept.clone()).await, Err(fault));
        mend(&db).await;
        for column in ["hash", "chain"] {
            sql(&db, &format!("UPDATE audit_head SET {column} = 'x'")).await;
            let fault = Fault { seq: None, id: None, what: Wrong::Head };
            assert_eq!(verify(&db, None).await, Err(fault));
        }
        sql(&db, "DELETE FROM audit_head").await;
        let fault = Fault { seq: None, id: None, what: Wrong::End { said: 0 } };
        assert_eq!(verify(&db, None).await, Err(fault));
    })
    .await;
}

#[tokio::test]
async fn a_chain_that_was_made_anew_is_told_by_a_kept_checkpoint() {
    both(async |db| {
        let last = thirty(&db).await;
        let foreign = Fault { seq: None, id: None, what: Wrong::KeptForeign };
        // With another key it is told even without; with the stolen one a kept checkpoint tells.
        for stolen in [false, true] {
            for table in ["audit_link", "audit_checkpoint", "audit_head"] {
                sql(&db, &format!("DELETE FROM {table}")).await;
            }
            sql(&db, "UPDATE audit SET event = REPLACE(event, 'right', 'wrong') WHERE at = 7")
                .await;
            sql(&db, "INSERT INTO audit_waiting (at, event_id) SELECT at, id FROM audit").await;
            let key = Signer::new(&Secret::new(if stolen { [7; 32] } else { [9; 32] }));
            chain::all(&db, &key, now(100)).await.unwrap();
            let without = verify(&db, None).await.map_err(|fault| fault.what);
            match stolen {
                false => assert_eq!(without.unwrap_err(), Wrong::OtherKey(key.public())),
                true => assert_eq!(without.unwrap().events, 30),
            }
            assert_eq!(verify(&db, Some(last.clone())).await, Err(foreign.clone()));
            mend(&db).await;
        }
        // The same chain, linked and signed anew with the stolen key.
        sql(&db, "UPDATE audit SET event = REPLACE(event, 'right', 'wrong') WHERE at = 7").await;
        let (seq, hash) = link_anew(&db, &last.chain).await;
        sql(&db, "DELETE FROM audit_checkpoint").await;
        let forged = Checkpoint::sign(&signer(), &last.chain, (seq, &hash), Time::from_millis(1));
        let mut tx = db.write().await.unwrap();
        store::insert_checkpoint(&mut tx, &forged).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(verify(&db, None).await.unwrap().events, 30);
        assert_eq!(told(&db, Some(last.clone())).await, (Some(30), Wrong::Remade));
        // A kept checkpoint that was changed says nothing.
        let other = Checkpoint { seq: 29, ..last };
        assert_eq!(verify(&db, Some(other)).await, Err(foreign));
    })
    .await;
}

#[tokio::test]
async fn what_is_gone_before_it_got_a_place_is_told() {
    both(async |db| {
        thirty(&db).await;
        events(&db, [31]).await;
        sql(&db, "DELETE FROM audit WHERE at = 31").await;
        let waits = text(&db, "SELECT event_id FROM audit_waiting").await;
        let fault = Fault { seq: None, id: Some(waits[0].clone()), what: Wrong::Vanished };
        assert_eq!(verify(&db, None).await, Err(fault));
        // It hinders nobody, nor does one that waits although it has a place.
        sql(&db, "INSERT INTO audit_waiting (at, event_id) SELECT at, id FROM audit WHERE at = 3")
            .await;
        events(&db, [32]).await;
        chain_all(&db, 100).await;
        assert_eq!(text(&db, "SELECT CAST(seq AS TEXT) FROM audit_head").await, ["31"]);
        sql(&db, "DELETE FROM audit_waiting").await;
        assert_eq!(verify(&db, None).await.unwrap().events, 31);
    })
    .await;
}
