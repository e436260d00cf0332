//! The process that holds the devices, with the program and pcscd as its children.

use std::convert::Infallible;
use std::ffi::OsString;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, exit};
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use rustix::process::{
    Pid, Signal, getpid, getppid, kill_process, set_child_subreaper,
    set_parent_process_death_signal, setpgid,
};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::Signals;

use super::again::{self, Part};
use super::bench::Bench;
use super::folder::Folder;
use super::guard::Place;
use super::line::Line;
use super::{Devices, Error, Program, children};
use crate::control;

/// How long a program may take to end after SIGTERM before it is killed.
const GRACE: Duration = Duration::from_secs(2);

/// What the thread for signals and the main thread share: the program's process id, and the signal
/// that ended the world; 0 for none yet.
#[derive(Default)]
struct State {
    program: AtomicI32,
    ended_by: AtomicI32,
}

/// Makes the world, runs the program in it and gives the program's exit code.
///
/// `prepare` gets the world's folder and makes the devices and the program.
///
/// Errors: [`Error`] and those of `prepare`, after everything that was started has ended.
pub fn run<E: From<Error>>(
    place: &Place,
    prepare: impl FnOnce(&Path) -> Result<(Devices, Program), E>,
) -> Result<u8, E> {
    let signals =
        Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM]).map_err(Error::at("taking signals"))?;
    match place.walls {
        Some(walls) => walls.move_in()?,
        None => set_child_subreaper(Some(getpid())).map_err(Error::at("becoming a sub-reaper"))?,
    }
    let folder = Folder::join(place.folder.clone())?;
    let Ok(line) = Line::call(folder.path()) else { return Ok(children::ended_by(SIGTERM)) };
    let state = Arc::new(State::default());
    let followed = Arc::clone(&state);
    thread::spawn(move || follow(signals, &followed));
    let (mut watched, orphaned) = (share(&line)?, Arc::clone(&state));
    thread::spawn(move || {
        watched.wait_for_end();
        end(&orphaned, SIGTERM);
    });
    let outcome = live(place, folder.path(), &line, &state, prepare);
    children::end();
    match state.ended_by.load(Ordering::SeqCst) {
        0 => outcome,
        signal => Ok(children::ended_by(signal)),
    }
}

fn share(line: &Line) -> Result<Line, Error> {
    line.share().map_err(Error::at("following the guard's end"))
}

fn live<E: From<Error>>(
    place: &Place,
    folder: &Path,
    line: &Line,
    state: &State,
    prepare: impl FnOnce(&Path) -> Result<(Devices, Program), E>,
) -> Result<u8, E> {
    let (devices, program) = prepare(folder)?;
    let bench = Bench::set_up(folder, devices)?;
    let mut command = command(program, place);
    command.envs(bench.variables());
    let socket = folder.join("control");
    let bench = Mutex::new(bench);
    let answer = move |request: &control::Request| {
        bench.lock().unwrap_or_else(PoisonError::into_inner).answer(request)
    };
    control::server::listen(&socket, answer).map_err(Error::at("listening for control"))?;
    command.env(control::SOCKET, socket);
    let started = command.spawn().map_err(Error::at("starting the program"))?;
    let program = children::id(&started).map_err(Error::at("starting the program"))?;
    state.program.store(program.as_raw_nonzero().get(), Ordering::SeqCst);
    // the program stays in the guard's group, to which the terminal sends; a guard that has ended
    // is noticed elsewhere
    setpgid(None, None).map_err(Error::at("leaving the program's group"))?;
    let _told = line.started();
    if state.ended_by.load(Ordering::SeqCst) != 0 {
        children::kill();
    }
    while let Some((ended, status)) = children::reap() {
        if ended == program {
            return Ok(children::code(status));
        }
    }
    Err(Error::at("waiting for the program")(io::Error::from(io::ErrorKind::NotFound)).into())
}

/// Becomes the program that runs in the world whose process id is `world`, and dies with it.
///
/// Errors: [`Error`]; without one it does not return.
pub(super) fn become_program(world: i32, command: &[OsString]) -> Result<Infallible, Error> {
    let [name, arguments @ ..] = command else { return Err(Error::Empty) };
    set_parent_process_death_signal(Some(Signal::KILL))
        .map_err(Error::at("following the world's end"))?;
    if parent() != Some(world) {
        return Err(Error::at("following the world's end")(io::Error::other("it has ended")));
    }
    let source = Command::new(name).args(arguments).exec();
    Err(Error::Program { program: name.clone(), source })
}

/// The program with the caller's environment.
fn command(program: Program, place: &Place) -> Command {
    let mut command = again::command();
    let world = getpid().as_raw_nonzero().get();
    command
        .args(Part::Program { world, command: program.command }.arguments())
        .envs(program.variables.iter().map(|(name, value)| (name, value)));
    match &place.tmpdir {
        Some(tmpdir) => command.env("TMPDIR", tmpdir),
        None => command.env_remove("TMPDIR"),
    };
    command
}

fn parent() -> Option<i32> {
    getppid().map(|parent| parent.as_raw_nonzero().get())
}

/// Passes signals to the program; ends the world on SIGTERM, at once on a second one.
fn follow(mut signals: Signals, state: &Arc<State>) {
    let mut terminated = false;
    for signal in &mut signals {
        let program = Pid::from_raw(state.program.load(Ordering::SeqCst));
        let at_once = terminated && signal == SIGTERM;
        let (Some(program), false) = (program, at_once) else {
            end(state, signal);
            continue;
        };
        if let Some(signal) = Signal::from_named_raw(signal) {
            // a program that is gone needs no signal
            let _sent = kill_process(program, signal);
        }
        if signal == SIGTERM {
            terminated = true;
            let state = Arc::clone(state);
            thread::spawn(move || {
                pause(GRACE);
                end(&state, SIGTERM);
            });
        }
    }
}

/// Kills every process of the world, which lets the main thread finish. When it does not, for want
/// of a step that can be interrupted, this process ends and the guard does the rest.
fn end(state: &State, signal: i32) {
    state.ended_by.store(signal, Ordering::SeqCst);
    children::kill();
    thread::spawn(move || {
        pause(GRACE);
        exit(i32::from(children::ended_by(signal)));
    });
}

/// Lets time pass on a thread that has nothing else to do.
fn pause(time: Duration) {
    let (_sender, receiver) = mpsc::channel::<()>();
    let _timeout = receiver.recv_timeout(time);
}
