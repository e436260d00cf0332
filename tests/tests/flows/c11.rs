//! C11: one person, several employers: one address, one key, one password, and a choice after the proof.

use serde_json::json;
use sleutelbos_server::accounts::run::{Founding, found};
use sleutelbos_server::accounts::{Account, Username};
use sleutelbos_server::factors::Level;
use sleutelbos_server::organisations::{Agb, Registered};
use sleutelbos_server::secret::Secret;
use tests::soft_key::SoftKey;

use crate::a::{Contact, choose as activate};
use crate::c::{NAME, enrol_app, type_code};
use crate::people::CHOSEN;
use crate::practice::{PASSWORD, Practice};
use tests::client::Client;
use tests::forms::{Browser, Page};

const OTHER: &str = "nachtdienst om kwart voor zeven";

/// The same person at an organisation of this name and AGB code.
fn employer(practice: &Practice, name: &str, agb: &str, password: &str) -> Account {
    let founding = Founding {
        organisation: name.to_owned(),
        agb: Agb::parse(agb).ok(),
        kvk: None,
        subscriber: None,
        registered: Registered::default(),
        username: Username::parse(NAME).expect("an address"),
        name: "Test Arts".to_owned(),
        vouched: Level::High,
    };
    let password = Secret::new(password.to_owned());
    practice.run(found(&practice.app, founding, password)).expect("a founded practice")
}

fn two(practice: &Practice) -> (Account, Account) {
    let first = employer(practice, "FAKE Huisartsenpraktijk", "01000001", PASSWORD);
    (first, employer(practice, "FAKE Dokterspost", "01000002", PASSWORD))
}

/// Fails where the browser is in at another account, by the number at its top right.
fn assert_in(browser: &mut Browser, account: &Account) {
    let number = browser.open("/enrol").of("#user-number");
    assert_eq!(number, Some(account.number.to_string()));
}

fn choose(browser: &mut Browser, page: &Page, account: &Account) -> Page {
    let form = page.form("#choice-form").with("organisation", account.organisation.as_str());
    browser.submit(&form)
}

#[test]
fn c11_after_the_password_the_person_chooses_at_which_organisation_to_log_in() {
    let practice = Practice::new();
    let (first, second) = two(&practice);
    let stranger = practice.contact_person("test.ander@praktijk.example");
    let mut browser = practice.browser();
    let page = browser.log_in(NAME, PASSWORD);
    assert_eq!(page.path, "/login/organisation");
    let shown = page.of("#organisations").expect("the choices");
    for text in ["Bij welke organisatie wilt u inloggen?", "FAKE Dokterspost", "AGB-code 01000002"]
    {
        assert!(shown.contains(text), "{shown}");
    }
    assert!(shown.find("Dokterspost") < shown.find("Huisartsenpraktijk"), "by name: {shown}");
    assert_eq!(browser.open("/login/check").path, "/login", "nothing is chosen yet");
    assert_eq!(browser.open("/account").path, "/login");

    let page = browser.open("/login/organisation");
    let none = browser.submit(&page.form("#choice-form"));
    assert_eq!((none.status, none.has("#organisations-error")), (422, true), "{}", none.text());
    // Attack: an account that was not proven, and what is no id at all.
    for foreign in [stranger.organisation.as_str(), "x"] {
        let form = page.form("#choice-form").with("organisation", foreign);
        let refused = browser.submit(&form);
        assert_eq!(refused.code(), Some("no_such_choice"), "{}", refused.text());
    }
    // Attack: another browser, which gave no password.
    let mut other = practice.browser();
    assert_eq!(other.open("/login/organisation").path, "/login");
    let csrf = other.open("/login").attribute("[name=csrf]", "value").to_owned();
    let fields = [("csrf", csrf.as_str()), ("organisation", first.organisation.as_str())];
    let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(other.post("/login/organisation", &fields).status, 401);

    let page = browser.open("/login/organisation");
    let thief = browser.clone();
    assert_eq!(choose(&mut browser, &page, &second).path, "/enrol");
    assert_in(&mut browser, &second);
    // Attack: the choice replayed by whoever took the cookies before.
    for account in [&first, &second] {
        let mut thief = thief.clone();
        let replayed = choose(&mut thief, &page, account);
        assert_eq!(replayed.code(), Some("login_expired"), "{}", replayed.text());
    }
    // And the other one, another time.
    let page = browser.log_in(NAME, PASSWORD);
    assert_eq!(choose(&mut browser, &page, &first).path, "/enrol");
    assert_in(&mut browser, &first);
    practice.minutes(6);
    let page = thief.clone().open("/login/organisation");
    assert_eq!(page.path, "/login", "a choice lapses with its log-in");
}

#[test]
fn c11_where_the_passwords_differ_there_is_no_question_and_each_account_has_its_own_second_factor()
{
    let practice = Practice::new();
    let _ = employer(&practice, "FAKE Huisartsenpraktijk", "01000001", PASSWORD);
    let phone = enrol_app(&practice, NAME);
    let second = employer(&practice, "FAKE Dokterspost", "01000002", OTHER);
    let mut browser = practice.browser();
    assert_eq!(browser.log_in(NAME, OTHER).path, "/enrol", "the other has no factor yet");
    assert_in(&mut browser, &second);
    let check = browser.log_in(NAME, PASSWORD);
    assert_eq!(check.path, "/login/check/app");
    let account = type_code(&mut browser, &check, &phone.code(practice.now()));
    assert_eq!(account.path, "/account");
    assert!(account.text().contains("FAKE Huisartsenpraktijk"), "{}", account.text());
}

#[test]
fn c11_the_second_factor_is_that_of_the_account_that_was_chosen() {
    let practice = Practice::new();
    let first = employer(&practice, "FAKE Huisartsenpraktijk", "01000001", PASSWORD);
    let phone = enrol_app(&practice, NAME);
    let second = employer(&practice, "FAKE Dokterspost", "01000002", PASSWORD);
    let mut browser = practice.browser();
    let page = browser.log_in(NAME, PASSWORD);
    let check = choose(&mut browser, &page, &first);
    assert_eq!(check.path, "/login/check/app");
    assert_eq!(browser.open("/login/organisation").path, "/login", "it is chosen once");
    let check = browser.open("/login/check/app");
    let account = type_code(&mut browser, &check, &phone.code(practice.now()));
    assert!(account.text().contains("FAKE Huisartsenpraktijk"), "{}", account.text());
    practice.seconds(30);
    let page = browser.log_in(NAME, PASSWORD);
    assert_eq!(choose(&mut browser, &page, &second).path, "/enrol");
}

#[test]
fn c11_one_key_is_enrolled_at_each_employer_and_logs_in_where_its_holder_chose() {
    let practice = Practice::new();
    let (first, second) = two(&practice);
    let mut keys = [1, 2].map(|number| SoftKey::new(number, &practice.origin()));
    for (account, key) in [&first, &second].into_iter().zip(&mut keys) {
        let mut browser = practice.browser();
        let page = browser.log_in(NAME, PASSWORD);
        assert_eq!(choose(&mut browser, &page, account).path, "/enrol");
        // What the key holds of another employer keeps it from nothing.
        for (path, kind) in [("/enrol/passkey", "passkey"), ("/enrol/security-key", "security_key")]
        {
            let page = browser.open(path);
            let asked = json!({ "kind": kind });
            let options = browser.script(&page, "/enrol/webauthn/options", &asked).options();
            let excluded = options["excludeCredentials"].as_array().map_or(0, Vec::len);
            assert_eq!(excluded, 0, "{options}");
        }
        let _ = browser.touch("/enrol/passkey", key);
        assert_eq!(browser.touch("/login/passkey", key).path, "/account");
    }
    for (name, key) in ["FAKE Huisartsenpraktijk", "FAKE Dokterspost"].iter().zip(&mut keys) {
        let account = practice.browser().touch("/login/passkey", key);
        assert_eq!(account.path, "/account");
        assert!(account.text().contains(name), "the key says whose it is: {}", account.text());
    }
}

#[test]
fn c11_adding_a_colleague_tells_nothing_of_another_employer() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    let _ = practice.contact_person("elders@praktijk.example");
    let add = |contact: &mut Contact, email: &str| {
        let form = contact.browser.open("/people/add").form("#add-form");
        contact.browser.submit(&form.with("name", "Test Collega").with("email", email))
    };
    let elsewhere = add(&mut contact, "elders@praktijk.example");
    let nowhere = add(&mut contact, "nergens@praktijk.example");
    let plain = |page: &Page, email: &str| {
        let digits = |c: char| if c.is_ascii_digit() { '0' } else { c };
        page.text().replace(email, "…").chars().map(digits).collect::<String>()
    };
    assert!(elsewhere.path.ends_with("/added"), "{}", elsewhere.text());
    assert_eq!(
        plain(&elsewhere, "elders@praktijk.example"),
        plain(&nowhere, "nergens@praktijk.example")
    );
    let again = add(&mut contact, "elders@praktijk.example");
    assert_eq!((again.status, again.has("#email-error")), (422, true), "{}", again.text());
    assert!(again.text().contains("een account van uw organisatie"), "{}", again.text());

    // The new account is activated, beside the one that was there, which keeps its password.
    let there = practice.contact_person("derde@praktijk.example");
    practice.seconds(1);
    let here = contact.adds(&practice, "derde@praktijk.example");
    let pin = contact.pin();
    let mut browser = practice.browser();
    assert_eq!(activate(&mut browser, &here.number.to_string(), &pin, CHOSEN).path, "/enrol");
    assert_in(&mut browser, &here);
    for (password, account) in [(PASSWORD, &there), (CHOSEN, &here)] {
        assert_eq!(browser.log_in("derde@praktijk.example", password).path, "/enrol");
        assert_in(&mut browser, account);
    }
}

#[test]
fn c11_an_application_is_given_the_list_and_sends_the_choice() {
    let practice = Practice::new();
    let (first, second) = two(&practice);
    let stranger = practice.contact_person("test.ander@praktijk.example");
    let client = Client { port: practice.port() };
    let attempt = client.attempt().expect("an attempt");
    let answer = client.password(&attempt, NAME, PASSWORD).expect("an answer");
    assert_eq!((answer.status, answer.text("state")), (200, "choose".to_owned()));
    let listed = answer.good();
    let listed = listed["organisations"].as_array().expect("a list");
    let named = |one: &Account| listed.iter().any(|had| had["id"] == one.organisation.as_str());
    assert!(listed.len() == 2 && named(&first) && named(&second), "{listed:?}");
    assert_eq!(listed[0]["agb"], "01000002");
    let choose = |attempt: &str, account: &Account| {
        let body = json!({ "organisation": account.organisation.as_str() });
        client.post("login/organisation", attempt, &body).expect("an answer")
    };
    assert_eq!(choose(&attempt, &stranger).code(), "no_such_choice");
    let chosen = choose(&attempt, &second);
    assert_eq!(chosen.text("state"), "enrol_only", "{}", chosen.body);
    assert_eq!(choose(&attempt, &first).code(), "login_expired");
    let opened = client.redeem(&chosen.text("code")).expect("an answer").good();
    assert_eq!(opened["account"]["organisation"], "FAKE Dokterspost");
}
