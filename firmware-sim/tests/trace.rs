//! `serve --record` and `trace`: what was recorded is answered alike by the same key alone.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use wire::cbor::{Map, Value};
use wire::ctap2;
use wire::ctaphid::{self, Channel, Packet, REPORT, split};

fn sim(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_firmware-sim"));
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn run(arguments: &[&str]) -> (Option<i32>, String) {
    let Output { status, stdout, stderr } = sim(arguments).output().expect("it starts");
    (status.code(), String::from_utf8_lossy(&[stdout, stderr].concat()).into_owned())
}

/// Sends a message and reads until one that is no keep-alive is answered whole.
fn ask(host: &mut TcpStream, channel: Channel, command: ctaphid::Command, payload: &[u8]) {
    let reports = split(channel, command, payload).expect("it fits");
    host.write_all(&reports.concat()).expect("the key reads");
    let mut missing = None;
    while missing != Some(0) {
        let mut report = [0; REPORT];
        host.read_exact(&mut report).expect("the key answers");
        missing = match (Packet::read(&report), missing) {
            (Packet::Init { command: ctaphid::Command::Keepalive, .. }, _) => None,
            (Packet::Init { length, .. }, _) => Some(usize::from(length).saturating_sub(57)),
            (Packet::Continuation { .. }, missing) => missing.map(|n| n.saturating_sub(59)),
        };
    }
}

/// Records a registration by a person who takes a moment, an echo and a message that is never whole.
fn record(file: &Path) {
    let path = file.to_str().expect("text");
    let arguments = ["serve", "--key", "fido2", "--seed", "7", "--presence", "delay:150"];
    let mut child = sim(&[&arguments[..], &["--tcp", "0", "--record", path]].concat())
        .spawn()
        .expect("firmware-sim starts");
    let mut line = String::new();
    let stdout = child.stdout.as_mut().expect("a pipe");
    BufReader::new(stdout).read_line(&mut line).expect("a line");
    let mut host = TcpStream::connect(line.trim().trim_start_matches("tcp ")).expect("it listens");
    ask(&mut host, Channel::BROADCAST, ctaphid::Command::Init, &[1; 8]);
    let channel = Channel(1);
    ask(&mut host, channel, ctaphid::Command::Cbor, &[ctap2::Command::GetInfo as u8]);
    let text = |key: &str, value: Value| Map::new().put(key, value);
    let algorithm = text("alg", Value::int(-7)).put("type", "public-key");
    let parameters = Map::new()
        .put(1_i64, Value::bytes([0; 32]))
        .put(2_i64, text("id", Value::text("zorg.example")))
        .put(3_i64, text("id", Value::bytes(*b"test")))
        .put(4_i64, Value::Array(vec![algorithm.into()]));
    let request = ctap2::request(ctap2::Command::MakeCredential, Some(&parameters.into()));
    ask(&mut host, channel, ctaphid::Command::Cbor, &request);
    ask(&mut host, channel, ctaphid::Command::Ping, &[5; 1000]);
    let unfinished = split(channel, ctaphid::Command::Ping, &[5; 1000]).expect("it fits");
    host.write_all(unfinished.first().expect("a report")).expect("the key reads");
    host.read_exact(&mut [0; REPORT]).expect("the key gives it up");
    let id = i32::try_from(child.id()).ok().and_then(Pid::from_raw).expect("a process");
    kill_process(id, Signal::TERM).expect("it runs");
    assert!(child.wait().expect("it ends").success());
}

#[test]
fn the_same_key_answers_a_trace_alike_and_another_one_does_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("key.trace");
    record(&file);
    let file = file.to_str().expect("text");
    let (code, said) = run(&["trace", "replay", file]);
    assert!(code == Some(0) && said.starts_with("equal: "), "{said}");
    let (code, said) = run(&["trace", "replay", file, "--key", "fido2", "--seed", "7"]);
    assert_eq!(code, Some(0), "{said}");
    let (code, said) = run(&["trace", "replay", file, "--seed", "8"]);
    assert_eq!(code, Some(1));
    assert!(said.contains("key, channel 00000001: Cbor MakeCredential, status OK (00)"), "{said}");
    assert!(said.contains("differs: member 2: h'"), "{said}");
    let (code, said) = run(&["trace", "replay", file, "--key", "u2f"]);
    assert_eq!(code, Some(1));
    assert!(said.contains("message 3 differs: byte 16"), "{said}");
    assert_eq!(run(&["trace", "diff", file, file]), (Some(0), "equal\n".to_owned()));
    let capture = folder.path().join("key.pcapng");
    let (code, said) = run(&["trace", "pcapng", file, capture.to_str().expect("text")]);
    assert_eq!((code, said.as_str()), (Some(0), ""));
    let written = fs::read(capture).expect("it was written");
    assert!(written.starts_with(&[0x0A, 0x0D, 0x0D, 0x0A]));
}

#[test]
fn what_is_no_trace_is_one_sentence() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("key.trace");
    fs::write(&file, "no trace\n").expect("it is written");
    let file = file.to_str().expect("text");
    for (arguments, words) in [
        (&["trace", "replay", file][..], "'firmware-sim serve --record' writes one"),
        (&["trace", "diff", file, "/nonexistent"], "no header of a trace"),
        (&["trace", "pcapng", "/nonexistent", "/nonexistent"], "could not be read"),
        (
            &["serve", "--key", "fido2", "--stdio", "--record", "/nonexistent/x"],
            "choose a file in a folder where you may write",
        ),
    ] {
        let (code, said) = run(arguments);
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains(words) && said.lines().count() == 1, "{said}");
    }
}
