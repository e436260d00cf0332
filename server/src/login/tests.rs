//! Log-ins from beginning to end, on both engines, with a key in software.

mod attempts;
mod cards;
mod keys;
mod one_time;
mod passwords;
mod raising;

use super::card::{CardAnswer, decide};
use super::code::redeem as code;
use super::key::{finish as key, options as key_options};
use super::password::{check as password, start as start_with_password};
use super::run::{self, Offer, start, step_up};
use super::*;
use crate::accounts::Account;
use crate::app::App;
use crate::app::testing::app;
use crate::audit;
use crate::enrolment;
use crate::factors::security_key::KeyKind;
use crate::factors::testing::{SoftKey, revoked_card, verified_card};
use crate::factors::{Kind, card};
use crate::id::AccountId;
use crate::lockout::Subject;
use crate::organisations::{self, Setting};
use crate::secret::Secret;
use crate::sessions::{self, Scope, Way};
use crate::storage::Db;
use crate::storage::testing::{account, both, rows};
use crate::uzi::sighting::Standing;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;

pub(crate) const NAME: &str = "test.arts@voorbeeld.nl";
pub(crate) const PASSWORD: &str = "groen paard eet soep";

fn secret(text: &str) -> Secret<String> {
    Secret::new(text.to_owned())
}

/// An application with one account that has only a password.
pub(crate) async fn begin(db: Db) -> (Arc<App>, Account) {
    begin_with(app(db)).await
}

/// The same around an application of the test's own.
pub(crate) async fn begin_with(app: App) -> (Arc<App>, Account) {
    let app = Arc::new(app);
    let account = account(&app.db, NAME).await;
    let hash = app.passwords.admit().unwrap().hash(secret(PASSWORD)).await;
    let mut tx = app.db.write().await.unwrap();
    crate::password::testing::keep(&mut tx, &account.id, &hash, app.clock.now()).await;
    tx.commit().await.unwrap();
    (app, account)
}

pub(crate) async fn attempt(app: &App) -> Token {
    start(app, None, "test browser").await.unwrap()
}

/// A fresh attempt with one password, and what came of it.
pub(crate) async fn try_password(app: &App, name: &str, text: &str) -> (Token, PasswordAnswer) {
    let token = attempt(app).await;
    let answer = password(app, &token, name, secret(text)).await.unwrap();
    (token, answer)
}

fn session(granted: Granted) -> (Token, Session) {
    match granted {
        Granted::Session { token, session } => (token, session),
        Granted::Code { .. } | Granted::Kept => panic!("a page gets a session"),
    }
}

/// Enrols `soft` from the visit that a password alone gives.
pub(crate) async fn enrol(app: &App, soft: &mut SoftKey, kind: KeyKind) {
    let (_, answer) = try_password(app, NAME, PASSWORD).await;
    let PasswordAnswer::EnrolOnly(granted) = answer else { panic!("{answer:?}") };
    let (_, visit) = session(granted);
    assert_eq!((visit.login.scope, visit.login.level), (Scope::EnrolOnly, Level::Low));
    let options = enrolment::run::key_options(app, &visit, kind).await.unwrap();
    enrolment::run::key(app, &visit, &soft.create(&options), "mijn sleutel").await.unwrap();
}

/// Answers the key's question of an attempt.
pub(crate) async fn tap(app: &App, token: &Token, soft: &mut SoftKey) -> FactorAnswer {
    let options = key_options(app, token).await.unwrap();
    key(app, token, &soft.get(&options)).await.unwrap()
}

pub(crate) fn done(answer: FactorAnswer) -> Session {
    match answer {
        FactorAnswer::Done(granted) => session(granted).1,
        FactorAnswer::Refused(refusal) => panic!("{refusal:?}"),
    }
}

fn refusal(answer: FactorAnswer) -> Refusal {
    match answer {
        FactorAnswer::Done(granted) => panic!("{granted:?}"),
        FactorAnswer::Refused(refusal) => refusal,
    }
}

pub(crate) async fn full_events(app: &App, account: Option<&AccountId>) -> Vec<Value> {
    let mut tx = app.db.read().await.unwrap();
    let events = audit::of_account(&mut tx, account).await.unwrap();
    events.iter().map(|text| serde_json::from_str(text).unwrap()).collect()
}

pub(crate) async fn events(app: &App, account: Option<&AccountId>) -> Vec<String> {
    let events = full_events(app, account).await;
    events.iter().map(|event| event["event"].as_str().unwrap().to_owned()).collect()
}

async fn is_open(app: &App, token: &Token) -> bool {
    sessions::run::current(app, token).await.unwrap().is_some()
}

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A one-time code, as an application gets it.
async fn one_time_code(app: &App, soft: &mut SoftKey) -> Token {
    let token = start(app, Challenge::parse(CHALLENGE), "agent").await.unwrap();
    let answer = tap(app, &token, soft).await;
    let FactorAnswer::Done(Granted::Code { code, level: Level::High }) = answer else {
        panic!("{answer:?}");
    };
    code
}

/// The first factor of an account.
async fn own_factor(app: &App, account: &AccountId) -> crate::factors::Factor {
    let mut tx = app.db.read().await.unwrap();
    crate::factors::store::list(&mut tx, account).await.unwrap().swap_remove(0)
}
