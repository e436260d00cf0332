//! authenticatorCredentialManagement (0A).
//!
//! Spec: CTAP 2.1 section 6.8.

use super::cose::Key;
use super::entity::{Descriptor, RelyingParty, User};
use super::fields::{Error, Fields, bytes, parameters, unsigned};
use crate::cbor::{Map, Value, encode};

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are the specification's own")]
pub enum Subcommand {
    GetCredsMetadata = 1,
    EnumerateRpsBegin = 2,
    EnumerateRpsGetNextRp = 3,
    EnumerateCredentialsBegin = 4,
    EnumerateCredentialsGetNextCredential = 5,
    DeleteCredential = 6,
    UpdateUserInformation = 7,
}

impl Subcommand {
    /// From the number, where it is assigned.
    #[must_use]
    pub fn from_code(code: u64) -> Option<Self> {
        [
            Self::GetCredsMetadata,
            Self::EnumerateRpsBegin,
            Self::EnumerateRpsGetNextRp,
            Self::EnumerateCredentialsBegin,
            Self::EnumerateCredentialsGetNextCredential,
            Self::DeleteCredential,
            Self::UpdateUserInformation,
        ]
        .into_iter()
        .find(|known| *known as u64 == code)
    }
}

/// What the subcommand is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parameters {
    /// SHA-256 of the rpId.
    pub rp_id_hash: Option<[u8; 32]>,
    /// Which credential.
    pub credential: Option<Descriptor>,
    /// What its user is from now on.
    pub user: Option<User>,
}

impl Parameters {
    fn read(value: &Value) -> Result<Self, Error> {
        let fields = Fields::of(value, "subCommandParams")?;
        Ok(Self {
            rp_id_hash: fields.maybe_array(1i64, "rpIDHash")?,
            credential: fields
                .maybe(2i64, "credentialID", Some)?
                .map(Descriptor::read)
                .transpose()?,
            user: fields.maybe(3i64, "user", Some)?.map(User::read).transpose()?,
        })
    }

    fn write(&self) -> Value {
        Map::new()
            .put_some(1i64, self.rp_id_hash.map(Value::bytes))
            .put_some(2i64, self.credential.as_ref().map(Descriptor::write))
            .put_some(3i64, self.user.as_ref().map(User::write))
            .into()
    }
}

/// The parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The subcommand's number, assigned or not ([`Subcommand::from_code`]).
    pub subcommand: u64,
    /// What it is about.
    pub parameters: Option<Parameters>,
    /// 1 or 2.
    pub protocol: Option<u64>,
    /// Proof over [`Request::message`].
    pub pin_uv_auth_param: Option<Vec<u8>>,
    /// The parameters as they were sent, unknown members among them: the proof is over these.
    raw: Option<Value>,
}

impl Request {
    /// A request without a proof, which is over [`Request::message`].
    #[must_use]
    pub fn new(subcommand: Subcommand, parameters: Option<Parameters>) -> Self {
        let raw = parameters.as_ref().map(Parameters::write);
        let (protocol, pin_uv_auth_param) = (None, None);
        Self { subcommand: subcommand as u64, parameters, protocol, pin_uv_auth_param, raw }
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
            parameters: raw.map(Parameters::read).transpose()?,
            protocol: fields.maybe(3i64, "pinUvAuthProtocol", unsigned)?,
            pin_uv_auth_param: fields.maybe(4i64, "pinUvAuthParam", bytes)?,
            raw: raw.cloned(),
        })
    }

    /// What the proof is over: the subcommand and its parameters.
    #[must_use]
    pub fn message(&self) -> Vec<u8> {
        let subcommand = u8::try_from(self.subcommand).unwrap_or(u8::MAX);
        let mut message = vec![subcommand];
        message.extend(self.raw.iter().flat_map(encode));
        message
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

/// The answer; which members are there depends on the subcommand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Response {
    /// How many credentials live on the key.
    pub existing: Option<u64>,
    /// How many more may fit.
    pub remaining: Option<u64>,
    /// A relying party.
    pub rp: Option<RelyingParty>,
    /// SHA-256 of its rpId.
    pub rp_id_hash: Option<[u8; 32]>,
    /// How many relying parties there are, the first one among them.
    pub total_rps: Option<u64>,
    /// Whose the credential is.
    pub user: Option<User>,
    /// The credential.
    pub credential: Option<Descriptor>,
    /// Its public key.
    pub public_key: Option<Key>,
    /// How many credentials there are, the first one among them.
    pub total_credentials: Option<u64>,
    /// Its level of credProtect.
    pub cred_protect: Option<u64>,
}

impl Response {
    /// Reads the members of an answer.
    ///
    /// Errors: a wrong type.
    pub fn read(value: &Value) -> Result<Self, Error> {
        let fields = Fields::of(value, "answer")?;
        Ok(Self {
            existing: fields.maybe(1i64, "existingResidentCredentialsCount", unsigned)?,
            remaining: fields.maybe(
                2i64,
                "maxPossibleRemainingResidentCredentialsCount",
                unsigned,
            )?,
            rp: fields.maybe(3i64, "rp", Some)?.map(RelyingParty::read).transpose()?,
            rp_id_hash: fields.maybe_array(4i64, "rpIDHash")?,
            total_rps: fields.maybe(5i64, "totalRPs", unsigned)?,
            user: fields.maybe(6i64, "user", Some)?.map(User::read).transpose()?,
            credential: fields
                .maybe(7i64, "credentialID", Some)?
                .map(Descriptor::read)
                .transpose()?,
            public_key: fields.maybe(8i64, "publicKey", Some)?.map(Key::read).transpose()?,
            total_credentials: fields.maybe(9i64, "totalCredentials", unsigned)?,
            cred_protect: fields.maybe(10i64, "credProtect", unsigned)?,
        })
    }

    /// Writes the members.
    #[must_use]
    pub fn write(&self) -> Value {
        Map::new()
            .put_some(1i64, self.existing)
            .put_some(2i64, self.remaining)
            .put_some(3i64, self.rp.as_ref().map(RelyingParty::write))
            .put_some(4i64, self.rp_id_hash.map(Value::bytes))
            .put_some(5i64, self.total_rps)
            .put_some(6i64, self.user.as_ref().map(User::write))
            .put_some(7i64, self.credential.as_ref().map(Descriptor::write))
            .put_some(8i64, self.public_key.as_ref().map(Key::write))
            .put_some(9i64, self.total_credentials)
            .put_some(10i64, self.cred_protect)
            .into()
    }
}
