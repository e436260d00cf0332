//! The worker processes of the real program: they end with whoever asked.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

/// A module that hangs while it is loaded: a pipe that nobody ever writes to.
fn hanging_module(folder: &std::path::Path) -> std::path::PathBuf {
    let path = folder.join("module.so");
    rustix::fs::mkfifoat(rustix::fs::CWD, &path, rustix::fs::Mode::RUSR).expect("a pipe");
    path
}

#[test]
fn a_worker_leaves_no_core_dump() {
    let mut worker = Command::new(env!("CARGO_BIN_EXE_sleutelbos-agent"))
        .arg("card-worker")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = worker.stdin.take().unwrap();
    writeln!(input, "{}\nnonsense", serde_json::json!({"mark": "m", "module": "/none.so"}))
        .unwrap();
    // It is at work once it answers.
    let output = BufReader::new(worker.stdout.take().unwrap());
    assert!(output.lines().any(|line| line.unwrap().starts_with("m ")));
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", worker.id())).unwrap();
    drop(input);
    worker.wait().unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"]);
}

#[test]
fn a_worker_says_no_pin_also_where_the_request_is_broken() {
    const PIN: &str = "canary-PIN-92731";
    let sign = serde_json::json!({"sign": {
        "certificate": [48, 0], "scheme": "pkcs1", "digest": vec![0; 32], "pin": {"window": PIN},
    }});
    let strange = serde_json::json!({"sign": {"pin": [PIN], "other": PIN}});
    let greeting = serde_json::json!({"mark": "m", "module": "/none.so"});
    let mut worker = Command::new(env!("CARGO_BIN_EXE_sleutelbos-agent"))
        .arg("card-worker")
        .env("RUST_LOG", "trace")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = worker.stdin.take().unwrap();
    let questions = format!("{greeting}\n{sign}\n{strange}\n{{\"sign\":\"{PIN}\n");
    input.write_all(questions.as_bytes()).unwrap();
    let mut output = BufReader::new(worker.stdout.take().unwrap()).lines();
    let mut said = String::new();
    for _ in 0..3 {
        said += &output.by_ref().map(Result::unwrap).find(|line| line.starts_with("m ")).unwrap();
    }
    drop(input);
    said.extend(output.map(Result::unwrap));
    let ended = worker.wait_with_output().unwrap();
    assert_eq!(said.matches(r#"{"failed":"#).count(), 3, "{said}");
    assert!(!said.contains(PIN), "{said}");
    assert!(!String::from_utf8_lossy(&ended.stderr).contains(PIN));
}

#[test]
fn a_card_worker_whose_module_hangs_ends_with_its_parent() {
    let folder = tempfile::tempdir().unwrap();
    let greeting = serde_json::json!({"mark": "m", "module": hanging_module(folder.path())});
    let mut worker = Command::new(env!("CARGO_BIN_EXE_sleutelbos-agent"))
        .arg("card-worker")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut input = worker.stdin.take().unwrap();
    writeln!(input, "{greeting}\n\"list\"").unwrap();
    drop(input);
    let id = rustix::process::Pid::from_child(&worker);
    let (send, ended) = channel();
    std::thread::spawn(move || send.send(worker.wait()));
    let ended = ended.recv_timeout(Duration::from_secs(20));
    if ended.is_err() {
        rustix::process::kill_process(id, rustix::process::Signal::KILL).unwrap();
    }
    assert!(ended.is_ok(), "the worker outlived its parent");
}
