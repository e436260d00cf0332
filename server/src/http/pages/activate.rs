//! Choosing a password with user number and PIN: the first one, or one in place of what was forgotten.

use askama::Template;
use axum::extract::Form;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::{Problem, show};
use crate::accounts::number::{self, UserNumber};
use crate::activation::choose::{self, Answer};
use crate::http::context::Context;
use crate::http::error::{self, Code, Error};
use crate::http::frame::Frame;
use crate::password::policy::{self, Lengths, Opens, Weak};
use crate::pin::{self, ActivationPin};
use crate::secret::Secret;
use crate::text::Text;
use fluent_bundle::FluentArgs;

#[derive(Template)]
#[template(path = "activate.html")]
struct Page {
    f: Frame,
    problem: Option<Problem>,
    /// What was typed, which stays; the secrets do not.
    number: String,
    wrong: Wrong,
    /// How long the password has to be.
    lengths: String,
}

/// What is wrong with each field, in words.
#[derive(Default)]
struct Wrong {
    number: Option<String>,
    pin: Option<String>,
    password: Option<String>,
    again: Option<String>,
}

impl Wrong {
    /// The id of the first field to mend.
    fn first(&self) -> Option<&'static str> {
        let fields = [
            ("number", &self.number),
            ("pin", &self.pin),
            ("new-password", &self.password),
            ("again", &self.again),
        ];
        fields.into_iter().find(|(_, wrong)| wrong.is_some()).map(|(field, _)| field)
    }
}

/// `GET /activate`.
pub(in crate::http) async fn form(context: Context) -> Result<Response, Error> {
    let f = context.frame("/activate");
    let lengths =
        length_words(context.text, "new-password-hint", context.app.config.passwords.lengths);
    show(&Page { f, problem: None, number: String::new(), wrong: Wrong::default(), lengths })
}

/// What the form sends.
#[derive(Deserialize)]
pub(in crate::http) struct Chosen {
    #[serde(default)]
    number: String,
    pin: Secret<String>,
    password: Secret<String>,
    again: Secret<String>,
}

/// `POST /activate`.
pub(in crate::http) async fn choose(
    context: Context,
    Form(chosen): Form<Chosen>,
) -> Result<Response, Error> {
    let (t, lengths) = (context.text, context.app.config.passwords.lengths);
    let typed = chosen.number.trim().to_owned();
    let number = UserNumber::parse(&chosen.number);
    let pin = ActivationPin::parse(chosen.pin.expose());
    let mut wrong = Wrong {
        number: number.as_ref().err().map(|error| number_words(t, *error)),
        pin: pin.as_ref().err().map(|error| pin_words(t, *error)),
        ..Wrong::default()
    };
    if chosen.password.expose().is_empty() {
        wrong.password = Some(t.of("activate-password-empty"));
    } else if let Err(weak) =
        policy::check(chosen.password.expose(), (lengths, Opens::Nothing), &[])
    {
        wrong.password = Some(match weak {
            Weak::Short { .. } => length_words(t, "password-short-any", lengths),
            Weak::Long { .. } | Weak::Common | Weak::Context => weak_words(t, weak),
        });
    } else if chosen.password.expose() != chosen.again.expose() {
        wrong.again = Some(t.of("activate-again-differs"));
    }
    let (Ok(number), Ok(pin), None) = (number, pin, wrong.first()) else {
        return again(&context, Code::Incomplete, ("activate-incomplete", typed), wrong);
    };
    let proof = (&number, &pin);
    let answer = choose::password(&context.app, &context.client, proof, chosen.password).await;
    match answer {
        Ok(Answer::EnrolOnly(token)) => context.let_in(&token, Redirect::to("/enrol")).await,
        Ok(Answer::LogIn) => Ok(Redirect::to("/login?notice=password-chosen").into_response()),
        Ok(Answer::Wrong) => {
            let look = || Some(t.of("activate-wrong-field"));
            let wrong = Wrong { number: look(), pin: look(), ..Wrong::default() };
            again(&context, Code::WrongPin, ("error-wrong-pin", typed), wrong)
        }
        Ok(Answer::Blocked) => Err(Code::PinBlocked.into()),
        Err(choose::Error::Weak(weak)) => {
            let wrong = Wrong { password: Some(weak_words(t, weak)), ..Wrong::default() };
            again(&context, Code::Incomplete, ("activate-incomplete", typed), wrong)
        }
        Err(choose::Error::Busy(_)) => Err(Error::new(Code::Busy).retry_after(1)),
        Err(choose::Error::Storage(error)) => Err(error.into()),
    }
}

/// The form again, with what is wrong; what was typed stays, secrets excepted.
fn again(
    context: &Context,
    code: Code,
    (key, number): (&str, String),
    wrong: Wrong,
) -> Result<Response, Error> {
    let t = context.text;
    let problem = Problem { title: t.of(key), detail: t.detail(key), field: wrong.first() };
    let f = context.frame("/activate");
    let lengths = length_words(t, "new-password-hint", context.app.config.passwords.lengths);
    let page = show(&Page { f, problem: Some(problem), number, wrong, lengths })?;
    Ok(error::written(code, page))
}

pub(super) fn number_words(t: Text, error: number::Malformed) -> String {
    match error {
        number::Malformed::Letters => t.of("number-letters"),
        number::Malformed::Length { digits: 0 } => t.of("number-empty"),
        number::Malformed::Length { digits } => t.with("number-length", "digits", digits),
        number::Malformed::Check => t.of("number-check"),
    }
}

pub(super) fn pin_words(t: Text, error: pin::Malformed) -> String {
    match error {
        pin::Malformed::Length => t.of("pin-length"),
        pin::Malformed::Character => t.of("pin-character"),
    }
}

/// A text that says how long a password has to be, for whoever it is.
fn length_words(t: Text, key: &str, lengths: Lengths) -> String {
    let mut args = FluentArgs::new();
    args.set("alone", lengths.least(Opens::Account));
    args.set("beside", lengths.least(Opens::Nothing));
    let differ = lengths.least(Opens::Account) > lengths.least(Opens::Nothing);
    args.set("differ", if differ { "yes" } else { "no" });
    t.filled(key, &args)
}

/// Why a password may not be chosen, in words.
fn weak_words(t: Text, weak: Weak) -> String {
    match weak {
        Weak::Short { least } => t.with("password-short", "least", least),
        Weak::Long { most } => t.with("password-long", "most", most),
        Weak::Common => t.of("password-common"),
        Weak::Context => t.of("password-context"),
    }
}
