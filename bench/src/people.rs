//! A database with as many people in it as a measurement asks: a few log in, the others stand by.

use std::collections::HashSet;
use std::io::{Error, Result};
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use sleutelbos_server::accounts::number::UserNumber;
use sleutelbos_server::random::Random;
use tempfile::TempDir;
use tests::program::Program;
use tests::soft_key::SoftKey;
use tests::stage::free_port;

use crate::server::Server;
use crate::visitor::Visitor;
use crate::ways;

/// Everybody's password.
pub(crate) const PASSWORD: &str = "ochtenddienst om half acht";

/// Whom the others are copies of.
const FIRST: &str = "eerste@praktijk.example";

/// How many people one organisation has.
const TOGETHER: u64 = 20;

/// How many are added in one transaction.
const CHUNK: u64 = 20_000;

/// A server's configuration and data, on the disk that the build stands on: a commit is to be durable.
pub(crate) struct World {
    pub(crate) config: PathBuf,
    _folder: TempDir,
}

/// The username of the person with this number, from 0.
pub(crate) fn username(number: u64) -> String {
    format!("test.{number}@praktijk.example")
}

/// Makes a world with so many accounts. Each has a password, and a passkey of its own; only those who
/// log in later with what they enrol themselves are met by the server.
pub(crate) async fn populate(accounts: u64, log: &str) -> Result<World> {
    let parent = tests::program::built_folder();
    let folder = tempfile::Builder::new().prefix("bench-").tempdir_in(parent)?;
    let (config, port) = (folder.path().join("sleutelbos.toml"), free_port());
    let text = format!(
        "data = \"data\"\n[server]\nlisten = \"127.0.0.1:{port}\"\norigin = \"http://localhost:{port}\"\nlog = \"{log}\"\n"
    );
    std::fs::write(&config, text)?;
    let create = Program::ours("sleutelbos")
        .args(["account", "create", "--password", "--organisation", "FAKE Testpraktijk"])
        .args(["--username", FIRST, "--name", "Test Arts", "--vouch", "high"])
        .arg("--config")
        .arg(&config)
        .input(format!("{PASSWORD}\n"));
    let _said = create.run().good();
    let server = Server::start(&config)?;
    let mut key = SoftKey::new(0, &format!("http://localhost:{port}"));
    ways::enrol_key(&mut Visitor::new(port), FIRST, &mut key).await?;
    drop(server);
    copy(&folder.path().join("data/sleutelbos.sqlite"), accounts).map_err(Error::other)?;
    Ok(World { config, _folder: folder })
}

/// Adds the others by statements: nobody has the time to let a million people enrol.
fn copy(database: &Path, accounts: u64) -> rusqlite::Result<()> {
    let mut database = Connection::open(database)?;
    let account = ["id", "organisation_id", "number", "username", "role"];
    let account = others(&database, "account", &account)?;
    let organisation = others(&database, "organisation", &["id", "main_contact"])?;
    let (mut from, mut numbers) = (0, HashSet::new());
    while from < accounts {
        let until = accounts.min(from + CHUNK);
        let numbers = (from..until).map(|_| own_number(&mut numbers)).collect();
        add(&mut database, (from, until), numbers, (&account, &organisation))?;
        from = until;
    }
    for statement in [PASSWORDS, FACTORS, CREDENTIALS, "PRAGMA wal_checkpoint(TRUNCATE)"] {
        database.execute_batch(statement)?;
    }
    database.close().map_err(|(_, error)| error)
}

/// The columns of `table` besides these, for a statement: what every copy has as the first one has it.
fn others(database: &Connection, table: &str, own: &[&str]) -> rusqlite::Result<String> {
    let mut columns = database.prepare("SELECT name FROM pragma_table_info($1)")?;
    let columns: rusqlite::Result<Vec<String>> =
        columns.query_map([table], |row| row.get(0))?.collect();
    let kept = columns?.into_iter().filter(|column| !own.contains(&column.as_str()));
    Ok(kept.map(|column| format!(", {column}")).collect())
}

/// A user number that none of these is: of a million drawn by lot two are often the same.
fn own_number(given: &mut HashSet<String>) -> String {
    loop {
        let number = UserNumber::random(Random::system()).as_str().to_owned();
        if given.insert(number.clone()) {
            return format!("\"{number}\"");
        }
    }
}

fn add(
    database: &mut Connection,
    (from, until): (u64, u64),
    numbers: Vec<String>,
    (account, organisation): (&str, &str),
) -> rusqlite::Result<()> {
    let (first, end) = (from / TOGETHER, until.div_ceil(TOGETHER));
    let tx = database.transaction()?;
    tx.execute_batch(&format!(
        "WITH RECURSIVE n (at) AS (SELECT {first} UNION ALL SELECT at + 1 FROM n WHERE at + 1 < {end}) \
         INSERT OR IGNORE INTO organisation (id{organisation}) \
         SELECT printf('%032x', at){organisation} FROM n, \
         (SELECT * FROM organisation WHERE main_contact IS NOT NULL LIMIT 1)"
    ))?;
    tx.execute_batch(&format!(
        "INSERT INTO account (id, organisation_id, number, username, role{account}) \
         SELECT lower(hex(randomblob(16))), printf('%032x', ({from} + j.key) / {TOGETHER}), j.value, \
         'test.' || ({from} + j.key) || '@praktijk.example', 'colleague'{account} \
         FROM json_each('[{}]') j, (SELECT * FROM account WHERE username = '{FIRST}')",
        numbers.join(",")
    ))?;
    tx.commit()
}

/// Everybody has the first one's password; its hash names nobody.
const PASSWORDS: &str = "INSERT INTO password (account_id, hash, changed_at) \
    SELECT a.id, p.hash, p.changed_at FROM account a, password p WHERE a.id <> p.account_id";

/// And a passkey with a number of its own, which nobody holds. Who logs in here has none.
const FACTORS: &str = "INSERT INTO factor (id, account_id, kind, name, bound_at, evidence, created_at, \
    used_at, proven_at) SELECT lower(hex(randomblob(16))), a.id, f.kind, f.name, f.bound_at, f.evidence, \
    f.created_at, f.used_at, f.proven_at FROM account a, factor f \
    WHERE a.id <> f.account_id AND CAST(substr(a.username, 6) AS INTEGER) >= 10000";

/// What belongs to it.
const CREDENTIALS: &str = "INSERT INTO credential (factor_id, credential_id, version, content, counter, \
    discoverable) SELECT f.id, lower(hex(randomblob(32))), c.version, c.content, c.counter, c.discoverable \
    FROM factor f, credential c WHERE f.id <> c.factor_id";
