//! 'Pincode vergeten': a new PIN at once for who logged in a moment ago, and a question to the contact persons
//! for who did not; and where a contact person declines such a question.

use askama::Template;
use axum::extract::{Form, Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::activate::number_words;
use super::people::{back, contact, known};
use super::ways_back::no_letter;
use super::{Problem, login, show};
use crate::accounts::Role;
use crate::activation::forgotten::{self, Proof};
use crate::activation::handover::Handed;
use crate::http::context::{Context, Visitor};
use crate::http::error::{self, Code, Error};
use crate::http::frame::Frame;
use crate::letters;
use crate::pin::asked::{Unnamed, Whom};

const PATH: &str = "/activate/pin";

#[derive(Template)]
#[template(path = "pin_lost.html")]
struct Page {
    f: Frame,
    problem: Option<Problem>,
    /// How the PIN goes to whom it is for, where something was proven.
    road: Option<String>,
    /// Why it cannot go there, and what helps.
    barrier: Option<(String, String)>,
    /// Whom it is for, as typed; where nothing was proven.
    who: String,
    who_error: Option<String>,
    /// Whether somebody is logged in here, who can prove it again.
    confirm: bool,
}

/// What was proven in this browser: by who is logged in, or by who is logging in.
fn proof(context: &Context) -> Option<Proof<'_>> {
    let session = context.visitor().ok().map(|visitor| Proof::Session(&visitor.session));
    session.or_else(|| context.attempt.as_ref().map(Proof::Attempt))
}

/// The page, as far as something was proven.
async fn page(context: &Context, problem: Option<Problem>) -> Result<Page, Error> {
    let t = context.text;
    let proven = match proof(context) {
        Some(proof) => forgotten::proven(&context.app, proof).await?,
        None => None,
    };
    let (mut road, mut barrier) = (None, None);
    if let Some(account) = proven {
        match account.role {
            Role::Colleague => road = Some(t.of("pin-lost-box")),
            Role::ContactPerson => {
                road = Some(t.of("pin-lost-post"));
                let address = letters::run::address(&context.app, &account).await;
                barrier = address.err().map(|error| no_letter(t, error)).transpose()?;
            }
        }
    }
    let visitor = context.visitor().ok();
    let who = visitor.map(|visitor| visitor.account.username.to_string());
    Ok(Page {
        f: context.frame(PATH),
        problem,
        confirm: road.is_none() && context.member().is_ok(),
        road,
        barrier,
        who: who.unwrap_or_else(|| login::remembered(context)),
        who_error: None,
    })
}

/// `GET /activate/pin`.
pub(in crate::http) async fn form(context: Context) -> Result<Response, Error> {
    show(&page(&context, None).await?)
}

/// What the form sends: nothing where something was proven.
#[derive(Deserialize)]
pub(in crate::http) struct Lost {
    who: Option<String>,
}

/// `POST /activate/pin`: a new PIN at once, or a question to the contact persons.
pub(in crate::http) async fn ask(
    context: Context,
    Form(Lost { who }): Form<Lost>,
) -> Result<Response, Error> {
    let Some(who) = who else { return renew(&context).await };
    let t = context.text;
    let wrong = match Whom::parse(&who) {
        Ok(whom) => {
            forgotten::ask(&context.app, &context.client, &whom).await?;
            return Ok(Redirect::to("/activate/pin/asked").into_response());
        }
        Err(Unnamed::Address) => t.of("add-email-wrong"),
        Err(Unnamed::Number(_)) if who.trim().is_empty() => t.of("pin-lost-who-empty"),
        Err(Unnamed::Number(malformed)) => number_words(t, malformed),
    };
    let problem = Problem {
        title: t.of("pin-lost-wrong"),
        detail: t.detail("pin-lost-wrong"),
        field: Some("whose"),
    };
    let page = Page { who, who_error: Some(wrong), ..page(&context, Some(problem)).await? };
    Ok(error::written(Code::Incomplete, show(&Page { road: None, barrier: None, ..page })?))
}

/// Has a new PIN made for who proved something here.
async fn renew(context: &Context) -> Result<Response, Error> {
    // Whose proof is too old meanwhile reads that on the page, and goes on from there.
    let again = || Redirect::to(PATH).into_response();
    let Some(proof) = proof(context) else { return Ok(again()) };
    match forgotten::renew(&context.app, &context.client, proof).await {
        Ok(Handed::Box(_)) => Ok(Redirect::to("/activate/pin/made?by=box").into_response()),
        Ok(Handed::Letter) => Ok(Redirect::to("/activate/pin/made?by=post").into_response()),
        Err(forgotten::Error::NotProven) => Ok(again()),
        Err(forgotten::Error::TooSoon) => {
            let t = context.text;
            let problem = Problem {
                title: t.of("error-pin-too-soon"),
                detail: t.of("pin-lost-too-soon"),
                field: None,
            };
            let page = show(&page(context, Some(problem)).await?)?;
            Ok(error::written(Code::PinTooSoon, page))
        }
        Err(forgotten::Error::Letter(error)) => Err(error.into()),
        Err(forgotten::Error::Busy(_)) => Err(Error::new(Code::Busy).retry_after(1)),
        Err(forgotten::Error::Storage(error)) => Err(error.into()),
    }
}

#[derive(Template)]
#[template(path = "pin_lost_next.html")]
struct Next {
    f: Frame,
    title: String,
    lead: String,
    /// What happens next, in order.
    steps: Vec<String>,
    /// What is to be done where that is not enough.
    else_lines: Vec<String>,
}

/// `GET /activate/pin/asked`: the same for everybody, whoever has an account.
pub(in crate::http) async fn asked(context: Context) -> Result<Response, Error> {
    let t = context.text;
    let only = match &context.app.config.server.telephone {
        Some(number) => t.with("pin-asked-only.call", "number", number.as_str()),
        None => t.detail("pin-asked-only"),
    };
    show(&Next {
        f: context.frame("/activate/pin/asked"),
        title: t.of("pin-asked-title"),
        lead: t.of("pin-asked-lead"),
        steps: ["pin-asked-call", "pin-asked-give", "pin-choose-own"].map(|key| t.of(key)).into(),
        else_lines: vec![t.of("pin-asked-slow"), t.of("pin-asked-contact"), only],
    })
}

/// How the new PIN goes.
#[derive(Deserialize)]
pub(in crate::http) struct Made {
    #[serde(default)]
    by: String,
}

/// `GET /activate/pin/made`.
pub(in crate::http) async fn made(
    context: Context,
    Query(Made { by }): Query<Made>,
) -> Result<Response, Error> {
    let t = context.text;
    let post = by == "post";
    let (lead, first, old) = match post {
        true => ("pin-own-post", "pin-post-made", "pin-own-old.post"),
        false => ("pin-own-box", "pin-own-get", "pin-own-old"),
    };
    show(&Next {
        f: context.frame(if post { "/activate/pin/made?by=post" } else { "/activate/pin/made" }),
        title: t.of("pin-made-title"),
        lead: t.of(lead),
        steps: [first, "pin-choose-own"].map(|key| t.of(key)).into(),
        else_lines: vec![t.of(old), t.of("pin-own-told")],
    })
}

/// `POST /people/{id}/pin/decline`: the contact person makes no PIN for who asked.
pub(in crate::http) async fn decline(
    context: Context,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    let Visitor { session, .. } = contact(&context)?;
    let id = known(&id)?;
    let declined = forgotten::decline(&context.app, session, &id).await;
    let declined =
        declined.map_err(|error| Error::from(error).after_confirming(&format!("/people/{id}")))?;
    Ok(back(&id, if declined { "pin-declined" } else { "pin-not-asked" }))
}
