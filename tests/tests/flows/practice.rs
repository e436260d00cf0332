//! A practice with a server of its own: on a loopback port, with a clock that stands still until a
//! test moves it.

use sleutelbos_server::accounts::Account;
use sleutelbos_server::accounts::Username;
use sleutelbos_server::accounts::run::{Founding, found};
use sleutelbos_server::app::App;
use sleutelbos_server::clock::{Clock, Time};
use sleutelbos_server::config::Config;
use sleutelbos_server::factors::Level;
use sleutelbos_server::http;
use sleutelbos_server::organisations::Registered;
use sleutelbos_server::password::Cost;
use sleutelbos_server::secret::Secret;
use sleutelbos_server::storage::Db;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tests::client::Client;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

use crate::browser::Browser;

/// The password of every account of a practice.
pub(crate) const PASSWORD: &str = "ochtenddienst om half acht";

/// November 2026, at which the TEST cards are valid.
const START: Time = Time::from_millis(1_795_000_000_000);

/// A server, and what a test may turn in it.
pub(crate) struct Practice {
    /// What the server runs on: a test may call the domain where no page leads yet.
    pub(crate) app: Arc<App>,
    /// Runs what a test calls by itself.
    runtime: Runtime,
    port: u16,
    _data: TempDir,
    _stop: oneshot::Sender<()>,
}

impl Practice {
    /// Nobody is there yet, and nothing is set.
    pub(crate) fn new() -> Self {
        Self::with("")
    }

    /// The same with `more` tables in its configuration.
    pub(crate) fn with(more: &str) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let data = tempfile::tempdir().expect("a temporary folder");
        let (app, listener, port) = runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
            let port = listener.local_addr().expect("its number").port();
            let config = format!("[server]\norigin = \"http://localhost:{port}\"\n{more}");
            let mut config = Config::parse(&config, data.path()).expect("it fits");
            config.passwords.cost = Cost { memory: 64, passes: 1 };
            let db = Db::open(&config.storage).await.expect("a database");
            let app = App::join(config, db, Clock::manual(START)).expect("everything opens");
            (Arc::new(app), listener, port)
        });
        let (stop, stopped) = oneshot::channel::<()>();
        runtime.spawn(http::serve(Arc::clone(&app), listener, async {
            let _ended = stopped.await;
        }));
        Self { app, runtime, port, _data: data, _stop: stop }
    }

    /// A browser that has been nowhere yet.
    pub(crate) fn browser(&self) -> Browser {
        Browser::new(Client { port: self.port })
    }

    /// Where people reach the server.
    pub(crate) fn origin(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// Moves the clock.
    pub(crate) fn wait(&self, time: Duration) {
        self.app.clock.advance(time);
    }

    /// Waits so many minutes.
    pub(crate) fn minutes(&self, minutes: u64) {
        self.wait(Duration::from_secs(60 * minutes));
    }

    /// Does something of the domain itself.
    pub(crate) fn run<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// A practice of that name whose contact person has [`PASSWORD`] and nothing else.
    pub(crate) fn contact_person(&self, username: &str) -> Account {
        let founding = Founding {
            organisation: format!("FAKE Praktijk van {username}"),
            agb: None,
            kvk: None,
            subscriber: None,
            registered: Registered::default(),
            username: Username::parse(username).expect("an address"),
            name: "Test Arts".to_owned(),
            vouched: Level::High,
        };
        let password = Secret::new(PASSWORD.to_owned());
        self.run(found(&self.app, founding, password)).expect("a founded practice")
    }
}
