//! A9: a person's own e-mail addresses are changed by who proved a factor lately, at the new place, and
//! announced at the old one.

use std::time::Duration;

use sleutelbos_server::accounts::Account;
use tests::soft_key::SoftKey;

use crate::a::{Contact, choose};
use crate::people::since;
use crate::practice::{Mail, PASSWORD, Practice};
use tests::forms::{Browser, Page};

const COLLEAGUE: &str = "test.collega@praktijk.example";
const NEW: &str = "test.nieuw@praktijk.example";
const HOME: &str = "thuis@voorbeeld.example";
pub(crate) const CHOSEN: &str = "avonddienst om kwart over acht";
const LOGIN: &str = "/account/details/email";
/// How long an address waits that is new.
pub(crate) const WAIT: Duration = Duration::from_secs(7 * 86_400);
pub(crate) const BACKUP: &str = "/account/details/backup-email";

/// A colleague who activated, enrolled a passkey and is in with it.
pub(crate) struct Colleague {
    pub(crate) browser: Browser,
    pub(crate) key: SoftKey,
    pub(crate) contact: Contact,
    account: Account,
}

impl Colleague {
    pub(crate) fn of(practice: &Practice) -> Self {
        let mut contact = Contact::of(practice);
        let account = contact.adds(practice, COLLEAGUE);
        let (pin, number) = (contact.pin(), account.number.to_string());
        let mut browser = practice.browser();
        assert_eq!(choose(&mut browser, &number, &pin, CHOSEN).path, "/enrol");
        let mut key = SoftKey::new(2, &practice.origin());
        let _ = browser.touch("/enrol/passkey", &mut key);
        assert_eq!(browser.touch("/login/passkey", &mut key).path, "/account");
        Self { browser, key, contact, account }
    }

    /// Types an address on the page at `path`; where that leads.
    pub(crate) fn types(&mut self, path: &str, address: &str) -> Page {
        let page = self.browser.open(path);
        self.browser.submit(&page.form("#email-form").with("email", address))
    }

    /// Gives this address, with the code that was mailed there.
    pub(crate) fn gives(&mut self, practice: &Practice, path: &str, address: &str) -> Page {
        let asked = self.types(path, address);
        assert!(asked.has("#code-form"), "{}", asked.text());
        let code = code_at(&practice.mails(), address);
        self.browser.submit(&asked.form("#code-form").with("code", &code))
    }
}

/// The code in the last mail to `address`.
pub(crate) fn code_at(mails: &[Mail], address: &str) -> String {
    let mail = mails.iter().rfind(|mail| mail.to == address && mail.subject.contains("code"));
    let mail = mail.unwrap_or_else(|| panic!("a code for {address}: {mails:#?}"));
    let (_, rest) = mail.text.split_once("heeft: ").expect("it is named");
    rest.chars().take(7).collect()
}

/// Who was sent this subject, in the order of the addresses.
pub(crate) fn readers(mails: &[Mail], subject: &str) -> Vec<String> {
    let mut readers: Vec<_> =
        mails.iter().filter(|mail| mail.subject == subject).map(|mail| mail.to.clone()).collect();
    readers.sort();
    readers
}

#[test]
fn a9_a_new_log_in_address_is_proven_there_told_at_the_old_one_and_works_at_once() {
    let practice = Practice::new();
    let mut person = Colleague::of(&practice);
    let manager = person.contact.account.username.to_string();
    let mut elsewhere = practice.browser();
    assert_eq!(elsewhere.touch("/login/passkey", &mut person.key).path, "/account");
    let details = person.browser.open("/account/details");
    assert_eq!(details.of("#login-email").as_deref(), Some(COLLEAGUE));
    let changed = person.gives(&practice, LOGIN, NEW);
    assert_eq!(changed.path, "/account/details?notice=login-email-changed", "{}", changed.text());
    assert_eq!(changed.of("#login-email").as_deref(), Some(NEW));
    assert!(elsewhere.open("/account").path.starts_with("/login"), "other sessions end");
    let mails = practice.mails();
    let told = readers(&mails, "U logt in met een ander e-mailadres");
    assert_eq!(told, [COLLEAGUE, NEW], "at the old place and at the new one");
    let told = readers(&mails, "Een collega logt in met een ander e-mailadres");
    assert_eq!(told, [manager]);
    // The new name logs in, the old one does not.
    assert_eq!(practice.browser().log_in(COLLEAGUE, CHOSEN).status, 401);
    assert_eq!(practice.browser().log_in(NEW, CHOSEN).path, "/login/check");
    // What happens is told at the old place for a week more.
    for (days, readers) in [(6, vec![COLLEAGUE, NEW]), (1, vec![NEW])] {
        practice.minutes(days * 24 * 60);
        let before = practice.mails().len();
        let _ = person.browser.touch("/login/passkey", &mut person.key);
        let _ = person.browser.open("/enrol/recovery");
        let page = person.browser.open("/enrol/recovery");
        let _ = person.browser.submit(&page.form("#make-form"));
        let mails = practice.mails();
        let new = mails.get(before..).expect("mails are only added");
        assert_eq!(self::readers(new, "Er is een nieuwe herstelcode gemaakt"), readers);
    }
}

#[test]
fn a9_changing_an_address_needs_a_proof_of_the_last_minutes() {
    let practice = Practice::new();
    let mut person = Colleague::of(&practice);
    let form = person.browser.open(LOGIN).form("#email-form").with("email", NEW);
    practice.minutes(6);
    for path in [LOGIN, BACKUP] {
        assert_eq!(person.browser.open(path).path, format!("/confirm?then={path}"));
    }
    let refused = person.browser.submit(&form);
    assert_eq!(refused.code(), Some("not_fresh"), "{}", refused.text());
    assert_eq!(refused.attribute("#onward", "href"), format!("/confirm?then={LOGIN}"));
    assert!(!practice.mails().iter().any(|mail| mail.to == NEW));
    let back = person.browser.touch(&format!("/confirm?then={LOGIN}"), &mut person.key);
    assert!(back.path == "/account" || back.has("#email-form"), "{}", back.path);
    assert!(person.gives(&practice, LOGIN, NEW).path.ends_with("login-email-changed"));
}

#[test]
fn a9_somebody_elses_address_gets_the_same_answer_and_the_mail_tells() {
    let practice = Practice::new();
    let mut person = Colleague::of(&practice);
    let other = person.contact.account.username.to_string();
    let masked = |page: &Page, address: &str| page.text().replace(address, "…");
    for path in [LOGIN, BACKUP] {
        let free = person.types(path, NEW);
        let taken = person.types(path, &other);
        assert_eq!(masked(&taken, &other), masked(&free, NEW), "the same answer");
        let mails = practice.mails();
        let subject = "U logt al in met dit e-mailadres";
        let told = mails.iter().rfind(|mail| mail.to == other && mail.subject == subject);
        let told = told.expect("the mail tells");
        assert!(!told.text.contains("Test Collega"), "nor who asked: {}", told.text);
        let wrong = person.browser.submit(&taken.form("#code-form").with("code", "000 000"));
        assert!(matches!(wrong.status, 401), "{}", wrong.text());
        practice.minutes(11);
        let _ = person.browser.touch("/confirm", &mut person.key);
    }
    let details = person.browser.open("/account/details");
    assert_eq!(details.of("#login-email").as_deref(), Some(COLLEAGUE));
}

#[test]
fn a9_a_code_is_good_in_the_session_that_asked_once_and_for_ten_minutes() {
    let practice = Practice::new();
    let mut person = Colleague::of(&practice);
    let asked = person.types(LOGIN, NEW);
    let code = code_at(&practice.mails(), NEW);
    let mut elsewhere = practice.browser();
    let _ = elsewhere.touch("/login/passkey", &mut person.key);
    assert_eq!(elsewhere.open("/account/details/code").path, "/account/details");
    for (typed, status) in [("12345", 422), ("000000", 401)] {
        let page = person.browser.submit(&asked.form("#code-form").with("code", typed));
        assert_eq!((page.status, page.has("#code-error")), (status, true), "{}", page.text());
        assert!(!page.body.contains(&code), "{}", page.body);
    }
    practice.minutes(10);
    let late = person.browser.submit(&asked.form("#code-form").with("code", &code));
    assert_eq!(late.path, "/account/details?notice=email-gone");
    // Of two changes that were begun the last one counts.
    let _ = person.browser.touch("/login/passkey", &mut person.key);
    let first = person.types(LOGIN, NEW);
    let stale = code_at(&practice.mails(), NEW);
    practice.seconds(1);
    let second = person.types(BACKUP, HOME);
    let wrong = person.browser.submit(&first.form("#code-form").with("code", &stale));
    assert_eq!(wrong.status, 401, "{}", wrong.text());
    let code = code_at(&practice.mails(), HOME);
    let set = person.browser.submit(&second.form("#code-form").with("code", &code));
    assert_eq!(set.path, "/account/details?notice=backup-email-set");
}

#[test]
fn a9_a_back_up_address_is_added_waits_for_a_week_and_is_removed_again() {
    let practice = Practice::new();
    let mut person = Colleague::of(&practice);
    assert!(person.browser.open("/account/details").has("#no-backup-email"));
    for (address, words) in
        [("geen adres", "naam@praktijk.nl"), (COLLEAGUE, "mogen niet hetzelfde zijn")]
    {
        let refused = person.types(BACKUP, address);
        assert_eq!(refused.status, 422);
        assert!(refused.text().contains(words), "{}", refused.text());
        assert_eq!(refused.attribute("#email", "value"), address, "what was typed stays");
    }
    let set = person.gives(&practice, BACKUP, HOME);
    assert_eq!(set.of("#backup-email").as_deref(), Some(HOME));
    assert!(set.has("#starts"), "{}", set.text());
    let refused = person.types(LOGIN, HOME);
    assert!(refused.text().contains("mogen niet hetzelfde zijn"), "{}", refused.text());
    let mails = practice.mails();
    let subject = "U heeft een ander back-up-e-mailadres";
    assert_eq!(readers(&mails, subject), [COLLEAGUE, HOME]);
    practice.wait(WAIT);
    let _ = person.browser.touch("/login/passkey", &mut person.key);
    assert!(!person.browser.open("/account/details").has("#starts"));
    let ask = person.browser.open("/account/details/backup-email/remove");
    let removed = person.browser.submit(&ask.form("#remove-form"));
    assert!(removed.has("#no-backup-email"), "{}", removed.text());
    let told = readers(&practice.mails(), "Uw back-up-e-mailadres is verwijderd");
    assert_eq!(told, [COLLEAGUE, HOME], "the address that went hears it too");
}

#[test]
fn a11_a_contact_person_has_no_back_up_address() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    assert!(contact.browser.open("/account/details").has("#barrier"));
    assert_eq!(contact.browser.open(BACKUP).path, "/account/details");
    let form = contact.browser.open(LOGIN).form("#email-form");
    let refused = contact.browser.submit(&form.to(BACKUP).with("email", HOME));
    assert_eq!(refused.code(), Some("no_backup_email"), "{}", refused.text());
    // Nor more mails than texts and calls: three in ten minutes.
    for _ in 0..3 {
        let form = contact.browser.open(LOGIN).form("#email-form").with("email", NEW);
        assert!(contact.browser.submit(&form).has("#code-form"));
    }
    let form = contact.browser.open(LOGIN).form("#email-form").with("email", NEW);
    let held = contact.browser.submit(&form);
    assert_eq!(held.status, 429, "{}", held.text());
    assert_eq!(held.attribute("#email", "value"), NEW);
    assert!(practice.browser().log_in(contact.account.username.as_str(), PASSWORD).status < 400);
}

#[test]
fn a11_who_becomes_a_contact_person_has_no_back_up_address_any_more() {
    let practice = Practice::new();
    let mut person = Colleague::of(&practice);
    assert!(person.gives(&practice, BACKUP, HOME).has("#backup-email"));
    let role = format!("/people/{}/role", person.account.id);
    let ask = person.contact.browser.open(&role);
    let mut seen = practice.mails();
    let given = person.contact.browser.submit(&ask.form("#ask-form"));
    assert!(given.has("#notice"), "{}", given.text());
    let mails = since(&practice, &mut seen);
    assert_eq!(readers(&mails, "Uw back-up-e-mailadres is verwijderd"), [COLLEAGUE, HOME]);
    assert!(person.browser.open("/account").path.starts_with("/login"), "other sessions end");
    let _ = person.browser.touch("/login/passkey", &mut person.key);
    let details = person.browser.open("/account/details");
    assert!(details.of("#backup-email").is_none(), "{}", details.text());
}
