//! A server with people and test cards of its own, as an operator would set it up.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::exchange::{Exchange, Provider, TOKEN};
use crate::pinentry::{self, Script};
use crate::print::PrintService;
use crate::program::{Background, Program, built};

/// What the server wrote down, in the stage's folder.
const LOG: &str = "server.log";

/// The subscriber number on the simulated cards: the organisation 'FAKE Testpraktijk'.
pub const SUBSCRIBER: &str = "90000001";
/// The PIN of the simulated cards.
pub const CARD_PIN: &str = "123456";

/// A server on SQLite in a folder of its own; both go with this.
#[derive(Debug)]
pub struct Stage {
    folder: tempfile::TempDir,
    origin: String,
    people: Mutex<People>,
    pin_entry: PinEntry,
    _server: Background,
}

#[derive(Debug, Default)]
struct People {
    made: u32,
    remembered: BTreeMap<&'static str, Person>,
}

/// Who answers when the agent asks for a PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PinEntry {
    /// A script ([`crate::pinentry`]).
    Scripted,
    /// The person at the screen, in the system's own window.
    System,
}

/// Somebody with an account and a password.
#[derive(Debug, Clone)]
pub struct Person {
    /// The name on the card and on the page.
    pub name: String,
    /// What is typed at the log-in.
    pub username: String,
    /// The password.
    pub password: String,
}

impl Stage {
    /// Makes the test hierarchy and a configuration, and starts the server.
    ///
    /// # Panics
    /// With the programs' own words, where that fails.
    #[must_use]
    pub fn new() -> Self {
        Self::with(PinEntry::Scripted)
    }

    /// The same with an agent that asks its PINs in this way.
    ///
    /// # Panics
    /// With the programs' own words, where that fails.
    #[must_use]
    pub fn with(pin_entry: PinEntry) -> Self {
        Self::build(pin_entry, FOLDER, "")
    }

    /// The same with a server on which only keys below the roots in this file give `high`.
    ///
    /// # Panics
    /// With the programs' own words, where that fails.
    #[must_use]
    pub fn demanding(roots: &str) -> Self {
        let keys = format!("[[keys.attestation]]\nroots = {roots:?}\n");
        Self::build(PinEntry::Scripted, FOLDER, &keys)
    }

    /// The same with a server whose text messages and calls go by this exchange.
    ///
    /// # Panics
    /// With the programs' own words, where that fails.
    #[must_use]
    pub fn reached_by(exchange: &Exchange, provider: Provider) -> Self {
        let more = "[phone]\nsends_in_10_minutes = 9\n"; // what a journey does in a minute
        Self::build(PinEntry::Scripted, &exchange.config(provider), more)
    }

    /// The same with a server whose letters this print service opens.
    ///
    /// # Panics
    /// With the programs' own words, where that fails.
    #[must_use]
    pub fn printed_by(service: &PrintService) -> Self {
        Self::build(PinEntry::Scripted, FOLDER, &service.table())
    }

    fn build(pin_entry: PinEntry, phones: &str, more: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let pki = folder.path().join("pki");
        let _ = Program::ours("firmware-sim").arg("pki").arg(&pki).run().good();
        let port = free_port();
        let origin = format!("http://localhost:{port}");
        let config = folder.path().join("sleutelbos.toml");
        let text = server_config((port, &origin), phones, &pki) + more;
        std::fs::write(&config, text).expect("a configuration");
        std::fs::write(folder.path().join("token"), TOKEN).expect("a file");
        let server = Program::ours("sleutelbos").arg("serve").arg("--config").arg(&config);
        let server = server.log(folder.path().join(LOG));
        let (server, ()) = server.start(|line| line.starts_with("http://localhost").then_some(()));
        Self { folder, origin, people: Mutex::default(), pin_entry, _server: server }
    }

    /// Where the server is reached.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The sessions and audit events that the server has written down: how many sessions there
    /// are, and what the events say, oldest first.
    ///
    /// # Panics
    /// Where its database cannot be read.
    #[must_use]
    pub fn written_down(&self) -> (i64, Vec<String>) {
        let path = self.folder.path().join("data/sleutelbos.sqlite");
        let database = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY);
        let database = database.expect("the server's database");
        let sessions = database.query_row("SELECT COUNT(*) FROM session", [], |row| row.get(0));
        let mut events =
            database.prepare("SELECT event FROM audit ORDER BY at, id").expect("a table");
        let events = events.query_map([], |row| row.get(0)).expect("events");
        (sessions.expect("a number"), events.collect::<Result<_, _>>().expect("texts"))
    }

    /// Has what was chosen, made, opened and proven until now been so for eight days: a back-up address brings
    /// its owner back in after a week.
    ///
    /// # Panics
    /// Where its database cannot be written.
    pub fn age(&self) {
        const WEEK: i64 = 8 * 24 * 60 * 60 * 1000;
        let database = self.database();
        for aged in [
            "UPDATE backup_email SET starts_at = starts_at - $1 - $1",
            "UPDATE account SET email_changed_at = email_changed_at - $1",
            "UPDATE password SET changed_at = changed_at - $1",
            "UPDATE pin SET made_at = made_at - $1, opened_at = opened_at - $1",
        ] {
            let _ = database.execute(aged, [WEEK]).expect("a row");
        }
    }

    /// The server's database, to write to beside it.
    fn database(&self) -> Connection {
        let path = self.folder.path().join("data/sleutelbos.sqlite");
        let database = Connection::open(path).expect("the server's database");
        database.busy_timeout(PATIENCE).expect("it waits");
        database
    }

    /// The code in a mail to this address, as soon as the server has written one.
    #[must_use]
    pub fn mailed(&self, address: &str) -> Option<String> {
        let folder = std::fs::read_dir(self.folder.path().join("data/mail")).ok()?;
        let mails = folder.flatten().filter_map(|file| std::fs::read_to_string(file.path()).ok());
        mails.into_iter().filter(|mail| mail.contains(address)).find_map(|mail| {
            // A line that goes on is broken after `=` (RFC 2045, section 6.7).
            let text = mail.replace("=\r\n", "");
            let (_, code) = text.split_once("heeft: ")?;
            code.get(..7).map(str::to_owned)
        })
    }

    /// The folders into which the server writes a file for each mail, and for each text message and call.
    #[must_use]
    pub fn sent(&self) -> [PathBuf; 2] {
        ["data/mail", "codes"].map(|name| self.folder.path().join(name))
    }

    /// Where the links lead that the server mailed to this address to be confirmed.
    #[must_use]
    pub fn links_to(&self, address: &str) -> Vec<String> {
        let Ok(folder) = std::fs::read_dir(self.folder.path().join("data/mail")) else {
            return Vec::new();
        };
        let mails = folder.flatten().filter_map(|file| std::fs::read_to_string(file.path()).ok());
        let to_it = mails.into_iter().filter(|mail| mail.contains(address));
        let links = to_it.filter_map(|mail| {
            // A line that goes on is broken after `=`, which itself is written `=3D` (RFC 2045, section 6.7).
            let text = mail.replace("=\r\n", "").replace("=3D", "=");
            let (before, link) = text.split_once("/confirm?link=")?;
            let page = before.rsplit('/').next()?;
            let token = link.split(|c: char| c.is_whitespace() || c == '"').next()?;
            Some(format!("{page}/confirm?link={token}"))
        });
        links.collect()
    }

    /// Has every address of an organisation be recorded long ago: what is new counts after a week, and no
    /// journey takes that long.
    ///
    /// # Panics
    /// Where the server's database cannot be written to.
    pub fn ages_addresses(&self) {
        let aged = "UPDATE organisation SET email_from = 0, telephone_from = 0";
        let _ = self.database().execute(aged, []).expect("it is written");
    }

    /// Has every support case be confirmed three days ago: who takes away the last factor waits that long.
    ///
    /// # Panics
    /// Where the server's database cannot be written to.
    pub fn ages_cases(&self) {
        let aged = "UPDATE support_case SET ends_at = ends_at - 259200000";
        let _ = self.database().execute(aged, []).expect("it is written");
    }

    /// The folder that `firmware-sim pki` made.
    #[must_use]
    pub fn pki(&self) -> PathBuf {
        self.folder.path().join("pki")
    }

    /// Makes an organisation, which has [`FACTS`], with one contact person. `subscriber` is its UZI subscriber
    /// number.
    ///
    /// # Panics
    /// Where `sleutelbos account create` refuses.
    pub fn person(&self, name: &str, subscriber: Option<&str>) -> Person {
        let (person, number) = self.stranger(name);
        let ura = subscriber.iter().flat_map(|ura| ["--ura", ura]);
        let facts: Vec<_> = FACTS.into_iter().chain(ura).collect();
        let _ = self.employ(&person, &format!("FAKE Testpraktijk {number}"), &facts);
        person
    }

    /// Somebody with an address and a password of their own, who works nowhere yet.
    #[must_use]
    pub fn newcomer(&self, name: &str) -> Person {
        self.stranger(name).0
    }

    fn stranger(&self, name: &str) -> (Person, u32) {
        let number = {
            let mut people = self.people.lock().expect("nobody panics with it");
            people.made += 1;
            people.made
        };
        let username = format!("test.{number}@praktijk.example");
        let password = format!("ochtenddienst om half {number}");
        (Person { name: name.to_owned(), username, password }, number)
    }

    /// Has somebody work for an organisation of this name too, with the same address and password; `more`
    /// is what else `sleutelbos account create` is told. The user number of the account.
    ///
    /// # Panics
    /// Where `sleutelbos account create` refuses.
    pub fn employ(&self, person: &Person, organisation: &str, more: &[&str]) -> String {
        let Person { name, username, password } = person;
        let create = self
            .sleutelbos(&["account", "create", "--password"])
            .args(["--organisation", organisation])
            .args(["--username", username, "--name", name])
            .args(["--vouch", "high"])
            .args(more)
            .input(format!("{password}\n"));
        let said = create.run().good();
        let number = said.rsplit_once(": ").map(|(_, number)| number);
        number.unwrap_or_else(|| panic!("no user number: {said}")).trim().to_owned()
    }

    /// The port of the loopback address on which the server listens.
    ///
    /// # Panics
    /// Never: its origin names one.
    #[must_use]
    pub fn port(&self) -> u16 {
        let port = self.origin.rsplit(':').next().and_then(|port| port.parse().ok());
        port.expect("the origin of a stage has a port")
    }

    /// Has an operator link the simulated card 'z' to somebody's account.
    ///
    /// # Panics
    /// Where `sleutelbos account link-card` refuses.
    pub fn link_card(&self, person: &Person) {
        let link = self
            .sleutelbos(&["account", "link-card"])
            .args(["--username", &person.username, "--operator", "Test Beheer", "--certificate"])
            .arg(self.pki().join("cards/z/authenticiteit.pem"));
        let _ = link.run().good();
    }

    /// Keeps somebody for a later journey on this stage.
    ///
    /// # Panics
    /// Never: nobody panics while holding the list.
    pub fn remember(&self, what: &'static str, person: &Person) {
        let mut people = self.people.lock().expect("nobody panics with it");
        people.remembered.insert(what, person.clone());
    }

    /// Who was kept.
    ///
    /// # Panics
    /// Never: nobody panics while holding the list.
    #[must_use]
    pub fn remembered(&self, what: &str) -> Option<Person> {
        let people = self.people.lock().expect("nobody panics with it");
        people.remembered.get(what).cloned()
    }

    /// `sleutelbos` with the configuration of this stage.
    #[must_use]
    pub fn sleutelbos(&self, command: &[&str]) -> Program {
        let config = self.folder.path().join("sleutelbos.toml");
        Program::ours("sleutelbos").args(command).arg("--config").arg(config)
    }

    /// `sleutelbos-agent`, configured for this stage; it asks `script` where it asks a person.
    ///
    /// # Panics
    /// Where its configuration cannot be written.
    #[must_use]
    pub fn agent(&self, script: &Script) -> Program {
        let home = self.agent_home();
        Program::ours("sleutelbos-agent")
            .env("XDG_CONFIG_HOME", home)
            .env("LANG", "nl_NL.UTF-8")
            .env(pinentry::SCRIPT, script.path())
    }

    /// The folder with the agent's configuration, for `XDG_CONFIG_HOME`.
    ///
    /// # Panics
    /// Where it cannot be written.
    #[must_use]
    pub fn agent_home(&self) -> PathBuf {
        let home = self.folder.path().join("agent");
        let folder = home.join("sleutelbos");
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join("agent.toml"), agent_config(&self.origin, self.pin_entry))
            .expect("a file");
        home
    }
}

impl Drop for Stage {
    /// A test that fails shows what its server said.
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = std::fs::read_to_string(self.folder.path().join(LOG)).unwrap_or_default();
            eprintln!("--- the server's log ---\n{log}---");
        }
    }
}

impl Default for Stage {
    fn default() -> Self {
        Self::new()
    }
}

/// How long a writer of the database is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// Text messages and calls as files.
const FOLDER: &str = "[delivery.sms]\ngateway = \"folder\"\nfolder = \"codes\"\n\
                      [delivery.calls]\ngateway = \"folder\"\nfolder = \"codes\"\n";

fn server_config((port, origin): (u16, &str), phones: &str, pki: &Path) -> String {
    let uzi = uzi_table(pki);
    format!(
        "data = \"data\"\n[server]\nlisten = \"127.0.0.1:{port}\"\norigin = \"{origin}\"\n{phones}{uzi}{ONE_USER}{AUTHORISATIONS}"
    )
}

/// By what an operator knows a practice.
pub const FACTS: [&str; 4] = ["--agb", "01012345", "--kvk", "12345678"];

/// All operators of a test run their commands as whoever runs the test, and nobody waits for days.
pub const ONE_USER: &str = "[operators]\nusers = \"shared\"\n";

/// What people may do in services behind the server.
pub const AUTHORISATIONS: &str = r#"
[[authorisations]]
id = "declareren"
name = { nl = "Declareren", en = "Submit claims" }
sentence = { nl = "Declaraties indienen en inzien.", en = "Submit and see claims." }
[[authorisations]]
id = "recepten"
name = { nl = "Recepten inzien", en = "See prescriptions" }
sentence = { nl = "Recepten van de praktijk bekijken.", en = "See the prescriptions of the practice." }
"#;

/// The table of a server's configuration that believes the cards of `firmware-sim pki`.
///
/// # Panics
/// Where that folder has no lists.
#[must_use]
pub fn uzi_table(pki: &Path) -> String {
    let lists = std::fs::read_dir(pki.join("crl")).expect("revocation lists").flatten();
    let mut lists: Vec<String> = lists.map(|e| format!("{:?}", e.path())).collect();
    lists.sort();
    format!(
        "[uzi]\nenvironment = \"test\"\ntrust = {:?}\nrevocation_lists = [{}]\n",
        pki.join("trust"),
        lists.join(", "),
    )
}

/// The agent's configuration for the server at `origin`.
///
/// # Panics
/// Where OpenSC's module is not installed.
#[must_use]
pub fn agent_config(origin: &str, pin_entry: PinEntry) -> String {
    let pinentry = match pin_entry {
        PinEntry::Scripted => format!("[pinentry]\nprogram = {:?}\n", built("scripted_pinentry")),
        PinEntry::System => String::new(),
    };
    let modules = opensc_module();
    format!(
        "servers = [\"{origin}\"]\ndevelopment = true\n{pinentry}[card]\nmodules = [{modules:?}]\n"
    )
}

/// OpenSC's PKCS#11 module, below the folder of this machine's architecture.
///
/// # Panics
/// Where it is not installed.
#[must_use]
pub fn opensc_module() -> PathBuf {
    let folders = std::fs::read_dir("/usr/lib").expect("/usr/lib").flatten();
    folders
        .map(|folder| folder.path().join("opensc-pkcs11.so"))
        .find(|path| path.exists())
        .expect("opensc-pkcs11.so is missing: install the package opensc-pkcs11")
}

/// A port of the loopback address that nobody uses now. It is none of those that the system itself
/// hands out, and each process begins elsewhere: who asks at the same time gets another.
///
/// # Panics
/// Where all are taken.
#[must_use]
pub fn free_port() -> u16 {
    const FIRST: u32 = 20_000;
    const COUNT: u32 = 12_000;
    static ASKED: AtomicU32 = AtomicU32::new(0);
    let begin = std::process::id().wrapping_mul(97);
    let mut ports = (0..COUNT).map(|_| {
        let asked = ASKED.fetch_add(1, Ordering::Relaxed);
        u16::try_from(FIRST + begin.wrapping_add(asked) % COUNT).expect("below 32,768")
    });
    let is_free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
    ports.find(is_free).expect("a free port")
}
