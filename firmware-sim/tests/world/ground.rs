//! A temporary folder for worlds, worlds in it, and their processes as the machine sees them.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, geteuid, pidfd_open, pidfd_send_signal};
use tempfile::TempDir;

#[derive(Clone, Copy)]
pub(crate) enum User {
    Same,
    /// Without any privilege, where this test has some to give up.
    Nobody,
}

/// A temporary folder for worlds, and the program.
pub(crate) struct Ground {
    folder: TempDir,
    user: User,
    pub(crate) sim: PathBuf,
}

impl Ground {
    pub(crate) fn new(user: User) -> Self {
        let folder = tempfile::Builder::new().prefix("w").tempdir_in("/tmp").expect("a folder");
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o1777)).expect("our own folder");
        let built = Path::new(env!("CARGO_BIN_EXE_firmware-sim"));
        let sim = match user {
            User::Same => built.to_path_buf(),
            User::Nobody => folder.path().join("firmware-sim"),
        };
        if sim != built {
            // by another process: a file that this one had open for writing could not be run
            assert!(Command::new("cp").args([built, &sim]).status().expect("cp").success());
        }
        Self { folder, user, sim }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// `firmware-sim exec ARGUMENTS -- PROGRAM`, where `$SIM` is firmware-sim.
    pub(crate) fn exec(&self, arguments: &str, program: &[&str]) -> Command {
        let mut command = match self.user {
            User::Nobody if geteuid().is_root() => {
                let mut command = Command::new("setpriv");
                command
                    .args(["--reuid=65534", "--regid=65534", "--clear-groups", "--"])
                    .arg(&self.sim);
                command
            }
            User::Nobody | User::Same => Command::new(&self.sim),
        };
        command.env("TMPDIR", self.path()).env("SIM", &self.sim).current_dir("/");
        command.arg("exec").args(arguments.split_whitespace()).arg("--").args(program);
        command
    }

    /// Runs a script and gives its exit code, output and errors.
    pub(crate) fn run(&self, arguments: &str, script: &str) -> (i32, String, String) {
        text(&self.exec(arguments, &["sh", "-c", script]).output().expect("firmware-sim runs"))
    }

    /// What is left anywhere of what ran here: files, mounts, and processes by their environment.
    /// The empty folder for the worlds of a user stays.
    pub(crate) fn remains(&self) -> Vec<String> {
        let name = self.path().to_str().expect("a path of letters");
        let mounts = fs::read_to_string("/proc/mounts").expect("the mounts");
        let mounts = mounts.lines().filter(|line| line.contains(name)).map(str::to_owned);
        let processes = fs::read_dir("/proc").expect("the processes").flatten().filter(|process| {
            let environment = fs::read(process.path().join("environ")).unwrap_or_default();
            environment.windows(name.len()).any(|part| part == name.as_bytes())
        });
        let processes = processes.map(|process| process.path().display().to_string());
        let files = fs::read_dir(self.path()).expect("our own folder").flatten();
        let files = files.map(|entry| entry.path().display().to_string());
        let files = files.filter(|file| !file.contains("/firmware-sim-"));
        let worlds = self.worlds().into_iter().map(|world| world.display().to_string());
        mounts.chain(processes).chain(files).chain(worlds).collect()
    }

    /// The folders of worlds that are left.
    pub(crate) fn worlds(&self) -> Vec<PathBuf> {
        let entries =
            fs::read_dir(self.path()).expect("our own folder").flatten().map(|entry| entry.path());
        entries
            .filter(|base| {
                base.file_name().is_some_and(|name| name.as_bytes().starts_with(b"firmware-sim-"))
            })
            .flat_map(|base| {
                fs::read_dir(base).expect("a folder for worlds").flatten().map(|entry| entry.path())
            })
            .collect()
    }
}

pub(crate) fn text(output: &Output) -> (i32, String, String) {
    let utf8 = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
    (output.status.code().expect("an exit code"), utf8(&output.stdout), utf8(&output.stderr))
}

/// A process, held so that none is taken for another.
pub(crate) struct Process {
    pub(crate) id: u32,
    parent: u32,
    fd: OwnedFd,
}

impl Process {
    fn hold(id: u32, parent: u32) -> Option<Self> {
        let pid = i32::try_from(id).ok().and_then(Pid::from_raw)?;
        Some(Self { id, parent, fd: pidfd_open(pid, PidfdFlags::empty()).ok()? })
    }

    pub(crate) fn send(&self, signal: Signal) {
        pidfd_send_signal(&self.fd, signal).expect("it lives");
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.ends_within(0)
    }

    pub(crate) fn wait_for_end(&self) {
        assert!(self.ends_within(10), "process {} lives on: {}", self.id, command_line(self.id));
    }

    fn ends_within(&self, seconds: i64) -> bool {
        let limit = Timespec { tv_sec: seconds, tv_nsec: 0 };
        poll(&mut [PollFd::new(&self.fd, PollFlags::IN)], Some(&limit)).expect("poll") == 1
    }
}

/// A world whose program waits, as does a process in a session of its own that nobody waits for.
pub(crate) struct Running {
    pub(crate) exec: Child,
    output: BufReader<ChildStdout>,
    /// Holds the machine's processes that belong to the world, parents before children; the first
    /// is `exec` itself.
    pub(crate) tree: Vec<Process>,
}

impl Running {
    pub(crate) fn start(ground: &Ground, options: &str, prelude: &str) -> Self {
        // A trap interrupts `wait`; it would wait for a `sleep` in the foreground.
        let script = format!("{prelude} setsid sleep 987 & sleep 987 & echo up; wait");
        let mut exec = ground
            .exec(options, &["sh", "-c", &script])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("firmware-sim runs");
        let mut output = BufReader::new(exec.stdout.take().expect("a pipe"));
        let mut line = String::new();
        output.read_line(&mut line).expect("a line");
        assert_eq!(line, "up\n");
        let mut tree = Vec::new();
        grow(&mut tree, exec.id(), 0);
        Self { exec, output, tree }
    }

    /// Whether the process has started others.
    pub(crate) fn is_parent(&self, process: &Process) -> bool {
        self.tree.iter().any(|other| other.parent == process.id)
    }

    /// The child of the world whose command line holds this word.
    pub(crate) fn find(&self, word: &str) -> &Process {
        let is_world =
            |process: &&Process| command_line(process.id).contains("firmware-sim world ");
        let world = self.tree.iter().find(is_world).expect("the world").id;
        let mut children = self.tree.iter().filter(|process| process.parent == world);
        children.find(|child| command_line(child.id).contains(word)).expect("a child of the world")
    }

    /// Ends the world as its user would, and gives its exit code.
    pub(crate) fn end(mut self) -> Option<i32> {
        send("-TERM", self.exec.id());
        self.exec.wait().expect("a child").code()
    }

    /// Waits until no process of the program holds its output any more.
    pub(crate) fn wait_for_silence(&mut self) {
        self.output.read_to_end(&mut Vec::new()).expect("the end");
    }

    /// Waits until every process of the world has ended.
    pub(crate) fn wait_for_all(&mut self) {
        self.exec.wait().expect("a child");
        self.tree.iter().for_each(Process::wait_for_end);
    }

    /// The command lines of those that live on.
    pub(crate) fn left(&self) -> Vec<String> {
        let left = self.tree.iter().filter(|process| !process.has_ended());
        left.map(|process| command_line(process.id)).collect()
    }
}

impl Drop for Running {
    /// A test that fails leaves no world behind.
    fn drop(&mut self) {
        if !self.tree.iter().all(Process::has_ended) {
            drop(self.exec.kill());
            drop(self.exec.wait());
        }
    }
}

fn grow(tree: &mut Vec<Process>, id: u32, parent: u32) {
    let Some(process) = Process::hold(id, parent) else { return };
    tree.push(process);
    let threads = fs::read_dir(format!("/proc/{id}/task")).into_iter().flatten().flatten();
    for thread in threads {
        let children = fs::read_to_string(thread.path().join("children")).unwrap_or_default();
        for child in children.split_whitespace() {
            grow(tree, child.parse().expect("a number"), id);
        }
    }
}

fn command_line(process: u32) -> String {
    let line = fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default();
    String::from_utf8_lossy(&line).replace('\0', " ")
}

pub(crate) fn send(signal: &str, process: u32) {
    let kill = Command::new("kill").args([signal, &process.to_string()]).status();
    assert!(kill.expect("kill").success(), "process {process} is gone");
}

pub(crate) const NOTHING: Vec<PathBuf> = Vec::new();
pub(crate) const NOBODY: Vec<String> = Vec::new();
