//! Wireshark reads what was recorded of a key; the same key answers it alike once more.

use tests::program::{Program, workspace};

/// The reports of a trace in their order: the address of their endpoint, and their bytes in hex.
fn reports(trace: &str) -> Vec<String> {
    let reports = trace.lines().skip(1).filter_map(|line| {
        let entry: serde_json::Value = serde_json::from_str(line).expect("a line of JSON");
        let text = |name: &str| entry.get(name).and_then(serde_json::Value::as_str);
        let endpoint = match text("is") {
            Some("report") => "0x01",
            Some("answer") => "0x81",
            _ => return None,
        };
        Some(format!("{endpoint}\t{}", text("bytes").expect("bytes")))
    });
    reports.collect()
}

#[test]
fn wireshark_finds_every_report_of_a_trace_in_its_capture() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let (trace, capture) = (path("key.trace"), path("key.pcapng"));
    let key = Program::ours("firmware-sim").args(["serve", "--key", "fido2", "--seed", "9"]);
    let key = key.args(["--tcp", "0", "--record"]).arg(&trace);
    let (key, address) = key.start(|line| line.strip_prefix("tcp ").map(str::to_owned));
    let host = workspace().join("tests/tests/judges/python_fido2_lines.py");
    let host = Program::python().arg(host).args(["pin", &format!("tcp:{address}")]);
    assert_eq!(host.run().good().trim(), "judged pin");
    drop(key);
    let ours = |command| Program::ours("firmware-sim").args(["trace", command]).arg(&trace);
    let said = ours("replay").run().good();
    assert!(said.starts_with("equal: "), "{said}");
    assert_eq!(ours("pcapng").arg(&capture).run().good(), "");
    let tshark = |arguments: &[&str]| {
        Program::stranger("tshark", "tshark").arg("-r").arg(&capture).args(arguments).run().good()
    };
    let fields = ["-T", "fields", "-e", "usb.endpoint_address", "-e", "usbhid.data"];
    let seen = tshark(&[&["-Y", "usbhid.data"][..], &fields].concat());
    let recorded = reports(&std::fs::read_to_string(&trace).expect("a trace"));
    assert!(recorded.len() > 100);
    assert_eq!(seen.lines().collect::<Vec<_>>(), recorded);
    let fields = ["-T", "fields", "-e", "usb.idVendor", "-e", "usb.idProduct"];
    assert_eq!(tshark(&[&["-Y", "usb.idVendor"][..], &fields].concat()).trim(), "0x1209\t0x5afe");
    // nothing in it is malformed or comes as a surprise
    assert_eq!(tshark(&["-Y", "_ws.malformed || _ws.expert"]), "");
}
