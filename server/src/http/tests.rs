use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, HeaderValue, Request, StatusCode, header};
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt as _;

use super::testing::app_with_holder;
use super::*;
use crate::app::App;
use crate::factors::testing::SoftKey;
use crate::secret::{Carrier, Token};

const NAME: &str = "test.arts@voorbeeld.nl";
const PASSWORD: &str = "vier woorden achter elkaar";

/// A server on an empty SQLite database, with one test holder.
struct Server {
    app: Arc<App>,
    router: Router,
    origin: String,
    _data: TempDir,
}

impl Server {
    /// At the address that the software keys of the tests know.
    async fn new() -> Self {
        Self::at("http://localhost:8080").await
    }

    async fn at(origin: &str) -> Self {
        let config = format!("[server]\norigin = \"{origin}\"");
        let (app, data) = app_with_holder(&config, NAME, PASSWORD).await;
        let router = router(app.clone());
        Self { app, router, origin: origin.to_owned(), _data: data }
    }

    fn browser(&self) -> Browser {
        Browser {
            router: self.router.clone(),
            cookies: Vec::new(),
            origin: self.origin.clone(),
            host: self.origin.split_once("://").unwrap().1.parse().unwrap(),
        }
    }
}

/// One browser: keeps cookies, and sends what a browser sends.
struct Browser {
    router: Router,
    cookies: Vec<(String, String)>,
    /// What it says its pages come from.
    origin: String,
    host: HeaderValue,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    fn location(&self) -> &str {
        self.headers[header::LOCATION].to_str().unwrap()
    }
}

impl Browser {
    async fn send(&mut self, mut request: Request<Body>) -> Answer {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, v)| format!("{name}={v}")).collect();
        if !cookies.is_empty() {
            request.headers_mut().insert(header::COOKIE, cookies.join("; ").parse().unwrap());
        }
        request.headers_mut().insert(header::HOST, self.host.clone());
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for set in parts.headers.get_all(header::SET_COOKIE) {
            let set = set.to_str().unwrap();
            let (name, value) = set.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.retain(|(known, _)| known != name);
            if !set.contains("Max-Age=0") {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        let body = to_bytes(body, usize::MAX).await.unwrap();
        let body = String::from_utf8(body.to_vec()).unwrap();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    }

    /// Forgets who is logged in.
    fn leave(&mut self) {
        self.cookies.retain(|(name, _)| name != "session");
    }

    /// What opens the session.
    fn session(&self) -> Token {
        let token = Token::parse(&self.cookie("session").unwrap()).unwrap();
        token.carried_by(Carrier::Cookie)
    }

    async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    fn ours(&self, path: &str) -> axum::http::request::Builder {
        Request::post(path)
            .header(header::ORIGIN, &self.origin)
            .header("sec-fetch-site", "same-origin")
    }

    async fn post(&mut self, path: &str, form: &str) -> Answer {
        let request = self
            .ours(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(form.to_owned()))
            .unwrap();
        self.send(request).await
    }

    /// Fills in and sends the form of `page`, as a person would.
    async fn submit(&mut self, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = token(&self.get(page).await.body);
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("csrf", &token)
            .extend_pairs(fields)
            .finish();
        self.post(path, &form).await
    }

    async fn password(&mut self, password: &str) -> Answer {
        self.submit("/login", "/login", &[("username", NAME), ("password", password)]).await
    }

    /// What the script of `page` posts.
    async fn script(&mut self, page: &str, path: &str, body: Value) -> Answer {
        let page = self.get(page).await.body;
        let token = page.split("data-csrf=\"").nth(1).unwrap().split('"').next().unwrap();
        let request = self
            .ours(path)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "application/json")
            .header("x-csrf-token", token)
            .body(Body::from(body.to_string()))
            .unwrap();
        self.send(request).await
    }

    /// Enrols `key` through `page`.
    async fn enrol(&mut self, page: &str, kind: &str, key: &mut SoftKey) -> Answer {
        let options = self.script(page, "/enrol/webauthn/options", json!({ "kind": kind })).await;
        assert_eq!(options.status, StatusCode::OK, "{}", options.body);
        let credential = key.create(&options.json()["publicKey"]);
        let answer = json!({ "credential": credential, "name": "Sleutel" });
        self.script(page, "/enrol/webauthn", answer).await
    }

    /// Logs in, or confirms, with `key` on `page`.
    async fn touch(&mut self, page: &str, kind: &str, key: &mut SoftKey) -> Answer {
        let options = self.script(page, "/login/webauthn/options", json!({ "kind": kind })).await;
        assert_eq!(options.status, StatusCode::OK, "{}", options.body);
        let credential = key.get(&options.json()["publicKey"]);
        let answer = json!({ "credential": credential, "then": "" });
        self.script(page, "/login/webauthn", answer).await
    }
}

/// The token of the first form on a page.
fn token(page: &str) -> String {
    page.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn every_answer_binds_the_browser() {
    for path in ["/login", "/help", "/nowhere", "/static/page.js"] {
        let answer = Server::at("https://sleutelbos.test").await.browser().get(path).await;
        let policy = answer.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{path}");
        assert_eq!(answer.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(answer.headers[header::STRICT_TRANSPORT_SECURITY], "max-age=63072000");
        assert_eq!(answer.headers[header::REFERRER_POLICY], "same-origin");
    }
}

#[tokio::test]
async fn a_page_is_kept_in_no_cache_and_a_file_is_asked_for_again() {
    let mut browser = Server::new().await.browser();
    assert_eq!(browser.get("/login").await.headers[header::CACHE_CONTROL], "no-store");
    let file = browser.get("/static/sleutelbos.css").await;
    assert_eq!(file.headers[header::CACHE_CONTROL], "no-cache");
    let again = Request::get("/static/sleutelbos.css")
        .header(header::IF_NONE_MATCH, &file.headers[header::ETAG])
        .body(Body::empty())
        .unwrap();
    let again = browser.send(again).await;
    assert_eq!((again.status, again.body.as_str()), (StatusCode::NOT_MODIFIED, ""));
}

#[tokio::test]
async fn an_unknown_address_has_a_page_with_a_way_back() {
    let answer = Server::new().await.browser().get("/nowhere").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(answer.body.contains("Deze pagina bestaat niet"));
    assert!(answer.body.contains("id=\"onward\" href=\"/\""));
    let json = Request::get("/nowhere").header(header::ACCEPT, "application/json");
    let answer = Server::new().await.browser().send(json.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.headers[header::CONTENT_TYPE], "application/problem+json");
    let problem: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(problem["code"], "not_found");
}

#[tokio::test]
async fn the_chosen_language_stays() {
    let mut browser = Server::new().await.browser();
    assert!(browser.get("/login").await.body.contains("<h1 class=\"utrecht-heading-1\">Inloggen"));
    let switch = browser.get("/login?lang=en").await;
    assert_eq!(switch.headers[header::LOCATION], "/login");
    assert!(browser.get("/login").await.body.contains("<html lang=\"en\""));
    assert!(browser.get("/nowhere").await.body.contains("This page does not exist"));
    let switch = browser.get("/confirm?then=/enrol/card&lang=en").await;
    assert_eq!(switch.headers[header::LOCATION], "/confirm?then=%2Fenrol%2Fcard");
    let elsewhere = browser.get("//evil.test/?lang=en").await;
    assert!(elsewhere.headers.get(header::LOCATION).is_none(), "not to another site");
    browser.get("/login?lang=xx").await;
    assert!(browser.get("/login").await.body.contains("<html lang=\"en\""));
}

#[tokio::test]
async fn a_form_from_elsewhere_is_refused() {
    let mut browser = Server::new().await.browser();
    let token = token(&browser.get("/login").await.body);
    let form = format!("csrf={token}");
    let ours = std::mem::replace(&mut browser.origin, "https://evil.test".to_owned());
    let answer = browser.post("/login", &form).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.body.contains("data-code=\"foreign_origin\""));
    browser.origin = "null".to_owned();
    assert_eq!(browser.post("/login", &form).await.status, StatusCode::FORBIDDEN);
    let bare = Request::post("/login").body(Body::from(form)).unwrap();
    assert_eq!(browser.send(bare).await.status, StatusCode::FORBIDDEN);
    let cross = Request::post("/login")
        .header(header::ORIGIN, &ours)
        .header("sec-fetch-site", "same-site")
        .body(Body::empty())
        .unwrap();
    assert_eq!(browser.send(cross).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_form_without_its_own_token_is_refused() {
    let mut browser = Server::new().await.browser();
    browser.get("/login").await;
    let other = token(&Server::new().await.browser().get("/login").await.body);
    for form in [String::new(), "csrf=".to_owned(), format!("csrf={other}")] {
        let answer = browser.post("/login", &form).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert!(answer.body.contains("data-code=\"stale_form\""), "{form}");
    }
}

#[tokio::test]
async fn a_body_that_no_form_of_ours_makes_is_refused() {
    let mut browser = Server::new().await.browser();
    let token = token(&browser.get("/login").await.body);
    let form = format!("csrf={token}&username={}", "a".repeat(64 * 1024));
    assert_eq!(browser.post("/login", &form).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn over_https_every_cookie_is_bound_to_the_host() {
    let mut browser = Server::at("https://sleutelbos.test").await.browser();
    let answer = browser.password(PASSWORD).await;
    assert_eq!(answer.location(), "/enrol");
    let session = answer.headers.get_all(header::SET_COOKIE).iter();
    for set in session.map(|set| set.to_str().unwrap()) {
        assert!(set.starts_with("__Host-") && set.contains("; HttpOnly; SameSite=Lax"), "{set}");
        assert!(set.ends_with("; Secure"), "{set}");
    }
    assert!(browser.cookie("__Host-session").is_some());
}

#[tokio::test]
async fn a_wrong_password_keeps_the_name_and_drops_the_secret() {
    let mut browser = Server::new().await.browser();
    let answer = browser.password("verkeerd wachtwoord").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(answer.body.contains(&format!("value=\"{NAME}\"")));
    assert!(!answer.body.contains("verkeerd wachtwoord"));
    assert!(answer.body.contains("id=\"summary\"") && answer.body.contains("aria-invalid"));
    assert_eq!(browser.cookie("session"), None);
}

#[tokio::test]
async fn an_empty_field_is_named() {
    let mut browser = Server::new().await.browser();
    let answer = browser.submit("/login", "/login", &[("username", ""), ("password", "x")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.contains("id=\"username-error\""));
    assert!(!answer.body.contains("id=\"password-error\""));
    let answer = browser.submit("/login", "/login", &[("username", NAME), ("password", "")]).await;
    assert!(answer.body.contains("id=\"password-error\"") && answer.body.contains(NAME));
}

#[tokio::test]
async fn five_wrong_passwords_block_known_and_unknown_names_alike() {
    let server = Server::new().await;
    let mut pages = Vec::new();
    for name in [NAME, "niemand@voorbeeld.nl"] {
        let mut browser = server.browser();
        for _ in 0..4 {
            let fields = [("username", name), ("password", "verkeerd")];
            let answer = browser.submit("/login", "/login", &fields).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        }
        for password in ["verkeerd", PASSWORD] {
            let fields = [("username", name), ("password", password)];
            let answer = browser.submit("/login", "/login", &fields).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN);
            assert!(answer.body.contains("data-code=\"password_blocked\""));
            assert!(answer.body.contains("kunt u het weer proberen"));
            pages.push(answer.body);
        }
    }
    assert!(pages.iter().all(|page| *page == pages[0]));
    server.app.clock.advance(Duration::from_secs(31 * 60));
    assert_eq!(server.browser().password(PASSWORD).await.location(), "/enrol");
}

#[tokio::test]
async fn with_a_password_only_a_person_can_just_enrol() {
    let server = Server::new().await;
    let mut browser = server.browser();
    assert_eq!(browser.password(PASSWORD).await.location(), "/enrol");
    assert_eq!(browser.get("/").await.location(), "/enrol");
    assert_eq!(browser.get("/account").await.location(), "/enrol");
    assert_eq!(browser.get("/enrol/card").await.location(), "/enrol");
    let first = browser.get("/enrol").await.body;
    assert!(first.contains("id=\"begin\"") && first.contains("aria-current=\"step\""), "{first}");
    let page = browser.get("/enrol/choose").await.body;
    assert!(
        page.contains("id=\"choose-security-key\"")
            && page.contains("id=\"choose-card\" href=\"/activate/card\"")
    );
    let csrf = token(&page);
    let id = "0".repeat(32);
    let answer =
        browser.post(&format!("/account/factors/{id}/remove"), &format!("csrf={csrf}")).await;
    assert!(answer.body.contains("data-code=\"enrol_first\""), "{}", answer.body);
}

#[tokio::test]
async fn a_security_key_is_enrolled_and_used_after_the_password() {
    let server = Server::new().await;
    let (mut browser, mut key) = (server.browser(), SoftKey::new());
    browser.password(PASSWORD).await;
    let answer = browser.enrol("/enrol/security-key", "security_key", &mut key).await;
    assert_eq!(answer.json()["next"], "/enrol/prove?notice=first", "{}", answer.body);
    assert_eq!(browser.get("/account").await.location(), "/enrol", "it counts once it was used");

    browser.leave();
    let before = browser.cookie("visit");
    assert_eq!(browser.password(PASSWORD).await.location(), "/login/check");
    assert_eq!(browser.cookie("session"), None);
    let page = browser.get("/login/check").await.body;
    assert!(!page.contains("id=\"to-card\""), "a card is offered to who has one");
    assert!(page.contains("id=\"another\""), "the key may be lost before its first use");
    let answer = browser.touch("/login/check", "check", &mut key).await;
    assert_eq!(answer.json()["next"], "/account", "{}", answer.body);
    assert!(browser.cookie("session").is_some() && browser.cookie("attempt").is_none());
    assert_ne!(browser.cookie("visit"), before, "forms are bound to the new session");
    let page = browser.get("/account").await.body;
    assert!(page.contains("data-kind=\"security_key\"") && page.contains("data-level=\"high\""));
    let mut second = server.browser();
    second.password(PASSWORD).await;
    assert!(!second.get("/login/check").await.body.contains("id=\"another\""));
    let refused = second.submit("/login/check", "/login/another", &[]).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{}", refused.body);
    assert_eq!(server.browser().get("/login/check").await.location(), "/login");
}

#[tokio::test]
async fn a_key_that_was_lost_before_its_first_use_is_replaced() {
    let server = Server::new().await;
    let mut browser = server.browser();
    browser.password(PASSWORD).await;
    browser.enrol("/enrol/security-key", "security_key", &mut SoftKey::new()).await;
    browser.leave();
    browser.password(PASSWORD).await;
    let answer = browser.submit("/login/check", "/login/another", &[]).await;
    assert_eq!(answer.location(), "/enrol");
    let mut key = SoftKey::new();
    browser.enrol("/enrol/passkey", "passkey", &mut key).await;
    browser.leave();
    browser.password(PASSWORD).await;
    let answer = browser.touch("/login/check", "check", &mut key).await;
    assert_eq!(answer.json()["next"], "/account", "{}", answer.body);
    assert_eq!(each(&browser.get("/account").await.body, "data-factor=\"").len(), 1);
}

/// The page of a key that is known to be copied says so, with the remedy.
#[tokio::test]
async fn a_copied_key_is_shown_with_its_remedy() {
    let server = Server::new().await;
    let (mut browser, mut key) = logged_in(&server).await;
    let mut copied = SoftKey { counter: 40, ..SoftKey::new() };
    browser.enrol("/enrol/security-key", "security_key", &mut copied).await;
    copied.counter = 3;
    let mut elsewhere = server.browser();
    elsewhere.password(PASSWORD).await;
    let answer = elsewhere.touch("/login/check", "check", &mut copied).await;
    assert_eq!(answer.json()["code"], "key_copied");
    assert_eq!(browser.get("/account").await.location(), "/login", "sessions end with it");
    browser.touch("/login/passkey", "alone", &mut key).await;
    let page = browser.get("/account").await.body;
    assert_eq!(page.matches("data-copied").count(), 1);
    assert!(page.contains("Verwijder hem, voeg een andere toe"), "{page}");
    assert!(!page.contains("data-unproven"), "no use in trying it");
}

#[tokio::test]
async fn a_security_key_is_offered_to_work_without_a_password() {
    let server = Server::new().await;
    let (mut browser, mut key) = (server.browser(), SoftKey::new());
    browser.password(PASSWORD).await;
    browser.enrol("/enrol/security-key", "security_key", &mut key).await;
    browser.leave();
    browser.password(PASSWORD).await;
    browser.touch("/login/check", "check", &mut key).await;
    let page = browser.get("/account").await.body;
    assert!(page.contains("Hiermee logt u in na uw wachtwoord."), "{page}");
    let id = each(&page, "id=\"upgrade-")[0].to_owned();
    let path = format!("/account/factors/{id}/upgrade");
    let ask = json!({ "kind": "passkey", "factor": id });
    let options = browser.script(&path, "/enrol/webauthn/options", ask).await;
    assert_eq!(options.status, StatusCode::OK, "{}", options.body);
    key.id = vec![5; 32];
    let credential = key.create(&options.json()["publicKey"]);
    let answer = json!({ "credential": credential, "name": "Sleutel", "then": "try" });
    let made = browser.script(&path, "/enrol/webauthn", answer).await.json();
    let next = made["next"].as_str().unwrap().to_owned();
    assert!(next.starts_with("/account/factors/") && next.ends_with("/try"), "{next}");
    assert_eq!(each(&browser.get("/account").await.body, "data-factor=\"").len(), 2);
    let answer = browser.touch(&next, "confirm", &mut key).await;
    assert_eq!(answer.json()["next"], "/account", "{}", answer.body);
    let page = browser.get("/account").await.body;
    assert_eq!(each(&page, "data-factor=\"").len(), 1);
    assert!(page.contains("Hiermee logt u ook in zonder wachtwoord."), "{page}");
    assert!(each(&page, "id=\"upgrade-").is_empty());
    let stray = browser.get("/account/factors/00112233445566778899aabbccddeeff/upgrade").await;
    assert_eq!(stray.status, StatusCode::NOT_FOUND);
}

/// Whose only key was switched off reads so after the password, and is sent nowhere else.
#[tokio::test]
async fn who_has_only_a_copied_key_is_told_so_after_the_password() {
    let server = Server::new().await;
    let (mut browser, mut key) = logged_in(&server).await;
    key.counter = 0;
    let mut elsewhere = server.browser();
    elsewhere.password(PASSWORD).await;
    let answer = elsewhere.touch("/login/check", "check", &mut key).await;
    assert_eq!(answer.json()["code"], "key_copied");
    let gone = elsewhere.get("/login/check").await;
    assert_eq!(gone.location(), "/login", "what the copy began is over");
    let answer = server.browser().password(PASSWORD).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.body.contains("data-code=\"keys_switched_off\""), "{}", answer.body);
    for link in ["id=\"onward\" href=\"/login/anew\"", "id=\"to-access\" href=\"/login/access\""] {
        assert!(answer.body.contains(link), "{}", answer.body);
    }
    assert_eq!(browser.get("/account").await.location(), "/login", "sessions end with it");
    let path = "/login/webauthn/options";
    let ask = json!({ "kind": "confirm", "factor": "00112233445566778899aabbccddeeff" });
    let another = Server::new().await;
    let (mut other, _) = logged_in(&another).await;
    let stray = other.script("/confirm", path, ask).await;
    assert_eq!(
        (stray.status, &stray.json()["code"]),
        (StatusCode::NOT_FOUND, &json!("no_such_factor"))
    );
}

/// Chromium refuses to protect a credential by verification where that is only preferred.
#[tokio::test]
async fn a_security_key_is_asked_only_what_a_browser_accepts() {
    let server = Server::new().await;
    let mut browser = server.browser();
    browser.password(PASSWORD).await;
    let (page, path) = ("/enrol/security-key", "/enrol/webauthn/options");
    let options = browser.script(page, path, json!({ "kind": "security_key" })).await.json();
    let verification = options.pointer("/publicKey/authenticatorSelection/userVerification");
    assert_eq!(verification, Some(&json!("preferred")));
    assert_eq!(options.pointer("/publicKey/extensions/credentialProtectionPolicy"), None);
}

#[tokio::test]
async fn a_passkey_logs_in_alone_and_a_key_that_asks_nobody_does_not() {
    let server = Server::new().await;
    let (mut browser, mut key) = (server.browser(), SoftKey::new());
    browser.password(PASSWORD).await;
    browser.enrol("/enrol/passkey", "passkey", &mut key).await;
    let mut other = server.browser();
    let answer = other.touch("/login/passkey", "alone", &mut key).await;
    assert_eq!(answer.json()["next"], "/account", "{}", answer.body);

    key.verifies = false;
    let answer = server.browser().touch("/login/passkey", "alone", &mut key).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(answer.json()["code"], "user_verification_missing");
    assert!(answer.json()["detail"].as_str().unwrap().contains("stel een pincode in"));
}

#[tokio::test]
async fn logging_in_again_ends_the_session_the_browser_had() {
    let server = Server::new().await;
    let (mut browser, mut key) = (server.browser(), SoftKey::new());
    browser.password(PASSWORD).await;
    browser.enrol("/enrol/passkey", "passkey", &mut key).await;
    let opens = async |token: &Token| {
        crate::sessions::run::current(&server.app, token).await.unwrap().is_some()
    };
    browser.touch("/login/passkey", "alone", &mut key).await;
    let first = browser.session();
    assert!(opens(&first).await);
    browser.touch("/login/passkey", "alone", &mut key).await;
    let second = browser.session();
    assert!(opens(&second).await && !opens(&first).await);
}

#[tokio::test]
async fn a_key_of_nobody_is_refused_and_a_challenge_works_once() {
    let server = Server::new().await;
    let (mut browser, mut key) = (server.browser(), SoftKey::new());
    browser.password(PASSWORD).await;
    browser.enrol("/enrol/passkey", "passkey", &mut key).await;
    let mut other = server.browser();
    let options = json!({ "kind": "alone" });
    let options = other.script("/login/passkey", "/login/webauthn/options", options).await.json();
    let credential = key.get(&options["publicKey"]);
    let attempt = other.cookie("attempt").unwrap();
    let answer = json!({ "credential": credential });
    let first = other.script("/login/passkey", "/login/webauthn", answer.clone()).await;
    assert_eq!(first.status, StatusCode::OK);
    let mut thief = server.browser();
    thief.cookies.push(("attempt".to_owned(), attempt));
    let second = thief.script("/login/passkey", "/login/webauthn", answer).await;
    assert_eq!(second.json()["code"], "login_expired");

    let answer = server.browser().touch("/login/passkey", "alone", &mut SoftKey::new()).await;
    assert_eq!(answer.json()["code"], "not_recognised");
}

/// A browser that is logged in with a security key.
async fn logged_in(server: &Server) -> (Browser, SoftKey) {
    let (mut browser, mut key) = (server.browser(), SoftKey::new());
    browser.password(PASSWORD).await;
    browser.enrol("/enrol/passkey", "passkey", &mut key).await;
    browser.touch("/login/passkey", "alone", &mut key).await;
    (browser, key)
}

/// What stands after `mark` up to the next quote, for each time it stands there.
fn each<'p>(page: &'p str, mark: &str) -> Vec<&'p str> {
    page.split(mark).skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

#[tokio::test]
async fn the_last_factor_stays_and_another_one_goes() {
    let server = Server::new().await;
    let (mut browser, _key) = logged_in(&server).await;
    let page = browser.get("/account").await.body;
    let first = each(&page, "data-factor=\"")[0].to_owned();
    let remove = format!("/account/factors/{first}/remove");
    assert!(browser.get(&remove).await.body.contains("id=\"last-factor\""));
    let csrf = token(&page);
    let answer = browser.post(&remove, &format!("csrf={csrf}")).await;
    assert!(answer.body.contains("data-code=\"last_factor\""));

    let mut spare = SoftKey::new();
    let answer = browser.enrol("/enrol/security-key", "security_key", &mut spare).await;
    assert_eq!(answer.json()["next"], "/account?notice=enrolled-untried");
    let page = browser.get("/account").await.body;
    assert_eq!(each(&page, "data-factor=\"").len(), 2);
    assert!(browser.get(&remove).await.body.contains("id=\"last-factor\""), "not used yet");
    let untried = each(&page, "id=\"try-")[0].to_owned();
    let path = format!("/account/factors/{untried}/try");
    let shown = browser.get(&path).await.body;
    assert!(shown.contains(&format!("data-factor=\"{untried}\"")), "{shown}");
    let ask = json!({ "kind": "confirm", "factor": untried });
    let options = browser.script(&path, "/login/webauthn/options", ask).await.json();
    let public_key = &options["publicKey"];
    assert_eq!(public_key["allowCredentials"].as_array().map(Vec::len), Some(1));
    let answer = json!({ "credential": spare.get(public_key), "then": "" });
    let answer = browser.script(&path, "/login/webauthn", answer).await;
    assert_eq!(answer.json()["next"], "/account", "{}", answer.body);
    assert!(!browser.get("/account").await.body.contains("data-unproven"));
    let answer = browser.submit(&remove, &remove, &[]).await;
    assert_eq!(answer.location(), "/account?notice=removed");
    let page = browser.get("/account?notice=removed").await.body;
    assert!(page.contains("id=\"notice\"") && !page.contains(&first));
}

#[tokio::test]
async fn a_change_asks_for_a_key_again_after_five_minutes() {
    let server = Server::new().await;
    let (mut browser, mut key) = logged_in(&server).await;
    server.app.clock.advance(Duration::from_secs(6 * 60));
    let confirm = "/confirm?then=/enrol/security-key";
    assert_eq!(browser.get("/enrol/security-key").await.location(), confirm);
    let session = browser.cookie("session");
    let page = browser.get(confirm).await.body;
    assert!(page.contains("data-then=\"/enrol/security-key\""));
    assert!(page.contains("href=\"/confirm?then=/enrol/security-key&#38;lang=en\""), "{page}");
    let answer = browser.touch(confirm, "confirm", &mut key).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_ne!(browser.cookie("session"), session);
    assert_eq!(browser.get("/enrol/security-key").await.status, StatusCode::OK);
    browser.cookies.retain(|(name, _)| name != "session");
    browser.cookies.push(("session".to_owned(), session.unwrap()));
    assert_eq!(browser.get("/account").await.location(), "/login", "the old session is over");
}

#[tokio::test]
async fn a_person_sees_and_ends_other_sessions() {
    let server = Server::new().await;
    let (mut browser, mut key) = logged_in(&server).await;
    let mut other = server.browser();
    other.touch("/login/passkey", "alone", &mut key).await;
    let page = browser.get("/account").await.body;
    let ends = each(&page, "id=\"end-");
    assert_eq!((each(&page, "data-session=\"").len(), ends.len()), (2, 1));
    let path = format!("/account/sessions/{}/end", ends[0]);
    assert_eq!(browser.submit("/account", &path, &[]).await.location(), "/account?notice=ended");
    assert_eq!(browser.submit("/account", &path, &[]).await.location(), "/account?notice=gone");
    assert_eq!(other.get("/account").await.location(), "/login");
    assert_eq!(browser.get("/account").await.status, StatusCode::OK);
}

#[tokio::test]
async fn after_logging_out_nothing_of_the_session_works() {
    let server = Server::new().await;
    let (mut browser, _key) = logged_in(&server).await;
    let session = browser.cookie("session").unwrap();
    assert_eq!(browser.submit("/account", "/logout", &[]).await.location(), "/logged-out");
    assert!(browser.get("/logged-out").await.body.contains("U bent uitgelogd"));
    browser.cookies.push(("session".to_owned(), session));
    assert_eq!(browser.get("/account").await.location(), "/login");
}

#[tokio::test]
async fn a_name_is_remembered_only_where_asked() {
    let server = Server::new().await;
    let mut browser = server.browser();
    let fields = [("username", NAME), ("password", PASSWORD), ("remember", "yes")];
    browser.submit("/login", "/login", &fields).await;
    browser.cookies.retain(|(name, _)| name != "session");
    assert!(browser.get("/login").await.body.contains(&format!("value=\"{NAME}\"")));
    browser.password(PASSWORD).await;
    assert_eq!(browser.cookie("username"), None);
}

#[tokio::test]
async fn cancelling_ends_the_attempt() {
    let server = Server::new().await;
    let (mut first, mut key) = (server.browser(), SoftKey::new());
    first.password(PASSWORD).await;
    first.enrol("/enrol/security-key", "security_key", &mut key).await;
    let mut browser = server.browser();
    browser.password(PASSWORD).await;
    let kept = browser.cookies.clone();
    let answer = browser.submit("/login/check", "/login/cancel", &[]).await;
    assert_eq!(answer.location(), "/login?notice=cancelled");
    assert_eq!(browser.cookie("attempt"), None);
    assert_eq!(browser.get("/login/check").await.location(), "/login");
    assert!(browser.get("/login?notice=cancelled").await.body.contains("id=\"notice\""));
    browser.cookies = kept;
    let elsewhere = browser.get("/login/check").await.location().to_owned();
    assert_eq!(elsewhere, "/login", "nor for who has its cookie");
}

#[tokio::test]
async fn what_a_person_typed_is_text_and_never_markup() {
    let mut browser = Server::new().await.browser();
    let evil = "\"><script>alert(1)</script>@x.nl";
    let answer = browser.submit("/login", "/login", &[("username", evil), ("password", "x")]).await;
    assert!(!answer.body.contains("<script>alert"));
}

#[tokio::test]
async fn a_card_that_is_refused_is_told_why_and_its_challenge_is_spent() {
    let mut browser = Server::new().await.browser();
    let ask = json!({ "kind": "alone" });
    let nonce = browser.script("/login/card", "/login/card/challenge", ask).await.json();
    assert_eq!(nonce["nonce"].as_str().unwrap().len(), 44);
    let token = json!({ "auth_token": { "format": "web-eid:0.9" } });
    let answer = browser.script("/login/card", "/login/card", token.clone()).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    let problem = answer.json();
    assert!(problem["code"].as_str().unwrap().starts_with("card_token"), "{problem}");
    assert_eq!(problem["title"], "De UZI-pas is niet geaccepteerd");
    let answer = browser.script("/login/card", "/login/card", token).await;
    assert_eq!(answer.json()["code"], "challenge_gone");
    assert_eq!(browser.cookie("session"), None);
}

#[tokio::test]
async fn a_card_is_linked_only_from_a_fresh_log_in() {
    let server = Server::new().await;
    let (mut browser, _key) = logged_in(&server).await;
    let ask = json!({ "kind": "link" });
    let page = browser.get("/enrol/card").await;
    assert!(page.body.contains("data-finish=\"/enrol/card\""));
    let answer = browser.script("/enrol/card", "/enrol/card/challenge", ask.clone()).await;
    assert_eq!(answer.json()["nonce"].as_str().unwrap().len(), 44);
    server.app.clock.advance(Duration::from_secs(5 * 60));
    assert_eq!(browser.get("/enrol/card").await.location(), "/confirm?then=/enrol/card");
    let answer = browser.script("/confirm?then=/enrol/card", "/enrol/card/challenge", ask).await;
    assert_eq!(answer.json()["code"], "not_fresh");
    assert_eq!(answer.json()["next"], "/confirm?then=/enrol/card");
}

/// What an agent sends to the API, with what it shows.
async fn ask_api(browser: &mut Browser, path: &str, bearer: &str, body: Value) -> (u16, Value) {
    let request = Request::post(format!("/api/v1/{path}"))
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::AUTHORIZATION, format!("Bearer {bearer}"))
        .body(Body::from(body.to_string()))
        .unwrap();
    let answer = browser.send(request).await;
    (answer.status.as_u16(), answer.json())
}

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
/// RFC 7636, appendix B.
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

#[tokio::test]
async fn an_attempt_of_the_api_is_none_of_a_page_and_the_other_way_round() {
    let server = Server::new().await;
    let (_, mut key) = logged_in(&server).await;
    let mut agent = server.browser();
    let begin = json!({"code_challenge": CHALLENGE, "code_challenge_method": "S256"});
    let (_, begun) = ask_api(&mut agent, "login/attempts", "", begin).await;
    let attempt = begun["attempt"].as_str().unwrap();
    let (_, options) = ask_api(&mut agent, "login/webauthn/options", attempt, json!({})).await;
    let credential = key.get(&options["publicKey"]);
    // As a page's: refused before the key is looked at, so the API's goes on with the same answer.
    let mut browser = server.browser();
    browser.get("/login/passkey").await;
    browser.cookies.push(("attempt".to_owned(), attempt.to_owned()));
    for (path, body) in [
        ("/login/webauthn", json!({ "credential": credential, "then": "" })),
        ("/login/card", json!({ "auth_token": {}, "then": "" })),
        ("/login/card/challenge", json!({ "kind": "check" })),
    ] {
        let answer = browser.script("/login/passkey", path, body).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["code"]),
            (401, &json!("login_expired"))
        );
    }
    let (status, done) =
        ask_api(&mut agent, "login/webauthn", attempt, json!({ "credential": credential })).await;
    assert_eq!((status, &done["state"]), (200, &json!("done")));
    // A page's attempt as a bearer.
    let mut browser = server.browser();
    browser.script("/login/passkey", "/login/webauthn/options", json!({"kind": "alone"})).await;
    let attempt = browser.cookie("attempt").unwrap();
    for path in ["login/webauthn/options", "login/card/challenge"] {
        let (status, refused) = ask_api(&mut agent, path, &attempt, json!({})).await;
        assert_eq!((status, &refused["code"]), (401, &json!("login_expired")), "{path}");
    }
}

#[tokio::test]
async fn a_session_of_the_api_opens_no_page_and_the_other_way_round() {
    let server = Server::new().await;
    let (mut browser, mut key) = logged_in(&server).await;
    let me = |bearer: &str| {
        let authorization = format!("Bearer {bearer}");
        Request::get("/api/v1/me").header(header::AUTHORIZATION, authorization)
    };
    let session = browser.cookie("session").unwrap();
    let mut agent = server.browser();
    let answer = agent.send(me(&session).body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "a page's session");
    let begin = json!({"code_challenge": CHALLENGE, "code_challenge_method": "S256"});
    let (_, begun) = ask_api(&mut agent, "login/attempts", "", begin).await;
    let attempt = begun["attempt"].as_str().unwrap();
    let (_, options) = ask_api(&mut agent, "login/webauthn/options", attempt, json!({})).await;
    let credential = json!({ "credential": key.get(&options["publicKey"]) });
    let (_, done) = ask_api(&mut agent, "login/webauthn", attempt, credential).await;
    let redeem = json!({"code": done["code"], "code_verifier": VERIFIER});
    let (_, opened) = ask_api(&mut agent, "login/code", "", redeem).await;
    let session = opened["session"].as_str().unwrap();
    let answer = agent.send(me(session).body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::OK);
    browser.cookies = vec![("session".to_owned(), session.to_owned())];
    let answer = browser.get("/account").await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/login"));
}

#[tokio::test]
async fn a_method_no_page_has_is_named_as_that_and_head_answers_as_get() {
    let server = Server::new().await;
    let mut browser = server.browser();
    for method in ["OPTIONS", "PUT", "DELETE", "TRACE", "PATCH"] {
        for path in ["/login", "/account", "/api/v1/me"] {
            let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
            let answer = browser.send(request).await;
            assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
            assert!(answer.headers.contains_key(header::ALLOW), "{method} {path}");
        }
    }
    for path in ["/", "/login", "/account", "/enrol", "/confirm", "/login?lang=en", "/nowhere"] {
        let request = Request::head(path).body(Body::empty()).unwrap();
        let (head, get) = (browser.send(request).await, browser.get(path).await);
        assert_eq!(head.status, get.status, "{path}");
        assert_eq!(head.headers.get(header::LOCATION), get.headers.get(header::LOCATION), "{path}");
    }
}

mod administration;
mod forgery;
mod people;
mod strange;
mod texts;
