//! The process that the user sees: starts the world, passes signals on, gives the exit code.

use std::env;
use std::ffi::OsString;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use clap::ValueEnum;
use rustix::process::{Pid, Signal, getpid, kill_process, set_child_subreaper};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::SignalsInfo;
use signal_hook::iterator::exfiltrator::WithOrigin;
use signal_hook::low_level::siginfo::{Cause, Origin};

use super::again::{self, Myself};
use super::folder::Folder;
use super::line;
use super::walls::{Processes, Walls};
use super::{Error, children, door, preload, readers};

/// What the guard tells the world that it starts, as arguments.
#[derive(Debug, Clone, clap::Args)]
pub struct Place {
    /// The world's folder.
    #[arg(long)]
    pub folder: PathBuf,
    /// The walls around its processes, where there are some.
    #[arg(long)]
    pub walls: Option<Walls>,
    /// The caller's `TMPDIR`; the world's own points into its folder.
    #[arg(long)]
    pub tmpdir: Option<OsString>,
}

impl Place {
    /// The arguments from which clap reads this again.
    #[must_use]
    pub fn arguments(&self) -> Vec<OsString> {
        let walls = self.walls.and_then(|walls| walls.to_possible_value());
        let walls = walls.map(|walls| OsString::from(walls.get_name()));
        let folder = Some(self.folder.clone().into_os_string());
        [("--folder", folder), ("--walls", walls), ("--tmpdir", self.tmpdir.clone())]
            .into_iter()
            .filter_map(|(name, value)| Some([name.into(), value?]))
            .flatten()
            .collect()
    }
}

/// Whether a world has a USB bus of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Usb {
    /// Programs see the machine's.
    Real,
    /// Programs see the simulated one alone.
    Simulated,
}

/// How far the world has come, and what it needs to be told.
#[derive(Default)]
enum State {
    /// Nothing of the user's runs yet.
    #[default]
    Starting,
    /// A signal ended the world before its program was started.
    Stopped { signal: i32 },
    /// The program runs; the world passes signals on to it.
    Running { world: Pid, _line: UnixStream },
}

/// Starts this program again, with the arguments that `arguments` gives for a [`Place`] and that
/// make it call [`inside::run`](super::inside::run), and waits for it.
///
/// With [`Processes::Own`] the world's processes are among themselves where the system allows that.
/// A world with a USB bus preloads libumockdev, as its program does. The calling thread must live
/// as long as the process.
///
/// Gives the exit code of the program in the world, or 128 and the signal that ended it.
///
/// Errors: [`Error`] when the world could not be started.
pub fn run(
    usb: Usb,
    processes: Processes,
    arguments: impl FnOnce(&Place) -> Vec<OsString>,
) -> Result<u8, Error> {
    if again::is_played() {
        return Err(Error::Unplayed);
    }
    let signals = SignalsInfo::<WithOrigin>::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM])
        .map_err(Error::at("taking signals"))?;
    set_child_subreaper(Some(getpid())).map_err(Error::at("becoming a sub-reaper"))?;
    let myself = Myself::open()?;
    let walls = match processes {
        Processes::Own => door::find(&myself),
        Processes::Shared => None,
    };
    let folder = Folder::create(&env::temp_dir())?;
    let open = line::Open::listen(folder.path()).map_err(Error::at("waiting for the world"))?;
    let place = Place { folder: folder.path().to_path_buf(), walls, tmpdir: env::var_os("TMPDIR") };
    let child = start(&place, usb, &myself, arguments(&place))?;
    let state = Arc::new(Mutex::new(State::Starting));
    let (heard, told) = (Arc::clone(&state), Arc::clone(&state));
    thread::spawn(move || hear(&open, &heard));
    thread::spawn(move || pass_on(signals, &told));
    let code = wait(child);
    children::end();
    match *lock(&state) {
        State::Stopped { signal } => Ok(children::ended_by(signal)),
        State::Starting | State::Running { .. } => Ok(code),
    }
}

fn start(place: &Place, usb: Usb, myself: &Myself, arguments: Vec<OsString>) -> Result<Pid, Error> {
    let mut world = match place.walls {
        Some(walls) => door::command(walls, myself, arguments)?,
        None => {
            let mut command: Command = again::command();
            command.args(arguments);
            command
        }
    };
    if usb == Usb::Simulated {
        world.env("LD_PRELOAD", preload::list(&place.folder)?);
    }
    let world = world
        .env("TMPDIR", &place.folder)
        .env("PCSCLITE_CSOCK_NAME", readers::socket(&place.folder))
        .spawn()
        .map_err(Error::at("starting the world"))?;
    children::id(&world).map_err(Error::at("starting the world"))
}

/// Waits for the child and gives its exit code.
fn wait(child: Pid) -> u8 {
    while let Some((pid, status)) = children::reap() {
        if pid == child {
            return children::code(status);
        }
    }
    u8::MAX
}

/// Notes when the program has been started.
fn hear(open: &line::Open, state: &Mutex<State>) {
    // a world that ends before that has ended this process's wait as well
    let Ok((line, world)) = open.wait() else { return };
    let mut state = lock(state);
    if matches!(*state, State::Starting) {
        *state = State::Running { world, _line: line };
    }
}

/// Hands each signal to the world, or ends a world that has not come to its program yet.
fn pass_on(mut signals: SignalsInfo<WithOrigin>, state: &Mutex<State>) {
    for origin in &mut signals {
        let mut state = lock(state);
        match *state {
            State::Starting | State::Stopped { .. } => {
                *state = State::Stopped { signal: origin.signal };
                children::kill();
            }
            State::Running { world, .. } => tell(world, &origin),
        }
    }
}

/// What the terminal sent, the program has got already.
fn tell(world: Pid, origin: &Origin) {
    let from_terminal =
        matches!(origin.cause, Cause::Kernel) && matches!(origin.signal, SIGINT | SIGQUIT);
    if let (false, Some(signal)) = (from_terminal, Signal::from_named_raw(origin.signal)) {
        // a world that is gone needs no signal
        let _sent = kill_process(world, signal);
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
