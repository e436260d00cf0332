//! The Berichtenbox: its messages, and the one secret that a message may show.

use askama::Template;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::{enrol, show};
use crate::clock::Time;
use crate::http::context::Context;
use crate::http::error::{Code, Error};
use crate::http::frame::Frame;
use crate::id::MessageId;
use crate::inbox::run::{self, Opened};
use crate::inbox::{Kept, Message};
use crate::pin::ActivationPin;
use crate::secret::Secret;
use crate::text::{Text, moment};

#[derive(Template)]
#[template(path = "inbox.html")]
struct Page {
    f: Frame,
    messages: Vec<Line>,
    /// How many colleagues ask for a new PIN, in words.
    asking: Option<String>,
    /// The addresses of the pages beside this one.
    newer: Option<String>,
    older: Option<String>,
}

/// One message of the list, in words.
struct Line {
    id: String,
    title: String,
    date: String,
    new: bool,
    /// Whether it has a secret that waits to be shown.
    waits: bool,
}

/// Which page of the box.
#[derive(Deserialize)]
pub(in crate::http) struct Turn {
    #[serde(default)]
    page: u32,
}

/// `GET /inbox?page=…`.
pub(in crate::http) async fn list(
    context: Context,
    Query(Turn { page }): Query<Turn>,
) -> Result<Response, Error> {
    let visitor = context.member()?;
    let found = run::list(&context.app, &visitor.session, page).await?;
    let asking = run::asking(&context.app, &visitor.account).await?;
    let t = context.text;
    let at = |page: u32| format!("/inbox?page={page}");
    let line = |kept: Kept| Line {
        title: words(t, &kept.message).0,
        date: moment::day_and_time(t, kept.created_at),
        new: kept.read_at.is_none(),
        waits: kept.secret_until.is_some(),
        id: kept.id.into(),
    };
    show(&Page {
        f: context.frame(if page == 0 { "/inbox".to_owned() } else { at(page) }),
        messages: found.messages.into_iter().map(line).collect(),
        asking: (asking > 0).then(|| t.with("inbox-asking", "count", asking)),
        newer: page.checked_sub(1).map(at),
        older: found.more.then(|| at(page.saturating_add(1))),
    })
}

#[derive(Template)]
#[template(path = "inbox_message.html")]
struct MessagePage {
    f: Frame,
    id: String,
    title: String,
    lines: Vec<String>,
    date: String,
    /// Whose PIN it is about.
    about: Option<About>,
}

/// The colleague whose PIN a message has or had.
struct About {
    name: String,
    /// Masked: whoever has the PIN learns no number.
    number: Option<String>,
    secret: Shown,
}

/// What there is to see of a secret.
enum Shown {
    /// It waits; until then, in words.
    Waits(String),
    /// Here it is, once.
    Now(Secret<String>),
    /// It was shown, or lapsed.
    Gone,
}

/// `GET /inbox/{id}`.
pub(in crate::http) async fn message(
    context: Context,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    let id = MessageId::parse(&id).map_err(|_| Code::NotFound)?;
    let opened = run::read(&context.app, &context.member()?.session, &id).await?;
    page(&context, opened.ok_or(Code::NotFound)?, None)
}

/// `POST /inbox/{id}/secret`: shows the secret, once, to who just proved a strong factor.
pub(in crate::http) async fn secret(
    context: Context,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    let id = MessageId::parse(&id).map_err(|_| Code::NotFound)?;
    let session = &context.member()?.session;
    if let Some(confirm) = enrol::weakly_confirmed(&context, &format!("/inbox/{id}")).await? {
        return Ok(confirm);
    }
    let opened = run::read(&context.app, session, &id).await?.ok_or(Code::NotFound)?;
    match run::take_secret(&context.app, session, &id).await {
        Ok(secret) => page(&context, opened, Some(secret)),
        Err(run::Error::Gone) => Ok(Redirect::to(&format!("/inbox/{id}")).into_response()),
        Err(run::Error::NotFresh) => {
            Ok(Redirect::to(&format!("/confirm?then=/inbox/{id}")).into_response())
        }
        Err(run::Error::SessionOver) => Err(Error::new(Code::LogInFirst).next("/login")),
        Err(run::Error::Storage(error)) => Err(error.into()),
        Err(error @ run::Error::Unreadable(_)) => Err(Error::internal(error)),
    }
}

fn page(
    context: &Context,
    Opened { kept, colleague }: Opened,
    secret: Option<Secret<String>>,
) -> Result<Response, Error> {
    let t = context.text;
    let (title, lines) = words(t, &kept.message);
    let shown = match (secret, kept.secret_until) {
        (Some(secret), _) => Shown::Now(grouped(&secret)),
        (None, Some(until)) => Shown::Waits(moment::day_and_time(t, until)),
        (None, None) => Shown::Gone,
    };
    let about = if let Message::ColleaguePin { name, .. } = &kept.message {
        let number = colleague.map(|colleague| colleague.number.masked());
        Some(About { name: name.clone(), number, secret: shown })
    } else {
        None
    };
    show(&MessagePage {
        f: context.frame(format!("/inbox/{}", kept.id)),
        date: moment::day_and_time(t, kept.created_at),
        id: kept.id.into(),
        title,
        lines,
        about,
    })
}

/// A PIN in its groups.
fn grouped(secret: &Secret<String>) -> Secret<String> {
    ActivationPin::parse(secret.expose()).map_or_else(|_| secret.clone(), |pin| pin.grouped())
}

/// The title of a message, and what it says.
fn words(t: Text, message: &Message) -> (String, Vec<String>) {
    let named = |key: &str, name: &str| {
        let title = t.with(key, "name", name);
        (title, vec![t.with(&format!("{key}.detail"), "name", name)])
    };
    let own = |key: &str| (t.of(key), vec![t.detail(key)]);
    match message {
        Message::ColleaguePin { name, .. } => named("message-colleague-pin", name),
        Message::PinMade { name, by } => of_both(t, "message-pin-made", (name, by)),
        Message::PinByPost { name, by } => of_both(t, "message-pin-by-post", (name, by)),
        Message::PinLapsed { name } => named("message-pin-lapsed", name),
        Message::LetterLapsed { name } => named("message-letter-lapsed", name),
        Message::RequestLapsed { name } => named("message-request-lapsed", name),
        Message::PinOpened { by } => named("message-pin-opened", by),
        Message::PasswordChosen => own("message-password-chosen"),
        Message::ColleaguePasswordChosen { name } => {
            named("message-colleague-password-chosen", name)
        }
        Message::PasswordBlocked { until } => blocked(t, "message-password-blocked", "", *until),
        Message::ColleaguePasswordBlocked { name, until } => {
            blocked(t, "message-colleague-password-blocked", name, *until)
        }
        Message::CodesBlocked { until } => blocked(t, "message-codes-blocked", "", *until),
        Message::ColleagueCodesBlocked { name, until } => {
            blocked(t, "message-colleague-codes-blocked", name, *until)
        }
        Message::PinBlocked => own("message-pin-blocked"),
        Message::ColleaguePinBlocked { name } => named("message-colleague-pin-blocked", name),
    }
}

/// What a message says of a colleague and of the contact person who did something.
fn of_both(t: Text, key: &str, (name, by): (&str, &str)) -> (String, Vec<String>) {
    let args = fluent_bundle::FluentArgs::from_iter([("name", name), ("by", by)]);
    let text = |key: &str| t.filled(key, &args);
    (text(key), vec![text(&format!("{key}.detail"))])
}

/// What a message says of a block: whose, and until when.
fn blocked(t: Text, key: &str, name: &str, until: Option<Time>) -> (String, Vec<String>) {
    let mut args = fluent_bundle::FluentArgs::from_iter([("name", name)]);
    args.set("ends", if until.is_some() { "yes" } else { "no" });
    args.set("until", until.map(|until| moment::day_and_time(t, until)).unwrap_or_default());
    let text = |key: &str| t.filled(key, &args);
    (text(key), vec![text(&format!("{key}.detail"))])
}
