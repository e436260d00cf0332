//! D: the second factor is lost; and what people are told of every change.

use tests::phone::Phone;
use tests::soft_key::SoftKey;

use crate::a::Contact;
use crate::c::type_code;
use crate::c_wizard::keep_code;
use crate::people::{CHOSEN, COLLEAGUE, since, to, works};
use crate::practice::{PASSWORD, Practice};
use tests::forms::{Browser, Page};

const NAME: &str = "test.arts@praktijk.example";

/// Somebody with a passkey, logged in with it.
pub(crate) fn keyholder(practice: &Practice) -> (Browser, SoftKey) {
    practice.contact_person(NAME);
    let mut key = SoftKey::new(1, &practice.origin());
    let mut browser = practice.browser();
    let _ = browser.log_in(NAME, PASSWORD);
    let _ = browser.touch("/enrol/passkey", &mut key);
    let account = browser.touch("/login/passkey", &mut key);
    assert!(account.has("#make-recovery"), "{}", account.text());
    (browser, key)
}

/// Makes a code; the page that shows it.
pub(crate) fn made(browser: &mut Browser) -> Page {
    let offer = browser.open("/enrol/recovery");
    browser.submit(&offer.form("#make-form"))
}

pub(crate) fn code_of(page: &Page) -> String {
    let code = page.of("#code").unwrap_or_else(|| panic!("{}", page.text()));
    let groups: Vec<_> = code.split('-').collect();
    assert!(groups.len() == 4 && groups.iter().all(|group| group.len() == 4), "{code}");
    code
}

/// The password, and then this code on the page behind the second-factor page.
pub(crate) fn with_code(browser: &mut Browser, code: &str) -> Page {
    let check = browser.log_in(NAME, PASSWORD);
    let asked = browser.open(check.attribute("#to-recovery", "href"));
    browser.submit(&asked.form("#code-form").with("code", code))
}

#[test]
fn d1_a_recovery_code_is_given_once_and_its_owner_confirms_having_it() {
    let practice = Practice::new();
    let (mut browser, _) = keyholder(&practice);
    let page = made(&mut browser);
    let code = code_of(&page);
    let file = browser.submit(&page.form("#download-form"));
    assert!(file.body.contains(&code) && file.body.contains(NAME), "{}", file.body);
    for path in ["/enrol/recovery", "/enrol/recovery/confirm", "/account"] {
        assert!(!browser.open(path).body.contains(&code), "{path} shows it again");
    }
    let asked = browser.open(page.attribute("#onward", "href"));
    let half = browser.submit(&asked.form("#code-form").with("code", "1234-5678"));
    assert_eq!((half.status, half.has("#code-error")), (422, true));
    let wrong = browser.submit(&asked.form("#code-form").with("code", "0000 0000 0000 0000"));
    assert_eq!(wrong.status, 401);
    assert!(wrong.text().contains("4 keer") && !wrong.body.contains("0000"), "{}", wrong.text());
    let kept = browser.submit(&asked.form("#code-form").with("code", &code.replace('-', " ")));
    assert_eq!(kept.path, "/account?notice=recovery-kept");
    assert!(kept.text().contains("U heeft een herstelcode"), "{}", kept.text());
}

/// Sets up anew with this code, from the second-factor page on; the page to log in again.
fn anew(browser: &mut Browser, code: &str) -> Page {
    let check = browser.log_in(NAME, PASSWORD);
    let asked = browser.open(check.attribute("#to-anew", "href"));
    assert!(asked.text().contains("binnen 15 minuten"), "{}", asked.text());
    browser.submit(&asked.form("#code-form").with("code", code))
}

#[test]
fn d1_what_is_lost_is_out_of_use_at_once_and_set_up_anew_in_that_browser() {
    let practice = Practice::new();
    let (mut browser, mut lost) = keyholder(&practice);
    let code = code_of(&made(&mut browser));
    let mut other = practice.browser();
    let again = anew(&mut other, &code);
    assert!(again.has("#login-form") && again.has("#notice"), "{}", again.text());
    assert!(browser.open("/account").path.starts_with("/login"), "other sessions ended");
    let refused = practice.browser().touched("/login/passkey", &mut lost);
    assert_eq!(refused.code(), "factor_suspended");
    let elsewhere = practice.browser().log_in(NAME, PASSWORD);
    assert_eq!(elsewhere.status, 403);
    assert!(elsewhere.text().contains("Vraag uw contactpersoon"), "{}", elsewhere.text());

    let wizard = other.log_in(NAME, PASSWORD);
    assert_eq!(wizard.path, "/enrol");
    assert!(wizard.has("#anew") && !wizard.has("#skip-form"), "{}", wizard.text());
    assert_eq!(other.open("/account").path, "/enrol", "it opens the wizard and nothing else");
    let mut new = SoftKey::new(2, &practice.origin());
    let _ = other.touch("/enrol/passkey", &mut new);
    let account = other.touch("/login/passkey", &mut new);
    assert_eq!(account.path, "/account");
    assert_eq!(account.attribute("#level", "data-level"), "substantial");
    assert!(account.text().contains("nog geen herstelcode"), "it is spent: {}", account.text());
    let gone = practice.browser().touched("/login/passkey", &mut lost);
    assert_eq!(gone.code(), "not_recognised");
    let told: Vec<_> = practice.mails().into_iter().map(|mail| mail.subject).collect();
    for subject in
        ["U stelt opnieuw in waarmee u inlogt", "Er is een manier om in te loggen verwijderd"]
    {
        assert!(told.iter().any(|told| told == subject), "{subject} in {told:?}");
    }
}

#[test]
fn d1_the_wizard_that_sets_up_anew_ends_with_a_new_code_and_the_old_one_is_dead() {
    let practice = Practice::new();
    let (mut keyed, _) = keyholder(&practice);
    let old = code_of(&made(&mut keyed));
    let mut browser = practice.browser();
    let _ = anew(&mut browser, &old);
    let wizard = browser.log_in(NAME, PASSWORD);
    let mut key = SoftKey::new(2, &practice.origin());
    let _ = browser.touch(wizard.attribute("#choose-passkey", "href"), &mut key);
    let offer = browser.touch("/enrol/prove", &mut key);
    assert_eq!(offer.path, "/enrol/recovery", "{}", offer.text());
    let new = keep_code(&mut browser, &offer);
    assert_ne!(new, old);
    let account = browser.open("/account");
    assert!(account.text().contains("Passkey") && !account.text().contains("nog geen herstelcode"));

    let mut stranger = practice.browser();
    let dead = anew(&mut stranger, &old);
    assert_eq!((dead.status, dead.has("#code-error")), (401, true), "{}", dead.text());
    assert_eq!(practice.browser().touch("/login/passkey", &mut key).path, "/account");
    let again = anew(&mut practice.browser(), &new);
    assert!(again.has("#login-form") && again.has("#notice"), "{}", again.text());
    let refused = practice.browser().touched("/login/passkey", &mut key);
    assert_eq!(refused.code(), "factor_suspended");
}

#[test]
fn d1_begun_and_left_there_is_no_wizard_after_a_quarter_of_an_hour() {
    let practice = Practice::new();
    let (mut keyed, _) = keyholder(&practice);
    let code = code_of(&made(&mut keyed));
    let mut browser = practice.browser();
    let _ = anew(&mut browser, &code);
    practice.minutes(15);
    let late = browser.log_in(NAME, PASSWORD);
    assert_eq!(late.code(), Some("set_up_closed"), "{}", late.text());
    let stale = practice.browser().log_in(NAME, PASSWORD);
    assert_eq!(stale.code(), Some("set_up_closed"), "{}", stale.text());
}

#[test]
fn d1_what_is_still_at_hand_is_kept_by_using_it_once() {
    let practice = Practice::new();
    let (mut keyed, mut key) = keyholder(&practice);
    let code = code_of(&made(&mut keyed));
    let mut browser = practice.browser();
    let _ = anew(&mut browser, &code);
    let wizard = browser.log_in(NAME, PASSWORD);
    let keep = browser.open(wizard.attribute("#to-keep", "href"));
    let prove = keep.attribute("#suspended a", "href").to_owned();
    let mut seen = practice.mails();
    let kept = browser.touch(&prove, &mut key);
    assert!(kept.has("#kept") && !kept.has("#suspended"), "{}", kept.text());
    let mails = since(&practice, &mut seen);
    let told = to(&mails, NAME, "U gebruikt weer een oude manier om in te loggen");
    assert!(told.text.contains("asskey"), "{}", told.text);
    let mut begun = practice.browser();
    let _ = begun.log_in(NAME, PASSWORD);
    assert!(begun.open("/login/access").has("#code-form"), "a log-in elsewhere");
    let login = browser.submit(&kept.form("#done-form"));
    assert!(login.has("#login-form"), "{}", login.text());
    assert!(!begun.open("/login/access").has("#code-form"), "it ended");
    assert_eq!(browser.touch("/login/passkey", &mut key).path, "/account");
}

#[test]
fn d1_what_was_never_tried_out_is_kept_by_its_first_proof() {
    let practice = Practice::new();
    let (mut keyed, _) = keyholder(&practice);
    let mut spare = SoftKey::new(2, &practice.origin());
    let _ = keyed.touch("/enrol/security-key", &mut spare);
    let code = code_of(&made(&mut keyed));
    let mut browser = practice.browser();
    let _ = anew(&mut browser, &code);
    let _ = browser.log_in(NAME, PASSWORD);
    let keep = browser.open("/enrol/keep");
    let prove = keep.attribute("#suspended [data-kind=security_key] a", "href").to_owned();
    let kept = browser.touch(&prove, &mut spare);
    assert!(kept.has("#kept") && kept.has("#suspended"), "the other one may go: {}", kept.text());
    assert!(browser.submit(&kept.form("#done-form")).has("#login-form"));
    assert_eq!(browser.log_in(NAME, PASSWORD).path, "/login/check");
    assert_eq!(browser.touch("/login/check", &mut spare).path, "/account");
}

#[test]
fn d1_an_old_app_is_kept_by_one_of_its_codes() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    let (_, mut browser, _) = works(&practice, &mut contact, COLLEAGUE);
    let page = browser.open("/enrol/app");
    let phone = Phone::typing(&page.of("#seed").expect("the seed in text"));
    let form = page.form("#app-form").with("code", &phone.code(practice.now()));
    assert_eq!(browser.submit(&form).path, "/account?notice=enrolled");
    let code = code_of(&made(&mut browser));
    practice.minutes(1);
    let check = browser.log_in(COLLEAGUE, CHOSEN);
    let asked = browser.open(check.attribute("#to-anew", "href"));
    let _ = browser.submit(&asked.form("#code-form").with("code", &code));
    let wizard = browser.log_in(COLLEAGUE, CHOSEN);
    let keep = browser.open(wizard.attribute("#to-keep", "href"));
    let app = keep.attribute("#suspended [data-kind=app] a", "href").to_owned();

    let asked = browser.open(&app);
    for (typed, status) in [("12345", 422), ("000 000", 401)] {
        let refused = type_code(&mut browser, &asked, typed);
        assert_eq!((refused.status, refused.has("#code-error")), (status, true), "{typed}");
        assert!(browser.open("/enrol/keep").has("#suspended [data-kind=app]"), "{typed}");
    }
    let elsewhere = practice.browser().open(&app);
    assert_eq!(elsewhere.path, "/login", "in that browser only");
    let mut seen = practice.mails();
    let kept = type_code(&mut browser, &asked, &phone.code(practice.now()));
    assert_eq!(kept.path, "/enrol/keep", "{}", kept.text());
    assert!(kept.has("#kept [data-kind=app]") && kept.has("#suspended [data-kind=passkey]"));
    let mails = since(&practice, &mut seen);
    let main = contact.account.username.to_string();
    for (reader, subject) in [
        (COLLEAGUE, "U gebruikt weer een oude manier"),
        (&main, "Een collega gebruikt weer een oude"),
    ] {
        let told = mails.iter().filter(|mail| mail.to == reader && mail.subject.contains(subject));
        assert_eq!(told.count(), 1, "{reader}: {mails:#?}");
    }
    assert!(browser.submit(&kept.form("#done-form")).has("#login-form"));
    practice.seconds(30);
    let check = browser.log_in(COLLEAGUE, CHOSEN);
    assert_eq!(check.path, "/login/check/app", "the passkey is gone");
    let account = type_code(&mut browser, &check, &phone.code(practice.now()));
    assert_eq!(account.path, "/account");
}

#[test]
fn d2_a_recovery_code_logs_in_once_and_a_new_one_is_shown() {
    let practice = Practice::new();
    let (mut browser, mut key) = keyholder(&practice);
    let code = code_of(&made(&mut browser));
    let mut other = practice.browser();
    let shown = with_code(&mut other, &code);
    assert!(shown.has("#used"), "{}", shown.text());
    let next = code_of(&shown);
    assert_ne!(next, code);
    assert!(browser.open("/account").path.starts_with("/login"), "the other session ended");
    let account = other.open("/account");
    assert_eq!(account.attribute("#level", "data-level"), "substantial");
    assert!(account.text().contains("Passkey"), "the factors stay: {}", account.text());
    let add = other.open("/enrol/passkey");
    assert!(add.path.starts_with("/confirm"), "it changes no factor: {}", add.path);
    let asked = other.open(shown.attribute("#onward", "href"));
    let kept = other.submit(&asked.form("#code-form").with("code", &next));
    assert_eq!(kept.path, "/account?notice=recovery-kept");
    let stale = with_code(&mut practice.browser(), &code);
    assert_eq!(stale.status, 401, "it was spent");
    assert!(stale.text().contains("nieuwste code"), "{}", stale.text());
    assert_eq!(practice.browser().touch("/login/passkey", &mut key).path, "/account");
}

#[test]
fn d2_a_recovery_code_needs_the_password_before_it() {
    let practice = Practice::new();
    let (mut browser, _) = keyholder(&practice);
    let code = code_of(&made(&mut browser));
    let mut stranger = practice.browser();
    assert!(stranger.open("/login/recovery").path.starts_with("/login"));
    let wrong = stranger.log_in(NAME, &code);
    assert_eq!(wrong.status, 401);
    assert!(stranger.open("/login/recovery").has("#login-form"));
}

#[test]
fn d5_a_factor_that_is_added_is_told_by_e_mail() {
    let practice = Practice::new();
    practice.contact_person(NAME);
    let mut browser = practice.browser();
    assert_eq!(browser.log_in(NAME, PASSWORD).path, "/enrol");
    let mut key = SoftKey::new(1, &practice.origin());
    let _ = browser.touch("/enrol/passkey", &mut key);
    let mails = practice.mails();
    let [mail] = &mails[..] else { panic!("{mails:?}") };
    assert_eq!(mail.to, NAME);
    assert_eq!(mail.subject, "Er is een manier om in te loggen toegevoegd");
    for words in ["passkey \u{2018}Sleutel\u{2019}", "uitgelogd", "Wanneer: ", "Was u dit niet?"] {
        assert!(mail.text.contains(words), "{words}: {}", mail.text);
    }
}
