//! What a message and a voice say, in the language of the person.

use super::Told;
use crate::delivery::phone::gateways::Script;
use crate::delivery::phone::gateways::twilio::Words;
use crate::label;
use crate::secret::Secret;
use crate::text::{Language, Text};
use fluent_bundle::FluentArgs;

/// The text of a message with a code.
pub(in crate::delivery) fn sms(
    language: Language,
    (server, organisation): (&str, &str),
    code: &Secret<String>,
) -> Secret<String> {
    let mut args = FluentArgs::new();
    args.set("server", server.to_owned());
    args.set("organisation", line(organisation));
    args.set("code", code.expose().clone());
    Secret::new(Text::new(language).filled("phone-sms", &args))
}

/// The text of a message that tells of a change.
#[must_use]
pub fn told(language: Language, organisation: &str, told: Told) -> Secret<String> {
    Secret::new(Text::new(language).with(told.text(), "organisation", line(organisation)))
}

/// What the voice says in a call.
#[must_use]
pub fn voice(language: Language, organisation: &str) -> Words {
    let text = Text::new(language);
    let of = |key: &str| text.with(key, "organisation", line(organisation));
    Words {
        script: Script {
            ask: of("phone-ask"),
            again: of("phone-again"),
            thanks: of("phone-thanks"),
            nothing: of("phone-nothing"),
        },
        right: of("phone-right"),
        over: of("phone-over"),
        fraud: of("phone-fraud"),
    }
}

/// A name in one line that a message has room for.
fn line(name: &str) -> String {
    let shown = |letter: char| if label::is_invisible(letter) { ' ' } else { letter };
    name.chars().map(shown).take(LONGEST).collect::<String>().trim().to_owned()
}

/// Letters of a name that are said.
const LONGEST: usize = 60;
