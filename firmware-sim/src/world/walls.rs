//! The walls around the processes of a world: a namespace of process ids, whose first process is
//! the world. When that one ends, by whatever cause, the kernel ends all others.
//!
//! Where this process may not make one as it is, it makes it inside a namespace of users in which
//! it stays who it is. Processes see a `/proc` of their own, or there are no walls.

use std::path::Path;

use rustix::mount::{MountFlags, mount};
use rustix::thread::{
    CapabilitySet, CapabilitySets, capabilities, clear_ambient_capability_set, set_capabilities,
};

use super::Error;

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
