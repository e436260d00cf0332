//! CM.com: text messages by its messaging gateway, calls by the Request DTMF app of its Voice API.
//!
//! Sources and what could not be verified: `docs/adr/0039-codes-leave-by-gateways.md`.

use super::client::{Answer, Body, Request};
use super::{Errand, Fault, KEYS, Say, Script, callback, voice};
use crate::delivery::phone::{Event, Seen, Ticket};
use crate::secret::Secret;
use serde::Deserialize;
use serde_json::{Value, json};
use ureq::http::{HeaderName, Method};
use url::Url;

/// How CM.com is reached.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The address of its gateway.
    pub address: Url,
    /// The product token.
    pub token: Secret<String>,
    /// Who sends a message: at most eleven letters and digits, or a number; who calls: a number.
    pub sender: String,
}

/// The usual address for text messages.
pub const SMS: &str = "https://gw.messaging.cm.com/v1.0/message";
/// The usual address for calls.
pub const CALLS: &str = "https://api.cm.com/voiceapi/v2/DTMF";

pub(super) fn request(
    settings: &Settings,
    errand: &Errand<'_>,
    origin: &Url,
) -> Result<Request, Fault> {
    let body = match &errand.say {
        Say::Sms(text) => message(settings, errand, text),
        Say::Call(script) => call(settings, errand, script, origin),
    };
    Ok(Request {
        method: Method::POST,
        address: Secret::new(settings.address.to_string()),
        headers: vec![(HeaderName::from_static("x-cm-producttoken"), settings.token.clone())],
        body: Body::json(&body),
    })
}

/// The ticket is the reference, which a status report names; there is no address for one message.
fn message(settings: &Settings, errand: &Errand<'_>, text: &Secret<String>) -> Value {
    let minutes = (errand.left.as_secs() / 60).max(1);
    json!({"messages": {"msg": [{
        "allowedChannels": ["SMS"],
        "from": settings.sender,
        "to": [{"number": format!("00{}", errand.to.digits())}],
        "body": {"type": "auto", "content": text.expose()},
        "minimumNumberOfMessageParts": 1,
        "maximumNumberOfMessageParts": 4,
        "reference": errand.ticket.expose(),
        "validity": format!("{minutes}m"),
    }]}})
}

/// `#` ends no input, so that it is one of the keys that are reported.
fn call(settings: &Settings, errand: &Errand<'_>, script: &Script, origin: &Url) -> Value {
    json!({
        "instruction-id": errand.id.as_str(),
        "callee": errand.to.as_str(),
        "caller": settings.sender,
        "anonymous": false,
        "callback-url":
            callback(origin, &format!("/callbacks/cm/calls/{}", errand.ticket.expose())),
        "prompt": script.ask,
        "prompt-type": "TTS",
        "valid-prompt": script.thanks,
        "valid-prompt-type": "TTS",
        "invalid-prompt": script.again,
        "invalid-prompt-type": "TTS",
        "min-digits": 1,
        "max-digits": KEYS,
        "max-attempts": 2,
        "timeout": 10_000,
        "terminators": "*",
        "regex": format!("^([0-9]{{{KEYS}}}|[0-9]*#[0-9#]*)$"),
        "voice": {"language": voice(errand.language), "gender": "Female", "number": 1},
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sent {
    error_code: u16,
    #[serde(default)]
    messages: Vec<Message>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    status: String,
    #[serde(default)]
    message_error_code: u16,
}

/// What its answer means.
pub(super) fn judge(say: &Say, answer: &Answer) -> Result<(), Fault> {
    let status = Some(answer.status);
    match (say, answer.status) {
        (_, 401 | 403) => Err(Fault::Login(status)),
        (_, 408 | 429 | 500..) => Err(Fault::Refused(status)),
        (Say::Call(_), 200..300) => Ok(()),
        (Say::Call(_), 400) => Err(Fault::Rejected(status)),
        (Say::Sms(_), 200 | 201 | 400) => accepted(answer),
        (Say::Sms(_) | Say::Call(_), _) => Err(Fault::Odd(status)),
    }
}

fn accepted(answer: &Answer) -> Result<(), Fault> {
    let sent: Sent =
        serde_json::from_slice(&answer.body).map_err(|_| Fault::Odd(Some(answer.status)))?;
    let code = match sent.messages.as_slice() {
        [message] if message.status == "Accepted" => return Ok(()),
        [message, ..] if message.message_error_code != 0 => message.message_error_code,
        _ => sent.error_code,
    };
    match code {
        101 | 103 => Err(Fault::Login(Some(code))),
        102 | 500 | 999 => Err(Fault::Refused(Some(code))),
        201..=403 => Err(Fault::Rejected(Some(code))),
        _ => Err(Fault::Odd(Some(code))),
    }
}

/// A report on a text message, and whose it is. Nothing where it is not understood, or tells nothing.
#[must_use]
pub fn status(body: &[u8]) -> Option<(Ticket, Event)> {
    let report: Value = serde_json::from_slice(body).ok()?;
    let message = report.get("messages")?.get("msg")?;
    let ticket = Ticket::parse(message.get("reference")?.as_str()?)?;
    let seen = match number(message.get("status")?.get("code")?)? {
        0 => Seen::Accepted,
        1 | 3 => Seen::Failed,
        2 => Seen::Delivered,
        _ => return None,
    };
    Some((ticket, Event { seen, step: 0 }))
}

/// The report on a call, which comes when it is over. Nothing where it is not understood.
#[must_use]
pub fn finished(body: &[u8]) -> Option<Vec<Event>> {
    let report: Value = serde_json::from_slice(body).ok()?;
    if report.get("type")?.as_str()? != "dtmf-finished" {
        return None;
    }
    let event = |seen| Event { seen, step: 0 };
    Some(match number(report.get("result")?.get("code")?)? {
        9 => vec![event(Seen::NoAnswer)],
        10 => {
            let keys = report.get("digits").and_then(Value::as_str).and_then(Seen::of_keys);
            let keys = keys.map(|seen| Event { seen, step: 1 });
            let answered = [event(Seen::Answered)].into_iter();
            answered.chain(keys).chain([event(Seen::HungUp)]).collect()
        }
        11 => vec![event(Seen::Failed)],
        12 => vec![event(Seen::Busy)],
        _ => return None,
    })
}

/// A number, whether it is written as one or as text.
fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
}
