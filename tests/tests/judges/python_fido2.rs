//! python-fido2 registers and authenticates on the simulated key.

use tests::program::{Program, workspace};
use tests::world::World;

fn judge(options: &[&str], transport: &str, mode: &str) {
    let world = World::start(options);
    let script = workspace().join("tests/tests/judges/python_fido2.py");
    let said = world.run(Program::python().arg(script).args([transport, mode])).good();
    assert_eq!(said.trim(), format!("judged {transport} {mode}"));
}

#[test]
fn python_fido2_takes_a_key_over_hid() {
    judge(&["--key", "fido2"], "hid", "ctap2");
}

#[test]
fn python_fido2_sets_and_uses_a_pin_over_hid() {
    judge(&["--key", "fido2"], "hid", "pin");
}

#[test]
fn python_fido2_takes_an_u2f_key_over_hid() {
    judge(&["--key", "u2f"], "hid", "u2f");
}

#[test]
fn python_fido2_takes_a_key_in_a_reader() {
    judge(&["--nfc", "nfc"], "pcsc", "ctap2");
}

#[test]
fn python_fido2_sets_and_uses_a_pin_in_a_reader() {
    judge(&["--nfc", "nfc"], "pcsc", "pin");
}
