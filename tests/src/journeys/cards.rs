//! UZI cards: in Chromium and from the command line.

use super::keys::level;
use super::pages::Choice;
use crate::browser::{Browser, Options};
use crate::pinentry::{self, Answer, Script};
use crate::program::{Output, workspace};
use crate::stage::{CARD_PIN, Person, SUBSCRIBER, Stage};
use crate::world::World;

fn pin(text: &str) -> Answer {
    Answer::Secret(text.to_owned())
}

/// The one person whose card the simulator holds, with that card linked.
fn holder(stage: &Stage) -> Person {
    if let Some(person) = stage.remembered("card holder") {
        return person;
    }
    let person = stage.person("Test Arts", Some(SUBSCRIBER));
    stage.link_card(&person);
    stage.remember("card holder", &person);
    person
}

pub(super) fn world(stage: &Stage, card: &str) -> World {
    let pki = stage.pki();
    World::start(&["--card", card, "--pki", &pki.to_string_lossy()])
}

fn log_in(stage: &Stage, world: &World, script: &Script, options: &[&str]) -> Output {
    world.run(stage.agent(script).args(["--json", "login", "--card"]).args(options))
}

/// Page, extension, agent, reader, card and back.
#[must_use]
pub fn in_the_browser(stage: &Stage) -> String {
    let _ = holder(stage);
    let world = world(stage, "z");
    let script = Script::new(&[pin(CARD_PIN)]);
    let (browser, _profile) = browser(stage, &world, &script);
    browser.open(&format!("{}/login", stage.origin()));
    browser.click("#to-card");
    let (level, factors) = browser.account_here();
    assert_eq!((level.as_str(), factors), ("high", vec!["card".to_owned()]));
    let shown = script.shown();
    for part in ["localhost", "Test Arts", "FAKE Testpraktijk"] {
        assert!(shown.contains(part), "the agent's window shows {part}:\n{shown}");
    }
    format!("level {level}; the agent's own window showed the site and the holder")
}

/// A card is linked from a log-in with a passkey, on the page; then it logs in alone.
#[must_use]
pub fn linked_on_the_page(stage: &Stage) -> String {
    let person = stage.person("Test Arts", Some(SUBSCRIBER));
    let world = world(stage, "z");
    let script = Script::new(&[pin(CARD_PIN), pin(CARD_PIN)]);
    let (browser, _profile) = browser(stage, &world, &script);
    browser.add_virtual_authenticator();
    browser.type_password(stage, &person);
    browser.enrol_first(Choice::Passkey, "laptop");
    browser.click("#to-passkey");
    let _ = browser.account_here();
    browser.click("#add-factor");
    browser.click("#choose-card");
    browser.click("#retry");
    let _ = browser.element("#notice");
    let (_, factors) = browser.account_here();
    assert_eq!(factors.len(), 2, "{factors:?}");
    browser.log_out();
    browser.open(&format!("{}/login", stage.origin()));
    browser.click("#to-card");
    let (level, _) = browser.account_here();
    assert_eq!(level, "high");
    // A contact person who lost everything else goes on managing by it (flows D4).
    browser.open(&format!("{}/people", stage.origin()));
    let _ = browser.element("#to-add");
    format!("linked after a passkey; the card alone: level {level}")
}

/// A card is linked by a colleague who has a user number, a PIN and nothing else; then it logs in alone.
#[must_use]
pub fn linked_with_number_and_pin(stage: &Stage) -> String {
    let contact = stage.person("Test Praktijkmanager", Some(SUBSCRIBER));
    let world = world(stage, "z");
    let script = Script::new(&[pin(CARD_PIN), pin(CARD_PIN)]);
    let (browser, _profile) = browser(stage, &world, &script);
    browser.add_virtual_authenticator();
    browser.type_password(stage, &contact);
    browser.enrol_first(Choice::Passkey, "laptop");
    browser.click("#to-passkey");
    let _ = browser.account_here();
    browser.add_colleague(stage, "Test Arts", &format!("collega.{}", contact.username));
    let (number, account_pin) = browser.number_and_pin(stage);
    browser.open(&format!("{}/account", stage.origin()));
    browser.log_out();
    browser.open(&format!("{}/activate", stage.origin()));
    browser.click("#to-card-pin");
    browser.fill("#number", &number);
    browser.fill("#pin", &account_pin);
    browser.click("#card-pin-button");
    let _ = browser.element("#card");
    browser.click("#retry");
    let (level, factors) = browser.account_here();
    assert_eq!((level.as_str(), factors), ("substantial", vec!["card".to_owned()]));
    browser.log_out();
    browser.open(&format!("{}/login", stage.origin()));
    browser.click("#to-card");
    let (level, _) = browser.account_here();
    assert_eq!(level, "substantial", "as the account was vouched for");
    format!("linked with number and PIN, without a password; the card alone: level {level}")
}

/// Somebody sets everything up anew with the recovery code, and keeps the card, which turned up, by using it.
#[must_use]
pub fn turned_up(stage: &Stage) -> String {
    let person = stage.person("Test Arts", Some(SUBSCRIBER));
    let world = world(stage, "z");
    let script = Script::new(&[pin(CARD_PIN), pin(CARD_PIN)]);
    let (browser, _profile) = browser(stage, &world, &script);
    browser.add_virtual_authenticator();
    browser.type_password(stage, &person);
    browser.begin_wizard();
    browser.click("#choose-passkey");
    browser.click("#enrol-button");
    let code = browser.keep_code();
    let _ = browser.account_here();
    browser.log_out();
    stage.link_card(&person);
    browser.set_user_verified(false);
    browser.type_password(stage, &person);
    browser.click("#others summary");
    browser.click("#to-anew");
    browser.fill("#code", &code);
    browser.click("#send");
    let _ = browser.element("#notice");
    browser.type_password(stage, &person);
    browser.click("#to-keep");
    browser.click("#suspended [data-kind=card] a");
    let _ = browser.element("#kept [data-kind=card]");
    let _ = browser.element("#suspended [data-kind=passkey]");
    browser.click("#done");
    let _ = browser.element("#login-form");
    browser.open(&format!("{}/login", stage.origin()));
    browser.click("#to-card");
    let (level, factors) = browser.account_here();
    assert_eq!(factors, ["card"], "the passkey, which did not turn up, is gone");
    format!("kept by its PIN; the card alone: level {level}")
}

/// Chromium with the extension, in a world, knowing the agent.
pub(super) fn browser(
    stage: &Stage,
    world: &World,
    script: &Script,
) -> (Browser, tempfile::TempDir) {
    let profile = tempfile::tempdir().expect("a temporary folder");
    let install = stage.agent(script).arg("install").arg("--user-data-dir").arg(profile.path());
    let _ = install.run().good();
    let extension = workspace().join("agent/extension");
    let browser = Browser::start(&Options {
        world: Some(world),
        extension: Some(&extension),
        profile: Some(profile.path()),
        environment: vec![
            ("XDG_CONFIG_HOME", stage.agent_home()),
            (pinentry::SCRIPT, script.path()),
        ],
        ..Options::default()
    });
    (browser, profile)
}

/// Both roads to the card: commands to a card that is known, and OpenSC's PKCS#11 module.
#[must_use]
pub fn command_line(stage: &Stage) -> String {
    let _ = holder(stage);
    let world = world(stage, "z");
    for road in ["direct", "pkcs11"] {
        let script = Script::new(&[pin(CARD_PIN)]);
        let said = log_in(stage, &world, &script, &["--via", road]).good();
        assert_eq!(level(&said), "high", "{road}");
    }
    "direct: high; through OpenSC: high".to_owned()
}

/// A wrong PIN says how many tries are left; the right one then works and gives all tries back.
#[must_use]
pub fn wrong_pin(stage: &Stage) -> String {
    let _ = holder(stage);
    let world = world(stage, "z");
    let script = Script::new(&[pin("999999"), pin(CARD_PIN)]);
    let said = log_in(stage, &world, &script, &[]).good();
    assert_eq!(level(&said), "high");
    let shown = script.shown();
    let sentence = shown
        .lines()
        .find(|line| {
            line.contains("De pincode van uw pas klopt niet. U kunt het nog 2 keer proberen.")
        })
        .unwrap_or_else(|| panic!("two tries are left:\n{shown}"));
    let told = ["SETDESC ", "SETERROR "].iter().find_map(|before| sentence.strip_prefix(before));
    format!("'{}'", told.unwrap_or(sentence).trim())
}

/// A revoked card is refused, in words.
#[must_use]
pub fn revoked(stage: &Stage) -> String {
    let _ = holder(stage);
    let world = world(stage, "z:revoked");
    let script = Script::new(&[pin(CARD_PIN)]);
    let refused = world.run(stage.agent(&script).args(["login", "--card"]));
    assert_eq!((refused.code, refused.stdout.as_str()), (1, ""), "{}", refused.all());
    let sentence = refused.stderr.trim();
    assert!(sentence.contains("ingetrokken"), "{sentence}");
    format!("'{sentence}'")
}

/// The card goes in the middle of its commands, and while it signs; nothing is left half-done,
/// neither here nor on the server, and back in it works.
#[must_use]
pub fn removed_half_way(stage: &Stage) -> String {
    let _ = holder(stage);
    let world = world(stage, "z");
    let signing = last_command(stage, &world);
    let mut sentence = String::new();
    for command in [12, signing - 1, signing] {
        let before = stage.written_down();
        let _ = world.ctl(&["card", "remove", "--at-apdu", &command.to_string()]);
        let script = Script::new(&[pin(CARD_PIN), pin(CARD_PIN)]);
        let broken = log_in(stage, &world, &script, &["--wait", "1"]);
        assert_eq!(broken.code, 1, "{}", broken.all());
        assert!(broken.stdout.contains(r#""code":"card_removed""#), "{}", broken.all());
        sentence = broken.stderr.lines().next().unwrap_or_default().to_owned();
        assert!(sentence.contains("De pas is uit de lezer gehaald"), "{command}: {sentence}");
        assert_eq!(stage.written_down(), before, "at command {command}");
        let _ = world.ctl(&["card", "insert"]);
    }
    let script = Script::new(&[pin(CARD_PIN)]);
    let said = log_in(stage, &world, &script, &[]).good();
    format!("'{}'; afterwards: level {}", sentence.trim(), level(&said))
}

/// How many commands the card gets in a log-in; the last one signs.
fn last_command(stage: &Stage, world: &World) -> u64 {
    const MANY: u64 = 1000;
    let left = || {
        let status: serde_json::Value =
            serde_json::from_str(&world.ctl(&["status"])).expect("JSON");
        status.pointer("/card/leaves_in").and_then(serde_json::Value::as_u64).expect("a number")
    };
    let _ = world.ctl(&["card", "remove", "--at-apdu", &MANY.to_string()]);
    let before = stage.written_down();
    let _ = log_in(stage, world, &Script::new(&[pin(CARD_PIN)]), &[]).good();
    // what a log-in leaves, so that nothing is more than nothing
    let after = stage.written_down();
    assert!(after.0 > before.0 && after.1.len() > before.1.len(), "{before:?} {after:?}");
    MANY - left()
}
