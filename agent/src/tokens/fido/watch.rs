//! Keys that come: events of the system's device manager, no polling.

use std::os::fd::AsFd;
use std::time::Duration;

use super::error::Error;
use super::hid::{self, Found};
use super::link::{Flow, Watch};
use crate::cancel::{Cancel, Waited};
use crate::clock::Deadline;

/// How long a key that is there but cannot be opened is given: its node and the right to use it
/// may come a moment after it, and another part of the same key a moment before.
const SETTLING: Duration = Duration::from_millis(700);

/// Waits until at least one key is plugged in that `open` can open, and gives all of them.
///
/// `missing` is told once where there is none yet. Errors: the system's and those of `open`;
/// [`Error::Cancelled`]; [`Error::NoKey`] after `until`.
pub fn keys<T>(
    until: Deadline,
    cancel: &Cancel,
    missing: impl FnOnce(),
    open: impl Fn(&Found, &mut dyn Watch) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    let system = |source| Error::System { what: "watch for USB keys", source: Box::new(source) };
    // Listening starts before looking, so that a key that comes in between is not missed.
    let events = udev::MonitorBuilder::new()
        .and_then(|builder| builder.match_subsystem("hidraw"))
        .and_then(udev::MonitorBuilder::listen)
        .map_err(system)?;
    let mut missing = Some(missing);
    let mut settled = None;
    loop {
        let (opened, failed) = look(&open, &mut Waiting { until, cancel })?;
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
        if cancel.wait_for(events.as_fd(), limit.left()) == Waited::Cancelled {
            return Err(Error::Cancelled);
        }
        // All that has come by now; one event may arrive twice.
        events.iter().for_each(drop);
    }
}

/// The keys that open now, and why the last one that does not, does not.
fn look<T>(
    open: impl Fn(&Found, &mut dyn Watch) -> Result<T, Error>,
    watch: &mut dyn Watch,
) -> Result<(Vec<T>, Option<Error>), Error> {
    let mut opened = Vec::new();
    let mut failed = None;
    for key in hid::list()? {
        match open(&key, watch) {
            Ok(key) => opened.push(key),
            Err(error) => failed = Some(error),
        }
    }
    Ok((opened, failed))
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
