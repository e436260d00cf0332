//! authenticatorGetAssertion (02) and the answers of getNextAssertion (08).
//!
//! Spec: CTAP 2.1 sections 6.2 and 6.3.

use super::entity::{Descriptor, Options, User};
use super::fields::{Error, Fields, bytes, parameters, text, unsigned};
use crate::cbor::{Map, Value};

/// The parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The rpId, a domain.
    pub rp_id: String,
    /// SHA-256 of the client data.
    pub client_data_hash: [u8; 32],
    /// The credentials that may answer; `None` asks for a discoverable one.
    pub allow: Option<Vec<Descriptor>>,
    /// Extension inputs, a map.
    pub extensions: Option<Value>,
    /// What is asked of the key.
    pub options: Options,
    /// Proof of a PIN/UV token; an empty one asks for a touch only.
    pub pin_uv_auth_param: Option<Vec<u8>>,
    /// 1 or 2.
    pub pin_uv_auth_protocol: Option<u64>,
}

impl Request {
    /// Reads the parameters after the command byte.
    ///
    /// Errors: malformed CBOR, a missing member, a wrong type.
    pub fn read(cbor: &[u8]) -> Result<Self, Error> {
        let value = parameters(cbor)?;
        let fields = Fields::of(&value, "parameters")?;
        let listed = fields.maybe(3i64, "allowList", Value::as_array)?.is_some();
        let allow = fields.list(3i64, "allowList", Descriptor::read)?;
        Ok(Self {
            rp_id: fields.must(1i64, "rpId", text)?,
            client_data_hash: fields.must_array(2i64, "clientDataHash")?,
            allow: listed.then_some(allow),
            extensions: fields.maybe(4i64, "extensions", |v| v.as_map().map(|_| v.clone()))?,
            options: Options::read(&fields, 5)?,
            pin_uv_auth_param: fields.maybe(6i64, "pinUvAuthParam", bytes)?,
            pin_uv_auth_protocol: fields.maybe(7i64, "pinUvAuthProtocol", unsigned)?,
        })
    }

    /// Writes the parameters.
    #[must_use]
    pub fn write(&self) -> Value {
        let allow = self
            .allow
            .as_ref()
            .map(|list| Value::Array(list.iter().map(Descriptor::write).collect()));
        Map::new()
            .put(1i64, self.rp_id.as_str())
            .put(2i64, Value::bytes(self.client_data_hash))
            .put_some(3i64, allow)
            .put_some(4i64, self.extensions.clone())
            .put_some(5i64, self.options.write())
            .put_some(6i64, self.pin_uv_auth_param.clone().map(Value::Bytes))
            .put_some(7i64, self.pin_uv_auth_protocol)
            .into()
    }
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// Which credential signed; keys may omit it for an allow list of one.
    pub credential: Option<Descriptor>,
    /// Authenticator data, as signed.
    pub auth_data: Vec<u8>,
    /// Over `auth_data` and the client data hash.
    pub signature: Vec<u8>,
    /// The account of a discoverable credential.
    pub user: Option<User>,
    /// How many credentials match, in the first answer where there are several.
    pub number_of_credentials: Option<u64>,
    /// The person chose the account on the key.
    pub user_selected: Option<bool>,
    /// The largeBlobKey extension's key.
    pub large_blob_key: Option<Vec<u8>>,
}

impl Response {
    /// Reads the members of an answer.
    ///
    /// Errors: a missing member, a wrong type.
    pub fn read(value: &Value) -> Result<Self, Error> {
        let fields = Fields::of(value, "answer")?;
        Ok(Self {
            credential: fields
                .maybe(1i64, "credential", Some)?
                .map(Descriptor::read)
                .transpose()?,
            auth_data: fields.must(2i64, "authData", bytes)?,
            signature: fields.must(3i64, "signature", bytes)?,
            user: fields.maybe(4i64, "user", Some)?.map(User::read).transpose()?,
            number_of_credentials: fields.maybe(5i64, "numberOfCredentials", unsigned)?,
            user_selected: fields.maybe(6i64, "userSelected", Value::as_bool)?,
            large_blob_key: fields.maybe(7i64, "largeBlobKey", bytes)?,
        })
    }

    /// Writes the members.
    #[must_use]
    pub fn write(&self) -> Value {
        Map::new()
            .put_some(1i64, self.credential.as_ref().map(Descriptor::write))
            .put(2i64, Value::bytes(self.auth_data.as_slice()))
            .put(3i64, Value::bytes(self.signature.as_slice()))
            .put_some(4i64, self.user.as_ref().map(User::write))
            .put_some(5i64, self.number_of_credentials)
            .put_some(6i64, self.user_selected)
            .put_some(7i64, self.large_blob_key.clone().map(Value::Bytes))
            .into()
    }
}
