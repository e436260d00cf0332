//! The client against a server that says one thing, once.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::thread::JoinHandle;

use proptest::prelude::*;

use super::*;
use crate::origin::Development;

/// A server that gives `answer` to one request and then tells what the request was.
pub(super) fn server(answer: impl Into<Vec<u8>>) -> (Client, JoinHandle<String>) {
    let listener = TcpListener::bind("localhost:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let answer = answer.into();
    let asked = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert!(reader.read_line(&mut head).unwrap() > 0);
        }
        let length = head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
            .map_or(0, |(_, value)| value.parse().unwrap());
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        // A client that has read enough may be gone.
        let _ = stream.write_all(&answer);
        head + std::str::from_utf8(&body).unwrap()
    });
    let origin = Origin::parse(&format!("http://localhost:{port}"), Development::On).unwrap();
    (Client::new(origin, "nl"), asked)
}

fn http(status: &str, kind: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
}

pub(super) fn json_answer(body: &str) -> String {
    http("200 OK", "application/json", body)
}

pub(super) fn attempt() -> Attempt {
    Attempt(Secret::new("attempt-token"))
}

fn options(answer: impl Into<Vec<u8>>) -> Error {
    let (client, asked) = server(answer);
    let error = client.login_options(&attempt()).unwrap_err();
    asked.join().unwrap();
    error
}

#[test]
fn a_password_goes_with_the_attempts_bearer_and_the_persons_language() {
    let (client, asked) = server(json_answer(r#"{"state":"factor","ways":["passkey"]}"#));
    let after = client.password(&attempt(), "arts", &Secret::new("geheim")).unwrap();
    assert!(matches!(after, AfterPassword::Factor { ways } if ways == ["passkey"]));
    let asked = asked.join().unwrap();
    assert!(asked.starts_with("POST /api/v1/login/password HTTP/1.1\r\n"), "{asked}");
    let head = asked.to_lowercase();
    assert!(head.contains("authorization: bearer attempt-token\r\n"), "{asked}");
    assert!(head.contains("accept-language: nl\r\n"), "{asked}");
    assert!(asked.ends_with(r#"{"username":"arts","password":"geheim"}"#), "{asked}");
}

#[test]
fn a_session_is_read_and_its_bearer_does_not_print() {
    let (client, asked) = server(json_answer(
        r#"{"session":"geheim","level":"high","account":{"name":"Test Arts","username":"arts","organisation":"Test"},"expires_in":60}"#,
    ));
    let verifier = Verifier(Secret::new("verifier"));
    let session = client.redeem(&Secret::new("code"), &verifier).unwrap();
    assert_eq!(session.level, Level::High);
    assert!(!format!("{session:?}").contains("geheim"));
    let asked = asked.join().unwrap();
    assert!(!asked.to_lowercase().contains("authorization"), "{asked}");
    assert!(asked.ends_with(r#"{"code":"code","code_verifier":"verifier"}"#), "{asked}");
}

#[test]
fn a_refusal_carries_the_servers_sentence_and_code() {
    let problem = r#"{"type":"about:blank","title":"Geweigerd","status":403,"detail":"Stel een pincode in.","code":"user_verification_missing"}"#;
    let error = options(http("403 Forbidden", "application/problem+json", problem));
    let Error::Refused(problem) = error else { panic!("{error}") };
    assert_eq!((problem.status, problem.code.as_str()), (403, "user_verification_missing"));
    assert_eq!(problem.detail, "Stel een pincode in.");
}

#[test]
fn what_is_no_answer_of_the_api_is_malformed() {
    let moved = "HTTP/1.1 302 Found\r\nlocation: http://localhost:1/\r\ncontent-length: 0\r\n\r\n";
    let huge = json_answer(&" ".repeat(300 * 1024));
    for (what, answer) in [
        ("HTML", http("502 Bad Gateway", "text/html", "<h1>Bad Gateway</h1>")),
        ("a redirect", moved.to_owned()),
        ("no JSON", json_answer("{")),
        ("other JSON", json_answer(r#"{"publicKey":{}}"#)),
        ("too much", huge),
        ("no HTTP", "hello\r\n\r\n".to_owned()),
    ] {
        let error = options(answer);
        assert!(matches!(error, Error::Malformed(_)), "{what}: {error:?}");
    }
}

#[test]
fn only_a_challenge_is_handed_on_to_a_card() {
    let good = "5HjEnloLD+TreMRn96Aa/ReoXif/lQkrQFWHZMRxT+Y=";
    let asked_of = |nonce: &str| {
        let answer = || json_answer(&json!({ "nonce": nonce }).to_string());
        let (client, asked) = server(answer());
        let login = client.card_nonce(&attempt());
        asked.join().unwrap();
        let (client, asked) = server(answer());
        let enrolment = client.enrol_card_nonce(&Secret::new("session"));
        asked.join().unwrap();
        [login, enrolment]
    };
    assert_eq!(asked_of(good).map(Result::unwrap), [good, good]);
    let long = "A".repeat(500);
    let accents = "é".repeat(22);
    for bad in ["", "short", &long, &accents, &format!("aa\nbb{good}"), &format!("{good} ")] {
        for nonce in asked_of(bad) {
            assert!(matches!(nonce, Err(Error::Malformed(_))), "{bad:?}: {nonce:?}");
        }
    }
}

#[test]
fn a_server_that_is_not_there_is_unreachable() {
    let port = TcpListener::bind("localhost:0").unwrap().local_addr().unwrap().port();
    let origin = Origin::parse(&format!("http://localhost:{port}"), Development::On).unwrap();
    let error = Client::new(origin, "en").attempt("x").unwrap_err();
    assert!(matches!(error, Error::Unreachable(_)), "{error:?}");
}

/// The example of RFC 7636, appendix B.
#[test]
fn a_code_challenge_is_the_hash_of_its_verifier() {
    let verifier = Verifier(Secret::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"));
    assert_eq!(verifier.challenge(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

#[test]
fn a_bearer_is_marked_and_a_body_is_written_where_it_stays() {
    let value = authorization(&Secret::new("geheim")).unwrap();
    assert_eq!((value.to_str().unwrap(), value.is_sensitive()), ("Bearer geheim", true));
    assert!(!format!("{value:?}").contains("geheim"));
    assert!(matches!(authorization(&Secret::new("a\nb")), Err(Error::Malformed(_))));
    let text = written(&json!({"password": "geheim"})).unwrap();
    assert_eq!(*text, br#"{"password":"geheim"}"#);
    assert_eq!(text.capacity(), text.len() + 1, "it was never moved: a line end may follow");
}

/// An answer that is HTTP in its first line at least, or not even that.
fn hostile() -> impl Strategy<Value = Vec<u8>> {
    let status = prop_oneof![Just(200_u16), Just(302), Just(403), Just(500), any::<u16>()];
    let headers = "(content-type: (application/json|text/html|x)\r\n)?(location: http://localhost:1/\r\n)?\
                   (content-length: [0-9]{1,22}\r\n|transfer-encoding: chunked\r\n)?(\\PC{0,20}\r\n)?";
    let json = prop_oneof![
        Just(r#"{"publicKey":{"challenge":"AAAA"}}"#.to_owned()),
        Just(r#"{"code":"x","title":"t","detail":"d","status":200}"#.to_owned()),
        "\\{\"code\":\"[a-z_]{0,9}\"(,\"detail\":\"[ -~&&[^\"\\\\]]{0,20}\")?\\}",
        "[\\[\\]{}\",:a-z0-9]{0,40}",
        "5\r\n\\{\"a\":\r\n",
    ];
    let spoken = (status, headers, json).prop_map(|(status, headers, body)| {
        format!("HTTP/1.1 {status} x\r\nconnection: close\r\n{headers}\r\n{body}").into_bytes()
    });
    let bytes = proptest::collection::vec(any::<u8>(), 0..200);
    prop_oneof![4 => spoken, 1 => bytes]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Whatever comes is one of our errors or what the API says; no more than one question is asked,
    /// a refusal is believed only where the status is one, and no error is longer than a screen.
    #[test]
    fn no_answer_makes_the_client_panic_or_follow(answer in hostile()) {
        let says_success = answer.starts_with(b"HTTP/1.1 2");
        let (client, asked) = server(answer);
        match client.login_options(&attempt()) {
            Ok(_) => prop_assert!(says_success),
            Err(Error::Refused(problem)) => {
                prop_assert!(!says_success && !problem.code.is_empty());
                prop_assert!(!(200..300).contains(&problem.status));
            }
            Err(error @ (Error::Malformed(_) | Error::Unreachable(_) | Error::TimedOut)) => {
                prop_assert!(error.to_string().len() < 400, "{}", error);
            }
        }
        // The one connection that the server takes was the only one.
        prop_assert!(asked.join().unwrap().starts_with("POST /api/v1/login/webauthn/options "));
    }
}
