//! Adding a colleague, and what happens next: for contact persons.

use askama::Template;
use axum::extract::{Form, Path};
use axum::response::{IntoResponse, Redirect, Response};
use std::collections::BTreeSet;

use super::authorisations::{Tick, boxes, ticked};
use super::people::{contact, find};
use super::ways_back::{no_letter, reached};
use super::{Problem, enrol, show};
use crate::accounts::{Role, Username};
use crate::activation::request::{self, Newcomer};
use crate::administration::colleagues::LONGEST_NAME;
use crate::authorisations;
use crate::http::context::{Context, Visitor};
use crate::http::error::{self, Code, Error};
use crate::http::frame::Frame;
use crate::label;
use crate::text::Text;

const PATH: &str = "/people/add";

#[derive(Template)]
#[template(path = "add.html")]
struct Add {
    f: Frame,
    problem: Option<Problem>,
    name: String,
    email: String,
    contact: bool,
    /// What the colleague may do, where anything is configured.
    ticks: Vec<Tick>,
    wrong: Wrong,
}

/// What is wrong with each field, in words.
#[derive(Default)]
struct Wrong {
    name: Option<String>,
    email: Option<String>,
    role: Option<String>,
}

impl Wrong {
    /// The id of the first field to mend.
    fn first(&self) -> Option<&'static str> {
        let fields = [("name", &self.name), ("email", &self.email), ("role", &self.role)];
        fields.into_iter().find(|(_, wrong)| wrong.is_some()).map(|(field, _)| field)
    }
}

/// `GET /people/add`.
pub(in crate::http) async fn ask(context: Context) -> Result<Response, Error> {
    let Visitor { .. } = contact(&context)?;
    if let Some(confirm) = enrol::weakly_confirmed(&context, PATH).await? {
        return Ok(confirm);
    }
    show(&Filled::default().page(&context, Wrong::default()))
}

/// What the form sends. A box that is not ticked is not sent.
#[derive(Default)]
struct Filled {
    name: String,
    email: String,
    contact: bool,
    authorisations: BTreeSet<authorisations::Id>,
}

impl Filled {
    /// Reads the fields of the form.
    ///
    /// Errors: [`authorisations::Unknown`].
    fn read(
        catalogue: &authorisations::Catalogue,
        fields: &[(String, String)],
    ) -> Result<Self, authorisations::Unknown> {
        let field = |name: &str| fields.iter().find(|(field, _)| field == name);
        let text = |name| field(name).map(|(_, value)| value.clone()).unwrap_or_default();
        Ok(Self {
            name: text("name"),
            email: text("email"),
            contact: field("contact").is_some(),
            authorisations: ticked(catalogue, fields, "authorisation")?,
        })
    }

    fn page(self, context: &Context, wrong: Wrong) -> Add {
        let t = context.text;
        let problem = wrong.first().map(|field| Problem {
            title: t.of("add-wrong"),
            detail: t.detail("add-wrong"),
            field: Some(field),
        });
        let f = context.frame(PATH);
        let (name, email, contact) = (self.name, self.email, self.contact);
        let had = &BTreeSet::new();
        let ticks = boxes(t, &context.app.config.authorisations, (had, &self.authorisations));
        Add { f, problem, name, email, contact, ticks, wrong }
    }

    /// Whom it describes.
    ///
    /// Errors: every field that cannot be.
    fn newcomer(&self, t: Text) -> Result<Newcomer, Wrong> {
        let role = match self.contact {
            true => Role::ContactPerson,
            false => Role::Colleague,
        };
        let authorisations = self.authorisations.clone();
        match (label::parse(&self.name, LONGEST_NAME), Username::parse(&self.email)) {
            (Some(name), Ok(username)) => Ok(Newcomer { username, name, role, authorisations }),
            (name, username) => Err(Wrong {
                name: name.is_none().then(|| t.of("person-name-field")),
                email: username.is_err().then(|| t.of("add-email-wrong")),
                role: None,
            }),
        }
    }
}

/// `POST /people/add`.
pub(in crate::http) async fn add(
    context: Context,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let Visitor { session, .. } = contact(&context)?;
    let t = context.text;
    let filled = Filled::read(&context.app.config.authorisations, &fields);
    let filled = filled.map_err(|authorisations::Unknown| Code::NoSuchAuthorisation)?;
    let newcomer = match filled.newcomer(t) {
        Ok(newcomer) => newcomer,
        Err(wrong) => return again(&context, filled, wrong),
    };
    let wrong = match request::add(&context.app, session, newcomer).await {
        Ok(colleague) => {
            let onward = format!("/people/{}/added", colleague.id);
            return Ok(Redirect::to(&onward).into_response());
        }
        Err(request::Error::NameTaken(_)) => {
            Wrong { email: Some(t.of("add-email-taken")), ..Wrong::default() }
        }
        Err(request::Error::TooManyContactPersons) => {
            Wrong { role: Some(t.detail("error-enough-contact-persons")), ..Wrong::default() }
        }
        Err(request::Error::Letter(error)) => {
            Wrong { role: Some(no_letter(t, error)?.1), ..Wrong::default() }
        }
        Err(request::Error::Name) => {
            Wrong { name: Some(t.of("person-name-field")), ..Wrong::default() }
        }
        Err(error) => return Err(Error::from(error).after_confirming(PATH)),
    };
    again(&context, filled, wrong)
}

/// The form again, with what was filled in and what is wrong with it.
fn again(context: &Context, filled: Filled, wrong: Wrong) -> Result<Response, Error> {
    Ok(error::written(Code::Incomplete, show(&filled.page(context, wrong))?))
}

#[derive(Template)]
#[template(path = "added.html")]
struct Added {
    f: Frame,
    id: String,
    title: String,
    name: String,
    username: String,
    /// Whether the PIN is in the visitor's Berichtenbox.
    inbox: bool,
    /// What happens next, in order.
    steps: Vec<String>,
}

/// `GET /people/{id}/added`: what happens next with a colleague who was added.
pub(in crate::http) async fn added(
    context: Context,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    let t = context.text;
    let number = t.with("added-number", "address", reached(&context).await?);
    let steps = |role: Role| {
        let pin = match role {
            Role::Colleague => vec![t.of("added-pin")],
            Role::ContactPerson => vec![t.of("added-post"), t.of("pin-post-give")],
        };
        [number.clone()].into_iter().chain(pin).chain([t.of("added-choose")]).collect()
    };
    next(&context, id, "added", ("added-title", &steps)).await
}

/// `GET /people/{id}/pin-made`: what happens next with a PIN.
pub(in crate::http) async fn pin_made(
    context: Context,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    let t = context.text;
    let steps = |role: Role| match role {
        Role::Colleague => vec![t.of("added-pin"), t.of("pin-number"), t.of("pin-choose")],
        Role::ContactPerson => {
            let posted = ["pin-post-made", "pin-post-give"].map(|key| t.of(key));
            posted.into_iter().chain([t.of("pin-number"), t.of("pin-choose")]).collect()
        }
    };
    next(&context, id, "pin-made", ("pin-made-title", &steps)).await
}

async fn next(
    context: &Context,
    id: String,
    page: &str,
    (title, steps): (&str, &(dyn Fn(Role) -> Vec<String> + Sync)),
) -> Result<Response, Error> {
    let path = format!("/people/{id}/{page}");
    let person = match find(context, &id, &path).await? {
        Ok(person) => person,
        Err(confirm) => return Ok(confirm),
    };
    show(&Added {
        f: context.frame(path),
        title: context.text.of(title),
        name: person.account.name,
        username: person.account.username.to_string(),
        inbox: person.account.role == Role::Colleague,
        id,
        steps: steps(person.account.role),
    })
}
