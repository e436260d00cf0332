//! The UZI card: logging in with it, confirming with it, linking it.

use askama::Template;
use axum::extract::Query;
use axum::response::{IntoResponse, Json, Redirect, Response};
use serde::Deserialize;
use serde_json::json;

use super::login::{self, Ceremony, Then};
use super::{enrol, show};
use crate::enrolment;
use crate::factors::Kind;
use crate::http::api::body::Object;
use crate::http::context::Context;
use crate::http::cookies::Cookie;
use crate::http::error::Error;
use crate::http::frame::Frame;
use crate::login::card::{self, CardAnswer};
use crate::login::{Granted, run};

#[derive(Template)]
#[template(path = "card.html")]
struct Page {
    f: Frame,
    kind: &'static str,
    then: String,
    title: String,
    lead: String,
    /// What comes of it, where that is more than being in.
    means: Option<String>,
    action: String,
    challenge: &'static str,
    finish: &'static str,
    /// Whether the page begins by itself.
    start: bool,
    linking: bool,
    /// The other ways of the second factor.
    others: Vec<login::Other>,
}

/// `GET /login/card`.
pub(in crate::http) async fn log_in(context: Context) -> Result<Response, Error> {
    let t = context.text;
    let (title, lead) = (t.of("card-title"), t.of("card-lead"));
    show(&page(&context, "/login/card", "alone", String::new(), (title, lead)))
}

/// `GET /login/check/card`: as the second factor, so that only the card of who gave the password
/// lets in.
pub(in crate::http) async fn check(context: Context) -> Result<Response, Error> {
    let Some(offer) = login::offer(&context).await? else {
        return Ok(Redirect::to("/login").into_response());
    };
    if !offer.ways.contains(&Kind::Card) {
        return Ok(Redirect::to(login::next_way(&offer.ways)).into_response());
    }
    let t = context.text;
    let words = (t.of("check-title"), t.of("check-card-lead"));
    let mut page = page(&context, "/login/check/card", "check", String::new(), words);
    page.others = login::others(t, &offer.ways, "/login/check/card");
    show(&page)
}

/// `GET /confirm/card?then=…`: once more with the card.
pub(in crate::http) async fn confirm(
    context: Context,
    Query(Then { then }): Query<Then>,
) -> Result<Response, Error> {
    context.member()?;
    let t = context.text;
    let then = login::local(&then).to_owned();
    let lead = match &then {
        inbox if inbox.starts_with("/inbox/") => "confirm-inbox-card-lead",
        managed if login::manages(managed) => "confirm-manage-card-lead",
        _ => "confirm-card-lead",
    };
    let words = (t.of("confirm-title"), t.of(lead));
    let path = format!("/confirm/card?then={then}");
    show(&page(&context, &path, "confirm", then, words))
}

/// The page that has an old card prove itself, to be kept.
pub(super) fn keep(context: &Context, path: &str) -> Result<Response, Error> {
    let words = (context.text.of("keep-card-title"), context.text.of("keep-card-lead"));
    show(&page(context, path, "keep", String::new(), words))
}

fn page(
    context: &Context,
    path: &str,
    kind: &'static str,
    then: String,
    (title, lead): (String, String),
) -> Page {
    Page {
        f: context.frame(path),
        kind,
        then,
        title,
        lead,
        means: None,
        action: context.text.of("try-again"),
        challenge: "/login/card/challenge",
        finish: "/login/card",
        start: true,
        linking: false,
        others: Vec::new(),
    }
}

/// `GET /enrol/card`: link a card to the account.
pub(in crate::http) async fn link(context: Context) -> Result<Response, Error> {
    context.member()?;
    enrol::permitted(&context, Kind::Card).await?;
    if let Some(confirm) = enrol::unconfirmed(&context, "/enrol/card").await? {
        return Ok(confirm);
    }
    let t = context.text;
    show(&Page {
        f: context.frame("/enrol/card"),
        kind: "link",
        then: String::new(),
        title: t.of("enrol-card-title"),
        lead: t.of("enrol-card-lead"),
        means: None,
        action: t.of("enrol-card-action"),
        challenge: "/enrol/card/challenge",
        finish: "/enrol/card",
        start: false,
        linking: true,
        others: Vec::new(),
    })
}

/// The page at `path` on which a card is linked by who is not in yet, and lets in: `challenge` has its nonce, and
/// what it signed is posted to the page itself.
pub(super) fn outside(
    context: &Context,
    (path, challenge): (&'static str, &'static str),
    (title, lead, means): (&str, &str, Option<&str>),
) -> Result<Response, Error> {
    let t = context.text;
    let page = page(context, path, "link", String::new(), (t.of(title), t.of(lead)));
    let (action, means) = (t.of("enrol-card-action"), means.map(|means| t.of(means)));
    show(&Page { means, action, challenge, finish: path, start: false, ..page })
}

/// The nonce that a card must sign, as the page's script reads it.
pub(super) fn asking(nonce: &str) -> Response {
    Json(json!({ "nonce": nonce })).into_response()
}

/// Lets in with a card that was just linked.
pub(super) async fn linked(context: Context, granted: Granted) -> Result<Response, Error> {
    let answer = Json(json!({ "next": "/account?notice=enrolled" }));
    context.let_in(&login::session(granted)?, answer).await
}

/// What the page's script asks a nonce with.
#[derive(Deserialize)]
pub(in crate::http) struct Ask {
    kind: Ceremony,
}

/// `POST /login/card/challenge`: goes on with the log-in under way, or begins one.
pub(in crate::http) async fn challenge(
    context: Context,
    Json(Ask { kind }): Json<Ask>,
) -> Result<Response, Error> {
    let app = &context.app;
    let attempt = match (kind, &context.attempt) {
        (Ceremony::Confirm, _) => run::step_up(app, &context.member()?.session).await?,
        (Ceremony::Keep, _) => run::keep(app, &context.visitor()?.session).await?,
        (Ceremony::Check, Some(attempt)) => attempt.clone(),
        (Ceremony::Check, None) | (Ceremony::Prove, _) => {
            return Err(crate::login::Error::AttemptOver.into());
        }
        (Ceremony::Alone, _) => run::start(app, None, &context.client).await?,
    };
    let nonce = card::nonce(app, &attempt).await?;
    let answer = Json(json!({ "nonce": nonce }));
    Ok(context.keep(Cookie::Attempt, attempt.expose(), answer))
}

/// What the card signed.
#[derive(Deserialize)]
pub(in crate::http) struct Finish {
    auth_token: Object,
    #[serde(default)]
    then: String,
}

impl Finish {
    /// The token that the card's agent gave.
    pub(super) fn token(&self) -> Vec<u8> {
        self.auth_token.to_bytes()
    }
}

/// `POST /login/card`.
pub(in crate::http) async fn finish(
    context: Context,
    Json(Finish { auth_token, then }): Json<Finish>,
) -> Result<Response, Error> {
    let attempt = login::attempt(&context)?;
    match card::finish(&context.app, attempt, &auth_token.to_bytes()).await? {
        CardAnswer::Done(Granted::Kept) => Ok(login::kept(&context)),
        CardAnswer::Done(granted) => {
            let answer = Json(json!({ "next": login::local(&then) }));
            context.let_in(&login::session(granted)?, answer).await
        }
        CardAnswer::Choose(_) => Ok(Json(json!({ "next": login::CHOICE })).into_response()),
        CardAnswer::Refused(refusal) => Err(refusal.into()),
    }
}

/// `POST /enrol/card/challenge`.
pub(in crate::http) async fn challenge_link(context: Context) -> Result<Response, Error> {
    let session = &context.member()?.session;
    let nonce = enrolment::card::nonce(&context.app, session)
        .await
        .map_err(|error| Error::from(error).after_confirming("/enrol/card"))?;
    Ok(asking(&nonce))
}

/// `POST /enrol/card`.
pub(in crate::http) async fn finish_link(
    context: Context,
    Json(Finish { auth_token, .. }): Json<Finish>,
) -> Result<Response, Error> {
    let visitor = context.member()?;
    let (app, session) = (&context.app, &visitor.session);
    let factor = enrolment::card::link(app, session, &auth_token.to_bytes(), "").await?;
    Ok(enrol::enrolled(visitor, &factor))
}
