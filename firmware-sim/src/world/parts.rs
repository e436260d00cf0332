//! Plays the smaller parts of a world: each is this same program, started again.
//!
//! A program that calls [`guard::run`](super::guard::run) calls [`play`] before anything else.

use std::convert::Infallible;
use std::env;
use std::ffi::OsString;

use super::again::Part;
use super::{Error, door, inside, namespace};

/// Plays the part that this process was started for and gives its exit code; `None` in every other
/// process.
///
/// Errors: [`Error`].
#[must_use]
pub fn play() -> Option<Result<u8, Error>> {
    let arguments: Vec<OsString> = env::args_os().skip(1).collect();
    let part = Part::read(&arguments)?;
    // what `ps` shows; the file was reached by the number of a descriptor
    let _named = rustix::thread::set_name(c"firmware-sim");
    Some(match part {
        Part::Door { world } => door::open(&world),
        Part::Probe { walls } => walls.move_in().map(|()| 0),
        Part::Readers { config, count } => never(namespace::enter(&config, count)),
        Part::Program { world, command } => never(inside::become_program(world, &command)),
    })
}

fn never(outcome: Result<Infallible, Error>) -> Result<u8, Error> {
    outcome.map(|never| match never {})
}
