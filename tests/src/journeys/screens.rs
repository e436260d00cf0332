//! Every page, on small and wide screens, in light and dark colours, in both languages.

use std::fs;
use std::path::PathBuf;

use sleutelbos_server::clock::Clock;

use super::pages::Choice;
use super::visits::{BY_LINK, Visits};
use crate::browser::{Browser, Options};
use crate::phone::Phone;
use crate::print::PrintService;
use crate::program::workspace;
use crate::stage::{Person, SUBSCRIBER, Stage};

/// A small phone by night and by day, and a desk: widths in CSS pixels, and colours.
const VIEWS: [(u32, &str); 3] = [(320, "dark"), (320, "light"), (1280, "light")];

/// A browser that is led past the pages in one language, and what it has seen.
pub(super) struct Walk<'a> {
    pub(super) stage: &'a Stage,
    pub(super) browser: Browser,
    pub(super) visits: Visits,
    pictures: PathBuf,
    /// Whether Tab is pressed on each page: in one language, for what can be reached is the same in each.
    keyed: bool,
    pages: usize,
}

impl<'a> Walk<'a> {
    pub(super) fn start(stage: &'a Stage, language: &'a str) -> Self {
        let browser = Browser::start(&Options { language: Some(language), ..Options::default() });
        let pictures = workspace().join("target/pictures").join(language);
        fs::create_dir_all(&pictures).expect("the target folder can be written to");
        let keyed = language == "nl";
        Self { stage, browser, visits: Visits::default(), pictures, keyed, pages: 0 }
    }

    /// Opens a page and looks at it.
    pub(super) fn open(&mut self, path: &str) {
        self.browser.open(&format!("{}/{path}", self.stage.origin()));
        let name = path.split('?').next().unwrap_or(path).replace('/', "-");
        self.look(&name);
    }

    /// Waits for an element of a page and looks at that page.
    pub(super) fn meet(&mut self, css: &str, name: &str) {
        let _ = self.browser.element(css);
        self.look(name);
    }

    /// Fails where the page shown is wider than the screen, shuts somebody out or wants a mouse; takes pictures.
    pub(super) fn look(&mut self, name: &str) {
        let _ = self.browser.element("h1");
        self.visits.note(&self.browser);
        for (width, colours) in VIEWS {
            self.browser.set_viewport(width, 640);
            self.browser.set_colours(colours);
            let wide = self.browser.script("return document.documentElement.scrollWidth", vec![]);
            assert!(wide.as_u64() <= Some(u64::from(width)), "{name} is {wide} pixels wide");
            let picture = format!("{name}-{width}-{colours}.png");
            self.browser.picture(width, &self.pictures.join(picture));
            let barriers = self.browser.barriers();
            assert_eq!(barriers, Vec::<String>::new(), "{name}, {width} wide, {colours}");
        }
        if self.keyed {
            self.browser.set_viewport(320, 640);
            self.browser.tab_through(name);
        }
        self.pages += 1;
    }

    /// What a stranger can open.
    fn outside(&mut self, person: &Person) {
        for path in [
            "login",
            "login/passkey",
            "login/card",
            "help",
            "help/recovery",
            "help/remember",
            "logged-out",
            "nowhere",
            "activate",
            "activate/pin",
            "activate/pin/asked",
            "activate/pin/made?by=post",
        ] {
            self.open(path);
        }
        let wrong = Person { password: "verkeerd".to_owned(), ..person.clone() };
        self.browser.type_password(self.stage, &wrong);
        self.meet("#summary", "login-refused");
        self.browser.open(&format!("{}/activate", self.stage.origin()));
        self.browser.click("#activate-button");
        self.meet("#summary", "activate-refused");
        self.browser.open(&format!("{}/activate/pin", self.stage.origin()));
        self.browser.click("#ask");
        self.meet("#summary", "activate-pin-refused");
    }

    /// A first factor: the choice, each way, and what comes after.
    fn enrolling(&mut self, person: &Person) {
        self.browser.type_password(self.stage, person);
        self.meet("#wizard", "wizard-1");
        self.browser.click("#begin");
        self.meet("#choices", "wizard-2");
        for path in ["enrol/security-key", "enrol/app"] {
            self.open(path);
        }
        self.browser.open(&format!("{}/enrol", self.stage.origin()));
        self.browser.enrol_first(Choice::Passkey, "een passkey met een tamelijk lange naam");
        self.look("login-again");
    }

    /// A first key whose touch is cancelled, and step 3 of the wizard to its end.
    fn last_step(&mut self) {
        let person = self.stage.person("Test Apotheker", None);
        self.browser.type_password(self.stage, &person);
        self.browser.begin_wizard();
        self.browser.click("#choose-passkey");
        self.browser.click("#enrol-button");
        self.meet("#make-form", "wizard-3");
        self.browser.click("#make");
        self.meet("#download-form", "recovery-code");
        let code =
            self.browser.script("return document.querySelector('#code').textContent", vec![]);
        self.browser.print(&self.pictures.join("recovery-code-printed.png"));
        self.browser.click("#onward");
        self.meet("#code-form", "recovery-confirm");
        self.browser.fill("#code", "1234");
        self.browser.click("#send");
        self.meet("#summary", "recovery-confirm-refused");
        self.browser.fill("#code", code.as_str().expect("a text"));
        self.browser.click("#send");
        self.meet("#notice", "recovery-kept");
        self.open("enrol/recovery");
        self.browser.open(&format!("{}/account", self.stage.origin()));
        self.browser.log_out();
        self.browser.set_user_verified(false);
        self.browser.type_password(self.stage, &person);
        let _ = self.browser.element("#ceremony #retry:not([hidden])");
        self.open("login/email");
        self.open(&format!("login/email/open?link={}", "A".repeat(43)));
        self.open("login/recovery");
        self.browser.fill("#code", code.as_str().expect("a text"));
        self.browser.click("#send");
        self.meet("#used", "recovery-used");
        self.browser.set_user_verified(true);
        self.browser.open(&format!("{}/account", self.stage.origin()));
        self.browser.log_out();
    }

    /// The second step, which fails, is given up, and succeeds.
    fn second_step(&mut self, person: &Person) {
        self.browser.set_user_verified(false);
        self.browser.type_password(self.stage, person);
        self.meet("#ceremony #retry:not([hidden])", "login-check-failed");
        self.open("login/check/card");
        self.open("login/check");
        self.browser.click("#cancel-form button");
        self.meet("#login-form, #message", "login-cancelled");
        self.browser.set_user_verified(true);
        self.browser.open(&format!("{}/login", self.stage.origin()));
        self.browser.click("#to-passkey");
        let _ = self.browser.account_here();
        self.look("account");
        self.wrong_pins();
        self.browser.open(&format!("{}/account", self.stage.origin()));
        let _ = self.browser.account_here();
    }

    /// What a contact person does for a colleague who is new, and then lost everything.
    fn helping(&mut self, contact: &Person) {
        self.open("people/add");
        self.browser.click("#add-button");
        self.meet("#summary", "people-add-refused");
        let email = format!("collega.{}", contact.username);
        self.browser.add_colleague(self.stage, "Test Doktersassistent", &email);
        self.look("people-added");
        self.browser.click("#to-person");
        self.meet("#number", "person-colleague");
        let path = self.browser.script("return location.pathname", vec![]);
        let person = path.as_str().unwrap_or_default().trim_start_matches('/').to_owned();
        for page in ["number", "pin", "waiver", "pin-made", "authorisations"] {
            self.browser.open(&format!("{}/{person}/{page}", self.stage.origin()));
            self.look(&format!("person-{page}"));
        }
        self.browser.open(&format!("{}/{person}/added", self.stage.origin()));
        let (number, pin) = self.browser.number_and_pin(self.stage);
        self.look("inbox-secret");
        self.open("activate/card");
        self.browser.fill("#number", &number);
        self.browser.click("#card-pin-button");
        self.meet("#summary", "activate-card-refused");
        self.browser.fill("#pin", &pin);
        self.browser.click("#card-pin-button");
        self.meet("#card", "activate-card-read");
        let password = "avonddienst om kwart over acht".to_owned();
        self.browser.activate(self.stage, (&number, &pin), &password);
        self.browser.enrol_first(Choice::Passkey, "Sleutel");
        let colleague = Person { username: email.clone(), password, ..contact.clone() };
        self.asking(&colleague);
        self.browser.type_password(self.stage, &colleague);
        let _ = self.browser.account_here();
        self.renewing();
        self.addresses(&colleague);
        self.browser.open(&format!("{}/account", self.stage.origin()));
        let _ = self.browser.account_here();
        self.browser.log_out();
        self.browser.type_password(self.stage, contact);
        let _ = self.browser.account_here();
        self.asked(&person);
        self.allow_links();
        self.access((contact, &colleague), &person);
        self.browser.type_password(self.stage, contact);
        let _ = self.browser.account_here();
        self.waiving(&person);
    }

    /// A waiver of the colleague at this address, at the second try.
    fn waiving(&mut self, person: &str) {
        self.browser.open(&format!("{}/{person}/waiver", self.stage.origin()));
        self.meet("#to-unforce", "person-waiver-forced");
        self.browser.click("#to-unforce");
        self.browser.fill("#hours", "1");
        self.browser.click("#unforce-button");
        let _ = self.browser.element("#notice");
        self.browser.open(&format!("{}/{person}/waiver", self.stage.origin()));
        self.meet("#waiver-form", "person-waiver-form");
        self.browser.fill("#days", "9");
        self.browser.click("#waiver-button");
        self.meet("#summary", "person-waiver-refused");
        self.browser.fill("#days", "1");
        self.browser.fill("#reason", "sleutel kwijt");
        self.browser.click("#waiver-button");
        self.meet("#waived", "person-waived");
        self.browser.open(&format!("{}/settings", self.stage.origin()));
        self.browser.click("#force-button");
        let _ = self.browser.element("#forced");
    }

    /// Who proved nothing asks for a new PIN of this colleague.
    fn asking(&mut self, colleague: &Person) {
        self.browser.open(&format!("{}/activate/pin", self.stage.origin()));
        self.browser.fill("#whose", &colleague.username);
        self.browser.click("#ask");
        let _ = self.browser.element("#next");
    }

    /// Who is in has a new PIN made, too soon after the last one.
    fn renewing(&mut self) {
        self.browser.open(&format!("{}/activate/pin", self.stage.origin()));
        self.meet("#renew-form", "activate-pin-proven");
        self.browser.click("#renew");
        self.meet("#summary", "activate-pin-too-soon");
    }

    /// Where the contact person, who is in, sees that this colleague asks.
    fn asked(&mut self, person: &str) {
        self.browser.open(&format!("{}/{person}", self.stage.origin()));
        self.meet("#asks", "person-asks");
        for page in ["inbox", "people"] {
            self.browser.open(&format!("{}/{page}", self.stage.origin()));
            self.meet("#asking", &format!("{page}-asking"));
        }
    }

    /// Lets who has a key be sent a link too, to an address that has been there for a week.
    fn allow_links(&mut self) {
        self.browser.open(&format!("{}/settings", self.stage.origin()));
        self.browser.click("#beside");
        self.browser.click("#settings-button");
        let _ = self.browser.element("#notice");
        self.stage.age();
    }

    /// A colleague sets something new up with a code of the contact person, at the second try.
    fn access(&mut self, (contact, colleague): (&Person, &Person), person: &str) {
        let code = self.hand_over(person);
        self.browser.set_user_verified(false);
        self.browser.type_password(self.stage, colleague);
        let _ = self.browser.element("#ceremony #retry:not([hidden])");
        self.browser.open(&format!("{}/login/email", self.stage.origin()));
        self.meet("#address", "login-email-send");
        self.browser.click("#send");
        self.meet("#sent", "login-email-sent");
        self.browser.click("#to-check");
        self.browser.click("#others summary");
        self.browser.click("#to-access");
        self.meet("#code-form", "login-access");
        self.browser.fill("#code", "1234-5678");
        self.browser.click("#send");
        self.meet("#summary", "login-access-refused");
        self.browser.fill("#code", &code);
        self.browser.click("#send");
        self.meet("#anew", "enrol-anew-by-access");
        self.browser.set_user_verified(true);
        // As somebody who went to another browser: the wizard is open in this one no more.
        self.browser.forget_cookies();
        self.browser.type_password(self.stage, colleague);
        self.meet("#message", "set-up-closed");
        self.browser.type_password(self.stage, contact);
        let _ = self.browser.account_here();
        let code = self.hand_over(person);
        self.browser.type_password(self.stage, colleague);
        self.browser.click("#onward");
        self.meet("#code-form", "login-access-stranded");
        self.browser.fill("#code", &code);
        self.browser.click("#send");
        let _ = self.browser.element("#anew");
        self.browser.enrol_chosen(Choice::Passkey, "een nieuwe sleutel");
    }

    /// The code that the contact person, who is in, gives this colleague and reads out.
    fn hand_over(&mut self, person: &str) -> String {
        self.browser.open(&format!("{}/{person}/access", self.stage.origin()));
        self.meet("#ask-form", "person-access");
        self.browser.click("#ask-button");
        self.meet("#until", "person-access-given");
        let code =
            self.browser.script("return document.querySelector('#code').textContent", vec![]);
        self.browser.click("#back");
        self.meet("#access", "person-access-there");
        self.browser.open(&format!("{}/account", self.stage.origin()));
        self.browser.log_out();
        code.as_str().expect("a text").to_owned()
    }

    /// The e-mail addresses of who is in and has just used a key: one is refused, one is proven.
    fn addresses(&mut self, person: &Person) {
        for path in ["account/details", "account/details/email", "account/details/backup-email"] {
            self.open(path);
        }
        self.browser.fill("#email", &person.username);
        self.browser.click("#email-button");
        self.meet("#summary", "account-details-refused");
        let address = format!("thuis.{}", person.username);
        self.browser.fill("#email", &address);
        self.browser.click("#email-button");
        self.meet("#code-form", "account-details-code");
        self.browser.fill("#code", "12 34 5");
        self.browser.click("#code-button");
        self.meet("#summary", "account-details-code-refused");
        let code = self.mailed(&address);
        self.browser.fill("#code", &code);
        self.browser.click("#code-button");
        self.meet("#backup-email", "account-details-backup");
        self.open("account/details/backup-email/remove");
    }

    /// The code that was mailed to an address; its page is opened again until it is there.
    fn mailed(&self, address: &str) -> String {
        let page = format!("{}/account/details/code", self.stage.origin());
        let mut codes = (0..MAILED).map(|_| {
            self.browser.open(&page);
            self.stage.mailed(address)
        });
        codes.find_map(|code| code).expect("a code was mailed")
    }

    /// What a contact person manages.
    fn managing(&mut self) {
        for path in ["settings", "settings/second-factor", "people"] {
            self.open(path);
        }
        // The contact person comes after the colleague.
        self.browser.click("#people li:last-child a");
        self.meet("#facts", "person");
        let path = self.browser.script("return location.pathname", vec![]);
        let oneself = path.as_str().unwrap_or_default().to_owned();
        self.browser.open(&format!("{}{oneself}/end", self.stage.origin()));
        self.meet("#barrier", "person-end");
        self.browser.open(&format!("{}/people", self.stage.origin()));
        self.browser.click("#people li:first-child a");
        self.browser.click("#to-rename");
        self.meet("#rename-form", "person-rename");
        self.browser.open(&format!("{}/account", self.stage.origin()));
    }

    /// Who is in: all that 'Mijn account' leads to, and out again.
    fn inside(&mut self) {
        self.browser.click("#factors a[id^=remove]");
        self.meet("#remove-form, #last-factor", "remove");
        for path in ["enrol", "enrol/passkey", "enrol/card", "confirm/card?then=/enrol"] {
            self.open(path);
        }
        self.browser.set_user_verified(false);
        self.open("confirm?then=/enrol");
        self.meet("#ceremony #retry:not([hidden])", "confirm-failed");
        self.browser.set_user_verified(true);
        self.browser.open(&format!("{}/account", self.stage.origin()));
        self.browser.log_out();
        self.look("after-logging-out");
    }

    /// Five wrong PINs block the PIN of whoever is in, and the Berichtenbox tells it.
    fn wrong_pins(&mut self) {
        let script = "return document.querySelector('#user-number').textContent";
        let number = self.browser.script(script, vec![]);
        let number = number.as_str().unwrap_or_default().to_owned();
        for _ in 0..5 {
            self.browser.open(&format!("{}/activate", self.stage.origin()));
            self.browser.fill("#number", &number);
            self.browser.fill("#pin", "AaDd EeFf");
            for field in ["#new-password", "#again"] {
                self.browser.fill(field, "avonddienst om kwart over acht");
            }
            self.browser.click("#activate-button");
            let _ = self.browser.element("#summary, #message");
        }
        self.look("pin-blocked");
        self.open("inbox");
        self.browser.click("#messages a");
        self.meet("#back", "inbox-message");
    }

    /// A security key, before and after it learns to log in without a password.
    fn upgrading(&mut self) {
        self.browser.add_virtual_key();
        self.unproven();
        let person = self.stage.person("Test Huisarts", None);
        self.browser.type_password(self.stage, &person);
        self.browser.enrol_first(Choice::SecurityKey, "een sleutel met een tamelijk lange naam");
        self.browser.type_password(self.stage, &person);
        let _ = self.browser.account_here();
        self.look("account-key");
        self.browser.click("[id^=upgrade-]");
        self.meet("#enrol-button", "upgrade");
        self.browser.click("#enrol-button");
        let _ = self.browser.account_here();
        self.look("account-upgraded");
        // It is lost; another counts once it was tried out, which fails here.
        self.browser.wipe_key();
        self.browser.open(&format!("{}/enrol/passkey", self.stage.origin()));
        self.enrols_and_stays();
        self.browser.wipe_key();
        self.browser.open(&format!("{}/account", self.stage.origin()));
        self.browser.click("[id^=try-]");
        self.meet("#ceremony #retry:not([hidden])", "account-try-failed");
        self.browser.open(&format!("{}/account", self.stage.origin()));
        self.browser.log_out();
    }

    /// A first security key that is gone when it is to prove itself.
    fn unproven(&mut self) {
        let person = self.stage.person("Test Huisarts", None);
        self.browser.type_password(self.stage, &person);
        self.browser.begin_wizard();
        self.browser.click("#choose-security-key");
        self.enrols_and_stays();
        self.browser.wipe_key();
        self.browser.open(&format!("{}/enrol/prove", self.stage.origin()));
        self.meet("#ceremony #retry:not([hidden])", "enrol-prove-failed");
        self.browser.log_out();
    }

    /// Enrols, and goes no further.
    fn enrols_and_stays(&self) {
        let _ = self.browser.element("#enrol-button");
        let _ = self.browser.script(STAY, vec![]);
        self.browser.click("#enrol-button");
        let _ = self.browser.element("html[data-stays]");
    }

    /// An authenticator app: mistyped, enrolled, and asked after the password.
    fn app(&mut self) {
        let person = self.stage.person("Test Fysiotherapeut", None);
        self.browser.type_password(self.stage, &person);
        let _ = self.browser.element("#wizard");
        self.open("confirm/password?then=/enrol/app");
        self.browser.fill("#password", "niet mijn wachtwoord");
        self.browser.click("#password-button");
        self.meet("#summary", "confirm-password-refused");
        self.browser.open(&format!("{}/enrol", self.stage.origin()));
        self.browser.begin_wizard();
        self.browser.click("#choose-app");
        let phone = Phone::typing(&self.browser.words("#seed"));
        self.browser.fill("#code", "12 34 5");
        self.browser.click("#enrol-button");
        self.meet("#summary", "enrol-app-refused");
        self.browser.fill("#code", &phone.code(now()));
        self.browser.click("#enrol-button");
        let _ = self.browser.element("#make-form");
        self.browser.click("#later");
        let _ = self.browser.account_here();
        self.browser.log_out();
        self.browser.type_password(self.stage, &person);
        self.meet("#code-form", "login-check-app");
        // The step that proved the app is spent; the next one is within the window.
        self.browser.fill("#code", &phone.code(now() - 30_000));
        self.browser.click("#code-button");
        self.meet("#summary", "login-check-app-refused");
        self.browser.fill("#code", &phone.code(now() + 30_000));
        self.browser.click("#code-button");
        let _ = self.browser.account_here();
        self.look("account-app");
        self.open("confirm/app?then=/enrol/passkey");
        self.browser.open(&format!("{}/account", self.stage.origin()));
        self.browser.log_out();
    }

    /// Everything is lost but the recovery code, and then a key, a card and an app turn up.
    fn lost(&mut self) {
        let person = self.stage.person("Test Arts", Some(SUBSCRIBER));
        self.browser.type_password(self.stage, &person);
        self.browser.enrol_first(Choice::Passkey, "een passkey die zoek raakt");
        self.stage.link_card(&person);
        // By name: the browser holds passkeys of others.
        self.browser.type_password(self.stage, &person);
        let _ = self.browser.account_here();
        self.browser.open(&format!("{}/enrol/app", self.stage.origin()));
        let phone = Phone::typing(&self.browser.words("#seed"));
        self.browser.fill("#code", &phone.code(now()));
        self.browser.click("#enrol-button");
        let _ = self.browser.account_here();
        self.browser.open(&format!("{}/enrol/recovery", self.stage.origin()));
        self.browser.click("#make-form button");
        let code = self.browser.words("#code");
        self.browser.open(&format!("{}/account", self.stage.origin()));
        self.browser.log_out();
        self.browser.set_user_verified(false);
        self.browser.type_password(self.stage, &person);
        let _ = self.browser.element("#others summary");
        self.open("login/check/card");
        self.browser.open(&format!("{}/login/check", self.stage.origin()));
        self.browser.click("#others summary");
        self.browser.click("#to-anew");
        self.meet("#code-form", "login-anew");
        self.browser.click("#to-anew-card");
        self.meet("#card", "login-anew-card");
        self.browser.open(&format!("{}/login/anew", self.stage.origin()));
        self.browser.fill("#code", &code);
        self.browser.click("#send");
        self.meet("#notice", "login-anew-begun");
        self.browser.set_user_verified(true);
        self.browser.type_password(self.stage, &person);
        self.meet("#anew", "enrol-anew");
        self.keeping(&phone);
        self.browser.click("#done");
        self.meet("#login-form", "login-kept");
    }

    /// What turns up is kept: the card is not at hand after all, the code of the app is mistyped, and the key is used.
    fn keeping(&mut self, phone: &Phone) {
        self.browser.click("#to-keep");
        self.meet("#suspended", "enrol-keep");
        self.browser.click("#suspended [data-kind=card] a");
        self.meet("#card", "enrol-keep-card");
        self.browser.open(&format!("{}/enrol/keep", self.stage.origin()));
        self.browser.click("#suspended [data-kind=app] a");
        self.meet("#code-form", "enrol-keep-app");
        self.browser.fill("#code", "12 34 5");
        self.browser.click("#code-button");
        self.meet("#summary", "enrol-keep-app-refused");
        self.browser.fill("#code", &phone.code(now() + 30_000));
        self.browser.click("#code-button");
        self.meet("#kept", "enrol-kept-app");
        self.browser.set_user_verified(false);
        self.browser.click("#suspended [data-kind=passkey] a");
        self.meet("#ceremony #retry:not([hidden])", "enrol-keep-key-failed");
        self.browser.set_user_verified(true);
        self.browser.click("#retry");
        self.meet("#kept [data-kind=passkey]", "enrol-kept");
    }

    /// Two employers: the question, a forgotten answer, and the answer.
    fn choosing(&mut self) {
        let person = self.stage.person("Test Waarnemer", None);
        let long = "FAKE Huisartsenposten Noord-Oost-Voorbeeld en Omstreken";
        let _ = self.stage.employ(&person, long, &[]);
        self.browser.type_password(self.stage, &person);
        self.meet("#choice-form", "login-organisation");
        self.browser.click("#choice-button");
        self.meet("#summary", "login-organisation-refused");
        self.browser.click("#organisations label:last-of-type");
        self.browser.click("#choice-button");
        let _ = self.browser.element("#wizard");
        self.browser.log_out();
    }

    /// A phone number: refused, sent a text, and called.
    fn phones(&mut self) {
        let person = self.stage.person("Test Verloskundige", None);
        self.browser.type_password(self.stage, &person);
        let _ = self.browser.element("#wizard");
        self.open("enrol/sms");
        self.browser.fill("#number", "0900 1234");
        self.browser.click("#number-button");
        self.meet("#summary", "enrol-sms-refused");
        self.browser.fill("#number", "06 12345678");
        self.browser.click("#number-button");
        self.meet("#send-form", "enrol-sms-code");
        self.open("enrol/call");
        self.browser.fill("#number", "030 1234567");
        self.browser.click("#number-button");
        self.meet("#call", "enrol-call-waiting");
        self.browser.log_out();
    }

    /// The link that an operator mails, its two answers, and once more.
    fn support(&mut self) {
        let person = self.stage.person("Test Diëtist", None);
        let office = format!("praktijk.{}", person.username);
        let by = ["--operator", "Test Beheer"];
        let today = Clock::system().now().to_string();
        let extract = today.split(['T', ' ']).next().unwrap_or_default();
        let registers = |email: &str| {
            let command = ["organisation", "registered", "--username", &person.username];
            let program = self.stage.sleutelbos(&command);
            let program = program.args(["--email", email, "--telephone", "030 253 11 11"]);
            let program = program.args(["--kvk", "12345678", "--extract", extract]).args(by);
            let _ = program.run().good();
        };
        registers(&office);
        self.stage.ages_addresses();
        self.browser.type_password(self.stage, &person);
        let _ = self.browser.element("#wizard");
        let number = self.browser.words("#user-number");
        self.browser.log_out();
        for answer in ["yes", "no"] {
            let what = if answer == "yes" { "pin" } else { "unblock" };
            let opened = self
                .stage
                .sleutelbos(&["support", "open", what, "--agb", "01012345", "--number", &number])
                .args(by)
                .run()
                .good();
            let id = opened.lines().next().unwrap_or_default().to_owned();
            let before = self.stage.links_to(&office);
            let sent = self.stage.sleutelbos(&["support", "send-link", &id]).args(by).run();
            let _ = sent.good();
            self.answers((&office, &before), answer, &format!("support-confirm-{what}"));
            let new = format!("kantoor.{answer}.{}", person.username);
            registers(&new);
            self.answers((&new, &[]), answer, "registered-confirm");
        }
    }

    /// Answers what the link asks that comes to an address beside these; it works once.
    fn answers(&mut self, (address, before): (&str, &[String]), answer: &str, page: &str) {
        // What a command posts goes within a minute; what the server posts itself has it look at once.
        self.browser.open(&format!("{}/activate/pin", self.stage.origin()));
        self.browser.fill("#whose", &format!("{answer}.{address}"));
        self.browser.click("#ask");
        let _ = self.browser.element("#next");
        let link = self.mailed_link(address, before);
        self.browser.open(&format!("{}/{link}", self.stage.origin()));
        self.meet("#yes-form", page);
        self.browser.click(&format!("#{answer}"));
        self.meet("#close", &format!("{page}-{answer}"));
        self.browser.open(&format!("{}/{link}", self.stage.origin()));
        self.meet("#message", &format!("{page}-invalid"));
    }

    /// The link that came to an address beside these; a page is opened again until it is there.
    fn mailed_link(&self, address: &str, before: &[String]) -> String {
        let page = format!("{}/help", self.stage.origin());
        let mut links = (0..MAILED).map(|_| {
            self.browser.open(&page);
            self.stage.links_to(address).into_iter().find(|link| !before.contains(link))
        });
        links.find_map(|link| link).expect("a link was mailed")
    }

    /// Five wrong passwords.
    fn blocked(&mut self, person: &Person) {
        let wrong = Person { password: "verkeerd".to_owned(), ..person.clone() };
        for _ in 0..5 {
            self.browser.type_password(self.stage, &wrong);
            let _ = self.browser.element("#summary, #message");
        }
        self.look("blocked");
    }
}

/// Walks every page in this language (`nl` or `en`), and lets axe-core judge each; `service` prints the letters.
/// The pictures are in `target/pictures`.
///
/// # Panics
/// Where a page is wider than the screen, or shuts somebody out, or is walked by nobody.
#[must_use]
pub fn every_page(service: &PrintService, language: &str) -> String {
    let stage = &Stage::printed_by(service);
    let person = stage.person("Test Logopedist", None);
    let mut walk = Walk::start(stage, language);
    walk.browser.add_virtual_authenticator();
    walk.outside(&person);
    walk.enrolling(&person);
    walk.second_step(&person);
    walk.helping(&person);
    walk.managing();
    walk.inside();
    walk.last_step();
    walk.upgrading();
    walk.app();
    walk.lost();
    walk.phones();
    walk.choosing();
    walk.posting(service);
    walk.blocked(&person);
    walk.visits.assert_every_other(stage);
    format!("{} pages fit and shut nobody out", walk.pages)
}

/// Walks what the link of an operator asks, in both languages, as [`every_page`] does.
///
/// # Panics
/// Where a page is wider than the screen, or shuts somebody out.
#[must_use]
pub fn link_of_an_operator(stage: &Stage) -> String {
    let mut pages = 0;
    for language in ["nl", "en"] {
        let mut walk = Walk::start(stage, language);
        walk.support();
        walk.visits.assert_all(stage, BY_LINK);
        pages += walk.pages;
    }
    format!("{pages} pages fit and shut nobody out")
}

/// Has the page stay where it is once its key was enrolled, as if the person closed it there.
const STAY: &str = "const ask = window.fetch; window.fetch = async (...asked) => { \
    const answer = await ask(...asked); \
    if (!String(asked[0]).endsWith('/enrol/webauthn')) return answer; \
    document.documentElement.dataset.stays = ''; \
    return new Promise(() => {}); }";

/// How often a page is opened until a mail is there.
const MAILED: usize = 300;

/// The time, in milliseconds after 1970: what a phone's clock says.
fn now() -> i64 {
    Clock::system().now().millis()
}
