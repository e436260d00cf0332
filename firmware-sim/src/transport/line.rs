//! A line: one way by which hosts reach a key. The pump waits for what its lines wait for, takes
//! the reports that came and gives the answers back to the host that asked.

use std::io;
use std::net::SocketAddr;

use rustix::event::{PollFd, PollFlags};
use wire::ctaphid::{REPORT, Report};

use crate::device::Time;

/// No more is taken from a host that lets this many bytes of answers wait: the longest message.
pub(super) const MOST_WAITING: usize = 129 * REPORT;

/// A host on a line: the sender of a datagram, or the only one that a line has.
pub type Peer = Option<SocketAddr>;

/// Whether the key has room for more reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taking {
    /// Reports may come.
    Open,
    /// Nothing is to be read now, unless the host has hung up.
    Full,
}

/// How much longer a line lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Life {
    /// It serves.
    Open,
    /// Its host says nothing more and has every answer so far: it ends when none can follow.
    Ending,
    /// Its host is gone.
    Over,
}

/// What came on a line.
#[derive(Default)]
pub struct Arrivals {
    /// Reports, each with who sent it.
    pub reports: Vec<(Peer, Report)>,
    /// New lines, for hosts that connected.
    pub lines: Vec<Box<dyn Line>>,
}

/// One way by which hosts reach the key. Nothing here waits.
pub trait Line: Send {
    /// The descriptors to wait for, and for what.
    fn waits(&self, taking: Taking) -> Vec<PollFd<'_>>;

    /// Reads and writes what it can; `seen` is what was seen of each descriptor of
    /// [`Line::waits`], in that order, and something was seen of one of them at least.
    ///
    /// Errors: the line itself failed. A host that is gone is none: [`Line::life`] tells of it.
    fn turn(&mut self, seen: &[PollFlags], now: Time) -> io::Result<Arrivals>;

    /// Takes a report for a host, to be written as soon as there is room.
    fn give(&mut self, peer: Peer, report: &Report);

    /// How much longer it lives.
    fn life(&self) -> Life;
}

/// True for an error after which the same call may succeed later.
pub(super) fn is_later(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
}

/// Takes the whole reports from the front of `bytes` and leaves the rest.
pub(super) fn take_reports(bytes: &mut Vec<u8>) -> Vec<Report> {
    let whole = bytes.len() / REPORT * REPORT;
    let taken: Vec<u8> = bytes.drain(..whole).collect();
    taken.chunks_exact(REPORT).filter_map(|report| report.try_into().ok()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn reports_do_not_depend_on_how_a_stream_is_cut(
            stream in proptest::collection::vec(any::<u8>(), 0..400),
            cuts in proptest::collection::vec(0_usize..100, 0..20),
        ) {
            let (mut waiting, mut got, mut rest) = (Vec::new(), Vec::new(), &stream[..]);
            for cut in cuts.into_iter().chain([400]) {
                let (next, later) = rest.split_at(cut.min(rest.len()));
                waiting.extend_from_slice(next);
                got.extend(take_reports(&mut waiting));
                rest = later;
            }
            prop_assert!(waiting.len() < REPORT);
            prop_assert_eq!([got.concat(), waiting].concat(), stream);
        }
    }
}
