//! One request to a gateway, and its answer: nothing is followed, nothing is read without end.

use super::Fault;
use crate::secret::Secret;
use rustls::crypto::ring;
use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;
use ureq::http::{HeaderName, HeaderValue, Method, header};
use ureq::tls::{RootCerts, TlsConfig};
use url::{Host, Url};

/// A request to a gateway.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) method: Method,
    pub(super) address: Secret<String>,
    pub(super) headers: Vec<(HeaderName, Secret<String>)>,
    pub(super) body: Body,
}

/// What is sent.
#[derive(Debug)]
pub(super) enum Body {
    /// Nothing, all is in the address.
    None,
    /// The fields of a form.
    Form(Secret<String>),
    /// JSON.
    Json(Secret<String>),
}

/// What a gateway said.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
}

impl Body {
    /// The fields of a form, escaped.
    pub(super) fn form<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        Self::Form(Secret::new(form.extend_pairs(fields).finish()))
    }

    /// JSON, as it is written.
    pub(super) fn json(value: &serde_json::Value) -> Self {
        Self::Json(Secret::new(value.to_string()))
    }
}

/// Whether a gateway may be asked there: over TLS, or on this machine.
pub(super) fn may_be_asked(address: &Url) -> bool {
    let bare = address.username().is_empty() && address.password().is_none();
    let place = match address.scheme() {
        "https" => address.host().is_some(),
        "http" => is_here(address),
        _ => false,
    };
    bare && place && address.fragment().is_none()
}

fn is_here(address: &Url) -> bool {
    match address.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(host)) => host.is_loopback(),
        Some(Host::Ipv6(host)) => host.is_loopback(),
        None => false,
    }
}

/// Asks a gateway, in another thread.
pub(super) async fn ask(request: Request, patience: Duration) -> Result<Answer, Fault> {
    let asked = tokio::task::spawn_blocking(move || perform(&request, patience));
    asked.await.map_err(|_| Fault::Unreached)?
}

fn perform(request: &Request, patience: Duration) -> Result<Answer, Fault> {
    let address = Url::parse(request.address.expose()).map_err(|_| Fault::Odd(None))?;
    if !may_be_asked(&address) {
        return Err(Fault::Odd(None));
    }
    let (kind, body) = match &request.body {
        Body::None => (None, ""),
        Body::Form(form) => (Some("application/x-www-form-urlencoded"), form.expose().as_str()),
        Body::Json(json) => (Some("application/json"), json.expose().as_str()),
    };
    let mut built =
        ureq::http::Request::builder().method(request.method.clone()).uri(address.as_str());
    for (name, value) in &request.headers {
        let mut value = HeaderValue::from_str(value.expose()).map_err(|_| Fault::Odd(None))?;
        value.set_sensitive(true);
        built = built.header(name, value);
    }
    if let Some(kind) = kind {
        built = built.header(header::CONTENT_TYPE, kind);
    }
    let agent = agent(&address, patience);
    let answer = match kind {
        Some(_) => agent.run(built.body(body.as_bytes()).map_err(|_| Fault::Odd(None))?),
        None => agent.run(built.body(()).map_err(|_| Fault::Odd(None))?),
    };
    let mut answer = answer.map_err(|error| fault(&error))?;
    let status = answer.status().as_u16();
    let body = answer.body_mut().with_config().limit(LARGEST).read_to_vec();
    Ok(Answer { status, body: body.map_err(|error| fault(&error))? })
}

fn agent(address: &Url, patience: Duration) -> ureq::Agent {
    let mut config = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .https_only(address.scheme() == "https")
        .max_redirects(0)
        .max_redirects_will_error(false)
        .timeout_global(Some(patience))
        .user_agent(concat!("sleutelbos/", env!("CARGO_PKG_VERSION")))
        .tls_config(
            TlsConfig::builder()
                .root_certs(RootCerts::PlatformVerifier)
                .unversioned_rustls_crypto_provider(Arc::new(ring::default_provider()))
                .build(),
        );
    if is_here(address) {
        config = config.proxy(None);
    }
    config.build().new_agent()
}

fn fault(error: &ureq::Error) -> Fault {
    #[expect(clippy::wildcard_enum_match_arm, reason = "ureq::Error is non-exhaustive")]
    match error {
        ureq::Error::Timeout(_) => Fault::Slow,
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) => Fault::Tls,
        ureq::Error::Io(io) if is_of_tls(io) => Fault::Tls,
        ureq::Error::BodyExceedsLimit(_) | ureq::Error::Protocol(_) | ureq::Error::Http(_) => {
            Fault::Odd(None)
        }
        _ => Fault::Unreached,
    }
}

fn is_of_tls(error: &std::io::Error) -> bool {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    inner.is_some() || error.source().is_some_and(|source| source.is::<rustls::Error>())
}

/// No answer of a gateway is larger, in bytes.
const LARGEST: u64 = 64 * 1024;
