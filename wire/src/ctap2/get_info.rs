//! authenticatorGetInfo (04). Spec: CTAP 2.1 section 6.4.

use super::entity::Algorithm;
use super::fields::{Error, Fields, bytes, text, unsigned};
use crate::cbor::{Map, Value};

/// maxMsgSize where a key names none, in bytes.
pub const DEFAULT_MAX_MESSAGE: u64 = 1024;

/// What a key says of itself. Members that no part of the project reads yet are left unread.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Info {
    /// `U2F_V2`, `FIDO_2_0`, …
    pub versions: Vec<String>,
    /// Extension identifiers.
    pub extensions: Vec<String>,
    /// The model.
    pub aaguid: [u8; 16],
    /// Options; absent is not `false`.
    pub options: Vec<(String, bool)>,
    /// The longest request, in bytes.
    pub max_message: Option<u64>,
    /// PIN/UV protocols, preferred first.
    pub pin_uv_auth_protocols: Vec<u64>,
    /// The longest list of descriptors.
    pub max_credentials_in_list: Option<u64>,
    /// The longest credential id, in bytes.
    pub max_credential_id: Option<u64>,
    /// `usb`, `nfc`, …
    pub transports: Vec<String>,
    /// In order of preference.
    pub algorithms: Vec<Algorithm>,
    /// The longest array of large blobs, in bytes.
    pub max_large_blob_array: Option<u64>,
    /// The PIN must be changed first.
    pub force_pin_change: Option<bool>,
    /// The shortest PIN, in code points.
    pub min_pin_length: Option<u64>,
    /// The firmware's own number.
    pub firmware_version: Option<u64>,
    /// The longest credBlob, in bytes.
    pub max_cred_blob: Option<u64>,
    /// How many rpIds may be told the shortest PIN.
    pub max_min_pin_rp_ids: Option<u64>,
    /// How often a host should let the finger be tried before it asks for the PIN.
    pub preferred_uv_attempts: Option<u64>,
    /// How people are verified: bits.
    pub uv_modality: Option<u64>,
    /// How many discoverable credentials still fit.
    pub remaining_discoverable: Option<u64>,
    /// Attestation formats. Since CTAP 2.2.
    pub attestation_formats: Vec<String>,
    /// How often a finger was enough since the PIN. Since CTAP 2.2, as what follows.
    pub uv_count: Option<u64>,
    /// A reset takes a long touch.
    pub long_touch_for_reset: Option<bool>,
    /// The device, for who has the persistent token.
    pub enc_identifier: Option<Vec<u8>>,
    /// Where a reset is taken; empty: everywhere.
    pub transports_for_reset: Vec<String>,
    /// Simple PINs are refused.
    pub pin_complexity_policy: Option<bool>,
    /// The longest PIN, in bytes.
    pub max_pin_length: Option<u64>,
    /// The state of the accounts, for who has the persistent token. Since CTAP 2.3.
    pub enc_cred_store_state: Option<Vec<u8>>,
    /// The subcommands of authenticatorConfig. Since CTAP 2.3.
    pub config_commands: Vec<u64>,
}

impl Info {
    /// The value of an option; `None` where the key does not name it.
    #[must_use]
    pub fn option(&self, name: &str) -> Option<bool> {
        self.options.iter().find(|(known, _)| known == name).map(|(_, value)| *value)
    }

    /// Reads the members of an answer.
    ///
    /// Errors: a missing member, a wrong type.
    pub fn read(value: &Value) -> Result<Self, Error> {
        let fields = Fields::of(value, "answer")?;
        let texts = |value| text(value).ok_or_else(|| Error::Type("text in getInfo".to_owned()));
        let numbers =
            |value| unsigned(value).ok_or_else(|| Error::Type("number in getInfo".to_owned()));
        fields.must(1i64, "versions", Value::as_array)?;
        let option = |(key, value): &(Value, Value)| match (key.as_text(), value.as_bool()) {
            (Some(name), Some(value)) => Ok((name.to_owned(), value)),
            _ => Err(Error::Type("options".to_owned())),
        };
        let options = fields.maybe(4i64, "options", Value::as_map)?.unwrap_or_default();
        Ok(Self {
            versions: fields.list(1i64, "versions", texts)?,
            extensions: fields.list(2i64, "extensions", texts)?,
            aaguid: fields.must_array(3i64, "aaguid")?,
            options: options.iter().map(option).collect::<Result<_, _>>()?,
            max_message: fields.maybe(5i64, "maxMsgSize", unsigned)?,
            pin_uv_auth_protocols: fields.list(6i64, "pinUvAuthProtocols", numbers)?,
            max_credentials_in_list: fields.maybe(7i64, "maxCredentialCountInList", unsigned)?,
            max_credential_id: fields.maybe(8i64, "maxCredentialIdLength", unsigned)?,
            transports: fields.list(9i64, "transports", texts)?,
            algorithms: Algorithm::read_list(&fields, 10, "algorithms")?,
            max_large_blob_array: fields.maybe(11i64, "maxSerializedLargeBlobArray", unsigned)?,
            force_pin_change: fields.maybe(12i64, "forcePINChange", Value::as_bool)?,
            min_pin_length: fields.maybe(13i64, "minPINLength", unsigned)?,
            firmware_version: fields.maybe(14i64, "firmwareVersion", unsigned)?,
            max_cred_blob: fields.maybe(15i64, "maxCredBlobLength", unsigned)?,
            max_min_pin_rp_ids: fields.maybe(16i64, "maxRPIDsForSetMinPINLength", unsigned)?,
            preferred_uv_attempts: fields.maybe(17i64, "preferredPlatformUvAttempts", unsigned)?,
            uv_modality: fields.maybe(18i64, "uvModality", unsigned)?,
            remaining_discoverable: fields.maybe(
                20i64,
                "remainingDiscoverableCredentials",
                unsigned,
            )?,
            attestation_formats: fields.list(22i64, "attestationFormats", texts)?,
            uv_count: fields.maybe(23i64, "uvCountSinceLastPinEntry", unsigned)?,
            long_touch_for_reset: fields.maybe(24i64, "longTouchForReset", Value::as_bool)?,
            enc_identifier: fields.maybe(25i64, "encIdentifier", bytes)?,
            transports_for_reset: fields.list(26i64, "transportsForReset", texts)?,
            pin_complexity_policy: fields.maybe(27i64, "pinComplexityPolicy", Value::as_bool)?,
            max_pin_length: fields.maybe(29i64, "maxPINLength", unsigned)?,
            enc_cred_store_state: fields.maybe(30i64, "encCredStoreState", bytes)?,
            config_commands: fields.list(31i64, "authenticatorConfigCommands", numbers)?,
        })
    }

    /// Writes the members.
    #[must_use]
    pub fn write(&self) -> Value {
        let texts = |list: &[String]| {
            (!list.is_empty())
                .then(|| Value::Array(list.iter().map(|text| text.as_str().into()).collect()))
        };
        let numbers = |list: &[u64]| {
            (!list.is_empty())
                .then(|| Value::Array(list.iter().copied().map(Value::from).collect()))
        };
        let options = self.options.iter().fold(Map::new(), |map, (k, v)| map.put(k.as_str(), *v));
        let algorithms = (!self.algorithms.is_empty())
            .then(|| Value::Array(self.algorithms.iter().map(|a| a.write()).collect()));
        let first = Map::new()
            .put(1i64, texts(&self.versions).unwrap_or_else(|| Value::Array(Vec::new())))
            .put_some(2i64, texts(&self.extensions))
            .put(3i64, Value::bytes(self.aaguid))
            .put_some(4i64, (!options.is_empty()).then_some(options))
            .put_some(5i64, self.max_message)
            .put_some(6i64, numbers(&self.pin_uv_auth_protocols))
            .put_some(7i64, self.max_credentials_in_list)
            .put_some(8i64, self.max_credential_id)
            .put_some(9i64, texts(&self.transports))
            .put_some(10i64, algorithms)
            .put_some(11i64, self.max_large_blob_array)
            .put_some(12i64, self.force_pin_change)
            .put_some(13i64, self.min_pin_length)
            .put_some(14i64, self.firmware_version)
            .put_some(15i64, self.max_cred_blob)
            .put_some(16i64, self.max_min_pin_rp_ids)
            .put_some(17i64, self.preferred_uv_attempts)
            .put_some(18i64, self.uv_modality)
            .put_some(20i64, self.remaining_discoverable);
        first
            .put_some(22i64, texts(&self.attestation_formats))
            .put_some(23i64, self.uv_count)
            .put_some(24i64, self.long_touch_for_reset)
            .put_some(25i64, self.enc_identifier.clone().map(Value::Bytes))
            .put_some(26i64, texts(&self.transports_for_reset))
            .put_some(27i64, self.pin_complexity_policy)
            .put_some(29i64, self.max_pin_length)
            .put_some(30i64, self.enc_cred_store_state.clone().map(Value::Bytes))
            .put_some(31i64, numbers(&self.config_commands))
            .into()
    }
}
