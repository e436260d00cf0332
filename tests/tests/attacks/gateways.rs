//! Providers of text messages and calls, and who pretends to be one: through the built server, with the
//! simulated exchange. What people do with codes stands in `flows`.

use std::thread::JoinHandle;

use serde_json::Value;
use tests::exchange::{Call, Exchange, Mood, Provider, Report, TOKEN};
use tests::program::{Background, Output};

use crate::house::House;

/// A server whose provider is an exchange.
struct Practice {
    house: House,
    exchange: Exchange,
    server: Background,
}

impl Practice {
    fn new(by: Provider) -> Self {
        Self::of(by, by)
    }

    /// With texts by the one provider and calls by the other.
    fn of(texts: Provider, calls: Provider) -> Self {
        let exchange = Exchange::open();
        let house = House::new(&exchange.config_of(texts, calls));
        std::fs::write(house.file("token"), format!("{TOKEN}\n")).expect("a token");
        let server = house.start();
        Self { house, exchange, server }
    }

    /// `sleutelbos phone`, under way.
    fn tries(&self, what: &str) -> JoinHandle<Output> {
        let command = self.house.sleutelbos(&["phone", what, "+31612345678"]).env("LC_ALL", "C");
        std::thread::spawn(move || command.run())
    }

    /// A call that is under way, and the command that waits for its end.
    fn call(&self) -> (Call, JoinHandle<Output>) {
        let tries = self.tries("call");
        let call = self.exchange.call();
        assert_eq!(call.to, "+31612345678");
        (call, tries)
    }

    /// The sendings, as the database has them.
    fn sendings(&self) -> Value {
        self.house.rows().get("sending").expect("a table").clone()
    }

    /// The one sending's column.
    fn column(&self, name: &str) -> Value {
        self.sendings().get(0).and_then(|row| row.get(name)).expect("a column").clone()
    }
}

fn lines(tries: JoinHandle<Output>) -> Vec<String> {
    let said = tries.join().expect("the command ends").good();
    said.lines().map(str::to_owned).collect()
}

#[test]
fn a_call_rings_asks_hears_keys_and_ends() {
    let practice = Practice::new(Provider::Twilio);
    let (call, tries) = practice.call();
    call.ring();
    let asked = call.answer();
    let said = asked.all();
    for words in ["Sleutelbos", "die op uw eigen scherm staat", "hekje"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    // Nobody waits for the keys of a trial.
    let told = call.press(&asked, "123456");
    assert!(told.keys.is_none() && told.all().contains("geen code meer"), "{told:?}");
    call.hang_up();
    let lines = lines(tries);
    assert_eq!(lines.last().map(String::as_str), Some("The call is over."), "{lines:?}");
    assert!(practice.exchange.is_idle(), "one call is one call");
}

#[test]
fn busy_unanswered_and_failed_calls_are_told_apart() {
    let practice = Practice::new(Provider::Twilio);
    for (status, line) in [
        ("busy", "The line was busy, or it refused."),
        ("no-answer", "Nobody answered."),
        ("failed", "It failed: the provider knows why."),
    ] {
        let (call, tries) = practice.call();
        call.report(status).send().good();
        assert_eq!(lines(tries).last().map(String::as_str), Some(line));
    }
}

#[test]
fn a_call_of_cm_is_reported_when_it_is_over() {
    let practice = Practice::new(Provider::Cm);
    let (call, tries) = practice.call();
    assert!(call.answer().all().contains("op uw eigen scherm"), "{call:?}");
    let report = call.finished(10, "123456");
    for _ in 0..2 {
        assert_eq!(report.send().status, 204);
        assert_eq!(practice.column("step"), 2, "the keys count once");
    }
    assert_eq!(lines(tries).last().map(String::as_str), Some("The call is over."));
    call.finished(9, "").send().good();
    assert_eq!(practice.column("state"), "hung_up", "a later report changes nothing");
    for (code, state) in [(9, "no_answer"), (11, "failed"), (12, "busy")] {
        let (call, tries) = practice.call();
        call.finished(code, "").send().good();
        let _ = lines(tries);
        let rows = practice.sendings();
        let last = rows.as_array().and_then(|rows| rows.last()).expect("a sending");
        assert_eq!(last["state"], state);
    }
}

#[test]
fn text_messages_are_reported_on_by_both_providers() {
    for by in [Provider::Twilio, Provider::Cm] {
        let practice = Practice::new(by);
        let origin = practice.house.origin();
        for (status, line) in [
            ("delivered", "The text message arrived."),
            ("undelivered", "It failed: the provider knows why."),
        ] {
            let tries = practice.tries("sms");
            let sms = practice.exchange.sms();
            assert_eq!(sms.to.trim_start_matches('0').trim_start_matches('+'), "31612345678");
            assert!(sms.code() == "000000" && sms.text.contains("aan niemand"), "{}", sms.text);
            sms.report("sent", &origin).send().good();
            sms.report(status, &origin).send().good();
            assert_eq!(lines(tries).last().map(String::as_str), Some(line), "{by:?}");
        }
    }
}

/// Late, doubled and out of order: what is settled stays, and keys count once.
#[test]
fn reports_that_are_late_doubled_or_out_of_order_change_nothing() {
    let practice = Practice::new(Provider::Twilio);
    let (call, tries) = practice.call();
    let asked = call.answer();
    call.ring();
    assert_eq!(practice.column("state"), "answered", "it rang before it was answered");
    assert_eq!(call.answer(), asked, "asked again, the same is said");
    let keyed = call.keyed(&asked, "123456");
    let first = keyed.send().good().body;
    let replay = call.keyed(&asked, "654321").send().good().body;
    assert_eq!((keyed.send().good().body, replay), (first.clone(), first), "the same reply");
    assert_eq!(practice.column("step"), 2);
    call.hang_up();
    let _ = lines(tries);
    let before = practice.sendings();
    for status in ["ringing", "in-progress", "busy", "failed", "completed", "unheard-of"] {
        call.report(status).send().good();
    }
    assert_eq!(keyed.send().status, 200);
    assert_eq!(practice.sendings(), before);
}

/// Who is not the provider: other tokens, other fields, other addresses, no signature at all.
#[test]
fn who_lies_about_being_the_provider_finds_nothing() {
    let practice = Practice::new(Provider::Twilio);
    let (call, tries) = practice.call();
    let asked = call.answer();
    let before = practice.sendings();
    let right = call.keyed(&asked, "123456");
    let origin = practice.house.origin();
    for (what, report) in lies(&right, &origin) {
        let answer = report.send();
        assert_eq!(answer.status, 404, "{what}: {}", answer.body);
        assert!(!answer.head.to_ascii_lowercase().contains("set-cookie"), "{what}");
    }
    assert_eq!(practice.sendings(), before);
    let mut large = right.clone();
    large.body = "x".repeat(70_000);
    assert_eq!(large.send().status, 413);
    let told = call.press(&asked, "123456");
    assert!(told.all().contains("geen code meer"), "the provider itself is heard: {told:?}");
    call.hang_up();
    let _ = lines(tries);
    let log = std::fs::read_to_string(practice.house.file("server.log")).expect("a log");
    assert!(log.contains("not signed for its address"), "{log}");
    let own = right.address.split('/').nth(5).expect("a ticket");
    for secret in [TOKEN, "31612345678", own] {
        assert!(!log.contains(secret), "{secret}: {log}");
    }
}

/// Texts go by one provider and calls by another: a call's ticket, which stands in addresses, is heard from
/// nobody who signs nothing.
#[test]
fn who_lies_in_the_name_of_the_other_provider_finds_nothing() {
    let practice = Practice::of(Provider::Cm, Provider::Twilio);
    let (call, tries) = practice.call();
    let asked = call.answer();
    let before = practice.sendings();
    let right = call.keyed(&asked, "123456");
    let own = right.address.split('/').nth(5).expect("a ticket");
    let origin = practice.house.origin();
    let body = call.finished(10, "123456").body;
    let lie = |path: &str| Report {
        address: format!("{origin}/callbacks/cm/{path}"),
        body: body.clone(),
        kind: "application/json",
        signature: None,
    };
    assert_eq!(lie(&format!("calls/{own}")).send().status, 404);
    assert_eq!(practice.sendings(), before);
    let told = call.press(&asked, "123456");
    assert!(told.all().contains("geen code meer"), "the provider itself is heard: {told:?}");
    call.hang_up();
    let _ = lines(tries);
}

/// Reports that are not the provider's, made of one that is.
fn lies(right: &Report, origin: &str) -> Vec<(&'static str, Report)> {
    let changed = |change: fn(&mut Report)| {
        let mut report = right.clone();
        change(&mut report);
        report
    };
    let own = right.address.split('/').nth(5).expect("a ticket");
    let elsewhere =
        |path: &str| Report { address: format!("{origin}/callbacks/{path}"), ..right.clone() };
    let mut nobody = elsewhere("twilio/00112233445566778899aabbccddeeff/keys/1");
    nobody.sign(TOKEN);
    let plain = "seen=keyed&keys=123456&step=1".to_owned();
    vec![
        ("another token", changed(|it| it.sign("een-ander-geheim"))),
        ("no token", changed(|it| it.sign(""))),
        ("no signature", changed(|it| it.signature = None)),
        ("another signature", changed(|it| it.signature = Some("x".repeat(28)))),
        ("other keys", changed(|it| it.body = it.body.replace("123456", "123457"))),
        ("one field more", changed(|it| it.body.push_str("&Digits=999999"))),
        ("another question", changed(|it| it.address = it.address.replace("keys/1", "keys/2"))),
        ("a query", changed(|it| it.address.push_str("?x=1"))),
        (
            "two signatures",
            changed(|it| {
                let one = it.signature.clone().unwrap_or_default();
                it.signature = Some(format!("{one}\r\nX-Twilio-Signature: {one}"));
            }),
        ),
        ("another provider's address", elsewhere(&format!("cm/calls/{own}"))),
        ("our own form", Report { body: plain, ..elsewhere(&format!("phone/{own}")) }),
        ("a ticket of nobody, well signed", nobody),
    ]
}

/// A gateway that breaks off after it took a call: the report says that it has it, and it is not asked
/// for a second one.
#[test]
fn a_gateway_that_breaks_off_is_believed_by_its_reports() {
    let practice = Practice::new(Provider::Twilio);
    practice.exchange.next(Mood::Breaks);
    let tries = practice.tries("call");
    let call = practice.exchange.call();
    let refused = tries.join().expect("the command ends");
    assert_eq!(refused.code, 1, "{refused:?}");
    call.ring();
    assert_eq!(practice.column("state"), "ringing");
    call.hang_up();
    drop(practice.server);
    assert!(practice.exchange.is_idle());
}

/// A provider that takes a call and says so too late is asked again for the same one: whichever of the two
/// rings is answered, and keys count once.
#[test]
fn a_gateway_that_is_slow_is_asked_again_for_the_same_call() {
    let practice = Practice::new(Provider::Twilio);
    practice.exchange.next(Mood::Slow);
    let tries = practice.tries("call");
    let first = practice.exchange.call();
    let refused = tries.join().expect("the command ends");
    assert_eq!(refused.code, 1, "{refused:?}");
    let second = practice.exchange.call();
    assert_eq!(second.answered_at(), first.answered_at(), "it is one call to us");
    let asked = second.answer();
    assert_eq!(first.answer(), asked);
    let told = second.press(&asked, "123456");
    assert_eq!(first.press(&asked, "654321"), told, "of two phones one is heard");
    assert_eq!(practice.column("step"), 2);
    second.hang_up();
    drop(practice.server);
    assert!(practice.exchange.is_idle());
}

#[test]
fn a_refusal_says_what_to_do() {
    let practice = Practice::new(Provider::Twilio);
    practice.exchange.next(Mood::Refuses(400));
    let refused = practice.tries("sms").join().expect("the command ends");
    assert!(refused.code == 1 && refused.stderr.contains("for good (400)"), "{refused:?}");
    std::fs::write(practice.house.file("token"), "verkeerd").expect("a token");
    let refused = practice.tries("sms").join().expect("the command ends");
    assert!(refused.code == 1 && refused.stderr.contains("check token"), "{refused:?}");
    let listed = practice.house.sleutelbos(&["outbox", "list"]).env("LC_ALL", "C").run().good();
    assert!(listed.contains("code_sms to +31612345678"), "{listed}");
}
