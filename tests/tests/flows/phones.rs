//! C4, C5, C5b and C6, and what B6 says of them: text messages and calls, with an exchange that speaks
//! from the provider's side.

use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;
use tempfile::TempDir;
use tests::client::Client;
use tests::soft_key::SoftKey;

use crate::a::{Contact, choose};
use crate::c_ways::allow_codes;
use crate::people::{CHOSEN, COLLEAGUE, since};
use crate::practice::{PASSWORD, Practice};
use tests::forms::{Browser, Page};

pub(crate) const NAME: &str = "test.arts@praktijk.example";

/// Where texts arrive and calls ring, and what people do with them.
pub(crate) struct Exchange {
    folder: TempDir,
    seen: BTreeSet<String>,
}

/// One text or call, as the provider was asked for it.
pub(crate) struct Line {
    to: String,
    said: String,
    report: String,
}

impl Exchange {
    /// An exchange, and a practice with one contact person that sends by it.
    fn open() -> (Practice, Self) {
        let (practice, exchange) = Self::without_people();
        practice.contact_person(NAME);
        (practice, exchange)
    }

    /// An exchange, and a server without a practice that sends by it.
    fn without_people() -> (Practice, Self) {
        Self::with("")
    }

    /// The same with `more` tables in the configuration.
    pub(crate) fn with(more: &str) -> (Practice, Self) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().to_str().expect("a path in UTF-8").to_owned();
        let tables = ["sms", "calls"].map(|table| {
            format!("[delivery.{table}]\ngateway = \"folder\"\nfolder = \"{path}\"\n")
        });
        let practice = Practice::with(&format!("{more}{}", tables.concat()));
        (practice, Self { folder, seen: BTreeSet::new() })
    }

    /// Everything that was sent since this was asked last.
    pub(crate) fn sent(&mut self, practice: &Practice) -> Vec<Line> {
        let _ = practice.mails(); // delivers what is due
        let files = fs::read_dir(self.folder.path()).expect("the folder is there").flatten();
        let mut new = Vec::new();
        for file in files {
            let name = file.file_name().to_string_lossy().into_owned();
            if name.ends_with(".json") && self.seen.insert(name) {
                let source = fs::read_to_string(file.path()).expect("a file of ours");
                let said: Value = serde_json::from_str(&source).expect("JSON");
                let text = |key: &str| said.get(key).and_then(Value::as_str).map(str::to_owned);
                new.push(Line {
                    to: text("to").expect("a number"),
                    said: text("sms").or_else(|| text("call")).expect("something is said"),
                    report: text("report").expect("an address"),
                });
            }
        }
        new
    }

    /// The one text or call that was sent since this was asked last.
    pub(crate) fn one(&mut self, practice: &Practice) -> Line {
        let mut new = self.sent(practice);
        assert_eq!(new.len(), 1, "one is sent");
        new.remove(0)
    }
}

impl Line {
    /// The code in a text.
    pub(crate) fn code(&self) -> String {
        let digits: Vec<&str> = self.said.split(|c: char| !c.is_ascii_digit()).collect();
        digits.into_iter().find(|part| part.len() == 6).expect("six digits").to_owned()
    }

    /// Reports something of it, as the provider does; what the voice says to that.
    fn report(&self, practice: &Practice, fields: &str) -> Value {
        let (_, path) = self.report.split_once("localhost:").expect("an address of ours");
        let (port, path) = path.split_once('/').expect("a path");
        let client = Client { port: port.parse().expect("a port") };
        assert!(practice.origin().ends_with(port));
        let head = "Content-Type: application/x-www-form-urlencoded\r\n";
        client.ask("POST", &format!("/{path}"), head, fields).expect("an answer").good()
    }

    /// What is said to these keys, pressed in answer to this question.
    fn press(&self, practice: &Practice, step: u32, keys: &str) -> String {
        let keys = keys.replace('#', "%23");
        let said = self.report(practice, &format!("seen=keyed&step={step}&keys={keys}"));
        said.get("reply").and_then(Value::as_str).expect("a reply").to_owned()
    }
}

/// Another code than this.
fn other(code: &str) -> String {
    let digit = if code.starts_with('9') { '0' } else { '9' };
    format!("{digit}{}", &code[1..])
}

/// The code that the screen of a call shows.
fn on_screen(page: &Page) -> String {
    page.of("#code").expect("a code on the screen").replace(' ', "")
}

/// Enrols a number in this browser's session, from the page at `path`.
pub(crate) fn enrol(
    practice: &Practice,
    exchange: &mut Exchange,
    browser: &mut Browser,
    number: &str,
    sms: bool,
) -> Page {
    let path = if sms { "/enrol/sms" } else { "/enrol/call" };
    let page = browser.open(path);
    let page = browser.submit(&page.form("#number-form").with("number", number));
    assert_eq!(page.path, path, "{}", page.text());
    let line = exchange.one(practice);
    let done = if sms {
        browser.submit(&page.form("#code-form").with("code", &line.code()))
    } else {
        assert_eq!(line.press(practice, 1, &on_screen(&page)), "right");
        browser.submit(&page.form("#call-form"))
    };
    assert_eq!(done.status, 200, "{}", done.text());
    practice.minutes(24 * 60); // shares of sendings are not what this is about
    done
}

/// A practice whose contact person logs in by this kind of number.
pub(crate) fn with_number(number: &str, sms: bool) -> (Practice, Exchange) {
    let (practice, mut exchange) = Exchange::open();
    let mut browser = practice.browser();
    assert_eq!(browser.log_in(NAME, PASSWORD).path, "/enrol");
    let _ = enrol(&practice, &mut exchange, &mut browser, number, sms);
    (practice, exchange)
}

/// Gives the password and has a code sent, or is called.
pub(crate) fn ask(practice: &Practice, browser: &mut Browser) -> Page {
    let page = browser.log_in(NAME, PASSWORD);
    assert!(page.path.starts_with("/login/check/"), "{}", page.path);
    let _ = practice;
    browser.submit(&page.form("#send-form"))
}

#[test]
fn c4_a_number_gets_a_code_loses_its_zero_and_logs_in_by_text() {
    let (practice, mut exchange) = Exchange::open();
    let mut browser = practice.browser();
    assert_eq!(browser.log_in(NAME, PASSWORD).path, "/enrol");
    assert!(browser.open("/enrol/choose").has("#choose-sms"));
    let page = browser.open("/enrol/sms");
    assert!(page.text().contains("+31 (Nederland)"), "{}", page.text());
    assert_eq!(page.attribute("#number", "autocomplete"), "tel");
    let page = browser.submit(&page.form("#number-form").with("number", "06 - 12 34 56 78"));
    assert_eq!(page.path, "/enrol/sms");
    assert!(page.has("#zero"), "the person is told of the 0: {}", page.text());
    assert!(!page.body.contains("12345678") && page.text().contains("eindigt op 78"));
    let line = exchange.one(&practice);
    assert_eq!(line.to, "+31612345678");
    assert!(line.said.contains("FAKE Praktijk"), "{}", line.said);
    assert!(!page.body.contains(&line.code()), "the code is in the text alone");
    // A wrong one, and what is none: a sentence at the field, nothing is enrolled.
    for (typed, status) in [("12345", 422), (other(&line.code()).as_str(), 401)] {
        let refused = browser.submit(&page.form("#code-form").with("code", typed));
        assert_eq!(refused.status, status, "{}", refused.text());
        assert!(refused.has("#code-error") && refused.has("#summary"));
    }
    assert_eq!(practice.browser().log_in(NAME, PASSWORD).path, "/enrol", "half is nothing");
    let typed = format!("{} {}", &line.code()[..3], &line.code()[3..]);
    let done = browser.submit(&page.form("#code-form").with("code", &typed));
    assert_eq!(done.path, "/enrol/recovery", "password and code are two: {}", done.text());

    let mut browser = practice.browser();
    let check = ask(&practice, &mut browser);
    assert_eq!(check.path, "/login/check/sms");
    assert_eq!(check.attribute("#code", "autocomplete"), "one-time-code");
    let code = exchange.one(&practice).code();
    let account = browser.submit(&check.form("#code-form").with("code", &code));
    assert_eq!(account.path, "/account", "{}", account.text());
    assert_eq!(account.attribute("#level", "data-level"), "substantial");
    assert!(account.text().contains("eindigt op 78") && !account.body.contains("612345678"));
    let mails = practice.mails();
    assert!(mails.iter().any(|mail| mail.text.contains("telefoonnummer voor sms")), "{mails:?}");
}

/// Attack: a colleague at a screen that was left open after the password, with a number of their own.
#[test]
fn c4_a_first_number_is_typed_while_the_password_is_fresh_and_proven_after_that_too() {
    let (practice, mut exchange) = Exchange::open();
    let mut browser = practice.browser();
    assert_eq!(browser.log_in(NAME, PASSWORD).path, "/enrol");
    let page = browser.open("/enrol/sms");
    let typed = page.form("#number-form").with("number", "06 12345678");
    let page = browser.submit(&typed);
    let line = exchange.one(&practice);
    practice.minutes(8);
    assert!(browser.open("/enrol/sms").has("#code-form"), "what was begun goes on");
    for path in ["/enrol/sms", "/enrol/call"] {
        let refused = browser.submit(&typed.clone().with("number", "06 87654321").to(path));
        assert_eq!(refused.code(), Some("password_again"), "{}", refused.text());
    }
    assert!(exchange.sent(&practice).is_empty(), "nothing went to the other number");
    assert_eq!(browser.open("/enrol/call").path, "/confirm/password?then=/enrol/call");
    let done = browser.submit(&page.form("#code-form").with("code", &line.code()));
    assert_eq!(done.path, "/enrol/recovery", "{}", done.text());
}

#[test]
fn c4_numbers_that_cost_or_are_not_listed_are_refused_with_their_remedy() {
    let (practice, mut exchange) = Exchange::open();
    let mut browser = practice.browser();
    assert_eq!(browser.log_in(NAME, PASSWORD).path, "/enrol");
    for (path, number, words) in [
        ("/enrol/sms", "0900 1234", "Betaalde nummers"),
        ("/enrol/call", "0906 1234567", "Betaalde nummers"),
        ("/enrol/call", "+32 470 12 34 56", "uit welke landen"),
        ("/enrol/sms", "030-1234567", "kies ‘Telefoongesprek’"),
        ("/enrol/sms", "06 1234", "mist er een cijfer"),
        ("/enrol/sms", "mijn mobiel", "alleen cijfers"),
        ("/enrol/sms", "", "alleen cijfers"),
    ] {
        let page = browser.open(path);
        let refused = browser.submit(&page.form("#number-form").with("number", number));
        assert_eq!(refused.status, 422, "{number}");
        assert!(refused.has("#number-error") && refused.has("#summary"), "{number}");
        assert!(refused.text().contains(words), "{number}: {}", refused.text());
        assert_eq!(refused.attribute("#number", "value"), number, "what was typed stays");
    }
    assert!(exchange.sent(&practice).is_empty(), "nothing was sent");
}

/// Chain 4 of docs/threats.md: a caller has somebody read the code out.
#[test]
fn c4_a_code_that_was_read_out_is_worth_nothing_in_another_browser() {
    let (practice, mut exchange) = with_number("0612345678", true);
    let mut owner = practice.browser();
    let check = ask(&practice, &mut owner);
    let read_out = exchange.one(&practice).code();
    let mut stranger = practice.browser();
    let page = stranger.log_in(NAME, PASSWORD);
    let none = stranger.submit(&page.form("#send-form"));
    let _ = exchange.one(&practice);
    let refused = stranger.submit(&none.form("#code-form").with("code", &read_out));
    assert_eq!(refused.status, 401, "{}", refused.text());
    let account = owner.submit(&check.form("#code-form").with("code", &read_out));
    assert_eq!(account.path, "/account");
}

/// What a stream says until `end` is said.
fn hear(practice: &Practice, browser: &Browser, cookie: &str, path: &str) -> TcpStream {
    let origin = practice.origin();
    let (_, port) = origin.rsplit_once(':').expect("a port");
    let mut stream = TcpStream::connect(format!("127.0.0.1:{port}")).expect("the server listens");
    stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a socket");
    let value = browser.cookie(cookie).expect("a cookie");
    let asked = format!(
        "GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nAccept: text/event-stream\r\nCookie: {cookie}={value}\r\n\r\n"
    );
    stream.write_all(asked.as_bytes()).expect("it is asked");
    stream
}

/// Reads until `end` is said; everything that was.
fn until(stream: &mut TcpStream, end: &str) -> String {
    let mut heard = Vec::new();
    let mut part = [0; 1024];
    loop {
        let length = stream.read(&mut part).expect("the stream goes on");
        assert_ne!(length, 0, "it ended: {}", String::from_utf8_lossy(&heard));
        heard.extend_from_slice(part.get(..length).expect("what was read"));
        let text = String::from_utf8_lossy(&heard);
        // A silent stream says so every fifteen seconds.
        assert!(text.matches("\n:\n").count() < 3, "{end} is not said: {text}");
        if text.contains(&format!("data: {end}\n")) {
            return text.into_owned();
        }
    }
}

#[test]
fn c5_a_phone_is_called_and_a_check_mark_appears_by_itself() {
    let (practice, mut exchange) = Exchange::open();
    let mut browser = practice.browser();
    assert_eq!(browser.log_in(NAME, PASSWORD).path, "/enrol");
    assert!(browser.open("/enrol/choose").has("#choose-call"));
    let page = browser.open("/enrol/call");
    assert!(page.has("#menu"), "a menu is warned of before calling");
    assert_eq!(page.of("#number-button"), Some("Verifiëren".to_owned()));
    let page = browser.submit(&page.form("#number-form").with("number", "030 - 1234567"));
    assert_eq!(page.path, "/enrol/call", "{}", page.text());
    let code = on_screen(&page);
    assert_eq!(code.len(), 6);
    let line = exchange.one(&practice);
    assert_eq!(line.to, "+31301234567");
    assert!(!line.said.contains(&code), "the voice knows no code");
    let events = page.attribute("#call", "data-live").to_owned();
    let mut stream = hear(&practice, &browser, "session", &events);
    let head = until(&mut stream, "waiting");
    assert!(head.contains("text/event-stream") && !head.contains(&code), "{head}");
    let early = browser.submit(&page.form("#call-form"));
    assert_eq!(early.status, 409, "nobody has keyed anything in: {}", early.text());
    let _ = line.report(&practice, "seen=ringing");
    until(&mut stream, "ringing");
    let _ = line.report(&practice, "seen=answered");
    assert_eq!(line.press(&practice, 1, &other(&code)), "wrong");
    assert_eq!(line.press(&practice, 2, &code), "right");
    until(&mut stream, "right");
    let again = browser.open("/enrol/call");
    assert!(!again.has("#checked[hidden]") && again.has("#checked"), "the check mark is there");
    assert!(again.has("#keyed-button[hidden]") && !again.has("#log-in-button[hidden]"));
    assert_eq!(again.of("#log-in-button"), Some("Meld mij aan".to_owned()));
    let done = browser.submit(&again.form("#call-form"));
    assert_eq!(done.path, "/enrol/recovery", "{}", done.text());
    let check = practice.browser().log_in(NAME, PASSWORD);
    assert_eq!(check.path, "/login/check/call");
}

#[test]
fn c5b_a_call_logs_in_with_the_code_of_the_screen() {
    let (practice, mut exchange) = with_number("0612345678", false);
    let mut browser = practice.browser();
    let page = ask(&practice, &mut browser);
    assert_eq!(page.path, "/login/check/call", "{}", page.text());
    assert!(page.body.contains("http-equiv=\"refresh\""), "it goes on without JavaScript");
    let line = exchange.one(&practice);
    assert!(line.said.contains("FAKE Praktijk"), "the voice names the practice: {}", line.said);
    let mut stream = hear(&practice, &browser, "attempt", "/login/check/call/events");
    until(&mut stream, "waiting");
    let _ = line.report(&practice, "seen=answered");
    until(&mut stream, "answered");
    assert_eq!(line.press(&practice, 1, &on_screen(&page)), "right");
    until(&mut stream, "right");
    let account = browser.submit(&page.form("#call-form"));
    assert_eq!(account.path, "/account", "{}", account.text());
    assert_eq!(account.attribute("#level", "data-level"), "substantial");
    until(&mut stream, "over");
    // The stream is nobody's without its cookie.
    let answer = practice.browser().open("/login/check/call/events");
    assert!(!answer.body.contains("data:"), "{}", answer.body);
}

#[test]
fn c5_a_stream_is_no_use_of_a_session_and_ends_with_it() {
    let (practice, mut exchange) = Exchange::open();
    let mut browser = practice.browser();
    assert_eq!(browser.log_in(NAME, PASSWORD).path, "/enrol");
    let page = browser.open("/enrol/call");
    let page = browser.submit(&page.form("#number-form").with("number", "030 - 1234567"));
    let line = exchange.one(&practice);
    let events = page.attribute("#call", "data-live").to_owned();
    let mut stream = hear(&practice, &browser, "session", &events);
    until(&mut stream, "waiting");
    practice.minutes(9);
    let _ = line.report(&practice, "seen=ringing");
    until(&mut stream, "ringing");
    // An hour after the last page, and 52 minutes after the stream last looked.
    practice.minutes(52);
    assert_eq!(browser.open("/enrol").path, "/login", "nobody used the session");
    until(&mut stream, "over");
}

#[test]
fn c5b_a_stream_ends_with_its_attempt_and_tells_another_nothing() {
    let (practice, mut exchange) = with_number("0612345678", false);
    let begun = |exchange: &mut Exchange| {
        practice.seconds(60);
        let mut browser = practice.browser();
        let page = ask(&practice, &mut browser);
        let line = exchange.one(&practice);
        let mut stream = hear(&practice, &browser, "attempt", "/login/check/call/events");
        until(&mut stream, "waiting");
        (browser, page, line, stream)
    };
    // Who gives up.
    let (mut browser, page, _, mut stream) = begun(&mut exchange);
    let other = {
        let mut other = practice.browser();
        assert_eq!(other.log_in(NAME, PASSWORD).path, "/login/check/call");
        let mut stream = hear(&practice, &other, "attempt", "/login/check/call/events");
        until(&mut stream, "over")
    };
    assert_eq!(other.matches("data: ").count(), 1, "the call is of another attempt: {other}");
    let given_up = browser.submit(&page.form("#cancel-form"));
    assert_eq!(given_up.path, "/login?notice=cancelled", "{}", given_up.text());
    until(&mut stream, "over");
    // Who lets it lapse.
    let (_, _, line, mut stream) = begun(&mut exchange);
    practice.minutes(11);
    until(&mut stream, "over");
    let _ = line.report(&practice, "seen=answered");
}

#[test]
fn c5b_a_hash_reports_fraud_ends_the_log_in_and_warns() {
    let (practice, mut exchange) = with_number("0612345678", false);
    let before = practice.mails().len();
    let mut browser = practice.browser();
    let page = ask(&practice, &mut browser);
    let line = exchange.one(&practice);
    assert_eq!(line.press(&practice, 1, "#"), "fraud");
    let over = browser.submit(&page.form("#call-form"));
    assert_eq!(over.path, "/login?notice=expired", "{}", over.text());
    assert_eq!(line.press(&practice, 2, &on_screen(&page)), "over");
    let mails = practice.mails();
    let warned = mails.iter().skip(before).filter(|mail| mail.subject.contains("fraude"));
    assert_eq!(warned.count(), 1, "the contact person is the person here: {mails:?}");
}

/// Attack: a victim who is called twice, so that the first call is no longer the one that counts.
#[test]
fn c5b_a_hash_in_an_earlier_call_ends_the_log_in_and_warns_a_contact_person_who_is_somebody_else() {
    let (practice, mut exchange) = Exchange::without_people();
    let mut contact = Contact::of(&practice);
    let colleague = contact.adds(&practice, COLLEAGUE);
    let (pin, mut browser) = (contact.pin(), practice.browser());
    assert_eq!(choose(&mut browser, &colleague.number.to_string(), &pin, CHOSEN).path, "/enrol");
    let _ = enrol(&practice, &mut exchange, &mut browser, "0612345678", false);
    let mut seen = practice.mails();
    let mut thief = practice.browser();
    let page = thief.log_in(COLLEAGUE, CHOSEN);
    let page = thief.submit(&page.form("#send-form"));
    let first = exchange.one(&practice);
    let page = thief.submit(&page.form("#send-form"));
    let second = exchange.one(&practice);
    assert_eq!(first.press(&practice, 1, "#"), "fraud");
    assert_eq!(second.press(&practice, 1, &on_screen(&page)), "over", "the later call is dead too");
    let over = thief.submit(&page.form("#call-form"));
    assert_eq!(over.path, "/login?notice=expired", "{}", over.text());
    let mails = since(&practice, &mut seen);
    let main = contact.account.username.to_string();
    for (reader, subject) in
        [(COLLEAGUE, "Er is fraude gemeld"), (&main, "Bij een collega is fraude")]
    {
        let told = mails.iter().filter(|mail| mail.to == reader && mail.subject.contains(subject));
        assert_eq!(told.count(), 1, "{reader}: {mails:#?}");
    }
    assert_eq!(mails.len(), 2, "{mails:#?}");
}

/// Attack: somebody is talked into keying the code in, and presses # a moment later.
#[test]
fn c5b_a_hash_after_the_log_in_ends_the_session_that_it_began() {
    let (practice, mut exchange) = with_number("0612345678", false);
    let mut thief = practice.browser();
    let page = ask(&practice, &mut thief);
    let line = exchange.one(&practice);
    assert_eq!(line.press(&practice, 1, &on_screen(&page)), "right");
    assert_eq!(thief.submit(&page.form("#call-form")).path, "/account");
    assert_eq!(line.press(&practice, 2, "#"), "fraud");
    assert_eq!(thief.open("/account").path, "/login");
}

#[test]
fn c6_of_several_numbers_one_is_first_and_another_may_be_chosen() {
    let (practice, mut exchange) = with_number("0612345678", true);
    let mut browser = practice.browser();
    let page = ask(&practice, &mut browser);
    let code = exchange.one(&practice).code();
    assert_eq!(browser.submit(&page.form("#code-form").with("code", &code)).path, "/account");
    practice.minutes(11);
    // Adding one asks for a fresh code, because nothing stronger is there.
    let confirm = browser.open("/enrol/sms");
    assert_eq!(confirm.path, "/confirm/sms?then=/enrol/sms", "{}", confirm.text());
    let confirm = browser.submit(&confirm.form("#send-form"));
    let code = exchange.one(&practice).code();
    let onward = browser.submit(&confirm.form("#code-form").with("code", &code));
    assert_eq!(onward.path, "/enrol/sms");
    let again = browser.submit(&onward.form("#number-form").with("number", "+31612345678"));
    assert_eq!(again.status, 422, "it is there already: {}", again.text());
    let page = browser.submit(&again.form("#number-form").with("number", "0612345699"));
    let code = exchange.one(&practice).code();
    let account = browser.submit(&page.form("#code-form").with("code", &code));
    assert_eq!(account.path, "/account?notice=enrolled-waiting", "{}", account.text());
    assert!(account.has("[data-main]"));
    let told = exchange.one(&practice);
    assert_eq!(told.to, "+31612345678", "the old number is told of the new one");
    assert!(told.said.contains("ander telefoonnummer toegevoegd"), "{}", told.said);
    let swapped = browser.submit(&account.form("form[id^=main-]"));
    assert_eq!(swapped.path, "/account?notice=main-number", "{}", swapped.text());
    let told = exchange.one(&practice);
    assert_eq!(told.to, "+31612345678");
    assert!(told.said.contains("gaan voortaan eerst naar een ander"), "{}", told.said);
    let mails = practice.mails();
    let added = mails.iter().rev().find(|mail| mail.subject.contains("manier om in te loggen"));
    let added = added.unwrap_or_else(|| panic!("{mails:?}"));
    assert!(added.text.contains("pas vanaf") && !added.text.contains("kan nu"), "{added:?}");
    let mail = mails.iter().find(|mail| mail.subject.contains("eerst naar een ander nummer"));
    assert!(mail.is_some_and(|mail| mail.text.contains("99") && mail.to == NAME), "{mails:?}");
    // What is added beside something else waits for a week (A9).
    assert!(swapped.has("[data-starts]"), "{}", swapped.text());
    practice.minutes(11);
    let early = practice.browser().log_in(NAME, PASSWORD);
    assert!(!early.has("#numbers") && early.text().contains("78"), "{}", early.text());
    practice.minutes(7 * 24 * 60);

    let mut browser = practice.browser();
    let page = browser.log_in(NAME, PASSWORD);
    assert_eq!(page.path, "/login/check/sms");
    let first = page.attribute("#numbers input[checked]", "value").to_owned();
    let last = page.attribute("#numbers input:not([checked])", "value").to_owned();
    let _ = browser.submit(&page.form("#send-form").with("number", &first));
    assert_eq!(exchange.one(&practice).to, "+31612345699", "the main number");
    let page = browser.submit(&page.form("#send-form").with("number", &last));
    let line = exchange.one(&practice);
    assert_eq!(line.to, "+31612345678");
    let account = browser.submit(&page.form("#code-form").with("code", &line.code()));
    assert_eq!(account.path, "/account", "{}", account.text());
}

#[test]
fn d5_an_old_number_is_told_by_text_that_it_was_removed() {
    let (practice, mut exchange) = with_number("0612345678", true);
    let mut browser = practice.browser();
    let page = ask(&practice, &mut browser);
    let code = exchange.one(&practice).code();
    assert_eq!(browser.submit(&page.form("#code-form").with("code", &code)).path, "/account");
    let page = browser.open("/enrol/call");
    let page = browser.submit(&page.form("#number-form").with("number", "030 1234567"));
    assert_eq!(exchange.one(&practice).press(&practice, 1, &on_screen(&page)), "right");
    let account = browser.submit(&page.form("#call-form"));
    assert_eq!(exchange.one(&practice).to, "+31612345678", "another came");
    let page = browser.open(account.attribute("#factors a[id^=remove]", "href"));
    let removed = browser.submit(&page.form("#remove-form"));
    assert_eq!(removed.status, 200, "{}", removed.text());
    let told = exchange.one(&practice);
    assert_eq!(told.to, "+31612345678", "a fixed number takes no texts");
    assert!(told.said.contains("is verwijderd van uw account"), "{}", told.said);
}

#[test]
fn b6_wrong_codes_of_texts_and_calls_end_the_log_in() {
    let (practice, mut exchange) = with_number("0612345678", true);
    let mut browser = practice.browser();
    let page = ask(&practice, &mut browser);
    let wrong = other(&exchange.one(&practice).code());
    for _ in 0..4 {
        let refused = browser.submit(&page.form("#code-form").with("code", &wrong));
        assert_eq!(refused.status, 401);
        assert!(refused.has("#code-error"), "{}", refused.text());
    }
    let ended = browser.submit(&page.form("#code-form").with("code", &wrong));
    assert_eq!((ended.status, ended.has("#code-form")), (401, false), "{}", ended.text());

    let (practice, mut exchange) = with_number("0612345678", false);
    let mut browser = practice.browser();
    let page = ask(&practice, &mut browser);
    let (line, code) = (exchange.one(&practice), on_screen(&page));
    for step in 1..5 {
        assert_eq!(line.press(&practice, step, &other(&code)), "wrong");
    }
    assert_eq!(line.press(&practice, 5, &other(&code)), "over");
    assert_eq!(line.press(&practice, 6, &code), "over");
    let ended = browser.submit(&page.form("#call-form"));
    assert_eq!(ended.path, "/login?notice=expired", "{}", ended.text());
}

#[test]
fn c10_who_has_a_strong_factor_is_sent_no_code_unless_the_organisation_allows_it() {
    let (practice, mut exchange) = with_number("0612345678", true);
    let mut key = SoftKey::new(1, &practice.origin());
    let mut browser = practice.browser();
    let page = ask(&practice, &mut browser);
    let code = exchange.one(&practice).code();
    assert_eq!(browser.submit(&page.form("#code-form").with("code", &code)).path, "/account");
    let _ = browser.touch("/enrol/security-key", &mut key);
    let mut keyed = practice.browser();
    let check = keyed.log_in(NAME, PASSWORD);
    assert_eq!(check.path, "/login/check/sms", "the key never proved itself");
    assert_eq!(keyed.touch("/login/check", &mut key).path, "/account");
    let mut browser = practice.browser();
    let check = browser.log_in(NAME, PASSWORD);
    assert!(!check.has("#to-sms"), "{}", check.text());
    let page = browser.open("/login/check/sms");
    assert_eq!(page.path, "/login/check", "no way around it");
    // What is not shown is refused too, and nothing is sent.
    let refused = browser.submit(&check.form("#cancel-form").to("/login/check/sms/send"));
    assert_eq!(refused.status, 403, "{}", refused.text());
    assert!(exchange.sent(&practice).is_empty(), "nothing was sent");
    allow_codes(&mut keyed);
    let check = browser.log_in(NAME, PASSWORD);
    assert!(check.has("#to-sms"), "{}", check.text());
    let page = browser.open("/login/check/sms");
    let page = browser.submit(&page.form("#send-form"));
    let code = exchange.one(&practice).code();
    assert_eq!(browser.submit(&page.form("#code-form").with("code", &code)).path, "/account");
}

/// Attack: half enrolment, and a recovery code to a number that is still at hand.
#[test]
fn d1_a_number_that_is_still_at_hand_is_proven_by_enrolling_it_again() {
    let (practice, mut exchange) = with_number("0612345678", true);
    let mut browser = practice.browser();
    let page = ask(&practice, &mut browser);
    let code = exchange.one(&practice).code();
    assert_eq!(browser.submit(&page.form("#code-form").with("code", &code)).path, "/account");
    let page = browser.open("/enrol/recovery");
    let page = browser.submit(&page.form("#make-form"));
    let paper = page.of("#code").expect("a recovery code");

    let mut browser = practice.browser();
    let check = browser.log_in(NAME, PASSWORD);
    assert_eq!(check.path, "/login/check/sms");
    let asked = browser.open(check.attribute("#to-anew", "href"));
    let begun = browser.submit(&asked.form("#code-form").with("code", &paper));
    assert!(begun.has("#notice"), "{}", begun.text());
    let wizard = browser.log_in(NAME, PASSWORD);
    assert_eq!(wizard.path, "/enrol", "the number is out of use");
    let keep = browser.open(wizard.attribute("#to-keep", "href"));
    let page = browser.open(keep.attribute("#suspended a", "href"));
    assert_eq!(page.path, "/enrol/sms", "{}", page.text());
    let page = browser.submit(&page.form("#number-form").with("number", "0612345678"));
    let code = exchange.one(&practice).code();
    let done = browser.submit(&page.form("#code-form").with("code", &code));
    assert_eq!(done.path, "/enrol/recovery", "{}", done.text());
    let page = ask(&practice, &mut practice.browser());
    assert!(!page.has("#numbers"), "the old entry is gone: {}", page.text());
}
