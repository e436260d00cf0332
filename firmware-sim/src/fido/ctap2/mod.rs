//! CTAP2: one file a command, and what the two credential commands share.
//!
//! Spec: CTAP 2.1 section 6.

mod client_pin;
mod credential_management;
mod extensions;
mod get_assertion;
mod get_info;
mod get_next_assertion;
mod make_credential;
mod reset;

use wire::{
    cbor::Value,
    ctap2::{Command, Status, answer},
};

use super::{
    authenticator::{Arrival, Authenticator},
    pin::{protocol::Protocol, token::Proof},
    store::Person,
};
use crate::device::Time;

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
            Command::CredentialManagement if is_2_1 => {
                self.credential_management(cbor, pending, now)
            }
            // The touch says which of several keys is meant.
            Command::Selection if is_2_1 => self.holder.touch().map(|()| None),
            Command::BioEnrollment
            | Command::CredentialManagement
            | Command::Selection
            | Command::LargeBlobs
            | Command::AuthenticatorConfig => Err(Status::INVALID_COMMAND),
        }
    }

    /// The pinUvAuthParam of a request with its protocol, where there is one. An empty one is no
    /// proof: it asks which key is touched, and whether it has a PIN.
    fn proof<'a>(
        &mut self,
        tag: Option<&'a [u8]>,
        protocol: Option<u64>,
        message: &'a [u8],
    ) -> Result<Option<Proof<'a>>, Status> {
        let Some(tag) = tag else { return Ok(None) };
        if tag.is_empty() {
            self.holder.touch()?;
            return Err(if self.pin.is_set() { Status::PIN_INVALID } else { Status::PIN_NOT_SET });
        }
        proof(protocol, message, tag).map(Some)
    }

    /// Whether the proof holds; without one the person is not verified.
    fn verify(
        &mut self,
        proof: Option<&Proof<'_>>,
        purpose: &Purpose<'_>,
    ) -> Result<Person, Status> {
        let Some(proof) = proof else { return Ok(Person::Unverified) };
        let token = self.token.as_mut().ok_or(Status::PIN_AUTH_INVALID)?;
        if token.proves(proof, purpose.permission, purpose.rp_id, purpose.now) {
            Ok(Person::Verified)
        } else {
            Err(Status::PIN_AUTH_INVALID)
        }
    }

    /// The touch that a credential command needs; it uses the token up.
    fn spend_touch(&mut self) -> Result<(), Status> {
        self.holder.touch()?;
        if let Some(token) = &mut self.token {
            token.spend();
        }
        Ok(())
    }
}

/// The proof of a request that names this protocol.
fn proof<'a>(protocol: Option<u64>, message: &'a [u8], tag: &'a [u8]) -> Result<Proof<'a>, Status> {
    let number = protocol.ok_or(Status::MISSING_PARAMETER)?;
    let protocol = Protocol::from_number(number).ok_or(Status::INVALID_PARAMETER)?;
    Ok(Proof { protocol, message, tag })
}

/// What a token is needed for.
struct Purpose<'a> {
    permission: u64,
    rp_id: &'a str,
    now: Time,
}
