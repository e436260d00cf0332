//! U2F (CTAP1): register, authenticate, version.
//!
//! Spec: U2F Raw Message Formats v1.2; CTAP 2.1 section 10.

use wire::{
    apdu::{self, Status},
    u2f::{
        self, Authentication, Control, Registration, Request, authentication_signed,
        registration_signed,
    },
};

use super::{
    authenticator::Authenticator,
    store::{self, Credential, Person, Properties},
};
use crate::device::Time;

impl Authenticator {
    /// Answers one U2F command.
    pub(super) fn u2f(&mut self, command: &apdu::Command, now: Time) -> apdu::Response {
        self.pending = None;
        if !self.takes_u2f() {
            return apdu::Response::status(Status::NOT_ALLOWED);
        }
        let request = match Request::read(command) {
            Ok(request) => request,
            Err(error) => return apdu::Response::status(error.status()),
        };
        let answer = match request {
            Request::Version => Ok(u2f::VERSION_TEXT.to_vec()),
            Request::Register { challenge, application } => {
                self.register(&challenge, &application, now)
            }
            Request::Authenticate { control, challenge, application, key_handle } => {
                self.signer(&key_handle, &application).and_then(|credential| {
                    let presence = self.presence(control, now)?;
                    Ok(self.authenticate(&credential, presence, &challenge))
                })
            }
        };
        answer.map_or_else(apdu::Response::status, apdu::Response::ok)
    }

    /// Whether the key speaks U2F, which alwaysUv ends: it knows no verification.
    pub(super) fn takes_u2f(&self) -> bool {
        self.profile.speaks_u2f() && !self.settings.always_uv
    }

    fn register(
        &mut self,
        challenge: &[u8; 32],
        application: &[u8; 32],
        now: Time,
    ) -> Result<Vec<u8>, Status> {
        if !self.holder.polled(now) {
            return Err(Status::CONDITIONS_NOT_SATISFIED);
        }
        let credential = self.store.create(*application, &[], Properties::U2F);
        let public_key = credential.point();
        let signed = registration_signed(application, challenge, &credential.id, &public_key);
        let registration = Registration {
            public_key,
            key_handle: credential.id.to_vec(),
            certificate: self.attestation.certificate().to_vec(),
            signature: store::sign(self.attestation.key(), &signed),
        };
        registration.write().map_err(|_| Status::WRONG_LENGTH)
    }

    /// The credential behind a key handle of this application.
    fn signer(&self, key_handle: &[u8], application: &[u8; 32]) -> Result<Credential, Status> {
        self.store
            .open(key_handle, application)
            .filter(|credential| credential.properties.protection.allows(Person::Unverified))
            .ok_or(Status::WRONG_DATA)
    }

    /// The presence byte of the answer, where the host may have one now.
    fn presence(&mut self, control: Control, now: Time) -> Result<u8, Status> {
        match control {
            Control::EnforcePresence if self.holder.polled(now) => Ok(1),
            Control::EnforcePresence | Control::CheckOnly => Err(Status::CONDITIONS_NOT_SATISFIED),
            Control::DontEnforcePresence => Ok(0),
        }
    }

    fn authenticate(
        &mut self,
        credential: &Credential,
        presence: u8,
        challenge: &[u8; 32],
    ) -> Vec<u8> {
        let counter = self.counter.advance();
        let signed = authentication_signed(&credential.rp_id_hash, presence, counter, challenge);
        let signature = store::sign(credential.key(), &signed);
        Authentication { presence, counter, signature }.write()
    }
}
