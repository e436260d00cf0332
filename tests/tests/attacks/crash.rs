//! `kill -9` at the writes of an enrolment and a log-in: what is there after a restart is the old
//! state or the new one, nothing counts twice, nothing that was promised is gone.
//!
//! strace kills the server as it enters the N-th write or sync after the walk began, which it counts for each
//! thread: the server has one thread here on which it serves and SQLite writes, and one that syncs, so the N-th is
//! always the same. Nothing in the server knows of it.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};

use serde_json::{Value, json};
use tests::program::{Background, Program, trail};

use crate::house::{House, PASSWORD};
use tests::client::{Answer, Client};
use tests::soft_key::SoftKey;

#[test]
fn killed_at_any_commit_the_server_has_the_old_state_or_the_new() {
    let kills = kill_at(&["fdatasync", "fsync"], 1);
    assert!(kills >= 12, "the walk has that many commits, and {kills} were struck");
}

#[test]
fn killed_while_a_commit_is_written_the_server_has_the_old_state_or_the_new() {
    // A commit is some ten writes, of a frame's head and its page in turn.
    let kills = kill_at(&["pwrite64"], 7);
    assert!(kills >= 8, "the walk has more writes than that, and {kills} were struck");
}

/// The worker of the audit chains what waits as soon as the server starts, and what came since when it is
/// told to stop.
#[test]
fn killed_at_any_write_of_the_audits_worker_the_chain_holds_and_goes_on() {
    let house = House::new("");
    house.account("first@praktijk.example");
    let mut places = BTreeSet::new();
    for (calls, step, least) in [("fdatasync,fsync", 1, 2), ("pwrite64", 4, 4)] {
        for kills in 0.. {
            house.account(&format!("{}{kills}@praktijk.example", &calls[..1]));
            let killed = chain_until(&house, calls, 1 + kills * step);
            places.insert(rows_of(&house, "audit_link"));
            assert_chain(&house);
            if !killed {
                assert!(kills >= least, "{calls}: {kills} were struck");
                break;
            }
            drop(house.start()); // and asked to end
            assert_chain(&house);
            assert_eq!(rows_of(&house, "audit_waiting"), 0, "all have places");
        }
    }
    assert!(places.len() > 6, "the chain grew: {places:?}");
}

/// Starts the server, and has it killed as it enters the `nth` of these calls; whether it was, or
/// everything that waited has a place.
fn chain_until(house: &House, calls: &str, nth: usize) -> bool {
    trail(&format!("kill the worker at {calls} {nth}"));
    let strace = Program::stranger("strace", "strace")
        .args(["-f", "-o", "/dev/null", "-e", &format!("trace={calls}")])
        .args(["-e", &format!("inject={calls}:signal=SIGKILL:when={nth}")])
        .arg(Program::ours("sleutelbos").path())
        .args(["serve", "--config"])
        .arg(house.file("sleutelbos.toml"));
    let mut command = strace.command();
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut server = command.spawn().expect("strace can be started");
    for _ in 0..1_000 {
        if server.try_wait().expect("it is a child").is_some() {
            return true;
        }
        if rows_of(house, "audit_waiting") == 0 {
            let children = format!("/proc/{0}/task/{0}/children", server.id());
            let children = std::fs::read_to_string(children).unwrap_or_default();
            let end = Program::stranger("kill", "procps").arg("-TERM");
            // Struck at the commit that gave the last one its place, it is gone: strace ends next.
            if end.args(children.split_whitespace()).run().code == 0 {
                drop(server.wait());
                return false;
            }
        }
    }
    panic!("the events get no place");
}

fn rows_of(house: &House, table: &str) -> usize {
    house.rows().get(table).and_then(Value::as_array).expect("a table").len()
}

pub(crate) fn assert_chain(house: &House) {
    let _ = house.sleutelbos(&["audit", "verify"]).run().good();
}

/// Walks again and again, with the server killed at the first of these calls, then `step` later, and
/// so on until a walk ends alive. How often it was killed.
fn kill_at(calls: &[&str], step: usize) -> usize {
    let house = House::new("");
    house.account("first@praktijk.example"); // the database is there before any walk
    let mut server = house.start_on_one_thread();
    for kills in 0.. {
        let name = format!("arts{kills}@praktijk.example");
        house.account(&name);
        let number = u32::try_from(kills).expect("a few");
        let mut walk = Walk::new(&house, &name, number);
        let mut strace = strike(&server, calls, 1 + kills * step);
        let ended = walk.go();
        drop(strace.kill());
        drop(strace.wait());
        if ended.is_ok() {
            assert!(walk.pending.is_none());
            assert_sound(&house.rows(), &walk);
            return kills;
        }
        drop(server);
        assert_chain(&house);
        server = house.start_on_one_thread();
        walk.again();
        assert_sound(&house.rows(), &walk);
        walk.log_in();
        assert_sound(&house.rows(), &walk);
    }
    unreachable!("a walk ends")
}

/// Has the server killed as one of its threads enters the `nth` of these calls from now on.
pub(crate) fn strike(server: &Background, calls: &[&str], nth: usize) -> Child {
    trail(&format!("kill at {calls:?} {nth}"));
    let calls = calls.join(",");
    let strace = Program::stranger("strace", "strace")
        .args(["-f", "-o", "/dev/null", "-e", &format!("trace={calls}")])
        .args(["-e", &format!("inject={calls}:signal=SIGKILL:when={nth}")])
        .args(["-p", &server.id().to_string()]);
    let mut command = strace.command();
    let mut strace = command.stderr(Stdio::piped()).spawn().expect("strace can be started");
    let said = strace.stderr.take().expect("it was piped");
    let mut lines = BufReader::new(said).lines().map_while(Result::ok);
    let attached = lines.find(|line| line.contains(" attached") || line.contains("ptrace"));
    let attached = attached.unwrap_or_default();
    assert!(
        attached.contains(" attached"),
        "strace may trace a process of its own user: {attached}"
    );
    std::thread::spawn(move || lines.for_each(drop));
    strace
}

/// Somebody who enrols a first key, mistypes the password, and logs in with both; and what the server
/// said of it.
struct Walk {
    client: Client,
    name: String,
    key: SoftKey,
    /// A request that counts once and has no answer yet.
    pending: Option<(&'static str, String, Value)>,
    enrolled: bool,
    sessions: usize,
    wrong: usize,
}

impl Walk {
    fn new(house: &House, name: &str, number: u32) -> Self {
        Self {
            client: house.client(),
            name: name.to_owned(),
            key: SoftKey::new(number, &house.origin()),
            pending: None,
            enrolled: false,
            sessions: 0,
            wrong: 0,
        }
    }

    fn go(&mut self) -> std::io::Result<()> {
        let client = self.client;
        let attempt = client.attempt()?;
        let code = client.password(&attempt, &self.name, PASSWORD)?.text("code");
        let session = self.redeem(&code)?;
        let asked =
            client.post("enrolment/webauthn/options", &session, &json!({"kind": "passkey"}))?;
        let credential = self.key.create(&asked.options());
        let body = json!({"credential": credential, "name": "sleutel"});
        self.spend("enrolment/webauthn", &session, body)?;
        self.enrolled = true;
        let attempt = client.attempt()?;
        assert_eq!(client.password(&attempt, &self.name, "mis mis mis mis")?.status, 401);
        self.wrong += 1;
        self.enter()
    }

    /// Password and, where one is enrolled, key.
    fn enter(&mut self) -> std::io::Result<()> {
        let client = self.client;
        let attempt = client.attempt()?;
        let answer = client.password(&attempt, &self.name, PASSWORD)?;
        let code = match answer.text("state").as_str() {
            "enrol_only" => answer.text("code"),
            _ => {
                let asked = client.post("login/webauthn/options", &attempt, &json!({}))?;
                let credential = self.key.get(&asked.options());
                let body = json!({"credential": credential});
                self.spend("login/webauthn", &attempt, body)?.text("code")
            }
        };
        self.redeem(&code).map(drop)
    }

    fn redeem(&mut self, code: &str) -> std::io::Result<String> {
        let body = json!({"code": code, "code_verifier": tests::client::VERIFIER});
        let answer = self.spend("login/code", "", body)?;
        self.sessions += 1;
        Ok(answer.text("session"))
    }

    /// Sends what counts once, and remembers it until the answer is there.
    fn spend(&mut self, path: &'static str, bearer: &str, body: Value) -> std::io::Result<Answer> {
        let (path, bearer, body) = &*self.pending.insert((path, bearer.to_owned(), body));
        let answer = self.client.post(path, bearer, body)?;
        assert!(answer.status < 300, "{path}: {} {}", answer.status, answer.body);
        self.pending = None;
        Ok(answer)
    }

    /// After a restart: what had no answer is sent again, twice; it counts once at the most.
    fn again(&mut self) {
        let Some((path, bearer, body)) = self.pending.take() else { return };
        let mut taken = 0;
        for _ in 0..2 {
            let answer = self.client.post(path, &bearer, &body).expect("the server is up again");
            assert!(answer.status < 500, "{path}: {} {}", answer.status, answer.body);
            if answer.status < 300 {
                taken += 1;
                self.enrolled |= path == "enrolment/webauthn";
                self.sessions += usize::from(path == "login/code");
            }
        }
        assert!(taken < 2, "{path} counted twice");
    }

    fn log_in(&mut self) {
        self.enter().expect("the server is up again and lets its people in");
    }
}

/// Whether each table tells the same story, and one that fits what the walker was told.
fn assert_sound(rows: &Value, walk: &Walk) {
    let table = |name: &str| rows[name].as_array().expect("a table").clone();
    let accounts = table("account");
    let account = accounts.iter().find(|row| row["username"] == walk.name.as_str());
    let id = &account.expect("the account is there")["id"];
    let mine = |name: &str| table(name).into_iter().filter(|row| row["account_id"] == *id);
    let events: Vec<Value> = mine("audit")
        .map(|row| {
            serde_json::from_str(row.get("event").and_then(Value::as_str).expect("text"))
                .expect("JSON")
        })
        .collect();
    let named =
        |event: &str| events.iter().filter(|found| found["event"] == event).collect::<Vec<_>>();
    let ids = |event: &str, member: &str| -> BTreeSet<String> {
        let found = named(event);
        let ids: BTreeSet<_> = found.iter().map(|event| event[member].to_string()).collect();
        assert_eq!(ids.len(), found.len(), "{event} twice: {events:?}");
        ids
    };
    let member = |row: &Value, name: &str| row.get(name).expect("a column").to_string();
    let id_of = |row: &Value| member(row, "id");

    let factors: BTreeSet<_> = mine("factor").map(|row| id_of(&row)).collect();
    assert_eq!(factors, ids("factor_added", "factor"), "a factor and its event");
    let credentials = table("credential").into_iter().map(|row| member(&row, "factor_id"));
    let credentials: BTreeSet<_> = credentials.filter(|id| factors.contains(id)).collect();
    assert_eq!(factors, credentials, "a factor and its key");
    assert!(factors.len() >= usize::from(walk.enrolled), "an enrolment that was answered is there");
    assert!(factors.len() <= 1, "one key is one factor");
    let told = |row: &Value| row["kind"] == "factor_added";
    let told =
        mine("outbox").filter(told).count() + events.iter().filter(|event| told(event)).count();
    assert!(told >= factors.len(), "a factor and its message, waiting or sent");

    let sessions: BTreeSet<_> = mine("session").map(|row| id_of(&row)).collect();
    assert_eq!(sessions, ids("session_opened", "session"), "a session and its event");
    let ended = mine("session").filter(|row| !row["ended_at"].is_null());
    let ended: BTreeSet<_> = ended.map(|row| id_of(&row)).collect();
    assert_eq!(ended, ids("session_ended", "session"), "the end of a session and its event");
    assert!(sessions.len() >= walk.sessions, "a session that was answered is there");
    let spent = mine("login_code").filter(|row| !row["spent_at"].is_null()).count();
    assert!(sessions.len() <= spent, "a code opened two sessions");

    let tried = events.iter().rev().take_while(|event| event["event"] != "password_right");
    let tried = tried.filter(|event| event["event"] == "password_tried").count();
    let count = table("lockout").into_iter().find(|row| row["subject"] == *id);
    let total = count.and_then(|row| row.get("total")?.as_u64()).unwrap_or(0);
    assert_eq!(total, tried as u64, "each try is counted, and the count has its event: {events:?}");
    assert!(named("password_wrong").len() >= walk.wrong, "a failure that was answered is recorded");
}
