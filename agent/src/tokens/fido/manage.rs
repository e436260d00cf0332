//! Key care through a worker process that may hang, panic or print what it likes.
//!
//! The library behind the worker has no time-outs, panics on hostile keys and writes on standard
//! output. So it runs in a child: what it prints is read up to a limit and ignored, except one
//! line that begins with a word only this process and the child know; at the deadline, or when
//! this process goes away, the child ends.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The hidden command of this program that runs the worker.
pub const WORKER_COMMAND: &str = "keys-worker";

/// Most bytes taken from a worker.
const LIMIT: u64 = 256 * 1024;

/// What the worker is asked, as one line of JSON on its standard input.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// What the line of the answer begins with.
    pub mark: String,
    /// The key.
    pub path: String,
}

/// What a key says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Description {
    /// The protocols it speaks, such as `FIDO_2_1` and `U2F_V2`.
    pub versions: Vec<String>,
    /// Its model, as hexadecimal text; absent for a key that only speaks U2F.
    pub aaguid: Option<String>,
    /// Whether a PIN protects it.
    pub pin: Pin,
    /// Tries left for the PIN, where one is set.
    pub pin_tries_left: Option<u8>,
}

/// Whether a PIN protects a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pin {
    /// A PIN is set.
    Set,
    /// A PIN can be set and is not.
    NotSet,
    /// The key has no PIN.
    Unsupported,
}

/// The worker's answer.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Answer {
    /// What the key is.
    Described(Description),
    /// The library's own words on what went wrong.
    Failed(String),
}

/// Why a key could not be described.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The worker could not be started.
    #[error("start the worker")]
    Start(#[source] std::io::Error),
    /// No answer came in time; the worker was ended.
    #[error("the key did not answer within {} s", .0.as_secs())]
    Deadline(Duration),
    /// The worker ended without an answer, as it does when it panics.
    #[error("the worker ended without an answer")]
    NoAnswer,
    /// The answer is not one.
    #[error("the worker's answer cannot be read")]
    Malformed(#[source] serde_json::Error),
    /// The key or the library refused.
    #[error("the key could not be read: {0}")]
    Refused(String),
}

/// Asks the key at `path` what it is, through `worker`, a command that runs [`super::worker::run`].
///
/// Errors: [`Error`]; the worker has ended in every case.
pub fn describe(mut worker: Command, path: &str, deadline: Duration) -> Result<Description, Error> {
    let mut mark = [0; 16];
    getrandom::fill(&mut mark).map_err(|e| Error::Start(std::io::Error::other(e.to_string())))?;
    let mark: String = mark.iter().map(|byte| format!("{byte:02x}")).collect();
    let child = worker
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(Error::Start)?;
    let mut child = Ended(child);
    let (Some(mut stdin), Some(stdout)) = (child.0.stdin.take(), child.0.stdout.take()) else {
        return Err(Error::NoAnswer);
    };
    let request = Request { mark: mark.clone(), path: path.to_owned() };
    let request = serde_json::to_string(&request).map_err(Error::Malformed)?;
    // A worker that died already has no answer either, and that is reported below.
    let _ = writeln!(stdin, "{request}");
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || {
        let _ = send.send(marked(stdout, &mark));
    });
    let line = receive.recv_timeout(deadline).map_err(|_| Error::Deadline(deadline))?;
    read(&line.ok_or(Error::NoAnswer)?)
}

/// What stands behind `mark` in the first line that begins with it.
fn marked(output: impl Read, mark: &str) -> Option<Vec<u8>> {
    let mut lines = BufReader::new(output.take(LIMIT)).split(b'\n').map_while(Result::ok);
    lines.find_map(|line| Some(line.strip_prefix(mark.as_bytes())?.strip_prefix(b" ")?.to_vec()))
}

fn read(line: &[u8]) -> Result<Description, Error> {
    match serde_json::from_slice(line).map_err(Error::Malformed)? {
        Answer::Described(description) => Ok(description),
        Answer::Failed(text) => Err(Error::Refused(text)),
    }
}

/// A child that does not outlive its use.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A worker in the shell: `$mark` holds the word of the request.
    fn check(script: &str, deadline: Duration) -> Result<Description, Error> {
        let read = r#"read -r line; mark=${line#*mark\":\"}; mark=${mark%%\"*};"#;
        let mut worker = Command::new("/bin/sh");
        worker.args(["-c", &format!("{read} {script}")]);
        describe(worker, "/dev/hidraw0", deadline)
    }

    const LONG: Duration = Duration::from_secs(60);
    const GOOD: &str =
        r#"'{"described":{"versions":["FIDO_2_0"],"aaguid":"00","pin":"set","pin_tries_left":8}}'"#;

    #[test]
    fn the_marked_line_is_found_among_noise() {
        let script = format!("echo noise; printf 'half a line\\n'; echo $mark {GOOD}; echo more");
        let description = check(&script, LONG).unwrap();
        assert_eq!(description.versions, ["FIDO_2_0"]);
        assert_eq!((description.pin, description.pin_tries_left), (Pin::Set, Some(8)));
    }

    #[test]
    fn a_line_with_another_mark_is_noise() {
        let script = format!("echo 0123 {GOOD}");
        assert!(matches!(check(&script, LONG), Err(Error::NoAnswer)));
    }

    #[test]
    fn a_worker_that_panics_or_answers_badly_is_an_error() {
        assert!(matches!(check("exit 101", LONG), Err(Error::NoAnswer)));
        assert!(matches!(check("echo $mark '{}'", LONG), Err(Error::Malformed(_))));
        let failed = check(r#"echo $mark '{"failed":"0x31"}'"#, LONG);
        assert!(matches!(failed, Err(Error::Refused(text)) if text == "0x31"));
    }

    #[test]
    fn endless_noise_ends_at_the_limit() {
        assert!(matches!(check("yes noise", LONG), Err(Error::NoAnswer)));
    }

    #[test]
    fn a_silent_worker_is_ended_at_the_deadline() {
        let silent = check("exec cat", Duration::from_millis(50));
        assert!(matches!(silent, Err(Error::Deadline(_))));
    }

    fn line() -> impl Strategy<Value = Vec<u8>> {
        prop::collection::vec(any::<u8>().prop_filter("no end", |byte| *byte != b'\n'), 0..40)
    }

    fn description() -> impl Strategy<Value = Description> {
        let pin = prop_oneof![Just(Pin::Set), Just(Pin::NotSet), Just(Pin::Unsupported)];
        let versions = prop::collection::vec(any::<String>(), 0..4);
        (versions, any::<Option<String>>(), pin, any::<Option<u8>>()).prop_map(
            |(versions, aaguid, pin, pin_tries_left)| Description {
                versions,
                aaguid,
                pin,
                pin_tries_left,
            },
        )
    }

    proptest! {
        #[test]
        fn the_first_marked_line_is_found_among_any_bytes(
            noise in prop::collection::vec(line(), 0..6), said in line(), after in line(),
        ) {
            const MARK: &str = "00ff";
            prop_assume!(noise.iter().all(|line| !line.starts_with(b"00ff ")));
            let mut output = noise.iter().map(|line| [line, &b"\n"[..]].concat()).collect::<Vec<_>>().concat();
            prop_assert_eq!(marked(&output[..], MARK), None);
            for line in [&said, &after] {
                output.extend([MARK.as_bytes(), b" ", line, b"\n"].concat());
            }
            prop_assert_eq!(marked(&output[..], MARK), Some(said));
        }

        #[test]
        fn a_description_is_read_as_it_was_written(description in description()) {
            let line = serde_json::to_vec(&Answer::Described(description.clone())).unwrap();
            prop_assert_eq!(read(&line).unwrap(), description.clone());
            let mut stray = serde_json::to_value(Answer::Described(description)).unwrap();
            stray["described"]["more"] = 1.into();
            prop_assert!(matches!(read(stray.to_string().as_bytes()), Err(Error::Malformed(_))));
            // Nothing shorter is an answer.
            for cut in 0..line.len() {
                prop_assert!(matches!(read(&line[..cut]), Err(Error::Malformed(_))));
            }
        }
    }
}
