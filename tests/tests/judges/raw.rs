//! Hosts of raw bytes, which ask what no library asks: the cases of the suites for keys.

use tests::program::{Program, workspace};
use tests::world::World;

fn judge(options: &[&str], script: &str) {
    let world = World::start(options);
    let script = workspace().join("tests/tests/judges").join(script);
    assert_eq!(world.run(Program::python().arg(script)).good().trim(), "judged");
}

#[test]
fn channels_init_and_touches_are_as_hid_suites_want_them() {
    judge(&["--key", "fido2"], "raw_frames.py");
}

#[test]
fn selection_is_as_suites_for_readers_want_it() {
    judge(&["--nfc", "nfc"], "raw_apdus.py");
}
