//! 'Mijn account': who, how strongly, with what, and where; and logging out.

use askama::Template;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};

use super::{Arrival, Problem, enrol, login, message, phone, show};
use crate::accounts::{self, Role};
use crate::clock::Time;
use crate::enrolment::policy::Intent;
use crate::enrolment::run;
use crate::factors::{self, Evidence, Kind, Level};
use crate::http::context::{Context, Visitor};
use crate::http::error::{Code, Error};
use crate::http::frame::Frame;
use crate::id::{FactorId, SessionId};
use crate::recovery::{self, run::Status};
use crate::sessions;
use crate::text::{Text, client, moment};

#[derive(Template)]
#[template(path = "account.html")]
struct Page {
    f: Frame,
    notice: Option<String>,
    problem: Option<Problem>,
    name: String,
    username: String,
    organisation: String,
    level: &'static str,
    level_text: String,
    /// Whether this person manages colleagues.
    contact: bool,
    /// How long a password alone lets in still, in words.
    grace: Option<String>,
    factors: Vec<Factor>,
    recovery: Recovery,
    sessions: Vec<Session>,
}

/// What is to be said of the recovery code.
struct Recovery {
    /// Whether there is none that its owner has shown to have.
    missing: bool,
    words: String,
    action: String,
}

/// One way to log in, in words.
struct Factor {
    id: String,
    kind: &'static str,
    name: String,
    kind_text: String,
    added: String,
    used: String,
    /// Whether it gives less because its maker is not on the operator's list.
    unlisted: bool,
    /// Whether it never proved itself, so that it does not count yet.
    unproven: bool,
    /// Whether it is known to be copied, so that it opens nothing any more.
    copied: bool,
    /// Whether it logs in without a password, in words.
    alone: String,
    /// Whether its key may be asked to do that, where it does not.
    upgrade: bool,
    upgrade_label: String,
    try_label: String,
    remove_label: String,
    /// Whether it is the number that is named first, of several.
    main: bool,
    /// Whether it may become that one.
    make_main: bool,
    make_main_label: String,
    /// From when on it counts, in words, where that is not yet.
    starts: Option<String>,
}

/// One place where the person is logged in, in words.
struct Session {
    id: String,
    title: String,
    current: bool,
    begun: String,
    seen: String,
    end_label: String,
}

/// `GET /account`.
pub(in crate::http) async fn page(
    context: Context,
    Query(arrival): Query<Arrival>,
) -> Result<Response, Error> {
    let visitor = context.member()?;
    let t = context.text;
    let overview = accounts::run::overview(&context.app, &visitor.session).await?;
    let (level, now) = (visitor.session.login.level, context.app.clock.now());
    show(&Page {
        f: context.frame("/account"),
        notice: arrival.notice(t),
        problem: None,
        name: visitor.account.name.clone(),
        username: visitor.account.username.to_string(),
        organisation: visitor.organisation.name.clone(),
        level: level.as_str(),
        level_text: t.of(level_key(level)),
        contact: visitor.account.role == Role::ContactPerson,
        grace: enrol::skippable(&context).await?,
        recovery: recovery_words(t, recovery::run::status(&context.app, &visitor.session).await?),
        factors: overview
            .factors
            .into_iter()
            .map(|factor| factor_words(t, factor, (&overview.numbers, now)))
            .collect(),
        sessions: overview
            .sessions
            .into_iter()
            .map(|session| session_words(t, session, &visitor.session.id))
            .collect(),
    })
}

fn level_key(level: Level) -> &'static str {
    match level {
        Level::Low => "level-low",
        Level::Substantial => "level-substantial",
        Level::High => "level-high",
    }
}

pub(super) fn kind_key(kind: Kind) -> &'static str {
    match kind {
        Kind::SecurityKey => "factor-kind-security-key",
        Kind::Passkey => "factor-kind-passkey",
        Kind::Card => "factor-kind-card",
        Kind::App => "factor-kind-app",
        Kind::Sms => "factor-kind-sms",
        Kind::Call => "factor-kind-call",
    }
}

/// A factor's own name; what it is, where it has none.
pub(super) fn name(t: Text, factor: &factors::Factor) -> String {
    match factor.kind {
        Kind::Sms | Kind::Call => phone::ending(t, &factor.name),
        Kind::SecurityKey | Kind::Passkey | Kind::Card | Kind::App if factor.name.is_empty() => {
            t.of(kind_key(factor.kind))
        }
        Kind::SecurityKey | Kind::Passkey | Kind::Card | Kind::App => factor.name.clone(),
    }
}

fn factor_words(
    t: Text,
    factor: factors::Factor,
    (numbers, now): (&[(FactorId, Time)], Time),
) -> Factor {
    let date = |key, time| t.with(key, "date", moment::day_and_time(t, time));
    let name = name(t, &factor);
    let place = numbers.iter().position(|(number, _)| *number == factor.id);
    let starts = place.and_then(|place| numbers.get(place)).map(|(_, starts)| *starts);
    let starts = starts.filter(|starts| *starts > now).map(|starts| date("phone-starts", starts));
    Factor {
        id: factor.id.to_string(),
        kind: factor.kind.as_str(),
        kind_text: t.of(kind_key(factor.kind)),
        added: date("factor-added", factor.created_at),
        used: match factor.used_at {
            Some(time) => date("factor-used", time),
            None => t.of("factor-unused"),
        },
        unproven: factor.proven_at.is_none() && factor.is_usable(),
        copied: !factor.is_usable(),
        alone: t.of(if factor.works_alone() { "factor-alone" } else { "factor-after-password" }),
        upgrade: factor.kind == Kind::SecurityKey && factor.is_usable() && !factor.works_alone(),
        upgrade_label: t.with("upgrade-label", "name", name.as_str()),
        try_label: t.with("try-label", "name", name.as_str()),
        unlisted: factor.evidence == Evidence::VerifiedUnlisted,
        remove_label: t.with("remove-label", "name", name.as_str()),
        main: numbers.len() > 1 && place == Some(0),
        make_main: place.is_some_and(|place| place > 0),
        make_main_label: t.with("make-main-label", "name", name.as_str()),
        starts,
        name,
    }
}

fn recovery_words(t: Text, status: Status) -> Recovery {
    let (key, made) = match status {
        Status::NotYet => ("recovery-not-yet", None),
        Status::Missing => ("recovery-missing", None),
        Status::Unconfirmed(made) => ("recovery-unconfirmed", Some(made)),
        Status::Kept(made) => ("recovery-there", Some(made)),
    };
    let made = made.map(|made| moment::day_and_time(t, made)).unwrap_or_default();
    Recovery {
        missing: matches!(status, Status::Missing | Status::Unconfirmed(_)),
        words: t.with(key, "date", made),
        action: match status {
            Status::NotYet => String::new(),
            Status::Missing => t.of("recovery-make"),
            Status::Unconfirmed(_) | Status::Kept(_) => t.of("recovery-again"),
        },
    }
}

fn session_words(t: Text, session: sessions::Session, current: &SessionId) -> Session {
    let begun = moment::day_and_time(t, session.created_at);
    Session {
        id: session.id.to_string(),
        title: client::words(t, &session.client),
        current: session.id == *current,
        seen: t.with("session-seen", "date", moment::day_and_time(t, session.seen_at)),
        end_label: t.with("end-session-label", "date", begun.as_str()),
        begun: t.with("session-begun", "date", begun),
    }
}

#[derive(Template)]
#[template(path = "remove.html")]
struct Remove {
    f: Frame,
    id: String,
    name: String,
    kind_text: String,
    /// Whether nothing would be left to log in safely with.
    last: bool,
}

/// `GET /account/factors/{id}/remove`: are you sure.
pub(in crate::http) async fn ask_remove(
    context: Context,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    let visitor = context.member()?;
    let id = FactorId::parse(&id).map_err(|_| Code::NoSuchFactor)?;
    let path = format!("/account/factors/{id}/remove");
    if let Some(confirm) = enrol::unconfirmed(&context, &path).await? {
        return Ok(confirm);
    }
    let factors = accounts::run::factors(&context.app, &visitor.session).await?;
    let last = !factors.iter().any(|factor| factor.id != id && factor.is_relied_on());
    let factor = factors.into_iter().find(|factor| factor.id == id).ok_or(Code::NoSuchFactor)?;
    let t = context.text;
    show(&Remove {
        f: context.frame(path),
        id: id.to_string(),
        name: name(t, &factor),
        kind_text: t.of(kind_key(factor.kind)),
        last,
    })
}

/// `GET /account/factors/{id}/try`: have it prove itself, so that it counts.
pub(in crate::http) async fn try_out(
    context: Context,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    let visitor = context.member()?;
    let id = FactorId::parse(&id).map_err(|_| Code::NoSuchFactor)?;
    let factors = accounts::run::factors(&context.app, &visitor.session).await?;
    let factor = factors.iter().find(|factor| factor.id == id).ok_or(Code::NoSuchFactor)?;
    match factor.kind {
        Kind::Card => Ok(Redirect::to("/confirm/card").into_response()),
        Kind::App => Ok(Redirect::to("/confirm/app").into_response()),
        Kind::Sms => Ok(Redirect::to("/confirm/sms").into_response()),
        Kind::Call => Ok(Redirect::to("/confirm/call").into_response()),
        Kind::SecurityKey | Kind::Passkey => {
            login::try_key(&context, format!("/account/factors/{id}/try"), &id)
        }
    }
}

/// `GET /account/factors/{id}/upgrade`: have a security key log in without a password too.
pub(in crate::http) async fn upgrade(
    context: Context,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    let visitor = context.member()?;
    let id = FactorId::parse(&id).map_err(|_| Code::NoSuchFactor)?;
    let path = format!("/account/factors/{id}/upgrade");
    if let Some(confirm) = enrol::unconfirmed(&context, &path).await? {
        return Ok(confirm);
    }
    let factors = accounts::run::factors(&context.app, &visitor.session).await?;
    let mut factors = factors.into_iter();
    let factor = factors.find(|factor| factor.id == id && factor.kind == Kind::SecurityKey);
    let factor = factor.ok_or(Code::NoSuchFactor)?;
    enrol::upgrade(&context, path, &id, name(context.text, &factor))
}

/// `POST /account/factors/{id}/remove`.
pub(in crate::http) async fn remove(
    context: Context,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    let id = FactorId::parse(&id).map_err(|_| Code::NoSuchFactor)?;
    run::remove(&context.app, &context.member()?.session, &id, Intent::KeepLast).await?;
    Ok(Redirect::to("/account?notice=removed").into_response())
}

/// `POST /account/sessions/{id}/end`.
pub(in crate::http) async fn end(
    context: Context,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    let id = SessionId::parse(&id).map_err(|_| Code::NotFound)?;
    let ended = sessions::run::end(&context.app, &context.member()?.session, &id).await?;
    let onward = if ended { "/account?notice=ended" } else { "/account?notice=gone" };
    Ok(Redirect::to(onward).into_response())
}

/// `POST /logout`.
pub(in crate::http) async fn log_out(context: Context) -> Result<Response, Error> {
    if let Ok(Visitor { session, .. }) = context.visitor() {
        sessions::run::end(&context.app, session, &session.id).await?;
    }
    Ok(context.let_out(Redirect::to("/logged-out")))
}

/// `GET /logged-out`.
pub(in crate::http) async fn logged_out(context: Context) -> Response {
    let t = context.text;
    message::Message {
        code: "logged_out",
        title: t.of("logged-out"),
        detail: t.of("logged-out.detail"),
        more: Vec::new(),
        onward: "/login".to_owned(),
        onward_text: t.of("log-in-again"),
        elsewhere: Vec::new(),
        reference: None,
    }
    .respond(t)
}
