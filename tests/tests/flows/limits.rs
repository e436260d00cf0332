//! The limits that `[times]` sets: the rows that name one hold with another one, on the pages and in the mails
//! that name it too.

use std::time::Duration;

use sleutelbos_server::accounts::anchors::{begin_due, set_main_contact};
use sleutelbos_server::activation::lapse::lapse;

use crate::a::{Contact, choose};
use crate::a9::{BACKUP, Colleague, code_at};
use crate::c::NAME;
use crate::people::{CHOSEN, COLLEAGUE, DAY, again, checked, waive, works};
use crate::post::Post;
use crate::practice::{PASSWORD, Practice};
use crate::{access, d};

const SECOND: Duration = Duration::from_secs(1);

/// A practice where these times are set.
fn set(times: &str) -> Practice {
    Practice::with(&format!("[times]\n{times}\n"))
}

#[test]
fn c10_a_log_in_is_finished_within_the_time_that_is_set() {
    let practice = set("attempt = \"2 minutes\"");
    let _ = d::keyholder(&practice);
    let mut browser = practice.browser();
    assert_eq!(browser.log_in(NAME, PASSWORD).path, "/login/check");
    practice.seconds(119);
    assert_eq!(browser.open("/login/check").path, "/login/check");
    practice.seconds(1);
    assert_ne!(browser.open("/login/check").path, "/login/check");
}

#[test]
fn a9_a_code_is_good_for_the_minutes_that_are_set() {
    let practice = set("sent_code = \"3 minutes\"");
    let mut person = Colleague::of(&practice);
    for (seconds, leads) in [(180, "email-gone"), (179, "backup-email-set")] {
        let asked = person.types(BACKUP, "thuis@voorbeeld.example");
        let mails = practice.mails();
        let code = code_at(&mails, "thuis@voorbeeld.example");
        let mail = mails.iter().rfind(|mail| mail.text.contains(&code)).expect("a mail");
        assert!(mail.text.contains("De code werkt 3 minuten en één keer"), "{}", mail.text);
        practice.seconds(seconds);
        let page = person.browser.submit(&asked.form("#code-form").with("code", &code));
        assert_eq!(page.path, format!("/account/details?notice={leads}"));
        let _ = person.browser.touch("/login/passkey", &mut person.key);
    }
}

#[test]
fn d1_setting_up_anew_is_open_for_the_minutes_that_are_set() {
    let practice = set("set_up_anew = \"4 minutes\"");
    let (mut keyed, _) = d::keyholder(&practice);
    let code = d::code_of(&d::made(&mut keyed));
    let mut browser = practice.browser();
    let check = browser.log_in(NAME, PASSWORD);
    let asked = browser.open(check.attribute("#to-anew", "href"));
    assert!(asked.text().contains("binnen 4 minuten"), "{}", asked.text());
    let _ = browser.submit(&asked.form("#code-form").with("code", &code));
    practice.seconds(239);
    assert_eq!(browser.log_in(NAME, PASSWORD).path, "/enrol");
    practice.seconds(1);
    assert_eq!(browser.log_in(NAME, PASSWORD).code(), Some("set_up_closed"));
}

#[test]
fn d3_an_access_code_works_for_the_time_that_is_set() {
    let practice = set("access_code = \"20 minutes\"");
    let mut contact = Contact::of(&practice);
    let (colleague, ..) = works(&practice, &mut contact, COLLEAGUE);
    for (seconds, lets_in) in [(1200, false), (1199, true)] {
        again(&mut contact);
        let page = access::give(&mut contact, colleague.id.as_str());
        practice.seconds(seconds);
        let opened = access::with_code(&mut practice.browser(), &access::code_of(&page));
        assert_eq!(opened.path == "/enrol", lets_in, "{}", opened.text());
        assert!(lets_in || opened.text().contains("20 minuten lang"), "{}", opened.text());
    }
}

#[test]
fn d3_a_waiver_lasts_no_longer_and_comes_no_sooner_than_is_set() {
    let practice = set("waiver = \"3 days\"\nwaiver_again = \"40 days\"\nnot_forced = \"2 hours\"");
    let mut contact = Contact::of(&practice);
    let (colleague, ..) = works(&practice, &mut contact, COLLEAGUE);
    let id = colleague.id.to_string();
    let stop = |contact: &mut Contact, hours: &str| {
        again(contact);
        let page = contact.browser.open("/settings/second-factor");
        assert!(page.text().contains("Van 1 tot 2 uur"), "{}", page.text());
        contact.browser.submit(&page.form("#unforce-form").with("hours", hours))
    };
    let refused = stop(&mut contact, "3");
    assert_eq!((refused.status, refused.has("#hours-error")), (422, true));
    assert_eq!(stop(&mut contact, "2").path, "/settings?notice=unforced");
    let refused = waive(&mut contact, &id, "4", "sleutel kwijt");
    assert_eq!((refused.status, refused.has("#days-error")), (422, true));
    assert!(refused.text().contains("hoogstens 3 dagen"), "{}", refused.text());
    assert!(waive(&mut contact, &id, "3", "sleutel kwijt").has("#waived"));
    practice.wait(39 * DAY);
    let _ = stop(&mut contact, "2");
    let soon = contact.browser.open(&format!("/people/{id}/waiver"));
    assert!(soon.text().contains("één keer in 40 dagen"), "{}", soon.text());
    practice.wait(DAY);
    let _ = stop(&mut contact, "2");
    assert!(contact.browser.open(&format!("/people/{id}/waiver")).has("#waiver-form"));
}

#[test]
fn a9_a_new_address_waits_for_the_days_that_are_set() {
    let practice = set("anchor = \"9 days\"");
    let mut person = Colleague::of(&practice);
    let page = person.browser.open(BACKUP);
    assert!(page.text().contains("pas na 9 dagen"), "{}", page.text());
    let set = person.gives(&practice, BACKUP, "thuis@voorbeeld.example");
    assert!(set.has("#starts"), "{}", set.text());
    for (wait, waits) in [(9 * DAY - SECOND, true), (SECOND, false)] {
        practice.wait(wait);
        let _ = person.browser.touch("/login/passkey", &mut person.key);
        assert_eq!(person.browser.open("/account/details").has("#starts"), waits);
    }
}

#[test]
fn a9_an_organisations_own_anchor_waits_for_the_days_that_are_set() {
    let practice = set("organisation_anchor = \"10 days\"");
    let mut contact = Contact::of(&practice);
    let (colleague, ..) = works(&practice, &mut contact, COLLEAGUE);
    let compared = checked(&practice);
    let planned = set_main_contact(&practice.app, &colleague.username, &compared);
    let _ = practice.run(planned).expect("a practice");
    for (wait, waits) in [(10 * DAY - SECOND, true), (SECOND, false)] {
        practice.wait(wait);
        practice.run(begin_due(&practice.app)).expect("a database");
        again(&mut contact);
        assert_eq!(contact.browser.open("/settings").has("#planned-main_contact"), waits);
    }
}

#[test]
fn a3_pins_and_requests_lapse_after_the_days_that_are_set() {
    let practice = set("pin_in_the_box = \"2 days\"\nactivation = \"5 days\"");
    let mut contact = Contact::of(&practice);
    let colleague = contact.adds(&practice, COLLEAGUE);
    let opened = contact.pin();
    let _ = contact.adds(&practice, "test.ander@praktijk.example");
    for (days, words) in [
        (2, "Niemand heeft de pincode binnen 2 dagen bekeken"),
        (3, "heeft binnen 5 dagen geen wachtwoord gekozen"),
    ] {
        practice.wait(days * DAY - SECOND);
        practice.run(lapse(&practice.app)).expect("a database");
        again(&mut contact);
        assert!(!contact.newest().text().contains(words));
        practice.seconds(1);
        practice.run(lapse(&practice.app)).expect("a database");
        again(&mut contact);
        assert!(contact.newest().text().contains(words), "{}", contact.newest().text());
    }
    let page = choose(&mut practice.browser(), colleague.number.as_str(), &opened, CHOSEN);
    assert_eq!(page.status, 401, "{}", page.text());
}

#[test]
fn a3_a_posted_pin_is_refused_after_the_days_that_are_set() {
    let post = Post::with("[times]\npin_by_post = \"3 days\"\n");
    let account = post.founds();
    let pin = post.printed().pin();
    post.practice.wait(3 * DAY);
    let late = choose(&mut post.practice.browser(), &account.number.to_string(), &pin, CHOSEN);
    assert_eq!(late.status, 401, "{}", late.text());
}
