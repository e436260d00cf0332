//! The door: opens the walls and starts the world behind them.

use std::ffi::OsString;
use std::process::{Command, Stdio};

use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::Signals;

use super::again::{self, Myself, Part};
use super::walls::{Walls, may_make_namespaces};
use super::{Error, children, programs};

/// The first walls that can be built here; `None` where there are none.
pub(super) fn find(myself: &Myself) -> Option<Walls> {
    let privileged = may_make_namespaces().then_some(Walls::Privileged);
    let mut ways = privileged.into_iter().chain([Walls::Users]);
    ways.find(|walls| can_be_built(*walls, myself))
}

/// The command for this program with these arguments, which becomes the world.
pub(super) fn command(
    walls: Walls,
    myself: &Myself,
    world: Vec<OsString>,
) -> Result<Command, Error> {
    let mut command = Command::new(programs::unshare()?);
    match walls {
        Walls::Privileged => {}
        Walls::Users => {
            command.args(["--user", "--map-current-user", "--keep-caps"]);
        }
    }
    command.args(["--pid", "--mount", "--propagation", "slave", "--"]);
    command.arg(myself.path()).args(Part::Door { world }.arguments());
    Ok(command)
}

/// Tries it, to the last step.
fn can_be_built(walls: Walls, myself: &Myself) -> bool {
    let probe = Part::Probe { walls }.arguments();
    let Ok(mut command) = command(walls, myself, probe) else { return false };
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Starts the world as the first process behind the walls and gives its exit code.
///
/// Signals are the guard's to pass on; what the terminal sends must not end this process.
pub(super) fn open(world: &[OsString]) -> Result<u8, Error> {
    let _ignored =
        Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM]).map_err(Error::at("taking signals"))?;
    let world = again::command().args(world).spawn().map_err(Error::at("starting the world"))?;
    let world = children::id(&world).map_err(Error::at("starting the world"))?;
    while let Some((pid, status)) = children::reap() {
        if pid == world {
            return Ok(children::code(status));
        }
    }
    Ok(u8::MAX)
}
