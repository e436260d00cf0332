//! When a PIN may be used, pure.
//!
//! | state | how it gets there | what it opens |
//! |---|---|---|
//! | waiting | it was made and lies in the Berichtenbox, or in a letter that is not posted | nothing: nobody has seen it |
//! | live | whoever it was sent to opened it, or its letter went to the post; every older one is over | the purposes below |
//! | lapsed | nobody opened it in time, nobody used it in time that came by post, or the request it is for is over | nothing |
//! | over | a newer one was opened, or the account ended | nothing |
//!
//! While the account has no factor, a live PIN serves each purpose once. Once it has one, the PIN is half
//! of nothing: a new password never comes without the factor, so it may be set as often as needed.
//!
//! Nobody sees whether an envelope was opened: a PIN that came by post lives until its date, and beyond it
//! once it was used, which shows that it came.

use crate::clock::Time;
use crate::id::{AccountId, PinId};
use crate::password::Hash;
use std::time::Duration;

/// A PIN as it is kept.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    pub(crate) id: PinId,
    pub(crate) account: AccountId,
    pub(crate) hash: Hash,
    pub(crate) made_at: Time,
    /// How it goes to whom it is for.
    pub(crate) road: Road,
    /// Unopened, or by post and unused, it lapses then.
    pub(crate) lies_until: Time,
    pub(crate) opened_at: Option<Time>,
    pub(crate) ended_at: Option<Time>,
    /// When it set a password first.
    pub(crate) password_at: Option<Time>,
    /// When it linked a card.
    pub(crate) card_at: Option<Time>,
}

/// How a PIN goes to whom it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Road {
    /// In the Berichtenbox of a contact person.
    Box,
    /// In a letter.
    Post,
}

impl Road {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Box => "box",
            Self::Post => "post",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Box, Self::Post].into_iter().find(|road| road.as_str() == text)
    }
}

impl Kept {
    /// Whether it served anything.
    const fn was_used(&self) -> bool {
        self.password_at.is_some() || self.card_at.is_some()
    }
}

/// Where a PIN stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nobody has seen it.
    Waiting,
    /// It was opened, and nothing ended it.
    Live,
    /// It lay too long, or the request it is for is over.
    Lapsed,
    /// A newer one took its place, or its account ended.
    Over,
}

/// What a PIN may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Choosing a password: the first, or one in place of what was forgotten.
    Password,
    /// Linking a card.
    Card,
}

/// Whether the account has a factor that has proven itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Factors {
    /// None: the PIN alone makes the way in.
    None,
    /// At least one, which is asked for after the password.
    Proven,
}

/// Where `pin` stands. `request_ends` is when the account lapses if it is not activated before;
/// nothing for one that was.
pub(crate) fn state(pin: &Kept, request_ends: Option<Time>, now: Time) -> State {
    if pin.ended_at.is_some() {
        return State::Over;
    }
    if request_ends.is_some_and(|end| end <= now) {
        return State::Lapsed;
    }
    let late = pin.lies_until <= now;
    match (pin.opened_at, pin.road) {
        (Some(_), Road::Post) if late && !pin.was_used() => State::Lapsed,
        (Some(_), Road::Box | Road::Post) => State::Live,
        (None, _) if late => State::Lapsed,
        (None, _) => State::Waiting,
    }
}

/// Whether a right PIN serves `purpose`.
pub(crate) fn may(pin: &Kept, state: State, purpose: Purpose, factors: Factors) -> bool {
    let used = match purpose {
        Purpose::Password => pin.password_at,
        Purpose::Card => pin.card_at,
    };
    match (state, factors, purpose) {
        (State::Live, Factors::Proven, Purpose::Password) => true,
        // It never adds a factor to an account that has one (A8).
        (State::Live, Factors::Proven, Purpose::Card) => false,
        (State::Live, Factors::None, _) => used.is_none(),
        (State::Waiting | State::Lapsed | State::Over, ..) => false,
    }
}

/// Whether a PIN is compared at all with what somebody typed for `purpose`: where a right one does not serve
/// because of a factor, its owner is told that, and not that it is wrong.
pub(crate) fn is_looked_at(pin: &Kept, state: State, purpose: Purpose, factors: Factors) -> bool {
    may(pin, state, purpose, factors) || (state, factors) == (State::Live, Factors::Proven)
}

/// Whether another PIN may be made for an account whose last one was made then.
pub(crate) fn may_make(last: Option<Time>, now: Time) -> bool {
    last.is_none_or(|last| now.since(last) >= DAY)
}

/// At most one new PIN in so long.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;
    use proptest::prelude::*;

    const MADE: Time = Time::from_millis(1_000_000);

    fn pin() -> Kept {
        Kept {
            id: PinId::random(Random::system()),
            account: AccountId::random(Random::system()),
            hash: Hash::stored("hash".to_owned()),
            made_at: MADE,
            road: Road::Box,
            lies_until: MADE.after(14 * DAY),
            opened_at: None,
            ended_at: None,
            password_at: None,
            card_at: None,
        }
    }

    fn moment_before(time: Time) -> Time {
        time.before(Duration::from_millis(1))
    }

    #[test]
    fn a_pin_lies_in_the_box_for_fourteen_days() {
        let end = MADE.after(Duration::from_secs(14 * 86_400));
        assert_eq!(state(&pin(), None, moment_before(end)), State::Waiting);
        assert_eq!(state(&pin(), None, end), State::Lapsed);
    }

    #[test]
    fn a_posted_pin_lives_for_twenty_one_days_and_on_once_it_was_used() {
        let end = MADE.after(Duration::from_secs(21 * 86_400));
        let written = Kept { road: Road::Post, lies_until: MADE.after(21 * DAY), ..pin() };
        assert_eq!(state(&written, None, moment_before(end)), State::Waiting);
        assert_eq!(state(&written, None, end), State::Lapsed);
        let posted = Kept { opened_at: Some(MADE), ..written };
        assert_eq!(state(&posted, None, moment_before(end)), State::Live);
        assert_eq!(state(&posted, None, end), State::Lapsed);
        let used = Kept { password_at: Some(MADE), ..posted };
        assert_eq!(state(&used, None, end), State::Live);
        for road in [Road::Box, Road::Post] {
            assert_eq!(Road::parse(road.as_str()), Some(road));
        }
    }

    #[test]
    fn an_opened_pin_lives_until_the_request_ends() {
        let request = MADE.after(Duration::from_secs(60 * 86_400));
        let opened = Kept { opened_at: Some(MADE), ..pin() };
        assert_eq!(state(&opened, Some(request), moment_before(request)), State::Live);
        assert_eq!(state(&opened, Some(request), request), State::Lapsed);
        assert_eq!(state(&opened, None, Time::from_millis(i64::MAX)), State::Live);
    }

    #[test]
    fn what_ended_never_lives_again() {
        let over = Kept { opened_at: Some(MADE), ended_at: Some(MADE), ..pin() };
        assert_eq!(state(&over, None, MADE), State::Over);
    }

    #[test]
    fn a_live_pin_serves_once_while_there_is_no_factor() {
        let fresh = Kept { opened_at: Some(MADE), ..pin() };
        let used = Kept { password_at: Some(MADE), ..fresh.clone() };
        for (pin, factors, serves) in [
            (&fresh, Factors::None, true),
            (&used, Factors::None, false),
            (&fresh, Factors::Proven, true),
            (&used, Factors::Proven, true),
        ] {
            assert_eq!(may(pin, State::Live, Purpose::Password, factors), serves);
        }
        for state in [State::Waiting, State::Lapsed, State::Over] {
            assert!(!may(&fresh, state, Purpose::Password, Factors::Proven));
        }
    }

    #[test]
    fn a_second_pin_is_made_a_day_later() {
        let day = MADE.after(Duration::from_secs(86_400));
        assert!(may_make(None, MADE));
        assert!(!may_make(Some(MADE), moment_before(day)));
        assert!(may_make(Some(MADE), day));
        assert!(!may_make(Some(day), MADE), "a clock that was set back makes no haste");
    }

    proptest! {
        #[test]
        fn nothing_but_a_live_pin_is_ever_used(
            opened: Option<i64>, ended: Option<i64>, used: Option<i64>, request: Option<i64>, now: i64,
        ) {
            let time = |millis: Option<i64>| millis.map(Time::from_millis);
            let pin = Kept {
                opened_at: time(opened), ended_at: time(ended), password_at: time(used), ..pin()
            };
            let state = state(&pin, time(request), Time::from_millis(now));
            let served = may(&pin, state, Purpose::Password, Factors::Proven);
            let expired = request.is_some_and(|end| end <= now);
            prop_assert_eq!(served, opened.is_some() && ended.is_none() && !expired);
        }
    }
}
