//! The form that credentialManagement and authenticatorConfig share: a subcommand, what it is
//! about, and a proof over both.
//!
//! Spec: CTAP 2.1 sections 6.8 and 6.11.

use super::fields::{Error, Fields, bytes, parameters, unsigned};
use crate::cbor::{Map, Value, encode};

/// What a subcommand is about.
pub trait Parameters: Sized {
    /// What the proof is over before the subcommand.
    const PREFIX: &'static [u8];

    /// Reads the map.
    ///
    /// Errors: a wrong type or value.
    fn read(value: &Value) -> Result<Self, Error>;

    /// Writes the map.
    fn write(&self) -> Value;
}

/// The parameters of the command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request<P> {
    /// The subcommand's number, assigned or not.
    pub subcommand: u64,
    /// What it is about.
    pub parameters: Option<P>,
    /// 1 or 2.
    pub protocol: Option<u64>,
    /// Proof over [`Request::message`].
    pub pin_uv_auth_param: Option<Vec<u8>>,
    /// The parameters as they were sent, unknown members among them: the proof is over these.
    raw: Option<Value>,
}

impl<P: Parameters> Request<P> {
    pub(super) fn of(subcommand: u64, parameters: Option<P>) -> Self {
        let raw = parameters.as_ref().map(P::write);
        Self { subcommand, parameters, protocol: None, pin_uv_auth_param: None, raw }
    }

    /// Reads the parameters after the command byte.
    ///
    /// Errors: malformed CBOR, a missing member, a wrong type.
    pub fn read(cbor: &[u8]) -> Result<Self, Error> {
        let value = parameters(cbor)?;
        let fields = Fields::of(&value, "parameters")?;
        let raw = fields.maybe(2i64, "subCommandParams", Some)?;
        Ok(Self {
            subcommand: fields.must(1i64, "subCommand", unsigned)?,
            parameters: raw.map(P::read).transpose()?,
            protocol: fields.maybe(3i64, "pinUvAuthProtocol", unsigned)?,
            pin_uv_auth_param: fields.maybe(4i64, "pinUvAuthParam", bytes)?,
            raw: raw.cloned(),
        })
    }

    /// What the proof is over: the subcommand and its parameters.
    #[must_use]
    pub fn message(&self) -> Vec<u8> {
        let subcommand = u8::try_from(self.subcommand).unwrap_or(u8::MAX);
        let parameters = self.raw.iter().flat_map(encode);
        P::PREFIX.iter().copied().chain([subcommand]).chain(parameters).collect()
    }

    /// Writes the parameters.
    #[must_use]
    pub fn write(&self) -> Value {
        Map::new()
            .put(1i64, self.subcommand)
            .put_some(2i64, self.raw.clone())
            .put_some(3i64, self.protocol)
            .put_some(4i64, self.pin_uv_auth_param.clone().map(Value::Bytes))
            .into()
    }
}
