//! The JSON API of version 1: what the agent and other programs log in, enrol and ask with.
//!
//! No cookie counts here and no form token is asked: who asks shows a bearer, that of a log-in
//! attempt or of a session. Refusals are `application/problem+json`.

mod account;
mod asker;
pub(super) mod body;
mod enrolment;
mod login;
mod shown;

use axum::Router;
use axum::routing::{get, post};

use super::context::Shared;

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

#[cfg(test)]
mod tests;
