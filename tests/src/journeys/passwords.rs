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

/// Caps Lock on and Num Lock off are shown while a password or PIN is typed, and no longer.
///
/// # Panics
/// Where a warning is not there, or stays.
#[must_use]
pub fn locks(stage: &Stage) -> String {
    let browser = Browser::start(&Options::default());
    let mut fields = 0;
    for (page, field, warning) in [
        ("login", "password", "caps-lock"),
        ("login", "password", "num-lock"),
        ("activate", "pin", "caps-lock"),
        ("activate", "pin", "num-lock"),
        ("activate", "new-password", "caps-lock"),
        ("activate", "new-password", "num-lock"),
        ("activate", "again", "caps-lock"),
        ("activate", "again", "num-lock"),
        ("activate/card", "pin", "caps-lock"),
        ("activate/card", "pin", "num-lock"),
    ] {
        browser.open(&format!("{}/{page}", stage.origin()));
        let selector = format!("[data-{warning}={field}]");
        let _ = browser.element(&format!("{selector}[hidden]"));
        browser.click(&format!("#{field}"));
        let wrong = press(&browser, field, warning, true);
        assert!(!wrong.is_empty(), "{page}: {warning} of {field}");
        let right = press(&browser, field, warning, false);
        assert_eq!(right, "", "{page}: {warning} of {field}, typed as it should be");
        let _ = press(&browser, field, warning, true);
        let _ = browser.script("document.activeElement.blur()", vec![]);
        let _ = browser.element(&format!("{selector}[hidden]"));
        fields += 1;
    }
    format!("{fields} warnings come and go")
}

/// Presses a key in a field, as a keyboard does with this lock as it should not be, or as it should; the warning
/// that shows then.
fn press(browser: &Browser, field: &str, warning: &str, wrong: bool) -> String {
    const PRESS: &str = "const [field, warning, wrong] = arguments; \
        const caps = { key: 'A', code: 'KeyA', modifierCapsLock: wrong }; \
        const pad = { key: wrong ? 'End' : '1', code: 'Numpad1' }; \
        const keys = warning === 'caps-lock' ? caps : pad; \
        const event = new KeyboardEvent('keydown', { bubbles: true, ...keys }); \
        document.getElementById(field).dispatchEvent(event); \
        const shown = document.querySelector(`[data-${warning}=${field}]`); \
        return shown.checkVisibility() ? shown.innerText.trim() : ''";
    let shown = browser.script(PRESS, vec![field.into(), warning.into(), wrong.into()]);
    shown.as_str().expect("a text").to_owned()
}
