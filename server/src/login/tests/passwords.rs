//! The password of a log-in: what is counted, what is hashed, and what names tell.

use super::*;

/// How many passwords a block kept from being looked at, as each that was looked at says, with its
/// place in the row of wrong ones.
async fn tried(app: &App, account: &AccountId) -> Vec<(u64, u64)> {
    let events = full_events(app, Some(account)).await;
    let tried = events.iter().filter(|event| event["event"] == "password_tried");
    let number = |event: &Value, name: &str| event[name].as_u64().unwrap_or(0);
    tried.map(|event| (number(event, "refused"), number(event, "streak"))).collect()
}

/// Where a password is given.
#[derive(Clone, Copy, Debug)]
enum Place {
    /// In an attempt that an application began.
    Application,
    /// At the log-in page, which begins one.
    Page,
}

const PLACES: [Place; 2] = [Place::Application, Place::Page];

/// One password at a place, and what came of it.
async fn try_at(place: Place, app: &App, name: &str, text: &str) -> PasswordAnswer {
    match place {
        Place::Application => try_password(app, name, text).await.1,
        Place::Page => {
            let started = start_with_password(app, ("", None), name, secret(text)).await;
            started.unwrap().1
        }
    }
}

#[tokio::test]
async fn five_wrong_passwords_block_known_and_unknown_names_alike() {
    both(async |db| five_wrong_passwords(db, Place::Application).await).await;
    both(async |db| five_wrong_passwords(db, Place::Page).await).await;
}

async fn five_wrong_passwords(db: Db, place: Place) {
    let (app, account) = begin(db).await;
    let mut soft = SoftKey::new();
    enrol(&app, &mut soft, KeyKind::Passkey).await;
    let walk = async |name: &str| {
        let mut answers = vec![];
        for _ in 0..6 {
            answers.push(format!("{:?}", try_at(place, &app, name, "mis mis mis mis").await));
        }
        answers
    };
    let known = walk(NAME).await;
    assert_eq!(known[3], "Wrong");
    assert!(known[4].starts_with("Blocked { until: Some("), "{}", known[4]);
    assert_eq!(known[5], known[4]);
    assert_eq!(known, walk("test.niemand@voorbeeld.nl").await);
    assert_eq!(known, walk("geen adres").await);

    let right = try_at(place, &app, NAME, PASSWORD).await;
    assert!(matches!(right, PasswordAnswer::Blocked { .. }), "not looked at: {right:?}");
    let session = done(tap(&app, &attempt(&app).await, &mut soft).await);
    assert_eq!(session.login.account, account.id, "a block is no weapon");

    app.clock.advance(app.config.lockout.block);
    let right = try_at(place, &app, NAME, PASSWORD).await;
    assert!(matches!(right, PasswordAnswer::Factor(_)), "{right:?}");
    let seen = events(&app, Some(&account.id)).await;
    let count = |kind: &str| seen.iter().filter(|event| *event == kind).count();
    assert_eq!((count("password_wrong"), count("password_refused")), (5, 1));
    assert_eq!(count("password_blocked"), 1);
    // The two that were refused are counted in the next that was looked at.
    let tried = tried(&app, &account.id).await;
    assert_eq!(tried.iter().filter(|one| **one == (2, 1)).count(), 1, "{tried:?}");
}

#[tokio::test]
async fn of_two_hundred_wrong_passwords_at_once_five_are_looked_at() {
    both(async |db| two_hundred_wrong_passwords(db, Place::Application).await).await;
    both(async |db| two_hundred_wrong_passwords(db, Place::Page).await).await;
}

async fn two_hundred_wrong_passwords(db: Db, place: Place) {
    let (app, account) = begin(db).await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..200 {
        let app = Arc::clone(&app);
        tasks.spawn(async move { try_at(place, &app, NAME, "mis mis mis mis").await });
    }
    tasks.join_all().await;
    let seen = events(&app, Some(&account.id)).await;
    let count = |kind: &str| seen.iter().filter(|event| *event == kind).count();
    assert_eq!((count("password_wrong"), count("password_refused")), (5, 1));
    app.clock.advance(app.config.lockout.block);
    let _ = try_at(place, &app, NAME, "mis mis mis mis").await;
    let tried = tried(&app, &account.id).await;
    assert!(tried.contains(&(195, 1)), "{tried:?}");
}

/// Attack: enumeration by time. What there is to tell is written when nobody waits for it.
#[tokio::test]
async fn a_blocked_password_writes_as_much_for_a_name_that_nobody_has() {
    both(async |db| {
        let (app, _) = begin(db).await;
        let tables = ["message", "outbox", "told", "audit"];
        let mut written = Vec::new();
        for name in [NAME, "test.niemand@voorbeeld.nl"] {
            let mut grown = Vec::new();
            for table in tables {
                grown.push(-rows(&app.db, table).await);
            }
            for _ in 0..5 {
                let _ = try_at(Place::Page, &app, name, "mis mis mis mis").await;
            }
            for (table, before) in tables.into_iter().zip(&mut grown) {
                *before += rows(&app.db, table).await;
            }
            written.push(grown);
        }
        let [known, nobody] = &written[..] else { panic!("{written:?}") };
        assert_eq!(known, nobody, "{tables:?}");
        assert_eq!(known[..3], [0, 1, 1], "{tables:?}");
    })
    .await;
}

/// Whoever measures how long an answer takes learns nothing from it: the one costly step is the same.
#[tokio::test]
async fn every_kind_of_name_costs_one_hash_and_a_blocked_one_none() {
    both(async |db| {
        let (app, _) = begin(db).await;
        account(&app.db, "test.bare@voorbeeld.nl").await;
        let mut soft = SoftKey::new();
        enrol(&app, &mut soft, KeyKind::Passkey).await;
        let hashes = async |place: Place, name: &str, text: &str| {
            let computed = || app.passwords.computed.load(std::sync::atomic::Ordering::SeqCst);
            let before = computed();
            let _ = try_at(place, &app, name, text).await;
            computed() - before
        };
        let bare = "test.bare@voorbeeld.nl"; // an account that has no password
        for place in PLACES {
            for name in [NAME, bare, "test.niemand@voorbeeld.nl", "geen adres", ""] {
                for _ in 0..5 {
                    assert_eq!(hashes(place, name, "mis mis mis mis").await, 1, "{place:?} {name}");
                }
                assert_eq!(hashes(place, name, PASSWORD).await, 0, "{place:?} {name} is blocked");
            }
            app.clock.advance(app.config.lockout.block);
            assert_eq!(hashes(place, NAME, PASSWORD).await, 1, "the right one");
        }
    })
    .await;
}

#[tokio::test]
async fn who_finds_no_room_at_the_desk_has_begun_nothing() {
    both(async |db| {
        let (app, account) = begin(db).await;
        let begun = attempt(&app).await;
        let passwords = &app.config.passwords;
        let all = passwords.at_once + passwords.waiting;
        let _held: Vec<_> = (0..all).map(|_| app.passwords.admit().unwrap()).collect();
        let answer = start_with_password(&app, ("", None), NAME, secret(PASSWORD)).await;
        assert!(matches!(answer, Err(Error::Busy(_))), "{answer:?}");
        let answer = password(&app, &begun, NAME, secret(PASSWORD)).await;
        assert!(matches!(answer, Err(Error::Busy(_))), "{answer:?}");
        assert_eq!(rows(&app.db, "attempt").await, 1, "the one that was there");
        assert_eq!(rows(&app.db, "lockout").await, 0, "nothing is counted");
        assert_eq!(events(&app, Some(&account.id)).await, Vec::<String>::new());
    })
    .await;
}

/// The token of a wrong password finds nothing, so that a page need not keep it.
#[tokio::test]
async fn at_a_page_only_a_right_password_leaves_an_attempt() {
    both(async |db| {
        let (app, account) = begin(db).await;
        enrol(&app, &mut SoftKey::new(), KeyKind::SecurityKey).await;
        let before = rows(&app.db, "attempt").await;
        let try_at_a_page = async |name, password| {
            let started = start_with_password(&app, ("", None), name, secret(password)).await;
            (started.unwrap(), rows(&app.db, "attempt").await - before)
        };
        for name in [NAME, "niemand@voorbeeld.nl"] {
            let ((token, answer), left) = try_at_a_page(name, "mis mis mis mis").await;
            assert!(matches!(answer, PasswordAnswer::Wrong), "{answer:?}");
            assert_eq!(left, 0, "{name}");
            let further = password(&app, &token, NAME, secret(PASSWORD)).await;
            assert!(matches!(further, Err(Error::AttemptOver)), "{further:?}");
        }
        let ((token, answer), left) = try_at_a_page(NAME, PASSWORD).await;
        assert!(matches!(answer, PasswordAnswer::Factor(_)), "{answer:?}");
        assert_eq!(left, 1);
        assert!(key_options(&app, &token).await.is_ok());
        let mut told = std::collections::BTreeMap::<_, Vec<_>>::new();
        for event in full_events(&app, Some(&account.id)).await {
            let name = event["event"].as_str().unwrap().to_owned();
            if name.starts_with("password_") {
                told.entry(event["actor"]["attempt"].to_string()).or_default().push(name);
            }
        }
        assert!(told.values().all(|of_one| of_one.len() == 2), "a try, and what it was: {told:?}");
    })
    .await;
}

#[tokio::test]
async fn who_hangs_up_leaves_a_try_that_was_counted_and_recorded() {
    both(async |db| {
        let (app, account) = begin(db).await;
        let token = attempt(&app).await;
        {
            let asked = password(&app, &token, NAME, secret("mis mis mis mis"));
            let mut asked = std::pin::pin!(asked);
            // Until the try is counted; what it was is not known then.
            while events(&app, Some(&account.id)).await.is_empty() {
                let polled = std::future::poll_fn(|context| {
                    std::task::Poll::Ready(asked.as_mut().poll(context))
                });
                assert!(polled.await.is_pending(), "the answer came before the try was counted");
                tokio::task::yield_now().await;
            }
        }
        // It may have been looked at by then.
        let told = events(&app, Some(&account.id)).await;
        assert!(
            told == ["password_tried"] || told == ["password_tried", "password_wrong"],
            "{told:?}"
        );
        for _ in 0..3 {
            try_password(&app, NAME, "mis mis mis mis").await;
        }
        let (_, last) = try_password(&app, NAME, "mis mis mis mis").await;
        assert!(matches!(last, PasswordAnswer::Blocked { .. }), "the first one counts: {last:?}");
    })
    .await;
}

#[tokio::test]
async fn a_password_longer_than_any_is_wrong_and_counted() {
    both(async |db| {
        let (app, account) = begin(db).await;
        let (_, answer) = try_password(&app, NAME, &PASSWORD.repeat(50_000)).await;
        assert!(matches!(answer, PasswordAnswer::Wrong), "{answer:?}");
        assert_eq!(events(&app, Some(&account.id)).await, ["password_tried", "password_wrong"]);
    })
    .await;
}

/// What an organisation decides about blocks holds for its people, and for the names in their domain
/// that nobody has: by its length no block tells who has an account.
#[tokio::test]
async fn a_block_lasts_as_the_organisation_decided_for_known_and_unknown_names() {
    both(async |db| {
        let (app, account) = begin(db).await;
        let mut tx = app.db.write().await.unwrap();
        let block = organisations::store::decide;
        block(&mut tx, &account.organisation, Setting::PasswordBlock, "60").await.unwrap();
        tx.commit().await.unwrap();
        let blocked = async |name: &str| {
            for _ in 0..4 {
                try_password(&app, name, "fout").await;
            }
            let answer = try_password(&app, name, "fout").await.1;
            let PasswordAnswer::Blocked { until } = answer else { panic!("{name}: {answer:?}") };
            until.unwrap().since(app.clock.now())
        };
        let minute = Duration::from_secs(60);
        assert_eq!(blocked(NAME).await, minute);
        for nobody in ["niemand", "a", "zz"] {
            assert_eq!(blocked(&format!("{nobody}@voorbeeld.nl")).await, minute, "{nobody}");
        }
        let server = app.config.lockout.block;
        for elsewhere in ["test.arts@elders.nl", "geen adres", "voorbeeld.nl"] {
            assert_eq!(blocked(elsewhere).await, server, "{elsewhere}");
        }
    })
    .await;
}

/// In a domain of several organisations a name that nobody has is blocked as one of them, always the
/// same one, and each of them is met.
#[tokio::test]
async fn unknown_names_of_a_shared_domain_are_shared_out_among_its_organisations() {
    both(async |db| {
        let mut organisations = Vec::new();
        for number in 0..8 {
            let name = format!("test.{number}@voorbeeld.nl");
            organisations.push(crate::storage::testing::account(&db, &name).await.organisation);
        }
        let mut tx = db.read().await.unwrap();
        let mut met = std::collections::BTreeSet::new();
        for number in 0..200 {
            let name = format!("niemand.{number}@voorbeeld.nl");
            let lot = Subject::nobody(&name, &[7; 32]).lot().to_owned();
            let mut find = async || {
                let domain = "voorbeeld.nl";
                crate::accounts::store::organisation_by_lot(&mut tx, domain, &lot).await.unwrap()
            };
            let found = find().await.unwrap();
            assert_eq!(find().await.as_ref(), Some(&found));
            met.insert(found);
        }
        assert!(met.len() >= 6, "{} of 8", met.len());
    })
    .await;
}
