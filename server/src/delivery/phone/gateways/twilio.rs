//! Twilio's API (2010-04-01), which other providers speak too: Messages, Calls, and what is reported.
//!
//! Sources: `docs/adr/0039-codes-leave-by-gateways.md`.

mod signature;
mod twiml;

pub use twiml::{Words, speak};

use super::client::{Answer, Body, Request};
use super::{Errand, Fault, Say, callback};
use crate::delivery::phone::{Event, Seen};
use crate::secret::Secret;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use ureq::http::{Method, header};
use url::Url;

/// How Twilio is reached.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The address of its API, up to the version.
    pub address: Url,
    /// The account's SID.
    pub account: String,
    /// The account's authentication token: it opens the API and signs what is reported.
    pub token: Secret<String>,
    /// Who sends or calls: a number, a name of letters and digits, or a messaging service's SID.
    pub sender: String,
}

/// The usual address.
pub const ADDRESS: &str = "https://api.twilio.com/2010-04-01";

pub(super) fn request(
    settings: &Settings,
    errand: &Errand<'_>,
    origin: &Url,
) -> Result<Request, Fault> {
    let ours = |rest: &str| {
        callback(origin, &format!("/callbacks/twilio/{}{rest}", errand.ticket.expose()))
    };
    let (status, seconds) = (ours(""), errand.left.as_secs().clamp(1, LONGEST).to_string());
    let (resource, fields) = match &errand.say {
        Say::Sms(text) => {
            let by_service = settings.sender.starts_with("MG") && settings.sender.len() == 34;
            let from = if by_service { "MessagingServiceSid" } else { "From" };
            let fields = vec![
                ("To", errand.to.as_str()),
                (from, &settings.sender),
                ("Body", text.expose()),
                ("ValidityPeriod", &seconds),
                ("StatusCallback", &status),
            ];
            ("Messages", Body::form(fields))
        }
        Say::Call(_) => {
            let answered = ours("/answer");
            let mut fields = vec![
                ("To", errand.to.as_str()),
                ("From", &settings.sender),
                ("Url", &answered),
                ("Method", "POST"),
                ("StatusCallback", &status),
                ("StatusCallbackMethod", "POST"),
                ("Timeout", "40"),
            ];
            let events = ["initiated", "ringing", "answered", "completed"];
            fields.extend(events.map(|event| ("StatusCallbackEvent", event)));
            ("Calls", Body::form(fields))
        }
    };
    let mut address = settings.address.clone();
    let mut path = address.path_segments_mut().map_err(|()| Fault::Odd(None))?;
    path.pop_if_empty().extend(["Accounts", &settings.account, &format!("{resource}.json")]);
    drop(path);
    let login = format!("{}:{}", settings.account, settings.token.expose());
    let login = Secret::new(format!("Basic {}", BASE64_STANDARD.encode(login)));
    Ok(Request {
        method: Method::POST,
        address: Secret::new(address.into()),
        headers: vec![(header::AUTHORIZATION, login)],
        body: fields,
    })
}

#[derive(Deserialize)]
struct Refusal {
    code: u16,
}

/// What its answer means.
pub(super) fn judge(answer: &Answer) -> Result<(), Fault> {
    let refusal: Option<Refusal> = serde_json::from_slice(&answer.body).ok();
    let code = Some(refusal.map_or(answer.status, |refusal| refusal.code));
    match answer.status {
        200 | 201 => Ok(()),
        401 | 403 => Err(Fault::Login(code)),
        400 => Err(Fault::Rejected(code)),
        408 | 429 | 500.. => Err(Fault::Refused(code)),
        _ => Err(Fault::Odd(Some(answer.status))),
    }
}

/// Whether Twilio signed a POST with these fields to this path and query of ours.
pub(super) fn is_signed(
    settings: &Settings,
    origin: &Url,
    path: &str,
    fields: &[(String, String)],
    signature: &str,
) -> bool {
    signature::fits(&settings.token, origin, path, fields, signature)
}

/// What these fields tell of a message or a call; nothing where they tell nothing of either.
#[must_use]
pub fn status(fields: &[(String, String)]) -> Option<Event> {
    let call = one(fields, "CallStatus").and_then(|status| match status {
        "queued" | "initiated" => Some(Seen::Accepted),
        "ringing" => Some(Seen::Ringing),
        "in-progress" | "answered" => Some(Seen::Answered),
        "completed" => Some(Seen::HungUp),
        "busy" => Some(Seen::Busy),
        "no-answer" => Some(Seen::NoAnswer),
        "canceled" | "failed" => Some(Seen::Failed),
        _ => None,
    });
    let message = || {
        one(fields, "MessageStatus").and_then(|status| match status {
            "accepted" | "scheduled" | "queued" | "sending" | "sent" => Some(Seen::Accepted),
            "delivered" | "read" => Some(Seen::Delivered),
            "undelivered" | "failed" | "canceled" => Some(Seen::Failed),
            _ => None,
        })
    };
    call.or_else(message).map(|seen| Event { seen, step: 0 })
}

/// The keys in these fields, as the answer to this question; nothing where there are none.
#[must_use]
pub fn keys(fields: &[(String, String)], step: u32) -> Option<Event> {
    Some(Event { seen: Seen::of_keys(one(fields, "Digits")?)?, step })
}

/// The field of this name, where there is one and no more.
fn one<'a>(fields: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let mut found = fields.iter().filter(|(field, _)| field == name);
    found.next().map(|(_, value)| value.as_str()).filter(|_| found.next().is_none())
}

/// How long a message may wait at Twilio, at most, in seconds.
const LONGEST: u64 = 14_400;
