//! What is said about the care for security keys.

use super::Say;
use crate::language::Language;
use crate::tokens::fido::hid::Found;
use crate::tokens::fido::manage::{Description, Error, Pin};

/// No key is plugged in.
#[derive(Debug)]
pub struct NoKey;

impl Say for NoKey {
    fn code(&self) -> &'static str {
        "no_key"
    }

    fn say(&self, language: Language) -> String {
        language.pick(
            "Er zit geen beveiligingssleutel in deze computer. Steek er een in en probeer het opnieuw.".to_owned(),
            "There is no security key in this computer. Insert one and try again.".to_owned(),
        )
    }
}

/// One key of the list.
pub struct Line<'a> {
    /// The key.
    pub key: &'a Found,
    /// What it said about itself.
    pub said: &'a Result<Description, Error>,
}

impl Line<'_> {
    /// One line.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        let path = self.key.path.to_string_lossy();
        let product = match printable(&self.key.product) {
            name if name.is_empty() => language.pick("naamloos", "unnamed").to_owned(),
            name => name,
        };
        let said = match self.said {
            Ok(description) => described(description, language),
            Err(error) => failed(error, language),
        };
        format!("{path}  {product}  {said}")
    }
}

fn described(description: &Description, language: Language) -> String {
    let versions = printable(&description.versions.join(", "));
    let pin = match (description.pin, description.pin_tries_left) {
        (Pin::Set, Some(left)) => language.pick(
            format!("pincode ingesteld, nog {left} pogingen"),
            format!("PIN set, {left} tries left"),
        ),
        (Pin::Set, None) => language.pick("pincode ingesteld", "PIN set").to_owned(),
        (Pin::NotSet, _) => language.pick("nog geen pincode", "no PIN yet").to_owned(),
        (Pin::Unsupported, _) => language.pick("zonder pincode", "without a PIN").to_owned(),
    };
    format!("{versions}  {pin}")
}

fn failed(error: &Error, language: Language) -> String {
    match error {
        Error::Deadline(_) => language.pick(
            "antwoordt niet; haal de sleutel eruit en steek hem er weer in",
            "does not answer; take the key out and insert it again",
        ),
        Error::Start(_) | Error::NoAnswer | Error::Malformed(_) | Error::Refused(_) => language.pick(
            "is niet te lezen; haal de sleutel eruit en steek hem er weer in, of probeer een andere",
            "cannot be read; take the key out and insert it again, or try another",
        ),
    }
    .to_owned()
}

/// A text from a key, without what could steer a terminal.
fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(80).collect()
}
