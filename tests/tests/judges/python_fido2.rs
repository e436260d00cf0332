//! python-fido2 registers and authenticates on the simulated key.

use tests::program::{Program, workspace};
use tests::world::World;

fn judge(options: &[&str], transport: &str, mode: &str) {
    judge_by("python_fido2.py", options, transport, mode);
}

/// Of what is managed on a key.
fn manages(options: &[&str], transport: &str, mode: &str) {
    judge_by("python_fido2_manages.py", options, transport, mode);
}

fn judge_by(script: &str, options: &[&str], transport: &str, mode: &str) {
    let world = World::start(options);
    let script = workspace().join("tests/tests/judges").join(script);
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

#[test]
fn python_fido2_manages_accounts() {
    manages(&["--key", "fido2.1"], "hid", "accounts");
    manages(&["--nfc", "fido2.1"], "pcsc", "accounts");
}

#[test]
fn python_fido2_keeps_large_blobs() {
    manages(&["--key", "fido2.1"], "hid", "blobs");
    manages(&["--nfc", "fido2.1"], "pcsc", "blobs");
}

#[test]
fn python_fido2_configures_a_key() {
    manages(&["--key", "fido2.1"], "hid", "config");
    manages(&["--nfc", "fido2.1"], "pcsc", "config");
}

#[test]
fn python_fido2_uses_every_extension() {
    manages(&["--key", "fido2.1"], "hid", "extensions");
    manages(&["--nfc", "fido2.1"], "pcsc", "extensions");
}

#[test]
fn python_fido2_teaches_a_finger_and_is_verified_by_it() {
    manages(&["--key", "bio"], "hid", "fingers");
}

#[test]
fn python_fido2_takes_back_a_request_that_waits() {
    manages(&["--key", "fido2.1", "--presence", "never"], "hid", "patience");
}
