//! The line between guard and world: each notices the other's end, however it came about.

use std::io::{self, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use rustix::net::sockopt::socket_peercred;
use rustix::process::Pid;

/// Where the guard waits for its world.
fn socket(folder: &Path) -> PathBuf {
    folder.join("guard")
}

/// The guard's end, before the world has come.
pub(super) struct Open(UnixListener);

impl Open {
    pub(super) fn listen(folder: &Path) -> io::Result<Self> {
        UnixListener::bind(socket(folder)).map(Self)
    }

    /// Waits until the world has started its program; gives the world's process id as it is here.
    /// The guard keeps the line for as long as it lives.
    pub(super) fn wait(&self) -> io::Result<(UnixStream, Pid)> {
        let (mut line, _) = self.0.accept()?;
        line.read_exact(&mut [0])?;
        let world = socket_peercred(&line)?.pid;
        Ok((line, world))
    }
}

/// The world's end.
pub(super) struct Line(UnixStream);

impl Line {
    /// Calls the guard; fails where it has ended.
    pub(super) fn call(folder: &Path) -> io::Result<Self> {
        UnixStream::connect(socket(folder)).map(Self)
    }

    /// Tells the guard that the program has been started.
    pub(super) fn started(&self) -> io::Result<()> {
        (&self.0).write_all(&[1])
    }

    /// Another hold of the same line.
    pub(super) fn share(&self) -> io::Result<Self> {
        self.0.try_clone().map(Self)
    }

    /// Waits until the guard has ended.
    pub(super) fn wait_for_end(&mut self) {
        // whatever ends the line ends it; the guard never writes
        let _ended = self.0.read(&mut [0]);
    }
}
