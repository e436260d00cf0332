//! The API through its router, as an agent would use it.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderValue, Request, StatusCode, header};
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use tower::ServiceExt as _;

use crate::app::App;
use crate::factors::testing::SoftKey;
use crate::http::router;
use crate::http::testing::app_with_holder;

mod keys;

const NAME: &str = "test.arts@voorbeeld.nl";
const PASSWORD: &str = "vier woorden achter elkaar";
/// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// A server on an empty SQLite database, with one test holder who has a password only.
struct Server {
    app: Arc<App>,
    router: Router,
    _data: TempDir,
}

struct Answer {
    status: StatusCode,
    kind: String,
    body: Value,
}

impl Answer {
    fn text(&self, name: &str) -> &str {
        self.body[name].as_str().unwrap_or_else(|| panic!("{name} in {}", self.body))
    }

    /// Status and code of a refusal, which is always problem+json with a sentence.
    fn refused(&self) -> (u16, &str) {
        assert_eq!(self.kind, "application/problem+json", "{}", self.body);
        assert_eq!(self.body["status"], self.status.as_u16());
        assert_eq!(self.text("type"), "about:blank");
        assert!(!self.text("title").is_empty());
        assert!(self.text("detail").ends_with('.'), "{}", self.body);
        (self.status.as_u16(), self.text("code"))
    }

    fn good(self) -> Value {
        assert!(self.status.is_success(), "{} {}", self.status, self.body);
        self.body
    }
}

impl Server {
    async fn new() -> Self {
        let config = "[uzi]\nenvironment = \"test\"";
        let (app, data) = app_with_holder(config, NAME, PASSWORD).await;
        let router = router(app.clone());
        Self { app, router, _data: data }
    }

    async fn send(&self, mut request: Request<Body>) -> Answer {
        request.headers_mut().insert(header::HOST, HeaderValue::from_static("localhost:8080"));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let kind = parts.headers.get(header::CONTENT_TYPE).map(|kind| kind.to_str().unwrap());
        let kind = kind.unwrap_or_default().to_owned();
        assert_eq!(parts.headers[header::CACHE_CONTROL], "no-store");
        assert!(parts.headers.get(header::SET_COOKIE).is_none(), "the API sets no cookie");
        let body = to_bytes(body, usize::MAX).await.unwrap();
        let body =
            if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).unwrap() };
        Answer { status: parts.status, kind, body }
    }

    async fn post(&self, path: &str, bearer: &str, body: Value) -> Answer {
        self.send(post_of(path, bearer, body.to_string())).await
    }

    async fn get(&self, path: &str, bearer: &str) -> Answer {
        let request = Request::get(format!("/api/v1/{path}"));
        let request = request.header(header::AUTHORIZATION, format!("Bearer {bearer}"));
        self.send(request.body(Body::empty()).unwrap()).await
    }

    async fn attempt(&self) -> String {
        let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
        let body = json!({"code_challenge": challenge, "code_challenge_method": "S256"});
        let answer = self.post("login/attempts", "", body).await;
        assert_eq!((answer.status, &answer.body["expires_in"]), (StatusCode::CREATED, &json!(300)));
        answer.text("attempt").to_owned()
    }

    async fn password(&self, attempt: &str, username: &str, password: &str) -> Answer {
        let body = json!({"username": username, "password": password});
        self.post("login/password", attempt, body).await
    }

    async fn redeem(&self, code: &str, verifier: &str) -> Answer {
        let body = json!({"code": code, "code_verifier": verifier});
        self.post("login/code", "", body).await
    }

    /// A visit that can only enrol.
    async fn visit(&self) -> String {
        let attempt = self.attempt().await;
        let answer = self.password(&attempt, NAME, PASSWORD).await;
        assert_eq!(answer.text("state"), "enrol_only");
        self.redeem(answer.text("code"), VERIFIER).await.good()["session"].as_str().unwrap().into()
    }

    async fn enrol(&self, session: &str, kind: &str, key: &mut SoftKey) -> Answer {
        let path = "enrolment/webauthn/options";
        let options = self.post(path, session, json!({ "kind": kind })).await.good();
        let credential = key.create(&options["publicKey"]);
        let body = json!({"credential": credential, "name": "Mijn sleutel"});
        self.post("enrolment/webauthn", session, body).await
    }

    async fn touch(&self, attempt: &str, key: &mut SoftKey) -> Answer {
        let options = self.post("login/webauthn/options", attempt, json!({})).await.good();
        let credential = key.get(&options["publicKey"]);
        self.post("login/webauthn", attempt, json!({ "credential": credential })).await
    }
}

fn post_of(path: &str, bearer: &str, body: String) -> Request<Body> {
    let request = Request::post(format!("/api/v1/{path}"))
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::AUTHORIZATION, format!("Bearer {bearer}"));
    request.body(Body::from(body)).unwrap()
}

/// To serde the members of a struct in their order are as good as an object.
#[tokio::test]
async fn only_an_object_is_taken_for_one_and_no_reason_names_our_own_types() {
    let server = Server::new().await;
    let attempt = server.attempt().await;
    let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
    for (path, bearer, body) in [
        ("login/attempts", "", json!([challenge, "S256"])),
        ("login/attempts", "", json!([challenge])),
        ("login/attempts", "", json!("S256")),
        ("login/password", attempt.as_str(), json!([NAME, PASSWORD])),
        ("login/password", attempt.as_str(), json!(7)),
        ("login/password", attempt.as_str(), Value::Null),
    ] {
        let answer = server.post(path, bearer, body.clone()).await;
        assert_eq!(answer.refused(), (400, "bad_request"), "{body}");
        assert_eq!(answer.text("reason"), "an object is expected", "{body}");
    }
    let spaced = format!("\n\t {}", json!({"username": NAME, "password": PASSWORD, "new": [1]}));
    let answer = server.send(post_of("login/password", &attempt, spaced)).await;
    assert_eq!(answer.good()["state"], "enrol_only", "members nobody knows are passed over");
}

#[tokio::test]
async fn a_key_is_enrolled_in_the_first_visit_and_then_logs_in_after_the_password() {
    let server = Server::new().await;
    let mut key = SoftKey::new();
    let visit = server.visit().await;
    assert_eq!(server.get("me", &visit).await.refused(), (403, "enrol_first"));
    let answer = server.enrol(&visit, "security_key", &mut key).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    let factor = &answer.body["factor"];
    assert_eq!(
        (&factor["kind"], &factor["name"]),
        (&json!("security_key"), &json!("Mijn sleutel"))
    );
    assert!(factor["id"].is_string() && factor["level"].is_string());
    assert_eq!((&factor["proven"], &factor["copied"]), (&json!(false), &json!(false)));

    let attempt = server.attempt().await;
    let answer = server.password(&attempt, NAME, PASSWORD).await.good();
    assert_eq!(answer, json!({"state": "factor", "ways": ["security_key"], "proven": false}));
    let another = server.attempt().await;
    server.password(&another, NAME, PASSWORD).await.good();
    let done = server.touch(&attempt, &mut key).await.good();
    let again = server.post("enrolment/webauthn/options", &visit, json!({"kind": "passkey"})).await;
    assert_eq!(again.refused(), (403, "only_first"));
    let late = server.post("login/enrolment", &another, json!({})).await;
    assert_eq!(late.refused(), (401, "login_expired"));
    assert_eq!(done["state"], "done");
    let opened = server.redeem(done["code"].as_str().unwrap(), VERIFIER).await.good();
    assert_eq!(opened["level"], done["level"]);
    assert_eq!(opened["account"]["username"], NAME);
    assert_eq!(opened["account"]["organisation"], "Praktijk Voorbeeld");
    assert!(opened["expires_in"].as_u64().unwrap() > 0);

    let session = opened["session"].as_str().unwrap();
    let me = server.get("me", session).await.good();
    assert_eq!(me["factors"].as_array().unwrap().len(), 1);
    assert_eq!(me["factors"][0]["proven"], true);
    let current = me["sessions"].as_array().unwrap().iter().filter(|one| one["current"] == true);
    assert_eq!(current.count(), 1);
    let out = server.post("logout", session, json!({})).await;
    assert_eq!((out.status, out.body), (StatusCode::NO_CONTENT, Value::Null));
    assert_eq!(server.get("me", session).await.refused(), (401, "log_in_first"));
}

#[tokio::test]
async fn who_lost_a_key_before_its_first_use_enrols_another() {
    let server = Server::new().await;
    let visit = server.visit().await;
    server.enrol(&visit, "security_key", &mut SoftKey::new()).await;
    let attempt = server.attempt().await;
    let early = server.post("login/enrolment", &attempt, json!({})).await;
    assert_eq!(early.refused(), (401, "login_expired"));
    let attempt = server.attempt().await;
    server.password(&attempt, NAME, PASSWORD).await.good();
    let answer = server.post("login/enrolment", &attempt, json!({})).await.good();
    assert_eq!(answer["state"], "enrol_only");
    let opened = server.redeem(answer["code"].as_str().unwrap(), VERIFIER).await.good();
    let mut key = SoftKey::new();
    let made = server.enrol(opened["session"].as_str().unwrap(), "passkey", &mut key).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
}

#[tokio::test]
async fn a_passkey_logs_in_without_a_password() {
    let server = Server::new().await;
    let mut key = SoftKey::new();
    server.enrol(&server.visit().await, "passkey", &mut key).await.good();
    let attempt = server.attempt().await;
    let options = server.post("login/webauthn/options", &attempt, json!({})).await.good();
    assert_eq!(options["publicKey"]["userVerification"], "required");
    let allowed = options["publicKey"]["allowCredentials"].as_array();
    assert!(allowed.is_none_or(Vec::is_empty));
    let done = server.touch(&attempt, &mut key).await.good();
    assert_eq!((&done["state"], &done["level"]), (&json!("done"), &json!("high")));
    // The attempt is over.
    let late = server.post("login/webauthn/options", &attempt, json!({})).await;
    assert_eq!(late.refused(), (401, "login_expired"));
    // A key that does not verify its user is told so.
    key.verifies = false;
    let attempt = server.attempt().await;
    assert_eq!(
        server.touch(&attempt, &mut key).await.refused(),
        (403, "user_verification_missing")
    );
}

#[tokio::test]
async fn unknown_names_are_answered_like_wrong_passwords_and_blocked_alike() {
    let server = Server::new().await;
    for name in [NAME, "nobody@voorbeeld.nl"] {
        for attempt in 1..5 {
            let token = server.attempt().await;
            let answer = server.password(&token, name, "something else entirely").await;
            assert_eq!(answer.refused(), (401, "wrong_password"), "{name} {attempt}");
        }
        let token = server.attempt().await;
        for _ in 0..2 {
            let answer = server.password(&token, name, "something else entirely").await;
            assert_eq!(answer.refused(), (403, "password_blocked"), "{name}");
            assert!(answer.body["blocked_until"].is_string(), "{}", answer.body);
        }
    }
}

#[tokio::test]
async fn a_code_is_redeemed_once_and_only_by_its_verifier() {
    let server = Server::new().await;
    let code = async || {
        let attempt = server.attempt().await;
        server.password(&attempt, NAME, PASSWORD).await.text("code").to_owned()
    };
    let first = code().await;
    server.redeem(&first, VERIFIER).await.good();
    assert_eq!(server.redeem(&first, VERIFIER).await.refused(), (401, "code_invalid"));
    let second = code().await;
    let wrong = VERIFIER.replace('d', "e");
    assert_eq!(server.redeem(&second, &wrong).await.refused(), (401, "code_invalid"));
    let spent = server.redeem(&second, VERIFIER).await;
    assert_eq!(spent.refused(), (401, "code_invalid"), "a wrong verifier spends the code");
    assert_eq!(server.redeem("garbage", VERIFIER).await.refused(), (401, "code_invalid"));
    assert_eq!(server.redeem(&second, "short").await.refused(), (400, "bad_request"));
    let late = code().await;
    server.app.clock.advance(std::time::Duration::from_secs(60));
    assert_eq!(server.redeem(&late, VERIFIER).await.refused(), (401, "code_invalid"));
}

/// The TEST card of 2024, whose key nobody here has.
fn auth_token() -> Value {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/uzi/samples/real-test");
    let pem = std::fs::read(format!("{folder}/z_huisarts_2024_authenticiteit.pem")).unwrap();
    let card = crate::uzi::certificate::Certificate::from_file_content(&pem).unwrap();
    json!({
        "unverifiedCertificate": BASE64_STANDARD.encode(card.der()),
        "algorithm": "RS256",
        "signature": BASE64_STANDARD.encode([7; 256]),
        "format": "web-eid:1.0",
        "appVersion": "2.0.0",
    })
}

#[tokio::test]
async fn a_cards_token_is_refused_by_the_code_and_sentence_of_the_failing_check() {
    let server = Server::new().await;
    let attempt = server.attempt().await;
    let ask = async |token: Value, asked: bool| {
        if asked {
            let nonce = server.post("login/card/challenge", &attempt, json!({})).await.good();
            assert_eq!(nonce["nonce"].as_str().unwrap().len(), 44);
        }
        server.post("login/card", &attempt, json!({ "auth_token": token })).await
    };
    assert_eq!(ask(auth_token(), true).await.refused(), (401, "card_signature"));
    // The nonce was spent by that token.
    assert_eq!(ask(auth_token(), false).await.refused(), (409, "challenge_gone"));
    let mut other = auth_token();
    other["format"] = json!("web-eid:2.0");
    let answer = ask(other, true).await;
    assert_eq!(answer.refused(), (401, "card_token_format"));
    assert!(answer.text("detail").contains("Werk de agent"), "{}", answer.body);
    assert_eq!(ask(json!({}), true).await.refused(), (401, "card_token"));
    assert_eq!(ask(json!("text"), true).await.refused(), (400, "bad_request"));
    server.app.clock.advance(std::time::Duration::from_secs(299));
    assert_eq!(ask(auth_token(), true).await.refused(), (401, "card_signature"));
    server.app.clock.advance(std::time::Duration::from_secs(2));
    assert_eq!(ask(auth_token(), false).await.refused(), (401, "login_expired"));
}

#[tokio::test]
async fn a_visit_with_only_a_password_links_no_card() {
    let server = Server::new().await;
    let visit = server.visit().await;
    let challenge = server.post("enrolment/card/challenge", &visit, json!({})).await;
    assert_eq!(challenge.refused(), (403, "enrol_first"));
    let body = json!({ "auth_token": auth_token() });
    let link = server.post("enrolment/card", &visit, body).await;
    assert_eq!(link.refused(), (403, "enrol_first"));
}

#[tokio::test]
async fn a_card_is_linked_only_with_a_token_that_holds() {
    let server = Server::new().await;
    let mut key = SoftKey::new();
    server.enrol(&server.visit().await, "passkey", &mut key).await.good();
    let done = server.touch(&server.attempt().await, &mut key).await.good();
    let opened = server.redeem(done["code"].as_str().unwrap(), VERIFIER).await.good();
    let visit = opened["session"].as_str().unwrap().to_owned();
    let nonce = server.post("enrolment/card/challenge", &visit, json!({})).await.good();
    assert_eq!(nonce["nonce"].as_str().unwrap().len(), 44);
    let body = json!({ "auth_token": auth_token() });
    let answer = server.post("enrolment/card", &visit, body.clone()).await;
    assert_eq!(answer.refused(), (401, "card_signature"));
    let again = server.post("enrolment/card", &visit, body).await;
    assert_eq!(again.refused(), (409, "challenge_gone"));
    let name = json!({ "auth_token": auth_token(), "name": "x".repeat(61) });
    let long = server.post("enrolment/card", &visit, name).await;
    assert_eq!(long.refused(), (422, "bad_name"));
}

#[tokio::test]
async fn a_name_that_is_not_taken_is_refused_before_a_key_makes_anything() {
    let server = Server::new().await;
    let visit = server.visit().await;
    let ask = |name: &str| json!({ "kind": "passkey", "name": name });
    for name in ["", "  ", &"x".repeat(61)] {
        let answer = server.post("enrolment/webauthn/options", &visit, ask(name)).await;
        assert_eq!(answer.refused(), (422, "bad_name"), "{name:?}");
    }
    let long = ask(&"é".repeat(60));
    assert!(server.post("enrolment/webauthn/options", &visit, long).await.good().is_object());
}

#[tokio::test]
async fn without_a_bearer_that_is_good_nothing_is_answered() {
    let server = Server::new().await;
    let visit = server.visit().await;
    let attempt = server.attempt().await;
    for path in ["login/webauthn/options", "login/card/challenge"] {
        for bearer in ["", "x", &"A".repeat(43), &visit] {
            let answer = server.post(path, bearer, json!({})).await;
            assert_eq!(answer.refused(), (401, "login_expired"), "{path} {bearer}");
        }
    }
    for path in ["enrolment/card/challenge", "logout"] {
        for bearer in ["", "x", &"A".repeat(43), &attempt] {
            let answer = server.post(path, bearer, json!({})).await;
            assert_eq!(answer.refused(), (401, "log_in_first"), "{path} {bearer}");
        }
    }
    for authorization in [None, Some("Basic eDp5"), Some("Bearers x"), Some("")] {
        let request = Request::post("/api/v1/login/webauthn/options")
            .header(header::CONTENT_TYPE, "application/json");
        let request = match authorization {
            Some(value) => request.header(header::AUTHORIZATION, value),
            None => request,
        };
        let answer = server.send(request.body(Body::from("{}")).unwrap()).await;
        assert_eq!(answer.refused(), (401, "no_bearer"), "{authorization:?}");
        assert!(answer.text("reason").contains("Authorization: Bearer"), "{}", answer.body);
    }
    let basic = Request::get("/api/v1/me").header(header::AUTHORIZATION, "Basic eDp5");
    let answer = server.send(basic.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.refused(), (401, "log_in_first"));
    let cookie = Request::get("/api/v1/me").header(header::COOKIE, format!("session={visit}"));
    let answer = server.send(cookie.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.refused(), (401, "log_in_first"), "a cookie opens nothing here");
}

#[tokio::test]
async fn what_is_no_request_of_ours_is_refused_in_words_of_either_language() {
    let server = Server::new().await;
    let plain = json!({"code_challenge": VERIFIER, "code_challenge_method": "plain"});
    assert_eq!(server.post("login/attempts", "", plain).await.refused(), (400, "bad_request"));
    let short = json!({"code_challenge": "abc", "code_challenge_method": "S256"});
    assert_eq!(server.post("login/attempts", "", short).await.refused(), (400, "bad_request"));
    let twice = r#"{"code":"a","code":"b","code_verifier":"c"}"#.to_owned();
    let answer = server.send(post_of("login/code", "", twice)).await;
    assert_eq!(answer.refused(), (400, "bad_request"));
    assert_eq!(answer.body["reason"], "duplicate field `code` at line 1 column 18");
    assert!(!answer.text("detail").contains("pagina"), "a program has no page: {}", answer.body);
    let large = format!("{{\"code\":\"{}\"}}", "a".repeat(70_000));
    let answer = server.send(post_of("login/code", "", large)).await;
    assert_eq!(answer.refused(), (413, "too_large"));
    for (path, expected) in [("nowhere", (404, "not_found")), ("login/code", (405, "method"))] {
        let answer = server.get(path, "").await;
        assert_eq!(answer.refused(), expected);
        assert!(answer.text("reason").contains("address"), "{}", answer.body);
        let words = format!("{}{}", answer.text("title"), answer.text("detail"));
        assert!(!words.contains("pagina") && words.contains("programma"), "{words}");
    }
    let mut details = std::collections::HashSet::new();
    for language in ["nl", "en"] {
        let mut request = post_of("login/code", "", "{}".to_owned());
        let header = request.headers_mut();
        header.insert(header::ACCEPT_LANGUAGE, language.parse().unwrap());
        details.insert(server.send(request).await.text("detail").to_owned());
    }
    assert_eq!(details.len(), 2);
}

/// Whatever is sent to whichever address, the answer is ours and never a failure of ours.
#[tokio::test]
async fn no_body_breaks_an_address() {
    let server = Server::new().await;
    let (visit, attempt) = (server.visit().await, server.attempt().await);
    let paths = [
        "login/attempts",
        "login/password",
        "login/webauthn/options",
        "login/webauthn",
        "login/card/challenge",
        "login/card",
        "login/code",
        "enrolment/webauthn/options",
        "enrolment/webauthn",
        "enrolment/card/challenge",
        "enrolment/card",
    ];
    let texts = prop_oneof![
        "\\PC{0,60}",
        r#"\{"(credential|auth_token|code|username|kind|name)":("\PC{0,20}"|\{\}|\[\]|null|[0-9]{1,20})\}"#,
        r#"\{"credential":\{"id":"[A-Za-z0-9_-]{0,20}","rawId":"[A-Za-z0-9_-]{0,20}","type":"public-key","response":\{\}\},"name":"x"\}"#,
    ];
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    for _ in 0..40 {
        let text = texts.new_tree(&mut runner).unwrap().current();
        for path in paths {
            let bearer = if path.starts_with("login") { &attempt } else { &visit };
            let answer = server.send(post_of(path, bearer, text.clone())).await;
            assert!(!answer.status.is_server_error(), "{path} {text}: {}", answer.body);
        }
    }
}
