//! The one-time code of an application.

use super::*;
use crate::app::testing::with;

#[tokio::test]
async fn one_of_sixty_four_spends_a_login_code() {
    both(async |db| {
        let (app, account) = begin(db).await;
        let mut soft = SoftKey::new();
        enrol(&app, &mut soft, KeyKind::Passkey).await;
        let one_time = one_time_code(&app, &mut soft).await;
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..64 {
            let (app, one_time) = (Arc::clone(&app), one_time.clone());
            tasks.spawn(async move {
                let verifier = Verifier::parse(VERIFIER).unwrap();
                code(&app, &one_time, &verifier, "agent").await.unwrap()
            });
        }
        let opened = tasks.join_all().await.into_iter().flatten().collect::<Vec<_>>();
        assert_eq!(opened.len(), 1);
        assert!(is_open(&app, &opened[0].0).await);
        assert_eq!(opened[0].1.login.account, account.id);
    })
    .await;
}

/// Attack: counter clone. What the copy began before it was found is worth nothing after.
#[tokio::test]
async fn a_code_and_a_log_in_of_a_copied_key_end_with_it() {
    both(async |db| {
        let (app, _) = begin(db).await;
        let mut soft = SoftKey { counter: 40, ..SoftKey::new() };
        enrol(&app, &mut soft, KeyKind::Passkey).await;
        let one_time = one_time_code(&app, &mut soft).await;
        let (under_way, answer) = try_password(&app, NAME, PASSWORD).await;
        assert!(matches!(answer, PasswordAnswer::Factor(_)), "{answer:?}");
        soft.counter = 3;
        let found = refusal(tap(&app, &attempt(&app).await, &mut soft).await);
        assert_eq!(found, Refusal::PossiblyCloned);
        let right = Verifier::parse(VERIFIER).unwrap();
        assert!(code(&app, &one_time, &right, "agent").await.unwrap().is_none());
        let over = key_options(&app, &under_way).await;
        assert!(matches!(over, Err(Error::AttemptOver)), "{over:?}");
    })
    .await;
}

#[tokio::test]
async fn a_code_an_attempt_and_a_challenge_live_as_long_as_is_set() {
    both(async |db| {
        let (app, _) = begin_with(with(db, |config, _| {
            config.times.attempt = Duration::from_secs(120);
            config.times.challenge = Duration::from_secs(60);
            config.times.login_code = Duration::from_secs(20);
        }))
        .await;
        let mut soft = SoftKey::new();
        enrol(&app, &mut soft, KeyKind::Passkey).await;
        let verifier = Verifier::parse(VERIFIER).unwrap();
        for (seconds, lives) in [(20, false), (19, true)] {
            let one_time = one_time_code(&app, &mut soft).await;
            app.clock.advance(Duration::from_secs(seconds));
            let opened = code(&app, &one_time, &verifier, "agent").await.unwrap();
            assert_eq!(opened.is_some(), lives, "{seconds}");
        }
        for (seconds, lives) in [(60, false), (59, true)] {
            let token = attempt(&app).await;
            let options = key_options(&app, &token).await.unwrap();
            app.clock.advance(Duration::from_secs(seconds));
            let answer = key(&app, &token, &soft.get(&options)).await.unwrap();
            assert_eq!(matches!(answer, FactorAnswer::Done(_)), lives, "{seconds}");
        }
        let token = attempt(&app).await;
        app.clock.advance(Duration::from_secs(120));
        assert!(matches!(key_options(&app, &token).await, Err(Error::AttemptOver)));
    })
    .await;
}

#[tokio::test]
async fn a_code_needs_its_verifier_and_lives_sixty_seconds() {
    both(async |db| {
        let (app, account) = begin(db).await;
        let mut soft = SoftKey::new();
        enrol(&app, &mut soft, KeyKind::Passkey).await;
        let right = Verifier::parse(VERIFIER).unwrap();
        let wrong = Verifier::parse(&VERIFIER.replace('d', "e")).unwrap();
        let show = async |one_time: &Token, verifier: &Verifier| {
            code(&app, one_time, verifier, "agent").await.unwrap().is_some()
        };
        let stolen = one_time_code(&app, &mut soft).await;
        assert!(!show(&stolen, &wrong).await);
        let seen = events(&app, Some(&account.id)).await;
        let refused = seen.iter().filter(|event| *event == "login_code_refused").count();
        assert_eq!(refused, 1, "{seen:?}");
        assert!(!show(&stolen, &right).await, "it was spent by the wrong verifier");
        let in_time = one_time_code(&app, &mut soft).await;
        app.clock.advance(app.config.times.login_code - Duration::from_millis(1));
        assert!(show(&in_time, &right).await);
        let late = one_time_code(&app, &mut soft).await;
        app.clock.advance(app.config.times.login_code);
        assert!(!show(&late, &right).await);
        assert!(!show(&Token::random(app.random), &right).await);
    })
    .await;
}
