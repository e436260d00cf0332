//! A terminal, and a person in front of it who types each answer after its question.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use rustix::fs::{Mode, OFlags, open};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use crate::program::{Program, trail};

/// How long a question is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program at a terminal of its own; it ends when this goes.
#[derive(Debug)]
pub struct Terminal {
    child: Child,
    person: File,
    shown: Receiver<Vec<u8>>,
    seen: String,
    /// How much of what was seen is answered.
    answered: usize,
}

impl Terminal {
    /// Starts a program whose three streams are the terminal.
    ///
    /// # Panics
    /// Where the system gives no terminal, or `setsid` is missing.
    #[must_use]
    pub fn start(program: Program) -> Self {
        let person = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
        grantpt(&person).expect("a terminal of our own");
        unlockpt(&person).expect("a terminal that opens");
        let name = ptsname(&person, Vec::new()).expect("a terminal has a name");
        let terminal = open(name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty());
        let terminal = File::from(terminal.expect("the terminal opens"));
        let stream = || Stdio::from(terminal.try_clone().expect("a descriptor"));
        let inner = program.command();
        // What makes the terminal the one of a session, which /dev/tty leads to.
        let setsid = Program::stranger("setsid", "util-linux").args(["--ctty", "--wait"]);
        let mut command = setsid.arg(inner.get_program()).args(inner.get_args()).command();
        command.envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.env("TERM", OsStr::new("xterm"));
        command.stdin(stream()).stdout(stream()).stderr(stream());
        trail(&format!("at a terminal: {}", inner.get_program().display()));
        let child = command.spawn().expect("setsid can be started");
        drop((command, terminal));
        let person = File::from(person);
        let mut screen = person.try_clone().expect("a descriptor");
        let (show, shown) = channel();
        std::thread::spawn(move || {
            let mut bytes = vec![0; 4096];
            // The other end goes with the program: then there is nothing to read any more.
            while let Ok(length @ 1..) = screen.read(&mut bytes) {
                let Some(new) = bytes.get(..length) else { break };
                if show.send(new.to_vec()).is_err() {
                    break;
                }
            }
        });
        Self { child, person, shown, seen: String::new(), answered: 0 }
    }

    /// Waits until the terminal shows `question`, after what was answered before, and types `answer`.
    ///
    /// # Panics
    /// With all that was shown, where the question does not come.
    #[must_use]
    pub fn answer(mut self, question: &str, answer: &str) -> Self {
        self.keys(question, &format!("{answer}\n"));
        self
    }

    /// The same for keys, such as Ctrl-D, after which no Enter is pressed.
    ///
    /// # Panics
    /// As [`Self::answer`].
    #[must_use]
    pub fn press(mut self, question: &str, keys: &str) -> Self {
        self.keys(question, keys);
        self
    }

    fn keys(&mut self, question: &str, keys: &str) {
        loop {
            let new = self.seen.get(self.answered..).unwrap_or_default();
            if let Some(place) = new.find(question) {
                self.answered += place + question.len();
                break;
            }
            match self.shown.recv_timeout(PATIENCE) {
                Ok(more) => self.seen.push_str(&String::from_utf8_lossy(&more)),
                Err(_) => panic!("no {question:?} in:\n{}", self.seen),
            }
        }
        self.person.write_all(keys.as_bytes()).expect("the terminal takes what is typed");
    }

    /// Waits for the end: the exit code, and all that the terminal showed.
    ///
    /// # Panics
    /// Where the program says nothing for a minute and does not end.
    #[must_use]
    pub fn end(mut self) -> (i32, String) {
        loop {
            match self.shown.recv_timeout(PATIENCE) {
                Ok(more) => self.seen.push_str(&String::from_utf8_lossy(&more)),
                Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => break,
                Err(std::sync::mpsc::RecvTimeoutError::Timeout) => {
                    panic!("it does not end:\n{}", self.seen)
                }
            }
        }
        let code = self.child.wait().expect("a child can be waited for").code();
        (code.unwrap_or(-1), std::mem::take(&mut self.seen).replace("\r\n", "\n"))
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // Gone already is as good.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
