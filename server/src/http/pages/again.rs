//! The password once more, in a visit that it opened a while ago: before something to log in with is begun. It is a
//! log-in like any other, and its visit takes the place of this one.

use askama::Template;
use axum::extract::{Form, Query};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::login::{self, Then};
use super::wrong::{Wrong, with_status};
use super::{Problem, show};
use crate::http::context::Context;
use crate::http::error::{Code, Error, PASSWORD_AGAIN};
use crate::http::frame::Frame;
use crate::login::{PasswordAnswer, password};
use crate::secret::Secret;

#[derive(Template)]
#[template(path = "password_again.html")]
struct Page {
    f: Frame,
    problem: Option<Problem>,
    error: Option<String>,
    action: &'static str,
    then: String,
    /// For who keeps passwords: whose it is.
    username: String,
}

/// `GET /confirm/password?then=…`.
pub(in crate::http) async fn form(
    context: Context,
    Query(Then { then }): Query<Then>,
) -> Result<Response, Error> {
    if context.visitor()?.session.login.by_password_alone() {
        return page(&context, &then, None);
    }
    Ok(Redirect::to(onward(&then)).into_response())
}

fn page(context: &Context, then: &str, wrong: Option<Wrong>) -> Result<Response, Error> {
    let then = onward(then).to_owned();
    let page = show(&Page {
        f: context.frame(format!("{PASSWORD_AGAIN}?then={then}")),
        problem: wrong.as_ref().map(|wrong| wrong.problem("password")),
        error: wrong.as_ref().and_then(|wrong| wrong.field.clone()),
        action: PASSWORD_AGAIN,
        then,
        username: context.visitor()?.account.username.to_string(),
    })?;
    Ok(with_status(wrong.as_ref(), page))
}

/// Where one goes on: to what is enrolled, or else to the choice.
fn onward(then: &str) -> &str {
    let then = login::local(then);
    if then.starts_with("/enrol/") { then } else { "/enrol" }
}

/// What the form sends.
#[derive(Deserialize)]
pub(in crate::http) struct Typed {
    password: Secret<String>,
    #[serde(default)]
    then: String,
}

/// `POST /confirm/password`.
pub(in crate::http) async fn give(
    context: Context,
    Form(Typed { password, then }): Form<Typed>,
) -> Result<Response, Error> {
    let t = context.text;
    let username = context.visitor()?.account.username.as_str();
    if password.expose().is_empty() {
        let wrong = Wrong::of(t, Code::Incomplete, "password-again-empty");
        return page(&context, &then, Some(wrong.at(t.of("fill-password"))));
    }
    let from = (context.client.as_str(), context.anew.as_ref());
    let (attempt, answer) = password::start(&context.app, from, username, password).await?;
    match answer {
        PasswordAnswer::EnrolOnly(granted) => {
            context.let_in(&login::session(granted)?, Redirect::to(onward(&then))).await
        }
        PasswordAnswer::Wrong => {
            let wrong = Wrong::of(t, Code::WrongPassword, "password-again-wrong");
            page(&context, &then, Some(wrong.at(t.of("password-again-wrong.field"))))
        }
        PasswordAnswer::Factor(_)
        | PasswordAnswer::Choose(_)
        | PasswordAnswer::Waived(_)
        | PasswordAnswer::NoWay
        | PasswordAnswer::Abandoned
        | PasswordAnswer::Blocked { .. } => login::onward(&context, &attempt, answer).await,
    }
}
