//! authenticatorMakeCredential (01). Spec: CTAP 2.1 section 6.1.

use super::entity::{Algorithm, Descriptor, Options, RelyingParty, User, pass_over_icon};
use super::fields::{Error, Fields, bytes, parameters, text, unsigned};
use crate::cbor::{Map, Value};

/// The parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// SHA-256 of the client data.
    pub client_data_hash: [u8; 32],
    /// Who asks.
    pub rp: RelyingParty,
    /// For whom.
    pub user: User,
    /// In order of preference; those of an unknown type are left out.
    pub algorithms: Vec<Algorithm>,
    /// Credentials that must not be on this key.
    pub exclude: Vec<Descriptor>,
    /// Extension inputs, a map.
    pub extensions: Option<Value>,
    /// What is asked of the key.
    pub options: Options,
    /// Proof of a PIN/UV token; an empty one asks for a touch only.
    pub pin_uv_auth_param: Option<Vec<u8>>,
    /// 1 or 2.
    pub pin_uv_auth_protocol: Option<u64>,
    /// 1 or 2.
    pub enterprise_attestation: Option<u64>,
    /// The attestation formats that are wanted, best first. Since CTAP 2.2.
    pub formats: Vec<String>,
}

impl Request {
    /// Reads the parameters after the command byte.
    ///
    /// Errors: malformed CBOR, a missing member, a wrong type.
    pub fn read(cbor: &[u8]) -> Result<Self, Error> {
        let value = parameters(cbor)?;
        let fields = Fields::of(&value, "parameters")?;
        let extensions = fields.maybe(6i64, "extensions", |v| v.as_map().map(|_| v.clone()))?;
        let rp = fields.must(2i64, "rp", Some)?;
        let user = fields.must(3i64, "user", Some)?;
        fields.must(4i64, "pubKeyCredParams", Value::as_array)?;
        pass_over_icon(rp, "rp")?;
        pass_over_icon(user, "user")?;
        Ok(Self {
            client_data_hash: fields.must_array(1i64, "clientDataHash")?,
            rp: RelyingParty::read(rp)?,
            user: User::read(user)?,
            algorithms: Algorithm::read_list(&fields, 4, "pubKeyCredParams")?,
            exclude: fields.list(5i64, "excludeList", Descriptor::read)?,
            extensions,
            options: Options::read(&fields, 7)?,
            pin_uv_auth_param: fields.maybe(8i64, "pinUvAuthParam", bytes)?,
            pin_uv_auth_protocol: fields.maybe(9i64, "pinUvAuthProtocol", unsigned)?,
            enterprise_attestation: fields.maybe(10i64, "enterpriseAttestation", unsigned)?,
            formats: fields.list(11i64, "attestationFormatsPreference", |value| {
                text(value).ok_or_else(|| Error::Type("attestation format".to_owned()))
            })?,
        })
    }

    /// Writes the parameters.
    #[must_use]
    pub fn write(&self) -> Value {
        let formats = (!self.formats.is_empty())
            .then(|| Value::Array(self.formats.iter().map(|f| f.as_str().into()).collect()));
        let exclude = (!self.exclude.is_empty())
            .then(|| Value::Array(self.exclude.iter().map(Descriptor::write).collect()));
        Map::new()
            .put(1i64, Value::bytes(self.client_data_hash))
            .put(2i64, self.rp.write())
            .put(3i64, self.user.write())
            .put(4i64, Value::Array(self.algorithms.iter().map(|a| a.write()).collect()))
            .put_some(5i64, exclude)
            .put_some(6i64, self.extensions.clone())
            .put_some(7i64, self.options.write())
            .put_some(8i64, self.pin_uv_auth_param.clone().map(Value::Bytes))
            .put_some(9i64, self.pin_uv_auth_protocol)
            .put_some(10i64, self.enterprise_attestation)
            .put_some(11i64, formats)
            .into()
    }
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// `packed`, `fido-u2f`, `none`, …
    pub format: String,
    /// Authenticator data with the new credential, as signed.
    pub auth_data: Vec<u8>,
    /// The attestation statement, a map; empty for `none`.
    pub statement: Value,
    /// Enterprise attestation was given.
    pub enterprise: Option<bool>,
    /// The largeBlobKey extension's key.
    pub large_blob_key: Option<Vec<u8>>,
}

impl Response {
    /// Reads the members of an answer.
    ///
    /// Errors: a missing member, a wrong type.
    pub fn read(value: &Value) -> Result<Self, Error> {
        let fields = Fields::of(value, "answer")?;
        let statement = fields.maybe(3i64, "attStmt", |v| v.as_map().map(|_| v.clone()))?;
        Ok(Self {
            format: fields.must(1i64, "fmt", text)?,
            auth_data: fields.must(2i64, "authData", bytes)?,
            statement: statement.unwrap_or_else(|| Map::new().into()),
            enterprise: fields.maybe(4i64, "epAtt", Value::as_bool)?,
            large_blob_key: fields.maybe(5i64, "largeBlobKey", bytes)?,
        })
    }

    /// Writes the members.
    #[must_use]
    pub fn write(&self) -> Value {
        Map::new()
            .put(1i64, self.format.as_str())
            .put(2i64, Value::bytes(self.auth_data.as_slice()))
            .put(3i64, self.statement.clone())
            .put_some(4i64, self.enterprise)
            .put_some(5i64, self.large_blob_key.clone().map(Value::Bytes))
            .into()
    }

    /// The WebAuthn attestation object: the same with text keys, encoded.
    ///
    /// Spec: WebAuthn Level 3, attestation object.
    #[must_use]
    pub fn attestation_object(&self) -> Vec<u8> {
        crate::cbor::encode(
            &Map::new()
                .put("fmt", self.format.as_str())
                .put("attStmt", self.statement.clone())
                .put("authData", Value::bytes(self.auth_data.as_slice()))
                .into(),
        )
    }
}
