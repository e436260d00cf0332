//! Strange keys and browsers at the API: what is refused by which name, and what is not.

use super::*;
use crate::factors::testing::{ORIGIN, Quirks};

const PLAIN: fn() -> Quirks = Quirks::default;

fn quirky(quirks: Quirks) -> SoftKey {
    SoftKey { quirks, ..SoftKey::new() }
}

fn with_id(id: Vec<u8>) -> SoftKey {
    SoftKey { id, ..SoftKey::new() }
}

/// Refusals of this key at its registration as either kind; without one it is enrolled.
async fn check(key: impl Fn() -> SoftKey, expected: Option<(u16, &str)>) {
    let server = Server::new().await;
    let visit = server.visit().await;
    for kind in ["security_key", "passkey"] {
        let answer = server.enrol(&visit, kind, &mut key()).await;
        let got = (answer.status != StatusCode::CREATED).then(|| answer.refused());
        assert_eq!(got, expected, "{kind}: {}", answer.body);
    }
}

const REFUSED: Option<(u16, &str)> = Some((400, "key_refused"));

#[tokio::test]
async fn the_id_of_a_new_credential_has_1_to_1023_bytes() {
    check(|| with_id(vec![]), REFUSED).await;
    check(|| with_id(vec![7; 1024]), REFUSED).await;
    let server = Server::new().await;
    let visit = server.visit().await;
    for id in [vec![7], vec![7; 1023]] {
        server.enrol(&visit, "passkey", &mut with_id(id)).await.good();
    }
}

#[tokio::test]
async fn an_answer_names_the_credential_that_the_key_made() {
    check(|| SoftKey { named: Some(vec![7; 32]), ..SoftKey::new() }, REFUSED).await;
}

#[tokio::test]
async fn nothing_follows_the_data_of_a_new_credential() {
    check(|| quirky(Quirks { tail: vec![0], ..PLAIN() }), REFUSED).await;
    let both = || quirky(Quirks { extensions: vec![0xa0], tail: vec![0], ..PLAIN() });
    check(both, REFUSED).await;
    let hidden = || quirky(Quirks { extensions: vec![0xa0], clears: 0x80, ..PLAIN() });
    check(hidden, REFUSED).await;
}

#[tokio::test]
async fn the_flags_of_a_new_credential_fit_its_data() {
    check(|| quirky(Quirks { clears: 0x40, ..PLAIN() }), REFUSED).await;
    check(|| quirky(Quirks { sets: 0x80, ..PLAIN() }), REFUSED).await;
    check(|| quirky(Quirks { sets: 0x10, ..PLAIN() }), Some((400, "key_flags"))).await;
}

#[tokio::test]
async fn a_key_that_says_nothing_of_its_maker_says_nothing() {
    check(|| quirky(Quirks { statement: b"\xa1\x61x\x01".to_vec(), ..PLAIN() }), REFUSED).await;
    check(|| quirky(Quirks { statement: vec![0x80], ..PLAIN() }), REFUSED).await;
}

#[tokio::test]
async fn what_is_wrong_with_a_new_key_has_a_name_of_its_own() {
    let untouched = || quirky(Quirks { clears: 0x01, ..PLAIN() });
    check(untouched, Some((403, "user_presence_missing"))).await;
    let elsewhere = || quirky(Quirks { rp_id: "evil.example", ..PLAIN() });
    check(elsewhere, Some((403, "key_other_site"))).await;
    let asked = || SoftKey { origin: "http://evil.example", ..SoftKey::new() };
    check(asked, Some((403, "key_other_address"))).await;
    let framed = || SoftKey { cross_origin: true, ..SoftKey::new() };
    check(framed, Some((403, "foreign_origin"))).await;
}

#[tokio::test]
async fn extension_outputs_have_names() {
    for outputs in [b"\x01".as_slice(), b"\xa1\x05\x09"] {
        check(|| quirky(Quirks { extensions: outputs.to_vec(), ..PLAIN() }), REFUSED).await;
    }
}

#[tokio::test]
async fn strange_extensions_are_no_reason_to_refuse_a_key() {
    for outputs in [
        b"\xa0".as_slice(),
        b"\xa1\x63foo\xa1\x61a\x82\x01\x02",
        b"\xa1\x6bcredProtect\x09",
        b"\xa1\x6bhmac-secret\x61x",
        b"\xa1\x6cminPinLength\x20",
    ] {
        check(|| quirky(Quirks { extensions: outputs.to_vec(), ..PLAIN() }), None).await;
    }
    for results in [
        json!({"credProps": {"rk": "yes"}, "foo": 1, "appid": [], "hmacCreateSecret": "x"}),
        json!({"credProps": 5}),
        json!("x"),
        Value::Null,
    ] {
        check(|| quirky(Quirks { results: results.clone(), ..PLAIN() }), None).await;
    }
}

/// What comes of a log-in with this key: a refusal, or nothing where it lets in.
async fn alone(server: &Server, key: &mut SoftKey) -> Option<(u16, String)> {
    let answer = server.touch(&server.attempt().await, key).await;
    (answer.status != StatusCode::OK).then(|| {
        let (status, code) = answer.refused();
        (status, code.to_owned())
    })
}

/// The same after the password.
async fn after_password(server: &Server, key: &mut SoftKey) -> Option<(u16, String)> {
    let attempt = server.attempt().await;
    server.password(&attempt, NAME, PASSWORD).await.good();
    let answer = server.touch(&attempt, key).await;
    (answer.status != StatusCode::OK).then(|| {
        let (status, code) = answer.refused();
        (status, code.to_owned())
    })
}

fn refused(status: u16, code: &str) -> Option<(u16, String)> {
    Some((status, code.to_owned()))
}

/// Who does not know whether a key is enrolled learns it from none of these, alone or after a
/// password: an unknown key gets the same answer.
#[tokio::test]
async fn what_an_answer_itself_lacks_is_told_of_known_and_unknown_keys_alike() {
    let server = Server::new().await;
    let mut known = SoftKey { counter: 0, ..SoftKey::new() };
    server.enrol(&server.visit().await, "passkey", &mut known).await.good();
    let mut unknown = SoftKey { counter: 0, user: known.user.clone(), ..SoftKey::new() };
    for (quirks, origin, expected) in [
        (Quirks { tail: vec![0], ..PLAIN() }, ORIGIN, refused(400, "key_refused")),
        (Quirks { sets: 0x80, ..PLAIN() }, ORIGIN, refused(400, "key_refused")),
        (
            Quirks { extensions: b"\xa1\x05\x09".to_vec(), ..PLAIN() },
            ORIGIN,
            refused(400, "key_refused"),
        ),
        (Quirks { sets: 0x10, ..PLAIN() }, ORIGIN, refused(400, "key_flags")),
        (Quirks { clears: 0x01, ..PLAIN() }, ORIGIN, refused(403, "user_presence_missing")),
        (Quirks { rp_id: "evil.example", ..PLAIN() }, ORIGIN, refused(403, "key_other_site")),
        (PLAIN(), "http://localhost:8081", refused(403, "key_other_address")),
        (PLAIN(), "https://localhost:8080", refused(403, "key_other_address")),
    ] {
        for key in [&mut known, &mut unknown] {
            (key.quirks, key.origin) = (quirks.clone(), origin);
            assert_eq!(alone(&server, key).await, expected);
            assert_eq!(after_password(&server, key).await, expected);
        }
    }
    for key in [&mut known, &mut unknown] {
        (key.quirks, key.origin) = (PLAIN(), ORIGIN);
        key.verifies = false;
        assert_eq!(alone(&server, key).await, refused(403, "user_verification_missing"));
        key.verifies = true;
    }
    assert_eq!(alone(&server, &mut unknown).await, refused(401, "not_recognised"));
    assert_eq!(after_password(&server, &mut unknown).await, refused(401, "not_recognised"));
    assert_eq!(alone(&server, &mut known).await, None);
}

/// The wrong private key, and everything else that depends on what is stored.
#[tokio::test]
async fn what_depends_on_the_key_is_told_after_its_signature_only() {
    let server = Server::new().await;
    let mut key = SoftKey { counter: 40, synced: true, ..SoftKey::new() };
    server.enrol(&server.visit().await, "passkey", &mut key).await.good();
    let right = std::mem::replace(&mut key.secret, SoftKey::new().secret);
    for (counter, synced) in [(50, true), (50, false), (3, true)] {
        (key.counter, key.synced) = (counter, synced);
        assert_eq!(alone(&server, &mut key).await, refused(401, "not_recognised"));
        assert_eq!(after_password(&server, &mut key).await, refused(401, "key_signature"));
    }
    key.secret = right;
    (key.counter, key.synced) = (60, false);
    assert_eq!(alone(&server, &mut key).await, refused(401, "key_changed"));
    assert_eq!(after_password(&server, &mut key).await, refused(401, "key_changed"));
    (key.counter, key.synced) = (70, true);
    assert_eq!(alone(&server, &mut key).await, None);
    key.counter = 3;
    assert_eq!(alone(&server, &mut key).await, refused(401, "key_copied"));
    key.counter = 80;
    assert_eq!(alone(&server, &mut key).await, refused(401, "key_copied"), "and it stays so");
    key.secret = SoftKey::new().secret;
    assert_eq!(alone(&server, &mut key).await, refused(401, "not_recognised"));
}

#[tokio::test]
async fn a_password_whose_only_key_was_copied_is_refused_by_name() {
    let server = Server::new().await;
    let mut key = SoftKey { counter: 40, ..SoftKey::new() };
    server.enrol(&server.visit().await, "security_key", &mut key).await.good();
    assert_eq!(after_password(&server, &mut key).await, None);
    key.counter = 3;
    assert_eq!(after_password(&server, &mut key).await, refused(401, "key_copied"));
    let attempt = server.attempt().await;
    let answer = server.password(&attempt, NAME, PASSWORD).await;
    assert_eq!(answer.refused(), (403, "keys_switched_off"));
    assert!(answer.text("detail").contains("beheerder"), "{}", answer.body);
    let enrolment = server.post("login/enrolment", &attempt, json!({})).await;
    assert_eq!(enrolment.refused(), (401, "login_expired"));
}

#[tokio::test]
async fn strange_extensions_of_a_log_in_are_no_reason_to_refuse_it() {
    let server = Server::new().await;
    let mut key = SoftKey::new();
    server.enrol(&server.visit().await, "passkey", &mut key).await.good();
    for extensions in [
        b"\xa0".as_slice(),
        b"\xa1\x63foo\xa1\x61a\x82\x01\x02",
        b"\xa1\x6bcredProtect\x09",
        b"\xa1\x6bhmac-secret\x61x",
    ] {
        key.quirks.extensions = extensions.to_vec();
        assert_eq!(alone(&server, &mut key).await, None, "{extensions:02x?}");
        assert_eq!(after_password(&server, &mut key).await, None, "{extensions:02x?}");
    }
    key.quirks = PLAIN();
    key.quirks.results = json!({"appid": "yes", "foo": [1]});
    assert_eq!(alone(&server, &mut key).await, None);
}
