//! A10 and D5: what an application holds for a person ends with what ends that person's sessions.

use serde_json::json;
use tests::client::Client;
use tests::soft_key::SoftKey;

use crate::a::{Contact, choose};
use crate::authorisations::logs_in;
use crate::people::{COLLEAGUE, again, works};
use crate::practice::Practice;

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
    assert_eq!(choose(&mut browser, &number, &pin, crate::people::CHOSEN).path, "/enrol");
    let mut key = SoftKey::new(2, &practice.origin());
    let _ = browser.touch("/enrol/passkey", &mut key);
    assert_eq!(browser.touch("/login/passkey", &mut key).path, "/account");
    // A8: number and PIN choose a new password.
    let session = held(&practice, &mut key, crate::people::CHOSEN);
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

#[test]
fn a10_an_applications_session_ends_with_the_account() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    let (account, _, mut key) = works(&practice, &mut contact, COLLEAGUE);
    let session = held(&practice, &mut key, crate::people::CHOSEN);
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
