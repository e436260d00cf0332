//! What help and manual show as examples runs as it is written there.

use std::fs;
use std::path::Path;
use std::process::Command;

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
    let (inside, outside): (Vec<_>, Vec<_>) =
        lines(&manual).into_iter().partition(|line| line.starts_with("firmware-sim ctl"));
    assert_eq!((inside.len(), outside.len()), (8, 5), "{inside:?} {outside:?}");
    for line in outside {
        run(&ground, &line);
    }
    let script = inside.join(" && ").replace('"', "");
    run(&ground, &format!("firmware-sim exec --key fido2 --nfc nfc --card z -- sh -c '{script}'"));
}
