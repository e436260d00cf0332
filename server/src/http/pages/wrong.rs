//! What is wrong with a form that asks for one thing, a code or a number: in words, and with which status.

use axum::response::Response;

use super::Problem;
use crate::http::error::{self, Code};
use crate::text::Text;

/// What is wrong with what was typed, or with what it was typed for.
pub(super) struct Wrong {
    pub(super) code: Code,
    pub(super) title: String,
    pub(super) detail: String,
    /// At the field, where it is one's fault.
    pub(super) field: Option<String>,
}

impl Wrong {
    /// In the words of `key`.
    pub(super) fn of(t: Text, code: Code, key: &str) -> Self {
        Self { code, title: t.of(key), detail: t.detail(key), field: None }
    }

    /// A wrong code, in the words of `key`: so many more may be tried.
    pub(super) fn tried(t: Text, key: &str, left: u32) -> Self {
        let detail = t.with(&format!("{key}.detail"), "left", left);
        Self { code: Code::WrongCode, title: t.of(key), detail, field: None }
    }

    /// The same, and it is the field's fault.
    pub(super) fn at(self, field: String) -> Self {
        Self { field: Some(field), ..self }
    }

    /// The summary, which leads to this field where that is to be mended.
    pub(super) fn problem(&self, field: &'static str) -> Problem {
        let field = self.field.is_some().then_some(field);
        Problem { title: self.title.clone(), detail: self.detail.clone(), field }
    }
}

/// `page` with the status that belongs to what is wrong in it.
pub(super) fn with_status(wrong: Option<&Wrong>, page: Response) -> Response {
    match wrong {
        Some(wrong) => error::written(wrong.code, page),
        None => page,
    }
}
