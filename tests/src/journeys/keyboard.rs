//! What a person does without a mouse: Tab, Enter and the space bar alone.

use serde_json::Value;
use sleutelbos_server::clock::Clock;

use super::pages::Choice;
use crate::browser::{Browser, Options};
use crate::exchange::{Exchange, Provider};
use crate::phone::Phone;
use crate::stage::{Person, Stage};

/// Logs in and enrols a passkey.
///
/// # Panics
/// Where something cannot be reached or used by keyboard.
#[must_use]
pub fn passkey(stage: &Stage) -> String {
    let person = stage.person("Test Ergotherapeut", None);
    let browser = Browser::start(&Options::default());
    browser.add_virtual_authenticator();
    browser.key_in_password(stage, &person);
    browser.enter("#begin");
    browser.enter("#choose-passkey");
    browser.enter("#enrol-button");
    browser.enter("#later");
    let _ = browser.account_here();
    browser.enter("#logout-button");
    browser.enter("#onward");
    let _ = browser.element("#login-form");
    browser.enter("#to-passkey");
    let (level, _) = browser.account_here();
    browser.leave();
    format!("enrolled, logged in ({level}) and out with Tab and Enter")
}

/// Enrols an app and logs in with it, then with the recovery code, and somebody else by a phone call.
///
/// # Panics
/// Where something cannot be reached or used by keyboard.
#[must_use]
pub fn codes() -> String {
    let exchange = Exchange::open();
    let stage = &Stage::reached_by(&exchange, Provider::Twilio);
    let person = stage.person("Test Fysiotherapeut", None);
    let browser = Browser::start(&Options::default());
    browser.key_in_password(stage, &person);
    browser.enter("#begin");
    browser.enter("#choose-app");
    let phone = Phone::typing(&browser.words("#seed"));
    browser.type_at("#code", &phone.code(now()));
    browser.enter("#enrol-button");
    browser.enter("#make");
    let _ = browser.element("#download-form");
    let code = browser.words("#code");
    browser.enter("#onward");
    browser.type_at("#code", &code);
    browser.enter("#send");
    let _ = browser.account_here();
    browser.leave();

    browser.key_in_password(stage, &person);
    // The step that proved the app is spent; the next one is within the window.
    browser.type_at("#code", &phone.code(now() + 30_000));
    browser.enter("#code-button");
    let (by_app, _) = browser.account_here();
    browser.leave();

    browser.key_in_password(stage, &person);
    browser.enter("#others summary");
    browser.enter("#to-recovery");
    let _ = browser.element("#send");
    browser.type_at("#code", &code);
    browser.enter("#send");
    let _ = browser.element("#used");
    browser.enter("#logout-button");
    let by_call = by_call(&browser, stage, &exchange);
    format!("in by app ({by_app}), by recovery code and by call ({by_call}) with Tab and Enter")
}

/// Enrols a phone that is called, and logs in by it.
fn by_call(browser: &Browser, stage: &Stage, exchange: &Exchange) -> String {
    let person = stage.person("Test Verloskundige", None);
    browser.key_in_password(stage, &person);
    browser.enter("#begin");
    browser.enter("#choose-call");
    browser.type_at("#number", "030 1234567");
    browser.enter("#number-button");
    pick_up(browser, exchange);
    browser.enter("#later");
    let _ = browser.account_here();
    browser.leave();
    browser.key_in_password(stage, &person);
    browser.enter("#send-button");
    pick_up(browser, exchange);
    let (level, _) = browser.account_here();
    browser.leave();
    level
}

/// Answers the call and keys in what the screen shows; the page shows by itself that it was right.
fn pick_up(browser: &Browser, exchange: &Exchange) {
    let _ = browser.element("#call");
    let code = browser.words("#code").replace(' ', "");
    let call = exchange.call();
    let asked = call.answer();
    let _ = call.press(&asked, &code);
    let _ = browser.element("#checked:not([hidden])");
    browser.enter("#log-in-button");
}

/// A contact person adds a colleague, changes a setting, stops forcing, and waives the colleague's second factor.
///
/// # Panics
/// Where something cannot be reached or used by keyboard.
#[must_use]
pub fn managing(stage: &Stage) -> String {
    let contact = stage.person("Test Praktijkmanager", None);
    let browser = Browser::start(&Options::default());
    browser.add_virtual_authenticator();
    browser.type_password(stage, &contact);
    browser.enrol_first(Choice::Passkey, "Sleutel");
    browser.key_in_password(stage, &contact);
    let _ = browser.account_here();
    browser.enter("#to-people");
    browser.enter("#to-add");
    browser.type_at("#name", "Test Doktersassistent");
    browser.type_at("#email", &format!("collega.{}", contact.username));
    browser.press("#may-recepten", SPACE);
    browser.enter("#add-button");
    let _ = browser.element("#next");
    // The colleague comes, in the same browser.
    let (number, pin) = browser.number_and_pin(stage);
    browser.open(&format!("{}/account", stage.origin()));
    browser.log_out();
    browser.activate(stage, (&number, &pin), "avonddienst om kwart over acht");
    browser.enrol_first(Choice::Passkey, "Sleutel");

    browser.key_in_password(stage, &contact);
    let _ = browser.account_here();
    browser.enter("#to-settings");
    browser.press("#beside", SPACE);
    browser.enter("#settings-button");
    let _ = browser.element("#notice");
    browser.enter("#to-unforce");
    browser.type_at("#hours", "1");
    browser.enter("#unforce-button");
    let _ = browser.element("#unforced");
    browser.open(&format!("{}/account", stage.origin()));
    browser.enter("#to-people");
    browser.type_at("#search", "collega");
    browser.enter("#search-button");
    let _ = browser.element("#everybody");
    browser.enter("#people a");
    browser.enter("#to-waiver");
    browser.type_at("#days", "1");
    browser.type_at("#reason", "sleutel kwijt");
    browser.enter("#waiver-button");
    let _ = browser.element("#waived");
    "a colleague was added, and has a waiver, with Tab, Enter and the space bar".to_owned()
}

/// WebDriver's names of keys.
const ENTER: &str = "\u{E007}";
const TAB: &str = "\u{E004}";
const SPACE: &str = " ";

/// Stops of Tab on a page, at most.
const STOPS: usize = 60;

impl Browser {
    /// Gives name and password on the log-in page.
    fn key_in_password(&self, stage: &Stage, person: &Person) {
        self.open(&format!("{}/login", stage.origin()));
        self.type_at("#username", &person.username);
        self.type_at("#password", &person.password);
        self.keys(ENTER);
    }

    /// Goes to a field and types this in place of what is in it.
    fn type_at(&self, css: &str, text: &str) {
        self.tab_to(css);
        let _ = self.script("document.activeElement.select()", vec![]);
        self.keys(text);
    }

    /// Goes to a button or link and presses Enter.
    fn enter(&self, css: &str) {
        self.press(css, ENTER);
    }

    fn press(&self, css: &str, key: &str) {
        self.tab_to(css);
        self.keys(key);
    }

    /// Logs out.
    fn leave(&self) {
        self.enter("#logout-button");
        let _ = self.element("#login-form, #message, #onward");
    }

    /// Presses Tab until the element has the focus; at each stop it must be seen what has it.
    fn tab_to(&self, css: &str) {
        let _ = self.element(css);
        for _ in 0..STOPS {
            let stop = self.stop();
            assert!(stop.is_seen, "the focus is not seen: {}", stop.html);
            if self.script(HERE, vec![css.into()]) == true {
                return;
            }
            self.keys(TAB);
        }
        panic!("{css} cannot be reached with Tab");
    }

    /// Presses Tab all the way round the page shown: each link, button and field that is shown is reached,
    /// and seen to be.
    ///
    /// # Panics
    /// Where one is not.
    pub(super) fn tab_through(&self, name: &str) {
        const ALL: &str = "window.waiting = new Set([...document.querySelectorAll('a[href], button, \
            input, select, textarea, summary, [tabindex=\"0\"]')].filter(e => !e.matches(':disabled') \
            && e.checkVisibility({visibilityProperty: true}) \
            && (e.type !== 'radio' || e.checked \
            || !document.querySelector(`input[name=\"${e.name}\"]:checked`)))); \
            return window.waiting.size";
        // Of several buttons of which one is chosen, the first or last is a stop where none is yet.
        const REACHED: &str = "const e = document.activeElement; window.waiting.delete(e); \
            window.waiting.forEach(o => { if (!o.isConnected || !o.checkVisibility() \
            || (o.type === 'radio' && e.type === 'radio' && o.name === e.name)) \
            window.waiting.delete(o) }); \
            return [...window.waiting].map(e => e.outerHTML)";
        let shown = self.script(ALL, vec![]).as_u64().expect("a number");
        let mut waiting = Value::Null;
        for _ in 0..usize::try_from(shown).expect("a few").saturating_mul(4) + STOPS {
            if waiting.as_array().is_some_and(Vec::is_empty) {
                return;
            }
            // First, for what a script gave the focus after a click is not shown to have it.
            self.keys(TAB);
            let stop = self.stop();
            assert!(stop.is_seen, "{name}: the focus is not seen: {}", stop.html);
            waiting = self.script(REACHED, vec![]);
        }
        panic!("{name}: cannot be reached with Tab: {waiting}");
    }

    /// Where the focus is.
    fn stop(&self) -> Stop {
        const STOP: &str = "const e = document.activeElement; \
            if (e === document.body || !e) return ['nowhere', true]; \
            const box = e.getBoundingClientRect(), style = getComputedStyle(e); \
            const seen = e.matches(':focus-visible') && style.outlineStyle !== 'none' \
                && parseFloat(style.outlineWidth) >= 1 && e.checkVisibility() \
                && box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight; \
            return [e.outerHTML, seen]";
        let stop = self.script(STOP, vec![]);
        let html = stop.get(0).and_then(Value::as_str).unwrap_or_default().to_owned();
        Stop { html, is_seen: stop.get(1) == Some(&true.into()) }
    }
}

/// Whether the element that is asked for has the focus.
const HERE: &str = "return document.activeElement?.matches(arguments[0]) === true";

/// What has the focus.
struct Stop {
    html: String,
    /// Whether somebody who looks sees that it has.
    is_seen: bool,
}

/// The time, in milliseconds after 1970: what a phone's clock says.
fn now() -> i64 {
    Clock::system().now().millis()
}
