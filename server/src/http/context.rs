//! What every page handler is handed: one extractor.

use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use axum::routing::MethodRouter;

use super::cookies::Cookie;
use super::error::{Code, Error};
use super::frame::{Frame, Person};
use super::guard::{Site, Visit};
use super::sse::Streams;
use crate::accounts::{self, Account};
use crate::app::App;
use crate::inbox;
use crate::organisations::Organisation;
use crate::secret::{Carrier, Token};
use crate::sessions::{self, Scope, Session};
use crate::text::Text;

/// What all handlers share.
#[derive(Clone)]
pub(super) struct Shared {
    pub(super) app: Arc<App>,
    pub(super) site: Arc<Site>,
    pub(super) streams: Streams,
}

/// Addresses with what answers there.
pub(super) type Table = Vec<(&'static str, MethodRouter<Shared>)>;

impl FromRef<Shared> for Arc<App> {
    fn from_ref(shared: &Shared) -> Self {
        shared.app.clone()
    }
}

impl FromRef<Shared> for Arc<Site> {
    fn from_ref(shared: &Shared) -> Self {
        shared.site.clone()
    }
}

/// Who asks, in which language, through which forms.
pub(super) struct Context {
    /// The parts of the server.
    pub(super) app: Arc<App>,
    /// Where this server is reached.
    pub(super) site: Arc<Site>,
    /// The texts in the person's language.
    pub(super) text: Text,
    /// What the person's forms are bound to.
    pub(super) visit: Visit,
    /// The log-in under way, if the browser has one.
    pub(super) attempt: Option<Token>,
    /// What this browser shows of setting up anew.
    pub(super) anew: Option<Token>,
    /// What the browser calls itself.
    pub(super) client: String,
    /// The username it was asked to remember.
    pub(super) remembered: Option<String>,
    visitor: Option<Visitor>,
    /// Messages that whoever is logged in has not opened.
    unread: u64,
}

/// Who is logged in.
pub(super) struct Visitor {
    /// The session.
    pub(super) session: Session,
    /// Whose it is.
    pub(super) account: Account,
    /// Where that person works.
    pub(super) organisation: Organisation,
}

impl Visitor {
    /// The person as the top right shows whom, with so many messages that were not opened.
    fn person(&self, t: Text, unread: u64) -> Person {
        Person {
            name: self.account.name.clone(),
            number: self.account.number.to_string(),
            organisation: self.organisation.name.clone(),
            inbox: match (self.session.login.scope, unread) {
                (Scope::EnrolOnly, _) => None,
                (Scope::Full, 0) => Some(t.of("inbox")),
                (Scope::Full, unread) => Some(t.with("inbox-unread", "count", unread)),
            },
        }
    }
}

impl FromRequestParts<Shared> for Context {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, shared: &Shared) -> Result<Self, Error> {
        let Shared { app, site, .. } = shared.clone();
        let text = site.text(&parts.headers);
        let visit = parts.extensions.get().cloned().unwrap_or_else(Visit::begin);
        let cookie = |cookie: Cookie| cookie.read(site.transport(), &parts.headers);
        let token = |name| Some(Token::parse(&cookie(name)?)?.carried_by(Carrier::Cookie));
        let visitor = match token(Cookie::Session) {
            Some(token) => visitor(&app, &token).await?,
            None => None,
        };
        let unread = match &visitor {
            Some(visitor) if shows_a_page(&parts.headers, visitor) => {
                inbox::run::unread(&app, &visitor.session).await?
            }
            Some(_) | None => 0,
        };
        let (attempt, remembered) = (token(Cookie::Attempt), cookie(Cookie::Username));
        let anew = token(Cookie::Anew);
        let client = client(&parts.headers);
        Ok(Self { app, text, visit, attempt, anew, client, remembered, visitor, unread, site })
    }
}

/// Whether the answer may be a page that counts messages: no script asks, and the person may read them.
fn shows_a_page(headers: &HeaderMap, visitor: &Visitor) -> bool {
    let json = HeaderValue::from_static("application/json");
    headers.get(header::ACCEPT) != Some(&json) && visitor.session.login.scope == Scope::Full
}

/// Whom a session's token lets in, while the session is good.
pub(super) async fn visitor(app: &App, token: &Token) -> Result<Option<Visitor>, Error> {
    let found = accounts::run::of_session(app, token).await?;
    Ok(found.map(|(session, account, organisation)| Visitor { session, account, organisation }))
}

/// What the browser or program calls itself.
pub(super) fn client(headers: &HeaderMap) -> String {
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    agent.unwrap_or_default().to_owned()
}

impl Context {
    /// The frame around a page that `path` shows again.
    pub(super) fn frame(&self, path: impl Into<String>) -> Frame {
        let person = self.visitor.as_ref().map(|visitor| visitor.person(self.text, self.unread));
        Frame { t: self.text, csrf: self.visit.token(), path: path.into(), person }
    }

    /// Whoever is logged in, even if only to enrol a first factor.
    pub(super) fn visitor(&self) -> Result<&Visitor, Error> {
        self.visitor.as_ref().ok_or_else(|| Error::new(Code::LogInFirst).next("/login"))
    }

    /// Whoever is logged in for more than enrolling.
    pub(super) fn member(&self) -> Result<&Visitor, Error> {
        let visitor = self.visitor()?;
        match visitor.session.login.scope {
            Scope::Full => Ok(visitor),
            Scope::EnrolOnly => Err(Error::new(Code::EnrolFirst).next("/enrol")),
        }
    }

    /// Where whoever is logged in belongs; nowhere when nobody is.
    pub(super) fn home(&self) -> Option<&'static str> {
        self.visitor.as_ref().map(|visitor| match visitor.session.login.scope {
            Scope::Full => "/account",
            Scope::EnrolOnly => "/enrol",
        })
    }

    /// `response` with this cookie set.
    pub(super) fn keep(
        &self,
        cookie: Cookie,
        value: &str,
        response: impl IntoResponse,
    ) -> Response {
        add([cookie.set(self.site.transport(), value)], response)
    }

    /// `response` with this cookie gone.
    pub(super) fn drop(&self, cookie: Cookie, response: impl IntoResponse) -> Response {
        add([cookie.end(self.site.transport())], response)
    }

    /// `response` for somebody who just logged in, or rose: session and forms are new, and the
    /// session that this browser had is over.
    pub(super) async fn let_in(
        &self,
        token: &Token,
        response: impl IntoResponse,
    ) -> Result<Response, Error> {
        self.enter(token, &Visit::begin(), response).await
    }

    /// As [`Context::let_in`], with a page that `path` shows again and that is of the new session.
    pub(super) async fn let_in_to(
        &self,
        token: &Token,
        path: &str,
        page: impl FnOnce(Frame, &Visitor) -> Result<Response, Error>,
    ) -> Result<Response, Error> {
        let visitor = visitor(&self.app, token).await?;
        let visitor = visitor.ok_or_else(|| Error::new(Code::LogInFirst).next("/login"))?;
        let visit = Visit::begin();
        let unread = inbox::run::unread(&self.app, &visitor.session).await?;
        let person = Some(visitor.person(self.text, unread));
        let frame = Frame { t: self.text, csrf: visit.token(), path: path.to_owned(), person };
        self.enter(token, &visit, page(frame, &visitor)?).await
    }

    async fn enter(
        &self,
        token: &Token,
        visit: &Visit,
        response: impl IntoResponse,
    ) -> Result<Response, Error> {
        if let Some(Visitor { session, .. }) = &self.visitor {
            sessions::run::end(&self.app, session, &session.id).await?;
        }
        let transport = self.site.transport();
        let cookies = [
            Cookie::Session.set(transport, token.expose()),
            Cookie::Attempt.end(transport),
            visit.cookie(transport),
        ];
        Ok(add(cookies, response))
    }

    /// `response` for somebody who logged out: nothing of the session is left here.
    pub(super) fn let_out(&self, response: impl IntoResponse) -> Response {
        let transport = self.site.transport();
        let cookies = [
            Cookie::Session.end(transport),
            Cookie::Attempt.end(transport),
            Visit::begin().cookie(transport),
        ];
        add(cookies, response)
    }
}

fn add<const N: usize>(cookies: [HeaderValue; N], response: impl IntoResponse) -> Response {
    (AppendHeaders(cookies.map(|cookie| (header::SET_COOKIE, cookie))), response).into_response()
}
