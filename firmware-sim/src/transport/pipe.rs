//! A host at the other ends of two pipes, such as standard input and output: raw 64-byte reports.
//!
//! The descriptors may be shared with other programs, so they are left as they are (blocking) and
//! used only when the system says that there is something to read or room for a whole report.

use std::collections::VecDeque;
use std::io;
use std::os::fd::OwnedFd;

use rustix::event::{PollFd, PollFlags};
use rustix::io::Errno;
use wire::ctaphid::{REPORT, Report};

use super::line::{Arrivals, Life, Line, MOST_WAITING, Peer, Taking, take_reports};
use crate::device::Time;

/// A pair of descriptors.
#[derive(Debug)]
pub struct Pipe {
    /// `None` after its end.
    from_host: Option<OwnedFd>,
    to_host: OwnedFd,
    input: Vec<u8>,
    output: VecDeque<u8>,
    life: Life,
}

impl Pipe {
    /// Takes reports from one descriptor and gives them to the other.
    #[must_use]
    pub fn new(from_host: OwnedFd, to_host: OwnedFd) -> Self {
        Self {
            from_host: Some(from_host),
            to_host,
            input: Vec::new(),
            output: VecDeque::new(),
            life: Life::Open,
        }
    }

    fn read(&mut self) -> io::Result<()> {
        let mut buffer = [0; 64 * REPORT];
        let Some(from_host) = &self.from_host else { return Ok(()) };
        match rustix::io::read(from_host, buffer.as_mut_slice()) {
            Ok(0) => self.from_host = None,
            Ok(read) => self.input.extend(buffer.iter().take(read)),
            Err(Errno::AGAIN | Errno::INTR) => {}
            // what a terminal gives when its other end is gone
            Err(Errno::IO | Errno::CONNRESET) => self.from_host = None,
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    /// Writes one report at most: that much room is sure.
    fn write(&mut self) -> io::Result<()> {
        let (next, _) = self.output.as_slices();
        let next = next.get(..REPORT).unwrap_or(next);
        match rustix::io::write(&self.to_host, next) {
            Ok(written) => drop(self.output.drain(..written)),
            Err(Errno::AGAIN | Errno::INTR) => {}
            Err(Errno::PIPE | Errno::IO | Errno::CONNRESET) => self.life = Life::Over,
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }
}

impl Line for Pipe {
    fn waits(&self, taking: Taking) -> Vec<PollFd<'_>> {
        let listens = taking == Taking::Open && self.output.len() <= MOST_WAITING;
        let out = if self.output.is_empty() { PollFlags::empty() } else { PollFlags::OUT };
        let mut waits = vec![PollFd::new(&self.to_host, out)];
        // a writer that hung up is seen whatever is asked for
        let from_host = self.from_host.as_ref().filter(|_| listens);
        waits.extend(from_host.map(|from_host| PollFd::new(from_host, PollFlags::IN)));
        waits
    }

    fn turn(&mut self, seen: &[PollFlags], _: Time) -> io::Result<Arrivals> {
        let [to_host, from_host @ ..] = seen else { return Ok(Arrivals::default()) };
        if from_host.iter().any(|flags| !flags.is_empty()) {
            self.read()?;
        }
        if to_host.contains(PollFlags::OUT) {
            self.write()?;
        } else if to_host.intersects(PollFlags::ERR | PollFlags::HUP | PollFlags::NVAL) {
            self.life = Life::Over;
        }
        let reports = take_reports(&mut self.input);
        Ok(Arrivals {
            reports: reports.into_iter().map(|report| (None, report)).collect(),
            lines: Vec::new(),
        })
    }

    fn give(&mut self, _: Peer, report: &Report) {
        self.output.extend(report);
    }

    fn life(&self) -> Life {
        let ends = self.from_host.is_none() && self.output.is_empty();
        if self.life == Life::Open && ends { Life::Ending } else { self.life }
    }
}
