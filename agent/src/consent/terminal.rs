//! Asking at the terminal, for the command line.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Duration;

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use zeroize::Zeroizing;

use super::{Ask, Choice, Ended, Error, Notice, Prompt, Question, Showing};
use crate::cancel::{Cancel, Guard, Waited};
use crate::secret::Secret;

/// Asks at the terminal this process was started from, whatever its standard streams are.
#[derive(Debug, Clone, Copy)]
pub struct Terminal<'a> {
    cancel: &'a Cancel,
}

impl<'a> Terminal<'a> {
    /// A wish to stop ends a question for a PIN and leaves the terminal as it was.
    #[must_use]
    pub fn new(cancel: &'a Cancel) -> Self {
        Self { cancel }
    }
}

impl Prompt for Terminal<'_> {
    fn pin(&mut self, ask: &Ask) -> Result<Option<Secret>, Error> {
        let remark = ask.remark.as_deref().map(|remark| format!("{remark}\n")).unwrap_or_default();
        let text = format!("{}\n{remark}{}: ", ask.text, ask.label);
        let terminal = File::options().read(true).write(true).open(TERMINAL);
        let terminal = terminal.map_err(Error::Terminal)?;
        let pin = hidden(&terminal, &text, self.cancel)?;
        Ok(Some(pin).filter(|pin| !pin.is_empty()).map(|pin| Secret::new(pin.as_str())))
    }

    fn confirm(&mut self, question: &Question) -> Result<bool, Error> {
        let mut line = String::new();
        self.tell(&format!("{}\n{} [{}]", question.text, question.buttons.yes, "j/y"))?;
        let terminal = File::open(TERMINAL).map_err(Error::Terminal)?;
        BufReader::new(terminal).read_line(&mut line).map_err(Error::Terminal)?;
        Ok(matches!(line.trim(), "j" | "J" | "ja" | "y" | "Y" | "yes"))
    }

    fn choose(&mut self, choice: &Choice) -> Result<Option<usize>, Error> {
        let terminal = File::options().read(true).write(true).open(TERMINAL);
        numbered(&terminal.map_err(Error::Terminal)?, choice, self.cancel)
    }

    fn show(&mut self, notice: &Notice) -> Result<Box<dyn Showing + '_>, Error> {
        self.tell(&notice.text)?;
        Ok(Box::new(Shown { cancel: self.cancel, _guard: self.cancel.guard() }))
    }

    fn tell(&mut self, text: &str) -> Result<(), Error> {
        let terminal = File::options().write(true).open(TERMINAL);
        terminal.and_then(|mut to| writeln!(to, "{text}")).map_err(Error::Terminal)
    }
}

/// A text at the terminal, of which Ctrl-C is the button.
struct Shown<'a> {
    cancel: &'a Cancel,
    _guard: Guard,
}

impl Showing for Shown<'_> {
    fn until(&mut self, done: BorrowedFd<'_>) -> Result<Ended, Error> {
        loop {
            match self.cancel.wait_for(done, FOREVER) {
                Waited::Cancelled => return Err(Error::Stopped),
                Waited::Ready => return Ok(Ended::Done),
                Waited::Out => {}
            }
        }
    }
}

/// The line a person types after `text`, not shown while it is typed.
fn hidden(terminal: &File, text: &str, cancel: &Cancel) -> Result<Zeroizing<String>, Error> {
    // Until the terminal shows again what is typed, a signal must not end this program.
    let guard = cancel.guard();
    let silence = Silence::of(terminal).map_err(Error::Terminal)?;
    let line = line(terminal, text, cancel)?;
    drop(silence);
    drop(guard);
    // What was typed to end the line was not shown either.
    let mut to = terminal;
    to.write_all(b"\n").map_err(Error::Terminal)?;
    let line = std::str::from_utf8(&line).map_err(|e| Error::Terminal(std::io::Error::other(e)))?;
    Ok(Zeroizing::new(line.trim_end_matches(['\n', '\r']).to_owned()))
}

/// The place of the option whose number a person types; asked again until it is one. `None` where the
/// input ends.
fn numbered(terminal: &File, choice: &Choice, cancel: &Cancel) -> Result<Option<usize>, Error> {
    let options: String =
        (1..).zip(&choice.options).map(|(n, of)| format!("{n:>3}  {of}\n")).collect();
    let mut before = format!("{}\n{options}", choice.text);
    let _guard = cancel.guard();
    loop {
        let typed = line(terminal, &format!("{before}{}: ", choice.label), cancel);
        let Ok(typed @ [_, ..]) = typed.as_deref().map(Vec::as_slice) else {
            // The line with the question ends here; what is said next begins another.
            let mut to = terminal;
            to.write_all(b"\n").map_err(Error::Terminal)?;
            return typed.map(|_| None);
        };
        let typed = String::from_utf8_lossy(typed);
        let number = typed.trim().parse::<usize>().ok();
        let place = number.and_then(|number| number.checked_sub(1));
        match place.filter(|place| *place < choice.options.len()) {
            Some(place) => return Ok(Some(place)),
            None => before = format!("{}\n", choice.wrong),
        }
    }
}

/// What a person types after `text`, with the end of the line; nothing where the input ends.
fn line(terminal: &File, text: &str, cancel: &Cancel) -> Result<Zeroizing<Vec<u8>>, Error> {
    let mut to = terminal;
    to.write_all(text.as_bytes()).map_err(Error::Terminal)?;
    let mut typed = Zeroizing::new(vec![0; LONGEST]);
    loop {
        match cancel.wait_for(terminal.as_fd(), FOREVER) {
            Waited::Cancelled => return Err(Error::Stopped),
            Waited::Out => {}
            // The terminal gives a line at a time.
            Waited::Ready => {
                let length = to.read(typed.as_mut_slice()).map_err(Error::Terminal)?;
                typed.truncate(length);
                return Ok(typed);
            }
        }
    }
}

/// While it lives, a terminal does not show what is typed.
struct Silence<'a> {
    terminal: &'a File,
    before: Termios,
}

impl<'a> Silence<'a> {
    fn of(terminal: &'a File) -> std::io::Result<Self> {
        let before = tcgetattr(terminal)?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        silent.local_modes.insert(LocalModes::ICANON | LocalModes::ISIG);
        // What was typed before the question is no answer to it.
        tcsetattr(terminal, OptionalActions::Flush, &silent)?;
        Ok(Self { terminal, before })
    }
}

impl Drop for Silence<'_> {
    fn drop(&mut self) {
        let _ = tcsetattr(self.terminal, OptionalActions::Flush, &self.before);
    }
}

#[cfg(unix)]
const TERMINAL: &str = "/dev/tty";
#[cfg(not(unix))]
const TERMINAL: &str = "CON";
/// The longest line a terminal gives.
const LONGEST: usize = 4096;
/// Nobody is hurried at a terminal.
const FOREVER: Duration = Duration::from_secs(24 * 60 * 60);

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::fs::{Mode, OFlags, open};
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

    /// A terminal, and the person in front of it.
    fn terminal() -> (File, File) {
        let person = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&person).unwrap();
        unlockpt(&person).unwrap();
        let name = ptsname(&person, Vec::new()).unwrap();
        let terminal = open(name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap();
        (File::from(terminal), File::from(person))
    }

    fn shows(terminal: &File) -> bool {
        tcgetattr(terminal).unwrap().local_modes.contains(LocalModes::ECHO)
    }

    /// Reads what the terminal shows up to the question, at which nothing typed is shown any more.
    fn read_question(person: &mut File) {
        let mut byte = [0];
        while byte != *b":" {
            person.read_exact(&mut byte).unwrap();
        }
    }

    #[test]
    fn a_line_is_taken_and_never_shown() {
        let (terminal, mut person) = terminal();
        let cancel = Cancel::on_signals().unwrap();
        let typing = std::thread::spawn(move || {
            read_question(&mut person);
            person.write_all(b"12 34\n").unwrap();
            person
        });
        let line = hidden(&terminal, "PIN:", &cancel).unwrap();
        assert_eq!(line.as_str(), "12 34");
        assert!(shows(&terminal));
        let mut person = typing.join().unwrap();
        let mut shown = [0; 64];
        let length = person.read(&mut shown).unwrap();
        assert!(!shown[..length].contains(&b'1'), "{:?}", &shown[..length]);
    }

    fn which() -> Choice {
        Choice {
            title: String::new(),
            text: "Which?".to_owned(),
            options: vec!["one".to_owned(), "two".to_owned()],
            label: "Number".to_owned(),
            wrong: "Type 1 or 2.".to_owned(),
            buttons: crate::consent::Buttons { yes: "This", no: "Next" },
        }
    }

    /// What comes of these lines, typed one after each question, and all that the terminal showed.
    fn numbers(lines: &'static [&'static [u8]]) -> (Result<Option<usize>, Error>, String) {
        let (terminal, mut person) = terminal();
        let cancel = Cancel::on_signals().unwrap();
        let typing = std::thread::spawn(move || {
            let mut seen = Vec::new();
            for line in lines {
                let mut byte = [0];
                while byte != *b":" {
                    person.read_exact(&mut byte).unwrap();
                    seen.push(byte[0]);
                }
                person.write_all(line).unwrap();
            }
            (person, seen)
        });
        let chosen = numbered(&terminal, &which(), &cancel);
        let (_person, seen) = typing.join().unwrap();
        (chosen, String::from_utf8(seen).unwrap().replace("\r\n", "\n"))
    }

    #[test]
    fn a_number_is_asked_again_until_it_is_one_of_those_shown() {
        let (chosen, seen) = numbers(&[b"3\n", b"0\n", b"\n", b"two\n", b" 2 \n"]);
        assert!(matches!(chosen, Ok(Some(1))), "{chosen:?}");
        assert!(seen.starts_with("Which?\n  1  one\n  2  two\nNumber:"), "{seen}");
        assert_eq!(seen.matches("Type 1 or 2.\nNumber:").count(), 4, "{seen}");
        assert_eq!(seen.matches("Which?").count(), 1, "{seen}");
    }

    #[test]
    fn the_end_of_the_input_chooses_nothing() {
        let (chosen, _) = numbers(&[b"3\n", b"\x04"]);
        assert!(matches!(chosen, Ok(None)), "{chosen:?}");
    }

    #[test]
    fn a_wish_to_stop_leaves_the_terminal_as_it_was() {
        let (terminal, mut person) = terminal();
        let cancel = Cancel::on_signals().unwrap();
        let wisher = cancel.wisher().unwrap();
        let waiting = std::thread::spawn(move || {
            read_question(&mut person);
            wisher.wish();
            person
        });
        assert!(matches!(hidden(&terminal, "PIN:", &cancel), Err(Error::Stopped)));
        assert!(shows(&terminal));
        drop(waiting.join().unwrap());
    }
}
