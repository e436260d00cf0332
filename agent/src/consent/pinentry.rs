//! A window of our own through a pinentry program, which asks and hands over the PIN.

use std::path::PathBuf;
use std::time::Duration;

use ::pinentry::{ConfirmationDialog, MessageDialog, PassphraseInput};
use secrecy::ExposeSecret;

use super::{Ask, Error, Prompt, Question};
use crate::secret::Secret;

/// Asks through a pinentry program.
#[derive(Debug, Clone)]
pub struct Pinentry {
    program: PathBuf,
    limit: Duration,
}

impl Pinentry {
    /// `program` as configured, else the system's own; a window closes itself after `limit`.
    ///
    /// Errors: [`Error::NoPinentry`] where there is no such program.
    pub fn new(program: Option<PathBuf>, limit: Duration) -> Result<Self, Error> {
        let known = || PLACES.iter().map(PathBuf::from).find(|path| path.is_file());
        let program = program.or_else(known).filter(|path| path.is_absolute() && path.is_file());
        Ok(Self { program: program.ok_or(Error::NoPinentry)?, limit })
    }

    fn seconds(&self) -> u16 {
        u16::try_from(self.limit.as_secs()).unwrap_or(u16::MAX)
    }
}

impl Prompt for Pinentry {
    fn pin(&mut self, ask: &Ask) -> Result<Option<Secret>, Error> {
        let mut input = PassphraseInput::with_binary(&self.program).ok_or(Error::NoPinentry)?;
        input
            .with_title(&ask.title)
            .with_description(&ask.text)
            .with_prompt(&ask.label)
            .with_ok(ask.buttons.yes)
            .with_cancel(ask.buttons.no)
            .with_timeout(self.seconds());
        if let Some(remark) = &ask.remark {
            input.with_error(remark);
        }
        match input.interact() {
            Ok(pin) => Ok(Some(Secret::new(pin.expose_secret()))),
            Err(error) => declined(error).map(|()| None),
        }
    }

    fn confirm(&mut self, question: &Question) -> Result<bool, Error> {
        let mut dialog = ConfirmationDialog::with_binary(&self.program).ok_or(Error::NoPinentry)?;
        dialog
            .with_title(&question.title)
            .with_ok(question.buttons.yes)
            .with_cancel(question.buttons.no)
            .with_timeout(self.seconds());
        dialog.confirm(&question.text).or_else(|error| declined(error).map(|()| false))
    }

    fn tell(&mut self, text: &str) -> Result<(), Error> {
        let mut dialog = MessageDialog::with_binary(&self.program).ok_or(Error::NoPinentry)?;
        dialog.with_timeout(self.seconds());
        dialog.show_message(text).or_else(declined)
    }
}

/// A closed window is an answer; all else is an error.
fn declined(error: ::pinentry::Error) -> Result<(), Error> {
    // The library may name more ways to fail; they are passed on as they are.
    #[expect(clippy::wildcard_enum_match_arm)]
    match error {
        ::pinentry::Error::Cancelled => Ok(()),
        ::pinentry::Error::Timeout => Err(Error::Timeout),
        other => Err(Error::Pinentry(other.to_string())),
    }
}

/// Where packages put the program. A program that asks for PINs is not looked for in PATH.
const PLACES: &[&str] = &[
    "/usr/bin/pinentry",
    "/usr/local/bin/pinentry",
    "/opt/homebrew/bin/pinentry-mac",
    r"C:\Program Files\GnuPG\bin\pinentry.exe",
    r"C:\Program Files (x86)\GnuPG\bin\pinentry.exe",
];

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use crate::consent::Buttons;
    use std::os::unix::fs::PermissionsExt;

    const LIMIT: Duration = Duration::from_secs(30);

    /// A pinentry that answers `answer` to the questions and OK to all else.
    fn scripted(answer: &str) -> (tempfile::TempDir, Pinentry) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pinentry");
        let script = format!(
            "#!/bin/sh\necho OK ready\nwhile read -r word rest; do\n\
             echo \"$word $rest\" >> {}/log\n\
             case $word in GETPIN|CONFIRM) {answer};; BYE) echo OK; exit;; *) echo OK;; esac\n\
             done\n",
            folder.path().display()
        );
        std::fs::write(&path, script).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
        let prompt = Pinentry::new(Some(path), LIMIT).unwrap();
        (folder, prompt)
    }

    fn ask() -> Ask {
        let text = |text: &str| text.to_owned();
        let buttons = Buttons { yes: "OK", no: "Stop" };
        let (title, label) = (text("Title"), text("PIN"));
        Ask { title, text: text("a\nb"), remark: Some(text("wrong")), label, buttons }
    }

    #[test]
    fn the_pin_is_handed_over_and_all_words_are_shown() {
        let (folder, mut prompt) = scripted("echo 'D 12%2534'; echo OK");
        let pin = prompt.pin(&ask()).unwrap().unwrap();
        assert_eq!(pin.expose(), "12%34");
        let log = std::fs::read_to_string(folder.path().join("log")).unwrap();
        for shown in ["SETTITLE Title", "SETDESC a%0Ab", "SETERROR wrong", "SETPROMPT PIN"] {
            assert!(log.contains(shown), "{shown}: {log}");
        }
    }

    #[test]
    fn a_closed_window_is_a_no() {
        let (_folder, mut prompt) = scripted("echo ERR 83886179 canceled");
        assert_eq!(prompt.pin(&ask()).unwrap(), None);
        let Ask { title, text, buttons, .. } = ask();
        assert!(!prompt.confirm(&Question { title, text, buttons }).unwrap());
    }

    #[test]
    fn a_program_that_is_not_there_is_told() {
        let gone = PathBuf::from("/nowhere/pinentry");
        assert!(matches!(Pinentry::new(Some(gone), LIMIT), Err(Error::NoPinentry)));
        let relative = PathBuf::from("Cargo.toml");
        assert!(matches!(Pinentry::new(Some(relative), LIMIT), Err(Error::NoPinentry)));
    }
}
