//! The agent as a page's native host, with a simulated card in a real reader: tokens that openssl
//! verifies, tries that are counted, a card that leaves at any moment.

use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;
use tests::native::{EXTENSION, converse};
use tests::pinentry::{Answer, SCRIPT, Script};
use tests::program::{Program, built};
use tests::stage::{CARD_PIN, Stage};
use tests::world::World;

const ORIGIN: &str = "https://zorgportaal.example";
const NONCE: &str = "5HjEnloLD+TreMRn96Aa/ReoXif/lQkrQFWHZMRxT+Y=";
/// Of the simulated card.
const PIN: &str = "123456";

/// A world with a card, and a person whose answers are written down beforehand.
struct Desk {
    world: World,
    script: Script,
    home: TempDir,
}

impl Desk {
    fn new(card: &str) -> Self {
        let home = TempDir::new().expect("a temporary folder");
        let folder = home.path().join("sleutelbos");
        std::fs::create_dir(&folder).expect("the configuration's folder");
        let pinentry = built("scripted_pinentry");
        let config = format!("[pinentry]\nprogram = '{}'\n", pinentry.display());
        std::fs::write(folder.join("agent.toml"), config).expect("the configuration");
        Self { world: World::start(&["--card", card]), script: Script::new(&[]), home }
    }

    fn program(&self) -> Program {
        let agent = self.world.enter(Program::ours("sleutelbos-agent"));
        agent
            .env("XDG_CONFIG_HOME", self.home.path())
            .env("XDG_RUNTIME_DIR", self.home.path())
            .env(SCRIPT, self.script.path())
    }

    /// What a page gets that asks once, while the person gives these answers.
    fn ask(&self, answers: &[Answer]) -> Value {
        self.script.answer(answers);
        let arguments = json!({"challengeNonce": NONCE, "origin": ORIGIN, "lang": "nl"});
        let request = json!({"command": "authenticate", "arguments": arguments});
        converse(self.program().arg(EXTENSION).command(), &request)
    }

    fn doctor(&self) -> Value {
        let output = self.program().args(["doctor", "--json"]).run();
        serde_json::from_str(&output.stdout).expect("doctor prints JSON")
    }
}

fn pin(pin: &str) -> Answer {
    Answer::Secret(pin.to_owned())
}

/// Has openssl verify the token's signature with the certificate in it.
fn assert_verified(token: &Value) {
    assert_eq!((&token["format"], &token["algorithm"]), (&json!("web-eid:1.0"), &json!("RS256")));
    let folder = TempDir::new().expect("a temporary folder");
    let file = |name: &str, content: &[u8]| -> PathBuf {
        let path = folder.path().join(name);
        std::fs::write(&path, content).expect("a file");
        path
    };
    let member = |name: &str| STANDARD.decode(token[name].as_str().expect("text")).expect("base64");
    let openssl = || Program::stranger("openssl", "openssl");
    let hash = |text: &str| {
        let path = file("text", text.as_bytes());
        let hash = openssl().args(["dgst", "-sha256", "-r"]).arg(path).run().good();
        hex::decode(hash.get(..64).expect("a digest")).expect("hexadecimal")
    };
    let data = file("data", &[hash(ORIGIN), hash(NONCE)].concat());
    let certificate = file("certificate", &member("unverifiedCertificate"));
    let key = folder.path().join("key");
    let read = openssl().args(["x509", "-inform", "DER", "-pubkey", "-noout", "-in"]);
    std::fs::write(&key, read.arg(certificate).run().good()).expect("the key");
    let verify = openssl().args(["dgst", "-sha256", "-verify"]).arg(key);
    let verified =
        verify.arg("-signature").arg(file("signature", &member("signature"))).arg(data).run();
    assert_eq!(verified.good().trim(), "Verified OK");
}

fn state_of(doctor: &Value, code: &str) -> Option<String> {
    let findings = doctor["findings"].as_array().expect("findings");
    let found = findings.iter().find(|finding| finding["code"] == code)?;
    found["state"].as_str().map(str::to_owned)
}

#[test]
fn a_page_gets_a_token_that_openssl_verifies() {
    let desk = Desk::new("z");
    assert_verified(&desk.ask(&[pin(PIN)]));
    let shown = desk.script.shown();
    for words in [ORIGIN, "Test Arts", "FAKE Testpraktijk", "3 keer"] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
}

#[test]
fn wrong_pins_are_counted_and_the_last_try_needs_a_yes() {
    let desk = Desk::new("z");
    let answer = desk.ask(&[pin("000000"), pin("000000"), Answer::Cancel]);
    assert_eq!(answer["error"]["code"], "ERR_WEBEID_USER_CANCELLED", "{answer}");
    assert!(desk.script.shown().contains("nog 2 keer"), "{}", desk.script.shown());
    assert_eq!(state_of(&desk.doctor(), "pin_tries").as_deref(), Some("note"));
    let answer = desk.ask(&[Answer::Yes, pin("000000")]);
    assert_eq!(answer["error"]["code"], "ERR_WEBEID_NATIVE_FATAL", "{answer}");
    assert!(desk.script.shown().contains("PUK"), "{}", desk.script.shown());
    let doctor = desk.doctor();
    assert_eq!(state_of(&doctor, "pin_blocked").as_deref(), Some("problem"), "{doctor}");
    assert_eq!(doctor["sound"], false);
}

#[test]
fn a_card_that_leaves_at_any_command_is_told_and_works_again() {
    let desk = Desk::new("z");
    // A log-in takes some 25 commands: the first of the reading, the PIN, the signature.
    for command in ["1", "7", "15", "22", "23", "24", "25"] {
        let _ = desk.world.ctl(&["card", "remove", "--at-apdu", command]);
        let answer = desk.ask(&[pin(PIN)]);
        // The page learns that there is no token; the person learns why.
        let error = json!({"code": "ERR_WEBEID_NATIVE_FATAL",
            "message": "there is no token; the person was told why"});
        assert_eq!(answer["error"], error, "{command}");
        let shown = desk.script.shown();
        assert!(shown.contains("De pas is uit de lezer gehaald"), "{command}: {shown}");
        desk.script.forget();
        let _ = desk.world.ctl(&["card", "insert"]);
        while desk.script.left() > 0 {
            drop(tests::pinentry::next(&desk.script.path()));
        }
        assert_verified(&desk.ask(&[pin(PIN)]));
    }
}

#[test]
fn an_expired_card_is_refused_before_a_pin_is_asked() {
    let desk = Desk::new("z:expired");
    let answer = desk.ask(&[]);
    assert_eq!(answer["error"]["code"], "ERR_WEBEID_NATIVE_FATAL", "{answer}");
    assert!(!desk.script.shown().contains("Pincode"), "{}", desk.script.shown());
    assert_eq!(state_of(&desk.doctor(), "card_expired").as_deref(), Some("problem"));
}

/// The description of a card, in a file of this folder.
fn described(folder: &TempDir, toml: &str) -> String {
    let path = folder.path().join("card.toml");
    std::fs::write(&path, toml).expect("a file");
    path.to_str().expect("temporary paths are text").to_owned()
}

#[test]
fn the_doctor_tells_what_is_the_matter_with_each_card() {
    let folder = TempDir::new().expect("a temporary folder");
    for (card, code) in [
        ("card = 'z'\nstate = 'not-activated'", "card_not_activated"),
        ("card = 'z'\nstate = 'dead'", "card_mute"),
        ("card = 'z'\npin.left = 0", "pin_blocked"),
        ("card = 'm'", "card_unnamed"),
    ] {
        let doctor = Desk::new(&described(&folder, card)).doctor();
        assert_eq!(state_of(&doctor, code).as_deref(), Some("problem"), "{code}: {doctor}");
    }
}

/// IsoApplet's commands are not on the agent's list: OpenSC's PKCS#11 module speaks to that card.
#[test]
fn cards_of_another_generation_padding_or_command_set_give_a_token_too() {
    let folder = TempDir::new().expect("a temporary folder");
    let alone = "card = 'z'\npadding = 'pkcs1'\nholder.surname = 'van den Berg'";
    let iso = "card = 'n'\ncommands = 'isoapplet'";
    for (card, name) in
        [("card = 'g4'", "Test Arts"), (alone, "Test van den Berg"), (iso, "Test Medewerker")]
    {
        let desk = Desk::new(&described(&folder, card));
        assert_verified(&desk.ask(&[pin(PIN)]));
        assert!(desk.script.shown().contains(name), "{}", desk.script.shown());
    }
}

/// What the server says goes wrong, and then what it says helps: neither alone.
#[test]
fn a_refusal_of_the_server_is_told_whole_in_both_languages() {
    let stage = Stage::new();
    let person = stage.person("Test Arts", None);
    let world = World::start(&["--card", "z", "--pki", &stage.pki().to_string_lossy()]);
    let told = |arguments: &[&str], answer: &str| {
        let script = Script::new(&[pin(answer)]);
        let said = world.run(stage.agent(&script).args(arguments));
        assert_eq!(said.code, 1, "{}", said.all());
        said
    };
    let stranger = told(&["login", "--card"], CARD_PIN);
    assert_eq!(
        stranger.stderr.lines().last(),
        Some(
            "Deze UZI-pas hoort nog niet bij een account. U bent niet ingelogd. Log in met uw gebruikersnaam en uw sleutel of passkey, en koppel daarna uw pas bij Mijn account."
        )
    );
    let stranger = told(&["--json", "--lang", "en", "login", "--card"], CARD_PIN);
    let message = "This UZI card does not belong to an account yet. You are not logged in. Log in with your username and your key or passkey, and then link your card under My account.";
    let error = json!({"code": "card_not_linked", "message": message});
    let printed: Value = serde_json::from_str(&stranger.stdout).expect("JSON");
    assert_eq!(printed, json!({"error": error}));
    let wrong = told(&["login", "--user", &person.username], "een ander wachtwoord");
    assert_eq!(
        wrong.stderr.lines().last(),
        Some(
            "Uw gebruikersnaam of wachtwoord klopt niet. U bent niet ingelogd. Let op hoofdletters en kleine letters: die tellen mee. Na een paar verkeerde pogingen is inloggen met wachtwoord een tijd geblokkeerd."
        )
    );
    let before = stage.written_down();
    let nobody = world.run(stage.agent(&Script::new(&[])).args(["login", "--user", ""]));
    assert_eq!(nobody.code, 2, "{}", nobody.all());
    assert!(nobody.stderr.contains("Geef een gebruikersnaam."), "{}", nobody.stderr);
    assert_eq!(stage.written_down(), before, "nothing was sent");
}
