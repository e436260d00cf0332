//! HTTP as plain as it can be: one request, one answer, one connection.

use serde_json::{Value, json};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

/// The verifier of RFC 7636, appendix B.
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
/// The challenge of [`VERIFIER`].
pub const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// Who asks a server on this port.
#[derive(Debug, Clone, Copy)]
pub struct Client {
    /// Of the loopback address.
    pub port: u16,
}

/// What the server answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The status line and the headers.
    pub head: String,
    /// The body.
    pub body: String,
}

impl Answer {
    /// The body as JSON, where the status is a good one.
    pub fn good(&self) -> Value {
        assert!((200..300).contains(&self.status), "{} {}", self.status, self.body);
        serde_json::from_str(&self.body).unwrap_or(Value::Null)
    }

    /// The cookies that are set, as a browser sends them back.
    pub fn cookies(&self) -> Vec<&str> {
        self.headers("set-cookie").filter_map(|value| value.split(';').next()).collect()
    }

    /// The value of this header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers(name).next()
    }

    fn headers(&self, name: &str) -> impl Iterator<Item = &str> {
        let headers = self.head.lines().filter_map(|line| line.split_once(": "));
        let chosen = headers.filter(move |(known, _)| known.eq_ignore_ascii_case(name));
        chosen.map(|(_, value)| value)
    }

    /// The code of a refusal.
    pub fn code(&self) -> String {
        let body: Value = serde_json::from_str(&self.body).unwrap_or(Value::Null);
        body.get("code").and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    /// What a key is asked.
    pub fn options(&self) -> Value {
        self.good().get("publicKey").cloned().unwrap_or_else(|| panic!("{}", self.body))
    }

    /// This member of the body, which is a text.
    pub fn text(&self, member: &str) -> String {
        let found = self.good().get(member).and_then(Value::as_str).map(str::to_owned);
        found.unwrap_or_else(|| panic!("{member}: {}", self.body))
    }
}

impl Client {
    /// Sends a request and reads what comes until the server closes.
    ///
    /// Errors: the connection breaks before an answer is whole.
    pub fn ask(self, method: &str, path: &str, head: &str, body: &str) -> std::io::Result<Answer> {
        let mut socket = TcpStream::connect(("127.0.0.1", self.port))?;
        socket.set_read_timeout(Some(Duration::from_secs(30)))?;
        socket.set_nodelay(true)?;
        let (port, length) = (self.port, body.len());
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\
             Content-Length: {length}\r\n{head}\r\n{body}"
        );
        socket.write_all(request.as_bytes())?;
        let mut bytes = Vec::new();
        socket.read_to_end(&mut bytes)?;
        let text = String::from_utf8_lossy(&bytes);
        let broken = || std::io::Error::from(std::io::ErrorKind::UnexpectedEof);
        let (head, body) = text.split_once("\r\n\r\n").ok_or_else(broken)?;
        let status = head.split(' ').nth(1).and_then(|s| s.parse().ok()).ok_or_else(broken)?;
        Ok(Answer { status, head: head.to_owned(), body: body.to_owned() })
    }

    /// A POST of the API.
    ///
    /// Errors: as [`Client::ask`].
    pub fn post(self, path: &str, bearer: &str, body: &Value) -> std::io::Result<Answer> {
        let bearer = if bearer.is_empty() {
            String::new()
        } else {
            format!("Authorization: Bearer {bearer}\r\n")
        };
        let head = format!("{bearer}Content-Type: application/json\r\nAccept-Language: nl\r\n");
        self.ask("POST", &format!("/api/v1/{path}"), &head, &body.to_string())
    }

    /// Begins a log-in; its bearer.
    ///
    /// Errors: as [`Client::ask`].
    pub fn attempt(self) -> std::io::Result<String> {
        let body = json!({"code_challenge": CHALLENGE, "code_challenge_method": "S256"});
        Ok(self.post("login/attempts", "", &body)?.text("attempt"))
    }

    /// One password in this log-in.
    ///
    /// Errors: as [`Client::ask`].
    pub fn password(self, attempt: &str, name: &str, password: &str) -> std::io::Result<Answer> {
        self.post("login/password", attempt, &json!({"username": name, "password": password}))
    }

    /// Turns a code into a session.
    ///
    /// Errors: as [`Client::ask`].
    pub fn redeem(self, code: &str) -> std::io::Result<Answer> {
        self.post("login/code", "", &json!({"code": code, "code_verifier": VERIFIER}))
    }
}
