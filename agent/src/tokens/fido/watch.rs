//! Keys that come, plugged in or put on a reader: events of the system, no polling.

use std::io::{ErrorKind, Read};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use super::error::Error;
use super::hid;
use super::link::{Flow, Seen, Watch};
use super::nfc::{Taps, of_card, on_readers};
use super::select::Entrant;
use crate::cancel::{Cancel, Waited};
use crate::clock::Deadline;
use crate::tokens::card::watch::{Canceller, Outcome, Watch as Readers};

/// Where keys are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Places {
    /// Plugged in.
    Usb,
    /// On readers.
    Readers,
    /// Plugged in, and on readers where there are any.
    Both,
}

/// Where keys come, and those that are there.
pub struct Arrivals {
    usb: Option<udev::MonitorSocket>,
    readers: Option<Readers>,
    places: Places,
}

/// How long a key that is there but cannot be opened is given: its node and the right to use it
/// may come a moment after it, and another part of the same key a moment before.
const SETTLING: Duration = Duration::from_millis(700);
/// How soon a wait for readers that had not begun is ended again.
const AGAIN: Duration = Duration::from_millis(10);

impl Arrivals {
    /// Listens from now on, so that a key that comes while others are looked at is not missed.
    ///
    /// Errors: the system's; no service for readers, where only they are asked for.
    pub fn listen(places: Places) -> Result<Self, Error> {
        let usb = match places {
            Places::Usb | Places::Both => Some(usb_events()?),
            Places::Readers => None,
        };
        let readers = match places {
            Places::Usb => None,
            Places::Readers => Some(Readers::start().map_err(of_card)?),
            // Who has no readers needs no service for them.
            Places::Both => Readers::start().ok(),
        };
        Ok(Self { usb, readers, places })
    }

    /// Waits until at least one key is there that can be opened, and gives all of them.
    ///
    /// `missing` is told once where there is none yet. Errors: the system's and those of opening;
    /// [`Error::Cancelled`]; [`Error::NoKey`] after `until`.
    pub fn keys(
        &mut self,
        until: Deadline,
        cancel: &Cancel,
        missing: impl FnOnce(),
    ) -> Result<Vec<Seen>, Error> {
        let mut missing = Some(missing);
        let mut settled = None;
        loop {
            let (opened, failed) = self.look(&mut Waiting { until, cancel })?;
            if !opened.is_empty() {
                return Ok(opened);
            }
            let limit = match failed {
                Some(error) => {
                    let settled = *settled.get_or_insert_with(|| Deadline::after(SETTLING));
                    if settled.is_over() {
                        return Err(error);
                    }
                    settled.min(until)
                }
                None => {
                    settled = None;
                    if let Some(missing) = missing.take() {
                        missing();
                    }
                    until
                }
            };
            if until.is_over() {
                return Err(Error::NoKey);
            }
            if self.wait(limit, cancel)? == Waited::Cancelled {
                return Err(Error::Cancelled);
            }
        }
    }

    /// Keys that are put on a reader from the last look on, where there are readers.
    #[must_use]
    pub fn taps(self) -> Option<Box<dyn Entrant>> {
        self.readers.map(|readers| Box::new(Taps(readers)) as Box<dyn Entrant>)
    }

    /// The keys that open now, and why the last one that does not, does not.
    fn look(&self, watch: &mut dyn Watch) -> Result<(Vec<Seen>, Option<Error>), Error> {
        let mut opened = Vec::new();
        let mut failed = None;
        let plugged_in = if self.usb.is_some() { hid::list()? } else { Vec::new() };
        for key in plugged_in {
            match hid::open(&key.path, watch) {
                Ok(link) => opened.push(Seen { name: key.product, link: Box::new(link) }),
                Err(error) => failed = Some(error),
            }
        }
        opened.extend(self.readers.iter().flat_map(on_readers));
        Ok((opened, failed))
    }

    /// Waits for something to come or go.
    fn wait(&mut self, limit: Deadline, cancel: &Cancel) -> Result<Waited, Error> {
        let waited = match &self.readers {
            Some(_) => self.wait_with_readers(limit, cancel)?,
            None => match &self.usb {
                Some(usb) => cancel.wait_for(usb.as_fd(), limit.left()),
                None => cancel.wait(limit.left()),
            },
        };
        if let Some(usb) = &self.usb {
            // All that has come by now; one event may arrive twice.
            usb.iter().for_each(drop);
        }
        Ok(waited)
    }

    /// The service for readers has a wait of its own, which another thread ends.
    fn wait_with_readers(&mut self, limit: Deadline, cancel: &Cancel) -> Result<Waited, Error> {
        let Some(readers) = &mut self.readers else { return Ok(Waited::Ready) };
        let system = |source| Error::System { what: "watch the readers", source: Box::new(source) };
        let (over, end) = UnixStream::pair().map_err(system)?;
        over.set_read_timeout(Some(AGAIN)).map_err(system)?;
        let canceller = readers.canceller();
        let usb = self.usb.as_ref().map(AsFd::as_fd);
        let (outcome, woken) = std::thread::scope(|scope| {
            let waker = scope.spawn(move || {
                let woken = match usb {
                    Some(usb) => cancel.wait_for_either(over.as_fd(), usb, limit.left()),
                    None => cancel.wait_for(over.as_fd(), limit.left()),
                };
                wake(&over, &canceller);
                woken
            });
            let outcome = readers.wait(Some(limit.left()));
            drop(end);
            (outcome, waker.join())
        });
        match (woken, outcome) {
            (Ok(Waited::Cancelled), _) => Ok(Waited::Cancelled),
            (_, Ok(Outcome::Changed(_) | Outcome::Cancelled)) => Ok(Waited::Ready),
            (_, Ok(Outcome::Timeout)) => Ok(Waited::Out),
            // The service stopped; keys can still be plugged in.
            (_, Err(_)) if self.places == Places::Both => {
                self.readers = None;
                Ok(Waited::Ready)
            }
            (_, Err(error)) => Err(of_card(error)),
        }
    }
}

/// Ends a wait, which may not have begun, until it is over: then `over` was closed.
fn wake(mut over: &UnixStream, canceller: &Canceller) {
    // A service that went away has ended the wait as well.
    while canceller.cancel().is_ok() {
        match over.read(&mut [0]) {
            Err(error)
                if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {}
            Ok(_) | Err(_) => return,
        }
    }
}

fn usb_events() -> Result<udev::MonitorSocket, Error> {
    let system = |source| Error::System { what: "watch for USB keys", source: Box::new(source) };
    udev::MonitorBuilder::new()
        .and_then(|builder| builder.match_subsystem("hidraw"))
        .and_then(udev::MonitorBuilder::listen)
        .map_err(system)
}

/// The wait for a key, while one is opened.
struct Waiting<'a> {
    until: Deadline,
    cancel: &'a Cancel,
}

impl Watch for Waiting<'_> {
    fn flow(&mut self) -> Flow {
        self.pause(Duration::ZERO)
    }

    fn pause(&mut self, time: Duration) -> Flow {
        match (self.cancel.wait(time), self.until.is_over()) {
            (Waited::Cancelled, _) => Flow::Cancelled,
            (Waited::Out | Waited::Ready, false) => Flow::On,
            (Waited::Out | Waited::Ready, true) => Flow::TimedOut,
        }
    }

    fn touch(&mut self) {}
}
