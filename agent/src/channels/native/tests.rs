//! The conversation, seen from the browser.

use std::io::Cursor;

use proptest::prelude::*;

use super::*;

const NONCE: &str = "5HjEnloLD+TreMRn96Aa/ReoXif/lQkrQFWHZMRxT+Y=";

fn frame(json: &str) -> Vec<u8> {
    let length = u32::try_from(json.len()).unwrap();
    [&length.to_ne_bytes()[..], json.as_bytes()].concat()
}

fn frames(mut bytes: &[u8]) -> Vec<Value> {
    let mut frames = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk::<4>() {
        let (json, rest) = rest.split_at(u32::from_ne_bytes(*length) as usize);
        frames.push(serde_json::from_slice(json).unwrap());
        bytes = rest;
    }
    assert!(bytes.is_empty(), "nothing but frames is written");
    frames
}

fn token() -> Token {
    let text = |text: &str| text.to_owned();
    Token {
        unverified_certificate: text("MAA="),
        algorithm: text("RS256"),
        signature: text("AA=="),
        format: text("web-eid:1.0"),
        app_version: Some(text("test")),
    }
}

/// The answer to the bytes, and the wish that was handed on.
fn answer(bytes: Vec<u8>, development: Development) -> (Value, Option<Wish>) {
    let (mut output, mut seen) = (Vec::new(), None);
    converse(Cursor::new(bytes), &mut output, development, |wish| {
        seen = Some(wish.clone());
        Ok(token())
    })
    .unwrap();
    let mut frames = frames(&output);
    assert_eq!(frames.len(), 2, "the version and one answer");
    assert_eq!(frames[0], json!({ "version": VERSION }));
    (frames.remove(1), seen)
}

fn check(request: &Value, code: &str) {
    let (answer, seen) = answer(frame(&request.to_string()), Development::Off);
    assert_eq!(answer["error"]["code"], code, "{request}: {answer}");
    assert_eq!(seen, None);
}

fn authenticate(origin: &str, nonce: &str) -> Value {
    json!({"command": "authenticate", "arguments": {"challengeNonce": nonce, "origin": origin}})
}

#[test]
fn a_page_is_answered_with_the_token() {
    let mut request = authenticate("https://zorgportaal.example", NONCE);
    request["arguments"]["lang"] = json!("en");
    let (answer, wish) = answer(frame(&request.to_string()), Development::Off);
    assert_eq!(answer, json!(token()));
    let wish = wish.unwrap();
    assert_eq!(wish.origin.as_str(), "https://zorgportaal.example");
    assert_eq!((wish.nonce.as_str(), wish.lang.as_deref()), (NONCE, Some("en")));
}

#[test]
fn the_version_has_the_major_number_the_extension_asks_for() {
    assert!(VERSION.starts_with("2."));
}

#[test]
fn pages_get_no_signature_and_no_signing_certificate() {
    let sign = json!({"command": "sign", "arguments": {
        "hash": "AA==", "hashFunction": "SHA-256", "certificate": "MAA=",
        "origin": "https://zorgportaal.example",
    }});
    check(&sign, code::NATIVE_FATAL);
    let certificate = json!({"command": "get-signing-certificate", "arguments": {
        "origin": "https://zorgportaal.example",
    }});
    check(&certificate, code::NATIVE_FATAL);
}

#[test]
fn quit_takes_nothing_and_gives_nothing() {
    let quit = frame(r#"{"command":"quit","arguments":{}}"#);
    assert_eq!(answer(quit, Development::Off).0, json!({}));
    check(&json!({"command": "quit", "arguments": {"now": true}}), code::NATIVE_INVALID_ARGUMENT);
}

#[test]
fn origins_that_break_a_rule_are_refused() {
    for origin in ["http://zorgportaal.example", "http://localhost:8080", "https://localhost"] {
        check(&authenticate(origin, NONCE), code::CONTEXT_INSECURE);
    }
    for origin in [
        "https://zorgportaal.example/",
        "https://zorgportaal.example/login",
        "https://zorgportaal.example?x",
        "https://u@zorgportaal.example",
        "https://ZORGPORTAAL.example",
        "https://zorgportaal.example:443",
        "https://192.0.2.1",
        "ftp://zorgportaal.example",
        "null",
        "",
        &format!("https://{}.example", "a".repeat(250)),
    ] {
        check(&authenticate(origin, NONCE), code::NATIVE_INVALID_ARGUMENT);
    }
}

#[test]
fn plain_localhost_is_served_in_development_only() {
    let request = authenticate("http://localhost:8080", NONCE).to_string();
    let (_, wish) = answer(frame(&request), Development::On);
    assert_eq!(wish.unwrap().origin.as_str(), "http://localhost:8080");
    let request = authenticate("http://zorgportaal.example", NONCE).to_string();
    assert_eq!(answer(frame(&request), Development::On).1, None);
}

#[test]
fn arguments_must_be_exactly_those() {
    let good = || authenticate("https://zorgportaal.example", NONCE);
    let invalid = code::NATIVE_INVALID_ARGUMENT;
    let mut extra = good();
    extra["arguments"]["photoRequested"] = json!(false);
    check(&extra, invalid);
    let mut missing = good();
    missing["arguments"].as_object_mut().unwrap().remove("origin");
    check(&missing, invalid);
    for nonce in ["A".repeat(43), "A".repeat(129), "é".repeat(22), " ".repeat(44)] {
        check(&authenticate("https://zorgportaal.example", &nonce), invalid);
    }
    check(&json!({"command": "status", "arguments": {}}), invalid);
    check(&json!([1, 2, 3]), invalid);
    let twice = format!(
        r#"{{"command":"authenticate","arguments":{{"challengeNonce":"{NONCE}","origin":"https://a.example","origin":"https://b.example"}}}}"#
    );
    assert_eq!(answer(frame(&twice), Development::Off).0["error"]["code"], invalid);
}

#[test]
fn lengths_that_break_the_rule_are_answered() {
    for length in [0, 4, 8193, u32::MAX] {
        let (answer, _) = answer(length.to_ne_bytes().to_vec(), Development::Off);
        assert_eq!(answer["error"]["code"], code::NATIVE_INVALID_ARGUMENT, "{length}");
    }
}

#[test]
fn a_channel_that_closes_early_gets_no_answer() {
    let whole = frame(&authenticate("https://zorgportaal.example", NONCE).to_string());
    for cut in [0, 3, 4, 50] {
        let mut output = Vec::new();
        let input = Cursor::new(whole[..cut].to_vec());
        let error = converse(input, &mut output, Development::Off, |_| Ok(token()));
        assert!(matches!(error, Err(Error::Closed)), "{cut}");
        assert_eq!(frames(&output).len(), 1, "only the version was said");
    }
}

#[test]
fn a_browser_that_goes_away_is_noticed_and_one_that_has_no_more_to_say_stays() {
    let (output, browser) = std::io::pipe().map(|(read, write)| (write, read)).unwrap();
    let (tell, told) = channel();
    std::thread::spawn(move || {
        until_unread(output);
        tell.send(()).unwrap();
    });
    let request = frame(&authenticate("https://zorgportaal.example", NONCE).to_string());
    converse(Cursor::new(request), &mut Vec::new(), Development::Off, |_| {
        assert!(told.try_recv().is_err(), "the input has ended and somebody reads");
        drop(browser);
        told.recv_timeout(Duration::from_secs(30)).expect("that nobody reads is told");
        Ok(token())
    })
    .unwrap();
}

proptest! {
    #[test]
    fn no_bytes_make_the_conversation_panic(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
        let mut output = Vec::new();
        let _ = converse(Cursor::new(bytes), &mut output, Development::On, |_| Ok(token()));
        prop_assert!(!frames(&output).is_empty());
    }

    #[test]
    fn no_message_but_a_good_one_reaches_the_card(json in "\\PC{5,200}") {
        let (answer, seen) = answer(frame(&json), Development::On);
        prop_assert!(seen.is_none());
        prop_assert!(answer["error"]["code"].is_string());
    }

    #[test]
    fn no_changed_byte_reaches_the_card_as_another_wish(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let request = authenticate("https://zorgportaal.example", NONCE).to_string();
        let mut json = request.clone().into_bytes();
        let at = at.index(json.len());
        json[at] = byte;
        let mut bytes = u32::try_from(json.len()).unwrap().to_ne_bytes().to_vec();
        bytes.extend(&json);
        if let (_, Some(wish)) = answer(bytes, Development::On) {
            // What is handed on is what was sent.
            let sent: Value = serde_json::from_slice(&json).unwrap();
            prop_assert_eq!(&sent["arguments"]["origin"], wish.origin.as_str());
            prop_assert_eq!(&sent["arguments"]["challengeNonce"], &wish.nonce);
        }
    }

    /// What becomes of a frame follows from its length and from how much of it comes.
    #[test]
    fn a_frame_is_answered_by_its_length_and_cut_off_where_it_is_cut(
        length in prop_oneof![0..10_u32, 8180..8200_u32, any::<u32>()],
        body in proptest::collection::vec(any::<u8>(), 0..64),
        fill in 0..8200_usize,
        cut in 0..5_usize,
    ) {
        let mut bytes = length.to_ne_bytes().to_vec();
        bytes.extend(body);
        bytes.resize(bytes.len() + fill, b' ');
        if cut < 4 {
            bytes.truncate(cut);
        }
        let (whole, mut output) = (bytes.len(), Vec::new());
        let ended = converse(Cursor::new(bytes), &mut output, Development::On, |_| Ok(token()));
        let said = frames(&output);
        prop_assert_eq!(&said[0], &json!({ "version": VERSION }));
        let is_allowed = (5..=8192).contains(&length);
        if cut < 4 || (is_allowed && whole - 4 < length as usize) {
            prop_assert!(matches!(ended, Err(Error::Closed)), "{:?}", ended);
            prop_assert_eq!(said.len(), 1);
        } else {
            prop_assert!(ended.is_ok(), "{:?}", ended);
            prop_assert_eq!(said.len(), 2);
            prop_assert_eq!(&said[1]["error"]["code"], code::NATIVE_INVALID_ARGUMENT);
            let message = said[1]["error"]["message"].as_str().unwrap();
            prop_assert_eq!(message.starts_with("a message has 5 to 8192 bytes"), !is_allowed);
        }
    }
}
