//! What help and manual show as examples runs as it is written there.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::ground::{Ground, User, text};

/// The lines that begin with `firmware-sim`, without what explains them.
fn lines(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim).filter(|line| line.starts_with("firmware-sim "));
    lines.map(|line| line.split("  #").next().unwrap_or_default().trim().to_owned()).collect()
}

/// Runs a line in a shell that finds the program under its name.
fn run(ground: &Ground, line: &str) {
    let folder = ground.sim.parent().expect("a file stands in a folder").display();
    let path = format!("{folder}:{}", std::env::var("PATH").expect("a search path"));
    let mut shell = Command::new("sh");
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/card.toml");
    fs::copy(example, ground.path().join("card.toml")).expect("the example of a card");
    shell.args(["-c", line]).env("PATH", path).env("TMPDIR", ground.path());
    shell.current_dir(ground.path());
    let (code, out, error) = text(&shell.output().expect("sh"));
    assert_eq!(code, 0, "{line}: {out}{error}");
}

#[test]
fn the_examples_of_the_help_run_as_written() {
    let ground = Ground::new(User::Same);
    let help = Command::new(&ground.sim).args(["exec", "--help"]).output().expect("help");
    let (_, help, _) = text(&help);
    let (_, examples) = help.split_once("Examples:").expect("examples");
    let examples = lines(examples);
    assert_eq!(examples.len(), 4, "{help}");
    for line in examples {
        run(&ground, &line);
    }
}

#[test]
fn the_examples_of_the_manual_run_as_written() {
    let ground = Ground::new(User::Same);
    let manual = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/firmware-sim.md");
    let manual = fs::read_to_string(manual).expect("the manual");
    let of = |command: &str| -> Vec<String> {
        let begin = format!("firmware-sim {command} ");
        lines(&manual).into_iter().filter(|line| line.starts_with(&begin)).collect()
    };
    let (inside, outside) = (of("ctl"), of("exec"));
    assert_eq!((inside.len(), outside.len()), (8, 5), "{inside:?} {outside:?}");
    for line in outside {
        run(&ground, &line);
    }
    let script = inside.join(" && ").replace('"', "");
    run(&ground, &format!("firmware-sim exec --key fido2 --nfc nfc --card z -- sh -c '{script}'"));
}

/// Starts a line, and ends it when it has said where it listens.
fn serve(ground: &Ground, line: &str) {
    let arguments = line.split_whitespace().skip(1);
    let mut served = Command::new(&ground.sim);
    served.args(arguments).current_dir(ground.path()).stdout(Stdio::piped());
    let mut served = served.spawn().expect("firmware-sim starts");
    let mut said = String::new();
    let stdout = served.stdout.as_mut().expect("a pipe");
    BufReader::new(stdout).read_line(&mut said).expect("a line");
    let id = i32::try_from(served.id()).ok().and_then(Pid::from_raw).expect("a process");
    kill_process(id, Signal::TERM).expect("it runs");
    assert!(served.wait().expect("it ends").success(), "{line}: {said}");
    assert!(!said.is_empty(), "{line}");
}

/// Those that need neither a reader nor a kernel's module; of fixed ports others may have, any.
#[test]
fn a_key_is_served_and_traced_as_the_manual_says() {
    let ground = Ground::new(User::Same);
    let manual = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/firmware-sim.md");
    let lines = lines(&fs::read_to_string(manual).expect("the manual"));
    let needs = |line: &&String| !line.contains("--vpcd") && !line.contains("--uhid");
    let served = lines.iter().filter(|line| line.starts_with("firmware-sim serve ")).filter(needs);
    let served: Vec<String> =
        served.map(|line| line.replace("0.0.0.0:3240", "0").replace("--udp", "--udp 0")).collect();
    assert_eq!(served.len(), 4, "{served:?}");
    for line in served {
        serve(&ground, &line);
    }
    let trace = ground.path().join("key.trace");
    fs::copy(&trace, ground.path().join("other.trace")).expect("it was recorded");
    let traced: Vec<&String> =
        lines.iter().filter(|line| line.starts_with("firmware-sim trace ")).collect();
    assert_eq!(traced.len(), 3, "{traced:?}");
    for line in traced {
        run(&ground, line);
    }
}
