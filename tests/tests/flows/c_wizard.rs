//! C1 and C7: the wizard, and the days in which it may wait.

use std::time::Duration;

use serde_json::json;
use sleutelbos_server::accounts::number::UserNumber;
use sleutelbos_server::id::FactorId;
use tests::phone::Phone;
use tests::soft_key::SoftKey;

use crate::a::{Contact, choose};
use crate::c::{NAME, enrol_app, type_code};
use crate::practice::{PASSWORD, Practice};
use crate::support::{known, takes_away};
use tests::forms::{Browser, Page};

const COLLEAGUE: &str = "test.collega@praktijk.example";
const CHOSEN: &str = "avonddienst om kwart over acht";
const DAY: Duration = Duration::from_secs(86_400);
const SECOND: Duration = Duration::from_secs(1);

/// Which step the page says that it is.
fn step(page: &Page) -> Option<String> {
    // without the place where a small screen may part it
    page.of("#steps [aria-current=step]").map(|step| step.replace('\u{ad}', ""))
}

/// Makes the recovery code of step 3, types it back, and arrives; the code.
pub(crate) fn keep_code(browser: &mut Browser, offer: &Page) -> String {
    assert_eq!(step(offer).as_deref(), Some("Herstelcode"));
    let shown = browser.submit(&offer.form("#make-form"));
    assert_eq!(step(&shown).as_deref(), Some("Herstelcode"));
    let code = shown.of("#code").expect("the code");
    let asked = browser.open(shown.attribute("#onward", "href"));
    assert_eq!(step(&asked).as_deref(), Some("Herstelcode"));
    let kept = browser.submit(&asked.form("#code-form").with("code", &code));
    assert_eq!(kept.path, "/account?notice=recovery-kept");
    assert!(kept.text().contains("U heeft een herstelcode"), "{}", kept.text());
    assert!(!browser.open("/enrol/recovery").has("#steps"), "the wizard is done");
    code
}

#[test]
fn c1_the_wizard_leads_with_a_key_through_three_steps() {
    let practice = Practice::new();
    practice.contact_person(NAME);
    let mut browser = practice.browser();
    let first = browser.log_in(NAME, PASSWORD);
    assert_eq!((first.path.as_str(), step(&first).as_deref()), ("/enrol", Some("Introductie")));
    let choice = browser.open(first.attribute("#begin", "href"));
    assert_eq!(step(&choice).as_deref(), Some("Tweefactorauthenticatie instellen"));
    assert!(choice.has("#nothing"), "what to do without any of these");
    let order = ["security-key", "passkey", "card", "app"].map(|kind| {
        let need = choice.of(&format!(".choice:has(#choose-{kind}) p"));
        assert!(need.is_some_and(|need| need.len() > 20), "one sentence on {kind}");
        choice.body.find(&format!("choose-{kind}"))
    });
    assert!(order.is_sorted(), "strongest first: {order:?}");
    let mut key = SoftKey::new(1, &practice.origin());
    assert_eq!(browser.open("/enrol/prove").path, "/enrol", "nothing is there to prove");
    let prove = browser.touch(choice.attribute("#choose-security-key", "href"), &mut key);
    assert!(prove.path.starts_with("/enrol/prove") && prove.has("#choose-another"));
    assert_eq!(step(&prove).as_deref(), Some("Tweefactorauthenticatie instellen"));
    let before = browser.cookie("session").map(str::to_owned);
    assert_eq!(browser.open("/account").path, "/enrol", "it counts once it was used");
    let offer = browser.touch("/enrol/prove", &mut key);
    assert_eq!(offer.path, "/enrol/recovery");
    assert_ne!(browser.cookie("session"), before.as_deref(), "who rises gets a new session");
    assert_eq!(browser.open("/account").attribute("#level", "data-level"), "high");
    let _ = keep_code(&mut browser, &offer);
    assert_eq!(practice.browser().log_in(NAME, PASSWORD).path, "/login/check");
}

#[test]
fn c1_the_wizard_lets_in_with_an_app_and_gives_its_owner_a_recovery_code() {
    let practice = Practice::new();
    practice.contact_person(NAME);
    let mut browser = practice.browser();
    let _ = browser.log_in(NAME, PASSWORD);
    let page = browser.open("/enrol/app");
    assert_eq!(step(&page).as_deref(), Some("Tweefactorauthenticatie instellen"));
    let phone = Phone::typing(&page.of("#seed").expect("the seed in text"));
    let form = page.form("#app-form").with("code", &phone.code(practice.now()));
    let offer = browser.submit(&form);
    assert_eq!(offer.path, "/enrol/recovery");
    assert_eq!(browser.open("/account").attribute("#level", "data-level"), "substantial");
    let _ = keep_code(&mut browser, &offer);
    // A code is asked again where the last one is too long ago.
    practice.minutes(6);
    assert!(browser.open("/enrol/recovery").path.starts_with("/confirm/app?then="));
}

#[test]
fn c1_what_was_enrolled_and_cannot_be_used_is_left_for_something_else() {
    let practice = Practice::new();
    practice.contact_person(NAME);
    let mut browser = practice.browser();
    let _ = browser.log_in(NAME, PASSWORD);
    let mut lost = SoftKey::new(1, &practice.origin());
    let prove = browser.touch("/enrol/security-key", &mut lost);
    let choice = browser.open(prove.attribute("#choose-another", "href"));
    let mut key = SoftKey::new(2, &practice.origin());
    let _ = browser.touch(choice.attribute("#choose-passkey", "href"), &mut key);
    assert_eq!(browser.touch("/enrol/prove", &mut key).path, "/enrol/recovery");
    let account = browser.open("/account");
    assert!(!account.text().contains("Beveiligingssleutel"), "{}", account.text());
}

/// Attack: a colleague at a screen that was left open after the password, before a second factor was set up.
#[test]
fn c1_the_password_is_asked_again_where_it_was_given_a_while_ago() {
    let practice = Practice::new();
    practice.contact_person(NAME);
    let mut browser = practice.browser();
    let _ = browser.log_in(NAME, PASSWORD);
    let open = browser.open("/enrol/passkey");
    assert_eq!(open.path, "/enrol/passkey", "at first nothing is asked");
    practice.minutes(6);
    let before = browser.cookie("session").map(str::to_owned);
    for path in ["/enrol/security-key", "/enrol/app", "/enrol/passkey"] {
        assert_eq!(browser.open(path).path, format!("/confirm/password?then={path}"));
    }
    let begun = json!({ "kind": "passkey" });
    let refused = browser.script(&open, "/enrol/webauthn/options", &begun);
    assert_eq!((refused.status, refused.code().as_str()), (403, "password_again"));
    assert!(refused.body.contains("/confirm/password?then=/enrol/passkey"), "{}", refused.body);
    let ask = browser.open("/enrol/passkey");
    let wrong = browser.submit(&ask.form("#password-form").with("password", "van een collega"));
    assert_eq!((wrong.status, wrong.has("#password-error")), (401, true), "{}", wrong.text());
    let empty = browser.submit(&ask.form("#password-form").with("password", ""));
    assert_eq!((empty.status, empty.has("#password-error")), (422, true), "{}", empty.text());
    assert_eq!(browser.open("/enrol/passkey").path, ask.path, "nothing came of it");
    let page = browser.submit(&ask.form("#password-form").with("password", PASSWORD));
    assert_eq!(page.path, "/enrol/passkey", "on where one was going");
    assert_ne!(browser.cookie("session"), before.as_deref(), "in a visit of its own");
    let mut key = SoftKey::new(1, &practice.origin());
    let _ = browser.touch("/enrol/passkey", &mut key);
    // What was enrolled in time proves itself whenever its owner likes.
    practice.minutes(6);
    assert_eq!(browser.touch("/enrol/prove", &mut key).path, "/enrol/recovery");
    let elsewhere = browser.open("/confirm/password?then=/enrol/recovery");
    assert_eq!(elsewhere.path, "/enrol/recovery", "who has two factors is asked no password");
}

#[test]
fn c1_wrong_passwords_in_a_visit_block_as_at_the_log_in() {
    let practice = Practice::new();
    practice.contact_person(NAME);
    let mut browser = practice.browser();
    let _ = browser.log_in(NAME, PASSWORD);
    practice.minutes(6);
    let ask = browser.open("/enrol/app");
    let wrong = ask.form("#password-form").with("password", "van een collega");
    for _ in 0..4 {
        assert_eq!(browser.submit(&wrong).status, 401);
    }
    assert_eq!(browser.submit(&wrong).code(), Some("password_blocked"));
    let right = browser.submit(&wrong.with("password", PASSWORD));
    assert_eq!(right.code(), Some("password_blocked"), "the right one comes too late");
}

#[test]
fn c2_an_app_that_takes_eight_minutes_to_install_is_enrolled() {
    let practice = Practice::new();
    practice.contact_person(NAME);
    let mut browser = practice.browser();
    let _ = browser.log_in(NAME, PASSWORD);
    let page = browser.open("/enrol/app");
    let seed = page.of("#seed").expect("the seed in text");
    practice.minutes(8);
    let same = browser.open("/enrol/app");
    assert_eq!(same.of("#seed").as_deref(), Some(seed.as_str()), "nothing is asked or lost");
    let wrong = browser.submit(&same.form("#app-form").with("code", "000000"));
    assert_eq!(wrong.of("#seed").as_deref(), Some(seed.as_str()), "{}", wrong.text());
    let code = Phone::typing(&seed).code(practice.now());
    let offer = browser.submit(&wrong.form("#app-form").with("code", &code));
    assert_eq!(offer.path, "/enrol/recovery");
}

#[test]
fn c7_who_went_on_without_is_asked_the_password_again_before_enrolling() {
    let practice = Practice::new();
    let (_, mut browser) = newcomer(&practice);
    let first = browser.open("/enrol");
    assert_eq!(browser.submit(&first.form("#skip-form")).path, "/account");
    practice.minutes(6);
    assert_eq!(browser.open("/account").path, "/account", "all else goes on");
    let ask = browser.open("/enrol/app");
    assert_eq!(ask.path, "/confirm/password?then=/enrol/app");
    let page = browser.submit(&ask.form("#password-form").with("password", CHOSEN));
    assert_eq!(page.path, "/enrol/app");
    // Or goes on without once more.
    let wizard = browser.open("/enrol");
    assert_eq!(browser.submit(&wizard.form("#skip-form")).path, "/account");
}

#[test]
fn b6_five_wrong_codes_end_enrolling_an_app() {
    let practice = Practice::new();
    practice.contact_person(NAME);
    let mut browser = practice.browser();
    let _ = browser.log_in(NAME, PASSWORD);
    let page = browser.open("/enrol/app");
    let form = page.form("#app-form").with("code", "000000");
    for left in [4, 3, 2] {
        let wrong = browser.submit(&form);
        assert_eq!(wrong.status, 401);
        assert!(wrong.text().contains(&format!("{left} keer")), "{}", wrong.text());
    }
    assert!(browser.submit(&form).text().contains("1 keer"));
    let over = browser.submit(&form);
    assert_eq!(over.code(), Some("tries_over"));
    assert!(over.text().contains("u bent nog ingelogd"), "{}", over.text());
    assert_eq!(browser.open("/enrol").path, "/enrol", "so it is");
    let phone = Phone::typing(&page.of("#seed").expect("the seed in text"));
    let right = browser.submit(&form.with("code", &phone.code(practice.now())));
    assert_eq!(right.code(), Some("tries_over"), "the right one comes too late");
}

#[test]
fn b6_five_wrong_codes_end_confirming_with_an_app() {
    let practice = Practice::new();
    practice.contact_person(NAME);
    let phone = enrol_app(&practice, NAME);
    let mut browser = practice.browser();
    let check = browser.log_in(NAME, PASSWORD);
    let _ = type_code(&mut browser, &check, &phone.code(practice.now()));
    practice.minutes(6);
    let mut page = browser.open("/enrol/passkey");
    assert!(page.path.starts_with("/confirm/app?then="), "{}", page.path);
    for left in [4, 3, 2] {
        page = type_code(&mut browser, &page, "000000");
        assert!(page.text().contains(&format!("{left} keer")), "{}", page.text());
    }
    page = type_code(&mut browser, &page, "000000");
    assert!(page.text().contains("1 keer"), "{}", page.text());
    let over = type_code(&mut browser, &page, "000000");
    assert_eq!(over.code(), Some("tries_over"));
    assert!(over.text().contains("u bent nog ingelogd"), "{}", over.text());
    assert_eq!(browser.open("/account").path, "/account", "so it is");
}

/// A colleague who has just activated, in a practice of which `Contact` is the contact person.
fn newcomer(practice: &Practice) -> (Contact, Browser) {
    let mut contact = Contact::of(practice);
    let colleague = contact.adds(practice, COLLEAGUE);
    let pin = contact.pin();
    practice.wait(3 * DAY);
    let mut browser = practice.browser();
    let first = choose(&mut browser, colleague.number.as_str(), &pin, CHOSEN);
    assert_eq!(first.path, "/enrol");
    (contact, browser)
}

#[test]
fn c1_the_wizard_offers_what_the_organisation_allows_and_nothing_else_enrols() {
    let practice = Practice::new();
    let (mut contact, mut browser) = newcomer(&practice);
    contact.browser.touch("/login/passkey", &mut contact.key);
    let form = contact.browser.open("/settings").form("#settings-form").without("kind");
    let form = form.and("kind", "passkey").and("kind", "app");
    assert_eq!(contact.browser.submit(&form).path, "/settings?notice=settings-saved");
    let choice = browser.open("/enrol/choose");
    for (kind, allowed) in
        [("security-key", false), ("passkey", true), ("card", false), ("app", true)]
    {
        assert_eq!(choice.has(&format!("#choose-{kind}")), allowed, "{kind}");
        let path = format!("/enrol/{kind}");
        let leads = if allowed { path.as_str() } else { "/enrol" };
        assert_eq!(browser.open(&path).path, leads);
    }
    // Nor does a page that was open before.
    let page = browser.open("/enrol/app");
    let phone = Phone::typing(&page.of("#seed").expect("the seed in text"));
    let form = contact.browser.open("/settings").form("#settings-form").without("kind");
    let _ = contact.browser.submit(&form.and("kind", "passkey"));
    let late = browser.submit(&page.form("#app-form").with("code", &phone.code(practice.now())));
    assert_eq!(late.code(), Some("kind_not_allowed"), "{}", late.text());
    assert!(!browser.open("/enrol/choose").has("#choose-app"));
    assert_eq!(browser.log_in(COLLEAGUE, CHOSEN).path, "/enrol", "nothing was enrolled");
}

#[test]
fn c7_a_colleague_may_wait_for_as_many_days_and_sees_how_many_are_left() {
    let practice = Practice::new();
    let (_, mut browser) = newcomer(&practice);
    let first = browser.open("/enrol");
    let told = first.of("#days-left").expect("the days");
    assert!(told.contains("nog 14 dagen"), "from the activation on: {told}");
    let account = browser.submit(&first.form("#skip-form"));
    assert_eq!(account.attribute("#level", "data-level"), "low");
    assert!(account.of("#days-left").is_some_and(|told| told.contains("14 dagen")));
    assert!(browser.open("/enrol/recovery").path.starts_with("/account"), "no privileges");
    assert_eq!(browser.open("/people").code(), Some("contact_person_only"));
    let mails = practice.mails();
    let told = mails.iter().filter(|mail| mail.subject.contains("alleen uw wachtwoord"));
    let told: Vec<_> = told.map(|mail| mail.to.as_str()).collect();
    assert_eq!(told, [COLLEAGUE], "the person is told, and nobody else");
    // To the second, and an open visit ends with them.
    practice.wait(13 * DAY + DAY - SECOND);
    let last = browser.log_in(COLLEAGUE, CHOSEN);
    assert!(last.of("#days-left").is_some_and(|told| told.contains("nog 1 dag.")));
    assert_eq!(browser.submit(&last.form("#skip-form")).path, "/account");
    practice.seconds(1);
    assert_eq!(browser.open("/account").path, "/enrol");
    for _ in 0..2 {
        let late = browser.log_in(COLLEAGUE, CHOSEN);
        assert!(late.path == "/enrol" && !late.has("#skip-form") && !late.has("#days-left"));
        let refused = browser.submit(&last.form("#skip-form"));
        assert_ne!(refused.path, "/account", "what is not shown is refused too");
        practice.seconds(1);
    }
}

#[test]
fn c7_the_days_never_start_again_and_end_for_good_when_a_factor_is_proven() {
    let practice = Practice::new();
    let (contact, mut browser) = newcomer(&practice);
    let mut key = SoftKey::new(2, &practice.origin());
    let _ = browser.touch("/enrol/passkey", &mut key);
    // Somebody else who has the password goes on without, while the key is not proven.
    let mut other = practice.browser();
    let check = other.log_in(COLLEAGUE, CHOSEN);
    let visit = other.submit(&check.form("#another-form"));
    assert_eq!(other.submit(&visit.form("#skip-form")).path, "/account");
    assert_eq!(browser.touch("/enrol/prove", &mut key).path, "/enrol/recovery");
    assert!(other.open("/account").path.starts_with("/login"), "that is over");
    // The only factor goes, on the second day: the password alone enrols, and waits no more.
    practice.wait(DAY);
    let account = browser.touch("/login/passkey", &mut key);
    let factor = account.attribute("#factors [data-factor]", "data-factor").to_owned();
    let ask = browser.open(&format!("/account/factors/{factor}/remove"));
    assert!(ask.has("#last-factor"), "{}", ask.text());
    let id = FactorId::parse(&factor).expect("an id");
    let number = account.of("#user-number").expect("it is shown");
    let number = UserNumber::parse(&number).expect("a user number");
    known(&practice, &contact.account.username);
    let _ = takes_away(&practice, &number, &[id]);
    let again = browser.log_in(COLLEAGUE, CHOSEN);
    assert!(again.path == "/enrol" && !again.has("#skip-form"), "{}", again.text());
}

#[test]
fn c7_contact_persons_have_no_days_and_an_organisation_decides_how_many() {
    let practice = Practice::new();
    let (mut contact, mut browser) = newcomer(&practice);
    let other = "test.ander@praktijk.example";
    practice.contact_person(other);
    assert!(!practice.browser().log_in(other, PASSWORD).has("#skip-form"));
    contact.browser.touch("/login/passkey", &mut contact.key);
    let settings = contact.browser.open("/settings");
    assert_eq!(settings.attribute("#grace", "value"), "14");
    let refused = contact.browser.submit(&settings.form("#settings-form").with("grace", "91"));
    assert_eq!((refused.status, refused.has("#grace-error")), (422, true));
    let form = settings.form("#settings-form").with("grace", "0");
    assert_eq!(contact.browser.submit(&form).path, "/settings?notice=settings-saved");
    assert!(!browser.open("/enrol").has("#skip-form"));
}

/// Has the organisation give so many days from now on.
fn give_days(contact: &mut Contact, days: &str) {
    let _ = contact.browser.touch("/login/passkey", &mut contact.key);
    let form = contact.browser.open("/settings").form("#settings-form").with("grace", days);
    assert_eq!(contact.browser.submit(&form).path, "/settings?notice=settings-saved");
}

#[test]
fn c7_days_that_are_over_stay_over_when_the_organisation_gives_more() {
    let practice = Practice::new();
    let (mut contact, _) = newcomer(&practice);
    let late = "test.later@praktijk.example";
    practice.wait(10 * DAY);
    contact.browser.touch("/login/passkey", &mut contact.key);
    let young = contact.adds(&practice, late);
    let pin = contact.pin();
    let _ = choose(&mut practice.browser(), young.number.as_str(), &pin, CHOSEN);
    practice.wait(10 * DAY);
    let may_skip = |name: &str| practice.browser().log_in(name, CHOSEN).has("#skip-form");
    assert_eq!([COLLEAGUE, late].map(may_skip), [false, true]);
    give_days(&mut contact, "90");
    assert_eq!([COLLEAGUE, late].map(may_skip), [false, true], "who has days has more of them");
    // Nor in two steps: who lost the days by a smaller number does not find them back.
    for (days, left) in [("5", false), ("0", false), ("90", false)] {
        give_days(&mut contact, days);
        assert_eq!([COLLEAGUE, late].map(may_skip), [false, left], "{days}");
    }
    let mails = practice.mails();
    let told =
        mails.iter().filter(|mail| mail.subject == "Een nieuwe collega krijgt meer dagen uitstel");
    let told: Vec<_> = told.collect();
    assert_eq!(told.len(), 2, "each time that there were more");
    assert!(told.iter().all(|mail| mail.to == contact.account.username.as_str()), "{told:?}");
    // Of the same moment: which one comes first is nobody's choice.
    for words in
        ["90 dagen verder met alleen een wachtwoord. Dat waren 14 dagen.", "Dat waren 0 dagen."]
    {
        assert!(told.iter().any(|mail| mail.text.contains(words)), "{words}: {told:?}");
    }
}

#[test]
fn c7_grace_and_then_enrolling_gives_no_more_than_was_vouched_for() {
    let practice = Practice::new();
    let (_, mut thief) = newcomer(&practice);
    // A leaked first password, used before the person comes: skipped, and then a key enrolled.
    let first = thief.open("/enrol");
    assert_eq!(thief.submit(&first.form("#skip-form")).path, "/account");
    let mut key = SoftKey::new(3, &practice.origin());
    let _ = thief.touch("/enrol/passkey", &mut key);
    let _ = thief.touch("/enrol/prove", &mut key);
    let account = thief.open("/account");
    assert_eq!(account.attribute("#level", "data-level"), "substantial", "never high");
    // The person finds it: no second wizard stands open, and the mail said when it was added.
    let mut person = practice.browser();
    let check = person.log_in(COLLEAGUE, CHOSEN);
    assert!(check.path == "/login/check" && !check.has("#another"));
    assert!(!person.open("/enrol").has("#begin"));
    let mails = practice.mails();
    let told = |mail: &&crate::practice::Mail| mail.subject.contains("toegevoegd");
    assert!(mails.iter().filter(told).any(|mail| mail.to == COLLEAGUE), "{mails:?}");
}
