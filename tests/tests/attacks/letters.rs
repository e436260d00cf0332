//! `kill -9` at the writes of an export of letters: each letter is in the queue, and its PIN opens nothing,
//! or it is whole in the folder; the next export there finishes, and none is there twice.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;
use tests::print::{PrintService, letters};
use tests::program::{Program, trail};
use tests::stage::ONE_USER;

use crate::house::House;

#[test]
fn killed_at_any_write_of_an_export_a_letter_waits_or_is_whole_and_never_goes_twice() {
    let service = PrintService::new();
    let house = House::new(&(service.table() + ONE_USER));
    let folder = house.file("post");
    let mut written = 0;
    let renames = "rename,renameat,renameat2";
    for (calls, step, least) in [("fdatasync,fsync", 1, 4), ("pwrite64", 6, 4), (renames, 1, 1)] {
        for kills in 0.. {
            founds(&house, written);
            written += 1;
            let killed = export_until(&house, calls, 1 + kills * step);
            assert_sound(&house, &folder);
            exports(&house, &folder);
            assert_eq!(named(&folder).len(), written, "each letter is there, once");
            assert_eq!(letters(&folder).len(), written, "and nothing else");
            assert!(rows(&house, "letter_sheet").is_empty());
            if !killed {
                assert!(kills >= least, "{calls}: {kills} were struck");
                break;
            }
        }
    }
    let pins: BTreeSet<_> = letters(&folder).iter().map(|file| service.open(file).pin()).collect();
    assert_eq!(pins.len(), written, "each opens, and has a PIN of its own");
}

/// Founds a practice whose contact person is sent a PIN by post.
pub(crate) fn founds(house: &House, number: usize) {
    let create = house.sleutelbos(&["account", "create", "--operator", "Test Een"]);
    let create = create.args(["--organisation", &format!("FAKE Testpraktijk {number}")]);
    let create = create.args(["--username", &format!("test.{number}@praktijk.example")]);
    let create = create.args(["--name", "Test Arts", "--organisation-address"]);
    let _ = create.arg("Dorpsstraat 1, 1234 AB Voorbeelddorp").run().good();
}

/// Another operator exports every letter.
pub(crate) fn exports(house: &House, folder: &Path) {
    let export = house.sleutelbos(&["letters", "export", "--operator", "Test Twee"]);
    let _ = export.arg(folder).run().good();
}

/// Exports, and has that killed as it enters the `nth` of these calls; whether it was.
fn export_until(house: &House, calls: &str, nth: usize) -> bool {
    trail(&format!("kill the export at {calls} {nth}"));
    let strace = Program::stranger("strace", "strace")
        .args(["-f", "-o", "/dev/null", "-e", &format!("trace={calls}")])
        .args(["-e", &format!("inject={calls}:signal=SIGKILL:when={nth}")])
        .arg(Program::ours("sleutelbos").path())
        .args(["letters", "export", "--operator", "Test Twee", "--config"])
        .arg(house.file("sleutelbos.toml"))
        .arg(house.file("post"));
    let mut command = strace.command();
    command.stdout(Stdio::null()).stderr(Stdio::null());
    !command.status().expect("strace can be started").success()
}

/// What has a name is in the queue no more, and its PIN works; what is in the queue opens nothing.
fn assert_sound(house: &House, folder: &Path) {
    let waiting: BTreeSet<_> =
        rows(house, "letter_sheet").iter().map(|row| text(row, "letter_id")).collect();
    let named = named(folder);
    assert!(waiting.is_disjoint(&named), "{waiting:?} {named:?}");
    let pins = rows(house, "pin");
    for letter in &rows(house, "letter") {
        let id = text(letter, "id");
        let pin = pins.iter().find(|pin| pin["id"] == letter["pin_id"]).expect("its PIN");
        let waits = waiting.contains(&id);
        assert_eq!(pin["opened_at"].is_null(), waits, "{letter}");
        assert_eq!(letter["exported_at"].is_null(), waits, "{letter}");
        let draft = folder.join(format!(".{id}.pdf.age.draft"));
        assert!(waits || named.contains(&id) || draft.exists(), "{id} is lost");
    }
}

fn named(folder: &Path) -> BTreeSet<String> {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let names = files.filter_map(|file| file.file_name().into_string().ok());
    let id = |name: String| Some(name.strip_suffix(".pdf.age")?.to_owned());
    names.filter_map(id).collect()
}

fn rows(house: &House, table: &str) -> Vec<Value> {
    house.rows().get(table).and_then(Value::as_array).cloned().unwrap_or_default()
}

fn text(row: &Value, member: &str) -> String {
    row[member].as_str().expect("a text").to_owned()
}
