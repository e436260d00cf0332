//! ctap-hid-fido2 judges the simulated key over a mocked hidraw.

use tests::program::Program;
use tests::world::World;

fn judge(profile: &str, pin: &[&str]) {
    let world = World::start(&["--key", profile]);
    let said = world.run(Program::ours("ctap_hid_fido2_judge").args(pin)).good();
    assert_eq!(said.lines().last(), Some("judged"), "{said}");
}

#[test]
fn ctap_hid_fido2_registers_and_authenticates() {
    judge("fido2", &[]);
}

#[test]
fn ctap_hid_fido2_sets_changes_and_uses_a_pin() {
    judge("fido2", &["pincode-4711"]);
}
