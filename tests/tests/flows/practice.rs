//! A practice with a server of its own: on a loopback port, with a clock that stands still until a
//! test moves it.

use sleutelbos_server::accounts::Account;
use sleutelbos_server::accounts::Username;
use sleutelbos_server::accounts::run::{Founding, found};
use sleutelbos_server::app::App;
use sleutelbos_server::clock::{Clock, Time};
use sleutelbos_server::config::Config;
use sleutelbos_server::delivery;
use sleutelbos_server::delivery::email::Way;
use sleutelbos_server::factors::Level;
use sleutelbos_server::http;
use sleutelbos_server::organisations::{Agb, Kvk, Registered};
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

use tests::forms::Browser;

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
    data: TempDir,
    _stop: oneshot::Sender<()>,
}

impl Practice {
    /// Nobody is there yet, and nothing is set.
    pub(crate) fn new() -> Self {
        Self::with("")
    }

    /// The same with `more` tables in its configuration.
    pub(crate) fn with(more: &str) -> Self {
        let data = tempfile::tempdir().expect("a temporary folder");
        Self::at(data, more, START)
    }

    /// The same today, when the cards are valid that `firmware-sim pki` makes.
    pub(crate) fn today(more: &str) -> Self {
        let data = tempfile::tempdir().expect("a temporary folder");
        Self::at(data, more, Clock::system().now())
    }

    /// A server of its own on a copy of the data of this one, which nobody uses meanwhile, at the same time.
    pub(crate) fn copied(&self) -> Self {
        let data = tempfile::tempdir().expect("a temporary folder");
        copy(self.data.path(), data.path());
        Self::at(data, "", self.app.clock.now())
    }

    fn at(data: TempDir, more: &str, now: Time) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let (app, listener, port) = runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
            let port = listener.local_addr().expect("its number").port();
            let config = format!("[server]\norigin = \"http://localhost:{port}\"\n{more}");
            let mut config = Config::parse(&config, data.path()).expect("it fits");
            config.passwords.cost = Cost { memory: 64, passes: 1 };
            let db = Db::open(&config.storage).await.expect("a database");
            let app = App::join(config, db, Clock::manual(now)).expect("everything opens");
            (Arc::new(app), listener, port)
        });
        let (stop, stopped) = oneshot::channel::<()>();
        runtime.spawn(http::serve(Arc::clone(&app), listener, async {
            let _ended = stopped.await;
        }));
        Self { app, runtime, port, data, _stop: stop }
    }

    /// A browser that has been nowhere yet.
    pub(crate) fn browser(&self) -> Browser {
        Browser::new(Client { port: self.port })
    }

    /// Where programs reach the server, on the loopback address.
    pub(crate) fn port(&self) -> u16 {
        self.port
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

    /// Waits so many seconds.
    pub(crate) fn seconds(&self, seconds: u64) {
        self.wait(Duration::from_secs(seconds));
    }

    /// The time, in milliseconds after 1970.
    pub(crate) fn now(&self) -> i64 {
        self.app.clock.now().millis()
    }

    /// Does something of the domain itself.
    pub(crate) fn run<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// A practice of that name whose contact person has [`PASSWORD`] and nothing else.
    pub(crate) fn contact_person(&self, username: &str) -> Account {
        self.founds(username, (Agb::parse("01012345").ok(), Kvk::parse("12345678").ok()))
    }

    /// The same of a practice whose AGB code and KvK number nobody recorded.
    pub(crate) fn unknown_contact_person(&self, username: &str) -> Account {
        self.founds(username, (None, None))
    }

    fn founds(&self, username: &str, (agb, kvk): (Option<Agb>, Option<Kvk>)) -> Account {
        let founding = Founding {
            organisation: format!("FAKE Praktijk van {username}"),
            agb,
            kvk,
            subscriber: None,
            registered: Registered::default(),
            username: Username::parse(username).expect("an address"),
            name: "Test Arts".to_owned(),
            vouched: Level::High,
        };
        let password = Secret::new(PASSWORD.to_owned());
        self.run(found(&self.app, founding, password)).expect("a founded practice")
    }

    /// Delivers what is due, and gives every mail there has been so far, oldest first.
    pub(crate) fn mails(&self) -> Vec<Mail> {
        self.run(delivery::run::deliver_due(&self.app)).expect("the outbox can be read");
        let Way::Folder(folder) = &self.app.config.delivery.email.way else {
            panic!("a practice writes its mails into a folder")
        };
        let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let mut files: Vec<_> = files.map(|file| file.path()).collect();
        files.sort(); // the name begins with the time
        let read = |path| std::fs::read_to_string(path).expect("a mail is ASCII");
        files.into_iter().map(read).map(|source| Mail::parse(&source)).collect()
    }
}

/// Copies what is in a folder, but what the database makes anew.
fn copy(from: &std::path::Path, to: &std::path::Path) {
    for entry in std::fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let copied = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            std::fs::create_dir(&copied).expect("a folder");
            copy(&path, &copied);
        } else if !path.to_string_lossy().ends_with("-shm") {
            std::fs::copy(&path, &copied).expect("a file");
        }
    }
}

/// A mail that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mail {
    /// The reader's address.
    pub(crate) to: String,
    /// The subject.
    pub(crate) subject: String,
    /// Its plain text.
    pub(crate) text: String,
}

impl Mail {
    fn parse(source: &str) -> Self {
        // A long header goes on in the next line (RFC 5322, section 2.2.3).
        let unfolded = source.replace("\r\n ", " ");
        let header = |name: &str| {
            let found = unfolded.lines().find_map(|line| line.strip_prefix(name));
            found.unwrap_or_else(|| panic!("{name} {source}")).trim().to_owned()
        };
        let to = header("To:");
        let to = to.rsplit(['<', ' ']).next().unwrap_or_default().trim_end_matches('>').to_owned();
        let boundary = source.split("boundary=\"").nth(1).and_then(|rest| rest.split('"').next());
        let boundary = format!("\r\n--{}", boundary.expect("a mail has parts"));
        let (_, plain) = source.split_once("text/plain").expect("a mail has plain text");
        let (_, plain) = plain.split_once("\r\n\r\n").expect("headers end");
        let plain = plain.split(&boundary).next().unwrap_or_default();
        Self { to, subject: header("Subject:"), text: unquoted(plain) }
    }
}

/// Text from quoted-printable (RFC 2045, section 6.7).
fn unquoted(text: &str) -> String {
    let text = text.replace("=\r\n", "").replace("\r\n", "\n");
    let mut bytes = Vec::new();
    let mut parts = text.split('=');
    bytes.extend_from_slice(parts.next().unwrap_or_default().as_bytes());
    for part in parts {
        let (code, rest) = part.split_at_checked(2).unwrap_or((part, ""));
        bytes.extend(u8::from_str_radix(code, 16));
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(bytes).expect("a mail is UTF-8")
}
