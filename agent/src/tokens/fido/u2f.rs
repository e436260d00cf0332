//! U2F keys in WebAuthn's clothes: the application parameter is the rpId's hash.
//!
//! Spec: CTAP 2.1 section 10; WebAuthn Level 3, FIDO U2F attestation statement format.

use std::time::Duration;

use wire::apdu::{self, Status};
use wire::cbor::{Map, Value};
use wire::ctap2::auth_data::{Attested, AuthData, Flags};
use wire::ctap2::{cose, make_credential};
use wire::u2f::{Authentication, Control, Registration, Request};

use super::error::Error;
use super::link::{Link, Person};

/// How often a key that waits for a touch is asked again.
const POLL: Duration = Duration::from_millis(150);

/// A signature by one of the credentials asked for.
pub(super) struct Assertion {
    /// The credential.
    pub(super) key_handle: Vec<u8>,
    /// Authenticator data, as signed.
    pub(super) auth_data: Vec<u8>,
    /// Over the authenticator data and the client data's hash.
    pub(super) signature: Vec<u8>,
}

/// Makes a credential after a touch; refuses where one of `exclude` is the key's.
///
/// Errors: the link's, [`Error::Excluded`], a refusal, a malformed answer.
pub(super) fn register(
    link: &mut dyn Link,
    person: &mut dyn Person,
    application: [u8; 32],
    challenge: [u8; 32],
    exclude: &[Vec<u8>],
) -> Result<make_credential::Response, Error> {
    if own(link, person, application, exclude)?.is_some() {
        return Err(Error::Excluded);
    }
    let answer = touched(link, person, &Request::Register { challenge, application })?;
    let made = Registration::read(&answer)?;
    let [4, point @ ..] = made.public_key else {
        return Err(Error::malformed("the public key is no uncompressed point"));
    };
    let (x, y) = point.split_at(32);
    let coordinate = |bytes: &[u8]| bytes.try_into().expect("half of 64 bytes is 32 bytes");
    let auth_data = AuthData {
        rp_id_hash: application,
        flags: Flags(Flags::UP),
        counter: 0,
        attested: Some(Attested {
            aaguid: [0; 16],
            credential_id: made.key_handle,
            public_key: cose::Key::P256 {
                algorithm: cose::ES256,
                x: coordinate(x),
                y: coordinate(y),
            },
        }),
        extensions: None,
    };
    Ok(make_credential::Response {
        format: "fido-u2f".to_owned(),
        auth_data: auth_data.write(),
        statement: Map::new()
            .put("sig", Value::Bytes(made.signature))
            .put("x5c", Value::Array(vec![Value::Bytes(made.certificate)]))
            .into(),
        enterprise: None,
        large_blob_key: None,
    })
}

/// Signs with the first of `allow` that is the key's, after a touch.
///
/// Errors: the link's, [`Error::NoCredentials`], a refusal, a malformed answer.
pub(super) fn authenticate(
    link: &mut dyn Link,
    person: &mut dyn Person,
    application: [u8; 32],
    challenge: [u8; 32],
    allow: &[Vec<u8>],
) -> Result<Assertion, Error> {
    let key_handle = own(link, person, application, allow)?.ok_or(Error::NoCredentials)?;
    let control = Control::EnforcePresence;
    let request =
        Request::Authenticate { control, challenge, application, key_handle: key_handle.clone() };
    let signed = Authentication::read(&touched(link, person, &request)?)?;
    let auth_data = AuthData {
        rp_id_hash: application,
        flags: Flags(signed.presence & Flags::UP),
        counter: signed.counter,
        attested: None,
        extensions: None,
    };
    Ok(Assertion { key_handle, auth_data: auth_data.write(), signature: signed.signature })
}

/// The first of `list` that the key made, found without a touch.
///
/// Errors: the link's, a refusal.
pub(super) fn own(
    link: &mut dyn Link,
    person: &mut dyn Person,
    application: [u8; 32],
    list: &[Vec<u8>],
) -> Result<Option<Vec<u8>>, Error> {
    // A longer id was made by another kind of key.
    for key_handle in list.iter().filter(|id| id.len() <= 255) {
        let request = Request::Authenticate {
            control: Control::CheckOnly,
            challenge: [0; 32],
            application,
            key_handle: key_handle.clone(),
        };
        match link.u2f(&request.write()?, person)?.status {
            // The answer to a check is an error status in both cases; some keys answer 9000.
            Status::CONDITIONS_NOT_SATISFIED | Status::OK => return Ok(Some(key_handle.clone())),
            Status::WRONG_DATA | Status::WRONG_LENGTH => {}
            other => return Err(Error::Apdu(other)),
        }
    }
    Ok(None)
}

/// Asks until the key was touched.
fn touched(
    link: &mut dyn Link,
    person: &mut dyn Person,
    request: &Request,
) -> Result<Vec<u8>, Error> {
    let command: apdu::Command = request.write()?;
    loop {
        let answer = link.u2f(&command, person)?;
        match answer.status {
            Status::OK => return Ok(answer.data),
            Status::CONDITIONS_NOT_SATISFIED => {
                person.touch();
                person.pause(POLL).check()?;
            }
            other => return Err(Error::Apdu(other)),
        }
    }
}
