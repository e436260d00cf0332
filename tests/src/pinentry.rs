//! A pinentry that answers from a file, for agents that must ask somebody.
//!
//! The program `scripted_pinentry` of this crate speaks the Assuan protocol as GnuPG's pinentry
//! does. It takes the next line of the file named by [`SCRIPT`] for each question, and writes down
//! what it was told to show, so that a test can read what a person would have read.

use std::path::{Path, PathBuf};

/// The environment variable that names the script.
pub const SCRIPT: &str = "SLEUTELBOS_TEST_PINENTRY";

/// An answer to one question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// To a question for a PIN or password.
    Secret(String),
    /// To a question of yes or no.
    Yes,
    /// Closes the window, whatever was asked.
    Cancel,
    /// Leaves the window open until it is closed.
    Wait,
}

/// A script for `scripted_pinentry`, in a folder of its own.
#[derive(Debug)]
pub struct Script {
    folder: tempfile::TempDir,
}

impl Script {
    /// Writes the answers, in order.
    ///
    /// # Panics
    /// Where no temporary folder can be made.
    #[must_use]
    pub fn new(answers: &[Answer]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let script = Self { folder };
        script.answer(answers);
        script
    }

    /// Adds answers.
    ///
    /// # Panics
    /// Where the file cannot be written.
    pub fn answer(&self, answers: &[Answer]) {
        let mut text = std::fs::read_to_string(self.path()).unwrap_or_default();
        for answer in answers {
            match answer {
                Answer::Secret(secret) => text.push_str(&format!("secret {secret}\n")),
                Answer::Yes => text.push_str("yes\n"),
                Answer::Cancel => text.push_str("cancel\n"),
                Answer::Wait => text.push_str("wait\n"),
            }
        }
        std::fs::write(self.path(), text).expect("the script can be written");
    }

    /// The value for [`SCRIPT`].
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("script")
    }

    /// What a person was shown so far, a line for each text and question.
    #[must_use]
    pub fn shown(&self) -> String {
        std::fs::read_to_string(shown_path(&self.path())).unwrap_or_default()
    }

    /// Forgets what a person was shown so far.
    ///
    /// # Panics
    /// Where the file cannot be written.
    pub fn forget(&self) {
        std::fs::write(shown_path(&self.path()), "").expect("what was shown can be forgotten");
    }

    /// How many answers were not asked for.
    #[must_use]
    pub fn left(&self) -> usize {
        std::fs::read_to_string(self.path()).unwrap_or_default().lines().count()
    }
}

/// Takes the next answer off the script; [`Answer::Cancel`] where none is left.
///
/// Errors: the script cannot be read or written, or has a line of another form.
pub fn next(script: &Path) -> std::io::Result<Answer> {
    let text = std::fs::read_to_string(script)?;
    let (line, rest) = text.split_once('\n').unwrap_or((&text, ""));
    // As a whole or not at all: a window is ended at any moment.
    let left = script.with_extension("left");
    std::fs::write(&left, rest)?;
    std::fs::rename(left, script)?;
    match line.split_once(' ').unwrap_or((line, "")) {
        ("secret", secret) => Ok(Answer::Secret(secret.to_owned())),
        ("yes", "") => Ok(Answer::Yes),
        ("wait", "") => Ok(Answer::Wait),
        ("cancel" | "", "") => Ok(Answer::Cancel),
        _ => Err(std::io::Error::other(format!("no answer: {line:?}"))),
    }
}

/// Where the texts shown are written down.
#[must_use]
pub fn shown_path(script: &Path) -> PathBuf {
    script.with_extension("shown")
}
