//! The person who holds the key: whether and when they touch it.
//!
//! A request that needs a touch asks for it where it needs it. Where the touch is not given at
//! once, the request is put back, undone, and done anew from its beginning when the person has
//! reacted (see `session.rs`): what they did is then replayed to it. So each command stays one
//! straight function, and nothing of it has happened while it waits.

use std::{collections::VecDeque, fmt, str::FromStr, time::Duration};

use wire::ctap2::Status;

use crate::device::Time;

/// How long a key waits for a touch. Spec: CTAP 2.1 section 6 asks for 10 to 30 seconds.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
/// A host that speaks U2F asks again and again; after this silence it has given up.
const POLL: Duration = Duration::from_secs(2);
/// How long the touch of somebody whom a U2F host asks stays good.
const TOUCH: Duration = Duration::from_secs(10);

/// What a person does when the key asks to be touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Presence {
    /// They touch it at once.
    #[default]
    Auto,
    /// They refuse at once: CTAP2 answers OPERATION_DENIED, U2F goes on asking for a touch.
    Deny,
    /// They touch it after this time.
    Delay(Duration),
    /// They never touch it, not even by [`super::Key::press`].
    Never,
    /// They touch it when [`super::Key::press`] says so.
    Manual,
}

/// A text that names no [`Presence`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not how a key is touched; say auto, deny, delay:MILLISECONDS, never or manual")]
pub struct UnknownPresence(String);

impl FromStr for Presence {
    type Err = UnknownPresence;

    fn from_str(text: &str) -> Result<Self, UnknownPresence> {
        let unknown = || UnknownPresence(text.to_owned());
        match text {
            "auto" => Ok(Self::Auto),
            "deny" => Ok(Self::Deny),
            "never" => Ok(Self::Never),
            "manual" => Ok(Self::Manual),
            other => {
                let number = other.strip_prefix("delay:").ok_or_else(unknown)?;
                let millis: u32 = number.parse().map_err(|_| unknown())?;
                Ok(Self::Delay(Duration::from_millis(millis.into())))
            }
        }
    }
}

impl fmt::Display for Presence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => f.write_str("auto"),
            Self::Deny => f.write_str("deny"),
            Self::Delay(time) => write!(f, "delay:{}", time.as_millis()),
            Self::Never => f.write_str("never"),
            Self::Manual => f.write_str("manual"),
        }
    }
}

/// What came of asking for a touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Touched,
    Denied,
    TimedOut,
    /// The host took its request back.
    Cancelled,
}

impl Outcome {
    fn result(self) -> Result<(), Status> {
        match self {
            Self::Touched => Ok(()),
            Self::Denied => Err(Status::OPERATION_DENIED),
            Self::TimedOut => Err(Status::USER_ACTION_TIMEOUT),
            Self::Cancelled => Err(Status::KEEPALIVE_CANCEL),
        }
    }
}

/// What a request waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Wish {
    /// Whether [`Holder::press`] fulfils it.
    by_press: bool,
    /// What comes by itself, and when.
    outcome: Outcome,
    at: Time,
}

/// A U2F host that asks until the key is touched.
#[derive(Debug, Clone, Copy)]
struct Polling {
    presence: Presence,
    since: Time,
    last: Time,
    touched: Option<Time>,
}

/// What a key asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gesture {
    /// A touch of its contact.
    Touch,
    /// A finger on its sensor.
    Finger,
}

/// What the person does when asked.
#[derive(Debug, Clone, Default)]
struct Plan {
    always: Presence,
    first: VecDeque<Presence>,
}

impl Plan {
    /// What they do now.
    fn next(&mut self) -> Presence {
        self.first.pop_front().unwrap_or(self.always)
    }

    fn takes_time(&self) -> bool {
        !matches!(self.always, Presence::Auto | Presence::Deny) || !self.first.is_empty()
    }
}

/// The person, and what they did for the request in work.
#[derive(Debug, Clone, Default)]
pub(crate) struct Holder {
    touching: Plan,
    verifying: Plan,
    given: Vec<Outcome>,
    replayed: usize,
    wish: Option<Wish>,
    polling: Option<Polling>,
    /// Whether the request in work asked for a touch.
    asked: bool,
    /// When the request in work came, or the person last reacted to it.
    now: Time,
}

impl Holder {
    /// What they do from now on when they are to touch the key.
    pub(crate) fn set(&mut self, presence: Presence) {
        self.touching.always = presence;
        self.polling = None;
    }

    /// What they do first, one a touch.
    pub(crate) fn follow(&mut self, script: impl IntoIterator<Item = Presence>) {
        self.touching.first = script.into_iter().collect();
        self.polling = None;
    }

    /// The same of the sensor, where [`Presence::Deny`] is another person's finger.
    pub(crate) fn set_finger(&mut self, presence: Presence) {
        self.verifying.always = presence;
    }

    /// The same of the first fingers on the sensor.
    pub(crate) fn follow_fingers(&mut self, script: impl IntoIterator<Item = Presence>) {
        self.verifying.first = script.into_iter().collect();
    }

    /// Whether a request may have to wait for them.
    pub(crate) fn may_wait(&self) -> bool {
        self.touching.takes_time() || self.verifying.takes_time() || !self.given.is_empty()
    }

    /// A new request came.
    pub(crate) fn begin(&mut self, now: Time) {
        self.given.clear();
        self.replayed = 0;
        self.wish = None;
        self.asked = false;
        self.now = now;
    }

    /// The request that waited begins anew, after this.
    pub(crate) fn again(&mut self, outcome: Outcome, now: Time) {
        self.given.push(outcome);
        self.replayed = 0;
        self.wish = None;
        self.now = now;
    }

    /// Asks for a touch. Where [`Holder::waits`] afterwards, the status is none for the host.
    pub(crate) fn touch(&mut self) -> Result<(), Status> {
        self.ask(Gesture::Touch)
    }

    /// Asks for a finger; OPERATION_DENIED is another person's.
    pub(crate) fn finger(&mut self) -> Result<(), Status> {
        self.ask(Gesture::Finger)
    }

    fn ask(&mut self, gesture: Gesture) -> Result<(), Status> {
        self.asked = true;
        let outcome = match self.given.get(self.replayed) {
            Some(outcome) => *outcome,
            None => self.react(gesture).ok_or(Status::USER_ACTION_PENDING)?,
        };
        self.replayed += 1;
        outcome.result()
    }

    /// What they do at once.
    fn react(&mut self, gesture: Gesture) -> Option<Outcome> {
        let plan = match gesture {
            Gesture::Touch => &mut self.touching,
            Gesture::Finger => &mut self.verifying,
        };
        let (by_press, outcome, after) = match plan.next() {
            Presence::Auto => (false, Outcome::Touched, Duration::ZERO),
            Presence::Deny => (false, Outcome::Denied, Duration::ZERO),
            Presence::Delay(after) if after < PATIENCE => (false, Outcome::Touched, after),
            Presence::Delay(_) | Presence::Never => (false, Outcome::TimedOut, PATIENCE),
            Presence::Manual => (true, Outcome::TimedOut, PATIENCE),
        };
        if after == Duration::ZERO {
            self.given.push(outcome);
            return Some(outcome);
        }
        self.wish = Some(Wish { by_press, outcome, at: self.now.saturating_add(after) });
        None
    }

    /// Whether the request in work cannot go on without them.
    pub(crate) fn waits(&self) -> bool {
        self.wish.is_some()
    }

    /// Whether the request in work asked for a touch.
    pub(crate) fn was_asked(&self) -> bool {
        self.asked
    }

    /// What ends the waiting by itself, and when.
    pub(crate) fn due(&self) -> Option<(Time, Outcome)> {
        self.wish.map(|wish| (wish.at, wish.outcome))
    }

    /// They touch the key or its sensor with this outcome: what waits
    /// for that is due. True where something does.
    pub(crate) fn press(&mut self, outcome: Outcome, now: Time) -> bool {
        let asks = |polling: &&mut Polling| {
            polling.presence == Presence::Manual && now.saturating_sub(polling.last) < POLL
        };
        let polling = self.polling.as_mut().filter(asks);
        let wish = self.wish.as_mut().filter(|wish| wish.by_press);
        let wanted = polling.is_some() || wish.is_some();
        if let Some(polling) = polling {
            polling.touched = Some(now);
        }
        if let Some(wish) = wish {
            *wish = Wish { by_press: false, outcome, at: now };
        }
        wanted
    }

    /// When the request in work came, or they last reacted to it: what it begins begins then.
    pub(crate) fn now(&self) -> Time {
        self.now
    }

    /// A U2F host asks, as it does until the answer is yes.
    pub(crate) fn polled(&mut self, now: Time) -> bool {
        self.asked = true;
        let lapsed = |polling: &Polling| now.saturating_sub(polling.last) >= POLL;
        let mut polling = match self.polling.take().filter(|polling| !lapsed(polling)) {
            Some(polling) => polling,
            None => {
                let presence = self.touching.next();
                Polling { presence, since: now, last: now, touched: None }
            }
        };
        polling.last = now;
        let touched = match polling.presence {
            Presence::Auto => true,
            Presence::Deny | Presence::Never => false,
            Presence::Delay(after) => now.saturating_sub(polling.since) >= after,
            Presence::Manual => polling.touched.is_some_and(|at| now.saturating_sub(at) < TOUCH),
        };
        self.polling = (!touched).then_some(polling);
        touched
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn other_words_are_refused_with_those_there_are() {
        for text in ["", "delay", "delay:", "delay:-1", "delay:1s", "Auto", "delay:99999999999"] {
            let error = text.parse::<Presence>().unwrap_err().to_string();
            assert!(error.contains("auto, deny, delay:MILLISECONDS, never or manual"), "{error}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(millis: u32) {
            let delay = Presence::Delay(Duration::from_millis(millis.into()));
            let all = [Presence::Auto, Presence::Deny, Presence::Never, Presence::Manual, delay];
            for presence in all {
                prop_assert_eq!(presence.to_string().parse::<Presence>(), Ok(presence));
            }
        }
    }
}
