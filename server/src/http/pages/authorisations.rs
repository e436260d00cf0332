//! What a colleague may do in the services behind this server, ticked by a contact person.

use askama::Template;
use axum::extract::{Form, Path};
use axum::response::Response;
use std::collections::BTreeSet;

use super::people::{back, contact, find, known, refused};
use super::{Problem, show};
use crate::administration::people::Person;
use crate::administration::{self, authorisations as domain};
use crate::authorisations::{Catalogue, Id, Unknown};
use crate::http::context::{Context, Visitor};
use crate::http::error::{self, Code, Error};
use crate::http::frame::Frame;
use crate::text::Text;

/// One box to tick.
pub(super) struct Tick {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) sentence: String,
    pub(super) ticked: bool,
    /// Whether the colleague had it when the page was made.
    pub(super) had: bool,
}

/// A box for each that is configured, of which those of `ticked` are ticked.
pub(super) fn boxes(
    t: Text,
    catalogue: &Catalogue,
    (had, ticked): (&BTreeSet<Id>, &BTreeSet<Id>),
) -> Vec<Tick> {
    let tick = |one: &crate::authorisations::Authorisation| Tick {
        id: one.id.to_string(),
        name: one.name.of(t.language()).to_owned(),
        sentence: one.sentence.of(t.language()).to_owned(),
        ticked: ticked.contains(&one.id),
        had: had.contains(&one.id),
    };
    catalogue.all().iter().map(tick).collect()
}

/// What these fields of a form tick, and what they say was ticked when it was made.
///
/// Errors: [`Unknown`] for what is not configured.
pub(super) fn ticked(
    catalogue: &Catalogue,
    fields: &[(String, String)],
    name: &str,
) -> Result<BTreeSet<Id>, Unknown> {
    let named = fields.iter().filter(|(field, _)| field == name);
    catalogue.read(named.map(|(_, value)| value.as_str()))
}

#[derive(Template)]
#[template(path = "authorisations.html")]
struct Page {
    f: Frame,
    problem: Option<Problem>,
    id: String,
    name: String,
    username: String,
    /// Why it cannot be, in place of the form.
    barrier: Option<(String, String)>,
    ticks: Vec<Tick>,
}

/// `GET /people/{id}/authorisations`.
pub(in crate::http) async fn ask(
    context: Context,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    let path = format!("/people/{id}/authorisations");
    let person = match find(&context, &id, &path).await? {
        Ok(person) => person,
        Err(confirm) => return Ok(confirm),
    };
    show(&page(&context, person, None).await?)
}

/// The page as things stand now; there is none where nothing is configured.
async fn page(context: &Context, person: Person, problem: Option<Problem>) -> Result<Page, Error> {
    let Visitor { account, session, .. } = contact(context)?;
    let (t, catalogue) = (context.text, &context.app.config.authorisations);
    if catalogue.is_empty() {
        return Err(Code::NotFound.into());
    }
    let id = &person.account.id;
    let path = format!("/people/{id}/authorisations");
    let kept = domain::kept(&context.app, (account, session), id).await;
    let kept = kept.map_err(|error| refused(error, &path))?;
    let key = Code::NotForOneself.text_key();
    Ok(Page {
        f: context.frame(path),
        problem,
        barrier: person.oneself.then(|| (t.of(&key), t.detail(&key))),
        ticks: boxes(t, catalogue, (&kept, &kept)),
        id: id.to_string(),
        name: person.account.name,
        username: person.account.username.to_string(),
    })
}

/// `POST /people/{id}/authorisations`.
pub(in crate::http) async fn save(
    context: Context,
    Path(id): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let Visitor { session, .. } = contact(&context)?;
    let (id, path) = (known(&id)?, format!("/people/{id}/authorisations"));
    let catalogue = &context.app.config.authorisations;
    let read = |name| ticked(catalogue, &fields, name);
    let (shown, wanted) = match (read("shown"), read("authorisation")) {
        (Ok(shown), Ok(wanted)) => (shown, wanted),
        (Err(Unknown), _) | (_, Err(Unknown)) => return Err(Code::NoSuchAuthorisation.into()),
    };
    match domain::set(&context.app, session, &id, (&shown, &wanted)).await {
        Ok(changed) => {
            Ok(back(&id, if changed { "authorisations" } else { "authorisations-same" }))
        }
        Err(administration::Error::ChangedMeanwhile) => {
            let person = match find(&context, id.as_str(), &path).await? {
                Ok(person) => person,
                Err(confirm) => return Ok(confirm),
            };
            let (t, code) = (context.text, Code::AuthorisationsChanged);
            let key = code.text_key();
            let field = Some("authorisations");
            let problem = Problem { title: t.of(&key), detail: t.detail(&key), field };
            let page = show(&page(&context, person, Some(problem)).await?)?;
            Ok(error::written(code, page))
        }
        Err(error) => Err(refused(error, &path)),
    }
}
