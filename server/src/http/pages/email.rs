//! A link to the back-up address: asked for after the password, opened in the same browser, and used by a
//! button.

use askama::Template;
use axum::extract::{Form, Query};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::{Problem, login, show};
use crate::factors::sent::Held;
use crate::http::context::Context;
use crate::http::error::{self, Code, Error};
use crate::http::frame::Frame;
use crate::login::email::{self as log_in, Asked, Barrier, Closed, Shown};
use crate::login::{self as domain, CodeAnswer};
use crate::secret::Token;
use crate::text::{Text, moment};

const PATH: &str = "/login/email";

#[derive(Template)]
#[template(path = "login_email.html")]
struct Page {
    f: Frame,
    problem: Option<Problem>,
    /// Where the link goes, as others may see it.
    address: Option<String>,
    /// Why there is no link, in words.
    closed: Option<String>,
    /// When the link that was sent lapses, in words.
    until: Option<String>,
}

/// What whoever gave the right password may do; nothing where nobody did.
async fn shown(context: &Context) -> Result<Option<Shown>, Error> {
    let Some(attempt) = &context.attempt else { return Ok(None) };
    match log_in::shown(&context.app, attempt).await {
        Ok(shown) => Ok(Some(shown)),
        Err(domain::Error::AttemptOver) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn page(context: &Context, shown: Shown, problem: Option<Problem>) -> Page {
    let (t, now) = (context.text, context.app.clock.now());
    let (address, closed) = match shown.address {
        Ok(address) => (Some(address), None),
        Err(closed) => (None, Some(reason(t, closed))),
    };
    let until = shown.sent.filter(|_| address.is_some()).map(|until| moment::when(t, until, now));
    Page { f: context.frame(PATH), problem, address, closed, until }
}

/// Why there is no link, and what to do instead.
fn reason(t: Text, closed: Closed) -> String {
    match closed {
        Closed::Barrier(Barrier::ContactPerson) => t.of("login-email-contact"),
        Closed::Barrier(Barrier::Organisation) => t.of("login-email-organisation"),
        Closed::Strong => t.of("login-email-strong"),
        Closed::Missing => t.of("login-email-missing"),
        Closed::Waits { until } => {
            t.with("login-email-waits", "moment", moment::day_and_time(t, until))
        }
    }
}

/// `GET /login/email`: what a link is, and the button that sends one.
pub(in crate::http) async fn form(context: Context) -> Result<Response, Error> {
    match shown(&context).await? {
        Some(shown) => show(&page(&context, shown, None)),
        None => Ok(Redirect::to("/login").into_response()),
    }
}

/// `POST /login/email/send`.
pub(in crate::http) async fn send(context: Context) -> Result<Response, Error> {
    match log_in::send(&context.app, login::attempt(&context)?).await? {
        Asked::Sent | Asked::Closed(_) => Ok(Redirect::to(PATH).into_response()),
        Asked::Held(held) => {
            let problem = held_back(&context, held);
            let Some(shown) = shown(&context).await? else {
                return Err(domain::Error::AttemptOver.into());
            };
            let page = show(&page(&context, shown, Some(problem)))?;
            Ok(error::written(Code::TooMany, page))
        }
    }
}

/// As much was mailed as may be.
fn held_back(context: &Context, held: Held) -> Problem {
    let t = context.text;
    let (Held::Person { until } | Held::Organisation { until }) = held;
    let when = moment::when(t, until, context.app.clock.now());
    Problem {
        title: t.of("login-email-held"),
        detail: t.with("login-email-held.detail", "when", when),
        field: None,
    }
}

/// The link, as it stands in the mail and as its page posts it.
#[derive(Deserialize)]
pub(in crate::http) struct Mailed {
    #[serde(default)]
    link: String,
}

#[derive(Template)]
#[template(path = "login_email_open.html")]
struct Open {
    f: Frame,
    link: String,
}

/// `GET /login/email/open`: the page that the link leads to. It looks at nothing but whether this browser
/// is in the middle of logging in.
pub(in crate::http) async fn open(
    context: Context,
    Query(Mailed { link }): Query<Mailed>,
) -> Result<Response, Error> {
    match (shown(&context).await?, Token::parse(&link)) {
        (Some(_), Some(link)) => {
            show(&Open { f: context.frame(PATH), link: link.expose().to_owned() })
        }
        // Without a next page: what is wrong is read here, and leads to the beginning.
        (Some(_), None) => Err(Code::LinkInvalid.into()),
        (None, _) => Err(Code::LinkElsewhere.into()),
    }
}

/// `POST /login/email`: lets in, once.
pub(in crate::http) async fn finish(
    context: Context,
    Form(Mailed { link }): Form<Mailed>,
) -> Result<Response, Error> {
    let attempt = login::attempt(&context)?;
    let Some(link) = Token::parse(&link) else {
        return Err(Error::new(Code::LinkInvalid).next(PATH));
    };
    match log_in::finish(&context.app, attempt, &link).await? {
        CodeAnswer::Done(granted) => {
            context.let_in(&login::session(granted)?, Redirect::to("/account")).await
        }
        CodeAnswer::Wrong { .. } => Err(Error::new(Code::LinkInvalid).next(PATH)),
        CodeAnswer::Barred(barred) => Err(Error::barred(barred, context.app.clock.now())),
    }
}
