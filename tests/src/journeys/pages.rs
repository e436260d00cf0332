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

/// Walks every page of a person who logs in for the first time, at the width of a small phone, in
/// light and dark colours, and lets axe-core judge each.
///
/// # Panics
/// Where a page is wider than the screen, or shuts somebody out.
#[must_use]
pub fn small_screen(stage: &Stage) -> String {
    const WIDTH: u32 = 320;
    let person = stage.person("Test Logopedist", None);
    let browser = Browser::start(&Options::default());
    browser.add_virtual_authenticator();
    browser.set_viewport(WIDTH, 640);
    let mut pages = 0;
    let mut fits = |what: &str| {
        let wide = browser.script("return document.documentElement.scrollWidth", vec![]);
        assert!(wide.as_u64() <= Some(u64::from(WIDTH)), "{what} is {wide} pixels wide");
        for colours in ["dark", "light"] {
            browser.set_colours(colours);
            assert_eq!(browser.barriers(), Vec::<String>::new(), "{what}, in {colours} colours");
        }
        pages += 1;
    };
    for path in ["login", "login/passkey", "login/card", "help", "nowhere"] {
        browser.open(&format!("{}/{path}", stage.origin()));
        let _ = browser.element("h1");
        fits(path);
    }
    browser.type_password(stage, &Person { password: "verkeerd".to_owned(), ..person.clone() });
    let _ = browser.element("#summary");
    fits("a refused log-in");
    browser.type_password(stage, &person);
    let _ = browser.element("#choices");
    fits("the choice of a factor");
    browser.enrol_first(Choice::Passkey, "een passkey met een tamelijk lange naam");
    fits("the log-in after enrolling");
    browser.click("#to-passkey");
    let _ = browser.account_here();
    fits("my account");
    browser.click("#factors a");
    let _ = browser.element("h1");
    fits("removing a factor");
    format!("{pages} pages fit {WIDTH} pixels")
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
