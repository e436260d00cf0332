//! What the database keeps of addresses, on both engines.

use super::*;
use crate::id::AddressId;
use crate::secret::Token;
use crate::storage::testing::{account, both, rows};
use proptest::prelude::*;

const NOW: Time = Time::from_millis(1_000_000);
/// How long a code is good here, and how long a new address waits.
const LIFE: Duration = Duration::from_secs(10 * 60);
const WAIT: Duration = Duration::from_secs(7 * 24 * 60 * 60);

fn ring() -> (tempfile::TempDir, Keyring) {
    let folder = tempfile::tempdir().unwrap();
    let ring = Keyring::open(folder.path(), Random::system()).unwrap();
    (folder, ring)
}

#[tokio::test]
async fn a_back_up_address_and_those_of_until_lately_are_sealed_and_heard_until_their_time() {
    let (_folder, ring) = ring();
    both(async |db| {
        let id = account(&db, "test.arts@voorbeeld.nl").await.id;
        let random = Random::system();
        let mut tx = db.write().await.unwrap();
        for (text, starts) in
            [("eerste@voorbeeld.nl", NOW), ("tweede@voorbeeld.nl", NOW.after(WAIT))]
        {
            let sealed = Anchor::of(text).seal(&ring, (places::BACKUP_EMAIL, id.as_str()), random);
            assert!(!sealed.as_str().contains("voorbeeld"));
            store::put_backup(&mut tx, &id, &sealed, starts).await.unwrap();
        }
        let backup = super::backup(&mut tx, &id, &ring).await.unwrap().unwrap();
        assert_eq!(backup.address.as_str(), "tweede@voorbeeld.nl");
        assert_eq!(backup.starts_at, NOW.after(WAIT));
        let former = AddressId::random(random);
        let sealed = Anchor::of("oud@voorbeeld.nl").seal(
            &ring,
            (places::FORMER_EMAIL, former.as_str()),
            random,
        );
        store::add_former(&mut tx, (&former, &id), &sealed, NOW.after(WAIT)).await.unwrap();
        let mut heard = async |now| {
            let all = beside(&mut tx, &id, (&ring, now)).await.unwrap();
            all.into_iter().map(|one| one.unwrap().as_str().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(heard(NOW).await, ["tweede@voorbeeld.nl", "oud@voorbeeld.nl"]);
        assert_eq!(heard(NOW.after(WAIT)).await, ["tweede@voorbeeld.nl"]);
        store::forget_former(&mut tx, NOW.after(WAIT)).await.unwrap();
        assert!(store::remove_backup(&mut tx, &id).await.unwrap());
        assert!(!store::remove_backup(&mut tx, &id).await.unwrap());
        tx.commit().await.unwrap();
        for table in ["backup_email", "former_email"] {
            assert_eq!(rows(&db, table).await, 0, "{table}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_change_is_one_sessions_lapses_and_of_sixty_four_who_spend_it_one_does() {
    let (_folder, ring) = ring();
    both(async |db| {
        let id = account(&db, "test.arts@voorbeeld.nl").await.id;
        let random = Random::system();
        let (code, ours) = (Digits::random(random), (&id, "session"));
        let mut tx = db.write().await.unwrap();
        let (seal, until) = ((&ring, random), NOW.after(LIFE));
        for text in ["eerste@voorbeeld.nl", "tweede@voorbeeld.nl"] {
            let wish = (Purpose::LogIn, &Anchor::of(text), &code);
            begin(&mut tx, ours, wish, seal, until).await.unwrap();
        }
        let change = super::change(&mut tx, ours, (&ring, NOW)).await.unwrap().unwrap();
        assert_eq!(change.address.as_str(), "tweede@voorbeeld.nl", "the last one alone");
        assert_eq!((change.purpose, change.code.are(code.expose())), (Purpose::LogIn, true));
        assert!(!change.kept.as_str().contains(code.expose()));
        for (session, now) in [("other", NOW), ("session", NOW.after(LIFE))] {
            let none = super::change(&mut tx, (&id, session), (&ring, now)).await.unwrap();
            assert!(none.is_none(), "{session}");
        }
        store::forget_changes(&mut tx, NOW).await.unwrap();
        tx.commit().await.unwrap();
        let tries = (0..64).map(|_| async {
            let mut tx = db.write().await.unwrap();
            let spent = store::spend_change(&mut tx, ours, &change.kept, NOW).await.unwrap();
            tx.commit().await.unwrap();
            usize::from(spent)
        });
        let spent: usize = futures_util::future::join_all(tries).await.into_iter().sum();
        assert_eq!(spent, 1);
        let mut tx = db.write().await.unwrap();
        let wish = (Purpose::BackUp, &change.address, &code);
        begin(&mut tx, ours, wish, seal, until).await.unwrap();
        store::forget_all(&mut tx, &id).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(rows(&db, "email_change").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_link_is_one_attempts_and_of_sixty_four_who_spend_it_one_does() {
    both(async |db| {
        let id = account(&db, "test.arts@voorbeeld.nl").await.id;
        let [old, new] = [0, 1].map(|_| Token::random(Random::system()).hash());
        let end = NOW.after(LIFE);
        let mut tx = db.write().await.unwrap();
        for link in [&old, &new] {
            store::put_link(&mut tx, ("attempt", &id), link, end).await.unwrap();
        }
        store::forget_links(&mut tx, NOW).await.unwrap();
        assert_eq!(store::link(&mut tx, "attempt", NOW).await.unwrap(), Some(end));
        assert_eq!(store::link(&mut tx, "attempt", end).await.unwrap(), None);
        for (owner, link, now) in
            [("attempt", &old, NOW), ("other", &new, NOW), ("attempt", &new, end)]
        {
            assert!(!store::spend_link(&mut tx, owner, link, now).await.unwrap(), "{owner}");
        }
        tx.commit().await.unwrap();
        let tries = (0..64).map(|_| async {
            let mut tx = db.write().await.unwrap();
            let spent = store::spend_link(&mut tx, "attempt", &new, NOW).await.unwrap();
            tx.commit().await.unwrap();
            usize::from(spent)
        });
        assert_eq!(futures_util::future::join_all(tries).await.into_iter().sum::<usize>(), 1);
        let mut tx = db.write().await.unwrap();
        store::put_link(&mut tx, ("attempt", &id), &new, end).await.unwrap();
        store::end_links(&mut tx, &id).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(rows(&db, "email_link").await, 0);
    })
    .await;
}

#[test]
fn a_change_closes_the_road_for_a_week_whatever_changed() {
    assert_eq!(usable_from(NOW, &[], WAIT), NOW);
    let (early, late) = (NOW.before(WAIT), NOW.after(Duration::from_secs(1)));
    assert_eq!(usable_from(NOW, &[early], WAIT), NOW);
    assert_eq!(usable_from(NOW, &[late, early], WAIT), late.after(WAIT));
}

#[test]
fn others_see_the_first_character_and_the_host() {
    assert_eq!(
        Anchor::of("test.arts@voorbeeld.nl").hint(),
        "t\u{2022}\u{2022}\u{2022}@voorbeeld.nl"
    );
    assert!(!format!("{:?}", Anchor::of("test.arts@voorbeeld.nl")).contains("arts"));
}

proptest! {
    #[test]
    fn any_text_has_a_hint_that_is_shorter_on_its_left(text in "\\PC{0,30}") {
        let hint = Anchor::of(&text).hint();
        let local = hint.split('@').next().unwrap_or_default();
        prop_assert!(local.chars().count() <= 4);
    }

    #[test]
    fn no_change_opens_the_road_earlier(starts in 0_i64..1_000_000, changes in proptest::collection::vec(0_i64..1_000_000, 0..4)) {
        let changes: Vec<_> = changes.into_iter().map(Time::from_millis).collect();
        let from = usable_from(Time::from_millis(starts), &changes, WAIT);
        prop_assert!(from >= Time::from_millis(starts));
        prop_assert!(changes.iter().all(|change| from >= change.after(WAIT)));
    }

    #[test]
    fn a_purpose_is_read_back_and_nothing_else_is_one(text in "\\PC{0,9}") {
        for purpose in Purpose::ALL {
            prop_assert_eq!(Purpose::parse(purpose.as_str()), Some(purpose));
        }
        let known = Purpose::ALL.iter().any(|purpose| purpose.as_str() == text);
        prop_assert_eq!(Purpose::parse(&text).is_some(), known);
    }
}
