//! Ends what a world left behind that was killed as a whole, so that nobody was there to end it.
//!
//! A process belongs to a world when its environment names a path in the world's folder.

use std::fs;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, getpid, pidfd_open, pidfd_send_signal};

/// How often to look again for what a dying process has started.
const ROUNDS: usize = 8;
/// How long one process may take to end, in seconds.
const PATIENCE: Timespec = Timespec { tv_sec: 2, tv_nsec: 0 };

/// Kills every process of the world that had `folder`, and waits for each.
pub(super) fn end(folder: &Path) {
    for _ in 0..ROUNDS {
        let mut found = false;
        for process in of(folder) {
            found = true;
            // one that ended meanwhile needs no signal
            let _sent = pidfd_send_signal(&process, Signal::KILL);
            let _ended = poll(&mut [PollFd::new(&process, PollFlags::IN)], Some(&PATIENCE));
        }
        if !found {
            return;
        }
    }
}

/// Each process is held before it is read, so that none is taken for another.
fn of(folder: &Path) -> impl Iterator<Item = OwnedFd> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter_map(Pid::from_raw).filter(|pid| *pid != getpid()).filter_map(|pid| {
        let process = pidfd_open(pid, PidfdFlags::empty()).ok()?;
        let environment = fs::read(format!("/proc/{pid}/environ")).ok()?;
        names(&environment, folder).then_some(process)
    })
}

/// Whether a variable is a path in the folder.
fn names(environment: &[u8], folder: &Path) -> bool {
    environment.split(|byte| *byte == 0).any(|variable| {
        let mut parts = variable.splitn(2, |byte| *byte == b'=');
        let value =
            parts.nth(1).and_then(|value| value.strip_prefix(folder.as_os_str().as_bytes()));
        value.is_some_and(|rest| rest.starts_with(b"/"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_belongs_to_the_world_whose_folder_its_environment_names() {
        let folder = Path::new("/tmp/firmware-sim-0/world-a");
        for (environment, wanted) in [
            (&b"A=1\0FIRMWARE_SIM_CONTROL=/tmp/firmware-sim-0/world-a/control\0"[..], true),
            (b"PWD=/tmp/firmware-sim-0/world-ab/control\0", false),
            (b"TMPDIR=/tmp\0X=in /tmp/firmware-sim-0/world-a/control\0", false),
            (b"no variable\0", false),
            (b"", false),
        ] {
            assert_eq!(names(environment, folder), wanted, "{environment:?}");
        }
    }
}
