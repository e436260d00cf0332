//! How the person is asked: in a window where one is configured, else at the terminal.

use std::io::IsTerminal;
use std::time::Duration;

use super::{Context, Failure};
use crate::broker::key::Error;
use crate::config::Config;
use crate::consent::Prompt;
use crate::consent::pinentry::Pinentry;
use crate::consent::terminal::Terminal;

/// How long a window waits for an answer.
const LIMIT: Duration = Duration::from_secs(120);

/// A pinentry where the configuration names one or no terminal is there, else the terminal.
///
/// Errors: neither is there.
pub(super) fn open(context: &Context, config: &Config) -> Result<Box<dyn Prompt>, Failure> {
    let program = config.pinentry.program.clone();
    if program.is_none() && std::io::stderr().is_terminal() {
        return Ok(Box::new(Terminal));
    }
    match Pinentry::new(program, LIMIT) {
        Ok(window) => Ok(Box::new(window)),
        Err(error) => Err(Failure::of(&Error::from(error), context.language)),
    }
}
