//! `doctor` in every state of cards, keys and readers that a simulated world can be in: what it
//! finds, how bad it is, and the exit code.

use serde_json::Value;
use tempfile::TempDir;
use tests::program::{Program, built};
use tests::stage::opensc_module;
use tests::world::World;

/// What is given to the card before `doctor` looks.
const WRONG_PIN: &str = "000000";

struct Desk {
    world: World,
    home: TempDir,
}

impl Desk {
    fn new(options: &[&str]) -> Self {
        let home = TempDir::new().expect("a temporary folder");
        let folder = home.path().join("sleutelbos");
        std::fs::create_dir(&folder).expect("the configuration's folder");
        let pinentry = built("scripted_pinentry");
        let config = format!("[pinentry]\nprogram = '{}'\n", pinentry.display());
        std::fs::write(folder.join("agent.toml"), config).expect("the configuration");
        Self { world: World::start(options), home }
    }

    fn ctl(self, arguments: &[&str]) -> Self {
        let _ = self.world.ctl(arguments);
        self
    }

    /// Has OpenSC give the card a wrong PIN this often.
    fn wrong_pins(self, times: u32) -> Self {
        for _ in 0..times {
            let tool = Program::stranger("pkcs11-tool", "opensc").arg("--module");
            let tool = tool.arg(opensc_module()).args(["--login", "--pin", WRONG_PIN, "-O"]);
            assert_ne!(self.world.run(tool).code, 0, "the PIN is wrong");
        }
        self
    }

    fn agent(&self, language: &str, format: &[&str]) -> Program {
        let agent = Program::ours("sleutelbos-agent").args(["doctor", "--lang", language]);
        self.world.enter(agent.args(format)).env("XDG_CONFIG_HOME", self.home.path())
    }

    /// The code and state of what is found of cards and keys, in order. The sentences of both
    /// languages hold the words.
    fn check(&self, expected: &[&str], words: (&str, &str)) {
        let output = self.agent("nl", &["--json"]).run();
        let said: Value = serde_json::from_str(&output.stdout).expect("doctor prints JSON");
        let text = |finding: &Value, name: &str| {
            finding.get(name).and_then(Value::as_str).expect("text").to_owned()
        };
        let findings = said.get("findings").and_then(Value::as_array).expect("findings").iter();
        let found: Vec<_> = findings
            .map(|finding| format!("{} {}", text(finding, "state"), text(finding, "code")))
            .filter(|found| !BESIDE.iter().any(|beside| found.ends_with(beside)))
            .collect();
        assert_eq!(found, expected, "{said}");
        let is_sound = !found.iter().any(|found| found.starts_with("problem"));
        let said_sound = said.get("sound").and_then(Value::as_bool);
        assert_eq!((output.code == 0, said_sound), (is_sound, Some(is_sound)), "{said}");
        for (language, words) in [("nl", words.0), ("en", words.1)] {
            let said = self.agent(language, &[]).run().stdout;
            assert!(said.contains(words), "{words}: {said}");
        }
    }
}

/// Found in every world: what is not of cards and keys.
const BESIDE: &[&str] = &[" agent", " no_browser", " no_display", " no_server"];

#[test]
fn doctor_tells_a_good_card() {
    let expected = ["fine card", "fine pin_tries", "note no_key"];
    Desk::new(&["--card", "z"]).check(&expected, ("(zorgverlener)", "(care provider)"));
    Desk::new(&["--card", "n"]).check(&expected, ("(medewerker op naam)", "(named employee)"));
}

#[test]
fn doctor_tells_a_card_that_does_not_hold() {
    for (card, code, words) in [
        ("z:expired", "problem card_expired", ("is verlopen op", "expired on")),
        ("z:not-yet-valid", "problem card_not_yet_valid", ("geldt pas vanaf", "is valid from")),
    ] {
        let expected = ["note card", "fine pin_tries", code, "note no_key"];
        Desk::new(&["--card", card]).check(&expected, words);
    }
}

#[test]
fn doctor_tells_a_card_that_is_for_something_else() {
    for card in ["z:type-s", "z:wrong-eku"] {
        let expected = ["problem not_uzi_card", "note no_key"];
        Desk::new(&["--card", card]).check(&expected, ("geen UZI-pas", "no UZI card"));
    }
}

#[test]
fn doctor_counts_the_tries_and_spends_none() {
    for (times, tries, words) in [
        (1, "fine pin_tries", ("2 keer proberen", "2 times")),
        (2, "note pin_tries", ("nog 1 keer", "once more")),
        (3, "problem pin_blocked", ("PUK-code", "PUK")),
    ] {
        let desk = Desk::new(&["--card", "z"]).wrong_pins(times);
        desk.check(&["fine card", tries, "note no_key"], words);
        desk.check(&["fine card", tries, "note no_key"], words);
    }
}

#[test]
fn doctor_tells_an_empty_reader_and_a_missing_service() {
    let empty = Desk::new(&["--card", "z"]).ctl(&["card", "remove"]);
    empty.check(&["problem no_card", "note no_key"], ("chip naar voren", "chip first"));
    let none = Desk::new(&["--key", "fido2"]).ctl(&["key", "remove"]);
    none.check(&["problem no_service", "note no_key"], ("'pcscd'", "'pcscd'"));
}

#[test]
fn doctor_needs_no_card_of_who_has_a_key() {
    let words = ("dan hoeft dat niet", "None of this is needed");
    Desk::new(&["--key", "fido2"]).check(&["note no_service", "fine key"], words);
    Desk::new(&["--nfc", "nfc"]).check(&["note no_card", "fine key_on_reader"], words);
    let beside = Desk::new(&["--nfc", "nfc", "--card", "z"]).ctl(&["card", "remove"]);
    beside.check(&["note no_card", "fine key_on_reader"], words);
    let both = Desk::new(&["--key", "u2f", "--nfc", "nfc", "--card", "z"]);
    both.check(&["fine card", "fine pin_tries", "fine key"], ("Test Key U2F", "Test Key U2F"));
}
