//! The access code: a contact person gives a colleague one, and who lost everything types it after the
//! password.

use askama::Template;
use axum::extract::{Form, Path};
use axum::response::{IntoResponse, Redirect, Response};

use super::people::{Ask, back, contact, find, known, refused};
use super::recovery::Typed;
use super::{Problem, anew_card, login, show};
use crate::access::AccessCode;
use crate::administration::access as domain;
use crate::http::context::{Context, Visitor};
use crate::http::cookies::Cookie;
use crate::http::error::{self, Code, Error};
use crate::http::frame::Frame;
use crate::login::access::{self as log_in, Asker};
use crate::login::{self as logging_in, CodeAnswer};
use crate::text::moment;

const PATH: &str = error::ACCESS;

/// `GET /people/{id}/access`.
pub(in crate::http) async fn ask(
    context: Context,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    let path = format!("/people/{id}/access");
    let person = match find(&context, &id, &path).await? {
        Ok(person) => person,
        Err(confirm) => return Ok(confirm),
    };
    let t = context.text;
    let mut lines = vec![t.of("access-lead"), t.of("access-sure"), t.of("access-told")];
    if person.access.is_some() {
        lines.push(t.of("access-replaces"));
    }
    show(&Ask {
        f: context.frame(path.clone()),
        title: t.of("access-title"),
        lines,
        barrier: person.no_access.map(|denied| {
            let key = Code::from(denied).text_key();
            (t.of(&key), t.detail(&key))
        }),
        name: person.account.name,
        username: person.account.username.to_string(),
        action: path,
        value: "",
        button: t.of("access-yes"),
        danger: false,
        back: format!("/people/{id}"),
    })
}

#[derive(Template)]
#[template(path = "access_code.html")]
struct Given {
    f: Frame,
    name: String,
    username: String,
    /// In groups of four.
    code: String,
    /// Until when it works, in words.
    until: String,
    back: String,
}

/// `POST /people/{id}/access`: makes a code and shows it, this once.
pub(in crate::http) async fn give(
    context: Context,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    let Visitor { account, session, .. } = contact(&context)?;
    let (id, path) = (known(&id)?, format!("/people/{id}/access"));
    let given = domain::give(&context.app, (account, session), &id).await;
    let (code, until) = given.map_err(|error| refused(error, &path))?;
    let person = match find(&context, id.as_str(), &path).await? {
        Ok(person) => person,
        Err(confirm) => return Ok(confirm),
    };
    let t = context.text;
    let until = moment::day_and_time(t, until);
    show(&Given {
        f: context.frame(path),
        name: person.account.name,
        username: person.account.username.to_string(),
        code: code.grouped().expose().clone(),
        until: t.with("access-until", "moment", until),
        back: format!("/people/{id}"),
    })
}

/// `POST /people/{id}/access/end`.
pub(in crate::http) async fn end(
    context: Context,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    let Visitor { session, .. } = contact(&context)?;
    let id = known(&id)?;
    let ended = domain::end(&context.app, session, &id).await;
    let ended = ended.map_err(|error| refused(error, &format!("/people/{id}")))?;
    Ok(back(&id, if ended { "access-ended" } else { "no-access" }))
}

#[derive(Template)]
#[template(path = "access_type.html")]
struct Field {
    f: Frame,
    problem: Option<Problem>,
    error: Option<String>,
    lead: String,
    /// Whether an UZI card may take the place of what was lost.
    card: bool,
    /// Whether there is something else to log in with.
    equipped: bool,
}

impl Field {
    async fn new(context: &Context, asker: Asker) -> Result<Self, Error> {
        let t = context.text;
        let (lead, equipped) = match asker {
            Asker::Equipped => ("access-login-lead", true),
            Asker::Stranded => ("access-stranded-lead", false),
        };
        let f = context.frame(PATH);
        let card = anew_card::is_asked(context).await?;
        Ok(Self { f, problem: None, error: None, lead: t.of(lead), card, equipped })
    }

    /// The same with what is wrong with what was typed, which is not shown again.
    fn with(self, code: Code, title: String, detail: String) -> Result<Response, Error> {
        let error = Some(detail.clone());
        let problem = Some(Problem { title, detail, field: Some("code") });
        let page = show(&Self { error, problem, ..self })?;
        Ok(error::written(code, page))
    }
}

/// Who is asked for a code in the log-in under way, if anybody.
async fn asked(context: &Context) -> Result<Option<Asker>, Error> {
    let Some(attempt) = &context.attempt else { return Ok(None) };
    match log_in::is_asked(&context.app, attempt).await {
        Ok(asker) => Ok(asker),
        Err(logging_in::Error::AttemptOver) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// `GET /login/access`: what it means, and a field for the code.
pub(in crate::http) async fn form(context: Context) -> Result<Response, Error> {
    match asked(&context).await? {
        Some(asker) => show(&Field::new(&context, asker).await?),
        None => Ok(Redirect::to("/login").into_response()),
    }
}

/// `POST /login/access`: what there was is out of use; on to the wizard, in this browser.
pub(in crate::http) async fn begin(
    context: Context,
    Form(typed): Form<Typed>,
) -> Result<Response, Error> {
    let attempt = login::attempt(&context)?;
    let Some(asker) = asked(&context).await? else {
        return Err(logging_in::Error::AttemptOver.into());
    };
    let (t, page) = (context.text, Field::new(&context, asker).await?);
    let Some(code) = AccessCode::parse(typed.code.expose()) else {
        let (title, detail) = (t.of("access-malformed"), t.detail("access-malformed"));
        return page.with(Code::Incomplete, title, detail);
    };
    match log_in::begin(&context.app, attempt, code).await? {
        CodeAnswer::Done((granted, browser)) => {
            let onward = Redirect::to("/enrol");
            let onward = context.keep(Cookie::Anew, browser.expose(), onward);
            context.let_in(&login::session(granted)?, onward).await
        }
        CodeAnswer::Wrong { left } => {
            let detail = t.with("access-wrong.detail", "left", left);
            page.with(Code::WrongCode, t.of("access-wrong"), detail)
        }
        CodeAnswer::Barred(barred) => Err(Error::barred(barred, context.app.clock.now())),
    }
}
