//! How the person is asked: in a window where one is configured, else at the terminal.

use std::io::IsTerminal;
use std::process::Command;
use std::time::Duration;

use super::{Context, Failure};
use crate::broker::key::Error;
use crate::cancel::Cancel;
use crate::config::Config;
use crate::consent::pinentry::{self, Display, Limit, Pinentry};
use crate::consent::terminal::Terminal;
use crate::consent::{Prompt, guard};
use crate::desk::choice::Choosing;

/// How long a window waits for an answer.
const LIMIT: Limit = Limit::Each(Duration::from_secs(120));

/// A command that runs the guard of a window.
///
/// Errors: this program does not know where it is.
pub(super) fn guard() -> std::io::Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg(guard::COMMAND);
    Ok(command)
}

/// A pinentry where the configuration names one or no terminal is there, else the terminal.
///
/// Errors: neither is there.
pub(super) fn open<'a>(
    context: &Context,
    config: &Config,
    cancel: &'a Cancel,
) -> Result<Box<dyn Prompt + 'a>, Failure> {
    let program = config.pinentry.program.clone();
    if program.is_none() && std::io::stderr().is_terminal() {
        return Ok(Box::new(Terminal::new(cancel)));
    }
    match Pinentry::new(program, guard, LIMIT, cancel) {
        Ok(window) => Ok(Box::new(window)),
        Err(error) => Err(Failure::of(&Error::from(error), context.language)),
    }
}

/// How one of several organisations is chosen where the command line names none: by a number where a
/// terminal is there, for it is no secret; else in windows, where they can be seen.
pub(super) fn choosing(config: &Config) -> Choosing {
    if std::io::stderr().is_terminal() {
        return Choosing::Terminal;
    }
    let program = pinentry::program(config.pinentry.program.clone());
    let seen = program.is_ok_and(|it| pinentry::windowless(&it, display()).is_none());
    if seen { Choosing::Window } else { Choosing::Nobody }
}

/// Whether the session has a display, by what a display puts into the environment.
pub(super) fn display() -> Display {
    let has = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if has("DISPLAY") || has("WAYLAND_DISPLAY") { Display::There } else { Display::Missing }
}
