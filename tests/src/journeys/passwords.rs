//! Passwords: blocked after five wrong ones, which is no weapon.

use super::pages::Choice;
use crate::browser::{Browser, Options};
use crate::stage::{Person, Stage};

/// Five wrong passwords block the password; the passkey still lets its owner in.
#[must_use]
pub fn five_wrong(stage: &Stage) -> String {
    let person = stage.person("Test Psycholoog", None);
    let browser = Browser::start(&Options::default());
    browser.add_virtual_authenticator();
    browser.type_password(stage, &person);
    browser.enrol_first(Choice::Passkey, "laptop");

    let wrong = Person { password: "niet het wachtwoord".to_owned(), ..person.clone() };
    for _ in 0..5 {
        browser.type_password(stage, &wrong);
        let _ = browser.element("#summary, #message");
    }
    let text = browser.text();
    assert!(text.contains("geblokkeerd"), "{text}");
    // The right password does not help now.
    browser.type_password(stage, &person);
    let _ = browser.element("#summary, #message");
    assert!(browser.text().contains("geblokkeerd"), "{}", browser.text());

    browser.open(&format!("{}/login", stage.origin()));
    browser.click("#to-passkey");
    let (level, _) = browser.account_here();
    let sentence = text.lines().find(|line| line.contains("geblokkeerd")).unwrap_or_default();
    format!("'{}'; with the key: level {level}", sentence.trim())
}
