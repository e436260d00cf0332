//! A phone as the second factor, or once more: a text message whose code is typed, or a call in which
//! the code of the screen is keyed in.

use askama::Template;
use axum::extract::{Form, Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::login::{self, Then};
use super::wrong::{Wrong, with_status};
use super::{Problem, show};
use crate::factors::phone::Medium;
use crate::factors::sent::Held;
use crate::factors::totp;
use crate::http::context::{Context, Shared};
use crate::http::cookies::Cookie;
use crate::http::error::{Code, Error};
use crate::http::frame::Frame;
use crate::http::sse::{self, Followed};
use crate::id::FactorId;
use crate::login::phone::{self, Called, Choice, Progress, Sent, Shown, Typed, Unsent};
use crate::login::{CodeAnswer, Error as Missing, run};
use crate::secret::{Carrier, Secret, Token};
use crate::text::{Text, moment};

/// What pages of phones show, wherever a code is asked for.
#[derive(Template)]
#[template(path = "sms.html")]
struct SmsPage {
    f: Frame,
    p: Parts,
}

/// The same of a call.
#[derive(Template)]
#[template(path = "call.html")]
struct CallPage {
    f: Frame,
    p: Parts,
}

/// What the pages of text messages and calls have in common.
pub(super) struct Parts {
    /// Whether it is step 2 of the wizard.
    pub(super) wizard: bool,
    pub(super) problem: Option<Problem>,
    pub(super) code_error: Option<String>,
    pub(super) title: String,
    pub(super) lead: String,
    /// Where the code, or 'log me in', goes.
    pub(super) action: &'static str,
    /// Where another code, or call, is asked for.
    pub(super) send: &'static str,
    /// The stream of a call.
    pub(super) events: &'static str,
    /// Where another number is typed, where one is being enrolled.
    pub(super) other: Option<&'static str>,
    pub(super) then: String,
    pub(super) choices: Vec<Option_>,
    pub(super) sent: Option<Words>,
    /// Whether a leading 0 was left out, which the person is told.
    pub(super) zero: bool,
    /// The other ways of the second factor.
    pub(super) others: Vec<login::Other>,
    /// Whether it is the second factor of a log-in, and the recovery code one of those.
    pub(super) log_in: bool,
}

/// A number that may be chosen.
pub(super) struct Option_ {
    pub(super) id: String,
    pub(super) label: String,
    /// Whether it is chosen already.
    pub(super) first: bool,
}

/// What was sent, in words.
pub(super) struct Words {
    pub(super) to: String,
    /// The code of a call, in two groups.
    pub(super) code: Secret<String>,
    pub(super) state: &'static str,
    pub(super) until: String,
}

impl Words {
    pub(super) fn of(
        t: Text,
        name: &str,
        code: Option<&str>,
        progress: Progress,
        until: String,
    ) -> Self {
        let (first, last) = code.unwrap_or_default().split_at_checked(3).unwrap_or_default();
        Self {
            to: t.with("phone-ending.inside", "digits", digits(name)),
            code: Secret::new(format!("{first} {last}")),
            state: progress.as_str(),
            until,
        }
    }

    /// Whether this state is shown at first.
    fn is(&self, states: &str) -> bool {
        states.split(' ').any(|state| state == self.state)
    }
}

/// A number by its last digits, in words.
pub(super) fn ending(t: Text, name: &str) -> String {
    t.with("phone-ending", "digits", digits(name))
}

/// The digits that a number is called by.
fn digits(name: &str) -> String {
    name.chars().filter(char::is_ascii_digit).collect()
}

/// Nothing is sent now.
pub(super) fn held_back(context: &Context, held: Held) -> Wrong {
    let t = context.text;
    let (key, until) = match held {
        Held::Person { until } => ("phone-held", until),
        Held::Organisation { until } => ("phone-held-organisation", until),
    };
    let when = moment::when(t, until, context.app.clock.now());
    let detail = t.with(&format!("{key}.detail"), "when", when);
    Wrong { code: Code::TooMany, title: t.of(key), detail, field: None }
}

/// What was typed cannot be a code, so that it was not looked at.
pub(super) fn no_code(t: Text) -> Wrong {
    Wrong::of(t, Code::Incomplete, "sms-no-code").at(t.of("sms-code.fill"))
}

/// A wrong code: so many more may be tried.
pub(super) fn wrong_code(t: Text, left: u32) -> Wrong {
    Wrong::tried(t, "error-wrong-code", left).at(t.of("sms-code.wrong"))
}

impl Parts {
    /// The page of this medium, with what is wrong in it.
    pub(super) fn show(
        mut self,
        f: Frame,
        medium: Medium,
        wrong: Option<Wrong>,
    ) -> Result<Response, Error> {
        self.problem = wrong.as_ref().map(|wrong| wrong.problem("code"));
        self.code_error = wrong.as_ref().and_then(|wrong| wrong.field.clone());
        let page = match medium {
            Medium::Sms => show(&SmsPage { f, p: self }),
            Medium::Call => show(&CallPage { f, p: self }),
        }?;
        Ok(with_status(wrong.as_ref(), page))
    }
}

/// Where a code of a phone is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// After the password.
    Check,
    /// Once more, in a session.
    Confirm,
}

impl Place {
    const fn page(self, medium: Medium) -> &'static str {
        match (self, medium) {
            (Self::Check, Medium::Sms) => "/login/check/sms",
            (Self::Check, Medium::Call) => "/login/check/call",
            (Self::Confirm, Medium::Sms) => "/confirm/sms",
            (Self::Confirm, Medium::Call) => "/confirm/call",
        }
    }

    const fn send(self, medium: Medium) -> &'static str {
        match (self, medium) {
            (Self::Check, Medium::Sms) => "/login/check/sms/send",
            (Self::Check, Medium::Call) => "/login/check/call/send",
            (Self::Confirm, Medium::Sms) => "/confirm/sms/send",
            (Self::Confirm, Medium::Call) => "/confirm/call/send",
        }
    }
}

/// What may be shown at this place; nothing where the person is not there.
async fn look(context: &Context, place: Place, medium: Medium) -> Result<Option<Shown>, Error> {
    match place {
        Place::Check => match &context.attempt {
            None => Ok(None),
            Some(attempt) => match phone::shown(&context.app, attempt, medium).await {
                Ok(shown) => Ok(Some(shown)),
                Err(Missing::AttemptOver | Missing::NoWay | Missing::NotOffered) => Ok(None),
                Err(error) => Err(error.into()),
            },
        },
        Place::Confirm => {
            let session = &context.member()?.session;
            let attempt = context.attempt.as_ref();
            Ok(Some(phone::confirming(&context.app, session, attempt, medium).await?))
        }
    }
}

async fn page(
    context: &Context,
    (place, medium): (Place, Medium),
    then: &str,
    wrong: Option<Wrong>,
) -> Result<Response, Error> {
    let Some(Shown { choices, sent }) = look(context, place, medium).await? else {
        let onward = match login::offer(context).await? {
            Some(_) => "/login/check",
            None => "/login?notice=expired",
        };
        return Ok(Redirect::to(onward).into_response());
    };
    let t = context.text;
    let (path, then) = match place {
        Place::Check => (place.page(medium).to_owned(), String::new()),
        Place::Confirm => {
            let then = login::local(then).to_owned();
            (format!("{}?then={then}", place.page(medium)), then)
        }
    };
    let offer = match place {
        Place::Check => login::offer(context).await?,
        Place::Confirm => None,
    };
    let (others, log_in) = offer.map_or_else(Default::default, |offer| {
        (login::others(t, &offer.ways, place.page(medium)), !offer.first)
    });
    let (title, lead) = match (place, medium) {
        (Place::Check, Medium::Sms) => ("check-title", "check-sms-lead"),
        (Place::Check, Medium::Call) => ("check-title", "check-call-lead"),
        (Place::Confirm, Medium::Sms) => ("confirm-title", "confirm-sms-lead"),
        (Place::Confirm, Medium::Call) => ("confirm-title", "confirm-call-lead"),
    };
    let sent = sent.map(|Sent { name, code, progress, until }| {
        let until = moment::when(t, until, context.app.clock.now());
        Words::of(t, &name, code.as_ref().map(|code| code.expose()), progress, until)
    });
    let option = |(nth, choice): (usize, Choice)| Option_ {
        id: choice.factor.to_string(),
        label: ending(t, &choice.name),
        first: nth == 0,
    };
    let parts = Parts {
        wizard: false,
        problem: None,
        code_error: None,
        title: t.of(title),
        lead: t.of(lead),
        action: place.page(medium),
        send: place.send(medium),
        events: "/login/check/call/events",
        other: None,
        then,
        choices: choices.into_iter().enumerate().map(option).collect(),
        sent,
        zero: false,
        others,
        log_in,
    };
    parts.show(context.frame(path), medium, wrong)
}

/// Which number is chosen.
#[derive(Deserialize)]
pub(in crate::http) struct Sending {
    #[serde(default)]
    number: String,
    #[serde(default)]
    then: String,
}

async fn send(
    context: &Context,
    (place, medium): (Place, Medium),
    Sending { number, then }: Sending,
) -> Result<Response, Error> {
    let chosen = match number.as_str() {
        "" => None,
        id => Some(FactorId::parse(id).map_err(|_| Code::NoSuchFactor)?),
    };
    let attempt = match place {
        Place::Check => login::attempt(context)?.clone(),
        Place::Confirm => {
            let (session, attempt) = (&context.member()?.session, context.attempt.as_ref());
            run::step_up_with(&context.app, session, attempt).await?
        }
    };
    let language = context.text.language();
    let sent = phone::send(&context.app, &attempt, medium, chosen.as_ref(), language).await?;
    if let Err(unsent) = sent {
        let wrong = match unsent {
            Unsent::Held(held) => held_back(context, held),
            Unsent::Unfit(_) => Wrong::of(context.text, Code::WayNotOffered, "phone-unlisted"),
        };
        return page(context, (place, medium), &then, Some(wrong)).await;
    }
    let onward = match place {
        Place::Check => place.page(medium).to_owned(),
        Place::Confirm => format!("{}?then={}", place.page(medium), login::local(&then)),
    };
    Ok(context.keep(Cookie::Attempt, attempt.expose(), Redirect::to(&onward)))
}

/// What the form sends.
#[derive(Deserialize)]
pub(in crate::http) struct Typing {
    #[serde(default = "nothing")]
    code: Secret<String>,
    #[serde(default)]
    then: String,
}

fn nothing() -> Secret<String> {
    Secret::new(String::new())
}

/// The attempt at this place: of a confirmation, one that raises this very session.
async fn attempt(context: &Context, place: Place, medium: Medium) -> Result<Option<&Token>, Error> {
    let Some(Shown { sent: Some(_), .. }) = look(context, place, medium).await? else {
        return Ok(None);
    };
    Ok(context.attempt.as_ref())
}

/// Looks at a code that was typed.
async fn check(
    context: &Context,
    place: Place,
    Typing { code, then }: Typing,
) -> Result<Response, Error> {
    let (t, here) = (context.text, (place, Medium::Sms));
    let Some(code) = totp::Code::parse(code.expose()) else {
        return page(context, here, &then, Some(no_code(t))).await;
    };
    let gone = || Wrong::of(t, Code::ChallengeGone, "sms-gone");
    let Some(attempt) = attempt(context, place, Medium::Sms).await? else {
        return page(context, here, &then, Some(gone())).await;
    };
    match phone::check(&context.app, attempt, &code).await? {
        Typed::Gone => page(context, here, &then, Some(gone())).await,
        Typed::Looked(CodeAnswer::Done(granted)) => {
            let onward = Redirect::to(login::local(&then));
            context.let_in(&login::session(granted)?, onward).await
        }
        Typed::Looked(CodeAnswer::Wrong { left }) => {
            page(context, here, &then, Some(wrong_code(t, left))).await
        }
        Typed::Looked(CodeAnswer::Barred(barred)) => {
            let now = context.app.clock.now();
            Err(match place {
                Place::Check => Error::barred(barred, now),
                Place::Confirm => Error::barred_within(barred, now, "/account"),
            })
        }
    }
}

/// Lets in whoever keyed the code in.
async fn finish(
    context: &Context,
    place: Place,
    Typing { then, .. }: Typing,
) -> Result<Response, Error> {
    let (t, here) = (context.text, (place, Medium::Call));
    let gone = || Wrong::of(t, Code::ChallengeGone, "call-gone");
    let Some(attempt) = attempt(context, place, Medium::Call).await? else {
        return page(context, here, &then, Some(gone())).await;
    };
    match phone::finish(&context.app, attempt).await? {
        Called::Gone => page(context, here, &then, Some(gone())).await,
        Called::NotYet => {
            let wrong = Wrong::of(t, Code::ChallengeGone, "call-not-yet");
            page(context, here, &then, Some(wrong)).await
        }
        Called::Done(granted) => {
            let onward = Redirect::to(login::local(&then));
            context.let_in(&login::session(granted)?, onward).await
        }
    }
}

/// `GET /login/check/sms`.
pub(in crate::http) async fn check_sms(context: Context) -> Result<Response, Error> {
    page(&context, (Place::Check, Medium::Sms), "", None).await
}

/// `POST /login/check/sms/send`.
pub(in crate::http) async fn send_sms(
    context: Context,
    Form(sending): Form<Sending>,
) -> Result<Response, Error> {
    send(&context, (Place::Check, Medium::Sms), sending).await
}

/// `POST /login/check/sms`.
pub(in crate::http) async fn finish_sms(
    context: Context,
    Form(typing): Form<Typing>,
) -> Result<Response, Error> {
    check(&context, Place::Check, typing).await
}

/// `GET /login/check/call`.
pub(in crate::http) async fn check_call(context: Context) -> Result<Response, Error> {
    page(&context, (Place::Check, Medium::Call), "", None).await
}

/// `POST /login/check/call/send`.
pub(in crate::http) async fn send_call(
    context: Context,
    Form(sending): Form<Sending>,
) -> Result<Response, Error> {
    send(&context, (Place::Check, Medium::Call), sending).await
}

/// `POST /login/check/call`: 'log me in'.
pub(in crate::http) async fn finish_call(
    context: Context,
    Form(typing): Form<Typing>,
) -> Result<Response, Error> {
    finish(&context, Place::Check, typing).await
}

/// `GET /confirm/sms?then=…`.
pub(in crate::http) async fn confirm_sms(
    context: Context,
    Query(Then { then }): Query<Then>,
) -> Result<Response, Error> {
    page(&context, (Place::Confirm, Medium::Sms), &then, None).await
}

/// `POST /confirm/sms/send`.
pub(in crate::http) async fn send_confirm_sms(
    context: Context,
    Form(sending): Form<Sending>,
) -> Result<Response, Error> {
    send(&context, (Place::Confirm, Medium::Sms), sending).await
}

/// `POST /confirm/sms`.
pub(in crate::http) async fn finish_confirm_sms(
    context: Context,
    Form(typing): Form<Typing>,
) -> Result<Response, Error> {
    check(&context, Place::Confirm, typing).await
}

/// `GET /confirm/call?then=…`.
pub(in crate::http) async fn confirm_call(
    context: Context,
    Query(Then { then }): Query<Then>,
) -> Result<Response, Error> {
    page(&context, (Place::Confirm, Medium::Call), &then, None).await
}

/// `POST /confirm/call/send`.
pub(in crate::http) async fn send_confirm_call(
    context: Context,
    Form(sending): Form<Sending>,
) -> Result<Response, Error> {
    send(&context, (Place::Confirm, Medium::Call), sending).await
}

/// `POST /confirm/call`.
pub(in crate::http) async fn finish_confirm_call(
    context: Context,
    Form(typing): Form<Typing>,
) -> Result<Response, Error> {
    finish(&context, Place::Confirm, typing).await
}

/// How far a call is, by its name; nothing where it is over, or where that cannot be read.
pub(super) fn named(
    progress: Result<Option<Progress>, impl std::fmt::Display>,
) -> Option<&'static str> {
    match progress {
        Ok(progress) => progress.map(Progress::as_str),
        Err(error) => {
            tracing::warn!("the state of a call cannot be read: {error}");
            None
        }
    }
}

/// The states of a call, to whoever shows this cookie, and to others the error: what the cookie belongs to is
/// looked at, and not used.
pub(super) fn follow<F: Followed>(
    shared: Shared,
    headers: &HeaderMap,
    (cookie, refused): (Cookie, impl Into<Error>),
    call: impl FnOnce(Shared, Token) -> F,
) -> Result<Response, Error> {
    let text = cookie.read(shared.site.transport(), headers);
    let token = text.and_then(|text| Token::parse(&text));
    let token = token.ok_or_else(|| refused.into())?.carried_by(Carrier::Cookie);
    let owner = token.hash().as_str().to_owned();
    let streams = shared.streams.clone();
    sse::follow(&streams, &owner, call(shared, token))
}

/// A call of an attempt.
struct OfAttempt {
    shared: Shared,
    token: Token,
}

impl Followed for OfAttempt {
    async fn state(&mut self) -> Option<&'static str> {
        named(phone::progress(&self.shared.app, &self.token).await)
    }
}

/// `GET /login/check/call/events`: the states of the call, to whoever shows the attempt's cookie. No
/// session is touched by it.
pub(in crate::http) async fn events(
    State(shared): State<Shared>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let whose = (Cookie::Attempt, crate::login::Error::AttemptOver);
    follow(shared, &headers, whose, |shared, token| OfAttempt { shared, token })
}
