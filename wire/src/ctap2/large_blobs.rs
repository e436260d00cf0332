//! authenticatorLargeBlobs (0C): one array of bytes for all parties, read and written in parts.
//!
//! Spec: CTAP 2.1 section 6.10.

use super::fields::{Error, Fields, bytes, parameters, unsigned};
use crate::cbor::{Map, Value};

/// The array of a key that holds none: an empty CBOR array and the half digest of it.
pub const EMPTY: [u8; 17] = [
    0x80, 0x76, 0xBE, 0x8B, 0x52, 0x8D, 0x00, 0x75, 0xF7, 0xAA, 0xE9, 0x8D, 0x6F, 0xA5, 0x7A, 0x6D,
    0x3C,
];
/// How many bytes of a message are not the part of the array that it carries.
pub const OVERHEAD: usize = 64;

/// The parameters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// How many bytes to read.
    pub get: Option<u64>,
    /// Bytes to write.
    pub set: Option<Vec<u8>>,
    /// Where they begin in the array.
    pub offset: Option<u64>,
    /// The length of the whole new array, with its first part.
    pub length: Option<u64>,
    /// Proof over [`Request::message`].
    pub pin_uv_auth_param: Option<Vec<u8>>,
    /// 1 or 2.
    pub protocol: Option<u64>,
}

impl Request {
    /// Reads the parameters after the command byte.
    ///
    /// Errors: malformed CBOR, a wrong type.
    pub fn read(cbor: &[u8]) -> Result<Self, Error> {
        let value = parameters(cbor)?;
        let fields = Fields::of(&value, "parameters")?;
        Ok(Self {
            get: fields.maybe(1i64, "get", unsigned)?,
            set: fields.maybe(2i64, "set", bytes)?,
            offset: fields.maybe(3i64, "offset", unsigned)?,
            length: fields.maybe(4i64, "length", unsigned)?,
            pin_uv_auth_param: fields.maybe(5i64, "pinUvAuthParam", bytes)?,
            protocol: fields.maybe(6i64, "pinUvAuthProtocol", unsigned)?,
        })
    }

    /// Writes the parameters.
    #[must_use]
    pub fn write(&self) -> Value {
        Map::new()
            .put_some(1i64, self.get)
            .put_some(2i64, self.set.clone().map(Value::Bytes))
            .put_some(3i64, self.offset)
            .put_some(4i64, self.length)
            .put_some(5i64, self.pin_uv_auth_param.clone().map(Value::Bytes))
            .put_some(6i64, self.protocol)
            .into()
    }

    /// What the proof of a part is over, given the SHA-256 of its bytes.
    #[must_use]
    pub fn message(offset: u32, digest: &[u8; 32]) -> Vec<u8> {
        let parts: [&[u8]; 4] = [&[0xFF; 32], &[0x0C, 0x00], &offset.to_le_bytes(), digest];
        parts.concat()
    }
}

/// The answer to reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// What was read; less than was asked for at the end of the array.
    pub config: Vec<u8>,
}

impl Response {
    /// Reads the members of an answer.
    ///
    /// Errors: a missing member, a wrong type.
    pub fn read(value: &Value) -> Result<Self, Error> {
        Ok(Self { config: Fields::of(value, "answer")?.must(1i64, "config", bytes)? })
    }

    /// Writes the members.
    #[must_use]
    pub fn write(&self) -> Value {
        Map::new().put(1i64, Value::bytes(self.config.as_slice())).into()
    }
}
