//! A simulated world: programs in it see a security key, an NFC reader and a card reader.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use crate::program::{Output, Program, built, trail};

/// How long a world may take to come up, or to end.
const LIMIT: Duration = Duration::from_secs(30);

/// A world that stands until this goes.
#[derive(Debug)]
pub struct World {
    child: Child,
    environment: BTreeMap<String, String>,
}

impl World {
    /// Starts `firmware-sim exec` with these options and keeps its world open.
    ///
    /// # Panics
    /// With the simulator's own words, where the world does not come up.
    #[must_use]
    pub fn start(options: &[&str]) -> Self {
        trail(&format!("world: {}", options.join(" ")));
        // The child prints its environment, then an empty entry, then stays until its input ends.
        let stay = "env -0; printf '\\0'; exec cat >/dev/null";
        let mut command = Command::new(built("firmware-sim"));
        command.arg("exec").args(options).args(["--", "sh", "-c", stay]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("firmware-sim can be started");
        let stdout = BufReader::new(child.stdout.take().expect("standard output is a pipe"));
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || drop(tell.send(environment(stdout))));
        match told.recv_timeout(LIMIT) {
            Ok(Some(environment)) => Self { child, environment },
            Ok(None) | Err(_) => fail(child),
        }
    }

    /// Puts a program into this world.
    #[must_use]
    pub fn enter(&self, program: Program) -> Program {
        self.environment.iter().fold(program, |program, (name, value)| program.env(name, value))
    }

    /// What a program in this world finds in its environment under this name.
    ///
    /// # Panics
    /// Where the world does not give it.
    #[must_use]
    pub fn variable(&self, name: &str) -> &str {
        self.environment.get(name).unwrap_or_else(|| panic!("this world has no {name}"))
    }

    /// Runs a program in this world.
    #[must_use]
    pub fn run(&self, program: Program) -> Output {
        self.enter(program).run()
    }

    /// `firmware-sim ctl` with these arguments: `key remove`, `card insert`, …
    ///
    /// # Panics
    /// Where it refuses.
    pub fn ctl(&self, arguments: &[&str]) -> String {
        self.run(Program::ours("firmware-sim").arg("ctl").args(arguments)).good()
    }
}

impl World {
    /// Ends it; what its programs said on standard error.
    #[must_use]
    pub fn end(mut self) -> String {
        let stderr = self.child.stderr.take();
        drop(self);
        let mut words = String::new();
        if let Some(mut stderr) = stderr {
            drop(stderr.read_to_string(&mut words));
        }
        words
    }
}

/// The entries up to the empty one; `None` where the world ends before it.
fn environment(mut stdout: impl BufRead) -> Option<BTreeMap<String, String>> {
    let mut environment = BTreeMap::new();
    loop {
        let mut entry = Vec::new();
        stdout.read_until(0, &mut entry).ok()?;
        match entry.split_last()? {
            (0, []) => return Some(environment),
            (_, entry) => {
                let entry = String::from_utf8_lossy(entry);
                if let Some((name, value)) = entry.split_once('=') {
                    environment.insert(name.to_owned(), value.to_owned());
                }
            }
        }
    }
}

fn fail(mut child: Child) -> ! {
    drop(child.kill());
    let mut words = String::new();
    if let Some(mut stderr) = child.stderr.take() {
        drop(stderr.read_to_string(&mut words));
    }
    drop(child.wait());
    panic!("the simulated world did not come up:\n{words}");
}

impl Drop for World {
    fn drop(&mut self) {
        trail("end: world");
        drop(self.child.stdin.take());
        let id = self.child.id().to_string();
        let (tell, told) = mpsc::channel::<()>();
        let watch = std::thread::spawn(move || {
            if told.recv_timeout(LIMIT) == Err(mpsc::RecvTimeoutError::Timeout) {
                eprintln!("the world does not end: it is killed");
                drop(Command::new("kill").args(["-KILL", &id]).status());
            }
        });
        drop(self.child.wait());
        drop(tell);
        drop(watch.join());
    }
}
