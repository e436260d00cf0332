//! 'Ik kan niet inloggen': the next step for each situation, the same for everybody.

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
    situations: &'static [(&'static str, &'static str)],
}

/// The id of each section, and its text.
const SITUATIONS: &[(&str, &str)] = &[
    ("password", "help-password"),
    ("blocked", "help-blocked"),
    ("pin", "help-pin"),
    ("key", "help-key"),
    ("card", "help-card"),
    ("key-pin", "help-key-pin"),
    ("recovery", "help-recovery"),
    ("account", "help-account"),
];

/// `GET /help`.
pub(in crate::http) async fn page(context: Context) -> Result<Response, Error> {
    show(&Page { f: context.frame("/help"), situations: SITUATIONS })
}
