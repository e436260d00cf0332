//! Where the link in the mail of a support case leads: what is asked, and two buttons. Opening it does nothing.

use axum::extract::{Form, Query};
use axum::response::Response;

use super::mailed::{Answered, Mailed, Question};
use super::show;
use crate::http::context::Context;
use crate::http::error::{Code, Error};
use crate::support::rules::Purpose;
use crate::support::run::{self, Answer};

const PATH: &str = "/support/confirm";

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
    Query(mailed): Query<Mailed>,
) -> Result<Response, Error> {
    let t = context.text;
    let link = mailed.link().ok_or(Code::SupportLinkInvalid)?;
    let asked = run::look(&context.app, &link).await?.ok_or(Code::SupportLinkInvalid)?;
    let key = key(asked.purpose);
    show(&Question {
        f: context.frame(PATH),
        path: PATH,
        title: t.of("support-title"),
        lead: t.of("support-lead"),
        facts: vec![(t.of("your-name"), asked.name), (t.of("organisation"), asked.organisation)],
        lines: vec![t.of(key), t.detail(key), t.of("support-sure")],
        link: link.expose().to_owned(),
        no: t.of("support-no"),
    })
}

/// `POST /support/confirm`: confirms it, or stops it.
pub(in crate::http) async fn answer(
    context: Context,
    Form(mailed): Form<Mailed>,
) -> Result<Response, Error> {
    let t = context.text;
    let (yes, no) = ((Answer::Confirm, "support-confirmed"), (Answer::Deny, "support-stopped"));
    let (answer, key) = mailed.either(yes, no)?;
    let link = mailed.link().ok_or(Code::SupportLinkInvalid)?;
    if !run::answer(&context.app, &link, answer).await? {
        return Err(Code::SupportLinkInvalid.into());
    }
    let mut lines = vec![t.detail(key)];
    lines.extend((answer == Answer::Deny).then(|| t.of("support-stopped-next")));
    show(&Answered { f: context.frame(PATH), title: t.of(key), lines })
}
