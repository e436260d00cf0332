//! Ends and reaps the processes of a world, or of another program that starts many.
//!
//! A sub-reaper inherits every process whose parent died, so killing its own children until none
//! is left reaches all their descendants as well, also those in sessions of their own.

use std::fs;
use std::io;
use std::process::Child;

use rustix::io::Errno;
use rustix::process::{Pid, Signal, WaitOptions, WaitStatus, getpid, kill_process, wait};

/// Waits for the next child to end; `None` when there is no child left.
pub(super) fn reap() -> Option<(Pid, WaitStatus)> {
    loop {
        match wait(WaitOptions::empty()) {
            Ok(Some(ended)) => return Some(ended),
            Ok(None) | Err(Errno::INTR) => {}
            Err(_) => return None,
        }
    }
}

/// Kills all children that are there now and says whether one could be killed.
pub(super) fn kill() -> bool {
    let killed = children().into_iter().filter(|child| kill_process(*child, Signal::KILL).is_ok());
    killed.count() > 0
}

/// Kills until no child is left. In a sub-reaper that ends all that was started below it.
pub fn end() {
    // a child of another user cannot be killed; to wait for it would be to wait for ever
    while kill() && reap().is_some() {}
}

/// The process id of a child.
pub(super) fn id(child: &Child) -> io::Result<Pid> {
    let id = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    id.ok_or_else(|| io::Error::other("no process id"))
}

/// The exit code that a shell gives for one that this signal ended.
pub(super) fn ended_by(signal: i32) -> u8 {
    u8::try_from(128 + signal).unwrap_or(u8::MAX)
}

/// The exit code that a shell gives: the program's own, or 128 and the signal that ended it.
pub(super) fn code(status: WaitStatus) -> u8 {
    let signal = status.terminating_signal().map(|signal| signal + 128);
    let code = status.exit_status().or(signal);
    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(u8::MAX)
}

fn children() -> Vec<Pid> {
    let me = getpid().as_raw_nonzero().get();
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(|pid| parent(*pid) == Some(me))
        .filter_map(Pid::from_raw)
        .collect()
}

/// The fourth field of `stat`; the second is a name in parentheses that may hold anything.
fn parent(pid: i32) -> Option<i32> {
    let stat = fs::read(format!("/proc/{pid}/stat")).ok()?;
    let stat = String::from_utf8_lossy(&stat);
    let (_, after) = stat.rsplit_once(')')?;
    after.split_whitespace().nth(1)?.parse().ok()
}
