//! Logging in.

use askama::Template;
use axum::response::Response;

use super::{Frame, Problem, show};
use crate::http::context::Context;
use crate::http::error::Error;

#[derive(Template)]
#[template(path = "login.html")]
pub(in crate::http) struct Form {
    pub(in crate::http) f: Frame,
    pub(in crate::http) notice: Option<String>,
    pub(in crate::http) problem: Option<Problem>,
    pub(in crate::http) username: String,
    pub(in crate::http) username_error: Option<String>,
    pub(in crate::http) password_error: Option<String>,
    pub(in crate::http) remember: bool,
}

#[derive(Template)]
#[template(path = "ceremony.html")]
struct Ceremony {
    f: Frame,
    title: String,
    lead: String,
    card: bool,
}

#[derive(Template)]
#[template(path = "card.html")]
struct Card {
    f: Frame,
    title: String,
    lead: String,
    action: String,
    challenge: &'static str,
    finish: &'static str,
    start: bool,
    linking: bool,
}

/// `GET /login`.
pub(in crate::http) async fn form(context: Context) -> Result<Response, Error> {
    show(&Form {
        f: context.frame("/login"),
        notice: None,
        problem: None,
        username: String::new(),
        username_error: None,
        password_error: None,
        remember: false,
    })
}

/// `GET /login/passkey`.
pub(in crate::http) async fn passkey(context: Context) -> Result<Response, Error> {
    let t = context.text;
    show(&Ceremony {
        f: context.frame("/login/passkey"),
        title: t.of("passkey-title"),
        lead: t.of("passkey-lead"),
        card: true,
    })
}

/// `GET /login/card`.
pub(in crate::http) async fn card(context: Context) -> Result<Response, Error> {
    let t = context.text;
    show(&Card {
        f: context.frame("/login/card"),
        title: t.of("card-title"),
        lead: t.of("card-lead"),
        action: t.of("try-again"),
        challenge: "/login/card/challenge",
        finish: "/login/card",
        start: true,
        linking: false,
    })
}
