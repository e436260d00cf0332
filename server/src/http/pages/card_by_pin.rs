//! Linking an UZI card with user number and PIN, while the account has no factor.

use askama::Template;
use axum::extract::Form;
use axum::response::{IntoResponse, Json, Redirect, Response};
use serde::Deserialize;

use super::activate::{number_words, pin_words};
use super::{Problem, card, login, show};
use crate::accounts::number::UserNumber;
use crate::activation::card::{self as domain, Answer};
use crate::http::context::Context;
use crate::http::cookies::Cookie;
use crate::http::error::{self, Code, Error};
use crate::http::frame::Frame;
use crate::login::linking;
use crate::pin::ActivationPin;
use crate::secret::Secret;

const PATH: &str = "/activate/card";
/// Where the card is read.
const READ: &str = "/activate/card/read";
const CHALLENGE: &str = "/activate/card/challenge";

#[derive(Template)]
#[template(path = "activate_card.html")]
struct Page {
    f: Frame,
    problem: Option<Problem>,
    /// What was typed, which stays; the secret does not.
    number: String,
    number_error: Option<String>,
    pin_error: Option<String>,
}

/// `GET /activate/card`.
pub(in crate::http) async fn form(context: Context) -> Result<Response, Error> {
    let (number_error, pin_error) = (None, None);
    let f = context.frame(PATH);
    show(&Page { f, problem: None, number: String::new(), number_error, pin_error })
}

/// What the form sends.
#[derive(Deserialize)]
pub(in crate::http) struct Typed {
    #[serde(default)]
    number: String,
    pin: Secret<String>,
}

/// `POST /activate/card`: on to the card, where number and PIN are right.
pub(in crate::http) async fn begin(
    context: Context,
    Form(typed): Form<Typed>,
) -> Result<Response, Error> {
    let t = context.text;
    let shown = typed.number.trim().to_owned();
    let number = UserNumber::parse(&typed.number);
    let pin = ActivationPin::parse(typed.pin.expose());
    let (number, pin) = match (number, pin) {
        (Ok(number), Ok(pin)) => (number, pin),
        (number, pin) => {
            let number_error = number.err().map(|error| number_words(t, error));
            let pin_error = pin.err().map(|error| pin_words(t, error));
            let errors = (number_error, pin_error);
            return again(&context, Code::Incomplete, ("card-pin-incomplete", shown), errors);
        }
    };
    match domain::begin(&context.app, &context.client, (&number, &pin)).await {
        Ok(Answer::Ready(attempt)) => {
            Ok(context.keep(Cookie::Attempt, attempt.expose(), Redirect::to(READ)))
        }
        Ok(Answer::HasFactor) => Err(Error::new(Code::PinAddsNothing).next("/login")),
        Ok(Answer::Wrong) => {
            let look = || Some(t.of("activate-wrong-field"));
            again(&context, Code::WrongPin, ("card-pin-wrong", shown), (look(), look()))
        }
        Ok(Answer::Blocked) => Err(Code::PinBlocked.into()),
        Err(error) => Err(error.into()),
    }
}

/// The form again, with what is wrong; what was typed stays, the secret excepted.
fn again(
    context: &Context,
    code: Code,
    (key, number): (&str, String),
    (number_error, pin_error): (Option<String>, Option<String>),
) -> Result<Response, Error> {
    let t = context.text;
    let field = Some(if number_error.is_some() { "number" } else { "pin" });
    let problem = Some(Problem { title: t.of(key), detail: t.detail(key), field });
    let f = context.frame(PATH);
    let page = show(&Page { f, problem, number, number_error, pin_error })?;
    Ok(error::written(code, page))
}

/// `GET /activate/card/read`: the card is to sign.
pub(in crate::http) async fn read(context: Context) -> Result<Response, Error> {
    let goes_on = match &context.attempt {
        Some(attempt) => linking::goes_on(&context.app, attempt).await?,
        None => false,
    };
    if !goes_on {
        return Ok(Redirect::to(PATH).into_response());
    }
    card::outside(&context, (READ, CHALLENGE), ("enrol-card-title", "enrol-card-lead", None))
}

/// `POST /activate/card/challenge`.
pub(in crate::http) async fn challenge(context: Context) -> Result<Response, Error> {
    let nonce = linking::nonce(&context.app, login::attempt(&context)?).await?;
    Ok(card::asking(&nonce))
}

/// `POST /activate/card/read`: links the card, and lets in with it.
pub(in crate::http) async fn finish(
    context: Context,
    Json(signed): Json<card::Finish>,
) -> Result<Response, Error> {
    let attempt = login::attempt(&context)?;
    let granted = domain::link(&context.app, attempt, &signed.token()).await?;
    card::linked(context, granted).await
}
