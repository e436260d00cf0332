//! C: choosing, enrolling and using a second factor.

use tests::soft_key::SoftKey;

use crate::practice::{PASSWORD, Practice};

const NAME: &str = "test.arts@praktijk.example";

#[test]
fn c3_a_security_key_counts_once_it_was_touched_and_is_asked_after_the_password() {
    let practice = Practice::new();
    practice.contact_person(NAME);
    let mut key = SoftKey::new(1, &practice.origin());
    let mut browser = practice.browser();
    assert_eq!(browser.log_in(NAME, PASSWORD).path, "/enrol");
    let _ = browser.touch("/enrol/security-key", &mut key);
    assert!(browser.cookie("session").is_none(), "what is new proves itself first");
    let check = browser.log_in(NAME, PASSWORD);
    assert_eq!(check.path, "/login/check");
    assert!(check.has("#another"), "a key that never proved itself may be replaced");
    let account = browser.touch("/login/check", &mut key);
    assert_eq!(account.path, "/account");
    assert!(account.text().contains("Beveiligingssleutel"), "{}", account.text());
}
