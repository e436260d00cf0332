//! CTAP2 messages: a command or status byte, then canonical CBOR with integer keys.
//!
//! Spec: CTAP 2.1 section 6 (commands), section 8 (message encoding).

pub mod administration;
pub mod auth_data;
pub mod authenticator_config;
pub mod bio_enrollment;
pub mod client_pin;
mod codes;
pub mod cose;
pub mod credential_management;
pub mod entity;
mod fields;
pub mod get_assertion;
pub mod get_info;
pub mod large_blobs;
pub mod make_credential;
mod status;

pub use fields::Error;
pub use status::Status;

use codes::codes;

use crate::cbor::{self, Order, Value};

codes! {
    /// The command byte of a request. The last two are those of `FIDO_2_1_PRE`, which hosts of its
    /// time send to later keys too.
    Command: u8 {
        MakeCredential = 0x01,
        GetAssertion = 0x02,
        GetInfo = 0x04,
        ClientPin = 0x06,
        Reset = 0x07,
        GetNextAssertion = 0x08,
        BioEnrollment = 0x09,
        CredentialManagement = 0x0A,
        Selection = 0x0B,
        LargeBlobs = 0x0C,
        AuthenticatorConfig = 0x0D,
        BioEnrollmentPreview = 0x40,
        CredentialManagementPreview = 0x41,
    }
}

/// Writes a request: the command byte, then the parameters where there are any.
#[must_use]
pub fn request(command: Command, parameters: Option<&Value>) -> Vec<u8> {
    let mut out = vec![command as u8];
    if let Some(parameters) = parameters {
        out.extend_from_slice(&cbor::encode(parameters));
    }
    out
}

/// Writes an answer: the status byte, then the members where there are any.
#[must_use]
pub fn answer(result: Result<Option<&Value>, Status>) -> Vec<u8> {
    match result {
        Ok(None) => vec![Status::OK.0],
        Ok(Some(members)) => {
            let mut out = vec![Status::OK.0];
            out.extend_from_slice(&cbor::encode(members));
            out
        }
        Err(status) => vec![status.0],
    }
}

/// Why an answer holds no members.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// Not even a status byte.
    #[error("the answer is empty")]
    Empty,
    /// The key refused.
    #[error("the key answered {0}")]
    Refused(Status),
    /// The members are not CBOR.
    #[error("the answer is not CBOR: {0}")]
    Cbor(#[from] cbor::Error),
}

/// Reads an answer: its members, or `None` where it is a success without any. Key order is free,
/// since keys in the field differ.
///
/// Errors: a status other than OK, and malformed CBOR.
pub fn read_answer(bytes: &[u8]) -> Result<Option<Value>, AnswerError> {
    let (status, members) = bytes.split_first().ok_or(AnswerError::Empty)?;
    match (Status(*status), members) {
        (Status::OK, []) => Ok(None),
        (Status::OK, members) => Ok(Some(cbor::decode(members, Order::Any)?)),
        (refused, _) => Err(AnswerError::Refused(refused)),
    }
}

#[cfg(test)]
mod tests;
