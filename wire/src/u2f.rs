//! U2F (CTAP1) messages: registration, authentication, version.
//!
//! Spec: U2F Raw Message Formats v1.2.

use crate::apdu;

/// INS of a registration.
pub const REGISTER: u8 = 0x01;
/// INS of an authentication.
pub const AUTHENTICATE: u8 = 0x02;
/// INS of the version query.
pub const VERSION: u8 = 0x03;
/// What a key answers to the version query.
pub const VERSION_TEXT: &[u8] = b"U2F_V2";

/// What an authentication asks (P1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Control {
    /// 07: is the key handle yours? Answered by an error status in both cases.
    CheckOnly = 0x07,
    /// 03: sign after a touch.
    EnforcePresence = 0x03,
    /// 08: sign, touched or not.
    DontEnforcePresence = 0x08,
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Make a credential.
    Register {
        /// SHA-256 of the client data.
        challenge: [u8; 32],
        /// SHA-256 of the application id (for WebAuthn, of the rpId).
        application: [u8; 32],
    },
    /// Sign with a credential.
    Authenticate {
        /// What is asked.
        control: Control,
        /// SHA-256 of the client data.
        challenge: [u8; 32],
        /// SHA-256 of the application id.
        application: [u8; 32],
        /// 0 to 255 bytes.
        key_handle: Vec<u8>,
    },
    /// Which version is spoken?
    Version,
}

/// Why bytes are not a U2F message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// CLA is not 00.
    #[error("class {0:#04x} is not 00")]
    Class(u8),
    /// INS is not assigned.
    #[error("instruction {0:#04x} is not assigned")]
    Instruction(u8),
    /// P1 of an authentication is not assigned.
    #[error("control byte {0:#04x} is not assigned")]
    Control(u8),
    /// The message has the wrong length.
    #[error("the message has a wrong length")]
    Length,
    /// A registration answer does not begin with 05.
    #[error("a registration answer begins with 05, not {0:#04x}")]
    Reserved(u8),
}

impl Error {
    /// The status with which a key refuses such a request.
    #[must_use]
    pub fn status(&self) -> apdu::Status {
        match self {
            Self::Class(_) => apdu::Status::UNKNOWN_CLASS,
            Self::Instruction(_) => apdu::Status::UNKNOWN_INSTRUCTION,
            Self::Control(_) => apdu::Status::WRONG_P1P2,
            Self::Length | Self::Reserved(_) => apdu::Status::WRONG_LENGTH,
        }
    }
}

/// The status with which a key refuses bytes that are no APDU: class and instruction are told
/// before the length, as those of an APDU are.
#[must_use]
pub fn refusal(bytes: &[u8]) -> apdu::Status {
    let Some([class, instruction, p1, p2]) = bytes.first_chunk().copied() else {
        return apdu::Status::WRONG_LENGTH;
    };
    let header = apdu::Command::new(class, instruction, p1, p2);
    Request::read(&header).map_or_else(|error| error.status(), |_| apdu::Status::WRONG_LENGTH)
}

impl Request {
    /// Reads a request.
    ///
    /// Errors: each names what is wrong; [`Error::status`] gives the key's answer.
    pub fn read(command: &apdu::Command) -> Result<Self, Error> {
        if command.class != 0 {
            return Err(Error::Class(command.class));
        }
        match command.instruction {
            REGISTER => {
                let (challenge, application, rest) = two_hashes(&command.data)?;
                if !rest.is_empty() {
                    return Err(Error::Length);
                }
                Ok(Self::Register { challenge, application })
            }
            AUTHENTICATE => {
                let control =
                    [Control::CheckOnly, Control::EnforcePresence, Control::DontEnforcePresence]
                        .into_iter()
                        .find(|known| *known as u8 == command.p1)
                        .ok_or(Error::Control(command.p1))?;
                let (challenge, application, rest) = two_hashes(&command.data)?;
                let (length, key_handle) = rest.split_first().ok_or(Error::Length)?;
                if usize::from(*length) != key_handle.len() {
                    return Err(Error::Length);
                }
                let key_handle = key_handle.to_vec();
                Ok(Self::Authenticate { control, challenge, application, key_handle })
            }
            VERSION if command.data.is_empty() => Ok(Self::Version),
            VERSION => Err(Error::Length),
            other => Err(Error::Instruction(other)),
        }
    }

    /// Writes the request as an APDU that asks for the whole answer.
    ///
    /// Errors: [`Error::Length`] for a key handle above 255 bytes.
    pub fn write(&self) -> Result<apdu::Command, Error> {
        let command = match self {
            Self::Register { challenge, application } => {
                apdu::Command::new(0, REGISTER, 0, 0).with_data([*challenge, *application].concat())
            }
            Self::Authenticate { control, challenge, application, key_handle } => {
                let length = u8::try_from(key_handle.len()).map_err(|_| Error::Length)?;
                let mut data = [*challenge, *application].concat();
                data.push(length);
                data.extend_from_slice(key_handle);
                apdu::Command::new(0, AUTHENTICATE, *control as u8, 0).with_data(data)
            }
            Self::Version => apdu::Command::new(0, VERSION, 0, 0),
        };
        Ok(command.expecting(apdu::EXTENDED_RESPONSE))
    }
}

/// Challenge, application, and what follows them.
type TwoHashes<'a> = ([u8; 32], [u8; 32], &'a [u8]);

fn two_hashes(data: &[u8]) -> Result<TwoHashes<'_>, Error> {
    let (challenge, rest) = data.split_first_chunk::<32>().ok_or(Error::Length)?;
    let (application, rest) = rest.split_first_chunk::<32>().ok_or(Error::Length)?;
    Ok((*challenge, *application, rest))
}

/// The answer to a registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// The credential's public key, an uncompressed P-256 point: 04, x, y.
    pub public_key: [u8; 65],
    /// 0 to 255 bytes.
    pub key_handle: Vec<u8>,
    /// The attestation certificate, DER.
    pub certificate: Vec<u8>,
    /// ECDSA over [`registration_signed`], DER.
    pub signature: Vec<u8>,
}

impl Registration {
    /// Reads the response data. The certificate's own length tells where the signature begins.
    ///
    /// Errors: [`Error::Reserved`], [`Error::Length`].
    pub fn read(data: &[u8]) -> Result<Self, Error> {
        let (reserved, rest) = data.split_first().ok_or(Error::Length)?;
        if *reserved != 0x05 {
            return Err(Error::Reserved(*reserved));
        }
        let (public_key, rest) = rest.split_first_chunk::<65>().ok_or(Error::Length)?;
        let (length, rest) = rest.split_first().ok_or(Error::Length)?;
        let (key_handle, rest) =
            rest.split_at_checked(usize::from(*length)).ok_or(Error::Length)?;
        let (certificate, signature) =
            rest.split_at_checked(der_sequence(rest)?).ok_or(Error::Length)?;
        Ok(Self {
            public_key: *public_key,
            key_handle: key_handle.to_vec(),
            certificate: certificate.to_vec(),
            signature: signature.to_vec(),
        })
    }

    /// Writes the response data.
    ///
    /// Errors: [`Error::Length`] for a key handle above 255 bytes.
    pub fn write(&self) -> Result<Vec<u8>, Error> {
        let mut out = vec![0x05];
        out.extend_from_slice(&self.public_key);
        out.push(u8::try_from(self.key_handle.len()).map_err(|_| Error::Length)?);
        out.extend_from_slice(&self.key_handle);
        out.extend_from_slice(&self.certificate);
        out.extend_from_slice(&self.signature);
        Ok(out)
    }
}

/// Bytes of the DER SEQUENCE at the start of `bytes`, header included.
fn der_sequence(bytes: &[u8]) -> Result<usize, Error> {
    match *bytes {
        [0x30, short @ 0..=0x7F, ..] => Ok(2 + usize::from(short)),
        [0x30, 0x81, a, ..] => Ok(3 + usize::from(a)),
        [0x30, 0x82, a, b, ..] => Ok(4 + usize::from(u16::from_be_bytes([a, b]))),
        _ => Err(Error::Length),
    }
}

/// The answer to an authentication.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authentication {
    /// Bit 0: the person touched the key.
    pub presence: u8,
    /// The signature counter.
    pub counter: u32,
    /// ECDSA over [`authentication_signed`], DER.
    pub signature: Vec<u8>,
}

impl Authentication {
    /// Reads the response data.
    ///
    /// Errors: [`Error::Length`] below six bytes.
    pub fn read(data: &[u8]) -> Result<Self, Error> {
        let [presence, a, b, c, d, signature @ ..] = data else {
            return Err(Error::Length);
        };
        if signature.is_empty() {
            return Err(Error::Length);
        }
        let counter = u32::from_be_bytes([*a, *b, *c, *d]);
        Ok(Self { presence: *presence, counter, signature: signature.to_vec() })
    }

    /// Writes the response data.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        let mut out = vec![self.presence];
        out.extend_from_slice(&self.counter.to_be_bytes());
        out.extend_from_slice(&self.signature);
        out
    }
}

/// What a registration's signature covers.
#[must_use]
pub fn registration_signed(
    application: &[u8; 32],
    challenge: &[u8; 32],
    key_handle: &[u8],
    public_key: &[u8; 65],
) -> Vec<u8> {
    [&[0], &application[..], challenge, key_handle, public_key].concat()
}

/// What an authentication's signature covers.
#[must_use]
pub fn authentication_signed(
    application: &[u8; 32],
    presence: u8,
    counter: u32,
    challenge: &[u8; 32],
) -> Vec<u8> {
    [&application[..], &[presence], &counter.to_be_bytes(), challenge].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn vector(pointer: &str) -> Vec<u8> {
        let text = include_str!("../../tests/vectors/u2f-raw-messages.json");
        let json: serde_json::Value = serde_json::from_str(text).unwrap();
        hex::decode(json.pointer(pointer).and_then(|v| v.as_str()).expect(pointer)).unwrap()
    }

    fn array<const N: usize>(pointer: &str) -> [u8; N] {
        vector(pointer).try_into().expect(pointer)
    }

    #[test]
    fn the_specifications_registration_request_has_its_bytes() {
        let request = Request::Register {
            challenge: array("/register/challenge_parameter"),
            application: array("/register/application_parameter"),
        };
        let bytes = request.write().unwrap().write(apdu::Form::Extended).unwrap();
        assert_eq!(bytes, vector("/register/request_apdu_extended"));
        assert_eq!(Request::read(&apdu::Command::read(&bytes).unwrap()), Ok(request));
    }

    #[test]
    fn the_specifications_registration_answer_is_read() {
        let answer = vector("/register/response");
        let registration = Registration::read(&answer).unwrap();
        assert_eq!(registration.public_key[..], vector("/register/public_key"));
        assert_eq!(registration.key_handle, vector("/register/key_handle"));
        assert_eq!(registration.certificate, vector("/register/attestation_certificate"));
        assert_eq!(registration.signature, vector("/register/signature"));
        assert_eq!(registration.write().unwrap(), answer);
    }

    #[test]
    fn the_specifications_authentication_is_read() {
        let request = Request::Authenticate {
            control: Control::EnforcePresence,
            challenge: array("/authenticate/challenge_parameter"),
            application: array("/authenticate/application_parameter"),
            key_handle: vector("/authenticate/key_handle"),
        };
        let bytes = request.write().unwrap().write(apdu::Form::Extended).unwrap();
        assert!(bytes.starts_with(&vector("/authenticate/request_apdu_extended_prefix")));
        let answer = Authentication::read(&vector("/authenticate/response")).unwrap();
        assert_eq!((answer.presence, answer.counter), (1, 1));
        assert_eq!(answer.signature, vector("/authenticate/signature"));
    }

    #[test]
    fn the_version_query_of_the_specification_is_read() {
        let bytes = vector("/version/request_apdu_extended");
        assert_eq!(Request::read(&apdu::Command::read(&bytes).unwrap()), Ok(Request::Version));
        assert_eq!(apdu::Response::ok(VERSION_TEXT).write(), vector("/version/response"));
    }

    #[test]
    fn each_malformed_request_has_its_status() {
        let status = |c: apdu::Command| Request::read(&c).unwrap_err().status().0;
        assert_eq!(status(apdu::Command::new(1, REGISTER, 0, 0)), 0x6E00);
        assert_eq!(status(apdu::Command::new(0, 0x55, 0, 0)), 0x6D00);
        assert_eq!(status(apdu::Command::new(0, REGISTER, 0, 0).with_data([0; 63])), 0x6700);
        assert_eq!(status(apdu::Command::new(0, VERSION, 0, 0).with_data([0])), 0x6700);
        assert_eq!(status(apdu::Command::new(0, AUTHENTICATE, 9, 0).with_data([0; 65])), 0x6A86);
    }

    proptest! {
        #[test]
        fn requests_are_read_as_they_were_written(
            challenge: [u8; 32], application: [u8; 32], key_handle in prop::collection::vec(any::<u8>(), 0..=255),
        ) {
            for request in [
                Request::Register { challenge, application },
                Request::Authenticate {
                    control: Control::EnforcePresence, challenge, application, key_handle: key_handle.clone(),
                },
                Request::Version,
            ] {
                prop_assert_eq!(Request::read(&request.write().unwrap()), Ok(request));
            }
        }

        #[test]
        fn no_bytes_make_the_readers_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), ins: u8, p1: u8) {
            let _ = Request::read(&apdu::Command::new(0, ins, p1, 0).with_data(bytes.clone()));
            if let Ok(registration) = Registration::read(&bytes) {
                prop_assert_eq!(registration.write().unwrap(), bytes.clone());
            }
            if let Ok(authentication) = Authentication::read(&bytes) {
                prop_assert_eq!(authentication.write(), bytes);
            }
        }
    }
}
