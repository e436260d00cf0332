//! The process that the user sees: starts the world, passes signals on, gives the exit code.

use std::env;
use std::ffi::OsString;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use rustix::process::{Pid, Signal, getpid, kill_process, set_child_subreaper};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::SignalsInfo;
use signal_hook::iterator::exfiltrator::WithOrigin;
use signal_hook::low_level::siginfo::Cause;

use super::folder::Folder;
use super::usb::Bus;
use super::{Error, children, readers};

/// What the guard tells the world that it starts.
#[derive(Debug, Clone)]
pub struct Place {
    /// The world's folder.
    pub folder: PathBuf,
    /// The guard's process id.
    pub guard: i32,
    /// The caller's `TMPDIR`; the world's own points into its folder.
    pub tmpdir: Option<OsString>,
}

/// Whether a world has a USB bus of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Usb {
    /// Programs see the machine's.
    Real,
    /// Programs see the simulated one alone.
    Simulated,
}

/// Starts this program again, with the arguments that `arguments` gives for a [`Place`] and that
/// make it call [`inside::run`](super::inside::run), and waits for it.
///
/// A world with a USB bus preloads libumockdev, as its program does.
///
/// Gives the exit code of the program in the world, or 128 and the signal that ended it.
///
/// Errors: [`Error`] when the world could not be started.
pub fn run(usb: Usb, arguments: impl FnOnce(&Place) -> Vec<OsString>) -> Result<u8, Error> {
    let signals = SignalsInfo::<WithOrigin>::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM])
        .map_err(Error::at("taking signals"))?;
    set_child_subreaper(Some(getpid())).map_err(Error::at("becoming a sub-reaper"))?;
    let folder = Folder::create(&env::temp_dir())?;
    let world = start(folder.path(), usb, arguments)?;
    thread::spawn(move || pass_on(signals, world));
    let mut code = u8::MAX;
    while let Some((pid, status)) = children::reap() {
        if pid == world {
            code = children::code(status);
            break;
        }
    }
    children::end();
    Ok(code)
}

fn start(
    folder: &Path,
    usb: Usb,
    arguments: impl FnOnce(&Place) -> Vec<OsString>,
) -> Result<Pid, Error> {
    let place = Place {
        folder: folder.to_path_buf(),
        guard: getpid().as_raw_nonzero().get(),
        tmpdir: env::var_os("TMPDIR"),
    };
    // a group of its own: what the terminal sends reaches the guard and the program, once each
    let mut world = Command::new("/proc/self/exe");
    if usb == Usb::Simulated {
        world.env("LD_PRELOAD", Bus::preload()?);
    }
    let world = world
        .arg0("firmware-sim")
        .args(arguments(&place))
        .env("TMPDIR", folder)
        .env("PCSCLITE_CSOCK_NAME", readers::socket(folder))
        .process_group(0)
        .spawn()
        .map_err(Error::at("starting the world"))?;
    let pid = i32::try_from(world.id()).ok().and_then(Pid::from_raw);
    pid.ok_or_else(|| Error::at("starting the world")(io::Error::other("no process id")))
}

/// Hands each signal to the world. What the terminal sent, the program has got already.
fn pass_on(mut signals: SignalsInfo<WithOrigin>, world: Pid) {
    for origin in &mut signals {
        let from_terminal =
            matches!(origin.cause, Cause::Kernel) && matches!(origin.signal, SIGINT | SIGQUIT);
        if let (false, Some(signal)) = (from_terminal, Signal::from_named_raw(origin.signal)) {
            // a world that is gone needs no signal
            let _sent = kill_process(world, signal);
        }
    }
}
