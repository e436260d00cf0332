//! The organisation of a log-in, for who works for several: named beforehand, or asked.

use super::key::Desk;
use crate::broker::choice::{Error, at, named};
use crate::consent::Prompt;
use crate::consent::terminal::Terminal;
use crate::lang::choice::which;
use crate::server::Session;
use crate::server::choice::Organisation;

/// How one of several organisations is chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Choosing {
    /// By what the command line names.
    Named(String),
    /// By a number at the terminal.
    Terminal,
    /// In windows, with a yes or no for each.
    Window,
    /// There is nobody to ask.
    Nobody,
}

impl Desk<'_> {
    /// One of those that are offered.
    ///
    /// Errors: [`Error`], all but [`Error::Elsewhere`].
    pub(crate) fn choose(&mut self, offered: &[Organisation]) -> Result<Organisation, Error> {
        let choice = which(offered, self.language);
        let place = match &self.choosing {
            Choosing::Named(text) => return named(text, offered).cloned(),
            Choosing::Terminal => Terminal::new(self.cancel).choose(&choice)?,
            Choosing::Window => self.prompt.choose(&choice)?,
            Choosing::Nobody => return Err(Error::Unasked { offered: offered.to_vec() }),
        };
        let chosen = place.and_then(|place| offered.get(place)).cloned();
        chosen.ok_or_else(|| Error::Unchosen { offered: offered.to_vec() })
    }

    /// A session at the organisation that was named, where one was; another ends at once.
    ///
    /// Errors: [`Error::Elsewhere`].
    pub(crate) fn at_the_named(&self, session: Session) -> Result<Session, Error> {
        let Choosing::Named(text) = &self.choosing else { return Ok(session) };
        match at(text, &session.account) {
            Ok(()) => Ok(session),
            Err(elsewhere) => {
                // A server that is gone ends it by itself.
                let _ = self.client.logout(&session.session);
                Err(elsewhere)
            }
        }
    }
}
