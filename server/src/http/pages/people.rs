//! Gebruikersbeheer: the colleagues, and one of them; for contact persons.

use askama::Template;
use axum::extract::{Form, Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::account::kind_key;
use super::{Arrival, Problem, enrol, show};
use crate::accounts::Role;
use crate::administration::people::{self, Mark, Person, Place};
use crate::administration::{self, colleagues};
use crate::authorisations;
use crate::http::context::{Context, Visitor};
use crate::http::error::{self, Code, Error};
use crate::http::frame::Frame;
use crate::id::AccountId;
use crate::lockout::Block;
use crate::text::moment;

/// Whoever is logged in, as a contact person.
pub(super) fn contact(context: &Context) -> Result<&Visitor, Error> {
    let visitor = context.member()?;
    match visitor.account.role {
        Role::ContactPerson => Ok(visitor),
        Role::Colleague => Err(Code::ContactPersonOnly.into()),
    }
}

/// What went wrong, with the way to confirming where that is all that is missing.
pub(super) fn refused(error: administration::Error, then: &str) -> Error {
    Error::from(error).after_confirming(then)
}

#[derive(Template)]
#[template(path = "people.html")]
struct List {
    f: Frame,
    notice: Option<String>,
    search: String,
    /// Who asks for a new PIN.
    asking: Vec<Asking>,
    people: Vec<Line>,
    /// The address of the page before this one.
    previous: Option<String>,
    /// The address of the page behind it.
    next: Option<String>,
}

/// One colleague in the list, in words.
struct Line {
    id: String,
    name: String,
    username: String,
    contact: bool,
}

/// Who asks for a new PIN, in words.
struct Asking {
    id: String,
    name: String,
    since: String,
}

/// What is looked for, and where in the list.
#[derive(Deserialize)]
pub(in crate::http) struct Asked {
    #[serde(default)]
    search: String,
    after: Option<String>,
    before: Option<String>,
    notice: Option<String>,
}

/// `GET /people`.
pub(in crate::http) async fn list(
    context: Context,
    Query(Asked { search, after, before, notice }): Query<Asked>,
) -> Result<Response, Error> {
    let Visitor { account, session, .. } = contact(&context)?;
    if let Some(confirm) = enrol::weakly_confirmed(&context, "/people").await? {
        return Ok(confirm);
    }
    let mark = |text: Option<String>| text.as_deref().and_then(Mark::parse);
    let place = match (mark(after), mark(before)) {
        (Some(mark), _) => Place::After(mark),
        (None, Some(mark)) => Place::Before(mark),
        (None, None) => Place::Start,
    };
    let page = people::list(&context.app, (account, session), &search, &place).await;
    let page = page.map_err(|error| refused(error, "/people"))?;
    let asking = people::asking(&context.app, (account, session)).await;
    let asking = asking.map_err(|error| refused(error, "/people"))?;
    let t = context.text;
    let asks = |asks: people::Asking| Asking {
        id: asks.id.to_string(),
        name: asks.name,
        since: moment::day_and_time(t, asks.since),
    };
    let people = page.colleagues.into_iter().map(|colleague| Line {
        id: colleague.id.to_string(),
        name: colleague.name,
        username: colleague.username,
        contact: colleague.role == Role::ContactPerson,
    });
    show(&List {
        f: context.frame(address(&search, None)),
        notice: Arrival::named(notice).notice(context.text),
        asking: asking.into_iter().map(asks).collect(),
        people: people.collect(),
        previous: page.previous.map(|mark| address(&search, Some(("before", &mark)))),
        next: page.next.map(|mark| address(&search, Some(("after", &mark)))),
        search,
    })
}

/// The address of a part of the list.
fn address(search: &str, place: Option<(&str, &Mark)>) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    if !search.is_empty() {
        query.append_pair("search", search);
    }
    if let Some((name, mark)) = place {
        query.append_pair(name, &mark.to_text());
    }
    match query.finish() {
        none if none.is_empty() => "/people".to_owned(),
        query => format!("/people?{query}"),
    }
}

#[derive(Template)]
#[template(path = "person.html")]
struct Shown {
    f: Frame,
    notice: Option<String>,
    id: String,
    name: String,
    username: String,
    role: String,
    last_log_in: String,
    /// What the person logs in with, in words.
    factors: Vec<String>,
    /// What the person may do in the services behind this server; nothing where none is configured.
    may: Option<Vec<String>>,
    /// Until when password log-in is blocked, in words.
    blocked: Option<String>,
    pin_blocked: bool,
    /// How codes are blocked, in words.
    codes_blocked: Option<String>,
    /// Since when the person asks for a new PIN, in words.
    asks: Option<String>,
    /// Until when an access code works, in words.
    access: Option<String>,
    /// Until when the second factor is waived, in words.
    waived: Option<String>,
    /// Whether the page on waivers has something to say: contact persons have none.
    waivable: bool,
    number: String,
    masked: bool,
    oneself: bool,
    main: bool,
    contact: bool,
}

/// `GET /people/{id}`.
pub(in crate::http) async fn person(
    context: Context,
    Path(id): Path<String>,
    Query(arrival): Query<Arrival>,
) -> Result<Response, Error> {
    let path = format!("/people/{id}");
    let person = match find(&context, &id, &path).await? {
        Ok(person) => person,
        Err(confirm) => return Ok(confirm),
    };
    let t = context.text;
    let now = context.app.clock.now();
    let blocked = |until: &str, closed: &str, block: Block| match block {
        Block::Until(end) => t.with(until, "moment", moment::when(t, end, now)),
        Block::Closed => t.of(closed),
    };
    let may = authorisations::run::of(&context.app, &person.account.id).await?;
    let may = may.iter().map(|one| one.name.of(t.language()).to_owned()).collect();
    let had = person.factors.iter().filter(|(_, count)| *count > 0);
    show(&Shown {
        f: context.frame(path),
        notice: arrival.notice(t),
        id: person.account.id.to_string(),
        role: t.of(role_key(&person)),
        may: (!context.app.config.authorisations.is_empty()).then_some(may),
        last_log_in: match person.last_log_in {
            Some(at) => moment::day_and_time(t, at),
            None => t.of("person-never"),
        },
        factors: had
            .map(|(kind, count)| match count {
                1 => t.of(kind_key(*kind)),
                count => format!("{} ({count})", t.of(kind_key(*kind))),
            })
            .collect(),
        blocked: person
            .password_block
            .map(|block| blocked("person-blocked-until", "person-blocked-closed", block)),
        codes_blocked: person
            .codes_block
            .map(|block| blocked("person-codes-until", "person-codes-closed", block)),
        asks: person
            .asks
            .map(|since| t.with("person-asks.detail", "moment", moment::day_and_time(t, since))),
        access: person
            .access
            .map(|until| t.with("person-access-until", "moment", moment::day_and_time(t, until))),
        waived: person.waiver.map(|waiver| {
            t.with("person-waived-until", "moment", moment::day_and_time(t, waiver.ends_at))
        }),
        waivable: person.waiver.is_none() && person.account.role == Role::Colleague,
        masked: person.number.is_none(),
        number: person.number.unwrap_or_else(|| person.account.number.masked()),
        pin_blocked: person.pin_block.is_some(),
        oneself: person.oneself,
        main: person.main,
        contact: person.account.role == Role::ContactPerson,
        name: person.account.name,
        username: person.account.username.to_string(),
    })
}

fn role_key(person: &Person) -> &'static str {
    match (person.account.role, person.main) {
        (Role::ContactPerson, true) => "role-main-contact",
        (Role::ContactPerson, false) => "role-contact",
        (Role::Colleague, _) => "role-colleague",
    }
}

/// The colleague a page is about, or the way to confirming first.
pub(super) async fn find(
    context: &Context,
    id: &str,
    path: &str,
) -> Result<Result<Person, Response>, Error> {
    let Visitor { account, session, .. } = contact(context)?;
    let id = known(id)?;
    if let Some(confirm) = enrol::weakly_confirmed(context, path).await? {
        return Ok(Err(confirm));
    }
    let person = people::person(&context.app, (account, session), &id).await;
    person.map(Ok).map_err(|error| refused(error, path))
}

/// What may be the id of somebody; what cannot be is nobody's.
pub(super) fn known(id: &str) -> Result<AccountId, Error> {
    AccountId::parse(id).map_err(|_| Code::NoSuchColleague.into())
}

/// Back to a colleague, with a notice.
pub(super) fn back(id: &AccountId, notice: &str) -> Response {
    Redirect::to(&format!("/people/{id}?notice={notice}")).into_response()
}

/// `POST /people/{id}/unblock`.
pub(in crate::http) async fn unblock(
    context: Context,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    let Visitor { session, .. } = contact(&context)?;
    let id = known(&id)?;
    let lifted = colleagues::unblock(&context.app, session, &id).await;
    let lifted = lifted.map_err(|error| refused(error, &format!("/people/{id}")))?;
    Ok(back(&id, if lifted { "unblocked" } else { "not-blocked" }))
}

#[derive(Template)]
#[template(path = "rename.html")]
struct Rename {
    f: Frame,
    problem: Option<Problem>,
    id: String,
    current: String,
    name: String,
    name_error: Option<String>,
}

/// `GET /people/{id}/rename`.
pub(in crate::http) async fn ask_rename(
    context: Context,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    let path = format!("/people/{id}/rename");
    let person = match find(&context, &id, &path).await? {
        Ok(person) => person,
        Err(confirm) => return Ok(confirm),
    };
    show(&Rename {
        f: context.frame(path),
        problem: None,
        id,
        name: person.account.name.clone(),
        current: person.account.name,
        name_error: None,
    })
}

/// The new name.
#[derive(Deserialize)]
pub(in crate::http) struct Named {
    #[serde(default)]
    name: String,
}

/// `POST /people/{id}/rename`.
pub(in crate::http) async fn rename(
    context: Context,
    Path(id): Path<String>,
    Form(Named { name }): Form<Named>,
) -> Result<Response, Error> {
    let Visitor { account, session, .. } = contact(&context)?;
    let (id, path) = (known(&id)?, format!("/people/{id}/rename"));
    match colleagues::rename(&context.app, session, &id, &name).await {
        Ok(()) => Ok(back(&id, "renamed")),
        Err(administration::Error::Name) => {
            let person = people::person(&context.app, (account, session), &id).await;
            let person = person.map_err(|error| refused(error, &path))?;
            let t = context.text;
            let page = show(&Rename {
                f: context.frame(path),
                problem: Some(Problem {
                    title: t.of("person-name-wrong"),
                    detail: t.detail("person-name-wrong"),
                    field: Some("name"),
                }),
                id: id.to_string(),
                current: person.account.name,
                name_error: Some(t.of("person-name-field")),
                name,
            })?;
            Ok(error::written(Code::Incomplete, page))
        }
        Err(error) => Err(refused(error, &path)),
    }
}

/// Are you sure.
#[derive(Template)]
#[template(path = "ask.html")]
pub(super) struct Ask {
    pub(super) f: Frame,
    pub(super) title: String,
    pub(super) name: String,
    pub(super) username: String,
    pub(super) lines: Vec<String>,
    /// Why it cannot be, in place of the button.
    pub(super) barrier: Option<(String, String)>,
    pub(super) action: String,
    /// What is posted beside the token.
    pub(super) value: &'static str,
    pub(super) button: String,
    pub(super) danger: bool,
    pub(super) back: String,
}

/// `GET /people/{id}/end`.
pub(in crate::http) async fn ask_end(
    context: Context,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    let path = format!("/people/{id}/end");
    let person = match find(&context, &id, &path).await? {
        Ok(person) => person,
        Err(confirm) => return Ok(confirm),
    };
    let t = context.text;
    let barrier = |code: Code| Some((t.of(&code.text_key()), t.detail(&code.text_key())));
    show(&Ask {
        f: context.frame(path.clone()),
        title: t.of("end-title"),
        lines: vec![t.of("end-now"), t.of("end-address"), t.of("end-for-ever")],
        barrier: match (person.oneself, person.main) {
            (true, _) => barrier(Code::NotForOneself),
            (false, true) => barrier(Code::MainContactPerson),
            (false, false) => None,
        },
        name: person.account.name,
        username: person.account.username.to_string(),
        action: path,
        value: "",
        button: t.of("end-yes"),
        danger: true,
        back: format!("/people/{id}"),
    })
}

/// `POST /people/{id}/end`.
pub(in crate::http) async fn end(
    context: Context,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    let Visitor { session, .. } = contact(&context)?;
    let id = known(&id)?;
    let done = colleagues::end(&context.app, session, &id).await;
    done.map_err(|error| refused(error, &format!("/people/{id}/end")))?;
    Ok(Redirect::to("/people?notice=account-ended").into_response())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_place_in_the_list_survives_its_address(search in "\\PC{0,20}", id in "[0-9a-f]{32}") {
            let mark = Mark::parse(&id).unwrap();
            let address = address(&search, Some(("after", &mark)));
            let query = address.strip_prefix("/people?").unwrap();
            let pairs: Vec<(String, String)> =
                url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
            let after = pairs.iter().find(|(name, _)| name == "after").unwrap();
            prop_assert_eq!(Mark::parse(&after.1), Some(mark));
        }

        #[test]
        fn no_place_makes_it_panic(text in "\\PC{0,60}") {
            let _ = Mark::parse(&text);
        }
    }
}
