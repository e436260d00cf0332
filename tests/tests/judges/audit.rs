//! A program that was written from docs/audit.md alone judges our exports, and each of our tamperings
//! with them, as we do.

use std::path::{Path, PathBuf};

use sleutelbos_server::audit::lines;
use tempfile::TempDir;
use tests::program::Program;
use tests::stage::{SUBSCRIBER, Stage};

/// What python says of each file.
fn judged(kept: Option<&Path>, files: &[PathBuf]) -> Vec<String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/judges/audit.py");
    let kept = kept.map_or_else(|| "-".into(), |path| path.as_os_str().to_owned());
    let said = Program::python().arg(script).arg("-").arg(kept).args(files).run().good();
    said.lines().map(str::to_owned).collect()
}

/// Whether we say that nothing is wrong with each.
fn ours(kept: Option<&Path>, files: &[PathBuf]) -> Vec<bool> {
    let kept = kept.map(|path| {
        let text = std::fs::read_to_string(path).expect("a checkpoint");
        match lines::Line::read(text.trim_end().as_bytes()) {
            Some(lines::Line::Checkpoint(checkpoint)) => checkpoint,
            other => panic!("{other:?} is no checkpoint"),
        }
    });
    let verify = |file| lines::verify(file, &[], kept.as_ref()).expect("it can be read");
    files.iter().map(|file| verify(file).outcome.is_ok()).collect()
}

struct Desk {
    stage: Stage,
    folder: TempDir,
}

impl Desk {
    /// A server that has written down some things, a card among them, all of it in the chain; and what
    /// was personal was erased: the card, and who linked it.
    fn new() -> Self {
        let stage = Stage::new();
        let person = stage.person("Test Arts", Some(SUBSCRIBER));
        let other = stage.person("Test Assistent", None);
        let desk = Self { stage, folder: tempfile::tempdir().expect("a temporary folder") };
        desk.link(&person.username);
        let erase = ["audit", "erase", "--before", "2100-01-01T00:00:00Z"];
        let said = desk.stage.sleutelbos(&erase).run().good();
        assert!(said.contains("2 events before 2100"), "{said}");
        desk.link(&other.username); // is refused, and written down with the card
        let remember = ["audit", "erase", "--before", "1971-01-01T00:00:00Z"];
        let _ = desk.stage.sleutelbos(&remember).run().good();
        desk
    }

    fn link(&self, username: &str) {
        let link = self.stage.sleutelbos(&["account", "link-card", "--username", username]);
        let card = self.stage.pki().join("cards/z/authenticiteit.pem");
        drop(link.args(["--operator", "Test Beheer", "--certificate"]).arg(card).run());
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path
    }

    /// What `sleutelbos audit` prints, in a file.
    fn printed(&self, name: &str, command: &[&str]) -> PathBuf {
        let command: Vec<_> = std::iter::once("audit").chain(command.iter().copied()).collect();
        self.write(name, self.stage.sleutelbos(&command).run().good())
    }
}

#[test]
fn a_program_from_the_document_agrees_on_whole_and_tampered_exports() {
    let desk = Desk::new();
    let whole = desk.printed("whole", &["export"]);
    let kept = desk.printed("kept", &["checkpoint"]);
    let part = desk.printed("part", &["export", "--since", "2100-01-01T00:00:00Z"]);
    let text = std::fs::read_to_string(&whole).expect("an export");
    let events = text.matches("\"kind\":\"event\"").count();
    let good = [whole, part];
    for kept in [None, Some(kept.as_path())] {
        let said = judged(kept, &good);
        assert_eq!(said[0], format!("HOLDS {events} events, 2 with an erased part"));
        assert!(said[1].starts_with("HOLDS 2 events"), "{said:?}");
        assert_eq!(ours(kept, &good), [true, true]);
    }
    let tampered = tampered(&text);
    assert!(tampered.len() > 200, "{} ways", tampered.len());
    let files: Vec<PathBuf> = tampered
        .iter()
        .enumerate()
        .map(|(number, text)| desk.write(&format!("tampered-{number}"), text))
        .collect();
    let (said, we) = (judged(None, &files), ours(None, &files));
    assert_eq!(said.len(), files.len());
    let mut wrong = 0;
    for ((said, we), file) in said.iter().zip(&we).zip(&files) {
        assert_eq!(said.starts_with("HOLDS"), *we, "{}: {said}", file.display());
        wrong += usize::from(!we);
    }
    assert!(wrong > 180, "{wrong} were found");
}

/// The export with a byte changed here and there, lines taken out, put elsewhere, and given twice.
fn tampered(text: &str) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for place in (0..text.len()).step_by(text.len() / 190) {
        let mut bytes = text.as_bytes().to_vec();
        let byte = bytes.get_mut(place).expect("within the text");
        *byte = if *byte == b'0' { b'1' } else { b'0' };
        all.push(bytes);
    }
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    for place in 0..lines.len() {
        let mut without = lines.clone();
        let line = without.remove(place);
        all.push(without.concat().into_bytes());
        let mut twice = lines.clone();
        twice.insert(place, line);
        all.push(twice.concat().into_bytes());
        let mut swapped = lines.clone();
        swapped.swap(place, (place + 1) % lines.len());
        all.push(swapped.concat().into_bytes());
        all.push(lines.split_at(place).0.concat().into_bytes());
    }
    all
}

/// The command line itself: what it says of the database and of a file, and with which exit code.
#[test]
fn the_command_names_what_is_wrong_and_says_so_by_its_exit_code() {
    let desk = Desk::new();
    let whole = desk.printed("whole", &["export"]);
    let kept = desk.printed("kept", &["checkpoint"]);
    let verify = |arguments: &[&Path]| {
        let program = Program::ours("sleutelbos").args(["audit", "verify", "--file"]);
        program.env("LC_ALL", "nl_NL.UTF-8").args(arguments).run()
    };
    let well = verify(&[&whole, Path::new("--checkpoint"), &kept]);
    assert_eq!(well.code, 0, "{}", well.all());
    assert!(well.stdout.starts_with("KLOPT."), "{}", well.stdout);
    assert!(well.stdout.contains("Het bewaarde controlepunt past."), "{}", well.stdout);
    assert!(
        verify(&[&whole]).stdout.contains("Let op: dit is de sleutel die de export zelf noemt")
    );
    let text = std::fs::read_to_string(&whole).expect("an export");
    let changed = desk.write("changed", text.replacen("account_created", "account_renamed", 1));
    let told = verify(&[&changed]);
    assert_eq!(told.code, 1, "{}", told.all());
    assert!(told.stdout.starts_with("KLOPT NIET, plaats "), "{}", told.stdout);
    let absent = verify(&[Path::new("nowhere")]);
    assert_eq!(absent.code, 2, "{}", absent.all());
    assert!(
        absent.stderr.contains("nowhere is niet te lezen: het bestaat niet"),
        "{}",
        absent.stderr
    );
    let kept = kept.to_string_lossy();
    let database = desk.stage.sleutelbos(&["audit", "verify", "--checkpoint", &kept]).run();
    assert_eq!(database.code, 0, "{}", database.all());
    assert!(database.stdout.starts_with("HOLDS. "), "{}", database.stdout);
    assert!(database.stdout.contains("The kept checkpoint fits."), "{}", database.stdout);
}
