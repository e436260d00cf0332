//! Attacks on the rows, each test named after the attack; `docs/threats.md` lists them all.

use std::time::Duration;

use serde_json::json;
use sleutelbos_server::accounts::number::UserNumber;
use sleutelbos_server::random::Random;
use tests::by_time::{CHEAP, Form, measure, same_time, wrong};
use tests::client::{Answer, Client};
use tests::soft_key::SoftKey;
use url::form_urlencoded::Serializer;

use crate::a::Contact;
use crate::c::NAME;
use crate::people::since;
use crate::practice::{PASSWORD, Practice};

/// So many that are known, and as many that are not.
const MANY: usize = 20;

/// Names of one length: where a name is shown again, nothing else may differ.
fn names(kind: &str) -> Vec<String> {
    (10..10 + MANY).map(|number| format!("{kind}.{number}@praktijk.example")).collect()
}

/// What an answer tells: status, headers and body, without what is drawn anew for each.
fn told(answer: &Answer, own: &[&str]) -> String {
    let head = answer.head.lines().filter(|line| !line.starts_with("date:"));
    let head: Vec<&str> =
        head.map(|line| line.split_once('=').map_or(line, |(name, _)| name)).collect();
    let mut text = format!("{}\n\n{}", head.join("\n"), answer.body);
    for own in own.iter().filter(|own| !own.is_empty()) {
        text = text.replace(own, "…");
    }
    text
}

/// Fails where one of these differs from the first.
fn assert_alike(answers: &[(String, String)]) {
    let (first, told) = answers.first().expect("somebody was asked for");
    for (name, other) in answers {
        assert_eq!(other, told, "{name} is told apart from {first}");
    }
}

/// Accounts that were ended: their names and numbers.
fn ended(practice: &Practice, contact: &mut Contact) -> Vec<(String, String)> {
    let gone = names("gegaan").into_iter().take(2).map(|name| {
        let number = ends(practice, contact, &name);
        (name, number)
    });
    gone.collect()
}

/// The number of an account with this name, which was made and ended.
fn ends(practice: &Practice, contact: &mut Contact, name: &str) -> String {
    let account = contact.adds(practice, name);
    let asked = contact.browser.open(&format!("/people/{}/end", account.id));
    let done = contact.browser.submit(&asked.form("#ask-form"));
    assert_eq!(done.path, "/people?notice=account-ended");
    account.number.as_str().to_owned()
}

#[test]
fn enumeration_by_answer_of_names_at_the_log_in() {
    let practice = Practice::new();
    let (known, unknown) = (names("bekend"), names("vreemd"));
    let ended = ended(&practice, &mut Contact::of(&practice));
    for (number, name) in (0_u32..).zip(&known) {
        practice.contact_person(name);
        if number % 4 == 1 {
            practice.contact_person(name); // Who works for two.
        }
        if number % 2 == 0 {
            let mut browser = practice.browser();
            assert_eq!(browser.log_in(name, PASSWORD).path, "/enrol");
            let mut key = SoftKey::new(number, &practice.origin());
            let _ = browser.touch("/enrol/passkey", &mut key);
            assert_eq!(browser.touch("/login/passkey", &mut key).path, "/account");
        }
    }
    let all = || known.iter().chain(&unknown).chain(ended.iter().map(|(name, _)| name));
    // Five wrong ones, and one more when the name is blocked: each time the same for everybody.
    for _ in 0..6 {
        let answers = all().map(|name| {
            let mut browser = practice.browser();
            let page = browser.open("/login");
            let csrf = page.attribute("[name=csrf]", "value").to_owned();
            let fields =
                [("csrf", csrf.as_str()), ("username", name), ("password", "verkeerd wachtwoord")];
            let fields = fields.map(|(field, value)| (field.to_owned(), value.to_owned()));
            (name.clone(), told(&browser.post("/login", &fields), &[&csrf, name]))
        });
        assert_alike(&answers.collect::<Vec<_>>());
    }
    practice.minutes(24 * 60);
    let client = Client { port: practice.port() };
    for _ in 0..6 {
        let answers = all().map(|name| {
            let attempt = client.attempt().expect("an attempt");
            let answer = client.password(&attempt, name, "verkeerd wachtwoord").expect("an answer");
            (name.clone(), told(&answer, &[]))
        });
        assert_alike(&answers.collect::<Vec<_>>());
    }
}

#[test]
fn enumeration_by_answer_of_user_numbers() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    // Of who has no PIN, one that nobody opened yet, and one that works.
    let known = (0..).zip(names("bekend")).map(|(place, name)| {
        let account = match place % 3 {
            0 => practice.contact_person(&name),
            _ => contact.adds(&practice, &name),
        };
        if place % 3 == 2 {
            let _ = contact.pin();
        }
        practice.seconds(1); // what lies in the Berichtenbox since one moment has no order
        account.number.as_str().to_owned()
    });
    let known = known.collect::<Vec<_>>();
    let unknown = (0..MANY).map(|_| UserNumber::random(Random::system()).as_str().to_owned());
    let ended = ended(&practice, &mut contact).into_iter().map(|(_, number)| number);
    let all: Vec<String> = known.into_iter().chain(unknown).chain(ended).collect();
    for _ in 0..6 {
        let answers = all.iter().map(|number| {
            let mut browser = practice.browser();
            let page = browser.open("/activate");
            let csrf = page.attribute("[name=csrf]", "value").to_owned();
            let fields = [
                ("csrf", csrf.as_str()),
                ("number", number),
                ("pin", "AaDdEeFf"),
                ("password", "een nieuw wachtwoord voor mij"),
                ("again", "een nieuw wachtwoord voor mij"),
            ];
            let fields = fields.map(|(field, value)| (field.to_owned(), value.to_owned()));
            (number.clone(), told(&browser.post("/activate", &fields), &[&csrf, number]))
        });
        let answers: Vec<_> = answers.collect();
        let looked_at = |(_, told): &(String, String)| {
            ["HTTP/1.1 401", "HTTP/1.1 403"].iter().any(|status| told.starts_with(status))
        };
        assert!(answers.iter().all(looked_at), "the PIN was looked at: {answers:?}");
        assert_alike(&answers);
    }
}

#[test]
fn enumeration_by_answer_of_who_lost_a_pin() {
    let practice = Practice::new();
    let known = names("bekend");
    let accounts: Vec<_> = known.iter().map(|name| practice.contact_person(name)).collect();
    let numbers = accounts.iter().map(|account| account.number.as_str().to_owned());
    let strange = (0..MANY).map(|_| UserNumber::random(Random::system()).as_str().to_owned());
    let all: Vec<String> =
        known.iter().cloned().chain(names("vreemd")).chain(numbers).chain(strange).collect();
    for _ in 0..3 {
        let answers = all.iter().map(|who| {
            let mut browser = practice.browser();
            let page = browser.open("/activate/pin");
            let csrf = page.attribute("[name=csrf]", "value").to_owned();
            let fields = [("csrf", csrf.as_str()), ("who", who)];
            let fields = fields.map(|(field, value)| (field.to_owned(), value.to_owned()));
            let asked = browser.post("/activate/pin", &fields);
            assert_eq!(asked.header("location"), Some("/activate/pin/asked"));
            let next = browser.open("/activate/pin/asked");
            (who.clone(), format!("{}{}", told(&asked, &[&csrf]), next.body))
        });
        assert_alike(&answers.collect::<Vec<_>>());
    }
    let asked = practice.mails().into_iter().filter(|mail| mail.subject.contains("pincode"));
    assert_eq!(asked.count(), MANY, "each person once, and nobody else");
}

#[test]
fn a_flood_of_questions_for_pins_reaches_contact_persons_a_few_times_a_day() {
    let practice = Practice::with("[limits]\nproxies = [\"127.0.0.1\"]\n");
    let contact = Contact::of(&practice);
    let people: Vec<_> = (0..MANY)
        .map(|number| contact.adds(&practice, &format!("collega.{number}@praktijk.example")))
        .collect();
    let mut seen = practice.mails();
    let client = Client { port: practice.port() };
    let origin = practice.origin();
    let ask = |from: &str, who: &str| {
        let page = client.ask("GET", "/activate/pin", "", "").expect("a page");
        let (_, after) = page.body.split_once("name=\"csrf\" value=\"").expect("a form");
        let csrf = after.split('"').next().expect("a token");
        let head = format!(
            "Origin: {origin}\r\nCookie: {}\r\nX-Forwarded-For: {from}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n",
            page.cookies().join("; ")
        );
        let body = format!("csrf={csrf}&who={}", who.replace('@', "%40"));
        client.ask("POST", "/activate/pin", &head, &body).expect("an answer")
    };
    // One address asks ten times, for whomever.
    let strange = (0..MANY).map(|number| format!("vreemd.{number}@praktijk.example"));
    let statuses: Vec<_> =
        strange.map(|name| ask("198.51.100.7", &name)).map(|answer| answer.status).collect();
    assert_eq!(statuses, [[303; 10], [429; 10]].concat());
    let known = ask("198.51.100.7", people[0].username.as_str());
    assert!(known.status == 429 && known.header("retry-after").is_some(), "{}", known.head);
    // Many addresses, day and night: of one person once a day, and of all a few.
    for (number, person) in people.iter().enumerate() {
        for address in [1, 2] {
            let from = format!("203.0.{address}.{number}");
            assert_eq!(ask(&from, person.username.as_str()).status, 303);
        }
    }
    let mails = since(&practice, &mut seen);
    let main = contact.account.username.as_str();
    let (managers, others): (Vec<_>, Vec<_>) = mails.iter().partition(|mail| mail.to == main);
    assert_eq!((managers.len(), others.len()), (5, MANY), "{mails:#?}");
}

#[test]
fn enumeration_by_answer_of_passkeys() {
    let practice = Practice::new();
    practice.contact_person("bekend@praktijk.example");
    // Nobody is named when a passkey is asked for: what is asked differs in nothing but its challenge.
    let ask = |kind: &str| {
        let mut browser = practice.browser();
        let page = browser.open("/login/passkey");
        let answer = browser.script(&page, "/login/webauthn/options", &json!({"kind": kind}));
        let options = answer.options();
        assert!(
            options
                .get("allowCredentials")
                .and_then(|list| list.as_array())
                .is_none_or(Vec::is_empty)
        );
        told(&answer, &[options["challenge"].as_str().expect("a challenge")])
    };
    let before = ask("alone");
    let mut browser = practice.browser();
    assert_eq!(browser.log_in("bekend@praktijk.example", PASSWORD).path, "/enrol");
    let mut key = SoftKey::new(1, &practice.origin());
    let _ = browser.touch("/enrol/passkey", &mut key);
    assert_eq!(ask("alone"), before);
    // A key that nobody enrolled is refused as an enrolled one whose signature is wrong is, and as often.
    let refused = |mut key: SoftKey| {
        let answer = practice.browser().touched("/login/passkey", &mut key);
        (answer.status, answer.code(), told(&answer, &[]))
    };
    for number in 70..90 {
        let [forged, unknown] = [refused(key.forged(number)), refused(key.unknown(number))];
        assert_eq!(forged, unknown);
        assert_eq!((unknown.0, unknown.1.as_str()), (401, "not_recognised"));
    }
    assert_eq!(
        practice.browser().touch("/login/passkey", &mut key).path,
        "/account",
        "its owner's"
    );
}

#[test]
fn session_fixation_what_opened_something_before_opens_nothing_after() {
    let practice = Practice::new();
    practice.contact_person(NAME);
    let mut key = SoftKey::new(1, &practice.origin());
    let mut browser = practice.browser();
    assert_eq!(browser.log_in(NAME, PASSWORD).path, "/enrol");
    let _ = browser.touch("/enrol/passkey", &mut key);
    assert_eq!(browser.touch("/login/passkey", &mut key).path, "/account");

    // What somebody put into this browser, or saw there, before each step.
    let mut browser = practice.browser();
    let mut seen = Vec::new();
    let check = browser.log_in(NAME, PASSWORD);
    assert_eq!(check.path, "/login/check");
    seen.push(browser.clone());
    assert_eq!(browser.touch("/login/check", &mut key).path, "/account");
    for mut before in seen.drain(..) {
        assert_eq!(before.open("/account").path, "/login", "the attempt's cookie is no session");
        assert_eq!(before.open("/login/check").path, "/login", "and the attempt is over");
    }
    seen.push(browser.clone());
    practice.minutes(6);
    let confirm = browser.open("/enrol/security-key");
    assert_eq!(browser.touch(&confirm.path, &mut key).path, "/account");
    for mut before in seen.drain(..) {
        assert_eq!(
            before.open("/account").path,
            "/login",
            "the session before the step-up has ended"
        );
    }
    assert_eq!(browser.open("/account").path, "/account");
    // And one that was planted is not taken over.
    let mut planted = practice.browser();
    for (name, value) in [("session", "A".repeat(43)), ("attempt", "B".repeat(43))] {
        planted.set_cookie(name, &value);
    }
    assert_eq!(planted.touch("/login/passkey", &mut key).path, "/account");
    assert_ne!(planted.cookie("session"), Some("A".repeat(43).as_str()));
}

/// Where a page leads after a proof is told in its address, and anybody can send somebody an address.
#[test]
fn open_redirect_after_a_proof_nobody_is_led_elsewhere() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    for evil in [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/enrol//evil.example",
        "/enrol/..//evil.example",
        "http://localhost@evil.example/",
        "http://localhost.:1/",
        "/people@evil.example",
        "/peoples",
        "javascript:alert(1)",
        "/enrol/%0d%0aLocation:%20https://evil.example",
    ] {
        practice.minutes(6);
        let query = Serializer::new(String::new()).append_pair("then", evil).finish();
        let asked = format!("/confirm?{query}");
        let page = contact.browser.open(&asked);
        assert!(!page.body.contains("evil.example"), "{evil}: {}", page.body);
        let then = page.attribute("#ceremony", "data-then").to_owned();
        assert_eq!(then, "/account", "{evil}");
        for then in [then.as_str(), evil] {
            assert_eq!(confirms(&mut contact, &asked, then), "/account", "{evil}");
        }
    }
    for ours in ["/people", "/settings/second-factor", "/activate/pin"] {
        let asked = format!("/confirm?then={ours}");
        let page = contact.browser.open(&asked);
        let then = page.attribute("#ceremony", "data-then").to_owned();
        assert_eq!(confirms(&mut contact, &asked, &then), ours);
        assert_eq!(contact.browser.open(ours).path, ours);
    }
}

/// Touches a key on this page, whose script says that it leads to `then`; where the answer sends the browser.
fn confirms(contact: &mut Contact, path: &str, then: &str) -> String {
    let Contact { browser, key, .. } = contact;
    let page = browser.open(path);
    let options = page.attribute("#ceremony", "data-options");
    let asked = browser.script(&page, options, &json!({"kind": "confirm", "factor": ""}));
    let answer = json!({"credential": key.get(&asked.options()), "then": then});
    browser.script(&page, page.attribute("#ceremony", "data-finish"), &answer).text("next")
}

#[test]
fn the_work_around_a_hash_does_not_tell_names_apart_by_time() {
    let practice = Practice::with(STRICT);
    let mut contact = Contact::of(&practice);
    let bare = |name: &str| practice.contact_person(name).username.as_str().to_owned();
    let mut number = 1;
    let with_a_key = |name: &str| {
        let name = bare(name);
        number += 1;
        let mut browser = practice.browser();
        assert_eq!(browser.log_in(&name, PASSWORD).path, "/enrol");
        let _ = browser.touch("/enrol/passkey", &mut SoftKey::new(number, &practice.origin()));
        name
    };
    let ended = |name: &str| {
        let _ = ends(&practice, &mut contact, name);
        name.to_owned()
    };
    let kinds = [
        many("kaal", bare),
        many("sleutel", with_a_key),
        many("weg", ended),
        many("niemand", str::to_owned),
    ];
    let client = Client { port: practice.port() };
    assert_same_time(&kinds, |name| wrong(client, name));
}

#[test]
fn the_work_around_a_hash_does_not_tell_user_numbers_apart_by_time() {
    let practice = Practice::with(STRICT);
    let mut contact = Contact::of(&practice);
    let with_a_pin = |name: &str| contact.adds(&practice, name).number.as_str().to_owned();
    let with_a_pin = many("pin", with_a_pin);
    let ended = many("weg", |name| ends(&practice, &mut contact, name));
    let without = |name: &str| practice.contact_person(name).number.as_str().to_owned();
    let nobody = |_: &str| UserNumber::random(Random::system()).as_str().to_owned();
    let kinds = [with_a_pin, many("kaal", without), ended, many("niemand", nobody)];
    let client = Client { port: practice.port() };
    let form = Form::of(&client.ask("GET", "/activate", "", "").expect("the form"));
    assert_same_time(&kinds, |number| form.send(client, number));
}

/// What is typed for each name of a kind, as `make` says: so many that each is tried [`TRIES`] times.
fn many(kind: &str, mut make: impl FnMut(&str) -> String) -> Vec<String> {
    let all = CHEAP.samples as usize * CHEAP.tries / TRIES;
    (0..all).map(|number| make(&format!("{kind}.{number}@praktijk.example"))).collect()
}

fn assert_same_time(kinds: &[Vec<String>], wrong: impl Fn(&str) -> (u16, Duration)) {
    same_time(&CHEAP, |sample| {
        let before = sample as usize * CHEAP.tries;
        measure(kinds, (&CHEAP, 401), |names, round| {
            wrong(names.get((before + round) / TRIES).expect("there are enough"))
        })
    });
}

/// Tries at one name, before fresh ones are tried: fewer than block.
const TRIES: usize = 50;
/// No name is blocked.
const STRICT: &str = "[lockout]\ntries = 100\nclose_after = 100\n";
