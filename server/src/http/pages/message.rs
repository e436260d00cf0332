//! Pages that only say something: an error, a block, logged out.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::show;
use crate::http::frame::Frame;
use crate::text::Text;

/// What such a page says.
pub(in crate::http) struct Message {
    pub(in crate::http) code: &'static str,
    pub(in crate::http) title: String,
    pub(in crate::http) detail: String,
    pub(in crate::http) more: Vec<String>,
    pub(in crate::http) onward: String,
    pub(in crate::http) onward_text: String,
    /// Where else one may go.
    pub(in crate::http) elsewhere: Vec<Elsewhere>,
    pub(in crate::http) reference: Option<String>,
}

/// A link to another page than the one that most will go to.
pub(in crate::http) struct Elsewhere {
    pub(in crate::http) id: &'static str,
    pub(in crate::http) href: &'static str,
    pub(in crate::http) text: String,
}

#[derive(Template)]
#[template(path = "message.html")]
struct Page {
    f: Frame,
    code: &'static str,
    title: String,
    detail: String,
    more: Vec<String>,
    onward: String,
    onward_text: String,
    elsewhere: Vec<Elsewhere>,
    reference: Option<String>,
}

impl Message {
    /// The page. It belongs to no visit, so it holds no form and names nobody.
    pub(in crate::http) fn respond(self, t: Text) -> Response {
        let f = Frame { t, csrf: String::new(), path: "/".to_owned(), person: None };
        let Self { code, title, detail, more, onward, onward_text, elsewhere, reference } = self;
        let page = Page { f, code, title, detail, more, onward, onward_text, elsewhere, reference };
        show(&page).unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
    }
}
