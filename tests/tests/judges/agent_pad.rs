//! A PIN that is typed on the reader: the agent, its worker, OpenSC, pcscd and the simulated card as
//! they are, with keys of ours between two of them (docs/adr/0024).

use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tests::pinentry::{Answer, Script};
use tests::program::{Output, Program, workspace};
use tests::stage::{CARD_PIN, SUBSCRIBER, Stage, opensc_module};
use tests::world::World;

/// A card, its holder with an account, and a reader with keys.
struct Desk {
    stage: Stage,
    world: World,
    script: Script,
    home: TempDir,
}

impl Desk {
    fn new(card: &str) -> Self {
        let stage = Stage::new();
        let person = stage.person("Test Arts", Some(SUBSCRIBER));
        let link = stage.sleutelbos(&["account", "link-card"]);
        let link = link.args([
            "--username",
            &person.username,
            "--operator",
            "Test Beheer",
            "--certificate",
        ]);
        let _ = link.arg(stage.pki().join("cards/z/authenticiteit.pem")).run().good();
        let world = World::start(&["--card", card, "--pki", &stage.pki().to_string_lossy()]);
        let home = TempDir::new().expect("a temporary folder");
        Self { stage, world, script: Script::new(&[]), home }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Compiles `source` of the folder `pad` to a library.
    fn library(&self, source: &str, define: &[String]) -> PathBuf {
        let library = self.file(source).with_extension("so");
        let source = workspace().join("tests/tests/judges/pad").join(source);
        let cc =
            Program::stranger("cc", "gcc").args(["-shared", "-fPIC", "-w", "-o"]).arg(&library);
        let _ = cc.args(define).arg(source).arg("-ldl").run().good();
        library
    }

    /// What comes of a log-in while the person does this at the windows and types this.
    fn log_in(&self, card: &str, extra: Extra<'_>, answers: &[Answer], typed: &str) -> Output {
        self.script.forget();
        while self.script.left() > 0 {
            drop(tests::pinentry::next(&self.script.path()));
        }
        self.script.answer(answers);
        std::fs::write(self.file("typed"), typed).expect("what is typed");
        let written = self.stage.agent_home().join("sleutelbos/agent.toml");
        let written = std::fs::read_to_string(written).expect("the configuration");
        let before = written.split("[card]").next().unwrap_or_default();
        let config = self.file("agent.toml");
        std::fs::write(&config, format!("{before}\n[card]\n{card}\n")).expect("a file");
        let agent = self.stage.agent(&self.script).arg("--config").arg(config);
        let agent = agent.args(["--json", "login", "--card"]).args(extra.arguments);
        let agent =
            extra.environment.iter().fold(agent, |agent, (name, value)| agent.env(name, value));
        self.world.run(agent.env("PAD_TYPED", self.file("typed")))
    }
}

/// What else the agent is given.
#[derive(Clone, Copy)]
struct Extra<'a> {
    arguments: &'a [&'a str],
    environment: &'a [(&'a str, &'a Path)],
}

/// The first road: what PKCS#11 tells of a reader with keys.
#[test]
fn a_module_takes_the_pin_on_the_reader() {
    let desk = Desk::new("z");
    let opensc = format!("-DMODULE=\"{}\"", opensc_module().display());
    let module = desk.library("module.c", &[opensc]);
    let modules = format!("modules = ['{}']", module.display());
    let extra = Extra { arguments: &["--via", "pkcs11"], environment: &[] };
    let log_in = |answers: &[Answer], typed: &str| desk.log_in(&modules, extra, answers, typed);

    let said = log_in(&[Answer::Wait], CARD_PIN).good();
    assert!(said.contains("high"), "{said}");
    let shown = desk.script.shown();
    for words in ["localhost", "Test Arts", "FAKE Testpraktijk", "kaartlezer", "MESSAGE"] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    assert!(!shown.contains("GETPIN"), "{shown}");

    let wrong = format!("000000\n{CARD_PIN}");
    let _ = log_in(&[Answer::Wait, Answer::Wait], &wrong).good();
    assert!(desk.script.shown().contains("klopt niet"), "{}", desk.script.shown());

    // Somebody else's log-in of before says nothing about what is typed now.
    let before = format!("before {CARD_PIN}\n000000\n{CARD_PIN}");
    let _ = log_in(&[Answer::Wait, Answer::Wait], &before).good();
    assert!(desk.script.shown().contains("klopt niet"), "{}", desk.script.shown());

    let stopped = log_in(&[Answer::Wait], "cancel");
    assert!(stopped.code == 1 && stopped.stdout.contains("declined"), "{}", stopped.all());

    // The window's button, while the module waits for the reader.
    let stopped = log_in(&[Answer::Yes], "wait");
    assert!(stopped.code == 1 && stopped.stdout.contains("declined"), "{}", stopped.all());
    if let Ok(worker) = std::fs::read_to_string(desk.file("typed.waiting")) {
        assert!(!Path::new(&format!("/proc/{}", worker.trim())).exists(), "the module still waits");
    }

    // This module takes no PIN from a window: that it refuses shows that it was given one.
    let never = format!("{modules}\npin_pad = 'never'");
    let pin = Answer::Secret(CARD_PIN.to_owned());
    let refused = desk.log_in(&never, extra, &[pin], CARD_PIN);
    assert!(refused.code == 1 && refused.stdout.contains("module_failed"), "{}", refused.all());
    assert!(desk.script.shown().contains("GETPIN"), "{}", desk.script.shown());
}

/// The second road: a reader that the agent itself asks, where it was told to.
#[test]
fn a_reader_takes_the_pin_for_a_card_that_is_used_directly() {
    let desk = Desk::new("z");
    let reader = desk.library("reader.c", &[]);
    let environment = [("LD_PRELOAD", reader.as_path())];
    let extra = Extra { arguments: &["--via", "direct"], environment: &environment };
    let always = "pin_pad = 'always'";
    let log_in = |answers: &[Answer], typed: &str| desk.log_in(always, extra, answers, typed);

    let said = log_in(&[Answer::Wait], CARD_PIN).good();
    assert!(said.contains("high"), "{said}");
    let shown = desk.script.shown();
    assert!(shown.contains("kaartlezer") && !shown.contains("GETPIN"), "{shown}");

    let wrong = format!("000000\n123\n{CARD_PIN}");
    let _ = log_in(&[Answer::Wait, Answer::Wait, Answer::Wait], &wrong).good();
    let shown = desk.script.shown();
    assert!(
        shown.contains("nog 2 keer") && shown.contains("Geen poging")
            || shown.contains("geen poging"),
        "{shown}"
    );

    let stopped = log_in(&[Answer::Wait], "cancel");
    assert!(stopped.code == 1 && stopped.stdout.contains("declined"), "{}", stopped.all());
    let late = log_in(&[Answer::Wait], "timeout");
    assert!(late.code == 1 && late.stdout.contains("nobody_answered"), "{}", late.all());

    // Off unless it is asked for.
    let pin = Answer::Secret(CARD_PIN.to_owned());
    let _ = desk.log_in("", extra, &[pin], "timeout").good();
    assert!(desk.script.shown().contains("GETPIN"), "{}", desk.script.shown());
}
