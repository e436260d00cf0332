//! `sleutelbos serve`: the server, until it is told to stop.

use super::{Failure, Setting};
use crate::app::App;
use crate::causes::causes;
use crate::{accounts, http, login, sessions, storage};
use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
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
    let listener = TcpListener::bind(listen)
        .await
        .map_err(|error| format!("cannot listen on {listen} ({error}): set [server] listen"))?;
    let tidying = tokio::spawn(tidy(Arc::clone(&app)));
    let refreshing = tokio::spawn(refresh(Arc::clone(&app)));
    info!(engine = app.db.engine(), address = %listen, "serving {origin} from {listen}");
    if app.config.needs_proxies() {
        warn!("[limits] proxies names none: who logs in too often is not told from others");
    }
    writeln!(std::io::stdout().lock(), "{origin}")?;

    let stopping = stop()?;
    http::serve(Arc::clone(&app), listener, stopping).await?;
    tidying.abort();
    refreshing.abort();
    app.db.close().await;
    info!("stopped");
    Ok(ExitCode::SUCCESS)
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
        match wants_lists(&app).await {
            Ok(true) => app.cards.refresh(app.clock.now()).await,
            Ok(false) => {}
            Err(failure) => error!(error = %causes(&failure), "no list was looked for"),
        }
    }
}

/// Whether revocation lists are kept at hand. Lists that were set are; those of the published
/// authorities lie on the internet, and a server that knows no card asks nobody there.
async fn wants_lists(app: &App) -> Result<bool, storage::Error> {
    if !app.config.uzi.revocation_lists.is_empty() {
        return Ok(true);
    }
    accounts::run::have_cards(app).await
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
    Ok(sessions::run::forget(app).await?)
}
