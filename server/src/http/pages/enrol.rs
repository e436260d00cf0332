//! Choosing and enrolling what a person logs in with.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::Query;
use axum::response::{IntoResponse, Json, Redirect, Response};
use fluent_bundle::FluentArgs;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Arrival, login, show};
use crate::accounts;
use crate::accounts::grace::days_left;
use crate::enrolment::policy::Asked;
use crate::enrolment::{self, run, wizard};
use crate::factors::phone::Medium;
use crate::factors::security_key::KeyKind;
use crate::factors::{self, Evidence, Factor};
use crate::http::context::{Context, Visitor};
use crate::http::error::{self, Code, Error};
use crate::http::frame::Frame;
use crate::id::FactorId;
use crate::label;
use crate::organisations::Policy;
use crate::text::moment;

/// Step 1 of the wizard.
#[derive(Template)]
#[template(path = "wizard.html")]
struct Introduction {
    f: Frame,
    /// Until when it may be put off, in words.
    skip: Option<String>,
}

/// The choice between the kinds.
#[derive(Template)]
#[template(path = "enrol.html")]
struct Choosing {
    f: Frame,
    /// Whether it is step 2 of the wizard: the person has shown a password and nothing more.
    wizard: bool,
    skip: Option<String>,
    /// Until when everything is set up anew, in words, and whether there is something to keep.
    anew: Option<(String, bool)>,
    choices: Vec<Choice>,
}

/// One kind that may be chosen.
struct Choice {
    id: &'static str,
    /// Where it is enrolled; nowhere yet, where something else comes first.
    href: Option<&'static str>,
    drawing: &'static str,
    name: String,
    need: String,
}

/// A kind as the choice shows it: its address, picture and words.
type Row = (factors::Kind, &'static str, &'static str, &'static str, &'static str);

/// The kinds, strongest first.
const KINDS: [Row; factors::Kind::ALL.len()] = {
    use factors::Kind::{App, Call, Card, Passkey, SecurityKey, Sms};
    let (card, app, phone) = (
        include_str!("../../../templates/drawings/card.svg"),
        include_str!("../../../templates/drawings/app.svg"),
        include_str!("../../../templates/drawings/phone.svg"),
    );
    let (key, passkey) = (
        include_str!("../../../templates/drawings/key.svg"),
        include_str!("../../../templates/drawings/passkey.svg"),
    );
    [
        (SecurityKey, "security-key", "/enrol/security-key", key, "security-key"),
        (Passkey, "passkey", "/enrol/passkey", passkey, "passkey"),
        (Card, "card", "/enrol/card", card, "card"),
        (App, "app", "/enrol/app", app, "app"),
        (Sms, "sms", "/enrol/sms", phone, "sms"),
        (Call, "call", "/enrol/call", phone, "call"),
    ]
};

/// `GET /enrol`: where the wizard begins; for who has a second factor, what may be added.
pub(in crate::http) async fn begin(context: Context) -> Result<Response, Error> {
    if !context.visitor()?.session.login.by_password_alone() {
        return choice(context).await;
    }
    if anew(&context).await?.is_some() {
        return choice(context).await;
    }
    let skip = skippable(&context).await?;
    show(&Introduction { f: context.frame("/enrol"), skip })
}

/// `GET /enrol/choose`.
pub(in crate::http) async fn choice(context: Context) -> Result<Response, Error> {
    let wizard = context.visitor()?.session.login.by_password_alone();
    let t = context.text;
    let allowed = allowed(&context).await?;
    let anew = anew(&context).await?;
    let choices = KINDS.into_iter().filter(|(kind, ..)| allowed.contains(kind)).map(
        |(kind, id, href, drawing, key)| {
            // With a password alone a card is linked by number and PIN; not by who sets up anew.
            let first = wizard && kind == factors::Kind::Card;
            let href = if first { "/activate/card" } else { href };
            let need = match (first, anew.is_some()) {
                (true, true) => "need-first",
                (true, false) => "need-pin",
                (false, _) => "need",
            };
            let need = t.of(&format!("{key}.{need}"));
            let href = (!first || anew.is_none()).then_some(href);
            Choice { id, href, drawing, name: t.of(key), need }
        },
    );
    let choices = choices.collect();
    let skip = skippable(&context).await?;
    show(&Choosing { f: context.frame("/enrol/choose"), wizard, skip, anew, choices })
}

/// Until when the second factor may be put off, in words.
pub(super) async fn skippable(context: &Context) -> Result<Option<String>, Error> {
    let session = &context.visitor()?.session;
    let Some(until) = run::skippable(&context.app, session).await? else { return Ok(None) };
    let t = context.text;
    let now = context.app.clock.now();
    let mut args = FluentArgs::new();
    args.set("days", days_left(now, until));
    args.set("moment", moment::day_and_time(t, until));
    Ok(Some(t.filled("skip-lead", &args)))
}

/// `GET /enrol/prove`: what was enrolled in the wizard is used once, and counts from then on.
pub(in crate::http) async fn prove(
    context: Context,
    Query(arrival): Query<Arrival>,
) -> Result<Response, Error> {
    let session = &context.visitor()?.session;
    match run::wizard(&context.app, session).await? {
        wizard::State::Proving(factor) => {
            login::prove_key(&context, &factor, arrival.notice(context.text))
        }
        wizard::State::Choosing
        | wizard::State::Making
        | wizard::State::Keeping
        | wizard::State::Over => Ok(Redirect::to("/enrol").into_response()),
    }
}

/// Until when everything is set up anew, in words, and whether there is something to keep.
async fn anew(context: &Context) -> Result<Option<(String, bool)>, Error> {
    let session = &context.visitor()?.session;
    if !session.login.by_password_alone() {
        return Ok(None);
    }
    let anew = enrolment::anew::standing(&context.app, session).await?;
    let t = context.text;
    Ok(anew.map(|anew| {
        let lead = t.with("enrol-anew", "moment", moment::day_and_time(t, anew.until));
        (lead, !anew.suspended.is_empty() || !anew.kept.is_empty())
    }))
}

/// Whether the page belongs to step 2 of the wizard.
pub(super) fn in_wizard(context: &Context) -> Result<bool, Error> {
    Ok(context.visitor()?.session.login.by_password_alone())
}

/// What the person's organisation decided.
async fn decided(context: &Context) -> Result<Policy, Error> {
    let organisation = &context.visitor()?.organisation.id;
    Ok(accounts::run::policy(&context.app, organisation).await?)
}

/// `POST /enrol/skip`: on without a second factor, where nobody is forced to have one.
pub(in crate::http) async fn skip(context: Context) -> Result<Response, Error> {
    let token = run::skip(&context.app, &context.visitor()?.session).await?;
    context.let_in(&token, Redirect::to("/account")).await
}

/// The kinds that the person's organisation allows, and that this server has a way for.
async fn allowed(context: &Context) -> Result<BTreeSet<factors::Kind>, Error> {
    let mut kinds = decided(context).await?.kinds;
    for medium in Medium::ALL {
        if !enrolment::phone::is_offered(&context.app, medium) {
            kinds.remove(&medium.kind());
        }
    }
    Ok(kinds)
}

/// Leads back to the choice where the person's organisation does not allow this kind.
pub(super) async fn permitted(context: &Context, kind: factors::Kind) -> Result<(), Error> {
    if allowed(context).await?.contains(&kind) {
        return Ok(());
    }
    Err(Error::new(Code::KindNotAllowed).next("/enrol"))
}

/// Enrolling a security key or passkey.
#[derive(Template)]
#[template(path = "enrol_key.html")]
struct Key {
    f: Frame,
    /// Whether it is step 2 of the wizard.
    wizard: bool,
    kind: &'static str,
    /// The one key that is meant, where it is one.
    factor: String,
    title: String,
    lead: String,
    name: String,
    /// Where 'Cancel' leads.
    back: &'static str,
    ready: String,
    waiting: String,
    action: String,
}

/// `GET /enrol/security-key`.
pub(in crate::http) async fn security_key(context: Context) -> Result<Response, Error> {
    permitted(&context, factors::Kind::SecurityKey).await?;
    if let Some(confirm) = unready(&context, "/enrol/security-key", Road::Beginning).await? {
        return Ok(confirm);
    }
    let t = context.text;
    show(&Key {
        f: context.frame("/enrol/security-key"),
        wizard: in_wizard(&context)?,
        kind: "security_key",
        factor: String::new(),
        back: "/enrol/choose",
        title: t.of("enrol-security-key-title"),
        lead: t.of("enrol-security-key-lead"),
        name: t.of("default-name-security-key"),
        ready: t.of("enrol-security-key-ready"),
        waiting: t.of("enrol-security-key-waiting"),
        action: t.of("enrol-security-key-action"),
    })
}

/// `GET /enrol/passkey`.
pub(in crate::http) async fn passkey(context: Context) -> Result<Response, Error> {
    permitted(&context, factors::Kind::Passkey).await?;
    if let Some(confirm) = unready(&context, "/enrol/passkey", Road::Beginning).await? {
        return Ok(confirm);
    }
    let t = context.text;
    show(&Key {
        f: context.frame("/enrol/passkey"),
        wizard: in_wizard(&context)?,
        kind: "passkey",
        factor: String::new(),
        back: "/enrol/choose",
        title: t.of("enrol-passkey-title"),
        lead: t.of("enrol-passkey-lead"),
        name: t.of("default-name-passkey"),
        ready: t.of("enrol-passkey-ready"),
        waiting: t.of("enrol-passkey-waiting"),
        action: t.of("enrol-passkey-action"),
    })
}

/// The page on which a security key becomes a passkey too, under the name it has.
pub(super) fn upgrade(
    context: &Context,
    path: String,
    factor: &FactorId,
    name: String,
) -> Result<Response, Error> {
    let t = context.text;
    show(&Key {
        f: context.frame(path),
        wizard: false,
        kind: "passkey",
        factor: factor.to_string(),
        back: "/account",
        title: t.of("upgrade-title"),
        lead: t.of("upgrade-lead"),
        name,
        ready: t.of("upgrade-ready"),
        waiting: t.of("upgrade-waiting"),
        action: t.of("upgrade-action"),
    })
}

/// The way to the page that asks for a key or card once more, where the last proof is too old.
pub(super) async fn unconfirmed(context: &Context, then: &str) -> Result<Option<Response>, Error> {
    let session = &context.visitor()?.session;
    if session.login.by_password_alone() {
        return Ok(None);
    }
    let factors = accounts::run::factors(&context.app, session).await?;
    let (now, policy) = (context.app.clock.now(), &context.app.config.sessions);
    let asked = !Asked::of(&factors).is_met(session, now, policy);
    Ok(asked.then(|| Redirect::to(&format!("/confirm?then={then}")).into_response()))
}

/// How far a road to something new is.
pub(super) enum Road {
    /// Nothing is begun.
    Beginning,
    /// Something was begun in this session, and is finished however long that takes.
    Begun,
}

/// As [`unconfirmed`], on a road to something new: with a password alone, the way to the page that asks it once
/// more before one begins.
pub(super) async fn unready(
    context: &Context,
    then: &str,
    road: Road,
) -> Result<Option<Response>, Error> {
    let session = &context.visitor()?.session;
    match (session.login.by_password_alone(), road) {
        (false, _) => unconfirmed(context, then).await,
        (true, Road::Begun) => Ok(None),
        (true, Road::Beginning) => {
            let asked = run::asks_password(&context.app, session).await?;
            let again = format!("{}?then={then}", error::PASSWORD_AGAIN);
            Ok(asked.then(|| Redirect::to(&again).into_response()))
        }
    }
}

/// As [`unconfirmed`], where a code never suffices: who has nothing stronger is led to adding it.
pub(super) async fn weakly_confirmed(
    context: &Context,
    then: &str,
) -> Result<Option<Response>, Error> {
    let session = &context.member()?.session;
    if session.is_fresh(context.app.clock.now(), &context.app.config.sessions) {
        return Ok(None);
    }
    let factors = accounts::run::factors(&context.app, session).await?;
    let onward = match Asked::of(&factors) {
        Asked::Strong => format!("/confirm?then={then}"),
        Asked::Any => "/enrol".to_owned(),
    };
    Ok(Some(Redirect::to(&onward).into_response()))
}

/// Which kind the page's script asks options for.
#[derive(Deserialize)]
pub(in crate::http) struct Ask {
    kind: Kind,
    /// The security key that is to become a passkey too, where it is one.
    factor: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    SecurityKey,
    Passkey,
}

/// `POST /enrol/webauthn/options`.
pub(in crate::http) async fn options(
    context: Context,
    Json(Ask { kind, factor }): Json<Ask>,
) -> Result<Response, Error> {
    let (kind, page) = match kind {
        Kind::SecurityKey => (KeyKind::SecurityKey, "/enrol/security-key"),
        Kind::Passkey => (KeyKind::Passkey, "/enrol/passkey"),
    };
    let session = &context.visitor()?.session;
    let (page, asked) = match factor.filter(|factor| !factor.is_empty()) {
        Some(factor) => {
            let factor = FactorId::parse(&factor).map_err(|_| Code::NoSuchFactor)?;
            let page = format!("/account/factors/{factor}/upgrade");
            (page, run::upgrade_options(&context.app, session, &factor).await)
        }
        None => (page.to_owned(), run::key_options(&context.app, session, kind).await),
    };
    let public_key = asked.map_err(|error| Error::from(error).after_confirming(&page))?;
    Ok(Json(json!({ "publicKey": public_key })).into_response())
}

/// The new credential, and what its owner calls it.
#[derive(Deserialize)]
pub(in crate::http) struct Finish {
    credential: Value,
    name: String,
    /// Where to go on where it is a further one: to trying it, where the page says so.
    #[serde(default)]
    then: String,
}

/// `POST /enrol/webauthn`.
pub(in crate::http) async fn finish(
    context: Context,
    Json(Finish { credential, name, then }): Json<Finish>,
) -> Result<Response, Error> {
    let visitor = context.visitor()?;
    let name = label::parse(&name, run::MAX_NAME).ok_or(Code::BadName)?;
    let factor = run::key(&context.app, &visitor.session, &credential, &name).await?;
    if then == "try" && !visitor.session.login.by_password_alone() {
        let next = format!("/account/factors/{}/try", factor.id);
        return Ok(Json(json!({ "next": next })).into_response());
    }
    Ok(enrolled(visitor, &factor))
}

/// Where to go with a new factor. A first one has to prove itself before it counts: in the wizard, at once.
pub(super) fn enrolled(visitor: &Visitor, factor: &Factor) -> Response {
    let unlisted = factor.evidence == Evidence::VerifiedUnlisted;
    let next = match (visitor.session.login.by_password_alone(), unlisted) {
        (true, true) => "/enrol/prove?notice=first-unlisted",
        (true, false) => "/enrol/prove?notice=first",
        (false, true) => "/account?notice=enrolled-unlisted",
        (false, false) if factor.is_relied_on() => "/account?notice=enrolled",
        (false, false) => "/account?notice=enrolled-untried",
    };
    Json(json!({ "next": next })).into_response()
}
