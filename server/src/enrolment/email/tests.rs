use super::*;
use crate::audit::Actor;
use crate::login::email::tests::with_address;
use crate::login::tests::events;
use crate::storage::testing::both;

#[tokio::test]
async fn a_back_up_address_that_is_taken_away_is_recorded_once() {
    both(async |db| {
        let (app, account) = with_address(db).await;
        let by = By { actor: Actor::Operator, random: app.random, now: app.clock.now() };
        for _ in 0..2 {
            let mut tx = app.db.write().await.unwrap();
            let notice = delivery::notice(Message::BackupEmailRemoved, &by, "");
            take_away(&app, &mut tx, &account.id, (notice, &by)).await.unwrap();
            tx.commit().await.unwrap();
        }
        let seen = events(&app, Some(&account.id)).await;
        let removed = seen.iter().filter(|event| *event == "backup_email_removed").count();
        assert_eq!(removed, 1, "{seen:?}");
    })
    .await;
}
