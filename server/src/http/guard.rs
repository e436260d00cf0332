//! What stands before every page: headers that bind the browser, and the check that a form is ours.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use url::Url;

use super::cookies::{Cookie, Transport};
use super::error::{Code, Error};
use crate::random::Random;
use crate::secret::Token;
use crate::text::{Language, Spans, Text};

/// Where this server is reached.
#[derive(Debug, Clone)]
pub struct Site {
    origin: String,
    host: String,
    transport: Transport,
    spans: Spans,
}

impl Site {
    /// The site at `url`, of which only the origin counts, whose texts name these lengths of time.
    #[must_use]
    pub fn new(url: &Url, spans: Spans) -> Self {
        let transport = match url.scheme() {
            "https" => Transport::Tls,
            _ => Transport::Plain,
        };
        let host = url.host_str().unwrap_or_default().to_owned();
        Self { origin: url.origin().ascii_serialization(), host, transport, spans }
    }

    /// The texts in the language that the browser's cookie or `Accept-Language` asks for.
    #[must_use]
    pub fn text(&self, headers: &HeaderMap) -> Text {
        let chosen = Cookie::Language.read(self.transport, headers);
        let language = chosen.and_then(|tag| Language::from_tag(&tag)).unwrap_or_else(|| {
            let header = headers.get(header::ACCEPT_LANGUAGE);
            Language::accepted(header.and_then(|value| value.to_str().ok()).unwrap_or_default())
        });
        Text::new(language).lasting(self.spans)
    }

    /// The name of this server.
    pub(super) fn host(&self) -> &str {
        &self.host
    }

    /// How it is reached.
    #[must_use]
    pub fn transport(&self) -> Transport {
        self.transport
    }
}

/// The secret behind the forms of one browser: what `Cookie::Visit` holds.
#[derive(Clone, Debug)]
pub(super) struct Visit(Token);

impl Visit {
    /// A new one.
    pub(super) fn begin() -> Self {
        Self(Token::random(Random::system()))
    }

    fn read(site: &Site, headers: &HeaderMap) -> Option<Self> {
        Token::parse(&Cookie::Visit.read(site.transport, headers)?).map(Self)
    }

    /// The cookie that keeps it.
    pub(super) fn cookie(&self, transport: Transport) -> HeaderValue {
        Cookie::Visit.set(transport, self.0.expose())
    }

    /// The token that each form carries. The cookie itself is never in a page.
    pub(super) fn token(&self) -> String {
        let visit = self.0.expose();
        let hash = Sha256::new().chain_update(b"form ").chain_update(visit).finalize();
        BASE64_URL_SAFE_NO_PAD.encode(hash)
    }

    fn fits(&self, token: &str) -> bool {
        self.token().as_bytes().ct_eq(token.as_bytes()).into()
    }
}

/// Lets a POST pass only from our own page, and gives every visitor a [`Visit`].
pub(super) async fn forms(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    match pass(&site, request, next).await {
        Ok(response) => response,
        Err(error) => error.into_response(),
    }
}

async fn pass(site: &Site, request: Request, next: Next) -> Result<Response, Error> {
    let known = Visit::read(site, request.headers());
    if opens(request.method()) {
        let visit = known.clone().unwrap_or_else(Visit::begin);
        let mut response = enter(request, next, visit.clone()).await;
        if known.is_none() {
            response.headers_mut().append(header::SET_COOKIE, visit.cookie(site.transport));
        }
        return Ok(response);
    }
    if request.method() != Method::POST {
        return Ok(next.run(request).await); // no page has another method: the router says so
    }
    same_origin(site, request.headers())?;
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.map_err(Error::internal)?; // it is in memory
    let visit = known.ok_or(Code::StaleForm)?;
    let token = token(&parts.headers, &body).ok_or(Code::StaleForm)?;
    if !visit.fits(&token) {
        return Err(Code::StaleForm.into());
    }
    Ok(enter(Request::from_parts(parts, Body::from(body)), next, visit).await)
}

/// Whether a request only looks: what HEAD asks about is what GET would give.
pub(super) fn opens(method: &Method) -> bool {
    method == Method::GET || method == Method::HEAD
}

async fn enter(mut request: Request, next: Next, visit: Visit) -> Response {
    request.extensions_mut().insert(visit);
    next.run(request).await
}

/// The token in the `X-CSRF-Token` header of a script, or in the field `csrf` of a form.
fn token(headers: &HeaderMap, body: &[u8]) -> Option<String> {
    if let Some(value) = headers.get("x-csrf-token") {
        return value.to_str().ok().map(str::to_owned);
    }
    let form = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    form.starts_with("application/x-www-form-urlencoded").then_some(())?;
    url::form_urlencoded::parse(body)
        .find(|(name, _)| name == "csrf")
        .map(|(_, value)| value.into_owned())
}

/// Refuses what another site sent; a browser says so in `Sec-Fetch-Site`, `Origin`, or both.
fn same_origin(site: &Site, headers: &HeaderMap) -> Result<(), Error> {
    let origin = headers.get(header::ORIGIN);
    let fetch = headers.get("sec-fetch-site");
    let ours = origin.is_none_or(|origin| origin == site.origin.as_str())
        && fetch.is_none_or(|fetch| fetch == "same-origin" || fetch == "none")
        && (origin.is_some() || fetch.is_some());
    if ours { Ok(()) } else { Err(Code::ForeignOrigin.into()) }
}

/// Everything comes from here, nobody frames us, and only our scripts run.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const HEADERS: &[(&str, &str)] = &[
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"), // "no-referrer" would blank Origin
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "publickey-credentials-get=(self), publickey-credentials-create=(self), \
         camera=(), microphone=(), geolocation=()",
    ),
];

/// Adds the headers that bind the browser; a page is kept in no cache.
pub(super) async fn headers(
    State(site): State<Arc<Site>>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    if site.transport == Transport::Tls {
        const TWO_YEARS: HeaderValue = HeaderValue::from_static("max-age=63072000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, TWO_YEARS);
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// `?lang=nl` or `?lang=en` on any page: keeps the choice and shows the page in that language.
pub(super) async fn language(
    State(site): State<Arc<Site>>,
    request: Request,
    next: Next,
) -> Response {
    let query: Vec<_> =
        url::form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes()).collect();
    let chosen = query
        .iter()
        .find_map(|(name, tag)| (name == "lang").then(|| Language::from_tag(tag)).flatten());
    let (Some(language), true) = (chosen, opens(request.method())) else {
        return next.run(request).await;
    };
    let cookie = Cookie::Language.set(site.transport, Text::new(language).tag());
    let rest = query.iter().filter(|(name, _)| name != "lang");
    let rest = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(rest).finish();
    // One slash: an address that begins with two would lead to another site.
    let path = request.uri().path().trim_start_matches('/');
    let page = if rest.is_empty() { format!("/{path}") } else { format!("/{path}?{rest}") };
    ([(header::SET_COOKIE, cookie)], Redirect::to(&page)).into_response()
}
