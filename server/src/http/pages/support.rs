//! Where the link in the mail of a support case leads: what is asked, and two buttons. Opening it does nothing.

use askama::Template;
use axum::extract::{Form, Query};
use axum::response::Response;
use serde::Deserialize;

use super::show;
use crate::http::context::Context;
use crate::http::error::{Code, Error};
use crate::http::frame::Frame;
use crate::secret::Token;
use crate::support::rules::Purpose;
use crate::support::run::{self, Answer};

const PATH: &str = "/support/confirm";

/// The link, as it stands in the mail and as its page posts it, and which button was pressed.
#[derive(Deserialize)]
pub(in crate::http) struct Mailed {
    #[serde(default)]
    link: String,
    #[serde(default)]
    answer: String,
}

#[derive(Template)]
#[template(path = "support.html")]
struct Page {
    f: Frame,
    link: String,
    name: String,
    organisation: String,
    /// What is asked, and what follows from it, in words.
    lines: Vec<String>,
}

/// The key of the words for what is asked.
const fn key(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Pin => "support-pin",
        Purpose::Unblock => "support-unblock",
        Purpose::Factor => "support-factor",
    }
}

/// `GET /support/confirm`: in any browser, by whoever has the link.
pub(in crate::http) async fn form(
    context: Context,
    Query(Mailed { link, .. }): Query<Mailed>,
) -> Result<Response, Error> {
    let t = context.text;
    let link = Token::parse(&link).ok_or(Code::SupportLinkInvalid)?;
    let asked = run::look(&context.app, &link).await?.ok_or(Code::SupportLinkInvalid)?;
    let key = key(asked.purpose);
    show(&Page {
        f: context.frame(PATH),
        link: link.expose().to_owned(),
        name: asked.name,
        organisation: asked.organisation,
        lines: vec![t.of(key), t.detail(key)],
    })
}

#[derive(Template)]
#[template(path = "support_done.html")]
struct Done {
    f: Frame,
    title: String,
    lines: Vec<String>,
}

/// `POST /support/confirm`: confirms it, or stops it.
pub(in crate::http) async fn answer(
    context: Context,
    Form(Mailed { link, answer }): Form<Mailed>,
) -> Result<Response, Error> {
    let t = context.text;
    let (answer, key) = match answer.as_str() {
        "yes" => (Answer::Confirm, "support-confirmed"),
        "no" => (Answer::Deny, "support-stopped"),
        _ => return Err(Code::BadRequest.into()),
    };
    let link = Token::parse(&link).ok_or(Code::SupportLinkInvalid)?;
    if !run::answer(&context.app, &link, answer).await? {
        return Err(Code::SupportLinkInvalid.into());
    }
    let mut lines = vec![t.detail(key)];
    lines.extend((answer == Answer::Deny).then(|| t.of("support-stopped-next")));
    show(&Done { f: context.frame(PATH), title: t.of(key), lines })
}
