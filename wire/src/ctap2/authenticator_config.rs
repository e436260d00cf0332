//! authenticatorConfig (0D): what an administrator sets on a key.
//!
//! Spec: CTAP 2.1 section 6.11.

use super::administration;
use super::codes::codes;
use super::fields::{Error, Fields, text, unsigned};
use crate::cbor::{Map, Value};

codes! {
    /// What is asked. The last one is of CTAP 2.2.
    Subcommand: u64 {
        EnableEnterpriseAttestation = 1,
        ToggleAlwaysUv = 2,
        SetMinPinLength = 3,
        EnableLongTouchForReset = 4,
    }
}

/// The parameters.
pub type Request = administration::Request<Parameters>;

impl Request {
    /// A request without a proof, which is over [`Request::message`].
    #[must_use]
    pub fn new(subcommand: Subcommand, parameters: Option<Parameters>) -> Self {
        Self::of(subcommand as u64, parameters)
    }
}

/// What setMinPINLength is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parameters {
    /// The shortest PIN from now on, in code points.
    pub new_min_pin_length: Option<u64>,
    /// The rpIds that may know it.
    pub rp_ids: Option<Vec<String>>,
    /// The PIN must be changed before it is used again.
    pub force_change: Option<bool>,
    /// PINs must not be simple. Since CTAP 2.2.
    pub complexity: Option<bool>,
}

impl administration::Parameters for Parameters {
    /// Thirty-two bytes FF and the command.
    const PREFIX: &'static [u8] =
        b"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\
        \xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x0D";

    fn read(value: &Value) -> Result<Self, Error> {
        let fields = Fields::of(value, "subCommandParams")?;
        let name = "minPinLengthRPIDs";
        let rp_id = |value| text(value).ok_or_else(|| Error::Type(name.to_owned()));
        let listed = fields.maybe(2i64, name, Value::as_array)?;
        Ok(Self {
            new_min_pin_length: fields.maybe(1i64, "newMinPINLength", unsigned)?,
            rp_ids: listed.map(|list| list.iter().map(rp_id).collect()).transpose()?,
            force_change: fields.maybe(3i64, "forceChangePin", Value::as_bool)?,
            complexity: fields.maybe(4i64, "pinComplexityPolicy", Value::as_bool)?,
        })
    }

    fn write(&self) -> Value {
        let texts = |list: &Vec<String>| {
            Value::Array(list.iter().map(|text| text.as_str().into()).collect())
        };
        Map::new()
            .put_some(1i64, self.new_min_pin_length)
            .put_some(2i64, self.rp_ids.as_ref().map(texts))
            .put_some(3i64, self.force_change)
            .put_some(4i64, self.complexity)
            .into()
    }
}
