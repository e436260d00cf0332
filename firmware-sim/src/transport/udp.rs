//! Raw 64-byte reports in datagrams, as the simulation of the Solo key has them: the key listens on
//! port 8111 and answers to whoever sent, which for Solo's own host is port 7112.

use std::collections::VecDeque;
use std::io;
use std::net::{SocketAddr, UdpSocket};

use rustix::event::{PollFd, PollFlags};
use wire::ctaphid::{REPORT, Report};

use super::line::{Arrivals, Life, Line, MOST_WAITING, Peer, Taking, is_later};
use crate::device::Time;

/// The port on which Solo's simulation listens.
pub const DEFAULT_PORT: u16 = 8111;

/// How many datagrams are taken at once.
const AT_ONCE: usize = 64;

/// A socket with any number of hosts.
#[derive(Debug)]
pub struct Udp {
    socket: UdpSocket,
    output: VecDeque<(SocketAddr, Report)>,
}

impl Udp {
    /// Listens on this address; port 0 is any free one, and the address in use is given back.
    ///
    /// Errors: the system's, such as an address in use.
    pub fn bind(address: SocketAddr) -> io::Result<(Self, SocketAddr)> {
        let socket = UdpSocket::bind(address)?;
        socket.set_nonblocking(true)?;
        let address = socket.local_addr()?;
        Ok((Self { socket, output: VecDeque::new() }, address))
    }

    /// The next datagram that is a report; one of another size is none.
    fn receive(&self) -> io::Result<Option<(Peer, Report)>> {
        let mut buffer = [0; REPORT + 1];
        let (read, from) = self.socket.recv_from(&mut buffer)?;
        let datagram = buffer.get(..read).unwrap_or_default();
        Ok(datagram.try_into().ok().map(|report| (Some(from), report)))
    }
}

impl Line for Udp {
    fn waits(&self, taking: Taking) -> Vec<PollFd<'_>> {
        let mut flags = PollFlags::empty();
        flags.set(
            PollFlags::IN,
            taking == Taking::Open && self.output.len() * REPORT <= MOST_WAITING,
        );
        flags.set(PollFlags::OUT, !self.output.is_empty());
        vec![PollFd::new(&self.socket, flags)]
    }

    fn turn(&mut self, seen: &[PollFlags], _: Time) -> io::Result<Arrivals> {
        let mut arrivals = Arrivals::default();
        while let Some((to, report)) = self.output.front() {
            match self.socket.send_to(report, to) {
                Err(error) if is_later(&error) => break,
                // a host that cannot be reached is gone
                Ok(_) | Err(_) => drop(self.output.pop_front()),
            }
        }
        if seen.iter().any(|flags| flags.intersects(PollFlags::IN | PollFlags::ERR)) {
            for _ in 0..AT_ONCE {
                match self.receive() {
                    Ok(report) => arrivals.reports.extend(report),
                    Err(error) if is_later(&error) => break,
                    // the network's word of a host that is gone
                    Err(_) => {}
                }
            }
        }
        Ok(arrivals)
    }

    fn give(&mut self, peer: Peer, report: &Report) {
        self.output.extend(peer.map(|peer| (peer, *report)));
    }

    fn life(&self) -> Life {
        Life::Open
    }
}
