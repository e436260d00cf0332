//! Log-ins with a link to the back-up address, on both engines.

use super::super::app::tests::enrol_app;
use super::super::tests::{NAME, PASSWORD, begin, events, try_password};
use super::*;
use crate::factors::Level;
use crate::sealed::places;
use crate::sessions::{self, Way};
use crate::storage::Db;
use crate::storage::testing::{both, change};
use std::sync::Arc;

/// A colleague with an app, whose back-up address has brought its owner back in for a moment.
pub(crate) async fn with_address(db: Db) -> (Arc<App>, Account) {
    let (app, account) = begin(db).await;
    let _ = enrol_app(&app).await;
    change(&app.db, "UPDATE account SET role = 'colleague'").await;
    let place = (places::BACKUP_EMAIL, account.id.as_str());
    let sealed = Anchor::of("thuis@voorbeeld.nl").seal(&app.sealing, place, app.random);
    let starts = app.clock.now().after(app.config.times.anchor);
    let mut tx = app.db.write().await.unwrap();
    emails::put_backup(&mut tx, &account.id, &sealed, starts).await.unwrap();
    tx.commit().await.unwrap();
    app.clock.advance(app.config.times.anchor);
    (app, account)
}

/// The link that was mailed last.
async fn mailed(app: &App) -> Token {
    let notices = delivery::run::waiting(app).await;
    let link = notices.into_iter().rev().find_map(|notice| {
        if let Message::BackupLink { link } = notice { Some(link) } else { None }
    });
    let link = link.expect("a link was mailed");
    Token::parse(link.rsplit_once("link=").unwrap().1).unwrap()
}

/// Attack: races. 64 uses of one link at once, in the browser that asked: one wins, and it is a whole log-in.
#[tokio::test]
async fn of_sixty_four_uses_of_one_link_to_the_back_up_address_one_logs_in() {
    both(async |db| {
        let (app, account) = with_address(db).await;
        let (token, _) = try_password(&app, NAME, PASSWORD).await;
        assert_eq!(send(&app, &token).await.unwrap(), Asked::Sent);
        let link = mailed(&app).await;
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..64 {
            let (app, token, link) = (Arc::clone(&app), token.clone(), link.clone());
            tasks.spawn(async move { finish(&app, &token, &link).await });
        }
        let answers = tasks.join_all().await;
        let won = answers.iter().filter(|answer| matches!(answer, Ok(CodeAnswer::Done(_)))).count();
        assert_eq!(won, 1, "{answers:?}");
        let seen = events(&app, Some(&account.id)).await;
        let count = |name: &str| seen.iter().filter(|event| *event == name).count();
        assert_eq!(count("backup_email_used"), 1);
        let mut tx = app.db.read().await.unwrap();
        let living = sessions::living(&mut tx, &account.id, app.clock.now(), &app.config.sessions);
        let living = living.await.unwrap();
        let ways: Vec<_> = living.iter().map(|one| (one.login.way, one.login.level)).collect();
        assert_eq!(ways, [(Way::PasswordAndEmail, Level::Low)]);
        drop(tx);
        let late = finish(&app, &token, &link).await;
        assert!(matches!(late, Err(Error::AttemptOver)), "{late:?}");
    })
    .await;
}
