use super::*;
use crate::delivery::phone::{Number, Ticket};
use crate::id::SendingId;
use crate::text::Language;
use proptest::prelude::*;
use std::time::Duration;

fn described(change: impl FnOnce(&mut Description)) -> Result<Settings, Unfit> {
    let mut description =
        Description { address: "https://sms.example/send".to_owned(), ..Description::default() };
    change(&mut description);
    let secret = format!("{description:?}").contains("{secret}");
    Settings::new(&description, secret.then(|| Secret::new("een geheim".to_owned())))
}

fn made(settings: &Settings, text: &str) -> Request {
    let id = SendingId::parse("00112233445566778899aabbccddeeff").unwrap();
    let ticket = Ticket::parse("ffeeddccbbaa99887766554433221100").unwrap();
    let to = Number::parse("+31612345678").unwrap();
    let say = Say::Sms(Secret::new(text.to_owned()));
    let left = Duration::from_secs(600);
    let errand = Errand { id: &id, ticket: &ticket, to: &to, language: Language::Dutch, say, left };
    request(settings, &errand, &Url::parse("https://inloggen.example").unwrap()).unwrap()
}

fn body(request: &Request) -> String {
    match &request.body {
        Body::None => String::new(),
        Body::Form(body) | Body::Json(body) => body.expose().clone(),
    }
}

fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn a_request_is_what_was_described() {
    let settings = described(|it| {
        it.address = "https://sms.example/v1/{digits}?to={to}&id={id}".to_owned();
        it.headers = map(&[("Authorization", "Bearer {secret}")]);
        it.json = Some(
            r#"{"to": ["{to}"], "text": "Let op: {text}", "n": 1, "cb": "{report}"}"#.to_owned(),
        );
    })
    .unwrap();
    let request = made(&settings, "uw \"code\"");
    assert_eq!(
        request.address.expose(),
        "https://sms.example/v1/31612345678?to=%2B31612345678&id=00112233445566778899aabbccddeeff"
    );
    assert_eq!(request.headers[0].1.expose(), "Bearer een geheim");
    let sent: Value = serde_json::from_str(&body(&request)).unwrap();
    assert_eq!(sent["to"][0], "+31612345678");
    assert_eq!(sent["text"], "Let op: uw \"code\"");
    assert_eq!(
        sent["cb"],
        "https://inloggen.example/callbacks/phone/ffeeddccbbaa99887766554433221100"
    );
    assert!(!format!("{settings:?} {request:?}").contains("een geheim"));
}

#[test]
fn each_description_that_would_send_elsewhere_or_something_else_is_refused() {
    for address in [
        "https://{to}/x",
        "https://sms.example{to}/x",
        "https://{to}@sms.example/x",
        "https://a:b@sms.example/x",
        "http://sms.example/x",
        "ftp://sms.example/",
        "https://",
        "https://sms.example",
        "https://sms.example/x#{to}",
        "{to}",
        "",
        "https:/sms.example/{to}/",
        "https://sms.example\\{to}/",
        "https://sms.example?{to}/x",
        "http://169.254.169.254/latest",
        "http://127.0.0.1.example/",
        "http://localhost.example/",
        "//sms.example/x",
    ] {
        let refused = described(|it| it.address = address.to_owned());
        assert!(matches!(refused, Err(Unfit::Host | Unfit::Address)), "{address}: {refused:?}");
    }
    for address in ["http://localhost:1/x", "http://127.0.0.1/x", "http://[::1]:8/{to}"] {
        assert!(described(|it| it.address = address.to_owned()).is_ok(), "{address}");
    }
    for (name, value) in [
        ("Host", "other"),
        ("content-length", "1"),
        ("Transfer-Encoding", "chunked"),
        ("X\r\nY", "a"),
        ("X", "a\r\nY: b"),
        ("X", "{text}"),
        ("", "a"),
        ("X Y", "a"),
        ("X", "\u{0}"),
    ] {
        let refused = described(|it| it.headers = map(&[(name, value)]));
        assert!(matches!(refused, Err(Unfit::Header)), "{name:?}: {refused:?}");
    }
    let refused = |change: fn(&mut Description)| described(change).map(drop).unwrap_err();
    assert_eq!(refused(|it| it.method = Some("DELETE".to_owned())), Unfit::Method);
    assert_eq!(refused(|it| it.json = Some("{to}".to_owned())), Unfit::Json);
    assert_eq!(refused(|it| it.json = Some(r#"["{who}"]"#.to_owned())), Unfit::Placeholder);
    assert_eq!(refused(|it| it.expects = Some(vec![302])), Unfit::Expects);
    assert_eq!(refused(|it| it.expects = Some(vec![])), Unfit::Expects);
    let both = |it: &mut Description| {
        (it.form, it.json) = (Some(BTreeMap::new()), Some("1".to_owned()));
    };
    assert_eq!(refused(both), Unfit::Body);
    let got = |it: &mut Description| {
        (it.method, it.json) = (Some("GET".to_owned()), Some("1".to_owned()));
    };
    assert_eq!(refused(got), Unfit::Body);
    let plain = Description { address: "https://sms.example/".to_owned(), ..Default::default() };
    let secret = Some(Secret::new("x".to_owned()));
    assert_eq!(Settings::new(&plain, secret).map(drop), Err(Unfit::Secret));
}

#[test]
fn only_what_is_expected_is_success() {
    let settings = described(|it| it.expects = Some(vec![202])).unwrap();
    let judged = |status| judge(&settings, &Answer { status, body: vec![] });
    assert_eq!(judged(202), Ok(()));
    assert_eq!(judged(200), Err(Fault::Odd(Some(200))));
    assert_eq!(judged(302), Err(Fault::Odd(Some(302))), "a redirect is followed by nobody");
    assert_eq!(judged(401), Err(Fault::Login(Some(401))));
    assert_eq!(judged(400), Err(Fault::Rejected(Some(400))));
    assert_eq!(judged(503), Err(Fault::Refused(Some(503))));
}

proptest! {
    /// Injection: nothing that is said, whatever it holds, becomes another field, member, header or
    /// part of an address.
    #[test]
    fn what_is_said_stays_one_value(text in "\\PC{0,60}|[\\r\\n\"{}&=:/?#%+ a]{0,40}|(.|\\s){0,40}") {
        let settings = described(|it| {
            it.address = "https://sms.example/{text}/x?a={text}&b=1".to_owned();
            it.form = Some(map(&[("a", "{text}"), ("b", "1")]));
        }).unwrap();
        let request = made(&settings, &text);
        let address = Url::parse(request.address.expose()).unwrap();
        prop_assert_eq!(address.host_str(), Some("sms.example"));
        let asked: Vec<_> = address.query_pairs().collect();
        prop_assert_eq!(&asked, &[("a".into(), text.as_str().into()), ("b".into(), "1".into())]);
        let sent = body(&request);
        let fields: Vec<_> = url::form_urlencoded::parse(sent.as_bytes()).collect();
        prop_assert_eq!(&fields, &asked);

        let settings = described(|it| it.json = Some(r#"{"a": "{text}", "b": 1}"#.to_owned())).unwrap();
        let sent: Value = serde_json::from_str(&body(&made(&settings, &text))).unwrap();
        prop_assert_eq!(sent, serde_json::json!({"a": text, "b": 1}));
    }

    #[test]
    fn reading_a_description_never_panics(address in "https?://\\PC{0,30}", json in "\\PC{0,30}", value in "\\PC{0,20}") {
        let _ = described(|it| {
            it.address = address;
            it.json = Some(json);
            it.headers = map(&[("X", &value)]);
        });
    }
}
