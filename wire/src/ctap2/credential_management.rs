//! authenticatorCredentialManagement (0A).
//!
//! Spec: CTAP 2.1 section 6.8.

use super::administration;
use super::codes::codes;
use super::cose::Key;
use super::entity::{Descriptor, RelyingParty, User};
use super::fields::{Error, Fields, bytes, unsigned};
use crate::cbor::{Map, Value};

codes! {
    /// What is asked.
    Subcommand: u64 {
        GetCredsMetadata = 1,
        EnumerateRpsBegin = 2,
        EnumerateRpsGetNextRp = 3,
        EnumerateCredentialsBegin = 4,
        EnumerateCredentialsGetNextCredential = 5,
        DeleteCredential = 6,
        UpdateUserInformation = 7,
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

impl administration::Parameters for Parameters {
    const PREFIX: &'static [u8] = &[];

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
    /// Its key of the extension largeBlobKey.
    pub large_blob_key: Option<Vec<u8>>,
    /// Its answer to the extension thirdPartyPayment. Since CTAP 2.2.
    pub third_party_payment: Option<bool>,
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
            large_blob_key: fields.maybe(11i64, "largeBlobKey", bytes)?,
            third_party_payment: fields.maybe(12i64, "thirdPartyPayment", Value::as_bool)?,
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
            .put_some(11i64, self.large_blob_key.clone().map(Value::Bytes))
            .put_some(12i64, self.third_party_payment)
            .into()
    }
}
