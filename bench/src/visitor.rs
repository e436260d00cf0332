//! One browser without a screen: a connection that stays open, cookies, and the token of its forms.

use std::collections::BTreeMap;
use std::io::{Error, ErrorKind, Result};

use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{CONTENT_TYPE, COOKIE, HOST, LOCATION, ORIGIN, RETRY_AFTER, SET_COOKIE};
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;
use url::form_urlencoded::Serializer;

/// How often a browser asks again on another connection.
const AGAIN: u32 = 5;

/// One browser.
pub(crate) struct Visitor {
    port: u16,
    connection: Option<SendRequest<Full<Bytes>>>,
    cookies: BTreeMap<String, String>,
    /// The forms' secret and the token that go with the page opened last.
    visit: Option<(String, String)>,
    csrf: String,
}

/// What the server answered.
pub(crate) struct Answer {
    /// To what it is the answer.
    path: String,
    pub(crate) status: u16,
    pub(crate) location: String,
    /// Seconds after which to ask again.
    pub(crate) retry_after: Option<u64>,
    pub(crate) body: String,
}

impl Answer {
    /// Fails unless this leads to `place`.
    pub(crate) fn leads_to(&self, place: &str) -> Result<()> {
        if self.location == place { Ok(()) } else { Err(self.unexpected(place)) }
    }

    /// The body as JSON, of an answer that is a good one.
    pub(crate) fn json(&self) -> Result<Value> {
        match self.status {
            200..300 => serde_json::from_str(&self.body).map_err(Error::other),
            _ => Err(self.unexpected("JSON")),
        }
    }

    /// What stands between `before` and the next quotation mark or tag.
    pub(crate) fn after(&self, before: &str) -> Result<&str> {
        let found =
            self.body.split_once(before).and_then(|(_, rest)| rest.split(['"', '<']).next());
        found.ok_or_else(|| self.unexpected(before))
    }

    fn unexpected(&self, wanted: &str) -> Error {
        let body: String = self.body.chars().take(400).collect();
        let Self { path, status, location, .. } = self;
        Error::other(format!("{path}: {wanted} expected: {status} {location} {body}"))
    }
}

impl Visitor {
    /// One who has been nowhere yet.
    pub(crate) fn new(port: u16) -> Self {
        Self { port, connection: None, cookies: BTreeMap::new(), visit: None, csrf: String::new() }
    }

    /// Goes back to the page opened last as if nobody had logged in there: with the secret of its forms,
    /// which a log-in renews, and nothing else.
    pub(crate) fn forget(&mut self) {
        self.cookies = self.visit.clone().into_iter().collect();
    }

    /// Closes the connection.
    pub(crate) fn hang_up(&mut self) {
        self.connection = None;
    }

    /// Opens a page.
    pub(crate) async fn open(&mut self, path: &str) -> Result<Answer> {
        let answer = self.send(Method::GET, path, "text/html", String::new()).await?;
        for before in ["name=\"csrf\" value=\"", "data-csrf=\""] {
            if let Ok(token) = answer.after(before) {
                token.clone_into(&mut self.csrf);
                let visit = self.cookies.get_key_value("visit");
                self.visit = visit.map(|(name, value)| (name.clone(), value.clone()));
                break;
            }
        }
        Ok(answer)
    }

    /// Sends a form.
    pub(crate) async fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Result<Answer> {
        let body = Serializer::new(String::new())
            .append_pair("csrf", &self.csrf)
            .extend_pairs(fields)
            .finish();
        self.send(Method::POST, path, "application/x-www-form-urlencoded", body).await
    }

    /// Sends what a page's script would.
    pub(crate) async fn script(&mut self, path: &str, body: &Value) -> Result<Answer> {
        self.send(Method::POST, path, "application/json", body.to_string()).await
    }

    async fn send(
        &mut self,
        method: Method,
        path: &str,
        kind: &str,
        body: String,
    ) -> Result<Answer> {
        let cookies: Vec<String> = self.cookies.iter().map(|(n, v)| format!("{n}={v}")).collect();
        let request = || {
            Request::builder()
                .method(method.clone())
                .uri(path)
                .header(HOST, format!("localhost:{}", self.port))
                .header(ORIGIN, format!("http://localhost:{}", self.port))
                .header("sec-fetch-site", "same-origin")
                .header("accept", kind)
                .header("x-csrf-token", self.csrf.as_str())
                .header(CONTENT_TYPE, kind)
                .header(COOKIE, cookies.join("; "))
                .body(Full::new(Bytes::from(body.clone())))
                .map_err(Error::other)
        };
        let mut kept = self.connection.take().filter(|kept| !kept.is_closed());
        let mut again = 0..AGAIN;
        let (connection, response) = loop {
            let mut connection = match kept.take() {
                Some(kept) => kept,
                None => connect(self.port).await?,
            };
            match connection.send_request(request()?).await {
                // The server ends who is silent, where more come than it has places; the request was
                // not looked at.
                Err(error) if is_over(&error) && again.next().is_some() => {}
                sent => break (connection, sent.map_err(Error::other)?),
            }
        };
        let answer = self.read(path, response).await?;
        self.connection = Some(connection);
        Ok(answer)
    }

    async fn read(
        &mut self,
        path: &str,
        response: Response<hyper::body::Incoming>,
    ) -> Result<Answer> {
        let (parts, body) = response.into_parts();
        let text = |name| parts.headers.get(name).and_then(|value| value.to_str().ok());
        for set in parts.headers.get_all(SET_COOKIE).iter().flat_map(|value| value.to_str()) {
            let pair = set.split(';').next().and_then(|pair| pair.split_once('='));
            match pair {
                Some((name, "")) => drop(self.cookies.remove(name)),
                Some((name, value)) => drop(self.cookies.insert(name.to_owned(), value.to_owned())),
                None => (),
            }
        }
        let answer = Answer {
            path: path.to_owned(),
            status: parts.status.as_u16(),
            location: text(LOCATION).unwrap_or_default().to_owned(),
            retry_after: text(RETRY_AFTER).and_then(|seconds| seconds.parse().ok()),
            body: String::new(),
        };
        let body = body.collect().await.map_err(Error::other)?.to_bytes();
        Ok(Answer { body: String::from_utf8_lossy(&body).into_owned(), ..answer })
    }
}

/// Whether the other side had ended the connection.
fn is_over(error: &hyper::Error) -> bool {
    let source = std::error::Error::source(error).and_then(|source| source.downcast_ref::<Error>());
    let reset = source.is_some_and(|source| {
        matches!(source.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe)
    });
    reset || error.is_canceled() || error.is_closed() || error.is_incomplete_message()
}

async fn connect(port: u16) -> Result<SendRequest<Full<Bytes>>> {
    let socket = TcpStream::connect(("127.0.0.1", port)).await?;
    socket.set_nodelay(true)?;
    let (sender, connection) = handshake(TokioIo::new(socket)).await.map_err(Error::other)?;
    // It ends with the sender; what goes wrong in it is what the sender says.
    tokio::spawn(async move { connection.await.unwrap_or_default() });
    Ok(sender)
}
