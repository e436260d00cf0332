//! Asking the person: in a window of our own, at the terminal. A page never sees what is typed.

mod assuan;
pub mod guard;
pub mod pinentry;
pub mod terminal;

use std::os::fd::BorrowedFd;
use std::path::PathBuf;

use crate::secret::Secret;

/// A way to ask a person.
pub trait Prompt {
    /// Asks for a PIN; `None` where the person turns it down or leaves the field empty.
    ///
    /// Errors: [`Error`] where nobody can be asked.
    fn pin(&mut self, ask: &Ask) -> Result<Option<Secret>, Error>;

    /// Asks for a yes or no; closing the window is a no.
    ///
    /// Errors: as for [`Prompt::pin`].
    fn confirm(&mut self, question: &Question) -> Result<bool, Error>;

    /// Asks which of several things is meant, by its place; `None` where the person chooses none.
    ///
    /// Errors: as for [`Prompt::pin`].
    fn choose(&mut self, choice: &Choice) -> Result<Option<usize>, Error>;

    /// Shows what the person does elsewhere, such as on a reader, with one button that stops.
    ///
    /// It is seen from now on, and goes with what this gives.
    /// Errors: as for [`Prompt::pin`].
    fn show(&mut self, notice: &Notice) -> Result<Box<dyn Showing + '_>, Error>;

    /// Tells something that needs no answer, such as that a key waits to be touched.
    ///
    /// Errors: as for [`Prompt::pin`].
    fn tell(&mut self, text: &str) -> Result<(), Error>;
}

/// Something that is shown.
pub trait Showing {
    /// Waits until `done` was closed or can be read, or the person stops.
    ///
    /// Errors: as for [`Prompt::pin`].
    fn until(&mut self, done: BorrowedFd<'_>) -> Result<Ended, Error>;
}

/// How a time in which something was shown ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// What was waited for is done.
    Done,
    /// The person stopped.
    Declined,
}

/// What is shown where a person does something elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The window's title.
    pub title: String,
    /// What went wrong before, who asks, and what to do.
    pub text: String,
    /// The word on the button that stops.
    pub stop: &'static str,
}

/// What is shown where a PIN is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// The window's title.
    pub title: String,
    /// What the person agrees to by typing the PIN: who asks, for whom, how many tries are left.
    pub text: String,
    /// What was wrong with the last PIN.
    pub remark: Option<String>,
    /// The name of the field.
    pub label: String,
    /// The words on the two buttons.
    pub buttons: Buttons,
}

/// What is shown where a yes or no is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The window's title.
    pub title: String,
    /// What happened, what it means, what can be done.
    pub text: String,
    /// The words on the two buttons.
    pub buttons: Buttons,
}

/// What is shown where one of several things is to be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The window's title.
    pub title: String,
    /// What is asked.
    pub text: String,
    /// What there is to choose, a line each.
    pub options: Vec<String>,
    /// What is to be typed at a terminal: the number before an option.
    pub label: String,
    /// Said of what is no such number, and where the terminal has a number there instead.
    pub wrong: String,
    /// The words on the two buttons of a window, which asks of one option after the other.
    pub buttons: Buttons,
}

/// The words on the buttons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Buttons {
    /// Goes on.
    pub yes: &'static str,
    /// Stops.
    pub no: &'static str,
}

/// Why nobody could be asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The program that shows the window is not there.
    #[error("pinentry is not installed")]
    NoPinentry,
    /// Others than root and this person could have written the program.
    #[error("{} can be written by others", .0.display())]
    Unsound(PathBuf),
    /// The program that shows the window failed.
    #[error("pinentry: {0}")]
    Pinentry(String),
    /// Nobody answered in time.
    #[error("nobody answered in time")]
    Timeout,
    /// A wish to stop came: a signal, or the end of who asked.
    #[error("it was called off")]
    Stopped,
    /// There is no terminal, or it was closed.
    #[error("terminal")]
    Terminal(#[source] std::io::Error),
}
