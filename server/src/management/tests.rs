//! Two contact persons at once, on both engines.

use crate::accounts::number::UserNumber;
use crate::accounts::{self, Account, Role, Username};
use crate::administration::colleagues;
use crate::app::App;
use crate::app::testing::app;
use crate::factors::Level;
use crate::id::AccountId;
use crate::secret::Carrier;
use crate::sessions::{self, Login, Scope, Session, Way};
use crate::storage::testing::{account, both};
use std::sync::Arc;

async fn session(app: &App, account: &Account) -> Session {
    let now = app.clock.now();
    let (level, proof, scope, way) = (Level::High, Level::High, Scope::Full, Way::Key);
    let login = Login { account: account.id.clone(), scope, level, proof, way, proven_at: now };
    let mut tx = app.db.write().await.unwrap();
    let client = ("", Carrier::Cookie);
    let (_, session) = sessions::open(&mut tx, login, client, app.random, now).await.unwrap();
    tx.commit().await.unwrap();
    session
}

async fn contact(app: &App, like: &Account, name: &str) -> (Account, Session) {
    let account = Account {
        id: AccountId::random(app.random),
        number: UserNumber::random(app.random),
        username: Username::parse(&format!("{name}@voorbeeld.nl")).unwrap(),
        ..like.clone()
    };
    let mut tx = app.db.write().await.unwrap();
    accounts::store::insert(&mut tx, &account, app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    let session = session(app, &account).await;
    (account, session)
}

#[tokio::test]
async fn two_contact_persons_who_act_on_each_other_at_once_both_come_to_an_end() {
    both(async |db| {
        let app = Arc::new(app(db));
        let main = account(&app.db, "test.arts@voorbeeld.nl").await;
        for round in 0..8 {
            let (one, ones) = contact(&app, &main, &format!("een{round}")).await;
            let (two, twos) = contact(&app, &main, &format!("twee{round}")).await;
            let act = |session: Session, on: AccountId| {
                let app = Arc::clone(&app);
                async move {
                    let ended = colleagues::unblock(&app, &session, &on).await.is_ok();
                    ended & colleagues::appoint(&app, &session, &on, Role::Colleague).await.is_ok()
                }
            };
            let both = tokio::join!(
                tokio::spawn(act(ones, two.id.clone())),
                tokio::spawn(act(twos, one.id.clone())),
            );
            let (one_did, two_did) = (both.0.unwrap(), both.1.unwrap());
            assert!(one_did != two_did, "one demotes the other, who then does nothing more");
            let last = if one_did { (&one, &two) } else { (&two, &one) };
            let mut tx = app.db.read().await.unwrap();
            let role = async |tx: &mut _, id: &AccountId| {
                accounts::store::find(tx, id).await.unwrap().unwrap().role
            };
            assert_eq!(role(&mut tx, &last.0.id).await, Role::ContactPerson);
            assert_eq!(role(&mut tx, &last.1.id).await, Role::Colleague);
        }
    })
    .await;
}
