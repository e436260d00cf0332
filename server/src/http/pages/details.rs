//! 'Mijn gegevens': the e-mail addresses of a person, and changing them.

use askama::Template;
use axum::extract::{Form, Query};
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::Deserialize;

use super::{Arrival, Problem, show};
use crate::accounts;
use crate::authorisations;
use crate::enrolment::email::{self, Begun, Overview, Proven, Shown};
use crate::enrolment::policy::Asked;
use crate::factors::email::Purpose;
use crate::factors::sent::Held;
use crate::factors::totp;
use crate::http::context::{Context, Visitor};
use crate::http::cookies::Cookie;
use crate::http::error::{self, Code, Error};
use crate::http::frame::Frame;
use crate::login::email::Barrier;
use crate::secret::Secret;
use crate::text::moment;

const PATH: &str = "/account/details";
const CODE: &str = "/account/details/code";
const REMOVE: &str = "/account/details/backup-email/remove";

const fn path_of(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::LogIn => "/account/details/email",
        Purpose::BackUp => "/account/details/backup-email",
    }
}

#[derive(Template)]
#[template(path = "details.html")]
struct Page {
    f: Frame,
    notice: Option<String>,
    name: String,
    username: String,
    backup: Option<String>,
    /// From when on the back-up address brings its owner back in, in words, where that is not yet.
    starts: Option<String>,
    /// Why there is no back-up address, in place of what one does with it.
    barrier: Option<String>,
    /// What the person may do in the services behind this server, each with its sentence; nothing where none
    /// is configured.
    may: Option<Vec<(String, String)>>,
}

/// `GET /account/details`.
pub(in crate::http) async fn page(
    context: Context,
    Query(arrival): Query<Arrival>,
) -> Result<Response, Error> {
    let Visitor { account, session, .. } = context.member()?;
    let (t, now) = (context.text, context.app.clock.now());
    let Overview { backup, barrier } = email::overview(&context.app, session).await?;
    let may = authorisations::run::of(&context.app, &account.id).await?;
    let words = |one: &authorisations::Authorisation| {
        let (name, sentence) = (one.name.of(t.language()), one.sentence.of(t.language()));
        (name.to_owned(), sentence.to_owned())
    };
    let starts = backup.as_ref().map(|backup| backup.starts_at).filter(|starts| *starts > now);
    show(&Page {
        f: context.frame(PATH),
        notice: arrival.notice(t),
        name: account.name.clone(),
        username: account.username.to_string(),
        may: (!context.app.config.authorisations.is_empty())
            .then(|| may.iter().map(words).collect()),
        backup: backup.map(|backup| backup.address.as_str().to_owned()),
        starts: starts.map(|at| t.with("details-starts", "moment", moment::day_and_time(t, at))),
        barrier: barrier.map(|barrier| {
            t.of(match barrier {
                Barrier::ContactPerson => "details-no-backup-contact",
                Barrier::Organisation => "details-no-backup-organisation",
            })
        }),
    })
}

/// Leads to confirming, where nothing was proven in the last minutes.
async fn unconfirmed(context: &Context, then: &str) -> Result<Option<Response>, Error> {
    let session = &context.member()?.session;
    let factors = accounts::run::factors(&context.app, session).await?;
    let (now, policy) = (context.app.clock.now(), &context.app.config.sessions);
    let asked = !Asked::of(&factors).is_met(session, now, policy);
    Ok(asked.then(|| Redirect::to(&format!("/confirm?then={then}")).into_response()))
}

#[derive(Template)]
#[template(path = "email.html")]
struct Ask {
    f: Frame,
    problem: Option<Problem>,
    title: String,
    lead: String,
    action: &'static str,
    email: String,
    error: Option<String>,
}

fn ask(context: &Context, purpose: Purpose, email: String) -> Ask {
    let t = context.text;
    let (title, lead) = match purpose {
        Purpose::LogIn => ("details-login-title", "details-login-lead"),
        Purpose::BackUp => ("details-backup-title", "details-backup-lead"),
    };
    Ask {
        f: context.frame(path_of(purpose)),
        problem: None,
        title: t.of(title),
        lead: t.of(lead),
        action: path_of(purpose),
        email,
        error: None,
    }
}

async fn form(context: &Context, purpose: Purpose) -> Result<Response, Error> {
    if let Some(confirm) = unconfirmed(context, path_of(purpose)).await? {
        return Ok(confirm);
    }
    let overview = email::overview(&context.app, &context.member()?.session).await?;
    if purpose == Purpose::BackUp && overview.barrier.is_some() {
        return Ok(Redirect::to(PATH).into_response());
    }
    show(&ask(context, purpose, String::new()))
}

/// `GET /account/details/email`.
pub(in crate::http) async fn ask_login(context: Context) -> Result<Response, Error> {
    form(&context, Purpose::LogIn).await
}

/// `GET /account/details/backup-email`.
pub(in crate::http) async fn ask_backup(context: Context) -> Result<Response, Error> {
    form(&context, Purpose::BackUp).await
}

/// What the form sends.
#[derive(Deserialize)]
pub(in crate::http) struct Filled {
    #[serde(default)]
    email: String,
}

/// `POST /account/details/email`.
pub(in crate::http) async fn begin_login(
    context: Context,
    Form(filled): Form<Filled>,
) -> Result<Response, Error> {
    begin(&context, Purpose::LogIn, filled).await
}

/// `POST /account/details/backup-email`.
pub(in crate::http) async fn begin_backup(
    context: Context,
    Form(filled): Form<Filled>,
) -> Result<Response, Error> {
    begin(&context, Purpose::BackUp, filled).await
}

async fn begin(context: &Context, purpose: Purpose, filled: Filled) -> Result<Response, Error> {
    let t = context.text;
    let again = |code, problem: Problem| {
        let error = problem.field.is_some().then(|| problem.detail.clone());
        let page = ask(context, purpose, filled.email.clone());
        Ok(error::written(code, show(&Ask { problem: Some(problem), error, ..page })?))
    };
    let wrong = |key: &str| {
        let (title, detail) = (t.of(key), t.detail(key));
        again(Code::Incomplete, Problem { title, detail, field: Some("email") })
    };
    let Some(address) = email::read(&filled.email) else { return wrong("details-unreadable") };
    let session = &context.member()?.session;
    let begun = email::begin(&context.app, session, (purpose, &address)).await;
    match begun.map_err(|error| Error::from(error).after_confirming(path_of(purpose)))? {
        Begun::Sent => Ok(Redirect::to(CODE).into_response()),
        Begun::Own => wrong("details-own"),
        Begun::Other => wrong("details-other"),
        Begun::Registered => wrong("details-registered"),
        Begun::Held(held) => again(Code::TooMany, held_back(context, held)),
    }
}

/// As much was mailed as may be.
fn held_back(context: &Context, held: Held) -> Problem {
    let t = context.text;
    let (Held::Person { until } | Held::Organisation { until }) = held;
    let when = moment::when(t, until, context.app.clock.now());
    Problem {
        title: t.of("details-held"),
        detail: t.with("details-held.detail", "when", when),
        field: None,
    }
}

#[derive(Template)]
#[template(path = "email_code.html")]
struct CodePage {
    f: Frame,
    problem: Option<Problem>,
    error: Option<String>,
    address: String,
    until: String,
    /// Where another address is typed, or this one again.
    other: &'static str,
}

fn code_page(context: &Context, shown: &Shown) -> CodePage {
    let t = context.text;
    CodePage {
        f: context.frame(CODE),
        problem: None,
        error: None,
        address: shown.address.as_str().to_owned(),
        until: moment::when(t, shown.until, context.app.clock.now()),
        other: path_of(shown.purpose),
    }
}

/// `GET /account/details/code`: the code that was mailed.
pub(in crate::http) async fn ask_code(context: Context) -> Result<Response, Error> {
    match email::shown(&context.app, &context.member()?.session).await? {
        Some(shown) => show(&code_page(&context, &shown)),
        None => Ok(Redirect::to(PATH).into_response()),
    }
}

/// A code as the form sends it.
#[derive(Deserialize)]
pub(in crate::http) struct Typed {
    #[serde(default = "nothing")]
    code: Secret<String>,
}

fn nothing() -> Secret<String> {
    Secret::new(String::new())
}

/// `POST /account/details/code`.
pub(in crate::http) async fn finish(
    context: Context,
    Form(Typed { code }): Form<Typed>,
) -> Result<Response, Error> {
    let session = &context.member()?.session;
    let (t, now) = (context.text, context.app.clock.now());
    let Some(shown) = email::shown(&context.app, session).await? else {
        return Ok(Redirect::to("/account/details?notice=email-gone").into_response());
    };
    let again = |code, title, detail: String| {
        let error = Some(detail.clone());
        let problem = Some(Problem { title, detail, field: Some("code") });
        let page = show(&CodePage { problem, error, ..code_page(&context, &shown) })?;
        Ok(error::written(code, page))
    };
    let Some(code) = totp::Code::parse(code.expose()) else {
        let (title, detail) = (t.of("details-no-code"), t.detail("details-no-code"));
        return again(Code::Incomplete, title, detail);
    };
    match email::finish(&context.app, session, &code).await? {
        Proven::Done(Purpose::LogIn) => {
            let done = Redirect::to("/account/details?notice=login-email-changed");
            let value = BASE64_URL_SAFE_NO_PAD.encode(shown.address.as_str());
            Ok(match context.remembered {
                Some(_) => context.keep(Cookie::Username, &value, done),
                None => done.into_response(),
            })
        }
        Proven::Done(Purpose::BackUp) => {
            Ok(Redirect::to("/account/details?notice=backup-email-set").into_response())
        }
        Proven::Wrong { left } => {
            let detail = t.with("details-code-wrong.detail", "left", left);
            again(Code::WrongCode, t.of("details-code-wrong"), detail)
        }
        Proven::Barred(barred) => Err(Error::barred_within(barred, now, PATH)),
        Proven::Gone => Ok(Redirect::to("/account/details?notice=email-gone").into_response()),
        Proven::Taken => Ok(Redirect::to("/account/details?notice=email-taken").into_response()),
    }
}

#[derive(Template)]
#[template(path = "email_remove.html")]
struct Remove {
    f: Frame,
    address: String,
}

/// `GET /account/details/backup-email/remove`: are you sure.
pub(in crate::http) async fn ask_remove(context: Context) -> Result<Response, Error> {
    if let Some(confirm) = unconfirmed(&context, REMOVE).await? {
        return Ok(confirm);
    }
    let overview = email::overview(&context.app, &context.member()?.session).await?;
    match overview.backup {
        Some(backup) => {
            let address = backup.address.as_str().to_owned();
            show(&Remove { f: context.frame(REMOVE), address })
        }
        None => Ok(Redirect::to(PATH).into_response()),
    }
}

/// `POST /account/details/backup-email/remove`.
pub(in crate::http) async fn remove(context: Context) -> Result<Response, Error> {
    let removed = email::remove(&context.app, &context.member()?.session).await;
    removed.map_err(|error| Error::from(error).after_confirming(REMOVE))?;
    Ok(Redirect::to("/account/details?notice=backup-email-removed").into_response())
}
