//! 'Herstelcode': making one, keeping it, and logging in with it once.

use askama::Template;
use axum::extract::Form;
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::{Problem, enrol, login, show};
use crate::enrolment::run::wizard;
use crate::enrolment::wizard::Step;
use crate::http::context::{Context, Visitor};
use crate::http::error::{self, Code, Error};
use crate::http::frame::Frame;
use crate::login::CodeAnswer;
use crate::login::recovery as log_in;
use crate::recovery::RecoveryCode;
use crate::recovery::run::{self, Confirmation, Status};
use crate::secret::Secret;

const PATH: &str = "/enrol/recovery";

#[derive(Template)]
#[template(path = "recovery.html")]
struct Offer {
    f: Frame,
    /// Whether it is step 3 of the wizard.
    wizard: bool,
    problem: Option<Problem>,
    /// Whether there is a code that will be dead.
    replaces: bool,
}

/// `GET /enrol/recovery`: what the code is for.
pub(in crate::http) async fn offer(context: Context) -> Result<Response, Error> {
    let session = &context.member()?.session;
    if let Some(confirm) = enrol::unconfirmed(&context, PATH).await? {
        return Ok(confirm);
    }
    let status = run::status(&context.app, session).await?;
    if status == Status::NotYet {
        return Ok(Redirect::to("/account").into_response());
    }
    let replaces = matches!(status, Status::Unconfirmed(_) | Status::Kept(_));
    let wizard = in_wizard(&context).await?;
    show(&Offer { f: context.frame(PATH), wizard, problem: None, replaces })
}

/// Whether the page belongs to step 3 of the wizard.
async fn in_wizard(context: &Context) -> Result<bool, Error> {
    let state = wizard(&context.app, &context.member()?.session).await?;
    Ok(state.step() == Some(Step::RecoveryCode))
}

#[derive(Template)]
#[template(path = "recovery_code.html")]
struct Shown {
    f: Frame,
    /// Whether it is step 3 of the wizard.
    wizard: bool,
    /// In groups of four.
    code: String,
    username: String,
    /// Whether the one before was just used.
    used: bool,
}

/// `POST /enrol/recovery`: makes a code and shows it, this once.
pub(in crate::http) async fn make(context: Context) -> Result<Response, Error> {
    let visitor = context.member()?;
    let made = run::make(&context.app, &visitor.session).await;
    let code = made.map_err(|error| Error::from(error).after_confirming(PATH))?;
    let username = visitor.account.username.to_string();
    let (f, wizard) = (context.frame(PATH), in_wizard(&context).await?);
    show(&Shown { f, wizard, code: grouped(&code), username, used: false })
}

fn grouped(code: &RecoveryCode) -> String {
    code.grouped().expose().clone()
}

/// A code as a form sends it.
#[derive(Deserialize)]
pub(in crate::http) struct Typed {
    #[serde(default = "nothing")]
    pub(super) code: Secret<String>,
}

fn nothing() -> Secret<String> {
    Secret::new(String::new())
}

/// `POST /enrol/recovery/download`: the code that the page shows, as a text file. The server keeps none
/// to give.
pub(in crate::http) async fn download(
    context: Context,
    Form(Typed { code }): Form<Typed>,
) -> Result<Response, Error> {
    let visitor = context.member()?;
    let code = RecoveryCode::parse(code.expose()).ok_or(Code::BadRequest)?;
    let t = context.text;
    let lines = [
        t.of("recovery-file"),
        grouped(&code),
        t.with("recovery-of", "name", visitor.account.username.as_str()),
        t.of("recovery-for"),
    ];
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{}\"", t.of("recovery-file-name")),
        ),
    ];
    Ok((headers, lines.join("\r\n\r\n") + "\r\n").into_response())
}

#[derive(Template)]
#[template(path = "recovery_type.html")]
pub(super) struct Field {
    f: Frame,
    /// Whether it is step 3 of the wizard.
    wizard: bool,
    problem: Option<Problem>,
    error: Option<String>,
    title: String,
    lead: String,
    action: &'static str,
    button: String,
    links: &'static [(&'static str, &'static str, &'static str)],
}

impl Field {
    /// The page of `path`, with a title, what it means and what the button says, and where else one goes.
    pub(super) fn new(
        context: &Context,
        path: &'static str,
        (title, lead, button): (String, String, String),
        links: &'static [(&'static str, &'static str, &'static str)],
    ) -> Self {
        let f = context.frame(path);
        Self {
            f,
            wizard: false,
            problem: None,
            error: None,
            title,
            lead,
            action: path,
            button,
            links,
        }
    }

    async fn confirm(context: &Context) -> Result<Self, Error> {
        let t = context.text;
        let links = &[
            ("again", "/enrol/recovery", "recovery-again"),
            ("later", "/account", "recovery-later"),
        ];
        let (title, lead) = (t.of("recovery-confirm-title"), t.of("recovery-confirm-lead"));
        let words = (title, lead, t.of("recovery-confirm"));
        let page = Self::new(context, "/enrol/recovery/confirm", words, links);
        Ok(Self { wizard: in_wizard(context).await?, ..page })
    }

    fn log_in(context: &Context) -> Self {
        let t = context.text;
        let links = &[
            ("to-email", "/login/email", "login-email-to"),
            ("to-check", "/login/check", "recovery-other-way"),
            ("to-anew", "/login/anew", "login-anew"),
            ("to-access", "/login/access", "login-access"),
            ("to-recovery-help", "/help/recovery", "help-recovery-title"),
        ];
        let words = (t.of("recovery-login-title"), t.of("recovery-login-lead"), t.of("log-in"));
        Self::new(context, "/login/recovery", words, links)
    }

    /// The same with what is wrong with what was typed, which is not shown again.
    fn with(self, code: Code, problem: Problem) -> Result<Response, Error> {
        let error = Some(problem.detail.clone());
        let page = show(&Self { error, problem: Some(problem), ..self })?;
        Ok(error::written(code, page))
    }

    pub(super) fn malformed(self) -> Result<Response, Error> {
        let t = self.f.t;
        let title = t.of("recovery-malformed");
        let detail = t.detail("recovery-malformed");
        self.with(Code::Incomplete, Problem { title, detail, field: Some("code") })
    }

    pub(super) fn wrong(self, left: u32) -> Result<Response, Error> {
        let t = self.f.t;
        let title = t.of("recovery-wrong");
        let detail = t.with("recovery-wrong.detail", "left", left);
        self.with(Code::WrongCode, Problem { title, detail, field: Some("code") })
    }
}

/// `GET /enrol/recovery/confirm`: show that you have it.
pub(in crate::http) async fn ask(context: Context) -> Result<Response, Error> {
    let session = &context.member()?.session;
    match run::status(&context.app, session).await? {
        Status::Unconfirmed(_) => show(&Field::confirm(&context).await?),
        Status::Kept(_) | Status::Missing | Status::NotYet => {
            Ok(Redirect::to("/account").into_response())
        }
    }
}

/// `POST /enrol/recovery/confirm`.
pub(in crate::http) async fn confirm(
    context: Context,
    Form(Typed { code }): Form<Typed>,
) -> Result<Response, Error> {
    let session = &context.member()?.session;
    let Some(code) = RecoveryCode::parse(code.expose()) else {
        return Field::confirm(&context).await?.malformed();
    };
    match run::confirm(&context.app, session, code).await? {
        Confirmation::Right => Ok(Redirect::to("/account?notice=recovery-kept").into_response()),
        Confirmation::Missing => Ok(Redirect::to("/account").into_response()),
        Confirmation::Wrong { left } => Field::confirm(&context).await?.wrong(left),
        Confirmation::Barred(barred) => {
            Err(Error::barred_within(barred, context.app.clock.now(), "/account"))
        }
    }
}

/// `GET /login/recovery`: the code instead of the second factor, once.
pub(in crate::http) async fn form(context: Context) -> Result<Response, Error> {
    let asked = match &context.attempt {
        Some(attempt) => log_in::is_asked(&context.app, attempt).await,
        None => Ok(false),
    };
    match asked {
        Ok(true) => show(&Field::log_in(&context)),
        Ok(false) | Err(crate::login::Error::AttemptOver) => {
            Ok(Redirect::to("/login").into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /login/recovery`: spends the code, lets in, and shows the code that takes its place.
pub(in crate::http) async fn finish(
    context: Context,
    Form(Typed { code }): Form<Typed>,
) -> Result<Response, Error> {
    let attempt = login::attempt(&context)?;
    let Some(code) = RecoveryCode::parse(code.expose()) else {
        return Field::log_in(&context).malformed();
    };
    match log_in::once(&context.app, attempt, code).await? {
        CodeAnswer::Done((granted, code)) => {
            let page = |f, visitor: &Visitor| {
                let username = visitor.account.username.to_string();
                show(&Shown { f, wizard: false, code: grouped(&code), username, used: true })
            };
            context.let_in_to(&login::session(granted)?, PATH, page).await
        }
        CodeAnswer::Wrong { left } => Field::log_in(&context).wrong(left),
        CodeAnswer::Barred(barred) => Err(Error::barred(barred, context.app.clock.now())),
    }
}
