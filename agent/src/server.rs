//! The server's JSON API, version 1: log-in attempts, enrolment, sessions.

pub mod choice;

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use ureq::http;
use wire::web_eid;
use zeroize::Zeroizing;

use self::choice::{AfterCard, AfterPassword};
use crate::origin::Origin;
use crate::secret::{self, Secret};
use crate::web::{self, Limits};
use crate::webauthn::{
    AuthenticationResponse, CreationOptions, RegistrationResponse, RequestOptions,
};

/// The longest answer that is read, in bytes.
const LONGEST: u64 = 256 * 1024;
/// How long the server has to take a connection, and to answer a request.
const LIMITS: Limits = Limits { connect: Duration::from_secs(10), whole: Duration::from_secs(30) };

/// Speaks to one server.
#[derive(Debug, Clone)]
pub struct Client {
    agent: ureq::Agent,
    origin: Origin,
    language: &'static str,
}

/// Why the server did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No connection, or it broke.
    #[error("no connection to the server")]
    Unreachable(#[source] Box<ureq::Error>),
    /// The answer did not come in time.
    #[error("the server did not answer in time")]
    TimedOut,
    /// The answer is not what the API says.
    #[error("the server's answer is not usable: {0}")]
    Malformed(String),
    /// The server refused, and says why.
    #[error("the server refused: {}", .0.code)]
    Refused(Box<Problem>),
}

/// Why the server refused. Spec: RFC 9457.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Problem {
    /// The HTTP status.
    #[serde(default)]
    pub status: u16,
    /// Stable, for programs.
    #[serde(default)]
    pub code: String,
    /// What is wrong, in few words.
    #[serde(default)]
    pub title: String,
    /// What it means, and the remedy.
    #[serde(default)]
    pub detail: String,
    /// What the operator finds it by in the log; only of the server's own faults.
    #[serde(default)]
    pub reference: String,
}

/// A log-in attempt that is open.
#[derive(Debug, Clone)]
pub struct Attempt(Secret);

#[cfg(test)]
impl Attempt {
    /// One that no server began.
    pub(crate) fn of(text: &str) -> Self {
        Self(Secret::new(text))
    }
}

/// A log-in that is done.
#[derive(Debug, Clone, Deserialize)]
pub struct Done {
    /// To redeem for a session, once, by who holds the verifier.
    pub code: Secret,
    /// How strong the log-in is.
    pub level: Level,
}

/// How strong a log-in is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// A password alone.
    Low,
    /// Two factors.
    Substantial,
    /// A device-bound factor with verification, or an UZI card.
    High,
}

/// A visit.
#[derive(Debug, Clone, Deserialize)]
pub struct Session {
    /// The bearer.
    pub session: Secret,
    /// How strong the log-in was.
    pub level: Level,
    /// Who logged in.
    pub account: Account,
}

/// Who logged in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// What the person is called.
    pub name: String,
    /// What the person logs in with.
    pub username: String,
    /// Where the person works.
    #[serde(default)]
    pub organisation: Option<String>,
    /// The id of that organisation.
    #[serde(default)]
    pub organisation_id: Option<String>,
    /// Its AGB code, where it has one.
    #[serde(default)]
    pub agb: Option<String>,
}

/// What kind of credential is enrolled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Used after the password.
    SecurityKey,
    /// Found without a name, used alone.
    Passkey,
}

/// A factor that was enrolled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Factor {
    /// Its id.
    pub id: String,
    /// `security_key`, `passkey`, `card`.
    pub kind: String,
    /// What the person calls it.
    pub name: String,
    /// The level it gives.
    pub level: Level,
    /// What it showed: `touch`, `verified_device` and the like. A server before it was said is empty.
    #[serde(default)]
    pub evidence: String,
}

impl Factor {
    /// Whether it gives less because its maker is not on the operator's list.
    #[must_use]
    pub fn is_unlisted(&self) -> bool {
        self.evidence == "verified_unlisted"
    }
}

/// The secret that binds a log-in code to who asked for it. Spec: RFC 7636.
#[derive(Debug, Clone)]
pub struct Verifier(Secret);

impl Verifier {
    /// A fresh one of 256 bits.
    ///
    /// Errors: the system has no random bytes.
    pub fn fresh() -> Result<Self, getrandom::Error> {
        let mut bytes = Zeroizing::new([0; 32]);
        getrandom::fill(bytes.as_mut_slice())?;
        Ok(Self(Secret::new(URL_SAFE_NO_PAD.encode(bytes.as_slice()))))
    }

    /// What goes to the server at the start.
    #[must_use]
    pub fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.0.expose()))
    }
}

impl Client {
    /// For the server at `origin`, whose sentences are to be in `language`, a tag such as `nl`.
    #[must_use]
    pub fn new(origin: Origin, language: &'static str) -> Self {
        Self { agent: web::client(&origin, LIMITS), origin, language }
    }

    /// The server.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Opens a log-in attempt for who holds the verifier behind `code_challenge`.
    ///
    /// Errors: [`Error`], as for all that follow.
    pub fn attempt(&self, code_challenge: &str) -> Result<Attempt, Error> {
        #[derive(Deserialize)]
        struct Opened {
            attempt: Secret,
        }
        let body = json!({"code_challenge": code_challenge, "code_challenge_method": "S256"});
        let opened: Opened = self.post("login/attempts", None, &body)?;
        Ok(Attempt(opened.attempt))
    }

    /// Gives the name and the password.
    ///
    /// Errors: [`Error`].
    pub fn password(
        &self,
        attempt: &Attempt,
        username: &str,
        password: &Secret,
    ) -> Result<AfterPassword, Error> {
        #[derive(Serialize)]
        struct Body<'a> {
            username: &'a str,
            password: &'a str,
        }
        let body = Body { username, password: password.expose() };
        self.post("login/password", Some(&attempt.0), &body)
    }

    /// What the key is to sign.
    ///
    /// Errors: [`Error`].
    pub fn login_options(&self, attempt: &Attempt) -> Result<RequestOptions, Error> {
        self.options("login/webauthn/options", &attempt.0, &json!({}))
    }

    /// Gives the key's signature.
    ///
    /// Errors: [`Error`].
    pub fn login(
        &self,
        attempt: &Attempt,
        credential: &AuthenticationResponse,
    ) -> Result<Done, Error> {
        self.post("login/webauthn", Some(&attempt.0), &json!({ "credential": credential }))
    }

    /// What the card is to sign: base64 text.
    ///
    /// Errors: [`Error`].
    pub fn card_nonce(&self, attempt: &Attempt) -> Result<String, Error> {
        self.nonce("login/card/challenge", &attempt.0)
    }

    /// Gives the card's Web eID token.
    ///
    /// Errors: [`Error`].
    pub fn login_card(
        &self,
        attempt: &Attempt,
        token: &impl Serialize,
    ) -> Result<AfterCard, Error> {
        self.post("login/card", Some(&attempt.0), &json!({ "auth_token": token }))
    }

    /// Redeems a log-in code.
    ///
    /// Errors: [`Error`].
    pub fn redeem(&self, code: &Secret, verifier: &Verifier) -> Result<Session, Error> {
        #[derive(Serialize)]
        struct Body<'a> {
            code: &'a str,
            code_verifier: &'a str,
        }
        let body = Body { code: code.expose(), code_verifier: verifier.0.expose() };
        self.post("login/code", None, &body)
    }

    /// What the key is to make, that will be called `name`.
    ///
    /// Errors: [`Error`].
    pub fn enrol_options(
        &self,
        session: &Secret,
        kind: Kind,
        name: &str,
    ) -> Result<CreationOptions, Error> {
        let body = json!({ "kind": kind, "name": name });
        self.options("enrolment/webauthn/options", session, &body)
    }

    /// Gives the key's new credential.
    ///
    /// Errors: [`Error`].
    pub fn enrol(
        &self,
        session: &Secret,
        credential: &RegistrationResponse,
        name: &str,
    ) -> Result<Factor, Error> {
        let body = json!({"credential": credential, "name": name});
        self.factor("enrolment/webauthn", session, &body)
    }

    /// What a card that is to be linked signs: base64 text.
    ///
    /// Errors: [`Error`].
    pub fn enrol_card_nonce(&self, session: &Secret) -> Result<String, Error> {
        self.nonce("enrolment/card/challenge", session)
    }

    /// Gives the token of a card that is to be linked.
    ///
    /// Errors: [`Error`].
    pub fn enrol_card(&self, session: &Secret, token: &impl Serialize) -> Result<Factor, Error> {
        self.factor("enrolment/card", session, &json!({ "auth_token": token }))
    }

    /// Ends the session.
    ///
    /// Errors: [`Error`].
    pub fn logout(&self, session: &Secret) -> Result<(), Error> {
        self.send("logout", Some(session), &json!({})).map(|_| ())
    }

    fn options<T: DeserializeOwned>(
        &self,
        path: &str,
        bearer: &Secret,
        body: &Value,
    ) -> Result<T, Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Options<T> {
            public_key: T,
        }
        self.post::<Options<T>>(path, Some(bearer), body).map(|options| options.public_key)
    }

    fn nonce(&self, path: &str, bearer: &Secret) -> Result<String, Error> {
        #[derive(Deserialize)]
        struct Nonce {
            nonce: String,
        }
        let nonce = self.post::<Nonce>(path, Some(bearer), &json!({}))?.nonce;
        // A card signs it together with the origin: nothing but a challenge is handed on.
        let sound = web_eid::check_nonce(&nonce);
        sound.map_err(|error| Error::Malformed(format!("{path}, {error}")))?;
        Ok(nonce)
    }

    fn factor(&self, path: &str, bearer: &Secret, body: &Value) -> Result<Factor, Error> {
        #[derive(Deserialize)]
        struct Enrolled {
            factor: Factor,
        }
        self.post::<Enrolled>(path, Some(bearer), body).map(|enrolled| enrolled.factor)
    }

    fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        bearer: Option<&Secret>,
        body: &impl Serialize,
    ) -> Result<T, Error> {
        let answer = self.send(path, bearer, body)?;
        // What the parser quotes could be a secret; its position is enough to find the mistake.
        serde_json::from_slice(&answer).map_err(|error| {
            Error::Malformed(format!("{path}, line {} column {}", error.line(), error.column()))
        })
    }

    fn send(
        &self,
        path: &str,
        bearer: Option<&Secret>,
        body: &impl Serialize,
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        let url = format!("{}/api/v1/{path}", self.origin);
        let mut request = self
            .agent
            .post(url)
            .header(http::header::ACCEPT, "application/json, application/problem+json")
            .header(http::header::ACCEPT_LANGUAGE, self.language);
        if let Some(bearer) = bearer {
            request = request.header(http::header::AUTHORIZATION, authorization(bearer)?);
        }
        let body = written(body)?;
        let mut response =
            request.content_type("application/json").send(body.as_slice()).map_err(failed)?;
        let status = response.status();
        let answer = response.body_mut().with_config().limit(LONGEST).read_to_vec();
        let answer = Zeroizing::new(answer.map_err(failed)?);
        if status.is_success() {
            return Ok(answer);
        }
        match serde_json::from_slice::<Problem>(&answer) {
            Ok(problem) if !problem.code.is_empty() => {
                Err(Error::Refused(Box::new(Problem { status: status.as_u16(), ..problem })))
            }
            Ok(_) | Err(_) => Err(Error::Malformed(format!("{path}, HTTP {}", status.as_u16()))),
        }
    }
}

/// The header that shows `bearer`: what logs headers passes over it.
fn authorization(bearer: &Secret) -> Result<http::HeaderValue, Error> {
    let text = Zeroizing::new(["Bearer ", bearer.expose()].concat());
    let value = http::HeaderValue::from_str(&text);
    let mut value = value.map_err(|_| Error::Malformed("a bearer token".to_owned()))?;
    value.set_sensitive(true);
    Ok(value)
}

/// The JSON of `body`, which may hold a password.
fn written(body: &impl Serialize) -> Result<Zeroizing<Vec<u8>>, Error> {
    secret::json(body).map_err(|error| Error::Malformed(error.to_string()))
}

fn failed(error: ureq::Error) -> Error {
    // The library may name more ways to fail; all of them mean that there is no connection.
    #[expect(clippy::wildcard_enum_match_arm, reason = "ureq::Error is non-exhaustive")]
    match error {
        ureq::Error::Timeout(_) => Error::TimedOut,
        ureq::Error::BodyExceedsLimit(limit) => {
            Error::Malformed(format!("more than {limit} bytes"))
        }
        ureq::Error::Protocol(error) => Error::Malformed(error.to_string()),
        other => Error::Unreachable(Box::new(other)),
    }
}

#[cfg(test)]
mod tests;
