//! Security keys and passkeys: the ceremonies of WebAuthn, through webauthn-rs.
//!
//! What the library leaves to its caller is here: the credential after a password may be of either
//! kind, a discoverable one is asked for in a plain dialogue, and each refusal has a reason of its
//! own. `look` reads an answer strictly before the library does.

mod login;
mod look; // pure

use self::look::{Asked, Site, Verification};
use super::attestation::Demand;
use super::store::Stored;
use super::{Evidence, Kind, Refusal};
use crate::id::{AccountId, FactorId};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::time::Duration;
use webauthn_rs::prelude::{
    AuthenticatorAttachment, Credential, PasskeyRegistration, RegisterPublicKeyCredential,
    SecurityKeyRegistration, Url, Uuid, WebauthnError,
};
use webauthn_rs::{Webauthn, WebauthnBuilder};

/// Something other than the person's answer is wrong.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The relying-party id is not the host of the origin or a parent of it.
    #[error("rp_id must be the host name of the origin or a domain above it")]
    RelyingParty(#[source] WebauthnError),
    /// A ceremony could not be begun.
    #[error("a WebAuthn ceremony cannot begin")]
    Begin(#[source] WebauthnError),
    /// A stored credential or state is not what this version writes.
    #[error("a stored credential cannot be read")]
    Stored(#[source] serde_json::Error),
    /// A stored credential was written by a newer version.
    #[error("a stored credential is of version {0}, which is not known")]
    Version(i64),
}

/// Runs the ceremonies for one relying party.
#[derive(Clone, Debug)]
pub struct Keys {
    library: Webauthn,
    site: Site,
    demand: Demand,
}

/// What a key must answer, and what to remember until it does.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    /// The options for `navigator.credentials`, the content of `publicKey`.
    pub(crate) public_key: Value,
    /// To be kept as a challenge.
    pub(crate) state: String,
}

/// A credential that was just made.
#[derive(Clone, Debug)]
pub(crate) struct Registered {
    pub(crate) kind: Kind,
    pub(crate) credential_id: String,
    pub(crate) version: i64,
    pub(crate) content: String,
    pub(crate) counter: i64,
    pub(crate) evidence: Evidence,
    /// Whether the key keeps it, as far as the browser says.
    pub(crate) discoverable: bool,
    /// How the key is reached, as far as the browser says.
    pub(crate) transports: Vec<String>,
    /// The factor of the same key whose place it is to take.
    pub(crate) replaces: Option<FactorId>,
}

/// What is remembered of a question until its answer comes.
#[derive(Serialize, Deserialize)]
struct State<Ceremony> {
    challenge: String,
    ceremony: Ceremony,
}

/// Which kind is registered, and the factor whose place it is to take.
type Making = (Registration, Option<FactorId>);

#[derive(Serialize, Deserialize)]
enum Registration {
    SecurityKey(SecurityKeyRegistration),
    Passkey(PasskeyRegistration),
}

/// Whose a new credential will be, as key and browser show it.
pub(crate) struct Owner<'a> {
    pub(crate) id: &'a AccountId,
    pub(crate) username: &'a str,
    pub(crate) name: &'a str,
}

impl Keys {
    /// The ceremonies for relying party `rp_id`, whose pages are at `origin` and named `name`, where
    /// this is demanded of a key before it gives `high` and a browser waits so long for one.
    ///
    /// Errors: [`Error::RelyingParty`].
    pub fn new(
        rp_id: &str,
        origin: &Url,
        name: &str,
        demand: Demand,
        wait: Duration,
    ) -> Result<Self, Error> {
        WebauthnBuilder::new(rp_id, origin)
            .and_then(|builder| builder.rp_name(name).timeout(wait).build())
            .map(|library| Self { library, site: Site::new(rp_id, origin), demand })
            .map_err(Error::RelyingParty)
    }

    /// Asks a key for a new credential, unless it holds one of `existing`.
    pub(crate) fn begin_registration(
        &self,
        owner: &Owner<'_>,
        kind: KeyKind,
        existing: &[Stored],
    ) -> Result<Question, Error> {
        let user = Uuid::from_bytes(owner.id.bytes());
        let (name, display) = (owner.username, owner.name);
        let exclude = existing
            .iter()
            .map(|stored| read(stored).map(|credential| credential.cred_id))
            .collect::<Result<Vec<_>, _>>()?;
        let (public_key, state) = match kind {
            KeyKind::SecurityKey => {
                let (options, state) = self
                    .library
                    .start_securitykey_registration(
                        user,
                        name,
                        display,
                        Some(exclude),
                        None,
                        Some(AuthenticatorAttachment::CrossPlatform),
                    )
                    .map_err(Error::Begin)?;
                (unprotected(public_key(&options)), Registration::SecurityKey(state))
            }
            KeyKind::Passkey => {
                let (options, state) = self
                    .library
                    .start_passkey_registration(user, name, display, Some(exclude))
                    .map_err(Error::Begin)?;
                (discoverable(public_key(&options)), Registration::Passkey(state))
            }
        };
        Ok(question(self.attested(asking_for_rk(public_key)), (state, None::<FactorId>)))
    }

    /// Asks the key of `old`, and no key of the `others`, for a credential that it keeps, and that
    /// verifies its user.
    pub(crate) fn begin_upgrade(
        &self,
        owner: &Owner<'_>,
        old: &FactorId,
        others: &[Stored],
    ) -> Result<Question, Error> {
        let Question { mut public_key, state } =
            self.begin_registration(owner, KeyKind::Passkey, others)?;
        if let Some(Value::Object(selection)) = public_key.get_mut("authenticatorSelection") {
            selection.insert("authenticatorAttachment".to_owned(), "cross-platform".into());
        }
        let State { ceremony: (ceremony, _), .. } = remembered::<Making>(&state)?;
        Ok(question(public_key, (ceremony, Some(old))))
    }

    /// Asks the key who made it, where that is demanded.
    fn attested(&self, mut public_key: Value) -> Value {
        if let (true, Value::Object(options)) = (self.demand.asks(), &mut public_key) {
            options.insert("attestation".to_owned(), "direct".into());
        }
        public_key
    }

    /// Checks the new credential that a key gave in answer to the question that left `state`.
    pub(crate) fn finish_registration(
        &self,
        state: &str,
        answer: &Value,
    ) -> Result<Result<Registered, Refusal>, Error> {
        let State { challenge, ceremony: (ceremony, replaces) } = remembered::<Making>(state)?;
        let kept = look::kept(answer, &["clientDataJSON", "attestationObject", "transports"]);
        let transports = look::transports(&kept);
        let says_kept = look::says_kept(answer);
        let Ok(mut answer) = RegisterPublicKeyCredential::deserialize(kept) else {
            return Ok(Err(Refusal::Malformed));
        };
        let verification = match &ceremony {
            Registration::SecurityKey(_) => Verification::Optional,
            Registration::Passkey(_) => Verification::Required,
        };
        let asked = Asked { challenge: &challenge, verification };
        if let Err(refusal) = self.site.registration(asked, &mut answer) {
            return Ok(Err(refusal));
        }
        let made = match &ceremony {
            Registration::SecurityKey(state) => self
                .library
                .finish_securitykey_registration(&answer, state)
                .map(|key| (Kind::SecurityKey, Credential::from(key))),
            Registration::Passkey(state) => self
                .library
                .finish_passkey_registration(&answer, state)
                .map(|key| (Kind::Passkey, Credential::from(key))),
        };
        Ok(made.map_err(|error| refusal(&error)).map(|(kind, credential)| Registered {
            discoverable: says_kept.unwrap_or(kind == Kind::Passkey),
            transports,
            replaces,
            kind,
            credential_id: BASE64.encode(&credential.cred_id),
            version: VERSION,
            counter: i64::from(credential.counter),
            evidence: self.evidence(
                credential.user_verified,
                credential.backup_eligible,
                &credential,
            ),
            content: written(&credential),
        }))
    }

    /// Whether a new credential may be of the key that has the old one. A phone or computer is none
    /// that is plugged in, unless the old one was of such a device too.
    pub(crate) fn may_be_of_one_key(&self, old: &Stored, new: &Registered) -> Result<bool, Error> {
        let old = serde_json::to_value(&read(old)?.transports).unwrap_or_default();
        let old: Vec<String> = serde_json::from_value(old).unwrap_or_default();
        let device = |transports: &[String]| {
            transports.iter().any(|name| ["hybrid", "internal"].contains(&name.as_str()))
        };
        Ok(!device(&new.transports) || device(&old))
    }

    fn evidence(&self, verified: bool, synced: bool, credential: &Credential) -> Evidence {
        match (verified, synced) {
            (false, _) => Evidence::Touch,
            (true, true) => Evidence::VerifiedSynced,
            (true, false) if self.demand.is_met_by(credential) => Evidence::VerifiedDevice,
            (true, false) => Evidence::VerifiedUnlisted,
        }
    }
}

/// Which of the two kinds of key credential is enrolled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// Used after the password; alone where the key keeps it and verified its user (ADR 0023).
    SecurityKey,
    /// Always logs in alone.
    Passkey,
}

impl From<KeyKind> for Kind {
    fn from(kind: KeyKind) -> Self {
        match kind {
            KeyKind::SecurityKey => Self::SecurityKey,
            KeyKind::Passkey => Self::Passkey,
        }
    }
}

/// Of which kind a new credential was asked for, by the question that left `state`.
pub(crate) fn asked_kind(state: &str) -> Result<Kind, Error> {
    Ok(match remembered::<Making>(state)?.ceremony.0 {
        Registration::SecurityKey(_) => Kind::SecurityKey,
        Registration::Passkey(_) => Kind::Passkey,
    })
}

fn question(public_key: Value, ceremony: impl Serialize) -> Question {
    let challenge = public_key.get("challenge").and_then(Value::as_str);
    let challenge = challenge.expect("options have a challenge").to_owned();
    let state = written(&State { challenge, ceremony });
    Question { public_key, state }
}

fn remembered<C: serde::de::DeserializeOwned>(state: &str) -> Result<State<C>, Error> {
    serde_json::from_str(state).map_err(Error::Stored)
}

fn public_key(options: &impl Serialize) -> Value {
    let mut options = serde_json::to_value(options).expect("options are plain JSON");
    options.get_mut("publicKey").map(Value::take).expect("options have a publicKey")
}

/// Asks nothing about credential protection: the library would ask for
/// `userVerificationRequired`, which Chromium refuses beside a mere preference for verification, and
/// a key without a PIN could not answer.
fn unprotected(mut public_key: Value) -> Value {
    if let Some(Value::Object(extensions)) = public_key.get_mut("extensions") {
        extensions.remove("credentialProtectionPolicy");
        extensions.remove("enforceCredentialProtectionPolicy");
    }
    public_key
}

/// Asks the browser to say whether the key keeps the credential.
fn asking_for_rk(mut public_key: Value) -> Value {
    if let Value::Object(options) = &mut public_key {
        let extensions = options.entry("extensions").or_insert_with(|| serde_json::json!({}));
        if let Value::Object(extensions) = extensions {
            extensions.insert("credProps".to_owned(), true.into());
        }
    }
    public_key
}

/// Asks for a credential that the key keeps, so that it can log in without a name.
fn discoverable(mut public_key: Value) -> Value {
    if let Some(Value::Object(selection)) = public_key.get_mut("authenticatorSelection") {
        selection.insert("residentKey".to_owned(), "required".into());
        selection.insert("requireResidentKey".to_owned(), true.into());
    }
    public_key
}

/// Asks for a credential that the key keeps where it can, so that a key with a PIN logs in while the
/// password is blocked. Not asked of a browser: Chromium then has the person set a PIN on a key that
/// has none.
pub(crate) fn kept_where_possible(mut public_key: Value) -> Value {
    if let Some(Value::Object(selection)) = public_key.get_mut("authenticatorSelection") {
        selection.insert("residentKey".to_owned(), "preferred".into());
        selection.insert("requireResidentKey".to_owned(), false.into());
    }
    public_key
}

fn written(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("states and credentials are plain JSON")
}

fn read(stored: &Stored) -> Result<Credential, Error> {
    if stored.version != VERSION {
        return Err(Error::Version(stored.version));
    }
    serde_json::from_str(&stored.content).map_err(Error::Stored)
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the library's enum, with 90 reasons")]
fn refusal(error: &WebauthnError) -> Refusal {
    match error {
        WebauthnError::UserNotVerified => Refusal::UserVerificationMissing,
        WebauthnError::CredentialPossibleCompromise => Refusal::PossiblyCloned,
        WebauthnError::CredentialAlreadyExists => Refusal::AlreadyEnrolled,
        _ => Refusal::NotRecognised,
    }
}

/// The shape of the stored JSON: webauthn-rs-core's credential, version 5.
const VERSION: i64 = 5;

#[cfg(test)]
pub(crate) mod tests;
