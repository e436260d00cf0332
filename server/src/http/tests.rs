use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use tower::ServiceExt as _;
use url::Url;

use super::*;

const ORIGIN: &str = "https://sleutelbos.test";

/// One browser: keeps cookies, and sends what a browser sends.
struct Browser {
    cookies: Vec<(String, String)>,
    origin: &'static str,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Browser {
    fn new() -> Self {
        Self { cookies: Vec::new(), origin: ORIGIN }
    }

    async fn send(&mut self, mut request: Request<Body>) -> Answer {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, v)| format!("{name}={v}")).collect();
        if !cookies.is_empty() {
            request.headers_mut().insert(header::COOKIE, cookies.join("; ").parse().unwrap());
        }
        let router = router(Site::new(&Url::parse(ORIGIN).unwrap()));
        let response = router.oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for set in parts.headers.get_all(header::SET_COOKIE) {
            let pair = set.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.retain(|(known, _)| known != name);
            self.cookies.push((name.to_owned(), value.to_owned()));
        }
        let body = to_bytes(body, usize::MAX).await.unwrap();
        let body = String::from_utf8(body.to_vec()).unwrap();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    async fn post(&mut self, path: &str, form: &str) -> Answer {
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ORIGIN, self.origin)
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(form.to_owned()))
            .unwrap();
        self.send(request).await
    }
}

/// The token of the first form on a page.
fn token(page: &str) -> String {
    page.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn every_answer_binds_the_browser() {
    for path in ["/login", "/help", "/nowhere", "/static/page.js"] {
        let answer = Browser::new().get(path).await;
        let policy = answer.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{path}");
        assert_eq!(answer.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(answer.headers[header::STRICT_TRANSPORT_SECURITY], "max-age=63072000");
        assert_eq!(answer.headers[header::REFERRER_POLICY], "same-origin");
    }
}

#[tokio::test]
async fn a_page_is_kept_in_no_cache_and_a_file_is_asked_for_again() {
    let mut browser = Browser::new();
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
    let answer = Browser::new().get("/nowhere").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(answer.body.contains("Deze pagina bestaat niet"));
    assert!(answer.body.contains("id=\"onward\" href=\"/\""));
    let json = Request::get("/nowhere").header(header::ACCEPT, "application/json");
    let answer = Browser::new().send(json.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.headers[header::CONTENT_TYPE], "application/problem+json");
    let problem: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(problem["code"], "not_found");
}

#[tokio::test]
async fn the_chosen_language_stays() {
    let mut browser = Browser::new();
    assert!(browser.get("/login").await.body.contains("<h1 class=\"utrecht-heading-1\">Inloggen"));
    let switch = browser.get("/login?lang=en").await;
    assert_eq!(switch.headers[header::LOCATION], "/login");
    assert!(browser.get("/login").await.body.contains("<html lang=\"en\""));
    assert!(browser.get("/nowhere").await.body.contains("This page does not exist"));
    browser.get("/login?lang=xx").await;
    assert!(browser.get("/login").await.body.contains("<html lang=\"en\""));
}

#[tokio::test]
async fn a_form_from_elsewhere_is_refused() {
    let mut browser = Browser::new();
    let token = token(&browser.get("/login").await.body);
    let form = format!("csrf={token}");
    browser.origin = "https://evil.test";
    let answer = browser.post("/login", &form).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.body.contains("data-code=\"foreign_origin\""));
    browser.origin = "null";
    assert_eq!(browser.post("/login", &form).await.status, StatusCode::FORBIDDEN);
    let bare = Request::post("/login").body(Body::from(form)).unwrap();
    assert_eq!(browser.send(bare).await.status, StatusCode::FORBIDDEN);
    let cross = Request::post("/login")
        .header(header::ORIGIN, ORIGIN)
        .header("sec-fetch-site", "same-site")
        .body(Body::empty())
        .unwrap();
    assert_eq!(browser.send(cross).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_form_without_its_own_token_is_refused() {
    let mut browser = Browser::new();
    browser.get("/login").await;
    let other = token(&Browser::new().get("/login").await.body);
    for form in [String::new(), "csrf=".to_owned(), format!("csrf={other}")] {
        let answer = browser.post("/login", &form).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert!(answer.body.contains("data-code=\"stale_form\""), "{form}");
    }
}

#[tokio::test]
async fn a_body_that_no_form_of_ours_makes_is_refused() {
    let mut browser = Browser::new();
    let token = token(&browser.get("/login").await.body);
    let form = format!("csrf={token}&username={}", "a".repeat(guard::BODY));
    assert_eq!(browser.post("/login", &form).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}
