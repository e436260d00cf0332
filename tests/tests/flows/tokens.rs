//! A10 and D5: what an application holds for a person ends with what ends that person's sessions.

use serde_json::json;
use tests::client::Client;
use tests::soft_key::SoftKey;

use crate::a::{Contact, choose};
use crate::authorisations::logs_in;
use crate::people::{CHOSEN, COLLEAGUE, DAY, again, works};
use crate::post::{ARTS, Post};
use crate::practice::Practice;
use tests::forms::Browser;

const NEW: &str = "nachtdienst om half elf";

/// The status with which an application with this session is answered.
fn asks(practice: &Practice, session: &str) -> u16 {
    let head = format!("Authorization: Bearer {session}\r\n");
    let client = Client { port: practice.port() };
    client.ask("GET", "/api/v1/me", &head, "").expect("an answer").status
}

/// An application's session of the colleague, who logs in with password and passkey.
fn held(practice: &Practice, key: &mut SoftKey, password: &str) -> String {
    let (session, _) = logs_in(practice, key, password);
    assert_eq!(asks(practice, &session), 200);
    session
}

#[test]
fn d5_an_applications_session_ends_with_a_new_password_a_change_of_factors_and_an_unblock() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    practice.seconds(1);
    let account = contact.adds(&practice, COLLEAGUE);
    let (pin, number) = (contact.pin(), account.number.to_string());
    let mut browser = practice.browser();
    assert_eq!(choose(&mut browser, &number, &pin, CHOSEN).path, "/enrol");
    let mut key = SoftKey::new(2, &practice.origin());
    let _ = browser.touch("/enrol/passkey", &mut key);
    assert_eq!(browser.touch("/login/passkey", &mut key).path, "/account");
    // A8: number and PIN choose a new password.
    let session = held(&practice, &mut key, CHOSEN);
    let _ = choose(&mut practice.browser(), &number, &pin, NEW);
    assert_eq!(asks(&practice, &session), 401, "a new password");
    // A factor is added.
    let session = held(&practice, &mut key, NEW);
    assert_eq!(browser.touch("/login/passkey", &mut key).path, "/account");
    let mut second = SoftKey::new(3, &practice.origin());
    let _ = browser.touch("/enrol/passkey", &mut second);
    assert_eq!(asks(&practice, &session), 401, "a factor more");
    // B3: a contact person lifts a block.
    let session = held(&practice, &mut key, NEW);
    for _ in 0..5 {
        let _ = practice.browser().log_in(COLLEAGUE, "verkeerd wachtwoord");
    }
    assert_eq!(asks(&practice, &session), 200, "a block is no weapon");
    again(&mut contact);
    let form = contact.browser.open(&format!("/people/{}", account.id)).form("#unblock-form");
    let _ = contact.browser.submit(&form);
    assert_eq!(asks(&practice, &session), 401, "a block was lifted");
    // D3: an access code is used.
    let session = held(&practice, &mut key, NEW);
    let ask = contact.browser.open(&format!("/people/{}/access", account.id)).form("#ask-form");
    let code = contact.browser.submit(&ask).of("#code").expect("a code");
    assert_eq!(asks(&practice, &session), 200, "a code that is given changes nothing");
    let mut other = practice.browser();
    let _ = other.log_in(COLLEAGUE, NEW);
    let form = other.open("/login/access").form("#code-form").with("code", &code);
    assert_eq!(other.submit(&form).path, "/enrol");
    assert_eq!(asks(&practice, &session), 401, "everything is set up anew");
}

/// What somebody has under way: a log-in in which the password was right, and an application's code that nobody
/// has redeemed.
struct UnderWay {
    browser: Browser,
    code: String,
}

impl UnderWay {
    fn of(practice: &Practice, name: &str, key: &mut SoftKey) -> Self {
        let client = Client { port: practice.port() };
        let attempt = client.attempt().expect("an attempt");
        let _ = client.password(&attempt, name, CHOSEN).expect("an answer").good();
        let asked = client.post("login/webauthn/options", &attempt, &json!({}));
        let credential = json!({"credential": key.get(&asked.expect("an answer").options())});
        let code = client.post("login/webauthn", &attempt, &credential).expect("an answer");
        let mut browser = practice.browser();
        assert_eq!(browser.log_in(name, CHOSEN).path, "/login/check");
        assert_eq!(browser.open("/login/check").path, "/login/check", "it goes on");
        Self { browser, code: code.text("code") }
    }

    fn ended(mut self, practice: &Practice) -> bool {
        let redeemed = Client { port: practice.port() }.redeem(&self.code).expect("an answer");
        let page = self.browser.open("/login/check");
        redeemed.status != 200 && !page.path.starts_with("/login/check")
    }
}

#[test]
fn d5_a_new_pin_ends_log_ins_and_one_time_codes_when_it_is_made_and_when_it_is_opened() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    let (account, _, mut key) = works(&practice, &mut contact, COLLEAGUE);
    assert!(!UnderWay::of(&practice, COLLEAGUE, &mut key).ended(&practice));
    practice.wait(DAY);
    again(&mut contact);
    let under_way = UnderWay::of(&practice, COLLEAGUE, &mut key);
    let ask = contact.browser.open(&format!("/people/{}/pin", account.id)).form("#ask-form");
    assert!(contact.browser.submit(&ask).path.ends_with("/pin-made"));
    assert!(under_way.ended(&practice), "a contact person had one made");
    let under_way = UnderWay::of(&practice, COLLEAGUE, &mut key);
    let _ = contact.pin();
    assert!(under_way.ended(&practice), "a contact person opened it");
    // Who lost it goes on in the log-in that proved it, and there alone.
    practice.wait(DAY);
    let mut asker = practice.browser();
    assert_eq!(asker.log_in(COLLEAGUE, CHOSEN).path, "/login/check");
    let under_way = UnderWay::of(&practice, COLLEAGUE, &mut key);
    let lost = asker.open("/activate/pin").form("#renew-form");
    assert_eq!(asker.submit(&lost).path, "/activate/pin/made?by=box");
    assert!(under_way.ended(&practice), "its owner had one made");
    assert_eq!(asker.touch("/login/check", &mut key).path, "/account");
}

#[test]
fn d5_a_pin_that_goes_by_post_ends_log_ins_and_one_time_codes() {
    let post = Post::new();
    let practice = &post.practice;
    let number = post.founds().number.to_string();
    let pin = post.printed().pin();
    let mut browser = practice.browser();
    assert_eq!(choose(&mut browser, &number, &pin, CHOSEN).path, "/enrol");
    let mut key = SoftKey::new(1, &practice.origin());
    let _ = browser.touch("/enrol/passkey", &mut key);
    assert_eq!(browser.touch("/login/passkey", &mut key).path, "/account");
    practice.wait(DAY);
    assert_eq!(browser.touch("/login/passkey", &mut key).path, "/account");
    let under_way = UnderWay::of(practice, ARTS, &mut key);
    let lost = browser.open("/activate/pin").form("#renew-form");
    assert_eq!(browser.submit(&lost).path, "/activate/pin/made?by=post");
    assert!(under_way.ended(practice), "its owner had one made");
    assert_eq!(browser.open("/account").path, "/account", "where it was asked");
    let under_way = UnderWay::of(practice, ARTS, &mut key);
    let _ = post.printed();
    assert!(under_way.ended(practice), "its letter was exported");
}

#[test]
fn a10_an_applications_session_ends_with_the_account() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    let (account, _, mut key) = works(&practice, &mut contact, COLLEAGUE);
    let session = held(&practice, &mut key, CHOSEN);
    let form = contact.browser.open(&format!("/people/{}/end", account.id)).form("#ask-form");
    assert_eq!(contact.browser.submit(&form).path, "/people?notice=account-ended");
    assert_eq!(asks(&practice, &session), 401);
}

#[test]
fn a10_who_has_only_a_password_is_out_at_once_too() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    practice.seconds(1);
    let account = contact.adds(&practice, COLLEAGUE);
    let (pin, number) = (contact.pin(), account.number.to_string());
    let mut browser = practice.browser();
    let wizard = choose(&mut browser, &number, &pin, NEW);
    assert_eq!(browser.submit(&wizard.form("#skip-form")).path, "/account");
    let mut half = practice.browser();
    assert_eq!(half.log_in(COLLEAGUE, NEW).path, "/enrol");
    let key = half.open("/enrol/passkey");
    let form = contact.browser.open(&format!("/people/{}/end", account.id)).form("#ask-form");
    assert_eq!(contact.browser.submit(&form).path, "/people?notice=account-ended");
    assert_eq!(browser.open("/account").path, "/login");
    let late = half.script(&key, "/enrol/webauthn/options", &json!({"kind": "passkey"}));
    assert_eq!(late.status, 401, "nothing that was begun goes on: {}", late.body);
    assert_eq!(practice.browser().log_in(COLLEAGUE, NEW).status, 401);
}
