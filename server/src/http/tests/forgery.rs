//! Forged requests: no page takes a POST that none of its own forms made.

use super::*;
use crate::http::routes;

/// Every address of a page, with an id where it has one.
fn pages() -> impl Iterator<Item = String> {
    let tables = [routes::pages(), routes::managing(), routes::log_in(), routes::asking()];
    let addresses = tables.into_iter().flatten().map(|(address, _)| address);
    addresses.map(|address| address.replace("{id}", &"0".repeat(32)))
}

#[tokio::test]
async fn csrf_every_page_refuses_a_form_without_its_own_token() {
    let server = Server::new().await;
    let (mut visitor, mut other) = (server.browser(), server.browser());
    let others = token(&other.get("/login").await.body);
    assert_eq!(visitor.password(PASSWORD).await.location(), "/enrol");
    for page in pages() {
        for form in [String::new(), format!("csrf={others}")] {
            let answer = visitor.post(&page, &form).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{page} {form}");
            assert!(answer.body.contains("data-code=\"stale_form\""), "{page} {form}");
        }
    }
    assert_eq!(visitor.get("/account").await.status, StatusCode::SEE_OTHER, "nothing ended");
    assert!(visitor.cookie("session").is_some());
}

#[tokio::test]
async fn csrf_every_page_refuses_a_form_from_another_site() {
    let server = Server::new().await;
    let mut visitor = server.browser();
    assert_eq!(visitor.password(PASSWORD).await.location(), "/enrol");
    let own = token(&visitor.get("/enrol").await.body);
    let form = format!("csrf={own}");
    for page in pages() {
        for (origin, site) in [
            ("https://evil.test", "cross-site"),
            ("http://localhost:8081", "same-site"),
            (server.origin.as_str(), "cross-site"),
            ("null", "same-origin"),
        ] {
            let request = Request::post(&page)
                .header(header::ORIGIN, origin)
                .header("sec-fetch-site", site)
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(Body::from(form.clone()))
                .unwrap();
            let answer = visitor.send(request).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{page} {origin} {site}");
            assert!(answer.body.contains("data-code=\"foreign_origin\""), "{page} {origin} {site}");
        }
    }
    assert!(visitor.cookie("session").is_some(), "nothing ended");
}
