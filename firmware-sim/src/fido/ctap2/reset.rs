//! authenticatorReset (07). Spec: CTAP 2.1 section 6.6.

use std::time::Duration;

use wire::ctap2::Status;

use crate::fido::{
    authenticator::{Arrival, Authenticator},
    profiles::Transport,
};

/// Over USB a reset is taken only so long after the key was plugged in.
const WINDOW: Duration = Duration::from_secs(10);

impl Authenticator {
    pub(super) fn reset(&mut self, arrival: Arrival) -> Result<(), Status> {
        let in_time = match arrival.transport {
            Transport::Usb => self.uptime(arrival.now) < WINDOW,
            Transport::Nfc => true,
        };
        if !in_time {
            return Err(Status::NOT_ALLOWED);
        }
        self.holder.touch()?;
        self.wipe();
        Ok(())
    }
}
