//! What a contact person opens for a colleague who lost something: the user number again, a new PIN, a
//! while without the second factor.

use std::time::Duration;

use askama::Template;
use axum::extract::{Form, Path};
use axum::response::{IntoResponse, Redirect, Response};
use fluent_bundle::FluentArgs;
use serde::Deserialize;

use super::people::{Ask, back, contact, find, known, refused};
use super::{Problem, show};
use crate::accounts::Role;
use crate::activation::request;
use crate::administration;
use crate::administration::people::Person;
use crate::administration::waiver;
use crate::http::context::{Context, Visitor};
use crate::http::error::{self, Code, Error};
use crate::http::frame::Frame;
use crate::label;
use crate::letters;
use crate::text::{Text, moment};
use crate::waiver::Denied;

/// Why somebody does not open a way back in for themselves, in place of the button.
fn not_for_oneself(t: Text, person: &Person) -> Option<(String, String)> {
    let key = Code::NotForOneself.text_key();
    person.oneself.then(|| (t.of(&key), t.detail(&key)))
}

/// `GET /people/{id}/number`.
pub(in crate::http) async fn ask_number(
    context: Context,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    let path = format!("/people/{id}/number");
    let person = match find(&context, &id, &path).await? {
        Ok(person) => person,
        Err(confirm) => return Ok(confirm),
    };
    let t = context.text;
    show(&Ask {
        f: context.frame(path.clone()),
        title: t.of("number-title"),
        lines: vec![t.with("number-lead", "address", reached(&context).await?), t.of("number-not")],
        barrier: None,
        name: person.account.name,
        username: person.account.username.to_string(),
        action: path,
        value: "",
        button: t.of("number-yes"),
        danger: false,
        back: format!("/people/{id}"),
    })
}

/// `POST /people/{id}/number`.
pub(in crate::http) async fn send_number(
    context: Context,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    let Visitor { session, .. } = contact(&context)?;
    let id = known(&id)?;
    let sent = request::send_number(&context.app, session, &id).await;
    let path = format!("/people/{id}/number");
    sent.map_err(|error| Error::from(error).after_confirming(&path))?;
    Ok(back(&id, "number-sent"))
}

/// `GET /people/{id}/pin`.
pub(in crate::http) async fn ask_pin(
    context: Context,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    let path = format!("/people/{id}/pin");
    let person = match find(&context, &id, &path).await? {
        Ok(person) => person,
        Err(confirm) => return Ok(confirm),
    };
    let t = context.text;
    let (lines, barrier, button) = match person.account.role {
        Role::Colleague => (vec![t.of("pin-lead"), t.of("pin-old")], None, t.of("pin-yes")),
        Role::ContactPerson => match letters::run::address(&context.app, &person.account).await {
            Ok(address) => {
                let mut args = FluentArgs::new();
                args.set("name", person.account.name.clone());
                args.set("address", address.to_string());
                let lead = t.filled("pin-post-lead", &args);
                (vec![lead, t.of("pin-post-old")], None, t.of("pin-post-yes"))
            }
            Err(error) => (vec![], Some(no_letter(t, error)?), String::new()),
        },
    };
    show(&Ask {
        f: context.frame(path.clone()),
        title: t.of("pin-title"),
        lines: lines.into_iter().chain([t.of("person-unblock-sure")]).collect(),
        barrier: not_for_oneself(t, &person).or(barrier),
        name: person.account.name,
        username: person.account.username.to_string(),
        action: path,
        value: "",
        button,
        danger: false,
        back: format!("/people/{id}"),
    })
}

/// Where user numbers of the visitor's organisation are sent, in words.
pub(super) async fn reached(context: &Context) -> Result<String, Error> {
    let Visitor { account, session, .. } = contact(context)?;
    let overview = administration::settings::overview(&context.app, account, session).await;
    let overview = overview.map_err(|error| Error::from(error).after_confirming("/people"))?;
    let none = || context.text.of("added-main-contact");
    Ok(overview.registered.email.map_or_else(none, |email| email.as_str().to_owned()))
}

/// Why no letter can be written, in place of the button.
pub(super) fn no_letter(t: Text, error: letters::run::Error) -> Result<(String, String), Error> {
    let error = Error::from(error);
    let key = error.code().text_key();
    let remedied = [Code::PostNotSet, Code::NoPostalAddress, Code::NotPrintable];
    if remedied.contains(&error.code()) { Ok((t.of(&key), t.detail(&key))) } else { Err(error) }
}

/// `POST /people/{id}/pin`.
pub(in crate::http) async fn make_pin(
    context: Context,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    let Visitor { session, .. } = contact(&context)?;
    let id = known(&id)?;
    let made = request::renew(&context.app, session, &id).await;
    made.map_err(|error| Error::from(error).after_confirming(&format!("/people/{id}/pin")))?;
    Ok(Redirect::to(&format!("/people/{id}/pin-made")).into_response())
}

#[derive(Template)]
#[template(path = "waiver.html")]
struct Waive {
    f: Frame,
    problem: Option<Problem>,
    id: String,
    name: String,
    username: String,
    /// Why it cannot be, in place of the form.
    barrier: Option<Barrier>,
    days: String,
    days_error: Option<String>,
    reason: String,
    reason_error: Option<String>,
}

/// Why there is no waiver.
struct Barrier {
    title: String,
    detail: String,
    /// Whether it is because the organisation forces everybody.
    forced: bool,
}

impl Barrier {
    fn of(t: Text, denied: Denied) -> Self {
        let key = Code::from(denied).text_key();
        let detail = match denied {
            Denied::TooSoon { next } => {
                t.with("waiver-next", "moment", moment::day_and_time(t, next))
            }
            Denied::Oneself
            | Denied::ContactPerson
            | Denied::Forced
            | Denied::ShortPassword
            | Denied::NoFactor
            | Denied::Length => t.detail(&key),
        };
        Self { title: t.of(&key), detail, forced: denied == Denied::Forced }
    }
}

/// What the form sends.
#[derive(Default, Deserialize)]
pub(in crate::http) struct Waived {
    #[serde(default)]
    days: String,
    #[serde(default)]
    reason: String,
}

/// Which fields are to be mended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Wrong {
    days: bool,
    reason: bool,
}

impl Waived {
    /// How long, `longest` at most, and why.
    ///
    /// Errors: every field that cannot be understood.
    fn wish(&self, longest: Duration) -> Result<(Duration, String), Wrong> {
        let most = longest.as_secs() / DAY;
        let days = self.days.trim().parse::<u64>().ok().filter(|days| (1..=most).contains(days));
        match (days, label::parse(&self.reason, waiver::LONGEST_REASON)) {
            (Some(days), Some(reason)) => Ok((Duration::from_secs(days * DAY), reason)),
            (days, reason) => Err(Wrong { days: days.is_none(), reason: reason.is_none() }),
        }
    }

    fn page(self, context: &Context, person: Person, wrong: Wrong) -> Waive {
        let t = context.text;
        let id = person.account.id.to_string();
        let first = match wrong {
            Wrong { days: true, .. } => Some("days"),
            Wrong { reason: true, .. } => Some("reason"),
            Wrong { .. } => None,
        };
        Waive {
            f: context.frame(format!("/people/{id}/waiver")),
            problem: first.map(|field| Problem {
                title: t.of("waiver-wrong"),
                detail: t.detail("waiver-wrong"),
                field: Some(field),
            }),
            name: person.account.name,
            username: person.account.username.to_string(),
            barrier: person.no_waiver.map(|denied| Barrier::of(t, denied)),
            days: self.days,
            days_error: wrong.days.then(|| t.of("waiver-days-wrong")),
            reason: self.reason,
            reason_error: wrong.reason.then(|| t.of("waiver-reason-wrong")),
            id,
        }
    }
}

/// `GET /people/{id}/waiver`.
pub(in crate::http) async fn ask_waiver(
    context: Context,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    match find(&context, &id, &format!("/people/{id}/waiver")).await? {
        Ok(person) => show(&Waived::default().page(&context, person, Wrong::default())),
        Err(confirm) => Ok(confirm),
    }
}

/// `POST /people/{id}/waiver`.
pub(in crate::http) async fn waive(
    context: Context,
    Path(id): Path<String>,
    Form(waived): Form<Waived>,
) -> Result<Response, Error> {
    let Visitor { session, .. } = contact(&context)?;
    let (id, path) = (known(&id)?, format!("/people/{id}/waiver"));
    let wrong = match waived.wish(context.app.config.times.waiver) {
        Ok((time, reason)) => {
            let given = waiver::give(&context.app, session, &id, (time, reason.as_str())).await;
            given.map_err(|error| refused(error, &path))?;
            return Ok(back(&id, "waived"));
        }
        Err(wrong) => wrong,
    };
    let person = match find(&context, id.as_str(), &path).await? {
        Ok(person) => person,
        Err(confirm) => return Ok(confirm),
    };
    let page = show(&waived.page(&context, person, wrong))?;
    Ok(error::written(Code::Incomplete, page))
}

/// `POST /people/{id}/waiver/end`.
pub(in crate::http) async fn end_waiver(
    context: Context,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    let Visitor { session, .. } = contact(&context)?;
    let id = known(&id)?;
    let ended = waiver::end(&context.app, session, &id).await;
    let ended = ended.map_err(|error| refused(error, &format!("/people/{id}")))?;
    Ok(back(&id, if ended { "waiver-ended" } else { "no-waiver" }))
}

const DAY: u64 = 24 * 60 * 60;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn wish(days: &str, reason: &str) -> Result<u64, Wrong> {
        let waived = Waived { days: days.to_owned(), reason: reason.to_owned() };
        waived.wish(Duration::from_secs(7 * DAY)).map(|(time, _)| time.as_secs() / DAY)
    }

    #[test]
    fn a_waiver_is_asked_for_in_whole_days_from_one_to_seven_and_with_a_reason() {
        assert_eq!([" 1 ", "7"].map(|days| wish(days, "weg")), [Ok(1), Ok(7)]);
        for wrong in ["", "0", "8", "-1", "1.5", "een", "99999999999999999999"] {
            assert_eq!(wish(wrong, "weg"), Err(Wrong { days: true, reason: false }), "{wrong}");
        }
        assert_eq!(wish("8", " "), Err(Wrong { days: true, reason: true }));
        assert_eq!(wish("1", " "), Err(Wrong { days: false, reason: true }));
    }

    proptest! {
        #[test]
        fn no_form_makes_it_panic(days in "\\PC{0,20}", reason in "\\PC{0,20}") {
            if let Ok(days) = wish(&days, &reason) {
                prop_assert!((1..=7).contains(&days));
            }
        }
    }
}
