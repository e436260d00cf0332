//! A program that starts others, and takes them all along when it ends or is told to.

use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, ExitCode, ExitStatus};

use firmware_sim::world::children;
use rustix::process::{Pid, Signal, getpid, kill_process, set_child_subreaper};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

/// In the environment of the program that does the work.
const WITHIN: &str = "SLEUTELBOS_HOUSEHOLD";

/// Runs `work` in a process of its own, and ends whatever that process leaves behind: programs,
/// however deep below it, and files in the temporary folder that it is given. The exit code is that
/// of `work`; after SIGHUP, SIGINT or SIGTERM it is 128 and the signal.
///
/// # Panics
/// Where the system refuses a process, a signal or a folder.
pub fn run(work: impl FnOnce() -> ExitCode) -> ExitCode {
    if std::env::var_os(WITHIN).is_some() {
        return work();
    }
    set_child_subreaper(Some(getpid())).expect("a process may adopt orphans");
    let mut signals = Signals::new([SIGHUP, SIGINT, SIGTERM]).expect("signals can be listened to");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let program = std::env::current_exe().expect("a running program has a path");
    let mut command = Command::new(program);
    command.args(std::env::args_os().skip(1)).env(WITHIN, "1").env("TMPDIR", folder.path());
    let mut child = command.spawn().expect("this program can be started again");
    let handle = signals.handle();
    let id = Pid::from_child(&child);
    let told = std::thread::spawn(move || {
        let signal = signals.forever().next();
        // gone already is as good
        let _killed = signal.map(|_| kill_process(id, Signal::KILL));
        signal
    });
    let ended = child.wait().expect("a child can be waited for");
    handle.close();
    let signal = told.join().expect("the listener does not panic");
    children::end();
    code(ended, signal)
}

/// The process that the user started, within [`run`]: the one to send a signal to.
#[must_use]
pub fn head() -> u32 {
    std::os::unix::process::parent_id()
}

fn code(ended: ExitStatus, signal: Option<i32>) -> ExitCode {
    let code = match signal.or(ended.signal()) {
        Some(signal) => 128 + signal,
        None => ended.code().unwrap_or(1),
    };
    ExitCode::from(u8::try_from(code).unwrap_or(u8::MAX))
}
