//! B: locked out, and back in.

use std::time::Duration;

use sleutelbos_server::accounts::number::UserNumber;
use sleutelbos_server::support::rules::Purpose;
use tests::soft_key::SoftKey;

use crate::a::{Contact, choose};
use crate::c::{enrol_app, type_code};
use crate::practice::{PASSWORD, Practice};
use crate::support::{called, finish, known};
use tests::forms::{Browser, Form};

const NAME: &str = "test.arts@praktijk.example";

#[test]
fn b1_five_wrong_passwords_block_a_name_that_exists_and_one_that_does_not_alike() {
    let practice = Practice::new();
    practice.contact_person(NAME);
    let mut last = Vec::new();
    for name in [NAME, "niemand@praktijk.example"] {
        let mut browser = practice.browser();
        for _ in 0..4 {
            let page = browser.log_in(name, "OCHTENDDIENST om half acht");
            assert_eq!(page.status, 401);
            assert!(page.text().contains("Let op hoofdletters"), "capitals count: {}", page.text());
        }
        let page = browser.log_in(name, "OCHTENDDIENST om half acht");
        assert_eq!(page.code(), Some("password_blocked"));
        for words in ["geblokkeerd", "Let op hoofdletters en kleine letters: die tellen mee"] {
            assert!(page.text().contains(words), "{words}: {}", page.text());
        }
        last.push(page.text());
        assert_eq!(browser.log_in(name, PASSWORD).code(), Some("password_blocked"));
    }
    assert_eq!(last.first(), last.last());
}

#[test]
fn b4_a_blocked_password_keeps_no_strong_factor_out_and_ends_by_itself() {
    let practice = Practice::new();
    practice.contact_person(NAME);
    let mut key = SoftKey::new(1, &practice.origin());
    let mut browser = practice.browser();
    assert_eq!(browser.log_in(NAME, PASSWORD).path, "/enrol");
    let enrolled = browser.touch("/enrol/passkey", &mut key);
    assert!(enrolled.path.starts_with("/enrol/prove"), "{}", enrolled.path);
    assert_eq!(browser.touch("/login/passkey", &mut key).path, "/account");
    for _ in 0..5 {
        let _ = practice.browser().log_in(NAME, "verkeerd wachtwoord");
    }
    let mut other = practice.browser();
    let blocked = other.log_in(NAME, PASSWORD);
    assert_eq!(blocked.code(), Some("password_blocked"));
    assert!(blocked.text().contains("passkey of sleutel met pincode"), "{}", blocked.text());
    assert_eq!(other.touch("/login/passkey", &mut key).path, "/account");
    practice.minutes(29);
    assert_eq!(practice.browser().log_in(NAME, PASSWORD).code(), Some("password_blocked"));
    practice.minutes(1);
    assert_eq!(practice.browser().log_in(NAME, PASSWORD).path, "/login/check");
    for _ in 0..5 {
        let _ = practice.browser().log_in(NAME, "verkeerd wachtwoord");
    }
    practice.minutes(30);
    assert_eq!(practice.browser().log_in(NAME, PASSWORD).path, "/login/check");
}

#[test]
fn b2_five_wrong_pins_block_the_pin_and_nothing_else_until_a_human_lifts_it() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    let colleague = contact.adds(&practice, "test.collega@praktijk.example");
    let pin = contact.pin();
    let wrong: String = pin.chars().rev().collect();
    let nobodys = UserNumber::random(practice.app.random);
    let chosen = "avonddienst om kwart over acht";
    let mut last = Vec::new();
    for number in [colleague.number.to_string(), nobodys.to_string()] {
        let mut browser = practice.browser();
        for _ in 0..4 {
            let page = choose(&mut browser, &number, &wrong, chosen);
            assert_eq!(page.status, 401);
            assert!(page.text().contains("horen niet bij elkaar"), "{}", page.text());
        }
        let page = choose(&mut browser, &number, &wrong, chosen);
        assert_eq!(page.code(), Some("pin_blocked"));
        last.push(page.text());
        assert_eq!(choose(&mut browser, &number, &pin, chosen).code(), Some("pin_blocked"));
    }
    assert_eq!(last.first(), last.last(), "a number that nobody has gets the same answer");
    // Time does not lift it, and the password has a count of its own.
    practice.wait(Duration::from_secs(30 * 86_400));
    let number = colleague.number.to_string();
    assert_eq!(choose(&mut practice.browser(), &number, &pin, chosen).code(), Some("pin_blocked"));
    assert_eq!(practice.browser().log_in(NAME, PASSWORD).path, "/login/check");
    known(&practice, &contact.account.username);
    let _ = finish(&practice, &called(&practice, &colleague, Purpose::Unblock));
    assert_eq!(choose(&mut practice.browser(), &number, &pin, chosen).path, "/enrol");
}

#[test]
fn b5_a_blocked_password_is_told_by_e_mail_once_a_day() {
    let practice = Practice::new();
    practice.contact_person(NAME);
    let block = |name: &str| {
        for _ in 0..5 {
            let _ = practice.browser().log_in(name, "verkeerd wachtwoord");
        }
        assert_eq!(practice.browser().log_in(name, PASSWORD).code(), Some("password_blocked"));
        practice.mails().len()
    };
    assert_eq!(practice.mails(), []);
    assert_eq!(block(NAME), 1);
    let mails = practice.mails();
    let [mail] = &mails[..] else { panic!("{mails:?}") };
    assert_eq!(mail.to, NAME);
    assert_eq!(mail.subject, "Inloggen met uw wachtwoord is geblokkeerd");
    for words in ["Beste Test Arts,", "kunt u het weer proberen.", "Wanneer: ", "Was u dit niet?"] {
        assert!(mail.text.contains(words), "{words}: {}", mail.text);
    }
    assert_eq!(block("niemand@praktijk.example"), 1, "nobody is told of a name that nobody has");
    practice.minutes(30);
    assert_eq!(block(NAME), 1, "once a day");
    practice.minutes(24 * 60);
    assert_eq!(block(NAME), 2);
}

#[test]
fn b6_five_wrong_app_codes_end_the_log_in_and_ten_in_a_row_pause_the_app() {
    let practice = Practice::new();
    practice.contact_person(NAME);
    let phone = enrol_app(&practice, NAME);
    let wrong = |browser: &mut tests::forms::Browser| {
        let mut page = browser.log_in(NAME, PASSWORD);
        assert_eq!(page.path, "/login/check/app");
        for left in ["4 keer", "3 keer", "2 keer", "1 keer"] {
            page = type_code(browser, &page, "000000");
            assert_eq!(page.status, 401);
            assert!(page.text().contains(left), "{left}: {}", page.text());
        }
        type_code(browser, &page, "000000")
    };
    let mut browser = practice.browser();
    assert_eq!(wrong(&mut browser).code(), Some("codes_wrong"));
    let over = browser.open("/login/check/app");
    assert!(over.path.starts_with("/login"), "the log-in is over: {}", over.path);
    assert_eq!(wrong(&mut browser).code(), Some("code_paused"));
    let page = browser.log_in(NAME, PASSWORD);
    let paused = type_code(&mut browser, &page, &phone.code(practice.now()));
    assert_eq!(paused.code(), Some("code_paused"), "the right one is not looked at");
    practice.minutes(30);
    let page = browser.log_in(NAME, PASSWORD);
    let done = type_code(&mut browser, &page, &phone.code(practice.now()));
    assert_eq!(done.path, "/account");
}

#[test]
fn b6_wrong_codes_end_the_log_in_then_pause_their_kind_and_keep_no_key_out() {
    let practice = Practice::new();
    practice.contact_person(NAME);
    let mut key = SoftKey::new(1, &practice.origin());
    let mut browser = practice.browser();
    let _ = browser.log_in(NAME, PASSWORD);
    let _ = browser.touch("/enrol/passkey", &mut key);
    let _ = browser.touch("/login/passkey", &mut key);
    let wrong = |form: &Form, browser: &mut Browser| {
        browser.submit(&form.clone().with("code", "1111-2222-3333-4444"))
    };
    for last in ["codes_wrong", "code_paused"] {
        let mut browser = practice.browser();
        let _ = browser.log_in(NAME, PASSWORD);
        let form = browser.open("/login/recovery").form("#code-form");
        for left in ["4 keer", "3 keer", "2 keer", "1 keer"] {
            let page = wrong(&form, &mut browser);
            assert!(page.text().contains(left), "{}", page.text());
        }
        assert_eq!(wrong(&form, &mut browser).code(), Some(last));
        assert_eq!(wrong(&form, &mut browser).code(), Some("login_expired"));
    }
    let mut browser = practice.browser();
    let _ = browser.log_in(NAME, PASSWORD);
    let form = browser.open("/login/recovery").form("#code-form");
    let paused = wrong(&form, &mut browser);
    assert_eq!(paused.code(), Some("code_paused"));
    assert!(paused.text().contains("kunt u het weer proberen"), "{}", paused.text());
    assert!(paused.text().contains("kent iemand anders uw wachtwoord"), "{}", paused.text());
    assert_eq!(browser.touch("/login/passkey", &mut key).path, "/account");
    practice.minutes(30);
    let mut browser = practice.browser();
    let _ = browser.log_in(NAME, PASSWORD);
    let form = browser.open("/login/recovery").form("#code-form");
    assert!(wrong(&form, &mut browser).text().contains("4 keer"));
}
