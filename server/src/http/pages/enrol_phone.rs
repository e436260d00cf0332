//! Enrolling a phone number: typed, and proven by a code that is sent there or keyed in during a call.

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::phone::{Parts, Words, follow, held_back, named, no_code, wrong_code};
use super::wrong::{Wrong, with_status};
use super::{Problem, enrol, show};
use crate::enrolment;
use crate::enrolment::phone::{self, Begun, Proven, Shown};
use crate::factors::phone::{Medium, Unfit, Zero};
use crate::factors::totp;
use crate::http::context::{Context, Shared};
use crate::http::cookies::Cookie;
use crate::http::error::{Code, Error};
use crate::http::frame::Frame;
use crate::http::sse::Followed;
use crate::id::FactorId;
use crate::secret::{Secret, Token};
use crate::sessions;
use crate::text::moment;

/// Typing a number.
#[derive(Template)]
#[template(path = "enrol_phone.html")]
struct Number {
    f: Frame,
    /// Whether it is step 2 of the wizard.
    wizard: bool,
    problem: Option<Problem>,
    number_error: Option<String>,
    call: bool,
    title: String,
    lead: String,
    action: &'static str,
    number: String,
    button: String,
}

const fn path(medium: Medium) -> &'static str {
    match medium {
        Medium::Sms => "/enrol/sms",
        Medium::Call => "/enrol/call",
    }
}

/// `GET /enrol/sms`.
pub(in crate::http) async fn sms(context: Context) -> Result<Response, Error> {
    begin(&context, Medium::Sms).await
}

/// `GET /enrol/call`.
pub(in crate::http) async fn call(context: Context) -> Result<Response, Error> {
    begin(&context, Medium::Call).await
}

async fn begin(context: &Context, medium: Medium) -> Result<Response, Error> {
    enrol::permitted(context, medium.kind()).await?;
    let shown = phone::shown(&context.app, &context.visitor()?.session, medium).await?;
    let road = if shown.is_some() { enrol::Road::Begun } else { enrol::Road::Beginning };
    if let Some(confirm) = enrol::unready(context, path(medium), road).await? {
        return Ok(confirm);
    }
    page(context, medium, None).await
}

/// The page for the number, or for its code once one was sent.
async fn page(context: &Context, medium: Medium, wrong: Option<Wrong>) -> Result<Response, Error> {
    let session = &context.visitor()?.session;
    match phone::shown(&context.app, session, medium).await? {
        Some(shown) => code_page(context, medium, shown, wrong),
        None => number_page(context, medium, "", wrong),
    }
}

fn number_page(
    context: &Context,
    medium: Medium,
    number: &str,
    wrong: Option<Wrong>,
) -> Result<Response, Error> {
    let t = context.text;
    let (title, lead, button) = match medium {
        Medium::Sms => ("enrol-sms-title", "enrol-sms-lead", "enrol-sms-send"),
        Medium::Call => ("enrol-call-title", "enrol-call-lead", "enrol-call-verify"),
    };
    let page = show(&Number {
        f: context.frame(path(medium)),
        wizard: enrol::in_wizard(context)?,
        problem: wrong.as_ref().map(|wrong| wrong.problem("number")),
        number_error: wrong.as_ref().and_then(|wrong| wrong.field.clone()),
        call: medium == Medium::Call,
        title: t.of(title),
        lead: t.of(lead),
        action: path(medium),
        number: number.to_owned(),
        button: t.of(button),
    })?;
    Ok(with_status(wrong.as_ref(), page))
}

fn code_page(
    context: &Context,
    medium: Medium,
    shown: Shown,
    wrong: Option<Wrong>,
) -> Result<Response, Error> {
    let t = context.text;
    let (title, lead) = match medium {
        Medium::Sms => ("enrol-sms-title", "enrol-sms-code-lead"),
        Medium::Call => ("enrol-call-title", "enrol-call-code-lead"),
    };
    let (action, send, other) = match medium {
        Medium::Sms => ("/enrol/sms/code", "/enrol/sms/send", "/enrol/sms/other"),
        Medium::Call => ("/enrol/call/code", "/enrol/call/send", "/enrol/call/other"),
    };
    let until = moment::when(t, shown.until, context.app.clock.now());
    let code = shown.code.as_ref().map(|code| code.expose());
    let parts = Parts {
        wizard: enrol::in_wizard(context)?,
        problem: None,
        code_error: None,
        title: t.of(title),
        lead: t.of(lead),
        action,
        send,
        events: "/enrol/call/events",
        other: Some(other),
        then: String::new(),
        choices: Vec::new(),
        sent: Some(Words::of(t, &shown.name, code, shown.progress, until)),
        zero: shown.zero == Zero::LeftOut,
        others: Vec::new(),
        log_in: false,
    };
    parts.show(context.frame(path(medium)), medium, wrong)
}

/// What was typed.
#[derive(Deserialize)]
pub(in crate::http) struct Typed {
    #[serde(default)]
    number: String,
}

/// `POST /enrol/sms`: a code is sent to the number.
pub(in crate::http) async fn send_sms(
    context: Context,
    Form(Typed { number }): Form<Typed>,
) -> Result<Response, Error> {
    typed(&context, Medium::Sms, &number).await
}

/// `POST /enrol/call`: the number is called.
pub(in crate::http) async fn send_call(
    context: Context,
    Form(Typed { number }): Form<Typed>,
) -> Result<Response, Error> {
    typed(&context, Medium::Call, &number).await
}

async fn typed(context: &Context, medium: Medium, number: &str) -> Result<Response, Error> {
    let (session, language) = (&context.visitor()?.session, context.text.language());
    let begun = phone::begin(&context.app, session, (medium, number), language).await;
    match onward(context, medium, begun)? {
        Ok(page) => Ok(page),
        Err(wrong) => number_page(context, medium, number, Some(wrong)),
    }
}

/// Where to go once a code is on its way, or what is wrong.
fn onward(
    context: &Context,
    medium: Medium,
    begun: Result<Begun, enrolment::Error>,
) -> Result<Result<Response, Wrong>, Error> {
    let t = context.text;
    let begun = begun.map_err(|error| Error::from(error).after_confirming(path(medium)))?;
    let wrong = |key: &str| Wrong::of(t, Code::Incomplete, key).at(t.of(&format!("{key}.field")));
    Ok(match begun {
        Begun::Sent => Ok(Redirect::to(path(medium)).into_response()),
        Begun::Gone => Ok(Redirect::to(path(medium)).into_response()),
        Begun::Held(held) => Err(held_back(context, held)),
        Begun::Known => Err(wrong("phone-known")),
        Begun::Unfit(Unfit::Unreadable) => Err(wrong("phone-unreadable")),
        Begun::Unfit(Unfit::Unreal) => Err(wrong("phone-unreal")),
        Begun::Unfit(Unfit::Country) => Err(wrong("phone-country")),
        Begun::Unfit(Unfit::Costly) => Err(wrong("phone-costly")),
        Begun::Unfit(Unfit::NoText) => Err(wrong("phone-no-text")),
    })
}

/// `POST /enrol/sms/send`: another code to the same number.
pub(in crate::http) async fn again_sms(context: Context) -> Result<Response, Error> {
    again(&context, Medium::Sms).await
}

/// `POST /enrol/call/send`: the same number is called again.
pub(in crate::http) async fn again_call(context: Context) -> Result<Response, Error> {
    again(&context, Medium::Call).await
}

async fn again(context: &Context, medium: Medium) -> Result<Response, Error> {
    let (session, language) = (&context.visitor()?.session, context.text.language());
    let begun = phone::again(&context.app, session, medium, language).await;
    match onward(context, medium, begun)? {
        Ok(page) => Ok(page),
        Err(wrong) => page(context, medium, Some(wrong)).await,
    }
}

/// `POST /enrol/sms/other`: another number is to be typed.
pub(in crate::http) async fn other_sms(context: Context) -> Result<Response, Error> {
    phone::forget(&context.app, &context.visitor()?.session).await?;
    Ok(Redirect::to("/enrol/sms").into_response())
}

/// `POST /enrol/call/other`.
pub(in crate::http) async fn other_call(context: Context) -> Result<Response, Error> {
    phone::forget(&context.app, &context.visitor()?.session).await?;
    Ok(Redirect::to("/enrol/call").into_response())
}

/// What the form of a code sends.
#[derive(Deserialize)]
pub(in crate::http) struct Typing {
    code: Secret<String>,
}

/// `POST /enrol/sms/code`.
pub(in crate::http) async fn finish_sms(
    context: Context,
    Form(Typing { code }): Form<Typing>,
) -> Result<Response, Error> {
    let t = context.text;
    let Some(code) = totp::Code::parse(code.expose()) else {
        return page(&context, Medium::Sms, Some(no_code(t))).await;
    };
    let proven = phone::check(&context.app, &context.visitor()?.session, &code).await;
    done(&context, Medium::Sms, proven).await
}

/// `POST /enrol/call/code`: 'log me in'.
pub(in crate::http) async fn finish_call(context: Context) -> Result<Response, Error> {
    let proven = phone::finish(&context.app, &context.visitor()?.session).await;
    done(&context, Medium::Call, proven).await
}

async fn done(
    context: &Context,
    medium: Medium,
    proven: Result<Proven, enrolment::Error>,
) -> Result<Response, Error> {
    let t = context.text;
    match proven.map_err(|error| Error::from(error).after_confirming(path(medium)))? {
        Proven::Enrolled { raised: Some(token), .. } => {
            context.let_in(&token, Redirect::to("/enrol/recovery")).await
        }
        Proven::Enrolled { raised: None, starts_at, .. } => {
            let waits = starts_at > context.app.clock.now();
            let notice = if waits { "enrolled-waiting" } else { "enrolled" };
            Ok(Redirect::to(&format!("/account?notice={notice}")).into_response())
        }
        Proven::Wrong { left } => page(context, medium, Some(wrong_code(t, left))).await,
        Proven::Barred(barred) => {
            Err(Error::barred_within(barred, context.app.clock.now(), "/enrol/choose"))
        }
        Proven::NotYet => {
            let wrong = Wrong::of(t, Code::ChallengeGone, "call-not-yet");
            page(context, medium, Some(wrong)).await
        }
        Proven::Gone => {
            let wrong = Wrong::of(t, Code::ChallengeGone, "enrol-phone-gone");
            page(context, medium, Some(wrong)).await
        }
    }
}

/// `POST /account/numbers/{id}/main`: this number is named first.
pub(in crate::http) async fn set_main(
    context: Context,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    let id = FactorId::parse(&id).map_err(|_| Code::NoSuchFactor)?;
    let set = phone::set_main(&context.app, &context.member()?.session, &id).await;
    set.map_err(|error| Error::from(error).after_confirming("/account"))?;
    Ok(Redirect::to("/account?notice=main-number").into_response())
}

/// A call of a session that enrols.
struct OfSession {
    shared: Shared,
    token: Token,
}

impl Followed for OfSession {
    async fn state(&mut self) -> Option<&'static str> {
        let app = &self.shared.app;
        let progress = async {
            match sessions::run::look(app, &self.token).await? {
                Some(session) => phone::progress(app, &session).await,
                None => Ok(None),
            }
        };
        named(progress.await)
    }
}

/// `GET /enrol/call/events`: the states of the call, to whoever shows the session's cookie; the session
/// is looked at, and not used.
pub(in crate::http) async fn events(
    State(shared): State<Shared>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let whose = (Cookie::Session, Code::LogInFirst);
    follow(shared, &headers, whose, |shared, token| OfSession { shared, token })
}
