//! A support case, pure.
//!
//! | state | what may happen |
//! |---|---|
//! | opened | the number was called back: confirmed; a link is mailed; it is stopped |
//! | link sent | as opened; the link is used: confirmed, or stopped |
//! | confirmed | it is finished, and done; it is stopped |
//! | stopped, done, lapsed | nothing |
//!
//! Each state but the last lives for a day; a confirmed case that takes away what somebody logs in with lives for
//! a day after its wait.

use crate::clock::Time;
use std::time::Duration;

/// What somebody called for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A new PIN, which goes to whom it always goes to.
    Pin,
    /// Lifting what is blocked.
    Unblock,
    /// Taking away something to log in with, which was lost or seems to be copied.
    Factor,
}

impl Purpose {
    const ALL: [Self; 3] = [Self::Pin, Self::Unblock, Self::Factor];

    /// `pin`, `unblock` or `factor`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pin => "pin",
            Self::Unblock => "unblock",
            Self::Factor => "factor",
        }
    }

    /// Reads what [`Purpose::as_str`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.as_str() == text)
    }
}

/// By what a case was confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Road {
    /// The operator called the registered number back.
    Call,
    /// Somebody who reads the registered mail box used the link.
    Link,
}

/// Where a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nobody confirmed anything.
    Opened,
    /// A link is on its way to the registered address.
    LinkSent,
    /// It may be finished.
    Confirmed(Road),
    /// Who had the link, or somebody who was told, did not ask for it.
    Stopped,
    /// It was carried out.
    Done,
    /// Nobody went on in time.
    Lapsed,
}

impl State {
    const ALL: [Self; 7] = [
        Self::Opened,
        Self::LinkSent,
        Self::Confirmed(Road::Call),
        Self::Confirmed(Road::Link),
        Self::Stopped,
        Self::Done,
        Self::Lapsed,
    ];

    /// The state as a stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::LinkSent => "link_sent",
            Self::Confirmed(Road::Call) => "called",
            Self::Confirmed(Road::Link) => "shown",
            Self::Stopped => "stopped",
            Self::Done => "done",
            Self::Lapsed => "lapsed",
        }
    }

    /// Reads what [`State::as_str`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Where a case stands at `now` that was to go on before `ends`.
    pub fn at(self, ends: Time, now: Time) -> Self {
        let goes_on = matches!(self, Self::Opened | Self::LinkSent | Self::Confirmed(_));
        if goes_on && ends <= now { Self::Lapsed } else { self }
    }
}

/// What happens to a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The operator called the registered number back, and it is right.
    Called,
    /// A link is mailed.
    Mailed,
    /// Whoever had the link confirmed it.
    Shown,
    /// Whoever had the link did not ask for it.
    Denied,
    /// Somebody who was told did not ask for it, and an operator records that.
    Withdrawn,
    /// The operator carries it out.
    Finished,
}

/// Why an event changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The case is over, or has no link.
    Over,
    /// Nobody confirmed it.
    NotConfirmed,
    /// It was confirmed before.
    Confirmed,
}

/// One step.
///
/// Errors: [`Refused`].
pub fn step(state: State, event: Event) -> Result<State, Refused> {
    match (state, event) {
        (State::Opened | State::LinkSent, Event::Called) => Ok(State::Confirmed(Road::Call)),
        (State::Opened | State::LinkSent, Event::Mailed) => Ok(State::LinkSent),
        (State::LinkSent, Event::Shown) => Ok(State::Confirmed(Road::Link)),
        (State::LinkSent, Event::Denied)
        | (State::Opened | State::LinkSent | State::Confirmed(_), Event::Withdrawn) => {
            Ok(State::Stopped)
        }
        (State::Confirmed(_), Event::Finished) => Ok(State::Done),
        (State::Opened | State::LinkSent, Event::Finished) => Err(Refused::NotConfirmed),
        (State::Confirmed(_), Event::Called | Event::Mailed) => Err(Refused::Confirmed),
        (State::Opened | State::Confirmed(_), Event::Shown | Event::Denied)
        | (State::Stopped | State::Done | State::Lapsed, _) => Err(Refused::Over),
    }
}

/// How long what takes away the last of what somebody logs in with can be carried out, once that has waited. From
/// the end of its case this tells when the wait is over, whatever is set by then.
pub(super) const OPEN: Duration = Duration::from_secs(24 * 60 * 60);

/// How long a case lives in the state to which it comes: `step`, or `wait` and a day where it takes away the last of
/// what somebody logs in with.
pub(super) fn life(purpose: Purpose, to: State, (step, wait): (Duration, Duration)) -> Duration {
    match (purpose, to) {
        (Purpose::Factor, State::Confirmed(_)) => wait + OPEN,
        (Purpose::Pin | Purpose::Unblock, State::Confirmed(_))
        | (
            Purpose::Pin | Purpose::Unblock | Purpose::Factor,
            State::Opened | State::LinkSent | State::Stopped | State::Done | State::Lapsed,
        ) => step,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const EVENTS: [Event; 6] = [
        Event::Called,
        Event::Mailed,
        Event::Shown,
        Event::Denied,
        Event::Withdrawn,
        Event::Finished,
    ];

    #[test]
    fn nothing_is_done_that_nobody_confirmed() {
        assert_eq!(step(State::Opened, Event::Finished), Err(Refused::NotConfirmed));
        assert_eq!(step(State::LinkSent, Event::Finished), Err(Refused::NotConfirmed));
        assert_eq!(step(State::Opened, Event::Shown), Err(Refused::Over), "no link was sent");
        for road in [Road::Call, Road::Link] {
            assert_eq!(step(State::Confirmed(road), Event::Finished), Ok(State::Done));
            assert_eq!(step(State::Confirmed(road), Event::Called), Err(Refused::Confirmed));
        }
        for over in [State::Stopped, State::Done, State::Lapsed] {
            assert!(EVENTS.into_iter().all(|event| step(over, event) == Err(Refused::Over)));
        }
    }

    #[test]
    fn what_takes_away_the_last_stays_open_a_day_after_its_wait_whatever_is_set() {
        let hour = Duration::from_secs(60 * 60);
        for (step, wait) in [(hour, hour * 72), (hour * 24, Duration::ZERO)] {
            let of = |purpose, to| life(purpose, to, (step, wait));
            for road in [Road::Call, Road::Link] {
                assert_eq!(of(Purpose::Factor, State::Confirmed(road)), wait + OPEN);
                assert_eq!(of(Purpose::Pin, State::Confirmed(road)), step);
            }
            assert_eq!(of(Purpose::Factor, State::LinkSent), step);
        }
    }

    #[test]
    fn what_goes_on_lapses_and_what_is_over_stays() {
        let (end, before) = (Time::from_millis(10), Time::from_millis(9));
        for state in State::ALL {
            assert_eq!(State::parse(state.as_str()), Some(state));
            assert_eq!(state.at(end, before), state);
            let over = matches!(state, State::Stopped | State::Done);
            assert_eq!(state.at(end, end), if over { state } else { State::Lapsed });
        }
        for purpose in Purpose::ALL {
            assert_eq!(Purpose::parse(purpose.as_str()), Some(purpose));
        }
    }

    proptest! {
        #[test]
        fn done_comes_after_a_confirmation_only(
            events in proptest::collection::vec(0_usize..6, 0..12)
        ) {
            let (mut state, mut confirmed) = (State::Opened, false);
            for event in events.into_iter().map(|number| EVENTS[number]) {
                if let Ok(next) = step(state, event) {
                    state = next;
                }
                confirmed |= matches!(state, State::Confirmed(_));
                prop_assert!(state != State::Done || confirmed);
            }
        }
    }
}
