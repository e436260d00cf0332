//! A server in a folder of its own that can be started again on what it left.

use std::path::PathBuf;

use serde_json::Value;
use tempfile::TempDir;
use tests::program::{Background, Program};
use tests::stage::{FACTS, free_port};

use tests::client::Client;

/// The folder of a server: configuration and data.
#[derive(Debug)]
pub(crate) struct House {
    folder: TempDir,
    /// Where people reach the server.
    pub(crate) port: u16,
}

/// The password of every account of a house.
pub(crate) const PASSWORD: &str = "ochtenddienst om half acht";

impl House {
    /// A house with `more` in its configuration, in which nothing was started yet.
    pub(crate) fn new(more: &str) -> Self {
        let port = free_port();
        Self::reached_at(port, port, more)
    }

    /// A house whose server listens on `listen` and is reached by people on `port`.
    pub(crate) fn reached_at(port: u16, listen: u16, more: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let config = format!(
            "data = \"data\"\n[server]\nlisten = \"127.0.0.1:{listen}\"\n\
             origin = \"http://localhost:{port}\"\n{more}"
        );
        std::fs::write(folder.path().join("sleutelbos.toml"), config).expect("a configuration");
        Self { folder, port }
    }

    /// Where people reach it.
    pub(crate) fn origin(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// Who asks it.
    pub(crate) fn client(&self) -> Client {
        Client { port: self.port }
    }

    /// A file in the folder of the house.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// `sleutelbos` with this house's configuration.
    pub(crate) fn sleutelbos(&self, command: &[&str]) -> Program {
        let config = self.file("sleutelbos.toml");
        Program::ours("sleutelbos").args(command).arg("--config").arg(config)
    }

    /// Starts the server and waits until it listens.
    pub(crate) fn start(&self) -> Background {
        self.started(self.sleutelbos(&["serve"]))
    }

    /// The same, with all that it serves on one thread.
    pub(crate) fn start_on_one_thread(&self) -> Background {
        self.started(self.sleutelbos(&["serve"]).env("TOKIO_WORKER_THREADS", "1"))
    }

    fn started(&self, server: Program) -> Background {
        let server = server.log(self.file("server.log"));
        let (server, ()) = server.start(|line| line.starts_with("http://").then_some(()));
        server
    }

    /// Makes an account in an organisation of its own, with [`PASSWORD`].
    pub(crate) fn account(&self, username: &str) {
        let create = self.sleutelbos(&["account", "create", "--password", "--vouch", "high"]);
        let create = create.args(["--organisation", &format!("Praktijk van {username}")]);
        let create = create.args(["--username", username, "--name", "Test Arts"]).args(FACTS);
        let _ = create.input(format!("{PASSWORD}\n")).run().good();
    }

    /// Every row of every table, as a stranger reads them: a list of objects for each table, in the
    /// order in which they were written.
    pub(crate) fn rows(&self) -> Value {
        let read = "import json, sqlite3, sys\n\
            db = sqlite3.connect(sys.argv[1]); db.row_factory = sqlite3.Row\n\
            assert db.execute('PRAGMA integrity_check').fetchone()[0] == 'ok'\n\
            assert not db.execute('PRAGMA foreign_key_check').fetchall()\n\
            names = [r[0] for r in db.execute(\"SELECT name FROM sqlite_master WHERE type='table'\") if r[0][0] != '_']\n\
            print(json.dumps({n: [dict(r) for r in db.execute(f'SELECT * FROM {n} ORDER BY rowid')] for n in names}))";
        let python = Program::stranger("python3", "python3");
        let file = self.file("data/sleutelbos.sqlite");
        let said = python.args(["-c", read]).arg(file).run().good();
        serde_json::from_str(&said).expect("JSON")
    }
}
