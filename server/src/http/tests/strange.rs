//! Strange bodies at every address: whatever is sent, the answer is ours and no failure of ours.

use super::*;
use crate::http::addresses;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use sha2::{Digest as _, Sha256};

/// Bytes, forms and JSON, whole and damaged.
fn bodies() -> impl Strategy<Value = Vec<u8>> {
    let form = "(csrf|username|password|remember|name|then|last)=[ -~]{0,20}(&[a-z]{1,8}=(%[0-9a-fA-F]{0,2}|\\PC){0,10}){0,3}";
    let json = r#"\{"(kind|credential|auth_token|name|then|code|code_verifier|code_challenge|username|password)":("\PC{0,20}"|\{"a":1,"a":2\}|\[\]|null|-?[0-9]{1,30}|true)(,"(name|then|password|code_challenge_method)":("\PC{0,9}"|7))?\}?"#;
    let key = r#"\{"credential":\{"id":"[A-Za-z0-9_-]{0,9}","rawId":"[A-Za-z0-9_-]{0,9}","type":"public-key","response":\{"clientDataJSON":"[A-Za-z0-9_-]{0,40}","attestationObject":"[A-Za-z0-9_-]{0,40}","authenticatorData":"[A-Za-z0-9_-]{0,40}","signature":"[A-Za-z0-9_-]{0,9}"\}\},"name":"\PC{0,5}"\}"#;
    prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..80),
        form.prop_map(String::into_bytes),
        json.prop_map(String::into_bytes),
        key.prop_map(String::into_bytes),
        (0_usize..200).prop_map(|deep| [vec![b'['; deep], vec![b'{'; 3]].concat()),
    ]
}

fn kinds() -> impl Strategy<Value = Option<&'static str>> {
    proptest::sample::select(vec![
        None,
        Some("application/json"),
        Some("application/json; charset=utf-16"),
        Some("application/x-www-form-urlencoded"),
        Some("multipart/form-data; boundary=x"),
        Some(";"),
    ])
}

#[tokio::test]
async fn no_body_breaks_an_address() {
    let server = Server::new().await;
    let (mut stranger, mut visitor) = (server.browser(), server.browser());
    stranger.get("/login").await;
    assert_eq!(visitor.password(PASSWORD).await.location(), "/enrol");
    let addresses = addresses();
    assert!(addresses.len() >= 35, "{addresses:?}");
    let mut runner = TestRunner::deterministic();
    let (bodies, kinds) = (bodies(), kinds());
    for _ in 0..25 {
        for address in &addresses {
            let body = bodies.new_tree(&mut runner).unwrap().current();
            let kind = kinds.new_tree(&mut runner).unwrap().current();
            for browser in [&mut stranger, &mut visitor] {
                let cookies = browser.cookies.clone();
                let answer = strange(browser, address, kind, body.clone()).await;
                assert!(
                    !answer.status.is_server_error(),
                    "{address} {kind:?} {:?}: {}",
                    String::from_utf8_lossy(&body),
                    answer.body
                );
                browser.cookies = cookies; // whoever logged out is in again
            }
        }
    }
}

/// Posts with all that a page of ours would add, the token of its form among it.
async fn strange(
    browser: &mut Browser,
    address: &str,
    kind: Option<&'static str>,
    body: Vec<u8>,
) -> Answer {
    let path = address.replace("{id}", "0123456789abcdef0123456789abcdef").replace("{file}", "x");
    let visit = browser.cookie("visit").expect("each browser has been at a page");
    let hash = Sha256::new().chain_update(b"form ").chain_update(visit).finalize();
    let token = BASE64_URL_SAFE_NO_PAD.encode(hash);
    let bearer = browser.cookie("session").unwrap_or_else(|| "A".repeat(43));
    let mut request = browser
        .ours(&path)
        .header("x-csrf-token", token)
        .header(header::AUTHORIZATION, format!("Bearer {bearer}"));
    if let Some(kind) = kind {
        request = request.header(header::CONTENT_TYPE, kind);
    }
    browser.send(request.body(Body::from(body)).unwrap()).await
}

#[tokio::test]
async fn no_query_and_no_header_breaks_a_page() {
    let server = Server::new().await;
    let mut browser = server.browser();
    browser.password(PASSWORD).await;
    let mut runner = TestRunner::deterministic();
    let text = "[!-~]{0,40}";
    for _ in 0..20 {
        for address in addresses() {
            let mut word = || text.new_tree(&mut runner).unwrap().current();
            let segment: String = url::form_urlencoded::byte_serialize(word().as_bytes()).collect();
            let query = word().replace(['"', '<', '>', '#', '\\', '^', '`', '{', '|', '}'], "");
            let path = address.replace("{id}", &segment).replace("{file}", &segment);
            let Ok(request) = Request::get(format!("{path}?{query}"))
                .header(header::COOKIE, word())
                .header(header::ACCEPT_LANGUAGE, word())
                .header(header::ACCEPT, word())
                .header(header::AUTHORIZATION, word())
                .body(Body::empty())
            else {
                continue; // no request at all
            };
            let answer = browser.send(request).await;
            assert!(!answer.status.is_server_error(), "{path}?{query}: {}", answer.body);
        }
    }
}

/// The challenge is a good one each time, so that everything else in the answer is looked at.
#[tokio::test]
async fn no_answer_of_a_key_breaks_a_ceremony() {
    let server = Server::new().await;
    let mut browser = server.browser();
    browser.password(PASSWORD).await;
    let mut runner = TestRunner::deterministic();
    let answers = crate::factors::security_key::tests::answer();
    let (mut read, mut soft) = (0, SoftKey::new());
    for round in 0..60 {
        let mut answer = answers.new_tree(&mut runner).unwrap().current();
        let page = if round % 2 == 0 { "/enrol/passkey" } else { "/login/passkey" };
        let (options, finish) = match round % 2 {
            0 => ("/enrol/webauthn/options", "/enrol/webauthn"),
            _ => ("/login/webauthn/options", "/login/webauthn"),
        };
        let kind = if round % 2 == 0 { "passkey" } else { "alone" };
        let asked = browser.script(page, options, json!({ "kind": kind })).await.json();
        // A whole answer in which one member is any bytes.
        let whole = match round % 2 {
            0 => soft.create(&asked["publicKey"]),
            _ => soft.get(&asked["publicKey"]),
        };
        if round % 4 < 2 {
            let strange = answer["response"].clone();
            answer = whole;
            for (member, value) in strange.as_object().unwrap().iter().take(1) {
                answer["response"][member] = value.clone();
            }
            read += 1;
        }
        let body = json!({ "credential": answer, "name": "x", "then": "" });
        let answered = browser.script(page, finish, body).await;
        assert!(!answered.status.is_server_error(), "{answer}: {}", answered.body);
        if answered.status == StatusCode::OK {
            browser = server.browser(); // what was strange did not matter: begin again
            browser.password(PASSWORD).await;
            if browser.cookie("session").is_none() {
                break; // the key is enrolled now
            }
        }
    }
    assert!(read > 0);
}
