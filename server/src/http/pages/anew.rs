//! 'Tweefactorauthenticatie opnieuw instellen': with the recovery code, and keeping what is still at hand.

use askama::Template;
use axum::extract::{Form, Path};
use axum::response::{IntoResponse, Redirect, Response};

use super::recovery::{Field, Typed};
use super::{account, anew_card, app, card, login, show};
use crate::enrolment::anew::{self as domain, Anew};
use crate::factors::{Factor, Kind};
use crate::http::context::Context;
use crate::http::cookies::Cookie;
use crate::http::error::{self, Code, Error};
use crate::http::frame::Frame;
use crate::id::FactorId;
use crate::login::{self as log_in, CodeAnswer};
use crate::recovery::RecoveryCode;
use crate::text::moment;

const PATH: &str = error::ANEW;
const KEEP: &str = "/enrol/keep";

/// `GET /login/anew`: what it means, and a field for the recovery code.
pub(in crate::http) async fn form(context: Context) -> Result<Response, Error> {
    let asked = match &context.attempt {
        Some(attempt) => log_in::recovery::is_asked(&context.app, attempt).await,
        None => Ok(false),
    };
    match asked {
        Ok(true) => show(&field(&context).await?),
        Ok(false) | Err(log_in::Error::AttemptOver) => Ok(Redirect::to("/login").into_response()),
        Err(error) => Err(error.into()),
    }
}

async fn field(context: &Context) -> Result<Field, Error> {
    const LINKS: &[(&str, &str, &str)] = &[
        ("to-anew-card", anew_card::PATH, "login-anew-card"),
        ("to-check", "/login/check", "recovery-other-way"),
        ("to-once", "/login/recovery", "login-recovery"),
        ("to-access", error::ACCESS, "login-access"),
        ("to-help", "/help", "help-link"),
    ];
    let links = match anew_card::is_asked(context).await? {
        true => LINKS,
        false => LINKS.split_first().map_or(LINKS, |(_, others)| others),
    };
    let t = context.text;
    let words = (t.of("anew-title"), t.of("anew-lead"), t.of("anew-do"));
    Ok(Field::new(context, PATH, words, links))
}

/// `POST /login/anew`: what there was is out of use; on to the password, in this browser.
pub(in crate::http) async fn begin(
    context: Context,
    Form(typed): Form<Typed>,
) -> Result<Response, Error> {
    let attempt = login::attempt(&context)?;
    let Some(code) = RecoveryCode::parse(typed.code.expose()) else {
        return field(&context).await?.malformed();
    };
    match log_in::anew::begin(&context.app, attempt, code).await? {
        CodeAnswer::Done(browser) => {
            let onward = Redirect::to("/login?notice=anew");
            let onward = context.drop(Cookie::Attempt, onward);
            Ok(context.keep(Cookie::Anew, browser.expose(), onward))
        }
        CodeAnswer::Wrong { left } => field(&context).await?.wrong(left),
        CodeAnswer::Barred(barred) => Err(Error::barred(barred, context.app.clock.now())),
    }
}

/// An old factor on the page.
struct Old {
    id: String,
    kind: Kind,
    name: String,
    kind_text: String,
    label: String,
}

#[derive(Template)]
#[template(path = "keep.html")]
struct Keep {
    f: Frame,
    lead: String,
    suspended: Vec<Old>,
    kept: Vec<Old>,
}

/// `GET /enrol/keep`: which old factors may be kept.
pub(in crate::http) async fn list(context: Context) -> Result<Response, Error> {
    let Anew { until, suspended, kept } = going_on(&context).await?;
    let t = context.text;
    let old = |factor: &Factor| Old {
        id: factor.id.to_string(),
        kind: factor.kind,
        name: account::name(t, factor),
        kind_text: t.of(account::kind_key(factor.kind)),
        label: t.with("keep-this", "name", account::name(t, factor)),
    };
    show(&Keep {
        f: context.frame(KEEP),
        lead: t.with("keep-lead", "moment", moment::day_and_time(t, until)),
        suspended: suspended.iter().map(old).collect(),
        kept: kept.iter().map(old).collect(),
    })
}

async fn going_on(context: &Context) -> Result<Anew, Error> {
    let session = &context.visitor()?.session;
    let anew = domain::standing(&context.app, session).await?;
    anew.ok_or_else(|| Error::new(Code::NoSuchFactor).next("/"))
}

/// `POST /enrol/keep`: no other is set up; what was not kept is removed, and the person logs in.
pub(in crate::http) async fn done(context: Context) -> Result<Response, Error> {
    domain::done(&context.app, &context.visitor()?.session).await?;
    let onward = context.let_out(Redirect::to("/login?notice=kept"));
    Ok(context.drop(Cookie::Anew, onward))
}

async fn suspended(context: &Context, id: &str) -> Result<Factor, Error> {
    let id = FactorId::parse(id).map_err(|_| Code::NoSuchFactor)?;
    let Anew { suspended, .. } = going_on(context).await?;
    let factor = suspended.into_iter().find(|factor| factor.id == id);
    factor.ok_or_else(|| Error::new(Code::NoSuchFactor).next(KEEP))
}

/// `GET /enrol/keep/{id}`: the old factor proves that it is at hand.
pub(in crate::http) async fn prove(
    context: Context,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    let factor = suspended(&context, &id).await?;
    let path = format!("{KEEP}/{id}");
    match factor.kind {
        Kind::SecurityKey | Kind::Passkey => login::keep_key(&context, path, &factor.id),
        Kind::Card => card::keep(&context, &path),
        Kind::App => app::keep(&context, path),
        // Whoever still has the number proves it by enrolling it again.
        Kind::Sms => Ok(Redirect::to("/enrol/sms").into_response()),
        Kind::Call => Ok(Redirect::to("/enrol/call").into_response()),
    }
}

/// `POST /enrol/keep/{id}`: the code of an old app.
pub(in crate::http) async fn type_code(
    context: Context,
    Path(id): Path<String>,
    Form(typed): Form<app::Typing>,
) -> Result<Response, Error> {
    let _ = suspended(&context, &id).await?;
    app::finish_keep(&context, format!("{KEEP}/{id}"), typed).await
}
