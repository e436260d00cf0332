//! CTAP2: one file a command, and what the two credential commands share.
//!
//! Spec: CTAP 2.1 section 6.

mod authenticator_config;
mod bio_enrollment;
mod client_pin;
mod credential_management;
mod extensions;
mod get_assertion;
mod get_info;
mod get_next_assertion;
mod large_blobs;
mod make_credential;
mod reset;
mod verification;

use wire::{
    cbor::Value,
    ctap2::{Command, Status, answer},
};

use super::authenticator::{Arrival, Authenticator};

impl Authenticator {
    /// Answers one CTAP2 request: command byte and CBOR in, status byte and CBOR out. Where the
    /// holder is waited for afterwards, this was no answer, and nothing of it may stay.
    pub(super) fn ctap2(&mut self, request: &[u8], arrival: Arrival) -> Vec<u8> {
        let result = self.dispatch(request, arrival);
        answer(result.as_ref().map(Option::as_ref).map_err(|status| *status))
    }

    fn dispatch(&mut self, request: &[u8], arrival: Arrival) -> Result<Option<Value>, Status> {
        let now = arrival.now;
        let limits = self.profile.ctap2().ok_or(Status::INVALID_COMMAND)?;
        let is_2_1 = limits.is_2_1();
        let has_blobs = limits.large_blobs > 0;
        let has_sensor = limits.sensor.is_some();
        if request.len() > limits.max_message {
            return Err(Status::REQUEST_TOO_LARGE);
        }
        let (command, cbor) = request.split_first().ok_or(Status::INVALID_LENGTH)?;
        let pending = self.pending.take();
        match Command::from_code(*command).ok_or(Status::INVALID_COMMAND)? {
            Command::MakeCredential => self.make_credential(cbor, now).map(Some),
            Command::GetAssertion => self.get_assertion(cbor, now).map(Some),
            Command::GetNextAssertion => self.get_next_assertion(pending, now).map(Some),
            Command::GetInfo => self.info().map(|info| Some(info.write())),
            Command::ClientPin => self.client_pin(cbor, now),
            Command::Reset => self.reset(arrival).map(|()| None),
            Command::CredentialManagement | Command::CredentialManagementPreview if is_2_1 => {
                self.credential_management(cbor, pending, now)
            }
            // The touch says which of several keys is meant.
            Command::Selection if is_2_1 => self.holder.touch().map(|()| None),
            Command::LargeBlobs if has_blobs => self.large_blobs(cbor, now),
            Command::AuthenticatorConfig if is_2_1 => {
                self.authenticator_config(cbor, now).map(|()| None)
            }
            Command::BioEnrollment | Command::BioEnrollmentPreview if has_sensor => {
                self.bio_enrollment(cbor, now)
            }
            Command::BioEnrollment
            | Command::BioEnrollmentPreview
            | Command::CredentialManagement
            | Command::CredentialManagementPreview
            | Command::Selection
            | Command::LargeBlobs
            | Command::AuthenticatorConfig => Err(Status::INVALID_COMMAND),
        }
    }
}
