//! A: becoming a user, with a number and a PIN that travel by separate roads.

use std::collections::BTreeSet;
use std::time::Duration;

use sleutelbos_server::accounts::number::UserNumber;
use sleutelbos_server::accounts::{Account, Role, Username};
use sleutelbos_server::activation::lapse::lapse;
use sleutelbos_server::activation::request::{Newcomer, add};
use sleutelbos_server::secret::{Carrier, Token};
use sleutelbos_server::sessions::{self, Session};
use tests::soft_key::SoftKey;

use crate::people::{since, to};
use crate::practice::{PASSWORD, Practice};
use tests::forms::{Browser, Page};

const CONTACT: &str = "test.arts@praktijk.example";
const COLLEAGUE: &str = "test.collega@praktijk.example";
const CHOSEN: &str = "avonddienst om kwart over acht";
const DAY: Duration = Duration::from_secs(86_400);

/// A contact person who is logged in with a passkey.
pub(crate) struct Contact {
    pub(crate) account: Account,
    pub(crate) browser: Browser,
    pub(crate) key: SoftKey,
}

impl Contact {
    pub(crate) fn of(practice: &Practice) -> Self {
        let account = practice.contact_person(CONTACT);
        let mut key = SoftKey::new(1, &practice.origin());
        let mut browser = practice.browser();
        assert_eq!(browser.log_in(CONTACT, PASSWORD).path, "/enrol");
        let _ = browser.touch("/enrol/passkey", &mut key);
        assert_eq!(browser.touch("/login/passkey", &mut key).path, "/account");
        Self { account, browser, key }
    }

    pub(crate) fn session(&self, practice: &Practice) -> Session {
        let token = Token::parse(self.browser.cookie("session").expect("a session"));
        let token = token.expect("a token").carried_by(Carrier::Cookie);
        let session = practice.run(sessions::run::current(&practice.app, &token));
        session.expect("a database").expect("it is good")
    }

    pub(crate) fn adds(&self, practice: &Practice, username: &str) -> Account {
        let newcomer = Newcomer {
            username: Username::parse(username).expect("an address"),
            name: "Test Collega".to_owned(),
            role: Role::Colleague,
            authorisations: BTreeSet::new(),
        };
        let session = self.session(practice);
        practice.run(add(&practice.app, &session, newcomer)).expect("a colleague")
    }

    /// Where the newest message of the Berichtenbox is read.
    pub(crate) fn address_of_newest(&mut self) -> String {
        self.browser.open("/inbox").attribute("#messages a", "href").to_owned()
    }

    /// Opens the newest message of the Berichtenbox.
    pub(crate) fn newest(&mut self) -> Page {
        let first = self.address_of_newest();
        self.browser.open(&first)
    }

    /// Looks at the PIN that waits in the newest message.
    pub(crate) fn pin(&mut self) -> String {
        let first = self.address_of_newest();
        self.reveal(&first)
    }

    /// Looks at the PIN that waits in this message.
    pub(crate) fn reveal(&mut self, address: &str) -> String {
        let message = self.browser.open(address);
        let shown = self.browser.submit(&message.form("#secret-form"));
        shown.of("#secret").unwrap_or_else(|| panic!("a PIN: {}", shown.text()))
    }
}

/// Chooses a password on the page that asks for number and PIN.
pub(crate) fn choose(browser: &mut Browser, number: &str, pin: &str, password: &str) -> Page {
    let page = browser.open("/activate");
    let form = page.form("#activate-form").with("number", number).with("pin", pin);
    browser.submit(&form.with("password", password).with("again", password))
}

#[test]
fn a1_a_colleague_gets_a_number_with_a_check_digit_and_a_pin_without_look_alikes() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    let colleague = contact.adds(&practice, COLLEAGUE);
    let pin = contact.pin();
    assert_eq!(UserNumber::parse(colleague.number.as_str()), Ok(colleague.number.clone()));
    let letters: Vec<char> = pin.chars().filter(|c| *c != ' ').collect();
    assert_eq!(letters.len(), 8, "{pin}");
    assert!(!letters.iter().any(|c| "0Oo1IlS5Z".contains(*c)), "{pin}");
    // A digit typed wrong is told at its field, and counts as no try.
    let digits = colleague.number.as_str();
    let last = digits.chars().last().expect("a digit");
    let other = if last == '9' { '8' } else { '9' };
    let wrong = format!("{}{other}", digits.get(..13).expect("fourteen digits"));
    let mut browser = practice.browser();
    for _ in 0..6 {
        let page = choose(&mut browser, &wrong, &pin, CHOSEN);
        assert_eq!(page.status, 422);
        let told = page.of("#number-error").expect("it is told at the field");
        assert!(told.contains("cijfer verkeerd"), "{told}");
        assert_eq!(page.attribute("#number", "value"), wrong, "what was typed stays");
        assert!(!page.body.contains(&pin) && !page.body.contains(CHOSEN), "but for secrets");
    }
    assert_eq!(choose(&mut browser, digits, &pin, CHOSEN).path, "/enrol");
}

#[test]
fn a2_the_pin_waits_in_the_berichtenbox_is_shown_once_and_its_number_is_masked() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    let colleague = contact.adds(&practice, COLLEAGUE);
    let account = contact.browser.open("/account");
    assert_eq!(account.of("#to-inbox").as_deref(), Some("Berichtenbox (1 nieuw)"));
    // A secret asks for a strong factor that was proven in the last minutes (A11).
    practice.minutes(6);
    let message = contact.newest();
    assert!(message.text().contains("Test Collega"), "{}", message.text());
    let asked = contact.browser.submit(&message.form("#secret-form"));
    assert_eq!(asked.path, format!("/confirm?then={}", message.path));
    let back = contact.browser.touch(&asked.path, &mut contact.key);
    assert_eq!(back.path, "/account");
    let pin = contact.pin();
    let again = contact.browser.open(&message.path);
    assert!(again.has("#secret-gone") && !again.has("#secret-form"), "{}", again.text());
    assert!(!again.body.contains(&pin));
    let masked = again.of("#masked").expect("a masked number");
    let shown: String = masked.chars().filter(char::is_ascii_digit).collect();
    assert_eq!(Some(shown.as_str()), colleague.number.as_str().get(12..));
    assert!(!again.body.contains(&colleague.number.to_string()));
}

#[test]
fn a3_the_colleague_chooses_a_password_and_meets_the_wizard() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    let colleague = contact.adds(&practice, COLLEAGUE);
    let pin = contact.pin();
    let mut browser = practice.browser();
    assert!(browser.open("/login").has("#to-activate"));
    practice.minutes(1);
    let typed = colleague.number.to_string().replace(' ', "-");
    assert_eq!(choose(&mut browser, &typed, &pin, CHOSEN).path, "/enrol");
    let mut key = SoftKey::new(2, &practice.origin());
    let _ = browser.touch("/enrol/passkey", &mut key);
    assert_eq!(browser.log_in(COLLEAGUE, CHOSEN).path, "/login/check");
    assert_eq!(browser.touch("/login/check", &mut key).path, "/account");
    let told = contact.newest().text();
    assert!(told.contains("Test Collega heeft een wachtwoord gekozen"), "{told}");
}

/// How long a password a newcomer of the organisation needs, as the page says after `typed`.
fn refusal(browser: &mut Browser, (number, pin): (&str, &str), typed: &str) -> Page {
    let page = choose(browser, number, pin, typed);
    assert_eq!((page.status, page.has("#new-password-error")), (422, true), "{}", page.text());
    page
}

#[test]
fn a3_a_password_that_may_let_in_alone_has_fifteen_characters_and_the_page_says_so_before() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    let colleague = contact.adds(&practice, COLLEAGUE);
    let pin = contact.pin();
    let proof = (colleague.number.as_str(), pin.as_str());
    let mut browser = practice.browser();
    let hint = browser.open("/activate").of("#new-password-hint").expect("a hint");
    assert!(
        hint.contains("Minstens 15 tekens") && hint.contains("Dan is 12 tekens genoeg"),
        "{hint}"
    );
    let (fourteen, fifteen) = ("kT7-vq!pXw29mL", "kT7-vq!pXw29mLe");
    // What nobody may have is told before the PIN is looked at, what this account may not have after.
    for (typed, said) in
        [("kT7-vq!pXw2", "Dan is 12 tekens genoeg"), (fourteen, "minstens 15 tekens")]
    {
        let page = refusal(&mut browser, proof, typed);
        assert!(page.of("#new-password-error").is_some_and(|error| error.contains(said)));
    }
    assert_eq!(choose(&mut browser, proof.0, proof.1, fifteen).path, "/enrol");
}

#[test]
fn a3_a_password_that_opens_nothing_alone_has_twelve_characters() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    let _ = contact.browser.touch("/login/passkey", &mut contact.key);
    let form = contact.browser.open("/settings").form("#settings-form").with("grace", "0");
    assert_eq!(contact.browser.submit(&form).path, "/settings?notice=settings-saved");
    let colleague = contact.adds(&practice, COLLEAGUE);
    let pin = contact.pin();
    let proof = (colleague.number.as_str(), pin.as_str());
    let mut browser = practice.browser();
    let _ = refusal(&mut browser, proof, "kT7-vq!pXw2");
    // While nobody is forced, a password alone lets in here too.
    let _ = contact.browser.touch("/login/passkey", &mut contact.key);
    let off = contact.browser.open("/settings/second-factor").form("#unforce-form");
    let _ = contact.browser.submit(&off.with("hours", "1"));
    let page = refusal(&mut browser, proof, "kT7-vq!pXw29");
    assert!(page.of("#new-password-error").is_some_and(|error| error.contains("minstens 15")));
    practice.minutes(61);
    assert_eq!(choose(&mut browser, proof.0, proof.1, "kT7-vq!pXw29").path, "/enrol");
    // Whatever is decided later, one that was chosen for that never lets in alone.
    let skip = {
        let mut other = practice.browser();
        let _ = contact.browser.touch("/login/passkey", &mut contact.key);
        let off = contact.browser.open("/settings/second-factor").form("#unforce-form");
        let _ = contact.browser.submit(&off.with("hours", "1"));
        practice.seconds(1); // what lies in the Berichtenbox since the same moment has no order
        let long = contact.adds(&practice, "test.ander@praktijk.example");
        let pin = contact.pin();
        assert_eq!(choose(&mut other, long.number.as_str(), &pin, CHOSEN).path, "/enrol");
        other.open("/enrol").form("#skip-form")
    };
    let mut browser = practice.browser();
    let wizard = browser.log_in(COLLEAGUE, "kT7-vq!pXw29");
    assert_eq!((wizard.path.as_str(), wizard.has("#skip-form")), ("/enrol", false));
    let csrf = wizard.attribute("[name=csrf]", "value").to_owned();
    let refused = browser.submit(&skip.with("csrf", &csrf));
    assert_eq!(refused.code(), Some("enrol_first"), "{}", refused.text());
    let mut key = SoftKey::new(2, &practice.origin());
    let _ = browser.touch("/enrol/passkey", &mut key);
    assert_eq!(browser.touch("/login/passkey", &mut key).path, "/account");
    let refused = contact.browser.open(&format!("/people/{}/waiver", colleague.id));
    assert!(!refused.has("#waiver-form"), "{}", refused.text());
    assert!(refused.text().contains("Geef een toegangscode"), "{}", refused.text());
}

#[test]
fn a3_what_is_not_used_in_time_lapses_and_the_contact_person_is_told() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    let (unseen, unused) = (
        contact.adds(&practice, COLLEAGUE),
        contact.adds(&practice, "test.ander@praktijk.example"),
    );
    let pin = contact.pin();
    let tidy = || practice.run(lapse(&practice.app)).expect("a database");
    let titles = |contact: &mut Contact| {
        let Contact { browser, key, .. } = contact;
        let _ = browser.touch("/login/passkey", key);
        browser.open("/inbox").text()
    };
    practice.wait(14 * DAY);
    tidy();
    let told = titles(&mut contact);
    assert!(told.contains("Pincode voor Test Collega is verlopen"), "{told}");
    assert!(!told.contains("niet geactiveerd"), "{told}");
    practice.wait(46 * DAY);
    tidy();
    let told = titles(&mut contact);
    assert_eq!(told.matches("Account van Test Collega is niet geactiveerd").count(), 2, "{told}");
    for number in [&unseen.number, &unused.number] {
        let page = choose(&mut practice.browser(), number.as_str(), &pin, CHOSEN);
        assert_eq!(page.status, 401, "{}", page.text());
    }
}

#[test]
fn a4_the_user_number_stands_at_the_top_right_under_the_name() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    let page = contact.browser.open("/account");
    let who = page.of("#who").expect("who is logged in");
    let number = contact.account.number.to_string();
    assert!(who.starts_with(&format!("Test Arts Gebruikersnummer {number}")), "{who}");
    assert!(!practice.browser().open("/login").has("#who"));
}

#[test]
fn a8_number_and_pin_choose_a_new_password_and_leave_the_second_factor_as_it_is() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    let colleague = contact.adds(&practice, COLLEAGUE);
    let (pin, number) = (contact.pin(), colleague.number.to_string());
    let mut browser = practice.browser();
    let mut key = SoftKey::new(2, &practice.origin());
    let _ = choose(&mut browser, &number, &pin, CHOSEN);
    // While there is no factor, the PIN works once.
    let again = choose(&mut practice.browser(), &number, &pin, "nog een ander wachtwoord");
    assert_eq!(again.status, 401, "{}", again.text());
    let _ = browser.touch("/enrol/passkey", &mut key);
    let _ = browser.log_in(COLLEAGUE, CHOSEN);
    assert_eq!(browser.touch("/login/check", &mut key).path, "/account");
    // Forgotten: the same PIN, and everything that was begun with the old password is over.
    let mut other = practice.browser();
    let chosen = choose(&mut other, &number, &pin, "nachtdienst om half elf");
    assert_eq!(chosen.path, "/login?notice=password-chosen");
    assert!(other.cookie("session").is_none(), "it lets nobody in");
    assert_eq!(browser.open("/account").path, "/login");
    assert_eq!(practice.browser().log_in(COLLEAGUE, CHOSEN).status, 401);
    let check = other.log_in(COLLEAGUE, "nachtdienst om half elf");
    assert_eq!(check.path, "/login/check");
    assert!(!check.has("#another"), "no other factor is offered");
    let inside = other.touch("/login/check", &mut key);
    assert_eq!(inside.path, "/account");
    let told = other.open("/inbox").text();
    assert!(told.contains("Uw wachtwoord is gekozen"), "{told}");
}

#[test]
fn a11_administration_needs_a_strong_factor_of_the_last_five_minutes() {
    let practice = Practice::new();
    let contact = Contact::of(&practice);
    let colleague = format!("/people/{}", contact.adds(&practice, COLLEAGUE).id);
    let myself = format!("/people/{}", contact.account.id);
    let main = contact.account.username.to_string();
    let Contact { mut browser, mut key, .. } = contact;
    assert!(browser.open("/account").has("#to-people"));
    let form = browser.open(&format!("{colleague}/rename")).form("#rename-form");
    practice.minutes(5);
    for page in ["/people", "/settings", &myself, &colleague] {
        assert_eq!(browser.open(page).path, format!("/confirm?then={page}"));
    }
    assert_eq!(browser.submit(&form.with("name", "Test Anders")).code(), Some("not_fresh"));
    assert_eq!(browser.touch("/confirm?then=/people", &mut key).path, "/account");
    let mut seen = practice.mails();
    let form = browser.open(&format!("{colleague}/rename")).form("#rename-form");
    let done = browser.submit(&form.with("name", "Test Anders"));
    assert_eq!(done.path, format!("{colleague}?notice=renamed"));
    assert!(browser.open("/people").text().contains("Test Anders"));
    // By the name an UZI card fits: it is told, and nobody changes the own one.
    let mails = since(&practice, &mut seen);
    let told = to(&mails, COLLEAGUE, "Uw naam in dit systeem is veranderd");
    assert!(told.text.contains("was Test Collega en is nu Test Anders"), "{}", told.text);
    let _ = to(&mails, &main, "De naam van een collega is veranderd");
    assert!(!browser.open(&myself).has("#to-rename"));
    let form = browser.open(&format!("{colleague}/rename")).form("#rename-form");
    let mine = browser.submit(&form.with("name", "Test Anders").to(&format!("{myself}/rename")));
    assert_eq!(mine.code(), Some("not_for_oneself"), "{}", mine.text());
}

#[test]
fn a10_whose_account_is_ended_is_out_at_once_and_the_address_is_free_again() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    let colleague = contact.adds(&practice, COLLEAGUE);
    let (pin, number) = (contact.pin(), colleague.number.to_string());
    let mut browser = practice.browser();
    assert_eq!(choose(&mut browser, &number, &pin, CHOSEN).path, "/enrol");
    let mut key = SoftKey::new(2, &practice.origin());
    let _ = browser.touch("/enrol/passkey", &mut key);
    assert_eq!(browser.touch("/login/passkey", &mut key).path, "/account");
    let person = format!("/people/{}", colleague.id);
    let asked = contact.browser.open(&format!("{person}/end"));
    let done = contact.browser.submit(&asked.form("#ask-form"));
    assert_eq!(done.path, "/people?notice=account-ended");
    assert!(!done.text().contains("Test Collega"), "{}", done.text());
    assert_eq!(browser.open("/account").path, "/login");
    assert_eq!(practice.browser().log_in(COLLEAGUE, CHOSEN).status, 401);
    let page = choose(&mut practice.browser(), &number, &pin, CHOSEN);
    assert_eq!(page.status, 401, "nor by number and PIN: {}", page.text());
    assert_eq!(contact.browser.open(&person).code(), Some("no_such_colleague"));
    let again = contact.adds(&practice, COLLEAGUE);
    assert_ne!(again.number, colleague.number, "numbers are never reused");
}
