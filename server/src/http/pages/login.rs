//! Logging in with a password, and then or instead with a key or passkey.

use askama::Template;
use axum::extract::{Form, Query};
use axum::response::{IntoResponse, Json, Redirect, Response};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Arrival, Problem, show};
use crate::accounts::{self, Username};
use crate::enrolment::policy::Asked;
use crate::factors::{self, Kind};
use crate::http::context::Context;
use crate::http::cookies::Cookie;
use crate::http::error::{self, Code, Error};
use crate::http::frame::Frame;
use crate::id::FactorId;
use crate::login::run::Offer;
use crate::login::{self, FactorAnswer, Granted, PasswordAnswer, key, password, run};
use crate::secret::{Secret, Token};
use crate::text::Text;

#[derive(Template)]
#[template(path = "login.html")]
struct Page {
    f: Frame,
    notice: Option<String>,
    problem: Option<Problem>,
    username: String,
    username_error: Option<String>,
    password_error: Option<String>,
    remember: bool,
}

/// `GET /login`.
pub(in crate::http) async fn form(
    context: Context,
    Query(arrival): Query<Arrival>,
) -> Result<Response, Error> {
    if let Some(home) = context.home() {
        return Ok(Redirect::to(home).into_response());
    }
    let username = remembered(&context);
    show(&Page {
        f: context.frame("/login"),
        notice: arrival.notice(context.text),
        problem: None,
        remember: !username.is_empty(),
        username,
        username_error: None,
        password_error: None,
    })
}

/// The username that this browser was asked to remember.
pub(super) fn remembered(context: &Context) -> String {
    let decode = |text: &String| String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(text).ok()?).ok();
    context.remembered.as_ref().and_then(decode).unwrap_or_default()
}

/// What the form sends.
#[derive(Deserialize)]
pub(in crate::http) struct Credentials {
    #[serde(default)]
    username: String,
    password: Secret<String>,
    #[serde(default)]
    remember: Option<String>,
}

/// `POST /login`.
pub(in crate::http) async fn password(
    context: Context,
    Form(credentials): Form<Credentials>,
) -> Result<Response, Error> {
    let Credentials { username, password, remember } = credentials;
    let filled = Filled { username: username.trim().to_owned(), remember: remember.is_some() };
    if filled.username.is_empty() || password.expose().is_empty() {
        let password = password.expose().is_empty();
        return incomplete(&context, filled, password);
    }
    let from = (context.client.as_str(), context.anew.as_ref());
    let start = password::start(&context.app, from, &filled.username, password);
    let (attempt, answer) = start.await?;
    match answer {
        PasswordAnswer::Wrong => wrong(&context, filled),
        PasswordAnswer::NoWay | PasswordAnswer::Abandoned | PasswordAnswer::Blocked { .. } => {
            onward(&context, &attempt, answer).await
        }
        PasswordAnswer::Factor(_)
        | PasswordAnswer::Choose(_)
        | PasswordAnswer::EnrolOnly(_)
        | PasswordAnswer::Waived(_) => {
            let response = onward(&context, &attempt, answer).await?;
            Ok(remember_or_not(&context, &filled, response))
        }
    }
}

/// Where a password leads, which is no longer in the form.
pub(super) async fn onward(
    context: &Context,
    attempt: &Token,
    answer: PasswordAnswer,
) -> Result<Response, Error> {
    Ok(match answer {
        PasswordAnswer::Factor(Offer { ways, .. }) => {
            let response = Redirect::to(next_way(&ways));
            context.keep(Cookie::Attempt, attempt.expose(), response)
        }
        PasswordAnswer::Choose(_) => {
            context.keep(Cookie::Attempt, attempt.expose(), Redirect::to(CHOICE))
        }
        PasswordAnswer::EnrolOnly(granted) => {
            context.let_in(&session(granted)?, Redirect::to("/enrol")).await?
        }
        PasswordAnswer::Waived(granted) => {
            context.let_in(&session(granted)?, Redirect::to("/account")).await?
        }
        PasswordAnswer::NoWay => stranded(context, attempt, Error::new(Code::KeysOff)),
        PasswordAnswer::Abandoned => {
            stranded(context, attempt, Error::new(Code::SetUpClosed).next(error::ACCESS))
        }
        PasswordAnswer::Wrong => return Err(Code::WrongPassword.into()),
        PasswordAnswer::Blocked { until } => {
            return Err(Error::blocked(until, context.app.clock.now()));
        }
    })
}

/// The password was right, and nothing that one logs in with: a code goes on.
fn stranded(context: &Context, attempt: &Token, refused: Error) -> Response {
    context.keep(Cookie::Attempt, attempt.expose(), refused)
}

/// Where who has accounts in several organisations chooses one.
pub(super) const CHOICE: &str = "/login/organisation";

/// What stays in the form after an error: never the password.
struct Filled {
    username: String,
    remember: bool,
}

/// What was used last is asked for first.
pub(super) fn next_way(ways: &[Kind]) -> &'static str {
    ways.first().map_or("/login/check", |kind| page_of(*kind).1)
}

/// The page of the second factor on which this kind is used, and its words for who is on another one.
const fn page_of(kind: Kind) -> (&'static str, &'static str, &'static str) {
    match kind {
        Kind::SecurityKey | Kind::Passkey => ("to-key", "/login/check", "check-key-instead"),
        Kind::Card => ("to-card", "/login/check/card", "login-card"),
        Kind::App => ("to-app", "/login/check/app", "check-app-instead"),
        Kind::Sms => ("to-sms", "/login/check/sms", "check-sms-instead"),
        Kind::Call => ("to-call", "/login/check/call", "check-call-instead"),
    }
}

/// Another way than the page shown.
pub(super) struct Other {
    pub(super) id: &'static str,
    pub(super) href: &'static str,
    pub(super) text: String,
}

/// The pages of these ways but `here`, in their order.
pub(super) fn others(t: Text, ways: &[Kind], here: &str) -> Vec<Other> {
    let mut others: Vec<Other> = Vec::new();
    for (id, href, key) in ways.iter().map(|kind| page_of(*kind)) {
        if href != here && others.iter().all(|other| other.href != href) {
            others.push(Other { id, href, text: t.of(key) });
        }
    }
    others
}

/// Keeps the username where the person asked for it, and forgets it where not.
fn remember_or_not(context: &Context, filled: &Filled, response: Response) -> Response {
    match Username::parse(&filled.username) {
        Ok(username) if filled.remember => {
            let value = BASE64_URL_SAFE_NO_PAD.encode(username.as_str());
            context.keep(Cookie::Username, &value, response)
        }
        _ => context.drop(Cookie::Username, response),
    }
}

fn incomplete(context: &Context, filled: Filled, password: bool) -> Result<Response, Error> {
    let t = context.text;
    let username = filled.username.is_empty();
    let page = show(&Page {
        f: context.frame("/login"),
        notice: None,
        problem: Some(Problem {
            title: t.of("error-incomplete"),
            detail: t.of("error-incomplete.detail"),
            field: Some(if username { "username" } else { "password" }),
        }),
        username_error: username.then(|| t.of("fill-username")),
        password_error: password.then(|| t.of("fill-password")),
        username: filled.username,
        remember: filled.remember,
    })?;
    Ok(error::written(Code::Incomplete, page))
}

fn wrong(context: &Context, filled: Filled) -> Result<Response, Error> {
    let t = context.text;
    let page = show(&Page {
        f: context.frame("/login"),
        notice: None,
        problem: Some(Problem {
            title: t.of("error-wrong-password"),
            detail: t.of("error-wrong-password.detail"),
            field: Some("password"),
        }),
        username: filled.username,
        username_error: Some(t.of("login-wrong-field")),
        password_error: Some(t.of("login-wrong-field")),
        remember: filled.remember,
    })?;
    Ok(error::written(Code::WrongPassword, page))
}

/// The session that a page's attempt ends in.
pub(super) fn session(granted: Granted) -> Result<Token, Error> {
    match granted {
        Granted::Session { token, .. } => Ok(token),
        Granted::Code { .. } | Granted::Kept => {
            Err(Error::internal("a page's log-in ended in no session"))
        }
    }
}

/// What a log-in with a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum Ceremony {
    /// The second factor, after a password.
    Check,
    /// No password at all.
    Alone,
    /// Once more within a session, to make it fresh.
    Confirm,
    /// For the first time, in the wizard.
    Prove,
    /// What was in use before setting up anew, to keep it.
    Keep,
}

#[derive(Template)]
#[template(path = "ceremony.html")]
struct KeyPage {
    f: Frame,
    notice: Option<String>,
    kind: &'static str,
    then: String,
    title: String,
    lead: String,
    /// The one factor that is asked for, where it is one.
    factor: String,
    /// Whether the card is named as another way, outside the second factor.
    card: bool,
    /// The other ways of the second factor.
    others: Vec<Other>,
    /// Whether another key may be enrolled instead: none ever proved itself.
    another: bool,
}

impl KeyPage {
    /// The page at `path` of a ceremony of this kind, with its title and lead; nothing else is offered.
    fn new(
        context: &Context,
        path: impl Into<String>,
        (kind, title, lead): (&'static str, &str, &str),
    ) -> Self {
        let t = context.text;
        Self {
            f: context.frame(path),
            notice: None,
            kind,
            then: String::new(),
            title: t.of(title),
            lead: t.of(lead),
            factor: String::new(),
            card: false,
            others: Vec::new(),
            another: false,
        }
    }
}

/// `GET /login/check`: the second factor.
pub(in crate::http) async fn check(context: Context) -> Result<Response, Error> {
    let Some(Offer { ways, first }) = offer(&context).await? else {
        return Ok(Redirect::to("/login").into_response());
    };
    if !ways.iter().any(|kind| matches!(kind, Kind::SecurityKey | Kind::Passkey)) {
        return Ok(Redirect::to(next_way(&ways)).into_response());
    }
    let lead = if first { "check-first-lead" } else { "check-lead" };
    show(&KeyPage {
        others: others(context.text, &ways, "/login/check"),
        another: first,
        ..KeyPage::new(&context, "/login/check", ("check", "check-title", lead))
    })
}

/// What the log-in under way may go on with: only who gave the right password learns what an
/// account has.
pub(super) async fn offer(context: &Context) -> Result<Option<Offer>, Error> {
    let Some(attempt) = &context.attempt else { return Ok(None) };
    match run::offer(&context.app, attempt).await {
        Ok(offer) => Ok(offer),
        Err(login::Error::AttemptOver) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// `POST /login/another`: what was enrolled never proved itself; on to enrolling something else.
pub(in crate::http) async fn another(context: Context) -> Result<Response, Error> {
    let granted = run::enrol_another(&context.app, attempt(&context)?).await?;
    context.let_in(&session(granted)?, Redirect::to("/enrol")).await
}

/// `GET /login/passkey`.
pub(in crate::http) async fn passkey(context: Context) -> Result<Response, Error> {
    let words = ("alone", "passkey-title", "passkey-lead");
    show(&KeyPage { card: true, ..KeyPage::new(&context, "/login/passkey", words) })
}

/// `GET /confirm?then=…`: once more with a key, before a change of what one logs in with.
pub(in crate::http) async fn confirm(
    context: Context,
    Query(Then { then }): Query<Then>,
) -> Result<Response, Error> {
    let visitor = context.member()?;
    let factors = accounts::run::factors(&context.app, &visitor.session).await?;
    let then = local(&then).to_owned();
    if factors.is_empty() {
        return Ok(Redirect::to("/enrol").into_response());
    }
    let weak = factors::ways(&factors).into_iter().find(|kind| !kind.is_strong());
    if let (Asked::Any, Some(weak)) = (Asked::of(&factors), weak) {
        let strongly = ["/inbox/", "/people", "/settings"];
        if strongly.iter().any(|place| then.starts_with(place)) {
            return Ok(Redirect::to("/enrol").into_response());
        }
        let way = weak.as_str();
        return Ok(Redirect::to(&format!("/confirm/{way}?then={then}")).into_response());
    }
    let mut strong = factors.iter().filter(|factor| factor.kind.is_strong());
    if strong.all(|factor| factor.kind == Kind::Card) {
        return Ok(Redirect::to(&format!("/confirm/card?then={then}")).into_response());
    }
    let lead = match &then {
        inbox if inbox.starts_with("/inbox/") => "confirm-inbox-lead",
        managed if manages(managed) => "confirm-manage-lead",
        _ => "confirm-lead",
    };
    let path = format!("/confirm?then={then}");
    show(&KeyPage {
        then,
        card: factors.iter().any(|factor| factor.kind == Kind::Card),
        ..KeyPage::new(&context, path, ("confirm", "confirm-title", lead))
    })
}

/// The page that has one key of the person's prove itself.
pub(super) fn try_key(
    context: &Context,
    path: String,
    factor: &FactorId,
) -> Result<Response, Error> {
    let words = ("confirm", "try-title", "try-lead");
    show(&KeyPage { factor: factor.to_string(), ..KeyPage::new(context, path, words) })
}

/// The page of the wizard that has the key prove itself which was just enrolled.
pub(super) fn prove_key(
    context: &Context,
    factor: &FactorId,
    notice: Option<String>,
) -> Result<Response, Error> {
    show(&KeyPage {
        notice,
        then: "/enrol/recovery".to_owned(),
        factor: factor.to_string(),
        ..KeyPage::new(context, "/enrol/prove", ("prove", "prove-title", "prove-lead"))
    })
}

/// The page that has an old key prove itself, to be kept.
pub(super) fn keep_key(
    context: &Context,
    path: String,
    factor: &FactorId,
) -> Result<Response, Error> {
    let words = ("keep", "keep-key-title", "keep-key-lead");
    show(&KeyPage { factor: factor.to_string(), ..KeyPage::new(context, path, words) })
}

/// Where to go after confirming.
#[derive(Deserialize)]
pub(in crate::http) struct Then {
    #[serde(default)]
    pub(super) then: String,
}

/// Only pages of ours that ask for a confirmation; everything else leads to the account.
pub(super) fn local(then: &str) -> &str {
    let known = ["/enrol/", "/account/factors/", "/account/details/", "/inbox/"]
        .iter()
        .any(|way| then.starts_with(way))
        || then == "/activate/pin"
        || manages(then);
    let plain = then.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'-'));
    if known && plain && !then.contains("//") { then } else { "/account" }
}

/// Whether a page is one of those on which a contact person manages the organisation.
pub(super) fn manages(then: &str) -> bool {
    ["/people", "/settings"].iter().any(|page| {
        then.strip_prefix(page).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

/// What the page's script asks for options with.
#[derive(Deserialize)]
pub(in crate::http) struct Ask {
    kind: Ceremony,
    /// The one key that is meant, where it is one.
    factor: Option<String>,
}

/// `POST /login/webauthn/options`.
pub(in crate::http) async fn options(
    context: Context,
    Json(Ask { kind, factor }): Json<Ask>,
) -> Result<Response, Error> {
    let attempt = match (kind, &context.attempt) {
        (Ceremony::Check, Some(attempt)) => attempt.clone(),
        (Ceremony::Check, None) => return Err(login::Error::AttemptOver.into()),
        (Ceremony::Alone, _) => {
            let (attempt, public_key) = key::begin_alone(&context.app, &context.client).await?;
            return Ok(asked(&context, &attempt, &public_key));
        }
        (Ceremony::Confirm, _) => run::step_up(&context.app, &context.member()?.session).await?,
        (Ceremony::Prove, _) => run::prove(&context.app, &context.visitor()?.session).await?,
        (Ceremony::Keep, _) => run::keep(&context.app, &context.visitor()?.session).await?,
    };
    let only = factor.filter(|factor| !factor.is_empty());
    let only = only.as_deref().map(FactorId::parse).transpose().map_err(|_| Code::BadRequest)?;
    let public_key = key::options_of(&context.app, &attempt, only.as_ref()).await?;
    Ok(asked(&context, &attempt, &public_key))
}

/// What a key must answer in this attempt.
fn asked(context: &Context, attempt: &Token, public_key: &Value) -> Response {
    let answer = Json(json!({ "publicKey": public_key }));
    context.keep(Cookie::Attempt, attempt.expose(), answer)
}

/// What the page's script finishes with.
#[derive(Deserialize)]
pub(in crate::http) struct Finish {
    credential: Value,
    #[serde(default)]
    then: String,
}

/// `POST /login/webauthn`.
pub(in crate::http) async fn finish(
    context: Context,
    Json(Finish { credential, then }): Json<Finish>,
) -> Result<Response, Error> {
    let attempt = attempt(&context)?;
    match key::finish(&context.app, attempt, &credential).await? {
        FactorAnswer::Done(Granted::Kept) => Ok(kept(&context)),
        FactorAnswer::Done(granted) => {
            let answer = Json(json!({ "next": local(&then) }));
            context.let_in(&session(granted)?, answer).await
        }
        FactorAnswer::Refused(refusal) => Err(refusal.into()),
    }
}

/// On with setting up anew.
pub(super) fn kept(context: &Context) -> Response {
    context.drop(Cookie::Attempt, Json(json!({ "next": "/enrol/keep" })))
}

/// The log-in under way.
pub(super) fn attempt(context: &Context) -> Result<&Token, Error> {
    context.attempt.as_ref().ok_or_else(|| login::Error::AttemptOver.into())
}

/// `POST /login/cancel`: the log-in is over, in whichever browser its cookie is.
pub(in crate::http) async fn cancel(context: Context) -> Result<Response, Error> {
    if let Some(attempt) = &context.attempt {
        run::give_up(&context.app, attempt).await?;
    }
    let onward = context.home().unwrap_or("/login?notice=cancelled");
    Ok(context.drop(Cookie::Attempt, Redirect::to(onward)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn confirming_leads_only_to_our_own_pages() {
        for ours in
            ["/enrol/card", "/activate/pin", "/people", "/people/0123456789abcdef/end", "/settings"]
        {
            assert_eq!(local(ours), ours);
        }
        for evil in [
            "//evil.test",
            "https://evil.test",
            "/enrol/..%2f",
            "/enrol//evil.test",
            "/\\x",
            "/peoples",
            "/settings?x",
            "",
        ] {
            assert_eq!(local(evil), "/account", "{evil}");
        }
    }

    proptest! {
        #[test]
        fn confirming_never_leaves_this_server(then in "\\PC{0,60}") {
            prop_assert!(local(&then).starts_with('/') && !local(&then).starts_with("//"));
        }
    }
}
