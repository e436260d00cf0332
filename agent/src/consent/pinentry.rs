//! A window of our own through a pinentry program, which asks and hands over the PIN.

use std::os::fd::BorrowedFd;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::assuan::{Channel, Reply};
use super::guard::Start;
use super::{Ask, Choice, Ended, Error, Notice, Prompt, Question, Showing};
use crate::cancel::Cancel;
use crate::clock::Deadline;
use crate::secret::Secret;
use crate::sound::is_sound;

/// Asks through a pinentry program, which ends with each question.
#[derive(Debug)]
pub struct Pinentry<'a> {
    program: PathBuf,
    guard: Start,
    limit: Limit,
    cancel: &'a Cancel,
}

/// How long a person may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// So long for each question.
    Each(Duration),
    /// Until then for all of them.
    Until(Deadline),
}

impl<'a> Pinentry<'a> {
    /// `program` as configured, else the system's own. A wish to stop closes the window, and so does
    /// the end of this program, which `guard` sees.
    ///
    /// Errors: those of [`program`].
    pub fn new(
        configured: Option<PathBuf>,
        guard: Start,
        limit: Limit,
        cancel: &'a Cancel,
    ) -> Result<Self, Error> {
        Ok(Self { program: program(configured)?, guard, limit, cancel })
    }

    fn open(&self) -> Result<Channel<'a>, Error> {
        let until = match self.limit {
            Limit::Each(time) => Deadline::after(time),
            Limit::Until(end) => end,
        };
        let mut channel = Channel::open(self.guard, &self.program, until, self.cancel)?;
        // We end the window ourselves; this is for one that lost us.
        let left = until.left().as_secs() + 5;
        channel.set("SETTIMEOUT", &left.to_string())?;
        Ok(channel)
    }
}

impl Prompt for Pinentry<'_> {
    fn pin(&mut self, ask: &Ask) -> Result<Option<Secret>, Error> {
        let mut channel = self.open()?;
        channel.set("SETTITLE", &ask.title)?;
        channel.ask("SETDESC", &ask.text)?;
        channel.set("SETPROMPT", &ask.label)?;
        channel.set("SETOK", ask.buttons.yes)?;
        channel.set("SETCANCEL", ask.buttons.no)?;
        if let Some(remark) = &ask.remark {
            channel.set("SETERROR", remark)?;
        }
        Ok(match channel.ask("GETPIN", "")? {
            // A button pressed over an empty field stops, as an empty line at the terminal does.
            Reply::Done(typed) => typed.filter(|pin| !pin.expose().is_empty()),
            Reply::Declined => None,
        })
    }

    fn confirm(&mut self, question: &Question) -> Result<bool, Error> {
        let mut channel = self.open()?;
        channel.set("SETTITLE", &question.title)?;
        channel.ask("SETDESC", &question.text)?;
        channel.set("SETOK", question.buttons.yes)?;
        channel.set("SETCANCEL", question.buttons.no)?;
        Ok(matches!(channel.ask("CONFIRM", "")?, Reply::Done(_)))
    }

    /// A window of this kind has two buttons and no list: it asks of one option after the other.
    fn choose(&mut self, choice: &Choice) -> Result<Option<usize>, Error> {
        for (place, option) in choice.options.iter().enumerate() {
            let text = format!("{}\n\n{option}", choice.text);
            let question = Question { title: choice.title.clone(), text, buttons: choice.buttons };
            if self.confirm(&question)? {
                return Ok(Some(place));
            }
        }
        Ok(None)
    }

    fn show(&mut self, notice: &Notice) -> Result<Box<dyn Showing + '_>, Error> {
        let mut channel = self.open()?;
        channel.set("SETTITLE", &notice.title)?;
        channel.ask("SETDESC", &notice.text)?;
        channel.set("SETOK", notice.stop)?;
        channel.begin("MESSAGE", "")?;
        Ok(Box::new(channel))
    }

    fn tell(&mut self, text: &str) -> Result<(), Error> {
        let mut channel = self.open()?;
        channel.ask("SETDESC", text)?;
        channel.ask("MESSAGE", "").map(drop)
    }
}

impl Showing for Channel<'_> {
    fn until(&mut self, done: BorrowedFd<'_>) -> Result<Ended, Error> {
        // Its only button stops, and so does closing the window.
        Ok(match Channel::until(self, done)? {
            Some(Reply::Done(_) | Reply::Declined) => Ended::Declined,
            None => Ended::Done,
        })
    }
}

/// The program that shows windows: the configured one, else the system's own.
///
/// Errors: [`Error::NoPinentry`] where it is not there or not named in full; [`Error::Unsound`]
/// where others could have put something else in its place.
pub fn program(configured: Option<PathBuf>) -> Result<PathBuf, Error> {
    let known = || PLACES.iter().map(PathBuf::from).find(|path| path.is_file());
    let program = configured.or_else(known).filter(|path| path.is_absolute() && path.is_file());
    let program = program.ok_or(Error::NoPinentry)?;
    if is_sound(&program) { Ok(program) } else { Err(Error::Unsound(program)) }
}

/// Why `program` can show no window to a person without a terminal.
///
#[must_use]
pub fn windowless(program: &Path, display: Display) -> Option<NoWindow> {
    let real = program.canonicalize().unwrap_or_else(|_| program.to_owned());
    let name = real.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let is_for_terminals = ["-curses", "-tty"].iter().any(|end| name.ends_with(end));
    if is_for_terminals {
        Some(NoWindow::ForTerminals(real))
    } else if display == Display::There || cfg!(target_os = "macos") || name.ends_with("-mac") {
        None
    } else {
        Some(NoWindow::NoDisplay)
    }
}

/// Whether the session has a display.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Display {
    /// It has.
    There,
    /// It has not.
    Missing,
}

/// Why no window can be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoWindow {
    /// The program draws on terminals only.
    ForTerminals(PathBuf),
    /// The session has no display.
    NoDisplay,
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
    use std::os::fd::AsFd;
    use std::os::unix::fs::PermissionsExt;

    const LIMIT: Limit = Limit::Each(Duration::from_secs(30));

    /// A pinentry that answers `answer` to the questions and OK to all else.
    fn scripted(answer: &str) -> (tempfile::TempDir, Pinentry<'static>) {
        let cancel = Box::leak(Box::new(Cancel::on_signals().unwrap()));
        scripted_for(answer, LIMIT, cancel)
    }

    fn scripted_for<'a>(
        answer: &str,
        limit: Limit,
        cancel: &'a Cancel,
    ) -> (tempfile::TempDir, Pinentry<'a>) {
        scripted_all(answer, "echo OK", limit, cancel)
    }

    /// A pinentry that answers `set` to all but the questions.
    fn scripted_all<'a>(
        answer: &str,
        set: &str,
        limit: Limit,
        cancel: &'a Cancel,
    ) -> (tempfile::TempDir, Pinentry<'a>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pinentry");
        let script = format!(
            "#!/bin/sh\necho OK ready\nwhile read -r word rest; do\n\
             echo \"$word $rest\" >> {}/log\n\
             case $word in GETPIN|CONFIRM|MESSAGE) {answer};; BYE) echo OK; exit;; *) {set};; esac\n\
             done\n",
            folder.path().display()
        );
        std::fs::write(&path, script).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
        // No guard: `agent/tests/native_host.rs` has the real one.
        let guard = || Ok(std::process::Command::new("/usr/bin/env"));
        let prompt = Pinentry::new(Some(path), guard, limit, cancel).unwrap();
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
    fn a_button_over_an_empty_field_is_a_no() {
        for answer in ["echo OK", "echo 'D '; echo OK", "echo D; echo OK"] {
            let (_folder, mut prompt) = scripted(answer);
            assert_eq!(prompt.pin(&ask()).unwrap(), None, "{answer}");
        }
    }

    #[test]
    fn a_setting_that_is_not_known_is_done_without_and_the_text_is_not() {
        let cancel = Cancel::on_signals().unwrap();
        let pin = |set: &str| {
            let (_folder, mut prompt) = scripted_all("echo 'D 1234'; echo OK", set, LIMIT, &cancel);
            prompt.pin(&ask())
        };
        let refuses = |which: &str| {
            format!(
                "case $word in {which}) echo ERR 536871187 Unknown IPC command;; *) echo OK;; esac"
            )
        };
        for which in ["SETTIMEOUT", "SETPROMPT", "SETTITLE|SETOK|SETCANCEL|SETERROR|OPTION"] {
            assert_eq!(pin(&refuses(which)).unwrap().unwrap().expose(), "1234", "{which}");
        }
        assert!(matches!(pin(&refuses("SETDESC")), Err(Error::Pinentry(_))));
        assert!(matches!(pin("echo who"), Err(Error::Pinentry(_))));
        assert!(matches!(pin("exit"), Err(Error::Pinentry(_))));
    }

    #[test]
    fn lines_may_end_as_windows_ends_them() {
        let cancel = Cancel::on_signals().unwrap();
        let (set, answer) = (r"printf 'OK\r\n'", r"printf 'D 12%%0D\r\nOK\r\n'");
        let (_folder, mut prompt) = scripted_all(answer, set, LIMIT, &cancel);
        assert_eq!(prompt.pin(&ask()).unwrap().unwrap().expose(), "12\r");
        let (_folder, mut prompt) =
            scripted_all(r"printf 'ERR 83886179 canceled\r\n'", set, LIMIT, &cancel);
        assert_eq!(prompt.pin(&ask()).unwrap(), None);
    }

    #[test]
    fn a_program_that_is_not_there_is_told() {
        let gone = PathBuf::from("/nowhere/pinentry");
        assert!(matches!(program(Some(gone)), Err(Error::NoPinentry)));
        let relative = PathBuf::from("Cargo.toml");
        assert!(matches!(program(Some(relative)), Err(Error::NoPinentry)));
    }

    #[test]
    fn a_program_that_others_can_write_is_refused() {
        let (_folder, prompt) = scripted("echo OK");
        let path = prompt.program;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o777)).unwrap();
        assert!(matches!(program(Some(path)), Err(Error::Unsound(_))));
    }

    #[test]
    fn a_program_that_cannot_ask_or_gets_no_answer_is_no_closed_window() {
        let (_folder, mut prompt) = scripted("echo ERR 83918950 Inappropriate ioctl for device");
        assert!(matches!(prompt.pin(&ask()), Err(Error::Pinentry(why)) if why.contains("ioctl")));
        let (_folder, mut prompt) = scripted("echo ERR 83886142 Timeout");
        assert!(matches!(prompt.pin(&ask()), Err(Error::Timeout)));
        let (_folder, mut prompt) = scripted("exit");
        assert!(matches!(prompt.pin(&ask()), Err(Error::Pinentry(_))));
    }

    fn notice() -> Notice {
        Notice { title: "Title".to_owned(), text: "On the reader".to_owned(), stop: "Stop" }
    }

    #[test]
    fn a_notice_goes_when_the_work_is_done() {
        let cancel = Cancel::on_signals().unwrap();
        let (folder, mut prompt) = scripted_for(NEVER, LIMIT, &cancel);
        let mut showing = prompt.show(&notice()).unwrap();
        let (done, end) = std::os::unix::net::UnixStream::pair().unwrap();
        wait_for(&folder.path().join("pinentry.pid"));
        drop(end);
        assert_eq!(showing.until(done.as_fd()).unwrap(), Ended::Done);
        drop(showing);
        assert_gone(&folder);
        let log = std::fs::read_to_string(folder.path().join("log")).unwrap();
        assert!(log.contains("SETDESC On the reader\nSETOK Stop\nMESSAGE"), "{log}");
    }

    #[test]
    fn a_notice_ends_by_its_button_and_by_a_wish() {
        let (done, _end) = std::os::unix::net::UnixStream::pair().unwrap();
        for answer in ["echo OK", "echo ERR 83886179 canceled"] {
            let (_folder, mut prompt) = scripted(answer);
            let mut showing = prompt.show(&notice()).unwrap();
            assert_eq!(showing.until(done.as_fd()).unwrap(), Ended::Declined);
        }
        let (_folder, mut prompt) = scripted("echo ERR 83918950 Inappropriate ioctl for device");
        let mut showing = prompt.show(&notice()).unwrap();
        assert!(matches!(showing.until(done.as_fd()), Err(Error::Pinentry(_))));
        let cancel = Cancel::on_signals().unwrap();
        let (_folder, mut prompt) = scripted_for(NEVER, LIMIT, &cancel);
        let mut showing = prompt.show(&notice()).unwrap();
        cancel.wisher().unwrap().wish();
        assert!(matches!(showing.until(done.as_fd()), Err(Error::Stopped)));
        let limit = Limit::Each(Duration::from_millis(300));
        let cancel = Cancel::on_signals().unwrap();
        let (_folder, mut prompt) = scripted_for(NEVER, limit, &cancel);
        let mut showing = prompt.show(&notice()).unwrap();
        assert!(matches!(showing.until(done.as_fd()), Err(Error::Timeout)));
    }

    /// Waits until a program has written a whole line to `path`.
    fn wait_for(path: &Path) {
        while !std::fs::read_to_string(path).is_ok_and(|id| id.ends_with('\n')) {
            std::thread::yield_now();
        }
    }

    /// A window that never answers, and a helper of it that would outlive a child that is killed.
    const NEVER: &str =
        "cat /dev/zero > /dev/null & echo $! > \"$0.helper\"; echo $$ > \"$0.pid\"; wait";

    fn assert_gone(folder: &tempfile::TempDir) {
        for name in ["pinentry.pid", "pinentry.helper"] {
            let id = std::fs::read_to_string(folder.path().join(name)).unwrap();
            let runs = || {
                let status = std::fs::read_to_string(format!("/proc/{}/stat", id.trim()));
                status.is_ok_and(|status| !status.contains(") Z "))
            };
            // A grandchild is not waited for: it was killed, and the kernel takes a moment.
            let end = Deadline::after(Duration::from_secs(10));
            while runs() {
                assert!(!end.is_over(), "{name} still runs");
                std::thread::yield_now();
            }
        }
    }

    #[test]
    fn a_window_without_an_answer_is_closed_with_all_its_processes() {
        let cancel = Cancel::on_signals().unwrap();
        let limit = Limit::Each(Duration::from_secs(1));
        let (folder, mut prompt) = scripted_for(NEVER, limit, &cancel);
        assert!(matches!(prompt.pin(&ask()), Err(Error::Timeout)));
        assert_gone(&folder);
    }

    #[test]
    fn a_wish_to_stop_closes_the_window_and_shows_no_other() {
        let cancel = Cancel::on_signals().unwrap();
        let wisher = cancel.wisher().unwrap();
        let (folder, mut prompt) = scripted_for(NEVER, LIMIT, &cancel);
        let pid = folder.path().join("pinentry.pid");
        std::thread::spawn(move || {
            wait_for(&pid);
            wisher.wish();
        });
        let end = Deadline::after(Duration::from_secs(10));
        assert!(matches!(prompt.pin(&ask()), Err(Error::Stopped)));
        assert!(!end.is_over());
        assert_gone(&folder);
        let before = std::fs::read_to_string(folder.path().join("log")).unwrap();
        assert!(matches!(prompt.pin(&ask()), Err(Error::Stopped)));
        assert_eq!(std::fs::read_to_string(folder.path().join("log")).unwrap(), before);
    }

    #[test]
    fn a_program_for_terminals_shows_no_window() {
        let folder = tempfile::tempdir().unwrap();
        for (name, display, shows) in [
            ("pinentry-curses", Display::There, false),
            ("pinentry-tty", Display::There, false),
            ("pinentry-gtk-2", Display::There, true),
            ("pinentry-gtk-2", Display::Missing, false),
        ] {
            let real = folder.path().join(name);
            std::fs::write(&real, "").unwrap();
            let link = folder.path().join("pinentry");
            let _ = std::fs::remove_file(&link);
            std::os::unix::fs::symlink(&real, &link).unwrap();
            assert_eq!(windowless(&link, display).is_none(), shows, "{name} {display:?}");
        }
    }
}
