//! `make demo`: a whole world to try, or, with `--script`, a walk through it.
//!
//! The one program that joins server, agent and simulator.
#![expect(clippy::print_stdout, reason = "the demo speaks to a person at a terminal")]

use std::io::{BufRead as _, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::{Command, ExitCode};
use std::sync::Mutex;
use std::sync::mpsc::{self, Receiver, Sender};

use tests::household;
use tests::journeys::{DEMO, Journey};
use tests::pinentry;
use tests::program::{Program, workspace};
use tests::stage::{CARD_PIN, PinEntry, SUBSCRIBER, Stage};
use tests::world::World;

const USAGE: &str = "usage: demo [--script]
  --script   walk through the main flows, a line with PASS or FAIL for each, exit 0 or 1
  otherwise  keep a server, a key, a card, an agent and a browser up for you to try";

fn main() -> ExitCode {
    match std::env::args().skip(1).collect::<Vec<_>>()[..] {
        [] => household::run(stay),
        [ref flag] if flag == "--script" => household::run(walk),
        _ => {
            eprintln!("{USAGE}");
            ExitCode::from(2)
        }
    }
}

/// What the last panic said: a journey that fails panics with its reason.
static REASON: Mutex<String> = Mutex::new(String::new());

fn walk() -> ExitCode {
    std::panic::set_hook(Box::new(|panic| {
        let said = panic.payload_as_str().unwrap_or("it did not say why").to_owned();
        *REASON.lock().expect("the hook does not panic") = said;
    }));
    let mut out = std::io::stdout().lock();
    let stage = match catch_unwind(Stage::new) {
        Ok(stage) => stage,
        Err(_) => return fail(&mut out, "the server starts"),
    };
    let mut failed = 0;
    for Journey { title, walk } in DEMO {
        let line = match catch_unwind(AssertUnwindSafe(|| walk(&stage))) {
            Ok(seen) => format!("PASS  {title}: {seen}"),
            Err(_) => {
                failed += 1;
                format!("FAIL  {title}: {}", reason())
            }
        };
        // A closed pipe ends the walk like any other program.
        if writeln!(out, "{line}").and_then(|()| out.flush()).is_err() {
            return ExitCode::FAILURE;
        }
    }
    drop(writeln!(out, "\n{} of {} journeys as they should be", DEMO.len() - failed, DEMO.len()));
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn fail(out: &mut impl std::io::Write, title: &str) -> ExitCode {
    drop(writeln!(out, "FAIL  {title}: {}", reason()));
    ExitCode::FAILURE
}

/// What the last panic said, on one line; where it said more, all of it goes to standard error.
fn reason() -> String {
    let reason = REASON.lock().expect("the hook does not panic");
    let mut lines = reason.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default().to_owned();
    if lines.next().is_some() {
        eprintln!("{reason}");
    }
    first
}

/// Keeps everything up until the person presses Enter, closes the browser, or ends the demo.
fn stay() -> ExitCode {
    let (tell, end) = mpsc::channel();
    let stage = if has_screen() { Stage::with(PinEntry::System) } else { Stage::new() };
    let arts = stage.person("Test Arts", Some(SUBSCRIBER));
    let nurse = stage.person("Test Verpleegkundige", None);
    let link = stage.sleutelbos(&["account", "link-card"]);
    let certificate = stage.pki().join("cards/z/authenticiteit.pem");
    let link = link.args(["--username", &arts.username, "--operator", "Demo", "--certificate"]);
    let _ = link.arg(certificate).run().good();
    let pki = stage.pki();
    let world = World::start(&["--key", "fido2", "--card", "z", "--pki", &pki.to_string_lossy()]);
    let profile = tempfile::tempdir().expect("a temporary folder");
    let script = pinentry::Script::new(&vec![pinentry::Answer::Secret(CARD_PIN.to_owned()); 100]);
    let install = stage.agent(&script).arg("install").arg("--user-data-dir").arg(profile.path());
    let _ = install.run().good();

    let origin = stage.origin();
    println!("Sleutelbos draait op {origin} (Sleutelbos is up at {origin})\n");
    println!("Testpersonen, alleen voor deze demo (test holders, for this demo only):");
    println!("  naam                   gebruikersnaam               wachtwoord");
    for person in [&arts, &nurse] {
        println!("  {:<22} {:<28} {}", person.name, person.username, person.password);
    }
    println!("\nProbeer (try):");
    println!("  1. Log in als {} en voeg de beveiligingssleutel toe.", nurse.name);
    println!("     Die zit in de gesimuleerde USB-poort en raakt zichzelf aan.");
    println!("  2. Log in met de UZI-pas: die is van {}, met pincode {CARD_PIN}.", arts.name);
    if !has_screen() {
        println!("     Hier is geen scherm: de demo vult de pincode zelf in.");
    }
    println!("  3. Voer vijf keer een verkeerd wachtwoord in.");
    println!("  4. Zonder browser (without a browser), in een andere terminal:\n");
    let login = stage.agent(&script).args(["login", "--card"]);
    println!("{}\n", world.enter(login).as_shell());
    let [mails, codes] = stage.sent();
    println!(
        "Wat de server verstuurt, wordt hier een bestand (what the server sends is a file here):"
    );
    println!(
        "  e-mail (een mailprogramma opent ze; any mail program opens them): {}",
        mails.display()
    );
    println!("  codes per sms en telefoon (codes by text and call): {}\n", codes.display());
    browse(&stage, &world, profile.path(), &script, (tell, &end));
    ExitCode::SUCCESS
}

fn has_screen() -> bool {
    ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some())
}

/// Opens Chromium in the world where there is a screen; else waits at the terminal.
fn browse(
    stage: &Stage,
    world: &World,
    profile: &Path,
    script: &pinentry::Script,
    (tell, end): (Sender<()>, &Receiver<()>),
) {
    let extension = workspace().join("agent/extension");
    let mut chromium = Program::stranger("chromium", "chromium")
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg(format!("--load-extension={}", extension.display()))
        .args(["--disable-features=DisableLoadExtensionCommandLineSwitch", "--no-sandbox"])
        .args(["--no-first-run", "--lang=nl"])
        .env("XDG_CONFIG_HOME", stage.agent_home())
        .env(pinentry::SCRIPT, script.path());
    if !has_screen() {
        chromium = chromium.arg("--headless=new").arg("--remote-debugging-port=0");
        println!("Hier is geen scherm. Zo start u zelf een browser in deze wereld:");
        println!("(There is no screen here. This starts a browser in this world.)\n");
        println!("{}\n", world.enter(chromium.arg(stage.origin())).as_shell());
        println!("Enter beëindigt de demo. (Enter ends the demo.)");
        std::thread::spawn(move || {
            if std::io::stdin().lock().read_line(&mut String::new()).is_ok_and(|read| read > 0) {
                let _ = tell.send(());
            } else {
                let id = household::head();
                println!(
                    "Geen toetsenbord: 'kill {id}' beëindigt de demo. (No keyboard: it ends.)"
                );
            }
        });
        let _ = end.recv();
        return;
    }
    println!("De demo eindigt als u de browser sluit. (It ends when you close the browser.)");
    let mut command = Command::from(world.enter(chromium.arg(stage.origin())));
    match command.spawn() {
        Ok(mut browser) => {
            let id = browser.id().to_string();
            let waiting = std::thread::spawn(move || {
                drop(browser.wait());
                let _ = tell.send(());
            });
            let _ = end.recv();
            drop(Command::new("kill").arg(id).stderr(std::process::Stdio::null()).status());
            drop(waiting.join());
        }
        Err(error) => eprintln!("Chromium could not be started: {error}"),
    }
}
