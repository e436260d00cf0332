//! Keys that come: events of the system's device manager, no polling.

use std::os::fd::AsFd;
use std::time::Instant;

use super::error::Error;
use super::hid::{self, Found};
use crate::cancel::{Cancel, Waited};

/// Waits until at least one key is plugged in and gives all that are.
///
/// `missing` is told once where there is none yet. Errors: the system's; [`Error::Cancelled`];
/// [`Error::TimedOut`] after `until`.
pub fn keys(
    until: Instant,
    cancel: &Cancel,
    mut missing: impl FnMut(),
) -> Result<Vec<Found>, Error> {
    let system = |source| Error::System { what: "watch for USB keys", source: Box::new(source) };
    // Listening starts before looking, so that a key that comes in between is not missed.
    let events = udev::MonitorBuilder::new()
        .and_then(|builder| builder.match_subsystem("hidraw"))
        .and_then(udev::MonitorBuilder::listen)
        .map_err(system)?;
    let found = hid::list()?;
    if !found.is_empty() {
        return Ok(found);
    }
    missing();
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(Error::TimedOut);
        }
        match cancel.wait_for(events.as_fd(), left) {
            Waited::Cancelled => return Err(Error::Cancelled),
            Waited::Out => {}
            Waited::Ready => {
                // All that has come by now; one event may arrive twice.
                events.iter().for_each(drop);
                let found = hid::list()?;
                if !found.is_empty() {
                    return Ok(found);
                }
            }
        }
    }
}
