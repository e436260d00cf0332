//! The ways in that are measured: enrolling for them, and then logging in.

use std::io::{Error, Result};
use std::time::Duration;

use serde_json::{Value, json};
use sleutelbos_server::clock::Clock;
use tests::soft_key::SoftKey;
use totp_rs::{Builder, Secret, Totp};

use crate::bare;
use crate::load::{self, Once};
use crate::people::{self, PASSWORD};
use crate::report::{Report, Turn};
use crate::server::Server;
use crate::visitor::Visitor;

/// How many log in at once where nothing else is said: enough that none of the server's places is
/// empty, and fewer than it lets wait.
const AT_ONCE: usize = 16;
/// How many people have a passkey.
pub(crate) const KEYS: u64 = 20;
/// Everybody gives a password so often.
const ROUNDS: usize = 3;
/// Each time, the measurement changes so often between the bare operation and the server.
const SLICES: usize = 12;
/// Seconds of a step of an app.
const STEP: u64 = 30;

/// Somebody with an app.
pub(crate) struct App {
    visitor: Visitor,
    username: String,
    totp: Totp,
    /// The step of the last code, which works once.
    used: u64,
}

/// Somebody with a passkey.
pub(crate) struct Key {
    pub(crate) visitor: Visitor,
    key: SoftKey,
}

fn seconds() -> u64 {
    u64::try_from(Clock::system().now().millis() / 1000).unwrap_or_default()
}

/// Gives the password on the log-in page, which was opened before.
pub(crate) async fn password(
    visitor: &mut Visitor,
    username: &str,
) -> Result<crate::visitor::Answer> {
    let fields = [("username", username), ("password", PASSWORD)];
    visitor.submit("/login", &fields).await
}

/// So many people enrol an app each.
pub(crate) async fn enrol_apps(server: &Server, count: usize) -> Result<Vec<App>> {
    let port = server.port;
    let people = (KEYS..).take(count).collect();
    let enrol = move |number| enrol_app(Visitor::new(port), people::username(number));
    load::each(server, people, AT_ONCE, enrol).await.map(|(apps, _)| apps)
}

async fn enrol_app(mut visitor: Visitor, username: String) -> Result<App> {
    let _form = visitor.open("/login").await?;
    password(&mut visitor, &username).await?.leads_to("/enrol")?;
    let page = visitor.open("/enrol/app").await?;
    let groups = page.after("aria-describedby=\"seed-hint\">")?.replace(' ', "");
    let secret = Secret::try_from_base32(groups).map_err(Error::other)?;
    let totp = Builder::new().with_secret(secret).with_skew(0).with_step_duration(STEP).build();
    let totp = totp.map_err(Error::other)?;
    let now = seconds();
    let code = totp.generate(now).to_string();
    let done = visitor.submit("/enrol/app", &[("code", &code), ("name", "App")]).await?;
    done.leads_to("/enrol/recovery")?;
    visitor.forget();
    Ok(App { visitor, username, totp, used: now / STEP })
}

/// People enrol a passkey each, and show it once.
pub(crate) async fn enrol_keys(server: &Server) -> Result<Vec<Key>> {
    let (port, origin) = (server.port, format!("http://localhost:{}", server.port));
    let enrol = move |number: u64| {
        let mut key = SoftKey::new(u32::try_from(number + 1).unwrap_or_default(), &origin);
        async move {
            let mut visitor = Visitor::new(port);
            enrol_key(&mut visitor, &people::username(number), &mut key).await?;
            log_in_with_key(Key { visitor, key }).await
        }
    };
    load::each(server, (0..KEYS).collect(), AT_ONCE, enrol).await.map(|(keys, _)| keys)
}

/// Logs in with the password and enrols this key as a passkey.
pub(crate) async fn enrol_key(
    visitor: &mut Visitor,
    username: &str,
    key: &mut SoftKey,
) -> Result<()> {
    let _form = visitor.open("/login").await?;
    password(visitor, username).await?.leads_to("/enrol")?;
    let _page = visitor.open("/enrol/passkey").await?;
    let asked = visitor.script("/enrol/webauthn/options", &json!({"kind": "passkey"})).await?;
    let credential = key.create(&public_key(&asked.json()?));
    let body = json!({"credential": credential, "name": "Sleutel", "factor": "", "then": ""});
    visitor.script("/enrol/webauthn", &body).await?.json()?;
    visitor.forget();
    let _page = visitor.open("/login/passkey").await?;
    Ok(())
}

fn public_key(options: &Value) -> Value {
    options.get("publicKey").cloned().unwrap_or_default()
}

/// One log-in with a passkey alone: the challenge and the answer to it.
pub(crate) async fn log_in_with_key(mut person: Key) -> Result<Key> {
    person.visitor.forget();
    let kind = json!({"kind": "alone"});
    let asked = person.visitor.script("/login/webauthn/options", &kind).await?;
    let credential = person.key.get(&public_key(&asked.json()?));
    let answer = json!({"credential": credential, "kind": "alone", "then": "", "factor": ""});
    person.visitor.script("/login/webauthn", &answer).await?.json()?;
    Ok(person)
}

/// One log-in with a password, of whoever has the log-in page open.
async fn log_in_with_password(mut app: App) -> Result<App> {
    password(&mut app.visitor, &app.username).await?.leads_to("/login/check/app")?;
    Ok(app)
}

/// Passwords a second beside bare argon2, the two by turns; whoever gave one last is asked for a code then.
pub(crate) async fn passwords(
    server: &Server,
    mut apps: Vec<App>,
    time: Duration,
    report: &mut Report,
) -> Result<Vec<App>> {
    let slice = apps.len().div_ceil(SLICES).max(1);
    // Twice the time: half of it is the server's.
    let turn = 2 * time / u32::try_from(ROUNDS * SLICES + 1).unwrap_or(1);
    let (mut before, mut turns) = (bare::rate(turn), Vec::new());
    for _ in 0..ROUNDS {
        let (mut waiting, mut pending) = (apps.into_iter(), Vec::new());
        while waiting.len() > 0 {
            let people = waiting.by_ref().take(slice).collect();
            let (back, once) = passwords_once(server, people).await?;
            pending.extend(back);
            let after = bare::rate(turn);
            let bare = f64::midpoint(before, after);
            turns.push(Turn { ours: once.steady, bare, asking: once.asking });
            before = after;
        }
        apps = pending;
    }
    report.passwords(&turns);
    Ok(apps)
}

/// One password of each. Who is served opens the page before it is measured, and leaves after it: the server
/// would close who is silent in somebody else's turn.
async fn passwords_once(server: &Server, mut people: Vec<App>) -> Result<(Vec<App>, Once)> {
    for app in &mut people {
        app.visitor.forget();
        let _form = app.visitor.open("/login").await?;
    }
    let (mut back, once) = load::each(server, people, AT_ONCE, log_in_with_password).await?;
    back.iter_mut().for_each(|app| app.visitor.hang_up());
    server.settle().await?;
    Ok((back, once))
}

/// Codes of an app a second: the step that ends a log-in.
pub(crate) async fn codes(server: &Server, apps: Vec<App>, report: &mut Report) -> Result<()> {
    let last = apps.iter().map(|app| app.used).max().unwrap_or_default();
    while seconds() / STEP <= last {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let finish = |mut app: App| async move {
        let code = app.totp.generate(seconds()).to_string();
        let answer = app.visitor.submit("/login/check/app", &[("code", &code)]).await?;
        answer.leads_to("/account")
    };
    let (_, once) = load::each(server, apps, AT_ONCE, finish).await?;
    report.codes(&once.done);
    Ok(())
}

/// Log-ins with a passkey a second, from the challenge to the session.
pub(crate) async fn passkeys(
    server: &Server,
    keys: Vec<Key>,
    time: Duration,
    report: &mut Report,
) -> Result<()> {
    let (_, done) = load::again(server, keys, (time, Duration::ZERO), log_in_with_key).await?;
    report.passkeys(&done);
    Ok(())
}
