//! C5b: how much is sent, to one person, to one number and for one organisation.

use crate::a::{Contact, choose};
use crate::people::{CHOSEN, COLLEAGUE};
use crate::phones::{Exchange, NAME, ask, enrol, with_number};
use crate::practice::{PASSWORD, Practice};
use tests::forms::{Browser, Page};

const NUMBER: &str = "0612345678";
/// A contact person of another organisation.
const OTHER: &str = "test.ander@voorbeeld.example";
const DAY: u64 = 24 * 60;

/// Logs in with the password and asks for a code.
fn asks(practice: &Practice, (name, password): (&str, &str)) -> (Browser, Page) {
    let mut browser = practice.browser();
    let page = browser.log_in(name, password);
    assert_eq!(page.path, "/login/check/sms", "{}", page.text());
    let sent = browser.submit(&page.form("#send-form"));
    (browser, sent)
}

/// Fails where the page does not say that nothing was sent, why, until when, and which ways are left.
fn assert_held(page: &Page, title: &str, until: &str) {
    assert_eq!(page.status, 429, "{}", page.text());
    let told = page.of("#summary").expect("what is wrong");
    let until = format!("{until} kunt u een nieuwe code vragen.");
    let way = "U kunt ook nu op een andere manier inloggen.";
    for words in [title, "Er is nu niets verstuurd.", &until, way] {
        assert!(told.contains(words), "{words}: {told}");
    }
    assert!(page.has("#to-recovery"), "another way: {}", page.text());
}

#[test]
fn c5b_no_more_is_sent_than_three_in_ten_minutes() {
    let (practice, mut exchange) = with_number("0612345678", false);
    for _ in 0..3 {
        let page = ask(&practice, &mut practice.browser());
        assert_eq!(page.status, 200);
        let _ = exchange.one(&practice);
    }
    let held = ask(&practice, &mut practice.browser());
    assert_eq!((held.status, held.has("#summary")), (429, true), "{}", held.text());
    assert!(exchange.sent(&practice).is_empty());
    practice.minutes(10);
    assert_eq!(ask(&practice, &mut practice.browser()).status, 200);
}

/// The person has two numbers, and somebody at another organisation one of them.
#[test]
fn c5b_the_eleventh_of_a_day_goes_to_no_number_of_the_person_and_to_nobody_at_that_number() {
    let (practice, mut exchange) = with_number(NUMBER, true);
    let (mut browser, page) = asks(&practice, (NAME, PASSWORD));
    let code = exchange.one(&practice).code();
    assert_eq!(browser.submit(&page.form("#code-form").with("code", &code)).path, "/account");
    let _ = enrol(&practice, &mut exchange, &mut browser, "030 1234567", false);
    practice.contact_person(OTHER);
    let mut browser = practice.browser();
    assert_eq!(browser.log_in(OTHER, PASSWORD).path, "/enrol");
    let _ = exchange.sent(&practice); // the first number is told of the second
    let _ = enrol(&practice, &mut exchange, &mut browser, NUMBER, true);
    practice.minutes(7 * DAY);

    for nth in 1..=10 {
        let (_, page) = asks(&practice, (NAME, PASSWORD));
        assert_eq!(page.status, 200, "{nth}: {}", page.text());
        let _ = exchange.one(&practice);
        practice.minutes(11);
    }
    let (title, until) = ("Er zijn genoeg codes verstuurd", "Op 29 november 2026 om 12:07");
    let (mut browser, held) = asks(&practice, (NAME, PASSWORD));
    assert_held(&held, title, until);
    let call = browser.open(held.attribute("#to-call", "href"));
    assert_held(&browser.submit(&call.form("#send-form")), title, until);
    let (_, shared) = asks(&practice, (OTHER, PASSWORD));
    assert_held(&shared, title, until);
    assert!(exchange.sent(&practice).is_empty());

    practice.minutes(DAY - 110);
    let (mut browser, page) = asks(&practice, (NAME, PASSWORD));
    let code = exchange.one(&practice).code();
    let account = browser.submit(&page.form("#code-form").with("code", &code));
    assert_eq!(account.path, "/account", "{}", account.text());
}

#[test]
fn c5b_an_organisation_has_a_budget_for_a_day_and_another_one_its_own() {
    let second = "test.tweede@praktijk.example";
    let (practice, mut exchange) = Exchange::with("[phone]\norganisation_a_day = 2\n");
    let mut contact = Contact::of(&practice);
    let added = [(COLLEAGUE, NUMBER), (second, "0687654321")].map(|(name, number)| {
        practice.seconds(1);
        let colleague = contact.adds(&practice, name);
        (colleague.number.to_string(), contact.pin(), number)
    });
    for (user, pin, number) in &added {
        let mut browser = practice.browser();
        assert_eq!(choose(&mut browser, user, pin, CHOSEN).path, "/enrol");
        let _ = enrol(&practice, &mut exchange, &mut browser, number, true);
    }
    practice.contact_person(OTHER);
    let mut browser = practice.browser();
    assert_eq!(browser.log_in(OTHER, PASSWORD).path, "/enrol");
    let _ = enrol(&practice, &mut exchange, &mut browser, NUMBER, true);

    for _ in 0..2 {
        assert_eq!(asks(&practice, (COLLEAGUE, CHOSEN)).1.status, 200);
        let _ = exchange.one(&practice);
    }
    practice.minutes(10);
    for name in [COLLEAGUE, second] {
        let (_, held) = asks(&practice, (name, CHOSEN));
        let title = "Uw organisatie heeft het hoogste aantal codes van vandaag bereikt";
        assert_held(&held, title, "Op 22 november 2026 om 12:07");
        assert!(held.text().contains("Vertel het aan uw contactpersoon"), "{}", held.text());
    }
    assert!(exchange.sent(&practice).is_empty());
    assert_eq!(asks(&practice, (OTHER, PASSWORD)).1.status, 200);
    let _ = exchange.one(&practice);

    practice.minutes(DAY - 10);
    let (mut browser, page) = asks(&practice, (second, CHOSEN));
    let code = exchange.one(&practice).code();
    let account = browser.submit(&page.form("#code-form").with("code", &code));
    assert_eq!(account.path, "/account", "{}", account.text());
}
