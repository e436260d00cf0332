//! CM.com's side: which requests it takes, and what its Request DTMF app makes of the keys that a person presses.
//!
//! What it publishes, and what it does not, stands in `docs/adr/0039-codes-leave-by-gateways.md`.

use serde_json::{Value, json};

use super::{Call, Provider, Report, Sms, Spoken};
use crate::program::Program;

/// What a call asks for, and the keys that were pressed in it.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    prompt: String,
    valid: String,
    invalid: String,
    digits: (usize, usize),
    terminators: String,
    regex: String,
    /// Attempts that are left.
    attempts: u64,
    /// What was right.
    keyed: Option<String>,
}

impl Asked {
    /// The first question; keys go nowhere but to CM.com.
    pub(super) fn spoken(&self) -> Spoken {
        Spoken { said: vec![self.prompt.clone()], keys: Some(String::new()) }
    }

    /// The person presses these keys, and then no more: a terminator ends the input and is none of its keys, and so
    /// does the last key that there may be.
    ///
    /// # Panics
    /// Where keys are awaited no more.
    pub(super) fn press(&mut self, keys: &str) -> Spoken {
        assert!(self.attempts > 0 && self.keyed.is_none(), "no keys are awaited: {self:?}");
        self.attempts -= 1;
        let (least, most) = self.digits;
        let ended = keys.split(|key| self.terminators.contains(key)).next().unwrap_or_default();
        let input: String = ended.chars().take(most).collect();
        if input.len() >= least && matches(&self.regex, &input) {
            self.keyed = Some(input);
            return Spoken { said: vec![self.valid.clone()], keys: None };
        }
        let keys = (self.attempts > 0).then(String::new);
        Spoken { said: vec![self.invalid.clone()], keys }
    }

    /// The keys that are reported: none where no attempt was right.
    pub(super) fn keyed(&self) -> &str {
        self.keyed.as_deref().unwrap_or_default()
    }
}

/// Whether grep finds all of `text` to be so. Which engine CM.com has it does not say.
fn matches(regex: &str, text: &str) -> bool {
    let grep = Program::stranger("grep", "grep").args(["-E", "-q", "-e", regex]);
    match grep.input(format!("{text}\n")).run().code {
        0 => true,
        1 => false,
        code => panic!("grep cannot read {regex}: {code}"),
    }
}

/// The report on a call that is over: its result, and the keys.
pub(super) fn finished(address: &str, code: u8, digits: &str) -> Report {
    let body = json!({"type": "dtmf-finished",
        "call-id": "00000000-0000-0000-0000-000000000000", "digits": digits,
        "result": {"code": code, "description": "", "sip-disconnect-code": "BYE"}});
    Report::json(address, &body)
}

/// A text message, and what is said to it; nothing where it is refused.
pub(super) fn message(sent: &Value) -> Option<(Sms, (u16, Value))> {
    let [message] = sent.pointer("/messages/msg")?.as_array()?.as_slice() else { return None };
    let place = |place: &str| message.pointer(place).and_then(Value::as_str);
    let (to, text) = (place("/to/0/number")?, place("/body/content")?);
    let (from, reference) = (place("/from")?, place("/reference")?);
    let is_reference =
        (1..=32).contains(&reference.len()) && reference.bytes().all(|b| b.is_ascii_alphanumeric());
    let (number, unit) = place("/validity")?.split_at_checked(place("/validity")?.len() - 1)?;
    let is_validity = is_number(number, 1) && ["m", "h"].contains(&unit);
    let taken = to.strip_prefix("00").is_some_and(|number| is_number(number, 7))
        && !text.is_empty()
        && !from.is_empty()
        && is_reference
        && is_validity;
    let answer = json!({"details": "Created 1 message(s)", "errorCode": 0, "messages": [
        {"to": to, "status": "Accepted", "reference": reference, "parts": 1, "messageErrorCode": 0}]});
    let (to, text, report) = (to.to_owned(), text.to_owned(), reference.to_owned());
    taken.then_some((Sms { by: Provider::Cm, to, text, report }, (200, answer)))
}

/// A call, and what is said to it; nothing where it is refused.
pub(super) fn call(sent: &Value) -> Option<(Call, (u16, Value))> {
    let text = |name: &str, most: usize| {
        let text = sent.get(name)?.as_str()?;
        (1..=most).contains(&text.chars().count()).then(|| text.to_owned())
    };
    let count = |name: &str| sent.get(name)?.as_u64().filter(|count| *count > 0);
    let digits = (count("min-digits")?, count("max-digits")?);
    let asked = Asked {
        prompt: text("prompt", PROMPT)?,
        valid: text("valid-prompt", PROMPT)?,
        invalid: text("invalid-prompt", PROMPT)?,
        digits: (usize::try_from(digits.0).ok()?, usize::try_from(digits.1).ok()?),
        terminators: sent.get("terminators")?.as_str()?.to_owned(),
        regex: text("regex", usize::MAX)?,
        attempts: count("max-attempts")?,
        keyed: None,
    };
    let (to, report) = (text("callee", NUMBER)?, text("callback-url", usize::MAX)?);
    let is_called = |number: &str| number.strip_prefix('+').is_some_and(|it| is_number(it, 7));
    let taken =
        is_called(&to) && is_called(&text("caller", NUMBER)?) && asked.digits.0 <= asked.digits.1;
    let answer = json!({"type": "call-queued", "callee": to, "success": true});
    let call = Call::asking(Provider::Cm, to, (String::new(), report), Some(asked));
    taken.then_some((call, (200, answer)))
}

/// What is said to a message that is refused.
pub(super) fn refusal() -> Value {
    json!({"details": "There was an error", "errorCode": 201, "messages": [
        {"to": "", "status": "Rejected", "parts": 0, "messageErrorCode": 303}]})
}

/// Whether these are so many digits or more, and no more than a number in E.164 has.
fn is_number(text: &str, least: usize) -> bool {
    (least..=15).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Characters of a prompt, at most.
const PROMPT: usize = 750;
/// Characters of a number, at most.
const NUMBER: usize = 24;

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> Value {
        json!({"callee": "+31612345678", "caller": "+31201234567", "callback-url": "http://x/y",
            "prompt": "Toets", "valid-prompt": "Dank u", "invalid-prompt": "Nog een keer",
            "min-digits": 2, "max-digits": 4, "max-attempts": 3, "terminators": "*",
            "regex": "^[0-9#]*$"})
    }

    /// The keys that are reported after each attempt pressed these.
    fn keyed(sent: &Value, attempts: &[&str]) -> String {
        let (mut call, _) = call(sent).expect("it is taken");
        let asked = call.asked.get_mut().expect("nobody panicked").as_mut().expect("it asks");
        for keys in attempts {
            let _ = asked.press(keys);
        }
        asked.keyed().to_owned()
    }

    #[test]
    fn keys_are_reported_as_the_request_says() {
        let sent = request();
        for (attempts, reported) in [
            (&["1234"][..], "1234"),
            (&["12"], "12"),
            (&["12*9"], "12"),
            (&["123456"], "1234"),
            (&["#1"], "#1"),
            (&["1"], ""),
            (&["1", "*12", "34"], "34"),
            (&["1", "1", "1"], ""),
            (&[], ""),
        ] {
            assert_eq!(keyed(&sent, attempts), reported, "{attempts:?}");
        }
        let mut letters = request();
        letters["regex"] = json!("^[1-3]+$");
        assert_eq!(keyed(&letters, &["1239", "4", "321"]), "321");
    }

    #[test]
    fn a_request_that_cm_refuses_is_refused() {
        assert!(call(&request()).is_some());
        for (name, value) in [
            ("callee", json!("0612345678")),
            ("callee", json!(null)),
            ("caller", json!("Praktijk")),
            ("prompt", json!("")),
            ("prompt", json!("x".repeat(751))),
            ("valid-prompt", json!(null)),
            ("min-digits", json!(5)),
            ("max-digits", json!("4")),
            ("max-attempts", json!(0)),
            ("regex", json!(null)),
        ] {
            let mut sent = request();
            sent[name] = value.clone();
            assert!(call(&sent).is_none(), "{name}: {value}");
        }
        let message = |to: &str, reference: &str, validity: &str| {
            super::message(
                &json!({"messages": {"msg": [{"from": "Praktijk", "to": [{"number": to}],
                "body": {"content": "x"}, "reference": reference, "validity": validity}]}}),
            )
        };
        assert!(message("0031612345678", "a1", "9m").is_some());
        assert!(message("+31612345678", "a1", "9m").is_none());
        assert!(message("0031612345678", "a-1", "9m").is_none());
        assert!(message("0031612345678", &"a".repeat(33), "9m").is_none());
        assert!(message("0031612345678", "a1", "soon").is_none());
    }
}
