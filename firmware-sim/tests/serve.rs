//! `firmware-sim serve` as programs meet it: what it prints, what it refuses, how it ends.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use wire::ctaphid::{self, Channel, REPORT, split};

/// `firmware-sim serve` with these arguments.
fn serve(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_firmware-sim"));
    command.arg("serve").args(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Starts it, and gives what it says of each of its `lines`, by name.
fn start(arguments: &[&str], lines: usize) -> (Child, Vec<(String, String)>) {
    let mut child = serve(arguments).spawn().expect("firmware-sim starts");
    let told = BufReader::new(child.stdout.as_mut().expect("a pipe")).lines().take(lines);
    let told = told.map(|line| line.expect("a line"));
    let told: Vec<_> = told
        .map(|line| {
            let (name, address) = line.split_once(' ').expect("a name and an address");
            (name.to_owned(), address.to_owned())
        })
        .collect();
    (child, told)
}

fn end(child: Child, signal: Signal) -> (Option<i32>, String) {
    let id = i32::try_from(child.id()).ok().and_then(Pid::from_raw).expect("a process");
    kill_process(id, signal).expect("it runs");
    let output = child.wait_with_output().expect("it ends");
    (output.status.code(), String::from_utf8(output.stderr).expect("text"))
}

fn init() -> [u8; REPORT] {
    let init = split(Channel::BROADCAST, ctaphid::Command::Init, &[7; 8]).expect("it fits");
    *init.first().expect("a report")
}

fn is_answered(host: &mut (impl Read + Write)) {
    host.write_all(&init()).expect("the key reads");
    let mut answer = [0; REPORT];
    host.read_exact(&mut answer).expect("the key answers");
    // the same channel, command and nonce, and 17 bytes
    assert_eq!((&answer[..6], answer[6], &answer[7..15]), (&init()[..6], 17, &init()[7..15]));
}

#[test]
fn all_that_is_named_is_served_at_once_and_leaves_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("key.sock");
    for signal in [Signal::TERM, Signal::INT, Signal::HUP] {
        let path = path.to_str().expect("text");
        let arguments =
            ["--key", "fido2", "--unix", path, "--tcp", "0", "--udp", "[::1]:0", "--hidraw"];
        let (child, told) = start(&arguments, 4);
        let names: Vec<&str> = told.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["tcp", "udp", "hidraw", "unix"]);
        let address = |wanted: &str| {
            let found = told.iter().find(|(name, _)| name == wanted);
            found.map(|(_, address)| address.clone()).expect("it was told")
        };
        is_answered(&mut UnixStream::connect(address("unix")).expect("it listens"));
        is_answered(&mut TcpStream::connect(address("tcp")).expect("it listens"));
        let datagrams = UdpSocket::bind("[::1]:0").expect("a port");
        datagrams.send_to(&init(), address("udp")).expect("it is sent");
        let mut answer = [0; 100];
        let (read, from) = datagrams.recv_from(&mut answer).expect("it is answered");
        assert_eq!((read, from.to_string()), (REPORT, address("udp")));
        let node = fs::OpenOptions::new().read(true).write(true).open(address("hidraw"));
        let mut node = node.expect("it can be opened");
        node.write_all(&[&[0][..], &init()].concat()).expect("it takes 65 bytes");
        node.read_exact(&mut [0; REPORT]).expect("it gives 64");
        assert_eq!(end(child, signal), (Some(0), String::new()));
        assert!(!Path::new(path).exists());
    }
}

#[test]
fn standard_input_carries_reports_alone_and_its_end_ends_the_key() {
    let mut child =
        serve(&["--key", "fido2", "--stdio", "--realtime"]).spawn().expect("firmware-sim starts");
    let mut input = child.stdin.take().expect("a pipe");
    input.write_all(&[init(), init()].concat()).expect("it reads");
    drop(input);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(output.stdout.len(), 2 * REPORT);
    assert_eq!(String::from_utf8_lossy(&output.stderr), "stdio -\n");
}

/// The exit code and the words of a key that is not served.
fn refused(arguments: &[&str]) -> (Option<i32>, String) {
    let output = serve(arguments).output().expect("firmware-sim starts");
    assert!(output.stdout.is_empty());
    (output.status.code(), String::from_utf8(output.stderr).expect("text"))
}

#[test]
fn what_cannot_be_served_is_one_sentence_with_its_remedy() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("taken");
    let _unix = UnixListener::bind(&path).expect("a socket");
    let path = path.to_str().expect("text");
    let long = folder.path().join("x".repeat(120));
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let tcp = listener.local_addr().expect("its address").to_string();
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a port");
    let udp = socket.local_addr().expect("its address").to_string();
    let nobody = {
        let gone = TcpListener::bind("127.0.0.1:0").expect("a port");
        gone.local_addr().expect("its address").to_string()
    };
    let cases: [(&[&str], &str); 7] = [
        (&["--unix", path], "stop what listens there, remove it if that was killed"),
        (&["--unix", long.to_str().expect("text")], "choose a path of 107 bytes at most"),
        (&["--unix", "/nonexistent/key"], "in a folder where you may write"),
        (&["--udp", &udp], "choose another port, such as 0"),
        (&["--tcp", "192.0.2.1:0"], "no address of this machine: choose a port alone"),
        (&["--vpcd", &nobody], "this key has no nfc; choose one of "),
        (&["--hidraw", "--tcp", "192.0.2.1:0"], "no address of this machine"),
    ];
    for (arguments, remedy) in cases {
        let (code, error) = refused(&[&["--key", "fido2"], arguments].concat());
        assert_eq!(code, Some(1), "{arguments:?}: {error}");
        assert!(error.contains(remedy) && error.lines().count() == 1, "{arguments:?}: {error}");
    }
    if !Path::new("/dev/uhid").exists() {
        let (code, error) = refused(&["--key", "fido2", "--uhid"]);
        assert_eq!(code, Some(1));
        assert!(error.contains("load it with 'modprobe uhid'"), "{error}");
    }
    let (code, error) = refused(&["--key", "nfc", "--vpcd", &nobody]);
    assert_eq!(code, Some(1));
    assert!(
        error.contains("start pcscd with the driver of the package vsmartcard-vpcd"),
        "{error}"
    );
    let (code, error) = refused(&["--key", "fido2", "--tcp", &tcp]);
    assert_eq!(code, Some(1));
    assert!(error.contains(&format!("{tcp} is taken: stop what listens there")), "{error}");
}

#[test]
fn what_is_not_understood_says_what_is() {
    let cases: [(&[&str], &str); 7] = [
        (&["--key", "fido2"], "--stdio"),
        (&["--key", "fido3", "--stdio"], "fido2"),
        (
            &["--key", "fido2", "--stdio", "--seed", "18446744073709551616"],
            "a whole number from 0 to",
        ),
        (&["--key", "fido2", "--stdio", "--seed=-1"], "a whole number from 0 to"),
        (&["--key", "fido2", "--tcp", "65536"], "127.0.0.1:8111"),
        (&["--key", "nfc", "--vpcd", "35963"], "127.0.0.1:35963"),
        (&["--key", "fido2", "--stdio", "--realtime", "0"], "--realtime"),
    ];
    for (arguments, words) in cases {
        let (code, error) = refused(arguments);
        assert_eq!(code, Some(2), "{arguments:?}: {error}");
        assert!(error.contains(words), "{arguments:?}: {error}");
    }
}

#[test]
fn a_key_may_be_a_card_and_a_device_at_once() {
    let reader = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = reader.local_addr().expect("its address").to_string();
    let arguments = ["--key", "nfc", "--vpcd", &address, "--tcp", "0"];
    let mut child = serve(&arguments).spawn().expect("firmware-sim starts");
    let (mut slot, _) = reader.accept().expect("the card connects");
    slot.write_all(&[0, 1, 1, 0, 1, 4]).expect("it listens");
    let mut length = [0; 2];
    slot.read_exact(&mut length).expect("it answers");
    let mut atr = vec![0; usize::from(u16::from_be_bytes(length))];
    slot.read_exact(&mut atr).expect("it answers");
    assert_eq!(atr[0], 0x3B);
    let mut lines = BufReader::new(child.stdout.as_mut().expect("a pipe")).lines();
    let tcp = lines.next().expect("a line").expect("text");
    is_answered(&mut TcpStream::connect(tcp.trim_start_matches("tcp ")).expect("it listens"));
    assert_eq!(lines.next().expect("a line").expect("text"), format!("vpcd {address}"));
    drop(slot);
    let mut said = String::new();
    BufReader::new(child.stderr.as_mut().expect("a pipe")).read_line(&mut said).expect("text");
    assert!(said.contains("hung up"), "{said}");
    is_answered(&mut TcpStream::connect(tcp.trim_start_matches("tcp ")).expect("it still listens"));
    assert_eq!(end(child, Signal::TERM).0, Some(0));
}
