//! The JSON API of version 1: what the agent and other programs log in, enrol and ask with.
//!
//! No cookie counts here and no form token is asked: who asks shows a bearer, that of a log-in
//! attempt or of a session. Refusals are `application/problem+json`.

mod account;
pub(super) mod body;
mod enrolment;
mod login;

use std::sync::Arc;

use axum::Router;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::routing::{get, post};
use serde_json::{Value, json};

use super::context::{self, Shared, Visitor};
use super::error::{Code, Error};
use crate::app::App;
use crate::factors::Factor;
use crate::secret::Token;
use crate::sessions::Scope;

/// Where programs log in: each of these writes, whoever sends it.
pub(super) fn log_in() -> Router<Shared> {
    Router::new()
        .route("/api/v1/login/attempts", post(login::begin))
        .route("/api/v1/login/password", post(login::password))
        .route("/api/v1/login/webauthn/options", post(login::key_options))
        .route("/api/v1/login/webauthn", post(login::key))
        .route("/api/v1/login/enrolment", post(login::enrol_another))
        .route("/api/v1/login/card/challenge", post(login::card_challenge))
        .route("/api/v1/login/card", post(login::card))
        .route("/api/v1/login/code", post(login::code))
}

/// Every other address of the API: a session opens it.
pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/api/v1/enrolment/webauthn/options", post(enrolment::key_options))
        .route("/api/v1/enrolment/webauthn", post(enrolment::key))
        .route("/api/v1/enrolment/card/challenge", post(enrolment::card_challenge))
        .route("/api/v1/enrolment/card", post(enrolment::card))
        .route("/api/v1/me", get(account::me))
        .route("/api/v1/logout", post(account::log_out))
}

/// A log-in attempt, by its bearer. Whether it is still good, the log-in says.
struct Attempt {
    app: Arc<App>,
    token: Token,
}

impl FromRequestParts<Shared> for Attempt {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, shared: &Shared) -> Result<Self, Error> {
        let token = bearer(&parts.headers).ok_or(Code::LoginExpired)?;
        Ok(Self { app: shared.app.clone(), token })
    }
}

/// Who is logged in, by the session's bearer; perhaps only to enrol a first factor.
struct Bearer {
    app: Arc<App>,
    visitor: Visitor,
}

impl FromRequestParts<Shared> for Bearer {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, shared: &Shared) -> Result<Self, Error> {
        let token = bearer(&parts.headers).ok_or(Code::LogInFirst)?;
        let visitor = context::visitor(&shared.app, &token).await?.ok_or(Code::LogInFirst)?;
        Ok(Self { app: shared.app.clone(), visitor })
    }
}

impl Bearer {
    /// Whoever is logged in for more than enrolling.
    fn member(&self) -> Result<&Visitor, Error> {
        match self.visitor.session.login.scope {
            Scope::Full => Ok(&self.visitor),
            Scope::EnrolOnly => Err(Code::EnrolFirst.into()),
        }
    }
}

fn bearer(headers: &HeaderMap) -> Option<Token> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| Token::parse(token.trim())).flatten()
}

/// A factor as its owner sees it.
fn shown(factor: &Factor) -> Value {
    json!({
        "id": factor.id.as_str(),
        "kind": factor.kind,
        "name": factor.name,
        "level": factor.level(),
        "evidence": factor.evidence,
        "created_at": factor.created_at.to_string(),
        "proven": factor.proven_at.is_some(),
        "alone": factor.works_alone(),
        "copied": factor.cloned_at.is_some(),
        "used_at": factor.used_at.map(|at| at.to_string()),
    })
}

fn shown_account(visitor: &Visitor) -> Value {
    json!({
        "name": visitor.account.name,
        "username": visitor.account.username.as_str(),
        "organisation": visitor.organisation.name,
    })
}

#[cfg(test)]
mod tests;
