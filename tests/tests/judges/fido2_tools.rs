//! The tools of libfido2 on the simulated key, as their manual pages use them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tests::program::{Program, workspace};
use tests::world::World;

pub(super) const HASH: [u8; 32] = [0x5A; 32];
pub(super) const RELYING_PARTY: &str = "zorg.example";

pub(super) fn tool(name: &str) -> Program {
    Program::stranger(name, "fido2-tools")
}

pub(super) fn device(world: &World) -> String {
    let list = world.run(tool("fido2-token").arg("-L")).good();
    let (device, _) = list.split_once(": ").expect("one device is listed");
    device.to_owned()
}

#[test]
fn fido2_token_lists_the_key_and_tells_what_it_can() {
    let world = World::start(&["--key", "fido2"]);
    let info = world.run(tool("fido2-token").arg("-I").arg(device(&world))).good();
    for line in ["version strings: ", "FIDO_2_0", "pin protocols: ", "aaguid: ", "es256"] {
        assert!(info.contains(line), "{line} in\n{info}");
    }
}

#[test]
fn fido2_cred_and_fido2_assert_register_and_authenticate() {
    let world = World::start(&["--key", "fido2"]);
    let device = device(&world);
    let hash = STANDARD.encode(HASH);
    let user = STANDARD.encode([7; 32]);

    let asked = format!("{hash}\n{RELYING_PARTY}\nTest Arts\n{user}\n");
    let made = world.run(tool("fido2-cred").arg("-M").arg(&device).input(asked)).good();
    // fido2-cred verifies the packed attestation and gives the credential id and the public key.
    let verified = world.run(tool("fido2-cred").arg("-V").input(made)).good();
    let (id, key) = verified.split_once('\n').expect("an id, then a key");

    let folder = tempfile::tempdir().expect("a temporary folder");
    let key_file = folder.path().join("key.pem");
    std::fs::write(&key_file, key).expect("the key can be written");
    let asked = format!("{hash}\n{RELYING_PARTY}\n{id}\n");
    let assertion = world.run(tool("fido2-assert").arg("-G").arg(&device).input(asked)).good();
    let verify = tool("fido2-assert").arg("-V").arg(&key_file).arg("es256");
    let _ = world.run(verify.input(assertion.clone())).good();

    // The judge can say no: one changed byte in the signature.
    let mut lines: Vec<&str> = assertion.lines().collect();
    let signature = lines.pop().expect("a signature at the end");
    let mut bytes = STANDARD.decode(signature).expect("base64");
    *bytes.last_mut().expect("a signature has bytes") ^= 1;
    let changed = format!("{}\n{}\n", lines.join("\n"), STANDARD.encode(bytes));
    let verify = tool("fido2-assert").arg("-V").arg(&key_file).arg("es256");
    assert_ne!(world.run(verify.input(changed)).code, 0);
}

#[test]
fn fido2_cred_registers_on_an_u2f_key() {
    let world = World::start(&["--key", "u2f"]);
    let device = device(&world);
    let asked = format!(
        "{}\n{RELYING_PARTY}\nTest Arts\n{}\n",
        STANDARD.encode(HASH),
        STANDARD.encode([7; 32])
    );
    let made = world.run(tool("fido2-cred").arg("-M").arg(&device).input(asked)).good();
    assert!(made.contains("fido-u2f"), "{made}");
    let _ = world.run(tool("fido2-cred").arg("-V").input(made)).good();
}

/// A tool that asks for PINs at a terminal, which it gets from `at_a_terminal.py`.
pub(super) fn at_a_terminal(answers: &[&str], name: &str) -> Program {
    let script = workspace().join("tests/tests/judges/at_a_terminal.py");
    Program::python().arg(script).args(answers).arg("--").arg(tool(name).path())
}

#[test]
fn fido2_token_sets_a_pin_which_a_reset_takes_away() {
    let world = World::start(&["--key", "fido2"]);
    let device = device(&world);
    let has_pin = || {
        let info = world.run(tool("fido2-token").arg("-I").arg(&device)).good();
        let options = info.lines().find(|line| line.starts_with("options: "));
        let options = options.expect("a line of options").to_owned();
        assert!(options.contains("clientPin"), "{options}");
        !options.contains("noclientPin")
    };
    assert!(!has_pin());
    let set = at_a_terminal(&["4711", "4711"], "fido2-token").arg("-S").arg(&device);
    let _ = world.run(set).good();
    assert!(has_pin());
    let wrong = at_a_terminal(&["0000", "4712", "4712"], "fido2-token").arg("-C").arg(&device);
    assert_ne!(world.run(wrong).code, 0);
    let change = at_a_terminal(&["4711", "4712", "4712"], "fido2-token").arg("-C").arg(&device);
    let _ = world.run(change).good();
    world.ctl(&["key", "remove"]);
    world.ctl(&["key", "insert"]);
    let _ = world.run(tool("fido2-token").arg("-R").arg(&device)).good();
    assert!(!has_pin());
}

#[test]
fn an_account_on_the_key_is_found_without_its_id_until_a_reset() {
    let world = World::start(&["--key", "fido2"]);
    let device = device(&world);
    let (hash, user) = (STANDARD.encode(HASH), STANDARD.encode([7; 32]));
    let asked = format!("{hash}\n{RELYING_PARTY}\nTest Arts\n{user}\n");
    let made = world.run(tool("fido2-cred").args(["-M", "-r"]).arg(&device).input(asked)).good();
    let verified = world.run(tool("fido2-cred").arg("-V").input(made)).good();
    let (_, key) = verified.split_once('\n').expect("an id, then a key");
    let ask = || {
        let asked = format!("{hash}\n{RELYING_PARTY}\n");
        world.run(tool("fido2-assert").args(["-G", "-r"]).arg(&device).input(asked))
    };
    let assertion = ask().good();
    let mut lines: Vec<&str> = assertion.lines().collect();
    assert_eq!(lines.pop(), Some(&*user), "{assertion}");
    accepts(&world, key, &format!("{}\n", lines.join("\n")));

    world.ctl(&["key", "remove"]);
    world.ctl(&["key", "insert"]);
    let _ = world.run(tool("fido2-token").arg("-R").arg(&device)).good();
    let gone = ask();
    assert!(gone.code != 0 && gone.all().contains("FIDO_ERR_NO_CREDENTIALS"), "{}", gone.all());
}

/// fido2-assert verifies the assertion with this key.
fn accepts(world: &World, key: &str, assertion: &str) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let key_file = folder.path().join("key.pem");
    std::fs::write(&key_file, key).expect("the key can be written");
    let verify = tool("fido2-assert").arg("-V").arg(&key_file).arg("es256");
    let _ = world.run(verify.input(assertion)).good();
}

#[test]
fn fido2_assert_authenticates_with_an_u2f_key() {
    let world = World::start(&["--key", "u2f"]);
    let device = device(&world);
    let (hash, user) = (STANDARD.encode(HASH), STANDARD.encode([7; 32]));
    let asked = format!("{hash}\n{RELYING_PARTY}\nTest Arts\n{user}\n");
    let made = world.run(tool("fido2-cred").arg("-M").arg(&device).input(asked)).good();
    let verified = world.run(tool("fido2-cred").arg("-V").input(made)).good();
    let (id, key) = verified.split_once('\n').expect("an id, then a key");
    let asked = format!("{hash}\n{RELYING_PARTY}\n{id}\n");
    let assertion = world.run(tool("fido2-assert").arg("-G").arg(&device).input(asked)).good();
    accepts(&world, key, &assertion);
}
