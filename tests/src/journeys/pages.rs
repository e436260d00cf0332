//! What a person does on the server's pages.

use crate::browser::{Browser, Options};
use crate::stage::{Person, Stage};

impl Browser {
    /// Types name and password on the log-in page.
    pub fn type_password(&self, stage: &Stage, person: &Person) {
        self.open(&format!("{}/login", stage.origin()));
        self.fill("#username", &person.username);
        self.fill("#password", &person.password);
        self.click("#login-button");
    }

    /// Enrols a first key or passkey on the visit that a password alone gives. That visit is over
    /// then: the log-in page asks to use the new factor.
    pub fn enrol_first(&self, choice: Choice, name: &str) {
        self.click(choice.link());
        self.fill("#name", name);
        self.click("#enrol-button");
        let _ = self.element("#login-form");
        let _ = self.element("#notice");
    }

    /// Waits for 'Mijn account' and reads it.
    #[must_use]
    pub fn account_here(&self) -> (String, Vec<String>) {
        let _ = self.element("#level");
        let level = self.script("return document.querySelector('#level').dataset.level", vec![]);
        let kinds = self.script(
            "return [...document.querySelectorAll('#factors [data-kind]')].map(f => f.dataset.kind)",
            vec![],
        );
        let kinds = kinds.as_array().cloned().unwrap_or_default();
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        (text(&level), kinds.iter().map(text).collect())
    }

    /// Logs out and waits until that is said.
    pub fn log_out(&self) {
        self.click("#logout-button");
        let _ = self.element("#login-form, #message, #onward");
    }
}

/// What a person chooses to enrol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// A security key.
    SecurityKey,
    /// A passkey.
    Passkey,
}

impl Choice {
    fn link(self) -> &'static str {
        match self {
            Self::SecurityKey => "#choose-security-key",
            Self::Passkey => "#choose-passkey",
        }
    }
}

/// Logs in and enrols a passkey without a mouse: Tab and Enter alone.
///
/// # Panics
/// Where something cannot be reached or used by keyboard.
#[must_use]
pub fn keyboard(stage: &Stage) -> String {
    let person = stage.person("Test Ergotherapeut", None);
    let browser = Browser::start(&Options::default());
    browser.add_virtual_authenticator();
    browser.open(&format!("{}/login", stage.origin()));
    browser.tab_to("#username");
    browser.keys(&person.username);
    browser.tab_to("#password");
    browser.keys(&person.password);
    browser.keys(ENTER);
    let _ = browser.element("#choices");
    browser.tab_to("#choose-passkey");
    browser.keys(ENTER);
    let _ = browser.element("#enrol-button");
    browser.tab_to("#enrol-button");
    browser.keys(ENTER);
    let _ = browser.element("#login-form");
    let _ = browser.element("#notice");
    browser.tab_to("#to-passkey");
    browser.keys(ENTER);
    let (level, _) = browser.account_here();
    browser.tab_to("#logout-button");
    browser.keys(ENTER);
    let _ = browser.element("#login-form, #message, #onward");
    format!("enrolled, logged in ({level}) and out with Tab and Enter")
}

/// WebDriver's names of keys.
const ENTER: &str = "\u{E007}";
const TAB: &str = "\u{E004}";

impl Browser {
    /// Presses Tab until the element has the focus, which must be visible.
    fn tab_to(&self, css: &str) {
        let focused = "const e = document.activeElement; return e.matches(arguments[0]) \
                       && getComputedStyle(e).outlineStyle !== 'none'";
        let _ = self.element(css);
        for _ in 0..40 {
            if self.script(focused, vec![css.into()]) == true {
                return;
            }
            self.keys(TAB);
        }
        panic!("{css} cannot be reached with Tab, or does not show that it has the focus");
    }
}
