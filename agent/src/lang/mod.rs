//! What people read: every sentence the agent shows stands below this module.
//!
//! One file a part, so that all sentences of it can be read and compared side by side.

pub mod card;
pub mod choice;
pub mod doctor;
mod fido;
pub mod install;
pub mod key;
pub mod keys;
pub mod login;
mod setup;
pub mod usage;

use crate::language::Language;
use crate::server::choice::Organisation;

/// Something a person is told: what happened and, where it is an error, what to do about it.
pub trait Say {
    /// Stable, for programs: `no_key`, `pin_blocked`.
    fn code(&self) -> &'static str;

    /// The same, or the more exact code of a server that refused.
    fn exact_code(&self) -> &str {
        self.code()
    }

    /// The organisations that are to be named instead, for programs.
    fn organisations(&self) -> &[Organisation] {
        &[]
    }

    /// Whole sentences, the remedy last.
    fn say(&self, language: Language) -> String;
}
