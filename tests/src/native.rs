//! The agent as a browser's native host: one request in, one answer out.

use std::io::{Read, Write};
use std::process::{Command, Stdio};

use serde_json::Value;

/// The origin of our own extension, which the browser names when it starts the agent.
pub const EXTENSION: &str = "chrome-extension://gdcanlljncladfainbijcmgeopecgbfg/";

/// Speaks to the host as a browser does: its input stays open until the answer is there.
///
/// # Panics
/// Where the host does not say one thing and end well.
#[must_use]
pub fn converse(mut host: Command, request: &Value) -> Value {
    let mut child = host
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the agent can be started");
    let mut input = child.stdin.take().expect("standard input is a pipe");
    let mut output = child.stdout.take().expect("standard output is a pipe");
    let version = frame(&mut output);
    let said = version.get("version").and_then(Value::as_str);
    assert!(said.is_some_and(|said| said.starts_with("2.")), "{version}");
    let json = request.to_string();
    let length = u32::try_from(json.len()).expect("a short request");
    input.write_all(&length.to_ne_bytes()).expect("the length is taken");
    input.write_all(json.as_bytes()).expect("the request is taken");
    let answer = frame(&mut output);
    let mut rest = Vec::new();
    output.read_to_end(&mut rest).expect("the end of standard output");
    assert!(rest.is_empty(), "one answer and nothing else: {rest:?}");
    assert!(child.wait().expect("a child can be waited for").success());
    answer
}

fn frame(output: &mut impl Read) -> Value {
    let mut length = [0; 4];
    output.read_exact(&mut length).expect("a length");
    let mut json = vec![0; u32::from_ne_bytes(length) as usize];
    output.read_exact(&mut json).expect("a message");
    serde_json::from_slice(&json).expect("JSON")
}
