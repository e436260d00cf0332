//! Moves reports between the lines and the hub, on one thread, until it is told to stop.

use std::io;
use std::os::fd::BorrowedFd;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use super::hub::{Host, Hub};
use super::line::{Life, Line};
use crate::device::Time;

/// The lines of a key and the key.
pub struct Pump {
    hub: Hub,
    /// Each with its number.
    lines: Vec<(u64, Box<dyn Line>)>,
    /// The number of the next line.
    next: u64,
}

/// What was seen while the pump waited.
enum Seen {
    /// It is to stop.
    Stop,
    /// Of each descriptor of each line.
    Lines(Vec<Vec<PollFlags>>),
}

impl Pump {
    /// A key on these lines.
    #[must_use]
    pub fn new(hub: Hub, lines: Vec<Box<dyn Line>>) -> Self {
        let mut pump = Self { hub, lines: Vec::new(), next: 0 };
        pump.open(lines);
        pump
    }

    /// The hub with its key; every line ends.
    #[must_use]
    pub fn into_hub(self) -> Hub {
        self.hub
    }

    /// Serves until `stop` can be read, or until the last line is over.
    ///
    /// Errors: what a line failed with.
    pub fn run(&mut self, stop: BorrowedFd<'_>, origin: Instant) -> io::Result<()> {
        while !self.lines.is_empty() {
            let left = self.hub.due().map(|due| due.saturating_sub(origin.elapsed()));
            match self.wait(stop, left)? {
                Seen::Stop => return Ok(()),
                Seen::Lines(seen) => self.turn(&seen, origin.elapsed())?,
            }
        }
        Ok(())
    }

    /// Takes what came, lets time reach `now`, and gives what goes.
    fn turn(&mut self, seen: &[Vec<PollFlags>], now: Time) -> io::Result<()> {
        let mut opened = Vec::new();
        for ((line, way), seen) in self.lines.iter_mut().zip(seen) {
            if seen.iter().any(|flags| !flags.is_empty()) {
                let arrivals = way.turn(seen, now)?;
                opened.extend(arrivals.lines);
                for (peer, report) in arrivals.reports {
                    self.hub.take(Host { line: *line, peer }, report, now);
                }
            }
        }
        for (host, report) in self.hub.advance(now) {
            if let Some((_, line)) = self.lines.iter_mut().find(|(line, _)| *line == host.line) {
                line.give(host.peer, &report);
            }
        }
        self.close();
        self.open(opened);
        Ok(())
    }

    fn open(&mut self, lines: Vec<Box<dyn Line>>) {
        for line in lines {
            self.lines.push((self.next, line));
            self.next += 1;
        }
    }

    /// Lets go of the lines that are over.
    fn close(&mut self) {
        let idle = self.hub.due().is_none();
        let hub = &mut self.hub;
        self.lines.retain(|(number, line)| {
            let stays = match line.life() {
                Life::Open => true,
                Life::Ending => !idle,
                Life::Over => false,
            };
            if !stays {
                hub.forget(*number);
            }
            stays
        });
    }

    /// Waits for a line, for the hub's next due time, or for the end.
    fn wait(&self, stop: BorrowedFd<'_>, left: Option<Duration>) -> io::Result<Seen> {
        let taking = self.hub.taking();
        let waits: Vec<Vec<PollFd<'_>>> =
            self.lines.iter().map(|(_, line)| line.waits(taking)).collect();
        let counts: Vec<usize> = waits.iter().map(Vec::len).collect();
        let mut fds = vec![PollFd::from_borrowed_fd(stop, PollFlags::IN)];
        fds.extend(waits.into_iter().flatten());
        match poll(&mut fds, left.map(timespec).as_ref()) {
            Ok(_) => {}
            Err(Errno::INTR) => fds.iter_mut().for_each(PollFd::clear_revents),
            Err(error) => return Err(error.into()),
        }
        let mut seen = fds.iter().map(PollFd::revents);
        if seen.next().is_some_and(|stop| !stop.is_empty()) {
            return Ok(Seen::Stop);
        }
        Ok(Seen::Lines(counts.into_iter().map(|n| seen.by_ref().take(n).collect()).collect()))
    }
}

fn timespec(duration: Duration) -> Timespec {
    Timespec {
        tv_sec: i64::try_from(duration.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: duration.subsec_nanos().into(),
    }
}
