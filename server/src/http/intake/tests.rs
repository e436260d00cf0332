//! What is let in, over real sockets.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::http::testing::{Listening, listen};

/// A server on a socket, and one connection to it.
struct Line {
    socket: TcpStream,
    read: Vec<u8>,
    _server: Listening,
}

#[derive(Debug)]
struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Line {
    async fn to(origin: &str) -> Self {
        let server = listen(&format!("[server]\norigin = \"{origin}\"")).await;
        let socket = TcpStream::connect(server.address).await.unwrap();
        Self { socket, read: Vec::new(), _server: server }
    }

    /// Sends this and reads one answer; nothing where the connection ends first.
    async fn ask(&mut self, request: &str) -> Option<Answer> {
        self.socket.write_all(request.as_bytes()).await.ok()?;
        let head = loop {
            if let Some(at) = self.read.windows(4).position(|four| four == b"\r\n\r\n") {
                break self.take(at + 4);
            }
            self.more().await?;
        };
        let header = |name: &str| {
            let mut lines = head.lines().filter_map(|line| line.split_once(": "));
            lines.find_map(|(found, value)| found.eq_ignore_ascii_case(name).then_some(value))
        };
        let length = header("content-length").unwrap_or("0").parse().unwrap();
        while self.read.len() < length {
            self.more().await?;
        }
        let body = self.take(length);
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Some(Answer { status, head, body })
    }

    async fn more(&mut self) -> Option<()> {
        (self.socket.read_buf(&mut self.read).await.ok()? > 0).then_some(())
    }

    fn take(&mut self, bytes: usize) -> String {
        String::from_utf8(self.read.drain(..bytes).collect()).unwrap()
    }
}

async fn local() -> Line {
    Line::to("http://localhost:8080").await
}

fn post(path: &str, host: &str, body: &str) -> String {
    let length = body.len();
    format!("POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}\r\n\r\n{body}")
}

#[tokio::test]
async fn who_is_refused_early_keeps_the_connection() {
    let mut line = local().await;
    let body = "x".repeat(60_000);
    for _ in 0..20 {
        for path in ["/api/v1/logout", "/api/v1/enrolment/card", "/login", "/nowhere"] {
            let answer = line.ask(&post(path, "localhost:8080", &body)).await.unwrap();
            assert!([401, 403, 404].contains(&answer.status), "{path}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_is_no_large_one() {
    let broken = "POST /login HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\
                  Origin: http://localhost:8080\r\n\r\nzz\r\n";
    let answer = local().await.ask(broken).await.unwrap();
    assert_eq!(answer.status, 400, "{answer:?}");
}

#[tokio::test]
async fn a_body_that_is_announced_too_large_is_refused_at_once() {
    for (length, more) in [(99_999_999_999_u64, ""), (70_000, "Expect: 100-continue\r\n")] {
        let request = format!(
            "POST /api/v1/logout HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n{more}\r\n"
        );
        let mut line = local().await;
        // Far sooner than a request may take.
        let answer = tokio::time::timeout(Duration::from_secs(9), line.ask(&request)).await;
        let answer = answer.unwrap().unwrap();
        assert_eq!(answer.status, 413, "{answer:?}");
        assert!(answer.head.to_lowercase().contains("connection: close"), "{answer:?}");
        assert!(answer.body.contains("too_large"), "{answer:?}");
    }
}

#[tokio::test]
async fn who_sends_a_large_body_whole_reads_the_answer() {
    let body = "x".repeat(1_000_000);
    let answer = local().await.ask(&post("/api/v1/logout", "localhost", &body)).await.unwrap();
    assert_eq!(answer.status, 413, "{answer:?}");
}

#[tokio::test]
async fn a_request_names_one_host_and_that_is_ours() {
    let status = async |origin: &str, head: &str| {
        Line::to(origin).await.ask(&format!("{head}\r\n\r\n")).await.unwrap().status
    };
    let local = "http://localhost:8080";
    let https = "https://inloggen.praktijk.example";
    for (origin, head, expected) in [
        (local, "GET /login HTTP/1.1\r\nHost: localhost:8080", 200),
        (local, "GET /login HTTP/1.1\r\nHost: LOCALHOST", 200),
        (local, "GET /login HTTP/1.1\r\nHost: 127.0.0.1:9", 200),
        (local, "GET /login HTTP/1.1\r\nHost: [::1]:8080", 200),
        (local, "GET /login HTTP/1.0", 200),
        (local, "GET /login HTTP/1.1\r\nAccept: */*", 400),
        (local, "GET /login HTTP/1.1\r\nHost: localhost\r\nHost: localhost", 400),
        (local, "GET /login HTTP/1.1\r\nHost: a b", 400),
        (local, "GET /login HTTP/1.1\r\nHost: evil.example", 421),
        (local, "GET /api/v1/me HTTP/1.1\r\nHost: localhost.evil.example:8080", 421),
        (local, "GET http://evil.example/login HTTP/1.1\r\nHost: localhost", 421),
        (https, "GET /login HTTP/1.1\r\nHost: inloggen.praktijk.example", 200),
        (https, "GET /login HTTP/1.1\r\nHost: Inloggen.Praktijk.Example.:443", 200),
        (https, "GET /login HTTP/1.1\r\nHost: 127.0.0.1:8080", 200),
        (https, "GET /login HTTP/1.1\r\nHost: praktijk.example", 421),
        (https, "GET /login HTTP/1.1\r\nHost: 192.0.2.7", 421),
    ] {
        assert_eq!(status(origin, head).await, expected, "{origin}: {head}");
    }
}
