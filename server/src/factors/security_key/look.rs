//! A first look at what a browser and a key answered: read strictly, and held against the question.
//!
//! All of it follows from the question and the answer, and nothing from what is stored. So a key that
//! is enrolled and one that nobody knows are refused alike here, each for its own reason. What follows
//! from the stored credential is told only after its signature was found right.
//!
//! Spec: WebAuthn Level 3, 7.1 and 7.2.

use crate::factors::Refusal;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use webauthn_rs::prelude::{PublicKeyCredential, RegisterPublicKeyCredential, Url};
use wire::cbor::{self, Order};
use wire::ctap2::auth_data::{AuthData, Flags};

/// Whose pages ask, and what keys sign for.
#[derive(Clone, Debug)]
pub(super) struct Site {
    /// SHA-256 of the rpId.
    rp_id_hash: [u8; 32],
    /// As browsers write it.
    origin: String,
}

/// What an answer has to answer.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    /// Base64url.
    pub(super) challenge: &'a str,
    pub(super) verification: Verification,
}

/// Whether the key has to verify its user.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Verification {
    Required,
    Optional,
}

/// What a browser says of a ceremony.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClientData {
    r#type: String,
    challenge: String,
    origin: String,
    #[serde(default)]
    cross_origin: Option<Value>,
    #[serde(default)]
    top_origin: Option<Value>,
}

impl Site {
    pub(super) fn new(rp_id: &str, origin: &Url) -> Self {
        let rp_id_hash = Sha256::digest(rp_id).into();
        Self { rp_id_hash, origin: origin.origin().ascii_serialization() }
    }

    /// Looks at a new credential.
    ///
    /// Extension outputs are left out of it where nobody needs them, or cannot read them: then the
    /// statement that signs them goes too, and the key counts as one that did not say who made it.
    pub(super) fn registration(
        &self,
        asked: Asked<'_>,
        answer: &mut RegisterPublicKeyCredential,
    ) -> Result<(), Refusal> {
        let response = &mut answer.response;
        self.client_data(asked, "webauthn.create", response.client_data_json.as_ref())?;
        let object = cbor::decode(response.attestation_object.as_ref(), Order::Any);
        let object = object.map_err(|_| Refusal::Unsound)?;
        let member = |name: &str| object.entry(&name.into()).ok_or(Refusal::Unsound);
        let statement = member("attStmt")?.as_map().ok_or(Refusal::Unsound)?;
        let attested = member("fmt")?.as_text() != Some("none");
        if !attested && !statement.is_empty() {
            return Err(Refusal::Unsound);
        }
        let data = member("authData")?.as_bytes().ok_or(Refusal::Unsound)?;
        let data = self.authenticator_data(asked, data)?;
        let credential = data.attested.as_ref().ok_or(Refusal::Unsound)?;
        let id = &credential.credential_id;
        if !(1..=LONGEST_ID).contains(&id.len()) || id != &*answer.raw_id {
            return Err(Refusal::Unsound);
        }
        match &data.extensions {
            Some(outputs) if !attested || !is_readable(outputs) => {
                response.attestation_object = without_extensions(data);
            }
            Some(_) | None => {}
        }
        Ok(())
    }

    /// Looks at a log-in.
    pub(super) fn assertion(
        &self,
        asked: Asked<'_>,
        answer: &PublicKeyCredential,
    ) -> Result<AuthData, Refusal> {
        let response = &answer.response;
        self.client_data(asked, "webauthn.get", response.client_data_json.as_ref())?;
        self.authenticator_data(asked, response.authenticator_data.as_ref())
    }

    fn client_data(&self, asked: Asked<'_>, kind: &str, json: &[u8]) -> Result<(), Refusal> {
        let data: ClientData = serde_json::from_slice(json).map_err(|_| Refusal::Malformed)?;
        if data.r#type != kind {
            return Err(Refusal::Unsound);
        }
        if data.challenge != asked.challenge {
            return Err(Refusal::ChallengeGone);
        }
        let framed = data.cross_origin.is_some_and(|value| value != Value::Bool(false));
        if framed || data.top_origin.is_some() {
            return Err(Refusal::CrossOrigin);
        }
        if data.origin != self.origin {
            return Err(Refusal::OtherAddress);
        }
        Ok(())
    }

    fn authenticator_data(&self, asked: Asked<'_>, bytes: &[u8]) -> Result<AuthData, Refusal> {
        let data = AuthData::read(bytes).map_err(|_| Refusal::Unsound)?;
        if !data.extensions.as_ref().is_none_or(are_named) {
            return Err(Refusal::Unsound);
        }
        if data.rp_id_hash != self.rp_id_hash {
            return Err(Refusal::OtherSite);
        }
        if !data.flags.has(Flags::UP) {
            return Err(Refusal::UserPresenceMissing);
        }
        if data.flags.has(Flags::BS) && !data.flags.has(Flags::BE) {
            return Err(Refusal::BackupFlags);
        }
        if asked.verification == Verification::Required && !data.flags.has(Flags::UV) {
            return Err(Refusal::UserVerificationMissing);
        }
        Ok(data)
    }
}

/// Of an answer in JSON, the members that the server reads, of its response those in `response`.
/// What else a browser says, and in which shape, is no reason to refuse a key.
pub(super) fn kept(answer: &Value, response: &[&str]) -> Value {
    let of = |name: &str| answer.get(name).cloned().unwrap_or_default();
    let response: serde_json::Map<_, _> = response
        .iter()
        .filter_map(|name| Some((*name, answer.get("response")?.get(name)?)))
        .filter(|(name, value)| (*name, value.as_str()) != ("userHandle", Some("")))
        .map(|(name, value)| (name.to_owned(), words(value)))
        .collect();
    json!({
        "id": of("id"),
        "rawId": of("rawId"),
        "type": of("type"),
        "response": response,
        "clientExtensionResults": {},
    })
}

/// Whether the key keeps the new credential, where the browser says so.
pub(super) fn says_kept(answer: &Value) -> Option<bool> {
    answer.pointer("/clientExtensionResults/credProps/rk").and_then(Value::as_bool)
}

/// How the key is reached, where a kept answer says so.
pub(super) fn transports(kept: &Value) -> Vec<String> {
    let list = kept.pointer("/response/transports").and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// A value, and of a list the texts in it.
fn words(value: &Value) -> Value {
    let texts =
        |items: &Vec<Value>| items.iter().filter(|item| item.is_string()).cloned().collect();
    value.as_array().map_or_else(|| value.clone(), texts)
}

/// Whether these are extension outputs: a map from names.
fn are_named(outputs: &cbor::Value) -> bool {
    outputs.as_map().is_some_and(|map| map.iter().all(|(name, _)| name.as_text().is_some()))
}

/// Whether the library reads these outputs. It tolerates unknown names, and no odd values under the
/// names it knows.
fn is_readable(outputs: &cbor::Value) -> bool {
    let entries = outputs.as_map().unwrap_or_default();
    entries.iter().all(|(name, value)| match name.as_text() {
        Some("credProtect") => matches!(value.as_int(), Some(1..=3)),
        Some("hmac-secret") => value.as_bool().is_some(),
        Some(_) | None => true,
    })
}

/// The attestation object of a key with these data that says nothing more.
fn without_extensions(data: AuthData) -> Vec<u8> {
    let data = AuthData { extensions: None, ..data };
    let object = cbor::Map::new()
        .put("fmt", "none")
        .put("attStmt", cbor::Map::new())
        .put("authData", cbor::Value::bytes(data.write()));
    cbor::encode(&object.into())
}

/// The longest credential id that WebAuthn allows, in bytes.
const LONGEST_ID: usize = 1023;
