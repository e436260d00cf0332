//! TwiML: what a call says and asks next.

use crate::delivery::phone::gateways::{KEYS, Script, callback, voice};
use crate::delivery::phone::{Answer, Reply, Ticket};
use crate::text::Language;
use url::Url;

/// What the voice says now, and what it asks; `words` gives its texts.
#[must_use]
pub fn speak(answer: &Answer, ticket: &Ticket, origin: &Url, words: &Words) -> String {
    let (language, line) = (answer.line.language, &answer.line);
    let keys = format!("/callbacks/twilio/{}/keys/{}", ticket.expose(), line.step);
    let ask = |question: &str| gather(question, &callback(origin, &keys), language);
    let verbs = match answer.reply {
        _ if line.dead => say(&words.over, language),
        None => ask(&words.script.ask).repeat(2) + &say(&words.script.nothing, language),
        Some(Reply::Wrong) => ask(&words.script.again) + &say(&words.script.nothing, language),
        Some(Reply::Right) => say(&words.right, language),
        Some(Reply::Over) => say(&words.over, language),
        Some(Reply::Fraud) => say(&words.fraud, language),
    };
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response>{verbs}<Hangup/></Response>")
}

/// What the voice says in a call that goes on while this server listens.
#[derive(Clone, Debug)]
pub struct Words {
    /// What it asks.
    pub script: Script,
    /// The code was right.
    pub right: String,
    /// Nobody waits for keys.
    pub over: String,
    /// Fraud was reported.
    pub fraud: String,
}

/// No key ends the input, so that `#` is one of those that are reported.
fn gather(question: &str, action: &str, language: Language) -> String {
    let (action, question) = (escaped(action), say(question, language));
    format!(
        "<Gather input=\"dtmf\" numDigits=\"{KEYS}\" finishOnKey=\"\" timeout=\"10\" method=\"POST\" \
         action=\"{action}\">{question}</Gather>"
    )
}

fn say(text: &str, language: Language) -> String {
    format!("<Say language=\"{}\">{}</Say>", voice(language), escaped(text))
}

/// Text of XML, without what XML has no place for.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            letter if letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}') => {
                escaped.push(' ');
            }
            letter => escaped.push(letter),
        }
    }
    escaped
}
