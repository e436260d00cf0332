//! Any text in any column: what the server never wrote is an error by name, and breaks nothing.

use super::testing::both;
use super::{Db, on};
use crate::accounts::run::overview;
use crate::app::App;
use crate::app::testing::app;
use crate::clock::Time;
use crate::enrolment;
use crate::factors::security_key::KeyKind;
use crate::factors::testing::SoftKey;
use crate::login::{self, Challenge, FactorAnswer, Granted, PasswordAnswer, Verifier};
use crate::password;
use crate::secret::{Secret, Token};
use crate::sessions::{self, Session};
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use std::sync::Arc;

const NAME: &str = "test.arts@voorbeeld.nl";
const PASSWORD: &str = "groen paard eet soep";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// Every column whose text the server reads back, and whether it is one of a few texts of ours: then
/// another one is an error by name.
const COLUMNS: &[(&str, &str, Text)] = &[
    ("organisation", "subscriber", Text::Ours),
    ("account", "role", Text::Ours),
    ("account", "vouched", Text::Ours),
    ("account", "username", Text::Ours),
    ("password", "hash", Text::Any),
    ("factor", "kind", Text::Ours),
    ("factor", "bound_at", Text::Ours),
    ("factor", "evidence", Text::Ours),
    ("factor", "name", Text::Any),
    ("credential", "content", Text::Ours),
    ("attempt", "state", Text::Ours),
    ("attempt", "code_challenge", Text::Ours),
    ("attempt", "client", Text::Any),
    ("challenge", "state", Text::Ours),
    ("login_code", "code_challenge", Text::Ours),
    ("login_code", "login", Text::Ours),
    ("session", "scope", Text::Ours),
    ("session", "level", Text::Ours),
    ("session", "proof", Text::Ours),
    ("session", "way", Text::Ours),
    ("session", "client", Text::Any),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Text {
    Ours,
    Any,
}

const TEXTS: &[&str] = &[
    "",
    "x",
    "{}",
    "[]",
    "null",
    "\"started\"",
    r#"{"state":"started"}"#,
    r#"{"state":"password_proven","account":7}"#,
    r#"{"state":"stepping_up","account":"","session":"","level":"highest"}"#,
    r#"{"cred":{},"counter":-1}"#,
    r#"{"type":"webauthn","rs":{"policy":"required","challenge":"","credentials":[]}}"#,
    "$argon2id$v=19$m=4294967295,t=4294967295,p=4294967295$AAAAAAAAAAA$AAAAAAAAAAAAAAAA",
    "$argon2id$v=19$m=8,t=1,p=1$$",
    "99999999999999999999999999999999",
    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    "\u{202e}\u{fffd}\u{1f511}",
];

async fn set(db: &Db, (table, column, _): (&str, &str, Text), text: &str) {
    let sql = || AssertSqlSafe(format!("UPDATE {table} SET {column} = $1"));
    let mut tx = db.write().await.unwrap();
    on!(&mut tx, c => sqlx::query(sql()).bind(text).execute(c).await.map(drop)).unwrap();
    tx.commit().await.unwrap();
}

async fn kept(db: &Db, (table, column, _): (&str, &str, Text)) -> Option<String> {
    let sql = || AssertSqlSafe(format!("SELECT {column} FROM {table} LIMIT 1"));
    let mut tx = db.read().await.unwrap();
    on!(&mut tx, c => sqlx::query_scalar(sql()).fetch_one(c).await).unwrap()
}

/// Makes what was spent or counted in the last use as it was.
async fn again(db: &Db) {
    for sql in [
        "UPDATE login_code SET spent_at = NULL",
        "UPDATE challenge SET spent_at = NULL",
        "UPDATE session SET seen_at = created_at, ended_at = NULL",
        "DELETE FROM lockout",
    ] {
        let mut tx = db.write().await.unwrap();
        on!(&mut tx, c => sqlx::query(sql).execute(c).await.map(drop)).unwrap();
        tx.commit().await.unwrap();
    }
}

/// Somebody with a key who is logged in, half-way in another log-in, and holds a code.
struct Somebody {
    app: Arc<App>,
    session: (Token, Session),
    attempt: Token,
    answer: Value,
    code: Token,
}

impl Somebody {
    async fn new(db: Db) -> Self {
        let app = Arc::new(app(db));
        let account = super::testing::account(&app.db, NAME).await;
        let hash = app.passwords.admit().unwrap().hash(Secret::new(PASSWORD.into())).await;
        let mut tx = app.db.write().await.unwrap();
        password::testing::keep(&mut tx, &account.id, &hash, Time::from_millis(0)).await;
        tx.commit().await.unwrap();
        let (_, answer) = by_password(&app).await.unwrap();
        let PasswordAnswer::EnrolOnly(Granted::Code { code, .. }) = answer else {
            panic!("{answer:?}")
        };
        let verifier = Verifier::parse(VERIFIER).unwrap();
        let visit = login::code::redeem(&app, &code, &verifier, "").await.unwrap().unwrap();
        let mut soft = SoftKey::new();
        let options = enrolment::run::key_options(&app, &visit.1, KeyKind::Passkey).await.unwrap();
        let key = soft.create(&options);
        enrolment::run::key(&app, &visit.1, &key, "sleutel").await.unwrap();
        let log_in = async |soft: &mut SoftKey| {
            let (attempt, _) = by_password(&app).await.unwrap();
            let answer = soft.get(&login::key::options(&app, &attempt).await.unwrap());
            (attempt, answer)
        };
        let (attempt, answer) = log_in(&mut soft).await;
        let code = async |attempt: &Token, answer: &Value| {
            let answer = login::key::finish(&app, attempt, answer).await.unwrap();
            let FactorAnswer::Done(Granted::Code { code, .. }) = answer else {
                panic!("{answer:?}")
            };
            code
        };
        let first = code(&attempt, &answer).await;
        let session = login::code::redeem(&app, &first, &verifier, "").await.unwrap().unwrap();
        let (attempt, answer) = log_in(&mut soft).await;
        let code = code(&attempt, &answer).await;
        let (attempt, answer) = log_in(&mut soft).await;
        Self { app, session, attempt, answer, code }
    }

    /// Does everything that reads what is stored; what could not be done, and why.
    async fn use_everything(&self) -> Vec<String> {
        let app = &*self.app;
        let verifier = Verifier::parse(VERIFIER).unwrap();
        let mut failed = Vec::new();
        let mut note = |error: Option<String>| failed.extend(error);
        let said = |error: &dyn std::error::Error| Some(error.to_string());
        note(sessions::run::current(app, &self.session.0).await.err().and_then(|e| said(&e)));
        note(overview(app, &self.session.1).await.err().and_then(|e| said(&e)));
        let asked = enrolment::run::key_options(app, &self.session.1, KeyKind::SecurityKey).await;
        note(asked.err().and_then(|e| said(&e)));
        note(
            login::code::redeem(app, &self.code, &verifier, "").await.err().and_then(|e| said(&e)),
        );
        note(by_password(app).await.err().and_then(|e| said(&e)));
        let mut damaged = self.answer.clone();
        damaged["response"]["signature"] = json!("AAAA");
        let finished = login::key::finish(app, &self.attempt, &damaged).await;
        note(finished.err().and_then(|e| said(&e)));
        note(login::card::nonce(app, &self.attempt).await.err().and_then(|e| said(&e)));
        failed
    }
}

async fn by_password(app: &App) -> Result<(Token, PasswordAnswer), login::Error> {
    let token = login::run::start(app, Challenge::parse(CHALLENGE), "").await?;
    let text = Secret::new(PASSWORD.to_owned());
    let answer = login::password::check(app, &token, NAME, text).await?;
    Ok((token, answer))
}

#[tokio::test]
async fn no_text_in_the_database_breaks_the_server() {
    both(async |db| {
        let somebody = Arc::new(Somebody::new(db.clone()).await);
        assert_eq!(somebody.use_everything().await, Vec::<String>::new(), "nothing is damaged yet");
        for place in COLUMNS {
            let (table, column, kind) = *place;
            let whole = kept(&db, *place).await;
            for text in TEXTS {
                again(&db).await;
                set(&db, *place, text).await;
                let used = tokio::spawn({
                    let somebody = Arc::clone(&somebody);
                    async move { somebody.use_everything().await }
                });
                let failed = used.await.unwrap_or_else(|_| panic!("{table}.{column} {text:?}"));
                if kind == Text::Ours && *text == "x" {
                    assert!(!failed.is_empty(), "nobody noticed {table}.{column}");
                }
            }
            if let Some(whole) = whole {
                set(&db, *place, &whole).await;
            }
        }
    })
    .await;
}
