//! A line for a key that is also a card in a virtual reader ([`vpcd`]): it carries no
//! reports, and lives as long as the reader holds on.

use std::io::{self, Read};
use std::net::{SocketAddr, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::sync::Mutex;
use std::thread;
use std::time::Instant;

use rustix::event::{PollFd, PollFlags};
use wire::ctaphid::Report;

use super::line::{Arrivals, Life, Line, Peer, Taking};
use super::vpcd::{self, End, Pull};
use crate::device::{Card, Time};

/// A card in a reader, served on a thread of its own.
#[derive(Debug)]
pub struct Reader {
    /// Hangs up when the thread ends.
    ended: OwnedFd,
    life: Life,
}

impl Reader {
    /// Puts `card` into the reader that listens at `address`; `ended` is told why it left, when it
    /// does.
    ///
    /// Errors: nobody listens there.
    pub fn insert(
        card: Box<dyn Card>,
        address: SocketAddr,
        origin: Instant,
        ended: impl FnOnce(Result<End, vpcd::Error>) + Send + 'static,
    ) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        let (here, there) = UnixStream::pair()?;
        thread::spawn(move || {
            ended(serve(stream, &Mutex::new(card), address, origin));
            drop(there);
        });
        Ok(Self { ended: here.into(), life: Life::Open })
    }
}

/// Serves, once more whenever the reader missed that an earlier card went.
fn serve(
    mut stream: TcpStream,
    card: &Mutex<Box<dyn Card>>,
    address: SocketAddr,
    origin: Instant,
) -> Result<End, vpcd::Error> {
    loop {
        match vpcd::serve(&stream, card, &Pull::default(), origin)? {
            End::Unpowered => {
                // the reader hangs up in its turn
                while matches!(stream.read(&mut [0; 64]), Ok(1..)) {}
                stream = TcpStream::connect(address)?;
            }
            end @ (End::HungUp | End::Pulled) => return Ok(end),
        }
    }
}

impl Line for Reader {
    fn waits(&self, _: Taking) -> Vec<PollFd<'_>> {
        vec![PollFd::new(&self.ended, PollFlags::IN)]
    }

    fn turn(&mut self, _: &[PollFlags], _: Time) -> io::Result<Arrivals> {
        self.life = Life::Over;
        Ok(Arrivals::default())
    }

    fn give(&mut self, _: Peer, _: &Report) {}

    fn life(&self) -> Life {
        self.life
    }
}
