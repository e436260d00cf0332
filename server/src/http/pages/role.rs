//! Gebruikersbeheer: making a colleague a contact person, or no longer.

use axum::extract::{Form, Path};
use axum::response::Response;
use fluent_bundle::FluentArgs;
use serde::Deserialize;

use super::people::{Ask, back, contact, find, known, refused};
use super::show;
use super::ways_back::no_letter;
use crate::accounts::{MOST_CONTACTS, Role};
use crate::activation::appointed;
use crate::administration::colleagues;
use crate::http::context::{Context, Visitor};
use crate::http::error::{Code, Error};

/// `GET /people/{id}/role`.
pub(in crate::http) async fn ask(
    context: Context,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    let path = format!("/people/{id}/role");
    let person = match find(&context, &id, &path).await? {
        Ok(person) => person,
        Err(confirm) => return Ok(confirm),
    };
    let t = context.text;
    let barrier = |code: Code| Some((t.of(&code.text_key()), t.detail(&code.text_key())));
    let (key, value, barrier, letter) = match person.account.role {
        Role::ContactPerson if person.oneself => {
            ("role-take", "colleague", barrier(Code::NotForOneself), None)
        }
        Role::ContactPerson if person.main => {
            ("role-take", "colleague", barrier(Code::MainContactPerson), None)
        }
        Role::ContactPerson => ("role-take", "colleague", None, None),
        Role::Colleague if person.contacts >= MOST_CONTACTS => {
            ("role-give", "contact_person", barrier(Code::EnoughContactPersons), None)
        }
        Role::Colleague => match appointed::address(&context.app, &person.account).await {
            Ok(address) => ("role-give", "contact_person", None, address),
            Err(error) => ("role-give", "contact_person", Some(no_letter(t, error)?), None),
        },
    };
    let posted = letter.map(|address| {
        let mut args = FluentArgs::new();
        args.set("name", person.account.name.clone());
        args.set("address", address.to_string());
        t.filled("role-give-post", &args)
    });
    show(&Ask {
        f: context.frame(path.clone()),
        title: t.of(key),
        lines: [t.detail(key)].into_iter().chain(posted).collect(),
        name: person.account.name,
        username: person.account.username.to_string(),
        barrier,
        action: path,
        value,
        button: t.of(&format!("{key}.yes")),
        danger: value == "colleague",
        back: format!("/people/{id}"),
    })
}

/// The new role.
#[derive(Deserialize)]
pub(in crate::http) struct Appointed {
    #[serde(default)]
    value: String,
}

/// `POST /people/{id}/role`.
pub(in crate::http) async fn appoint(
    context: Context,
    Path(id): Path<String>,
    Form(Appointed { value }): Form<Appointed>,
) -> Result<Response, Error> {
    let Visitor { session, .. } = contact(&context)?;
    let id = known(&id)?;
    let role = match value.as_str() {
        "contact_person" => Role::ContactPerson,
        "colleague" => Role::Colleague,
        _ => return Err(Code::BadRequest.into()),
    };
    let done = colleagues::appoint(&context.app, session, &id, role).await;
    done.map_err(|error| refused(error, &format!("/people/{id}/role")))?;
    Ok(back(&id, "role-changed"))
}
