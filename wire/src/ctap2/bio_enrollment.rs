//! authenticatorBioEnrollment (09): fingers are taught to a key.
//!
//! Spec: CTAP 2.1 section 6.7.

use super::codes::codes;
use super::fields::{Error, Fields, bytes, parameters, text, unsigned};
use crate::cbor::{Map, Value, encode};

/// The only modality there is.
pub const FINGERPRINT: u64 = 1;

codes! {
    /// What is asked.
    Subcommand: u64 {
        EnrollBegin = 1,
        EnrollCaptureNextSample = 2,
        CancelCurrentEnrollment = 3,
        EnumerateEnrollments = 4,
        SetFriendlyName = 5,
        RemoveEnrollment = 6,
        GetFingerprintSensorInfo = 7,
    }
}

codes! {
    /// What a sensor says of one touch.
    Sample: u8 {
        Good = 0x00,
        TooHigh = 0x01,
        TooLow = 0x02,
        TooLeft = 0x03,
        TooRight = 0x04,
        TooFast = 0x05,
        TooSlow = 0x06,
        PoorQuality = 0x07,
        TooSkewed = 0x08,
        TooShort = 0x09,
        MergeFailure = 0x0A,
        Exists = 0x0B,
        NoUserActivity = 0x0D,
        NoUserPresenceTransition = 0x0E,
    }
}

/// The parameters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// [`FINGERPRINT`].
    pub modality: Option<u64>,
    /// The subcommand's number, assigned or not ([`Subcommand::from_code`]).
    pub subcommand: Option<u64>,
    /// Which finger.
    pub template_id: Option<Vec<u8>>,
    /// What it is called.
    pub friendly_name: Option<String>,
    /// How long a touch is waited for, in milliseconds.
    pub timeout: Option<u64>,
    /// 1 or 2.
    pub protocol: Option<u64>,
    /// Proof over [`Request::message`].
    pub pin_uv_auth_param: Option<Vec<u8>>,
    /// The modality is asked for, and nothing else.
    pub get_modality: Option<bool>,
    /// The parameters as they were sent: the proof is over these.
    raw: Option<Value>,
}

impl Request {
    /// A request without a proof, which is over [`Request::message`].
    #[must_use]
    pub fn new(subcommand: Subcommand) -> Self {
        let subcommand = Some(subcommand as u64);
        Self { modality: Some(FINGERPRINT), subcommand, ..Self::default() }
    }

    /// The same about a finger, its name and a time, where given.
    #[must_use]
    pub fn about(self, id: Option<&[u8]>, name: Option<&str>, timeout: Option<u64>) -> Self {
        let raw = Map::new()
            .put_some(1i64, id.map(Value::bytes))
            .put_some(2i64, name)
            .put_some(3i64, timeout);
        let raw = (!raw.is_empty()).then(|| raw.into());
        let template_id = id.map(<[u8]>::to_vec);
        Self { template_id, friendly_name: name.map(str::to_owned), timeout, raw, ..self }
    }

    /// Reads the parameters after the command byte.
    ///
    /// Errors: malformed CBOR, a wrong type.
    pub fn read(cbor: &[u8]) -> Result<Self, Error> {
        let value = parameters(cbor)?;
        let fields = Fields::of(&value, "parameters")?;
        let raw = fields.maybe(3i64, "subCommandParams", Some)?;
        let none = Value::Map(Vec::new());
        let about = Fields::of(raw.unwrap_or(&none), "subCommandParams")?;
        Ok(Self {
            modality: fields.maybe(1i64, "modality", unsigned)?,
            subcommand: fields.maybe(2i64, "subCommand", unsigned)?,
            template_id: about.maybe(1i64, "templateId", bytes)?,
            friendly_name: about.maybe(2i64, "templateFriendlyName", text)?,
            timeout: about.maybe(3i64, "timeoutMilliseconds", unsigned)?,
            protocol: fields.maybe(4i64, "pinUvAuthProtocol", unsigned)?,
            pin_uv_auth_param: fields.maybe(5i64, "pinUvAuthParam", bytes)?,
            get_modality: fields.maybe(6i64, "getModality", Value::as_bool)?,
            raw: raw.cloned(),
        })
    }

    /// What the proof is over: the modality, the subcommand and its parameters.
    #[must_use]
    pub fn message(&self) -> Vec<u8> {
        let byte = |number: Option<u64>| u8::try_from(number.unwrap_or(0)).unwrap_or(u8::MAX);
        let mut message = vec![byte(self.modality), byte(self.subcommand)];
        message.extend(self.raw.iter().flat_map(encode));
        message
    }

    /// Writes the parameters.
    #[must_use]
    pub fn write(&self) -> Value {
        Map::new()
            .put_some(1i64, self.modality)
            .put_some(2i64, self.subcommand)
            .put_some(3i64, self.raw.clone())
            .put_some(4i64, self.protocol)
            .put_some(5i64, self.pin_uv_auth_param.clone().map(Value::Bytes))
            .put_some(6i64, self.get_modality)
            .into()
    }
}

/// A finger that a key knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// The key's name for it.
    pub id: Vec<u8>,
    /// The person's name for it.
    pub friendly_name: Option<String>,
}

/// The answer; which members are there depends on the subcommand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Response {
    /// [`FINGERPRINT`].
    pub modality: Option<u64>,
    /// 1: touched; 2: swiped.
    pub fingerprint_kind: Option<u64>,
    /// How many good samples a finger takes.
    pub max_samples: Option<u64>,
    /// The finger that is being taught.
    pub template_id: Option<Vec<u8>>,
    /// What the sensor said ([`Sample::from_code`]).
    pub last_sample: Option<u64>,
    /// How many more good samples it takes.
    pub remaining: Option<u64>,
    /// All fingers.
    pub templates: Option<Vec<Template>>,
    /// The longest name of a finger, in bytes.
    pub max_friendly_name: Option<u64>,
}

impl Response {
    /// Reads the members of an answer.
    ///
    /// Errors: a wrong type.
    pub fn read(value: &Value) -> Result<Self, Error> {
        let fields = Fields::of(value, "answer")?;
        let template = |value| {
            let fields = Fields::of(value, "templateInfo")?;
            Ok::<_, Error>(Template {
                id: fields.must(1i64, "templateId", bytes)?,
                friendly_name: fields.maybe(2i64, "templateFriendlyName", text)?,
            })
        };
        let listed = fields.maybe(7i64, "templateInfos", Value::as_array)?;
        Ok(Self {
            modality: fields.maybe(1i64, "modality", unsigned)?,
            fingerprint_kind: fields.maybe(2i64, "fingerprintKind", unsigned)?,
            max_samples: fields.maybe(3i64, "maxCaptureSamplesRequiredForEnroll", unsigned)?,
            template_id: fields.maybe(4i64, "templateId", bytes)?,
            last_sample: fields.maybe(5i64, "lastEnrollSampleStatus", unsigned)?,
            remaining: fields.maybe(6i64, "remainingSamples", unsigned)?,
            templates: listed.map(|list| list.iter().map(template).collect()).transpose()?,
            max_friendly_name: fields.maybe(8i64, "maxTemplateFriendlyName", unsigned)?,
        })
    }

    /// Writes the members.
    #[must_use]
    pub fn write(&self) -> Value {
        let template = |template: &Template| {
            Map::new()
                .put(1i64, Value::bytes(template.id.as_slice()))
                .put_some(2i64, template.friendly_name.as_deref())
                .into()
        };
        let templates =
            self.templates.as_ref().map(|all| Value::Array(all.iter().map(template).collect()));
        Map::new()
            .put_some(1i64, self.modality)
            .put_some(2i64, self.fingerprint_kind)
            .put_some(3i64, self.max_samples)
            .put_some(4i64, self.template_id.clone().map(Value::Bytes))
            .put_some(5i64, self.last_sample)
            .put_some(6i64, self.remaining)
            .put_some(7i64, templates)
            .put_some(8i64, self.max_friendly_name)
            .into()
    }
}
