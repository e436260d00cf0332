//! What a contact person does for colleagues in Gebruikersbeheer.

use super::pages::Choice;
use crate::browser::{Browser, Options};
use crate::mails;
use crate::stage::{Person, Stage};
use std::collections::BTreeSet;

/// The password that a colleague chooses.
const CHOSEN: &str = "avonddienst om kwart over acht";
/// How often a mail is looked for; each time a page is opened.
const MAILED: usize = 300;

impl Browser {
    /// Adds a colleague on the page, as a contact person who has just logged in, and stays where it is
    /// said what happens next.
    pub fn add_colleague(&self, stage: &Stage, name: &str, email: &str) {
        self.open(&format!("{}/people", stage.origin()));
        self.click("#to-add");
        self.fill("#name", name);
        self.fill("#email", email);
        self.click("#may-recepten");
        self.click("#add-button");
        let _ = self.element("#next");
    }

    /// Reads the user number that was mailed of the colleague to whose page `#to-person` leads, and then the
    /// PIN that waits in the Berichtenbox: the page shows the number to nobody who has the PIN.
    ///
    /// # Panics
    /// Where no number is mailed.
    #[must_use]
    pub fn number_and_pin(&self, stage: &Stage) -> (String, String) {
        self.click("#to-person");
        let _ = self.element("#facts");
        assert!(["Recepten inzien", "See prescriptions"].contains(&self.words("#may").as_str()));
        let _ = self.element("#masked");
        let (masked, [mail, _]) = (self.words("#number"), stage.sent());
        let inbox = format!("{}/inbox", stage.origin());
        let mut numbers = (0..MAILED).map(|_| {
            self.open(&inbox);
            mails::user_number(&mail, &BTreeSet::new(), &masked)
        });
        let number = numbers.find_map(|number| number).expect("the number is mailed");
        self.open(&inbox);
        self.click("#messages a");
        self.click("#secret-form button");
        let _ = self.element("#secret");
        (number, self.words("#secret"))
    }

    /// Chooses a password with number and PIN; the wizard is next.
    pub fn activate(&self, stage: &Stage, (number, pin): (&str, &str), password: &str) {
        self.open(&format!("{}/activate", stage.origin()));
        self.fill("#number", number);
        self.fill("#pin", pin);
        for field in ["#new-password", "#again"] {
            self.fill(field, password);
        }
        self.click("#activate-button");
        let _ = self.element("#wizard");
    }

    /// The words of an element.
    #[must_use]
    pub fn words(&self, css: &str) -> String {
        let _ = self.element(css);
        let script = "return document.querySelector(arguments[0]).textContent.trim()";
        let words = self.script(script, vec![css.into()]);
        words.as_str().unwrap_or_default().to_owned()
    }
}

/// A contact person adds a colleague, who activates the account, logs in, loses the passkey and is let in
/// for a day.
///
/// # Panics
/// Where a page is not as it should be.
#[must_use]
pub fn managed(stage: &Stage) -> String {
    let contact = stage.person("Test Praktijkmanager", None);
    let browser = Browser::start(&Options::default());
    browser.add_virtual_authenticator();
    browser.type_password(stage, &contact);
    browser.enrol_first(Choice::Passkey, "Sleutel");
    browser.type_password(stage, &contact);
    let _ = browser.account_here();
    let email = format!("collega.{}", contact.username);
    browser.add_colleague(stage, "Test Doktersassistent", &email);
    let (number, pin) = browser.number_and_pin(stage);
    browser.open(&format!("{}/account", stage.origin()));
    let _ = browser.account_here();
    browser.log_out();
    browser.activate(stage, (&number, &pin), CHOSEN);
    browser.enrol_first(Choice::Passkey, "Sleutel");
    let colleague =
        Person { username: email.clone(), password: CHOSEN.to_owned(), ..contact.clone() };
    browser.type_password(stage, &colleague);
    let (level, _) = browser.account_here();
    browser.log_out();
    browser.type_password(stage, &contact);
    let _ = browser.account_here();
    browser.authorise(stage, &email);
    browser.waive(stage, &email);
    browser.open(&format!("{}/account", stage.origin()));
    let _ = browser.account_here();
    browser.log_out();
    browser.type_password(stage, &colleague);
    let (waived, _) = browser.account_here();
    assert_eq!(waived, "low");
    format!(
        "a colleague was added, logged in ({level}), and with a password alone for a day ({waived})"
    )
}

impl Browser {
    /// Lets the colleague with this address do one thing more.
    pub fn authorise(&self, stage: &Stage, email: &str) {
        self.open(&format!("{}/people", stage.origin()));
        let search = email.split('@').next().unwrap_or_default();
        self.fill("#search", search);
        self.click("#search-button");
        let _ = self.element("#everybody");
        self.click("#people a");
        self.click("#to-authorisations");
        self.click("#may-declareren");
        self.click("#authorisations-button");
        let _ = self.element("#notice");
        assert_eq!(self.words("#may"), "DeclarerenRecepten inzien", "one below the other");
    }

    /// Stops forcing for an hour, and waives the second factor of the colleague with this address for a
    /// day.
    pub fn waive(&self, stage: &Stage, email: &str) {
        self.open(&format!("{}/settings/second-factor", stage.origin()));
        self.fill("#hours", "1");
        self.click("#unforce-button");
        let _ = self.element("#notice");
        self.open(&format!("{}/people", stage.origin()));
        let search = email.split('@').next().unwrap_or_default();
        self.fill("#search", search);
        self.click("#search-button");
        let _ = self.element("#everybody");
        self.click("#people a");
        self.click("#to-waiver");
        self.fill("#days", "1");
        self.fill("#reason", "sleutel kwijt");
        self.click("#waiver-button");
        let _ = self.element("#waived");
    }
}
