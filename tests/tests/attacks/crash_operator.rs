//! `kill -9` at the writes of an operator's commands, which work beside the server: what somebody called for is
//! confirmed or carried out, recorded and told, or nothing is.

use std::collections::BTreeSet;

use serde_json::Value;
use sleutelbos_server::clock::Clock;
use tests::forms::Browser;
use tests::program::{Program, trail};
use tests::soft_key::SoftKey;
use tests::stage::{FACTS, ONE_USER};

use crate::crash::assert_chain;
use crate::crash_deeds::{lies, lives, newest};
use crate::crash_factors::told;
use crate::crash_roads::{accounts, touched};
use crate::house::House;
use crate::practice::{Added, CHOSEN, Contact, chooses, count, events, of};

#[test]
fn killed_at_any_write_of_a_call_back_the_case_is_confirmed_and_told_or_is_not() {
    strikes(Deed::CallBack);
}

#[test]
fn killed_at_any_write_of_an_operators_help_the_block_is_lifted_and_told_or_is_there() {
    strikes(Deed::Unblock);
}

#[test]
fn killed_at_any_write_of_an_operators_removal_the_password_opens_and_it_is_told_or_the_key_does() {
    strikes(Deed::Removal);
}

#[test]
fn killed_at_any_write_of_an_operators_pin_it_lies_there_and_is_told_or_none_was_made() {
    strikes(Deed::Pin);
}

/// What an operator does with a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    /// `support called`.
    CallBack,
    /// `support finish`, for a password that is blocked.
    Unblock,
    /// `support finish`, for a new PIN.
    Pin,
    /// `account remove-factor`, of the last that there is.
    Removal,
}

/// Has the command killed at its first sync, then the second, and so on until it ends alive; then at its writes.
fn strikes(deed: Deed) {
    let house = House::new(ONE_USER);
    house.account("first@praktijk.example"); // the database is there
    let _server = house.start();
    let mut contact = Contact::of(&house, CONTACT, 0);
    reached_by_telephone(&house);
    let (mut number, mut seen) = (0, BTreeSet::new());
    // A command is one commit: some thirty to sixty writes, of a frame's head and its page in turn.
    for (calls, step, least) in [("fdatasync,fsync", 1, 1), ("pwrite64", 11, 2)] {
        for kills in 0.. {
            number += 1;
            contact.again();
            let mut case = Case::opened(&house, &mut contact, deed, number);
            let alive = case.struck(&house, calls, 1 + kills * step);
            assert_chain(&house);
            let done = case.assert_sound(&house.rows());
            if alive {
                assert!(done, "it said so");
                assert!(kills >= least, "{calls}: {kills} were struck");
                trail(&format!("{calls}: {kills} were struck"));
                break;
            }
            seen.insert(done);
            case.goes_on(&house, &mut contact, done);
            assert!(case.assert_sound(&house.rows()), "it is done in the end");
        }
    }
    assert_eq!(seen.len(), 2, "it was struck before it was done, and after");
}

/// Records where the practice is called back, so long ago that it counts.
fn reached_by_telephone(house: &House) {
    let today = Clock::system().now().to_string();
    let extract = today.split('T').next().unwrap_or_default();
    let registered = house.sleutelbos(&["organisation", "registered", "--username", CONTACT]);
    let registered = registered.args(["--telephone", "030 253 11 11", "--kvk", FACTS[3]]);
    let _ = registered.args(["--extract", extract, "--operator", CALLER]).run().good();
    house.writes(&["UPDATE organisation SET telephone_from = 0"]);
}

/// A case of a colleague who has a key and is in, at the place from which on the command is struck.
struct Case {
    id: String,
    deed: Deed,
    name: String,
    added: Added,
    /// How often people had been told of a PIN.
    told: usize,
    account: Value,
    key: SoftKey,
    session: Value,
    command: Vec<String>,
}

impl Case {
    fn opened(house: &House, contact: &mut Contact, deed: Deed, number: u32) -> Self {
        let name = format!("arts{number}@praktijk.example");
        let added = contact.adds(&name);
        let mut browser = Browser::new(house.client());
        assert_eq!(chooses(&mut browser, &added).path, "/enrol");
        let mut key = SoftKey::new(number, &house.origin());
        touched(&mut browser, &mut key);
        let purpose = match deed {
            Deed::CallBack => "unblock",
            Deed::Unblock => {
                blocks(house, &name);
                "unblock"
            }
            Deed::Pin => {
                house.ages(); // at most one a day
                "pin"
            }
            Deed::Removal => "factor",
        };
        let open = house.sleutelbos(&["support", "open", purpose, FACTS[0], FACTS[1]]);
        let opened = open.args(["--number", &added.number, "--operator", CALLER]).run().good();
        let id = opened.lines().next().expect("its id").to_owned();
        let called = ["support", "called", &id, "--operator", CALLER];
        if deed != Deed::CallBack {
            let _ = house.sleutelbos(&called).run().good();
        }
        // Everybody who was told had three days to stop it.
        house.writes(&["UPDATE support_case SET ends_at = ends_at - 259200000 \
                        WHERE purpose = 'factor' AND state = 'called'"]);
        let rows = house.rows();
        let [account] = accounts(&rows, &name).try_into().expect("one account");
        let [factor] = of(&rows, "factor", &account).try_into().expect("one key");
        let factor = factor.get("id").and_then(Value::as_str).expect("text");
        let command = match deed {
            Deed::CallBack => called.to_vec(),
            Deed::Unblock | Deed::Pin => vec!["support", "finish", &id, "--operator", ANOTHER],
            Deed::Removal => {
                vec!["account", "remove-factor", factor, "--case", &id, "--operator", ANOTHER]
            }
        };
        let command = command.into_iter().map(str::to_owned).collect();
        let session = newest(house, &name);
        let told = told(&rows, &account, "pin_made");
        Self { id, deed, name, added, told, account, key, session, command }
    }

    /// The command, with the house's configuration.
    fn command(&self, house: &House) -> Program {
        house.sleutelbos(&self.command.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// Gives the command, and has it killed as it enters the `nth` of these calls; whether it ended by itself.
    fn struck(&self, house: &House, calls: &str, nth: usize) -> bool {
        trail(&format!("kill at {calls} {nth}"));
        let strace = Program::stranger("strace", "strace")
            .args(["-f", "-o", "/dev/null", "-e", &format!("trace={calls}")])
            .args(["-e", &format!("inject={calls}:signal=SIGKILL:when={nth}")])
            .arg(Program::ours("sleutelbos").path())
            .args(&self.command)
            .arg("--config")
            .arg(house.file("sleutelbos.toml"));
        let output = strace.run();
        assert!([0, KILLED].contains(&output.code), "{}: {}", output.code, output.all());
        output.code == 0
    }

    /// After the kill: given again, the command does what was not done, and nothing twice.
    fn goes_on(&mut self, house: &House, contact: &mut Contact, done: bool) {
        let again = self.command(house).run();
        assert_eq!(again.code != 0, done, "{}", again.all());
        let mut browser = Browser::new(house.client());
        match self.deed {
            Deed::CallBack => {
                let finish = ["support", "finish", &self.id, "--operator", ANOTHER];
                let _ = house.sleutelbos(&finish).run().good();
            }
            Deed::Unblock => {
                assert_eq!(browser.log_in(&self.name, CHOSEN).path, "/login/check");
            }
            Deed::Pin => {
                self.added.pin = contact.reads_pin();
                let chosen = chooses(&mut browser, &self.added);
                assert_eq!(chosen.path, "/login?notice=password-chosen", "{}", chosen.text());
            }
            Deed::Removal => {
                let refused = browser.touched("/login/passkey", &mut self.key);
                assert_eq!(refused.code(), "not_recognised", "{}", refused.body);
                assert_eq!(browser.log_in(&self.name, CHOSEN).path, "/enrol");
            }
        }
    }

    /// Whether the rows tell one story; and whether that is that it was done.
    fn assert_sound(&self, rows: &Value) -> bool {
        let events = events(rows, &self.account);
        let recorded = |event: &str| {
            let mine = |found: &&Value| found["event"] == event && found["case"] == self.id;
            events.iter().filter(mine).count()
        };
        let [confirmed, finished] = ["support_confirmed", "support_finished"].map(recorded);
        let mut cases = rows["support_case"].as_array().expect("a table").iter();
        let case = cases.find(|row| row["id"] == self.id).expect("it is kept");
        let state = match (confirmed, finished) {
            (0, 0) => "opened",
            (1, 0) => "called",
            (1, 1) => "done",
            (_, _) => panic!("once, in this order: {events:?}"),
        };
        assert_eq!(case["state"], state, "the case and its events: {events:?}");
        assert_eq!(case["called_by"].is_null(), confirmed == 0, "who called, and the event");
        let times = |kind| told(rows, &self.account, kind);
        let told = |kind| times(kind).min(1);
        assert_eq!(told("support_confirmed"), confirmed, "confirmed, and told: {events:?}");
        match self.deed {
            Deed::CallBack => return confirmed == 1,
            Deed::Unblock => {
                let lifted = count(&events, "password_unblocked");
                assert_eq!(lifted, finished, "{events:?}");
                assert_eq!(blocked(rows, &self.account), 1 - finished, "lifted, or there");
                assert_eq!(told("unblocked"), finished, "lifted, and told: {events:?}");
            }
            Deed::Pin => {
                let pins = of(rows, "pin", &self.account);
                assert_eq!(pins.len(), 1 + finished, "made, and carried out: {events:?}");
                assert_eq!(count(&events, "pin_made"), pins.len(), "{events:?}");
                let more = times("pin_made") > self.told;
                assert_eq!(usize::from(more), finished, "made, and told: {events:?}");
                for pin in &pins {
                    assert_eq!(
                        lies(rows, pin),
                        pin["opened_at"].is_null(),
                        "it lies there, or was shown"
                    );
                }
            }
            Deed::Removal => {
                let gone = count(&events, "factor_removed");
                assert_eq!(gone, finished, "{events:?}");
                assert_eq!(of(rows, "factor", &self.account).len(), 1 - gone, "{events:?}");
                for kind in ["factor_removed", "password_opens"] {
                    assert_eq!(told(kind), gone, "gone, and told: {kind} {events:?}");
                }
            }
        }
        assert_eq!(lives(rows, &events, &self.session), finished == 0, "who was in: {events:?}");
        finished == 1
    }
}

/// Types wrong passwords until the password is blocked.
fn blocks(house: &House, name: &str) {
    let mut browser = Browser::new(house.client());
    for _ in 0..5 {
        let _ = browser.log_in(name, "mis mis mis mis");
    }
    assert_eq!(browser.log_in(name, CHOSEN).status, 403);
}

/// How many passwords of this account are blocked.
fn blocked(rows: &Value, account: &Value) -> usize {
    let counts = rows["lockout"].as_array().expect("a table").iter();
    let mine = counts.filter(|row| row["subject"] == *account && row["secret"] == "password");
    mine.filter(|row| !row["blocked_until"].is_null()).count()
}

const CONTACT: &str = "contact@praktijk.example";
/// Who answers the telephone and calls back.
const CALLER: &str = "Test Beheer";
/// Who carries it out.
const ANOTHER: &str = "Test Collega";
/// The code of what was killed, and so has none.
const KILLED: i32 = -1;
