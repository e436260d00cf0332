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

use axum::routing::{get, post};

use super::context::Table;

/// Where programs log in: each of these writes, whoever sends it.
pub(super) fn log_in() -> Table {
    vec![
        ("/api/v1/login/attempts", post(login::begin)),
        ("/api/v1/login/password", post(login::password)),
        ("/api/v1/login/webauthn/options", post(login::key_options)),
        ("/api/v1/login/webauthn", post(login::key)),
        ("/api/v1/login/enrolment", post(login::enrol_another)),
        ("/api/v1/login/card/challenge", post(login::card_challenge)),
        ("/api/v1/login/card", post(login::card)),
        ("/api/v1/login/organisation", post(login::choose)),
        ("/api/v1/login/code", post(login::code)),
    ]
}

/// Every other address of the API: a session opens it.
pub(super) fn routes() -> Table {
    vec![
        ("/api/v1/enrolment/webauthn/options", post(enrolment::key_options)),
        ("/api/v1/enrolment/webauthn", post(enrolment::key)),
        ("/api/v1/enrolment/card/challenge", post(enrolment::card_challenge)),
        ("/api/v1/enrolment/card", post(enrolment::card)),
        ("/api/v1/me", get(account::me)),
        ("/api/v1/logout", post(account::log_out)),
    ]
}

#[cfg(test)]
mod tests;
