//! authenticatorGetNextAssertion (08). Spec: CTAP 2.1 section 6.3.

use std::time::Duration;

use wire::{cbor::Value, ctap2::Status};

use crate::{
    device::Time,
    fido::{authenticator::Authenticator, pending::PendingAssertions},
};

/// The longest time between two calls.
const TIMEOUT: Duration = Duration::from_secs(30);

impl Authenticator {
    pub(super) fn get_next_assertion(
        &mut self,
        pending: Option<PendingAssertions>,
        now: Time,
    ) -> Result<Value, Status> {
        let mut pending = pending.ok_or(Status::NOT_ALLOWED)?;
        if now.saturating_sub(pending.since) >= TIMEOUT {
            return Err(Status::NOT_ALLOWED);
        }
        let id = pending.accounts.pop().ok_or(Status::NOT_ALLOWED)?;
        let rp_id_hash = pending.assertion.rp_id_hash;
        let credential = self.store.open(&id, &rp_id_hash).ok_or(Status::NO_CREDENTIALS)?;
        let response =
            self.assert(&pending.assertion, &credential, pending.assertion.show_further());
        if !pending.accounts.is_empty() {
            self.pending = Some(PendingAssertions { since: now, ..pending });
        }
        Ok(response.write())
    }
}
