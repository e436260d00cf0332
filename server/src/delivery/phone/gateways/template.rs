//! A provider whose requests the operator describes: method, address, headers, and a form or JSON, with
//! placeholders in them.
//!
//! A placeholder stands for one value and never for more: in an address it is percent-encoded, in a form
//! encoded as its fields are, in JSON it stays within its text, and a header takes no line break. None
//! stands in the host of an address.

mod pattern;

pub use pattern::{Pattern, Unfit};

use super::client::{Answer, Body, Request, may_be_asked};
use super::{Errand, Fault, Say, plain, voice};
use crate::secret::Secret;
use pattern::Place;
use serde_json::Value;
use std::collections::BTreeMap;
use ureq::http::{HeaderName, HeaderValue, Method, header};
use url::Url;

/// A provider, as the operator describes it.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How it is asked.
    method: Method,
    /// Where.
    address: Pattern,
    /// With which headers.
    headers: Vec<(HeaderName, Pattern)>,
    /// With which body.
    body: Shape,
    /// Which statuses mean that it took the errand.
    expects: Vec<u16>,
    /// What stands for `{secret}`.
    secret: Option<Secret<String>>,
}

/// The body of a request.
#[derive(Clone, Debug)]
enum Shape {
    None,
    Form(Vec<(String, Pattern)>),
    /// JSON whose texts are patterns.
    Json(Value),
}

/// A description as it is written down.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Description {
    /// How it is asked. Default: `POST`.
    pub method: Option<String>,
    /// Where.
    pub address: String,
    /// With which headers. Default: none.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The fields of a form. Default: none.
    pub form: Option<BTreeMap<String, String>>,
    /// JSON. Default: none.
    pub json: Option<String>,
    /// Which statuses mean that it took the errand. Default: 200, 201, 202 and 204.
    pub expects: Option<Vec<u16>>,
}

impl Settings {
    /// Reads a description.
    ///
    /// Errors: [`Unfit`], with what is wrong.
    pub fn new(description: &Description, secret: Option<Secret<String>>) -> Result<Self, Unfit> {
        let method = match description.method.as_deref() {
            None | Some("POST") => Method::POST,
            Some("PUT") => Method::PUT,
            Some("GET") => Method::GET,
            Some(_) => return Err(Unfit::Method),
        };
        let body = match (&description.form, &description.json) {
            (None, None) => Shape::None,
            (Some(_), _) | (_, Some(_)) if method == Method::GET => return Err(Unfit::Body),
            (Some(form), None) => Shape::Form(form_of(form)?),
            (None, Some(json)) => Shape::Json(json_of(json)?),
            (Some(_), Some(_)) => return Err(Unfit::Body),
        };
        let settings = Self {
            method,
            address: address_of(&description.address)?,
            headers: headers_of(&description.headers)?,
            body,
            expects: description.expects.clone().unwrap_or_else(|| vec![200, 201, 202, 204]),
            secret,
        };
        if settings.expects.is_empty()
            || !settings.expects.iter().all(|status| (200..300).contains(status))
        {
            return Err(Unfit::Expects);
        }
        if settings.uses(Place::Secret) != settings.secret.is_some() {
            return Err(Unfit::Secret);
        }
        Ok(settings)
    }

    /// Whether the placeholder stands anywhere.
    fn uses(&self, place: Place) -> bool {
        let in_body = match &self.body {
            Shape::None => false,
            Shape::Form(form) => form.iter().any(|(_, pattern)| pattern.has(place)),
            Shape::Json(json) => {
                let mut found = false;
                texts(json, &mut |text| {
                    found |= Pattern::parse(text).is_ok_and(|pattern| pattern.has(place));
                });
                found
            }
        };
        let in_headers = self.headers.iter().any(|(_, pattern)| pattern.has(place));
        in_body || in_headers || self.address.has(place)
    }
}

/// An address: only what follows its host may have placeholders.
fn address_of(text: &str) -> Result<Pattern, Unfit> {
    let pattern = Pattern::parse(text)?;
    let host = text.split_inclusive('/').take(3).collect::<String>();
    if host.contains(['{', '}', '\\', '?', '#']) || !host.ends_with('/') {
        return Err(Unfit::Host);
    }
    let example = Url::parse(&pattern.fill(|_| "0".to_owned())).map_err(|_| Unfit::Address)?;
    if !may_be_asked(&example) {
        return Err(Unfit::Address);
    }
    Ok(pattern)
}

fn headers_of(headers: &BTreeMap<String, String>) -> Result<Vec<(HeaderName, Pattern)>, Unfit> {
    const OURS: [HeaderName; 7] = [
        header::HOST,
        header::CONTENT_LENGTH,
        header::CONTENT_TYPE,
        header::TRANSFER_ENCODING,
        header::CONNECTION,
        header::UPGRADE,
        header::EXPECT,
    ];
    let read = |(name, value): (&String, &String)| {
        let name: HeaderName = name.parse().map_err(|_| Unfit::Header)?;
        let pattern = Pattern::parse(value)?;
        let fits = HeaderValue::from_str(&pattern.fill(|_| "0".to_owned())).is_ok();
        if OURS.contains(&name) || !fits || pattern.has(Place::Text) {
            return Err(Unfit::Header);
        }
        Ok((name, pattern))
    };
    headers.iter().map(read).collect()
}

fn form_of(form: &BTreeMap<String, String>) -> Result<Vec<(String, Pattern)>, Unfit> {
    let read = |(name, value): (&String, &String)| Ok((name.clone(), Pattern::parse(value)?));
    form.iter().map(read).collect()
}

fn json_of(text: &str) -> Result<Value, Unfit> {
    let json = serde_json::from_str(text).map_err(|_| Unfit::Json)?;
    let mut wrong = None;
    texts(&json, &mut |text| wrong = wrong.take().or(Pattern::parse(text).err()));
    wrong.map_or(Ok(json), Err)
}

/// Shows every text of `json` that is a value.
fn texts(json: &Value, show: &mut impl FnMut(&str)) {
    match json {
        Value::String(text) => show(text),
        Value::Array(values) => values.iter().for_each(|value| texts(value, show)),
        Value::Object(members) => members.values().for_each(|value| texts(value, show)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The same with every text that is a value filled in.
fn filled(json: &Value, fill: &impl Fn(&str) -> String) -> Value {
    match json {
        Value::String(text) => Value::String(fill(text)),
        Value::Array(values) => values.iter().map(|value| filled(value, fill)).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), filled(value, fill))).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => json.clone(),
    }
}

pub(super) fn request(
    settings: &Settings,
    errand: &Errand<'_>,
    origin: &Url,
) -> Result<Request, Fault> {
    let value = |place: Place| match place {
        Place::To => errand.to.as_str().to_owned(),
        Place::Digits => errand.to.digits().to_owned(),
        Place::Text => match &errand.say {
            Say::Sms(text) => text.expose().clone(),
            Say::Call(script) => script.ask.clone(),
        },
        Place::Id => errand.id.as_str().to_owned(),
        Place::Report => plain::address(origin, errand.ticket),
        Place::Language => voice(errand.language).to_owned(),
        Place::Secret => {
            settings.secret.as_ref().map(|secret| secret.expose().clone()).unwrap_or_default()
        }
    };
    let body = match &settings.body {
        Shape::None => Body::None,
        Shape::Form(form) => {
            let fields: Vec<_> =
                form.iter().map(|(name, pattern)| (name.as_str(), pattern.fill(value))).collect();
            Body::form(fields.iter().map(|(name, value)| (*name, value.as_str())))
        }
        Shape::Json(json) => Body::json(&filled(json, &|text| {
            Pattern::parse(text).map_or_else(|_| text.to_owned(), |pattern| pattern.fill(value))
        })),
    };
    let address = settings.address.fill(|place| encoded(&value(place)));
    let headers = settings.headers.iter();
    let headers =
        headers.map(|(name, pattern)| (name.clone(), Secret::new(pattern.fill(value)))).collect();
    Ok(Request { method: settings.method.clone(), address: Secret::new(address), headers, body })
}

/// What its answer means.
pub(super) fn judge(settings: &Settings, answer: &Answer) -> Result<(), Fault> {
    let status = Some(answer.status);
    match answer.status {
        found if settings.expects.contains(&found) => Ok(()),
        401 | 403 => Err(Fault::Login(status)),
        408 | 429 | 500.. => Err(Fault::Refused(status)),
        400 | 404 | 422 => Err(Fault::Rejected(status)),
        _ => Err(Fault::Odd(status)),
    }
}

/// Percent-encoded, but for letters and digits: nothing of it means anything in an address.
fn encoded(text: &str) -> String {
    let write = |byte: u8| {
        if byte.is_ascii_alphanumeric() {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    text.bytes().map(write).collect()
}

#[cfg(test)]
mod tests;
