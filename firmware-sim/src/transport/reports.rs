//! A host that sends and takes raw 64-byte reports, back to back, on a Unix or TCP socket.

use std::io;

use rustix::event::{PollFd, PollFlags};
use wire::ctaphid::Report;

use super::line::{Arrivals, Life, Line, Peer, Taking, take_reports};
use super::listener::Place;
use super::stream::Stream;
use crate::device::Time;

/// One connection.
#[derive(Debug)]
pub struct Reports {
    stream: Stream,
    _place: Place,
}

/// A line for the host of `stream`.
#[must_use]
pub fn serve(stream: Stream, place: Place) -> Box<dyn Line> {
    Box::new(Reports { stream, _place: place })
}

impl Line for Reports {
    fn waits(&self, taking: Taking) -> Vec<PollFd<'_>> {
        vec![self.stream.waits(taking)]
    }

    fn turn(&mut self, seen: &[PollFlags], _: Time) -> io::Result<Arrivals> {
        seen.iter().for_each(|flags| self.stream.turn(*flags));
        let reports = take_reports(&mut self.stream.input);
        Ok(Arrivals {
            reports: reports.into_iter().map(|report| (None, report)).collect(),
            lines: Vec::new(),
        })
    }

    fn give(&mut self, _: Peer, report: &Report) {
        self.stream.push(report);
    }

    fn life(&self) -> Life {
        self.stream.life()
    }
}
