//! The walls around the processes of a world: a namespace of process ids, whose first process is
//! the world. When that one ends, by whatever cause, the kernel ends all others.
//!
//! Where this process may not make one as it is, it makes it inside a namespace of users in which
//! it stays who it is. Processes see a `/proc` of their own, or there are no walls.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Stdio};

use rustix::mount::{MountFlags, mount};
use rustix::thread::{
    CapabilitySet, CapabilitySets, capabilities, clear_ambient_capability_set, set_capabilities,
};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::Signals;

use super::parts::{self, Myself, Part};
use super::{Error, children, programs};

/// Who ends the processes of a world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Processes {
    /// The kernel, with the world: they are among themselves, where the system allows that.
    Own,
    /// The guard and the world: they are among the machine's processes.
    Shared,
}

/// How the walls are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Walls {
    /// By one who may make namespaces.
    Privileged,
    /// Inside a namespace of users.
    Users,
}

impl Walls {
    /// The first walls that can be built here; `None` where there are none.
    pub(super) fn find(myself: &Myself) -> Option<Self> {
        let privileged = may_make_namespaces().then_some(Self::Privileged);
        let mut ways = privileged.into_iter().chain([Self::Users]);
        ways.find(|walls| walls.can_be_built(myself))
    }

    /// The command for this program with these arguments, which becomes the world.
    pub(super) fn command(self, myself: &Myself, world: Vec<OsString>) -> Result<Command, Error> {
        let mut command = Command::new(programs::unshare()?);
        match self {
            Self::Privileged => {}
            Self::Users => {
                command.args(["--user", "--map-current-user", "--keep-caps"]);
            }
        }
        command.args(["--pid", "--mount", "--propagation", "slave", "--"]);
        command.arg(myself.path()).args(Part::Door { world }.arguments());
        Ok(command)
    }

    /// Tries it, to the last step.
    fn can_be_built(self, myself: &Myself) -> bool {
        let probe = Part::Probe { walls: self }.arguments();
        let Ok(mut command) = self.command(myself, probe) else { return false };
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    }

    /// In the first process behind the walls: gives its processes a `/proc` of their own, and
    /// gives up what only that needed.
    pub(super) fn move_in(self) -> Result<(), Error> {
        let flags = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC;
        mount("proc", Path::new("/proc"), "proc", flags, None)
            .map_err(Error::at("mounting a /proc for the world"))?;
        match self {
            Self::Privileged => Ok(()),
            Self::Users => give_up_privileges().map_err(Error::at("giving up privileges")),
        }
    }
}

/// Whether this process may make every kind of namespace as it is.
pub(super) fn may_make_namespaces() -> bool {
    capabilities(None).is_ok_and(|sets| sets.effective.contains(CapabilitySet::SYS_ADMIN))
}

/// So that programs get none.
fn give_up_privileges() -> rustix::io::Result<()> {
    clear_ambient_capability_set()?;
    let inheritable = CapabilitySet::empty();
    set_capabilities(None, CapabilitySets { inheritable, ..capabilities(None)? })
}

/// Starts the world as the first process behind the walls and gives its exit code.
///
/// Signals are the guard's to pass on; what the terminal sends must not end this process.
pub(super) fn door(world: &[OsString]) -> Result<u8, Error> {
    let _ignored =
        Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM]).map_err(Error::at("taking signals"))?;
    let world = parts::again().args(world).spawn().map_err(Error::at("starting the world"))?;
    let world = children::id(&world).map_err(Error::at("starting the world"))?;
    while let Some((pid, status)) = children::reap() {
        if pid == world {
            return Ok(children::code(status));
        }
    }
    Ok(u8::MAX)
}
