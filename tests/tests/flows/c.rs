//! C: choosing, enrolling and using a second factor.

use tests::phone::Phone;
use tests::soft_key::SoftKey;

use crate::practice::{PASSWORD, Practice};
use tests::forms::{Browser, Page};

pub(crate) const NAME: &str = "test.arts@praktijk.example";

#[test]
fn c3_a_security_key_counts_once_it_was_touched_and_is_asked_after_the_password() {
    let practice = Practice::new();
    practice.contact_person(NAME);
    let mut key = SoftKey::new(1, &practice.origin());
    let mut browser = practice.browser();
    assert_eq!(browser.log_in(NAME, PASSWORD).path, "/enrol");
    let prove = browser.touch("/enrol/security-key", &mut key);
    assert_eq!(prove.path, "/enrol/prove?notice=first");
    assert_eq!(browser.open("/account").path, "/enrol", "what is new proves itself first");
    let check = browser.log_in(NAME, PASSWORD);
    assert_eq!(check.path, "/login/check");
    assert!(check.has("#another"), "a key that never proved itself may be replaced");
    let account = browser.touch("/login/check", &mut key);
    assert_eq!(account.path, "/account");
    assert!(account.text().contains("Beveiligingssleutel"), "{}", account.text());
}

#[test]
fn c3_a_key_without_a_pin_is_told_how_to_set_one_and_gives_substantial_after_the_password() {
    let practice = Practice::new();
    practice.contact_person(NAME);
    let mut key = SoftKey::new(1, &practice.origin()).without_pin();
    let mut browser = practice.browser();
    assert_eq!(browser.log_in(NAME, PASSWORD).path, "/enrol");
    let refused = browser.touched("/enrol/passkey", &mut key);
    assert_eq!((refused.status, refused.code().as_str()), (403, "user_verification_missing"));
    let told = &refused.body;
    assert!(
        told.contains("Open de instellingen") && told.contains("stel een pincode in"),
        "{told}"
    );
    let _ = browser.touch("/enrol/security-key", &mut key);
    assert_eq!(browser.touch("/enrol/prove", &mut key).path, "/enrol/recovery");
    assert_eq!(browser.open("/account").attribute("#level", "data-level"), "substantial");
    practice.minutes(1);
    let mut other = practice.browser();
    assert_eq!(other.touched("/login/passkey", &mut key).status, 403, "not without the password");
    assert_eq!(other.log_in(NAME, PASSWORD).path, "/login/check");
    let account = other.touch("/login/check", &mut key);
    assert_eq!(account.attribute("#level", "data-level"), "substantial");
}

/// Enrols an app in the visit that the password alone gives; its first code is spent then.
pub(crate) fn enrol_app(practice: &Practice, name: &str) -> Phone {
    let mut browser = practice.browser();
    assert_eq!(browser.log_in(name, PASSWORD).path, "/enrol");
    let page = browser.open("/enrol/app");
    let phone = Phone::typing(&page.of("#seed").expect("the seed in text"));
    let form = page.form("#app-form").with("code", &phone.code(practice.now()));
    assert_eq!(browser.submit(&form).path, "/enrol/recovery");
    practice.seconds(30);
    phone
}

/// Types a code on the page that asks for one.
pub(crate) fn type_code(browser: &mut Browser, page: &Page, code: &str) -> Page {
    browser.submit(&page.form("#code-form").with("code", code))
}

#[test]
fn c2_an_authenticator_app_counts_once_one_code_proved_it() {
    let practice = Practice::new();
    practice.contact_person(NAME);
    let mut browser = practice.browser();
    assert_eq!(browser.log_in(NAME, PASSWORD).path, "/enrol");
    assert!(browser.open("/enrol/choose").has("#choose-app"));
    let page = browser.open("/enrol/app");
    assert!(page.has("svg#qr[role=img]"));
    assert!(page.attribute("#open-app", "href").starts_with("otpauth://totp/"));
    let groups = page.of("#seed").expect("the seed in text");
    assert_eq!(groups.split(' ').map(str::len).collect::<Vec<_>>(), [4; 8], "{groups}");
    assert_eq!(page.attribute("#code", "autocomplete"), "one-time-code");
    assert_eq!(page.attribute("#code", "inputmode"), "numeric");
    let phone = Phone::typing(&groups);

    // What is no code, and a wrong one: a sentence at the field, the seed and the name stay.
    for (typed, status) in [("12345", 422), ("000 000", 401)] {
        let form = page.form("#app-form").with("code", typed).with("name", "Mijn telefoon");
        let refused = browser.submit(&form);
        assert_eq!(refused.status, status, "{}", refused.text());
        assert!(refused.has("#code-error") && refused.has("#summary"));
        assert_eq!(refused.of("#seed"), Some(groups.clone()));
        assert_eq!(refused.attribute("#name", "value"), "Mijn telefoon");
        assert!(!refused.has("#code[value]"), "a code is not shown again");
    }
    // Abandoned here, it would be nothing: the password alone still leads to enrolling.
    assert_eq!(practice.browser().log_in(NAME, PASSWORD).path, "/enrol");

    let page = browser.open("/enrol/app");
    let code = phone.code(practice.now());
    let typed = format!(" {}-{} ", &code[..3], &code[3..]);
    let done = browser.submit(&page.form("#app-form").with("code", &typed));
    assert_eq!(done.path, "/enrol/recovery", "password and code are two factors");

    let check = browser.log_in(NAME, PASSWORD);
    assert_eq!(check.path, "/login/check/app");
    let again = type_code(&mut browser, &check, &code);
    assert_eq!((again.status, again.has("#code-error")), (401, true), "each step works once");
    practice.seconds(30);
    let account = type_code(&mut browser, &again, &phone.code(practice.now()));
    assert_eq!(account.path, "/account");
    assert_eq!(account.attribute("#level", "data-level"), "substantial");
    assert!(account.text().contains("Authenticator-app"), "{}", account.text());
    assert!(!account.body.contains(&groups.replace(' ', "")), "the seed is shown once");
}

#[test]
fn c2_who_has_only_an_app_adds_a_key_with_a_fresh_code_and_then_needs_the_key_for_changes() {
    let practice = Practice::new();
    practice.contact_person(NAME);
    let phone = enrol_app(&practice, NAME);
    let mut browser = practice.browser();
    let check = browser.log_in(NAME, PASSWORD);
    assert_eq!(type_code(&mut browser, &check, &phone.code(practice.now())).path, "/account");
    practice.minutes(6);
    let confirm = browser.open("/enrol/security-key");
    assert!(confirm.path.starts_with("/confirm/app?then="), "{}", confirm.path);
    let wrong = type_code(&mut browser, &confirm, "123456");
    assert_eq!(wrong.status, 401, "{}", wrong.text());
    let onward = type_code(&mut browser, &wrong, &phone.code(practice.now()));
    assert_eq!(onward.path, "/enrol/security-key");
    let mut key = SoftKey::new(1, &practice.origin());
    let _ = browser.touch("/enrol/security-key", &mut key);
    let mut other = practice.browser();
    let check = other.log_in(NAME, PASSWORD);
    assert_eq!(check.path, "/login/check/app", "the key was never used");
    assert_eq!(other.touch(check.attribute("#to-key", "href"), &mut key).path, "/account");
    // From now on the key is asked first, and a code changes nothing.
    let mut third = practice.browser();
    let check = third.log_in(NAME, PASSWORD);
    assert_eq!(check.path, "/login/check");
    assert!(check.has("#to-app"), "an app logs in beside a key");
    assert_eq!(third.touch("/login/check", &mut key).path, "/account");
    practice.minutes(6);
    assert!(third.open("/enrol/passkey").path.starts_with("/confirm?then="));
}

#[test]
fn c8_forcing_stops_for_a_day_at_most_and_begins_again_by_itself() {
    let practice = Practice::new();
    practice.contact_person(NAME);
    let mut key = SoftKey::new(1, &practice.origin());
    let mut browser = practice.browser();
    assert_eq!(browser.log_in(NAME, PASSWORD).path, "/enrol");
    let _ = browser.touch("/enrol/passkey", &mut key);
    assert_eq!(browser.touch("/login/passkey", &mut key).path, "/account");
    assert!(browser.open("/settings").has("#forced"));
    let form = browser.open("/settings/second-factor").form("#unforce-form");
    let refused = browser.submit(&form.with("hours", "25"));
    assert_eq!(refused.status, 422);
    assert!(refused.has("#hours-error") && refused.has("#summary"));
    let off = browser.submit(&refused.form("#unforce-form").with("hours", "24"));
    assert_eq!(off.path, "/settings?notice=unforced");
    assert!(off.has("#unforced") && off.text().contains("Voor contactpersonen is zij altijd"));
    let page = practice.browser().log_in(NAME, PASSWORD);
    assert_eq!(page.path, "/login/check", "who has a factor is asked for it");
    practice.minutes(24 * 60);
    let mut browser = practice.browser();
    assert_eq!(browser.touch("/login/passkey", &mut key).path, "/account");
    assert!(browser.open("/settings").has("#forced"));
}
