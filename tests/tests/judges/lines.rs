//! Strangers at a key that `firmware-sim serve` serves over sockets.

use tests::program::{Background, Program, workspace};

/// A key that is served in these ways, and where it says that it listens.
fn serve(options: &[&str], lines: usize) -> (Background, Vec<(String, String)>) {
    let told = std::cell::RefCell::new(Vec::new());
    let program = Program::ours("firmware-sim").args(["serve", "--key", "fido2"]).args(options);
    let (background, ()) = program.start(|line| {
        let (name, address) = line.split_once(' ').expect("a name and an address");
        told.borrow_mut().push((name.to_owned(), address.to_owned()));
        (told.borrow().len() == lines).then_some(())
    });
    (background, told.into_inner())
}

fn judge(mode: &str, options: &[&str], lines: usize) {
    let (_key, told) = serve(options, lines);
    let script = workspace().join("tests/tests/judges/python_fido2_lines.py");
    let lines = told.iter().map(|(name, address)| format!("{name}:{address}"));
    let said = Program::python().arg(script).arg(mode).args(lines).run().good();
    assert_eq!(said.trim(), format!("judged {mode}"));
}

#[test]
fn python_fido2_sets_and_uses_a_pin_over_a_unix_socket() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("key.sock");
    judge("pin", &["--unix", path.to_str().expect("text")], 1);
}

#[test]
fn python_fido2_sets_and_uses_a_pin_over_tcp() {
    judge("pin", &["--tcp", "0"], 1);
}

#[test]
fn python_fido2_sets_and_uses_a_pin_over_udp() {
    judge("pin", &["--udp", "0"], 1);
}

#[test]
fn two_of_python_fido2_on_two_lines_have_one_key_at_once() {
    judge("together", &["--tcp", "0", "--udp", "0"], 2);
    judge("together", &["--tcp", "0", "--udp", "0", "--realtime"], 2);
}
