//! 'Ik kan niet inloggen', 'Herstelcode problemen?' and 'Onthoud mijn gebruikersnaam': the next step for each
//! situation, the same for everybody, so that nobody learns who has an account.

use askama::Template;
use axum::response::Response;

use super::show;
use crate::http::context::Context;
use crate::http::error::Error;
use crate::http::frame::Frame;

#[derive(Template)]
#[template(path = "help.html")]
struct Page {
    f: Frame,
    title: String,
    lead: String,
    situations: Vec<Situation>,
    /// Other pages of help: an id, an address, and words.
    more: &'static [(&'static str, &'static str, &'static str)],
}

/// Where somebody stands, and what to do then.
struct Situation {
    id: &'static str,
    title: String,
    next: String,
}

/// The id of each section, and its text.
type Sections = &'static [(&'static str, &'static str)];

const CANNOT_LOG_IN: Sections = &[
    ("password", "help-password"),
    ("blocked", "help-blocked"),
    ("pin", "help-pin"),
    ("key", "help-key"),
    ("card", "help-card"),
    ("key-pin", "help-key-pin"),
    ("account", "help-account"),
];

const RECOVERY: Sections = &[
    ("refused", "help-recovery"),
    ("lost", "help-recovery-lost"),
    ("never", "help-recovery-never"),
    ("seen", "help-recovery-seen"),
];

const REMEMBER: Sections = &[
    ("own", "help-remember-own"),
    ("shared", "help-remember-shared"),
    ("stop", "help-remember-stop"),
];

/// `GET /help`.
pub(in crate::http) async fn page(context: Context) -> Result<Response, Error> {
    let more = &[
        ("to-pin-lost", "/activate/pin", "pin-lost-title"),
        ("to-recovery-help", "/help/recovery", "help-recovery-title"),
        ("to-remember-help", "/help/remember", "help-remember-title"),
    ];
    written(&context, "/help", ("help-title", "help-lead"), CANNOT_LOG_IN, more, true)
}

/// `GET /help/recovery`.
pub(in crate::http) async fn recovery(context: Context) -> Result<Response, Error> {
    let more = &[("to-help", "/help", "help-link")];
    let words = ("help-recovery-title", "help-recovery-lead");
    written(&context, "/help/recovery", words, RECOVERY, more, true)
}

/// `GET /help/remember`.
pub(in crate::http) async fn remember(context: Context) -> Result<Response, Error> {
    let more = &[("to-help", "/help", "help-link")];
    let words = ("help-remember-title", "help-remember-lead");
    written(&context, "/help/remember", words, REMEMBER, more, false)
}

fn written(
    context: &Context,
    path: &str,
    (title, lead): (&str, &str),
    sections: Sections,
    more: &'static [(&'static str, &'static str, &'static str)],
    lost: bool,
) -> Result<Response, Error> {
    let t = context.text;
    let section =
        |(id, key): &(&'static str, &str)| Situation { id, title: t.of(key), next: t.detail(key) };
    let mut situations: Vec<_> = sections.iter().map(section).collect();
    if lost {
        situations.push(contact_person(context));
    }
    let f = context.frame(path);
    show(&Page { f, title: t.of(title), lead: t.of(lead), situations, more })
}

/// The contact person whom nobody in the organisation can help.
fn contact_person(context: &Context) -> Situation {
    let t = context.text;
    let next = match &context.app.config.server.telephone {
        Some(number) => t.with("help-contact.call", "number", number.as_str()),
        None => t.detail("help-contact"),
    };
    Situation { id: "contact", title: t.of("help-contact"), next }
}
