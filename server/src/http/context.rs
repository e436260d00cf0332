//! What every page handler is handed: one extractor.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;

use super::guard::{Site, Visit};
use super::pages::Frame;
use super::text::Text;

/// Who asks, in which language, through which forms.
pub(super) struct Context {
    /// Where this server is reached.
    pub(super) site: Arc<Site>,
    /// The texts in the person's language.
    pub(super) text: Text,
    /// What the person's forms are bound to.
    pub(super) visit: Visit,
}

impl<S> FromRequestParts<S> for Context
where
    Arc<Site>: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let site = Arc::<Site>::from_ref(state);
        let text = site.text(&parts.headers);
        let visit = parts.extensions.get().cloned().unwrap_or_else(Visit::begin);
        Ok(Self { site, text, visit })
    }
}

impl Context {
    /// The frame around a page that `path` shows again.
    pub(super) fn frame(&self, path: impl Into<String>) -> Frame {
        Frame { t: self.text, csrf: self.visit.token(), path: path.into(), person: None }
    }
}
