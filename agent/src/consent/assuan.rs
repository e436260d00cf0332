//! Speaking to a pinentry: one process, one line a command, ended with the question it asks.
//!
//! Source: the Assuan manual of GnuPG and its `pinentry` manual. The process is ours to end: a
//! window must not outlive who asked for it.

use std::io::{IsTerminal, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use zeroize::Zeroizing;

use super::Error;
use super::guard::{self, Group, Start};
use crate::cancel::{Cancel, Guard, Waited};
use crate::clock::Deadline;
use crate::secret::Secret;

/// A running pinentry.
#[derive(Debug)]
pub(super) struct Channel<'a> {
    child: Child,
    input: Option<ChildStdin>,
    output: ChildStdout,
    heard: Zeroizing<Vec<u8>>,
    until: Deadline,
    cancel: &'a Cancel,
    group: Group,
    /// Whether the process still waits for a command.
    polite: bool,
    /// Until the process is gone, a signal must not end this program without it.
    _guard: Guard,
}

/// Who had something to say.
enum Heard {
    Program,
    Other,
}

/// How a command ended.
#[derive(Debug)]
pub(super) enum Reply {
    /// It was done; with what was typed, if anything was asked.
    Done(Option<Secret>),
    /// The person closed the window or pressed the button that stops.
    Declined,
}

impl<'a> Channel<'a> {
    /// Starts `program`; every answer must come before `until` and before a wish to stop.
    ///
    /// Errors: those of [`Channel::ask`]; the program cannot be started.
    pub(super) fn open(
        start: Start,
        program: &Path,
        until: Deadline,
        cancel: &'a Cancel,
    ) -> Result<Self, Error> {
        let guard = cancel.guard();
        if cancel.is_wished() {
            return Err(Error::Stopped);
        }
        let terminal = terminal();
        let group = if terminal.is_some() { Group::OfTerminal } else { Group::Own };
        let command = guard::command(start, program, group);
        let mut child = command.and_then(|mut command| command.spawn()).map_err(failed)?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let output = output.ok_or_else(|| Error::Pinentry("no pipe".to_owned()))?;
        let mut channel = Self {
            child,
            input,
            output,
            heard: Zeroizing::new(Vec::with_capacity(2 * LONGEST)),
            until,
            cancel,
            group,
            polite: false,
            _guard: guard,
        };
        channel.reply()?;
        if let Some(name) = terminal {
            channel.set("OPTION", &format!("ttyname={name}"))?;
            if let Ok(kind) = std::env::var("TERM") {
                channel.set("OPTION", &format!("ttytype={kind}"))?;
            }
        }
        Ok(channel)
    }

    /// Sends a command and waits for how it ends.
    ///
    /// Errors: [`Error::Timeout`], [`Error::Stopped`]; [`Error::Pinentry`] where the program
    /// refuses, speaks another protocol, or ends.
    pub(super) fn ask(&mut self, command: &str, text: &str) -> Result<Reply, Error> {
        self.begin(command, text)?;
        self.reply()
    }

    /// Sends a setting; a program that refuses it goes without.
    ///
    /// Errors: as [`Channel::ask`], but for a refusal.
    pub(super) fn set(&mut self, command: &str, text: &str) -> Result<(), Error> {
        match self.ask(command, text) {
            Err(_) if self.polite => Ok(()),
            done => done.map(drop),
        }
    }

    /// Sends a command whose end [`Channel::until`] waits for.
    ///
    /// Errors: [`Error::Pinentry`].
    pub(super) fn begin(&mut self, command: &str, text: &str) -> Result<(), Error> {
        self.polite = false;
        let input = self.input.as_mut().ok_or(Error::NoPinentry)?;
        input.write_all(line(command, text).as_bytes()).map_err(failed)
    }

    /// How the command that runs ends; `None` where `done` was closed or can be read before.
    ///
    /// Errors: as [`Channel::ask`].
    pub(super) fn until(&mut self, done: BorrowedFd<'_>) -> Result<Option<Reply>, Error> {
        while !self.heard.contains(&b'\n') {
            if let Heard::Other = self.hear(Some(done))? {
                return Ok(None);
            }
        }
        self.reply().map(Some)
    }

    fn reply(&mut self) -> Result<Reply, Error> {
        let mut typed: Option<Zeroizing<Vec<u8>>> = None;
        loop {
            let line = self.line()?;
            let (word, rest) = match line.iter().position(|byte| *byte == b' ') {
                Some(at) => (line.get(..at), line.get(at + 1..)),
                None => (Some(line.as_slice()), None),
            };
            let rest = rest.unwrap_or_default();
            match word.unwrap_or_default() {
                b"OK" => {
                    self.polite = true;
                    return typed.map(secret).transpose().map(Reply::Done);
                }
                b"ERR" => {
                    self.polite = true;
                    return refused(rest);
                }
                b"D" => {
                    let fresh = || Zeroizing::new(Vec::with_capacity(2 * LONGEST));
                    let typed = typed.get_or_insert_with(fresh);
                    if typed.len() + rest.len() > LONGEST {
                        return Err(Error::Pinentry("too long an answer".to_owned()));
                    }
                    typed.extend_from_slice(&unescaped(rest));
                }
                b"S" => {}
                word if word.starts_with(b"#") => {}
                _ => return Err(Error::Pinentry("an unknown answer".to_owned())),
            }
        }
    }

    /// The next line, without its end, which programs of Windows write as two characters.
    fn line(&mut self) -> Result<Zeroizing<Vec<u8>>, Error> {
        loop {
            if let Some(at) = self.heard.iter().position(|byte| *byte == b'\n') {
                let mut line = Zeroizing::new(Vec::with_capacity(LONGEST));
                line.extend(self.heard.drain(..=at).take(at));
                if line.last() == Some(&b'\r') {
                    line.pop();
                }
                return Ok(line);
            }
            self.hear(None)?;
        }
    }

    /// Waits for more of what the program says, or for `other`.
    fn hear(&mut self, other: Option<BorrowedFd<'_>>) -> Result<Heard, Error> {
        if self.heard.len() > LONGEST {
            return Err(Error::Pinentry("too long a line".to_owned()));
        }
        let output = self.output.as_fd();
        loop {
            let left = self.until.left();
            let waited = match other {
                Some(other) => self.cancel.wait_for_either(output, other, left),
                None => self.cancel.wait_for(output, left),
            };
            match waited {
                Waited::Cancelled => return Err(Error::Stopped),
                Waited::Ready => break,
                Waited::Out if self.until.is_over() => return Err(Error::Timeout),
                Waited::Out => {}
            }
        }
        let is_ready = |fd| self.cancel.wait_for(fd, Duration::ZERO) == Waited::Ready;
        if other.is_some_and(is_ready) {
            return Ok(Heard::Other);
        }
        let mut some = Zeroizing::new([0; LONGEST]);
        match self.output.read(some.as_mut_slice()).map_err(failed)? {
            0 => Err(Error::Pinentry("the program ended".to_owned())),
            length => {
                self.heard.extend_from_slice(some.get(..length).unwrap_or_default());
                Ok(Heard::Program)
            }
        }
    }

    /// Says goodbye, and gives the program a moment to tidy up.
    fn leave(&mut self) {
        if let Some(input) = self.input.as_mut() {
            let _ = input.write_all(b"BYE\n");
        }
        self.hear_out();
    }

    /// Takes what the program still says, to its end or for a moment.
    fn hear_out(&mut self) {
        self.until = Deadline::after(GOODBYE);
        while self.line().is_ok() {}
    }
}

impl Drop for Channel<'_> {
    fn drop(&mut self) {
        if self.polite {
            self.leave();
        }
        match self.group {
            Group::Own => {
                // The guard was not waited for yet, so the number is still its own.
                let group = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
                let _ = group.map(|group| kill_process_group(group, Signal::KILL));
            }
            Group::OfTerminal => self.input = None, // the guard ends the program
        }
        // The program is the guard's child: that it is heard no more says that it is gone.
        self.hear_out();
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The terminal of this process, where it was started from one.
fn terminal() -> Option<String> {
    let is_terminal = std::io::stdin().is_terminal();
    let path = is_terminal.then(|| std::fs::read_link("/proc/self/fd/0"))?;
    path.ok().map(|path| path.to_string_lossy().into_owned())
}

#[expect(clippy::needless_pass_by_value, reason = "the form `map_err` takes")]
fn failed(error: std::io::Error) -> Error {
    Error::Pinentry(error.to_string())
}

/// A command line. A text that does not fit is cut off, which is shown.
fn line(command: &str, text: &str) -> String {
    let mut line = command.to_owned();
    for (at, c) in text.chars().enumerate() {
        if at == 0 {
            line.push(' ');
        }
        if line.len() + 16 > LONGEST {
            line.push('…');
            break;
        }
        match c {
            '%' => line.push_str("%25"),
            '\\' => line.push_str("%5C"),
            c if c.is_ascii_control() => line.push_str(&format!("%{:02X}", u32::from(c))),
            c => line.push(c),
        }
    }
    line.push('\n');
    line
}

/// What an `ERR` line means: a number of libgpg-error, whose low 16 bits are the reason.
fn refused(rest: &[u8]) -> Result<Reply, Error> {
    let text = String::from_utf8_lossy(rest);
    let code = text.split(' ').next().and_then(|code| code.parse::<u32>().ok());
    match code.map(|code| code & 0xffff) {
        Some(CANCELED | NOT_CONFIRMED | FULLY_CANCELED) => Ok(Reply::Declined),
        Some(TIMEOUT) => Err(Error::Timeout),
        _ => Err(Error::Pinentry(text.chars().filter(|c| !c.is_control()).take(120).collect())),
    }
}

fn secret(bytes: Zeroizing<Vec<u8>>) -> Result<Secret, Error> {
    let text = std::str::from_utf8(&bytes);
    text.map(Secret::new).map_err(|_| Error::Pinentry("not UTF-8".to_owned()))
}

/// Undoes the percent escapes.
fn unescaped(bytes: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut plain = Zeroizing::new(Vec::with_capacity(bytes.len()));
    let mut rest = bytes;
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).filter(|_| *first == b'%');
        let digit = |at: usize| {
            let byte = hex.and_then(|hex| hex.get(at)).copied()?;
            char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
        };
        if let (Some(high), Some(low)) = (digit(0), digit(1)) {
            plain.push(high << 4 | low);
            rest = after.get(2..).unwrap_or_default();
        } else {
            plain.push(*first);
            rest = after;
        }
    }
    plain
}

/// The longest line of Assuan.
const LONGEST: usize = 1000;
/// How long a program may take to end itself.
const GOODBYE: Duration = Duration::from_millis(500);
// Reasons of libgpg-error.
const TIMEOUT: u32 = 62;
const CANCELED: u32 = 99;
const NOT_CONFIRMED: u32 = 114;
const FULLY_CANCELED: u32 = 198;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_line_keeps_to_the_limit_of_the_protocol() {
        assert_eq!(line("SETDESC", "a\nb%\\"), "SETDESC a%0Ab%25%5C\n");
        assert_eq!(line("GETPIN", ""), "GETPIN\n");
        let cut = line("SETDESC", &"é%".repeat(600));
        assert!(cut.len() <= LONGEST && cut.ends_with("…\n"), "{cut}");
    }

    proptest! {
        #[test]
        fn what_is_escaped_comes_back(text in "\\PC{0,80}") {
            let line = line("X", &text);
            let sent = line.trim_end_matches('\n').strip_prefix('X').unwrap();
            let plain = unescaped(sent.strip_prefix(' ').unwrap_or(sent).as_bytes());
            prop_assert_eq!(plain.as_slice(), text.as_bytes());
        }

        #[test]
        fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            prop_assert!(unescaped(&bytes).len() <= bytes.len());
            let _ = refused(&bytes);
        }
    }
}
