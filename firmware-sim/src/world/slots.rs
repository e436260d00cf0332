//! A reader's slot and the card that goes in and out of it.

use std::ffi::CString;
use std::io::{self, Read};
use std::net::{Ipv4Addr, Shutdown, SocketAddrV4, TcpStream};
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::net::sockopt::socket_error;
use rustix::net::{connect, connect_unspec};

use super::Error;
use super::watch::{Presence, Watch};
use crate::device::Card;
use crate::transport::vpcd::{self, End, Pull};

/// A slot of a virtual reader with its card, inside or outside.
pub(super) struct Slot {
    card: Arc<Mutex<Box<dyn Card>>>,
    /// Made in the readers' namespace; used again for every insertion.
    socket: TcpStream,
    address: SocketAddrV4,
    reader: CString,
    watch: Arc<Watch>,
    pull: Arc<Pull>,
    origin: Instant,
    session: Option<Session>,
}

/// A card in its slot, served on a thread.
struct Session {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Result<(), vpcd::Error>>,
}

impl Slot {
    pub(super) fn new(
        card: Box<dyn Card>,
        socket: OwnedFd,
        port: u16,
        reader: CString,
        watch: Arc<Watch>,
    ) -> Self {
        Self {
            card: Arc::new(Mutex::new(card)),
            socket: TcpStream::from(socket),
            address: SocketAddrV4::new(Ipv4Addr::LOCALHOST, port),
            reader,
            watch,
            pull: Arc::default(),
            origin: Instant::now(),
            session: None,
        }
    }

    /// The reader's name as programs see it.
    pub(super) fn reader(&self) -> String {
        self.reader.to_string_lossy().into_owned()
    }

    /// Whether programs see the card.
    pub(super) fn is_present(&self) -> Result<bool, Error> {
        Ok(self.watch.presence(&self.reader)? == Presence::Present)
    }

    /// How many C-APDUs the card has left before it leaves; 0 when it stays.
    pub(super) fn left(&self) -> u32 {
        self.pull.left()
    }

    /// Puts the card in and returns when every program can see it.
    pub(super) fn insert(&mut self) -> Result<(), Error> {
        if !(self.is_served() && self.is_present()?) {
            self.remove()?;
            self.pull.arm(0);
            connect(&self.socket, &self.address).map_err(Error::at("connecting to a reader"))?;
            self.session = Some(self.serve().map_err(Error::at("serving a card"))?);
        }
        self.watch.wait(&self.reader, Presence::Present)
    }

    /// Lets the card leave at the `nth` C-APDU from now and returns at once; gives `false` when
    /// there is no card to leave.
    pub(super) fn remove_at(&self, nth: u32) -> bool {
        if self.is_served() {
            self.pull.arm(nth);
        }
        self.is_served()
    }

    /// Takes the card out and returns when every program can see that.
    pub(super) fn remove(&mut self) -> Result<(), Error> {
        let Some(session) = self.session.take() else { return Ok(()) };
        session.stop.store(true, Ordering::SeqCst);
        // not connected any more when the card left by itself
        let _ended = self.socket.shutdown(Shutdown::Both);
        match session.thread.join() {
            Ok(served) => served.map_err(io::Error::other).map_err(Error::at("serving a card"))?,
            Err(panic) => std::panic::resume_unwind(panic),
        }
        self.watch.wait(&self.reader, Presence::Empty)?;
        disconnect(&self.socket).map_err(Error::at("disconnecting from a reader"))
    }

    /// Serves the connected socket on a thread, once more whenever the reader missed that an
    /// earlier card went.
    fn serve(&self) -> io::Result<Session> {
        let (stream, address) = (self.socket.try_clone()?, self.address);
        let (card, pull, origin) = (Arc::clone(&self.card), Arc::clone(&self.pull), self.origin);
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = thread::spawn(move || {
            while vpcd::serve(&stream, &card, &pull, origin)? == End::Unpowered {
                // the reader hangs up in its turn, or `remove` has shut the socket down
                while matches!((&stream).read(&mut [0; 64]), Ok(1..)) {}
                if stopped.load(Ordering::SeqCst) {
                    break;
                }
                disconnect(&stream)?;
                connect(&stream, &address).map_err(io::Error::from)?;
                if stopped.load(Ordering::SeqCst) {
                    stream.shutdown(Shutdown::Both)?;
                }
            }
            Ok(())
        });
        Ok(Session { stop, thread })
    }

    /// Whether a session with the reader is going on.
    ///
    /// A program may know that the card left before the thread that served it comes to its end:
    /// what counts is whether the reader still holds on to the connection.
    fn is_served(&self) -> bool {
        let ends = |session: &Session| session.thread.is_finished() || is_hung_up(&self.socket);
        self.session.as_ref().is_some_and(|session| !ends(session))
    }
}

/// Whether the other end of a socket has closed it.
fn is_hung_up(socket: &TcpStream) -> bool {
    let mut ends = [PollFd::new(socket, PollFlags::RDHUP)];
    let seen = poll(&mut ends, Some(&Timespec::default()));
    let [end] = &ends;
    seen.is_ok() && end.revents().intersects(PollFlags::RDHUP | PollFlags::HUP | PollFlags::ERR)
}

/// Makes a socket ready for the next connection.
fn disconnect(socket: &TcpStream) -> io::Result<()> {
    match connect_unspec(socket) {
        Ok(()) | Err(Errno::NOTCONN) => {}
        Err(error) => return Err(error.into()),
    }
    // a driver that had not hung up yet is reset, which would be the next session's first error
    let _cleared = socket_error(socket);
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn a_reader_that_let_go_is_seen_before_anything_is_read() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let card = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (mut reader, _) = listener.accept().unwrap();
        assert!(!is_hung_up(&card));
        io::Write::write_all(&mut reader, &[0, 1, 4]).unwrap();
        assert!(!is_hung_up(&card), "it waits for an answer");
        drop(reader);
        assert!(is_hung_up(&card));
    }
}
