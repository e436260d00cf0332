use super::client::{Answer, Body, Request};
use super::*;
use crate::delivery::phone::{Answer as Heard, Event, Line, Reply, Seen, words};
use proptest::prelude::*;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

const TICKET: &str = "ffeeddccbbaa99887766554433221100";

/// An errand for CM.com and Twilio alike.
fn errand<T>(say: Say, then: impl FnOnce(&Errand<'_>, &Url) -> T) -> T {
    let id = SendingId::parse("00112233445566778899aabbccddeeff").unwrap();
    let ticket = Ticket::parse(TICKET).unwrap();
    let to = Number::parse("+31612345678").unwrap();
    let (language, left) = (Language::Dutch, Duration::from_secs(599));
    let errand = Errand { id: &id, ticket: &ticket, to: &to, language, say, left };
    then(&errand, &Url::parse("https://inloggen.example").unwrap())
}

fn sms() -> Say {
    Say::Sms(words::sms(
        Language::Dutch,
        ("Sleutelbos", "FAKE Testpraktijk"),
        &Secret::new("314159".to_owned()),
    ))
}

fn call() -> Say {
    Say::Call(words::voice(Language::Dutch, "FAKE Testpraktijk").script)
}

fn body(request: &Request) -> String {
    match &request.body {
        Body::None => String::new(),
        Body::Form(body) | Body::Json(body) => body.expose().clone(),
    }
}

fn cm_settings(address: &str) -> cm::Settings {
    let (token, sender) = (Secret::new("een-geheim".to_owned()), "+31201234567".to_owned());
    cm::Settings { address: Url::parse(address).unwrap(), token, sender }
}

fn twilio_settings(address: &str) -> twilio::Settings {
    let (token, sender) = (Secret::new("een-geheim".to_owned()), "+31201234567".to_owned());
    let address = Url::parse(address).unwrap();
    twilio::Settings { address, account: "AC00".to_owned(), token, sender }
}

#[test]
fn cm_is_asked_as_its_documentation_says() {
    let settings = cm_settings(cm::SMS);
    let request = errand(sms(), |it, origin| cm::request(&settings, it, origin)).unwrap();
    assert_eq!(request.address.expose(), "https://gw.messaging.cm.com/v1.0/message");
    assert_eq!(request.headers[0].0.as_str(), "x-cm-producttoken");
    assert_eq!(request.headers[0].1.expose(), "een-geheim");
    let sent: Value = serde_json::from_str(&body(&request)).unwrap();
    let message = &sent["messages"]["msg"][0];
    assert_eq!(message["to"], json!([{"number": "0031612345678"}]));
    assert_eq!((&message["reference"], &message["validity"]), (&json!(TICKET), &json!("9m")));
    assert_eq!(
        message["body"]["content"],
        "314159 is uw code voor FAKE Testpraktijk. Vul hem alleen in op de pagina van Sleutelbos die u \
         zelf open hebt. Geef hem aan niemand, ook niet aan de telefoon."
    );

    let settings = cm_settings(cm::CALLS);
    let request = errand(call(), |it, origin| cm::request(&settings, it, origin)).unwrap();
    assert_eq!(request.address.expose(), "https://api.cm.com/voiceapi/v2/DTMF");
    let sent: Value = serde_json::from_str(&body(&request)).unwrap();
    assert_eq!((&sent["callee"], &sent["max-digits"]), (&json!("+31612345678"), &json!(6)));
    let callback = format!("https://inloggen.example/callbacks/cm/calls/{TICKET}");
    assert_eq!(sent["callback-url"], callback);
    let prompt = sent["prompt"].as_str().unwrap();
    for words in ["FAKE Testpraktijk", "die op uw eigen scherm staat", "hekje"] {
        assert!(prompt.contains(words), "{prompt}");
    }
    for prompt in ["prompt", "valid-prompt", "invalid-prompt"] {
        assert!((1..=750).contains(&sent[prompt].as_str().unwrap().len()), "{prompt}");
    }
    assert!(
        !body(&request).contains("314159")
            && !format!("{settings:?}{request:?}").contains("geheim")
    );
}

#[test]
fn what_cm_answers_is_told_apart() {
    let judged = |say: &Say, status, body: Value| {
        cm::judge(say, &Answer { status, body: body.to_string().into_bytes() })
    };
    let message = |status, code| {
        json!({"details": "x", "errorCode": 201, "messages": [{"to": "00", "status": status,
               "reference": TICKET, "parts": 1, "messageDetails": null, "messageErrorCode": code}]})
    };
    let sms = sms();
    assert_eq!(judged(&sms, 200, message("Accepted", 0)), Ok(()));
    assert_eq!(judged(&sms, 400, message("Rejected", 303)), Err(Fault::Rejected(Some(303))));
    let refused = |code| json!({"details": "x", "errorCode": code, "messages": []});
    assert_eq!(judged(&sms, 400, refused(101)), Err(Fault::Login(Some(101))));
    assert_eq!(judged(&sms, 400, refused(102)), Err(Fault::Refused(Some(102))));
    assert_eq!(judged(&sms, 200, refused(0)), Err(Fault::Odd(Some(0))));
    assert_eq!(judged(&sms, 200, json!("OK")), Err(Fault::Odd(Some(200))));
    assert_eq!(judged(&sms, 503, json!(null)), Err(Fault::Refused(Some(503))));
    assert_eq!(judged(&call(), 200, json!({"type": "call-queued", "success": true})), Ok(()));
    assert_eq!(judged(&call(), 403, json!(null)), Err(Fault::Login(Some(403))));
    assert_eq!(judged(&call(), 400, json!(null)), Err(Fault::Rejected(Some(400))));
    assert_eq!(judged(&call(), 302, json!(null)), Err(Fault::Odd(Some(302))));
}

#[test]
fn what_cm_reports_is_read() {
    let status = |code: Value| {
        let body = json!({"messages": {"msg": {"received": "x", "to": "00", "reference": TICKET,
                          "status": {"code": code}}}});
        cm::status(body.to_string().as_bytes()).map(|(_, event)| event.seen)
    };
    assert_eq!(status(json!("2")), Some(Seen::Delivered));
    assert_eq!(status(json!(0)), Some(Seen::Accepted));
    assert_eq!([status(json!("1")), status(json!(3))], [Some(Seen::Failed), Some(Seen::Failed)]);
    assert_eq!(status(json!("x")), None);
    let finished = |code, digits: Value| {
        let body = json!({"type": "dtmf-finished", "call-id": "x", "digits": digits,
                          "result": {"code": code, "description": "x"}});
        let events = cm::finished(body.to_string().as_bytes()).unwrap_or_default();
        events.into_iter().map(|event| event.seen).collect::<Vec<_>>()
    };
    let keyed = Seen::of_keys("123456").unwrap();
    assert_eq!(finished(10, json!("123456")), [Seen::Answered, keyed, Seen::HungUp]);
    assert_eq!(finished(10, json!("#")), [Seen::Answered, Seen::Hash, Seen::HungUp]);
    assert_eq!(finished(10, json!("")), [Seen::Answered, Seen::HungUp]);
    assert_eq!(finished(9, json!(null)), [Seen::NoAnswer]);
    assert_eq!(finished(11, json!(null)), [Seen::Failed]);
    assert_eq!(finished(12, json!(null)), [Seen::Busy]);
    assert_eq!(finished(99, json!(null)), []);
}

#[test]
fn twilio_is_asked_as_its_documentation_says() {
    let settings = twilio_settings(twilio::ADDRESS);
    let fields = |request: &Request| -> Vec<(String, String)> {
        url::form_urlencoded::parse(body(request).as_bytes()).into_owned().collect()
    };
    let has = |fields: &[(String, String)], name: &str, value: &str| {
        fields.iter().any(|(n, v)| n == name && v == value)
    };
    let request = errand(sms(), |it, origin| twilio::request(&settings, it, origin)).unwrap();
    let address = "https://api.twilio.com/2010-04-01/Accounts/AC00/Messages.json";
    assert_eq!(request.address.expose(), address);
    assert_eq!(request.headers[0].1.expose(), "Basic QUMwMDplZW4tZ2VoZWlt");
    let sent = fields(&request);
    let callback = format!("https://inloggen.example/callbacks/twilio/{TICKET}");
    for (name, value) in [
        ("To", "+31612345678"),
        ("From", "+31201234567"),
        ("ValidityPeriod", "599"),
        ("StatusCallback", &callback),
    ] {
        assert!(has(&sent, name, value), "{name}: {sent:?}");
    }
    let request = errand(call(), |it, origin| twilio::request(&settings, it, origin)).unwrap();
    assert!(request.address.expose().ends_with("/Accounts/AC00/Calls.json"));
    let sent = fields(&request);
    assert!(has(&sent, "Url", &format!("{callback}/answer")), "{sent:?}");
    for event in ["initiated", "ringing", "answered", "completed"] {
        assert!(has(&sent, "StatusCallbackEvent", event), "{sent:?}");
    }
    let service = "MG00112233445566778899aabbccddeeff".to_owned();
    let settings = twilio::Settings { sender: service.clone(), ..settings };
    let request = errand(sms(), |it, origin| twilio::request(&settings, it, origin)).unwrap();
    assert!(has(&fields(&request), "MessagingServiceSid", &service));
}

#[test]
fn what_twilio_answers_and_reports_is_told_apart() {
    let judged =
        |status, body: &str| twilio::judge(&Answer { status, body: body.as_bytes().to_owned() });
    assert_eq!(judged(201, "{\"sid\": \"SM1\"}"), Ok(()));
    assert_eq!(judged(400, "{\"code\": 21211}"), Err(Fault::Rejected(Some(21211))));
    assert_eq!(judged(401, "{\"code\": 20003}"), Err(Fault::Login(Some(20003))));
    assert_eq!(judged(429, "x"), Err(Fault::Refused(Some(429))));
    assert_eq!(judged(302, "x"), Err(Fault::Odd(Some(302))));
    let field = |name: &str, value: &str| vec![(name.to_owned(), value.to_owned())];
    for (name, value, seen) in [
        ("CallStatus", "initiated", Some(Seen::Accepted)),
        ("CallStatus", "ringing", Some(Seen::Ringing)),
        ("CallStatus", "in-progress", Some(Seen::Answered)),
        ("CallStatus", "completed", Some(Seen::HungUp)),
        ("CallStatus", "busy", Some(Seen::Busy)),
        ("CallStatus", "no-answer", Some(Seen::NoAnswer)),
        ("CallStatus", "failed", Some(Seen::Failed)),
        ("CallStatus", "elsewhere", None),
        ("MessageStatus", "sent", Some(Seen::Accepted)),
        ("MessageStatus", "delivered", Some(Seen::Delivered)),
        ("MessageStatus", "undelivered", Some(Seen::Failed)),
        ("Status", "delivered", None),
    ] {
        let read = twilio::status(&field(name, value)).map(|event| event.seen);
        assert_eq!(read, seen, "{name} {value}");
    }
    let twice = [field("Digits", "1"), field("Digits", "2")].concat();
    assert_eq!(twilio::keys(&twice, 1), None, "which of the two?");
    assert_eq!(twilio::keys(&field("Digits", ""), 1), None);
    let keyed = twilio::keys(&field("Digits", "123456"), 2);
    assert_eq!(keyed, Some(Event { seen: Seen::of_keys("123456").unwrap(), step: 2 }));
}

fn spoken(reply: Option<Reply>, organisation: &str, dead: bool) -> String {
    let line = Line {
        sending: SendingId::parse("00112233445566778899aabbccddeeff").unwrap(),
        organisation: organisation.to_owned(),
        language: Language::Dutch,
        step: 2,
        dead,
    };
    let words = words::voice(line.language, &line.organisation);
    let origin = Url::parse("https://inloggen.example").unwrap();
    twilio::speak(&Heard { reply, line }, &Ticket::parse(TICKET).unwrap(), &origin, &words)
}

/// Flow C5b: the voice names the organisation and says to key in only a code that is on one's own
/// screen; # reports fraud.
#[test]
fn c5b_the_voice_asks_tries_again_and_says_goodbye() {
    let asked = spoken(None, "FAKE Testpraktijk", false);
    let keys = format!("action=\"https://inloggen.example/callbacks/twilio/{TICKET}/keys/2\"");
    assert_eq!(asked.matches(&keys).count(), 2, "{asked}");
    for words in ["van FAKE Testpraktijk", "op uw eigen scherm", "hekje", "finishOnKey=\"\""] {
        assert!(asked.contains(words), "{words}: {asked}");
    }
    let again = spoken(Some(Reply::Wrong), "x", false);
    assert!(again.contains(&keys) && again.contains("nog een keer"), "{again}");
    for (reply, words) in [
        (Reply::Right, "De code klopt"),
        (Reply::Over, "geen code meer"),
        (Reply::Fraud, "gestopt waar dit gesprek voor was"),
    ] {
        let said = spoken(Some(reply), "x", false);
        assert!(said.contains(words) && !said.contains("<Gather") && said.contains("<Hangup/>"));
    }
    assert!(!spoken(None, "x", true).contains("<Gather"), "nothing is asked of a dead code");
}

proptest! {
    /// Injection: no name of an organisation adds an element to what is said, or a line.
    #[test]
    fn a_name_stays_text(name in "\\PC{0,80}|[<>&\"'/a-z{}\\r\\n]{0,60}|(.|\\s){0,40}") {
        let said = spoken(None, &name, false);
        prop_assert_eq!(said.matches('<').count(), spoken(None, "x", false).matches('<').count());
        prop_assert!(!said.contains(['\r', '\n', '\0']));
        let sent = words::sms(Language::Dutch, ("S", &name), &Secret::new("1".to_owned()));
        prop_assert!(!sent.expose().contains(['\r', '\n']) && sent.expose().chars().count() < 320);
    }

    #[test]
    fn reports_never_panic(text in "\\PC{0,60}|\\{\"messages\":\\{\"msg\":\\PC{0,20}", fields in proptest::collection::vec(("(seen|keys|step|CallStatus|Digits)", "[a-z0-9#_]{0,10}"), 0..4)) {
        let _ = (cm::status(text.as_bytes()), cm::finished(text.as_bytes()));
        let _ = (plain::read(&fields), twilio::status(&fields), twilio::keys(&fields, 1));
    }
}

/// A gateway on loopback that answers so to everything, and what it was told.
async fn gateway(answer: &'static str) -> (String, tokio::sync::mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (told, hears) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut said = vec![0; 16 * 1024];
            let mut length = 0;
            // A request of ours is one head and one short body.
            while !String::from_utf8_lossy(&said[..length]).contains("phone-end") {
                match stream.read(&mut said[length..]).await {
                    Ok(0) | Err(_) => break,
                    Ok(read) => length += read,
                }
            }
            let _ = told.send(String::from_utf8_lossy(&said[..length]).into_owned());
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    (address, hears)
}

fn asking(address: &str) -> Request {
    Request {
        method: ureq::http::Method::POST,
        address: Secret::new(address.to_owned()),
        headers: vec![(
            ureq::http::HeaderName::from_static("x-token"),
            Secret::new("een-geheim".to_owned()),
        )],
        body: Body::form([("a", "phone-end")]),
    }
}

const SECOND: Duration = Duration::from_secs(10);

#[tokio::test]
async fn an_answer_is_read_and_a_redirect_is_not_followed() {
    let (address, mut hears) = gateway("HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok").await;
    let answer = client::ask(asking(&address), SECOND).await.unwrap();
    assert_eq!((answer.status, answer.body.as_slice()), (201, b"ok".as_slice()));
    let said = hears.recv().await.unwrap();
    assert!(said.starts_with("POST / HTTP/1.1\r\n") && said.contains("x-token: een-geheim\r\n"));
    let (elsewhere, mut visited) = gateway("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    let moved =
        format!("HTTP/1.1 307 Moved\r\nLocation: {elsewhere}/x\r\nContent-Length: 0\r\n\r\n");
    let (address, _hears) = gateway(moved.leak()).await;
    assert_eq!(client::ask(asking(&address), SECOND).await.unwrap().status, 307);
    assert!(visited.try_recv().is_err(), "nobody was asked there");
}

#[tokio::test]
async fn what_goes_wrong_on_the_way_is_told_apart() {
    let endless = format!("HTTP/1.1 200 OK\r\nContent-Length: 70000\r\n\r\n{}", "x".repeat(70_000));
    let (address, _hears) = gateway(endless.leak()).await;
    assert_eq!(client::ask(asking(&address), SECOND).await.unwrap_err(), Fault::Odd(None));
    let (address, _hears) = gateway("SSH-2.0-x\r\n\r\n").await;
    let strange = client::ask(asking(&address), SECOND).await.unwrap_err();
    assert!(matches!(strange, Fault::Odd(None) | Fault::Unreached), "{strange:?}");
    // It answers in the open, where TLS is asked for.
    let open = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("https://{}/", open.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = open.accept().await {
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    let strange = client::ask(asking(&address), SECOND).await.unwrap_err();
    assert!(matches!(strange, Fault::Tls | Fault::Unreached), "{strange:?}");
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let nobody = client::ask(asking(&format!("http://{closed}/")), SECOND).await.unwrap_err();
    assert_eq!(nobody, Fault::Unreached);
    // It listens, and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/", silent.local_addr().unwrap());
    let slow = client::ask(asking(&address), Duration::from_millis(50)).await.unwrap_err();
    assert_eq!(slow, Fault::Slow);
}

#[tokio::test]
async fn only_tls_or_this_machine_is_asked_and_no_header_takes_a_line() {
    for address in ["http://192.0.2.1/", "ftp://localhost/", "http://u:p@localhost/", "nowhere"] {
        assert_eq!(client::ask(asking(address), SECOND).await.unwrap_err(), Fault::Odd(None));
    }
    let (address, mut hears) = gateway("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    let mut request = asking(&address);
    request.headers[0].1 = Secret::new("a\r\nX-Other: b".to_owned());
    assert_eq!(client::ask(request, SECOND).await.unwrap_err(), Fault::Odd(None));
    assert!(hears.try_recv().is_err());
}

mod life;
