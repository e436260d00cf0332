//! A simulated world: programs in it see a security key, an NFC reader and a card reader.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

use crate::program::{Output, Program, built};

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
        // The child prints its environment, then an empty entry, then stays until its input ends.
        let stay = "env -0; printf '\\0'; exec cat >/dev/null";
        let mut command = Command::new(built("firmware-sim"));
        command.arg("exec").args(options).args(["--", "sh", "-c", stay]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("firmware-sim can be started");
        let mut stdout = BufReader::new(child.stdout.take().expect("standard output is a pipe"));
        let mut environment = BTreeMap::new();
        loop {
            let mut entry = Vec::new();
            stdout.read_until(0, &mut entry).expect("standard output can be read");
            match entry.split_last() {
                None => fail(child),
                Some((0, [])) => break,
                Some((_, entry)) => {
                    let entry = String::from_utf8_lossy(entry);
                    if let Some((name, value)) = entry.split_once('=') {
                        environment.insert(name.to_owned(), value.to_owned());
                    }
                }
            }
        }
        Self { child, environment }
    }

    /// The world's own value of an environment variable.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.environment.get(name).map(String::as_str)
    }

    /// Puts a program into this world.
    #[must_use]
    pub fn enter(&self, program: Program) -> Program {
        self.environment.iter().fold(program, |program, (name, value)| program.env(name, value))
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

fn fail(mut child: Child) -> ! {
    let mut words = String::new();
    if let Some(mut stderr) = child.stderr.take() {
        drop(stderr.read_to_string(&mut words));
    }
    drop(child.wait());
    panic!("the simulated world did not come up:\n{words}");
}

impl Drop for World {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        drop(self.child.wait());
    }
}
