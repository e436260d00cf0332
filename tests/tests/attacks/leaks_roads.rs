//! The roads of a practice, each with its secrets: what is shown, mailed, sent and typed on them.

use std::collections::BTreeMap;

use sleutelbos_server::clock::Clock;
use tests::exchange::{Exchange, TOKEN};
use tests::forms::Browser;
use tests::phone::Phone;
use tests::stage::FACTS;

use crate::house::{House, PASSWORD};
use crate::practice::{Added, CHOSEN, Contact, chooses, scans, shown, types};

const CONTACT: &str = "test.praktijkmanager@praktijk.example";
const COLLEAGUE: &str = "test.collega@praktijk.example";
const HOME: &str = "thuis@voorbeeld.example";
const OFFICE: &str = "praktijk@voorbeeld.example";

/// What nobody may write down, with what it is.
#[derive(Default)]
pub(crate) struct Secrets(pub(crate) BTreeMap<String, &'static str>);

impl Secrets {
    /// A secret as people see and type it, and without what parts its groups.
    fn note(&mut self, what: &'static str, secret: &str) {
        let plain: String = secret.chars().filter(char::is_ascii_alphanumeric).collect();
        assert!(plain.len() >= 6, "{what}: {secret}");
        let groups = |by: &str| plain_groups(&plain, by);
        for form in [secret.to_owned(), groups(" "), groups("-"), plain.clone()] {
            self.0.insert(form, what);
        }
    }
}

/// Groups of four.
fn plain_groups(plain: &str, by: &str) -> String {
    let letters: Vec<char> = plain.chars().collect();
    letters.chunks(4).map(String::from_iter).collect::<Vec<_>>().join(by)
}

/// People on the roads of one practice, and the secrets that they met.
pub(crate) struct Roads<'a> {
    house: &'a House,
    exchange: &'a Exchange,
    contact: Contact,
    added: Added,
    browser: Browser,
    phone: Phone,
    secrets: Secrets,
    said: String,
}

/// Walks them all: the secrets, and what the command line said.
pub(crate) fn walked(house: &House, exchange: &Exchange) -> (Secrets, String) {
    let mut secrets = Secrets::default();
    secrets.note("the provider's token", TOKEN);
    secrets.note("a chosen password", CHOSEN);
    let mut contact = Contact::of(house, CONTACT, 7);
    let added = contact.adds(COLLEAGUE);
    secrets.note("an activation PIN", &added.pin);
    let mut browser = Browser::new(house.client());
    assert_eq!(chooses(&mut browser, &added).path, "/enrol");
    let (page, phone) = scans(&mut browser);
    secrets.note("the seed of an app", &page.of("#seed").expect("the seed"));
    let code = phone.code(now());
    secrets.note("a code of an app", &code);
    let form = page.form("#app-form").with("code", &code);
    assert_eq!(browser.submit(&form).path, "/enrol/recovery");
    let said = String::new();
    let mut roads = Roads { house, exchange, contact, added, browser, phone, secrets, said };
    roads.enters();
    roads.phones();
    roads.address();
    roads.case();
    roads.link();
    roads.confirms();
    roads.access();
    roads.recovery();
    roads.export();
    (roads.secrets, roads.said)
}

impl Roads<'_> {
    /// Password, a wrong code of the app, the right one.
    fn enters(&mut self) {
        let check = self.browser.log_in(COLLEAGUE, CHOSEN);
        let wrong = "730258";
        self.secrets.note("a mistyped code of an app", wrong);
        assert_eq!(types(&mut self.browser, &check, wrong).status, 401);
        let code = self.phone.code(now() + 30_000);
        self.secrets.note("a code of an app", &code);
        assert_eq!(types(&mut self.browser, &check, &code).path, "/account");
    }

    /// Numbers for texts and calls.
    fn phones(&mut self) {
        let asked = self.browser.open("/enrol/sms");
        let page = self.browser.submit(&asked.form("#number-form").with("number", "0612345678"));
        let sms = self.exchange.sms();
        self.secrets.note("a code in a text message", sms.code());
        let account = types(&mut self.browser, &page, sms.code());
        assert!(account.path.starts_with("/account"), "{}", account.text());
        let asked = self.browser.open("/enrol/call");
        let page = self.browser.submit(&asked.form("#number-form").with("number", "0301234567"));
        let code = shown(&page);
        self.secrets.note("a code of a call", &code);
        let call = self.exchange.call();
        let question = call.answer();
        let _ = call.press(&question, "481926");
        self.secrets.note("a mistyped code of a call", "481926");
        let _ = call.press(&call.answer(), &code.replace(' ', ""));
        call.hang_up();
        let account = self.browser.submit(&page.form("#call-form"));
        assert!(account.path.starts_with("/account"), "{}", account.text());
    }

    /// A back-up address.
    fn address(&mut self) {
        let asked = self.browser.open("/account/details/backup-email");
        let asked = self.browser.submit(&asked.form("#email-form").with("email", HOME));
        let mail = self.house.mailed(HOME, "heeft: ");
        let code = mail.split_once("heeft: ").and_then(|(_, rest)| rest.get(..7));
        let code = code.expect("a code").to_owned();
        self.secrets.note("a code in an e-mail", &code);
        let done = types(&mut self.browser, &asked, &code);
        assert!(done.path.starts_with("/account/details?notice="), "{}", done.text());
    }

    /// A link to it, a week later.
    fn link(&mut self) {
        self.house.ages();
        let mut other = Browser::new(self.house.client());
        let _ = other.log_in(COLLEAGUE, CHOSEN);
        let page = other.open("/login/email");
        assert!(other.submit(&page.form("#send-form")).has("#sent"));
        let link = self.link_to(HOME, "/login/email/open?link=");
        self.secrets.note("a link to a back-up address", &link);
        let open = other.open(&format!("/login/email/open?link={link}"));
        assert_eq!(other.submit(&open.form("#open-form")).path, "/account");
    }

    fn link_to(&self, address: &str, path: &str) -> String {
        let mail = self.house.mailed(address, path);
        let (_, rest) = mail.split_once(path).expect("it is in there");
        let token = |letter: &char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
        rest.chars().take_while(token).collect()
    }

    /// A code of the contact person, at the second try; what is set up is a key.
    fn access(&mut self) {
        self.contact.again();
        let page = self.contact.gives_code(&self.added.page);
        let code = shown(&page);
        self.secrets.note("an access code", &code);
        let wrong = "7302-1846-5529";
        self.secrets.note("a mistyped access code", wrong);
        let mut browser = Browser::new(self.house.client());
        let _ = browser.log_in(COLLEAGUE, CHOSEN);
        let asked = browser.open("/login/access");
        assert_eq!(types(&mut browser, &asked, wrong).status, 401);
        assert_eq!(types(&mut browser, &asked, &code).path, "/enrol");
    }

    /// The contact person's recovery code: mistyped, used once, and used to set up anew.
    fn recovery(&mut self) {
        let offer = self.contact.browser.open("/enrol/recovery");
        let code = shown(&self.contact.browser.submit(&offer.form("#make-form")));
        self.secrets.note("a recovery code", &code);
        let wrong = "7302-1846-5529-0381";
        self.secrets.note("a mistyped recovery code", wrong);
        let mut once = Browser::new(self.house.client());
        let _ = once.log_in(CONTACT, PASSWORD);
        let asked = once.open("/login/recovery");
        assert_eq!(types(&mut once, &asked, wrong).status, 401);
        let next = shown(&types(&mut once, &asked, &code));
        self.secrets.note("a recovery code", &next);
        let mut anew = Browser::new(self.house.client());
        let _ = anew.log_in(CONTACT, PASSWORD);
        let asked = anew.open("/login/anew");
        assert!(types(&mut anew, &asked, &next).has("#notice"));
        assert_eq!(anew.log_in(CONTACT, PASSWORD).path, "/enrol");
    }

    /// The link that an operator has mailed to the practice. A command posts it in the database, where the server
    /// looks whenever it has something to mail itself.
    fn case(&mut self) {
        let by = ["--operator", "Test Beheer"];
        let today = Clock::system().now().to_string();
        let extract = today.split(['T', ' ']).next().unwrap_or_default();
        let registered = self
            .house
            .sleutelbos(&["organisation", "registered", "--username", CONTACT])
            .args(["--email", OFFICE, "--kvk", "12345678", "--extract", extract])
            .args(by)
            .run();
        assert_eq!(registered.code, 0, "{}", registered.all());
        self.said.push_str(&registered.all());
        self.house.writes(&["UPDATE organisation SET email_from = 0"]);
        let opened = self
            .house
            .sleutelbos(&["support", "open", "unblock", FACTS[0], FACTS[1]])
            .args(["--number", &self.added.number])
            .args(by)
            .run();
        assert_eq!(opened.code, 0, "{}", opened.all());
        let id = opened.stdout.lines().next().unwrap_or_default().to_owned();
        let sent = self.house.sleutelbos(&["support", "send-link", &id]).args(by).run();
        assert_eq!(sent.code, 0, "{}", sent.all());
        self.said.push_str(&opened.all());
        self.said.push_str(&sent.all());
    }

    /// What the practice does with it.
    fn confirms(&mut self) {
        let link = self.link_to(OFFICE, "/support/confirm?link=");
        self.secrets.note("a link of a support case", &link);
        let mut anybody = Browser::new(self.house.client());
        let page = anybody.open(&format!("/support/confirm?link={link}"));
        assert!(anybody.submit(&page.form("#yes-form")).has("#close"));
    }

    /// What is exported for an auditor.
    fn export(&mut self) {
        let export = self.house.sleutelbos(&["audit", "export"]).run();
        assert_eq!(export.code, 0, "{}", export.all());
        self.said.push_str(&export.all());
    }
}

/// The time, in milliseconds after 1970: what a phone's clock says.
fn now() -> i64 {
    Clock::system().now().millis()
}
