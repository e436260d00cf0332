//! The small process between this program and a pinentry: it ends the window as soon as this program
//! is gone, also where it was killed and could end nothing itself.
//!
//! It passes on what it reads; the answers, and with them a PIN, never come through it.

use std::io::{Read, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use rustix::process::{Signal, getpgrp, getpid, kill_current_process_group};
use zeroize::Zeroizing;

use crate::cancel::{Cancel, Waited};

/// The hidden command of this program that runs [`run`] on the program after it.
pub const COMMAND: &str = "window-guard";

/// Gives a command that runs [`run`].
pub type Start = fn() -> std::io::Result<Command>;

/// A guard that is to run `program`, with a group of its own where `alone` says so.
pub(super) fn command(start: Start, program: &Path, group: Group) -> std::io::Result<Command> {
    let mut command = start()?;
    command.arg(program).stdin(Stdio::piped()).stdout(Stdio::piped());
    match group {
        // With a terminal the program may have to draw on it, which only its own group may.
        Group::OfTerminal => {}
        Group::Own => {
            command.process_group(0);
        }
    }
    Ok(command)
}

/// Which process group a window is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Group {
    /// That of the terminal this program was started from.
    OfTerminal,
    /// Its own, which ends as a whole.
    Own,
}

/// Runs `program` until standard input ends or a signal comes; then it is gone.
///
/// Errors: the program cannot be started, or the system has no descriptor left.
pub fn run(program: &PathBuf) -> std::io::Result<()> {
    let cancel = Cancel::on_signals()?;
    let _guard = cancel.guard();
    let mut child = Command::new(program).stdin(Stdio::piped()).spawn()?;
    // From here on only the program holds the other end: where it ends, its reader sees that.
    let nothing = std::fs::File::options().write(true).open("/dev/null")?;
    rustix::stdio::dup2_stdout(&nothing)?;
    let mut to = child.stdin.take();
    let mut from = std::io::stdin();
    let mut some = Zeroizing::new([0; 1024]);
    loop {
        match cancel.wait_for(rustix::stdio::stdin(), FOREVER) {
            Waited::Out => continue,
            Waited::Cancelled => break,
            Waited::Ready => {}
        }
        match from.read(some.as_mut_slice()) {
            Ok(length @ 1..) => {
                let line = some.get(..length).unwrap_or_default();
                // A program that reads no more ends the conversation by its own silence.
                let _ = to.as_mut().map(|to| to.write_all(line).and_then(|()| to.flush()));
            }
            Ok(0) | Err(_) => break,
        }
    }
    if getpgrp() == getpid() {
        // The program, what it started, and this process.
        let _ = kill_current_process_group(Signal::KILL);
    }
    let _ = child.kill();
    child.wait().map(drop)
}

const FOREVER: Duration = Duration::from_secs(24 * 60 * 60);
