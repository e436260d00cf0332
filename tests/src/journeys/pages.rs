//! What a person does on the server's pages.

use sleutelbos_server::clock::Clock;

use crate::browser::{Browser, Options};
use crate::phone::Phone;
use crate::stage::{Person, Stage};

impl Browser {
    /// Types name and password on the log-in page.
    pub fn type_password(&self, stage: &Stage, person: &Person) {
        self.open(&format!("{}/login", stage.origin()));
        self.fill("#username", &person.username);
        self.fill("#password", &person.password);
        self.click("#login-button");
    }

    /// Walks through the wizard with a first key or passkey, puts off the recovery code, and logs out.
    pub fn enrol_first(&self, choice: Choice, name: &str) {
        self.begin_wizard();
        self.enrol_chosen(choice, name);
    }

    /// The same from the second step on.
    pub fn enrol_chosen(&self, choice: Choice, name: &str) {
        self.click(choice.link());
        self.fill("#name", name);
        self.click("#enrol-button");
        let _ = self.element("#make-form");
        self.click("#later");
        let _ = self.account_here();
        self.log_out();
        self.click("#onward");
        let _ = self.element("#login-form");
    }

    /// From the first step of the wizard to the second.
    pub fn begin_wizard(&self) {
        self.click("#begin");
        let _ = self.element("#choices");
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

/// Walks the wizard to its end: with a security key, and with an authenticator app.
///
/// # Panics
/// Where a step does not lead to the next one.
#[must_use]
pub fn wizard(stage: &Stage) -> String {
    let browser = Browser::start(&Options::default());
    browser.add_virtual_key();
    let keyholder = stage.person("Test Tandarts", None);
    browser.type_password(stage, &keyholder);
    assert_eq!(browser.step(), "Introductie");
    browser.begin_wizard();
    assert_eq!(browser.step(), "Tweefactorauthenticatie instellen");
    browser.click(Choice::SecurityKey.link());
    browser.click("#enrol-button");
    let _ = browser.keep_code();
    let (high, _) = browser.account_here();
    browser.log_out();

    let phoned = stage.person("Test Diëtist", None);
    browser.type_password(stage, &phoned);
    browser.begin_wizard();
    browser.click("#choose-app");
    let _ = browser.element("#seed");
    let seed = browser.script("return document.querySelector('#seed').textContent", vec![]);
    let phone = Phone::typing(seed.as_str().expect("a text"));
    browser.fill("#code", &phone.code(Clock::system().now().millis()));
    browser.click("#enrol-button");
    let _ = browser.keep_code();
    let (level, _) = browser.account_here();
    browser.log_out();
    format!("three steps each: with a key to {high}, with an app to {level}")
}

impl Browser {
    /// Which step of the wizard is shown.
    fn step(&self) -> String {
        let _ = self.element("#steps");
        let script = "return document.querySelector('#steps [aria-current]').textContent.trim()";
        self.script(script, vec![]).as_str().unwrap_or_default().replace('\u{ad}', "")
    }

    /// Step 3: makes the recovery code, copies it, and types it back; the code.
    pub fn keep_code(&self) -> String {
        let _ = self.element("#make-form");
        let step = self.step();
        assert!(["Herstelcode", "Recovery code"].contains(&step.as_str()), "{step}");
        self.click("#make");
        let _ = self.element("#onward");
        let code = self.words("#code");
        self.click("#onward");
        let _ = self.element("#code-form");
        self.fill("#code", &code);
        self.click("#send");
        let _ = self.element("#notice");
        code
    }
}
