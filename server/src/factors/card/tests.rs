//! Tokens: the project's vector, tokens made by openssl, and everything that is refused.

use std::io::Write;
use std::process::{Command, Stdio};
use std::task::Poll;

use proptest::prelude::*;
use serde_json::{Value, json};
use spki::der::DecodePem;

use super::*;
use crate::uzi::issue::Environment;
use crate::uzi::sighting::Standing;

fn vector() -> Value {
    let path = format!("{}/../tests/vectors/web-eid-token.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).expect("the vector")).expect("JSON")
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().expect(name)
}

/// The content of the subjectPublicKey in a PEM file.
fn key(pem: &str) -> Vec<u8> {
    let spki = spki::SubjectPublicKeyInfoOwned::from_pem(pem.trim()).expect("a public key");
    spki.subject_public_key.as_bytes().expect("whole bytes").to_vec()
}

#[test]
fn the_signatures_of_the_vector_hold_and_no_others() {
    let vector = vector();
    let (origin, nonce) = (text(&vector, "origin"), text(&vector, "challengeNonce"));
    let cases = vector["cases"].as_array().expect("cases");
    assert_eq!(cases.len(), 3);
    for case in cases {
        let algorithm = Algorithm::from_name(text(case, "algorithm")).expect("an algorithm");
        let key = key(text(case, "public_key_pem"));
        let signature = BASE64_STANDARD.decode(text(case, "signature")).expect("base64");
        let holds = |origin: &str, nonce: &str, signature: &[u8]| {
            holds(algorithm, &key, &web_eid::signed(algorithm, origin, nonce), signature)
        };
        assert!(holds(origin, nonce, &signature), "{}", algorithm.name());
        assert!(!holds("https://zorgportaal.example.com", nonce, &signature));
        assert!(!holds(&format!("{origin}/"), nonce, &signature));
        assert!(!holds(origin, &nonce.replacen('5', "6", 1), &signature));
        let mut changed = signature.clone();
        changed[7] ^= 1;
        assert!(!holds(origin, nonce, &changed));
        assert!(!holds(origin, nonce, &signature[1..]));
        assert!(!holds(origin, nonce, &[]));
        for other in Algorithm::ALL.into_iter().filter(|other| *other != algorithm) {
            let signed = web_eid::signed(other, origin, nonce);
            assert!(!super::holds(other, &key, &signed, &signature), "{}", other.name());
        }
    }
}

/// What openssl signs with a key of the vector.
fn openssl(arguments: &[&str], key: &str, message: &[u8]) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("key.pem");
    std::fs::write(&path, key).expect("a file");
    let mut child = Command::new("openssl")
        .args(["dgst", "-sign"])
        .arg(&path)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("openssl is installed: package openssl");
    child.stdin.take().expect("a pipe").write_all(message).expect("openssl reads");
    let output = child.wait_with_output().expect("openssl ends");
    assert!(output.status.success());
    output.stdout
}

/// Every RSA algorithm, signed by somebody else's software.
#[test]
fn openssl_signs_what_is_verified_here() {
    let vector = vector();
    let case = &vector["cases"][0];
    assert_eq!(text(case, "algorithm"), "RS256");
    let (public, private) = (key(text(case, "public_key_pem")), text(case, "private_key_pem"));
    let pss = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest"];
    for (algorithm, hash, options) in [
        (Algorithm::Rs256, "-sha256", &[][..]),
        (Algorithm::Rs384, "-sha384", &[]),
        (Algorithm::Rs512, "-sha512", &[]),
        (Algorithm::Ps256, "-sha256", &pss),
        (Algorithm::Ps384, "-sha384", &pss),
        (Algorithm::Ps512, "-sha512", &pss),
    ] {
        let signed = web_eid::signed(algorithm, "https://zorg.example", "bm9uY2U=");
        let signature = openssl(&[&[hash], options].concat(), private, &signed);
        assert!(holds(algorithm, &public, &signed, &signature), "{}", algorithm.name());
        assert!(!holds(algorithm, &public, b"something else", &signature));
    }
}

fn huisarts() -> String {
    let path = format!(
        "{}/../tests/uzi/samples/real-test/z_huisarts_2024_authenticiteit.pem",
        env!("CARGO_MANIFEST_DIR")
    );
    let content = std::fs::read(path).expect("the sample");
    BASE64_STANDARD.encode(Certificate::from_file_content(&content).expect("a certificate").der())
}

fn token() -> Value {
    json!({
        "unverifiedCertificate": huisarts(),
        "algorithm": "RS256",
        "signature": BASE64_STANDARD.encode([1u8; 256]),
        "format": "web-eid:1.0",
        "appVersion": "2.0.0",
    })
}

fn verifier() -> Verifier {
    let trust = Arc::new(Trust::published(Environment::Test));
    let lists = Lists::new(Vec::new(), trust.clone());
    Verifier::new("https://zorg.example".to_owned(), trust, lists, Admission::default())
}

async fn refused(token: &Value) -> &'static str {
    let in_2025 = Time::from_millis(1_735_689_600_000);
    let answer = verifier().verify(token.to_string().as_bytes(), "bm9uY2U=", in_2025).await;
    answer.expect_err("nobody can sign for this card").refusal.code()
}

async fn with(member: &str, value: Value) -> &'static str {
    let mut token = token();
    token[member] = value;
    refused(&token).await
}

#[tokio::test]
async fn each_wrong_member_is_refused_for_its_own_reason() {
    assert_eq!(refused(&token()).await, "card_signature");
    for format in ["web-eid:1", "web-eid:1.1", "web-eid:2.0", "", "WEB-EID:1.0"] {
        assert_eq!(with("format", json!(format)).await, "card_token_format", "{format}");
    }
    assert_eq!(with("unverifiedSigningCertificates", json!([])).await, "card_token_format");
    for algorithm in ["none", "HS256", "rs256", "RS1", ""] {
        assert_eq!(with("algorithm", json!(algorithm)).await, "card_token_algorithm");
    }
    assert_eq!(with("algorithm", json!("ES256")).await, "card_token_algorithm_of_key");
    assert_eq!(with("signature", json!("*")).await, "card_token_base64");
    assert_eq!(with("signature", json!("")).await, "card_signature");
    assert_eq!(with("unverifiedCertificate", json!("AAA*")).await, "card_token_base64");
    let certificate = "card_certificate_unreadable";
    assert_eq!(with("unverifiedCertificate", json!("")).await, certificate);
    assert_eq!(
        with("unverifiedCertificate", json!(huisarts() + "AAAA")).await,
        "card_token_base64"
    );
    assert_eq!(with("algorithm", Value::Null).await, "card_token");
    assert_eq!(with("appVersion", json!("x".repeat(10_000))).await, "card_token");
    assert_eq!(refused(&json!({})).await, "card_token");
    assert_eq!(with("something", json!("unknown members are passed over")).await, "card_signature");
}

/// It may cost a hundred signatures, and then megabytes of lists: meanwhile others are served.
#[test]
fn a_card_is_judged_where_it_keeps_nobody_waiting() {
    let runtime = tokio::runtime::Builder::new_current_thread().max_blocking_threads(1).build();
    runtime.expect("a runtime").block_on(async {
        let (go, wait) = std::sync::mpsc::channel::<()>();
        let busy = tokio::task::spawn_blocking(move || wait.recv());
        let (verifier, token) = (verifier(), token().to_string());
        let in_2025 = Time::from_millis(1_735_689_600_000);
        let mut judged = std::pin::pin!(verifier.verify(token.as_bytes(), "bm9uY2U=", in_2025));
        let first = std::future::poll_fn(|context| Poll::Ready(judged.as_mut().poll(context)));
        assert!(first.await.is_pending(), "it was judged on the one thread that serves");
        go.send(()).expect("somebody waits");
        busy.await.expect("no panic").expect("it was told to go");
        let refused = judged.await.expect_err("nobody can sign for this card");
        assert_eq!(refused.refusal.code(), "card_signature");
    });
}

#[tokio::test]
async fn an_expired_card_is_named_before_its_signature_is_looked_at() {
    let in_2030 = Time::from_millis(1_893_456_000_000);
    let answer = verifier().verify(token().to_string().as_bytes(), "bm9uY2U=", in_2030).await;
    let refused = answer.expect_err("expired");
    assert_eq!(refused.refusal.code(), "card_expired");
    assert_eq!(refused.sighting.expect("it was read").standing, Standing::Claimed);
}

#[tokio::test]
async fn of_a_refused_card_is_kept_what_was_read_of_it() {
    let in_2025 = Time::from_millis(1_735_689_600_000);
    let verify = async |token: &Value| {
        let answer = verifier().verify(token.to_string().as_bytes(), "bm9uY2U=", in_2025).await;
        answer.expect_err("nobody can sign for this card").sighting
    };
    let seen = verify(&token()).await.expect("its certificate is sound");
    assert_eq!((seen.standing, seen.serial.len()), (Standing::Issued, 40), "it signed nothing");
    assert_eq!(seen.holder.expect("it names one").uzi_number, "900030757");
    let mut unread = token();
    unread["unverifiedCertificate"] = json!("AAAA");
    assert_eq!(verify(&unread).await, None);
}

#[test]
fn every_refusal_names_a_remedy_in_both_languages() {
    for refusal in [
        Refusal::Token("JSON".to_owned()),
        Refusal::Format("web-eid:2".to_owned()),
        Refusal::Algorithm("none".to_owned()),
        Refusal::AlgorithmOfKey(Algorithm::Es256),
        Refusal::Base64("signature"),
        Refusal::Signature,
        Refusal::Card(CardRefusal::NotForLogin),
        Refusal::ChallengeGone,
        Refusal::NotLinked,
    ] {
        for sentence in [refusal.dutch(), refusal.english()] {
            assert!(sentence.ends_with('.') && sentence.matches(". ").count() >= 1, "{sentence}");
        }
        assert_ne!(refusal.dutch(), refusal.english());
    }
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = Presented::read(&bytes);
    }

    #[test]
    fn no_members_make_the_reader_panic(certificate in "[A-Za-z0-9+/=]{0,200}", signature in "[A-Za-z0-9+/=]{0,90}", algorithm: String) {
        let mut token = token();
        token["unverifiedCertificate"] = json!(certificate);
        token["signature"] = json!(signature);
        token["algorithm"] = json!(algorithm);
        prop_assert!(Presented::read(token.to_string().as_bytes()).is_err());
    }

    #[test]
    fn no_signature_of_another_length_makes_it_panic(raw in prop::collection::vec(any::<u8>(), 0..150)) {
        let vector = vector();
        let key = key(text(&vector["cases"][2], "public_key_pem"));
        for algorithm in Algorithm::ALL {
            prop_assert!(!holds(algorithm, &key, b"signed", &raw));
        }
    }
}
