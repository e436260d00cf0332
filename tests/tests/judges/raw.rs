//! Hosts of raw bytes, which ask what no library asks: the cases of the suites for keys.

use tests::program::{Program, workspace};
use tests::world::World;

fn judge(options: &[&str], script: &[&str]) {
    let [script, arguments @ ..] = script else { panic!("a script") };
    let world = World::start(options);
    let script = workspace().join("tests/tests/judges").join(script);
    let said = world.run(Program::python().arg(script).args(arguments)).good();
    assert_eq!(said.trim(), "judged");
}

#[test]
fn channels_init_and_touches_are_as_hid_suites_want_them() {
    judge(&["--key", "fido2"], &["raw_frames.py"]);
}

#[test]
fn selection_is_as_suites_for_readers_want_it() {
    judge(&["--nfc", "nfc"], &["raw_apdus.py"]);
}

#[test]
fn every_u2f_command_has_its_status() {
    for key in ["u2f", "fido2"] {
        judge(&["--key", key], &["raw_u2f.py"]);
    }
    judge(&["--nfc", "nfc"], &["raw_u2f.py", "reader"]);
}

#[test]
fn every_command_of_the_card_has_its_status() {
    judge(&["--card", "z"], &["raw_card.py"]);
}

#[test]
fn every_request_has_the_status_that_the_specification_gives_it() {
    judge(&["--key", "fido2"], &["raw_ctap2.py"]);
    judge(&["--key", "fido2-pin"], &["raw_ctap2.py", "pin"]);
}
