//! What a person does with a phone, and with the recovery code when the phone is not at hand; the
//! provider's side is played by [`crate::exchange`].

use super::screens::Walk;
use super::visits::BY_PHONE;
use crate::browser::Browser;
use crate::exchange::{Exchange, Provider};
use crate::stage::{Person, Stage};

/// Somebody is called in the wizard, adds a number for text messages that opens nothing for a week, logs in by
/// a call, and then with the recovery code alone; somebody else has texts from the wizard on. The pages are in this
/// language (`nl` or `en`).
///
/// # Panics
/// Where a step does not lead to the next one.
#[must_use]
pub fn called(language: &str) -> String {
    let exchange = Exchange::open();
    let stage = Stage::reached_by(&exchange, Provider::Twilio);
    let person = stage.person("Test Verloskundige", None);
    let mut walk = Walk::start(&stage, language);
    let code = enrol_call(&mut walk, &exchange, &person);
    add_text(&mut walk, &exchange);
    let by_call = log_in_by_call(&mut walk, &exchange, &person);
    let once = log_in_by_code(&walk.browser, &stage, &person, &code);
    let person = stage.person("Test Tandarts", None);
    enrol_text(&walk, &exchange, &person);
    let by_text = log_in_by_text(&mut walk, &exchange, &person);
    walk.visits.assert_all(&stage, BY_PHONE);
    format!("by text: {by_text}, by call: {by_call}, with the recovery code: {once}")
}

/// The same provider's side, spoken by CM.com, which tells of a call when it is over: somebody is called in the
/// wizard and sees the green check mark, and somebody else logs in by text.
///
/// # Panics
/// Where a step does not lead to the next one.
#[must_use]
pub fn called_by_cm() -> String {
    let exchange = Exchange::open();
    let stage = Stage::reached_by(&exchange, Provider::Cm);
    let walk = Walk::start(&stage, "nl");
    let person = stage.person("Test Verloskundige", None);
    type_fixed_number(&walk, &person);
    let _ = walk.browser.element("#call");
    let code = walk.browser.words("#code").replace(' ', "");
    let call = exchange.call();
    assert_eq!((call.by, call.to.as_str()), (Provider::Cm, "+31301234567"));
    let asked = call.answer();
    let prompt = asked.all();
    assert!(prompt.contains("FAKE Testpraktijk") && !prompt.contains(&code), "{prompt}");
    let again = call.press(&asked, "12*");
    assert!(call.press(&again, &code).keys.is_none(), "nothing more is asked");
    call.hang_up();
    let _ = walk.browser.element("#checked:not([hidden])");
    walk.browser.click("#log-in-button");
    let _ = walk.browser.keep_code();
    let (by_call, _) = walk.browser.account_here();
    walk.browser.log_out();

    let person = stage.person("Test Tandarts", None);
    enrol_text(&walk, &exchange, &person);
    walk.browser.type_password(&stage, &person);
    let _ = walk.browser.element("#send-form");
    walk.browser.click("#send-button");
    let sms = exchange.sms();
    sms.report("delivered", stage.origin()).send().good();
    walk.browser.fill("#code", sms.code());
    walk.browser.click("#code-button");
    let (by_text, _) = walk.browser.account_here();
    walk.browser.log_out();
    format!("by CM.com: enrolled by a call ({by_call}), in by text ({by_text})")
}

/// The wizard up to where a fixed number is called.
fn type_fixed_number(walk: &Walk<'_>, person: &Person) {
    walk.browser.type_password(walk.stage, person);
    walk.browser.begin_wizard();
    walk.browser.click("#choose-call");
    walk.browser.fill("#number", "030 1234567");
    walk.browser.click("#number-button");
}

/// The wizard with a fixed number, to the recovery code.
fn enrol_call(walk: &mut Walk<'_>, exchange: &Exchange, person: &Person) -> String {
    type_fixed_number(walk, person);
    answer(walk, exchange, "enrol-call");
    let _ = walk.browser.element("#make-form");
    let code = walk.browser.keep_code();
    let _ = walk.browser.account_here();
    code
}

/// Picks up and keys in what the screen shows; the page shows by itself that it was right.
fn answer(walk: &mut Walk<'_>, exchange: &Exchange, name: &str) {
    let _ = walk.browser.element("#call");
    let code = walk.browser.words("#code").replace(' ', "");
    let call = exchange.call();
    call.ring();
    walk.meet("[data-when=ringing]:not([hidden])", &format!("{name}-ringing"));
    let asked = call.answer();
    let _ = walk.browser.element("[data-when=answered]:not([hidden])");
    let heard = call.press(&asked, &code);
    assert!(heard.keys.is_none(), "nothing more is asked: {heard:?}");
    walk.meet("#checked:not([hidden])", &format!("{name}-checked"));
    walk.browser.click("#log-in-button");
}

/// The wizard with a mobile number; the recovery code can wait.
fn enrol_text(walk: &Walk<'_>, exchange: &Exchange, person: &Person) {
    walk.browser.type_password(walk.stage, person);
    walk.browser.begin_wizard();
    walk.browser.click("#choose-sms");
    type_number(walk, exchange);
    let _ = walk.browser.element("#make-form");
    walk.browser.click("#later");
    let _ = walk.browser.account_here();
    walk.browser.log_out();
}

fn type_number(walk: &Walk<'_>, exchange: &Exchange) {
    walk.browser.fill("#number", "06 12345678");
    walk.browser.click("#number-button");
    let _ = walk.browser.element("#code-form");
    walk.browser.fill("#code", exchange.sms().code());
    walk.browser.click("#code-button");
}

/// A mobile number beside it.
fn add_text(walk: &mut Walk<'_>, exchange: &Exchange) {
    walk.browser.open(&format!("{}/enrol/sms", walk.stage.origin()));
    type_number(walk, exchange);
    let _ = walk.browser.account_here();
    walk.look("account-phones");
    walk.open("confirm/call?then=/enrol/passkey");
    walk.browser.open(&format!("{}/account", walk.stage.origin()));
    walk.browser.log_out();
}

fn log_in_by_text(walk: &mut Walk<'_>, exchange: &Exchange, person: &Person) -> String {
    walk.browser.type_password(walk.stage, person);
    walk.meet("#send-form", "login-check-sms");
    walk.browser.click("#send-button");
    walk.meet("#code-form", "login-check-sms-sent");
    walk.browser.fill("#code", exchange.sms().code());
    walk.browser.click("#code-button");
    let (level, _) = walk.browser.account_here();
    walk.open("confirm/sms?then=/enrol/passkey");
    walk.browser.open(&format!("{}/account", walk.stage.origin()));
    walk.browser.log_out();
    level
}

fn log_in_by_call(walk: &mut Walk<'_>, exchange: &Exchange, person: &Person) -> String {
    walk.browser.type_password(walk.stage, person);
    walk.meet("#send-form", "login-check-call");
    walk.browser.click("#send-button");
    answer(walk, exchange, "login-call");
    let (level, _) = walk.browser.account_here();
    walk.browser.log_out();
    level
}

/// The phone lies at home: the recovery code lets in once, and another is shown.
fn log_in_by_code(browser: &Browser, stage: &Stage, person: &Person, code: &str) -> String {
    browser.type_password(stage, person);
    browser.click("#others summary");
    browser.click("#to-recovery");
    let _ = browser.element("#code-form");
    browser.fill("#code", code);
    browser.click("#send");
    let _ = browser.element("#used");
    assert_ne!(browser.words("#code"), code, "a new one is shown");
    browser.open(&format!("{}/account", stage.origin()));
    let (level, _) = browser.account_here();
    browser.log_out();
    level
}
