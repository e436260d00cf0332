//! authenticatorClientPIN (06): messages only; the cryptography stands at each end.
//!
//! Spec: CTAP 2.1 section 6.5.

use super::codes::codes;
use super::cose::Key;
use super::fields::{Error, Fields, bytes, parameters, text, unsigned};
use crate::cbor::{Map, Value};

codes! {
    /// What is asked.
    Subcommand: u64 {
        GetPinRetries = 1,
        GetKeyAgreement = 2,
        SetPin = 3,
        ChangePin = 4,
        GetPinToken = 5,
        GetPinUvAuthTokenUsingUvWithPermissions = 6,
        GetUvRetries = 7,
        GetPinUvAuthTokenUsingPinWithPermissions = 9,
    }
}

/// What a token may be used for: bits of `permissions`.
pub mod permission {
    /// makeCredential.
    pub const MAKE_CREDENTIAL: u64 = 0x01;
    /// getAssertion.
    pub const GET_ASSERTION: u64 = 0x02;
    /// credentialManagement.
    pub const CREDENTIAL_MANAGEMENT: u64 = 0x04;
    /// bioEnrollment.
    pub const BIO_ENROLLMENT: u64 = 0x08;
    /// Writing large blobs.
    pub const LARGE_BLOB_WRITE: u64 = 0x10;
    /// authenticatorConfig.
    pub const AUTHENTICATOR_CONFIG: u64 = 0x20;
    /// Reading accounts for as long as the PIN stays. Assigned by CTAP 2.2.
    pub const PERSISTENT_READ_ONLY: u64 = 0x40;
}

/// The parameters. Encrypted members have the form of the protocol named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// 1 or 2; absent in getPINRetries of some hosts.
    pub protocol: Option<u64>,
    /// The subcommand's number, assigned or not ([`Subcommand::from_code`]).
    pub subcommand: u64,
    /// The platform's key.
    pub key_agreement: Option<Key>,
    /// Proof over the encrypted members.
    pub pin_uv_auth_param: Option<Vec<u8>>,
    /// The new PIN, padded to 64 bytes, encrypted.
    pub new_pin_enc: Option<Vec<u8>>,
    /// The first 16 bytes of the PIN's SHA-256, encrypted.
    pub pin_hash_enc: Option<Vec<u8>>,
    /// Bits of [`permission`].
    pub permissions: Option<u64>,
    /// The relying party to which the token is bound.
    pub rp_id: Option<String>,
}

impl Request {
    /// A request with nothing but protocol and subcommand.
    #[must_use]
    pub fn new(protocol: u64, subcommand: Subcommand) -> Self {
        Self {
            protocol: Some(protocol),
            subcommand: subcommand as u64,
            key_agreement: None,
            pin_uv_auth_param: None,
            new_pin_enc: None,
            pin_hash_enc: None,
            permissions: None,
            rp_id: None,
        }
    }

    /// Reads the parameters after the command byte.
    ///
    /// Errors: malformed CBOR, a missing member, a wrong type.
    pub fn read(cbor: &[u8]) -> Result<Self, Error> {
        let value = parameters(cbor)?;
        let fields = Fields::of(&value, "parameters")?;
        Ok(Self {
            protocol: fields.maybe(1i64, "pinUvAuthProtocol", unsigned)?,
            subcommand: fields.must(2i64, "subCommand", unsigned)?,
            key_agreement: fields.maybe(3i64, "keyAgreement", Some)?.map(Key::read).transpose()?,
            pin_uv_auth_param: fields.maybe(4i64, "pinUvAuthParam", bytes)?,
            new_pin_enc: fields.maybe(5i64, "newPinEnc", bytes)?,
            pin_hash_enc: fields.maybe(6i64, "pinHashEnc", bytes)?,
            permissions: fields.maybe(9i64, "permissions", unsigned)?,
            rp_id: fields.maybe(10i64, "rpId", text)?,
        })
    }

    /// Writes the parameters.
    #[must_use]
    pub fn write(&self) -> Value {
        Map::new()
            .put_some(1i64, self.protocol)
            .put(2i64, self.subcommand)
            .put_some(3i64, self.key_agreement.as_ref().map(Key::write))
            .put_some(4i64, self.pin_uv_auth_param.clone().map(Value::Bytes))
            .put_some(5i64, self.new_pin_enc.clone().map(Value::Bytes))
            .put_some(6i64, self.pin_hash_enc.clone().map(Value::Bytes))
            .put_some(9i64, self.permissions)
            .put_some(10i64, self.rp_id.as_deref())
            .into()
    }
}

/// The answer; which members are there depends on the subcommand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Response {
    /// The key's key.
    pub key_agreement: Option<Key>,
    /// The token, encrypted.
    pub token: Option<Vec<u8>>,
    /// PIN tries left.
    pub pin_retries: Option<u64>,
    /// The key must be taken out and put back before the next try.
    pub power_cycle: Option<bool>,
    /// Tries of the built-in verification left.
    pub uv_retries: Option<u64>,
}

impl Response {
    /// Reads the members of an answer.
    ///
    /// Errors: a wrong type.
    pub fn read(value: &Value) -> Result<Self, Error> {
        let fields = Fields::of(value, "answer")?;
        Ok(Self {
            key_agreement: fields.maybe(1i64, "keyAgreement", Some)?.map(Key::read).transpose()?,
            token: fields.maybe(2i64, "pinUvAuthToken", bytes)?,
            pin_retries: fields.maybe(3i64, "pinRetries", unsigned)?,
            power_cycle: fields.maybe(4i64, "powerCycleState", Value::as_bool)?,
            uv_retries: fields.maybe(5i64, "uvRetries", unsigned)?,
        })
    }

    /// Writes the members.
    #[must_use]
    pub fn write(&self) -> Value {
        Map::new()
            .put_some(1i64, self.key_agreement.as_ref().map(Key::write))
            .put_some(2i64, self.token.clone().map(Value::Bytes))
            .put_some(3i64, self.pin_retries)
            .put_some(4i64, self.power_cycle)
            .put_some(5i64, self.uv_retries)
            .into()
    }
}
