//! A connected socket, Unix or TCP, with what was read and what is to be written.

use std::collections::VecDeque;
use std::io;
use std::os::fd::OwnedFd;

use rustix::event::{PollFd, PollFlags};
use rustix::io::Errno;
use rustix::net::{RecvFlags, SendFlags, recv, send};

use super::line::{Life, MOST_WAITING, Taking};

/// The socket of one host.
#[derive(Debug)]
pub struct Stream {
    socket: OwnedFd,
    /// What came and was not taken yet.
    pub(super) input: Vec<u8>,
    output: VecDeque<u8>,
    host: Host,
}

/// What is known of the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Host {
    Here,
    /// It sends nothing more, and may still read.
    Done,
    Gone,
}

impl Stream {
    pub(super) fn new(socket: OwnedFd) -> Self {
        Self { socket, input: Vec::new(), output: VecDeque::new(), host: Host::Here }
    }

    /// What to wait for. A host that does not read its answers is not listened to.
    pub(super) fn waits(&self, taking: Taking) -> PollFd<'_> {
        let listens =
            taking == Taking::Open && self.host == Host::Here && self.output.len() <= MOST_WAITING;
        let mut flags = PollFlags::empty();
        flags.set(PollFlags::IN, listens);
        flags.set(PollFlags::OUT, !self.output.is_empty());
        PollFd::new(&self.socket, flags)
    }

    /// Reads and writes what it can.
    pub(super) fn turn(&mut self, seen: PollFlags) {
        if seen.intersects(PollFlags::IN | PollFlags::HUP | PollFlags::ERR) {
            self.read(seen);
        }
        if !self.output.is_empty() {
            self.write();
        }
    }

    fn read(&mut self, seen: PollFlags) {
        let mut buffer = [0; 4096];
        match recv(&self.socket, buffer.as_mut_slice(), RecvFlags::DONTWAIT) {
            // after a hang-up of both directions nobody reads either
            Ok((0, _)) if seen.intersects(PollFlags::HUP | PollFlags::ERR) => {
                self.host = Host::Gone;
            }
            Ok((0, _)) => self.host = Host::Done,
            Ok((read, _)) => self.input.extend(buffer.iter().take(read)),
            Err(Errno::AGAIN | Errno::INTR) => {}
            Err(_) => self.host = Host::Gone,
        }
    }

    fn write(&mut self) {
        while self.host != Host::Gone && !self.output.is_empty() {
            let (next, _) = self.output.as_slices();
            match send(&self.socket, next, SendFlags::DONTWAIT | SendFlags::NOSIGNAL) {
                Ok(written) => drop(self.output.drain(..written)),
                Err(Errno::AGAIN | Errno::INTR) => return,
                Err(_) => self.host = Host::Gone,
            }
        }
    }

    /// Queues bytes for the host.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.output.extend(bytes);
    }

    /// Hangs up: what the host sent makes no sense.
    pub(super) fn hang_up(&mut self) {
        self.host = Host::Gone;
    }

    pub(super) fn life(&self) -> Life {
        match self.host {
            Host::Gone => Life::Over,
            Host::Done if self.output.is_empty() => Life::Ending,
            Host::Done | Host::Here => Life::Open,
        }
    }
}

/// The system's error, unless the same call may succeed later.
pub(super) fn unless_later(error: Errno) -> io::Result<()> {
    match error {
        Errno::AGAIN | Errno::INTR | Errno::CONNABORTED => Ok(()),
        other => Err(other.into()),
    }
}
