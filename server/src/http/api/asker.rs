//! Who asks, by the bearer: a log-in attempt, or whoever is logged in.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

use crate::app::App;
use crate::http::context::{self, Shared, Visitor};
use crate::http::error::{Code, Error};
use crate::secret::Token;
use crate::sessions::Scope;

/// A log-in attempt, by its bearer. Whether it is still good, the log-in says.
pub(super) struct Attempt {
    pub(super) app: Arc<App>,
    pub(super) token: Token,
}

impl FromRequestParts<Shared> for Attempt {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, shared: &Shared) -> Result<Self, Error> {
        let shown = shown_bearer(&parts.headers).ok_or_else(|| {
            Error::new(Code::NoBearer).reason(
                "send Authorization: Bearer with the attempt of POST /api/v1/login/attempts",
            )
        })?;
        let token = Token::parse(shown).ok_or(Code::LoginExpired)?;
        Ok(Self { app: shared.app.clone(), token })
    }
}

/// Who is logged in, by the session's bearer; perhaps only to enrol a first factor.
pub(super) struct Bearer {
    pub(super) app: Arc<App>,
    pub(super) visitor: Visitor,
}

impl FromRequestParts<Shared> for Bearer {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, shared: &Shared) -> Result<Self, Error> {
        let token = bearer(&parts.headers).ok_or(Code::LogInFirst)?;
        let visitor = context::visitor(&shared.app, &token).await?.ok_or(Code::LogInFirst)?;
        Ok(Self { app: shared.app.clone(), visitor })
    }
}

impl Bearer {
    /// Whoever is logged in for more than enrolling.
    pub(super) fn member(&self) -> Result<&Visitor, Error> {
        match self.visitor.session.login.scope {
            Scope::Full => Ok(&self.visitor),
            Scope::EnrolOnly => Err(Code::EnrolFirst.into()),
        }
    }
}

fn bearer(headers: &HeaderMap) -> Option<Token> {
    shown_bearer(headers).and_then(Token::parse)
}

/// What follows the scheme Bearer, whether it is a token or not.
fn shown_bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
