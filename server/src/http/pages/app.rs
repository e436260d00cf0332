//! The authenticator app: enrolling it, and typing its code after the password or once more.

use askama::Template;
use axum::extract::{Form, Query};
use axum::response::{IntoResponse, Redirect, Response};
use qrcodegen::{QrCode, QrCodeEcc};
use serde::Deserialize;

use super::login::{self, Then};
use super::wrong::{Wrong, with_status};
use super::{Problem, enrol, show};
use crate::enrolment;
use crate::enrolment::app::Typed;
use crate::factors::Kind;
use crate::factors::totp;
use crate::http::context::Context;
use crate::http::cookies::Cookie;
use crate::http::error::{Code, Error};
use crate::http::frame::Frame;
use crate::login::{CodeAnswer, app, run};
use crate::secret::Secret;
use crate::text::Text;

/// Enrolling an app.
#[derive(Template)]
#[template(path = "enrol_app.html")]
struct Enrol {
    f: Frame,
    /// Whether it is step 2 of the wizard.
    wizard: bool,
    problem: Option<Problem>,
    code_error: Option<String>,
    /// The seed's address as a QR code: an SVG path, on a square of so many units.
    qr: String,
    side: i32,
    address: Secret<String>,
    groups: Secret<String>,
    name: String,
}

/// `GET /enrol/app`.
pub(in crate::http) async fn enrol(context: Context) -> Result<Response, Error> {
    enrol::permitted(&context, Kind::App).await?;
    let begun = enrolment::app::is_begun(&context.app, &context.visitor()?.session).await?;
    let road = if begun { enrol::Road::Begun } else { enrol::Road::Beginning };
    if let Some(confirm) = enrol::unready(&context, "/enrol/app", road).await? {
        return Ok(confirm);
    }
    enrol_page(&context, context.text.of("default-name-app"), None).await
}

/// What was typed cannot be a code, so that it was not looked at.
fn no_code(t: Text) -> Wrong {
    Wrong::of(t, Code::Incomplete, "error-no-code").at(t.of("app-code.fill"))
}

/// A wrong code in a session: so many more may be tried.
fn wrong_here(t: Text, left: u32) -> Wrong {
    let detail = t.with("confirm-app-wrong", "left", left);
    Wrong { detail, ..Wrong::tried(t, "error-wrong-code", left).at(t.of("app-code.wrong")) }
}

async fn enrol_page(
    context: &Context,
    name: String,
    wrong: Option<Wrong>,
) -> Result<Response, Error> {
    let visitor = context.visitor()?;
    let seed = enrolment::app::seed(&context.app, &visitor.session).await;
    let seed = seed.map_err(|error| Error::from(error).after_confirming("/enrol/app"))?;
    let issuer = &context.app.config.server.name;
    let address = seed.address(issuer, visitor.account.username.as_str());
    let (qr, side) = drawn(&address)?;
    let page = show(&Enrol {
        f: context.frame("/enrol/app"),
        wizard: enrol::in_wizard(context)?,
        problem: wrong.as_ref().map(|wrong| wrong.problem("code")),
        code_error: wrong.as_ref().and_then(|wrong| wrong.field.clone()),
        qr,
        side,
        address,
        groups: seed.groups(),
        name,
    })?;
    Ok(with_status(wrong.as_ref(), page))
}

/// The text as a QR code with its quiet zone: an SVG path of its dark squares, and how many units each
/// side has.
fn drawn(text: &Secret<String>) -> Result<(String, i32), Error> {
    const QUIET: i32 = 4;
    let code = QrCode::encode_text(text.expose(), QrCodeEcc::Medium).map_err(Error::internal)?;
    let mut path = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
            path.push_str(&format!("M{} {}h1v1h-1z", x + QUIET, y + QUIET));
        }
    }
    Ok((path, code.size() + 2 * QUIET))
}

/// What the form sends.
#[derive(Deserialize)]
pub(in crate::http) struct Enrolling {
    code: Secret<String>,
    #[serde(default)]
    name: String,
}

/// `POST /enrol/app`.
pub(in crate::http) async fn finish_enrol(
    context: Context,
    Form(Enrolling { code, name }): Form<Enrolling>,
) -> Result<Response, Error> {
    let visitor = context.visitor()?;
    let Some(code) = totp::Code::parse(code.expose()) else {
        return enrol_page(&context, name, Some(no_code(context.text))).await;
    };
    let t = context.text;
    let typed = enrolment::app::finish(&context.app, &visitor.session, &code, &name).await;
    let now = context.app.clock.now();
    let typed = match typed {
        Err(enrolment::Error::Barred(barred)) => {
            return Err(Error::barred_within(barred, now, "/enrol/choose"));
        }
        typed => typed.map_err(|error| Error::from(error).after_confirming("/enrol/app"))?,
    };
    match typed {
        Typed::Enrolled { raised: Some(token), .. } => {
            context.let_in(&token, Redirect::to("/enrol/recovery")).await
        }
        Typed::Enrolled { raised: None, .. } => {
            Ok(Redirect::to("/account?notice=enrolled").into_response())
        }
        Typed::Wrong { left } => {
            let wrong = Wrong::tried(t, "enrol-app-wrong", left).at(t.of("app-code.wrong"));
            enrol_page(&context, name, Some(wrong)).await
        }
        Typed::Gone => {
            let wrong = Wrong::of(t, Code::ChallengeGone, "enrol-app-gone");
            let wrong = wrong.at(t.of("app-code.wrong"));
            enrol_page(&context, name, Some(wrong)).await
        }
    }
}

/// Typing a code.
#[derive(Template)]
#[template(path = "app_code.html")]
struct Ask {
    f: Frame,
    problem: Option<Problem>,
    code_error: Option<String>,
    action: String,
    then: String,
    title: String,
    lead: String,
    /// The other ways of the second factor.
    others: Vec<login::Other>,
    /// Whether it is the second factor of a log-in, and the recovery code one of those.
    log_in: bool,
}

/// `GET /login/check/app`: as the second factor.
pub(in crate::http) async fn check(context: Context) -> Result<Response, Error> {
    check_page(&context, None).await
}

async fn check_page(context: &Context, wrong: Option<Wrong>) -> Result<Response, Error> {
    let offer = login::offer(context).await?;
    let Some(offer) = offer.filter(|offer| offer.ways.contains(&Kind::App)) else {
        return Ok(Redirect::to("/login/check").into_response());
    };
    let t = context.text;
    let page = show(&Ask {
        f: context.frame("/login/check/app"),
        problem: wrong.as_ref().map(|wrong| wrong.problem("code")),
        code_error: wrong.as_ref().and_then(|wrong| wrong.field.clone()),
        action: "/login/check/app".to_owned(),
        then: String::new(),
        title: t.of("check-title"),
        lead: t.of("check-app-lead"),
        others: login::others(t, &offer.ways, "/login/check/app"),
        log_in: !offer.first,
    })?;
    Ok(with_status(wrong.as_ref(), page))
}

/// What the form sends.
#[derive(Deserialize)]
pub(in crate::http) struct Typing {
    code: Secret<String>,
    #[serde(default)]
    then: String,
}

/// `POST /login/check/app`.
pub(in crate::http) async fn finish_check(
    context: Context,
    Form(Typing { code, .. }): Form<Typing>,
) -> Result<Response, Error> {
    let attempt = login::attempt(&context)?;
    let Some(code) = totp::Code::parse(code.expose()) else {
        return check_page(&context, Some(no_code(context.text))).await;
    };
    match app::finish(&context.app, attempt, &code).await? {
        CodeAnswer::Done(granted) => {
            context.let_in(&login::session(granted)?, Redirect::to("/account")).await
        }
        CodeAnswer::Wrong { left } => {
            let t = context.text;
            let wrong = Wrong::tried(t, "error-wrong-code", left).at(t.of("app-code.wrong"));
            check_page(&context, Some(wrong)).await
        }
        CodeAnswer::Barred(barred) => Err(Error::barred(barred, context.app.clock.now())),
    }
}

/// `GET /confirm/app?then=…`: once more, where nothing stronger is there.
pub(in crate::http) async fn confirm(
    context: Context,
    Query(Then { then }): Query<Then>,
) -> Result<Response, Error> {
    confirm_page(&context, &then, None)
}

fn confirm_page(context: &Context, then: &str, wrong: Option<Wrong>) -> Result<Response, Error> {
    context.member()?;
    let t = context.text;
    let then = login::local(then).to_owned();
    let page = show(&Ask {
        f: context.frame(format!("/confirm/app?then={then}")),
        problem: wrong.as_ref().map(|wrong| wrong.problem("code")),
        code_error: wrong.as_ref().and_then(|wrong| wrong.field.clone()),
        action: "/confirm/app".to_owned(),
        then,
        title: t.of("confirm-title"),
        lead: t.of("confirm-app-lead"),
        others: Vec::new(),
        log_in: false,
    })?;
    Ok(with_status(wrong.as_ref(), page))
}

/// `POST /confirm/app`: the codes of one page are tries of one attempt to raise the session.
pub(in crate::http) async fn finish_confirm(
    context: Context,
    Form(Typing { code, then }): Form<Typing>,
) -> Result<Response, Error> {
    let session = &context.member()?.session;
    let Some(code) = totp::Code::parse(code.expose()) else {
        return confirm_page(&context, &then, Some(no_code(context.text)));
    };
    let attempt = run::step_up_with(&context.app, session, context.attempt.as_ref()).await?;
    match app::finish(&context.app, &attempt, &code).await? {
        CodeAnswer::Done(granted) => {
            let onward = Redirect::to(login::local(&then));
            context.let_in(&login::session(granted)?, onward).await
        }
        CodeAnswer::Wrong { left } => {
            let wrong = wrong_here(context.text, left);
            let page = confirm_page(&context, &then, Some(wrong))?;
            Ok(context.keep(Cookie::Attempt, attempt.expose(), page))
        }
        CodeAnswer::Barred(barred) => {
            Err(Error::barred_within(barred, context.app.clock.now(), "/account"))
        }
    }
}

/// The page that has an old app prove itself, to be kept.
pub(super) fn keep(context: &Context, path: String) -> Result<Response, Error> {
    keep_page(context, path, None)
}

fn keep_page(context: &Context, path: String, wrong: Option<Wrong>) -> Result<Response, Error> {
    let t = context.text;
    let page = show(&Ask {
        f: context.frame(path.clone()),
        problem: wrong.as_ref().map(|wrong| wrong.problem("code")),
        code_error: wrong.as_ref().and_then(|wrong| wrong.field.clone()),
        action: path,
        then: String::new(),
        title: t.of("keep-app-title"),
        lead: t.of("keep-app-lead"),
        others: vec![],
        log_in: false,
    })?;
    Ok(with_status(wrong.as_ref(), page))
}

/// What was typed into that page: on with setting up anew where it is right.
pub(super) async fn finish_keep(
    context: &Context,
    path: String,
    Typing { code, .. }: Typing,
) -> Result<Response, Error> {
    let Some(code) = totp::Code::parse(code.expose()) else {
        return keep_page(context, path, Some(no_code(context.text)));
    };
    let session = &context.visitor()?.session;
    let attempt = run::keep_with(&context.app, session, context.attempt.as_ref()).await?;
    match app::finish(&context.app, &attempt, &code).await? {
        CodeAnswer::Done(_) => Ok(context.drop(Cookie::Attempt, Redirect::to("/enrol/keep"))),
        CodeAnswer::Wrong { left } => {
            let page = keep_page(context, path, Some(wrong_here(context.text, left)))?;
            Ok(context.keep(Cookie::Attempt, attempt.expose(), page))
        }
        CodeAnswer::Barred(barred) => {
            Err(Error::barred_within(barred, context.app.clock.now(), "/enrol/keep"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_qr_code_is_drawn_with_a_quiet_zone() {
        let (path, side) =
            drawn(&Secret::new("otpauth://totp/x?secret=GEZDGNBV".to_owned())).unwrap();
        assert_eq!(side, 29 + 8, "version 3");
        assert!(
            path.starts_with("M4 4h1v1h-1zM5 4h1"),
            "a finder stands in the corner: {path:.40}"
        );
        assert!(path.bytes().all(|b| b.is_ascii_digit() || b"M hvz-".contains(&b)));
    }
}
