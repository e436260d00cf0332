//! What a person does on the server's pages.

use crate::browser::Browser;
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
