//! Providers of text messages and calls, and who pretends to be one: through the built server, with the
//! simulated exchange. What people do with codes stands in `flows`.

use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
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
        self.until_handed_over();
        (call, tries)
    }

    /// Waits until it is noted that nothing is to be handed over any more.
    fn until_handed_over(&self) {
        let begun = Instant::now();
        while self.house.rows().get("outbox") != Some(&json!([])) {
            assert!(begun.elapsed() < PATIENCE, "it is still to be handed over");
        }
    }

    /// The sendings, as the database has them.
    fn sendings(&self) -> Value {
        self.house.rows().get("sending").expect("a table").clone()
    }

    /// The last sending's column.
    fn last(&self, name: &str) -> Value {
        let sendings = self.sendings();
        let last = sendings.as_array().and_then(|rows| rows.last());
        last.and_then(|row| row.get(name)).expect("a column").clone()
    }

    /// The one sending's column.
    fn column(&self, name: &str) -> Value {
        self.sendings().get(0).and_then(|row| row.get(name)).expect("a column").clone()
    }
}

/// The same with either provider, both at once.
fn with_each(test: impl Fn(Provider) + Sync) {
    std::thread::scope(|scope| {
        let test = &test;
        for by in [Provider::Twilio, Provider::Cm] {
            let name = format!("{by:?}");
            let named = std::thread::Builder::new().name(name);
            let _ = named.spawn_scoped(scope, move || test(by)).expect("a thread");
        }
    });
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
        assert_eq!(practice.last("state"), state);
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

/// CM.com's app applies what the request says to the keys, and tells of them when the call is over.
#[test]
fn keys_at_cm_are_what_the_request_lets_pass() {
    let practice = Practice::new(Provider::Cm);
    for (attempts, step, is_fraud) in [
        (&["123456"][..], 2, false),
        // Five keys and a terminator are no code, and there is a second attempt.
        (&["12345*", "123456"], 2, false),
        (&["1234567"], 2, false),
        (&["12345", "*"], 1, false),
        (&[], 1, false),
        (&["#"], 2, true),
        (&["12#4"], 2, true),
        (&["12345#"], 2, true),
    ] {
        let (call, tries) = practice.call();
        let mut asked = call.answer();
        for keys in attempts {
            asked = call.press(&asked, keys);
        }
        assert_eq!(practice.last("step"), 1, "{attempts:?}: nothing is told before it is over");
        call.hang_up();
        assert_eq!(lines(tries).last().map(String::as_str), Some("The call is over."));
        assert_eq!(
            (practice.last("state"), practice.last("step")),
            ("hung_up".into(), step.into())
        );
        assert_eq!(!practice.last("fraud_at").is_null(), is_fraud, "{attempts:?}");
    }
    let (call, tries) = practice.call();
    let asked = call.answer();
    let again = call.press(&asked, "12345");
    assert!(again.all().contains("nog een keer") && again.keys.is_some(), "{again:?}");
    let over = call.press(&again, "1234*56");
    assert!(over.keys.is_none(), "two attempts are all: {over:?}");
    call.hang_up();
    let _ = lines(tries);
}

/// Late, doubled and out of order: what is settled stays, and keys count once.
#[test]
fn reports_that_are_late_doubled_or_out_of_order_change_nothing() {
    with_each(|by| {
        let practice = Practice::new(by);
        let (call, tries) = practice.call();
        let asked = call.answer();
        call.ring();
        let told = match by {
            Provider::Twilio => "answered",
            Provider::Cm => "accepted",
        };
        assert_eq!(practice.column("state"), told, "it rang before it was answered");
        assert_eq!(call.answer(), asked, "asked again, the same is said");
        let keyed = call.keyed(&asked, "123456");
        let first = keyed.send().good().body;
        let replay = call.keyed(&asked, "654321").send().good().body;
        assert_eq!((keyed.send().good().body, replay), (first.clone(), first), "the same reply");
        assert_eq!(practice.column("step"), 2);
        call.hang_up();
        let _ = lines(tries);
        let before = practice.house.rows();
        for report in call.reports() {
            report.send().good();
        }
        keyed.send().good();
        assert_eq!(practice.house.rows(), before);
    });
}

/// Who is not the provider: other tokens, other fields, other addresses, other tickets, no signature at all.
#[test]
fn who_lies_about_being_the_provider_finds_nothing() {
    with_each(|by| {
        let practice = Practice::new(by);
        let (call, tries) = practice.call();
        let asked = call.answer();
        let before = practice.house.rows();
        let right = call.keyed(&asked, "123456");
        let origin = practice.house.origin();
        let lies = match by {
            Provider::Twilio => lies_of_twilio(&right, &origin),
            Provider::Cm => lies_of_cm(&call, &origin),
        };
        for (what, report) in lies {
            let answer = report.send();
            assert_eq!(answer.status, 404, "{what}: {}", answer.body);
            assert!(!answer.head.to_ascii_lowercase().contains("set-cookie"), "{what}");
        }
        assert_eq!(practice.house.rows(), before);
        let mut large = right.clone();
        large.body = "x".repeat(70_000);
        assert_eq!(large.send().status, 413);
        let told = call.press(&asked, "123456");
        assert!(told.keys.is_none(), "the provider itself is heard: {told:?}");
        call.hang_up();
        assert_eq!(practice.column("step"), 2);
        assert_eq!(lines(tries).last().map(String::as_str), Some("The call is over."));
        let log = std::fs::read_to_string(practice.house.file("server.log")).expect("a log");
        if by == Provider::Twilio {
            assert!(log.contains("not signed for its address"), "{log}");
        }
        for secret in [TOKEN, "31612345678", ticket(&right)] {
            assert!(!log.contains(secret), "{secret}: {log}");
        }
    });
}

/// CM.com reports on text messages to one address an account: who guesses a reference hears what everybody hears,
/// and nobody is told anything.
#[test]
fn a_guessed_reference_tells_nobody_anything() {
    let practice = Practice::new(Provider::Cm);
    let origin = practice.house.origin();
    let tries = practice.tries("sms");
    let sms = practice.exchange.sms();
    let own = sms.reported_at();
    practice.until_handed_over();
    let before = practice.house.rows();
    let guesses = [
        NOBODY.to_owned(),
        own.chars().rev().collect(),
        own.to_uppercase(),
        own.get(..31).expect("a ticket").to_owned(),
        format!("{own}0"),
        format!("{own}#"),
        "%".repeat(32),
        "' OR '1'='1".to_owned(),
        String::new(),
    ];
    for guess in guesses.iter().filter(|guess| *guess != own) {
        for code in ["0", "1", "2", "3"] {
            let answer = Report::of_cm_on(guess, code, &origin).send();
            assert_eq!((answer.status, answer.body.as_str()), (204, ""), "{guess} {code}");
        }
    }
    assert_eq!(practice.house.rows(), before);
    sms.report("delivered", &origin).send().good();
    assert_eq!(lines(tries).last().map(String::as_str), Some("The text message arrived."));
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
    let own = ticket(&right);
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

/// Reports that are not Twilio's, made of one that is.
fn lies_of_twilio(right: &Report, origin: &str) -> Vec<(String, Report)> {
    let changed = |change: fn(&mut Report)| {
        let mut report = right.clone();
        change(&mut report);
        report
    };
    let own = ticket(right);
    let elsewhere =
        |path: &str| Report { address: format!("{origin}/callbacks/{path}"), ..right.clone() };
    let mut nobody = elsewhere(&format!("twilio/{NOBODY}/keys/1"));
    nobody.sign(TOKEN);
    let plain = "seen=keyed&keys=123456&step=1".to_owned();
    let lies = vec![
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
    ];
    lies.into_iter().map(|(what, report)| (what.to_owned(), report)).collect()
}

/// Reports that are not CM.com's, which signs none: keys of all kinds, for a ticket that is not this call's.
fn lies_of_cm(call: &Call, origin: &str) -> Vec<(String, Report)> {
    let right = call.finished(10, "123456");
    let own = ticket(&right);
    let place = |path: &str| format!("{origin}/callbacks/{path}");
    let mut changed = own.to_owned();
    let last = changed.pop().expect("a ticket");
    changed.push(if last == '0' { '1' } else { '0' });
    let addresses = [
        place(&format!("cm/calls/{NOBODY}")),
        place(&format!("cm/calls/{changed}")),
        place(&format!("cm/calls/{own}0")),
        place(&format!("cm/calls/{}", own.get(..31).expect("a ticket"))),
        place(&format!("cm/calls/{own}/keys/1")),
        place(&format!("cm/calls/{own}%23")),
        place("cm/calls/"),
        place("cm/calls/%25"),
        place(&format!("twilio/{own}")),
        place(&format!("twilio/{own}/keys/1")),
        place(&format!("phone/{own}")),
    ];
    let bodies = ["123456", "#", "12#", "*", "", "x", "１２３４５６", "%", &"1".repeat(33)]
        .map(|keys| call.finished(10, keys))
        .into_iter()
        .chain(call.reports());
    let bodies: Vec<Report> = bodies.collect();
    let lies = addresses.iter().flat_map(|address| {
        bodies.iter().map(move |report| {
            let what = format!("{address} {}", report.body);
            let kind = if address.contains("/twilio/") { FORM } else { report.kind };
            (what, Report { address: address.clone(), kind, ..report.clone() })
        })
    });
    lies.collect()
}

/// The ticket in the address that is reported to.
fn ticket(report: &Report) -> &str {
    let mut parts = report.address.split('/');
    parts.find(|part| part.len() == NOBODY.len()).expect("a ticket")
}

/// How long it may take that something is handed over: two tries, and the minute between them.
const PATIENCE: Duration = Duration::from_secs(120);
/// What Twilio's reports are written as: any other is refused before it is looked at.
const FORM: &str = "application/x-www-form-urlencoded";
/// A ticket that no sending has.
const NOBODY: &str = "00112233445566778899aabbccddeeff";

/// A gateway that breaks off after it took a call: the report says that it has it, and it is not asked
/// for a second one.
#[test]
fn a_gateway_that_breaks_off_is_believed_by_its_reports() {
    with_each(|by| {
        let practice = Practice::new(by);
        practice.exchange.next(Mood::Breaks);
        let tries = practice.tries("call");
        let call = practice.exchange.call();
        let refused = tries.join().expect("the command ends");
        assert_eq!(refused.code, 1, "{refused:?}");
        assert_eq!(practice.column("state"), "waiting", "nobody said that it was taken");
        call.ring();
        if by == Provider::Twilio {
            assert_eq!(practice.column("state"), "ringing");
        }
        let asked = call.answer();
        let _ = call.press(&asked, "123456");
        call.hang_up();
        assert_eq!(
            (practice.column("state"), practice.column("step")),
            ("hung_up".into(), 2.into())
        );
        practice.until_handed_over();
        assert!(practice.exchange.is_idle(), "one call is one call");
    });
}

/// A provider that takes a call and says so too late is asked again for the same one: whichever of the two
/// rings is answered, and keys count once.
#[test]
fn a_gateway_that_is_slow_is_asked_again_for_the_same_call() {
    with_each(|by| {
        let practice = Practice::new(by);
        practice.exchange.next(Mood::Slow);
        let tries = practice.tries("call");
        let first = practice.exchange.call();
        let refused = tries.join().expect("the command ends");
        assert_eq!(refused.code, 1, "{refused:?}");
        let second = practice.exchange.call();
        let same = [&first, &second].map(|call| (call.answered_at(), call.reported_at()));
        assert_eq!(same[0], same[1], "it is one call to us");
        let asked = second.answer();
        assert_eq!(first.answer(), asked);
        let told = second.press(&asked, "123456");
        assert_eq!(first.press(&asked, "654321"), told, "of two phones one is heard");
        second.hang_up();
        let before = practice.sendings();
        first.hang_up();
        assert_eq!(practice.sendings(), before, "what is settled stays");
        assert_eq!(practice.column("step"), 2);
        drop(practice.server);
        assert!(practice.exchange.is_idle());
    });
}

#[test]
fn a_refusal_says_what_to_do() {
    with_each(|by| {
        let practice = Practice::new(by);
        let code = match by {
            Provider::Twilio => 400,
            Provider::Cm => 303,
        };
        for (what, mood, told) in [
            ("sms", 400, format!("for good ({code})")),
            ("call", 400, "for good (400)".to_owned()),
            ("sms", 503, "for now (503)".to_owned()),
            ("call", 503, "for now (503)".to_owned()),
            ("call", 401, "check token".to_owned()),
        ] {
            practice.exchange.next(Mood::Refuses(mood));
            let refused = practice.tries(what).join().expect("the command ends");
            assert!(refused.code == 1 && refused.stderr.contains(&told), "{told}: {refused:?}");
        }
        std::fs::write(practice.house.file("token"), "verkeerd").expect("a token");
        let refused = practice.tries("sms").join().expect("the command ends");
        assert!(refused.code == 1 && refused.stderr.contains("check token"), "{refused:?}");
        let listed = practice.house.sleutelbos(&["outbox", "list"]).env("LC_ALL", "C");
        let listed = listed.run().good();
        assert!(listed.contains("code_sms to +31612345678"), "{listed}");
    });
}
