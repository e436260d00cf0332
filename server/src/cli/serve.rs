//! `sleutelbos serve`: the server, until it is told to stop.

use super::language::Language;
use super::{Failure, Setting};
use crate::app::App;
use crate::audit::chain::{self, Outcome, Worker};
use crate::causes::causes;
use crate::delivery::{run as outbox, worker};
use crate::{accounts, activation, administration, http, inbox, login, sessions, storage, support};
use std::io::{IsTerminal as _, Write as _};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;
use tokio::time::MissedTickBehavior;
use tracing::{error, info, warn};
use tracing_subscriber::EnvFilter;

pub(super) async fn run(setting: &Setting) -> Result<ExitCode, Failure> {
    let config = setting.read()?;
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_env_filter(EnvFilter::new(config.server.log.as_str()))
        .init();
    let app = Arc::new(App::open(config).await?);
    let (listen, origin) = (app.config.server.listen, app.config.server.origin.clone());
    let listener = TcpListener::bind(listen).await.map_err(|error| unheard(listen, &error))?;
    let tidying = tokio::spawn(tidy(Arc::clone(&app)));
    let refreshing = tokio::spawn(refresh(Arc::clone(&app)));
    let (end, ending) = oneshot::channel();
    let delivering = tokio::spawn(worker::run(Arc::clone(&app), ending));
    let linker = Arc::new(Worker::new(app.random));
    let chaining = tokio::spawn(link(Arc::clone(&app), Arc::clone(&linker)));
    info!(engine = app.db.engine(), address = %listen, "serving {origin} from {listen}");
    if app.config.needs_proxies() {
        warn!("[limits] proxies names none: who logs in too often is not told from others");
    }
    // Before anybody is told that it runs: who asks it to end at once is heard.
    let stopping = stop()?;
    writeln!(std::io::stdout().lock(), "{origin}")?;
    http::serve(Arc::clone(&app), listener, stopping).await?;
    tidying.abort();
    refreshing.abort();
    // What is being handed over is, so that it is not sent twice.
    let _ = end.send(());
    let _ = delivering.await;
    chaining.abort();
    // What was written since goes into the chain now, and another server need not wait for it.
    if let Err(failure) =
        linker.finish(&app.db, &app.audit_key, (app.random, app.clock.now())).await
    {
        error!(error = %causes(&failure), "the last audit events have no place in the chain yet");
    }
    app.db.close().await;
    info!("stopped");
    Ok(ExitCode::SUCCESS)
}

/// Why nobody can be heard at the address, and what to do.
fn unheard(listen: SocketAddr, error: &std::io::Error) -> String {
    let language = Language::of_the_terminal();
    if error.kind() == std::io::ErrorKind::AddrInUse {
        return language.pick(
            format!(
                "{listen} is al in gebruik: stop wat daar draait, of zet [server] listen anders"
            ),
            format!("{listen} is in use: stop what runs there, or set another [server] listen"),
        );
    }
    language.pick(
        format!("op {listen} kan niet worden geluisterd ({error}): zet [server] listen anders"),
        format!("cannot listen on {listen} ({error}): set [server] listen"),
    )
}

/// Waits for SIGTERM or SIGINT.
fn stop() -> std::io::Result<impl Future<Output = ()> + Send + 'static> {
    let (mut terminate, mut interrupt) =
        (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Keeps the revocation lists of cards fresh: looks every five minutes for what is due.
async fn refresh(app: Arc<App>) {
    let mut minutes = tokio::time::interval(Duration::from_secs(5 * 60));
    loop {
        minutes.tick().await;
        if let Err(failure) = keep_lists(&app).await {
            error!(error = %causes(&failure), "no list was looked for");
        }
    }
}

/// Fetches the lists that are due, where any are kept at hand.
async fn keep_lists(app: &App) -> Result<(), storage::Error> {
    if wants_lists(app).await? {
        app.cards.refresh(app.clock.now()).await;
    }
    Ok(())
}

/// Whether revocation lists are kept at hand. Lists that were set are; those of the published
/// authorities lie on the internet, and a server that knows no card asks nobody there.
async fn wants_lists(app: &App) -> Result<bool, storage::Error> {
    if !app.config.uzi.revocation_lists.is_empty() {
        return Ok(true);
    }
    accounts::run::have_cards(app).await
}

/// Gives audit events their places in the chain, a few seconds after they were written.
async fn link(app: Arc<App>, worker: Arc<Worker>) {
    let mut pauses = tokio::time::interval(chain::PAUSE);
    pauses.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut told = false;
    loop {
        pauses.tick().await;
        match link_all(&app, &worker).await {
            Ok(()) => told = false,
            // Once, until it goes on.
            Err(failure) if !told => {
                error!(error = %causes(&failure), "no audit event gets its place in the chain");
                told = true;
            }
            Err(_) => {}
        }
    }
}

async fn link_all(app: &App, worker: &Worker) -> Result<(), storage::Error> {
    loop {
        let by = (app.random, app.clock.now());
        match worker.batch(&app.db, &app.audit_key, by).await? {
            Outcome::Placed { more: true, .. } => tokio::task::yield_now().await,
            Outcome::Placed { more: false, .. } | Outcome::Idle | Outcome::Held => return Ok(()),
        }
    }
}

/// Forgets what has lapsed, once an hour.
async fn tidy(app: Arc<App>) {
    let mut hours = tokio::time::interval(Duration::from_secs(60 * 60));
    loop {
        hours.tick().await;
        if let Err(failure) = forget(&app).await {
            error!(error = %causes(&failure), "what has lapsed could not be removed");
        }
    }
}

async fn forget(app: &App) -> Result<(), login::Error> {
    login::run::forget(app).await?;
    outbox::forget(app).await?;
    sessions::run::forget(app).await?;
    activation::lapse::lapse(app).await?;
    administration::settings::begin_again(app).await?;
    administration::waiver::lapse(app).await?;
    administration::access::lapse(app).await?;
    accounts::anchors::begin_due(app).await?;
    support::run::tidy(app).await?;
    Ok(inbox::run::forget(app).await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::run::{Founding, found};
    use crate::accounts::{Account, Username};
    use crate::app::testing;
    use crate::factors::card::Verifier;
    use crate::factors::{self, Evidence, Kind, Level};
    use crate::organisations::{Registered, Subscriber};
    use crate::secret::Secret;
    use crate::storage::testing::{both, change, rows, texts};
    use crate::uzi::admission::Admission;
    use crate::uzi::issue::Environment;
    use crate::uzi::lists::{Lists, Place};
    use crate::uzi::trust::Trust;
    use std::io::Read as _;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// What lapses: the table, its columns, and what stands in them, where `KEY` is another text in each row,
    /// `AT` when its time is over, `WHO` an account and `WHERE` its organisation.
    const LAPSING: &[(&str, &str, &str)] = &[
        (
            "attempt",
            "id, token_hash, client, state, created_at, expires_at",
            "KEY, KEY, '', '', 1, AT",
        ),
        ("challenge", "owner, purpose, state, expires_at", "KEY, 'key', '', AT"),
        (
            "login_code",
            "code_hash, code_challenge, account_id, login, expires_at",
            "KEY, '', 'WHO', '', AT",
        ),
        ("totp_draft", "session_id, seed, expires_at", "KEY, '', AT"),
        ("phone_draft", "session_id, kind, number, zero, expires_at", "KEY, '', '', 0, AT"),
        ("sent", "id, account_id, organisation_id, number, at", "KEY, 'WHO', 'WHERE', '', AT"),
        ("sent_turn", "number, at", "KEY, AT"),
        (
            "sent_code",
            "owner, sending_id, account_id, kind, code, keyed, expires_at",
            "KEY, KEY, 'WHO', '', '', 0, AT",
        ),
        ("former_email", "id, account_id, address, ends_at", "KEY, 'WHO', '', AT"),
        ("email_link", "owner, account_id, link_hash, expires_at", "KEY, 'WHO', '', AT"),
        (
            "lockout",
            "subject, secret, streak, total, blocks, touched_at",
            "'name:' || KEY, '', 1, 1, 0, AT",
        ),
        ("code_try", "id, account_id, owner, at", "KEY, 'WHO', '', AT"),
        (
            "session",
            "id, token_hash, account_id, scope, level, way, proven_at, client, created_at, seen_at",
            "KEY, KEY, 'WHO', '', '', '', 1, '', AT, AT",
        ),
        ("told", "subject, kind, at", "KEY, '', AT"),
        ("outbox", "id, kind, content, created_at, ends_at, tries", "KEY, '', '', AT, AT, 1"),
        (
            "sending",
            "id, ticket_hash, channel, organisation, language, state, stage, step, created_at, ends_at",
            "KEY, KEY, '', '', '', '', 1, 1, 1, AT",
        ),
        ("message", "id, account_id, content, created_at, expires_at", "KEY, 'WHO', '', 1, AT"),
        ("message_secret", "message_id, sealed, expires_at", "KEY, '', AT"),
        ("pin_request", "subject, asked_at, expires_at", "KEY, 1, AT"),
        (
            "support_case",
            "id, account_id, purpose, state, opened_by, opened_at, ends_at",
            "KEY, 'WHO', '', 'finished', '', AT, AT",
        ),
    ];

    /// As many rows in each of these tables as one hour's work takes three batches for, and one that
    /// lives on.
    async fn fill(db: &storage::Db, account: &Account) {
        for (table, columns, values) in LAPSING {
            let values = values
                .replace("WHO", account.id.as_str())
                .replace("WHERE", account.organisation.as_str());
            let old = values.replace("AT", "1").replace("KEY", "CAST(n.at AS TEXT)");
            let many = "WITH RECURSIVE n (at) AS \
                        (SELECT 1 UNION ALL SELECT at + 1 FROM n WHERE at < 1200)";
            change(db, &format!("INSERT INTO {table} ({columns}) {many} SELECT {old} FROM n"))
                .await;
            let new = values.replace("KEY", "'new'").replace("AT", "9000000000000000");
            change(db, &format!("INSERT INTO {table} ({columns}) VALUES ({new})")).await;
        }
    }

    #[tokio::test]
    async fn an_hour_in_which_much_lapsed_leaves_what_lives_alone() {
        both(async |db| {
            let app = testing::app(db);
            let account = account(&app).await;
            let mut before = vec![];
            for (table, ..) in LAPSING {
                before.push(rows(&app.db, table).await);
            }
            fill(&app.db, &account).await;
            forget(&app).await.unwrap();
            for ((table, ..), before) in LAPSING.iter().zip(before) {
                assert_eq!(rows(&app.db, table).await, before + 1, "{table}");
            }
        })
        .await;
    }

    /// Each is told to somebody, so that fewer go together; all go.
    #[tokio::test]
    async fn every_pin_that_nobody_opened_in_time_ends_however_many_there_are() {
        both(async |db| {
            let app = testing::app(db);
            let account = account(&app).await;
            let many = "WITH RECURSIVE n (at) AS \
                        (SELECT 1 UNION ALL SELECT at + 1 FROM n WHERE at < 45)";
            let id = "CAST(1000000000000000 + at AS TEXT) || CAST(1000000000000000 + at AS TEXT)";
            let columns = "id, account_id, hash, made_at, lies_until";
            let who = account.id.as_str();
            change(&app.db, &format!("INSERT INTO pin ({columns}) {many} SELECT {id}, '{who}', '', 1, 1 FROM n")).await;
            let lives = "00000000000000000000000000000000";
            change(&app.db, &format!("INSERT INTO pin ({columns}) VALUES ('{lives}', '{who}', '', 1, 9000000000000000)")).await;
            forget(&app).await.unwrap();
            let left = "SELECT id FROM pin WHERE ended_at IS NULL";
            assert_eq!(texts(&app.db, left).await, [lives]);
            let told = "SELECT id FROM audit WHERE event LIKE '%\"pin_lapsed\"%'";
            assert_eq!(texts(&app.db, told).await.len(), 45);
        })
        .await;
    }

    /// A web address on loopback that has no list, and how often it was asked.
    fn place() -> (Place, Arc<AtomicUsize>) {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                count.fetch_add(1, Ordering::SeqCst);
                let _ = stream.read(&mut [0; 1024]).unwrap();
                let answer =
                    b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
                stream.write_all(answer).unwrap();
            }
        });
        (Place::parse(&format!("http://127.0.0.1:{port}/list.crl")).unwrap(), asked)
    }

    async fn account(app: &App) -> Account {
        let founding = Founding {
            organisation: "Praktijk Voorbeeld".to_owned(),
            agb: None,
            kvk: None,
            subscriber: Some(Subscriber::parse("90000001").unwrap()),
            registered: Registered::default(),
            username: Username::parse("test.arts@voorbeeld.nl").unwrap(),
            name: "Test Arts".to_owned(),
            vouched: Level::Substantial,
        };
        found(app, founding, Secret::new("groen paard eet soep".to_owned())).await.unwrap()
    }

    async fn link(app: &App, account: &Account) {
        let now = app.clock.now();
        let factor = factors::testing::factor(&account.id, (Kind::Card, Evidence::CardPin), now);
        let mut tx = app.db.write().await.unwrap();
        factors::store::insert(&mut tx, &factor).await.unwrap();
        let (organisation, numbers) = (&account.organisation, ("900000001", "90000001"));
        factors::store::link_card(&mut tx, &factor.id, organisation, numbers.0, numbers.1)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    #[tokio::test]
    async fn nobody_is_asked_for_a_list_before_a_card_is_linked() {
        both(async |db| {
            let mut app = testing::app(db);
            let (place, asked) = place();
            let trust = Arc::new(Trust::published(Environment::Production));
            let lists = Lists::new(vec![place], Arc::clone(&trust));
            let origin = "http://localhost:8080".to_owned();
            app.cards = Verifier::new(origin, trust, lists, Admission::default());
            keep_lists(&app).await.unwrap();
            let account = account(&app).await;
            keep_lists(&app).await.unwrap();
            assert_eq!(asked.load(Ordering::SeqCst), 0);
            link(&app, &account).await;
            keep_lists(&app).await.unwrap();
            assert_eq!(asked.load(Ordering::SeqCst), 1);
        })
        .await;
    }

    #[tokio::test]
    async fn a_place_that_the_operator_named_is_asked_at_once() {
        both(async |db| {
            let (place, asked) = place();
            let app = testing::with(db, |config, _| config.uzi.revocation_lists = vec![place]);
            keep_lists(&app).await.unwrap();
            assert_eq!(asked.load(Ordering::SeqCst), 1);
        })
        .await;
    }
}
