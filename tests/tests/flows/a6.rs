//! A6: a PIN that was lost. Who proved something has a new one made at once; who proved nothing asks the
//! contact persons.

use sleutelbos_server::activation::lapse::lapse;
use tests::forms::{Browser, Page};
use tests::soft_key::SoftKey;

use crate::a::{Contact, choose};
use crate::people::{CHOSEN, COLLEAGUE, DAY, again, since, to, works};
use crate::post::{ARTS, Post};
use crate::practice::Practice;

const LOST: &str = "/activate/pin";

/// Asks on the page, having proven nothing; where that leads.
pub(crate) fn asks(browser: &mut Browser, who: &str) -> Page {
    let page = browser.open(LOST);
    assert!(!page.has("#renew-form"), "nothing was proven: {}", page.text());
    browser.submit(&page.form("#ask-form").with("who", who))
}

#[test]
fn a6_who_proved_something_a_moment_ago_has_a_new_pin_made_at_once() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    let (colleague, _, mut key) = works(&practice, &mut contact, COLLEAGUE);
    practice.wait(DAY);
    let mut elsewhere = practice.browser();
    assert_eq!(elsewhere.touch("/login/passkey", &mut key).path, "/account");
    // The password was right, and what was lost is the key and the PIN.
    let mut browser = practice.browser();
    let check = browser.log_in(COLLEAGUE, CHOSEN);
    assert_eq!(check.path, "/login/check");
    for from in ["/activate", "/help"] {
        assert_eq!(browser.open(from).attribute("#to-pin-lost", "href"), LOST);
    }
    let mut seen = practice.mails();
    let page = browser.open(check.attribute("#others #to-pin-lost", "href"));
    assert!(page.text().contains("Berichtenbox van uw hoofdcontactpersoon"), "{}", page.text());
    let made = browser.submit(&page.form("#renew-form"));
    assert_eq!(made.path, "/activate/pin/made?by=box", "{}", made.text());
    assert!(elsewhere.open("/account").path.starts_with("/login"), "other sessions end");
    let mails = since(&practice, &mut seen);
    let _ = to(&mails, COLLEAGUE, "Er is een pincode gemaakt voor uw account");
    let main = contact.account.username.to_string();
    let _ = to(&mails, &main, "Er is een pincode gemaakt voor een collega");
    again(&mut contact);
    let pin = contact.pin();
    let mails = practice.mails();
    assert!(!mails.iter().any(|mail| mail.text.contains(&pin)), "no mail has it");
    let number = colleague.number.to_string();
    let chosen = choose(&mut practice.browser(), &number, &pin, "nachtdienst om half elf");
    assert_eq!(chosen.path, "/login?notice=password-chosen");
    // Who forgot the password and logs in with a passkey does the same; at most once a day.
    let mut browser = practice.browser();
    assert_eq!(browser.touch("/login/passkey", &mut key).path, "/account");
    let account = browser.open("/account");
    assert_eq!(account.attribute("#to-activate", "href"), "/activate");
    let page = browser.open(LOST);
    let soon = browser.submit(&page.form("#renew-form"));
    assert_eq!(soon.status, 409, "{}", soon.text());
    assert!(soon.text().contains("één keer per dag") && soon.has("#renew-form"), "{}", soon.text());
    practice.minutes(6);
    let late = browser.submit(&page.form("#renew-form"));
    assert!(late.has("#ask-form") && !late.has("#renew-form"), "{}", late.text());
    assert_eq!(late.attribute("#whose", "value"), COLLEAGUE);
    let confirm = late.attribute("#to-confirm", "href").to_owned();
    let _ = browser.touch(&confirm, &mut key);
    practice.wait(DAY);
    let _ = browser.touch("/login/passkey", &mut key);
    let page = browser.open(LOST);
    assert_eq!(browser.submit(&page.form("#renew-form")).path, "/activate/pin/made?by=box");
}

#[test]
fn a6_the_new_pin_of_a_contact_person_who_logged_in_goes_by_post() {
    let post = Post::new();
    let number = post.founds().number.to_string();
    let old = post.printed().pin();
    let mut browser = post.practice.browser();
    assert_eq!(choose(&mut browser, &number, &old, CHOSEN).path, "/enrol");
    let mut key = SoftKey::new(1, &post.practice.origin());
    let _ = browser.touch("/enrol/passkey", &mut key);
    post.practice.wait(DAY);
    assert_eq!(browser.touch("/login/passkey", &mut key).path, "/account");
    let mut seen = post.practice.mails();
    let page = browser.open(LOST);
    assert!(page.text().contains("per post"), "{}", page.text());
    let made = browser.submit(&page.form("#renew-form"));
    assert_eq!(made.path, "/activate/pin/made?by=post", "{}", made.text());
    let mails = since(&post.practice, &mut seen);
    let _ = to(&mails, ARTS, "Er gaat een brief met een pincode naar uw organisatie");
    // The old one works until the letter is exported.
    let chosen = choose(&mut post.practice.browser(), &number, &old, "nachtdienst om half elf");
    assert_eq!(chosen.path, "/login?notice=password-chosen");
    let pin = post.printed().pin();
    assert_eq!(choose(&mut post.practice.browser(), &number, &old, CHOSEN).status, 401);
    let chosen = choose(&mut post.practice.browser(), &number, &pin, CHOSEN);
    assert_eq!(chosen.path, "/login?notice=password-chosen");
}

#[test]
fn a6_without_a_proof_the_contact_persons_are_asked_and_answer() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    let (colleague, mut person, _) = works(&practice, &mut contact, COLLEAGUE);
    practice.wait(DAY);
    let (main, number) = (contact.account.username.to_string(), colleague.number.to_string());
    let mut seen = practice.mails();
    let mut browser = practice.browser();
    for (typed, words) in
        [("", "Vul uw e-mailadres"), ("test.collega", "naam@praktijk.nl"), ("1234", "14 cijfers")]
    {
        let wrong = asks(&mut browser, typed);
        assert_eq!((wrong.status, wrong.has("#summary")), (422, true), "{}", wrong.text());
        assert!(
            wrong.of("#whose-error").expect("at the field").contains(words),
            "{}",
            wrong.text()
        );
        assert_eq!(wrong.attribute("#whose", "value"), typed, "what was typed stays");
    }
    let asked = asks(&mut browser, COLLEAGUE);
    assert_eq!((asked.status, asked.path.as_str()), (200, "/activate/pin/asked"));
    assert!(!asked.text().contains("Collega"), "it names nobody: {}", asked.text());
    let mails = since(&practice, &mut seen);
    let told = to(&mails, COLLEAGUE, "Er is een nieuwe pincode voor uw account gevraagd");
    assert!(told.text.contains("Was u dit niet?"), "{}", told.text);
    let told = to(&mails, &main, "Een collega vraagt om een nieuwe pincode");
    assert!(told.text.contains("Test Collega") && !told.text.contains(&number), "{}", told.text);
    // Nothing changed: no PIN was made, and nobody was logged out by a stranger.
    let _ = person.log_in(COLLEAGUE, CHOSEN);
    // Asked again that day, also by the number: nobody is told twice.
    let _ = asks(&mut browser, &number);
    assert_eq!(since(&practice, &mut seen), []);
    // The contact person sees it in Berichtenbox and Gebruikersbeheer, with a fresh strong factor.
    let page = format!("/people/{}", colleague.id);
    again(&mut contact);
    practice.minutes(6);
    assert!(contact.browser.open(&page).path.starts_with("/confirm"), "not fresh");
    assert!(
        contact.browser.open("/inbox").of("#asking").expect("it says so").contains("1 collega")
    );
    again(&mut contact);
    let list = contact.browser.open("/people");
    assert_eq!(list.attribute("#asking a", "href"), page);
    let shown = contact.browser.open(&page);
    assert!(shown.of("#asks").expect("who asks").contains("niet was ingelogd"));
    let declined = contact.browser.submit(&shown.form("#decline-form"));
    assert_eq!(declined.path, format!("{page}?notice=pin-declined"));
    assert!(!declined.has("#asks"));
    let gone = contact.browser.submit(&shown.form("#decline-form"));
    assert_eq!(gone.path, format!("{page}?notice=pin-not-asked"));
    let mails = since(&practice, &mut seen);
    let told = to(&mails, COLLEAGUE, "Er komt geen nieuwe pincode");
    assert!(told.text.contains("Test Arts, contactpersoon"), "{}", told.text);
}

#[test]
fn a6_what_was_asked_is_approved_by_the_reset_that_there_is_or_lapses() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    let (colleague, _, _) = works(&practice, &mut contact, COLLEAGUE);
    let (page, number) = (format!("/people/{}", colleague.id), colleague.number.to_string());
    practice.wait(DAY);
    let _ = asks(&mut practice.browser(), &number);
    again(&mut contact);
    let approve = contact.browser.open(&page).attribute("#approve", "href").to_owned();
    let stale = contact.browser.open(&approve).form("#ask-form");
    practice.minutes(6);
    assert_eq!(contact.browser.submit(&stale).code(), Some("not_fresh"));
    again(&mut contact);
    let form = contact.browser.open(&approve).form("#ask-form");
    assert_eq!(contact.browser.submit(&form).path, format!("{page}/pin-made"));
    assert!(!contact.browser.open("/people").has("#asking"), "it is answered");
    let pin = contact.pin();
    let chosen = choose(&mut practice.browser(), &number, &pin, "nachtdienst om half elf");
    assert_eq!(chosen.path, "/login?notice=password-chosen");
    // What nobody answers lapses.
    practice.wait(DAY);
    let _ = asks(&mut practice.browser(), COLLEAGUE);
    practice.wait(7 * DAY);
    practice.run(lapse(&practice.app)).expect("a database");
    again(&mut contact);
    assert!(
        !contact.browser.open(&page).has("#asks") && !contact.browser.open("/inbox").has("#asking")
    );
}

#[test]
fn a6_a_contact_person_without_a_proof_asks_the_others_and_reads_whom_to_call() {
    let practice = Practice::with("telephone = \"030 123 45 67\"\n");
    let mut contact = Contact::of(&practice);
    let (other, mut browser, mut key) = works(&practice, &mut contact, COLLEAGUE);
    let form = contact.browser.open(&format!("/people/{}/role", other.id)).form("#ask-form");
    let _ = contact.browser.submit(&form);
    let main = contact.account.username.to_string();
    let mut seen = practice.mails();
    let asked = asks(&mut practice.browser(), &main);
    for words in ["andere contactpersonen", "per post", "Is er geen andere", "030 123 45 67"] {
        assert!(asked.text().contains(words), "{words}: {}", asked.text());
    }
    let mails = since(&practice, &mut seen);
    let _ = to(&mails, &main, "Er is een nieuwe pincode voor uw account gevraagd");
    let _ = to(&mails, COLLEAGUE, "Een collega vraagt om een nieuwe pincode");
    assert_eq!(mails.len(), 2, "{mails:#?}");
    // The other one answers it; whose it is can only decline.
    let page = format!("/people/{}", contact.account.id);
    assert_eq!(browser.touch("/login/passkey", &mut key).path, "/account");
    assert!(browser.open(&page).has("#approve"));
    let own = contact.browser.open(&page);
    assert!(own.has("#decline-form") && !own.has("#approve"), "{}", own.text());
    assert!(contact.browser.submit(&own.form("#decline-form")).path.ends_with("pin-declined"));
    // Everybody reads the same words.
    let stranger = asks(&mut practice.browser(), "niemand@praktijk.example");
    assert_eq!(stranger.text(), asked.text());
    assert_eq!(since(&practice, &mut seen).len(), 2, "and nobody is told but of the answer");
}
