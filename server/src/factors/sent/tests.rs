//! Codes that are sent, on both engines: one lives for each owner, and shares hold.

use super::*;
use crate::sealed::Sealed;
use crate::storage::Db;
use crate::storage::testing::{account, both, change, rows, texts};

const NOW: Time = Time::from_millis(1_000_000_000_000);
/// How long a code is good here.
const LIFE: Duration = Duration::from_secs(10 * 60);
const KEY: [u8; 32] = [7; 32];

struct Post {
    db: Db,
    ring: Keyring,
    policy: Policy,
    account: crate::accounts::Account,
    _folder: tempfile::TempDir,
}

impl Post {
    async fn new(db: Db, username: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ring = Keyring::open(folder.path(), Random::system()).unwrap();
        let account = account(&db, username).await;
        Self { db, ring, policy: Policy::default(), account, _folder: folder }
    }

    async fn send(&self, owner: &str, number: &str, now: Time) -> Result<Live, Held> {
        let countries = [crate::factors::phone::Country::DEFAULT];
        let (number, _) = Number::parse(number, Medium::Sms, &countries).unwrap();
        let order = Order {
            owner,
            account: &self.account.id,
            organisation: &self.account.organisation,
            factor: None,
            medium: Medium::Sms,
            number: &number,
        };
        let (ring, policy, random) = (&self.ring, &self.policy, Random::system());
        let desk = Desk { ring, key: &KEY, policy, life: LIFE, random, now };
        let mut tx = self.db.write().await.unwrap();
        let made = make(&mut tx, order, desk).await.unwrap();
        tx.commit().await.unwrap();
        made
    }

    async fn living(&self, owner: &str, now: Time) -> Option<Live> {
        let mut tx = self.db.read().await.unwrap();
        of_owner(&mut tx, owner, (&self.ring, now)).await.unwrap()
    }

    async fn spend(&self, live: &Live, now: Time) -> bool {
        let mut tx = self.db.write().await.unwrap();
        let spent = store::spend(&mut tx, &live.sending, now).await.unwrap();
        tx.commit().await.unwrap();
        spent
    }
}

#[test]
fn codes_have_six_digits_and_print_none() {
    for _ in 0..100 {
        let code = Digits::random(Random::system());
        assert!(code.expose().len() == 6 && code.expose().bytes().all(|b| b.is_ascii_digit()));
        assert_eq!(format!("{code:?}"), "Digits([secret])");
        assert!(code.are(code.expose()) && !code.are("") && !code.are("12345"));
    }
}

#[tokio::test]
async fn one_code_lives_for_an_owner_and_is_spent_once() {
    both(async |db| {
        let post = Post::new(db, "test.arts@voorbeeld.nl").await;
        let old = post.send("one", "0612345678", NOW).await.unwrap();
        let new = post.send("one", "0612345678", NOW).await.unwrap();
        let other = post.send("two", "0612345679", NOW).await.unwrap();
        assert_eq!(post.living("one", NOW).await.unwrap().sending, new.sending);
        assert_eq!(post.living("two", NOW).await.unwrap().sending, other.sending);
        let mut tx = post.db.read().await.unwrap();
        let gone = of_sending(&mut tx, &old.sending, (&post.ring, NOW)).await.unwrap();
        let there = of_sending(&mut tx, &new.sending, (&post.ring, NOW)).await.unwrap();
        drop(tx);
        assert!(gone.is_none() && there.is_some_and(|live| live.code.are(new.code.expose())));
        assert!(!post.spend(&old, NOW).await && post.spend(&new, NOW).await);
        assert!(!post.spend(&new, NOW).await, "once");
        let end = NOW.after(LIFE);
        assert!(!post.spend(&other, end).await && post.living("two", end).await.is_none());
    })
    .await;
}

#[tokio::test]
async fn the_code_of_a_call_is_spent_only_when_it_was_keyed_in() {
    both(async |db| {
        let post = Post::new(db, "test.arts@voorbeeld.nl").await;
        let live = post.send("one", "0612345678", NOW).await.unwrap();
        change(&post.db, "UPDATE sent_code SET kind = 'call'").await;
        assert!(!post.spend(&live, NOW).await);
        for first in [true, false] {
            let mut tx = post.db.write().await.unwrap();
            assert_eq!(store::key_in(&mut tx, &live.sending, NOW).await.unwrap(), first);
            tx.commit().await.unwrap();
        }
        assert!(post.spend(&live, NOW).await);
    })
    .await;
}

#[tokio::test]
async fn shares_hold_over_persons_numbers_and_the_organisation_and_end_with_time() {
    both(async |db| {
        let mut post = Post::new(db.clone(), "test.arts@voorbeeld.nl").await;
        for _ in 0..3 {
            post.send("one", "0612345678", NOW).await.unwrap();
        }
        let until = NOW.after(rules::SHORT);
        let held = post.send("one", "0612345679", NOW).await.unwrap_err();
        assert_eq!(held, Held::Person { until }, "another number of the same person");
        let other = Post::new(db, "test.huisarts@voorbeeld.nl").await;
        let held = other.send("two", "0612345678", NOW).await.unwrap_err();
        assert_eq!(held, Held::Person { until }, "another person at the same number");
        assert_eq!(rows(&post.db, "sent").await, 3, "what is held is not counted");
        post.send("one", "0612345678", until).await.unwrap();
        post.policy.organisation = 4;
        let later = until.after(rules::SHORT);
        let held = post.send("one", "0612345678", later).await.unwrap_err();
        assert_eq!(held, Held::Organisation { until: NOW.after(rules::DAY) });
        other.send("two", "0612345679", later).await.unwrap();
    })
    .await;
}

/// Attack: a code or number in a copy of the database, and one that is moved to another attempt.
#[tokio::test]
async fn no_code_or_number_is_readable_or_works_in_another_row() {
    both(async |db| {
        let post = Post::new(db, "test.arts@voorbeeld.nl").await;
        let mine = post.send("mine", "0612345678", NOW).await.unwrap();
        let _theirs = post.send("theirs", "0612345679", NOW).await.unwrap();
        let all =
            texts(&post.db, "SELECT code FROM sent_code UNION ALL SELECT number FROM sent").await;
        for text in all {
            assert!(!text.contains(mine.code.expose()) && !text.contains("612345678"));
        }
        let code = texts(&post.db, "SELECT code FROM sent_code WHERE owner = 'mine'").await;
        let moved = Sealed::stored(code.concat());
        change(
            &post.db,
            &format!("UPDATE sent_code SET code = '{}' WHERE owner = 'theirs'", moved.as_str()),
        )
        .await;
        let mut tx = post.db.read().await.unwrap();
        let refused = of_owner(&mut tx, "theirs", (&post.ring, NOW)).await.unwrap_err();
        assert!(matches!(refused, Error::Sealed(Unreadable::Content { .. })), "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn what_counts_no_more_is_forgotten() {
    both(async |db| {
        let post = Post::new(db, "test.arts@voorbeeld.nl").await;
        post.send("one", "0612345678", NOW).await.unwrap();
        let forget = async |now: Time| {
            super::forget(&post.db, now).await.unwrap();
            let mut left = vec![];
            for table in ["sent_code", "sent", "sent_turn"] {
                left.push(rows(&post.db, table).await);
            }
            left
        };
        assert_eq!(forget(NOW).await, [1, 1, 1]);
        assert_eq!(forget(NOW.after(LIFE)).await, [0, 1, 1]);
        assert_eq!(forget(NOW.after(2 * rules::DAY)).await, [0, 0, 0]);
    })
    .await;
}
