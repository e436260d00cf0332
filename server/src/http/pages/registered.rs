//! Where the link in the mail to a new registered address leads: whose it is to be, and two buttons. Opening it
//! does nothing.

use axum::extract::{Form, Query};
use axum::response::Response;

use super::mailed::{Answered, Mailed, Question};
use super::show;
use crate::accounts::anchors::proof::{self, Answer, PATH};
use crate::http::context::Context;
use crate::http::error::{Code, Error};
use crate::text::moment;

/// `GET /registered/confirm`: in any browser, by whoever has the link.
pub(in crate::http) async fn form(
    context: Context,
    Query(mailed): Query<Mailed>,
) -> Result<Response, Error> {
    let t = context.text;
    let link = mailed.link().ok_or(Code::RegisteredLinkInvalid)?;
    let asked = proof::look(&context.app, &link).await?.ok_or(Code::RegisteredLinkInvalid)?;
    let from = moment::day_and_time(t, asked.starts_at);
    show(&Question {
        f: context.frame(PATH),
        path: PATH,
        title: t.of("registered-title"),
        lead: t.of("registered-lead"),
        facts: vec![
            (t.of("registered-email"), asked.address),
            (t.of("organisation"), asked.organisation),
        ],
        lines: vec![t.with("registered-what", "moment", from), t.of("registered-sure")],
        link: link.expose().to_owned(),
        no: t.of("registered-no"),
    })
}

/// `POST /registered/confirm`: proves it, or stops it.
pub(in crate::http) async fn answer(
    context: Context,
    Form(mailed): Form<Mailed>,
) -> Result<Response, Error> {
    let t = context.text;
    let (yes, no) = ((Answer::Right, "registered-right"), (Answer::Wrong, "registered-wrong"));
    let (answer, key) = mailed.either(yes, no)?;
    let link = mailed.link().ok_or(Code::RegisteredLinkInvalid)?;
    if !proof::answer(&context.app, &link, answer).await? {
        return Err(Code::RegisteredLinkInvalid.into());
    }
    show(&Answered { f: context.frame(PATH), title: t.of(key), lines: vec![t.detail(key)] })
}
