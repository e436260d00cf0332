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

/// Debian's usbip, which names vendors and products by its own lists.
#[test]
fn usbip_lists_the_key() {
    let (_key, told) = serve(&["--usbip", "0"], 1);
    let (_, address) = told.first().expect("a line");
    let (host, port) = address.rsplit_once(':').expect("an address");
    let usbip = Program::stranger("usbip", "usbip");
    let said = usbip.args(["--tcp-port", port, "list", "--remote", host]).run().good();
    assert!(said.contains("1-1: ") && said.contains("(1209:5afe)"), "{said}");
    assert!(said.contains("Human Interface Device"), "{said}");
}

/// As far as a machine without vhci-hcd goes: a client of raw bytes takes the kernel's part.
#[test]
fn a_host_of_raw_usbip_imports_the_key_and_speaks_to_it() {
    let (_key, told) = serve(&["--usbip", "0"], 1);
    let script = workspace().join("tests/tests/judges/usbip_host.py");
    let address = told.first().map(|(_, address)| address).expect("a line");
    assert_eq!(Program::python().arg(script).arg(address).run().good().trim(), "judged");
}
