//! Logging in with a key: the question, a first look at the answer, and then the credential.
//!
//! What a refusal says is no help in finding out which keys are enrolled: what `look` says follows
//! from the answer alone, and what follows from the stored credential (that it was copied, that
//! its backup bit changed, that it verified its user before) is told only to who has its private key,
//! after its signature was found right. A wrong signature is told as an unknown key, but where the
//! question named the key.

use super::look::{self, Asked, Verification};
use super::{
    BASE64, Error, Keys, Question, State, public_key, question, read, refusal, remembered, written,
};
use crate::factors::store::Stored;
use crate::factors::{Evidence, Kind, Refusal};
use base64::Engine as _;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use webauthn_rs::prelude::{
    Credential, DiscoverableAuthentication, Passkey, PublicKeyCredential, SecurityKey,
    SecurityKeyAuthentication, WebauthnError,
};
use wire::ctap2::auth_data::{AuthData, Flags};

/// A credential that just proved itself.
#[derive(Clone, Debug)]
pub(crate) struct Used {
    pub(crate) content: String,
    pub(crate) counter: i64,
    pub(crate) evidence: Evidence,
    /// Whether it answered a question that named nobody.
    pub(crate) alone: bool,
}

/// An answer to a log-in question that was looked at: which credential gave it, and for whom it says
/// it is. Nothing is proven yet.
pub(crate) struct Answer {
    credential: PublicKeyCredential,
    pub(super) data: AuthData,
    question: Login,
}

#[derive(Serialize, Deserialize)]
enum Login {
    /// One of these credentials is asked.
    AfterPassword(SecurityKeyAuthentication, Vec<String>),
    Alone(DiscoverableAuthentication),
}

impl Keys {
    /// Asks for one of an account's credentials, after its password or within its session.
    pub(crate) fn begin_with(&self, credentials: &[Stored]) -> Result<Question, Error> {
        let keys = credentials
            .iter()
            .map(|stored| read(stored).map(SecurityKey::from))
            .collect::<Result<Vec<_>, _>>()?;
        let (options, state) =
            self.library.start_securitykey_authentication(&keys).map_err(Error::Begin)?;
        let ids = credentials.iter().map(|stored| stored.credential_id.clone()).collect();
        Ok(question(public_key(&options), Login::AfterPassword(state, ids)))
    }

    /// Asks for any discoverable credential that verifies its user.
    pub(crate) fn begin_alone(&self) -> Result<Question, Error> {
        let (options, state) =
            self.library.start_discoverable_authentication().map_err(Error::Begin)?;
        // The library asks for `mediation: conditional` beside `publicKey`; ours is a plain dialogue.
        Ok(question(public_key(&options), Login::Alone(state)))
    }

    /// Looks at an `AuthenticationResponseJSON` to the question that left `state`, before its
    /// credential is looked up.
    pub(crate) fn look(
        &self,
        state: &str,
        answer: &Value,
    ) -> Result<Result<Answer, Refusal>, Error> {
        let State { challenge, ceremony: question } = remembered(state)?;
        let fields = ["clientDataJSON", "authenticatorData", "signature", "userHandle"];
        let Ok(credential) = PublicKeyCredential::deserialize(look::kept(answer, &fields)) else {
            return Ok(Err(Refusal::Malformed));
        };
        let verification = match &question {
            Login::AfterPassword(..) => Verification::Optional,
            Login::Alone(_) => Verification::Required,
        };
        let asked = Asked { challenge: &challenge, verification };
        let looked = self.site.assertion(asked, &credential);
        Ok(looked.map(|data| Answer { credential, data, question }))
    }

    /// Checks `answer`, whose credential is `stored`.
    pub(crate) fn finish(
        &self,
        answer: Answer,
        stored: &Stored,
    ) -> Result<Result<Used, Refusal>, Error> {
        let Answer { credential: given, data, question } = answer;
        let mut credential = read(stored)?;
        let user = given.get_user_unique_id();
        let named = user.is_some_and(|user| user == stored.account.bytes());
        let (asked, fits) = match &question {
            Login::AfterPassword(_, ids) => {
                (ids.contains(&stored.credential_id), user.is_none() || named)
            }
            Login::Alone(_) => (true, named),
        };
        if !fits {
            return Ok(Err(Refusal::NotRecognised));
        }
        let alone = matches!(question, Login::Alone(_));
        let judged = match question {
            Login::AfterPassword(state, _) => {
                self.library.finish_securitykey_authentication(&given, &state)
            }
            Login::Alone(state) => {
                let passkey = Passkey::from(credential.clone());
                self.library.finish_discoverable_authentication_v2(&given, state, &passkey)
            }
        };
        let judged = match judged {
            Ok(_) if stored.cloned_at.is_some() => Err(Refusal::PossiblyCloned),
            Ok(_) => Ok(()),
            Err(_) if !is_signed(&given, &credential) => Err(Refusal::BadSignature),
            Err(_) if stored.cloned_at.is_some() => Err(Refusal::PossiblyCloned),
            Err(_) if !asked => Err(Refusal::NotRecognised),
            Err(error) => self::judged(&error, &data, (stored.kind, &credential)),
        };
        Ok(judged.map(|()| {
            let (verified, synced) = (data.flags.has(Flags::UV), data.flags.has(Flags::BE));
            credential.counter = data.counter;
            credential.backup_eligible = synced;
            credential.backup_state = data.flags.has(Flags::BS);
            Used {
                counter: i64::from(data.counter),
                evidence: self.evidence(verified, synced, &credential),
                content: written(&credential),
                alone,
            }
        }))
    }
}

impl Answer {
    /// The credential that answered, base64url.
    pub(crate) fn credential_id(&self) -> String {
        BASE64.encode(self.credential.get_credential_id())
    }

    /// Whether the question named this credential, so that saying more of it tells nothing new.
    pub(crate) fn was_named(&self) -> bool {
        match &self.question {
            Login::AfterPassword(_, ids) => ids.contains(&self.credential_id()),
            Login::Alone(_) => false,
        }
    }
}

/// Whether the answer is signed with the private key of `credential`.
fn is_signed(answer: &PublicKeyCredential, credential: &Credential) -> bool {
    let response = &answer.response;
    let hash = Sha256::digest(&response.client_data_json);
    let signed = [response.authenticator_data.as_ref(), hash.as_slice()].concat();
    credential.cred.verify_signature(response.signature.as_ref(), &signed).unwrap_or(false)
}

/// What to make of a rightly signed answer that the library refused.
fn judged(
    error: &WebauthnError,
    data: &AuthData,
    (kind, credential): (Kind, &Credential),
) -> Result<(), Refusal> {
    let refused = refusal(error);
    let synced = data.flags.has(Flags::BE);
    let advanced =
        data.counter > credential.counter || (data.counter, credential.counter) == (0, 0);
    if refused == Refusal::UserVerificationMissing {
        Err(refused)
    } else if !advanced {
        Err(Refusal::PossiblyCloned)
    } else if synced == credential.backup_eligible {
        Err(refused)
    } else if synced && kind == Kind::Passkey && data.flags.has(Flags::UV) {
        // Its maker has begun to copy it: from now on it is a synced one. The library allows that in
        // none of the flows that are used here.
        Ok(())
    } else {
        Err(Refusal::BackupChanged)
    }
}
