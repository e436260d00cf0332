//! An attempt from its password to its end: what is asked, in which order, and what ends it.

use super::*;

#[tokio::test]
async fn a_password_and_a_key_log_in() {
    both(async |db| {
        let (app, account) = begin(db).await;
        let mut soft = SoftKey::new();
        enrol(&app, &mut soft, KeyKind::SecurityKey).await;
        let (token, answer) = try_password(&app, "Test.Arts@VOORBEELD.nl", PASSWORD).await;
        assert!(
            matches!(&answer, PasswordAnswer::Factor(Offer { ways, .. }) if *ways == [Kind::SecurityKey]),
            "{answer:?}"
        );
        let session = done(tap(&app, &token, &mut soft).await);
        assert_eq!(session.login.account, account.id);
        assert_eq!(session.login.way, Way::PasswordAndKey);
        assert_eq!((session.login.scope, session.login.level), (Scope::Full, Level::High));
        assert_eq!(session.client, "test browser");
        let seen = events(&app, Some(&account.id)).await;
        for event in ["password_right", "factor_added", "factor_proven", "session_opened"] {
            assert!(seen.iter().any(|other| other == event), "{event} in {seen:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_done_attempt_is_over() {
    both(async |db| {
        let (app, _) = begin(db).await;
        let mut soft = SoftKey::new();
        enrol(&app, &mut soft, KeyKind::Passkey).await;
        let token = attempt(&app).await;
        done(tap(&app, &token, &mut soft).await);
        assert!(matches!(key_options(&app, &token).await, Err(Error::AttemptOver)));
        let again = password(&app, &token, NAME, secret(PASSWORD)).await;
        assert!(matches!(again, Err(Error::AttemptOver)));
        let late = attempt(&app).await;
        app.clock.advance(app.config.times.attempt);
        assert!(matches!(key_options(&app, &late).await, Err(Error::AttemptOver)));
        let unknown = Token::random(app.random);
        assert!(matches!(key_options(&app, &unknown).await, Err(Error::AttemptOver)));
    })
    .await;
}

#[tokio::test]
async fn keys_of_both_kinds_are_asked_for_together_after_a_password() {
    both(async |db| {
        let (app, _) = begin(db).await;
        let mut passkey = SoftKey::new();
        enrol(&app, &mut passkey, KeyKind::Passkey).await;
        let owner = done(tap(&app, &attempt(&app).await, &mut passkey).await);
        let mut touch = SoftKey { verifies: false, ..SoftKey::new() };
        let options =
            enrolment::run::key_options(&app, &owner, KeyKind::SecurityKey).await.unwrap();
        assert_eq!(options["excludeCredentials"].as_array().map(Vec::len), Some(1));
        enrolment::run::key(&app, &owner, &touch.create(&options), "").await.unwrap();
        for (soft, level) in [(&mut passkey, Level::High), (&mut touch, Level::Substantial)] {
            let (token, _) = try_password(&app, NAME, PASSWORD).await;
            let options = key_options(&app, &token).await.unwrap();
            assert_eq!(options["allowCredentials"].as_array().map(Vec::len), Some(2));
            let answer = key(&app, &token, &soft.get(&options)).await.unwrap();
            assert_eq!(done(answer).login.level, level);
        }
    })
    .await;
}

/// Anybody may open the page that asks for a factor, with any cookie.
#[tokio::test]
async fn what_a_log_in_may_go_on_with_is_read_while_another_writes() {
    both(async |db| {
        let (app, _) = begin(db).await;
        enrol(&app, &mut SoftKey::new(), KeyKind::SecurityKey).await;
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        let nobody = attempt(&app).await;
        let strange = Token::random(app.random);
        // On SQLite this holds the one place to write: whoever wants it waits.
        let held = app.db.write().await.unwrap();
        let seen = run::offer(&app, &strange).await;
        assert!(matches!(seen, Err(Error::AttemptOver)), "{seen:?}");
        assert_eq!(run::offer(&app, &nobody).await.unwrap(), None);
        let seen = run::offer(&app, &token).await.unwrap().unwrap();
        assert_eq!(seen.ways, [Kind::SecurityKey]);
        drop(held);
        app.clock.advance(app.config.times.attempt);
        let late = run::offer(&app, &token).await;
        assert!(matches!(late, Err(Error::AttemptOver)), "{late:?}");
    })
    .await;
}

#[tokio::test]
async fn half_an_enrolment_is_not_counted_and_is_no_way_round() {
    both(async |db| {
        let (app, account) = begin(db).await;
        let mut soft = SoftKey::new();
        enrol(&app, &mut soft, KeyKind::SecurityKey).await;
        let (token, answer) = try_password(&app, NAME, PASSWORD).await;
        let ways = vec![Kind::SecurityKey];
        let first = Offer { ways: ways.clone(), first: true };
        assert!(matches!(&answer, PasswordAnswer::Factor(offer) if *offer == first), "{answer:?}");
        assert_eq!(run::offer(&app, &token).await.unwrap(), Some(first));
        let nobody = attempt(&app).await;
        assert_eq!(run::offer(&app, &nobody).await.unwrap(), None, "nothing is told before");
        let early = run::enrol_another(&app, &nobody).await;
        assert!(matches!(early, Err(Error::AttemptOver)), "{early:?}");

        let granted = run::enrol_another(&app, &token).await.unwrap();
        let (_, visit) = session(granted);
        assert_eq!((visit.login.scope, visit.login.level), (Scope::EnrolOnly, Level::Low));
        assert!(matches!(run::offer(&app, &token).await, Err(Error::AttemptOver)));

        // The one that was enrolled proves itself after all, while the visit is open.
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        let (waiting, _) = try_password(&app, NAME, PASSWORD).await;
        assert_eq!(done(tap(&app, &token, &mut soft).await).login.way, Way::PasswordAndKey);
        let late = enrolment::run::key_options(&app, &visit, KeyKind::Passkey).await;
        assert!(matches!(late, Err(enrolment::Error::Denied(_))), "{late:?}");
        let late = run::enrol_another(&app, &waiting).await;
        assert!(matches!(late, Err(Error::AttemptOver)), "{late:?}");
        let (_, answer) = try_password(&app, NAME, PASSWORD).await;
        let usual = Offer { ways, first: false };
        assert!(matches!(&answer, PasswordAnswer::Factor(offer) if *offer == usual), "{answer:?}");
        let mut tx = app.db.read().await.unwrap();
        let factors = crate::factors::store::list(&mut tx, &account.id).await.unwrap();
        assert_eq!(factors[0].proven_at, factors[0].used_at);
    })
    .await;
}

#[tokio::test]
async fn the_factor_used_last_is_asked_first() {
    both(async |db| {
        let (app, _) = begin(db).await;
        let mut passkey = SoftKey::new();
        enrol(&app, &mut passkey, KeyKind::Passkey).await;
        let owner = done(tap(&app, &attempt(&app).await, &mut passkey).await);
        let mut key = SoftKey::new();
        let options =
            enrolment::run::key_options(&app, &owner, KeyKind::SecurityKey).await.unwrap();
        enrolment::run::key(&app, &owner, &key.create(&options), "").await.unwrap();
        for (soft, ways) in [
            (&mut key, [Kind::SecurityKey, Kind::Passkey]),
            (&mut passkey, [Kind::Passkey, Kind::SecurityKey]),
        ] {
            app.clock.advance(std::time::Duration::from_secs(60));
            let (token, _) = try_password(&app, NAME, PASSWORD).await;
            done(tap(&app, &token, soft).await);
            let (_, answer) = try_password(&app, NAME, PASSWORD).await;
            let PasswordAnswer::Factor(offer) = answer else { panic!("{answer:?}") };
            assert_eq!(offer.ways, ways);
        }
    })
    .await;
}

#[tokio::test]
async fn a_change_of_factors_ends_log_ins_under_way() {
    both(async |db| {
        let (app, _) = begin(db).await;
        let mut soft = SoftKey::new();
        enrol(&app, &mut soft, KeyKind::Passkey).await;
        let owner = done(tap(&app, &attempt(&app).await, &mut soft).await);
        let (proven, _) = try_password(&app, NAME, PASSWORD).await;
        let stepping = step_up(&app, &owner).await.unwrap();
        let begun = attempt(&app).await;
        let one_time = one_time_code(&app, &mut soft).await;
        let options = enrolment::run::key_options(&app, &owner, KeyKind::Passkey).await.unwrap();
        let added = SoftKey::new().create(&options);
        enrolment::run::key(&app, &owner, &added, "").await.unwrap();
        for token in [&proven, &stepping] {
            assert!(matches!(key_options(&app, token).await, Err(Error::AttemptOver)));
        }
        let verifier = Verifier::parse(VERIFIER).unwrap();
        assert!(code(&app, &one_time, &verifier, "agent").await.unwrap().is_none());
        assert!(key_options(&app, &begun).await.is_ok(), "nobody has proven anything in it");
    })
    .await;
}

#[tokio::test]
async fn what_has_lapsed_is_forgotten() {
    both(async |db| {
        let (app, _) = begin(db).await;
        let token = attempt(&app).await;
        key_options(&app, &token).await.unwrap();
        run::forget(&app).await.unwrap();
        key_options(&app, &token).await.unwrap();
        app.clock.advance(app.config.times.attempt);
        run::forget(&app).await.unwrap();
        assert!(matches!(key_options(&app, &token).await, Err(Error::AttemptOver)));
    })
    .await;
}
