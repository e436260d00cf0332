//! Codes by SMS, phone calls that ask for one, and changes that a number is told: what is sent, and what is
//! heard of it.
//!
//! [`run::send`] writes a row of the outbox and one of `sending`, in the caller's transaction. What the
//! provider reports of it later names a [`Ticket`] that only the provider was given; [`run::hear`]
//! counts each report once and lets a sending go forward only
//! (`docs/adr/0039-codes-leave-by-gateways.md`).

pub mod gateways;
pub(super) mod parcel;
pub(super) mod rules; // pure
pub mod run;
mod store; // SQL
pub mod words;

use crate::clock::Time;
use crate::id::{AccountId, AttemptId, SendingId, SessionId};
use crate::random::Random;
use crate::secret::Secret;
use crate::text::Language;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use std::fmt;

/// A phone number as E.164 writes it: `+` and digits, nothing else.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Number(String);

/// A text that is no phone number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no phone number: write it as +31612345678, with + and the country in front")]
pub struct NoNumber;

impl Number {
    /// Reads a number in its international form; whether anybody may be called there is another's
    /// question.
    ///
    /// Errors: [`NoNumber`]. Spec: ITU-T E.164, section 6: at most fifteen digits, of which the first
    /// is no zero.
    pub fn parse(text: &str) -> Result<Self, NoNumber> {
        let digits = text.strip_prefix('+').ok_or(NoNumber)?;
        let fits = (7..=15).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0');
        fits.then(|| Self(text.to_owned())).ok_or(NoNumber)
    }

    /// `+` and digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The digits without the `+`.
    pub fn digits(&self) -> &str {
        self.0.trim_start_matches('+')
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Number {
    type Error = NoNumber;

    fn try_from(text: String) -> Result<Self, NoNumber> {
        Self::parse(&text)
    }
}

impl From<Number> for String {
    fn from(number: Number) -> Self {
        number.0
    }
}

/// How a code goes.
#[derive(Clone, Debug)]
pub enum Channel {
    /// In a text message.
    Sms {
        /// What the person types over.
        code: Secret<String>,
    },
    /// From the screen into the phone: the call asks for it, and does not know it.
    Call,
    /// In no way: a text message says what changed.
    Notice(Told),
}

/// What a number is told of a change that concerns it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// Another number came beside it.
    Added,
    /// The account does not have it any more.
    Removed,
    /// Codes go to another number first.
    NotMain,
}

impl Told {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Added, Self::Removed, Self::NotMain];

    /// What it is remembered as.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Added => "number_added",
            Self::Removed => "number_removed",
            Self::NotMain => "number_not_main",
        }
    }

    /// The text of it.
    const fn text(self) -> &'static str {
        match self {
            Self::Added => "phone-told-added",
            Self::Removed => "phone-told-removed",
            Self::NotMain => "phone-told-not-main",
        }
    }
}

/// One code to be sent, one call to be made, or one change to be told.
#[derive(Clone, Debug)]
pub struct Sending {
    /// The same in every try, and in everything that is heard of it.
    pub id: SendingId,
    /// Whose log-in or enrolment it is for: the audit says that it was sent. Nobody's where the operator
    /// tries a gateway.
    pub account: Option<AccountId>,
    /// Who asked for it, where that was somebody who logs in or enrols.
    pub asker: Option<Asker>,
    /// To whom.
    pub to: Number,
    /// How.
    pub channel: Channel,
    /// The name of the organisation that the person logs in at, as the message or the voice says it.
    pub organisation: String,
    /// The language that it is said in.
    pub language: Language,
    /// When the code is dead, or the change no news: nothing is tried after that.
    pub until: Time,
}

/// Who asked for a sending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asker {
    /// In which log-in.
    pub attempt: Option<AttemptId>,
    /// From which session, where a number is enrolled or that session raised.
    pub session: Option<SessionId>,
    /// What the browser or program calls itself.
    pub client: String,
}

/// Where a sending came from, as it is remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Whose log-in or enrolment it was for.
    pub account: AccountId,
    /// Who asked.
    pub asker: Asker,
    /// When.
    pub at: Time,
}

/// What a provider tells of a sending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// The provider will try.
    Accepted,
    /// A text message arrived.
    Delivered,
    /// The phone rings.
    Ringing,
    /// Somebody answered.
    Answered,
    /// These keys were pressed.
    Keyed(Digits),
    /// `#` was among the keys: the person reports fraud.
    Hash,
    /// The line was busy, or the call was refused.
    Busy,
    /// Nobody answered.
    NoAnswer,
    /// The call was answered and is over.
    HungUp,
    /// It could not be delivered, or no call could be made.
    Failed,
}

impl Seen {
    /// What these keys mean. Nothing, where they are none that a phone has, or none at all.
    pub fn of_keys(keys: &str) -> Option<Self> {
        let keys: String = keys.chars().filter(|key| !key.is_whitespace()).collect();
        let are_keys = keys.chars().all(|key| matches!(key, '0'..='9' | '*' | '#'));
        if !are_keys || !(1..=LONGEST_KEYS).contains(&keys.len()) {
            return None;
        }
        Some(if keys.contains('#') { Self::Hash } else { Self::Keyed(Digits(Secret::new(keys))) })
    }
}

/// Keys that were pressed, `#` not among them; never shown, because they may be a code.
#[derive(Clone, Debug)]
pub struct Digits(Secret<String>);

impl Digits {
    /// The keys: digits, and perhaps `*`.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl PartialEq for Digits {
    fn eq(&self, other: &Self) -> bool {
        subtle::ConstantTimeEq::ct_eq(self.expose().as_bytes(), other.expose().as_bytes()).into()
    }
}

impl Eq for Digits {}

/// Something that was heard of a sending for the first time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Of which.
    pub sending: SendingId,
    /// What.
    pub seen: Seen,
}

/// What a provider says of a sending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// What was seen.
    pub seen: Seen,
    /// Which question keys answer, the first being 1; of no meaning to anything else.
    pub step: u32,
}

/// A sending that something is heard of, and the next question of its call.
#[derive(Clone, Debug)]
pub struct Line {
    /// Which.
    pub sending: SendingId,
    /// The organisation that the voice names.
    pub organisation: String,
    /// The language that it speaks.
    pub language: Language,
    /// Which keys are awaited next.
    pub step: u32,
    /// Whether its code is dead, so that nothing is asked any more.
    pub(super) dead: bool,
}

/// What is answered to a report of a provider.
#[derive(Clone, Debug)]
pub struct Answer {
    /// What the voice says to the last keys; nothing where none were brought.
    pub reply: Option<Reply>,
    /// The call as it is now.
    pub line: Line,
}

/// What the voice says to keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    /// They were the code: goodbye.
    Right,
    /// They were not: try again.
    Wrong,
    /// Nobody waits for keys, or no more: the screen says more.
    Over,
    /// Fraud was reported: what the call was for is ended, and the contact person is told.
    Fraud,
}

/// How far a sending is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Not handed over yet.
    Waiting,
    /// The provider will try.
    Accepted,
    /// The phone rings.
    Ringing,
    /// Somebody is on the line.
    Answered,
    /// The text message arrived.
    Delivered,
    /// The line was busy, or the call was refused.
    Busy,
    /// Nobody answered.
    NoAnswer,
    /// The call is over.
    HungUp,
    /// It could not be delivered, or no call could be made.
    Failed,
}

/// What a provider names in its reports: 128 random bits that only it was given, 32 hexadecimal digits,
/// because some take no more and nothing else.
#[derive(Clone, Debug)]
pub struct Ticket(Secret<String>);

impl Ticket {
    pub(super) fn random(random: Random) -> Self {
        let digits = random.bytes::<16>().iter().map(|byte| format!("{byte:02x}")).collect();
        Self(Secret::new(digits))
    }

    /// Reads a ticket as a provider names it; anything else is nobody's.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = text.len() == 32 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        fits.then(|| Self(Secret::new(text.to_owned())))
    }

    /// The ticket itself, for the provider.
    pub(super) fn expose(&self) -> &str {
        self.0.expose()
    }

    /// What the database keeps instead.
    fn hash(&self) -> String {
        let hash = Sha256::new().chain_update("ticket ").chain_update(self.expose());
        BASE64_URL_SAFE_NO_PAD.encode(hash.finalize())
    }
}

/// More keys than anybody presses for a code.
const LONGEST_KEYS: usize = 32;

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
