//! A session that is raised by a factor.

use super::*;

#[tokio::test]
async fn stepping_up_gives_a_new_session_and_ends_the_old() {
    both(async |db| {
        let (app, _) = begin(db).await;
        let mut soft = SoftKey::new();
        enrol(&app, &mut soft, KeyKind::Passkey).await;
        let FactorAnswer::Done(granted) = tap(&app, &attempt(&app).await, &mut soft).await else {
            panic!("the passkey is good");
        };
        let (old, _) = session(granted);
        app.clock.advance(app.config.sessions.falls);
        let fallen = sessions::run::current(&app, &old).await.unwrap().unwrap();
        assert_eq!(fallen.login.level, Level::Substantial);
        let token = step_up(&app, &fallen).await.unwrap();
        let wrong_way = password(&app, &token, NAME, secret(PASSWORD)).await;
        assert!(matches!(wrong_way, Err(Error::AttemptOver)));
        let FactorAnswer::Done(granted) = tap(&app, &token, &mut soft).await else {
            panic!("the passkey is good");
        };
        let (new, raised) = session(granted);
        assert_eq!(raised.login.level, Level::High);
        assert!(raised.is_fresh(app.clock.now(), &app.config.sessions));
        assert!(is_open(&app, &new).await && !is_open(&app, &old).await);
    })
    .await;
}

#[tokio::test]
async fn a_session_that_has_ended_is_not_raised() {
    both(async |db| {
        let (app, account) = begin(db).await;
        let mut soft = SoftKey::new();
        enrol(&app, &mut soft, KeyKind::Passkey).await;
        let old = done(tap(&app, &attempt(&app).await, &mut soft).await);
        let token = step_up(&app, &old).await.unwrap();
        let options = key_options(&app, &token).await.unwrap();
        assert!(sessions::run::end(&app, &old, &old.id).await.unwrap());
        let late = key(&app, &token, &soft.get(&options)).await;
        assert!(matches!(late, Err(Error::AttemptOver)), "{late:?}");
        assert!(matches!(key_options(&app, &token).await, Err(Error::AttemptOver)));
        let seen = events(&app, Some(&account.id)).await;
        let opened = seen.iter().filter(|event| *event == "session_opened").count();
        assert_eq!(opened, 2, "the visit and the log-in: {seen:?}");
        let idle = done(tap(&app, &attempt(&app).await, &mut soft).await);
        let token = step_up(&app, &idle).await.unwrap();
        app.clock.advance(app.config.sessions.idle);
        assert!(matches!(key_options(&app, &token).await, Err(Error::AttemptOver)));
    })
    .await;
}

#[tokio::test]
async fn stepping_up_records_the_end_of_the_old_session_and_keeps_its_age() {
    both(async |db| {
        let (app, account) = begin(db).await;
        let mut soft = SoftKey::new();
        enrol(&app, &mut soft, KeyKind::Passkey).await;
        let old = done(tap(&app, &attempt(&app).await, &mut soft).await);
        let ended = async || {
            let seen = events(&app, Some(&account.id)).await;
            seen.iter().filter(|event| *event == "session_ended").count()
        };
        let before = ended().await;
        app.clock.advance(Duration::from_secs(60));
        let token = step_up(&app, &old).await.unwrap();
        let raised = done(tap(&app, &token, &mut soft).await);
        assert_eq!(ended().await, before + 1);
        assert_eq!((raised.created_at, raised.login.proof), (old.created_at, Level::High));
    })
    .await;
}
