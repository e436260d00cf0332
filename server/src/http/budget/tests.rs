//! The budget over real sockets: who is held to it, by what answer, and what is not written.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::http::context::Table;
use crate::http::testing::{Listening, listen};
use crate::http::{api, routes};
use crate::storage::testing::rows;

const ORIGIN: &str = "http://localhost:8080";
/// What an application begins a log-in with.
const BEGIN: &str = r#"{"code_challenge":"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM","code_challenge_method":"S256"}"#;

/// A server on a socket, with an allowance of five requests and one a second.
struct Server(Listening);

struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find_map(|(found, value)| found.eq_ignore_ascii_case(name).then_some(value))
    }
}

impl Server {
    async fn start(limits: &str) -> Self {
        let limits = format!("[limits]\nsource_at_once = 5\nsource_per_minute = 60\n{limits}");
        Self::configured(&limits).await
    }

    async fn configured(text: &str) -> Self {
        Self(listen(text).await)
    }

    async fn ask(&self, method: &str, path: &str, headers: &str, body: &str) -> Answer {
        let mut socket = TcpStream::connect(self.0.address).await.unwrap();
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
             Content-Length: {length}\r\n{headers}\r\n{body}"
        );
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer { status, head: head.to_owned(), body: body.to_owned() }
    }

    /// Begins a log-in by the API, as a proxy says that `from` does.
    async fn begin(&self, from: &str) -> Answer {
        let headers = format!("Content-Type: application/json\r\nX-Forwarded-For: {from}\r\n");
        self.ask("POST", "/api/v1/login/attempts", &headers, BEGIN).await
    }

    async fn statuses(&self, from: &str, times: usize) -> Vec<u16> {
        let mut statuses = Vec::new();
        for _ in 0..times {
            statuses.push(self.begin(from).await.status);
        }
        statuses
    }

    async fn attempts(&self) -> i64 {
        rows(&self.0.app.db, "attempt").await
    }
}

const BEHIND: &str = "proxies = [\"127.0.0.1\"]";

#[tokio::test]
async fn one_address_that_floods_is_told_when_to_come_back() {
    let server = Server::start(BEHIND).await;
    assert_eq!(server.statuses("198.51.100.7", 8).await, [201, 201, 201, 201, 201, 429, 429, 429]);
    assert_eq!(server.attempts().await, 5, "a refused request writes nothing");
    let refused = server.begin("198.51.100.7").await;
    assert_eq!(refused.header("retry-after"), Some("5"));
    assert_eq!(refused.header("content-type"), Some("application/problem+json"));
    let problem: serde_json::Value = serde_json::from_str(&refused.body).unwrap();
    assert_eq!((&problem["code"], &problem["retry_after"]), (&"too_many".into(), &5.into()));
    assert!(problem["detail"].as_str().unwrap().contains("5 seconden"), "{problem}");

    assert_eq!(server.statuses("198.51.100.8", 5).await, [201; 5], "a neighbour is not held");
    server.0.app.clock.advance(Duration::from_secs(5));
    assert_eq!(server.statuses("198.51.100.7", 6).await, [201, 201, 201, 201, 201, 429]);
}

#[tokio::test]
async fn what_a_client_adds_to_the_header_of_a_proxy_gives_it_no_more() {
    let server = Server::start(BEHIND).await;
    for n in 0..5 {
        assert_eq!(server.begin(&format!("203.0.113.{n}, 198.51.100.7")).await.status, 201);
    }
    assert_eq!(server.begin("203.0.113.9, 198.51.100.7").await.status, 429);
    let network = |n: u8| format!("2001:db8:1:2:{n}::{n}");
    for n in 0..5 {
        assert_eq!(server.begin(&network(n)).await.status, 201);
    }
    assert_eq!(server.begin(&network(9)).await.status, 429);
}

#[tokio::test]
async fn without_a_named_proxy_only_the_budget_of_all_holds_this_machine() {
    let limits = "[limits]\nall_at_once = 8\nall_per_minute = 60";
    let origin = "[server]\norigin = \"https://sleutelbos.test\"";
    let server = Server::configured(&format!("{limits}\n{origin}")).await;
    let mut statuses = Vec::new();
    for n in 0..10 {
        statuses.push(server.begin(&format!("198.51.100.{n}")).await.status);
    }
    assert_eq!(statuses, [201, 201, 201, 201, 201, 201, 201, 201, 429, 429]);
    // Without https nobody can be behind a proxy: whoever develops or measures here is not held.
    let server = Server::configured(limits).await;
    for n in 0..20 {
        assert_eq!(server.begin(&format!("198.51.100.{n}")).await.status, 201);
    }
}

#[tokio::test]
async fn who_asked_little_logs_in_while_others_spend_what_all_have() {
    let server = Server::start(&format!("{BEHIND}\nall_at_once = 8\nall_per_minute = 60")).await;
    assert_eq!(server.statuses("198.51.100.7", 5).await, [201; 5]);
    assert_eq!(server.statuses("198.51.100.8", 5).await, [201; 5]);
    assert_eq!(server.statuses("198.51.100.9", 4).await, [201; 4]);
}

#[tokio::test]
async fn the_page_says_in_a_sentence_how_long_to_wait() {
    let server = Server::start(BEHIND).await;
    let from = "X-Forwarded-For: 198.51.100.7\r\n";
    let form = server.ask("GET", "/login", from, "").await;
    let cookie = form.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let token = form.body.split("name=\"csrf\" value=\"").nth(1).unwrap();
    let token = token.split('"').next().unwrap().to_owned();
    server.statuses("198.51.100.7", 5).await;
    let post = async |language: &str| {
        let headers = format!(
            "{from}Cookie: {cookie}\r\nOrigin: {ORIGIN}\r\nAccept-Language: {language}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n"
        );
        let body = format!("csrf={token}&username=test.arts%40voorbeeld.nl&password=verkeerd");
        server.ask("POST", "/login", &headers, &body).await
    };
    for (language, sentence) in [("nl", "Wacht 5 seconden"), ("en", "Wait 5 seconds")] {
        let answer = post(language).await;
        assert_eq!((answer.status, answer.header("retry-after")), (429, Some("5")));
        assert!(answer.body.contains("data-code=\"too_many\""), "{}", answer.body);
        assert!(answer.body.contains(sentence), "{}", answer.body);
    }
    assert_eq!(server.attempts().await, 5);
    assert_eq!(server.ask("GET", "/login", from, "").await.status, 200, "a page is only read");
}

/// The addresses are those of the routes: one that is added is held, or it is named here.
#[tokio::test]
async fn every_address_where_people_log_in_is_held_and_no_other() {
    let server = Server::start(BEHIND).await;
    server.statuses("198.51.100.7", 5).await;
    let headers = "X-Forwarded-For: 198.51.100.7\r\nContent-Type: application/json\r\n";
    let form = server.ask("GET", "/login", "", "").await;
    let cookie = form.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let token = form.body.split("name=\"csrf\" value=\"").nth(1).unwrap();
    let token = token.split('"').next().unwrap();
    let headers =
        format!("{headers}Cookie: {cookie}\r\nOrigin: {ORIGIN}\r\nX-CSRF-Token: {token}\r\n");
    let paths = |table: Table| table.into_iter().map(|(path, _)| path);
    for path in paths(routes::log_in()).chain(paths(routes::asking())).chain(paths(api::log_in())) {
        assert_eq!(server.ask("POST", path, &headers, "{}").await.status, 429, "{path}");
    }
    let mut open = Vec::new();
    for path in paths(routes::pages()).chain(paths(routes::managing())).chain(paths(api::routes()))
    {
        let status = server.ask("POST", path, &headers, "{}").await.status;
        assert_ne!(status, 429, "{path}");
        if path.contains("/login") && status != 405 {
            open.push(path);
        }
    }
    assert_eq!(open, ["/login/cancel"], "it only takes a cookie away");
}
