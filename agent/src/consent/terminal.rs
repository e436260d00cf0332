//! Asking at the terminal, for the command line.

use std::io::{BufRead, BufReader, Write};

use super::{Ask, Error, Prompt, Question};
use crate::secret::Secret;

/// Asks at the terminal this process was started from, whatever its standard streams are.
#[derive(Debug, Clone, Copy)]
pub struct Terminal;

impl Prompt for Terminal {
    fn pin(&mut self, ask: &Ask) -> Result<Option<Secret>, Error> {
        let remark = ask.remark.as_deref().map(|remark| format!("{remark}\n")).unwrap_or_default();
        let text = format!("{}\n{remark}{}: ", ask.text, ask.label);
        let pin = rpassword::prompt_password(text).map_err(Error::Terminal)?;
        Ok(Some(pin).filter(|pin| !pin.is_empty()).map(Secret::new))
    }

    fn confirm(&mut self, question: &Question) -> Result<bool, Error> {
        let mut line = String::new();
        self.tell(&format!("{}\n{} [{}]", question.text, question.buttons.yes, "j/y"))?;
        let terminal = std::fs::File::open(TERMINAL).map_err(Error::Terminal)?;
        BufReader::new(terminal).read_line(&mut line).map_err(Error::Terminal)?;
        Ok(matches!(line.trim(), "j" | "J" | "ja" | "y" | "Y" | "yes"))
    }

    fn tell(&mut self, text: &str) -> Result<(), Error> {
        let terminal = std::fs::OpenOptions::new().write(true).open(TERMINAL);
        terminal.and_then(|mut to| writeln!(to, "{text}")).map_err(Error::Terminal)
    }
}

#[cfg(unix)]
const TERMINAL: &str = "/dev/tty";
#[cfg(not(unix))]
const TERMINAL: &str = "CON";
