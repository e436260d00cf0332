//! Keys and passkeys: what their answers are worth, and which are refused.

use super::*;

#[tokio::test]
async fn a_passkey_logs_in_alone_and_says_when_it_did_not_verify() {
    both(async |db| {
        let (app, _) = begin(db).await;
        let mut soft = SoftKey::new();
        enrol(&app, &mut soft, KeyKind::Passkey).await;
        soft.verifies = false;
        let token = attempt(&app).await;
        let refused = refusal(tap(&app, &token, &mut soft).await);
        assert_eq!(refused, Refusal::UserVerificationMissing);
        soft.verifies = true;
        let session = done(tap(&app, &token, &mut soft).await);
        assert_eq!((session.login.way, session.login.level), (Way::Key, Level::High));
    })
    .await;
}

#[tokio::test]
async fn a_synced_passkey_gives_substantial() {
    both(async |db| {
        let (app, _) = begin(db).await;
        let mut soft = SoftKey { synced: true, counter: 0, ..SoftKey::new() };
        enrol(&app, &mut soft, KeyKind::Passkey).await;
        for _ in 0..2 {
            let session = done(tap(&app, &attempt(&app).await, &mut soft).await);
            assert_eq!(session.login.level, Level::Substantial);
        }
    })
    .await;
}

/// A passkey provider may begin to copy what was bound to one device. The other way round is a lie.
#[tokio::test]
async fn a_passkey_that_becomes_a_synced_one_gives_substantial_from_then_on() {
    both(async |db| {
        let (app, _) = begin(db).await;
        let mut soft = SoftKey { counter: 0, ..SoftKey::new() };
        enrol(&app, &mut soft, KeyKind::Passkey).await;
        let session = done(tap(&app, &attempt(&app).await, &mut soft).await);
        assert_eq!(session.login.level, Level::High);
        soft.synced = true;
        for _ in 0..2 {
            let session = done(tap(&app, &attempt(&app).await, &mut soft).await);
            assert_eq!(session.login.level, Level::Substantial);
        }
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        let session = done(tap(&app, &token, &mut soft).await);
        assert_eq!(session.login.level, Level::Substantial);
        soft.synced = false;
        let refused = refusal(tap(&app, &attempt(&app).await, &mut soft).await);
        assert_eq!(refused, Refusal::BackupChanged);
    })
    .await;
}

#[tokio::test]
async fn a_passkey_becomes_a_synced_one_after_a_password_too() {
    both(async |db| {
        let (app, _) = begin(db).await;
        let mut soft = SoftKey { counter: 0, ..SoftKey::new() };
        enrol(&app, &mut soft, KeyKind::Passkey).await;
        soft.synced = true;
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        let session = done(tap(&app, &token, &mut soft).await);
        assert_eq!(session.login.level, Level::Substantial);
    })
    .await;
}

/// A security key is bound to its device; one that says otherwise later is not the one it was.
#[tokio::test]
async fn a_security_key_does_not_become_a_synced_one() {
    both(async |db| {
        let (app, _) = begin(db).await;
        let mut soft = SoftKey { counter: 0, ..SoftKey::new() };
        enrol(&app, &mut soft, KeyKind::SecurityKey).await;
        soft.synced = true;
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        assert_eq!(refusal(tap(&app, &token, &mut soft).await), Refusal::BackupChanged);
        soft.synced = false;
        done(tap(&app, &token, &mut soft).await);
    })
    .await;
}

#[tokio::test]
async fn a_key_may_verify_its_user_now_and_then() {
    both(async |db| {
        let (app, _) = begin(db).await;
        let mut soft = SoftKey { verifies: false, ..SoftKey::new() };
        enrol(&app, &mut soft, KeyKind::SecurityKey).await;
        let levels = [(true, Level::High), (false, Level::Substantial)];
        for (verifies, level) in levels.into_iter().cycle().take(4) {
            soft.verifies = verifies;
            let (token, _) = try_password(&app, NAME, PASSWORD).await;
            let session = done(tap(&app, &token, &mut soft).await);
            assert_eq!(session.login.level, level);
        }
    })
    .await;
}

#[tokio::test]
async fn a_key_that_says_it_is_anothers_is_refused_after_a_password() {
    both(async |db| {
        let (app, _) = begin(db).await;
        let mut soft = SoftKey::new();
        enrol(&app, &mut soft, KeyKind::SecurityKey).await;
        let own = soft.user.clone();
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        for other in ["AAAAAAAAAAAAAAAAAAAAAA", "AA"] {
            soft.user = Some(other.to_owned());
            assert_eq!(refusal(tap(&app, &token, &mut soft).await), Refusal::NotRecognised);
        }
        soft.user = None;
        done(tap(&app, &token, &mut soft).await);
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        soft.user = own;
        done(tap(&app, &token, &mut soft).await);
    })
    .await;
}

#[tokio::test]
async fn a_key_that_verifies_nobody_gives_substantial_after_a_password_only() {
    both(async |db| {
        let (app, _) = begin(db).await;
        let mut soft = SoftKey { verifies: false, ..SoftKey::new() };
        enrol(&app, &mut soft, KeyKind::SecurityKey).await;
        let alone = attempt(&app).await;
        let refused = refusal(tap(&app, &alone, &mut soft).await);
        assert_eq!(refused, Refusal::UserVerificationMissing);
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        let session = done(tap(&app, &token, &mut soft).await);
        assert_eq!(session.login.level, Level::Substantial);
    })
    .await;
}

#[tokio::test]
async fn an_answer_counts_once() {
    both(async |db| {
        let (app, _) = begin(db).await;
        let mut soft = SoftKey::new();
        enrol(&app, &mut soft, KeyKind::Passkey).await;
        let token = attempt(&app).await;
        let options = key_options(&app, &token).await.unwrap();
        let answer = soft.get(&options);
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..64 {
            let (app, token, answer) = (Arc::clone(&app), token.clone(), answer.clone());
            tasks.spawn(async move { key(&app, &token, &answer).await.is_ok() });
        }
        let taken = tasks.join_all().await.into_iter().filter(|taken| *taken).count();
        assert_eq!(taken, 1, "the others find the attempt over");
        let other = attempt(&app).await;
        key_options(&app, &other).await.unwrap();
        let replayed = refusal(key(&app, &other, &answer).await.unwrap());
        assert_eq!(replayed, Refusal::ChallengeGone, "it answers another question");
        key_options(&app, &other).await.unwrap();
        assert_eq!(refusal(key(&app, &other, &answer).await.unwrap()), Refusal::ChallengeGone);
        assert_eq!(refusal(key(&app, &other, &answer).await.unwrap()), Refusal::ChallengeGone);
    })
    .await;
}

#[tokio::test]
async fn answers_from_elsewhere_are_refused() {
    both(async |db| {
        let (app, _) = begin(db).await;
        let mut soft = SoftKey::new();
        enrol(&app, &mut soft, KeyKind::Passkey).await;
        let token = attempt(&app).await;
        for origin in [
            "http://localhost:8081",
            "http://localhost",
            "https://localhost:8080",
            "http://evil.example",
            "http://inloggen.localhost:8080",
            "http://localhost.evil.example:8080",
            "http://localhost.:8080",
            "http://xn--lcalhost-e1a:8080",
            "http://localhost:8080@evil.example",
            "null",
            "",
        ] {
            soft.origin = origin;
            let refused = refusal(tap(&app, &token, &mut soft).await);
            assert_eq!(refused, Refusal::OtherAddress, "{origin}");
        }
        soft.origin = crate::factors::testing::ORIGIN;
        for site in ["evil.example", "inloggen.localhost", "localhost.", "LOCALHOST", ""] {
            soft.quirks.rp_id = site;
            let refused = refusal(tap(&app, &token, &mut soft).await);
            assert_eq!(refused, Refusal::OtherSite, "{site}");
        }
        soft.quirks.rp_id = "localhost";
        soft.cross_origin = true;
        assert_eq!(refusal(tap(&app, &token, &mut soft).await), Refusal::CrossOrigin);
        soft.cross_origin = false;
        for broken in [Value::Null, serde_json::json!({}), serde_json::json!({"id": "x"})] {
            key_options(&app, &token).await.unwrap();
            assert_eq!(refusal(key(&app, &token, &broken).await.unwrap()), Refusal::Malformed);
        }
        let refused = refusal(tap(&app, &token, &mut SoftKey::new()).await);
        assert_eq!(refused, Refusal::NotRecognised, "an unknown key");
        done(tap(&app, &token, &mut soft).await);
    })
    .await;
}

#[tokio::test]
async fn a_counter_that_goes_back_closes_the_key() {
    both(async |db| {
        let (app, account) = begin(db).await;
        let mut soft = SoftKey { counter: 40, ..SoftKey::new() };
        enrol(&app, &mut soft, KeyKind::Passkey).await;
        let token = attempt(&app).await;
        soft.counter = 3;
        let options = key_options(&app, &token).await.unwrap();
        let mut forged = soft.get(&options);
        forged["response"]["signature"] = "MAYCAQECAQE".into();
        let refused = refusal(key(&app, &token, &forged).await.unwrap());
        assert_eq!(refused, Refusal::NotRecognised, "without a signature nothing is believed");
        assert_eq!(refusal(tap(&app, &token, &mut soft).await), Refusal::PossiblyCloned);
        soft.counter = 100;
        assert_eq!(refusal(tap(&app, &token, &mut soft).await), Refusal::PossiblyCloned);
        let seen = events(&app, Some(&account.id)).await;
        assert_eq!(seen.iter().filter(|event| *event == "factor_cloned").count(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_copied_key_is_no_way_in_and_does_not_stand_for_a_good_one() {
    both(async |db| {
        let (app, _) = begin(db).await;
        let mut good = SoftKey::new();
        enrol(&app, &mut good, KeyKind::Passkey).await;
        let owner = done(tap(&app, &attempt(&app).await, &mut good).await);
        let mut copied = SoftKey { counter: 40, ..SoftKey::new() };
        let options =
            enrolment::run::key_options(&app, &owner, KeyKind::SecurityKey).await.unwrap();
        enrolment::run::key(&app, &owner, &copied.create(&options), "").await.unwrap();
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        let owner = done(tap(&app, &token, &mut copied).await);
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        copied.counter = 3;
        assert_eq!(refusal(tap(&app, &token, &mut copied).await), Refusal::PossiblyCloned);
        let (_, answer) = try_password(&app, NAME, PASSWORD).await;
        assert!(
            matches!(&answer, PasswordAnswer::Factor(Offer { ways, .. }) if *ways == [Kind::Passkey]),
            "{answer:?}"
        );
        // Every session ended: one of them may be of whoever has the copy.
        let over = enrolment::run::key_options(&app, &owner, KeyKind::Passkey).await;
        assert!(matches!(over, Err(enrolment::Error::SessionOver)), "{over:?}");
        let owner = done(tap(&app, &attempt(&app).await, &mut good).await);
        let mut seen = crate::accounts::run::overview(&app, &owner).await.unwrap().factors;
        seen.sort_by_key(|factor| !factor.is_usable());
        assert_eq!(seen.iter().map(|f| f.is_usable()).collect::<Vec<_>>(), [true, false]);
        let keep = enrolment::policy::Intent::KeepLast;
        let last = enrolment::run::remove(&app, &owner, &seen[0].id, keep).await;
        assert!(
            matches!(last, Err(enrolment::Error::Denied(enrolment::policy::Denied::LastFactor))),
            "{last:?}"
        );
        enrolment::run::remove(&app, &owner, &seen[1].id, keep).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_refused_key_is_recorded_as_what_it_is_where_that_is_known() {
    both(async |db| {
        let (app, account) = begin(db).await;
        let mut soft = SoftKey::new();
        enrol(&app, &mut soft, KeyKind::SecurityKey).await;
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        let options = key_options(&app, &token).await.unwrap();
        let mut forged = SoftKey { secret: SoftKey::new().secret, ..soft };
        refusal(key(&app, &token, &forged.get(&options)).await.unwrap());
        let options = key_options(&app, &token).await.unwrap();
        refusal(key(&app, &token, &SoftKey::new().get(&options)).await.unwrap());
        let seen = full_events(&app, Some(&account.id)).await;
        let refused = seen.iter().filter(|event| event["event"] == "factor_refused");
        let mut kinds: Vec<_> = refused
            .map(|event| (event["reason"].as_str().unwrap(), event.get("kind").cloned()))
            .collect();
        kinds.sort_by_key(|(reason, _)| *reason);
        assert_eq!(
            kinds,
            [("bad_signature", Some(Value::from("security_key"))), ("not_recognised", None)]
        );
    })
    .await;
}

#[tokio::test]
async fn somebody_elses_key_is_refused_after_a_password() {
    both(async |db| {
        let (app, _) = begin(db).await;
        let mut soft = SoftKey::new();
        enrol(&app, &mut soft, KeyKind::Passkey).await;
        let other = account(&app.db, "test.ander@voorbeeld.nl").await;
        let hash = app.passwords.admit().unwrap().hash(secret(PASSWORD)).await;
        let mut tx = app.db.write().await.unwrap();
        crate::password::testing::keep(&mut tx, &other.id, &hash, app.clock.now()).await;
        tx.commit().await.unwrap();
        let (_, answer) = try_password(&app, "test.ander@voorbeeld.nl", PASSWORD).await;
        let PasswordAnswer::EnrolOnly(granted) = answer else { panic!("{answer:?}") };
        let (_, visit) = session(granted);
        let mut theirs = SoftKey::new();
        let options = enrolment::run::key_options(&app, &visit, KeyKind::Passkey).await.unwrap();
        enrolment::run::key(&app, &visit, &theirs.create(&options), "").await.unwrap();
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        assert_eq!(refusal(tap(&app, &token, &mut theirs).await), Refusal::NotRecognised);
        done(tap(&app, &token, &mut soft).await);
    })
    .await;
}
