//! B: how blocks grow, who opens what no time opens any more, and who hears of it.

use crate::a::{Contact, choose};
use crate::people::{CHOSEN, COLLEAGUE, DAY, again, since, to, works};
use crate::practice::Practice;
use tests::forms::{Browser, Page};

/// Nobody's code, of as many digits as that on the page at this path has; after the password.
fn wrong_code(practice: &Practice, path: &str, times: u32) -> Page {
    let code = if path == "/login/access" { "0000 0000 0000" } else { "1111-2222-3333-4444" };
    let mut browser = practice.browser();
    let _ = browser.log_in(COLLEAGUE, CHOSEN);
    let form = browser.open(path).form("#code-form").with("code", code);
    for _ in 1..times {
        let _ = browser.submit(&form);
    }
    browser.submit(&form)
}

#[test]
fn b4_a_block_doubles_and_in_the_end_only_a_strong_factor_or_a_contact_person_opens_it() {
    let practice = Practice::with("[lockout]\nclose_after = 20\n");
    let mut contact = Contact::of(&practice);
    let (colleague, _, mut key) = works(&practice, &mut contact, COLLEAGUE);
    let log_in = |password: &str| practice.browser().log_in(COLLEAGUE, password);
    let five = || {
        for _ in 0..4 {
            assert_eq!(log_in("verkeerd wachtwoord").status, 401);
        }
        log_in("verkeerd wachtwoord")
    };
    for minutes in [30, 60, 120] {
        assert_eq!(five().code(), Some("password_blocked"));
        practice.minutes(minutes - 1);
        assert_eq!(log_in(CHOSEN).code(), Some("password_blocked"), "{minutes} minutes");
        practice.minutes(1);
    }
    assert_eq!(five().code(), Some("password_closed"), "twenty without a right one between");
    practice.wait(30 * DAY);
    assert_eq!(log_in(CHOSEN).code(), Some("password_closed"), "time opens it no more");
    // A contact person does, and what was wrong stays counted: the next five close it again.
    again(&mut contact);
    let person = format!("/people/{}", colleague.id);
    let form = contact.browser.open(&person).form("#unblock-form");
    assert_eq!(contact.browser.submit(&form).path, format!("{person}?notice=unblocked"));
    assert_eq!(five().code(), Some("password_closed"));
    // So does a strong factor.
    practice.wait(DAY);
    assert_eq!(practice.browser().touch("/login/passkey", &mut key).path, "/account");
    assert_eq!(five().code(), Some("password_closed"), "the total stays");
    assert_eq!(practice.browser().touch("/login/passkey", &mut key).path, "/account");
    assert_eq!(log_in(CHOSEN).path, "/login/check");
    for _ in 0..5 {
        let _ = log_in("verkeerd wachtwoord");
    }
    assert_eq!(log_in(CHOSEN).code(), Some("password_blocked"), "a right one ends the row");
}

#[test]
fn b5_the_person_and_the_contact_person_are_told_of_a_blocked_password_once_a_day() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    let _ = works(&practice, &mut contact, COLLEAGUE);
    let mut seen = practice.mails();
    let mut block = || {
        for _ in 0..5 {
            let _ = practice.browser().log_in(COLLEAGUE, "verkeerd wachtwoord");
        }
        since(&practice, &mut seen)
    };
    let mails = block();
    assert_eq!(mails.len(), 2, "{mails:#?}");
    let _ = to(&mails, COLLEAGUE, "Inloggen met uw wachtwoord is geblokkeerd");
    let mail = to(&mails, contact.account.username.as_str(), "geblokkeerd bij een collega");
    assert!(mail.text.contains("Test Collega"), "{}", mail.text);
    practice.minutes(30);
    assert!(block().is_empty(), "at most one a day for each person");
    practice.wait(DAY);
    assert_eq!(block().len(), 2);
}

/// How many messages of the Berichtenbox have this title.
fn in_the_box(browser: &mut Browser, title: &str) -> usize {
    browser.open("/inbox").text().matches(title).count()
}

#[test]
fn b5_a_block_stands_in_the_berichtenbox_and_one_a_day_is_told_whatever_it_blocks() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    let (colleague, mut browser, _) = works(&practice, &mut contact, COLLEAGUE);
    let mut seen = practice.mails();
    let password = || {
        for _ in 0..5 {
            let _ = practice.browser().log_in(COLLEAGUE, "verkeerd wachtwoord");
        }
    };
    let pin = || {
        for _ in 0..5 {
            let _ = choose(&mut practice.browser(), colleague.number.as_str(), "AaDdEeFf", CHOSEN);
        }
    };
    let (own, colleagues) = (
        "Inloggen met uw wachtwoord is geblokkeerd",
        "Inloggen met wachtwoord is geblokkeerd bij Test Collega",
    );
    // What lies in the Berichtenbox since the same moment has no order.
    practice.seconds(1);
    password();
    assert_eq!(since(&practice, &mut seen).len(), 2);
    assert_eq!(in_the_box(&mut browser, own), 1);
    assert_eq!(in_the_box(&mut contact.browser, colleagues), 1);
    let page = contact.newest();
    assert!(page.text().contains("kan Test Collega het weer proberen"), "{}", page.text());
    assert!(page.text().contains("Gebruikersbeheer"), "{}", page.text());
    // The PIN on the same day, and the password again: it is one person and one day.
    pin();
    practice.minutes(31);
    password();
    assert_eq!(since(&practice, &mut seen), [], "one a day for each person, whatever is blocked");
    again(&mut contact);
    assert_eq!(in_the_box(&mut contact.browser, "geblokkeerd"), 1);
    // The next day the PIN is lifted and blocked anew: that is told, in both places, and once.
    practice.wait(DAY);
    for _ in 0..2 {
        again(&mut contact);
        let person = format!("/people/{}", colleague.id);
        let form = contact.browser.open(&person).form("#unblock-form");
        assert!(contact.browser.submit(&form).path.ends_with("unblocked"));
        pin();
    }
    let mails = since(&practice, &mut seen);
    let blocked = |reader: &str| {
        let of = |mail: &&crate::practice::Mail| mail.to == reader;
        let about = mails.iter().filter(of).filter(|mail| mail.subject.contains("is geblokkeerd"));
        about.count()
    };
    assert_eq!((blocked(COLLEAGUE), blocked(contact.account.username.as_str())), (1, 1));
    assert_eq!(in_the_box(&mut contact.browser, "De pincode van Test Collega is geblokkeerd"), 1);
    assert_eq!(in_the_box(&mut contact.browser, colleagues), 1);
}

#[test]
fn b6_who_types_wrong_codes_after_the_password_is_told_of_once_a_day() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    let (_, mut browser, mut key) = works(&practice, &mut contact, COLLEAGUE);
    let main = contact.account.username.to_string();
    let mut seen = practice.mails();
    // A block that anybody brings about silences nothing that needs the password.
    for _ in 0..5 {
        let _ = practice.browser().log_in(COLLEAGUE, "verkeerd wachtwoord");
    }
    practice.minutes(31);
    assert_eq!(since(&practice, &mut seen).len(), 2);
    practice.seconds(1);
    let (recovery, access) = ("/login/recovery", "/login/access");
    assert_eq!(wrong_code(&practice, recovery, 5).code(), Some("codes_wrong"));
    assert_eq!(since(&practice, &mut seen), [], "the end of one log-in is told on the page");
    assert_eq!(wrong_code(&practice, recovery, 5).code(), Some("code_paused"));
    let mails = since(&practice, &mut seen);
    assert_eq!(mails.len(), 2, "{mails:#?}");
    let own = to(&mails, COLLEAGUE, "Inloggen met codes is geblokkeerd");
    assert!(own.text.contains("Dan kent iemand anders uw wachtwoord"), "{}", own.text);
    assert!(own.text.contains("kunt u het weer proberen"), "{}", own.text);
    let _ = to(&mails, &main, "Inloggen met codes is geblokkeerd bij een collega");
    again(&mut contact);
    assert_eq!(browser.touch("/login/passkey", &mut key).path, "/account");
    assert_eq!(in_the_box(&mut browser, "Inloggen met codes is geblokkeerd"), 1);
    let colleagues = "Inloggen met codes is geblokkeerd bij Test Collega";
    assert_eq!(in_the_box(&mut contact.browser, colleagues), 1);
    // Ten of another kind stop all of them: that is the same day.
    assert_eq!(wrong_code(&practice, access, 5).code(), Some("codes_wrong"));
    let stopped = wrong_code(&practice, access, 5);
    assert_eq!(stopped.code(), Some("codes_stopped"));
    let help = "vraag dan uw contactpersoon om de blokkade op te heffen";
    assert!(stopped.text().contains(help), "{}", stopped.text());
    assert_eq!(since(&practice, &mut seen), []);
    practice.wait(DAY);
    assert_eq!(wrong_code(&practice, access, 5).code(), Some("codes_wrong"));
    assert_eq!(wrong_code(&practice, access, 5).code(), Some("code_paused"));
    assert_eq!(since(&practice, &mut seen).len(), 2, "the next day again");
}

#[test]
fn b6_twenty_wrong_codes_of_all_kinds_stop_every_code_for_a_day_and_no_key() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    let (_, _, mut key) = works(&practice, &mut contact, COLLEAGUE);
    let (recovery, access) = ("/login/recovery", "/login/access");
    assert_eq!(wrong_code(&practice, recovery, 5).code(), Some("codes_wrong"));
    assert_eq!(wrong_code(&practice, recovery, 5).code(), Some("code_paused"));
    // Another kind has a row of its own.
    assert_eq!(wrong_code(&practice, access, 5).code(), Some("codes_wrong"));
    assert_eq!(wrong_code(&practice, access, 5).code(), Some("codes_stopped"), "twenty in all");
    practice.minutes(24 * 60 - 1);
    for path in [recovery, access] {
        assert_eq!(wrong_code(&practice, path, 1).code(), Some("codes_stopped"), "{path}");
    }
    assert_eq!(practice.browser().touch("/login/passkey", &mut key).path, "/account");
    practice.minutes(1);
    // Ten more of one kind: its pause is twice as long as the first.
    assert!(wrong_code(&practice, recovery, 1).text().contains("4 keer"));
    assert_eq!(wrong_code(&practice, recovery, 5).code(), Some("codes_wrong"));
    assert_eq!(wrong_code(&practice, recovery, 4).code(), Some("code_paused"));
    practice.minutes(59);
    assert_eq!(wrong_code(&practice, recovery, 1).code(), Some("code_paused"));
    practice.minutes(1);
    assert!(wrong_code(&practice, recovery, 1).text().contains("4 keer"));
}
