//! Choosing and enrolling what a person logs in with.

use std::collections::BTreeSet;

use askama::Template;
use axum::response::{IntoResponse, Json, Redirect, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::show;
use crate::accounts;
use crate::enrolment::policy::Asked;
use crate::enrolment::run;
use crate::factors::security_key::KeyKind;
use crate::factors::{self, Evidence, Factor};
use crate::http::context::{Context, Visitor};
use crate::http::error::{Code, Error};
use crate::http::frame::Frame;
use crate::id::FactorId;
use crate::label;
use crate::organisations::Policy;
use crate::sessions::{self, Scope};
use crate::text::moment;

/// The choice between the kinds.
#[derive(Template)]
#[template(path = "enrol.html")]
struct Choice {
    f: Frame,
    /// Whether this visit can do nothing else.
    only: bool,
    /// Whether the person has shown a password and nothing more: no card is linked by that.
    password: bool,
    /// Until when it may be put off, in words.
    skip: Option<String>,
    /// What the organisation allows.
    allowed: BTreeSet<factors::Kind>,
}

impl Choice {
    fn offers(&self, kind: factors::Kind) -> bool {
        self.allowed.contains(&kind)
    }
}

/// `GET /enrol`.
pub(in crate::http) async fn choice(context: Context) -> Result<Response, Error> {
    let Visitor { session, account, .. } = context.visitor()?;
    let only = session.login.scope == Scope::EnrolOnly;
    let policy = decided(&context).await?;
    let t = context.text;
    let until = run::may_skip(session, account, &policy, context.app.clock.now());
    let skip = until.map(|end| t.with("skip-lead", "moment", moment::day_and_time(t, end)));
    let (password, allowed) = (session.login.by_password_alone(), policy.kinds);
    show(&Choice { f: context.frame("/enrol"), only, password, skip, allowed })
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

/// Leads back to the choice where the person's organisation does not allow this kind.
pub(super) async fn permitted(context: &Context, kind: factors::Kind) -> Result<(), Error> {
    if decided(context).await?.kinds.contains(&kind) {
        return Ok(());
    }
    Err(Error::new(Code::KindNotAllowed).next("/enrol"))
}

/// Enrolling a security key or passkey.
#[derive(Template)]
#[template(path = "enrol_key.html")]
struct Key {
    f: Frame,
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
    if let Some(confirm) = unconfirmed(&context, "/enrol/security-key").await? {
        return Ok(confirm);
    }
    let t = context.text;
    show(&Key {
        f: context.frame("/enrol/security-key"),
        kind: "security_key",
        factor: String::new(),
        back: "/enrol",
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
    if let Some(confirm) = unconfirmed(&context, "/enrol/passkey").await? {
        return Ok(confirm);
    }
    let t = context.text;
    show(&Key {
        f: context.frame("/enrol/passkey"),
        kind: "passkey",
        factor: String::new(),
        back: "/enrol",
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
    enrolled(&context, visitor, &factor).await
}

/// Where to go with a new factor. A first one has to prove itself by logging in with it, so the
/// visit that could only enrol ends.
pub(super) async fn enrolled(
    context: &Context,
    visitor: &Visitor,
    factor: &Factor,
) -> Result<Response, Error> {
    let Visitor { session, .. } = visitor;
    let unlisted = factor.evidence == Evidence::VerifiedUnlisted;
    match session.login.by_password_alone() {
        false => {
            let notice = match (unlisted, factor.is_relied_on()) {
                (true, _) => "enrolled-unlisted",
                (false, false) => "enrolled-untried",
                (false, true) => "enrolled",
            };
            Ok(Json(json!({ "next": format!("/account?notice={notice}") })).into_response())
        }
        true => {
            sessions::run::end(&context.app, session, &session.id).await?;
            let notice = if unlisted { "first-unlisted" } else { "first" };
            Ok(context.let_out(Json(json!({ "next": format!("/login?notice={notice}") }))))
        }
    }
}
