//! Security keys and passkeys: in Chromium, and through the agent.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use sleutelbos_server::clock::Clock;

use super::pages::Choice;
use crate::browser::{Browser, Options};
use crate::pinentry::{Answer, Script};
use crate::program::Program;
use crate::stage::{FACTS, Person, Stage};
use crate::world::World;

/// The seed of the demo's key: one seed, one key, with and without a PIN.
const SEED: &str = "7";
const KEY_PIN: &str = "123456";

fn secret(text: &str) -> Answer {
    Answer::Secret(text.to_owned())
}

/// Enrols a passkey that Chromium itself holds, logs out, and logs in with nothing else.
#[must_use]
pub fn passkey(stage: &Stage) -> String {
    let person = stage.person("Test Arts", None);
    let browser = Browser::start(&Options::default());
    browser.add_virtual_authenticator();
    browser.type_password(stage, &person);
    browser.enrol_first(Choice::Passkey, "laptop");
    browser.open(&format!("{}/login", stage.origin()));
    browser.click("#to-passkey");
    let (level, factors) = browser.account_here();
    assert_eq!((level.as_str(), factors), ("high", vec!["passkey".to_owned()]));
    browser.log_out();
    format!("logged in without a password, level {level}")
}

/// Enrols the simulated USB key in Chromium, then logs in with password and key.
#[must_use]
pub fn usb_key_in_the_browser(stage: &Stage) -> String {
    let person = stage.person("Test Verpleegkundige", None);
    let world = World::start(&["--key", "fido2", "--seed", SEED]);
    let level = enrol_and_log_in(stage, &world, &person);
    stage.remember("usb key", &person);
    format!("touched twice, level {level}")
}

fn enrol_and_log_in(stage: &Stage, world: &World, person: &Person) -> String {
    let browser = Browser::start(&Options { world: Some(world), ..Options::default() });
    browser.type_password(stage, person);
    browser.enrol_first(Choice::SecurityKey, "sleutel aan de bos");
    browser.type_password(stage, person);
    let (level, factors) = browser.account_here();
    assert_eq!(factors, ["security_key"]);
    assert_eq!(level, "substantial");
    level
}

/// The key that was enrolled in Chromium, with a PIN by now, logs in through the agent; then a new
/// enrolment with that PIN gives `high`.
#[must_use]
pub fn same_key_with_pin(stage: &Stage) -> String {
    let person = match stage.remembered("usb key") {
        Some(person) => person,
        None => {
            let _ = usb_key_in_the_browser(stage);
            stage.remembered("usb key").expect("it was just remembered")
        }
    };
    let world = World::start(&["--key", &format!("fido2:{KEY_PIN}"), "--seed", SEED]);
    let script = Script::new(&[secret(&person.password), secret(KEY_PIN)]);
    let login = stage.agent(&script).args(["--json", "login", "--user", &person.username]);
    let said = world.run(login).good();
    let level = level(&said);

    let other = stage.person("Test Apotheker", None);
    let script = Script::new(&[secret(&other.password), secret(KEY_PIN)]);
    let enrol =
        stage.agent(&script).args(["--json", "enrol", "--passkey", "--user", &other.username]);
    let _ = world.run(enrol).good();
    let script = Script::new(&[secret("000000"), secret(KEY_PIN)]);
    let login = world.run(stage.agent(&script).args(["--json", "login"])).good();
    let told = "Dat is niet de pincode van deze sleutel. Nog 7 pogingen.";
    assert!(script.shown().contains(told), "{}", script.shown());
    assert_eq!(self::level(&login), "high");
    format!("enrolled in Chromium, used by the agent: {level}; as a passkey with its PIN: high")
}

/// A key that speaks U2F only: enrolled and used in Chromium, then by the agent.
#[must_use]
pub fn u2f_key(stage: &Stage) -> String {
    let person = stage.person("Test Tandarts", None);
    let world = World::start(&["--key", "u2f", "--seed", "8"]);
    let browser = enrol_and_log_in(stage, &world, &person);
    let script = Script::new(&[secret(&person.password)]);
    let login = stage.agent(&script).args(["--json", "login", "--user", &person.username]);
    let agent = level(&world.run(login).good());
    assert_eq!(agent, "substantial");

    let other = stage.person("Test Verloskundige", None);
    let said = enrol_and_log_in_by_agent(stage, &world, &other, &[]);
    assert_eq!(said, "substantial");
    format!("Chromium: {browser}, agent: {agent}, enrolled by the agent: {said}")
}

/// A key on an NFC reader: enrolled and used through the agent.
#[must_use]
pub fn nfc_key(stage: &Stage) -> String {
    let person = stage.person("Test Fysiotherapeut", None);
    let world = World::start(&["--nfc", "nfc", "--seed", "9"]);
    let level = enrol_and_log_in_by_agent(stage, &world, &person, &["--nfc"]);
    format!("enrolled and used over PC/SC, level {level}")
}

/// `keys list` names the key and what it can, through ctap-hid-fido2 in a process of its own.
#[must_use]
pub fn list(stage: &Stage) -> String {
    let world = World::start(&["--key", &format!("fido2:{KEY_PIN}")]);
    let agent = stage.agent(&Script::new(&[]));
    let said = world.run(agent.args(["--json", "keys", "list"])).good();
    let said: serde_json::Value = serde_json::from_str(said.trim()).expect("JSON");
    let keys = said.get("keys").and_then(|keys| keys.as_array()).expect("a list");
    assert_eq!(keys.len(), 1, "{said}");
    let words = world.run(stage.agent(&Script::new(&[])).args(["keys", "list"])).good();
    assert!(words.contains("FIDO_2_0"), "{words}");
    words.trim().to_owned()
}

/// A key with a PIN, enrolled as a security key by the agent, lets its owner in while the password is
/// blocked: somebody else's wrong passwords are no weapon.
#[must_use]
pub fn blocked_but_in(stage: &Stage) -> String {
    let person = stage.person("Test Kinderarts", None);
    let world = World::start(&["--key", &format!("fido2:{KEY_PIN}"), "--seed", "11"]);
    let log_in = |password: &str| {
        let script = Script::new(&[secret(password), secret(KEY_PIN)]);
        world.run(stage.agent(&script).args(["login", "--user", &person.username]))
    };
    let script = Script::new(&[secret(&person.password), secret(KEY_PIN)]);
    let enrol = stage.agent(&script).args(["--json", "enrol", "--user", &person.username]);
    let said = world.run(enrol).good();
    assert!(said.contains("security_key"), "{said}");
    let user = ["--username", person.username.as_str()];
    let listed = stage.sleutelbos(&["account", "factors"]).args(user).run().good();
    assert!(listed.contains("also without a password"), "the key keeps it: {listed}");
    let _ = log_in(&person.password).good();
    for _ in 0..5 {
        assert_eq!(log_in("niet het wachtwoord").code, 1);
    }
    let blocked = log_in(&person.password);
    assert!(blocked.code == 1 && blocked.stderr.contains("te vaak"), "{}", blocked.all());
    let script = Script::new(&[secret(KEY_PIN)]);
    let alone = world.run(stage.agent(&script).args(["--json", "login"])).good();
    assert_eq!(level(&alone), "high");
    format!("'{}'; with the key alone: high", blocked.stderr.trim())
}

/// A security key that was enrolled on the page, with a PIN, logs in after the password only, until
/// its owner has it do without at Mijn account.
#[must_use]
pub fn upgrade(stage: &Stage) -> String {
    let person = stage.person("Test Huisarts", None);
    let browser = Browser::start(&Options::default());
    browser.add_virtual_key();
    browser.type_password(stage, &person);
    browser.enrol_first(Choice::SecurityKey, "sleutel aan de bos");
    browser.type_password(stage, &person);
    assert_eq!(browser.account_here().1, ["security_key"]);
    assert!(browser.text().contains("Hiermee logt u in na uw wachtwoord"), "{}", browser.text());
    browser.click("[id^=upgrade-]");
    let _ = browser.element("#enrol-button");
    browser.click("#enrol-button");
    let (_, factors) = browser.account_here();
    assert_eq!(factors, ["passkey"], "the old credential went with the first proof of the new one");
    let said = "Hiermee logt u ook in zonder wachtwoord";
    assert!(browser.text().contains(said), "{}", browser.text());
    assert!(browser.text().contains("sleutel aan de bos"), "{}", browser.text());
    browser.log_out();
    browser.open(&format!("{}/login", stage.origin()));
    browser.click("#to-passkey");
    let (level, factors) = browser.account_here();
    assert_eq!(factors, ["passkey"]);
    format!("after the password, and then without: {level}")
}

/// Two keys with one secret: the second is found out by its counter, the key is switched off, the
/// password says so, and the operator opens the way to a new one.
#[must_use]
pub fn copied(stage: &Stage) -> String {
    let person = stage.newcomer("Test Oogarts");
    let number = stage.employ(&person, "FAKE Oogheelkunde", &FACTS);
    let run = |world: &World, command: &str| {
        let script = Script::new(&[secret(&person.password)]);
        world.run(stage.agent(&script).args(["--json", command, "--user", &person.username]))
    };
    let user = ["--username", person.username.as_str()];
    let factors = || stage.sleutelbos(&["account", "factors"]).args(user).run().good();
    // The counter of a simulated key follows the time at which its world began.
    let copy = World::start(&["--key", "fido2", "--seed", "12"]);
    let key = World::start(&["--key", "fido2", "--seed", "12"]);
    let _ = run(&key, "enrol").good();
    for _ in 0..3 {
        let _ = run(&key, "login").good();
    }
    assert!(factors().contains("security key"), "{}", factors());
    drop(key);

    let found = run(&copy, "login");
    assert!(found.code == 1 && found.all().contains("lijkt gekopieerd"), "{}", found.all());
    let shut = run(&copy, "login");
    assert!(shut.code == 1 && shut.all().contains("beheerder"), "{}", shut.all());
    let listed = factors();
    assert!(listed.contains("seems to be copied"), "{listed}");
    let id = listed.split_whitespace().next().expect("an id");
    let remove = |by, id| {
        let case = called_back(stage, &person, &number);
        let remove = ["account", "remove-factor", "--vouch", "substantial", "--operator", by];
        stage.sleutelbos(&remove).args(["--case", &case]).arg(id).run()
    };
    let own = remove(CALLER, id);
    assert!(own.code == 1 && own.all().contains("you called back yourself"), "{}", own.all());
    let removed = remove("Test Twee", id).good();
    assert!(removed.contains("adds a new key"), "{removed}");
    let unknown = remove("Test Twee", id);
    assert!(unknown.code == 1 && unknown.all().contains("account factors"), "{}", unknown.all());
    drop(copy);

    let new = World::start(&["--key", "fido2", "--seed", "13"]);
    let _ = run(&new, "enrol").good();
    // The password is of today: nobody can tell by whom it came.
    assert_eq!(level(&run(&new, "login").good()), "low");
    let (_, events) = stage.written_down();
    let by_operator =
        |event: &&String| event.contains("factor_removed") && event.contains("operator");
    assert_eq!(events.iter().filter(by_operator).count(), 1);
    removed.trim().to_owned()
}

/// A support case for this person that an operator confirmed by calling back.
fn called_back(stage: &Stage, person: &Person, number: &str) -> String {
    let today = Clock::system().now().to_string();
    let day = today.split(['T', ' ']).next().unwrap_or_default();
    let [_, agb, _, kvk] = FACTS;
    let by = ["--operator", CALLER];
    let _ = stage
        .sleutelbos(&["organisation", "registered", "--username", &person.username])
        .args(["--telephone", "030 253 11 11", "--kvk", kvk, "--extract", day])
        .args(by)
        .run()
        .good();
    stage.ages_addresses();
    let open = ["support", "open", "factor", "--agb", agb, "--number", number];
    let opened = stage.sleutelbos(&open).args(by).run().good();
    let case = opened.lines().next().expect("the id of a case").to_owned();
    let _ = stage.sleutelbos(&["support", "called", &case]).args(by).run().good();
    stage.ages_cases();
    case
}

const CALLER: &str = "Test Een";

/// On a server that names whose keys give `high`: a key of a listed maker does, another does not and
/// its owner is told why, through the agent and in Chromium, which then asks the key who made it.
#[must_use]
pub fn attestation() -> String {
    let world = World::start(&["--key", &format!("fido2:{KEY_PIN}"), "--seed", SEED]);
    let stage = Stage::demanding(world.variable("FIRMWARE_SIM_ATTESTATION_ROOT"));
    let enrol = |world: &World, person: &Person| {
        let script = Script::new(&[secret(&person.password), secret(KEY_PIN)]);
        let enrol = stage.agent(&script).args(["enrol", "--passkey", "--user", &person.username]);
        let said = world.run(enrol).good();
        let script = Script::new(&[secret(KEY_PIN)]);
        let login = world.run(stage.agent(&script).args(["--json", "login"])).good();
        (said, level(&login))
    };
    let (said, listed) = enrol(&world, &stage.person("Test Chirurg", None));
    assert!(!said.contains("lijst"), "{said}");
    assert_eq!(listed, "high");
    let other = World::start(&["--key", &format!("fido2:{KEY_PIN}"), "--seed", "10"]);
    let (told, unlisted) = enrol(&other, &stage.person("Test Internist", None));
    assert!(told.contains("staat niet op de lijst"), "{told}");
    assert_eq!(unlisted, "substantial");

    let person = stage.person("Test Radioloog", None);
    let browser = Browser::start(&Options::default());
    browser.add_virtual_authenticator();
    browser.type_password(&stage, &person);
    browser.enrol_first(Choice::Passkey, "laptop");
    browser.click("#to-passkey");
    assert_eq!(browser.account_here(), ("substantial".to_owned(), vec!["passkey".to_owned()]));
    let _ = browser.element("[data-unlisted]");
    let told = browser.text();
    assert!(told.contains("staat niet op de lijst"), "{told}");
    drop(browser);

    let plain = World::start(&["--key", "fido2", "--seed", SEED]);
    let touched = enrol_and_log_in(&stage, &plain, &stage.person("Test Anesthesist", None));
    format!("listed: {listed}; not listed: {unlisted}, and told so; touched only: {touched}")
}

/// Ctrl-C while the agent waits for a key, in both places or on the readers alone: it ends at once,
/// says so, and the same keys log in right after.
#[must_use]
pub fn stopped_by_ctrl_c(stage: &Stage) -> String {
    let world = World::start(&["--key", "fido2", "--nfc", "nfc"]);
    let person = stage.person("Test Huidarts", None);
    let agent = |script: &Script, arguments: &[&str]| {
        let agent = stage.agent(script).arg("--json").args(arguments);
        world.enter(agent.args(["--user", &person.username]))
    };
    let script = || Script::new(&[secret(&person.password)]);
    let _ = agent(&script(), &["enrol", "--name", "usb"]).run().good();
    let _ = agent(&script(), &["enrol", "--nfc", "--name", "lezer"]).run().good();
    for (place, device, waits) in [
        (&[][..], "key", "Steek uw sleutel in de computer of leg hem op de lezer."),
        (&["--nfc"][..], "nfc", "Leg uw sleutel op de lezer."),
    ] {
        let _ = world.ctl(&["key", "remove"]);
        let _ = world.ctl(&["nfc", "remove"]);
        let login = [&["login", "--wait", "80"], place].concat();
        let asked = script();
        let mut command = agent(&asked, &login).command();
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut waiting = command.spawn().expect("the agent starts");
        let mut told = BufReader::new(waiting.stderr.take().expect("a pipe")).lines();
        let said = told.by_ref().map_while(Result::ok).find(|line| line == waits);
        assert!(said.is_some(), "it says that it waits: {waits}");
        let pressed = Instant::now();
        let id = waiting.id().to_string();
        let sent = Command::new("kill").args(["-INT", &id]).status();
        assert!(sent.expect("kill is everywhere").success());
        let last: Vec<_> = told.map_while(Result::ok).collect();
        let ended = waiting.wait_with_output().expect("it ends");
        assert!(pressed.elapsed() < Duration::from_secs(10), "{:?}", pressed.elapsed());
        assert_eq!((ended.status.code(), last), (Some(1), vec![STOPPED.to_owned()]));
        let json = String::from_utf8_lossy(&ended.stdout).into_owned();
        assert!(json.contains("\"code\":\"cancelled\""), "{json}");
        let _ = world.ctl(&[device, "insert"]);
        let _ = agent(&script(), &[&["login"], place].concat()).run().good();
    }
    STOPPED.to_owned()
}

/// What the agent says of a wish to stop.
const STOPPED: &str = "Gestopt. Er is niets gewijzigd.";

fn enrol_and_log_in_by_agent(
    stage: &Stage,
    world: &World,
    person: &Person,
    options: &[&str],
) -> String {
    let run = |command: &str| -> String {
        let script = Script::new(&[secret(&person.password)]);
        let agent: Program = stage.agent(&script).args(["--json", command]).args(options);
        world.run(agent.args(["--user", &person.username])).good()
    };
    let _ = run("enrol");
    level(&run("login"))
}

/// The level in the agent's JSON.
pub(super) fn level(json: &str) -> String {
    let said: serde_json::Value = serde_json::from_str(json.trim()).expect(json);
    let level = said.get("level").and_then(|level| level.as_str()).expect("a level");
    level.to_owned()
}

/// Somebody with a key in the computer adds one on a reader, and somebody with a key on a reader adds
/// one in the computer: each proves with the key they have, wherever it is, and both keys then log in.
#[must_use]
pub fn second_way_of_tapping(stage: &Stage) -> String {
    let world = World::start(&["--key", "u2f", "--nfc", &format!("nfc-pin:{KEY_PIN}")]);
    let run = |person: &Person, pins: &[&str], arguments: &[&str]| {
        let mut asked = vec![secret(&person.password)];
        asked.extend(pins.iter().map(|pin| secret(pin)));
        let script = Script::new(&asked);
        let agent = stage.agent(&script).args(["--json"]).args(arguments);
        let done = world.run(agent.args(["--user", &person.username]));
        assert_eq!(script.left(), 0, "each was asked for: {}", done.all());
        assert!(!done.stderr.contains("meerdere"), "only one can be meant: {}", done.stderr);
        let told = done.stderr.clone();
        (done.good(), told)
    };
    let plugged_in = stage.person("Test Longarts", None);
    let on_reader = stage.person("Test Oogarts", None);
    let _ = run(&plugged_in, &[], &["enrol", "--name", "usb"]);
    let (_, told) = run(&plugged_in, &[KEY_PIN], &["enrol", "--nfc", "--name", "lezer"]);
    assert!(told.contains("in de computer of op de lezer"), "{told}");
    let _ = run(&on_reader, &[KEY_PIN], &["enrol", "--nfc", "--name", "lezer"]);
    let (_, told) = run(&on_reader, &[KEY_PIN], &["enrol", "--name", "usb"]);
    assert!(told.contains("in de computer of op de lezer"), "{told}");
    // A further key gives no more than the log-in had in which it was enrolled.
    for (person, best) in [(&plugged_in, "substantial"), (&on_reader, "high")] {
        let (said, _) = run(person, &[KEY_PIN], &["login", "--nfc"]);
        assert_eq!(level(&said), best);
        let _ = world.ctl(&["nfc", "remove"]);
        let (said, _) = run(person, &[], &["login"]);
        assert_eq!(level(&said), "substantial");
        let _ = world.ctl(&["nfc", "insert"]);
    }
    "each proved with the key they had, and both keys log in".to_owned()
}

/// A key in the computer and one on a reader that both could be meant: the agent names them, the
/// person chooses by a touch, or by putting the one on the reader there again.
#[must_use]
pub fn one_of_two(stage: &Stage) -> String {
    let world = World::start(&["--key", "fido2", "--nfc", "nfc"]);
    let person = stage.person("Test Reumatoloog", None);
    let run = |arguments: &[&str]| {
        let script = Script::new(&[secret(&person.password)]);
        let agent = stage.agent(&script).args(["--json"]).args(arguments);
        world.run(agent.args(["--user", &person.username]))
    };
    let _ = run(&["enrol", "--name", "usb"]).good();
    let _ = run(&["enrol", "--nfc", "--name", "lezer"]).good();
    let both = run(&["login"]);
    for words in ["Er zijn meerdere sleutels", " en die op lezer '", "leg hem er weer op"] {
        assert!(both.stderr.contains(words), "{words}: {}", both.stderr);
    }
    let named = both.stderr.lines().find(|line| line.contains("meerdere")).map(str::to_owned);
    let _ = both.good();
    named.unwrap_or_default()
}
