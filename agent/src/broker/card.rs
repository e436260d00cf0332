//! Logging in with a card: find it, show who asks and who is asked, take the PIN, sign.
//!
//! A PIN is asked anew for every attempt and given to the card once. The last try is spent only
//! where the person agreed to that. A card that leaves ends the ceremony; nothing is kept.

use jiff::Timestamp;

use crate::consent;
use crate::secret::Secret;
use crate::tokens::card::uzi::{Certificate, Validity};
use crate::tokens::card::{self, Entry, Tries, Verdict};

/// A card that was found, as a person is shown it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// What it says about its holder.
    pub certificate: Certificate,
    /// How often its PIN may be tried.
    pub tries: Tries,
    /// The reader it is in.
    pub reader: String,
    /// Where its PIN is typed.
    pub entry: Entry,
}

/// Where the ceremony is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// A card is looked for.
    Looking {
        /// How often the person may still be asked to insert one.
        questions: u8,
    },
    /// The person is asked to insert one.
    Inserting {
        /// How often after this.
        questions: u8,
        /// Why.
        reason: card::Error,
    },
    /// The person is asked whether to spend the last try.
    Warning(Shown, Option<Remark>, Asks),
    /// The person is asked for the PIN.
    Asking(Shown, Asks),
    /// The card signs, once it has the PIN.
    Signing(Shown, Asks),
    /// It is over.
    Over,
}

/// How often a PIN was asked for: neither a person nor a card makes windows without end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Asks {
    /// In all.
    all: u8,
    /// With a PIN that fits no card of this kind as the answer.
    unfit: u8,
}

/// Something that happened.
#[derive(Debug)]
pub enum Event {
    /// A card was found.
    Found(Shown),
    /// None was, or the one there cannot be used.
    NotFound(card::Error),
    /// The person agreed to what was asked.
    Agreed,
    /// The person turned it down.
    Declined,
    /// No card came in time.
    TooLate,
    /// The person typed a PIN.
    Typed(Secret),
    /// The card answered.
    Answered(Verdict<Vec<u8>>),
    /// The card could not be asked.
    Failed(card::Error),
    /// The person could not be asked.
    Unasked(consent::Error),
}

/// Something to do; its outcome comes back as an [`Event`].
#[derive(Debug)]
pub enum Effect {
    /// Look for a card.
    Look,
    /// Say why there is none and ask for one.
    AskToInsert(card::Error),
    /// Ask whether to spend the last try.
    WarnOfLastTry(Shown, Option<Remark>),
    /// Ask for the PIN.
    AskPin(Shown, Option<Remark>),
    /// Let the card sign.
    Sign(Secret),
    /// Let the card sign once the PIN was typed on the reader, and say meanwhile who asks for it.
    SignAtReader(Shown, Option<Remark>),
    /// End with this.
    Finish(Result<Signed, Error>),
}

/// What was wrong with the last PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remark {
    /// The card refused it.
    Wrong(Tries),
    /// It was not sent: no PIN of this card looks like that.
    Unfit {
        /// The shortest PIN the card takes.
        min: usize,
        /// The longest PIN the card takes.
        max: usize,
    },
}

/// What the card gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The certificate of the key.
    pub certificate: Certificate,
    /// The signature.
    pub signature: Vec<u8>,
}

/// Why there is no signature.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The person stopped.
    #[error("the person stopped")]
    Declined,
    /// The PIN is blocked.
    #[error("the PIN of the card is blocked")]
    Blocked,
    /// Again and again a PIN was typed that no card of this kind has.
    #[error("no PIN of {min} to {max} digits was typed")]
    Unfit {
        /// The shortest PIN the card takes.
        min: usize,
        /// The longest PIN the card takes.
        max: usize,
    },
    /// More wrong PINs than a card takes, and it still does not block.
    #[error("too many wrong PINs")]
    TooOften,
    /// The certificate has ended.
    #[error("the card's certificate ended on {0}")]
    Expired(Timestamp),
    /// The certificate has not begun.
    #[error("the card's certificate begins on {0}")]
    NotYet(Timestamp),
    /// The card could not be used.
    #[error(transparent)]
    Card(#[from] card::Error),
    /// The person could not be asked.
    #[error(transparent)]
    Consent(#[from] consent::Error),
}

/// The next state, and what to do.
///
/// `now` is held against the certificate's validity. An event that cannot happen in a state ends
/// the ceremony as if the person had stopped.
#[must_use]
pub fn step(state: State, event: Event, now: Timestamp) -> (State, Effect) {
    match (state, event) {
        (State::Looking { .. }, Event::Found(shown)) => begin(shown, now),
        (State::Looking { questions }, Event::NotFound(error)) => insert(error, questions),
        (State::Inserting { questions, .. }, Event::Agreed) => {
            (State::Looking { questions }, Effect::Look)
        }
        (State::Inserting { reason, .. }, Event::TooLate) => finish(Err(reason.into())),
        (State::Warning(shown, remark, asks), Event::Agreed) => take_pin(shown, remark, asks),
        (State::Asking(shown, asks), Event::Typed(pin)) => {
            (State::Signing(shown, asks), Effect::Sign(pin))
        }
        (State::Signing(shown, asks), Event::Answered(verdict)) => answered(shown, asks, verdict),
        (State::Signing(..), Event::Failed(error)) => finish(Err(error.into())),
        (
            State::Inserting { .. } | State::Warning(..) | State::Asking(..) | State::Signing(..),
            Event::Unasked(error),
        ) => finish(Err(error.into())),
        (
            State::Looking { .. }
            | State::Inserting { .. }
            | State::Warning(..)
            | State::Asking(..)
            | State::Signing(..)
            | State::Over,
            Event::Found(_)
            | Event::NotFound(_)
            | Event::Agreed
            | Event::Declined
            | Event::TooLate
            | Event::Typed(_)
            | Event::Answered(_)
            | Event::Failed(_)
            | Event::Unasked(_),
        ) => finish(Err(Error::Declined)),
    }
}

fn begin(shown: Shown, now: Timestamp) -> (State, Effect) {
    let certificate = &shown.certificate;
    match certificate.validity(now) {
        Validity::Expired => return finish(Err(Error::Expired(certificate.not_after))),
        Validity::NotYet => return finish(Err(Error::NotYet(certificate.not_before))),
        Validity::Holds | Validity::NearEnd { .. } => {}
    }
    ask(shown, None, Asks::default())
}

fn ask(shown: Shown, remark: Option<Remark>, asks: Asks) -> (State, Effect) {
    if shown.tries.blocked() {
        finish(Err(Error::Blocked))
    } else if shown.tries.last() {
        (State::Warning(shown.clone(), remark, asks), Effect::WarnOfLastTry(shown, remark))
    } else {
        take_pin(shown, remark, asks)
    }
}

fn take_pin(shown: Shown, remark: Option<Remark>, asks: Asks) -> (State, Effect) {
    if asks.all >= MOST_ASKS {
        return finish(Err(Error::TooOften));
    }
    let asks = Asks { all: asks.all + 1, ..asks };
    match shown.entry {
        Entry::Window => (State::Asking(shown.clone(), asks), Effect::AskPin(shown, remark)),
        Entry::Pad => (State::Signing(shown.clone(), asks), Effect::SignAtReader(shown, remark)),
    }
}

fn insert(error: card::Error, questions: u8) -> (State, Effect) {
    use card::Error as E;
    // A card that leaves while it is read ends the ceremony too: what it was is not known.
    let mends = match &error {
        E::NoReader | E::NoCard | E::Mute { .. } | E::NotUzi | E::Unknown | E::NoSafeSign => true,
        E::NoService
        | E::NotActivated
        | E::Removed
        | E::Reset
        | E::Busy { .. }
        | E::Refused { .. }
        | E::Malformed(_)
        | E::Algorithm(_)
        | E::NoModule
        | E::Module(_)
        | E::CalledOff
        | E::Worker(_)
        | E::Reader { .. } => false,
    };
    if mends && questions > 0 {
        let state = State::Inserting { questions: questions - 1, reason: error.clone() };
        (state, Effect::AskToInsert(error))
    } else {
        finish(Err(error.into()))
    }
}

fn answered(shown: Shown, asks: Asks, verdict: Verdict<Vec<u8>>) -> (State, Effect) {
    match verdict {
        Verdict::Right(signature) => {
            finish(Ok(Signed { certificate: shown.certificate, signature }))
        }
        Verdict::Wrong(tries) => ask(Shown { tries, ..shown }, Some(Remark::Wrong(tries)), asks),
        Verdict::Blocked => finish(Err(Error::Blocked)),
        Verdict::Unfit { min, max } if asks.unfit + 1 >= MOST_UNFIT => {
            finish(Err(Error::Unfit { min, max }))
        }
        // No try was spent, so a last one that was agreed to still is.
        Verdict::Unfit { min, max } => {
            let asks = Asks { unfit: asks.unfit + 1, ..asks };
            take_pin(shown, Some(Remark::Unfit { min, max }), asks)
        }
        Verdict::Declined => finish(Err(Error::Declined)),
        Verdict::TimedOut => finish(Err(consent::Error::Timeout.into())),
    }
}

fn finish(result: Result<Signed, Error>) -> (State, Effect) {
    (State::Over, Effect::Finish(result))
}

/// How often a person is asked to insert a card.
const QUESTIONS: u8 = 5;
/// How often a PIN is asked for. A card blocks long before, unless it does not count.
const MOST_ASKS: u8 = 8;
/// How many of the PINs may be such as no card has.
const MOST_UNFIT: u8 = 3;

/// What came of asking for a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Insertion {
    /// It is worth looking again.
    Again,
    /// The person stopped.
    Declined,
    /// No card came in time.
    TooLate,
}

/// Carries out what the ceremony asks.
pub trait Surroundings {
    /// Looks for a card.
    ///
    /// Errors: as [`card::inserted::find`].
    fn look(&mut self) -> Result<Shown, card::Error>;

    /// Says why there is no card, and waits for one.
    ///
    /// Errors: those of [`consent::Prompt`], where the person cannot be asked.
    fn ask_to_insert(&mut self, reason: &card::Error) -> Result<Insertion, consent::Error>;

    /// Says what was wrong with the last PIN, and asks whether to spend the last try.
    ///
    /// Errors: as [`Surroundings::ask_to_insert`].
    fn warn_of_last_try(
        &mut self,
        shown: &Shown,
        remark: Option<Remark>,
    ) -> Result<bool, consent::Error>;

    /// Asks for the PIN; `None` where the person stops.
    ///
    /// Errors: as [`Surroundings::ask_to_insert`].
    fn ask_pin(
        &mut self,
        shown: &Shown,
        remark: Option<Remark>,
    ) -> Result<Option<Secret>, consent::Error>;

    /// Lets the card that was found last sign.
    ///
    /// Errors: as [`card::inserted::Inserted::sign`].
    fn sign(&mut self, pin: &Secret) -> Result<Verdict<Vec<u8>>, card::Error>;

    /// Lets that card sign once the PIN was typed on its reader, and says meanwhile who asks.
    ///
    /// Errors: as [`Surroundings::sign`]; outside of those, where the person cannot be told.
    fn sign_at_reader(
        &mut self,
        shown: &Shown,
        remark: Option<Remark>,
    ) -> Result<Result<Verdict<Vec<u8>>, card::Error>, consent::Error>;

    /// The time.
    fn now(&self) -> Timestamp;
}

/// Runs the ceremony to its end.
///
/// Errors: [`Error`]; no PIN is left anywhere.
pub fn run(around: &mut dyn Surroundings) -> Result<Signed, Error> {
    let (mut state, mut effect) = (State::Looking { questions: QUESTIONS }, Effect::Look);
    let agreed = |yes| if yes { Event::Agreed } else { Event::Declined };
    loop {
        let event = match effect {
            Effect::Look => around.look().map_or_else(Event::NotFound, Event::Found),
            Effect::AskToInsert(reason) => match around.ask_to_insert(&reason) {
                Ok(Insertion::Again) => Event::Agreed,
                Ok(Insertion::Declined) => Event::Declined,
                Ok(Insertion::TooLate) => Event::TooLate,
                Err(error) => Event::Unasked(error),
            },
            Effect::WarnOfLastTry(shown, remark) => {
                around.warn_of_last_try(&shown, remark).map_or_else(Event::Unasked, agreed)
            }
            Effect::AskPin(shown, remark) => match around.ask_pin(&shown, remark) {
                Ok(Some(pin)) => Event::Typed(pin),
                Ok(None) => Event::Declined,
                Err(error) => Event::Unasked(error),
            },
            Effect::Sign(pin) => around.sign(&pin).map_or_else(Event::Failed, Event::Answered),
            Effect::SignAtReader(shown, remark) => match around.sign_at_reader(&shown, remark) {
                Ok(signed) => signed.map_or_else(Event::Failed, Event::Answered),
                Err(error) => Event::Unasked(error),
            },
            Effect::Finish(result) => return result,
        };
        (state, effect) = step(state, event, around.now());
    }
}

#[cfg(test)]
mod tests;
