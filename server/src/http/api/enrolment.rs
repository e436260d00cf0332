//! Enrolling by API: a key, a passkey, or an UZI card that is linked.

use axum::http::StatusCode;
use axum::response::Json;
use serde::Deserialize;
use serde_json::{Value, json};

use super::asker::Bearer;
use super::body::{Body, Object};
use super::shown;
use crate::enrolment::{card, run};
use crate::factors::security_key::{self, KeyKind};
use crate::http::error::{Code, Error};
use crate::label;

/// Which kind of key, and what it will be called: a name that is not taken later is refused
/// before a key makes anything.
#[derive(Deserialize)]
pub(super) struct Ask {
    kind: Kind,
    name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    SecurityKey,
    Passkey,
}

/// `POST /api/v1/enrolment/webauthn/options`.
pub(super) async fn key_options(
    Bearer { app, visitor }: Bearer,
    Body(Ask { kind, name }): Body<Ask>,
) -> Result<Json<Value>, Error> {
    name.as_deref().map(named).transpose()?;
    let kind = match kind {
        Kind::SecurityKey => KeyKind::SecurityKey,
        Kind::Passkey => KeyKind::Passkey,
    };
    let public_key = run::key_options(&app, &visitor.session, kind).await?;
    let public_key = match kind {
        KeyKind::SecurityKey => security_key::kept_where_possible(public_key),
        KeyKind::Passkey => public_key,
    };
    Ok(Json(json!({ "publicKey": public_key })))
}

/// A new credential, and what its owner calls it.
#[derive(Deserialize)]
pub(super) struct Credential {
    credential: Value,
    name: String,
}

/// `POST /api/v1/enrolment/webauthn`.
pub(super) async fn key(
    Bearer { app, visitor }: Bearer,
    Body(Credential { credential, name }): Body<Credential>,
) -> Result<(StatusCode, Json<Value>), Error> {
    let name = named(&name)?;
    let factor = run::key(&app, &visitor.session, &credential, &name).await?;
    Ok((StatusCode::CREATED, Json(json!({ "factor": shown::factor(&factor) }))))
}

/// `POST /api/v1/enrolment/card/challenge`.
pub(super) async fn card_challenge(Bearer { app, visitor }: Bearer) -> Result<Json<Value>, Error> {
    let nonce = card::nonce(&app, &visitor.session).await?;
    Ok(Json(json!({ "nonce": nonce })))
}

/// What a card answered, and what its owner calls it; a card needs no name.
#[derive(Deserialize)]
pub(super) struct Card {
    auth_token: Object,
    name: Option<String>,
}

/// `POST /api/v1/enrolment/card`.
pub(super) async fn card(
    Bearer { app, visitor }: Bearer,
    Body(Card { auth_token, name }): Body<Card>,
) -> Result<(StatusCode, Json<Value>), Error> {
    let name = name.as_deref().map(named).transpose()?.unwrap_or_default();
    let factor = card::link(&app, &visitor.session, &auth_token.to_bytes(), &name).await?;
    Ok((StatusCode::CREATED, Json(json!({ "factor": shown::factor(&factor) }))))
}

/// A name of 1 to 60 characters.
fn named(name: &str) -> Result<String, Error> {
    label::parse(name, run::MAX_NAME).ok_or_else(|| Code::BadName.into())
}
