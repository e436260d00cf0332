//! Programs, ours and strangers': run to the end with a time limit, or kept in the background.

use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// How long a program may take before it is ended, in seconds.
const LIMIT: &str = "90";

/// Says under nextest what happens now, so that a test that hangs shows where.
pub fn trail(text: &str) {
    if std::env::var_os("NEXTEST").is_some() {
        eprintln!("· {text}");
    }
}

/// The text of axe-core, which judges whether everybody can use a page.
///
/// # Panics
/// Where `make venv` did not put it there.
#[must_use]
pub fn axe() -> String {
    let libraries = workspace().join("target/venv/lib");
    let pythons = std::fs::read_dir(&libraries).into_iter().flatten().flatten();
    let below = "site-packages/axe_playwright_python/axe.min.js";
    let found = pythons.map(|python| python.path().join(below)).find(|path| path.is_file());
    let path = found.expect("axe.min.js is missing: run `make venv`");
    std::fs::read_to_string(path).expect("axe-core can be read")
}

/// The folder of the programs that cargo built: the one of this test or demo, or its parent.
///
/// # Panics
/// Where this program does not run from cargo's target folder.
#[must_use]
pub fn built_folder() -> PathBuf {
    let this = std::env::current_exe().expect("a running program has a path");
    let folder = this.parent().expect("a program stands in a folder");
    if folder.ends_with("deps") {
        folder.parent().expect("deps stands in a folder").to_owned()
    } else {
        folder.to_owned()
    }
}

/// The path of a program of this workspace.
///
/// # Panics
/// Where it was not built.
#[must_use]
pub fn built(name: &str) -> PathBuf {
    let path = built_folder().join(name);
    assert!(path.exists(), "{} is missing: run `make build` first", path.display());
    path
}

/// The root of the workspace.
///
/// # Panics
/// Never: this crate stands in it.
#[must_use]
pub fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests stands in the workspace")
}

/// A program to run.
#[derive(Debug)]
pub struct Program {
    path: PathBuf,
    arguments: Vec<OsString>,
    environment: Vec<(OsString, OsString)>,
    input: Vec<u8>,
    log: Option<PathBuf>,
}

/// What a program left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// The exit code; 124 where the time limit ended it.
    pub code: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Output {
    /// Standard output, where the program ended well.
    ///
    /// # Panics
    /// With everything it printed, where it did not.
    #[must_use]
    pub fn good(self) -> String {
        assert_eq!(self.code, 0, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self.stdout
    }

    /// Standard output and error together.
    #[must_use]
    pub fn all(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}

impl Program {
    /// A program of this workspace.
    #[must_use]
    pub fn ours(name: &str) -> Self {
        Self::at(built(name))
    }

    /// Somebody else's program, found on the path; `package` is what installs it.
    ///
    /// # Panics
    /// Where it is not installed.
    #[must_use]
    pub fn stranger(name: &str, package: &str) -> Self {
        let folders = std::env::var_os("PATH").unwrap_or_default();
        let found = std::env::split_paths(&folders)
            .chain(["/usr/sbin".into(), "/sbin".into()])
            .map(|folder| folder.join(name))
            .find(|path| path.is_file());
        let Some(path) = found else {
            panic!("{name} is missing: install the package {package} (`make packages`)");
        };
        Self::at(path)
    }

    /// The Python of `make venv`, with python-fido2.
    ///
    /// # Panics
    /// Where it was not made.
    #[must_use]
    pub fn python() -> Self {
        let path = workspace().join("target/venv/bin/python");
        assert!(path.exists(), "{} is missing: run `make venv`", path.display());
        Self::at(path)
    }

    fn at(path: PathBuf) -> Self {
        Self { path, arguments: Vec::new(), environment: Vec::new(), input: Vec::new(), log: None }
    }

    /// Where it stands.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Adds an argument.
    #[must_use]
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.arguments.push(argument.as_ref().to_owned());
        self
    }

    /// Adds arguments.
    #[must_use]
    pub fn args<A: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.arguments.extend(arguments.into_iter().map(|a| a.as_ref().to_owned()));
        self
    }

    /// Sets a variable of its environment.
    #[must_use]
    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.environment.push((name.as_ref().to_owned(), value.as_ref().to_owned()));
        self
    }

    /// What it reads from standard input; nothing by default.
    #[must_use]
    pub fn input(mut self, input: impl Into<Vec<u8>>) -> Self {
        self.input = input.into();
        self
    }

    /// The command itself, for a conversation that the caller holds.
    #[must_use]
    pub fn command(self) -> Command {
        let mut command = Command::new(&self.path);
        command.args(self.arguments).envs(self.environment);
        command
    }

    /// Where its standard error goes when it is started in the background.
    #[must_use]
    pub fn log(mut self, path: impl Into<PathBuf>) -> Self {
        self.log = Some(path.into());
        self
    }

    /// Runs it to its end, or to the time limit.
    ///
    /// # Panics
    /// Where it cannot be started.
    #[must_use]
    pub fn run(self) -> Output {
        let output = self.finish();
        Output {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    fn finish(self) -> std::process::Output {
        trail(&format!("run: {}", self.path.display()));
        let mut command = Command::new("timeout");
        command.args(["--kill-after=5", LIMIT]).arg(&self.path).args(&self.arguments);
        command.envs(self.environment).stdin(Stdio::piped());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("coreutils' timeout is everywhere");
        let mut stdin = child.stdin.take().expect("standard input is a pipe");
        let input = self.input;
        // A program that ends without reading closes the pipe: that is its right.
        let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
        let output = child.wait_with_output().expect("a child can be waited for");
        writer.join().expect("the writer does not panic");
        output
    }

    /// Starts it in the background and waits for the line of standard output that `ready` takes.
    /// What else it prints goes nowhere; standard error goes to its log, or is this process's own.
    ///
    /// # Panics
    /// Where it ends before that line, or its log cannot be written.
    pub fn start<T>(self, ready: impl Fn(&str) -> Option<T>) -> (Background, T) {
        trail(&format!("start: {}", self.path.display()));
        let mut command = Command::new(&self.path);
        command.args(&self.arguments).envs(self.environment);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        if let Some(log) = &self.log {
            command.stderr(std::fs::File::create(log).expect("a log can be written"));
        }
        let mut child = command.spawn().expect("a program that was found can be started");
        let mut lines =
            BufReader::new(child.stdout.take().expect("standard output is a pipe")).lines();
        let background = Background { child };
        let found = lines.by_ref().map_while(Result::ok).find_map(|line| ready(&line));
        let Some(found) = found else {
            let words = self.log.map(std::fs::read_to_string).and_then(Result::ok);
            panic!(
                "{} ended before it was ready\n{}",
                self.path.display(),
                words.unwrap_or_default()
            );
        };
        // Keep reading, so that the program never waits for a full pipe.
        std::thread::spawn(move || lines.for_each(drop));
        (background, found)
    }
}

impl Program {
    /// The program as a line for a shell, its own environment included.
    #[must_use]
    pub fn as_shell(&self) -> String {
        let quote = |text: &OsStr| format!("'{}'", text.to_string_lossy().replace('\'', "'\\''"));
        // Only what differs from the environment of whoever reads this.
        let own = |name: &OsStr, value: &OsStr| std::env::var_os(name).as_deref() != Some(value);
        let environment = self.environment.iter().filter(|(name, value)| own(name, value));
        let set =
            environment.map(|(name, value)| format!("{}={}", name.to_string_lossy(), quote(value)));
        let arguments = self.arguments.iter().map(|argument| quote(argument));
        let words = set.chain([quote(self.path.as_os_str())]).chain(arguments);
        words.collect::<Vec<_>>().join(" ")
    }
}

impl From<Program> for Command {
    fn from(program: Program) -> Self {
        let mut command = Self::new(program.path);
        command.args(program.arguments).envs(program.environment);
        command
    }
}

/// A program in the background; it ends when this goes.
#[derive(Debug)]
pub struct Background {
    child: Child,
}

impl Background {
    /// Its process.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        trail(&format!("end: {}", self.child.id()));
        // Ask first: a program that started others takes them along.
        let id = self.child.id().to_string();
        drop(Command::new("kill").args(["-TERM", &id]).status());
        drop(self.child.wait());
    }
}
