//! D2 (b): a link to the back-up address as a log-in, and the chains that it must not be part of.

use sleutelbos_server::accounts::Account;
use tests::phone::Phone;

use crate::a::{Contact, choose};
use crate::a9::{CHOSEN, WAIT, code_at, readers};
use crate::practice::{Mail, Practice};
use tests::forms::{Browser, Page};

const NAME: &str = "test.collega@praktijk.example";
const HOME: &str = "thuis@voorbeeld.example";
const DETAILS: &str = "/account/details";

/// A colleague with an app, and with a back-up address that was given just now.
struct Person {
    browser: Browser,
    contact: Contact,
    phone: Phone,
    account: Account,
    pin: String,
}

impl Person {
    fn of(practice: &Practice) -> Self {
        let mut contact = Contact::of(practice);
        let account = contact.adds(practice, NAME);
        let number = account.number.to_string();
        let pin = contact.pin();
        let mut browser = practice.browser();
        assert_eq!(choose(&mut browser, &number, &pin, CHOSEN).path, "/enrol");
        let page = browser.open("/enrol/app");
        let phone = Phone::typing(&page.of("#seed").expect("a seed"));
        let form = page.form("#app-form").with("code", &phone.code(practice.now()));
        assert_eq!(browser.submit(&form).path, "/enrol/recovery");
        let mut person = Self { browser, contact, phone, account, pin };
        person.gives(practice, "/account/details/backup-email", HOME);
        person
    }

    /// Gives an address, with the code that is mailed there.
    fn gives(&mut self, practice: &Practice, path: &str, address: &str) {
        let form = self.browser.open(path).form("#email-form").with("email", address);
        let asked = self.browser.submit(&form);
        let code = code_at(&practice.mails(), address);
        let done = self.browser.submit(&asked.form("#code-form").with("code", &code));
        assert!(done.path.starts_with("/account/details?notice="), "{}", done.text());
    }

    /// Logs in with password and app.
    fn again(&mut self, practice: &Practice) {
        practice.minutes(1);
        let asked = self.browser.log_in(NAME, CHOSEN);
        let code = self.phone.code(practice.now());
        let account = self.browser.submit(&asked.form("#code-form").with("code", &code));
        assert_eq!(account.path, "/account", "{}", account.text());
    }
}

/// The page of the link, after the password.
fn link_page(browser: &mut Browser, name: &str, password: &str) -> Page {
    let check = browser.log_in(name, password);
    let code = browser.open(check.attribute("#to-recovery", "href"));
    browser.open(code.attribute("#to-email", "href"))
}

/// Has a link sent; where it leads.
fn sent(practice: &Practice, browser: &mut Browser) -> String {
    let page = link_page(browser, NAME, CHOSEN);
    let sent = browser.submit(&page.form("#send-form"));
    assert!(sent.has("#sent") && sent.text().contains("t•••@voorbeeld.example"), "{}", sent.text());
    link(practice, &practice.mails())
}

/// The path of the link that was mailed last.
fn link(practice: &Practice, mails: &[Mail]) -> String {
    let mail = mails.iter().rfind(|mail| mail.subject == "Uw link om in te loggen");
    let mail = mail.unwrap_or_else(|| panic!("a link: {mails:#?}"));
    assert_eq!(mail.to, HOME);
    let line = mail.text.lines().find(|line| line.starts_with(&practice.origin()));
    line.expect("a link").trim_start_matches(&practice.origin()).to_owned()
}

#[test]
fn d2_a_link_to_the_back_up_address_logs_in_once_at_low_and_changes_nothing() {
    let practice = Practice::new();
    let mut person = Person::of(&practice);
    practice.wait(WAIT);
    person.again(&practice);
    let mut other = practice.browser();
    let check = other.log_in(NAME, CHOSEN);
    assert_eq!(check.of("#to-recovery").as_deref(), Some("Gebruik back-upcode of e-mail"));
    let path = sent(&practice, &mut other);
    // Opening it does nothing, however often: the button does.
    for _ in 0..2 {
        assert!(other.open(&path).has("#open-form"));
    }
    assert_eq!(person.browser.open("/account").path, "/account", "nothing ended yet");
    let open = other.open(&path);
    let account = other.submit(&open.form("#open-form"));
    assert_eq!(account.path, "/account", "{}", account.text());
    assert_eq!(account.attribute("#level", "data-level"), "low");
    assert!(person.browser.open("/account").path.starts_with("/login"), "other sessions end");
    for path in ["/enrol/passkey", "/enrol/app", "/enrol/recovery", "/account/details/email"] {
        let page = other.open(path);
        assert!(page.path.starts_with("/confirm"), "it changes nothing: {path} {}", page.path);
    }
    let mails = practice.mails();
    let told = readers(&mails, "Er is ingelogd met een link naar uw back-up-e-mailadres");
    assert_eq!(told, [NAME, HOME], "at every address");
    let told = readers(&mails, "Een collega heeft ingelogd met een link per e-mail");
    assert_eq!(told, [person.contact.account.username.to_string()]);
    // It was spent, in the same browser too.
    let _ = other.log_in(NAME, CHOSEN);
    let again = other.open(&path);
    let refused = other.submit(&again.form("#open-form"));
    assert_eq!(refused.code(), Some("link_invalid"), "{}", refused.text());
    // The contact person may close the road, which ends who came by it.
    let mut third = practice.browser();
    practice.seconds(1);
    let path = sent(&practice, &mut third);
    let open = third.open(&path);
    assert_eq!(third.submit(&open.form("#open-form")).path, "/account");
    let Contact { browser, key, .. } = &mut person.contact;
    let _ = browser.touch("/login/passkey", key);
    let settings = browser.open("/settings");
    assert!(settings.has("#backup[checked]"), "{}", settings.text());
    let saved = browser.submit(&settings.form("#settings-form").without("backup"));
    assert_eq!(saved.path, "/settings?notice=settings-saved", "{}", saved.text());
    assert!(third.open("/account").path.starts_with("/login"));
    let closed = link_page(&mut third, NAME, CHOSEN);
    assert!(closed.text().contains("Uw organisatie staat"), "{}", closed.text());
}

/// Attack: a mail link opened in another browser, by a scanner, by who has the link and not the log-in.
#[test]
fn d2_a_link_that_was_forwarded_or_opened_elsewhere_is_worth_nothing() {
    let practice = Practice::new();
    let _person = Person::of(&practice);
    practice.wait(WAIT);
    let mut asked = practice.browser();
    let path = sent(&practice, &mut asked);
    let stranger = practice.browser().open(&path);
    let told = (stranger.status, stranger.code());
    assert_eq!(told, (401, Some("link_elsewhere")), "{} {}", stranger.path, stranger.text());
    // Somebody who knows the password too is in a log-in of their own.
    let mut thief = practice.browser();
    let _ = thief.log_in(NAME, CHOSEN);
    let open = thief.open(&path);
    let refused = thief.submit(&open.form("#open-form"));
    assert_eq!(refused.code(), Some("link_invalid"), "{}", refused.text());
    assert!(thief.open("/account").path.starts_with("/login"));
    // A newer link is the death of the older one, and each lives ten minutes.
    let page = asked.open("/login/email");
    practice.seconds(1);
    let _ = asked.submit(&page.form("#send-form"));
    let newer = link(&practice, &practice.mails());
    let open = asked.open(&path);
    assert_eq!(asked.submit(&open.form("#open-form")).code(), Some("link_invalid"));
    let open = asked.open(&newer);
    practice.minutes(10);
    let late = asked.submit(&open.form("#open-form"));
    assert_eq!(late.code(), Some("login_expired"), "{} {}", late.path, late.text());
    // Without the password nobody learns whether there is such an address.
    let mut nobody = practice.browser();
    assert!(nobody.open("/login/email").has("#login-form"));
    let _ = nobody.log_in(NAME, "verkeerd wachtwoord");
    assert!(nobody.open("/login/email").has("#login-form"));
}

/// Chain 2: mail box alone. Attack: same factor twice.
#[test]
fn d2_two_links_to_one_mail_box_do_not_add_up() {
    let practice = Practice::new();
    let mut person = Person::of(&practice);
    // The back-up address and the one to log in with are two.
    let form = person.browser.open("/account/details/email").form("#email-form");
    let refused = person.browser.submit(&form.with("email", HOME));
    assert!(refused.text().contains("mogen niet hetzelfde zijn"), "{}", refused.text());
    let waits = |practice: &Practice, name: &str, password: &str| {
        let page = link_page(&mut practice.browser(), name, password);
        assert!(!page.has("#send-form"), "{}", page.text());
        page.text().contains("korter dan 7 dagen geleden veranderd")
    };
    assert!(waits(&practice, NAME, CHOSEN), "a new address");
    practice.wait(WAIT);
    // A new password, by number and PIN, closes the road for a week.
    let changed = "nachtdienst om kwart voor negen";
    let mut reset = practice.browser();
    let chosen = choose(&mut reset, person.account.number.as_str(), &person.pin, changed);
    assert!(chosen.path.starts_with("/login"), "{}", chosen.text());
    assert!(waits(&practice, NAME, changed), "a new password");
    practice.wait(WAIT);
    assert!(link_page(&mut practice.browser(), NAME, changed).has("#send-form"));
    // So does a new address to log in with.
    practice.minutes(1);
    let asked = person.browser.log_in(NAME, changed);
    let code = person.phone.code(practice.now());
    let _ = person.browser.submit(&asked.form("#code-form").with("code", &code));
    let new = "test.nieuw@praktijk.example";
    person.gives(&practice, "/account/details/email", new);
    assert!(waits(&practice, new, changed), "a new name");
    practice.wait(WAIT);
    // And so does a new PIN, from the moment on at which it is opened.
    let Contact { browser, key, .. } = &mut person.contact;
    let _ = browser.touch("/login/passkey", key);
    practice.seconds(1);
    let made = browser.open(&format!("/people/{}/pin", person.account.id));
    let _ = browser.submit(&made.form("#ask-form"));
    let _ = person.contact.pin();
    assert!(waits(&practice, new, changed), "a new PIN");
}

#[test]
fn c10_who_has_a_key_is_offered_no_link_unless_the_organisation_allows_it() {
    let practice = Practice::new();
    let mut person = crate::a9::Colleague::of(&practice);
    let set = person.gives(&practice, crate::a9::BACKUP, HOME);
    assert!(set.path.starts_with(DETAILS), "{}", set.text());
    practice.wait(WAIT);
    let closed = link_page(&mut practice.browser(), NAME, CHOSEN);
    assert!(closed.text().contains("minder veilig"), "{}", closed.text());
    let Contact { browser, key, .. } = &mut person.contact;
    let _ = browser.touch("/login/passkey", key);
    let settings = browser.open("/settings");
    let _ = browser.submit(&settings.form("#settings-form").with("beside", "yes"));
    assert!(link_page(&mut practice.browser(), NAME, CHOSEN).has("#send-form"));
}

#[test]
fn d2_no_more_links_are_sent_than_three_in_ten_minutes_and_wrong_ones_end_the_log_in() {
    let practice = Practice::new();
    let _person = Person::of(&practice);
    practice.wait(WAIT);
    let mut browser = practice.browser();
    let mut page = link_page(&mut browser, NAME, CHOSEN);
    for _ in 0..3 {
        page = browser.submit(&page.form("#send-form"));
        assert!(page.has("#sent"), "{}", page.text());
    }
    let held = browser.submit(&page.form("#send-form"));
    assert_eq!((held.status, held.has("#summary")), (429, true), "{}", held.text());
    let path = link(&practice, &practice.mails());
    let form = browser.open(&path).form("#open-form");
    for _ in 0..4 {
        let wrong = browser.submit(&form.clone().with("link", &"A".repeat(43)));
        assert_eq!(wrong.code(), Some("link_invalid"), "{}", wrong.text());
    }
    let over = browser.submit(&form.clone().with("link", &"A".repeat(43)));
    assert_eq!(over.code(), Some("codes_wrong"), "{}", over.text());
    let late = browser.submit(&form);
    assert!(
        late.path.starts_with("/login?notice=expired") || late.status == 401,
        "{}",
        late.text()
    );
    assert!(browser.open("/account").path.starts_with("/login"));
}
