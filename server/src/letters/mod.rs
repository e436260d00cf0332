//! Letters: the PIN of who has no Berichtenbox to look into, by post.
//!
//! A letter is drawn, put in an envelope that only the print service can open, and waits in a queue; it
//! is exported once, by another operator than who had it written (ADR 0044). What is drawn is gone from
//! this server with the function that draws it.

mod envelope;
pub mod run;
mod sheet;
mod store; // SQL
#[cfg(test)]
mod tests;
mod words;

pub use envelope::{NoKey, PrintKey};
pub use sheet::Error as Undrawn;

/// How letters go out, as it is set.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Who prints them; without it no letter is written.
    pub key: Option<PrintKey>,
    /// Where they come from, on one line; without it, what the server is called.
    pub sender: Option<String>,
}

/// Why a letter is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// For a first password.
    First,
    /// In place of a PIN that was lost.
    Renewed,
}
