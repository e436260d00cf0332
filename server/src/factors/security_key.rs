//! Security keys and passkeys: the ceremonies of WebAuthn, through webauthn-rs.
//!
//! What the library leaves to its caller is here: the credential after a password may be of either
//! kind, a discoverable one is asked for in a plain dialogue, an answer made inside another site's
//! page is refused at log-in too, and a key that does not verify its user gets a reason of its own.

use super::attestation::Demand;
use super::store::Stored;
use super::{Evidence, Kind, Refusal};
use crate::id::AccountId;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::time::Duration;
use webauthn_rs::prelude::{
    AuthenticationResult, AuthenticatorAttachment, Credential, DiscoverableAuthentication, Passkey,
    PasskeyRegistration, PublicKeyCredential, RegisterPublicKeyCredential, SecurityKey,
    SecurityKeyAuthentication, SecurityKeyRegistration, Url, Uuid, WebauthnError,
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
}

/// A credential that just proved itself.
#[derive(Clone, Debug)]
pub(crate) struct Used {
    pub(crate) content: String,
    pub(crate) counter: i64,
    pub(crate) evidence: Evidence,
}

#[derive(Serialize, Deserialize)]
enum Registration {
    SecurityKey(SecurityKeyRegistration),
    Passkey(PasskeyRegistration),
}

#[derive(Serialize, Deserialize)]
enum Login {
    AfterPassword(SecurityKeyAuthentication),
    Alone(DiscoverableAuthentication),
}

/// An answer to a log-in question: which credential gave it, and for whom it says it is.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    credential: PublicKeyCredential,
    cross_origin: bool,
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
            .map(|library| Self { library, demand })
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
        Ok(Question { public_key: self.attested(public_key), state: written(&state) })
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
        let state = serde_json::from_str(state).map_err(Error::Stored)?;
        let Ok(answer) = RegisterPublicKeyCredential::deserialize(answer) else {
            return Ok(Err(Refusal::Malformed));
        };
        let made = match &state {
            Registration::SecurityKey(state) => self
                .library
                .finish_securitykey_registration(&answer, state)
                .map(|key| (Kind::SecurityKey, Credential::from(key))),
            Registration::Passkey(state) => self
                .library
                .finish_passkey_registration(&answer, state)
                .map(|key| (Kind::Passkey, Credential::from(key))),
        };
        let sound = |(_, credential): &(Kind, Credential)| {
            (1..=LONGEST_ID).contains(&credential.cred_id.len())
        };
        if made.as_ref().is_ok_and(|made| !sound(made)) {
            return Ok(Err(Refusal::Malformed));
        }
        Ok(made.map_err(|error| refusal(&error)).map(|(kind, credential)| Registered {
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

    /// Asks for one of an account's credentials, after its password or within its session.
    pub(crate) fn begin_with(&self, credentials: &[Stored]) -> Result<Question, Error> {
        let keys = credentials
            .iter()
            .map(|stored| read(stored).map(SecurityKey::from))
            .collect::<Result<Vec<_>, _>>()?;
        let (options, state) =
            self.library.start_securitykey_authentication(&keys).map_err(Error::Begin)?;
        let state = written(&Login::AfterPassword(state));
        Ok(Question { public_key: public_key(&options), state })
    }

    /// Asks for any discoverable credential that verifies its user.
    pub(crate) fn begin_alone(&self) -> Result<Question, Error> {
        let (options, state) =
            self.library.start_discoverable_authentication().map_err(Error::Begin)?;
        // The library asks for `mediation: conditional` beside `publicKey`; ours is a plain dialogue.
        Ok(Question { public_key: public_key(&options), state: written(&Login::Alone(state)) })
    }

    /// Checks `answer`, given with `stored` to the question that left `state`.
    pub(crate) fn finish(
        &self,
        state: &str,
        answer: &Answer,
        stored: &Stored,
    ) -> Result<Result<Used, Refusal>, Error> {
        if answer.cross_origin {
            return Ok(Err(Refusal::CrossOrigin));
        }
        let mut credential = read(stored)?;
        let result = match asked(state)? {
            Login::AfterPassword(state) => {
                if answer.is_for_another(&stored.account) {
                    return Ok(Err(Refusal::NotRecognised));
                }
                self.library.finish_securitykey_authentication(&answer.credential, &state)
            }
            Login::Alone(_) if answer.user().as_ref() != Some(&stored.account) => {
                return Ok(Err(Refusal::NotRecognised));
            }
            Login::Alone(first) => match self.alone(first, answer, &credential) {
                // Its maker may have begun to copy it since: from then on it is a synced one.
                Err(error) if stored.kind == Kind::Passkey && !credential.backup_eligible => {
                    credential.backup_eligible = true;
                    match asked(state)? {
                        Login::Alone(again) => {
                            self.alone(again, answer, &credential).map_err(|_| error)
                        }
                        Login::AfterPassword(_) => Err(error),
                    }
                }
                judged => judged,
            },
        };
        let mut passkey = Passkey::from(credential.clone());
        Ok(result.map_err(|error| refusal(&error)).map(|result: AuthenticationResult| {
            passkey.update_credential(&result);
            Used {
                counter: i64::from(result.counter()),
                evidence: self.evidence(
                    result.user_verified(),
                    result.backup_eligible(),
                    &credential,
                ),
                content: written(&Credential::from(passkey)),
            }
        }))
    }

    /// Checks the answer to a question that named no account, against this credential.
    fn alone(
        &self,
        state: DiscoverableAuthentication,
        answer: &Answer,
        credential: &Credential,
    ) -> Result<AuthenticationResult, WebauthnError> {
        let passkey = Passkey::from(credential.clone());
        self.library.finish_discoverable_authentication_v2(&answer.credential, state, &passkey)
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
    /// Used after the password.
    SecurityKey,
    /// Logs in alone.
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

impl Answer {
    /// Reads the JSON of an `AuthenticationResponseJSON`.
    pub(crate) fn parse(json: &Value) -> Result<Self, Refusal> {
        let credential = PublicKeyCredential::deserialize(json).map_err(|_| Refusal::Malformed)?;
        let client_data = json
            .pointer("/response/clientDataJSON")
            .and_then(Value::as_str)
            .and_then(|text| BASE64.decode(text.trim_end_matches('=')).ok())
            .and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok())
            .ok_or(Refusal::Malformed)?;
        let cross_origin = matches!(client_data.get("crossOrigin"), Some(value) if value != &Value::Bool(false))
            || client_data.get("topOrigin").is_some();
        Ok(Self { credential, cross_origin })
    }

    /// The credential that answered, base64url.
    pub(crate) fn credential_id(&self) -> String {
        BASE64.encode(self.credential.get_credential_id())
    }

    /// Whether the key says that it is for another account than this one.
    fn is_for_another(&self, account: &AccountId) -> bool {
        self.credential.get_user_unique_id().is_some() && self.user().as_ref() != Some(account)
    }

    /// The account the key says it is for, where it says so.
    fn user(&self) -> Option<AccountId> {
        let handle = self.credential.get_user_unique_id()?;
        handle.try_into().ok().map(AccountId::from_bytes)
    }
}

fn asked(state: &str) -> Result<Login, Error> {
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
        WebauthnError::CredentialCrossOrigin => Refusal::CrossOrigin,
        WebauthnError::CredentialAlreadyExists => Refusal::AlreadyEnrolled,
        _ => Refusal::NotRecognised,
    }
}

/// The longest credential id that WebAuthn allows, in bytes.
const LONGEST_ID: usize = 1023;

/// The shape of the stored JSON: webauthn-rs-core's credential, version 5.
const VERSION: i64 = 5;

#[cfg(test)]
pub(crate) mod tests;
