//! What the table says is what happens: each event in earnest, and where the person stands after it, on both
//! engines.

use super::{Event, State, step};
use crate::accounts;
use crate::app::App;
use crate::enrolment::{app, run};
use crate::factors::security_key::KeyKind;
use crate::factors::testing::SoftKey;
use crate::factors::{Factor, Kind};
use crate::login::tests::{NAME, PASSWORD, begin, done, tap, try_password};
use crate::login::{self, Granted, PasswordAnswer};
use crate::recovery::RecoveryCode;
use crate::recovery::run::{Confirmation, confirm, make};
use crate::sessions::{self, Session};
use crate::storage::testing::{both, change};
use std::time::Duration;

const LATER: Duration = Duration::from_secs(24 * 60 * 60);

/// Somebody in the wizard, and where the table says that is.
struct Walk<'a> {
    app: &'a App,
    session: Session,
    state: State,
}

impl<'a> Walk<'a> {
    /// Who has only a password gave it.
    async fn of(app: &'a App) -> Self {
        let (_, answer) = try_password(app, NAME, PASSWORD).await;
        let PasswordAnswer::EnrolOnly(Granted::Session { session, .. }) = answer else {
            panic!("{answer:?}")
        };
        let state = run::wizard(app, &session).await.unwrap();
        assert_eq!(state, State::Choosing);
        Self { app, session, state }
    }

    /// This happened; the person stands where the table says.
    async fn met(&mut self, event: Event) {
        self.state = step(self.state.clone(), event.clone()).0;
        let stands = run::wizard(self.app, &self.session).await.unwrap();
        assert_eq!(stands, self.state, "after {event:?}");
    }

    async fn enrols(&mut self, soft: &mut SoftKey, kind: KeyKind) -> Factor {
        let options = run::key_options(self.app, &self.session, kind).await.unwrap();
        let made = soft.create(&options);
        let factor = run::key(self.app, &self.session, &made, "").await.unwrap();
        self.met(Event::Enrolled(factor.id.clone())).await;
        factor
    }

    async fn proves(&mut self, soft: &mut SoftKey, kind: Kind) {
        let token = login::run::prove(self.app, &self.session).await.unwrap();
        self.session = done(tap(self.app, &token, soft).await);
        self.met(Event::Proven(kind)).await;
    }

    async fn makes_a_code(&mut self) -> RecoveryCode {
        let code = make(self.app, &self.session).await.unwrap();
        self.met(Event::CodeMade).await;
        code
    }

    async fn keeps(&mut self, code: &RecoveryCode) {
        let typed = RecoveryCode::parse(code.grouped().expose()).unwrap();
        let kept = confirm(self.app, &self.session, typed).await.unwrap();
        assert!(matches!(kept, Confirmation::Right), "{kept:?}");
        self.met(Event::CodeKept).await;
    }
}

#[tokio::test]
async fn a_key_and_a_recovery_code_lead_through_the_wizard_as_the_table_says() {
    for (key, kind) in
        [(KeyKind::SecurityKey, Kind::SecurityKey), (KeyKind::Passkey, Kind::Passkey)]
    {
        both(async |db| {
            let (app, _) = begin(db).await;
            let mut walk = Walk::of(&app).await;
            let mut lost = SoftKey::new();
            let first = walk.enrols(&mut lost, KeyKind::Passkey).await;
            let mut soft = SoftKey::new();
            let second = walk.enrols(&mut soft, key).await;
            assert_ne!(first.id, second.id, "another takes the place of what never proved itself");
            walk.proves(&mut soft, kind).await;
            let _lost = walk.makes_a_code().await;
            let code = walk.makes_a_code().await;
            walk.keeps(&code).await;
            assert_eq!(walk.state, State::Over);
        })
        .await;
    }
}

#[tokio::test]
async fn an_app_leads_through_the_wizard_as_the_table_says() {
    both(async |db| {
        let (app, _) = begin(db).await;
        let mut walk = Walk::of(&app).await;
        let _unproven = walk.enrols(&mut SoftKey::new(), KeyKind::SecurityKey).await;
        let seed = app::seed(&app, &walk.session).await.unwrap();
        let code = seed.shown(app.clock.now());
        let typed = app::finish(&app, &walk.session, &code, "").await.unwrap();
        let app::Typed::Enrolled { raised: Some(token), .. } = typed else { panic!("{typed:?}") };
        walk.session = sessions::run::look(&app, &token).await.unwrap().unwrap();
        walk.met(Event::Proven(Kind::App)).await;
        let code = walk.makes_a_code().await;
        walk.keeps(&code).await;
    })
    .await;
}

#[tokio::test]
async fn who_goes_on_without_stands_where_the_table_says() {
    both(async |db| {
        let (app, account) = begin(db).await;
        let colleague =
            format!("UPDATE account SET role = 'colleague' WHERE id = '{}'", account.id);
        change(&app.db, &colleague).await;
        let (mut tx, now) = (app.db.write().await.unwrap(), app.clock.now());
        accounts::store::begin_request(&mut tx, &account.id, now.after(LATER)).await.unwrap();
        accounts::store::begin_grace(&mut tx, &account.id, now).await.unwrap();
        tx.commit().await.unwrap();
        for enrols in [false, true] {
            let mut walk = Walk::of(&app).await;
            if enrols {
                let _unproven = walk.enrols(&mut SoftKey::new(), KeyKind::Passkey).await;
            }
            let token = run::skip(&app, &walk.session).await.unwrap();
            walk.session = sessions::run::look(&app, &token).await.unwrap().unwrap();
            walk.met(Event::Skipped).await;
        }
    })
    .await;
}
