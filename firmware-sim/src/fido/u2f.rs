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
    store::{self, Person, Properties},
};

impl Authenticator {
    /// Answers one U2F command.
    pub(super) fn u2f(&mut self, command: &apdu::Command) -> apdu::Response {
        self.pending = None;
        let request = match Request::read(command) {
            Ok(request) => request,
            Err(error) => return apdu::Response::status(error.status()),
        };
        let answer = match request {
            Request::Version => Ok(u2f::VERSION_TEXT.to_vec()),
            Request::Register { challenge, application } => self.register(&challenge, &application),
            Request::Authenticate { control, challenge, application, key_handle } => {
                self.authenticate(control, &challenge, &application, &key_handle)
            }
        };
        answer.map_or_else(apdu::Response::status, apdu::Response::ok)
    }

    fn register(
        &mut self,
        challenge: &[u8; 32],
        application: &[u8; 32],
    ) -> Result<Vec<u8>, Status> {
        self.touch().map_err(|_| Status::CONDITIONS_NOT_SATISFIED)?;
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

    fn authenticate(
        &mut self,
        control: Control,
        challenge: &[u8; 32],
        application: &[u8; 32],
        key_handle: &[u8],
    ) -> Result<Vec<u8>, Status> {
        let credential = self
            .store
            .open(key_handle, application)
            .filter(|credential| credential.properties.protection.allows(Person::Unverified))
            .ok_or(Status::WRONG_DATA)?;
        let presence = match control {
            Control::CheckOnly => return Err(Status::CONDITIONS_NOT_SATISFIED),
            Control::EnforcePresence => {
                self.touch().map_err(|_| Status::CONDITIONS_NOT_SATISFIED)?;
                1
            }
            Control::DontEnforcePresence => 0,
        };
        let counter = self.counter.advance();
        let signed = authentication_signed(application, presence, counter, challenge);
        let signature = store::sign(credential.key(), &signed);
        Ok(Authentication { presence, counter, signature }.write())
    }
}
