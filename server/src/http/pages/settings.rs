//! Instellingen, Algemeen: what an organisation decides for its people; for contact persons.

use std::collections::BTreeSet;
use std::time::Duration;

use askama::Template;
use axum::extract::{Form, Query};
use axum::response::{IntoResponse, Redirect, Response};
use fluent_bundle::FluentArgs;
use serde::Deserialize;

use super::account::kind_key;
use super::people::contact;
use super::{Arrival, Problem, enrol, show};
use crate::administration;
use crate::administration::settings::{self, Choice};
use crate::factors::Kind;
use crate::http::context::{Context, Visitor};
use crate::http::error::{self, Code, Error};
use crate::http::frame::Frame;
use crate::organisations::{Anchor, CardType, Planned, Proof, Registered, Unfit};
use crate::text::{Text, moment};
use crate::uzi::roles::Pattern;

#[derive(Template)]
#[template(path = "settings.html")]
struct Page {
    f: Frame,
    notice: Option<String>,
    problem: Option<Problem>,
    /// Until when nobody is forced, in words.
    unforced: Option<String>,
    kinds: Vec<Tick>,
    kinds_error: Option<String>,
    types: Vec<Tick>,
    types_error: Option<String>,
    roles: String,
    roles_error: Option<String>,
    beside: bool,
    backup: bool,
    grace: String,
    grace_error: Option<String>,
    block: String,
    block_hint: String,
    block_error: Option<String>,
    email: String,
    address: String,
    telephone: String,
    /// What of that, and of who answers for it, is to change.
    planned: Vec<Waiting>,
}

/// A change that waits, in words.
struct Waiting {
    anchor: &'static str,
    words: String,
    /// Whether it was proven at the new place, where it has to be, in words.
    proof: Option<String>,
}

/// One box to tick.
struct Tick {
    value: &'static str,
    text: String,
    ticked: bool,
}

/// What the form sends. A box that is not ticked is not sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Filled {
    kinds: BTreeSet<Kind>,
    types: BTreeSet<CardType>,
    roles: String,
    beside: bool,
    backup: bool,
    grace: String,
    block: String,
}

impl Filled {
    /// Reads the fields of the form; what no form of ours sends is left out.
    fn read(fields: Vec<(String, String)>) -> Self {
        let mut filled = Self::default();
        for (name, value) in fields {
            match name.as_str() {
                "kind" => filled.kinds.extend(Kind::parse(&value)),
                "type" => filled.types.extend(CardType::parse(&value)),
                "roles" => filled.roles = value,
                "beside" => filled.beside = true,
                "backup" => filled.backup = true,
                "grace" => filled.grace = value,
                "block" => filled.block = value,
                _ => {}
            }
        }
        filled
    }

    /// What it chooses.
    ///
    /// Errors: the first field that cannot be understood.
    fn choice(&self) -> Result<Choice, Field> {
        let words = self.roles.split([',', ';', ' ', '\n', '\r']).filter(|word| !word.is_empty());
        let card_roles = words.map(Pattern::parse).collect::<Result<_, _>>();
        let password_block = match self.block.trim() {
            "" => Ok(None),
            text => text
                .parse::<u32>()
                .map(|minutes| Some(Duration::from_secs(u64::from(minutes) * 60)))
                .map_err(|_| Field::Block),
        };
        let card_roles = card_roles.map_err(|_| Field::Roles)?;
        Ok(Choice {
            codes_beside_strong: self.beside,
            backup_email: self.backup,
            grace_days: self.grace.trim().parse().map_err(|_| Field::Grace)?,
            kinds: self.kinds.clone(),
            card_types: self.types.clone(),
            card_roles,
            password_block: password_block?,
        })
    }
}

/// The field to mend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Kinds,
    Types,
    Roles,
    Grace,
    Block,
}

impl From<Unfit> for Field {
    fn from(unfit: Unfit) -> Self {
        match unfit {
            Unfit::NothingStrong => Self::Kinds,
            Unfit::NoCardType => Self::Types,
            Unfit::Roles => Self::Roles,
            Unfit::Grace => Self::Grace,
            Unfit::Block => Self::Block,
        }
    }
}

impl Field {
    const fn id(self) -> &'static str {
        match self {
            Self::Kinds => "kinds",
            Self::Types => "types",
            Self::Roles => "roles",
            Self::Grace => "grace",
            Self::Block => "block",
        }
    }

    const fn text_key(self) -> &'static str {
        match self {
            Self::Kinds => "settings-kinds-wrong",
            Self::Types => "settings-types-wrong",
            Self::Roles => "settings-roles-wrong",
            Self::Grace => "settings-grace-wrong",
            Self::Block => "settings-block-wrong",
        }
    }
}

/// `GET /settings`.
pub(in crate::http) async fn page(
    context: Context,
    Query(arrival): Query<Arrival>,
) -> Result<Response, Error> {
    let Visitor { .. } = contact(&context)?;
    if let Some(confirm) = enrol::weakly_confirmed(&context, "/settings").await? {
        return Ok(confirm);
    }
    let notice = arrival.notice(context.text);
    show(&filled_page(&context, notice, None).await?)
}

/// The page, with what is decided or, after a mistake, with what was filled in.
async fn filled_page(
    context: &Context,
    notice: Option<String>,
    mistake: Option<(Filled, Field)>,
) -> Result<Page, Error> {
    let Visitor { account, session, .. } = contact(context)?;
    let overview = settings::overview(&context.app, account, session).await;
    let overview = overview.map_err(|error| Error::from(error).after_confirming("/settings"))?;
    let (t, now) = (context.text, context.app.clock.now());
    let policy = &overview.policy;
    let (filled, wrong) = match mistake {
        Some((filled, field)) => (filled, Some(field)),
        None => {
            let roles: Vec<_> = policy.card_roles.iter().map(ToString::to_string).collect();
            let block = policy.password_block.map(|block| (block.as_secs() / 60).to_string());
            let (kinds, types) = (policy.kinds.clone(), policy.card_types.clone());
            let (roles, block) = (roles.join(", "), block.unwrap_or_default());
            let (beside, backup) = (policy.codes_beside_strong, policy.backup_email);
            let grace = policy.grace_days.to_string();
            (Filled { kinds, types, roles, beside, backup, grace, block }, None)
        }
    };
    let error = |field: Field| (wrong == Some(field)).then(|| t.of(field.text_key()));
    let Registered { email, address } = overview.registered;
    let none = || t.of("settings-not-recorded");
    Ok(Page {
        f: context.frame("/settings"),
        notice,
        problem: wrong.map(|field| Problem {
            title: t.of("settings-not-saved"),
            detail: t.detail("settings-not-saved"),
            field: Some(field.id()),
        }),
        unforced: policy
            .not_forced_until
            .filter(|_| !policy.forces(now))
            .map(|end| t.with("settings-unforced", "moment", moment::day_and_time(t, end))),
        kinds: kind_boxes(t, &filled.kinds),
        kinds_error: error(Field::Kinds),
        types: type_boxes(t, &filled.types),
        types_error: error(Field::Types),
        roles: filled.roles,
        roles_error: error(Field::Roles),
        beside: filled.beside,
        backup: filled.backup,
        grace: filled.grace,
        grace_error: error(Field::Grace),
        block: filled.block,
        block_hint: block_hint(t, context.app.config.lockout.block),
        block_error: error(Field::Block),
        email: email.map_or_else(none, |email| email.as_str().to_owned()),
        address: address.map_or_else(none, |address| address.to_string()),
        telephone: overview.telephone.map_or_else(none, |number| number.as_str().to_owned()),
        planned: overview.planned.into_iter().map(|change| waiting(t, change)).collect(),
    })
}

fn waiting(t: Text, change: Planned) -> Waiting {
    let proof = match (change.anchor.proof(), change.proven_at) {
        (Proof::None, _) => None,
        (Proof::Link, Some(_)) => Some("settings-proven"),
        (Proof::Link, None) => Some("settings-unproven"),
        (Proof::LogIn, Some(_)) => Some("settings-main-proven"),
        (Proof::LogIn, None) => Some("settings-main-unproven"),
    };
    let mut args = FluentArgs::new();
    args.set("what", change.anchor.as_str());
    args.set("to", change.shown);
    args.set("moment", moment::day_and_time(t, change.starts_at));
    Waiting {
        anchor: change.anchor.as_str(),
        words: t.filled("settings-planned", &args),
        proof: proof.map(|key| t.of(key)),
    }
}

fn kind_boxes(t: Text, ticked: &BTreeSet<Kind>) -> Vec<Tick> {
    let kind = |kind: Kind| Tick {
        value: kind.as_str(),
        text: t.of(kind_key(kind)),
        ticked: ticked.contains(&kind),
    };
    Kind::ALL.into_iter().map(kind).collect()
}

fn type_boxes(t: Text, ticked: &BTreeSet<CardType>) -> Vec<Tick> {
    let card = |kind: CardType| Tick {
        value: kind.letter(),
        text: t.of(match kind {
            CardType::CareProvider => "settings-type-z",
            CardType::NamedEmployee => "settings-type-n",
        }),
        ticked: ticked.contains(&kind),
    };
    CardType::ALL.into_iter().map(card).collect()
}

fn block_hint(t: Text, server: Duration) -> String {
    if server.is_zero() {
        return t.of("settings-block-hint-never");
    }
    t.with("settings-block-hint", "minutes", (server.as_secs() / 60).to_string())
}

/// `POST /settings`.
pub(in crate::http) async fn save(
    context: Context,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let Visitor { session, .. } = contact(&context)?;
    let filled = Filled::read(fields);
    let choice = match filled.choice() {
        Ok(choice) => choice,
        Err(field) => return wrong(&context, filled, field).await,
    };
    match settings::choose(&context.app, session, choice).await {
        Ok(()) => Ok(Redirect::to("/settings?notice=settings-saved").into_response()),
        Err(administration::Error::Unfit(unfit)) => wrong(&context, filled, unfit.into()).await,
        Err(error) => Err(Error::from(error).after_confirming("/settings")),
    }
}

/// Which change is to be stopped.
#[derive(Deserialize)]
pub(in crate::http) struct Stopped {
    #[serde(default)]
    anchor: String,
}

/// `POST /settings/registered/stop`.
pub(in crate::http) async fn stop(
    context: Context,
    Form(Stopped { anchor }): Form<Stopped>,
) -> Result<Response, Error> {
    let Visitor { session, .. } = contact(&context)?;
    let anchor = Anchor::parse(&anchor).ok_or(Code::BadRequest)?;
    let stopped = settings::stop(&context.app, session, anchor).await;
    let stopped = stopped.map_err(|error| Error::from(error).after_confirming("/settings"))?;
    let onward = if stopped { "/settings?notice=stopped" } else { "/settings?notice=not-planned" };
    Ok(Redirect::to(onward).into_response())
}

/// The form again, with what was filled in and what is wrong with it.
async fn wrong(context: &Context, filled: Filled, field: Field) -> Result<Response, Error> {
    let page = show(&filled_page(context, None, Some((filled, field))).await?)?;
    Ok(error::written(Code::Incomplete, page))
}

#[derive(Template)]
#[template(path = "unforce.html")]
struct Unforce {
    f: Frame,
    problem: Option<Problem>,
    hours: String,
    hours_error: Option<String>,
}

/// `GET /settings/second-factor`: for how long nobody is to be forced.
pub(in crate::http) async fn ask_unforce(context: Context) -> Result<Response, Error> {
    let Visitor { .. } = contact(&context)?;
    let path = "/settings/second-factor";
    if let Some(confirm) = enrol::weakly_confirmed(&context, path).await? {
        return Ok(confirm);
    }
    show(&Unforce {
        f: context.frame(path),
        problem: None,
        hours: String::new(),
        hours_error: None,
    })
}

/// For how many hours; nothing: forced again, now.
#[derive(Deserialize)]
pub(in crate::http) struct Hours {
    hours: Option<String>,
}

/// `POST /settings/second-factor`.
pub(in crate::http) async fn unforce(
    context: Context,
    Form(Hours { hours }): Form<Hours>,
) -> Result<Response, Error> {
    let Visitor { session, .. } = contact(&context)?;
    let path = "/settings/second-factor";
    let confirm = |error| Error::from(error).after_confirming(path);
    let Some(hours) = hours else {
        settings::force(&context.app, session).await.map_err(confirm)?;
        return Ok(Redirect::to("/settings?notice=forced").into_response());
    };
    let most = context.app.config.times.not_forced.as_secs() / HOUR;
    match hours.trim().parse::<u64>() {
        Ok(number) if (1..=most).contains(&number) => {
            let time = Duration::from_secs(number * HOUR);
            settings::stop_forcing(&context.app, session, time).await.map_err(confirm)?;
            Ok(Redirect::to("/settings?notice=unforced").into_response())
        }
        Ok(_) | Err(_) => {
            let t = context.text;
            let page = show(&Unforce {
                f: context.frame(path),
                problem: Some(Problem {
                    title: t.of("unforce-wrong"),
                    detail: t.detail("unforce-wrong"),
                    field: Some("hours"),
                }),
                hours,
                hours_error: Some(t.of("unforce-hours-wrong")),
            })?;
            Ok(error::written(Code::Incomplete, page))
        }
    }
}

const HOUR: u64 = 60 * 60;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(fields: &[(&str, &str)]) -> Filled {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Filled::read(fields.iter().map(own).collect())
    }

    #[test]
    fn a_form_is_read_as_it_was_filled_in() {
        let filled = read(&[
            ("csrf", "x"),
            ("kind", "passkey"),
            ("kind", "card"),
            ("kind", "pigeon"),
            ("type", "Z"),
            ("roles", "01.015; 30.*\r\n"),
            ("grace", " 7"),
            ("block", " 45 "),
        ]);
        let choice = filled.choice().unwrap();
        assert_eq!(choice.kinds, [Kind::Passkey, Kind::Card].into());
        assert_eq!(choice.card_types, [CardType::CareProvider].into());
        assert_eq!((choice.card_roles.len(), choice.grace_days), (2, 7));
        assert!(
            !choice.codes_beside_strong && !choice.backup_email,
            "a box that is not ticked is not sent"
        );
        assert_eq!(choice.password_block, Some(Duration::from_secs(45 * 60)));
    }

    #[test]
    fn what_cannot_be_understood_names_its_field() {
        assert_eq!(read(&[("roles", "huisarts")]).choice().err(), Some(Field::Roles));
        for grace in ["", "twee weken", "-1", "99999999999"] {
            assert_eq!(read(&[("grace", grace)]).choice().err(), Some(Field::Grace), "{grace}");
        }
        for block in ["een uur", "-1", "1.5", "99999999999"] {
            let wrong = read(&[("grace", "1"), ("block", block)]).choice().err();
            assert_eq!(wrong, Some(Field::Block), "{block}");
        }
    }

    proptest! {
        #[test]
        fn no_form_makes_it_panic(roles in "\\PC{0,40}", block in "\\PC{0,20}", kind in "\\PC{0,9}") {
            let fields = [("roles", &*roles), ("block", &block), ("grace", &block), ("kind", &kind)];
            let _ = read(&fields).choice();
        }
    }
}
