//! authenticatorGetNextAssertion (08). Spec: CTAP 2.1 section 6.3.

use wire::{cbor::Value, ctap2::Status};

use crate::{
    device::Time,
    fido::{authenticator::Authenticator, pending::Pending},
};

impl Authenticator {
    pub(super) fn get_next_assertion(
        &mut self,
        pending: Option<Pending>,
        now: Time,
    ) -> Result<Value, Status> {
        let mut pending = match pending {
            Some(Pending::Assertions(pending)) => pending,
            Some(Pending::Parties(_) | Pending::Accounts(_)) | None => {
                return Err(Status::NOT_ALLOWED);
            }
        };
        let id = pending.accounts.next(now).ok_or(Status::NOT_ALLOWED)?;
        let rp_id_hash = pending.assertion.rp_id_hash;
        let credential = self.store.open(&id, &rp_id_hash).ok_or(Status::NO_CREDENTIALS)?;
        let response =
            self.assert(&pending.assertion, &credential, pending.assertion.show_further());
        if pending.accounts.goes_on() {
            self.pending = Some(Pending::Assertions(pending));
        }
        Ok(response.write())
    }
}
