//! Logging in by API: an attempt bound to a PKCE verifier, proofs, and a one-time code.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Json;
use serde::Deserialize;
use serde_json::{Value, json};

use super::asker::Attempt;
use super::body::{Body, Object};
use super::shown;
use crate::app::App;
use crate::http::context::{self, Shared};
use crate::http::error::{Code, Error};
use crate::id::OrganisationId;
use crate::login::card::CardAnswer;
use crate::login::choice::{self, Chosen};
use crate::login::run::Offer;
use crate::login::{Challenge, FactorAnswer, Granted, PasswordAnswer, Verifier};
use crate::login::{card, code, key, password, run};
use crate::organisations::{Agb, Organisation};
use crate::secret::{Secret, Token};

/// Binds an attempt to whoever holds the verifier.
#[derive(Deserialize)]
pub(super) struct Begin {
    code_challenge: String,
    code_challenge_method: String,
}

/// `POST /api/v1/login/attempts`.
pub(super) async fn begin(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Body(begin): Body<Begin>,
) -> Result<(StatusCode, Json<Value>), Error> {
    if begin.code_challenge_method != "S256" {
        return Err(bad("code_challenge_method is S256"));
    }
    let challenge = Challenge::parse(&begin.code_challenge);
    let challenge = challenge.ok_or_else(|| bad("code_challenge is 32 bytes in base64url"))?;
    let client = context::client(&headers);
    let attempt = run::start(&shared.app, Some(challenge), &client).await?;
    let life = shared.app.config.times.attempt;
    let answer = json!({"attempt": attempt.expose(), "expires_in": life.as_secs()});
    Ok((StatusCode::CREATED, Json(answer)))
}

/// A name and a password.
#[derive(Deserialize)]
pub(super) struct Credentials {
    username: String,
    password: Secret<String>,
}

/// `POST /api/v1/login/password`.
pub(super) async fn password(
    attempt: Attempt,
    Body(Credentials { username, password }): Body<Credentials>,
) -> Result<Json<Value>, Error> {
    let Attempt { app, token } = attempt;
    answered(&app, password::check(&app, &token, &username, password).await?)
}

fn answered(app: &App, answer: PasswordAnswer) -> Result<Json<Value>, Error> {
    match answer {
        PasswordAnswer::Choose(organisations) => Ok(choose_one(&organisations)),
        PasswordAnswer::Factor(Offer { ways, first }) => {
            Ok(Json(json!({"state": "factor", "ways": ways, "proven": !first})))
        }
        PasswordAnswer::EnrolOnly(granted) => enrol_only(&granted),
        PasswordAnswer::Waived(granted) => done(&granted),
        PasswordAnswer::NoWay => Err(Code::KeysOff.into()),
        PasswordAnswer::Abandoned => Err(Code::SetUpClosed.into()),
        PasswordAnswer::Wrong => Err(Code::WrongPassword.into()),
        PasswordAnswer::Blocked { until } => Err(Error::blocked(until, app.clock.now())),
    }
}

/// `POST /api/v1/login/enrolment`: nothing of the account ever proved itself; enrol another.
pub(super) async fn enrol_another(Attempt { app, token }: Attempt) -> Result<Json<Value>, Error> {
    enrol_only(&run::enrol_another(&app, &token).await?)
}

fn enrol_only(granted: &Granted) -> Result<Json<Value>, Error> {
    let (code, _) = code_of(granted)?;
    Ok(Json(json!({"state": "enrol_only", "code": code})))
}

/// `POST /api/v1/login/webauthn/options`.
pub(super) async fn key_options(Attempt { app, token }: Attempt) -> Result<Json<Value>, Error> {
    let public_key = key::options(&app, &token).await?;
    Ok(Json(json!({ "publicKey": public_key })))
}

/// What a key answered.
#[derive(Deserialize)]
pub(super) struct Credential {
    credential: Value,
}

/// `POST /api/v1/login/webauthn`.
pub(super) async fn key(
    Attempt { app, token }: Attempt,
    Body(Credential { credential }): Body<Credential>,
) -> Result<Json<Value>, Error> {
    match key::finish(&app, &token, &credential).await? {
        FactorAnswer::Done(granted) => done(&granted),
        FactorAnswer::Refused(refusal) => Err(refusal.into()),
    }
}

/// `POST /api/v1/login/card/challenge`.
pub(super) async fn card_challenge(Attempt { app, token }: Attempt) -> Result<Json<Value>, Error> {
    let nonce = card::nonce(&app, &token).await?;
    Ok(Json(json!({ "nonce": nonce })))
}

/// What a card answered.
#[derive(Deserialize)]
pub(super) struct Card {
    auth_token: Object,
}

/// `POST /api/v1/login/card`.
pub(super) async fn card(
    Attempt { app, token }: Attempt,
    Body(Card { auth_token }): Body<Card>,
) -> Result<Json<Value>, Error> {
    shown(card::finish(&app, &token, &auth_token.to_bytes()).await?)
}

fn shown(answer: CardAnswer) -> Result<Json<Value>, Error> {
    match answer {
        CardAnswer::Done(granted) => done(&granted),
        CardAnswer::Choose(organisations) => Ok(choose_one(&organisations)),
        CardAnswer::Refused(refusal) => Err(refusal.into()),
    }
}

/// The person has accounts in several organisations, for each of which the proof holds.
fn choose_one(organisations: &[Organisation]) -> Json<Value> {
    let organisations = organisations.iter().map(|one| {
        json!({"id": one.id.as_str(), "name": one.name, "agb": one.agb.as_ref().map(Agb::as_str)})
    });
    Json(json!({"state": "choose", "organisations": organisations.collect::<Vec<_>>()}))
}

/// One of those organisations.
#[derive(Deserialize)]
pub(super) struct Choice {
    organisation: String,
}

/// `POST /api/v1/login/organisation`.
pub(super) async fn choose(
    Attempt { app, token }: Attempt,
    Body(Choice { organisation }): Body<Choice>,
) -> Result<Json<Value>, Error> {
    let organisation = OrganisationId::parse(&organisation).map_err(|_| Code::NoSuchChoice)?;
    match choice::choose(&app, &token, &organisation, None).await? {
        Chosen::Password(answer) => answered(&app, answer),
        Chosen::Card(answer) => shown(answer),
    }
}

/// A one-time code and what it was bound to.
#[derive(Deserialize)]
pub(super) struct Redeem {
    code: Secret<String>,
    code_verifier: Secret<String>,
}

/// `POST /api/v1/login/code`.
pub(super) async fn code(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Body(redeem): Body<Redeem>,
) -> Result<Json<Value>, Error> {
    let app = &shared.app;
    let code = Token::parse(redeem.code.expose()).ok_or(Code::CodeInvalid)?;
    let verifier = Verifier::parse(redeem.code_verifier.expose());
    let verifier =
        verifier.ok_or_else(|| bad("code_verifier is 43 to 128 unreserved characters"))?;
    let client = context::client(&headers);
    let opened = code::redeem(app, &code, &verifier, &client).await?;
    let (token, session) = opened.ok_or(Code::CodeInvalid)?;
    let visitor = context::visitor(app, &token).await?.ok_or(Code::CodeInvalid)?;
    let expires_in = session.expires_in(app.clock.now(), &app.config.sessions);
    Ok(Json(json!({
        "session": token.expose(),
        "level": session.login.level,
        "account": shown::account(app, &visitor).await?,
        "expires_in": expires_in.as_secs(),
    })))
}

fn bad(reason: &str) -> Error {
    Error::new(Code::BadRequest).reason(reason)
}

fn done(granted: &Granted) -> Result<Json<Value>, Error> {
    let (code, level) = code_of(granted)?;
    Ok(Json(json!({"state": "done", "code": code, "level": level})))
}

/// The one-time code of an attempt that an application began.
fn code_of(granted: &Granted) -> Result<(&str, crate::factors::Level), Error> {
    match granted {
        Granted::Code { code, level } => Ok((code.expose(), *level)),
        // A page's attempt shown here: its cookie is no bearer, so nobody should have it.
        Granted::Session { .. } | Granted::Kept => Err(Code::LoginExpired.into()),
    }
}
