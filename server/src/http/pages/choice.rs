//! At which organisation to log in: for who has accounts in several, after the proof.

use askama::Template;
use axum::extract::Form;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::login;
use super::{Problem, show};
use crate::http::context::Context;
use crate::http::error::{self, Code, Error};
use crate::http::frame::Frame;
use crate::id::OrganisationId;
use crate::login::card::CardAnswer;
use crate::login::choice::{self, Chosen};
use crate::login::{self as domain};
use crate::organisations::{Agb, Organisation};

#[derive(Template)]
#[template(path = "choice.html")]
struct Page {
    f: Frame,
    problem: Option<Problem>,
    error: Option<String>,
    organisations: Vec<Line>,
}

/// An organisation to choose.
struct Line {
    id: String,
    name: String,
    /// What tells it from another of the same name.
    agb: Option<String>,
}

impl From<Organisation> for Line {
    fn from(organisation: Organisation) -> Self {
        let Organisation { id, name, agb, .. } = organisation;
        Self { id: id.to_string(), name, agb: agb.as_ref().map(Agb::as_str).map(str::to_owned) }
    }
}

/// `GET /login/organisation`.
pub(in crate::http) async fn form(context: Context) -> Result<Response, Error> {
    match offered(&context).await? {
        Some(organisations) => show(&page(&context, organisations)),
        None => Ok(Redirect::to("/login").into_response()),
    }
}

/// What the form sends.
#[derive(Deserialize)]
pub(in crate::http) struct Choice {
    #[serde(default)]
    organisation: String,
}

/// `POST /login/organisation`.
pub(in crate::http) async fn choose(
    context: Context,
    Form(Choice { organisation }): Form<Choice>,
) -> Result<Response, Error> {
    let attempt = login::attempt(&context)?;
    if organisation.is_empty() {
        let offered = offered(&context).await?.ok_or(domain::Error::AttemptOver)?;
        let t = context.text;
        let problem = Problem {
            title: t.of("error-incomplete"),
            detail: t.of("error-incomplete.detail"),
            field: Some("organisations"),
        };
        let error = Some(t.of("choice-field"));
        let page = Page { problem: Some(problem), error, ..page(&context, offered) };
        return Ok(error::written(Code::Incomplete, show(&page)?));
    }
    let organisation = OrganisationId::parse(&organisation).map_err(|_| domain::Error::NoChoice)?;
    let anew = context.anew.as_ref();
    match choice::choose(&context.app, attempt, &organisation, anew).await? {
        Chosen::Password(answer) => login::onward(&context, attempt, answer).await,
        Chosen::Card(CardAnswer::Done(granted)) => {
            context.let_in(&login::session(granted)?, Redirect::to("/account")).await
        }
        Chosen::Card(CardAnswer::Choose(_)) => Err(Error::internal("a choice led to a choice")),
        Chosen::Card(CardAnswer::Refused(refusal)) => Err(refusal.into()),
    }
}

fn page(context: &Context, organisations: Vec<Organisation>) -> Page {
    let organisations = organisations.into_iter().map(Line::from).collect();
    Page { f: context.frame(login::CHOICE), problem: None, error: None, organisations }
}

/// What the log-in under way has to choose from: only who proved something learns where there are accounts.
async fn offered(context: &Context) -> Result<Option<Vec<Organisation>>, Error> {
    let Some(attempt) = &context.attempt else { return Ok(None) };
    match choice::offered(&context.app, attempt).await {
        Ok(offered) => Ok(offered),
        Err(domain::Error::AttemptOver) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
